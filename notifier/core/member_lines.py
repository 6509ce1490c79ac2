"""The lines of a file of members, one after the other: what its columns are, whom each line names, what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from notifier.core.mailbox import address_fault
from notifier.core.plain import clean_text, cut, one_line
from notifier.core.recipient import Member, plain_address
from notifier.errors import Problem, Severity

_LONGEST_NAME = 200
#: What a column may be called, without capitals and anything but letters. Of several for one thing the first counts, and
#: another is none of ours: `Adresse` beside `E-Mail` is where a person lives.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": (
        "email", "emailaddress", "mail", "mailaddress", "mailadresse", "emailadresse", "courriel", "adresseemail",
        "adressemail", "adresseélectronique", "mél", "correo", "correoelectrónico", "address", "adresse",
    ),
    "name": ("name", "fullname", "nom", "nomcomplet", "nombre", "nome"),
    "given": ("firstname", "givenname", "vorname", "prénom", "prenom"),
    "family": ("lastname", "familyname", "surname", "nachname", "familienname", "nomdefamille"),
    "zone": ("zone", "timezone", "tz", "zeitzone", "fuseauhoraire", "fuseau", "zonahoraria"),
    "tags": ("tags", "tag", "labels", "schlagworte", "schlagwörter", "étiquettes", "motsclés", "etiquetas"),
}  # fmt: skip
_NAMES = tuple(name for names in _COLUMNS.values() for name in names)
_KNOWN = "The columns are: address, name, zone, tags."
#: How a cell begins that a spreadsheet runs, and how ours are kept from it
#: (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA, _DEFUSED = re.compile(r"[=+\-@]"), re.compile(r"'+[=+\-@]")


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """Which column holds what, where these are the names of columns and one of them is that of addresses; else empty."""
    bare = [_bare(cell) for cell in cells]
    found = {
        column: bare.index(next(name for name in names if name in bare))
        for column, names in _COLUMNS.items()
        if not set(names).isdisjoint(bare)
    }
    return found if "address" in found else {}


def defused(cell: str) -> str:
    """The cell as it is written where a spreadsheet may read it; `read_cell` gives it back."""
    return f"'{cell}" if _FORMULA.match(cell) or _DEFUSED.match(cell) else cell


def read_cell(cell: str) -> str:
    return cell[1:] if _DEFUSED.match(cell) else cell


@dataclass(slots=True)
class Lines:
    """A file while it is read: its members so far, by plain address, and what was wrong."""

    path: str
    members: dict[str, Member] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _lines: dict[str, int] = field(default_factory=dict)
    _columns: Mapping[str, int] | None = None
    _header: Sequence[str] = ()

    def say(self, line: int | None, name: str | None, what: str, hint: str = "", severity: Severity = "error") -> None:
        self.problems.append(Problem(path=self.path, line=line, field=name, what=what, hint=hint, severity=severity))

    def take(self, line: int, cells: Sequence[str]) -> None:
        """The next line that holds something."""
        if self._columns is None:
            self._begin(line, cells)
            if columns_of(cells):
                return
        if self._columns:
            self._member(line, cells)

    def _begin(self, line: int, cells: Sequence[str]) -> None:
        self._columns, self._header = columns_of(cells), cells
        if self._columns:
            self._unused(line, cells)
        elif len(cells) == 1:
            self._columns, self._header = {"address": 0}, ("address",)
        else:
            # What the columns mean is not guessed.
            hint = f"Begin the file with their names, such as: address,name. {_KNOWN}"
            self.say(line, None, "None of the columns is called address.", hint)

    def _unused(self, line: int, cells: Sequence[str]) -> None:
        used = set((self._columns or {}).values())
        for name in (one_line(cell) for number, cell in enumerate(cells) if number not in used):
            close = get_close_matches(_bare(name), _NAMES, n=1, cutoff=0.75)
            guess = f"Did you mean {close[0]}? " if close and close[0] != _bare(name) else ""
            if name:
                self.say(line, cut(name, 60), "This column is not used.", guess + _KNOWN, "warning")

    def _member(self, line: int, cells: Sequence[str]) -> None:
        if any(cells[len(self._header) :]):
            what = f"There are more cells on this line than the {len(self._header)} of the first."
            self.say(line, None, what, "Put a cell that holds a separator in quotation marks.")
            return
        address = read_cell(self._raw(cells, "address")).strip()
        fault, zone = address_fault(address), self._zone(line, cells)
        name, tags = self._name(line, cells), self._tags(line, cells)
        if fault is not None:
            self.say(line, self._called("address"), *fault)
        elif zone is not None:
            self._keep(line, Member(address=address, name=name, timezone=zone or None, tags=tags))

    def _keep(self, line: int, member: Member) -> None:
        plain = plain_address(member.address)
        if self.members.pop(plain, None) is not None:
            what = f"This address stands on line {self._lines[plain]} too."
            self.say(line, self._called("address"), what, "This line counts. Delete one of them.", "warning")
        self.members[plain], self._lines[plain] = member, line

    def _zone(self, line: int, cells: Sequence[str]) -> str | None:
        """The zone, "" where none is written, None where it is none."""
        zone = self._raw(cells, "zone").strip()
        if not zone or zone in _zones():
            return zone
        close = get_close_matches(zone.replace(" ", "_"), _zones(), n=1, cutoff=0.6)
        hint = f"Did you mean {close[0]}?" if close else "Write a name such as Europe/London, or leave the cell empty."
        self.say(line, self._called("zone"), f"{cut(one_line(zone), 60)!r} is not a time zone.", hint)
        return None

    def _name(self, line: int, cells: Sequence[str]) -> str:
        parts = ["name"] if "name" in (self._columns or {}) else ["given", "family"]
        raw = [self._raw(cells, part) for part in parts]
        for part, cell in zip(parts, raw, strict=True):
            self._look_at(line, part, cell)
        name = one_line(" ".join(map(read_cell, raw)))
        if len(name) > _LONGEST_NAME:
            what = f"This name has {len(name)} characters, and was cut at {_LONGEST_NAME}."
            self.say(line, self._called(parts[0]), what, "Write a shorter one.", "warning")
        return cut(name, _LONGEST_NAME)

    def _tags(self, line: int, cells: Sequence[str]) -> tuple[str, ...]:
        raw = self._raw(cells, "tags")
        self._look_at(line, "tags", raw)
        found: dict[str, str] = {}
        for part in re.split("[;,]", read_cell(raw)):
            tag = one_line(part.strip().strip('"'))
            found.setdefault(tag.casefold(), tag)
        return tuple(tag for tag in found.values() if tag)

    def _look_at(self, line: int, column: str, cell: str) -> None:
        if _FORMULA.match(cell.strip()):
            what = "A spreadsheet would run this, since it begins like a formula."
            self.say(line, self._called(column), what, "Look whether it is meant so.", "warning")
        if not cell.isprintable() and any(map(_is_unseen, cell)):
            what = "There are characters in it that nobody can see. They are left out."
            self.say(line, self._called(column), what, "Write it anew.", "warning")

    def _raw(self, cells: Sequence[str], column: str) -> str:
        number = (self._columns or {}).get(column, len(cells))
        return cells[number] if number < len(cells) else ""

    def _called(self, column: str) -> str:
        number = (self._columns or {}).get(column)
        return column if number is None else cut(one_line(self._header[number]), 60)


@cache
def _zones() -> frozenset[str]:
    # A zone's own spelling: a disk that ignores case would take others.
    return frozenset(available_timezones())


def _bare(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFC", name).casefold() if char.isalpha())


def _is_unseen(char: str) -> bool:
    return char != "\ufffd" and clean_text(char) in ("", "\ufffd")


def count_more(problems: Iterable[Problem], path: str, most: int) -> tuple[Problem, ...]:
    """The problems, of each severity no more than so many, and how many more there are: nobody reads ten thousand."""
    told: list[Problem] = []
    every = list(problems)
    for severity in ("error", "warning"):
        some = [one for one in every if one.severity == severity]
        told += some[:most]
        if len(some) > most:
            what = f"There are {len(some) - most:,} more like these."
            told.append(Problem(path=path, what=what, hint="Mend those first.", severity=severity))
    return tuple(told)
