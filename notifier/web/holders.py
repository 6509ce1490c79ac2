"""The pages on which an admin says who may read a secret feed. An address is shown on the answer that makes it, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, get_args

import structlog
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.readership import Token
from notifier.core.rule import Feed
from notifier.desk import readers
from notifier.desk.readers import Opened
from notifier.errors import UserError
from notifier.web import words
from notifier.web.board import Board
from notifier.web.own_looks import OwnLooks, form_of
from notifier.web.visitor import demand

#: What may be done about an address that there is.
Turn = Literal["replace", "revoke"]
#: Those that were taken back are listed as long as they are among so many last ones.
PAST = 10
_COMMAND = re.compile(r"notifier feeds tokens (?P<act>rotate|revoke) (?P<id>[0-9a-f]{8,64})\b")
_LISTING = re.compile(r" ?(?:For a new one|To see (?:them|whose there are)): notifier feeds tokens (?:add|list)[^.]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Who has an address of a feed, since when, and until when where it was taken back."""

    token: Token
    since: words.Moment
    until: words.Moment | None


def holdings(board: Board, feed: str) -> list[Holding]:
    """Those who have an address of a secret feed, by name, and then the last ones from whom one was taken back."""
    found = readers.tokens(board.app, feed)
    gone = sorted((one for one in found if one.revoked_at), key=lambda one: (one.revoked_at, one.id), reverse=True)
    return [_holding(board, one) for one in (*(one for one in found if one.revoked_at is None), *gone[:PAST])]


def _holding(board: Board, token: Token) -> Holding:
    until = words.moment(token.revoked_at, board.zone, board.now) if token.revoked_at else None
    return Holding(token=token, since=words.moment(token.made_at, board.zone, board.now), until=until)


class Holders:
    """/readers/FEED/give and /readers/ID/replace and .../revoke. `page` fills a page."""

    def __init__(self, board: Board, looks: OwnLooks, page: Callable[..., Response]) -> None:
        self.board, self.looks = board, looks
        self._page = page

    def routes(self) -> list[Route]:
        give, turn = "/readers/{feed}/give", "/readers/{id}/{act}"
        return [
            Route(give, self.ask_give, methods=["GET"]),
            Route(give, self.give, methods=["POST"]),
            Route(turn, self.ask_turn, methods=["GET"]),
            Route(turn, self.turn, methods=["POST"]),
        ]

    def ask_give(self, request: Request) -> Response:
        """Asks who will have the address."""
        demand(request, "govern")
        return self._giving(request, self._feed(request.path_params["feed"]))

    async def give(self, request: Request) -> Response:
        """Makes it, and shows it. Sent again it is refused, for by then they have one."""
        by = demand(request, "govern").name
        form = await form_of(request)
        return await run_in_threadpool(self._given, request, by, form.get("holder", ""))

    def ask_turn(self, request: Request) -> Response:
        """Asks whether an address is to be replaced, or taken back."""
        demand(request, "govern")
        return self._turning(request, *self._meant(request))

    async def turn(self, request: Request) -> Response:
        """Does it. Sent again it changes nothing: that address opens nothing any more."""
        by = demand(request, "govern").name
        await form_of(request)
        return await run_in_threadpool(self._turned, request, by)

    def _given(self, request: Request, by: str, holder: str) -> Response:
        feed = self._feed(request.path_params["feed"])
        try:
            made = self.looks.decide(lambda site: readers.add_token(site, feed.name, holder, by=by))
        except UserError as error:
            return self._giving(request, feed, holder=holder, trouble=error.message)
        _log("feed_token_added", made.token)
        return self._shown(request, made)

    def _turned(self, request: Request, by: str) -> Response:
        act, token = self._meant(request)
        try:
            if act == "revoke":
                done = self.looks.decide(lambda site: readers.revoke_token(site, token.id, by=by))
                if done.is_new:
                    _log("feed_token_revoked", token)
                return self._turning(request, act, done.token, is_done=done.is_new)
            made = self.looks.decide(lambda site: readers.rotate_token(site, token.id, by=by))
        except UserError as error:
            return self._turning(request, act, token, trouble=error.message)
        _log("feed_token_revoked", token)
        _log("feed_token_added", made.token)
        return self._shown(request, made)

    def _giving(self, request: Request, feed: Feed, *, holder: str = "", trouble: str = "") -> Response:
        return self._page(
            request, "give.html", status=HTTPStatus.CONFLICT if trouble else HTTPStatus.OK, feed=feed, holder=holder,
            trouble=_by_link(trouble), holdings=holdings(self.board, feed.name),
        )  # fmt: skip

    def _turning(
        self, request: Request, act: Turn, token: Token, *, is_done: bool = False, trouble: str = ""
    ) -> Response:
        return self._page(
            request, "holder.html", status=HTTPStatus.CONFLICT if trouble else HTTPStatus.OK, act=act,
            holding=_holding(self.board, token), is_done=is_done, trouble=_by_link(trouble),
        )  # fmt: skip

    def _shown(self, request: Request, made: Opened) -> Response:
        webcal = "webcal://" + made.address.partition("://")[2]
        return self._page(request, "given.html", made=made, webcal=webcal)

    def _feed(self, name: str) -> Feed:
        found = next((one for one in self.board.app.settings.rules.feeds if one.secret and one.name == name), None)
        if found is None:
            raise HTTPException(
                HTTPStatus.NOT_FOUND, "There is no secret feed of this name. The feeds are in the list."
            )
        return found

    def _meant(self, request: Request) -> tuple[Turn, Token]:
        act = next((one for one in get_args(Turn) if one == request.path_params["act"]), None)
        known: Sequence[Token] = readers.tokens(self.board.app) if act else ()
        token = next((one for one in known if one.id == request.path_params["id"]), None)
        if act is None or token is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such address of a feed. Each feed lists its own.")
        return act, token


def _by_link(text: str) -> tuple[Markup, ...]:
    """What is wrong, line by line, with its commands as links to the pages that do the same."""
    lines: list[Markup] = []
    for line in _LISTING.sub("", text).splitlines():
        parts, end = [Markup("")], 0
        for found in _COMMAND.finditer(line):
            act = "replace" if found["act"] == "rotate" else "revoke"
            link = Markup('<a href="/readers/{}/{}">{}</a>').format(found["id"], act, act.capitalize())
            parts += [Markup("{}").format(line[end : found.start()]), link]
            end = found.end()
        lines.append(Markup("").join([*parts, Markup("{}").format(line[end:])]))
    return tuple(lines)


def _log(event: str, token: Token) -> None:
    """By ID and feed only: whose it is, and what it says, is nobody's there."""
    structlog.get_logger().info(event, id=token.id, feed=token.feed)
