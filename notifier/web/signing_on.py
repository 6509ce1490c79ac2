"""Log-in by OpenID Connect: out to the service that config.yaml names, and back, where a session begins as by a password.

What a log-in takes along stays here, under a cookie of its own, once and for ten minutes. Nobody new comes in so: an admin
has let each person in before (`notifier users oidc`).
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TypeVar

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier.app import App
from notifier.core.person import digest_of
from notifier.core.sign_on import Claimed, is_same
from notifier.edges.oidc import Asked, OidcProvider
from notifier.errors import ProviderError, UserError
from notifier.web.guard import own_origin
from notifier.web.login import in_words, quiet, session_in, with_wait
from notifier.web.sessions import Doors, begun, cookie, drop_cookie, new_secret, set_cookie
from notifier.web.templating import page
from notifier.web.throttle import Place, Throttle, network_of
from notifier.web.visitor import local, login_address, visitor_of

T = TypeVar("T")

#: How long somebody may take at the service, and so many log-ins may be under way; the oldest give way.
LASTS, MOST = timedelta(minutes=10), 2000
#: Requests to the service at once and waiting, and seconds for all of one log-in's: it may hang, and pages must not.
AT_ONCE, MOST_WAITING, LONGEST = 2, 8, 20.0
_LONGEST_CODE = 4096
_ORIGIN = re.compile(r"https?://[a-z0-9.\[\]:-]+", re.ASCII)
_OVER = "This log-in is over, or was begun elsewhere. Begin again."
_UNKNOWN = "Nobody here has that account. Ask an admin to let it in, or log in with your password."
_BROKEN = "This way in isn't set up right. Log in with your password; the log says more."
_BUSY = "Too many are logging in this way just now. Try again, or log in with your password."


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnderWay:
    """A log-in that somebody has begun: with whom, what was asked, and where it leads."""

    provider: OidcProvider
    asked: Asked
    to: str
    begun_at: datetime


class SignOns:
    """/login/oidc and /login/oidc/back."""

    def __init__(self, app: App, doors: Doors) -> None:
        self._app, self._doors = app, doors
        self._throttle = Throttle()
        self._provider: OidcProvider | None = None
        self._under_way: OrderedDict[str, _UnderWay] = OrderedDict()
        self._asking = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="oidc")
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def routes(self) -> list[Route]:
        return [
            Route("/login/oidc", self.out, methods=["GET"]),
            Route("/login/oidc/back", self.back, methods=["GET"]),
        ]

    @quiet
    async def out(self, request: Request) -> Response:
        """Send the browser to the service, if it was one of our pages that sent it here."""
        to, provider = local(request.query_params.get("to", "/")), self._chosen()
        if visitor_of(request) is not None:
            return RedirectResponse(to, HTTPStatus.SEE_OTHER)
        is_ours = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        if provider is None or not is_ours or not await run_in_threadpool(self._doors.has_people):
            return RedirectResponse(login_address(to), HTTPStatus.SEE_OTHER)
        now = self._now()
        wait = self._throttle.admit(_places(request), now)
        if wait > timedelta(0):
            said = f"That was too often. Try again in {in_words(wait)}."
            return with_wait(self._refused(request, said, to=to, status=HTTPStatus.TOO_MANY_REQUESTS), wait)
        origin = own_origin(request.scope, self._doors.public_url())
        if not _ORIGIN.fullmatch(origin):
            return self._refused(request, _OVER, to=to, status=HTTPStatus.BAD_REQUEST)
        asked = Asked(
            redirect_uri=f"{origin}/login/oidc/back", state=new_secret(), nonce=new_secret(), verifier=new_secret()
        )
        address = await self._answered(partial(provider.address, asked))
        if isinstance(address, _No):
            return self._refused(request, address.sentence, to=to, status=address.status)
        secret = new_secret()
        self._keep(secret, _UnderWay(provider=provider, asked=asked, to=to, begun_at=now))
        answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        set_cookie(answer, request, "oidc", secret, self._doors.public_url())
        return answer

    @quiet
    async def back(self, request: Request) -> Response:
        """Who comes back from the service, with a code that says who they are."""
        found = self._taken(request)
        if found is None:
            return self._refused(request, _OVER)
        refused = partial(self._refused, request, to=found.to)
        code, told_issuer = _one(request, "code"), _one(request, "iss")
        if not code or len(code) > _LONGEST_CODE or "error" in request.query_params:
            return refused(f"{found.provider.settings.name} let nobody in. Begin again, or log in with your password.")
        about = await self._answered(partial(found.provider.who, found.asked, code, told_issuer))
        if isinstance(about, _No):
            return refused(about.sentence, status=about.status)
        entered = await run_in_threadpool(self._entered, request, found.provider.settings.issuer, about)
        if entered is None:
            return refused(_UNKNOWN)
        self._throttle.forget(_places(request))
        structlog.get_logger().info("logged_in", by="oidc")
        answer = entered(RedirectResponse(found.to, HTTPStatus.SEE_OTHER))
        drop_cookie(answer, "oidc")
        return answer

    def _chosen(self) -> OidcProvider | None:
        """The service of the configuration in force; what is known of it is kept until that changes."""
        settings = self._app.settings.oidc
        if settings is None:
            self._provider = None
        elif self._provider is None or self._provider.settings != settings:
            self._provider = OidcProvider(settings, self._now)
        return self._provider

    def _now(self) -> datetime:
        return self._app.clock.now()

    def _keep(self, secret: str, under_way: _UnderWay) -> None:
        self._under_way[digest_of(secret)] = under_way
        if len(self._under_way) > MOST:
            self._under_way.popitem(last=False)

    def _taken(self, request: Request) -> _UnderWay | None:
        """What this browser has begun, if it is what has come back. It is over with that, whatever comes of it."""
        secret, state = cookie(request, "oidc"), _one(request, "state")
        found = self._under_way.pop(digest_of(secret), None) if secret else None
        # Who is asked may have been taken out of config.yaml meanwhile.
        if found is None or found.provider is not self._chosen():
            return None
        if not found.begun_at <= self._now() < found.begun_at + LASTS:
            return None
        return found if state is not None and is_same(state, found.asked.state) else None

    async def _answered(self, ask: Callable[[], T]) -> T | _No:
        """What the service says, or why it doesn't, in a sentence."""
        if not self._places.acquire(blocking=False):
            return _No(_BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
        work = self._asking.submit(ask)
        work.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wait_for(asyncio.wrap_future(work), LONGEST)
        except TimeoutError:
            said, status = "The service did not answer in time.", HTTPStatus.SERVICE_UNAVAILABLE
        except ProviderError as error:
            said = error.message
            status = HTTPStatus.FORBIDDEN if error.permanent else HTTPStatus.SERVICE_UNAVAILABLE
        except UserError as error:
            structlog.get_logger().error("sign_on_broken", trouble=error.message)
            return _No(_BROKEN, HTTPStatus.SERVICE_UNAVAILABLE)
        return _No(f"{said} Try again, or log in with your password.", status)

    def _entered(self, request: Request, issuer: str, about: Claimed) -> Callable[[Response], Response] | None:
        ledger = self._doors.ledger
        person = ledger.recognised(issuer, about.subject, about.address)
        if person is None:
            return None
        session = session_in(request, person, self._now())
        return begun(
            self._doors, request, session, partial(ledger.begin_signed_on, issuer=issuer, subject=about.subject)
        )

    def _refused(
        self, request: Request, said: str, *, to: str = "/", status: HTTPStatus = HTTPStatus.FORBIDDEN
    ) -> Response:
        structlog.get_logger().warning("sign_on_refused", why=said)
        settings = self._app.settings
        answer = page(
            "login.html", status=status, site=settings.rules.site, to=to, written="", errors={}, has_people=True,
            service=settings.oidc.name if settings.oidc else "", trouble=said,
        )  # fmt: skip
        if cookie(request, "oidc") is not None:
            drop_cookie(answer, "oidc")
        return answer


@dataclass(frozen=True, slots=True)
class _No:
    """Why a log-in doesn't go on."""

    sentence: str
    status: HTTPStatus


def _one(request: Request, name: str) -> str | None:
    """A parameter; None where it isn't there, and nothing that anybody could mean where it stands there several times."""
    found = request.query_params.getlist(name)
    return None if not found else found[0] if len(found) == 1 else ""


def _places(request: Request) -> tuple[Place, ...]:
    network = network_of(request.client.host if request.client else None)
    return (Place(f"oidc {network}"),) if network else ()
