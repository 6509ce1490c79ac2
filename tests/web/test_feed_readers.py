"""Readers are counted by what they use and how often they ask, and nobody could say who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.readership import ONCE, Poll, every_of, late_share
from notifier.edges.memory_ledger import MemoryLedger
from notifier.web import build
from notifier.web.feeds import FeedAnswers
from notifier.web.pulse import Pulse
from notifier.web.readers import FLUSHED_EVERY, Readership, family_of, readers_of
from tests.builders import at

PHONE = {b"user-agent": b"iOS/17.1 (21B74) dataaccessd/1.0"}
GOOGLE = {b"user-agent": b"Google-Calendar-Importer"}
MORNING = at("2026-11-26 06:00")


def counted(readership: Readership, now: datetime = MORNING) -> tuple[Poll, ...]:
    ledger = MemoryLedger()
    readership.flush(ledger, now, at_the_end=True)
    return tuple(ledger.polls(date.min))


def asking(
    *minutes: float, peer: str = "192.0.2.1", asked: Mapping[bytes, bytes] = PHONE, to: Readership | None = None
) -> Readership:
    readership = to or Readership()
    for minute in minutes:
        readership.note("all", peer, asked, MORNING + timedelta(minutes=minute))
    return readership


def steps(readership: Readership) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for poll in counted(readership):
        found.setdefault(str(poll.day), {})[poll.every] = poll.readers
    return found


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (b"Google-Calendar-Importer", "google"),
        (b"iOS/17.1 (21B74) dataaccessd/1.0", "apple"),
        (b"macOS/26.6.2 (25G83) dataaccessd/1.0", "apple"),
        (b"Mac+OS+X/10.15.7 (19H2) CalendarAgent/930.5.1", "apple"),
        (b"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", "outlook"),
        (b"Microsoft Exchange/15.20 (Windows NT 10.0; Win64; x64)", "office365"),
        (b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0", "thunderbird"),
        (b"Evolution/3.46.4", "evolution"),
        (b"Nextcloud Webcal Service", "nextcloud"),
        (b"Nextcloud Webcal Crawler", "nextcloud"),
        (b"ICSx5/2.4.3 (ical4j/3.2.19 okhttp/5.3.2 Android/16)", "icsx5"),
        (b"YahooCalendar/1.0", "yahoo"),
        (b"vdirsyncer/0.19.2", "other"),
        (b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) AppleWebKit/537.36 Chrome/120 Safari/537.36", None),
        (b"Mozilla/5.0 (compatible; Yahoo! Slurp)", None),
        (b"Mozilla/5.0 (compatible; Googlebot/2.1)", None),
        (b"curl/8.5.0", None),
    ],
)  # fmt: skip
def test_a_program_is_told_by_its_name(agent: bytes, family: str | None) -> None:
    assert family_of(agent) == family


@given(st.binary(max_size=2000))
def test_any_name_is_of_one_family_or_of_none(agent: bytes) -> None:
    assert family_of(agent) in {None, "other", "google", "apple", "office365", "outlook", "thunderbird", "evolution",
                                "nextcloud", "icsx5", "yahoo"}  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "every"),
    [((0,), ONCE), ((0, 0), 15), ((0, 14, 28), 15), ((0, 60, 121), 60), ((0, 15, 200), 240), ((0, 200, 215), 240)],
)
def test_a_reader_counts_once_by_its_longest_pause(minutes: Sequence[float], every: int) -> None:
    assert steps(asking(*minutes)) == {"2026-11-26": {every: 1}}


def test_who_asks_once_a_day_is_known_to_on_the_second() -> None:
    assert steps(asking(0, 1441)) == {"2026-11-26": {ONCE: 1}, "2026-11-27": {1440: 1}}


def test_who_was_away_for_two_days_is_met_anew() -> None:
    assert steps(asking(0, 3 * 1440)) == {"2026-11-26": {ONCE: 1}, "2026-11-29": {ONCE: 1}}


def test_programs_at_one_address_and_one_program_at_two_are_different_readers() -> None:
    readership = asking(0, 60)
    asking(0, 60, asked=GOOGLE, to=readership)
    asking(0, peer="192.0.2.2", to=readership)
    assert {(poll.family, poll.every, poll.readers) for poll in counted(readership)} == {
        ("apple", 60, 1), ("google", 60, 1), ("apple", ONCE, 1),
    }  # fmt: skip


@pytest.mark.parametrize(("peer", "readers"), [("127.0.0.1", 2), ("::1", 2), ("192.0.2.7", 1)])
def test_a_web_server_on_this_machine_says_where_its_readers_are_and_nobody_else_does(
    site: App, peer: str, readers: int
) -> None:
    site.tick()
    readership = Readership()
    answers = FeedAnswers(site, readership)
    client = TestClient(build(site, feeds=answers), client=(peer, 50000))
    for forwarded in ("198.51.100.1", "203.0.113.9, 198.51.100.2", "203.0.113.8, 198.51.100.2"):
        fields = {"user-agent": PHONE[b"user-agent"].decode(), "x-forwarded-for": forwarded}
        client.get("/feeds/all.ics", headers=fields)
        answers.ready(b"/feeds/all.ics", {name.encode(): said.encode() for name, said in fields.items()}, peer)
    assert sum(poll.readers for poll in counted(readership, site.clock.now())) == readers


def test_no_address_and_no_name_of_a_program_is_kept() -> None:
    readership = asking(0, 60, peer="192.0.2.77", asked={b"user-agent": b"ICSx5/2.4.3-odd"})
    kept = repr(readership) + repr(readership._readers)
    assert "192.0.2.77" not in kept
    assert "2.4.3-odd" not in kept


def test_two_processes_do_not_know_a_reader_by_the_same_mark() -> None:
    assert asking(0)._readers.keys() != asking(0)._readers.keys()


def test_a_flood_of_made_up_readers_has_an_end() -> None:
    readership = Readership(most_known=100)
    for number in range(500):
        asking(0, asked={b"user-agent": b"App/%d" % number}, to=readership)
    assert sum(poll.readers for poll in counted(readership)) == len(readership._readers) == 100
    assert readership.most_known == 100


def test_who_does_not_say_what_it_is_is_not_counted() -> None:
    assert counted(asking(0, 60, asked={})) == counted(asking(0, 60, asked={b"user-agent": b""})) == ()


def test_a_name_without_end_is_cut() -> None:
    assert steps(asking(0, 60, asked={b"user-agent": b"App/" + b"9" * 100_000})) == {"2026-11-26": {60: 1}}


def test_a_clock_that_is_set_back_counts_nobody_twice() -> None:
    assert steps(asking(0, 30, -2000, 60)) == {"2026-11-26": {60: 1}}


def test_the_ledger_is_written_to_when_something_changed_and_not_all_the_time() -> None:
    ledger, readership = MemoryLedger(), asking(0)
    readership.flush(ledger, MORNING)
    asking(0, asked=GOOGLE, to=readership)
    readership.flush(ledger, MORNING + FLUSHED_EVERY / 2)
    assert len(ledger.polls(MORNING.date())) == 1
    readership.flush(ledger, MORNING + FLUSHED_EVERY)
    assert len(ledger.polls(MORNING.date())) == 2


class FailingLedger(MemoryLedger):
    """Takes no counts."""

    def note_polls(self, polls: Sequence[Poll]) -> None:
        raise OSError("no space")


def test_what_could_not_be_kept_is_kept_the_next_time() -> None:
    readership = asking(0)
    with pytest.raises(OSError, match="no space"):
        readership.flush(FailingLedger(), MORNING)
    assert len(counted(readership)) == 1


def test_a_beat_keeps_the_counts_and_one_that_can_not_goes_on(site: App) -> None:
    pulse = Pulse(app=site, address="http://127.0.0.1:8000", say=lambda text: None)
    pulse.readership.note("all", "192.0.2.1", PHONE, site.clock.now())
    pulse.beat()
    assert readers_of(site.ticker.wiring.ledger, "all", site.clock.now()).total == 1
    pulse.readership.note("all", "192.0.2.2", PHONE, site.clock.now())
    pulse.end()
    assert readers_of(site.ticker.wiring.ledger, "all", site.clock.now()).total == 2
    pulse.readership.note("all", "192.0.2.3", PHONE, site.clock.now())
    (site.config.parent / "notifier.db").unlink()
    pulse.end()


def test_a_page_says_who_reads_and_when_half_of_them_ask_again() -> None:
    ledger = MemoryLedger()
    day = MORNING.date() - timedelta(days=1)
    for family, every, readers in (("apple", 60, 3), ("google", 720, 2), ("apple", ONCE, 1), ("strange", 15, 1)):
        ledger.note_polls([*ledger.polls(day), Poll(day=day, feed="all", family=family, every=every, readers=readers)])
    found = readers_of(ledger, "all", MORNING)
    assert (found.day, found.total, found.half_within) == (day, 7, timedelta(hours=1))
    assert found.text == (
        "4 Apple Calendar, 2 Google Calendar, 1 strange. Half of them ask again within an hour. "
        "One reader of Google Calendar may stand for many people."
    )


def test_of_a_feed_that_nobody_reads_nothing_is_said() -> None:
    found = readers_of(MemoryLedger(), "all", MORNING)
    assert (found.total, found.half_within, found.text) == (0, None, "")


def test_half_of_them_is_the_shortest_time_in_which_at_most_half_are_late() -> None:
    ledger = MemoryLedger()
    polls = [Poll(day=MORNING.date(), feed="all", family="apple", every=every, readers=2) for every in (15, 60, 240)]
    ledger.note_polls(polls)
    half = readers_of(ledger, "all", MORNING).half_within
    assert half == timedelta(hours=1)
    assert (late_share(polls, half) or 1) <= 0.5


def test_requests_for_calendars_are_counted_and_looks_at_them_are_not(looked_at: App) -> None:
    readership = Readership()
    client = TestClient(build(looked_at, feeds=FeedAnswers(looked_at, readership)), base_url="http://127.0.0.1:8000")
    for method, path in (("HEAD", "/feeds/all.ics"), ("GET", "/feeds/nothing.ics"), ("GET", "/feeds")):
        client.request(method, path, headers={"user-agent": "App/1"})
    assert counted(readership) == ()
    for _ in range(2):
        client.get("/feeds/all.ics", headers={"user-agent": "App/1", "if-none-match": "*"})
    assert [(poll.feed, poll.family, poll.readers) for poll in counted(readership)] == [("all", "other", 1)]


class Asking(RuleBasedStateMachine):
    """Readers that ask whenever they like, against a count that keeps everything."""

    def __init__(self) -> None:
        super().__init__()
        self.readership, self.now = Readership(), MORNING
        self.asked: dict[int, list[datetime]] = {}

    @rule(minutes=st.integers(1, 1500))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=st.integers(0, 3))
    def ask(self, who: int) -> None:
        self.readership.note("all", f"192.0.2.{who}", PHONE, self.now)
        self.asked.setdefault(who, []).append(self.now)

    @invariant()
    def today_is_counted_as_it_was(self) -> None:
        today, expected = self.now.date(), dict[int, int]()
        for times in self.asked.values():
            pauses = [b - a for a, b in pairwise(times) if b.date() == today and b - a <= timedelta(hours=48)]
            if times[-1].date() == today:
                every = every_of(max(pauses)) if pauses else ONCE
                expected[every] = expected.get(every, 0) + 1
        polls = self.readership._polls()
        assert {poll.every: poll.readers for poll in polls if poll.day == today} == expected


TestAsking = Asking.TestCase
TestAsking.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
