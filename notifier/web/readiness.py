"""/readyz: whether this instance can serve and act, check by check. It says no path, no address and nobody's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.errors import NotifierError
from notifier.web.lines import Beat

PATH = "/readyz"
#: What is looked at: in words when it is well, and when it isn't.
_WORDS: Mapping[str, tuple[str, str]] = {
    "ledger": ("The ledger answers.", "The ledger does not answer. The log says more."),
    "configuration": (
        "What config.yaml says is in force.",
        "config.yaml was changed and is wrong, so the one before is in force. The log says more.",
    ),
    "templates": ("The templates can be filled in.", "A template of this site is wrong. The log says more."),
    "reading": ("The content was read.", "No tick has succeeded since the start, so nothing is known yet."),
}
_LONGEST_QUERY = 500


class Readiness:
    """The ASGI application for /readyz. It is told of beats."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._is_refused = False

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is ours to answer."""
        return path == PATH and method in ("GET", "HEAD")

    def beat(self, beat: Beat) -> None:
        """Keep whether a changed configuration was refused."""
        self._is_refused = "config_refused" in beat.troubles

    def checks(self) -> dict[str, bool]:
        """Whether each of them is well. No provider and no source is asked."""
        looks: Mapping[str, Callable[[], bool]] = {
            "ledger": self._ledger_answers,
            "configuration": lambda: not self._is_refused,
            "templates": lambda: all(one.severity != "error" for one in self._app.template_problems),
            "reading": lambda: self._app.latest is not None,
        }
        return {name: look() for name, look in looks.items()}

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        del receive
        checks = await run_in_threadpool(self.checks)
        query = scope.get("query_string", b"")[:_LONGEST_QUERY].decode("latin-1")
        left_out = set(parse_qs(query).get("exclude", ()))
        is_ready = all(well for name, well in checks.items() if name not in left_out)
        told = {name: {"ok": well, "text": _WORDS[name][not well]} for name, well in checks.items()}
        record = {"status": "ready" if is_ready else "not ready", "checks": told}
        body = json.dumps(record, separators=(",", ":")).encode()
        fields = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        await send({"type": "http.response.start", "status": int(status), "headers": fields})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _ledger_answers(self) -> bool:
        try:
            self._app.ticker.wiring.ledger.version()
        except NotifierError:
            return False
        return True
