"""The one act that can't be repeated: what each answer to it proves, and how long ago its draft was looked at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from notifier.core.delivery import Outcome
from notifier.edges.mailchimp.door import Failed
from notifier.edges.mailchimp.filling import Wanted
from notifier.edges.mailchimp.finding import LAG, QUARANTINE

#: A process that slept longer between its look and its act may have been taken for dead, and others have acted meanwhile.
FRESH = 30.0
_NOT_READY = "not ready to send"
#: Counts the time that a machine sleeps, where the system has such a clock.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def passed() -> float:
    """Seconds on a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(_CLOCK)


def outcome_of(error: Failed) -> Outcome | None:
    """What a failed send proves; None where it may have been taken all the same."""
    match error.kind:
        case "unsent" | "throttled" | "auth" | "forbidden" | "bug":
            return Outcome(result="unsent", detail=error.message)
        case "rejected" if _NOT_READY in error.said.casefold():
            # The recipients are counted by and by; all else that is missing stays missing.
            later = "recipients not ready" in error.said.casefold()
            return Outcome(result="unsent" if later else "refused", detail=error.message)
        case "rejected" | "notfound" | "ambiguous":
            return None


@dataclass(slots=True)
class Kept:
    """What this process knows of one draft. All of it may be lost: then more is asked, and more is doubted.

    `looked` is when it was last found right, by `passed`; `looked_at` the same by the clock. `posted_at` is when a send
    of it was asked for, `taken` whether Mailchimp said yes to that; else nobody knows its end.
    """

    wanted: Wanted | None = None
    looked: float | None = None
    looked_at: datetime | None = None
    posted_at: datetime | None = None
    taken: bool = False

    def is_in_doubt(self, now: datetime) -> bool:
        """Whether a send of it may still show, though Mailchimp shows it as a draft."""
        wait = LAG if self.taken else QUARANTINE
        return self.posted_at is not None and now - self.posted_at < wait


def asked_before(kept: Kept | None, place: str) -> Outcome | None:
    """What is known of a send that was asked for before, so that it is not asked for again; None where there was none."""
    if kept is None or kept.posted_at is None:
        return None
    if kept.taken:
        return Outcome(result="accepted", detail="Mailchimp has taken it before, and does not show it yet.")
    return Outcome(result="ambiguous", detail=f"A send of it was asked for before, and nobody knows its end: {place}")
