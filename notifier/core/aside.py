"""What needs staff beside the mails themselves: told once in the mail of the day, or in each while it lasts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: What lasts is told of once it has lasted so long: most of it passes by itself.
_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """`title` is what it is about, `why` what is wrong, `command` what to type about it. `since` is when it began.

    `lasts`: it is still so, and is told of daily. Else it is over, and told of once.
    """

    title: str
    why: str
    command: str
    since: datetime
    lasts: bool


def to_tell(asides: Sequence[Aside], *, after: datetime, by: datetime) -> tuple[Aside, ...]:
    """Those that a mail of the day tells of that is due at `by`, where the one before was due at `after`."""
    return tuple(one for one in asides if (one.since <= by - _LASTS if one.lasts else after < one.since <= by))
