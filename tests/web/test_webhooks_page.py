"""The page of the programs that are told: how each stands, a test of it, and another try, each by whoever may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from notifier.core.delivery import webhook_key
from notifier.core.person import Role, may
from notifier.edges.clock import FixedClock
from notifier.web.board import Board
from notifier.web.console import Console
from tests.builders import at
from tests.edges.raw_server import Answer
from tests.posting import BROKEN, GONE, TAKEN, HookSite, hook_site
from tests.ticking import DUE
from tests.web.sites import a_client
from tests.web.test_pages import words_of
from tests.web.visiting import ROLES, a_visitor


@pytest.fixture
def site(tmp_path: Path) -> Iterator[HookSite]:
    with hook_site(tmp_path) as made:
        yield made


def failing(site: HookSite, answer: Answer = BROKEN) -> None:
    """One reminder went out, and the receiver answered so to that."""
    site.coming()
    site.tick()
    site.server.answer = answer
    site.round()
    site.app.clock = FixedClock(at("2026-12-08 10:00:30"))


def said(site: HookSite) -> list[tuple[str, str]]:
    return [(one.act, one.by) for one in site.app.ticker.wiring.ledger.decided(webhook_key("chat"))]


def text_of(site: HookSite) -> str:
    return words_of(a_client(site.app).get("/webhooks").text)


def test_one_that_is_well_says_what_it_is_told_and_when_it_was(site: HookSite) -> None:
    site.coming()
    site.tick()
    site.round()
    text = text_of(site)
    assert "Is told of failed, held, missed, sent, unknown" in text
    assert "Last told Tue 8 Dec 10:00 GMT" in text
    assert "chat well" in text
    assert "Waiting nothing" in text


def test_one_that_fails_says_since_when_with_what_and_how_much_waits(site: HookSite) -> None:
    failing(site)
    page = a_client(site.app).get("/webhooks").text
    text = words_of(page)
    assert "chat fails" in text
    assert "Fails since Tue 8 Dec 10:00 GMT (now)" in text
    assert "answered 500. It is tried again by itself." in text
    assert "Waiting 1 post" in text
    assert [word for word in ("hush", "secret words", "MfKQ9r8") if word in page] == []


def test_one_that_wants_no_more_says_so_and_what_to_do(site: HookSite) -> None:
    failing(site, GONE)
    text = text_of(site)
    assert "chat wants no more" in text
    assert "Delete it from config.yaml, or give it another url" in text


def test_one_without_its_secret_says_that_everything_waits(site: HookSite) -> None:
    (site.folder / "hook.secret").unlink()
    assert "Everything waits until it can be read." in text_of(site)


def test_what_was_given_up_is_counted_and_tried_anew(site: HookSite) -> None:
    failing(site)
    for hour in range(1, 80):
        site.round(f"2026-12-{8 + (10 + hour) // 24:02} {(10 + hour) % 24:02}:00")
    anna = a_visitor(site.app)
    assert "Given up 1 post in the last 30 days" in words_of(anna.get("/webhooks").text)
    site.server.answer = TAKEN
    answers = [anna.post("/webhooks/chat/again") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 200]
    assert "nothing was changed" in words_of(answers[1].text)
    after = words_of(anna.get(answers[0].headers["location"]).text)
    assert "Anna had it tried again on Fri 11 Dec" in after
    assert (said(site), site.state().waiting) == ([("retry", "Anna")], 1)
    assert "chat retry" in words_of(anna.get("/audit").text)


def test_a_test_is_posted_once_and_its_answer_shown(site: HookSite) -> None:
    anna = a_visitor(site.app)
    with capture_logs() as logs:
        answer = anna.post("/webhooks/chat/test")
    assert (answer.status_code, "took the test and answered 204." in words_of(answer.text)) == (200, True)
    assert [got.json()["type"] for got in site.got()] == ["test"]
    assert ([one["event"] for one in logs], said(site)) == (["webhook_tested"], [])


def test_a_test_that_fails_says_how(site: HookSite) -> None:
    site.server.answer = BROKEN
    answer = a_visitor(site.app).post("/webhooks/chat/test")
    assert (answer.status_code, "The test failed." in answer.text, "answered 500." in answer.text) == (409, True, True)
    assert "secret words" not in answer.text


def test_while_a_test_waits_for_its_answer_another_is_refused(site: HookSite) -> None:
    console = Console(Board(site.app))
    client = a_visitor(site.app, console=console)
    with console.webhooks._trying:
        answer = client.post("/webhooks/chat/test")
    assert (answer.status_code, "Another test is under way." in answer.text, site.got()) == (409, True, [])
    assert client.post("/webhooks/chat/test").status_code == 200


def test_after_a_410_a_test_that_succeeds_lets_it_begin_again_and_says_who_did_that(site: HookSite) -> None:
    failing(site, GONE)
    anna = a_visitor(site.app)
    assert anna.post("/webhooks/chat/again").status_code == 409
    site.server.answer = TAKEN
    assert "It is told again what moves from now on." in words_of(anna.post("/webhooks/chat/test").text)
    assert said(site) == [("resume", "Anna")]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", ["test", "again"])
def test_only_who_may_send_has_the_buttons_and_may_press_them(site: HookSite, role: Role, act: str) -> None:
    failing(site)
    client = a_visitor(site.app, role)
    assert (f'action="/webhooks/chat/{act}"' in client.get("/webhooks").text) is may(role, "send")
    posts = len(site.got())
    site.server.answer = TAKEN
    status = client.post(f"/webhooks/chat/{act}").status_code
    assert status == ({"test": 200, "again": 303}[act] if may(role, "send") else 403)
    assert len(site.got()) - posts == (1 if act == "test" and may(role, "send") else 0)


def test_nobody_presses_them_without_having_logged_in(site: HookSite) -> None:
    client = a_visitor(site.app, None)
    assert [client.post(f"/webhooks/chat/{act}").status_code for act in ("test", "again")] == [303, 303]
    assert site.got() == []


@pytest.mark.parametrize("name", ["other", "..", "chat%2F", "<b>"])
def test_what_config_names_not_is_not_there(site: HookSite, name: str) -> None:
    client = a_visitor(site.app)
    assert {client.post(f"/webhooks/{name}/{act}").status_code for act in ("test", "again")} <= {404, 405}
    assert "had it tried again" not in client.get("/webhooks", params={"again": name}).text


def test_where_there_is_none_it_is_said_how_to_add_one(site: HookSite) -> None:
    site.hook()
    assert "config.yaml names no webhooks." in text_of(site)
    assert "/webhooks" not in a_client(site.app).get("/health").text


def test_the_way_there_is_on_the_page_of_the_programs_health(site: HookSite) -> None:
    site.tick(DUE)
    assert '<a href="/webhooks">More about webhooks</a>' in a_client(site.app).get("/health").text
