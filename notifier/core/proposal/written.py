"""A proposal as the text of config.yaml: short, complete, with the reason of each line beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from notifier.core.proposal.proposed import Group, Proposal, SiteFacts
from notifier.core.proposal.vocabulary import folded
from notifier.core.reading.presets import PRESETS
from notifier.core.reading.shape import Pick, Shape

_PLAIN = re.compile(r"[A-Za-z_./*][\w./*@+-]*(?: [\w./*@+-]+)*")
_WORDS = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"])
_FLOW = re.compile(r"[A-Za-z_/][\w./@-]*(?: [\w./@-]+)*")


def written(proposal: Proposal, *, folder: str, fallback_name: str) -> str:
    """The whole file. `folder` is where the site lies, from where the file will stand."""
    parts = [
        "# Proposed by `notifier init --from`: beside each line is why. `notifier check` and `notifier plan` show what follows",
        "# from it; every key that there is stands in the complete config.yaml that `notifier init DIR` makes.",
        "",
        *_site(proposal, fallback_name),
        "",
        "sources:",
        "  - name: site  # part of every event's identity: it never changes",
        f"    folder: {scalar(folder)}",
        "    events:",
        *(line for group in proposal.groups for line in _group(group)),
        *(
            ["    projects:", f"      files: {scalar(proposal.projects)}  # events name them by their titles"]
            if proposal.projects
            else []
        ),
        "",
        _REST.replace("NAME", scalar(proposal.facts.name or fallback_name, within=True)).strip("\n"),
        "",
    ]
    return "\n".join(parts)


_REST = """
# Everything goes into a folder, to nobody else, until a provider for people is named here.
providers:
  outbox: {type: outbox, folder: outbox}

audiences:
  newsletter:
    provider: outbox
    public: true

rules:
  announce: {kind: announcement, audiences: [newsletter], ask: true}
  reminder-week:
    kind: reminder
    audiences: [newsletter]
    when: {before: 7d, at: "10:00"}
  reminder-day:
    kind: reminder
    audiences: [newsletter]
    when: {before: 1d, at: "10:00"}
  reminder-hours:
    kind: reminder
    audiences: [newsletter]
    when: {before: 2h}
    grace: 1h
  # To those who were told, when it is otherwise now, or called off.
  correction: {kind: change, audiences: [newsletter]}
  called-off: {kind: cancellation, audiences: [newsletter]}

feeds:
  all: {title: NAME}

sending: {live: false}

ledger: {url: "sqlite:///notifier.db"}
"""


def _site(proposal: Proposal, fallback: str) -> Iterator[str]:
    facts = proposal.facts
    url = facts.url or "https://www.example.org"
    host = _host(url)
    unknown = "not found: write your own before the first tick, then never change it"
    yield "site:"
    yield _line("  id", _name(facts.name or fallback), "part of every event's identity: it never changes")
    yield _line(
        "  name", facts.name or fallback, _source(facts, "name") or "not found: the folder's name; write your own"
    )
    yield _line("  domain", host, "ends every event's uid: it never changes" if facts.url else unknown)
    yield _line("  url", url, _source(facts, "url") or "not found: write your own")
    yield _line("  timezone", proposal.timezone, proposal.timezone_why)
    yield _line("  language", proposal.language, proposal.language_why)


def _host(url: str) -> str:
    host = (urlsplit(url).hostname or "example.org").removeprefix("www.")
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return "example.org"


def _source(facts: SiteFacts, name: str) -> str:
    path = facts.sources.get(name)
    return f"as in {path}" if path else ""


def _name(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", folded(text)))[:64].strip("-") or "site"


def _line(key: str, value: object, why: str = "") -> str:
    return f"{key}: {flow(value)}" + (f"  # {_comment(why)}" if why else "")


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:160]


def _group(group: Group) -> Iterator[str]:
    lines = [*_files(group), *_times(group.shape, group.why), *_fields(group)]
    if group.shape.own:
        lines += ["own:", _line("  category", sorted(group.shape.own), group.why.get("own", ""))]
    for number, line in enumerate(lines):
        yield ("      - " if number == 0 else "        ") + line


def _files(group: Group) -> Iterator[str]:
    """Which files, and what in them."""
    shape, why = group.shape, group.why
    if group.preset:
        yield _line("preset", group.preset, f"{group.files[0]}: {why['files']}")
    else:
        yield _line("files", group.files[0] if len(group.files) == 1 else list(group.files), why["files"])
    if group.exclude:
        yield _line("exclude", list(group.exclude), "no events: lists of them, templates")
    if shape.format != "front-matter" and not group.preset:
        yield _line("format", shape.format)
    if shape.lists:
        yield _line("lists", list(shape.lists))
    if shape.only:
        yield _line("only", {key: sorted(values) for key, values in shape.only.items()}, why.get("only", ""))
    if shape.sessions:
        yield _line("sessions", shape.sessions, "its items have the dates: each is an event")


def _times(shape: Shape, why: Mapping[str, str]) -> Iterator[str]:
    lines = []
    if shape.times.offsets == "wall" or "times.offsets" in why:
        lines.append(_line("  offsets", shape.times.offsets, why.get("times.offsets", "")))
    if shape.times.order:
        lines.append(_line("  dates", shape.times.order, why.get("times.dates", "")))
    if lines:
        yield "times:"
        yield from lines


def _fields(group: Group) -> Iterator[str]:
    lines = [_line(f"  {name}", _ways(choice.ways), choice.why) for name, choice in group.choices.items()]
    page = group.shape.page
    if page and not (group.preset and page == PRESETS[group.preset].page):
        lines.append(_line("  url", page, group.why.get("url", "")))
    if lines:
        yield "fields:"
        yield from lines


def _ways(ways: Sequence[Pick]) -> object:
    parts = [_way(way) for way in ways]
    return parts[0] if len(parts) == 1 else parts


def _way(way: Pick) -> object:
    """A pick in the words of config.yaml."""
    if way.path is not None or way.body is not None:
        pattern = {"path": way.path} if way.path is not None else {"body": way.body}
        return pattern | ({"to": way.to} if way.to else {})
    found: dict[str, object] = {}
    if way.joined is not None:
        found = {"join": list(way.keys)} | ({"with": way.joined} if way.joined != ", " else {})
    elif way.keys:
        found = {"from": way.keys[0] if len(way.keys) == 1 else list(way.keys)}
    elif way.value is not None:
        return {"value": way.value}
    named = {"match": way.match, "to": way.to, "table": way.table, "format": way.layout}
    found |= {name: value for name, value in named.items() if value is not None}
    return found["from"] if list(found) == ["from"] else found


def flow(value: object) -> str:
    """A value on one line of YAML."""
    match value:
        case bool():
            return "true" if value else "false"
        case Mapping():
            return (
                "{"
                + ", ".join(f"{scalar(str(key), within=True)}: {_inner(inner)}" for key, inner in value.items())
                + "}"
            )
        case list():
            return "[" + ", ".join(_inner(inner) for inner in value) + "]"
        case _:
            return scalar(str(value))


def _inner(value: object) -> str:
    return scalar(value, within=True) if isinstance(value, str) else flow(value)


def scalar(text: str, *, within: bool = False) -> str:
    """A text as YAML: plain where nothing else could be meant, else in quotes."""
    pattern = _FLOW if within else _PLAIN
    if pattern.fullmatch(text) and text.casefold() not in _WORDS and not text.startswith(("*", "-")):
        return text
    if re.fullmatch(r"https?://[\w./~-]+|/[\w./{}-]*", text) and not (within and set(text) & set("{}[],")):
        return text
    if text.isprintable() and "\\" in text and "'" not in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False)
