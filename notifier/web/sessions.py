"""Who is asking: the cookies by which a browser is known, and the one look-up that each request costs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Literal

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from notifier.app import App
from notifier.core.person import LONGEST_SESSION, SEEN_EVERY, Person, Session, digest_of, is_alive
from notifier.errors import UserError
from notifier.ports import Ledger
from notifier.web.caller import without_port
from notifier.web.guard import Application, Receive, Scope, Send, is_public, public_host, refuse
from notifier.web.visitor import SESSION, STRANGER, VISITOR, login_address

Cookie = Literal["session", "device", "oidc"]
#: `__Host-` cookies are taken over https only and from this very host (RFC 6265bis, 4.1.3.2). Over plain http on this
#: machine some browsers refuse them, so there they go without: nobody is on that way.
_NAMES: dict[Cookie, str] = {"session": "notifier", "device": "notifier-device", "oidc": "notifier-oidc"}
_PREFIX = "__Host-"
_LONGEST = {"session": int(LONGEST_SESSION.total_seconds()), "device": 400 * 24 * 3600, "oidc": 600}
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_RANDOM_BYTES = 32
#: Pages that need no login, beside what other parts answer.
_FREE = ("/login", "/login/oidc", "/login/oidc/back", "/healthz")
_FREE_BELOW = ("/static/", "/welcome/")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """Who asks, if somebody has logged in there. `is_stranger`: there are accounts, and this is none of them."""

    person: Person | None = None
    session: Session | None = None
    is_stranger: bool = False


class Doors:
    """What is known of visitors. One for each server."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._has_people: bool | None = None

    @property
    def ledger(self) -> Ledger:
        return self._app.ticker.wiring.ledger

    def public_url(self) -> str:
        """Where readers and people away from this machine find the site."""
        return self._app.settings.rules.site.public_url

    def has_people(self) -> bool:
        """Whether anybody has an account. Once it is so, it stays so."""
        self._has_people = bool(self._has_people) or self.ledger.has_people()
        return self._has_people

    async def may_post(self, path: str) -> bool:
        """Whether forms are taken at a path: none before there are accounts, but the one that makes the first."""
        return path.startswith("/welcome/") or await run_in_threadpool(self.has_people)

    def visit(self, scope: Scope) -> _Visit:
        """Who asks. That they were here is noted once a minute. Raises UserError where the ledger can't say."""
        try:
            return self._visit(scope)
        except UserError:
            if self._has_people is False:
                # Nobody could have logged in: the page itself says what is wrong with the ledger.
                return _Visit()
            raise

    def _visit(self, scope: Scope) -> _Visit:
        secret, now = cookie(Request(scope), "session"), self._app.clock.now()
        found = self.ledger.session(digest_of(secret)) if secret else None
        if found is None or found[1].disabled_at is not None or not is_alive(found[0], now):
            return _Visit(is_stranger=self.has_people())
        session, person = found
        if not session.seen_at <= now < session.seen_at + SEEN_EVERY:
            self._see(session)
        return _Visit(person=person, session=session)

    def _see(self, session: Session) -> None:
        try:
            self.ledger.saw_session(session.digest, self._app.clock.now())
        except UserError as error:
            # The page is worth more than that.
            structlog.get_logger().warning("session_not_noted", trouble=error.message)


class Doorkeeper:
    """ASGI: lets in who has logged in, and shows strangers where. Without any account everybody on this machine is let in."""

    def __init__(self, app: Application, doors: Doors, hosts: Sequence[str]) -> None:
        """`hosts` are the names of this machine; by others it is called only once there are accounts."""
        self._inner, self._doors = app, doors
        self._near = {name.lower() for name in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(_FREE_BELOW) or path == "/healthz":
            # What goes wrong there is told as to a stranger.
            scope[STRANGER] = True
            await self._inner(scope, receive, send)
            return
        try:
            visit = await run_in_threadpool(self._doors.visit, scope)
        except UserError as error:
            structlog.get_logger().error("visitor_unknown", trouble=error.message)
            await refuse(send, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        scope[STRANGER], scope[SESSION] = visit.is_stranger, visit.session
        if visit.person is not None:
            scope[VISITOR] = visit.person
        answer = self._turned_away(scope, visit)
        await (answer or self._inner)(scope, receive, send)

    def _turned_away(self, scope: Scope, visit: _Visit) -> Response | None:
        if visit.is_stranger:
            return (
                None
                if scope["path"] in _FREE
                else RedirectResponse(login_address(_wanted(scope)), HTTPStatus.SEE_OTHER)
            )
        if visit.person is None and host_of(scope) not in self._near:
            # Before there are accounts the pages are for this machine alone.
            return PlainTextResponse("Invalid host header", HTTPStatus.BAD_REQUEST)
        return None


def hosts_beyond(public_url: str) -> list[str]:
    """The host that may be called from elsewhere, once there are accounts: that of an https address."""
    host = public_host(public_url) if public_url.lower().startswith("https://") else ""
    return [without_port(host)] if host else []


def host_of(scope: Scope) -> str:
    """The name by which it was called, without the port."""
    return without_port(Request(scope).headers.get("host", "").lower())


def cookie(request: Request, of: Cookie) -> str | None:
    """What the browser's cookie says, if it can be one of ours. The safer one goes first."""
    found = (request.cookies.get(name) for name in (_PREFIX + _NAMES[of], _NAMES[of]))
    return next((text for text in found if text and _SECRET.fullmatch(text)), None)


def set_cookie(response: Response, request: Request, of: Cookie, secret: str, public_url: str) -> None:
    """Give the browser a cookie that no script sees and no other site makes it send with a form."""
    is_encrypted = _is_encrypted(request, public_url)
    response.set_cookie(
        (_PREFIX if is_encrypted else "") + _NAMES[of], secret, max_age=_LONGEST[of], path="/", secure=is_encrypted,
        httponly=True, samesite="lax",
    )  # fmt: skip


def drop_cookie(response: Response, of: Cookie) -> None:
    """Let the browser forget it, whichever it has."""
    response.delete_cookie(_NAMES[of], path="/", httponly=True, samesite="lax")
    response.delete_cookie(_PREFIX + _NAMES[of], path="/", secure=True, httponly=True, samesite="lax")


def begun(
    doors: Doors, request: Request, session: Session, keep: Callable[[Session], bool]
) -> Callable[[Response], Response] | None:
    """Begin a session in place of the browser's present one, and return what writes its cookies.

    `session` needs no digest yet; None where `keep` doesn't keep it.
    """
    ledger, secret, device = doors.ledger, new_secret(), cookie(request, "device") or new_secret()
    if not keep(replace(session, digest=digest_of(secret))):
        return None
    before = cookie(request, "session")
    if before is not None:
        ledger.end_session(digest_of(before))
    ledger.note_device(digest_of(device), session.person, session.begun_at)

    def with_cookies(answer: Response) -> Response:
        set_cookie(answer, request, "session", secret, doors.public_url())
        set_cookie(answer, request, "device", device, doors.public_url())
        return answer

    return with_cookies


def new_secret() -> str:
    """256 bits of chance, for a cookie or a link."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def _is_encrypted(request: Request, public_url: str) -> bool:
    """Whether the browser speaks https with whoever hands this on. A form says where its page is from."""
    by_origin = request.headers.get("origin", "").lower().startswith("https://")
    return by_origin or request.url.scheme == "https" or is_public(request.headers.get("host", "").lower(), public_url)


def _wanted(scope: Scope) -> str:
    """The address that was asked for, as it came; the first page instead of what a form was sent to."""
    if scope["method"] not in ("GET", "HEAD"):
        return "/"
    path = (scope.get("raw_path") or b"/").decode("latin-1").partition("?")[0]
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path
