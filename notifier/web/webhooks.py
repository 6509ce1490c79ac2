"""The page of the programs that are told what becomes of deliveries: how each stands, a test of it, and another try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from threading import Lock

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier.config import HookSettings
from notifier.core.delivery import webhook_key
from notifier.core.posting import HookState, host_of
from notifier.desk import webhooks
from notifier.errors import UserError
from notifier.web import words
from notifier.web.board import Board
from notifier.web.own_looks import OwnLooks
from notifier.web.visitor import demand

#: What people did about one of them that the page lists, the newest first.
LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One webhook. `state` is None before the first tick with it; `trouble` is why nothing can be signed, "" where it can."""

    name: str
    host: str
    statuses: tuple[str, ...]
    state: HookState | None
    trouble: str
    decided: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        return not self.trouble and (self.state is None or (self.state.failing_since or self.state.gone_at) is None)

    @property
    def has_more(self) -> bool:
        """Whether another try would tell it anything."""
        state = self.state
        return state is not None and state.gone_at is None and bool(state.waiting or state.given_up)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What is said above the list: what came of a button, or what is wrong."""

    done: str = ""
    trouble: str = ""
    status: HTTPStatus = HTTPStatus.OK


class Webhooks:
    """/webhooks. `page` fills a page."""

    def __init__(self, board: Board, looks: OwnLooks, page: Callable[..., Response]) -> None:
        self.board, self.looks = board, looks
        self._page = page
        self._trying = Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/webhooks", self.listed, methods=["GET"]),
            Route("/webhooks/{name}/test", self.test, methods=["POST"]),
            Route("/webhooks/{name}/again", self.again, methods=["POST"]),
        ]

    def listed(self, request: Request) -> Response:
        """All of them, as they stand."""
        return self._showing(request, _Said(done=self._outcome(request.query_params.get("again", ""))))

    async def test(self, request: Request) -> Response:
        """Post one `test`, now and once, and say what came of it."""
        by = demand(request, "send").name
        return await run_in_threadpool(self._tested, request, self._named(request), by)

    async def again(self, request: Request) -> Response:
        """Let it be told at once what waits, and anew what was given up. Twice: once."""
        by = demand(request, "send").name
        return await run_in_threadpool(self._again, request, self._named(request), by)

    def _tested(self, request: Request, name: str, by: str) -> Response:
        if not self._trying.acquire(blocking=False):
            said = _Said(trouble="Another test is under way. Wait for its end.", status=HTTPStatus.CONFLICT)
            return self._showing(request, said)
        try:
            tried = webhooks.try_one(self.looks.site(), name, by=by)
        except UserError as error:
            return self._showing(request, _Said(trouble=error.message, status=HTTPStatus.CONFLICT))
        finally:
            self._trying.release()
        structlog.get_logger().info("webhook_tested", webhook=name, status=tried.status)
        if tried.said:
            return self._showing(request, _Said(trouble=f"The test failed. {tried.said}", status=HTTPStatus.CONFLICT))
        more = " It is told again what moves from now on." if tried.begins else ""
        return self._showing(request, _Said(done=f"{tried.host} took the test and answered {tried.status}.{more}"))

    def _again(self, request: Request, name: str, by: str) -> Response:
        try:
            number = self.looks.decide(lambda site: webhooks.try_again(site, name, by=by))
        except UserError as error:
            return self._showing(request, _Said(trouble=error.message, status=HTTPStatus.CONFLICT))
        if not number:
            return self._showing(
                request, _Said(done="What waits is due already, and nothing was given up: nothing was changed.")
            )
        structlog.get_logger().info("decided", act="retry", webhook=name, posts=number)
        return RedirectResponse(f"/webhooks?again={name}", HTTPStatus.SEE_OTHER)

    def _showing(self, request: Request, said: _Said) -> Response:
        app = self.board.app
        known = {state.name: state for state in webhooks.states(app.ticker.wiring.ledger)}
        found = [self._hook(hook, known.get(hook.name)) for hook in app.ticker.wiring.settings.hooks]
        return self._page(request, "webhooks.html", status=said.status, said=said, hooks=found, moment=self._moment)

    def _hook(self, hook: HookSettings, state: HookState | None) -> Hook:
        said = self.board.app.ticker.wiring.ledger.decided(webhook_key(hook.name))
        return Hook(
            name=hook.name, host=host_of(hook.url), statuses=tuple(sorted(hook.statuses)), state=state,
            trouble=webhooks.secret_trouble(hook),
            decided=tuple(words.decided(one, self.board.zone, self.board.now) for one in reversed(said[-LISTED:])),
        )  # fmt: skip

    def _moment(self, at: datetime) -> words.Moment:
        return words.moment(at, self.board.zone, self.board.now)

    def _outcome(self, name: str) -> str:
        """What somebody did about it last, where that was another try."""
        said = next(reversed(self.board.app.ticker.wiring.ledger.decided(webhook_key(name))), None) if name else None
        if said is None or said.act != "retry":
            return ""
        return (
            f"{words.decided(said, self.board.zone, self.board.now)} What comes of it stands below after the next tick."
        )

    def _named(self, request: Request) -> str:
        name: str = request.path_params["name"]
        if name not in {hook.name for hook in self.board.app.ticker.wiring.settings.hooks}:
            raise HTTPException(HTTPStatus.NOT_FOUND, "config.yaml names no webhook of this name.")
        return name
