"""The console's pages: each takes a request, asks the board, and fills a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Delivery, DeliveryStatus
from notifier.core.event import Event, Reason
from notifier.core.person import Person, may
from notifier.core.schedule import local_start_date
from notifier.core.zones import zone_named
from notifier.errors import UserError
from notifier.web import words
from notifier.web.acting import Acting, outcome
from notifier.web.audit import Audit
from notifier.web.board import ATTENTION, ENDED, Board, Line, by_time, last_done
from notifier.web.caller import is_near
from notifier.web.digests import Digests
from notifier.web.feed_list import feed_lines, kilobytes
from notifier.web.fields import fields_of
from notifier.web.guard import MESSAGE_POLICY
from notifier.web.health import Health
from notifier.web.holders import Holders, holdings
from notifier.web.messages import FILES, of_message, shown
from notifier.web.mode import ModePage
from notifier.web.months import Months
from notifier.web.noting import NotePage, note_link
from notifier.web.offered import Button, buttons
from notifier.web.outbox import PAGE, Outbox, number_in, row_of
from notifier.web.own_looks import OwnLooks
from notifier.web.pausing import Pausing
from notifier.web.people import People
from notifier.web.reached import unreached
from notifier.web.replaying import Replaying
from notifier.web.searching import Searching
from notifier.web.sending import Sending
from notifier.web.state import is_late, state_of
from notifier.web.templating import page
from notifier.web.timeline import AHEAD, Entry, Timeline, covers, draw
from notifier.web.visitor import LoginNeeded, is_stranger, visitor_of
from notifier.web.webhooks import Webhooks

OUTCOMES = 10
#: Sentences about trouble name files of this machine, and anybody may ask.
_WRONG = "Something is wrong. The console and the log say what."
#: Entries in each other list on the first page; the rest is counted and linked.
LISTED = 25
#: So many mails of one event are decided about on the first page.
DECIDED = 3
_SHAPES: dict[DeliveryStatus, str] = {
    "planned": "planned", "drafted": "planned", "sending": "planned", "held": "held", "sent": "sent",
    "missed": "lost", "failed": "lost", "unknown": "lost",
}  # fmt: skip


class _Assets(StaticFiles):
    def file_response(self, *args: Any, **options: Any) -> Response:
        """Kept by browsers, and asked for again by its tag: a new version must not wait for an old style sheet."""
        response = super().file_response(*args, **options)
        response.headers["cache-control"] = "no-cache"
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """An event that a person has to look at: why, how many mails wait, and the first of them with what may be done about each."""

    event: Event | None
    reasons: tuple[Reason, ...]
    mails: int
    lines: tuple[Line, ...]
    acts: Mapping[str, tuple[Button, ...]]


class Console:
    """The pages of one site."""

    def __init__(self, board: Board) -> None:
        self.board = board
        looks = OwnLooks(board.app)
        self.acting = Acting(board, looks, self.page, _framed)
        self.pausing, self.audit = Pausing(board, looks, self.page), Audit(board, self.page)
        self.sending = Sending(board, looks, self.page, _framed)
        self.mode, self.people = ModePage(board, looks, self.page), People(board, looks, self.page)
        self.holders, self.digests = Holders(board, looks, self.page), Digests(board, self.page)
        self.months, self.searching = Months(board, self.page), Searching(board, self.page)
        self.healthy, self.webhooks = Health(board, self.page), Webhooks(board, looks, self.page)
        self.replaying = Replaying(board, self.page, _framed)
        self.outbox, self.noting = Outbox(board, self.page), NotePage(board, looks, self.page, _framed)

    def application(self, hosts: Sequence[str], entrance: Sequence[Route], keeper: Middleware) -> Starlette:
        """The framework's application, answering only where it is called by one of these hosts, and whom `keeper` lets in."""
        routes: list[Route | Mount] = [
            *entrance,
            Route("/", self.home),
            Route("/events", self.events),
            Route("/events/{uid:path}", self.event),
            Route("/preview/{uid:path}", self.event_message),
            *self.outbox.routes(),
            Route("/outbox/{hashed}", self.delivery),
            *self.noting.routes(),
            Route("/outbox/{hashed}/{name}", self.delivery_file),
            *self.acting.routes(),
            *self.pausing.routes(),
            *self.sending.routes(),
            *self.mode.routes(),
            *self.audit.routes(),
            *self.holders.routes(),
            *self.people.routes(),
            *self.digests.routes(),
            *self.months.routes(),
            *self.searching.routes(),
            *self.healthy.routes(),
            *self.webhooks.routes(),
            *self.replaying.routes(),
            Route("/feeds", self.feeds),
            Route("/healthz", self.health),
            Mount("/static", _Assets(directory=Path(__file__).parent / "static")),
        ]
        trusted = Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
        errors: dict[Any, Callable[[Request, Any], Response]] = {
            HTTPException: self.not_there,
            UserError: self.unable,
            Exception: self.broken,
        }
        application = Starlette(routes=routes, middleware=[trusted, keeper], exception_handlers=errors)
        application.router.redirect_slashes = False
        return application

    def home(self, request: Request) -> Response:
        board, sight = self.board, self.board.sight()
        near = board.now + timedelta(days=AHEAD)
        waiting = board.rows(*ATTENTION)
        coming = [row for row in board.rows("planned", "drafted", "sending") if row.due_at <= near]
        ended = last_done(board.rows(*ENDED), board.now)
        refused = board.refused(row for row in board.rows("skipped") if row.due_at <= near)
        attention = desk.attention(waiting, sight.events if sight else {})
        return self.page(
            request,
            "home.html",
            attention=self._asking(attention[:LISTED], waiting, visitor_of(request)),
            asking=len(attention),
            timeline=self.timeline([*coming, *waiting, *ended]),
            coming=board.lines(coming[:LISTED]),
            more_coming=max(0, len(coming) - LISTED),
            refused=refused[:LISTED],
            more_refused=max(0, len(refused) - LISTED),
            outcomes=board.lines(ended[:OUTCOMES]),
        )

    def _asking(
        self,
        attention: Sequence[tuple[Event | None, Sequence[Reason]]],
        waiting: Sequence[Delivery],
        person: Person | None,
    ) -> list[Asking]:
        by_uid: dict[str, list[Delivery]] = {}
        for row in waiting:
            for uid in row.event_uids:
                by_uid.setdefault(uid, []).append(row)
        asking: list[Asking] = []
        for event, reasons in attention:
            rows = by_uid.get(event.uid, []) if event else []
            near = rows[:DECIDED]
            acts = buttons(near, person, self.board.app.ticker.wiring.ledger)
            lines = tuple(self.board.lines(near))
            asking.append(Asking(event=event, reasons=tuple(reasons), mails=len(rows), lines=lines, acts=acts))
        return asking

    def timeline(self, rows: Sequence[Delivery]) -> Timeline:
        """The picture of the days around today."""
        board, sight = self.board, self.board.sight()
        today = self._day(board.now)
        coming, _, over = by_time(sight.events.values() if sight else (), board.zone, board.now)
        shown = [event for event in (*reversed(over), *coming) if event.status != "past"]
        once = {row.key: row for row in rows if row.status in _SHAPES}.values()
        entries = [self._event_entry(event) for event in shown if covers(local_start_date(event), today)]
        entries += [self._mail_entry(row) for row in sorted(once, key=lambda row: (row.due_at, row.key))]
        return draw(entries, today)

    def _event_entry(self, event: Event) -> Entry:
        off = event.status in ("cancelled", "postponed") or not event.published

        def describe() -> tuple[str, str]:
            label = f"{event.title}: {words.when(event, self.board.zone, self.board.now)}"
            return f"{label} ({event.status})" if off else label, words.event_address(event.uid)

        shape = "event-off" if off else "event"
        return Entry(day=local_start_date(event), is_event=True, shape=shape, describe=describe)

    def _mail_entry(self, row: Delivery) -> Entry:
        def describe() -> tuple[str, str]:
            line = self.board.lines([row])[0]
            kind = row.kind.replace("_", " ")
            return f"{row.status}: {kind} of {line.title} to {row.audience}, {line.moment.text}", line.href

        day = self._day(row.sent_at or row.due_at)
        return Entry(day=day, is_event=False, shape=_SHAPES[row.status], describe=describe)

    def _day(self, at: datetime) -> date:
        return at.astimezone(zone_named(self.board.zone)).date()

    def events(self, request: Request) -> Response:
        board, sight = self.board, self.board.sight()
        events = list(sight.events.values()) if sight else []
        coming, undated, over = by_time(events, board.zone, board.now)
        known = {event.path.partition("#")[0] for event in events}
        others = (
            [p for path, found in sorted(sight.problems.items()) if path not in known for p in found] if sight else []
        )
        # Each list has pages of its own; those of the other stand at their first.
        near, far = (number_in(request.query_params.get(name, "1")) for name in ("page", "over"))
        return self.page(
            request,
            "events.html", total=len(events), coming=_page_of(coming, near), number=near, pages=_pages(coming),
            undated=_page_of(undated, near), undated_pages=_pages(undated), over=_page_of(over, far), over_number=far,
            over_pages=_pages(over), over_total=len(over), others=others[:PAGE], more_others=max(0, len(others) - PAGE),
        )  # fmt: skip

    def event(self, request: Request) -> Response:
        event = self._event(request)
        board = self.board
        rows = [row for row in board.rows() if event.uid in row.event_uids]
        preview = board.preview(event.path, [event.uid], rows)
        explained = board.explained(event, rows)
        return self.page(
            request,
            "event.html",
            event=event,
            fields=fields_of(event, board.zone, board.now),
            clearance=board.clearance(event.uid),
            problems_here=board.problems(event.path),
            decisions=board.lines(explained),
            told=board.told(event),
            decided=board.decided(explained),
            recorded={row.key for row in rows},
            acts=buttons(rows, visitor_of(request), board.app.ticker.wiring.ledger),
            preview=preview
            if isinstance(preview, str)
            else of_message(preview.message, _preview_note(preview), preview.problems),
        )

    def event_message(self, request: Request) -> Response:
        event = self._event(request)
        rows = [row for row in self.board.rows() if event.uid in row.event_uids]
        preview = self.board.preview(event.path, [event.uid], rows)
        if isinstance(preview, str):
            raise HTTPException(HTTPStatus.NOT_FOUND, preview)
        return _framed(preview.message.html.encode(errors="replace"))

    def _event(self, request: Request) -> Event:
        sight = self.board.sight()
        event = sight.events.get(request.path_params["uid"]) if sight else None
        if event is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "No event of this address is there now. Its file may be gone.")
        return event

    def delivery(self, request: Request) -> Response:
        row = row_of(self.board, request)
        line = self.board.lines([row])[0]
        sight = self.board.sight()
        events = [(uid, sight.events.get(uid) if sight else None) for uid in row.event_uids]
        message = shown(self.board, row)
        times = {
            "expires": words.moment(row.expires_at, self.board.zone, self.board.now),
            "due": words.moment(row.due_at, self.board.zone, self.board.now),
        }
        decided = self.board.decided([row])
        acts = buttons([row], visitor_of(request), self.board.app.ticker.wiring.ledger).get(row.key, ())
        return self.page(
            request,
            "delivery.html", line=line, row=row, events=events, message=message, times=times, decided=decided,
            commands=words.commands(row), reach=self.board.reach(row), acts=acts, note_link=note_link(row, visitor_of(request)),
            outcome=outcome(self.board, row, request.query_params.get("done", "")),
            unreached=unreached(self.board.app.ticker.wiring.ledger, row.key),
        )  # fmt: skip

    def delivery_file(self, request: Request) -> Response:
        row, name = row_of(self.board, request), request.path_params["name"]
        content = shown(self.board, row).files.get(name) if name in FILES else None
        if content is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This message has no such file.")
        if name == "message.html":
            return _framed(content)
        as_file = f'attachment; filename="{row.due_at:%Y%m%dT%H%MZ}-{row.kind}{name[name.rindex(".") :]}"'
        return Response(content, headers={"content-type": FILES[name], "content-disposition": as_file})

    def feeds(self, request: Request) -> Response:
        lines = feed_lines(self.board)
        public, secret = ([line for line in lines if line.feed.secret is kind] for kind in (False, True))
        person = visitor_of(request)
        governs = person is not None and may(person.role, "govern")
        held = {line.feed.name: holdings(self.board, line.feed.name) for line in secret} if governs else {}
        return self.page(request, "feeds.html", public=public, secret=secret, held=held, kilobytes=kilobytes)

    def health(self, request: Request) -> Response:
        """For a watchdog: 200 while ticks succeed in time, else 503. Only this machine is told what is wrong."""
        app, now = self.board.app, self.board.now
        report = app.latest
        age = (now - report.look.at).total_seconds() if report else None
        well = not is_late(app, now)
        record = {
            "status": "ok" if well else "late" if report else "starting",
            "last_tick_at": report.look.at.isoformat() if report else None,
            "last_tick_age_seconds": None if age is None else round(age, 1),
            "trouble": app.trouble and (app.trouble if is_near(request.scope) else _WRONG),
        }
        return JSONResponse(record, HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)

    def not_there(self, request: Request, error: HTTPException) -> Response:
        if isinstance(error, LoginNeeded):
            return Response(status_code=error.status_code, headers=error.headers)
        known = {HTTPStatus.NOT_FOUND: "Nothing is here"}
        heading = known.get(HTTPStatus(error.status_code), HTTPStatus(error.status_code).phrase)
        text = (
            "This address shows nothing. The pages are in the list above."
            if error.detail == "Not Found"
            else error.detail
        )
        return self.page(request, "trouble.html", status=error.status_code, heading=heading, text=text)

    def unable(self, request: Request, error: UserError) -> Response:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return self.page(request, "trouble.html", status=status, heading="This can't be shown now", text=error.message)

    def broken(self, request: Request, error: Exception) -> Response:
        # The address of a stranger's page may be a link that opens something.
        path = "" if is_stranger(request) else request.url.path
        structlog.get_logger().error("page_failed", path=path, exc_info=error)
        text = "This is a bug in notifier, and its log says more. Mails and feeds go on without this page."
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return self.page(request, "trouble.html", status=status, heading="This page failed", text=text)

    def page(self, request: Request, name: str, *, status: int = 200, **values: Any) -> Response:
        """A page with what stands on every one of them: the site, the mode and the last tick."""
        app, now = self.board.app, self.board.now
        if is_stranger(request):
            return _closed(app, status, values.get("heading", ""), values.get("text", ""))
        shared = {
            "site": app.settings.rules.site,
            "board": self.board,
            "state": state_of(app, now),
            "visitor": visitor_of(request),
            "request_path": request.url.path,
            "when": lambda event: words.when(event, self.board.zone, now),
        }
        return page(name, status=status, **shared, **values)


def _closed(app: App, status: int, heading: str, text: str) -> Response:
    """What a stranger sees where something is wrong: what the site's own files and settings are called is not said."""
    is_ours = status not in (HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
    site = app.settings.rules.site
    return page("closed.html", status=status, site=site, heading=heading, text=text if is_ours else "")


def _page_of(events: Sequence[Event], number: int) -> Sequence[Event]:
    return events[(number - 1) * PAGE : number * PAGE]


def _pages(events: Sequence[Event]) -> int:
    return max(1, -(-len(events) // PAGE))


def _preview_note(preview: desk.Preview) -> str:
    of = f"The {preview.delivery.kind.replace('_', ' ')} of the rule {preview.delivery.rule}, as it would look now."
    return f"{of} It isn't going out: {preview.delivery.status}." if preview.sample else of


def _framed(html: bytes) -> Response:
    """A message's HTML for the frame of a page: it can run, load and open nothing."""
    fields = {
        "content-type": FILES["message.html"],
        "content-security-policy": MESSAGE_POLICY,
        "x-frame-options": "SAMEORIGIN",
    }
    return Response(html, headers=fields)
