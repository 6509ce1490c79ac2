"""May an event be mailed without asking: the conditions, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from notifier.core.clearance import Clearance, clear
from notifier.core.event import Event, Evidence
from tests.builders import LONDON, an_event, at

NOW = at("2026-11-26 09:00")


def towards(event: Event, *, public: bool = True, now: Any = NOW) -> Clearance:
    return clear(event, public=public, now=now, zone=LONDON)


def codes(clearance: Clearance) -> list[str]:
    return [reason.code for reason in clearance.reasons]


def test_an_open_event_of_our_own_with_a_certain_time_is_clear() -> None:
    assert (towards(an_event()).verdict, codes(towards(an_event()))) == ("auto", ["clear"])


def test_an_event_that_is_over_is_never_mailed() -> None:
    clearance = towards(an_event(), now=at("2026-12-09 15:15"))
    assert (clearance.verdict, codes(clearance)) == ("never", ["past"])


@pytest.mark.parametrize(("access", "verdict"), [("members", "auto"), ("invitation", "ask"), ("unknown", "ask")])
def test_a_closed_audience_may_hear_what_the_public_may_not(access: str, verdict: str) -> None:
    assert towards(an_event(access=access), public=False).verdict == verdict


def test_an_event_without_a_date_is_asked_about() -> None:
    assert codes(towards(an_event(when=None))) == ["no-date"]


def test_every_reason_to_refuse_is_given_at_once() -> None:
    clearance = towards(an_event(access="invitation", status="cancelled", published=False))
    assert codes(clearance) == ["unpublished", "cancelled", "invitation-only"]


def test_whoever_may_just_come_needs_no_link() -> None:
    said = {"access": Evidence(field="access", text="access: open", line=4, basis="front matter")}
    assert towards(an_event(join_url=None, location="Village Hall", evidence=said)).verdict == "auto"
    assert codes(towards(an_event(join_url=None, location=None, evidence=said))) == ["no-join-link"]
    assert codes(towards(an_event(join_url=None, location="Village Hall"))) == ["no-join-link"]


def test_a_reason_carries_the_words_it_rests_on() -> None:
    event = an_event(access="invitation", evidence={"access": an_event().evidence["when"]})
    assert towards(event).reasons[0].evidence == an_event().evidence["when"]
