"""The pages that stop everything and let it go on, and what is said of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier import desk
from notifier.core.delivery import EVERYTHING, Decision, Delivery
from notifier.errors import UserError
from notifier.ports import Decisions
from notifier.web import words
from notifier.web.board import Board
from notifier.web.own_looks import OwnLooks, form_of, note_in, too_long
from notifier.web.visitor import demand

#: So far ahead is listed what a pause would keep back, and so many of them.
AHEAD = timedelta(days=7)
LISTED = 25


class Pausing:
    """/pause and /resume. `page` fills a page."""

    def __init__(self, board: Board, looks: OwnLooks, page: Callable[..., Response]) -> None:
        self.board, self.looks = board, looks
        self._page = page

    def routes(self) -> list[Route]:
        return [
            Route("/pause", self.ask_pause, methods=["GET"]),
            Route("/pause", self.pause, methods=["POST"]),
            Route("/resume", self.ask_resume, methods=["GET"]),
            Route("/resume", self.resume, methods=["POST"]),
        ]

    def ask_pause(self, request: Request) -> Response:
        """What would wait, or that everything is paused already."""
        demand(request, "stop")
        return self._asking(request, "pause")

    def ask_resume(self, request: Request) -> Response:
        """What is missed by then and what goes out; once it is done, what was and what did."""
        demand(request, "send")
        return self._asking(request, "resume")

    async def pause(self, request: Request) -> Response:
        """Twice: once."""
        person = demand(request, "stop")
        note = note_in(await form_of(request))
        if wrong := too_long(note):
            return await run_in_threadpool(
                self._asking, request, "pause", trouble=wrong, note=note, status=HTTPStatus.BAD_REQUEST
            )
        await run_in_threadpool(self.looks.decide, lambda site: desk.pause(site, by=person.name, note=note))
        structlog.get_logger().info("decided", act="pause")
        return RedirectResponse("/pause?done=pause", HTTPStatus.SEE_OTHER)

    async def resume(self, request: Request) -> Response:
        """Ends the pause that was shown, and no later one."""
        person = demand(request, "send")
        form = await form_of(request)
        note = note_in(form)
        if wrong := too_long(note):
            return await run_in_threadpool(
                self._asking, request, "resume", trouble=wrong, note=note, status=HTTPStatus.BAD_REQUEST
            )
        return await run_in_threadpool(self._resumed, request, person.name, note, form.get("since", ""))

    def _resumed(self, request: Request, by: str, note: str, since: str) -> Response:
        def act(site: desk.Site) -> str:
            paused = pause_now(self.board.app.ticker.wiring.ledger)
            if paused is not None and name_of(paused) != since:
                return "Somebody resumed and paused everything again while you looked, so nothing was decided."
            desk.resume(site, by=by, note=note)
            return ""

        try:
            wrong = self.looks.decide(act)
        except UserError as error:
            wrong = error.message
        if wrong:
            return self._asking(request, "resume", trouble=wrong, note=note, status=HTTPStatus.CONFLICT)
        structlog.get_logger().info("decided", act="resume")
        return RedirectResponse("/resume?done=resume", HTTPStatus.SEE_OTHER)

    def _asking(
        self, request: Request, act: str, *, trouble: str = "", note: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        board, now = self.board, self.board.now
        said = board.app.ticker.wiring.ledger.decided(EVERYTHING)
        paused = said[-1] if said and said[-1].act == "pause" else None
        until = now + AHEAD
        waiting = [row for row in board.rows("planned", "drafted") if now < row.expires_at and row.due_at <= until]
        late = [row for row in waiting if row.due_at <= now]
        return self._page(
            request, "pause.html", status=status, act=act, trouble=trouble, note=note, paused=paused,
            since=name_of(paused) if paused else "", said=words.decided(paused, board.zone, now) if paused else "",
            over=self._over(said) if act == "resume" else None, handed_over=len(board.rows("sending")),
            waiting=board.lines(waiting[:LISTED]), more=max(0, len(waiting) - LISTED),
            late=board.lines(late[:LISTED]), more_late=max(0, len(late) - LISTED),
            lost=board.lines(self._lost(paused.at if paused else now)[:LISTED]),
        )  # fmt: skip

    def _over(self, said: Sequence[Decision]) -> tuple[str, int, int] | None:
        """The last resumption in a sentence, how many mails lost their use by then, and how many it let go; None where it doesn't stand."""
        if len(said) < 2 or said[-1].act != "resume":
            return None
        paused, resumed = said[-2], said[-1]
        rows = self.board.rows("planned", "drafted", "sending", "sent", "missed", "failed", "unknown")
        lost = [row for row in rows if row.status == "missed" and paused.at < row.expires_at <= resumed.at]
        due = [row for row in rows if _goes_on(row, resumed)]
        return words.decided(resumed, self.board.zone, self.board.now), len(lost), len(due)

    def _lost(self, since: datetime) -> list[Delivery]:
        now = self.board.now
        return [row for row in self.board.rows("planned", "drafted", "missed") if since < row.expires_at <= now]


def pause_now(ledger: Decisions) -> Decision | None:
    """The pause that stands; None while nothing is paused. Not the ledger's whole memory: no page need wait for a tick that is writing."""
    last = next(reversed(ledger.decided(EVERYTHING)), None)
    return last if last is not None and last.act == "pause" else None


def _goes_on(row: Delivery, resumed: Decision) -> bool:
    """Whether it waited for that alone: due by then, of use still, and not gone before."""
    if row.status == "missed" or not row.due_at <= resumed.at < row.expires_at:
        return False
    return row.sent_at is None or row.sent_at >= resumed.at


def name_of(said: Decision) -> str:
    """What tells a pause from any other."""
    return f"{said.at.isoformat()} {said.by}"
