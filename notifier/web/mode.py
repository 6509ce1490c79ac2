"""The page that says which mode is on, and where an admin turns the other one on."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier import desk
from notifier.core.delivery import MODE, Decision
from notifier.core.mode import Mode
from notifier.core.person import Person
from notifier.errors import UserError
from notifier.web import words
from notifier.web.board import Board
from notifier.web.own_looks import OwnLooks, form_of, note_in, too_long
from notifier.web.visitor import demand, visitor_of

#: Switches that the page lists, the newest first.
LISTED = 10


class ModePage:
    """/mode, /mode/live and /mode/test. `page` fills a page."""

    def __init__(self, board: Board, looks: OwnLooks, page: Callable[..., Response]) -> None:
        self.board, self.looks = board, looks
        self._page = page

    def routes(self) -> list[Route]:
        return [
            Route("/mode", self.show, methods=["GET"]),
            Route("/mode/live", self.turn_live, methods=["POST"]),
            Route("/mode/test", self.turn_test, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """For whoever may look: the mode, who turned it on, and what follows. The buttons are an admin's."""
        return self._asking(request)

    async def turn_live(self, request: Request) -> Response:
        """Only with the site's name typed, and only where config.yaml allows it."""
        person = demand(request, "govern")
        form = await form_of(request)
        name, note = self.board.app.settings.rules.site.name, note_in(form)
        if " ".join(form.get("confirm", "").split()) != " ".join(name.split()):
            return await run_in_threadpool(
                self._asking, request, trouble=f"Type {name} to turn live mode on.", note=note,
                status=HTTPStatus.BAD_REQUEST,
            )  # fmt: skip
        return await self._switched(request, person, "live", note)

    async def turn_test(self, request: Request) -> Response:
        """Twice: once."""
        person = demand(request, "govern")
        return await self._switched(request, person, "test", note_in(await form_of(request)))

    async def _switched(self, request: Request, person: Person, mode: Mode, note: str) -> Response:
        if wrong := too_long(note):
            return await run_in_threadpool(
                self._asking, request, trouble=wrong, note=note, status=HTTPStatus.BAD_REQUEST
            )
        try:
            done = await run_in_threadpool(
                self.looks.decide, lambda site: desk.switch(site, mode, by=person.name, note=note)
            )
        except UserError as error:
            return await run_in_threadpool(
                self._asking, request, trouble=error.message, note=note, status=HTTPStatus.CONFLICT
            )
        if done.is_new:
            structlog.get_logger().warning("mode_switched", mode=mode)
        return RedirectResponse(f"/mode?done={mode}", HTTPStatus.SEE_OTHER)

    def _asking(
        self, request: Request, *, trouble: str = "", note: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        board = self.board
        said = board.app.ticker.wiring.ledger.decided(MODE)
        return self._page(
            request, "mode.html", status=status, trouble=trouble, note=note, now=desk.mode_now(board.app),
            said=[self._sentence(one) for one in reversed(said[-LISTED:])], handed_over=len(board.rows("sending")),
            is_done=request.query_params.get("done") in ("live", "test") and visitor_of(request) is not None,
            config=str(board.app.settings.path),
        )  # fmt: skip

    def _sentence(self, said: Decision) -> str:
        return words.decided(said, self.board.zone, self.board.now)
