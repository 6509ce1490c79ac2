"""Tells a dead man's switch that ticks succeed, beside them: whoever hears nothing for long wakes somebody."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from notifier.config import PingSettings
from notifier.core.posting import answer_words, host_of
from notifier.errors import ProviderError
from notifier.tick.posting import Carrier

_SUCCESS = range(200, 300)


@dataclass(slots=True, kw_only=True)
class Pinger:
    """Asks one address. `address` reads it, and raises UserError where it can't: it is a key, so it is kept nowhere."""

    ping: PingSettings
    address: Callable[[PingSettings], str]
    carry: Carrier
    _asked_at: datetime | None = None
    _was_good: bool = True

    def is_due(self, *, is_good: bool, now: datetime) -> bool:
        """Whether there is something to tell: what is another than before at once, the same not before its time."""
        if not is_good and not self.ping.failures:
            return False
        if self._asked_at is None or is_good is not self._was_good:
            return True
        return not self._asked_at <= now < self._asked_at + self.ping.every

    def tell(self, *, is_good: bool, now: datetime) -> str:
        """Ask once; returns what went wrong, "" where nothing did. What failed is due again. Raises UserError for no address."""
        url = self.address(self.ping)
        body = json.dumps({"status": "ok" if is_good else "failed"})
        try:
            status = self.carry(url if is_good else _failed(url), body, {})
        except ProviderError as error:
            return error.message
        if status not in _SUCCESS:
            return answer_words(host_of(url), status)
        self._asked_at, self._was_good = now, is_good
        return ""


def _failed(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/fail").geturl()
