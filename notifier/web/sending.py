"""The pages of a send by hand: choose, look at exactly what would go out, say so with the audience's name, take it back."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from threading import Lock

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier import desk
from notifier.core.delivery import Delivery, key_hash
from notifier.core.event import Event
from notifier.core.one_off import OneOff
from notifier.core.person import Person, may
from notifier.errors import UserError
from notifier.web import words
from notifier.web.acting import time_in, whom
from notifier.web.board import Board, by_time
from notifier.web.messages import of_message
from notifier.web.offered import with_buttons
from notifier.web.own_looks import MOST_TRIALS, OwnLooks, form_of, note_in
from notifier.web.visitor import demand, visitor_of

#: Coming events that can be chosen with a tick; any other by its name.
LISTED = 30
#: Messages that somebody is looking at and that are kept for the frames of their pages.
_KEPT = 50
Page = Callable[..., Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What is said above a form: what is wrong (`place` is the field), or what was done."""

    wrong: tuple[tuple[str, str], ...] = ()
    done: str = ""
    status: HTTPStatus = HTTPStatus.OK


@dataclass(slots=True)
class Frames:
    """The HTML of messages that are looked at, each for one person; the oldest are forgotten."""

    _kept: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict)
    _alone: Lock = field(default_factory=Lock)

    def keep(self, by: str, html: bytes) -> str:
        name = secrets.token_urlsafe(16)
        with self._alone:
            self._kept[name] = (by, html)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return name

    def of(self, name: str, by: str) -> bytes | None:
        with self._alone:
            whose, html = self._kept.get(name, ("", b""))
        return html if whose == by and html else None


class Sending:
    """/send and /sent/HASH. `page` fills a page, `framed` answers with a message."""

    def __init__(self, board: Board, looks: OwnLooks, page: Page, framed: Callable[[bytes], Response]) -> None:
        self.board, self.looks = board, looks
        self._page, self._framed = page, framed
        self._frames = Frames()

    def routes(self) -> list[Route]:
        return [
            Route("/send", self.choose, methods=["GET"]),
            Route("/send", self.go_on, methods=["POST"]),
            Route("/send/{name}/message.html", self.message, methods=["GET"]),
            Route("/sent/{hashed}", self.sent, methods=["GET"]),
            Route("/sent/{hashed}/undo", self.undo, methods=["POST"]),
        ]

    def choose(self, request: Request) -> Response:
        """What to send, and to whom; an event may be chosen by the address."""
        demand(request, "send")
        chosen = request.query_params.get("event", "")
        # Whoever presses twice, or loads a page again, still sends this one.
        form = {"once": secrets.token_hex(8), **({f"event:{chosen}": "on"} if chosen else {})}
        return self._choosing(request, form, _Said())

    async def go_on(self, request: Request) -> Response:
        """Look at it, send a test of it, send it, or go back and change it."""
        person = demand(request, "send")
        form = await form_of(request)
        return await run_in_threadpool(self._gone_on, request, person, form)

    def message(self, request: Request) -> Response:
        """The message that is looked at, for the frame of the page."""
        person = demand(request, "send")
        html = self._frames.of(request.path_params["name"], person.name)
        if html is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "Nobody looks at this message any more. Look at it again.")
        return self._framed(html)

    def sent(self, request: Request) -> Response:
        """How a send stands: when it goes out, a button to take it back, what became of it."""
        demand(request, "read")
        return self._standing(request, self._asked(request), _Said())

    async def undo(self, request: Request) -> Response:
        """Take it back. Twice: once."""
        person = demand(request, "stop")
        note = note_in(await form_of(request))
        return await run_in_threadpool(self._undone, request, person, note)

    def _gone_on(self, request: Request, person: Person, form: Mapping[str, str]) -> Response:
        if form.get("do") == "back":
            return self._choosing(request, form, _Said())
        try:
            wish = _wish_of(form, self.board.zone)
            match form.get("do"):
                case "test":
                    return self._tried(request, person, form, wish)
                case "send":
                    return self._sent(request, person, form, wish)
                case _:
                    return self._looking(request, person, form, wish, _Said())
        except UserError as error:
            return self._choosing(request, form, _Said(wrong=_places(error), status=HTTPStatus.BAD_REQUEST))

    def _tried(self, request: Request, person: Person, form: Mapping[str, str], wish: desk.Wish) -> Response:
        site, address = self.looks.site(), form.get("address", "").strip()
        # Each page that is shown asks for a test of its own: loaded again, it is the same one.
        once, by = form.get("trial", "") or secrets.token_hex(8), person.name
        try:
            done = desk.tried_before(site, wish, address, by=by, once=once)
            if done is None and (wrong := self.looks.refused_trial(by)):
                said = _Said(wrong=(("address", wrong),), status=HTTPStatus.TOO_MANY_REQUESTS)
                return self._looking(request, person, form, wish, said)
            done = done or desk.trial(site, desk.prepare(site, wish, by=by), wish, address, by=by, once=once)
        except UserError as error:
            said = _Said(wrong=(("address", error.message),), status=HTTPStatus.BAD_REQUEST)
            return self._looking(request, person, form, wish, said)
        return self._looking(request, person, form, wish, _tried(done, address))

    def _sent(self, request: Request, person: Person, form: Mapping[str, str], wish: desk.Wish) -> Response:
        if form.get("confirm", "").strip() != wish.audience:
            said = _Said(
                wrong=(("confirm", f"Type {wish.audience} to send it. Nothing was sent."),),
                status=HTTPStatus.BAD_REQUEST,
            )
            return self._looking(request, person, form, wish, said)
        try:
            done = self.looks.decide(lambda site: desk.send(site, wish, by=person.name, seen=form.get("mark", "")))
        except UserError as error:
            # What is wrong with the choice itself shows as such; else the page is shown as it is now.
            said = _Said(wrong=_places(error), status=HTTPStatus.CONFLICT)
            return self._looking(request, person, form, wish, said)
        key = f"one_off/{wish.once}/{wish.audience}"
        if done.is_new:
            structlog.get_logger().info("decided", act="send", key=key)
        return RedirectResponse(f"/sent/{key_hash(key)}", HTTPStatus.SEE_OTHER)

    def _undone(self, request: Request, person: Person, note: str) -> Response:
        asked = self._asked(request)
        try:
            self.looks.decide(lambda site: desk.undo(site, asked.key, by=person.name, note=note))
        except UserError as error:
            said = _Said(wrong=(("", error.message),), status=HTTPStatus.CONFLICT)
            return self._standing(request, asked, said)
        structlog.get_logger().info("decided", act="undo", key=asked.key)
        return RedirectResponse(f"/sent/{key_hash(asked.key)}", HTTPStatus.SEE_OTHER)

    def _choosing(self, request: Request, form: Mapping[str, str], said: _Said) -> Response:
        board, sight = self.board, self.board.sight()
        events = list(sight.events.values()) if sight else []
        coming, undated, _ = by_time(events, board.zone, board.now)
        listed = [*coming, *undated][:LISTED]
        named = {event.uid for event in listed}
        more = [name for name in _ticked(form) if name not in named]
        chosen = [event for event in events if event.uid in more]
        rules = board.app.settings.rules
        return self._page(
            request, "send.html", status=said.status, form=form, said=said, events=[*chosen, *listed],
            ticked=set(_ticked(form)), audiences=list(rules.audiences.values()),
            undo=_minutes(board.app.settings.undo),
        )  # fmt: skip

    def _looking(
        self, request: Request, person: Person, form: Mapping[str, str], wish: desk.Wish, said: _Said
    ) -> Response:
        found = desk.prepare(self.looks.site(), wish, by=person.name)
        if found.before is not None:
            return RedirectResponse(f"/sent/{key_hash(found.one_off.key)}", HTTPStatus.SEE_OTHER)
        board, row = self.board, found.delivery
        message = of_message(found.message, "This is what each reader gets.", found.problems)
        frame = self._frames.keep(person.name, found.message.html.encode(errors="replace"))
        return self._page(
            request, "send_look.html", status=said.status, form=form, said=said, found=found, message=message,
            frame=f"/send/{frame}/message.html", whom=whom(row, found.people),
            due=words.moment(row.due_at, board.zone, board.now), has_time=wish.at is not None, trials=MOST_TRIALS,
            trial=secrets.token_hex(8),
            undo=_minutes(board.app.settings.undo), others=board.lines(found.others), hidden=_hidden(form),
        )  # fmt: skip

    def _standing(self, request: Request, asked: OneOff, said: _Said) -> Response:
        board, row = self.board, self.board.row(key_hash(asked.key))
        sight = board.sight()
        known = sight.events if sight else {}
        decided = board.app.ticker.wiring.ledger.decided(asked.key)
        is_back = bool(decided) and decided[-1].act == "skip" and (row is None or row.status == "skipped")
        left = asked.due_at - board.now
        person = visitor_of(request)
        can_undo = person is not None and may(person.role, "stop") and not is_back and _is_open(row)
        return self._page(
            request, "sent.html", status=said.status, asked=asked, row=row, said=said, here_hash=key_hash(asked.key), is_back=is_back, can_undo=can_undo,
            title=_title(asked, known), events=[known[uid] for uid in asked.event_uids if uid in known],
            due=words.moment(asked.due_at, board.zone, board.now), line=board.lines([row])[0] if row else None,
            decided=[words.decided(one, board.zone, board.now) for one in decided],
            seconds=max(0, round(left.total_seconds())), share=_share(left, board.app.settings.undo),
            reasons=[with_buttons(one.text, asked.key, person) if person else one.text for one in row.reasons] if row else [],
        )  # fmt: skip

    def _asked(self, request: Request) -> OneOff:
        hashed = request.path_params["hashed"]
        one_offs = self.board.app.ticker.wiring.ledger.snapshot().one_offs.values()
        found = next((one for one in one_offs if key_hash(one.key) == hashed), None)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "Nothing was sent by hand under this address.")
        return found


def _tried(done: desk.Tried, address: str) -> _Said:
    outcome = done.outcome
    if outcome.result == "accepted":
        again = "" if done.is_new else "This page was sent twice, and the test once. "
        return _Said(done=f"{again}A test was sent to {address}. No reader got it. {outcome.left}".strip())
    known = "No test was sent." if outcome.result != "ambiguous" else "Nobody knows whether the test was taken."
    wrong = " ".join(filter(None, (known, outcome.detail, outcome.left)))
    return _Said(wrong=(("address", wrong),), status=HTTPStatus.CONFLICT)


def _is_open(row: Delivery | None) -> bool:
    return row is None or row.status in ("planned", "held", "drafted")


def _share(left: timedelta, whole: timedelta) -> int:
    """What is left of the time in which something can be taken back, in hundredths."""
    return min(100, round(100 * (left / whole))) if whole else 0


def _minutes(length: timedelta) -> str:
    """How long something can be taken back, in words."""
    return words.count(round(length.total_seconds() / 60), "minute")


def _wish_of(form: Mapping[str, str], zone: str) -> desk.Wish:
    return desk.Wish(
        audience=form.get("audience", ""), once=form.get("once", ""), subject=form.get("subject", ""),
        events=(*_ticked(form), *filter(None, [form.get("other", "").strip()])), note=form.get("text", ""),
        at=time_in(form.get("at", ""), zone),
    )  # fmt: skip


def _ticked(form: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name.removeprefix("event:") for name in form if name.startswith("event:"))


def _hidden(form: Mapping[str, str]) -> dict[str, str]:
    """What was chosen, to be sent once more with the next form."""
    kept = ("once", "audience", "subject", "text", "at", "other")
    return {name: text for name, text in form.items() if name in kept or name.startswith("event:")}


def _places(error: UserError) -> tuple[tuple[str, str], ...]:
    """What is wrong, each with the field that it is about."""
    if not error.problems:
        return (("", error.message),)
    return tuple((one.path, f"{one.what} {one.hint}".strip()) for one in error.problems)


def _title(asked: OneOff, known: Mapping[str, Event]) -> str:
    titles: Sequence[str] = [known[uid].title for uid in asked.event_uids if uid in known]
    return asked.subject or ", ".join(titles) or "A mail"
