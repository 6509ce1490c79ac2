"""Sends errors of the log to Sentry: what broke and where, never what it was about or for whom.

A client of its own, with nothing that looks by itself: no integration, no crumb, no local variable, no request, no session.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

import sentry_sdk
from sentry_sdk.utils import BadDsn, event_from_exception

#: In seconds, at the end.
_LAST_WAIT = 2.0
#: What belongs to nobody else: who, on which machine, with which packages, asking for what.
_LEFT_OUT = ("user", "request", "server_name", "modules", "breadcrumbs")
_LEFT_OUT_OF_FRAMES = ("vars", "abs_path")
_NOT_EXTRA = ("event", "exc_info", "level", "timestamp")

Redact = Callable[[Any], Any]


class Sentry:
    """From `begin` to `end`, every line of the log that is an error is an event. `redact` hides what is confidential.

    Raises ValueError for a DSN that is none; it is not in the message.
    """

    def __init__(self, dsn: str, *, environment: str, release: str, redact: Redact) -> None:
        self._redact = redact
        try:
            self._client = sentry_sdk.Client(
                dsn=dsn, environment=environment, release=release, server_name="", before_send=self._safe,
                default_integrations=False, auto_enabling_integrations=False, spotlight=False,
                include_local_variables=False, max_request_body_size="never", max_breadcrumbs=0,
                before_breadcrumb=lambda _crumb, _hint: None, auto_session_tracking=False, shutdown_timeout=_LAST_WAIT,
                send_client_reports=False,
            )  # fmt: skip
        except BadDsn:
            # Not with its cause: that repeats the address.
            raise ValueError("This is no DSN of Sentry.") from None
        self._reporter = _Reporter(self._capture)

    def begin(self) -> None:
        """Listen to the log."""
        logging.getLogger().addHandler(self._reporter)

    def end(self) -> None:
        """Listen no more, and let what was heard go out, for two seconds at most."""
        logging.getLogger().removeHandler(self._reporter)
        self._client.close(timeout=_LAST_WAIT)

    def _capture(self, what: str, values: Mapping[str, Any], error: BaseException | None) -> None:
        event: dict[str, Any] = {"message": what}
        hint: dict[str, Any] = {}
        if error is not None:
            made, hint = event_from_exception(error, client_options=self._client.options)
            event = dict(made)
        event |= {"level": "error", "transaction": what, "extra": dict(values)}
        self._client.capture_event(event, hint)  # type: ignore[arg-type]  # its event is a dictionary of known keys

    def _safe(self, event: Any, _hint: Any) -> Any:
        kept = {name: value for name, value in event.items() if name not in _LEFT_OUT}
        for exception in kept.get("exception", {}).get("values", ()):
            for frame in (exception.get("stacktrace") or {}).get("frames", ()):
                for name in _LEFT_OUT_OF_FRAMES:
                    frame.pop(name, None)
        # Our own words, which look like an address.
        return {**self._redact(kept), "release": kept.get("release")}


class _Reporter(logging.Handler):
    """Hands on errors, structlog's and those of libraries."""

    def __init__(self, capture: Callable[[str, Mapping[str, Any], BaseException | None], None]) -> None:
        super().__init__(logging.ERROR)
        self._capture = capture

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises, and never tells of its own failures: they would come back."""
        if record.name.startswith(("sentry_sdk", "urllib3", "opentelemetry")):
            return
        try:
            said: Mapping[str, Any] = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
            values = {
                name: value for name, value in said.items() if name not in _NOT_EXTRA and not name.startswith("_")
            }
            self._capture(str(said.get("event", "")), values, _error_of(said.get("exc_info") or record.exc_info))
        except Exception:  # noqa: BLE001 - the log itself has the line
            return


def _error_of(given: Any) -> BaseException | None:
    match given:
        case BaseException():
            return given
        case tuple():
            return given[1] if isinstance(given[1], BaseException) else None
        case True:
            return sys.exc_info()[1]
        case _:
            return None
