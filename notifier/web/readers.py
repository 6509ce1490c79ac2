"""How many readers each feed has, of which programs, and how often they ask. No address is kept, in memory or elsewhere.

A reader is a program at an address. It is known for two days at most, by a hash under a salt that ends with the process.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from notifier.core.readership import ONCE, Poll, every_of, lag_of, last_whole_day
from notifier.ports import Ledger
from notifier.web.served import Asked

#: Beyond so many, new readers are not counted: what is known keeps its shares, and a flood of made-up ones its bounds.
MOST_KNOWN = 20_000
_KNOWN_FOR = timedelta(hours=48)
#: At most this often the ledger is written to.
FLUSHED_EVERY = timedelta(minutes=5)
#: For what a page says, the last whole day of this long is taken.
_RECENT = timedelta(days=7)
_LONGEST_AGENT = 300
_NO_TIME = timedelta(0)
#: Shorter than any, of one that has asked once.
_NO_PAUSE = -timedelta.resolution

OTHER = "other"
#: By words of the User-Agent, the first that fits. Taken from what calendar servers see in their logs, and for ICSx5,
#: Nextcloud, Thunderbird and Evolution from their sources.
_FAMILIES = (
    ("google", (b"google-calendar-importer",)),
    ("apple", (b"dataaccessd", b"calendaragent", b"ios/", b"macos/")),
    ("office365", (b"microsoft exchange", b"exchangeservicesclient", b"office365")),
    ("outlook", (b"microsoft outlook", b"microsoft office", b"outlook")),
    ("thunderbird", (b"thunderbird", b"lightning", b"betterbird")),
    ("evolution", (b"evolution",)),
    ("nextcloud", (b"nextcloud",)),
    ("icsx5", (b"icsx5", b"icsdroid", b"davx5", b"davx\xe2\x81\xb5")),
    ("yahoo", (b"yahoo",)),
)
#: No subscribers: browsers, in which people look at a feed once, and programs that look at everything.
_PASSERS_BY = (b"bot", b"spider", b"crawler", b"slurp", b"mozilla/", b"curl/", b"wget/")
LABELS = {
    "google": "Google Calendar",
    "apple": "Apple Calendar",
    "office365": "Outlook on the web",
    "outlook": "Outlook",
    "thunderbird": "Thunderbird",
    "evolution": "Evolution and GNOME Calendar",
    "nextcloud": "Nextcloud",
    "icsx5": "ICSx5 and DAVx5",
    "yahoo": "Yahoo Calendar",
    OTHER: "other programs",
}
#: These ask once for many of their users, and nobody is told for how many.
FOR_MANY = frozenset({"google", "office365", "yahoo", "nextcloud"})


def family_of(agent: bytes) -> str | None:
    """The family of programs that a User-Agent is of; None for what subscribes to nothing, browsers above all."""
    agent = agent[:_LONGEST_AGENT].lower()
    for family, marks in _FAMILIES:
        if any(mark in agent for mark in marks):
            return None if b"slurp" in agent else family
    return None if any(mark in agent for mark in _PASSERS_BY) else OTHER


@dataclass(slots=True)
class _Reader:
    """When it last asked, and as what it is counted on that day (UTC), by its longest pause before a request of that day."""

    counting: dict[int, int]
    day_ends_at: datetime
    asked_at: datetime
    longest: timedelta
    every: int


@dataclass(slots=True, kw_only=True)
class Readership:
    """Counts readers in memory. Noting one costs a hash; `flush`, which writes, belongs to the tick's thread."""

    most_known: int = MOST_KNOWN
    _salted: hashlib.blake2b = field(
        default_factory=lambda: hashlib.blake2b(key=secrets.token_bytes(32), digest_size=8), repr=False
    )
    _readers: dict[tuple[str, bytes], _Reader] = field(default_factory=dict)
    _counts: dict[tuple[date, str, str], dict[int, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _changed: bool = False
    _flushed_at: datetime | None = None

    def note(self, feed: str, caller: str, asked: Asked, at: datetime) -> None:
        """A reader asked for a feed. Who doesn't say with what is not counted."""
        agent = asked.get(b"user-agent", b"")[:_LONGEST_AGENT]
        if not agent:
            return
        who = self._salted.copy()
        who.update(b"%b\0%b" % (caller.encode(), agent))
        key = (feed, who.digest())
        known = self._readers.get(key)
        if known is not None and at < known.day_ends_at and _NO_TIME <= at - known.asked_at <= known.longest:
            # As most are: nothing changes in what is counted.
            known.asked_at = at
            return
        with self._lock:
            known = self._readers.get(key)
            if known is None or abs(at - known.asked_at) > _KNOWN_FOR:
                self._meet(key, agent, at)
            else:
                self._meet_again(known, feed, agent, at)

    def flush(self, ledger: Ledger, now: datetime, *, at_the_end: bool = False) -> None:
        """Let the ledger keep the counts, if they changed and it wasn't just now. Raises UserError when it can't."""
        if not at_the_end and self._flushed_at is not None and _NO_TIME <= now - self._flushed_at < FLUSHED_EVERY:
            return
        with self._lock:
            if not self._changed:
                return
            self._forget(now)
            polls = self._polls()
            self._changed = False
        self._flushed_at = now
        try:
            ledger.note_polls(polls)
        except BaseException:
            self._changed = True
            raise

    def _meet(self, key: tuple[str, bytes], agent: bytes, at: datetime) -> None:
        family = family_of(agent)
        if family is None or (len(self._readers) >= self.most_known and key not in self._readers):
            return
        counting = self._counts.setdefault((at.date(), key[0], family), {})
        counting[ONCE] = counting.get(ONCE, 0) + 1
        self._readers[key] = _Reader(counting, _end_of(at), at, _NO_PAUSE, ONCE)
        self._changed = True

    def _meet_again(self, known: _Reader, feed: str, agent: bytes, at: datetime) -> None:
        pause = at - known.asked_at
        if pause < _NO_TIME:
            # The machine's clock was set back.
            return
        known.asked_at = at
        if at >= known.day_ends_at:
            family = family_of(agent) or OTHER
            known.day_ends_at, known.longest, known.every = _end_of(at), pause, every_of(pause)
            known.counting = self._counts.setdefault((at.date(), feed, family), {})
        else:
            known.longest = max(pause, known.longest)
            every = every_of(known.longest)
            if every == known.every:
                return
            _take_from(known.counting, known.every)
            known.every = every
        known.counting[known.every] = known.counting.get(known.every, 0) + 1
        self._changed = True

    def _forget(self, now: datetime) -> None:
        old = [key for key, reader in self._readers.items() if now - reader.asked_at > _KNOWN_FOR]
        for key in old:
            del self._readers[key]
        first = now.date() - _KNOWN_FOR
        for place in [place for place in self._counts if place[0] < first]:
            del self._counts[place]

    def _polls(self) -> tuple[Poll, ...]:
        return tuple(
            Poll(day=day, feed=feed, family=family, every=every, readers=readers)
            for (day, feed, family), counting in sorted(self._counts.items())
            for every, readers in sorted(counting.items())
        )


def _end_of(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), at.tzinfo) + timedelta(days=1)


def _take_from(counting: dict[int, int], every: int) -> None:
    counting[every] -= 1
    if not counting[every]:
        del counting[every]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Readers with one sort of program. `for_many`: one of them asks for many people, and nobody knows for how many."""

    name: str
    label: str
    readers: int
    for_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who read a feed on `day` (UTC), the largest family first. `half_within`: half of them ask again within this long."""

    day: date
    families: tuple[Family, ...] = ()
    half_within: timedelta | None = None

    @property
    def total(self) -> int:
        return sum(family.readers for family in self.families)

    @property
    def text(self) -> str:
        """One line for a page, "" where nobody is known to read it."""
        if self.half_within is None:
            return ""
        listed = ", ".join(f"{family.readers} {family.label}" for family in self.families)
        many = " and ".join(family.label for family in self.families if family.for_many)
        told = f" One reader of {many} may stand for many people." if many else ""
        return f"{listed}. Half of them ask again within {_words(self.half_within)}.{told}"


def readers_of(ledger: Ledger, feed: str, now: datetime) -> Readers:
    """The readers of a feed on the last whole day of this week that had any, else so far today.

    Raises UserError when the ledger can't be read.
    """
    today = now.date()
    polls = last_whole_day((one for one in ledger.polls(today - _RECENT) if one.feed == feed), today)
    counts: dict[str, int] = {}
    for one in polls:
        counts[one.family] = counts.get(one.family, 0) + one.readers
    families = tuple(
        Family(name=name, label=LABELS.get(name, name), readers=readers, for_many=name in FOR_MANY)
        for name, readers in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    day = max((one.day for one in polls), default=today)
    return Readers(day=day, families=families, half_within=asked_again_within(polls, share=0.5))


def asked_again_within(polls: Sequence[Poll], *, share: float) -> timedelta | None:
    """Within how long this share of the readers asks again; None where nobody is known to. Give it the counts of one day."""
    lags = sorted((lag_of(one.every), one.readers) for one in polls)
    left = sum(readers for _, readers in lags) * share
    for lag, readers in lags:
        left -= readers
        if left <= 0:
            return lag
    return None


def _words(lag: timedelta) -> str:
    minutes = int(lag.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} minutes"
    if minutes < 1440:
        return "an hour" if minutes == 60 else f"{minutes // 60} hours"
    return "a day" if minutes == 1440 else f"{minutes // 1440} days"
