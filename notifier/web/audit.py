"""Who decided what, when, about which delivery: everything, for ever. Nothing here, and nothing elsewhere, changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import get_args
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.delivery import (
    EVERYTHING,
    LEDGER,
    MODE,
    Act,
    Decision,
    Delivery,
    api_token_key,
    feed_key,
    key_hash,
    person_key,
    webhook_key,
)
from notifier.web import words
from notifier.web.board import Board

#: Decisions on one page.
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision. `subject` is what it is about; `href` its page, "" where there is none."""

    said: Decision
    moment: words.Moment
    done: str
    subject: str
    detail: str
    href: str


class Audit:
    """/audit. `page` fills a page."""

    def __init__(self, board: Board, page: Callable[..., Response]) -> None:
        self.board = board
        self._page = page

    def routes(self) -> list[Route]:
        return [Route("/audit", self.audit, methods=["GET"])]

    def audit(self, request: Request) -> Response:
        """The newest decisions first; `by` and `act` choose among them, `page` turns them."""
        by, act = request.query_params.get("by", ""), request.query_params.get("act", "")
        if act and act not in get_args(Act):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such act. Choose one in the list of decisions.")
        asked = request.query_params.get("page", "1")
        number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1
        said = self.board.app.ticker.wiring.ledger.decided()
        chosen = [one for one in reversed(said) if by in ("", one.by) and act in ("", one.act)]
        acts = {one.act for one in said}
        return self._page(
            request, "audit.html", entries=self._entries(chosen[(number - 1) * PAGE : number * PAGE]), total=len(said),
            chosen=len(chosen), by=by, act=act, people=sorted({one.by for one in said}, key=str.casefold),
            acts=[one for one in get_args(Act) if one in acts], number=number, pages=max(1, -(-len(chosen) // PAGE)),
            turned=lambda to: f"/audit?{urlencode({'by': by, 'act': act, 'page': to})}",
        )  # fmt: skip

    def _entries(self, chosen: list[Decision]) -> list[Entry]:
        if not chosen:
            return []
        rows = {row.key: row for row in self.board.rows()}
        return [self._entry(one, rows.get(one.key)) for one in chosen]

    def _entry(self, said: Decision, row: Delivery | None) -> Entry:
        subject, detail, href = said.key, "it has no row: nothing asked for it when its time came near", ""
        if said.key == EVERYTHING:
            subject, detail = "Everything", "all mails"
        elif said.key == MODE:
            subject, detail, href = "The mode", "all mails that would reach people", "/mode"
        elif said.key == LEDGER:
            subject, detail, href = "This ledger", "all mails", "/health"
        elif said.act == "try":
            subject, detail = "A test", "no reader got it"
        elif (beyond := _beyond_mails(said)) is not None:
            subject, detail, href = beyond
        elif row is not None:
            subject, href = self.board.title(row), f"/outbox/{key_hash(row.key)}"
            detail = f"{row.kind.replace('_', ' ')} to {row.audience}, rule {row.rule}"
        moment = words.moment(said.at, self.board.zone, self.board.now)
        return Entry(said=said, moment=moment, done=words.DONE[said.act], subject=subject, detail=detail, href=href)


def _beyond_mails(said: Decision) -> tuple[str, str, str] | None:
    """What a decision is about that is about no mail, how that is called, and its page."""
    kind, _, name = said.key.partition(":")
    match kind:
        case "feed" if said.key == feed_key(name):
            return name, "a secret feed", "/feeds"
        case "person" if said.key == person_key(name):
            return name, "a person", "/people"
        case "webhook" if said.key == webhook_key(name):
            return name, "a webhook", "/webhooks"
        case "api-token" if said.key == api_token_key(name):
            return name, "an API token", ""
        case _:
            return None
