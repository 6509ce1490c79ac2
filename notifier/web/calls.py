"""Calls from Mailchimp that a campaign was sent: a hint to look there soon, and never a proof of anything.

Whoever forges or repeats one causes at most that Mailchimp is read, now and then. What the address ends in reaches no log.
Mailchimp looks at the address with GET before it keeps it, and repeats what isn't answered with 200 within ten seconds
(https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.config import MailchimpSettings
from notifier.core.calls import is_call_of, is_call_signed
from notifier.errors import UserError
from notifier.web.guard import TooLargeError, whole_body
from notifier.web.hooks import HookAnswers, answer

#: What Mailchimp sends takes less than a thousand bytes.
LARGEST = 65_536
_MOST_FIELDS = 200
_ADDRESS = re.compile(r"/hooks/mailchimp/([a-z0-9-]{1,64})/([A-Za-z0-9_-]{32})", re.ASCII)
#: However many calls come, the next tick comes early at most so often; in between they wait for the usual one.
_WAKES_EVERY = timedelta(seconds=30)


class CallAnswers:
    """The ASGI application for /hooks/mailchimp/NAME/SECRET, NAME being that of a provider of the type mailchimp."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._log = structlog.get_logger()
        self._woken_at: datetime | None = None

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is ours to answer."""
        return method in ("GET", "HEAD", "POST") and path.startswith("/hooks/mailchimp/")

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        try:
            status = await self._answer(scope, receive)
        except Exception as error:  # noqa: BLE001 - neither its words nor what is around it: they may hold the secret
            self._log.error("call_failed", error=type(error).__name__)
            status = HTTPStatus.SERVICE_UNAVAILABLE
        text = {HTTPStatus.OK: "Taken.", HTTPStatus.NOT_FOUND: "There is nothing here."}.get(status, status.phrase)
        await answer(send, status, text, only_head=scope["method"] == "HEAD")

    async def _answer(self, scope: Mapping[str, Any], receive: Any) -> HTTPStatus:
        found = _ADDRESS.fullmatch(scope["path"])
        chosen = self._app.settings.providers.get(found[1]) if found else None
        if found is None or not isinstance(chosen, MailchimpSettings):
            return HTTPStatus.NOT_FOUND
        try:
            key, secret = await run_in_threadpool(self._secrets, chosen)
        except UserError as error:
            self._log.error("call_unreadable", provider=chosen.name, trouble=error.message)
            return HTTPStatus.SERVICE_UNAVAILABLE
        if not is_call_of(chosen.name, found[2], key):
            return HTTPStatus.NOT_FOUND
        if scope["method"] != "POST":
            return HTTPStatus.OK
        try:
            # Nothing when the caller is gone: nobody reads the answer then, and nothing was signed.
            body = await whole_body(receive, LARGEST) or b""
        except TooLargeError:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        signature = dict(scope["headers"]).get(b"x-mailchimp-signature", b"").decode("latin-1")
        if secret is not None and not is_call_signed(signature, body, secret):
            self._log.warning("call_refused", provider=chosen.name)
            return HTTPStatus.FORBIDDEN
        if _is_about_campaigns(body):
            self._take(chosen.name)
        return HTTPStatus.OK

    def _secrets(self, chosen: MailchimpSettings) -> tuple[bytes, bytes | None]:
        """The key that the address is made with, empty where there is none, and what calls are signed with."""
        key = self._app.settings.secret_key
        return key.read().encode() if key else b"", chosen.webhook.read().encode() if chosen.webhook else None

    def _take(self, name: str) -> None:
        self._log.info("call_taken", provider=name)
        now = self._app.clock.now()
        wakes = self._woken_at is None or not self._woken_at <= now < self._woken_at + _WAKES_EVERY
        self._woken_at = now if wakes else self._woken_at
        self._app.notice_soon(name, wakes=wakes)


class Hooks:
    """All addresses under /hooks/: where repositories call, and where providers do."""

    def __init__(self, app: App) -> None:
        self._of_sources, self._of_providers = HookAnswers(app), CallAnswers(app)

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is ours to answer."""
        return self._of_sources.takes(method, path) or self._of_providers.takes(method, path)

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if self._of_providers.takes(scope["method"], scope["path"]):
            await self._of_providers(scope, receive, send)
        else:
            await self._of_sources(scope, receive, send)


def _is_about_campaigns(body: bytes) -> bool:
    """Whether a form says so. Of all else that it says nothing is used."""
    try:
        fields = parse_qsl(body.decode("ascii", errors="replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return False
    return ("type", "campaign") in fields
