"""The calendar of a month: its events and mails by day, in the site's zone, as one table that narrow windows show as a list of days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.delivery import Delivery, DeliveryStatus, key_hash
from notifier.core.event import AllDay, Event, Timed
from notifier.core.zones import zone_named
from notifier.web import words
from notifier.web.board import Board

FIRST_YEAR, LAST_YEAR = 1970, 2999
#: Entries of one day, as long as it is not asked for all of them.
LISTED = 6
#: Mails that are to go out, did, or were to.
_SHOWN: tuple[DeliveryStatus, ...] = ("planned", "held", "drafted", "sending", "sent", "missed", "failed", "unknown")
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event or a mail on a day. `at` is its time that day, "" for whole days; `word` what is special about it."""

    is_event: bool
    at: str
    title: str
    href: str
    word: str
    chip: str
    is_off: bool
    aside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the month; `is_in` is False for one of the months beside it, of which nothing is shown."""

    day: date
    is_in: bool
    is_today: bool
    entries: tuple[Entry, ...]
    more: int


class Months:
    """/calendar. `page` fills a page."""

    def __init__(self, board: Board, page: Callable[..., Response]) -> None:
        self.board = board
        self._page = page

    def routes(self) -> list[Route]:
        return [Route("/calendar", self.calendar, methods=["GET"])]

    def calendar(self, request: Request) -> Response:
        """`month` as 2026-12, this one without it; `all` is the number of a day of which everything is shown."""
        today = self._day(self.board.now)
        first = _month_of(request.query_params.get("month", ""), today)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        asked = request.query_params.get("all", "")
        whole = int(asked) if asked.isdecimal() and len(asked) < 3 else 0
        found = self._entries(first, last)
        days = [self._shown(first, day, found.get(day, []), today, whole) for day in _grid(first, last)]
        sight = self.board.sight()
        return self._page(
            request, "calendar.html", heading=f"{first:%B %Y}", month=f"{first:%Y-%m}", weekdays=_WEEKDAYS,
            weeks=[days[start : start + 7] for start in range(0, len(days), 7)], before=_beside(first, -1),
            after=_beside(first, 1), now=f"{today:%Y-%m}", zone=self.board.zone, is_read=sight is not None,
            undated=sum(event.when is None for event in sight.events.values()) if sight else 0, total=sum(map(len, found.values())),
        )  # fmt: skip

    def _shown(self, first: date, day: date, entries: list[Entry], today: date, whole: int) -> Day:
        is_in = (day.year, day.month) == (first.year, first.month)
        listed = entries if day.day == whole else entries[:LISTED]
        return Day(
            day=day, is_in=is_in, is_today=day == today, entries=tuple(listed) if is_in else (),
            more=len(entries) - len(listed) if is_in else 0,
        )  # fmt: skip

    def _entries(self, first: date, last: date) -> dict[date, list[Entry]]:
        """By day: what lasts whole days first, then by time; events before mails."""
        sight = self.board.sight()
        placed = [*self._of_events(sight.events.values() if sight else (), first, last), *self._of_mails(first, last)]
        found: dict[date, list[Entry]] = {}
        for day, entry in sorted(placed, key=lambda pair: (pair[0], not pair[1].is_event, pair[1].at, pair[1].title)):
            found.setdefault(day, []).append(entry)
        return found

    def _of_events(self, events: Iterable[Event], first: date, last: date) -> Iterable[tuple[date, Entry]]:
        for event in events:
            begins, ends = self._span(event)
            if begins is None or ends is None or begins > last or ends < first:
                continue
            day = max(begins, first)
            while day <= min(ends, last):
                yield day, self._event(event, day, begins, ends)
                day += timedelta(days=1)

    def _span(self, event: Event) -> tuple[date | None, date | None]:
        """The first and the last day, by the clocks of the site; of whole days those that its file names."""
        match event.when:
            case AllDay(first=first, last=last):
                return first, last
            case Timed(starts_at=start, ends_at=end) if FIRST_YEAR <= start.year <= LAST_YEAR:
                over = start if end is None or end <= start or end.year > LAST_YEAR else end - _INSTANT
                return self._day(start), self._day(over)
            case _:
                return None, None

    def _event(self, event: Event, day: date, begins: date, ends: date) -> Entry:
        is_off = event.status in ("cancelled", "postponed")
        notes = [word for word, is_so in ((event.status, is_off), ("not published", not event.published)) if is_so]
        of = f"day {(day - begins).days + 1} of {(ends - begins).days + 1}" if ends > begins else ""
        at = ""
        if isinstance(event.when, Timed) and day == begins:
            at = f"{event.when.starts_at.astimezone(zone_named(self.board.zone)):%H:%M}"
        return Entry(
            is_event=True, at=at, title=event.title, href=words.event_address(event.uid), word=", ".join(notes),
            chip=event.status, is_off=is_off, aside=of,
        )  # fmt: skip

    def _of_mails(self, first: date, last: date) -> Iterable[tuple[date, Entry]]:
        for row in self.board.rows(*_SHOWN):
            local = (row.sent_at or row.due_at).astimezone(zone_named(self.board.zone))
            if first <= local.date() <= last:
                yield local.date(), self._mail(row, local)

    def _mail(self, row: Delivery, local: datetime) -> Entry:
        return Entry(
            is_event=False, at=f"{local:%H:%M}", title=self._title(row), href=f"/outbox/{key_hash(row.key)}",
            word=words.STATUSES[row.status].label, chip=row.status, is_off=False,
            aside=f"{row.kind.replace('_', ' ')} to {row.audience}",
        )  # fmt: skip

    def _title(self, row: Delivery) -> str:
        """Of a mail about several events the first, and how many more: a cell is narrow."""
        first = self.board.title(replace(row, event_uids=row.event_uids[:1]))
        more = len(row.event_uids) - 1
        # A subject of its own says it all.
        return f"{first} and {more} more" if more > 0 and first != self.board.title(row) else first

    def _day(self, at: datetime) -> date:
        return at.astimezone(zone_named(self.board.zone)).date()


def _month_of(asked: str, today: date) -> date:
    """The first of the month. Raises HTTPException (404) for what is none, or beyond the years that are shown."""
    if not asked:
        return today.replace(day=1)
    found = _MONTH.fullmatch(asked)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        raise HTTPException(
            HTTPStatus.NOT_FOUND,
            f"There is no such month. Write one as {today:%Y-%m}; the calendar shows the years {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return date(year, month, 1)


def _beside(first: date, step: int) -> tuple[str, str] | None:
    """The month before (-1) or after (1), as it is asked for and as it is read; None beyond the years that are shown."""
    months = first.year * 12 + first.month - 1 + step
    year, month = divmod(months, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return f"{year:04}-{month + 1:02}", f"{date(year, month + 1, 1):%B %Y}"


def _grid(first: date, last: date) -> list[date]:
    """Whole weeks, from Monday on, that hold the month."""
    start = first - timedelta(days=first.weekday())
    end = last + timedelta(days=6 - last.weekday())
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]
