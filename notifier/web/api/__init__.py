"""The API for other programs: /api/v1, JSON, let in by API tokens and by nothing else."""

from __future__ import annotations

import re
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from notifier.core.person import lowest, may
from notifier.errors import UserError
from notifier.web.acting import Acting
from notifier.web.api.answers import Refused, Reply, answered, reply_of
from notifier.web.api.document import as_json
from notifier.web.api.endpoints import ROOT, Call, Endpoint
from notifier.web.api.fields import body_of, query_of
from notifier.web.api.gate import Gate, unreadable
from notifier.web.api.sending import once_of
from notifier.web.api.table import endpoints
from notifier.web.board import Board
from notifier.web.guard import Application, Receive, Scope, Send
from notifier.web.via import came_by

_DOCUMENT = f"{ROOT}/openapi.json"
#: Signs that a field of a request may have (RFC 9110, 5.6.2 and 5.6.4), and as many as anybody needs.
_KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?", re.ASCII)


class Api:
    """The ASGI application for /api/."""

    def __init__(self, board: Board, acting: Acting) -> None:
        self._gate = Gate(board.app)
        self.endpoints = endpoints(board, acting)
        self._document = as_json(self.endpoints)

    def takes(self, path: str) -> bool:
        """Whether a request is ours to answer, whatever its method."""
        return path == "/api" or path.startswith("/api/")

    def application(self, hosts: list[str]) -> Application:
        """Answering only where it is called by one of these hosts, as the pages do."""
        return TrustedHostMiddleware(self, allowed_hosts=hosts, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self._answer(scope, receive)
        except Refused as refusal:
            reply = reply_of(refusal)
        except UserError as error:
            # What is wrong with what was sent was told as such: this is the ledger's.
            structlog.get_logger().error("api_unable", trouble=error.message)
            reply = reply_of(unreadable())
        except Exception:  # noqa: BLE001 - a caller is told that it is not their fault, and the log the rest
            structlog.get_logger().exception("api_failed", method=scope["method"])
            reply = reply_of(Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "That is a bug in notifier. The log says more."))
        await answered(send, reply, only_head=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        path, method = scope["path"], "GET" if scope["method"] == "HEAD" else scope["method"]
        if path == _DOCUMENT and method == "GET":
            # It says nothing of the site, and programs that write clients have no token.
            return Reply(body=self._document)
        caller = await self._gate.caller(scope)
        endpoint = self._endpoint(method, path)
        if not may(caller.role, endpoint.deed):
            raise Refused(
                HTTPStatus.FORBIDDEN,
                f"This API token has the role {caller.role}, and this needs {lowest(endpoint.deed)}. "
                "Make one with that role, in the name of somebody who has it.",
            )
        once = _once(scope) if endpoint.needs_key else ""
        query = query_of(scope, endpoint.query)
        body = await body_of(scope, receive, endpoint.body) if endpoint.body is not None else {}
        call = Call(caller=caller, place=endpoint.place(path) or {}, query=query, body=body, once=once)
        with came_by(scope, caller.token.name):
            return await run_in_threadpool(endpoint.does, call)

    def _endpoint(self, method: str, path: str) -> Endpoint:
        here = [one for one in self.endpoints if one.place(path) is not None]
        if path == _DOCUMENT:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Use GET here.", fields={"allow": "GET, HEAD"})
        if not here:
            raise Refused(HTTPStatus.NOT_FOUND, f"There is nothing here. {_DOCUMENT} says what there is.")
        found = next((one for one in here if one.method == method), None)
        if found is None:
            allowed = [name for name in ("GET", "POST") if any(one.method == name for one in here)]
            fields = {"allow": ", ".join(allowed).replace("GET", "GET, HEAD")}
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"Use {' or '.join(allowed)} here.", fields=fields)
        return found


def _once(scope: Scope) -> str:
    """The Idempotency-Key, as the ledger keeps it. Quotes around it are those of a structured field."""
    sent = [value.decode("latin-1").strip() for name, value in scope["headers"] if name == b"idempotency-key"]
    key = sent[0] if len(sent) == 1 else ""
    if len(key) > 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "An `Idempotency-Key` is needed: 1 to 255 signs of ASCII that name this mail and no other, such as the "
            "number of the run that sends it. With the same one, it is sent once.",
        )
    return once_of(key)
