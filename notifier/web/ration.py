"""So many of something for each person within a span: what nobody needs more of, and a thief could do harm with."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock


class Ration:
    """May be asked from any thread. What was taken is forgotten when the program ends."""

    def __init__(self, most: int, within: timedelta) -> None:
        self.most, self.within = most, within
        self._taken: dict[str, deque[datetime]] = defaultdict(deque)
        self._alone = Lock()

    def take(self, who: str, now: datetime) -> datetime | None:
        """Take one, and return None; or when the next can be had, and nothing is taken."""
        with self._alone:
            taken = self._taken[who]
            while taken and taken[0] <= now - self.within:
                taken.popleft()
            if len(taken) >= self.most:
                return taken[0] + self.within
            taken.append(now)
            return None
