"""What every ledger keeps of readers: the tokens of secret feeds, and how often calendars ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.delivery import Act, Decision, feed_key
from notifier.core.readership import EVERY, KEPT, ONCE, Poll, Token, late_share, merged_polls
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from tests.edges.ledgers import LATER, NOW, Ledger, on_file
from tests.edges.test_ledger_together import THREADS, at_once, printed_by_processes

TODAY = date(2026, 12, 1)
ACTS: tuple[Act, Act] = ("give", "revoke")


def a_token(number: int = 1, **changes: object) -> Token:
    token = Token(id=f"{number:08x}", feed="team", holder="Robin", digest=f"{number:064x}", made_at=NOW)
    return replace(token, **changes)  # type: ignore[arg-type]  # the fields of a token


def a_poll(readers: int = 1, **changes: object) -> Poll:
    poll = Poll(day=TODAY, feed="all", family="Google", every=240, readers=readers)
    return replace(poll, **changes)  # type: ignore[arg-type]  # the fields of a poll


def test_a_new_ledger_knows_no_readers(ledger: Ledger) -> None:
    assert (ledger.tokens(), ledger.polls(date.min)) == ((), ())


def test_a_token_comes_back_as_it_was_with_its_time_in_utc(ledger: Ledger) -> None:
    assert ledger.add_token(a_token(holder="Zoë 👩‍💻", made_at=NOW.astimezone(ZoneInfo("Asia/Taipei"))))
    [token] = ledger.tokens()
    assert token == a_token(holder="Zoë 👩‍💻")
    assert token.made_at.tzinfo is UTC


def test_tokens_come_in_the_order_in_which_they_were_made(ledger: Ledger) -> None:
    for number in (3, 1, 2):
        ledger.add_token(a_token(number, made_at=NOW - timedelta(minutes=number)))
    assert [token.id for token in ledger.tokens()] == [a_token(number).id for number in (3, 2, 1)]


def test_a_revoked_token_stays_with_the_time_of_it(ledger: Ledger) -> None:
    ledger.add_token(a_token())
    assert ledger.revoke_token(a_token().id, LATER.astimezone(ZoneInfo("Asia/Taipei")))
    assert ledger.tokens() == (a_token(revoked_at=LATER),)


def test_what_is_revoked_is_not_revoked_again(ledger: Ledger) -> None:
    ledger.add_token(a_token())
    ledger.revoke_token(a_token().id, NOW)
    assert not ledger.revoke_token(a_token().id, LATER)
    assert ledger.tokens() == (a_token(revoked_at=NOW),)


def test_what_is_not_there_is_not_revoked(ledger: Ledger) -> None:
    assert not ledger.revoke_token(a_token().id, NOW)


def test_a_token_in_the_place_of_another_revokes_that_at_the_same_instant(ledger: Ledger) -> None:
    ledger.add_token(a_token(1))
    assert ledger.add_token(a_token(2, made_at=LATER), instead_of=a_token(1).id)
    assert ledger.tokens() == (a_token(1, revoked_at=LATER), a_token(2, made_at=LATER))


@pytest.mark.parametrize("revoked", [True, False], ids=["revoked before", "never there"])
def test_nothing_takes_the_place_of_a_token_that_opens_nothing(ledger: Ledger, revoked: bool) -> None:
    if revoked:
        ledger.add_token(a_token(1))
        ledger.revoke_token(a_token(1).id, NOW)
    before = ledger.tokens()
    assert not ledger.add_token(a_token(2, made_at=LATER), instead_of=a_token(1).id)
    assert ledger.tokens() == before


def test_who_did_it_is_kept_with_what_was_done_and_with_nothing_else(ledger: Ledger) -> None:
    before = ledger.snapshot()
    given, revoked = (Decision(key=feed_key("team"), act=act, by="Kim", at=LATER) for act in ACTS)
    assert ledger.add_token(a_token(1), said=given)
    assert not ledger.add_token(a_token(2), instead_of="never there", said=given)
    assert ledger.revoke_token(a_token(1).id, LATER, said=revoked)
    assert not ledger.revoke_token(a_token(1).id, LATER, said=revoked)
    assert ledger.decided() == (given, revoked)
    assert ledger.snapshot() == before


def test_a_token_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        ledger.add_token(a_token(made_at=datetime(2026, 12, 8, 10)))
    assert ledger.tokens() == ()


def test_tokens_and_counts_are_no_news_to_a_tick(ledger: Ledger) -> None:
    before = ledger.version()
    ledger.add_token(a_token())
    ledger.note_polls([a_poll()])
    assert ledger.version() == before


def test_of_two_counts_of_the_same_the_greater_is_kept(ledger: Ledger) -> None:
    for readers in (3, 5, 4):
        ledger.note_polls([a_poll(readers)])
    assert ledger.polls(TODAY) == (a_poll(5),)


def test_counts_come_from_a_day_on_in_order(ledger: Ledger) -> None:
    counts = [a_poll(day=TODAY + timedelta(days=number)) for number in range(4)]
    ledger.note_polls(list(reversed(counts)))
    assert ledger.polls(TODAY + timedelta(days=2)) == tuple(counts[2:])


def test_counts_of_a_month_ago_are_dropped(ledger: Ledger) -> None:
    ledger.note_polls([a_poll(day=TODAY - KEPT - timedelta(days=1)), a_poll(day=TODAY - KEPT)])
    ledger.note_polls([a_poll(day=TODAY)])
    assert [one.day for one in ledger.polls(date.min)] == [TODAY - KEPT, TODAY]


def test_nothing_noted_changes_nothing(ledger: Ledger) -> None:
    ledger.note_polls([a_poll()])
    ledger.note_polls([])
    assert ledger.polls(date.min) == (a_poll(),)


def test_readers_outlive_the_program(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        ledger.add_token(a_token())
        ledger.note_polls([a_poll()])
    with closing(open_ledger(url)) as again:
        assert (again.tokens(), again.polls(date.min)) == ((a_token(),), (a_poll(),))


def test_what_one_connection_revokes_opens_nothing_for_another(url: str) -> None:
    with closing(open_ledger(url)) as ledger, closing(open_ledger(url)) as other:
        ledger.add_token(a_token())
        assert other.tokens() == (a_token(),)
        other.revoke_token(a_token().id, LATER)
        assert ledger.tokens() == (a_token(revoked_at=LATER),)
        assert not ledger.revoke_token(a_token().id, LATER)


def test_of_threads_that_replace_one_token_exactly_one_does(url: str) -> None:
    numbers = iter(range(1, THREADS + 1))

    def replaced(one: SqlLedger) -> bool:
        return one.add_token(a_token(next(numbers), made_at=LATER), instead_of=a_token(0).id)

    with closing(open_ledger(url)) as ledger:
        ledger.add_token(a_token(0))
        assert sorted(map(bool, at_once(url, replaced))) == [False] * (THREADS - 1) + [True]
        assert sum(token.revoked_at is None for token in ledger.tokens()) == 1


def test_of_processes_that_revoke_one_token_exactly_one_does(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        ledger.add_token(a_token())
    code = f"print(open_ledger(URL).revoke_token({a_token().id!r}, NOW))"
    assert printed_by_processes(code, url) == ["False", "True"]


def test_threads_that_count_at_once_lose_no_count(url: str) -> None:
    families = iter("abcdefgh")
    at_once(url, lambda one: one.note_polls([a_poll(family=next(families))]))
    with closing(open_ledger(url)) as ledger:
        assert [one.family for one in ledger.polls(date.min)] == list("abcdefgh")


def test_two_tokens_of_one_secret_are_refused(tmp_path: Path) -> None:
    with closing(on_file(tmp_path)) as ledger, closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        ledger.add_token(a_token())
        with pytest.raises(sqlite3.IntegrityError, match=r"tokens\.digest"):
            database.execute("INSERT INTO tokens SELECT 'other', feed, holder, digest, made_at, NULL FROM tokens")


counts = st.lists(
    st.builds(
        a_poll,
        st.integers(1, 50),
        day=st.integers(0, 40).map(lambda number: TODAY + timedelta(days=number)),
        feed=st.sampled_from(["all", "team"]),
        family=st.sampled_from(["Google", "Apple"]),
        every=st.sampled_from([ONCE, *EVERY]),
    ),
    max_size=12,
)


@given(one=counts, other=counts)
def test_counts_may_come_twice_and_in_any_order(one: Sequence[Poll], other: Sequence[Poll]) -> None:
    merged = merged_polls(one, other)
    assert merged == merged_polls(other, one) == merged_polls(merged, other) == merged_polls((), merged)


@given(batches=st.lists(counts, max_size=5))
def test_every_ledger_counts_alike(batches: Sequence[Sequence[Poll]]) -> None:
    with closing(open_ledger("sqlite://")) as ledger:
        dictionaries = MemoryLedger()
        for batch in batches:
            ledger.note_polls(batch)
            dictionaries.note_polls(batch)
        assert ledger.polls(date.min) == dictionaries.polls(date.min)


def test_the_first_days_that_there_can_be_are_counted_too() -> None:
    assert merged_polls((), [a_poll(day=date.min)]) == (a_poll(day=date.min),)


@pytest.mark.parametrize(
    ("within", "share"), [(timedelta(minutes=15), 0.8), (timedelta(hours=4), 0.3), (timedelta(days=1), 0.0)]
)
def test_the_share_that_may_not_see_it_in_time(within: timedelta, share: float) -> None:
    polls = [a_poll(2, every=15), a_poll(5, every=240), a_poll(3, every=ONCE)]
    assert late_share(polls, within) == pytest.approx(share)


def test_where_nobody_asks_no_share_is_known() -> None:
    assert late_share([], timedelta(hours=1)) is None
