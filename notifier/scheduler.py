"""APScheduler wakes the tick, and does nothing else: what is due lives in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger


class Heartbeat:
    """Calls `beat` every `every`, the first time at once, never twice at the same time, in a thread of its own.

    `beat` must not raise: what goes wrong in a tick is its own to report. Missed beats come as one.
    """

    def __init__(self, beat: Callable[[], None], *, every: timedelta, first_at: datetime) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_job(
            beat, IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC), next_run_time=first_at, id="tick"
        )

    def start(self) -> None:
        """Begin. Returns at once."""
        self._scheduler.start()

    def wake(self, now: datetime) -> None:
        """Beat now instead of later, and then every `every` again. While it beats, nothing comes sooner."""
        self._scheduler.modify_job("tick", next_run_time=now)

    def stop(self) -> None:
        """Let the tick that is running finish, then stop."""
        self._scheduler.shutdown(wait=True)
