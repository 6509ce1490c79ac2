"""The pages of a send by hand: what somebody looked at and confirmed goes out, once, and can be taken back till then."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Delivery, key_hash
from notifier.core.person import Role, may
from notifier.edges.clock import FixedClock
from notifier.web.board import Board
from notifier.web.console import Console
from notifier.web.own_looks import MOST_TRIALS
from tests.edges.smtp_server import MailServer, running
from tests.web.sites import NOW
from tests.web.test_api_acts import at_server
from tests.web.test_pages import words_of
from tests.web.visiting import ROLES, a_visitor, fields_of

NEWS = {"audience": "newsletter", "subject": "We moved", "text": "To number **four**."}
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


def looked(client: TestClient, **more: str) -> dict[str, str]:
    """The fields of the page that shows it."""
    form = {**fields_of(client.get("/send").text), **NEWS, **more, "do": "look"}
    return fields_of(client.post("/send", data=form).text)


def confirmed(client: TestClient, fields: dict[str, str], **more: str) -> tuple[int, str]:
    """Send it; how that is answered, and where that leads to."""
    answer = client.post("/send", data={**fields, "confirm": "newsletter", "do": "send", **more})
    return answer.status_code, answer.headers.get("location", "")


def sent(site: App) -> list[Delivery]:
    return [row for row in site.ticker.wiring.ledger.rows("sent") if row.kind == "one_off"]


def later(site: App) -> App:
    site.clock = FixedClock(LATER)
    site.tick()
    return site


def test_what_was_looked_at_and_confirmed_goes_out_once(ticked: App) -> None:
    client = a_visitor(ticked)
    fields = looked(client)
    answers = [confirmed(client, fields) for _ in range(2)]

    status, place = answers[0]
    assert (status, answers[0] == answers[1]) == (303, True)
    assert "It goes out" in words_of(client.get(place).text)
    assert len(sent(later(ticked))) == 1
    assert "It went out" in words_of(client.get(place).text)
    assert [(one.act, one.by) for one in ticked.ticker.wiring.ledger.decided(sent(ticked)[0].key)] == [
        ("approve", "Anna")
    ]


def test_the_page_shows_the_mail_to_whom_and_what_else_they_get(ticked: App) -> None:
    client = a_visitor(ticked)
    page = client.post("/send", data={**fields_of(client.get("/send").text), **NEWS}).text
    frame = re.search(r'<iframe[^>]*src="([^"]+)"', page)

    assert frame is not None
    framed = client.get(frame[1])
    assert "<strong>four</strong>" in framed.text
    assert framed.headers["content-security-policy"].startswith("sandbox")
    assert "newsletter, into outbox, a folder that nobody is mailed from" in words_of(page)
    assert "What else they get on that day" in page


def test_nobody_else_sees_a_message_that_is_being_looked_at(ticked: App) -> None:
    console = Console(Board(ticked))
    anna, ben = (a_visitor(ticked, name=name, console=console) for name in ("Anna", "Ben"))
    page = anna.post("/send", data={**fields_of(anna.get("/send").text), **NEWS}).text
    frame = re.search(r'<iframe[^>]*src="([^"]+)"', page)
    assert frame is not None
    assert (anna.get(frame[1]).status_code, ben.get(frame[1]).status_code) == (200, 404)


@pytest.mark.parametrize("typed", ["", "Newsletter", "friends", "newsletter2"])
def test_without_the_name_of_the_audience_nothing_is_sent(ticked: App, typed: str) -> None:
    client = a_visitor(ticked)
    answer = client.post("/send", data={**looked(client), "confirm": typed, "do": "send"})
    assert (answer.status_code, "Type newsletter to send it. Nothing was sent." in answer.text) == (400, True)
    assert ticked.ticker.wiring.ledger.snapshot().one_offs == {}


def test_what_moved_since_it_was_looked_at_is_shown_again_and_not_sent(ticked: App) -> None:
    client = a_visitor(ticked)
    fields = looked(client)
    status, _ = confirmed(client, {**fields, "text": "Something else."})
    assert status == 409
    assert ticked.ticker.wiring.ledger.snapshot().one_offs == {}


def test_it_is_taken_back_by_one_button(ticked: App) -> None:
    client = a_visitor(ticked)
    _, place = confirmed(client, looked(client))
    answers = [client.post(f"{place}/undo", data={"note": ""}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert "It was taken back, and is never sent" in words_of(client.get(place).text)
    assert sent(later(ticked)) == []


def test_what_went_out_cannot_be_taken_back_and_says_so(ticked: App) -> None:
    client = a_visitor(ticked)
    _, place = confirmed(client, looked(client))
    later(ticked)
    answer = client.post(f"{place}/undo", data={"note": ""})
    assert (answer.status_code, "nothing calls it back" in answer.text) == (409, True)
    assert "Take it back" not in client.get(place).text


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_send_gets_there(ticked: App, role: Role) -> None:
    client, sender = a_visitor(ticked, role), a_visitor(ticked)
    fields = looked(sender)
    status = client.post("/send", data={**fields, "confirm": "newsletter", "do": "send"}).status_code
    assert (client.get("/send").status_code, status) == ((200, 303) if may(role, "send") else (403, 403))
    assert ('href="/send"' in client.get("/").text) == may(role, "send")


def test_nobody_is_sent_to_log_in_first(ticked: App) -> None:
    nobody = a_visitor(ticked, None)
    assert nobody.get("/send").headers["location"].startswith("/login")
    assert nobody.post("/send", data=NEWS).headers["location"].startswith("/login")
    assert ticked.ticker.wiring.ledger.snapshot().one_offs == {}


def test_everything_that_is_wrong_is_said_above_what_was_written(ticked: App) -> None:
    client = a_visitor(ticked)
    form = {
        **fields_of(client.get("/send").text),
        "audience": "",
        "text": "<script>alert(1)</script>",
        "at": "2020-01-01T10:00",
    }
    answer = client.post("/send", data=form)

    assert answer.status_code == 400
    for said in ("There is no audience", "has passed", "has no subject"):
        assert said in words_of(answer.text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</textarea>" in answer.text


def test_going_back_keeps_what_was_written(ticked: App) -> None:
    client = a_visitor(ticked)
    page = client.post("/send", data={**looked(client), "do": "back"}).text
    assert "To number **four**.</textarea>" in page
    assert 'value="We moved"' in page


def test_an_event_is_chosen_by_a_tick_or_by_its_name(ticked: App) -> None:
    client = a_visitor(ticked)
    sight = ticked.latest
    assert sight is not None
    event = next(one for one in sight.look.content.events if "open-studio" in one.path)
    for chosen in ({f"event:{event.uid}": "on"}, {"other": "open-studio"}):
        page = client.post(
            "/send", data={**fields_of(client.get("/send").text), "audience": "newsletter", **chosen}
        ).text
        assert event.title in words_of(page)
    assert f'name="event:{event.uid}" checked' in client.get(f"/send?event={event.uid}").text


def test_more_tests_than_anybody_needs_are_refused_and_those_of_others_are_not(ticked: App) -> None:
    console = Console(Board(ticked))
    anna, ben = (a_visitor(ticked, name=name, console=console) for name in ("Anna", "Ben"))
    form = {**looked(anna), "do": "test", "address": "anna@example.org"}
    codes = [anna.post("/send", data={**form, "trial": f"{n}"}).status_code for n in range(MOST_TRIALS + 1)]
    assert codes == [409] * MOST_TRIALS + [429]
    assert "The next can from" in words_of(anna.post("/send", data=form).text)
    assert ben.post("/send", data={**looked(ben), "do": "test", "address": "b@example.org"}).status_code == 409
    ticked.clock = FixedClock(NOW + timedelta(hours=1))
    assert anna.post("/send", data={**looked(anna), "do": "test", "address": "anna@example.org"}).status_code == 409


def test_an_outbox_sends_no_tests_and_says_so(ticked: App) -> None:
    client = a_visitor(ticked)
    answer = client.post("/send", data={**looked(client), "do": "test", "address": "anna@example.org"})
    assert (answer.status_code, "is a folder and sends no mail" in words_of(answer.text)) == (409, True)
    wrong = client.post("/send", data={**looked(client), "do": "test", "address": "anna"})
    assert (wrong.status_code, "is no mail address" in words_of(wrong.text)) == (400, True)


def test_a_page_of_nothing_is_not_there(ticked: App) -> None:
    client = a_visitor(ticked)
    assert client.get("/sent/0123456789ab").status_code == 404
    assert client.post("/sent/0123456789ab/undo", data={"note": ""}).status_code == 404
    assert client.get("/send/nothing/message.html").status_code == 404


def test_a_delivery_of_one_that_is_text_alone_shows_its_message(ticked: App) -> None:
    client = a_visitor(ticked)
    _, place = confirmed(client, looked(client))
    ticked.tick()
    [row] = [one for one in ticked.ticker.wiring.ledger.rows("planned") if one.kind == "one_off"]
    page = client.get(f"/outbox/{key_hash(row.key)}")
    assert (page.status_code, "We moved" in words_of(page.text)) == (200, True)
    assert place == f"/sent/{key_hash(row.key)}"


def test_titles_and_texts_of_people_run_nothing(ticked: App) -> None:
    client = a_visitor(ticked)
    bad = '"><img src=x onerror=alert(1)>'
    _, place = confirmed(client, looked(client, subject=bad, text=bad))
    page = client.get(place).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_asked_on_the_command_line_it_shows_here_too(ticked: App) -> None:
    wish = desk.Wish(audience="newsletter", once="w-1", subject="News", note="Some.")
    done = desk.send(ticked, wish, by="Ben", seen=desk.prepare(ticked, wish, by="Ben").mark)
    assert done.delivery is not None
    assert "Ben" in words_of(a_visitor(ticked).get(f"/sent/{key_hash(done.delivery.key)}").text)


def test_a_page_loaded_again_sends_its_test_once(tmp_path: Path) -> None:
    with running(MailServer()) as server:
        site = at_server(tmp_path, server)
        anna = a_visitor(site)
        form = {**looked(anna), "do": "test", "address": "anna@example.org"}
        pages = [words_of(anna.post("/send", data=form).text) for _ in range(2)]
        taken = len(server.taken)
        anna.post("/send", data={**looked(anna), "do": "test", "address": "anna@example.org"})
        after = len(server.taken)
    assert (taken, after) == (1, 2)
    assert ["sent twice, and the test once" in page for page in pages] == [False, True]
    assert all("A test was sent to anna@example.org. No reader got it." in page for page in pages)
