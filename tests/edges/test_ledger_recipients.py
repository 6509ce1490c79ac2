"""What every ledger keeps of one delivery's recipients: nobody is claimed twice, and nothing is forgotten."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from notifier.core.enrolling import ERASED
from notifier.core.recipient import Recipient, Result, Tally, digest_of
from notifier.edges.no_ledger import NoLedger
from tests.edges.ledgers import LATER, NOW, Ledger, on_file

KEY = "digest/monthly/2026-12-01/choir"
MUCH_LATER = NOW + timedelta(days=120)


def a_recipient(number: int = 0, **changes: object) -> Recipient:
    address = f"reader{number}@example.org"
    one = Recipient(number=number, digest=digest_of("choir", address), address=address, name=f"Reader {number}")
    return replace(one, **changes)  # type: ignore[arg-type]  # the fields of a recipient


def enrolled(ledger: Ledger, count: int = 3, key: str = KEY) -> list[Recipient]:
    people = [a_recipient(number) for number in range(count)]
    assert ledger.enrol(key, people, NOW)
    return people


def numbers(ledger: Ledger, most: int = 10, claim: str = "w1", at: datetime = NOW) -> list[int]:
    return [one.number for one in ledger.claim(KEY, most, claim=claim, at=at)]


def a_result(
    number: int = 0, status: Literal["waiting", "taken", "refused", "unknown"] = "taken", **more: object
) -> Result:
    return replace(Result(number=number, status=status), **more)  # type: ignore[arg-type]  # the fields of a result


def concluded(ledger: Ledger, *results: Result, claim: str | None = "w1") -> int:
    return ledger.conclude(KEY, results, claim=claim, at=LATER)


def statuses(ledger: Ledger) -> list[str]:
    return [one.status for one in ledger.recipients(KEY)]


def test_a_delivery_that_was_never_enrolled_has_no_recipients(ledger: Ledger) -> None:
    assert (ledger.recipients(KEY), ledger.tally(KEY), numbers(ledger), concluded(ledger, a_result())) == (
        (), Tally(), [], 0
    )  # fmt: skip


def test_recipients_come_back_as_they_were_by_number(ledger: Ledger) -> None:
    retry_at = LATER.astimezone(ZoneInfo("Asia/Taipei"))
    people = [a_recipient(2, retry_at=retry_at), a_recipient(7, name="Zoë 👩‍💻")]
    assert ledger.enrol(KEY, people, NOW)
    assert ledger.recipients(KEY) == (replace(people[0], retry_at=LATER), people[1])
    assert ledger.recipients(KEY)[0].retry_at.tzinfo is UTC  # type: ignore[union-attr]  # it was given


def test_a_list_of_which_nobody_was_claimed_is_replaced(ledger: Ledger) -> None:
    enrolled(ledger, 5)
    assert ledger.enrol(KEY, [a_recipient(9)], LATER)
    assert ledger.recipients(KEY) == (a_recipient(9),)


@pytest.mark.parametrize("status", ["claimed", "waiting", "taken", "refused", "unknown"])
def test_a_list_of_which_one_was_claimed_stays_as_it_was(
    ledger: Ledger, status: Literal["claimed", "waiting", "taken", "refused", "unknown"]
) -> None:
    enrolled(ledger)
    numbers(ledger, 1)
    if status != "claimed":
        concluded(ledger, a_result(0, status))
    before = ledger.recipients(KEY)
    assert not ledger.enrol(KEY, [a_recipient(9)], LATER)
    assert ledger.recipients(KEY) == before


@pytest.mark.parametrize(
    ("people", "wrong"),
    [
        ([a_recipient(0), replace(a_recipient(1), number=0)], "the same number"),
        ([a_recipient(0), replace(a_recipient(0), number=1)], "one delivery twice"),
        ([a_recipient(0, status="taken")], "can be enrolled"),
        ([a_recipient(0, attempts=1)], "can be enrolled"),
        ([a_recipient(0, claim="w1")], "can be enrolled"),
    ],
)
def test_nobody_is_enrolled_twice_or_half_way_through(ledger: Ledger, people: list[Recipient], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        ledger.enrol(KEY, people, NOW)
    assert ledger.recipients(KEY) == ()


def test_a_claim_takes_the_first_that_wait_and_no_more_than_asked(ledger: Ledger) -> None:
    people = enrolled(ledger, 4)
    taken = ledger.claim(KEY, 2, claim="w1", at=NOW)
    assert taken == tuple(replace(one, status="claimed", attempts=1, claim="w1") for one in people[:2])
    assert ledger.recipients(KEY) == (*taken, *people[2:])


def test_nobody_is_claimed_twice(ledger: Ledger) -> None:
    enrolled(ledger, 5)
    assert [numbers(ledger, 2, "w1"), numbers(ledger, 2, "w2"), numbers(ledger, 2, "w1"), numbers(ledger, 2)] == [
        [0, 1], [2, 3], [4], []
    ]  # fmt: skip


@pytest.mark.parametrize("most", [0, -1])
def test_a_claim_of_nobody_takes_nobody(ledger: Ledger, most: int) -> None:
    enrolled(ledger)
    assert numbers(ledger, most) == []


def test_who_is_to_be_tried_later_is_not_claimed_before(ledger: Ledger) -> None:
    ledger.enrol(KEY, [a_recipient(0, retry_at=LATER), a_recipient(1)], NOW)
    assert numbers(ledger, at=LATER - timedelta(seconds=1)) == [1]
    assert numbers(ledger, at=LATER.astimezone(ZoneInfo("Asia/Taipei"))) == [0]


def test_deliveries_have_their_own_recipients(ledger: Ledger) -> None:
    enrolled(ledger)
    enrolled(ledger, key="other")
    numbers(ledger)
    assert (ledger.tally(KEY), ledger.tally("other")) == (Tally(claimed=3), Tally(waiting=3))


def test_what_became_of_the_claimed_is_written_down(ledger: Ledger) -> None:
    people = enrolled(ledger, 4)
    numbers(ledger)
    results = (
        a_result(0, "taken", said="250 ok"),
        a_result(1, "refused", said="550 no"),
        a_result(2, "unknown", said="lost"),
        a_result(3, "waiting", said="451 later", retry_at=LATER.astimezone(ZoneInfo("Asia/Taipei"))),
    )
    assert concluded(ledger, *results) == 4
    assert ledger.recipients(KEY) == (
        replace(people[0], status="taken", attempts=1, said="250 ok"),
        replace(people[1], status="refused", attempts=1, said="550 no"),
        replace(people[2], status="unknown", attempts=1, said="lost", claim="w1"),
        replace(people[3], status="waiting", attempts=1, said="451 later", retry_at=LATER),
    )


def test_who_waits_again_is_claimed_again_and_counts_one_attempt_more(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    for attempts in (1, 2, 3):
        assert [one.attempts for one in ledger.claim(KEY, 1, claim="w1", at=NOW)] == [attempts]
        concluded(ledger, a_result(0, "waiting"))


def test_only_who_holds_a_claim_concludes_it(ledger: Ledger) -> None:
    enrolled(ledger, 2)
    numbers(ledger, 1, "w1")
    numbers(ledger, 1, "w2")
    assert concluded(ledger, a_result(0), a_result(1), claim="w2") == 1
    assert statuses(ledger) == ["claimed", "taken"]


def test_a_person_concludes_whoever_holds_it(ledger: Ledger) -> None:
    enrolled(ledger, 2)
    numbers(ledger, 1, "w1")
    numbers(ledger, 1, "w2")
    assert concluded(ledger, a_result(0), a_result(1, "waiting"), claim=None) == 2
    assert statuses(ledger) == ["taken", "waiting"]


@pytest.mark.parametrize("status", ["taken", "refused", "waiting"])
def test_what_is_concluded_stays(ledger: Ledger, status: Literal["taken", "refused", "waiting"]) -> None:
    enrolled(ledger, 1)
    numbers(ledger)
    concluded(ledger, a_result(0, status))
    before = ledger.recipients(KEY)
    assert concluded(ledger, a_result(0, "unknown"), claim=None) == 0
    assert ledger.recipients(KEY) == before


def test_who_still_waits_unclaimed_has_nothing_to_conclude(ledger: Ledger) -> None:
    people = enrolled(ledger, 2)
    assert concluded(ledger, a_result(0), a_result(1, "unknown"), a_result(5), claim=None) == 0
    assert ledger.recipients(KEY) == tuple(people)


def test_an_unknown_one_is_never_claimed_again_by_itself(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    numbers(ledger)
    concluded(ledger, a_result(0, "unknown"))
    assert numbers(ledger, at=MUCH_LATER) == []


@pytest.mark.parametrize("claim", ["w1", None], ids=["who held it", "a person"])
def test_what_became_of_an_unknown_one_may_still_be_said(ledger: Ledger, claim: str | None) -> None:
    enrolled(ledger, 1)
    numbers(ledger)
    concluded(ledger, a_result(0, "unknown"), claim=None)
    assert concluded(ledger, a_result(0, "taken"), claim=claim) == 1
    assert statuses(ledger) == ["taken"]


def test_who_was_given_to_another_is_not_concluded_by_who_held_them_before(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    numbers(ledger, claim="w1")
    concluded(ledger, a_result(0, "unknown"), claim=None)
    concluded(ledger, a_result(0, "waiting"), claim=None)
    numbers(ledger, claim="w2")
    assert concluded(ledger, a_result(0, "taken"), claim="w1") == 0
    assert statuses(ledger) == ["claimed"]


def test_of_two_results_for_one_the_last_counts(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    numbers(ledger)
    assert concluded(ledger, a_result(0, "unknown"), a_result(0, "taken")) == 1
    assert statuses(ledger) == ["taken"]


def test_more_results_than_one_statement_takes_are_all_written(ledger: Ledger) -> None:
    enrolled(ledger, 1203)
    numbers(ledger, 1203)
    assert concluded(ledger, *map(a_result, range(1203))) == 1203
    assert ledger.tally(KEY) == Tally(taken=1203)


def test_a_tally_counts_and_says_when_the_next_may_be_tried(ledger: Ledger) -> None:
    ledger.enrol(KEY, [a_recipient(0), a_recipient(1), a_recipient(2, retry_at=LATER)], NOW)
    assert ledger.tally(KEY) == Tally(waiting=3)
    numbers(ledger)
    concluded(ledger, a_result(0, "waiting", retry_at=MUCH_LATER), a_result(1, "refused"))
    assert ledger.tally(KEY) == Tally(waiting=2, refused=1, next_at=LATER)


def test_where_nobody_waits_there_is_no_next_time(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    numbers(ledger)
    assert ledger.tally(KEY) == Tally(claimed=1)


def test_recipients_are_found_by_status(ledger: Ledger) -> None:
    enrolled(ledger, 3)
    numbers(ledger, 2)
    concluded(ledger, a_result(1, "unknown"))
    assert [one.number for one in ledger.recipients(KEY, "unknown", "waiting")] == [1, 2]


def test_an_erased_person_is_nobody_in_every_delivery(ledger: Ledger) -> None:
    enrolled(ledger, 2)
    enrolled(ledger, 2, key="other")
    numbers(ledger, 1)
    concluded(ledger, a_result(0, said="250 ok"))
    assert ledger.erase("READER0@example.org", ["choir", "board"]) == 2
    assert ledger.recipients(KEY)[0] == a_recipient(0, address="", name="", status="taken", attempts=1, said="250 ok")
    assert ledger.recipients(KEY)[1] == a_recipient(1)


def test_who_is_erased_while_they_wait_is_not_claimed_any_more(ledger: Ledger) -> None:
    enrolled(ledger, 2)
    ledger.erase("reader0@example.org", ["choir"])
    assert numbers(ledger) == [1]
    assert ledger.recipients(KEY, "refused") == (a_recipient(0, address="", name="", status="refused", said=ERASED),)


def test_who_is_erased_while_claimed_does_not_wait_again(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    numbers(ledger)
    ledger.erase("reader0@example.org", ["choir"])
    assert statuses(ledger) == ["claimed"]
    concluded(ledger, a_result(0, "waiting", retry_at=LATER))
    assert [(one.status, one.said) for one in ledger.recipients(KEY)] == [("refused", ERASED)]


def test_a_list_from_which_somebody_was_erased_can_be_replaced(ledger: Ledger) -> None:
    enrolled(ledger, 2)
    ledger.erase("reader0@example.org", ["choir"])
    assert ledger.enrol(KEY, [a_recipient(1)], LATER)
    assert ledger.recipients(KEY) == (a_recipient(1),)


def test_old_deliveries_lose_their_addresses_and_keep_what_became_of_each(ledger: Ledger) -> None:
    enrolled(ledger, 3)
    numbers(ledger, 2)
    concluded(ledger, a_result(0), a_result(1, "unknown"))
    assert ledger.erase_recipients(NOW + timedelta(seconds=1)) == 3
    assert [(one.address, one.name, one.status) for one in ledger.recipients(KEY)] == [
        ("", "", "taken"), ("", "", "unknown"), ("", "", "refused")
    ]  # fmt: skip
    assert [one.digest for one in ledger.recipients(KEY)] == [a_recipient(number).digest for number in range(3)]


def test_addresses_of_newer_deliveries_stay_and_nothing_is_erased_twice(ledger: Ledger) -> None:
    enrolled(ledger, 2)
    assert ledger.erase_recipients(NOW) == 0
    assert ledger.erase_recipients(LATER) == 2
    assert ledger.erase_recipients(MUCH_LATER) == 0


def test_a_list_that_is_enrolled_anew_is_as_old_as_that(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    ledger.enrol(KEY, [a_recipient()], LATER)
    assert ledger.erase_recipients(LATER) == 0
    assert ledger.erase_recipients(MUCH_LATER) == 1


def test_times_without_a_zone_are_refused(ledger: Ledger) -> None:
    naive = datetime(2026, 12, 8, 10)
    enrolled(ledger)
    for act in (
        lambda: ledger.enrol(KEY, [a_recipient()], naive),
        lambda: ledger.enrol(KEY, [a_recipient(retry_at=naive)], NOW),
        lambda: ledger.claim(KEY, 1, claim="w1", at=naive),
        lambda: ledger.conclude(KEY, [a_result()], claim="w1", at=naive),
        lambda: ledger.erase_recipients(naive),
    ):
        with pytest.raises(ValueError, match="has no time zone"):
            act()
    assert ledger.tally(KEY) == Tally(waiting=3)


def test_a_servers_words_are_kept_whatever_they_are(ledger: Ledger) -> None:
    enrolled(ledger, 1)
    numbers(ledger, claim="w\0")
    assert concluded(ledger, a_result(0, "refused", said="550 \0 \ud800"), claim="w\0") == 1
    assert ledger.recipients(KEY)[0].said == "550 \\x00 \\ud800"


def test_recipients_outlive_the_program(tmp_path: Path) -> None:
    with closing(on_file(tmp_path)) as ledger:
        enrolled(ledger, 3)
        numbers(ledger, 2)
        concluded(ledger, a_result(0))
        before = ledger.recipients(KEY)
    with closing(on_file(tmp_path)) as again:
        assert again.recipients(KEY) == before


def test_where_there_is_no_ledger_nobody_is_enrolled() -> None:
    ledger = NoLedger()
    assert not ledger.enrol(KEY, [a_recipient()], NOW)
    assert (ledger.claim(KEY, 1, claim="w1", at=NOW), ledger.recipients(KEY), ledger.tally(KEY)) == ((), (), Tally())
    assert (ledger.conclude(KEY, [a_result()], claim=None, at=NOW), ledger.erase_recipients(NOW)) == (0, 0)
