"""What people decided stands on the pages: who stopped everything, and what was said about one mail."""

from __future__ import annotations

import pytest

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Delivery, key_hash
from tests.web.sites import a_client

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
