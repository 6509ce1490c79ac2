"""A mail asked for by a program is sent once for each key, as it was looked at, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Delivery
from notifier.web import build
from tests.web.calling import NEWS, ROOT, a_program_at, let_in, sends, with_token
from tests.web.entering import later
from tests.web.sites import a_site

YES = {**NEWS, "confirm": "newsletter"}
BIG = {**NEWS, "note": "x" * 70_000}


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, TestClient]]:
    """A site of which nothing is asked that it does, and a program at it."""
    site = a_site(tmp_path_factory.mktemp("refusing"))
    site.tick()
    yield site, let_in(site)
    site.close()


def sent(site: App) -> list[Delivery]:
    """What goes out once nobody can undo it any more."""
    later(site, timedelta(minutes=5))
    site.tick()
    return [row for row in site.ticker.wiring.ledger.rows("sent") if row.kind == "one_off"]


def asked(site: App) -> list[str]:
    return list(site.ticker.wiring.ledger.snapshot().one_offs)


def test_without_the_audience_s_name_it_is_only_looked_at(refusing: tuple[App, TestClient]) -> None:
    site, client = refusing
    answer = sends(client, NEWS)
    found = answer.json()
    assert answer.status_code == 200
    assert (found["message"]["subject"], found["people"], found["questions"]) == ("We moved", 0, [])
    assert "four" in found["message"]["text"]
    assert {one["audience"] for one in found["others"]} <= {"newsletter"}
    assert asked(site) == []


def test_with_the_audience_s_name_it_goes_out_once_and_says_so_again(ticked: App) -> None:
    client = let_in(ticked)
    first, again = sends(client, YES), sends(client, YES)
    assert (first.status_code, again.status_code, first.json() == again.json()) == (202, 202, True)
    assert [one.headers.get("idempotent-replayed") for one in (first, again)] == [None, "true"]
    assert first.json()["delivery"]["status"] == "planned"
    assert client.get(first.headers["location"]).json() == first.json()
    assert [row.key for row in sent(ticked)] == ["one_off/run-1/newsletter"]
    assert sends(client, YES).json()["delivery"]["status"] == "sent"


def test_the_decision_is_that_of_whoever_made_the_token_and_says_by_what(ticked: App) -> None:
    said = sends(let_in(ticked), YES).json()["decision"]
    assert (said["act"], said["by"], said["note"]) == ("approve", "Anna", "by API token deploy")


def test_another_name_than_the_audience_s_sends_nothing(refusing: tuple[App, TestClient]) -> None:
    site, client = refusing
    answer = sends(client, {**NEWS, "confirm": "Newsletter"})
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "`confirm` has to be 'newsletter' to send it. Nothing was sent.",
    )
    assert asked(site) == []


def test_two_requests_at_once_with_one_key_ask_once(ticked: App) -> None:
    secret, pages, start = with_token(ticked), build(ticked), Barrier(2)

    def one(_number: int) -> tuple[int, str]:
        client = a_program_at(pages, secret)
        start.wait()
        answer = sends(client, YES)
        return answer.status_code, answer.json()["id"]

    with capture_logs() as logs, ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, range(2)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 202
    assert [one["act"] for one in logs if one["event"] == "decided"] == ["send"]
    assert len(sent(ticked)) == 1


def test_a_request_whose_answer_was_lost_is_answered_by_a_server_that_was_started_anew(ticked: App) -> None:
    secret = with_token(ticked)
    first = sends(a_program_at(build(ticked), secret), YES)
    later(ticked, timedelta(minutes=5))
    ticked.tick()
    again = sends(a_program_at(build(ticked), secret), YES)
    assert (first.json()["id"], again.status_code) == (again.json()["id"], 202)
    assert again.json()["delivery"]["status"] == "sent"
    assert len(asked(ticked)) == 1


def test_something_else_under_the_same_key_is_refused(ticked: App) -> None:
    client = let_in(ticked)
    sends(client, YES)
    for other in ({"subject": "We moved again"}, {"note": "No."}, {"audience": "team"}, {"at": "2026-11-27T09:00:00Z"}):
        body = {**YES, **other}
        answer = sends(client, {**body, "confirm": body["audience"]})
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("Something else was asked for under this Idempotency-Key")
    assert len(asked(ticked)) == 1


def test_a_time_that_has_passed_since_is_no_other_mail(ticked: App) -> None:
    client, body = let_in(ticked), {**YES, "at": "2026-11-26T12:00:00+01:00"}
    assert sends(client, body).json()["send"]["due_at"] == "2026-11-26T11:00:00+00:00"
    later(ticked, timedelta(hours=2))
    assert sends(client, body).status_code == 202
    assert sends(client, body, "run-2").status_code == 422


def test_about_events_by_whatever_names_them(ticked: App) -> None:
    client = let_in(ticked)
    event = client.get(f"{ROOT}/plan").json()["deliveries"][0]["events"][0]
    body = {"audience": "newsletter", "events": [event["path"]]}
    first = sends(client, body)
    done = sends(client, {**body, "confirm": "newsletter", "seen": first.json()["mark"]})
    assert (done.status_code, done.json()["send"]["events"]) == (202, [event["uid"]])
    again = sends(client, {"audience": "newsletter", "events": [event["uid"]]})
    assert (again.status_code, again.json()) == (202, done.json())


def test_what_was_taken_back_is_not_sent_by_asking_again(ticked: App) -> None:
    client = let_in(ticked)
    place = sends(client, YES).headers["location"]
    undone = [client.post(f"{place}/undo", json={"note": "Too early."}) for _ in range(2)]
    assert [one.status_code for one in undone] == [200, 200]
    assert [one.headers.get("idempotent-replayed") for one in undone] == [None, "true"]
    assert undone[1].json()["decision"]["note"] == "Too early. (API token deploy)"
    assert sends(client, YES).json()["delivery"]["status"] == "skipped"
    assert sent(ticked) == []


def test_what_went_out_is_not_taken_back(ticked: App) -> None:
    client = let_in(ticked)
    sends(client, YES)
    assert len(sent(ticked)) == 1
    answer = client.post(f"{ROOT}/sends/run-1/undo")
    assert answer.status_code == 409
    assert "nothing calls it back" in answer.json()["detail"]


def test_what_moved_since_it_was_looked_at_is_not_sent(ticked: App) -> None:
    client = let_in(ticked)
    mark = sends(client, NEWS).json()["mark"]
    answer = sends(client, {**YES, "note": "To number five.", "seen": mark})
    assert answer.status_code == 409
    assert "It is not what was looked at under this mark" in answer.json()["detail"]
    assert sends(client, {**YES, "seen": mark[:11]}).status_code == 409
    assert asked(ticked) == []
    assert sends(client, {**YES, "seen": mark[:12]}).status_code == 202


def test_what_asks_for_a_second_look_is_sent_with_its_mark_only(ticked: App) -> None:
    client = let_in(ticked)
    sends(client, YES)
    refused = sends(client, YES, "run-2")
    assert (refused.status_code, refused.json()["questions"][0]["code"]) == (409, "twin")
    assert len(asked(ticked)) == 1
    assert sends(client, {**YES, "seen": refused.json()["mark"]}, "run-2").status_code == 202


def test_any_key_that_http_takes_names_one_mail(ticked: App) -> None:
    client, keys = let_in(ticked), ["Run 7!", '"run-7"', "x" * 255, "-"]
    for number, key in enumerate(keys, start=1):
        body = {**YES, "subject": f"News {number}"}
        first, again = sends(client, body, key), sends(client, body, key)
        assert (first.status_code, first.json()["id"]) == (202, again.json()["id"])
        assert client.get(first.headers["location"]).json()["id"] == first.json()["id"]
        assert len(asked(ticked)) == number
    assert client.get(f"{ROOT}/sends/run-7").json()["send"]["subject"] == "News 2"


@pytest.mark.parametrize(
    "keys", [[], [""], ["x" * 256], ["a", "b"], ["\xe9"]], ids=["none", "empty", "long", "two", "accent"]
)
def test_without_a_key_nothing_is_even_looked_at(refusing: tuple[App, TestClient], keys: list[str]) -> None:
    site, client = refusing
    fields = [(b"idempotency-key", key.encode("latin-1")) for key in keys]
    answer = client.post(f"{ROOT}/sends", json=YES, headers=fields)
    assert answer.status_code == 400
    assert asked(site) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (json.dumps(BIG), "application/json", 413), (json.dumps(YES), "text/plain", 415),
        ("audience=newsletter&confirm=newsletter", "application/x-www-form-urlencoded", 415),
        ("{", "application/json", 400), ("[" * 60_000, "application/json", 400), ("[]", "application/json", 400),
        ('{"audience": "newsletter", "audience": "newsletter"}', "application/json", 400),
        ('{"audience": NaN}', "application/json", 400), ('"\\ud800"', "application/json", 400),
        (json.dumps({**YES, "subject": "\ud800"}), "application/json", 422),
        (json.dumps({**YES, "note": "a\x00b"}), "application/json", 422),
        (json.dumps({**YES, "yes": True}), "application/json", 422), ("{}", "application/json", 422), ("", "application/json", 422),
        (json.dumps({**YES, "at": "2026-11-26T10:30"}), "application/json", 422),
        (json.dumps({**YES, "at": "9000-12-31T23:59:59Z"}), "application/json", 422),
        (json.dumps({**YES, "at": "0001-01-01T00:00:00+14:00"}), "application/json", 422),
        (json.dumps({**YES, "events": "all"}), "application/json", 422), (json.dumps({**YES, "events": [1]}), "application/json", 422),
        (json.dumps({**YES, "audience": "nobody"}), "application/json", 422),
        (json.dumps({**YES, "audience": "nobody", "confirm": "nobody"}), "application/json", 422),
        (json.dumps({**YES, "events": ["nothing"]}), "application/json", 422),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_is_not_understood_is_refused_whole(
    refusing: tuple[App, TestClient], body: str, kind: str, status: int
) -> None:
    site, client = refusing
    fields = {"idempotency-key": "k", "content-type": kind}
    answer = client.post(f"{ROOT}/sends", content=body.encode(), headers=fields)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert asked(site) == []


def test_all_that_is_wrong_is_said_at_once_with_the_field_it_is_about(refusing: tuple[App, TestClient]) -> None:
    said = sends(refusing[1], {"audience": "nobody", "events": ["nothing"]}).json()
    assert [one["field"] for one in said["problems"]] == ["audience", "event"]
    assert "config.yaml has: newsletter." in said["detail"]


def test_a_subject_stays_one_line_and_adds_no_field_to_a_mail(refusing: tuple[App, TestClient]) -> None:
    found = sends(refusing[1], {**NEWS, "subject": "We moved\r\nBcc: everybody@example.org"}).json()
    assert found["message"]["subject"] == "We moved Bcc: everybody@example.org"


def first_planned(site: App) -> str:
    return next(row.key for row in site.ticker.wiring.ledger.rows("planned"))


@pytest.mark.parametrize(("act", "status"), [("hold", "held"), ("skip", "skipped")])
def test_what_stops_a_mail_stops_it_at_once_and_twice_is_once(ticked: App, act: str, status: str) -> None:
    client, key = let_in(ticked, "editor"), first_planned(ticked)
    answers = [client.post(f"{ROOT}/deliveries/{key}/{act}", json={"note": "Wait."}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert {one.json()["delivery"]["status"] for one in answers} == {status}
    assert [(one.act, one.by, one.note) for one in ticked.ticker.wiring.ledger.decided(key)] == [
        (act, "Anna", "Wait. (API token deploy)")
    ]


def held(site: App) -> str:
    key = first_planned(site)
    desk.hold(site, key, by="Ben")
    return key


def test_what_lets_a_mail_go_says_first_what_would_go_and_is_bound_to_that(ticked: App) -> None:
    client, key = let_in(ticked), held(ticked)
    place = f"{ROOT}/deliveries/{key}/release"
    looked_at = client.post(place)
    assert (looked_at.status_code, looked_at.json()["delivery"]["status"]) == (200, "held")
    assert len(ticked.ticker.wiring.ledger.decided(key)) == 1
    answers = [client.post(place, json={"seen": looked_at.json()["mark"]}) for _ in range(2)]
    assert [(one.status_code, one.json()["delivery"]["status"]) for one in answers] == [(200, "planned")] * 2
    assert [one.act for one in ticked.ticker.wiring.ledger.decided(key)] == ["hold", "release"]


def test_what_changed_since_it_was_looked_at_is_not_let_go(ticked: App) -> None:
    client, key = let_in(ticked), held(ticked)
    mark = client.post(f"{ROOT}/deliveries/{key}/release").json()["mark"]
    desk.skip(ticked, key, by="Ben")
    answer = client.post(f"{ROOT}/deliveries/{key}/release", json={"seen": mark})
    assert answer.status_code == 409
    assert "Since that mark, something changed" in answer.json()["detail"]
    assert [one.act for one in ticked.ticker.wiring.ledger.decided(key)] == ["hold", "skip"]


def test_nobody_approves_by_a_token_what_they_asked_for_by_a_token(site: App) -> None:
    text = site.config.read_text()
    rule = "rules:\n  by-hand: {kind: one_off, audiences: [newsletter], ask: true}\n"
    site.config.write_text(text.replace("rules:\n", rule, 1))
    site.refresh()
    site.tick()
    client = let_in(site, "approver")
    found = sends(client, YES).json()
    place = f"{ROOT}/deliveries/{found['send']['key']}/approve"
    assert (found["decision"], found["delivery"]["status"]) == (None, "held")
    site.tick()
    answer = client.post(place, json={"seen": client.post(place).json()["mark"]})
    assert (answer.status_code, "another person has to approve it" in answer.json()["detail"]) == (409, True)
    assert sent(site) == []
