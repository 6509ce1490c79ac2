"""Every fault: what is carried out, and what is heard of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.mailchimp import naive
from tests.mailchimp.asking import Caller
from tests.mailchimp.control import CONTENT, SEND, Emulator
from tests.mailchimp.faults import Fault, Faults
from tests.mailchimp.send_faults import SEND_FAULTS


def heard(caller: Caller, campaign: str) -> str:
    """The status and type of the answer, or the name of what was heard instead."""
    try:
        answer = caller.send(campaign)
    except requests.RequestException as error:
        return type(error).__name__
    return f"{answer.status_code} {answer.headers.get('Content-Type', 'untyped').partition(';')[0]}"


PROBLEM = "application/problem+json"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param({"reply": "problem", "status": 500}, f"500 {PROBLEM}", id="problem"),
        pytest.param({"reply": "problem", "status": 429}, f"429 {PROBLEM}", id="throttled"),
        pytest.param({"reply": "empty", "status": 429}, "429 untyped", id="empty"),
        pytest.param({"reply": "html", "status": 503}, "503 text/html", id="html"),
        pytest.param({"reply": "untyped", "status": 403}, "403 untyped", id="untyped"),
        pytest.param({"reply": "json", "status": 500}, "500 application/json", id="empty object"),
        pytest.param({"reply": "redirect"}, "302 untyped", id="redirect"),
        pytest.param({"reply": "rst"}, "ConnectionError", id="rst"),
        pytest.param({"reply": "fin"}, "ConnectionError", id="fin"),
        pytest.param({"reply": "truncated"}, "ChunkedEncodingError", id="truncated"),
        pytest.param({"reply": "broken"}, "200 application/json", id="broken"),
        pytest.param({"reply": "list"}, "200 application/json", id="list"),
        pytest.param({"reply": "null"}, "200 application/json", id="null"),
        pytest.param({"reply": "object"}, "200 application/json", id="object"),
        pytest.param({"reply": "plain"}, "200 text/plain", id="plain"),
    ],
)
def test_before_it_nothing_is_sent_and_after_it_all_is(
    caller: Caller, how: dict[str, Any], expected: str, when: str
) -> None:
    campaign = caller.filled()
    caller.mailchimp.fault("POST", SEND, when=when, **how)
    assert heard(caller, campaign) == expected
    assert len(caller.mailchimp.outbox()) == (1 if when == "after" else 0)
    assert caller.status(campaign) == ("sending" if when == "after" else "save")


def test_the_bytes_of_a_mangled_reply_are_no_campaign(caller: Caller) -> None:
    bodies = []
    for reply in ("broken", "list", "null", "object"):
        caller.mailchimp.fault("POST", "/campaigns", reply=reply, when="after")
        bodies.append(caller.ask("POST", "/campaigns", {"type": "regular"}).text)
    assert bodies[0].startswith('{"id": "')
    assert not bodies[0].endswith("}")
    assert bodies[1:] == ["[]", "null", "{}"]
    assert len(caller.mailchimp.campaigns()) == 4


def test_a_silent_server_keeps_the_client_waiting_until_it_leaves(mailchimp: Emulator) -> None:
    mailchimp.fault("GET", "/ping", reply="silence")
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{mailchimp.base_url}/3.0/ping", auth=("x", mailchimp.api_key), timeout=0.2)
    assert mailchimp.requests()[0]["status"] is None


def test_a_dripping_reply_takes_as_long_as_its_bytes(mailchimp: Emulator) -> None:
    mailchimp.fault("GET", "/ping", reply="drip", pause=0.003, when="after")
    started = monotonic()
    answer = requests.get(f"{mailchimp.base_url}/3.0/ping", auth=("x", mailchimp.api_key), timeout=0.5)
    assert answer.json()["health_status"] == "Everything's Chimpy!"
    assert monotonic() - started > 0.5


def test_a_flood_is_the_reply_with_fifty_million_bytes(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.fault("GET", "/ping", reply="flood", when="after")
    answer = caller.ask("GET", "/ping")
    assert len(answer.content) == 50_000_000
    assert answer.json()["health_status"] == "Everything's Chimpy!"


def test_a_delay_is_before_or_after_the_act(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    mailchimp.fault("POST", SEND, delay=0.4, when="after")
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(Caller(mailchimp).send, campaign)
        assert eventually(lambda: len(mailchimp.outbox()) == 1)
        assert not sending.done()
    assert sending.result().status_code == 204


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds within some seconds."""
    return any(holds() or threading.Event().wait(0.02) for _ in range(250))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_request_can_be_held_at_the_moment_before_or_after_the_act(
    mailchimp: Emulator, caller: Caller, when: str
) -> None:
    campaign = caller.filled()
    mailchimp.fault("POST", SEND, hold=True, when=when)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(Caller(mailchimp).send, campaign)
        assert eventually(lambda: mailchimp.held() != [])
        assert len(mailchimp.outbox()) == (1 if when == "after" else 0)
        mailchimp.release()
        assert sending.result().status_code == 204
    assert len(mailchimp.outbox()) == 1


def test_a_late_commit_happens_at_its_time_and_finds_what_is_there_then(mailchimp: Emulator, caller: Caller) -> None:
    late, gone = caller.filled(), caller.filled()
    for _ in range(2):
        mailchimp.clear_faults()
        mailchimp.fault("POST", SEND, reply="rst", commit_after=600)
        heard(caller, gone if mailchimp.requests("POST", "/send") else late)
    caller.ask("DELETE", f"/campaigns/{gone}")
    mailchimp.advance(599)
    early = caller.status(late)
    mailchimp.advance(2)
    assert (early, caller.status(late)) == ("save", "sending")
    assert [one["campaign_id"] for one in mailchimp.outbox()] == [late]


def test_a_fault_waits_for_its_turn_and_lasts_as_long_as_it_should(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.fault("GET", "/ping", reply="empty", status=500, nth=2, times=2)
    assert [caller.ask("GET", "/ping").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_storm_lasts_until_it_is_cleared(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.fault(reply="empty", status=429, times=0)
    stormy = [caller.ask("GET", "/ping").status_code for _ in range(40)]
    mailchimp.clear_faults()
    assert (set(stormy), caller.ask("GET", "/ping").status_code) == ({429}, 200)


def test_two_faults_on_one_step_come_one_after_the_other() -> None:
    faults = Faults()
    faults.add(Fault(method="PUT", path=CONTENT, reply="rst"))
    faults.add(Fault(method="PUT", path=CONTENT, reply="fin", nth=2))
    taken = [faults.take("PUT", "/campaigns/a/content") for _ in range(3)]
    assert [one and one.reply for one in taken] == ["rst", "fin", None]


@pytest.mark.parametrize("wrong", [{"reply": "odd"}, {"when": "now"}, {"nth": 0}])
def test_a_fault_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be|counts"):
        Fault(**wrong)


@pytest.mark.parametrize(("when", "subject"), [("before", "Other"), ("after", "Tonight")])
def test_staff_can_act_in_the_very_moment_of_a_request(
    mailchimp: Emulator, caller: Caller, when: str, subject: str
) -> None:
    campaign = caller.filled()
    mailchimp.fault("POST", SEND, when=when, act={"act": "edit", "campaign": "CAMPAIGN", "subject": "Other"})
    caller.send(campaign)
    assert mailchimp.outbox()[0]["subject"] == subject
    assert ("act_refused" in mailchimp.requests("POST", "/send")[0]) is (when == "after")


def test_more_requests_at_once_than_allowed_are_throttled(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(concurrency=2)
    mailchimp.fault("GET", "/lists", hold=True, times=2)
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(Caller(mailchimp).ask, "GET", "/lists") for _ in range(2)]
        assert eventually(lambda: len(mailchimp.held()) == 2)
        third = caller.ask("GET", "/ping")
        mailchimp.set(throttle_body="bare", throttle_status=403)
        fourth = caller.ask("GET", "/ping")
        mailchimp.release()
    assert [one.result().status_code for one in held] == [200, 200]
    assert (third.status_code, third.json()["title"]) == (429, "Too Many Requests")
    assert (fourth.status_code, fourth.content, fourth.headers.get("Content-Type")) == (403, b"", None)


def test_a_deaf_server_refuses_connections_until_it_hears_again(mailchimp: Emulator, caller: Caller) -> None:
    address = urlsplit(mailchimp.base_url)
    mailchimp.deafen()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname or "", address.port or 0), timeout=5)
    mailchimp.deafen(False)
    assert Caller(mailchimp).ask("GET", "/ping").status_code == 200


@pytest.mark.parametrize(
    ("raw", "title"),
    [(b'{"type": ', "JSON Parse Error"), (b'{"type": NaN}', "JSON Parse Error"), (b"[]", "Invalid Resource")],
)
def test_a_body_that_cannot_be_read_is_refused(mailchimp: Emulator, raw: bytes, title: str) -> None:
    url, auth = f"{mailchimp.base_url}/3.0/campaigns", ("x", mailchimp.api_key)
    answer = requests.post(url, raw, auth=auth, headers={"Content-Type": "application/json"}, timeout=5)
    assert (answer.status_code, answer.json()["title"]) == (400, title)


# That the faults bite


def test_a_sender_that_starts_again_after_an_exception_mails_people_twice(mailchimp: Emulator) -> None:
    found = naive.outcomes(mailchimp)
    twice = {name for name, outcome in found.items() if outcome.verdict == "TWICE"}
    wrong = {name for name, outcome in found.items() if outcome.verdict == "WRONG"}
    assert set(found) == set(SEND_FAULTS)
    assert twice == {
        "500 with a reason, sent", "503 with a page of the edge, sent", "reset, sent", "closed, sent", "silence, sent",
        "half a reply, sent", "reset, sent two minutes later", "500, sent an hour later",
    }  # fmt: skip
    assert wrong == {
        "429 without a body", "403 without a body", "500 without a body, not sent", "a redirect, not sent",
        "200 and other words, not sent",
    }  # fmt: skip


def test_a_sender_that_repeats_one_send_is_saved_only_by_an_assumption(mailchimp: Emulator) -> None:
    assumed = naive.outcomes(mailchimp, one_again=True)
    worst = naive.outcomes(mailchimp, one_again=True, second_send="delivers")
    assert [name for name, outcome in assumed.items() if outcome.verdict == "TWICE"] == []
    assert len([name for name, outcome in worst.items() if outcome.verdict == "TWICE"]) >= 6


def test_a_proxy_that_tries_again_hears_that_it_was_sent_already(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    mailchimp.fault("POST", SEND, repeat=1)
    assert caller.send(campaign).status_code == 400
    assert len(mailchimp.outbox()) == 1


def test_a_request_that_was_held_does_not_touch_the_account_after_it(mailchimp: Emulator) -> None:
    mailchimp.fault("POST", "/campaigns", hold=True)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(Caller(mailchimp).ask, "POST", "/campaigns", {"type": "regular"})
        assert eventually(lambda: mailchimp.held() != [])
        mailchimp.reset()
        late.result()
    assert (mailchimp.campaigns(), mailchimp.requests(), mailchimp.held()) == ([], [], [])
