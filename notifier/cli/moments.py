"""TIME on the command line, and where a simulated time is allowed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import click

from notifier.app import App, is_simulated
from notifier.core.zones import end_of_day, instant, moment, start_of_day
from notifier.edges.clock import FixedClock

#: RFC 3339, and the same without an offset; `fromisoformat` alone takes much that nobody means (2026-W50-3, 20261209).
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LENGTH = re.compile(r"(\d{1,6})([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=366)
#: Far enough from both ends of what a date can be that days can be added and zones applied.
_YEARS = range(1970, 3000)


def parse(text: str, zone: str, option: str = "--at") -> datetime:
    """RFC 3339, or `YYYY-MM-DD HH:MM` in the site's zone. Raises click.BadParameter for anything else."""
    try:
        at = datetime.fromisoformat(text.strip().upper()) if _TIME.fullmatch(text.strip()) else None
    except ValueError:
        at = None
    if at is None or at.year not in _YEARS:
        raise click.BadParameter(
            f"{text!r} is not a time. Write 2026-12-09T14:00:00Z, or '2026-12-09 14:00' for the site's zone.",
            param_hint=option,
        )
    return (instant(at.date(), at.time(), zone) if at.tzinfo is None else at).astimezone(UTC)


def bound(text: str, zone: str, option: str, *, is_end: bool) -> datetime:
    """A TIME, or a DATE: then the first instant of that day in the site's zone, as an end the first one after it."""
    try:
        day = date.fromisoformat(text.strip()) if _DATE.fullmatch(text.strip()) else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        return parse(text, zone, option)
    return (end_of_day if is_end else start_of_day)(day, zone).astimezone(UTC)


def length(text: str, option: str) -> timedelta:
    """`90d`, `12h` or `90m`, up to 366 days. Raises click.BadParameter for anything else."""
    found = _LENGTH.fullmatch(text.strip())
    long = int(found[1]) * _UNITS[found[2]] if found else timedelta()
    if not timedelta() < long <= _LONGEST:
        raise click.BadParameter(
            f"{text!r} is not a length of time up to 366d. Write, for example, 90d.", param_hint=option
        )
    return long


def clock_at(text: str, zone: str) -> FixedClock:
    """A clock that stands still at a TIME."""
    return FixedClock(parse(text, zone))


def refuse_unsafe_time(app: App) -> None:
    """A pretended time may be recorded only forward, and only where nothing can leave this machine."""
    if not isinstance(app.clock, FixedClock):
        return
    if not is_simulated(app.settings):
        raise click.UsageError(
            "--at would let real mail follow from a pretended time. It is only for sites whose every provider is an "
            "outbox or on this machine. Leave --at out; `notifier plan --at` shows what would be sent then."
        )
    end = app.ticker.wiring.ledger.snapshot().window_end
    if end is not None and app.clock.now() < end:
        raise click.UsageError(
            f"The ledger already answers for everything until {moment(end, app.settings.rules.site.timezone)}. Choose a later --at."
        )
