"""The page of the time machine: what would have gone out over the last days, or will in those to come. It sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier.edges.rerun import LONGEST, Rerun, Rerunning
from notifier.web import words
from notifier.web.board import Board
from notifier.web.own_looks import form_of
from notifier.web.visitor import demand

#: The stretches that can be chosen, in days; what is to come is below 0.
STRETCHES: Mapping[str, int] = {
    "The last 30 days": 30, "The last 90 days": 90, "The last year": 365,
    "The next 30 days": -30, "The next 90 days": -90,
}  # fmt: skip
_HELD = ("release", "keep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A replay that somebody asked for."""

    days: int
    held: str
    by: str
    at: datetime
    rerun: Rerunning

    @property
    def stretch(self) -> str:
        return next(name for name, days in STRETCHES.items() if days == self.days)


class Replaying:
    """/replay. `page` fills a page, `framed` answers with other people's words. One replay at a time, and the last one is kept."""

    def __init__(self, board: Board, page: Callable[..., Response], framed: Callable[[bytes], Response]) -> None:
        self.board = board
        self._page, self._framed = page, framed
        self._alone = Lock()
        self._last: Asked | None = None

    def routes(self) -> list[Route]:
        return [
            Route("/replay", self.show, methods=["GET"]),
            Route("/replay", self.begin, methods=["POST"]),
            Route("/replay/stop", self.stop, methods=["POST"]),
            Route("/replay/report.html", self.report, methods=["GET"]),
        ]

    def show(self, request: Request) -> Response:
        """What can be asked for, how far it is, or what it told."""
        return self._showing(request)

    async def begin(self, request: Request) -> Response:
        """Begin one, where none is under way."""
        by = demand(request, "read").name
        form = await form_of(request)
        return await run_in_threadpool(self._begun, request, by, form)

    async def stop(self, request: Request) -> Response:
        """End the one that is under way. Twice: once."""
        demand(request, "read")
        await run_in_threadpool(self._end)
        return RedirectResponse("/replay", HTTPStatus.SEE_OTHER)

    def report(self, request: Request) -> Response:
        """The report itself: for the frame of the page, or to keep."""
        demand(request, "read")
        result = self._last.rerun.result() if self._last is not None else None
        if result is None or not result.page:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no report now. Replay shows how to make one.")
        answer = self._framed(result.page)
        if request.query_params.get("keep") == "yes":
            answer.headers["content-disposition"] = 'attachment; filename="replay.html"'
        return answer

    def _end(self) -> None:
        last = self._last
        if last is not None and last.rerun.result() is None:
            last.rerun.stop()

    def _begun(self, request: Request, by: str, form: Mapping[str, str]) -> Response:
        days = next((one for one in STRETCHES.values() if str(one) == form.get("days")), None)
        held = form.get("held", _HELD[0])
        if days is None or held not in _HELD:
            return self._showing(request, trouble="Choose one of the stretches.", status=HTTPStatus.BAD_REQUEST)
        with self._alone:
            if self._last is not None and self._last.rerun.result() is None:
                trouble = "One is under way already. Wait for its end, or stop it."
                return self._showing(request, trouble=trouble, status=HTTPStatus.CONFLICT)
            app, now = self.board.app, self.board.now
            rerun = Rerunning(app.config.resolve(), [*_options(days, now), "--held", held])
            self._last = Asked(days=days, held=held, by=by, at=now, rerun=rerun)
        structlog.get_logger().info("replay_begun", days=days)
        return RedirectResponse("/replay", HTTPStatus.SEE_OTHER)

    def _showing(self, request: Request, *, trouble: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
        last = self._last
        result = last.rerun.result() if last is not None else None
        return self._page(
            request, "replaying.html", status=status, trouble=trouble, last=last, result=result, stretches=STRETCHES,
            progress=last.rerun.progress if last is not None and result is None else None,
            begun=words.moment(last.at, self.board.zone, self.board.now) if last is not None else None,
            counts=_counts(result) if result is not None else "", minutes=round(LONGEST / 60),
        )  # fmt: skip


def _options(days: int, now: datetime) -> list[str]:
    if days < 0:
        return ["--ahead", f"{-days}d", "--at", now.isoformat()]
    return ["--from", (now - timedelta(days=days)).isoformat(), "--to", now.isoformat(), "--at", now.isoformat()]


def _counts(result: Rerun) -> str:
    """What came of it, in numbers."""
    rows: list[dict[str, Any]] = result.record.get("deliveries", [])
    counted: dict[str, int] = {}
    for row in rows:
        counted[row["status"]] = counted.get(row["status"], 0) + 1
    return ", ".join(f"{number} {status}" for status, number in counted.items()) or "no rule asked for anything"
