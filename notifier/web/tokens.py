"""The tokens of secret feeds: what a holder's address says opens the feed that it was made for, until it is revoked."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool

from notifier.app import App

#: A token that was made or revoked, in whichever process, counts after this many seconds at the latest.
_FRESH_FOR = 1.0


class KnownTokens:
    """Asks the ledger at most once a second, however many tokens are tried.

    What is looked up is the digest of a token, so how long that takes says nothing about those that there are.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._feeds: Mapping[str, str] = {}
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def feed_of(self, token: str) -> str | None:
        """The name of the feed that a token opens; None for one that is unknown or was revoked.

        Raises UserError when the ledger can't be read: it may have been revoked meanwhile.
        """
        digest = hashlib.sha256(token.encode()).hexdigest()
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if self._asked_at is None or not 0 <= now - self._asked_at < _FRESH_FOR:
                self._asked_at = None
                self._feeds = await run_in_threadpool(self._read)
                self._asked_at = now
        return self._feeds.get(digest)

    def _read(self) -> dict[str, str]:
        tokens = self._app.ticker.wiring.ledger.tokens()
        return {token.digest: token.feed for token in tokens if token.revoked_at is None}
