"""Where people at the console decide: beside the tick, which may be running, with looks of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from notifier.app import App
from notifier.core.delivery import Memory
from notifier.core.zones import moment
from notifier.ports import Clock
from notifier.tick import Look, Ticker, Wiring
from notifier.web.guard import LARGEST_FORM
from notifier.web.ration import Ration
from notifier.web.via import via

T = TypeVar("T")
_MOST_FIELDS = 50
#: Signs of a note, as on the command line.
LONGEST_NOTE = 1000
#: Test mails to an address of their own, for each person: by the console and by their API tokens together.
MOST_TRIALS, TRIALS_WITHIN = 20, timedelta(hours=1)


class _OneByOne(Ticker):
    """Looks, and never ticks; for several threads."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring, publishes=False)
        self._looking = threading.Lock()

    def look(self, now: datetime, memory: Memory | None = None, *, accept_shrink: bool = False) -> Look:
        with self._looking:
            return super().look(now, memory, accept_shrink=accept_shrink)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The site as the desk wants it (`desk.Site`), and as it stays for one request whatever is configured meanwhile."""

    ticker: Ticker
    clock: Clock
    via: str


class OwnLooks:
    """Where the threads that answer requests look and decide.

    What a ticker has read and planned is remembered from look to look and is not for two threads. Whoever decides must not
    wait either until a tick has handed over to everybody: a mail is to be held just then. So there is a second ticker, as
    in another process; what is recorded goes through the same ledger, row by row only if the row is as it was seen.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.trials = Ration(MOST_TRIALS, TRIALS_WITHIN)
        self._making, self._deciding = threading.Lock(), threading.Lock()
        self._of: Wiring | None = None
        self._ticker: Ticker | None = None

    def site(self) -> Standing:
        """With the configuration that is in force."""
        with self._making:
            wiring = self._app.ticker.wiring
            if self._ticker is None or self._of is not wiring:
                self._of, self._ticker = wiring, _OneByOne(self._app.beside())
            return Standing(ticker=self._ticker, clock=self._app.clock, via=via())

    def refused_trial(self, who: str) -> str:
        """Why this person can have no other test mail sent now, in a sentence; "" where they can, which then counts."""
        app = self._app
        again = self.trials.take(who, app.clock.now())
        if again is None:
            return ""
        at = moment(again, app.settings.rules.site.timezone)
        return f"{MOST_TRIALS} tests went out within the hour, which is the most. The next can from {at} on."

    def decide(self, act: Callable[[Standing], T]) -> T:
        """One decision after the other: nothing is decided by somebody else between a look and its record. Then a tick comes."""
        with self._deciding:
            done = act(self.site())
        self._app.wake()
        return done


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form; of one that is there twice the last. Raises HTTPException for what no form of ours sends."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Only the forms of these pages are understood.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is far more than a note. Nothing was decided."
            )
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form can't be read. Nothing was decided.") from error
    return dict(fields)


def note_in(form: Mapping[str, str]) -> str:
    """What somebody noted, on one line."""
    return " ".join(form.get("note", "").split())


def too_long(note: str) -> str:
    """The sentence about a note that is longer than is kept; "" for any other."""
    if len(note) <= LONGEST_NOTE:
        return ""
    return f"The note has {len(note):,} signs, and at most {LONGEST_NOTE:,} are kept. Shorten it. Nothing was decided."
