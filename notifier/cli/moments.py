"""TIME on the command line, and where a simulated time is allowed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

from notifier.app import App, is_simulated
from notifier.core.zones import instant, moment
from notifier.edges.clock import FixedClock

#: RFC 3339, and the same without an offset; `fromisoformat` alone takes much that nobody means (2026-W50-3, 20261209).
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
#: Far enough from both ends of what a date can be that days can be added and zones applied.
_YEARS = range(1970, 3000)


def parse(text: str, zone: str) -> datetime:
    """RFC 3339, or `YYYY-MM-DD HH:MM` in the site's zone. Raises click.BadParameter for anything else."""
    try:
        at = datetime.fromisoformat(text.strip().upper()) if _TIME.fullmatch(text.strip()) else None
    except ValueError:
        at = None
    if at is None or at.year not in _YEARS:
        raise click.BadParameter(
            f"{text!r} is not a time. Write 2026-12-09T14:00:00Z, or '2026-12-09 14:00' for the site's zone.",
            param_hint="--at",
        )
    return (instant(at.date(), at.time(), zone) if at.tzinfo is None else at).astimezone(UTC)


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
