"""What people decided stands on the pages: who stopped everything, and what was said about one mail."""

from __future__ import annotations

import pytest

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Delivery, DeliveryStatus, key_hash
from notifier.web import words
from tests.builders import a_delivery
from tests.web.sites import a_client
from tests.web.test_pages import section

PAGES = ("/", "/events", "/outbox", "/feeds", "/nowhere")


def a_row(site: App) -> Delivery:
    return next(row for row in site.ticker.wiring.ledger.rows("planned") if row.rule == "reminder-week")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_who_paused_everything_since_when_and_why(site: App, page: str) -> None:
    site.tick()
    desk.pause(site, by="Anna", note="Wait for the <vote>.")

    text = a_client(site).get(page).text

    assert "Paused by Anna since Thu 26 Nov 09:55 GMT. Wait for the &lt;vote&gt;." in text
    assert "<code>notifier resume</code>" in text


@pytest.mark.parametrize("page", PAGES)
def test_no_page_says_so_once_it_is_resumed(site: App, page: str) -> None:
    site.tick()
    desk.pause(site, by="Anna")
    desk.resume(site, by="Ben")

    assert "Paused by" not in a_client(site).get(page).text


def test_it_is_said_before_the_first_tick_too(site: App) -> None:
    desk.pause(site, by="Anna")

    assert "Paused by Anna since Thu 26 Nov 09:55 GMT." in a_client(site).get("/").text


def test_the_page_of_a_delivery_has_what_was_decided_about_it(site: App) -> None:
    site.tick()
    row = a_row(site)
    desk.hold(site, row.key, by="Anna", note="The hall isn't sure.")
    desk.release(site, row.key, by="Ben")

    text = a_client(site).get(f"/outbox/{key_hash(row.key)}").text

    assert "Anna held it on Thu 26 Nov 09:55 GMT: The hall isn&#39;t sure." in text
    assert "Ben released it on Thu 26 Nov 09:55 GMT." in text


def test_the_page_of_an_event_has_it_too(site: App) -> None:
    site.tick()
    row = a_row(site)
    desk.skip(site, row.key, by="Anna")

    text = a_client(site).get(f"/events/{row.event_uids[0]}").text

    assert "Reminder, rule reminder-week, to newsletter: Anna skipped it on Thu 26 Nov 09:55 GMT." in text


def test_nothing_is_said_where_nobody_decided_anything(site: App) -> None:
    site.tick()

    assert "What people decided" not in a_client(site).get(f"/outbox/{key_hash(a_row(site).key)}").text


def test_the_page_of_an_event_says_what_its_readers_were_told_and_what_is_otherwise(site: App) -> None:
    site.tick()
    (row,) = site.ticker.wiring.ledger.rows("sent")
    client, address = a_client(site), f"/events/{row.event_uids[0]}"
    before = client.get(address).text
    file = next((site.config.parent / "_events").glob("2026-11-26-community-call.md"))
    file.write_text(file.read_text().replace("community call", "call of the community"))
    site.tick()

    told, after = section(before, "told"), section(client.get(address).text, "told")

    assert "newsletter last on Thu 26 Nov 09:55 GMT" in told
    assert "Shared streets: community call, Thu 26 Nov 11:45 GMT, https://meet.example.com" in told
    assert ("Otherwise now" in told, "Otherwise now: the title." in after) == (False, True)


def test_an_event_that_nobody_was_told_of_says_so(site: App) -> None:
    site.tick()

    text = a_client(site).get(f"/events/{a_row(site).event_uids[0]}").text

    assert "Nobody was told of it yet." in section(text, "told")


@pytest.mark.parametrize(
    ("status", "typed"),
    [
        ("planned", ["hold KEY", "skip KEY", "approve KEY"]),
        ("held", ["release KEY", "skip KEY"]),
        ("failed", ["retry KEY", "skip KEY"]),
        ("unknown", ["settle KEY sent", "settle KEY failed"]),
        ("sent", []),
    ],
)
def test_a_delivery_has_the_commands_that_decide_about_it(status: DeliveryStatus, typed: list[str]) -> None:
    assert list(words.commands(a_delivery(key="KEY", status=status))) == [f"notifier {command}" for command in typed]


def test_these_commands_stand_on_its_page(site: App) -> None:
    site.tick()
    row = a_row(site)

    text = a_client(site).get(f"/outbox/{key_hash(row.key)}").text

    assert f"<code>notifier hold {row.key}</code>" in text
