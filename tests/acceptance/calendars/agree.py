"""Whether every client sees what the author meant: field by field, with the habits of clients named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.acceptance.calendars.seen import FIELDS, Seen

_SHOWN = 90
_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """What is judged together: a feed (one part), or `apart` events as calendars of their own, a part each.

    `mailed`: these come as parts of mails, which nobody subscribes to or keeps on a server.
    """

    name: str
    parts: tuple[bytes, ...]
    expected: tuple[Seen, ...]
    big: bool = False
    apart: bool = False
    mailed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge says: what it complains of, and what it sees; `seen` is None where it only looks at the bytes."""

    complaints: tuple[str, ...] = ()
    seen: tuple[Seen, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What a client does to every text, ours or not, so that it is no fault of the calendar."""

    judge: str
    why: str
    fields: frozenset[str]
    does: Callable[[str], str]


_TEXTS = frozenset({"title", "description", "location"})
HABITS: tuple[Habit, ...] = (
    Habit(
        judge="khal",
        why="icalendar writes an author's `\\N` as a line break when khal keeps what it imports",
        fields=_TEXTS,
        does=lambda text: text.replace("\\N", "\n"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """What a client sees otherwise of one exhibit, by a fault of its own or of its machine."""

    judge: str
    exhibit: str
    why: str
    fields: frozenset[str]


EXCUSES: tuple[Excuse, ...] = (
    Excuse(
        judge="evolution",
        exhibit="new-laws-files",
        why="it knows zones by their names, from the machine's tz database, and doesn't read how the file defines them; "
        "Debian 12's is older than these laws. In feeds all times are in UTC, and it sees them rightly.",
        fields=frozenset({"start", "end"}),
    ),
)


def differences(
    judge: str, expected: Sequence[Seen], found: Sequence[Seen], *, but: frozenset[str] = frozenset()
) -> list[str]:
    """What a judge sees otherwise than it was meant, one line for each; empty where all agrees. `but`: fields to pass over."""
    meant, seen = {one.uid: _as_seen(judge, one) for one in expected}, {one.uid: one for one in found}
    lines = [f"{uid} is not seen" for uid in sorted(set(meant) - set(seen))]
    lines += [f"{uid} is seen, and nobody meant it" for uid in sorted(set(seen) - set(meant))]
    if len(found) != len(seen):
        lines.append(f"{len(found)} events, of which {len(seen)} have a uid of their own")
    for uid in sorted(set(meant) & set(seen)):
        lines += _fields(meant[uid], seen[uid], but)
    return lines


def _as_seen(judge: str, meant: Seen) -> Seen:
    values = {name: getattr(meant, name) for name in FIELDS}
    for habit in HABITS:
        if habit.judge == judge:
            values |= {name: habit.does(values[name]) for name in habit.fields}
    return Seen(**values)


def _excused(judge: str, exhibit: str) -> frozenset[str]:
    found = [excuse.fields for excuse in EXCUSES if (excuse.judge, excuse.exhibit) == (judge, exhibit)]
    return frozenset().union(*found)


def _fields(meant: Seen, seen: Seen, but: frozenset[str]) -> Iterator[str]:
    for name in (name for name in FIELDS if name not in but):
        want, got = getattr(meant, name), getattr(seen, name)
        if want != got:
            at = next((n for n, (a, b) in enumerate(zip(want, got, strict=False)) if a != b), min(len(want), len(got)))
            start = max(at - 10, 0)
            yield f"{meant.uid}: {name} from {start}: {got[start : start + _SHOWN]!r} instead of {want[start : start + _SHOWN]!r}"


@dataclass(slots=True)
class Table:
    """What was seen by whom: a row for each exhibit, a column for each judge."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, judge: str, exhibits: Sequence[Exhibit], verdicts: Mapping[str, Verdict]) -> None:
        """Take what a judge said; an exhibit it said nothing about wasn't shown to it."""
        for exhibit in exhibits:
            row = self.rows.setdefault(exhibit.name, {})
            verdict = verdicts.get(exhibit.name)
            row[judge] = "-" if verdict is None else self._cell(judge, exhibit, verdict)

    def _cell(self, judge: str, exhibit: Exhibit, verdict: Verdict) -> str:
        wrong = [*verdict.complaints]
        if verdict.seen is not None:
            wrong += differences(judge, exhibit.expected, verdict.seen, but=_excused(judge, exhibit.name))
        self.faults += [f"{judge}, {exhibit.name}: {what}" for what in wrong[:_LISTED]]
        if len(wrong) > _LISTED:
            self.faults.append(f"{judge}, {exhibit.name}: and {len(wrong) - _LISTED} more")
        if wrong:
            return f"{len(wrong)} WRONG"
        return "ok" if verdict.seen is None else f"{len(verdict.seen)} ok"

    def unseen(self) -> list[str]:
        """The exhibits that nobody found anything wrong with."""
        return [name for name, row in self.rows.items() if not any("WRONG" in cell for cell in row.values())]

    def written(self) -> str:
        judges = list(dict.fromkeys(judge for row in self.rows.values() for judge in row))
        cells = [
            ["", *judges],
            *([name, *(row.get(judge, "-") for judge in judges)] for name, row in self.rows.items()),
        ]
        widths = [max(len(row[column]) for row in cells) for column in range(len(judges) + 1)]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
