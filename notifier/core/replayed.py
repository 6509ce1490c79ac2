"""What would have gone out, and what not and why, over a stretch of time: the result of a replay."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from notifier.core.delivery import Delivery, DeliveryStatus
from notifier.core.event import Event
from notifier.core.records import Record, delivery_record, problem_record
from notifier.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A delivery as it stood at the end, and when that came to be.

    `at` is the instant, `commit` the revision that was visible then, None without a history. `subject` is that of its
    message, None where none was written. `events` are those that it is about, as they were then.
    """

    delivery: Delivery
    at: datetime
    commit: str | None
    subject: str | None
    events: tuple[Event, ...]

    @property
    def moment(self) -> datetime:
        """Where it stands in time: when it went out, else when it was due."""
        return self.delivery.sent_at or self.delivery.due_at

    @property
    def about(self) -> str:
        """Its subject; where no message was written, the titles of its events."""
        return self.subject or ", ".join(event.title for event in self.events) or self.delivery.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that stood in the way, first at `at`."""

    problem: Problem
    at: datetime
    commit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The whole of a replay, from `since` to `until`, both included. `commits` is how many were taken, `ticks` how many it took.

    `deliveries` are in the order of time, then of their keys.
    """

    since: datetime
    until: datetime
    commits: int
    ticks: int
    deliveries: tuple[Occurrence, ...]
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_ahead(self) -> bool:
        """Of the time to come, on what there is now; a history has at least one commit."""
        return not self.commits

    def counts(self) -> dict[DeliveryStatus, int]:
        """How many deliveries ended in each state, most first."""
        return dict(Counter(one.delivery.status for one in self.deliveries).most_common())


def in_time(one: Occurrence) -> tuple[datetime, str]:
    """The order of a replay's deliveries."""
    return one.moment, one.delivery.key


def replay_record(replayed: Replayed) -> Record:
    """What `replay` prints."""
    return {
        "from": replayed.since.isoformat(),
        "to": replayed.until.isoformat(),
        "commits": replayed.commits,
        "deliveries": [_occurrence_record(one) for one in replayed.deliveries],
        "problems": [_trouble_record(one) for one in replayed.troubles],
    }


def _occurrence_record(one: Occurrence) -> Record:
    delivery = delivery_record(one.delivery, {event.uid: event for event in one.events})
    return delivery | {"at": one.at.isoformat(), "commit": one.commit, "subject": one.subject}


def _trouble_record(trouble: Trouble) -> Record:
    return problem_record(trouble.problem) | {"at": trouble.at.isoformat(), "commit": trouble.commit}
