"""Calls from where a repository lives: something was pushed, so fetch. Nobody needs a login for it, but the shared secret.

The signature is GitHub's, which Gitea, Forgejo and others send too
(https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries); GitLab sends the secret itself
(https://docs.gitlab.com/user/project/integrations/webhooks/).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.config.settings import Secret
from notifier.errors import UserError
from notifier.web.guard import TooLargeError, whole_body

#: What is signed is read whole, so there is an end to it. What GitHub sends of a push is far smaller.
LARGEST = 1_000_000
_ADDRESS = re.compile(r"/hooks/git/([a-z0-9-]{1,64})", re.ASCII)


class HookAnswers:
    """The ASGI application for /hooks/git/NAME, NAME being that of a source with a `webhook`."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._log = structlog.get_logger()

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is ours to answer."""
        return method == "POST" and _ADDRESS.fullmatch(path) is not None

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        found = _ADDRESS.fullmatch(scope["path"])
        name = found[1] if found else ""
        secret = self._secret_of(name)
        if secret is None:
            await answer(send, HTTPStatus.NOT_FOUND, "There is nothing here.")
            return
        try:
            body = await whole_body(receive, LARGEST)
        except TooLargeError:
            await answer(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Send less than 1 MB.")
            return
        if body is None:
            return
        try:
            known = (await run_in_threadpool(secret.read)).encode()
        except UserError as error:
            self._log.error("hook_unreadable", source=name, trouble=error.message)
            await answer(send, HTTPStatus.SERVICE_UNAVAILABLE, "Try later.")
            return
        if not is_signed(scope["headers"], body, known):
            self._log.warning("hook_refused", source=name)
            await answer(send, HTTPStatus.FORBIDDEN, "Refused.")
            return
        self._log.info("hook_taken", source=name)
        self._app.fetch_soon(name)
        await answer(send, HTTPStatus.ACCEPTED, "Taken.")

    def _secret_of(self, name: str) -> Secret | None:
        gits = {source.name: source.git for source in self._app.settings.sources}
        git = gits.get(name)
        return git.webhook if git is not None else None


def is_signed(headers: list[tuple[bytes, bytes]], body: bytes, secret: bytes) -> bool:
    """Whether the body was signed with the secret, or the secret itself came with it. Takes as long whichever way it is wrong."""
    fields = dict(headers)
    expected = b"sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()
    is_right = hmac.compare_digest(fields.get(b"x-hub-signature-256", b""), expected)
    return hmac.compare_digest(fields.get(b"x-gitlab-token", b""), secret) or is_right


async def answer(send: Any, status: HTTPStatus, text: str, *, only_head: bool = False) -> None:
    """A line of plain text as a whole answer; without it to a HEAD."""
    body = f"{text}\n".encode()
    fields = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": int(status), "headers": fields})
    await send({"type": "http.response.body", "body": b"" if only_head else body})
