"""How the command line shows things: tables that fit a terminal, plain columns otherwise, JSON for programs."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from textwrap import wrap
from typing import Any

import click

from notifier.cli.files import in_json
from notifier.core.delivery import Delivery
from notifier.core.event import AllDay, Content, Event, Reason, Timed
from notifier.core.facts import OFF, Facts, when_of
from notifier.core.one_off import OneOff
from notifier.core.zones import moment
from notifier.errors import Problem

#: Between two columns.
_GAP = 2
#: A column is not made narrower than this, whatever the terminal.
_NARROWEST = 10
#: Of titles and paths, these would make a terminal do something: controls, halves of characters, turned directions.
_UNSAFE = {"Cc", "Cs"}
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

#: The fields that say when an event is.
_WHEN_FIELDS = frozenset({"when", "date", "dates", "start", "end", "timezone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table, and a longer word about it that has no column's width."""

    cells: tuple[str, ...]
    note: str = ""


def as_json(record: Any) -> None:
    """One JSON document on standard output."""
    for part in in_json(record):
        click.echo(part, nl=False)


def say(text: str = "") -> None:
    """A line, or several, for people; on a terminal broken between words."""
    lines = [printable(line) for line in text.split("\n")]
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        lines = [part for line in lines for part in _wrapped(line, width) or [""]]
    click.echo("\n".join(lines))


def _wrapped(line: str, width: int) -> list[str]:
    # An address stays whole: a terminal lets one click on it.
    return wrap(line, width, subsequent_indent=" " * _GAP, break_long_words=False, break_on_hyphens=False)


def say_exactly(line: str) -> None:
    """A line that is to be copied or read by a program: never broken."""
    click.echo(printable(line))


def complain(text: str) -> None:
    """The same on standard error."""
    click.echo("\n".join(printable(line) for line in text.split("\n")), err=True)


def unread(content: Content) -> int:
    """Say which sources could not be read; 1 where there are any. What was answered rests on their last good state."""
    for problem in content.problems:
        if problem.path in content.unread:
            complain(str(problem))
    return int(bool(content.unread))


def table(
    headers: Sequence[str], rows: Sequence[Row], *, note: str = "", title: str = "", by_note: bool = False
) -> None:
    """A table, and an empty line after it. Nothing where there are no rows.

    On a terminal a row's note stands beneath it, and once beneath neighbours that have the same; with `by_note`,
    where the reason matters more than the order, once beneath all of them. Elsewhere a row is one line, its note in
    a last column of that name, so that lines can be searched.
    """
    if not rows:
        return
    safe = [Row(cells=tuple(_one_line(c) for c in row.cells), note=_one_line(row.note)) for row in rows]
    if sys.stdout.isatty():
        _drawn(headers, _grouped(safe, by_note=by_note), title)
    else:
        _columns(headers, safe, note, title)
    click.echo()


def _columns(headers: Sequence[str], rows: Sequence[Row], note: str, title: str) -> None:
    noted = [(*headers, note)] + [(*row.cells, row.note) for row in rows] if note else []
    lines = noted or [tuple(headers), *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    if title:
        click.echo(f"{title}:")
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo((" " * _GAP).join(padded).rstrip())


_Group = tuple[list[tuple[str, ...]], str]


def _drawn(headers: Sequence[str], groups: Sequence[_Group], title: str) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    width, height = shutil.get_terminal_size()
    # With a width alone, a plain terminal (Emacs) counts as 80 columns whatever it has.
    console = Console(width=width, height=height, highlight=False)
    columns = _widths([tuple(headers), *(cells for group, _ in groups for cells in group)], width - _GAP)
    if title:
        console.print(Text(title, style="bold"))
    console.print(_grid([tuple(headers)], columns, style="dim"))
    for group, note in groups:
        console.print(_grid(group, columns, style=""))
        if note:
            console.print(Padding(Text(note), (0, 0, 0, 3 * _GAP), expand=False))


def _grid(lines: Sequence[tuple[str, ...]], columns: Sequence[int], *, style: str) -> Any:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, _GAP, 0, 0))
    for width in columns:
        grid.add_column(width=width, overflow="fold")
    for cells in lines:
        # Text, not markup: titles are other people's words.
        grid.add_row(*(Text(cell, style=style) for cell in cells))
    return Padding(grid, (0, 0, 0, _GAP), expand=False)


def _grouped(rows: Sequence[Row], *, by_note: bool) -> list[_Group]:
    """Rows with the same note together: all of them, in the order of the first, or only neighbours."""
    if by_note:
        # Stable: those with the same note stay in their order.
        first = {row.note: index for index, row in reversed(list(enumerate(rows)))}
        rows = sorted(rows, key=lambda row: first[row.note])
    return [([row.cells for row in group], note) for note, group in groupby(rows, key=lambda row: row.note)]


def _widths(lines: Sequence[tuple[str, ...]], room: int) -> list[int]:
    """The width of each column: what its cells want; where that is too much, the last gives way, then the widest."""
    from rich.cells import cell_len

    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(lines[0]))]
    over = sum(widths) + _GAP * (len(widths) - 1) - room
    given = min(max(over, 0), max(widths[-1] - 2 * _NARROWEST, 0))
    widths[-1] -= given
    for _ in range(over - given):
        widest = widths.index(max(widths))
        widths[widest] = max(widths[widest] - 1, _NARROWEST)
    return widths


def answer(question: str, *, yes: bool) -> bool | None:
    """Yes, no, or None where nobody can be asked."""
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    return click.confirm(question)


def printable(text: str) -> str:
    """The text with whatever would make a terminal do something shown as an escape."""
    if text.isprintable():
        return text
    return "".join(_escaped(char) if _is_unsafe(char) else char for char in text)


def _is_unsafe(char: str) -> bool:
    return unicodedata.category(char) in _UNSAFE or char in _DIRECTIONS


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def count(number: int, singular: str, plural: str = "") -> str:
    """`1 event`, `2 events`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def when(event: Event, zone: str) -> str:
    """When an event is, in one column."""
    match event.when:
        case AllDay(first=first, last=last):
            return f"{_days(first, last)}, {_doubt(event) or 'all day'}"
        case Timed(starts_at=start):
            return ", ".join(filter(None, (moment(start, event.zone or zone), _doubt(event))))
        case None:
            return "no date"


def _doubt(event: Event) -> str:
    """What is unsure about when it is; empty when nothing is."""
    found = {doubt.code: doubt.field for doubt in event.doubts}
    if "no-time" in found:
        return "no time"
    return "not certain" if _WHEN_FIELDS & set(found.values()) else ""


def told(facts: Facts, zone: str) -> str:
    """What readers were told, in one cell: which event, when, where, how to join, and whether it is off."""
    off = facts.status if facts.status in OFF else None
    return ", ".join(filter(None, (facts.title, off, _told_when(facts, zone), facts.location, facts.join_url)))


def _told_when(facts: Facts, zone: str) -> str:
    match when_of(facts):
        case AllDay(first=first, last=last):
            return _days(first, last)
        case Timed(starts_at=start):
            return moment(start, facts.zone or zone)
        case None:
            return "no date"


def _days(first: date, last: date) -> str:
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def about(delivery: Delivery, events: dict[str, Event], one_offs: Mapping[str, OneOff] | None = None) -> str:
    """The titles of a delivery's events; of a one-off without any, its subject."""
    asked = (one_offs or {}).get(delivery.key)
    titles = ", ".join(events[uid].title if uid in events else uid for uid in delivery.event_uids)
    return titles or (asked.subject if asked is not None else "-")


def reach(row: Delivery, people: int | None) -> str:
    """Through which provider a delivery goes, and to how many; `people` None: nobody can say; 0: a folder."""
    match people:
        case None:
            return f"through {row.provider}, which can't say to how many people"
        case 0:
            return f"into {row.provider}, a folder that nobody is mailed from"
        case _:
            return f"{count(people, 'person', 'people')}, through {row.provider}"


def reasons(found: Sequence[Reason]) -> str:
    """Reasons in one cell."""
    return " ".join(reason.text for reason in found)


def obstacles(found: Sequence[Reason]) -> str:
    """Reasons in one cell, without the one that says that all is well."""
    return reasons([reason for reason in found if reason.code != "clear"])


def due(at: datetime, zone: str) -> str:
    """A due time in one column."""
    return moment(at, zone)


def faults(problems: Sequence[Problem]) -> None:
    """What is wrong with a message, the errors first; nothing where there are none."""
    for title, severity in (("Errors, which keep it from going out", "error"), ("Warnings", "warning")):
        if wrong := [problem for problem in problems if problem.severity == severity]:
            say(f"\n{title}:")
            for problem in wrong:
                say(str(problem))
