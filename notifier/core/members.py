"""Files of the members of an audience: what they hold, what is wrong with them, and how they are written.

They are made by hand and by other programs, so nothing in them is trusted. They hold addresses, which no problem repeats.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from notifier.core.member_lines import Lines, columns_of, count_more, defused
from notifier.core.plain import one_line
from notifier.core.recipient import Member, plain_address
from notifier.errors import Problem

MOST_BYTES, MOST_LINES = 10_000_000, 200_000
_MOST_TOLD = 100
_SEPARATORS = (",", ";", "\t")
_MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_AS_UTF_8 = "Save it as CSV in UTF-8. (Excel: Save as, CSV UTF-8.)"
_QUOTES = "Put quotation marks on both sides of a cell or on neither, and write one that belongs to it twice."


def read_members(path: str, data: bytes) -> tuple[tuple[Member, ...], tuple[Problem, ...]]:
    """The members that a file holds, in its order, and everything that is wrong with it, at its line.

    CSV in UTF-8, its cells between commas, semicolons or tabs, with a line of names first; or one address a line. Lines with
    an error are not among the members: while there is one, a person should look before anybody is mailed. Of two spellings
    of one address the last counts, in its place. Never raises, whatever the bytes are.
    """
    text = _text(path, data)
    if isinstance(text, Problem):
        return (), (text,)
    lines = Lines(path=path)
    for line, cells in _rows(text, lines):
        lines.take(line, cells)
    if not lines.members and not any(problem.severity == "error" for problem in lines.problems):
        lines.say(None, None, "There is nobody in it.", "Write a line for each person, or name another file.")
    return tuple(lines.members.values()), count_more(lines.problems, path, _MOST_TOLD)


def selected(members: Iterable[Member], tag: str | None) -> Iterator[Member]:
    """Those with the tag, ignoring case; all where none is asked for."""
    if tag is None:
        return iter(members)
    wanted = one_line(tag).casefold()
    return (one for one in members if wanted in (given.casefold() for given in one.tags))


def members_csv(members: Iterable[Member]) -> bytes:
    """The members as a file that `read_members` takes for the same. What a spreadsheet would run is written as text.

    With a byte order mark: without one a spreadsheet takes letters beyond ASCII for others, and saves those.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("address", "name", "zone", "tags"))
    for one in members:
        writer.writerow(map(defused, (one.address, one.name, one.timezone or "", "; ".join(one.tags))))
    return out.getvalue().encode("utf-8-sig", errors="replace")


def lines_with(data: bytes, address: str) -> tuple[int, ...]:
    """The numbers of the lines on which a file names an address, however that file is made."""
    # Not within a longer one.
    sought = re.compile(rf"(?<![\w.+-]){re.escape(plain_address(address))}(?![\w.-])")
    lines = data.decode("utf-8", errors="replace").splitlines()
    return tuple(number for number, line in enumerate(lines, 1) if sought.search(line.casefold()))


def _text(path: str, data: bytes) -> str | Problem:
    if len(data) > MOST_BYTES:
        what = f"This file has {len(data):,} bytes; {MOST_BYTES:,} is the most."
        return Problem(path=path, what=what, hint="Leave only the columns that are used: address, name, zone, tags.")
    if data.count(b"\n") > MOST_LINES:
        what = f"This file has more than {MOST_LINES:,} lines, which is the most."
        return Problem(path=path, what=what, hint="Split it among several audiences.")
    if data.startswith(_MARKS_OF_UTF_16):
        return Problem(path=path, what="This file is UTF-16.", hint=_AS_UTF_8)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(path=path, line=line, what="This file is not UTF-8 text.", hint=_AS_UTF_8)


def _rows(text: str, lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, each with the number of its first in the file."""
    separator, skipped = _separator(text)
    # Empty, so that a line ends where it does for an editor, and within quotation marks stays as it is.
    source = StringIO(text, newline="")
    for _ in range(skipped):
        source.readline()
    reader = csv.reader(source, delimiter=separator, strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.say(line, None, "A quotation mark is not closed here, or stands within a cell.", _QUOTES)
            continue
        if any("@" in cell and len(cell.splitlines()) > 1 for cell in cells):
            # One quotation mark too many, and everybody up to the next one would be left out.
            lines.say(line, None, "A cell that begins here runs on over the next lines.", _QUOTES)
        elif any(map(str.strip, cells)):
            yield line, [cell.strip() for cell in cells]


def _separator(text: str) -> tuple[str, int]:
    """What is between the cells, and how many lines at the beginning only say so."""
    beginning = (line for line in StringIO(text, newline="") if line.strip())
    first = next(beginning, "").strip("\r\n")
    if first.lower().startswith("sep=") and first[4:] in _SEPARATORS:
        # A line for Excel.
        return first[4:], 1 if text.startswith(first) else 0
    found = {one: _cells(first, one) for one in _SEPARATORS}
    return max(_SEPARATORS, key=lambda one: (bool(columns_of(found[one])), len(found[one]))), 0


def _cells(line: str, separator: str) -> Sequence[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
