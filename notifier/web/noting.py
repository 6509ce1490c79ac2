"""The page on which somebody writes a note above one mail: look at it as it would go out, then save exactly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier import desk
from notifier.core.delivery import Delivery, key_hash
from notifier.core.notices import is_notice
from notifier.core.person import Person, may
from notifier.desk import noting
from notifier.errors import UserError
from notifier.web import words
from notifier.web.acting import whom
from notifier.web.board import Board
from notifier.web.messages import of_message
from notifier.web.offered import mark, moved, with_buttons
from notifier.web.outbox import row_of
from notifier.web.own_looks import OwnLooks, form_of
from notifier.web.sending import Frames
from notifier.web.visitor import demand


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Why the page is shown once more: what changed meanwhile, or what is wrong."""

    changed: tuple[str, ...] = ()
    trouble: str = ""
    status: HTTPStatus = HTTPStatus.OK
    form: Mapping[str, str] = field(default_factory=dict)


class NotePage:
    """/outbox/HASH/note. `page` fills a page, `framed` answers with a message."""

    def __init__(
        self, board: Board, looks: OwnLooks, page: Callable[..., Response], framed: Callable[[bytes], Response]
    ) -> None:
        self.board, self.looks = board, looks
        self._page, self._framed = page, framed
        self._frames = Frames()

    def routes(self) -> list[Route]:
        place = "/outbox/{hashed}/note"
        return [
            Route(place, self.ask, methods=["GET"]),
            Route(place, self.write, methods=["POST"]),
            Route(f"{place}/{{name}}/message.html", self.message, methods=["GET"]),
        ]

    def ask(self, request: Request) -> Response:
        """The page with the note as it is. It records nothing."""
        return self._writing(request, demand(request, "send"), _Said())

    async def write(self, request: Request) -> Response:
        """Look at what was written, or save it."""
        person = demand(request, "send")
        form = await form_of(request)
        return await run_in_threadpool(self._written, request, person, form)

    def message(self, request: Request) -> Response:
        """The message with the note that is looked at, for the frame of the page."""
        person = demand(request, "send")
        html = self._frames.of(request.path_params["name"], person.name)
        if html is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "That is no longer kept. Look at it again.")
        return self._framed(html)

    def _written(self, request: Request, person: Person, form: dict[str, str]) -> Response:
        if form.get("do") != "save":
            return self._writing(request, person, _Said(form=form))
        key = row_of(self.board, request).key
        try:
            changed = self.looks.decide(lambda site: press(site, key, form, by=person.name))
        except UserError as error:
            return self._writing(request, person, _Said(trouble=error.message, status=HTTPStatus.CONFLICT, form=form))
        if changed:
            return self._writing(request, person, _Said(changed=changed, status=HTTPStatus.CONFLICT, form=form))
        return RedirectResponse(f"/outbox/{key_hash(key)}?done=annotate", HTTPStatus.SEE_OTHER)

    def _writing(self, request: Request, person: Person, said: _Said) -> Response:
        row, trouble, status = row_of(self.board, request), said.trouble, said.status
        written = said.form.get("text")
        found: noting.Noting | None = None
        try:
            found = self._looked_at(row, written)
        except UserError as error:
            trouble, status = trouble or error.message, HTTPStatus.CONFLICT if status == HTTPStatus.OK else status
        board, line = self.board, self.board.lines([found.delivery if found else row])[0]
        frame = self._frames.keep(person.name, found.message.html.encode(errors="replace")) if found else ""
        place = address(row.key)
        return self._page(
            request, "note.html", status=status, line=line, row=line.row, found=found, place=place, longest=noting.LONGEST,
            trouble=[with_buttons(text, row.key, person) for text in trouble.splitlines()], changed=said.changed,
            written=written if written is not None else found.written if found else "",
            message=of_message(found.message, "This is how it would go out with this note.", found.problems) if found else None,
            frame=f"{place}/{frame}/message.html", mark=mark(found.terms) if found else said.form.get("terms", ""),
            whom=whom(row, found.people) if found else row.audience, due=words.moment(row.due_at, board.zone, board.now),
            before=words.decided(found.before, board.zone, board.now) if found and found.before else "",
        )  # fmt: skip

    def _looked_at(self, row: Delivery, written: str | None) -> noting.Noting:
        site = self.looks.site()
        return noting.look_at(site, row.key, written)


def press(site: desk.Site, key: str, form: Mapping[str, str], *, by: str) -> tuple[str, ...]:
    """Save the note; or the names of what has changed since it was shown, and then nothing is recorded."""
    written = form.get("text", "")
    found = noting.look_at(site, key, written)
    if found.is_same:
        return ()
    if changed := moved(form.get("terms", ""), mark(found.terms)):
        return changed
    if noting.annotate(site, key, written, by=by, seen=found.terms).is_new:
        structlog.get_logger().info("decided", act="annotate", key=key)
    return ()


def address(key: str) -> str:
    """The page of the note of a delivery."""
    return f"/outbox/{key_hash(key)}/note"


def note_link(row: Delivery, person: Person | None) -> str:
    """Where this person may write a note above this mail; "" where they may not, or it can have none."""
    can_have = row.status in ("planned", "held") and row.kind != "one_off" and not is_notice(row)
    return address(row.key) if can_have and person is not None and may(person.role, "send") else ""
