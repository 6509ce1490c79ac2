"""The facts of an event, and what of them differs for those who were told others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.event import Event, When
from notifier.core.facts import differences, facts_of, when_of, worth_telling
from tests.builders import a_time, all_day, an_event

WHENS = st.sampled_from(
    [
        a_time(),
        a_time(ends="15:15"),
        a_time("2026-10-25 01:30", ends="02:30"),
        all_day(),
        all_day("2026-12-09", "2026-12-11"),
    ]
)


def differing(old: Event, new: Event) -> list[tuple[str, str | None, str | None]]:
    return [(one.field, one.old, one.new) for one in differences(facts_of(old), facts_of(new))]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "past"},
        {"status": "past", "when": all_day()},
        {"when": a_time()},
        {"location": None},
        {"join_url": None},
        {"title": "Book club – the commons"},
        {"zone": "Europe/Paris"},
    ],
)
def test_nothing_differs_for_readers(changes: dict[str, Any]) -> None:
    assert differing(an_event(), an_event(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"when": a_time(ends="16:00")}, "when"),
        ({"when": a_time("2026-12-09 14:30", ends="15:15")}, "when"),
        ({"when": all_day()}, "when"),
        ({"join_url": "https://meet.example.com/other"}, "join_url"),
        ({"location": "1 Example Street"}, "location"),
        ({"status": "cancelled"}, "status"),
        ({"status": "tentative"}, "status"),
        ({"published": False}, "status"),
        ({"title": "Another title"}, "title"),
    ],
)
def test_what_differs_is_named(changes: dict[str, Any], field: str) -> None:
    assert [one[0] for one in differing(an_event(), an_event(**changes))] == [field]


def test_an_end_that_was_added_makes_nobody_come_at_a_wrong_time() -> None:
    assert differing(an_event(when=a_time()), an_event()) == []


def test_what_was_confirmed_is_no_news_and_what_became_unsure_is() -> None:
    unsure = an_event(status="tentative")
    assert (differing(unsure, an_event()), len(differing(an_event(), unsure))) == ([], 1)


def test_what_was_not_told_before_is_an_addition() -> None:
    found = differences(facts_of(an_event(join_url=None)), facts_of(an_event()))
    assert [(one.field, one.is_addition) for one in found] == [("join_url", True)]


def test_another_title_is_not_worth_a_mail_by_itself() -> None:
    titled = an_event(title="Another title")
    assert not worth_telling(differences(facts_of(an_event()), facts_of(titled)))
    moved = replace(titled, when=a_time("2026-12-10 14:00"))
    assert worth_telling(differences(facts_of(an_event()), facts_of(moved)))


@given(WHENS)
def test_facts_give_back_when_it_was_told(when: When) -> None:
    assert when_of(facts_of(an_event(when=when))) == when


def test_what_had_no_date_gives_none_back() -> None:
    assert when_of(facts_of(an_event(when=None))) is None


@given(WHENS, st.sampled_from(["scheduled", "cancelled", "tentative"]), st.text(), st.none() | st.text())
def test_nothing_differs_from_itself(when: When, status: Any, title: str, place: str | None) -> None:
    said = facts_of(an_event(when=when, status=status, title=title, location=place))
    assert differences(said, said) == ()
