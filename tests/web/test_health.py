"""The page that says whether the program is well."""

from __future__ import annotations

from datetime import timedelta

from notifier.app import App
from tests.web.entering import later
from tests.web.sites import a_client
from tests.web.visiting import put


def text_of(site: App) -> str:
    answer = a_client(site).get("/health")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_a_site_that_is_well_is_said_to_be(site: App) -> None:
    site.tick()
    page = text_of(site)
    assert "The last one was Thu 26 Nov 09:55 GMT" in page
    assert "Nothing that was handed to it is open." in page
    assert '<h2 id="part-4">Ledger</h2>' in page


def test_before_the_first_tick_it_says_that_none_has_succeeded(site: App) -> None:
    page = text_of(site)
    assert "Look at: Ticks" in page
    assert "No tick has succeeded since the start." in page


def test_a_late_tick_and_what_it_failed_with_are_named(site: App) -> None:
    site.tick()
    later(site, timedelta(hours=1))
    site.trouble = "The disk is full."
    page = text_of(site)
    assert "Look at: Ticks" in page
    assert "The disk is full." in page


def test_what_a_provider_refused_or_left_in_doubt_is_counted(site: App) -> None:
    site.tick()
    first, second, *_ = site.ticker.wiring.ledger.rows("planned")
    put(site, first, "failed")
    put(site, second, "unknown")
    page = text_of(site)
    assert "1 mail refused, 1 mail of which nobody knows what became." in page
    assert "Providers" in page.partition("</h1>")[0]


def test_what_is_wrong_in_the_files_is_counted(site: App) -> None:
    (site.config.parent / "_events" / "2026-12-20-broken.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    site.tick()
    page = text_of(site)
    assert "Content" in page.partition("</h1>")[0]
    assert "7 events read" not in page
