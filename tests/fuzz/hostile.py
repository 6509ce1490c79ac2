"""Documents made to cost: each maker gives one of about so many bytes, in one of the formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Make = Callable[[int], bytes]

_HEAD = "---\ntitle: Talk\ndate: 2026-12-09\n---\n"

#: What a text may be full of. Each meets some pattern of ours, of YAML, or of Markdown half-way.
UNITS: dict[str, str] = {
    "colons": ":", "a colon and a space": "a: ", "square brackets": "[", "closed brackets": "]", "round brackets": "(",
    "braces": "{", "asterisks": "*", "underscores": "_", "words with underscores": "a_b_", "backticks": "`", "quotes": '"',
    "apostrophes": "'", "less than": "<", "templates": "{{", "template tags": "{%", "attribute lists": "{:", "links half-way": "](",
    "links": "[x](", "broken links": "]((https://", "spaced links": "] (https://e", "schemes": "://", "addresses": "https://x ",
    "footnotes": "[^1]", "digits": "1", "numbers": "1 ", "lists of numbers": "1, ", "times": "at 2pm ", "ranges": "2pm - ",
    "days": "9 December 2pm ", "dates": "9 December at 2pm ", "iso dates": "2026-12-09 ", "slashed dates": "04/05/2026 ", "months": "May ",
    "weekdays": "Monday ", "at signs": "@", "mail": "a@", "mail with dots": "a@b.c.", "comments": "<!--", "tags": "<a ", "entities": "&amp;",
    "bullets": "- a\n", "headings": "# When\n", "labels": "When: 2pm\n", "fences": "```\n", "quoted": "> ", "tables": "|a", "rules": "---\n",
    "initials": "x. ", "full stops": ". ", "spaces": " ", "line ends": "\n", "tabs": "\t", "no-break spaces": "\u00a0", "right to left": "\u202e",
    "zero width": "\u200b", "combining": "e\u0301", "combining only": "\u0301", "emoji": "👩‍💻", "line separators": "\u2028", "long s": "ſ",
    "letters": "a", "capitals": "A ", "words": "the ", "invitation": "invitation ", "register": "register ", "meetings": "we will hold ",
    "places": "on 9 December in Leeds ", "halls": "at Hall, 1 a ", "names": "at Aa Aa ", "speaking": "speaking at ", "zones": "2pm EST ",
    "clicks": "To get the link [click here](https://x.org). ", "pages": "[the event page](https://x.org). ", "free": "is free to attend ",
    "german": "am Mittwoch, 9. Dezember um 14 Uhr ", "french": "le mercredi 9 décembre à 14h ", "ordinals": "1st ", "hours": "14h", "series": "#1 ",
    "members": "members only ", "joining": "if you would like to join ", "talks": "the talk will convene ", "leeds": "we will be in Leeds. ",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One hostile document of any size. `subject` is the name of who reads it (see `subjects`)."""

    name: str
    subject: str
    make: Make

    @property
    def id(self) -> str:
        return f"{self.subject}: {self.name}"


def _filled(unit: str, size: int) -> str:
    return unit * max(1, size // len(unit.encode()))


def _around(before: str, unit: str | Callable[[int], str], after: str = "") -> Make:
    """A document of one unit again and again; the number of the repetition, where the unit takes it."""

    def make(size: int) -> bytes:
        inner = _filled(unit, size) if isinstance(unit, str) else _numbered(unit, size)
        return (before + inner + after).encode()

    return make


def _numbered(unit: Callable[[int], str], size: int) -> str:
    length = len(unit(1_000))
    return "".join(unit(number) for number in range(max(1, size // length)))


def _nested(before: str, opening: str, middle: str, closing: str = "", after: str = "") -> Make:
    def make(size: int) -> bytes:
        depth = max(1, size // (len(opening) + len(closing)))
        return (before + opening * depth + middle + closing * depth + after).encode()

    return make


def _staircase(size: int) -> bytes:
    """Keys in keys in keys, each a step further to the right."""
    depth = max(1, int((2 * size) ** 0.5))
    return ("---\ntitle: x\n" + "".join(f"{' ' * n}a:\n" for n in range(depth)) + "---\n").encode()


def _laughs(head: str, size: int) -> bytes:
    """Each line ten times the one before."""
    lines = [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10 if n else ['lol'] * 10)}]\n" for n in range(max(1, size // 70))
    ]
    return (head + "".join(lines) + ("---\n" if head.startswith("---") else "")).encode()


_MATTER: dict[str, Make] = {
    "deep flow lists": _nested("---\ntitle: x\na: ", "[", "1", "]", "\n---\n"),
    "deep flow lists, never closed": _nested("---\ntitle: x\na: ", "[", ""),
    "deep flow mappings": _nested("---\ntitle: x\na: ", "{a: ", "1", "}", "\n---\n"),
    "deep lists": _nested("---\ntitle: x\na:\n  ", "- ", "1", "", "\n---\n"),
    "deep keys": _staircase,
    "aliases of aliases": lambda size: _laughs("---\ntitle: x\n", size),
    "aliases": _around("---\ntitle: x\na: &a [1]\nb: [", "*a,", "]\n---\n"),
    "merges": _around("---\ntitle: x\na: &a {b: 1}\n", lambda n: f"k{n}:\n  <<: *a\n", "---\n"),
    "anchors": _around("---\ntitle: x\n", lambda n: f"k{n}: &a{n} 1\n", "---\n"),
    "keys": _around("---\ntitle: x\n", lambda n: f"k{n}: 1\n", "---\n"),
    "keys that are nearly ours": _around("---\ntitle: x\n", lambda n: f"strat{n}: 1\n", "---\n"),
    "the same key": _around("---\ntitle: x\n", "tags: a\n", "---\n"),
    "a long list": _around("---\ntitle: x\ntopics: [", "a,", "]\n---\n"),
    "a long list of one's own": _around("---\ntitle: x\nprivate:\n", lambda n: f"- a{n}\n", "---\n"),
    "a long number": _around("---\ntitle: x\ndate: ", "1", "\n---\n"),
    "a long key": _around("---\ntitle: x\n", "k", ": 1\n---\n"),
    "an open quotation": _around('---\ntitle: "', "a ", "\n---\n"),
    "escapes": _around('---\ntitle: "', "\\u0041", '"\n---\n'),
    "comments": _around("---\ntitle: x\n", "# a\n", "---\n"),
    "documents": _around("---\ntitle: x\n---\n", "--- \n"),
    "question marks": _around("---\ntitle: x\n", "? ", "\n---\n"),
    "tags": _around("---\ntitle: x\na: ", "!!str ", "\n---\n"),
    "no end": _around("---\n", "a: 1\n"),
    "carriage returns": _around("---\r\ntitle: x\r\n---\r\n", "\r"),
    "doubled carriage returns": _around("---\r\ntitle: x\r\n---\r\n", "a\r\r\n"),
    "zero bytes": _around(_HEAD, "\0"),
    "byte order marks": _around("", "\ufeff"),
    "dashes": _around("", "-"),
    **{
        f"a long {key}": _around(f"---\ntitle: x\ndate: 2026-12-09\n{key}: ", unit, "\n---\nAt 2pm.\n")
        for key, unit in {
            "timezone": "Europe/", "place": "Hall, ", "start": "14:00 ", "dates": "9 December, ", "register": "https://a",
            "end": "2026-12-09T14:00 ", "uid": "a", "status": "cancelled ", "link": "/a", "access": "members ", "category": "a ",
        }.items()
    },
    "a title": _around("---\ntitle: ", "Cancelled: ", "x\ndate: 2026-12-09\n---\n"),
    "a title of brackets": _around("---\ntitle: '", "[(*", "'\ndate: 2026-12-09\n---\n"),
    "sentences with links": _around(_HEAD, lambda n: f"To come, [register here](https://x.org/{n}) by {n % 12 + 1}pm. "),
    "paragraphs with links": _around(_HEAD, lambda n: f"To come, [register here](https://x.org/{n}) by {n % 12 + 1}pm.\n\n"),
    "days of months": _around(_HEAD, lambda n: f"On {n % 28 + 1} December {2000 + n % 99} at {n % 12 + 1}pm in Leeds. "),
}  # fmt: skip
_MAPPED: dict[str, Make] = {
    "a series that would backtrack": _around("---\nname: x\nwhen: 2026-12-09\nseries: ", "a", "!\n---\n"),
    "a text that would backtrack": _around("---\nname: x\nwhen: 2026-12-09\n---\n", "at 1", "\n"),
    "links of its own": _around("---\nname: x\nlinks:\n", lambda n: f"- {{url: https://x.org/{n}}}\n", "---\n"),
    "speakers": _around("---\nname: x\nspeakers:\n", lambda n: f"- {{name: A{n}}}\n", "---\n"),
    "places": _around("---\nname: x\nlocation: ", "../", "etc/passwd\n---\n"),
    "a length": _around("---\nname: x\nwhen: 2026-12-09\nstart: '14:00'\nduration: ", "1h", "\n---\n"),
}
_SESSIONS: dict[str, Make] = {
    "sessions": _around("---\ntitle: x\nprogramme:\n", lambda n: f"- {{title: T{n}, date: 2026-12-09}}\n", "---\n"),
    "sessions and a long text": lambda size: (
        _around("---\ntitle: x\nprogramme:\n", lambda n: f"- {{title: T{n}}}\n", "---\n")(size // 2)
        + _filled("On 9 December at 2pm in Leeds. ", size // 2).encode()
    ),
}
_RULES = {
    "seconds": "RRULE:FREQ=SECONDLY", "a day that never is": "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "a great count": "FREQ=DAILY;COUNT=999999999",
    "a great interval": "FREQ=YEARLY;INTERVAL=999999999", "every minute": "FREQ=MINUTELY;BYSECOND=0;BYMINUTE=0;BYHOUR=3;BYMONTHDAY=31;BYMONTH=2",
    "until the end": "FREQ=DAILY;UNTIL=99991231T235959Z", "weeks": "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYSETPOS=366",
}  # fmt: skip
_RECURRING: dict[str, Make] = {
    **{name: _around(f"---\ntitle: x\ndate: 2026-12-09\nstart: '14:00'\nrrule: '{rule}'\n---\n", "a ") for name, rule in _RULES.items()},
    "dates": _around("---\ntitle: x\ndate: 2026-12-09\nrecurrence:\n", lambda n: f"- RDATE:{2000 + n % 100}{n % 12 + 1:02}{n % 28 + 1:02}T140000\n", "---\n"),
    "exceptions": _around(
        "---\ntitle: x\ndate: 2026-12-09\nrecurrence:\n- RRULE:FREQ=DAILY\n", lambda n: f"- EXDATE:2026{n % 12 + 1:02}{n % 28 + 1:02}T140000\n", "---\n"
    ),
    "parts": _around("---\ntitle: x\ndate: 2026-12-09\nrrule: 'FREQ=DAILY;BYMONTHDAY=", "1,", "1'\n---\n"),
    "many rules": _around("---\ntitle: x\ndate: 2026-12-09\nrecurrence:\n", "- RRULE:FREQ=DAILY\n", "---\n"),
}  # fmt: skip
_YAML: dict[str, Make] = {
    "deep lists": _nested("a: ", "[", "1", "]"),
    "deep keys": lambda size: _staircase(size).removeprefix(b"---\n").removesuffix(b"---\n"),
    "aliases of aliases": lambda size: _laughs("", size),
    "aliases of an event": _around("- &a {title: x, date: 2026-12-09}\n", "- *a\n"),
    "events": _around("", lambda n: f"- {{title: T{n}, date: 2026-12-09}}\n"),
    "events of one name": _around("", "- {title: x, date: 2026-12-09}\n"),
    "events in a mapping": _around("", lambda n: f"e{n}:\n  title: T{n}\n"),
    "keys of one event": _around("- title: x\n  date: 2026-12-09\n", lambda n: f"  k{n}: 1\n"),
    "the same key": _around("- title: x\n", "  tags: a\n"),
    "documents": _around("", "---\na: 1\n"),
    "empty items": _around("", "-\n"),
    "numbers": _around("- title: x\n  date: ", "1", "\n"),
    "a folded text": _around("- title: x\n  body: >\n", "    a b c\n"),
}
_JSON: dict[str, Make] = {
    "deep lists": _nested("", "[", "1", "]"),
    "deep lists, never closed": _nested('{"upcoming": ', "[", ""),
    "deep objects": _nested("", '{"a":', "1", "}"),
    "events": _around('{"upcoming": [', lambda n: f'{{"title": "T{n}", "date": "2026-12-09"}},', "{}]}"),
    "events of one name": _around('{"upcoming": [', '{"title": "x"},', "{}]}"),
    "keys of one event": _around('{"upcoming": [{', lambda n: f'"k{n}": 1,', '"title": "x"}]}'),
    "the same key": _around('{"upcoming": [{', '"tags": 1,', '"title": "x"}]}'),
    "a long number": _around('{"upcoming": [{"title": "x", "date": ', "1", "}]}"),
    "a long fraction": _around('{"upcoming": [{"title": "x", "date": 1.', "1", "e999}]}"),
    "half characters": _around('{"upcoming": [{"title": "', "\\ud800", '"}]}'),
    "escapes": _around('{"upcoming": [{"title": "', "\\u202e", 'x"}]}'),
    "spaces": _around("", " ", "{}"),
    "an open text": _around('{"a": "', "\\"),
}
_TOML: dict[str, Make] = {
    "deep lists": _nested("a = ", "[", "1", "]"),
    "deep inline tables": _nested("a = ", "{a = ", "1", "}"),
    "deep names": _around("[a", ".a", "]\nb = 1\n"),
    "deep dotted keys": _around("a", ".a", " = 1\n"),
    "events": _around("", lambda n: f'[[events]]\ntitle = "T{n}"\ndate = 2026-12-09\n'),
    "tables": _around("", lambda n: f"[t{n}]\na = 1\n"),
    "keys": _around("", lambda n: f"k{n} = 1\n"),
    "dotted keys": _around("", lambda n: f"a.k{n} = 1\n"),
    "the same key": _around("", "a = 1\n"),
    "a long number": _around("a = ", "1", "\n"),
    "a long text": _around('[[events]]\ntitle = "x"\nbody = """', "a ", '"""\n'),
    "an open text": _around('a = """', "\\\n"),
    "comments": _around("", "# a\n"),
}
_LABELLED: dict[str, Make] = {
    "labels": _around("# Talk\n\n", lambda n: f"When: 9 December 2026, {n % 12 + 1}pm\n"),
    "names of labels": _around("# Talk\n\n", lambda n: f"Label {n}: a\n"),
    "bold labels": _around("# Talk\n\n", "**When:** "),
    "titles": _around("", "# Talk\n"),
    "a long label": _around("# Talk\n\n", "a ", ": b\n"),
    "a long value": _around("# Talk\n\nWhere: ", "Hall, "),
    "underlines": _around("Talk\n", "="),
}


def _quoted(head: str, tail: str) -> Callable[[str], Make]:
    """A unit as one text of a data file, quoted as JSON quotes it (YAML and TOML read that too)."""
    return lambda unit: lambda size: (head + json.dumps(_filled(unit, size)) + tail).encode()


_TEXTS: dict[str, Callable[[str], Make]] = {
    "plain": lambda unit: _around(_HEAD, unit),
    "mapped": lambda unit: _around("---\nname: Talk\nwhen: 2026-12-09\n---\n", unit),
    "labelled": lambda unit: _around("# Talk\n\nWhen: 9 December 2026, 2pm\n\n", unit),
    "yaml": _quoted("- title: Talk\n  date: 2026-12-09\n  description: ", "\n"),
    "json": _quoted('{"upcoming": [{"title": "Talk", "when": "2026-12-09", "body": ', "}]}"),
    "toml": _quoted('[[events]]\ntitle = "Talk"\ndate = "2026-12-09"\nbody = ', "\n"),
}
_STRUCTURES: dict[str, dict[str, Make]] = {
    "plain": _MATTER, "mapped": _MAPPED, "sessions": _SESSIONS, "recurring": _RECURRING, "yaml": _YAML, "json": _JSON, "json-any": _JSON,
    "toml": _TOML, "labelled": _LABELLED,
    "toml-front": {name: _fenced for name, make in _TOML.items() for _fenced in [lambda size, make=make: b"+++\n" + make(size) + b"\n+++\nText.\n"]},
}  # fmt: skip


def _cases() -> Iterator[Hostile]:
    for subject, structures in _STRUCTURES.items():
        yield from (Hostile(name=name, subject=subject, make=make) for name, make in structures.items())
    for subject, text in _TEXTS.items():
        yield from (Hostile(name=f"full of {name}", subject=subject, make=text(unit)) for name, unit in UNITS.items())


CASES: tuple[Hostile, ...] = tuple(_cases())
