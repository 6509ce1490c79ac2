"""What became of what was sent, in numbers, and when it is worth asking for them again. Never who it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.core.delivery import Decision, Delivery

#: After the mails are out, most bounces come within the hour and most people read within the day.
_LOOKS = (timedelta(hours=1), timedelta(hours=6), *(timedelta(days=days) for days in range(1, 15)))
#: In these states nothing more is made of a delivery by itself.
_OVER = frozenset({"sent", "skipped", "missed", "withdrawn"})
#: In these its draft is still wanted, as long as the ledger knows which one that is.
_WITH_A_DRAFT = frozenset({"planned", "held", "drafted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom one delivery reached, as its provider counted at `at`.

    `hard` and `soft` are mails that came back for good, and for now; `abuse` are complaints. `opens` and `clicks` are
    people; None where nobody counts them.
    """

    at: datetime
    sent: int
    hard: int = 0
    soft: int = 0
    unsubscribed: int = 0
    abuse: int = 0
    opens: int | None = None
    clicks: int | None = None


def next_look(sent_at: datetime, last: datetime | None) -> datetime | None:
    """When the numbers of what was sent then are to be asked for, after the `last` time; None: never again."""
    return next((sent_at + step for step in _LOOKS if last is None or sent_at + step > last), None)


def in_words(reach: Reach) -> str:
    """The numbers in one line, without those that say nothing."""
    told = [f"{reach.sent:,} sent"]
    bounced = [f"{number:,} {how}" for number, how in ((reach.hard, "for good"), (reach.soft, "for now")) if number]
    if bounced:
        told.append(f"{reach.hard + reach.soft:,} came back ({', '.join(bounced)})")
    if reach.unsubscribed:
        told.append(f"{reach.unsubscribed:,} left the list")
    if reach.abuse:
        told.append(f"{reach.abuse:,} complained")
    counted = ((reach.opens, "opened it"), (reach.clicks, "followed a link"))
    told += [f"{number:,} {what}" for number, what in counted if number is not None]
    return ", ".join(told)


def may_be_tidied(row: Delivery, said: Sequence[Decision]) -> bool:
    """Whether drafts with its mark that it doesn't name are of no use to anybody. `said` is all that people decided about it.

    Never where there was a doubt whether one went out: it is what a person looks at, and a late request may still be about it.
    """
    if any(reason.code == "unknown" for reason in row.reasons) or any(one.act == "settle" for one in said):
        return False
    if row.status in _OVER:
        return row.status == "sent" or row.attempts == 0
    return row.status in _WITH_A_DRAFT and row.draft_id is not None and row.attempts == 0
