"""What a change does to the plan, as GitHub's Markdown: fit for a comment on a pull request, whatever the files say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from notifier.cli import show
from notifier.core.comparison import Comparison, Moved
from notifier.core.delivery import Delivery
from notifier.core.event import Event
from notifier.core.zones import moment
from notifier.errors import Problem

TITLES = {
    "send": "To send",
    "hold": "To hold until a person says so",
    "withdraw": "No longer sent",
    "correct": "To tell readers who were told otherwise",
}
SEVERITIES = {"error": "error", "warning": "warning", "info": "note"}
#: GitHub takes 65,536 signs, and whoever posts it adds some. Counted in bytes it holds however they are counted there.
MOST_BYTES = 60_000
#: So many entries of each section are tried, most first, until all of it is short enough.
_ENTRIES = (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0)
_LONGEST_CELL, _LONGEST_SENTENCE = 200, 600

#: What begins something in GitHub's Markdown anywhere, at the beginning, or in an address; a time of day stays readable.
_MEANING = re.compile(
    r"([\\`*_{}\[\]()<>#!|~&@$]|^[-+=]|(?<=www)\.|(?<![0-9]):|:(?![0-9])|(?:(?<=^[0-9])|(?<=^[0-9]{2}))[.)])",
    re.IGNORECASE,
)
#: What of our own sentences is to be copied: words between backticks, and the identity of an event.
_COPIED = re.compile(r"`([^`|\n]{1,200})`|\b(uid: [\w.@+-]*\w)")
#: GitHub looks for these in the text once it is rendered, so that no escape keeps them from being names and numbers.
_CALLING = re.compile(r"([@#]|\bGH-(?=[0-9]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A heading, what stands above its entries, and these: some may be left out."""

    title: str
    entries: tuple[str, ...]
    head: tuple[str, ...] = ()

    def lines(self, most: int, revision: str) -> Iterator[str]:
        shown, left = self.entries[:most], len(self.entries) - most
        yield from ("", f"#### {self.title}")
        if shown:
            yield from ("", *self.head, *shown)
        if left > 0:
            command = worded(f"`notifier plan --compare {revision}`")
            yield from ("", f"… and {left} more, for which a comment has no room: {command} shows all.")


def markdown(found: Comparison, summary: str, revision: str, zone: str) -> str:
    """The plan first, then problems with what to write instead. Nothing in it can call a person or make a link.

    Where it would be too long for a comment, entries are left out, and it says how many.
    """
    heading = (
        f"### Mail and calendar: {escaped(summary)}",
        "",
        f"Compared with {escaped(_short(revision))}, as of {escaped(moment(found.at, zone))}.",
    )
    sections = [one for one in _sections(found, zone) if one.entries]
    text = ""
    for most in _ENTRIES:
        text = "\n".join([*heading, *(line for one in sections for line in one.lines(most, revision)), ""])
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


def _sections(found: Comparison, zone: str) -> Iterator[_Section]:
    for name, title in TITLES.items():
        rows = [_row(one, found.events, moment(one.due_at, zone)) for one in getattr(found, name)]
        yield _table(title, ("Due",), rows)
    yield _table("Moved", ("Was due", "Due"), [_moved(one, found.events, zone) for one in found.move])
    yield _Section(title="Feeds", entries=tuple(_feeds(found)))
    problems = tuple(_problem(one) for one in found.problems)
    yield _Section(title=f"New problems ({len(problems)})", entries=problems)


def _table(title: str, times: Sequence[str], rows: Sequence[str]) -> _Section:
    headers = (*times, "Rule", "Audience", "About", "Why")
    head = (f"| {' | '.join(headers)} |", f"|{' --- |' * len(headers)}")
    return _Section(title=f"{title} ({len(rows)})", head=head, entries=tuple(rows))


def _moved(one: Moved, events: Mapping[str, Event], zone: str) -> str:
    return _row(one.after, events, moment(one.before.due_at, zone), moment(one.after.due_at, zone))


def _row(one: Delivery, events: Mapping[str, Event], *times: str) -> str:
    cells = map(escaped, map(_short, (*times, one.rule, one.audience, show.about(one, dict(events)))))
    return f"| {' | '.join((*cells, worded(_short(show.obstacles(one.reasons), _LONGEST_SENTENCE))))} |"


def _feeds(found: Comparison) -> Iterator[str]:
    for feed in found.feeds:
        yield f"- **{escaped(feed.name)}**"
        for word, uids in (("added", feed.added), ("removed", feed.removed), ("changed", feed.changed)):
            yield from (f"  - {word}: {escaped(_short(_title(uid, found.events)))}" for uid in uids)


def _title(uid: str, events: Mapping[str, Event]) -> str:
    return events[uid].title if uid in events else uid


def _problem(problem: Problem) -> str:
    field = f" {problem.field}:" if problem.field else ""
    place = escaped(f"{_short(problem.place)}:{_short(field)}")
    said = worded(_short(f"{problem.what} {problem.hint}", _LONGEST_SENTENCE))
    return "\n".join((f"- **{SEVERITIES[problem.severity]}** {place} {said}", *_to_write(problem)))


def _to_write(problem: Problem) -> Iterable[str]:
    """The line to put instead, to be copied. A longer one would be cut, and then be wrong."""
    if problem.write is None or len(problem.write) > _LONGEST_SENTENCE:
        return ()
    longest = max((len(ticks) for ticks in re.findall("`+", problem.write)), default=0)
    fence = "`" * max(3, longest + 1)
    lines = map(show.printable, problem.write.splitlines())
    return (f"  {fence}yaml", *(f"  {line}" for line in lines), f"  {fence}")


def _short(text: str, longest: int = _LONGEST_CELL) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def worded(sentence: str) -> str:
    """One of our sentences as Markdown, what is to be copied as code: there nothing has a meaning, and nobody is called."""
    parts: list[str] = []
    end = 0
    text = show.printable(" ".join(sentence.split()))
    for found in _COPIED.finditer(text):
        parts += [escaped(text[end : found.start()], within=True), f"`{found[1] or found[2]}`"]
        end = found.end()
    return "".join([*parts, escaped(text[end:], within=True)])


def escaped(text: str, *, within: bool = False) -> str:
    """Text as Markdown that shows exactly that, on one line. `within`: its spaces at both ends stay."""
    line = show.printable(text if within else " ".join(text.split()))
    plain = _MEANING.sub(r"\\\1", line)
    return _CALLING.sub("\\1\u2060", plain)
