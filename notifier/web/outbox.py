"""The list of all deliveries: those to come, those that are done, those that are not to go out; chosen by a plain form, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.delivery import Delivery, DeliveryStatus
from notifier.core.rule import Kind
from notifier.core.zones import zone_named
from notifier.web import words
from notifier.web.board import ENDED, TO_COME, Board, last_done

#: Rows on one page.
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked for; "" and None choose nothing. `since` and `until` are days of the site, both ends included."""

    status: str
    kind: str
    audience: str
    since: date | None
    until: date | None

    def has(self, row: Delivery, day: date) -> bool:
        """Whether a row is asked for, of whatever status; `day` is that of its time."""
        return (
            self.kind in ("", row.kind)
            and self.audience in ("", row.audience)
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
        )

    @property
    def is_any(self) -> bool:
        return bool(self.kind or self.audience or self.since or self.until)

    def address(self, **other: str) -> str:
        """Where this choice is listed, with some of it otherwise."""
        asked = {
            "status": self.status, "kind": self.kind, "audience": self.audience,
            "from": self.since.isoformat() if self.since else "", "to": self.until.isoformat() if self.until else "",
        } | other  # fmt: skip
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/outbox?{query}" if query else "/outbox"


class Outbox:
    """/outbox. `page` fills a page."""

    def __init__(self, board: Board, page: Callable[..., Response]) -> None:
        self.board = board
        self._page = page

    def routes(self) -> list[Route]:
        return [Route("/outbox", self.outbox, methods=["GET"])]

    def outbox(self, request: Request) -> Response:
        """`status`, `kind`, `audience`, `from` and `to` choose; `page` turns."""
        choice, number = _choice(request.query_params), number_in(request.query_params.get("page", "1"))
        rows = self.board.rows()
        of_choice = [row for row in rows if choice.has(row, self._day(row))] if choice.is_any else rows
        counts = _counts(of_choice)
        listed = self._listed(row for row in of_choice if choice.status in ("", row.status))
        shown_now = listed[(number - 1) * PAGE : number * PAGE]
        headings = dict.fromkeys(heading for heading, _ in shown_now)
        groups = {heading: self.board.lines(row for of, row in shown_now if of == heading) for heading in headings}
        kinds, audiences = {row.kind for row in rows}, {row.audience for row in rows}
        return self._page(
            request, "outbox.html", groups=groups, counts=counts, total=len(of_choice), every=len(rows), choice=choice,
            kinds=[kind for kind in get_args(Kind) if kind in kinds or kind == choice.kind],
            audiences=sorted(audiences | ({choice.audience} if choice.audience else set())),
            number=number, pages=max(1, -(-len(listed) // PAGE)), found=len(listed),
        )  # fmt: skip

    def _listed(self, rows: Iterable[Delivery]) -> list[tuple[str, Delivery]]:
        chosen, now = list(rows), self.board.now
        listed = [("To come", row) for row in chosen if row.status in TO_COME]
        listed += [("Done", row) for row in last_done((row for row in chosen if row.status in ENDED), now)]
        skipped = last_done((row for row in chosen if row.status == "skipped"), now)
        return listed + [("Not to go out", row) for row in skipped]

    def _day(self, row: Delivery) -> date:
        return (row.sent_at or row.due_at).astimezone(zone_named(self.board.zone)).date()


def number_in(asked: str) -> int:
    """The number of a page; the first for what is none."""
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1


def _counts(rows: Iterable[Delivery]) -> Mapping[DeliveryStatus, int]:
    counts = dict.fromkeys(words.STATUSES, 0)
    for row in rows:
        counts[row.status] += 1
    return counts


def _choice(asked: QueryParams) -> Choice:
    """Raises HTTPException: 404 for a status or a kind that there is not, 400 for what is no day."""
    status, kind = asked.get("status", ""), asked.get("kind", "")
    if status and status not in get_args(DeliveryStatus):
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such status. Choose one in the outbox.")
    if kind and kind not in get_args(Kind):
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such kind of mail. Choose one in the outbox.")
    since, until = (_day_in(asked.get(name, "")) for name in ("from", "to"))
    return Choice(status=status, kind=kind, audience=asked.get("audience", "")[:100], since=since, until=until)


def _day_in(written: str) -> date | None:
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        wrong = "That is no day to begin or to end with. Write it as 2026-12-09."
        raise HTTPException(HTTPStatus.BAD_REQUEST, wrong) from None


def row_of(board: Board, request: Request) -> Delivery:
    """The delivery that an address names. Raises HTTPException (404)."""
    row = board.row(request.path_params["hashed"])
    if row is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "No delivery has this address. The outbox lists them all.")
    return row
