"""The clock of the account: it stands still or runs, and is set from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic


@dataclass(slots=True)
class VirtualClock:
    at: datetime
    runs: bool = False
    _since: float = field(default_factory=monotonic)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=monotonic() - self._since) if self.runs else self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def set(self, at: datetime) -> None:
        self.at, self._since = at, monotonic()
