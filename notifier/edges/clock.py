"""The only place that asks the machine for the time."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        """Aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still, for a simulated now. Raises ValueError for a naive time."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError(f"{at!r} has no time zone.")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Aware, in UTC; always the same."""
        return self._at
