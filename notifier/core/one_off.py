"""What a person asked to be sent once, beside all rules: about events, or a text of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

#: What a person gives so that the same wish, told twice, is one (the `Idempotency-Key` of an HTTP request, too).
_ONCE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """One message to one audience, in the ledger for ever as it was asked for.

    `subject` "": that of the kind's template. `note` is Markdown, in the person's words. Due at `due_at`, it is of use
    before `expires_at`. `people` is how many the audience was when it was asked for; None where nobody could say.
    """

    key: str
    audience: str
    event_uids: tuple[str, ...]
    subject: str
    note: str
    due_at: datetime
    expires_at: datetime
    people: int | None
    by: str
    asked_at: datetime

    def is_for_about(self, people: int) -> bool:
        """Whether so many are about as many as it was asked for: a tenth, or five, more or fewer."""
        return self.people is None or abs(people - self.people) <= max(5, self.people // 10)

    def says_as(self, other: OneOff) -> bool:
        """Whether both are the same wish: to these people, about this, in these words, whenever it was told."""
        return (self.key, self.event_uids, self.subject, self.note) == (
            other.key, other.event_uids, other.subject, other.note,
        )  # fmt: skip


def one_off_key(once: str, audience: str) -> str:
    """The key of a one-off. Raises ValueError for a `once` that `is_once` refuses."""
    if not is_once(once):
        raise ValueError(f"{once!r} can't be part of a key.")
    return f"one_off/{once}/{audience}"


def is_once(once: str) -> bool:
    """Whether it may tell one wish from another: 1 to 64 of a-z, 0-9 and the hyphen inside."""
    return _ONCE.fullmatch(once) is not None
