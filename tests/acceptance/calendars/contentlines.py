"""Calendar bytes taken apart, as RFC 5545 3.1 writes them and no more kindly: lines, parameters, components."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z0-9-]+")
# A parameter's value: quoted without a quote inside, or bare without `"`, `;`, `:` and `,` (RFC 5545 3.2).
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One content line, unfolded. `number` is that of its first line in the file, 1-based; `name` is in capitals."""

    number: int
    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True, kw_only=True)
class Component:
    """What stands between BEGIN and END. `number` is the line of its BEGIN."""

    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Line | None:
        return next(iter(self.all(name)), None)

    def value(self, name: str) -> str | None:
        line = self.first(name)
        return None if line is None else line.value

    def walk(self, name: str) -> Iterator[Component]:
        for part in self.parts:
            if part.name == name:
                yield part
            yield from part.walk(name)


class NotCalendar(ValueError):
    """The bytes can't be taken apart; the text says why."""


def unfolded(data: bytes) -> list[tuple[int, str]]:
    """The logical lines with their numbers, however they end; what is no UTF-8 becomes U+FFFD."""
    lines: list[tuple[int, bytes]] = []
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", data), 1):
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + line[1:])
        elif line:
            lines.append((number, line))
    return [(number, line.decode("utf-8", "replace")) for number, line in lines]


def split(number: int, text: str) -> Line:
    """A logical line's name, parameters and value. Raises NotCalendar."""
    name = _NAME.match(text)
    if name is None:
        raise NotCalendar(f"line {number}: no property begins like {text[:30]!r}")
    at, parameters = name.end(), dict[str, str]()
    while found := _PARAMETER.match(text, at):
        parameters[found[1].upper()] = found[2]
        at = found.end()
    if text[at : at + 1] != ":":
        raise NotCalendar(f"line {number}: no colon where the value of {name[0]} should begin")
    return Line(number=number, name=name[0].upper(), parameters=parameters, value=text[at + 1 :])


def components(lines: Sequence[Line]) -> list[Component]:
    """The outermost components. Raises NotCalendar where BEGIN and END don't match."""
    root = Component(name="", number=0)
    open_ones = [root]
    for line in lines:
        if line.name == "BEGIN":
            part = Component(name=line.value, number=line.number)
            open_ones[-1].parts.append(part)
            open_ones.append(part)
        elif line.name == "END":
            if open_ones.pop().name != line.value or not open_ones:
                raise NotCalendar(f"line {line.number}: END:{line.value} ends nothing that began")
        else:
            open_ones[-1].lines.append(line)
    if len(open_ones) > 1:
        raise NotCalendar(f"line {open_ones[-1].number}: {open_ones[-1].name} never ends")
    if root.lines:
        raise NotCalendar(f"line {root.lines[0].number}: {root.lines[0].name} stands outside of every component")
    return root.parts


def parse(data: bytes) -> list[Component]:
    """The components of a file. Raises NotCalendar."""
    return components([split(number, text) for number, text in unfolded(data)])


def plain(value: str) -> str:
    """A TEXT value as its author meant it (RFC 5545 3.3.11)."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
