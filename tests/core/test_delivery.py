"""The one state machine, as a table: what a row becomes, given what its provider shows."""

from __future__ import annotations

from typing import get_args

import pytest

from notifier.core.delivery import DeliveryStatus, Observation, Sight, event_key, key_hash, next_step, reminder_key
from tests.builders import a_delivery, at

#: row, observed, provable → act, status
TABLE: list[tuple[DeliveryStatus, Sight, bool, str, DeliveryStatus | None]] = [
    ("planned", "absent", True, "draft", None),
    ("planned", "drafted", True, "settle", "drafted"),
    ("planned", "sent", True, "settle", "sent"),
    ("planned", "partial", False, "settle", "drafted"),
    ("planned", "sending", False, "wait", None),
    ("planned", "unclear", False, "wait", None),
    ("planned", "removed", True, "draft", None),
    ("drafted", "removed", False, "settle", "failed"),
    ("sending", "removed", False, "settle", "unknown"),
    ("unknown", "removed", False, "wait", None),
    ("drafted", "drafted", True, "send", None),
    ("drafted", "partial", False, "send", None),
    ("drafted", "absent", True, "settle", "planned"),
    ("drafted", "sent", True, "settle", "sent"),
    ("drafted", "sending", False, "wait", None),
    ("drafted", "unclear", False, "wait", None),
    ("sending", "sent", True, "settle", "sent"),
    ("sending", "absent", True, "settle", "planned"),
    ("sending", "drafted", True, "settle", "planned"),
    ("sending", "absent", False, "settle", "unknown"),
    ("sending", "drafted", False, "settle", "unknown"),
    ("sending", "unclear", True, "settle", "unknown"),
    ("sending", "partial", False, "send", None),
    ("sending", "sending", False, "wait", None),
    ("unknown", "sent", False, "settle", "sent"),
    ("unknown", "absent", True, "wait", None),
    ("unknown", "drafted", True, "wait", None),
    ("unknown", "partial", False, "wait", None),
    ("unknown", "unclear", False, "wait", None),
]


@pytest.mark.parametrize(("status", "seen", "certain", "act", "becomes"), TABLE)
def test_the_next_step(status: DeliveryStatus, seen: Sight, certain: bool, act: str, becomes: str | None) -> None:
    observation = Observation(state=seen, draft_id="d1")
    step = next_step(a_delivery(status=status), observation, certain=certain)
    assert (step.act, step.status) == (act, becomes)


@pytest.mark.parametrize("seen", ["absent", "drafted"])
def test_a_sight_that_proves_by_itself_that_nothing_went_out_lets_it_be_tried_again(seen: Sight) -> None:
    step = next_step(a_delivery(status="sending"), Observation(state=seen, proven=True), certain=False)
    assert (step.act, step.status) == ("settle", "planned")


@pytest.mark.parametrize("seen", ["sending", "partial", "sent", "unclear"])
def test_only_absent_and_drafted_can_prove_that_nothing_went_out(seen: Sight) -> None:
    step = next_step(a_delivery(status="sending"), Observation(state=seen, proven=True), certain=False)
    assert step.status != "planned"


@pytest.mark.parametrize("status", ["held", "sent", "skipped", "missed", "failed", "withdrawn"])
@pytest.mark.parametrize("seen", get_args(Sight))
def test_a_row_at_rest_stays_so(status: DeliveryStatus, seen: Sight) -> None:
    step = next_step(a_delivery(status=status), Observation(state=seen), certain=True)
    assert step.act == "wait"


def test_whom_a_sent_message_did_not_reach_is_said() -> None:
    observation = Observation(state="sent", detail="250 Fine", shortfall="4 of 5 taken, 1 refused.")
    assert next_step(a_delivery(status="sending"), observation, certain=False).detail == "4 of 5 taken, 1 refused."


@pytest.mark.parametrize("status", ["planned", "drafted", "sending", "unknown"])
def test_what_is_wrong_about_a_sent_message_is_said_however_it_was_found(status: DeliveryStatus) -> None:
    observation = Observation(state="sent", shortfall="It went to 40, and should have gone to 10.")
    assert observation.shortfall in next_step(a_delivery(status=status), observation, certain=False).detail


def test_nothing_unproved_is_ever_sent_again() -> None:
    statuses: tuple[DeliveryStatus, ...] = ("sending", "unknown")
    rows = [a_delivery(status=status) for status in statuses]
    # Of what went to some only, each recipient is proved by themselves.
    sights = [Observation(state=seen) for seen in get_args(Sight) if seen != "partial"]
    steps = {next_step(row, sight, certain=False).act for row in rows for sight in sights}
    assert steps == {"wait", "settle"}


def test_keys_are_printable_and_natural() -> None:
    assert (
        reminder_key("day", "u@example.org", at("2026-12-09").date(), "news")
        == "reminder/day/u@example.org/2026-12-09/news"
    )
    assert event_key("announcement", "new", "u@example.org", "news") == "announcement/new/u@example.org/news"


def test_the_hash_of_a_key_is_twelve_digits_of_its_sha_256() -> None:
    # printf 'reminder/day/u@example.org/2026-12-09/news' | sha256sum | cut -c1-12
    assert key_hash("reminder/day/u@example.org/2026-12-09/news") == "b72c3e1ee08d"
