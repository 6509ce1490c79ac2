"""Whether this machine's clock may be gone by, where another can be seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from notifier.beside import Timekeeping
from notifier.errors import UserError
from notifier.ports import Ledger

#: So far two clocks may be apart: with less, a mail is early or late by less than anybody notices.
TOLERANCE = timedelta(minutes=1)


def check_clock(ledger: Ledger, now: datetime) -> None:
    """Raise UserError where the ledger's server has quite another time than `now`: of several instances this one would act at the wrong one."""
    there = ledger.clock() if isinstance(ledger, Timekeeping) else None
    if there is None or abs(now - there) <= TOLERANCE:
        return
    ahead, how = abs(now - there), "ahead of" if now > there else "behind"
    minutes = round(ahead.total_seconds() / 60)
    apart = f"{minutes:,} minutes" if minutes > 1 else "a minute"
    raise UserError(
        f"This machine's clock is {apart} {how} that of the ledger's server, so nothing is done here.",
        "Set both by NTP (timedatectl set-ntp true); it goes on by itself then.",
    )
