"""The API lets in whoever has an API token, as far as its role goes, and nobody else; what it refuses it says as a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.delivery import key_hash
from notifier.core.person import Deed, Role, digest_of, may
from notifier.web import build
from notifier.web.guard import Application
from tests.schemas import complaints
from tests.web.calling import NEWS, ROOT, a_program, a_program_at, let_in, secret_of, sends, with_token
from tests.web.entering import entered, later
from tests.web.sites import a_site

ROLES: tuple[Role, ...] = ("viewer", "editor", "sender", "approver")
MAKE_ONE = "Make one with `notifier users api-tokens add`, and send it as `Authorization: Bearer TOKEN`."
#: Everything there is, with what it takes.
CALLS: dict[str, Deed] = {
    "GET /events": "read", "GET /events/nothing@example.org": "read", "GET /plan": "read", "GET /deliveries": "read",
    "GET /deliveries/nothing": "read", "GET /deliveries/nothing/message": "read", "GET /sends/nothing": "read",
    "POST /sends": "send", "POST /sends/nothing/undo": "stop", "POST /deliveries/nothing/hold": "stop",
    "POST /deliveries/nothing/skip": "stop", "POST /deliveries/nothing/release": "send",
    "POST /deliveries/nothing/retry": "send", "POST /deliveries/nothing/approve": "approve",
    "POST /deliveries/nothing/settle": "send", "POST /deliveries/nothing/note": "send", "POST /sends/test": "send",
    "GET /pause": "read", "POST /pause": "stop", "POST /resume": "send",
}  # fmt: skip


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A site that has ticked, with a token of each role, for tests that change nothing."""
    site = a_site(tmp_path_factory.mktemp("api"))
    site.tick()
    for role in ROLES:
        with_token(site, role, name=role)
    yield site
    site.close()


@pytest.fixture(scope="module")
def pages(shared: App) -> Application:
    return build(shared)


@pytest.fixture
def viewer(pages: Application) -> TestClient:
    return a_program_at(pages, secret_of("viewer"))


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the sentence of a problem, which is one as RFC 9457 has it."""
    problem: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["detail"]


@pytest.mark.parametrize("role", ROLES)
def test_a_token_may_do_what_its_role_may_and_no_more(pages: Application, role: Role) -> None:
    client, turned_away = a_program_at(pages, secret_of(role)), set[str]()
    for call in CALLS:
        method, path = call.split()
        answer = client.request(method, ROOT + path, headers={"idempotency-key": "k"})
        turned_away |= {call} if answer.status_code == 403 else set()
    assert turned_away == {call for call, deed in CALLS.items() if not may(role, deed)}


def test_the_matrix_has_everything_that_there_is(pages: Application) -> None:
    paths = a_program_at(pages, None).get(f"{ROOT}/openapi.json").json()["paths"]
    there = {f"{method.upper()} {path.removeprefix(ROOT)}" for path, found in paths.items() for method in found}
    assert there == {re.sub(r"nothing@example.org", "{uid}", call).replace("nothing", "{name}") for call in CALLS}


def test_without_a_token_nothing_is_said_or_done(pages: Application) -> None:
    client = a_program_at(pages, None)
    for call in CALLS:
        method, path = call.split()
        answer = client.request(method, ROOT + path, json=NEWS)
        assert refusal(answer)[0] == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="notifier"'


@pytest.mark.parametrize(
    "field",
    ["Bearer", "Bearer ", "Bearer x", "Basic eDp5", f"Token {secret_of('viewer')}", f"Bearer {secret_of('other')}"],
)
def test_what_is_no_token_of_ours_opens_nothing(shared: App, field: str) -> None:
    answer = a_program(shared, None).get(f"{ROOT}/events", headers={"authorization": field})
    assert refusal(answer)[0] == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_two_tokens_at_once_are_none(pages: Application) -> None:
    fields = [("authorization", f"Bearer {secret_of('viewer')}")] * 2
    assert a_program_at(pages, None).get(f"{ROOT}/events", headers=fields).status_code == 401


def test_a_token_in_the_address_opens_nothing(pages: Application) -> None:
    place = f"{ROOT}/events?access_token={secret_of('viewer')}"
    assert a_program_at(pages, None).get(place).status_code == 401
    assert a_program_at(pages, secret_of("viewer")).get(place).status_code == 422


def test_a_token_ends_by_time(ticked: App) -> None:
    client = let_in(ticked)
    later(ticked, timedelta(days=90) - timedelta(seconds=1))
    assert client.get(f"{ROOT}/events").status_code == 200
    later(ticked, timedelta(seconds=1))
    assert refusal(client.get(f"{ROOT}/events")) == (
        401,
        f"This API token expired on Wed 24 Feb 2027 09:55 GMT. {MAKE_ONE}",
    )


def test_a_revoked_token_opens_nothing_from_the_next_request_on(ticked: App) -> None:
    client = let_in(ticked)
    assert client.get(f"{ROOT}/events").status_code == 200
    ticked.ticker.wiring.ledger.revoke_api_token("deploy", ticked.clock.now())
    status, said = refusal(client.get(f"{ROOT}/events"))
    assert (status, said.startswith("This API token was revoked on Thu 26 Nov 2026 09:55 GMT.")) == (401, True)


def test_with_a_person_their_tokens_go_and_become_less(ticked: App) -> None:
    ledger = ticked.ticker.wiring.ledger
    client = let_in(ticked, "sender")
    with_token(ticked, of="Ben", name="other")
    ledger.change_role("Anna", "viewer")
    assert (client.get(f"{ROOT}/events").status_code, sends(client, NEWS).status_code) == (200, 403)
    ledger.disable("Anna", ticked.clock.now())
    ledger.enable("Anna")
    assert client.get(f"{ROOT}/events").status_code == 401


def test_who_is_logged_in_is_no_program(ticked: App) -> None:
    browser = entered(ticked)
    assert browser.get("/events").status_code == 200
    assert browser.get(f"{ROOT}/events").status_code == 401
    assert browser.post(f"{ROOT}/sends", json=NEWS).status_code == 401


def test_a_token_opens_no_page(pages: Application) -> None:
    client = a_program_at(pages, secret_of("approver"))
    assert client.get("/events").status_code == 303
    assert client.post("/pause", data={"note": ""}).status_code == 403


def test_where_a_call_comes_from_counts_for_nothing_and_no_page_elsewhere_may_read_it(pages: Application) -> None:
    client = a_program_at(pages, secret_of("sender"))
    fields = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site", "idempotency-key": "k"}
    answer = client.post(f"{ROOT}/sends", json=NEWS, headers=fields)
    asked_before = client.options(f"{ROOT}/sends", headers={**fields, "access-control-request-method": "POST"})
    assert (answer.status_code, asked_before.status_code) == (200, 405)
    assert [name for one in (answer, asked_before) for name in one.headers if name.startswith("access-control")] == []


def test_it_answers_where_it_is_called_by_its_own_name_only(shared: App) -> None:
    assert (
        a_program(shared, secret_of("viewer"), base="http://elsewhere.example").get(f"{ROOT}/events").status_code == 400
    )


def test_every_answer_has_the_fields_that_keep_browsers_out(viewer: TestClient) -> None:
    answer = viewer.get(f"{ROOT}/events")
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    assert answer.headers["content-type"] == "application/json"


def test_many_wrong_tokens_have_to_wait_and_right_ones_never(ticked: App) -> None:
    wrong, right = a_program(ticked, secret_of("wrong")), let_in(ticked)
    answers = [wrong.get(f"{ROOT}/events") for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert right.get(f"{ROOT}/events").status_code == 200
    later(ticked, timedelta(seconds=2))
    assert wrong.get(f"{ROOT}/events").status_code == 401


def test_no_token_and_no_digest_reaches_a_log_or_an_answer(ticked: App) -> None:
    secret = with_token(ticked)
    with capture_logs() as logs:
        said = sends(a_program(ticked, secret), {**NEWS, "confirm": "newsletter"}).text
        said += a_program(ticked, secret[:-1] + "y").get(f"{ROOT}/events").text
    written = json.dumps(logs) + said
    assert [one["event"] for one in logs] == ["decided", "api_token_refused"]
    assert [one for one in (secret, secret[:-1] + "y", digest_of(secret)) if one in written] == []


def test_the_day_of_the_last_use_is_written_once_a_day(ticked: App) -> None:
    client, ledger = let_in(ticked), ticked.ticker.wiring.ledger
    client.get(f"{ROOT}/plan")
    assert ledger.api_tokens()[0].used_on == ticked.clock.now().date()
    later(ticked, timedelta(days=1))
    client.get(f"{ROOT}/plan")
    assert ledger.api_tokens()[0].used_on == ticked.clock.now().date()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/sends", "POST"),
        ("GET", "/sends", "POST"),
        ("DELETE", "/events", "GET, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_there_are(viewer: TestClient, method: str, path: str, allowed: str) -> None:
    answer = viewer.request(method, ROOT + path)
    assert (refusal(answer)[0], answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/events",
        "/api/v1/../events",
        "/api/v1//events",
        "/api/v1/events/",
        "/api/v1/%2e%2e/outbox",
    ],
)
def test_there_is_nothing_beside_what_there_is(viewer: TestClient, path: str) -> None:
    assert refusal(viewer.get(path))[0] in (401, 404)


def test_lists_are_what_the_command_line_prints(shared: App, viewer: TestClient) -> None:
    assert complaints("events", viewer.get(f"{ROOT}/events").json()) == []
    assert complaints("plan", viewer.get(f"{ROOT}/plan").json()) == []
    assert shared.latest is not None
    uids = [one["uid"] for one in viewer.get(f"{ROOT}/events").json()["events"]]
    assert uids == [one.uid for one in shared.latest.look.content.events]


def test_an_event_has_what_every_rule_decides_about_it(viewer: TestClient) -> None:
    uid = viewer.get(f"{ROOT}/plan").json()["deliveries"][0]["events"][0]["uid"]
    found = viewer.get(f"{ROOT}/events/{uid}").json()
    assert (complaints("event", found["event"]), complaints("why", found["why"])) == ([], [])
    assert found["event"]["uid"] == uid
    assert found["why"]["rules"] != []


def test_deliveries_come_in_pages_that_together_are_all(shared: App, viewer: TestClient) -> None:
    found, after = list[str](), ""
    while True:
        page = viewer.get(f"{ROOT}/deliveries?limit=4{after}").json()
        found += [one["key"] for one in page["deliveries"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == [row.key for row in shared.ticker.wiring.ledger.rows()]


def test_deliveries_are_found_by_how_they_stand_and_to_whom_they_go(viewer: TestClient) -> None:
    planned = viewer.get(f"{ROOT}/deliveries?status=planned&kind=reminder&audience=newsletter").json()["deliveries"]
    assert {one["status"] for one in planned} == {"planned"}
    assert viewer.get(f"{ROOT}/deliveries?audience=nobody").json() == {"deliveries": [], "next": None}
    for key in (planned[0]["key"], key_hash(planned[0]["key"])):
        assert viewer.get(f"{ROOT}/deliveries/{key}").json()["delivery"] == planned[0]


@pytest.mark.parametrize(
    "query", ["status=lost", "limit=0", "limit=x", "limit=1&limit=2", "until=1", "after=nothing", "limit=%ff"]
)
def test_a_wrong_filter_is_refused_with_what_is_wrong(viewer: TestClient, query: str) -> None:
    answer = viewer.get(f"{ROOT}/deliveries?{query}")
    assert refusal(answer)[0] == 422
    assert len(answer.json()["problems"]) == 1


def test_before_the_first_tick_one_is_asked_to_come_again(site: App) -> None:
    answer = let_in(site).get(f"{ROOT}/events")
    assert (refusal(answer)[0], answer.headers["retry-after"]) == (503, "60")


def test_while_the_ledger_cannot_be_read_one_is_asked_to_come_again(ticked: App) -> None:
    client = let_in(ticked)
    (ticked.config.parent / "notifier.db").unlink()
    assert refusal(client.get(f"{ROOT}/deliveries")) == (
        503,
        "The ledger can't be read now. Nothing was done. The log says more.",
    )


def test_to_a_head_the_fields_alone_are_answered(viewer: TestClient) -> None:
    answer = viewer.head(f"{ROOT}/plan")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(viewer.get(f"{ROOT}/plan").content)


def test_nothing_is_read_for_an_answer(ticked: App) -> None:
    client = let_in(ticked)
    for file in (ticked.config.parent / "_events").iterdir():
        file.unlink()
    assert len(client.get(f"{ROOT}/events").json()["events"]) > 0
