"""The pages by which people come in and go: log in, log out, a first password, one's own account.

What is written there, or stands in a link, is a secret or next to one: neither a log nor a page repeats it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier.app import App
from notifier.core.delivery import Decision, person_key
from notifier.core.person import (
    LONGEST_NAME,
    OneTimeLink,
    Person,
    Session,
    digest_of,
    folded,
    is_usable,
    password_kept,
    wrong_name,
    wrong_password,
)
from notifier.core.plain import one_line
from notifier.edges import passwords
from notifier.errors import UserError
from notifier.web import words
from notifier.web.sessions import Doors, begun, cookie, drop_cookie
from notifier.web.templating import page
from notifier.web.throttle import Place, Throttle, places
from notifier.web.via import browser_of, via
from notifier.web.visitor import LoginNeeded, demand, local, session_of, visitor_of

T = TypeVar("T")
Answer = Callable[[Any, Request], Awaitable[Response]]
Errors = Mapping[str, str]

#: Each check of a password takes 64 MiB for a tenth of a second.
AT_ONCE = 2
#: So many strangers wait for theirs; those of a known browser always may.
MOST_WAITING = 16
_MOST_FIELDS = 10
_BUSY = timedelta(seconds=5)
_WRONG = "The name or the password is wrong."
_DONE = {
    "password": "Your password is changed. Everywhere else you are logged out.",
    "ended": "That browser is logged out.",
    "others": "All other browsers are logged out.",
}


def quiet(answer: Answer) -> Answer:
    """A bug's own words, and the values around it, may hold a secret, so the log gets neither."""

    @wraps(answer)
    async def answered(self: Any, request: Request) -> Response:
        try:
            return await answer(self, request)
        except (HTTPException, UserError):
            raise
        except Exception as error:  # noqa: BLE001 - one request: whatever fails, what was written stays unsaid
            structlog.get_logger().error("login_failed", error=type(error).__name__)
            raise HTTPException(
                HTTPStatus.INTERNAL_SERVER_ERROR, "This is a bug in notifier. Nothing was done."
            ) from None

    return answered


class Entrance:
    """/login, /logout, /welcome/SECRET and /account. `page` fills a page of the console."""

    def __init__(self, app: App, doors: Doors, page: Callable[..., Response]) -> None:
        self._app, self._doors, self._page = app, doors, page
        self._throttle = Throttle()
        # Not the threads that answer: those would all wait here, and no page would come any more.
        self._checking = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0

    def routes(self) -> list[Route]:
        return [
            Route("/login", self.ask_login, methods=["GET"]),
            Route("/login", self.log_in, methods=["POST"]),
            Route("/logout", self.log_out, methods=["POST"]),
            Route("/welcome/{secret}", self.ask_welcome, methods=["GET"]),
            Route("/welcome/{secret}", self.welcome, methods=["POST"]),
            Route("/account", self.account, methods=["GET"]),
            Route("/account/sessions", self.end_sessions, methods=["POST"]),
            Route("/account/password", self.change_password, methods=["POST"]),
        ]

    @quiet
    async def ask_login(self, request: Request) -> Response:
        to = local(request.query_params.get("to", "/"))
        if visitor_of(request) is not None:
            return RedirectResponse(to, HTTPStatus.SEE_OTHER)
        return self._login_page(request, to=to, has_people=await run_in_threadpool(self._doors.has_people))

    @quiet
    async def log_in(self, request: Request) -> Response:
        form = await _form(request)
        name, password, to = one_line(form.get("name", "")), form.get("password", ""), local(form.get("to", "/"))
        if not name or not password:
            errors = {} if name else {"name": "Write your name."}
            errors |= {} if password else {"password": "Write your password."}
            return self._login_page(request, to=to, name=name, errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        known, device = await run_in_threadpool(self._known, request, name)
        at = _places(request, name, is_known=known is not None, device=device)
        wait = self._admitted(at, is_known_browser=device is not None)
        if wait > timedelta(0):
            return self._wait_page(request, wait, to=to, name=name)
        kept = known[1] if known else None
        if not await self._checked(partial(passwords.is_right, password_kept(password), kept)) or known is None:
            return self._wrong(request, to=to, name=name)
        entered = await self._begun(request, known[0], kept or "", password)
        if entered is None:
            return self._wrong(request, to=to, name=name)
        self._throttle.forget(at)
        structlog.get_logger().info("logged_in")
        return entered(RedirectResponse(to, HTTPStatus.SEE_OTHER))

    @quiet
    async def log_out(self, request: Request) -> Response:
        session = session_of(request)
        if session is not None:
            await run_in_threadpool(self._doors.ledger.end_session, session.digest)
        answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        drop_cookie(answer, "session")
        return answer

    @quiet
    async def ask_welcome(self, request: Request) -> Response:
        link = await self._link(request)
        return self._welcome_page(request, link) if link else self._used_up(request)

    @quiet
    async def welcome(self, request: Request) -> Response:
        link, form = await self._link(request), await _form(request)
        if link is None:
            return self._used_up(request)
        name, password = one_line(form.get("name", "")), form.get("password", "")
        errors = _wrong_choice(link, name, password, form.get("again", ""))
        if errors:
            return self._welcome_page(request, link, name=name, errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        kept = await self._checked(partial(passwords.hashed, password_kept(password)))
        person = await run_in_threadpool(self._redeemed, link, kept, name)
        if person is None:
            return self._used_up(request)
        entered = await self._begun(request, person, kept, None)
        structlog.get_logger().info("password_set", by="link")
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return entered(answer) if entered is not None else answer

    @quiet
    async def account(self, request: Request) -> Response:
        return await run_in_threadpool(self._account_page, request)

    @quiet
    async def end_sessions(self, request: Request) -> Response:
        person, here = _here(request)
        form, ledger = await _form(request), self._doors.ledger
        if form.get("which") == "others":
            await run_in_threadpool(partial(ledger.end_sessions, person.name, but=here.digest))
            return _to_account("others")
        own = await run_in_threadpool(ledger.sessions, person.name)
        digest = next((one.digest for one in own if one.id == form.get("which")), None)
        if digest is not None:
            await run_in_threadpool(ledger.end_session, digest)
        return _to_account("ended")

    @quiet
    async def change_password(self, request: Request) -> Response:
        person, here = _here(request)
        form, ledger = await _form(request), self._doors.ledger
        new = form.get("password", "")
        if wrong := wrong_password(new, form.get("again", "")):
            return await run_in_threadpool(partial(self._account_page, request, errors={"password": wrong}))
        at = places(folded(person.name), is_known=True, device=here.digest, address=None)
        wait = self._admitted(at, is_known_browser=True)
        if wait > timedelta(0):
            said = {"old": f"That was too often. Try again in {in_words(wait)}."}
            return await run_in_threadpool(partial(self._account_page, request, errors=said, wait=wait))
        known = await run_in_threadpool(ledger.account, person.name)
        kept = known[1] if known else None
        if not await self._checked(partial(passwords.is_right, password_kept(form.get("old", "")), kept)):
            said = {"old": "This is not your password of now."}
            return await run_in_threadpool(partial(self._account_page, request, errors=said))
        self._throttle.forget(at)
        fresh = await self._checked(partial(passwords.hashed, password_kept(new)))
        await run_in_threadpool(self._changed, person, here, fresh, kept or "")
        return _to_account("password")

    def _known(self, request: Request, name: str) -> tuple[tuple[Person, str | None] | None, str | None]:
        """Whose name it is, and the digest of this browser's cookie where they have logged in with it before."""
        known, secret = self._doors.ledger.account(name), cookie(request, "device")
        if known is None or secret is None or not self._doors.ledger.knows_device(digest_of(secret), name):
            return known, None
        return known, digest_of(secret)

    def _admitted(self, at: tuple[Place, ...], *, is_known_browser: bool) -> timedelta:
        """How long this try has to wait; zero for one that may go on, which then counts."""
        if self._waiting >= MOST_WAITING and not is_known_browser:
            return _BUSY
        return self._throttle.admit(at, self._app.clock.now())

    async def _checked(self, check: Callable[[], T]) -> T:
        """What costs memory: only so many at once."""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._checking, check)
        finally:
            self._waiting -= 1

    async def _begun(
        self, request: Request, person: Person, kept: str, password: str | None
    ) -> Callable[[Response], Response] | None:
        """Begin a session, in place of the browser's present one, and return what writes its cookies.

        None where the person was disabled, or their password changed, meanwhile. `password` is hashed anew where that is due.
        """
        if password is not None and passwords.is_outdated(kept):
            fresh = await self._checked(partial(passwords.hashed, password_kept(password)))
            if await run_in_threadpool(partial(self._doors.ledger.set_password, person.name, fresh, instead_of=kept)):
                kept = fresh
        keep = partial(self._doors.ledger.begin_session, password=kept)
        session = session_in(request, person, self._app.clock.now())
        return await run_in_threadpool(begun, self._doors, request, session, keep)

    async def _link(self, request: Request) -> OneTimeLink | None:
        """The link, while it still opens something."""
        found = await run_in_threadpool(self._doors.ledger.link, digest_of(request.path_params["secret"]))
        if found is None or not is_usable(found, self._app.clock.now()):
            return None
        is_too_late = found.person is None and await run_in_threadpool(self._doors.has_people)
        return None if is_too_late else found

    def _redeemed(self, link: OneTimeLink, kept: str, name: str) -> Person | None:
        """Whose password it is now; None where the link was used meanwhile."""
        ledger, now = self._doors.ledger, self._app.clock.now()
        newcomer = Person(name=name, role="admin", added_at=now) if link.person is None else None
        said = _renewed(
            link.person or name, now, note="by a link" if link.person else "by the link of the first account"
        )
        if not ledger.redeem(link.digest, kept, now, newcomer=newcomer, said=said):
            return None
        found = ledger.account(link.person if link.person is not None else name)
        return found[0] if found else None

    def _changed(self, person: Person, here: Session, fresh: str, kept: str) -> None:
        said = _renewed(person.name, self._app.clock.now())
        if not self._doors.ledger.set_password(person.name, fresh, instead_of=kept, said=said):
            raise UserError("Your password was changed meanwhile, elsewhere.", "Log in with that one.")
        self._doors.ledger.end_sessions(person.name, but=here.digest)
        structlog.get_logger().info("password_set", by="password")

    def _account_page(self, request: Request, errors: Errors | None = None, wait: timedelta | None = None) -> Response:
        person, here = _here(request)
        zone, now = self._app.settings.rules.site.timezone, self._app.clock.now()
        own = [
            (
                one,
                words.moment(one.begun_at, zone, now),
                words.moment(one.seen_at, zone, now),
                one.digest == here.digest,
            )
            for one in self._doors.ledger.sessions(person.name)
        ]
        own.sort(key=lambda line: not line[3])
        status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
        answer = self._page(
            request, "account.html", status=HTTPStatus.TOO_MANY_REQUESTS if wait else status, person=person, own=own,
            errors=errors or {}, done=_DONE.get(request.query_params.get("done", ""), "") if not errors else "",
        )  # fmt: skip
        return with_wait(answer, wait) if wait else answer

    def _login_page(
        self, request: Request, *, to: str, name: str = "", errors: Errors | None = None, has_people: bool = True,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:  # fmt: skip
        del request
        oidc = self._app.settings.oidc
        return self._bare(
            "login.html", status, to=to, written=name, errors=errors or {}, has_people=has_people,
            service=oidc.name if oidc else "", trouble="",
        )  # fmt: skip

    def _wrong(self, request: Request, *, to: str, name: str) -> Response:
        structlog.get_logger().warning("login_refused")
        return self._login_page(request, to=to, name=name, errors={"password": _WRONG}, status=HTTPStatus.FORBIDDEN)

    def _wait_page(self, request: Request, wait: timedelta, *, to: str, name: str) -> Response:
        structlog.get_logger().warning("login_put_off")
        said = f"That was too often. Try again in {in_words(wait)}."
        answer = self._login_page(
            request, to=to, name=name, errors={"password": said}, status=HTTPStatus.TOO_MANY_REQUESTS
        )
        return with_wait(answer, wait)

    def _welcome_page(
        self, request: Request, link: OneTimeLink, *, name: str = "", errors: Errors | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:  # fmt: skip
        del request
        return self._bare("welcome.html", status, link=link, written=name, errors=errors or {}, longest=LONGEST_NAME)

    def _used_up(self, request: Request) -> Response:
        del request
        return self._bare("welcome.html", HTTPStatus.NOT_FOUND, link=None, written="", errors={}, longest=LONGEST_NAME)

    def _bare(self, file: str, status: HTTPStatus, **values: Any) -> Response:
        """A page that strangers may see: nothing of the site but its name is on it."""
        return page(file, status=status, site=self._app.settings.rules.site, **values)


def session_in(request: Request, person: Person, now: datetime) -> Session:
    """A person's session in this browser, before it has a cookie."""
    family = browser_of(request.headers.get("user-agent", ""))
    return Session(digest="", person=person.name, begun_at=now, seen_at=now, family=family)


def _places(request: Request, name: str, *, is_known: bool, device: str | None) -> tuple[Place, ...]:
    address = request.client.host if request.client else None
    return places(folded(name), is_known=is_known, device=device, address=address)


def _renewed(name: str, at: datetime, *, note: str = "") -> Decision:
    return Decision(key=person_key(name), act="renew", by=name, at=at, note=note, via=via())


def _wrong_choice(link: OneTimeLink, name: str, password: str, again: str) -> dict[str, str]:
    found = {"name": wrong_name(name) if link.person is None else None, "password": wrong_password(password, again)}
    return {field: sentence for field, sentence in found.items() if sentence is not None}


def _here(request: Request) -> tuple[Person, Session]:
    person, session = demand(request, "read"), session_of(request)
    if session is None:
        raise LoginNeeded("/account")
    return person, session


def _to_account(done: str) -> Response:
    return RedirectResponse(f"/account?done={done}", HTTPStatus.SEE_OTHER)


def with_wait(answer: Response, wait: timedelta) -> Response:
    """The answer, with when to come again."""
    answer.headers["retry-after"] = str(_seconds(wait))
    return answer


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))


def in_words(wait: timedelta) -> str:
    """How long to wait, for people."""
    seconds = _seconds(wait)
    return words.count(seconds, "second") if seconds < 100 else words.count(math.ceil(seconds / 60), "minute")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, of which the guard has seen that it is a small one. Raises HTTPException for what can't be read."""
    try:
        body = (await request.body()).decode()
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"))
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form can't be read. Nothing was done.") from None
