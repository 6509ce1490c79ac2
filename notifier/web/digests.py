"""The page of the digests: for each rule and audience the next one, what it tells of and what not, and those that went out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.delivery import Delivery
from notifier.core.event import Event, Reason
from notifier.core.rule import Rule
from notifier.core.schedule import next_after
from notifier.web import words
from notifier.web.board import ENDED, TO_COME, Board, Line, last_done

#: So many of each are listed; the others are in the outbox.
COMING, PAST = 3, 10
#: Reasons that say why an event is not in it, whichever the others are.
_LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One that is to come: what it tells of (None for an event that is gone), what is left out of it, and why else it stands so."""

    line: Line
    at: words.Moment
    events: tuple[tuple[str, Event | None], ...]
    left_out: tuple[Reason, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The digests of one rule to one audience. `frame` is where the next one can be looked at, "" where there is none.

    `cron` is the instant of the next time of the rule; None where there is none at all.
    """

    rule: Rule
    audience: str
    number: int
    cron: words.Moment | None
    coming: tuple[Issue, ...]
    frame: str
    past: tuple[Line, ...]
    more_past: int


class Digests:
    """/digests. `page` fills a page. All of it is from the rows that the last tick recorded."""

    def __init__(self, board: Board, page: Callable[..., Response]) -> None:
        self.board = board
        self._page = page

    def routes(self) -> list[Route]:
        return [Route("/digests", self.digests, methods=["GET"])]

    def digests(self, request: Request) -> Response:
        """Every rule with every audience of it, in the order of config.yaml."""
        rules = [rule for rule in self.board.app.settings.rules.rules if rule.kind == "digest"]
        wanted = [(rule, audience) for rule in rules for audience in rule.audiences]
        rows: dict[tuple[str, str], list[Delivery]] = {}
        for row in self.board.rows() if wanted else ():
            if row.kind == "digest":
                rows.setdefault((row.rule, row.audience), []).append(row)
        now = self.board.now
        found = [
            self._series(rule, audience, number, rows.get((rule.name, audience), ()), now)
            for number, (rule, audience) in enumerate(wanted, start=1)
        ]
        return self._page(request, "digests.html", series=found, is_read=self.board.sight() is not None)

    def _series(self, rule: Rule, audience: str, number: int, rows: Sequence[Delivery], now: datetime) -> Series:
        coming = [row for row in rows if row.status in TO_COME or (row.status == "skipped" and row.due_at > now)]
        coming.sort(key=lambda row: (row.due_at, row.key))
        past = last_done((row for row in rows if row.status in ENDED and row.status != "withdrawn"), now)
        lines = self.board.lines(coming[:COMING])
        shown = next((line for line in lines if line.row.status in TO_COME), None)
        at = next_after(rule.cron, now, self.board.zone) if rule.cron is not None else None
        return Series(
            rule=rule,
            audience=audience,
            number=number,
            cron=words.moment(at, self.board.zone, now) if at is not None else None,
            coming=tuple(self._issue(line) for line in lines),
            frame=f"{shown.href}/message.html" if shown is not None else "",
            past=tuple(self.board.lines(past[:PAST])),
            more_past=max(0, len(past) - PAST),
        )

    def _issue(self, line: Line) -> Issue:
        sight = self.board.sight()
        events = sight.events if sight else {}
        return Issue(
            line=line,
            at=words.moment(line.row.due_at, self.board.zone, self.board.now),
            events=tuple((uid, events.get(uid)) for uid in line.row.event_uids),
            left_out=tuple(reason for reason in line.row.reasons if reason.code == _LEFT_OUT),
            reasons=tuple(reason for reason in line.row.reasons if reason.code != _LEFT_OUT),
        )
