"""The search: words among events, mails, feeds and what people decided, whatever their case and accents, and in linear time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.delivery import Decision, Delivery
from notifier.core.event import Event
from notifier.core.rule import Feed
from notifier.core.schedule import starts_at
from notifier.tick import Report
from notifier.web import words
from notifier.web.board import TO_COME, Board, Line

#: Signs of a question, and words of it that count.
LONGEST, MOST_WORDS = 100, 10
#: Of each kind so many are shown; the others are counted.
LISTED = 20
#: Letters that are no other letter with a sign, and are typed without it.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """An event with what it can be found by. `title` and `text` are folded."""

    event: Event
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What has all the words, the likeliest first, and how many there are of each kind."""

    events: tuple[Event, ...]
    mails: tuple[Line, ...]
    feeds: tuple[Feed, ...]
    said: tuple[tuple[Decision, str], ...]
    numbers: tuple[int, int, int, int]

    @property
    def total(self) -> int:
        return sum(self.numbers)


def folded(text: str) -> str:
    """The text as it is compared: "Café STRASSE" and "cafe straße" are one."""
    if text.isascii():
        return text.lower()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return unicodedata.normalize("NFKC", bare.casefold()).translate(_LETTERS)


class Searching:
    """/search. `page` fills a page."""

    def __init__(self, board: Board, page: Callable[..., Response]) -> None:
        self.board = board
        self._page = page
        self._kept: tuple[Report, Sequence[Indexed]] | None = None

    def routes(self) -> list[Route]:
        return [Route("/search", self.search, methods=["GET"])]

    def search(self, request: Request) -> Response:
        """`q` are words: what is found has all of them, in whatever order, also as parts of words."""
        asked = " ".join(request.query_params.get("q", "").split())
        if len(asked) > LONGEST:
            wrong = f"These are {len(asked):,} signs, and at most {LONGEST} can be looked for. Write a word or two."
            return self._shown(request, asked[:LONGEST], wrong=wrong)
        wanted = list(dict.fromkeys(folded(asked).split()))[:MOST_WORDS]
        return self._shown(request, asked, found=self._found(wanted) if wanted else None)

    def _shown(self, request: Request, asked: str, *, found: Found | None = None, wrong: str = "") -> Response:
        ledger = self.board.app.ticker.wiring.ledger
        numbers = (
            len(self._index()), len(self.board.rows()), len(self.board.app.settings.rules.feeds), len(ledger.decided()),
        ) if found is None or not found.total else (0, 0, 0, 0)  # fmt: skip
        status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
        return self._page(
            request, "search.html", status=status, asked=asked, found=found, wrong=wrong, searched=numbers,
            longest=LONGEST,
        )  # fmt: skip

    def _found(self, wanted: Sequence[str]) -> Found:
        events = self._events(wanted)
        mails = self._mails(wanted)
        feeds = [one for one in self.board.app.settings.rules.feeds if _has(_of_feed(one), wanted)]
        ledger, zone, now = self.board.app.ticker.wiring.ledger, self.board.zone, self.board.now
        said = [one for one in reversed(ledger.decided()) if _has(_of_decision(one), wanted)]
        return Found(
            events=tuple(events[:LISTED]),
            mails=tuple(self.board.lines(mails[:LISTED])),
            feeds=tuple(feeds[:LISTED]),
            said=tuple((one, words.decided(one, zone, now)) for one in said[:LISTED]),
            numbers=(len(events), len(mails), len(feeds), len(said)),
        )

    def _index(self) -> Sequence[Indexed]:
        """Every event as it is compared, worked out once for each report."""
        sight = self.board.sight()
        if sight is None:
            return ()
        if self._kept is None or self._kept[0] is not sight.report:
            self._kept = (sight.report, tuple(_indexed(event) for event in sight.events.values()))
        return self._kept[1]

    def _events(self, wanted: Sequence[str]) -> list[Event]:
        """Those whose title has it first, the nearer in time before the others."""
        phrase, zone, now = " ".join(wanted), self.board.zone, self.board.now
        found = [
            (_rank(one.title, phrase, wanted), _distance(one.event, zone, now), one.event.path, one.event)
            for one in self._index()
            if _has(one.text, wanted)
        ]
        return [event for *_, event in sorted(found, key=lambda entry: entry[:3])]

    def _mails(self, wanted: Sequence[str]) -> list[Delivery]:
        """What is to come first, the nearer in time before the others."""
        titles = {one.event.uid: one.title for one in self._index()}
        one_offs = self.board.app.ticker.wiring.ledger.snapshot().one_offs
        now, found = self.board.now, list[Delivery]()
        for row in self.board.rows():
            asked = one_offs.get(row.key)
            text = folded(
                f"{row.key} {row.kind.replace('_', ' ')} {row.audience} {row.rule} {asked.subject if asked else ''}"
            )
            if _has(" ".join([text, *(titles.get(uid, "") for uid in row.event_uids)]), wanted):
                found.append(row)
        return sorted(found, key=lambda row: (row.status not in TO_COME, abs(row.due_at - now), row.key))


def _indexed(event: Event) -> Indexed:
    parts = (
        event.title,
        event.location or "",
        *event.topics,
        event.category or "",
        event.series or "",
        event.path,
        event.uid,
    )
    # Between two fields stands what no word of a question has.
    return Indexed(event=event, title=folded(event.title), text=folded("\n".join(parts)))


def _has(text: str, wanted: Iterable[str]) -> bool:
    return all(word in text for word in wanted)


def _rank(title: str, phrase: str, wanted: Iterable[str]) -> int:
    if title.startswith(phrase):
        return 0
    return 1 if phrase in title else 2 if _has(title, wanted) else 3


def _distance(event: Event, zone: str, now: datetime) -> float:
    """In seconds, what is over twice as far; what has no date last."""
    if event.when is None:
        return float("inf")
    seconds = (starts_at(event, zone) - now).total_seconds()
    return seconds if seconds >= 0 else -2 * seconds


def _of_feed(feed: Feed) -> str:
    return folded(f"{feed.name}\n{feed.title}\n{feed.description or ''}")


def _of_decision(said: Decision) -> str:
    return folded(f"{said.by}\n{said.act}\n{words.DONE[said.act]}\n{said.key}\n{said.note}\n{said.via}")
