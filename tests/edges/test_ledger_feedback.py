"""What every ledger keeps of what happened at providers: mails made by hand, and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.byhand import ByHand
from notifier.core.reach import Reach
from notifier.edges.ledger import open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from notifier.edges.no_ledger import NoLedger
from tests.edges.ledgers import LATER, NOW, Ledger, a_plan

MAIL = ByHand(
    provider="mailchimp", id="a1", service="Mailchimp", name="Sing “with” us 🎵", place="https://example.org/1", state="sent",
    at=NOW, audiences=frozenset({"newsletter", "chœur"}), links=frozenset({"0123456789abcdef", "fedcba9876543210"}),
)  # fmt: skip
OTHER = replace(MAIL, id="b2", state="scheduled", at=LATER, links=frozenset())
REACH = Reach(at=NOW, sent=40, hard=1, soft=2, unsubscribed=3, abuse=4, opens=None, clicks=0)


def test_a_new_ledger_knows_of_none(ledger: Ledger) -> None:
    assert (ledger.snapshot().by_hand, ledger.reaches()) == ((), {})


def test_mails_come_back_as_they_were_in_the_order_of_their_times(ledger: Ledger) -> None:
    assert ledger.note_by_hand("mailchimp", [OTHER, MAIL])
    assert ledger.snapshot().by_hand == (MAIL, OTHER)


def test_each_note_is_all_of_one_provider_and_of_no_other(ledger: Ledger) -> None:
    elsewhere = replace(MAIL, provider="other")
    ledger.note_by_hand("mailchimp", [MAIL, OTHER])
    ledger.note_by_hand("other", [elsewhere])
    ledger.note_by_hand("mailchimp", [OTHER])
    assert ledger.snapshot().by_hand == (elsewhere, OTHER)


def test_it_is_news_only_when_something_changed(ledger: Ledger) -> None:
    assert [ledger.note_by_hand("mailchimp", mails) for mails in ([MAIL], [MAIL], [OTHER], [], [])] == [
        True, False, True, True, False,
    ]  # fmt: skip


def test_a_plan_keeps_them(ledger: Ledger) -> None:
    ledger.note_by_hand("mailchimp", [MAIL])
    ledger.record(a_plan())
    assert ledger.snapshot().by_hand == (MAIL,)


def test_a_mail_of_another_provider_is_refused_whole(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="none of other"):
        ledger.note_by_hand("other", [MAIL])
    assert ledger.snapshot().by_hand == ()


def test_numbers_are_kept_by_key_and_the_newest_count(ledger: Ledger) -> None:
    for key, reach in (("k", REACH), ("a", REACH), ("k", replace(REACH, at=LATER, sent=41)), ("k", REACH)):
        ledger.note_reach(key, reach)
    assert ledger.reaches() == {"a": REACH, "k": replace(REACH, at=LATER, sent=41)}
    assert [*ledger.reaches()] == ["a", "k"]


def test_times_are_kept_in_utc_and_none_without_a_zone(ledger: Ledger) -> None:
    ledger.note_reach("k", replace(REACH, at=NOW.astimezone(ZoneInfo("Asia/Taipei"))))
    ledger.note_by_hand("mailchimp", [replace(MAIL, at=NOW.astimezone(ZoneInfo("Asia/Taipei")))])
    assert (ledger.reaches()["k"].at.tzinfo, ledger.snapshot().by_hand[0].at.tzinfo) == (UTC, UTC)
    with pytest.raises(ValueError, match="has no time zone"):
        ledger.note_reach("k", replace(REACH, at=datetime(2026, 12, 8, 10)))
    with pytest.raises(ValueError, match="has no time zone"):
        ledger.note_by_hand("mailchimp", [replace(MAIL, at=datetime(2026, 12, 8, 10))])


def test_none_of_it_moves_a_delivery(ledger: Ledger) -> None:
    before = ledger.version()
    ledger.note_by_hand("mailchimp", [MAIL])
    ledger.note_reach("k", REACH)
    assert ledger.version() == before


def test_it_outlives_the_program_and_others_see_it_at_once(url: str) -> None:
    with closing(open_ledger(url)) as ledger, closing(open_ledger(url)) as beside:
        assert beside.snapshot().by_hand == ()
        ledger.note_by_hand("mailchimp", [MAIL])
        ledger.note_reach("k", REACH)
        assert (beside.snapshot().by_hand, beside.reaches()) == ((MAIL,), {"k": REACH})


def test_where_there_is_no_ledger_there_is_nothing() -> None:
    ledger = NoLedger()
    ledger.note_reach("k", REACH)
    assert (ledger.note_by_hand("mailchimp", [MAIL]), ledger.reaches()) == (False, {})


texts = st.text(max_size=6)
mails = st.lists(
    st.builds(
        ByHand,
        provider=st.just("p"), id=texts, service=texts, name=texts, place=texts,
        state=st.sampled_from(["sent", "scheduled"]),
        at=st.integers(0, 3).map(lambda hours: NOW + timedelta(hours=hours)),
        audiences=st.frozensets(st.sampled_from(["a", "b"])), links=st.frozensets(st.sampled_from(["0", "1"])),
    ),
    max_size=4,
)  # fmt: skip


@given(notes=st.lists(mails, max_size=3))
def test_every_ledger_keeps_the_same_whatever_it_is_called(notes: Sequence[Sequence[ByHand]]) -> None:
    with closing(open_ledger("sqlite://")) as ledger:
        ledgers: tuple[Ledger, Ledger] = (ledger, MemoryLedger())
        for some in notes:
            assert ledgers[0].note_by_hand("p", some) == ledgers[1].note_by_hand("p", some)
        assert ledgers[0].snapshot().by_hand == ledgers[1].snapshot().by_hand
