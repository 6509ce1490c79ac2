"""What the console has for deciding, programs have too: settle, a note, a pause and its end, a test to one address."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier import desk
from notifier.app import App
from notifier.core.delivery import EVERYTHING, Delivery
from notifier.web.own_looks import MOST_TRIALS
from tests.edges.smtp_server import MailServer, running
from tests.web.calling import NEWS, ROOT, let_in
from tests.web.entering import later
from tests.web.test_mode import mailing
from tests.web.visiting import put

WORDS = "Bring **boots**."
KEYED = {"idempotency-key": "test-1"}
TRIAL = {**NEWS, "address": "anna@example.org"}


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


def said(site: App, key: str = EVERYTHING) -> list[tuple[str, str, str]]:
    return [(one.act, one.by, one.note) for one in site.ticker.wiring.ledger.decided(key)]


def unknown(site: App) -> Delivery:
    """What was handed over an hour ago, and nobody can tell whether it went out."""
    row = next(row for row in site.ticker.wiring.ledger.rows("planned"))
    put(site, row, "unknown")
    later(site, row.due_at + timedelta(hours=1) - site.clock.now())
    return row


def looked_at(client: TestClient, place: str, **body: Any) -> dict[str, Any]:
    answer = client.post(ROOT + place, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("result", ["sent", "failed"])
def test_what_nobody_could_tell_is_settled_either_way_once(ticked: App, result: str) -> None:
    client, row = let_in(ticked), unknown(ticked)
    place = f"/deliveries/{row.key}/settle"
    found = looked_at(client, place)
    assert (found["delivery"]["status"], said(ticked, row.key)) == ("unknown", [])
    body = {"seen": found["mark"], "result": result, "note": "I looked."}
    answers = [client.post(ROOT + place, json=body) for _ in range(2)]
    assert [(one.status_code, one.json()["delivery"]["status"]) for one in answers] == [(200, result)] * 2
    assert said(ticked, row.key) == [("settle", "Anna", "I looked. (API token deploy)")]


def test_it_is_settled_with_the_instant_that_was_given_and_with_none_that_can_not_be(ticked: App) -> None:
    client, row = let_in(ticked), unknown(ticked)
    place = f"/deliveries/{row.key}/settle"
    body = {"seen": looked_at(client, place)["mark"], "result": "sent"}
    early = client.post(ROOT + place, json={**body, "sent_at": (row.due_at - timedelta(days=1)).isoformat()})
    assert (early.status_code, "it can't have been sent" in early.json()["detail"]) == (409, True)
    assert said(ticked, row.key) == []
    at = row.due_at + timedelta(minutes=7, seconds=5)
    assert client.post(ROOT + place, json={**body, "sent_at": at.isoformat()}).status_code == 200
    assert next(one.sent_at for one in ticked.ticker.wiring.ledger.rows("sent") if one.key == row.key) == at


def test_nothing_is_settled_without_what_was_found_or_under_an_old_mark(ticked: App) -> None:
    client, row = let_in(ticked), unknown(ticked)
    place = f"/deliveries/{row.key}/settle"
    mark = looked_at(client, place)["mark"]
    without = client.post(ROOT + place, json={"seen": mark})
    assert (without.status_code, without.json()["problems"][0]["field"]) == (422, "result")
    assert client.post(ROOT + place, json={"seen": mark[:-1] + "z", "result": "sent"}).status_code == 409
    assert client.post(ROOT + place, json={"seen": mark, "result": "lost"}).status_code == 422
    assert said(ticked, row.key) == []


def planned(site: App) -> Delivery:
    return site.ticker.wiring.ledger.rows("planned")[-1]


def test_a_note_is_looked_at_with_its_mail_and_then_saved_exactly_so_once(ticked: App) -> None:
    client, row = let_in(ticked), planned(ticked)
    place = f"/deliveries/{row.key}/note"
    found = looked_at(client, place, text=WORDS)
    assert "<strong>boots</strong>" in found["message"]["html"]
    assert (found["text"], found["before"], said(ticked, row.key)) == (WORDS, None, [])
    answers = [client.post(ROOT + place, json={"text": WORDS, "seen": found["mark"]}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert said(ticked, row.key) == [("annotate", "Anna", WORDS)]
    again = looked_at(client, place)
    assert (again["text"], again["before"]["by"]) == (WORDS, "Anna")


def test_an_empty_note_removes_it_and_none_at_all_saves_nothing(ticked: App) -> None:
    client, row = let_in(ticked), planned(ticked)
    place = f"/deliveries/{row.key}/note"
    client.post(ROOT + place, json={"text": WORDS, "seen": looked_at(client, place, text=WORDS)["mark"]})
    mark = looked_at(client, place, text="")["mark"]
    without = client.post(ROOT + place, json={"seen": mark})
    assert (without.status_code, without.json()["problems"][0]["field"]) == (422, "text")
    assert client.post(ROOT + place, json={"text": "", "seen": mark}).status_code == 200
    assert ticked.ticker.wiring.ledger.snapshot().note(row.key) == ""


def test_of_two_who_write_a_note_at_once_the_second_is_refused(ticked: App) -> None:
    client, row = let_in(ticked), planned(ticked)
    place = f"/deliveries/{row.key}/note"
    mark = looked_at(client, place, text="Late.")["mark"]
    client.post(ROOT + place, json={"text": WORDS, "seen": mark})
    answer = client.post(ROOT + place, json={"text": "Late.", "seen": mark})
    assert (answer.status_code, "Since that mark, something changed" in answer.json()["detail"]) == (409, True)
    assert ticked.ticker.wiring.ledger.snapshot().note(row.key) == WORDS


@pytest.mark.parametrize(("text", "status"), [("x" * 2001, 422), ("\u200b", 409), (3, 422)])
def test_a_note_that_nobody_could_read_is_refused(ticked: App, text: object, status: int) -> None:
    client, row = let_in(ticked), planned(ticked)
    assert client.post(f"{ROOT}/deliveries/{row.key}/note", json={"text": text}).status_code == status


def test_everything_is_paused_at_once_and_twice_is_once(ticked: App) -> None:
    client = let_in(ticked, "editor")
    assert client.get(f"{ROOT}/pause").json() == {"paused": None, "mark": None}
    answers = [client.post(f"{ROOT}/pause", json={"note": "Wait."}).json() for _ in range(2)]
    assert answers[0] == answers[1] == client.get(f"{ROOT}/pause").json()
    assert (answers[0]["paused"]["by"], answers[0]["paused"]["act"]) == ("Anna", "pause")
    assert said(ticked) == [("pause", "Anna", "Wait. (API token deploy)")]
    assert client.post(f"{ROOT}/resume").status_code == 403


def test_what_would_go_out_is_said_before_everything_goes_on(ticked: App) -> None:
    client = let_in(ticked)
    client.post(f"{ROOT}/pause")
    row = next(row for row in ticked.ticker.wiring.ledger.rows("planned"))
    later(ticked, row.due_at + timedelta(minutes=1) - ticked.clock.now())
    found = looked_at(client, "/resume")
    assert row.key in [one["key"] for one in found["due"]]
    assert [act for act, _, _ in said(ticked)] == ["pause"]
    answers = [client.post(f"{ROOT}/resume", json={"seen": found["mark"], "note": "On."}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert (answers[0].json()["paused"], answers[0].json()["due"]) == (None, found["due"])
    assert said(ticked)[1:] == [("resume", "Anna", "On. (API token deploy)")]


def test_what_lost_its_use_while_paused_is_said_too(ticked: App) -> None:
    client = let_in(ticked)
    client.post(f"{ROOT}/pause")
    row = next(row for row in ticked.ticker.wiring.ledger.rows("planned"))
    later(ticked, row.expires_at + timedelta(minutes=1) - ticked.clock.now())
    assert row.key in [one["key"] for one in looked_at(client, "/resume")["missed"]]


def test_another_pause_than_the_one_that_was_looked_at_is_not_ended(ticked: App) -> None:
    client = let_in(ticked)
    client.post(f"{ROOT}/pause")
    mark = looked_at(client, "/resume")["mark"]
    desk.resume(ticked, by="Ben")
    later(ticked, timedelta(minutes=1))
    desk.pause(ticked, by="Ben")
    assert client.post(f"{ROOT}/resume", json={"seen": mark}).status_code == 409
    assert ticked.ticker.wiring.ledger.snapshot().paused is not None


def test_where_nothing_is_paused_nothing_is_resumed(ticked: App) -> None:
    client = let_in(ticked)
    nothing: dict[str, Any] = {"paused": None, "mark": None, "due": [], "missed": []}
    assert client.post(f"{ROOT}/resume").json() == nothing
    assert client.post(f"{ROOT}/resume", json={"seen": "0" * 12}).json() == nothing
    assert said(ticked) == []


def at_server(folder: Path, server: MailServer, *, live: bool = True) -> App:
    site = mailing(folder, live=live)
    text = site.config.read_text(encoding="utf-8")
    site.config.write_text(text.replace("port: 9,", f"port: {server.port},"), encoding="utf-8")
    site.refresh()
    site.tick()
    return site


def test_a_test_goes_to_one_address_alone_and_counts_as_nothing(tmp_path: Path) -> None:
    with running(MailServer()) as server, capture_logs() as logs:
        site = at_server(tmp_path, server)
        answer = let_in(site).post(f"{ROOT}/sends/test", headers=KEYED, json=TRIAL)
    assert (answer.status_code, answer.json()) == (
        200,
        {"audience": "newsletter", "address": "anna@example.org", "left": None},
    )
    [letter] = server.taken
    assert (letter.mail["Subject"], letter.mail["To"]) == ("[Test] We moved", "anna@example.org")
    assert (site.ticker.wiring.ledger.snapshot().one_offs, "anna@" in json.dumps(logs, default=str)) == ({}, False)


def test_a_test_asked_for_again_is_the_same_one(tmp_path: Path) -> None:
    with running(MailServer()) as server:
        client = let_in(at_server(tmp_path, server))
        answers = [client.post(f"{ROOT}/sends/test", headers=KEYED, json=TRIAL) for _ in range(2)]
        other = client.post(f"{ROOT}/sends/test", headers=KEYED, json={**TRIAL, "address": "ben@example.org"})
    assert [(one.status_code, one.headers.get("idempotent-replayed")) for one in answers] == [
        (200, None),
        (200, "true"),
    ]
    assert answers[0].json() == answers[1].json()
    assert (other.status_code, "needs another key" in other.json()["detail"]) == (422, True)
    assert len(server.taken) == 1


def test_what_the_server_says_of_an_address_is_kept_without_it(tmp_path: Path) -> None:
    with running(MailServer()) as server:
        server.refusals["anna@example.org"] = "550 anna@example.org is unknown here"
        site = at_server(tmp_path, server)
        answer = let_in(site).post(f"{ROOT}/sends/test", headers=KEYED, json=TRIAL)
    begun, done = site.ticker.wiring.ledger.decided()
    assert (answer.status_code, done.fingerprint) == (409, "refused")
    assert "anna@" not in repr((begun, done))


def test_a_test_needs_a_key(tmp_path: Path) -> None:
    with running(MailServer()) as server:
        answer = let_in(at_server(tmp_path, server)).post(f"{ROOT}/sends/test", json=TRIAL)
    assert (answer.status_code, server.taken) == (400, [])


def test_a_test_asked_for_again_takes_none_of_the_ration(tmp_path: Path) -> None:
    with running(MailServer()) as server:
        client = let_in(at_server(tmp_path, server))
        codes = {
            client.post(f"{ROOT}/sends/test", headers=KEYED, json=TRIAL).status_code for _ in range(MOST_TRIALS + 5)
        }
        fresh = client.post(f"{ROOT}/sends/test", headers={"idempotency-key": "test-2"}, json=TRIAL)
    assert (codes, fresh.status_code, len(server.taken)) == ({200}, 200, 2)


def test_in_test_mode_it_goes_to_nobody_beyond_the_list(tmp_path: Path) -> None:
    with running(MailServer()) as server:
        client = let_in(at_server(tmp_path, server, live=False))
        answer = client.post(f"{ROOT}/sends/test", headers=KEYED, json={**TRIAL, "address": "ben@example.org"})
    assert (answer.status_code, "is not on its list" in answer.json()["detail"]) == (409, True)
    assert server.taken == []


def test_a_test_that_was_not_taken_is_said_to_be_none(ticked: App) -> None:
    answer = let_in(ticked).post(f"{ROOT}/sends/test", headers=KEYED, json=TRIAL)
    assert (answer.status_code, answer.json()["detail"].startswith("No test was sent. ")) == (409, True)


def test_more_tests_than_anybody_needs_are_refused(ticked: App) -> None:
    client = let_in(ticked)
    codes = [
        client.post(f"{ROOT}/sends/test", headers={"idempotency-key": f"test-{n}"}, json=TRIAL).status_code
        for n in range(MOST_TRIALS + 1)
    ]
    assert codes == [409] * MOST_TRIALS + [429]


@pytest.mark.parametrize(
    ("change", "place"),
    [({"address": "anna, ben@example.org"}, "address"), ({"address": ""}, "address"), ({"confirm": "newsletter"}, "confirm"),
     ({"audience": "nobody"}, "audience"), ({"note": ""}, "text")],
)  # fmt: skip
def test_a_wrong_test_is_refused_with_what_is_wrong(ticked: App, change: dict[str, str], place: str) -> None:
    answer = let_in(ticked).post(f"{ROOT}/sends/test", headers=KEYED, json={**TRIAL, **change})
    assert (answer.status_code, [one["field"] for one in answer.json()["problems"]]) == (422, [place])
