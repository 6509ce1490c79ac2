"""What staff see."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.delivery import Delivery, DeliveryStatus, key_hash
from notifier.core.person import Person
from notifier.edges.clock import FixedClock
from notifier.edges.no_ledger import NoLedger
from notifier.edges.outbox import OutboxProvider
from notifier.ports import Capabilities
from notifier.web import build
from notifier.web.console import LISTED
from notifier.web.words import STATUSES
from tests.web.sites import NOW, a_client, address_of

NO_TIME = "Open studio: bring a map"
INVITATION = "Design lab: a charter for street sensors"
CONTRADICTION = "What the counters said: an evening of results"
REMINDED = "Shared streets: community call"
PLANNED = "Reading your street: a workshop for beginners"


def words_of(page: str) -> str:
    """A page as it reads, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def section(page: str, name: str) -> str:
    """The words of the section that this heading labels."""
    return words_of(page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0])


def before_the_picture(page: str) -> str:
    return words_of(page.partition('aria-labelledby="next"')[0])


def test_home_has_the_held_events_on_top_with_the_words_to_write(client: TestClient) -> None:
    page = client.get("/").text
    assert "2 events wait for you" in words_of(page)
    assert f"{NO_TIME} held 2 mails, the first due" in before_the_picture(page)
    assert "<code>start: &#34;14:00&#34;</code>" in page
    assert "_events/2026-12-08-open-studio.md" in before_the_picture(page)
    assert f"{CONTRADICTION} held" in before_the_picture(page)


def test_home_says_when_each_mail_goes_out_and_how_long_that_is(client: TestClient) -> None:
    text = section(client.get("/").text, "next")
    assert f"{PLANNED} planned due Mon 30 Nov 10:00 GMT (in 4 days; event Mon 7 Dec 14:00 GMT)" in text
    assert "reminder to newsletter through outbox (rule reminder-week)" in text


def test_home_shows_the_invitation_only_event_as_refused_with_its_reason(client: TestClient) -> None:
    refused = section(client.get("/").text, "refused")
    assert f"What does not go out, and why {INVITATION} It is by invitation only" in refused


def test_home_has_the_last_outcomes(client: TestClient) -> None:
    assert f"{REMINDED} sent sent Thu 26 Nov 09:55 GMT (now;" in section(client.get("/").text, "lately")


def test_the_picture_names_every_event_and_mail_and_leads_to_it(client: TestClient) -> None:
    page = client.get("/").text
    marks = re.findall(r'<a href="([^"]+)" class="mark mark-([a-z-]+)" aria-label="([^"]+)">', page)
    assert {"event", "planned", "held", "sent"} == {shape for _, shape, _ in marks}
    assert [label for _, _, label in marks if label.startswith("sent: reminder")] != []
    assert {client.get(address).status_code for address, _, _ in marks} == {200}
    assert ">Today</text>" in page


def test_home_says_whether_anything_reaches_people(client: TestClient) -> None:
    assert "Not live. Mails become files in the outbox, and reach nobody." in words_of(client.get("/").text)


def test_home_says_when_the_last_tick_was(client: TestClient) -> None:
    assert "Last tick Thu 26 Nov 09:55 GMT, 0 seconds ago." in words_of(client.get("/").text)


def test_before_the_first_tick_home_says_what_is_going_on(site: App) -> None:
    text = words_of(a_client(site).get("/").text)
    assert "The files are being read for the first time." in text
    assert "No tick has succeeded yet." in text


def test_a_trouble_is_on_every_page_in_its_own_words(site: App) -> None:
    site.tick()
    site.trouble = "config.yaml:3:1: sites: is not a key. Did you mean site?\nThe disk is full."
    for address in ("/", "/events", "/outbox", "/feeds", "/nowhere"):
        text = words_of(a_client(site).get(address).text)
        assert "Something is wrong config.yaml:3:1: sites: is not a key. Did you mean site? The disk is full." in text


def test_ticks_that_stopped_succeeding_are_loud(site: App) -> None:
    site.tick()
    site.clock = FixedClock(NOW + timedelta(minutes=10))
    assert "No tick has succeeded since Thu 26 Nov 09:55 GMT (10 min ago)" in words_of(a_client(site).get("/").text)


def test_a_site_without_events_says_what_to_do(empty_site: App) -> None:
    empty_site.tick()
    client = a_client(empty_site)
    assert "Nothing is planned. Mails follow from events to come: add one to the folder" in words_of(
        client.get("/").text
    )
    assert "Nothing has gone out yet." in words_of(client.get("/").text)
    assert "No event to come was read. Add a file to the folder" in words_of(client.get("/events").text)


def test_events_lists_everything_that_was_read_with_its_clearance(client: TestClient) -> None:
    text = words_of(client.get("/events").text)
    assert "6 events were read." in text
    assert f"{REMINDED} clear" in text
    assert f"{NO_TIME} asks you _events/2026-12-08-open-studio.md · 1 problem" in text
    assert f"Thu 10 Dec 10:30–16:00 GMT {INVITATION} refused" in text
    assert "Mon 14 Dec, not certain" in text


def test_a_file_that_gives_no_event_is_listed_with_its_problem(site: App) -> None:
    (site.config.parent / "_events" / "broken.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    site.tick()
    others = section(a_client(site).get("/events").text, "others")
    assert "error _events/broken.md" in others


def test_an_event_shows_each_field_with_its_words_and_their_line(client: TestClient) -> None:
    text = words_of(client.get(address_of(client, "/events", INVITATION)).text)
    assert "When Thu 10 Dec 10:30–16:00 GMT" in text
    assert re.search(r"Who may come invitation This event is invitation-ony\. line \d+, the text", text)
    assert "Place not said" in text


def test_an_event_shows_what_every_rule_decides_and_why(client: TestClient) -> None:
    text = section(client.get(address_of(client, "/events", CONTRADICTION)).text, "why")
    for rule in ("announce", "reminder-week", "reminder-day", "reminder-hours"):
        assert f"rule {rule}" in text
    assert "The document gives different dates" in text


def test_an_event_shows_how_its_mail_would_look(client: TestClient) -> None:
    page = client.get(address_of(client, "/events", PLANNED)).text
    frame = html.unescape(re.findall(r'<iframe[^>]* src="([^"]+)"', page)[0])
    assert PLANNED in client.get(frame).text


def test_an_event_that_is_gone_is_said_to_be_gone(client: TestClient) -> None:
    answer = client.get("/events/nobody@example.org")
    assert answer.status_code == 404
    assert "No event of this address is there now." in words_of(answer.text)


def test_the_outbox_lists_what_is_to_come_then_done_then_not_to_go_out(client: TestClient) -> None:
    headings = re.findall(r'<h2 id="group-\d">([^<]+)</h2>', client.get("/outbox").text)
    assert headings == ["To come", "Done", "Not to go out"]


@pytest.mark.parametrize("status", ["planned", "held", "sent", "skipped"])
def test_the_outbox_shows_one_status_with_its_meaning(client: TestClient, status: str) -> None:
    page = client.get("/outbox", params={"status": status}).text
    listed = re.findall(r'<p class="state"><span class="chip chip-([a-z]+)"', page)
    assert set(listed) == {status}
    assert html.unescape(STATUSES[status].sentence) in words_of(page)  # type: ignore[index]  # a parametrised literal


def test_a_status_that_nothing_has_is_an_empty_page_that_says_so(client: TestClient) -> None:
    assert "Nothing has this status." in words_of(client.get("/outbox?status=failed").text)


def test_a_word_that_is_no_status_is_not_there(client: TestClient) -> None:
    assert client.get("/outbox?status=vanished").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "²"])
def test_a_page_number_out_of_bounds_breaks_nothing(client: TestClient, number: str) -> None:
    assert client.get("/outbox", params={"page": number}).status_code == 200


def test_a_sent_mail_is_shown_as_it_was_delivered(client: TestClient, looked_at: App) -> None:
    address = address_of(client, "/outbox?status=sent", REMINDED)
    folder = next((looked_at.config.parent / "outbox").glob("2*"))
    page = words_of(client.get(address).text)
    assert f"Subject Today: {REMINDED}" in page
    assert "This is what was delivered." in page
    for name in ("message.html", "message.txt", "message.eml", "invite.ics"):
        assert client.get(f"{address}/{name}").content == (folder / name).read_bytes()


def test_files_of_a_mail_are_downloads_with_a_name(client: TestClient) -> None:
    address = address_of(client, "/outbox?status=sent", REMINDED)
    fields = client.get(f"{address}/message.eml").headers
    assert fields["content-type"] == "message/rfc822"
    assert fields["content-disposition"] == 'attachment; filename="20261126T0945Z-reminder.eml"'


def test_a_sent_mail_whose_files_were_removed_says_so(site: App) -> None:
    site.tick()
    client = a_client(site)
    address = address_of(client, "/outbox?status=sent", REMINDED)
    folder = next((site.config.parent / "outbox").glob("2*"))
    folder.rename(site.config.parent / "elsewhere")
    assert "outbox no longer has this message: its files were removed." in words_of(client.get(address).text)


def test_a_held_mail_is_shown_as_it_would_look_with_what_is_asked(client: TestClient) -> None:
    page = client.get(address_of(client, "/outbox?status=held", NO_TIME)).text
    assert "It waits, and does not go out before what is asked below is answered." in words_of(page)
    assert "No start time is given" in section(page, "reasons")
    assert "This is how it would look if it went out now." in section(page, "message")


def test_a_mail_whose_event_is_gone_still_has_a_page(site: App) -> None:
    site.tick()
    client = a_client(site)
    address = address_of(client, "/outbox?status=planned", PLANNED)
    next((site.config.parent / "_events").glob("*reading-your-street.md")).unlink()
    site.tick()
    answer = client.get(address)
    assert answer.status_code == 200
    assert PLANNED in words_of(answer.text)


def test_broken_templates_are_told_in_place_of_the_looks(site: App) -> None:
    templates = site.config.parent / "templates" / "reminder"
    templates.mkdir(parents=True)
    (templates / "html.j2").write_text("{{ nothing_of_the_sort }}", encoding="utf-8")
    site.refresh()
    site.tick()
    client = a_client(site)
    page = words_of(client.get(address_of(client, "/outbox?status=held", PLANNED)).text)
    assert page.count("nothing_of_the_sort") >= 2


def test_feeds_lists_each_with_addresses_that_subscribe(client: TestClient) -> None:
    page = client.get("/feeds").text
    assert "https://www.example.org/feeds/all.ics" in page
    assert 'href="webcal://www.example.org/feeds/all.ics"' in page
    assert "Events in it 6" in words_of(page)
    assert client.get("/feeds/community-calls.ics").status_code == 200


def test_a_site_without_feeds_says_what_to_write(site: App) -> None:
    site.settings = replace(site.settings, rules=replace(site.settings.rules, feeds=()))
    assert "config.yaml names no feeds." in words_of(a_client(site).get("/feeds").text)


def test_a_watchdog_is_told_that_ticks_succeed(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok", "last_tick_at": "2026-11-26T09:55:00+00:00", "last_tick_age_seconds": 0.0, "trouble": None,
    }  # fmt: skip


def test_a_watchdog_is_told_that_no_tick_has_succeeded(site: App) -> None:
    answer = a_client(site).get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "starting")


def test_a_watchdog_is_told_that_ticks_no_longer_succeed(site: App) -> None:
    site.tick()
    site.clock, site.trouble = FixedClock(NOW + timedelta(minutes=3)), "The disk is full."
    near = TestClient(build(site), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50_000))
    answer = near.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "late")
    assert answer.json()["trouble"] == "The disk is full."


@pytest.mark.parametrize(
    ("peer", "headers"),
    [("192.0.2.7", {}), ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}), ("127.0.0.1", {"host": "events.example.org"})],
)
def test_only_this_machine_is_told_what_is_wrong(site: App, peer: str, headers: dict[str, str]) -> None:
    public = replace(site.settings.rules.site, public_url="https://events.example.org")
    site.settings = replace(site.settings, rules=replace(site.settings.rules, site=public))
    site.tick()
    # Beyond this machine nothing is answered before there is an account.
    assert site.ticker.wiring.ledger.add_person(Person(name="Ada", role="admin", added_at=NOW))
    site.clock, site.trouble = FixedClock(NOW + timedelta(minutes=3)), "/srv/notifier/config.yaml: The disk is full."
    answer = TestClient(build(site), base_url="http://127.0.0.1:8000", client=(peer, 50_000)).get(
        "/healthz", headers=headers
    )
    assert (answer.status_code, answer.json()["status"]) == (503, "late")
    assert answer.json()["trouble"] == "Something is wrong. The console and the log say what."


def test_a_ledger_that_is_gone_gives_a_page_with_the_remedy(site: App) -> None:
    site.tick()
    client = a_client(site)
    client.get("/outbox")
    (site.config.parent / "notifier.db").unlink()
    answer = client.get("/outbox")
    assert answer.status_code == 503
    assert "This can't be shown now" in words_of(answer.text)
    assert str(Path("notifier.db")) in words_of(answer.text)


def test_a_mail_that_went_out_elsewhere_is_to_be_seen_there(site: App) -> None:
    site.tick()
    client = a_client(site)
    address = address_of(client, "/outbox?status=sent", REMINDED)
    site.ticker.wiring = replace(site.ticker.wiring, providers={})
    assert "It was delivered through outbox; what was sent can be seen there." in words_of(client.get(address).text)


@pytest.mark.parametrize(
    ("reaches_people", "said"),
    [(False, "Outbox only. Mails become files: every provider is an outbox."), (True, "Live. Mails go out to people.")],
)
def test_live_is_said_only_where_something_reaches_people(site: App, reaches_people: bool, said: str) -> None:
    site.settings = replace(site.settings, live=True)
    site.ticker.wiring = replace(
        site.ticker.wiring, settings=site.settings, providers={"mail": Reaching(reaches_people=reaches_people)}
    )
    assert said in words_of(a_client(site).get("/").text)


class Reaching(OutboxProvider):
    """An outbox that says whether it reaches people."""

    def __init__(self, *, reaches_people: bool) -> None:
        self.reaches_people = reaches_people

    def capabilities(self) -> Capabilities:
        return Capabilities(sends=True, certain=True, reaches_people=self.reaches_people)


class BrokenLedger(NoLedger):
    """Raises what no part of the program expects."""

    def rows(self, *statuses: DeliveryStatus) -> Sequence[Delivery]:
        raise ZeroDivisionError


def test_a_bug_in_a_page_is_a_page_that_says_so(site: App) -> None:
    site.ticker.wiring = replace(site.ticker.wiring, ledger=BrokenLedger())
    client = TestClient(build(site), base_url="http://127.0.0.1", raise_server_exceptions=False)
    with capture_logs() as logged:
        answer = client.get("/outbox")
    assert (answer.status_code, [entry["event"] for entry in logged]) == (500, ["page_failed"])
    assert "This page failed This is a bug in notifier" in words_of(answer.text)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_long_lists_are_cut_on_the_first_page_and_whole_behind_a_link(site: App) -> None:
    folder = site.config.parent / "_events"
    text = next(folder.glob("*reading-your-street.md")).read_text(encoding="utf-8")
    for number in range(30):
        (folder / f"2026-12-07-more-{number}.md").write_text(text.replace("Reading", f"No. {number}"), encoding="utf-8")
    site.tick()
    client = a_client(site)
    coming = section(client.get("/").text, "next")
    assert coming.count(" planned due ") == LISTED
    assert "more in the outbox" in coming
    assert "more mails on Mon 7 Dec" in client.get("/").text


def test_what_is_wrong_with_a_message_stands_beside_its_looks(site: App) -> None:
    folder = site.config.parent / "templates" / "reminder"
    folder.mkdir(parents=True)
    (folder / "html.j2").write_text(
        '<!DOCTYPE html><html><title>{{ subject }}</title><a href="/join">Join us</a></html>'
    )
    site.refresh()
    site.tick()
    client = a_client(site)
    row = next(one for one in site.ticker.wiring.ledger.rows("held") if one.kind == "reminder")
    page = words_of(client.get(f"/outbox/{key_hash(row.key)}").text)
    assert "The page doesn't say its language" in page
    assert "“Join us” (“/join”) is no whole address" in page
