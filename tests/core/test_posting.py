"""What other programs are told, signed as the specification says, and when it is tried again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.delivery import DeliveryStatus
from notifier.core.event import Evidence, Reason
from notifier.core.posting import (
    GIVES_UP,
    Moved,
    Post,
    claimed,
    is_told,
    keys_of,
    new_secret,
    outcome,
    post_about,
    signed,
    trial_post,
)
from tests.builders import UID, a_delivery, an_event, at
from tests.schemas import complaints

NOW = at("2026-12-08 10:00")
ALL: frozenset[DeliveryStatus] = frozenset({"held", "failed", "missed", "unknown", "sent"})
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def a_post(**changes: object) -> Post:
    return replace(Post(hook="chat", id="msg_1", moved=1, body="{}", retry_at=NOW), **changes)  # type: ignore[arg-type]  # any field


def held_for(*reasons: Reason) -> Moved:
    return Moved(id=7, at=NOW, row=a_delivery(status="held", reasons=reasons))


def test_it_is_signed_as_the_specification_s_own_example_is() -> None:
    post = a_post(id="msg_p5jXN8AQM9LWM0D4loKWxJek", body='{"test": 2432232314}')
    fields = signed(post, keys_of(SECRET), datetime.fromisoformat("2021-02-25T15:02:10Z"))
    assert fields == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_one_secret_replaces_another_it_is_signed_with_both() -> None:
    other = new_secret(b"x" * 32)
    both = signed(a_post(), keys_of(f"{other} {SECRET}"), NOW)["webhook-signature"].split(" ")
    assert both == [signed(a_post(), keys_of(one), NOW)["webhook-signature"] for one in (other, SECRET)]


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "hunter2", "whsec_hunter2!", new_secret(b"x" * 23), new_secret(b"x" * 65), " ".join([SECRET] * 3)],
)
def test_what_is_no_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!.*hunter2)") as refused:
        keys_of(secret)
    assert refused.value.__cause__ is None


def test_the_body_is_the_delivery_that_the_schema_describes() -> None:
    event = an_event()
    told = json.loads(post_about(held_for(Reason(code="ask", text="Ask.")), "chat", {UID: event}, NOW).body)
    assert (told["type"], told["timestamp"]) == ("delivery.held", NOW.isoformat())
    assert complaints("delivery", told["data"]) == []
    assert [one["title"] for one in told["data"]["events"]] == [event.title]


def test_addresses_and_the_words_of_a_document_are_left_out_and_uids_are_not() -> None:
    evidence = Evidence(field="join_url", text="https://meet.example.org/hush", line=3, basis="prose")
    why = Reason(
        code="x", text=f"anna@example.org and Bea <b.e+a%40x.example.org> asked about {UID}.", evidence=evidence
    )
    body = post_about(held_for(why), "chat", {}, NOW).body
    assert f"[address] and Bea <[address]> asked about {UID}." in body
    assert "hush" not in body


def test_the_same_move_has_the_same_name_and_another_has_another() -> None:
    one = held_for()
    others = (
        replace(one, id=8),
        replace(one, at=NOW + timedelta(seconds=1)),
        replace(one, row=a_delivery(status="sent")),
    )
    names = [post_about(moved, "chat", {}, NOW).id for moved in (one, *others)]
    assert names[0] == post_about(one, "other", {}, NOW + GIVES_UP).id
    assert len({*names, trial_post("chat", "Site", NOW).id}) == 5
    assert not any("." in name for name in names)


@pytest.mark.parametrize("status", ["planned", "drafted", "sending", "skipped", "withdrawn"])
def test_what_is_on_its_way_is_told_to_nobody(status: DeliveryStatus) -> None:
    assert not is_told(a_delivery(status=status), ALL)
    assert is_told(a_delivery(status="sent"), ALL)
    assert not is_told(a_delivery(status="sent"), ALL - {"sent"})


def test_that_nothing_is_live_yet_is_no_news() -> None:
    chosen, other = Reason(code="not-live", text="Not live."), Reason(code="ask", text="Ask.")
    assert not is_told(a_delivery(status="held", reasons=(chosen,)), ALL)
    assert is_told(a_delivery(status="held", reasons=(chosen, other)), ALL)
    assert is_told(a_delivery(status="held", reasons=()), ALL)


def attempts(first: datetime) -> list[datetime]:
    """When a post is tried that always fails at once."""
    post, when = a_post(retry_at=first), [first]
    while True:
        post = claimed(post, when[-1])
        if outcome(post, 500, when[-1]) == "given-up":
            return when
        when.append(post.retry_at)


def test_it_is_tried_again_later_and_later_for_three_days() -> None:
    when = attempts(NOW)
    minutes = [round((late - early) / timedelta(minutes=1)) for early, late in pairwise(when)]
    assert minutes == [1, 5, 30, 120, 300, 600, 600, 600, 600, 600, 600, 264]
    assert when[-1] == NOW + GIVES_UP


def test_what_waited_for_weeks_is_tried_for_three_days_all_the_same() -> None:
    assert attempts(NOW + timedelta(days=30))[-1] == NOW + timedelta(days=33)


@given(late=st.timedeltas(timedelta(0), timedelta(days=9)), before=st.integers(0, 40))
def test_a_claimed_post_is_never_due_before_its_attempt_can_be_over(late: timedelta, before: int) -> None:
    post = claimed(a_post(attempts=before, tried_at=NOW), NOW + late)
    assert post.retry_at > NOW + late
    assert post.attempts == before + 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, "delivered") for status in (200, 204, 299)),
        *((status, "again") for status in (199, 302, 404, 429, 500, None)),
        (410, "gone"),
    ],
)
def test_only_two_hundreds_are_a_success(status: int | None, expected: str) -> None:
    assert outcome(claimed(a_post(), NOW), status, NOW) == expected
