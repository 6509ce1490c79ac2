"""What isn't known yet: a date that is only a month, left open or without its year. It is told as it is, never guessed."""

from __future__ import annotations

from notifier.core.reading.candidates import Notes
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import Value
from notifier.core.reading.resolve import short

_EXACT = frozenset({"day", "date", "exact", "time", "minute", "hour", "full"})
_MONTH = frozenset({"month", "year", "season", "quarter", "week", "approximate"})
_OPEN = frozenset({"tbc", "tba", "tbd", "none", "unknown"})


def read_precision(keys: Keys, notes: Notes) -> bool:
    """Whether `precision` lets the date count; a doubt where it says that the day isn't known."""
    found = keys.text("precision", "when")
    said = found.value.casefold() if found else "day"
    if found is None or said in _EXACT:
        return True
    key = keys.key("precision")
    if said in _MONTH | _OPEN:
        notes.doubt(
            "only-month" if said in _MONTH else "date-tbc",
            f"“{short(found.evidence.text)}” says that the day is not known.",
            f"Once it is, write {key}: day and {keys.key('date')}: with year, month and day.",
            field=key,
            evidence=found.evidence,
            severity="info",
        )
        return False
    keys.wrong("precision", f"“{short(found.value)}” is not a precision.", f"Write {key}: day, month or tbc.")
    return True


def report_open(keys: Keys, name: str, value: Value, notes: Notes) -> None:
    """Say that the date is still to be confirmed."""
    key = keys.key(name)
    notes.doubt(
        "date-tbc",
        f"“{short(value.text)}” is still to be confirmed.",
        f"Once it is, write {key}: 2026-12-09 (year-month-day) and nothing else.",
        field=key,
        evidence=value.evidence,
        severity="info",
    )


def report_only_month(keys: Keys, name: str, value: Value, notes: Notes) -> None:
    """Say that the value names no day."""
    key = keys.key(name)
    notes.doubt(
        "only-month",
        f"“{short(value.text)}” names no day.",
        f"Once it is known, write {key}: 2026-12-09 (year-month-day).",
        field=key,
        evidence=value.evidence,
        severity="info",
    )


def report_no_year(keys: Keys, name: str, value: Value, notes: Notes) -> None:
    """Say that the date has no year."""
    key = keys.key(name)
    notes.doubt(
        "no-year",
        f"“{short(value.text)}” has no year.",
        f"Write it as year-month-day: {key}: 2026-12-09.",
        field=key,
        evidence=value.evidence,
    )
