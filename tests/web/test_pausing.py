"""Everything is stopped by one button on every page, and goes on by another; everybody sees who did it and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifier import desk
from notifier.app import App
from notifier.core.delivery import EVERYTHING
from notifier.core.person import Role, may
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.web.sites import NOW
from tests.web.test_pages import section, words_of
from tests.web.visiting import ROLES, a_visitor, fields_of, pressed

PAGES = ("/", "/events", "/outbox", "/feeds", "/audit", "/pause", "/resume", "/nowhere")
#: The reminder of the workshop is due then, and of use until the workshop.
DUE = at("2026-11-30 10:00")


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


def said(site: App) -> list[tuple[str, str]]:
    return [(one.act, one.by) for one in site.ticker.wiring.ledger.decided(EVERYTHING)]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_has_the_button_for_those_who_may_stop_things(ticked: App, role: Role) -> None:
    client = a_visitor(ticked, role)
    assert {('href="/pause"' in client.get(page).text) for page in PAGES[:5]} == {may(role, "stop")}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_stop_things_pauses_and_who_may_send_resumes(ticked: App, role: Role) -> None:
    client = a_visitor(ticked, role)
    assert pressed(client, "/pause", note="Wait for the vote.") == (303 if may(role, "stop") else 403)
    desk.pause(ticked, by="Ben")
    before = len(said(ticked))
    assert pressed(client, "/resume") == (303 if may(role, "send") else 403)
    assert len(said(ticked)) == before + may(role, "send")


def test_the_page_says_what_would_wait(ticked: App) -> None:
    text = section(a_visitor(ticked).get("/pause").text, "waiting")
    assert "What would wait, of the next 7 days" in text
    assert "Reading your street: a workshop for beginners planned due Mon 30 Nov 10:00 GMT" in text


def test_every_page_then_says_so_loudly_with_a_button_to_resume(ticked: App) -> None:
    client = a_visitor(ticked)
    pressed(client, "/pause", note="Wait for the <vote>.")
    for page in PAGES:
        text = client.get(page).text
        assert "Paused by Anna since Thu 26 Nov 09:55 GMT. Wait for the &lt;vote&gt;." in text
        assert 'href="/resume"' in text
        assert 'class="act act-pause"' not in text


def test_who_may_not_resume_is_told_who_can(ticked: App) -> None:
    desk.pause(ticked, by="Ben")
    text = a_visitor(ticked, "editor").get("/").text
    assert 'href="/resume"' not in text
    assert "A sender, an approver or an admin can resume." in words_of(text)


def test_pausing_twice_is_pausing_once(ticked: App) -> None:
    client = a_visitor(ticked)
    assert [client.post("/pause", data={"note": "Stop."}).status_code for _ in range(2)] == [303, 303]
    assert said(ticked) == [("pause", "Anna")]


def test_the_pause_that_was_shown_is_ended_and_no_other(ticked: App) -> None:
    client = a_visitor(ticked)
    desk.pause(ticked, by="Ben")
    form = fields_of(client.get("/resume").text)
    desk.resume(ticked, by="Kim")
    ticked.clock = FixedClock(NOW + timedelta(minutes=1))
    desk.pause(ticked, by="Kim")

    answer = client.post("/resume", data=form)

    assert (answer.status_code, said(ticked)[-1]) == (409, ("pause", "Kim"))
    assert "Somebody resumed and paused everything again while you looked" in section(answer.text, "trouble")


def test_a_form_that_was_shown_no_pause_ends_none(ticked: App) -> None:
    desk.pause(ticked, by="Ben")
    assert a_visitor(ticked).post("/resume", data={"note": ""}).status_code == 409
    assert said(ticked) == [("pause", "Ben")]


def test_before_it_is_resumed_the_page_says_what_goes_out_and_afterwards_what_did(ticked: App) -> None:
    client = a_visitor(ticked)
    pressed(client, "/pause")
    ticked.clock = FixedClock(DUE + timedelta(hours=1))
    ticked.tick()
    page = client.get("/resume").text

    answer = client.post("/resume", data={**fields_of(page), "note": ""})

    assert "Resume: 1 mail goes out at the next tick" in words_of(page)
    assert "Reading your street" in section(page, "late")
    for _ in range(2):
        text = words_of(client.get(answer.headers["location"]).text)
        assert "Anna resumed on Mon 30 Nov 11:00 GMT. 0 mails missed meanwhile; 1 that waited goes out" in text
        ticked.tick()


def test_what_lost_its_use_meanwhile_is_said_to_be_missed(ticked: App) -> None:
    client = a_visitor(ticked)
    pressed(client, "/pause")
    ticked.clock = FixedClock(at("2026-12-07 15:00"))
    ticked.tick()
    assert "Reading your street" in section(client.get("/resume").text, "lost")

    pressed(client, "/resume")

    missed = len(ticked.ticker.wiring.ledger.rows("missed"))
    assert missed > 0
    assert f"{missed} mails missed meanwhile; 0 that waited go out" in words_of(client.get("/resume?done=resume").text)


def test_nothing_is_paused_says_so(ticked: App) -> None:
    assert "Nothing is paused" in words_of(a_visitor(ticked).get("/resume").text)
    assert pressed(a_visitor(ticked), "/resume") == 303
    assert said(ticked) == []


def test_a_note_that_is_too_long_stops_nothing(ticked: App) -> None:
    for page in ("/pause", "/resume"):
        answer = a_visitor(ticked).post(page, data={"note": "x" * 1001})
        assert (answer.status_code, "at most 1,000 are kept" in answer.text) == (400, True)
    assert said(ticked) == []


def test_nobody_pauses_without_having_logged_in(ticked: App) -> None:
    client = a_visitor(ticked, None)
    for page in ("/pause", "/resume"):
        for answer in (client.get(page), client.post(page, data={"note": ""})):
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    assert ('href="/pause"' in client.get("/").text, said(ticked)) == (False, [])
