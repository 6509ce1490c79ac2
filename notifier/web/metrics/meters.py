"""What is measured: every metric by its name, with the text that explains it. The table in docs/watching.md is this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
#: Who knows it: `process` counts since this process began; `ledger` is the same in all processes on one ledger.
Origin = Literal["process", "ledger"]

_FAST = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_LATE = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
_DELAY = (30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 14400.0, 43200.0, 86400.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One metric. `text` is a sentence for whoever finds it; `buckets` are those of a histogram."""

    name: str
    kind: Kind
    origin: Origin
    text: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


def _process(name: str, kind: Kind, text: str, *labels: str, buckets: tuple[float, ...] = ()) -> Meter:
    return Meter(name=f"notifier_{name}", kind=kind, origin="process", text=text, labels=labels, buckets=buckets)


def _ledger(name: str, text: str, *labels: str) -> Meter:
    return Meter(name=f"notifier_{name}", kind="gauge", origin="ledger", text=text, labels=labels)


BUILD = _process("build_info", "gauge", "Always 1; the version that runs.", "version")
TICKS = _process("ticks_total", "counter", "Ticks, by what came of them.", "outcome")
TICK_SECONDS = _process("tick_duration_seconds", "histogram", "How long ticks took.", buckets=_FAST)
TICK_LATE = _process(
    "tick_lateness_seconds", "histogram", "How long after their time ticks began.", buckets=_LATE
)  # fmt: skip
TICK_EVERY = _process("tick_interval_seconds", "gauge", "How often a tick should come, as config.yaml says.")
LAST_TICK = _process(
    "last_tick_timestamp_seconds", "gauge", "When the last tick of this process that succeeded began; absent before one."
)  # fmt: skip
TICK_FAILING = _process("tick_failing", "gauge", "1 while the last tick has failed.")
CONFIG_REFUSED = _process(
    "config_refused", "gauge", "1 while config.yaml is wrong and the one before stays in force."
)  # fmt: skip
EVENTS = _process("events", "gauge", "Events in the content as it was last read.")
DOCUMENTS = _process("documents", "gauge", "Files in the sources as they were last read.")
PROBLEMS = _process("problems", "gauge", "What is wrong in the content or the feeds, by severity.", "severity")
MOVED = _process(
    "deliveries_moved_total", "counter", "Deliveries that a tick gave another status, by provider.", "status", "provider"
)  # fmt: skip
DELAY = _process(
    "delivery_delay_seconds", "histogram", "How long after they were due deliveries were settled as sent.", "kind",
    buckets=_DELAY,
)  # fmt: skip
OUTCOMES = _process(
    "provider_outcomes_total", "counter", "What providers answered when a delivery was handed over.", "provider", "result"
)  # fmt: skip
CALLS = _process(
    "provider_call_duration_seconds", "histogram", "How long calls to providers took.", "provider", "call", buckets=_FAST
)  # fmt: skip
CALL_ERRORS = _process("provider_call_errors_total", "counter", "Calls to providers that failed.", "provider", "call")
PUBLISHED = _process("feeds_published_total", "counter", "How often a feed was published anew.", "feed")
PINGS = _process(
    "pings_total", "counter", "How often the dead man's switch was told something, by whether it took it.", "result"
)
PING_FAILING = _process("ping_failing", "gauge", "1 while the dead man's switch can't be told anything.")

LEDGER_UP = _process("ledger_up", "gauge", "1 while the ledger answers; while it doesn't, what it knows is absent.")
WINDOW_END = _ledger(
    "window_end_timestamp_seconds", "When the last tick that planned anything began, of whichever process."
)  # fmt: skip
DELIVERIES = _ledger("deliveries", "Deliveries, by status.", "status")
OVERDUE = _ledger("deliveries_overdue", "Deliveries that are due and not yet settled; none that wait for a person.")
OVERDUE_SECONDS = _ledger("delivery_overdue_seconds", "How long the oldest of those has been due; 0 without any.")
EXPIRING = _ledger("deliveries_expiring", "Deliveries that wait for a person and are of no use after 24 hours.")
MODE = _ledger("mode", "1 for the mode in force, 0 for the other one.", "mode")
PAUSED = _ledger("paused", "1 while somebody has stopped everything.")
READERS = _ledger(
    "feed_readers", "Readers of a feed on the last whole day (UTC), by family of calendar programs.", "feed", "family"
)  # fmt: skip
LAG = _ledger(
    "feed_lag_seconds", "Within how long this share of a feed's readers ask again, so that they see a change.", "feed",
    "share",
)  # fmt: skip
WAITING = _ledger("webhook_posts_waiting", "What a webhook is still to be told.", "webhook")
GIVEN_UP = _ledger("webhook_posts_given_up", "What a webhook was never told, of the last 30 days.", "webhook")
HOOK_FAILING = _ledger("webhook_failing_seconds", "For how long a webhook has failed; 0 while it doesn't.", "webhook")
HOOK_GONE = _ledger("webhook_gone", "1 where a webhook's receiver said that it wants no more.", "webhook")


def meters() -> tuple[Meter, ...]:
    """All of them, in the order in which they are written above."""
    return tuple(one for one in globals().values() if isinstance(one, Meter))


def labelled(found: Iterable[Meter]) -> frozenset[str]:
    """The names of all their labels."""
    return frozenset(label for one in found for label in one.labels)
