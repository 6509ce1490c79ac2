"""What the next digest would tell of, what not and why, and how it looks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from notifier.app import App
from notifier.edges.clock import FixedClock
from notifier.web.guard import MESSAGE_POLICY
from tests.web.sites import NOW, a_client
from tests.web.test_months import written
from tests.web.test_pages import words_of
from tests.web.visiting import page_of as page_of_row
from tests.web.visiting import put

RULE = 'rules:\n  monthly: {kind: digest, audiences: [newsletter], cron: "30 9 1-7 * mon"}\n'


@pytest.fixture
def monthly(site: App) -> App:
    """The demonstration with a digest on the first Monday of each month, ticked."""
    text = site.config.read_text(encoding="utf-8")
    site.config.write_text(text.replace("\nrules:\n", f"\n{RULE}", 1), encoding="utf-8")
    site.refresh()
    site.tick()
    return site


def page_of(app: App) -> str:
    answer = a_client(app).get("/digests")
    assert answer.status_code == 200
    return answer.text


def test_the_next_one_says_when_it_goes_out_and_what_it_tells_of_with_dates(monthly: App) -> None:
    page = page_of(monthly)
    text = words_of(page)
    assert "monthly to newsletter" in text
    assert "due Mon 7 Dec 09:30 GMT (in 11 days)" in text
    assert (
        "Mon 7 Dec 14:00–15:30 GMT Reading your street: a workshop for beginners" in text
        or "Reading your street" in text
    )
    uids = monthly.ticker.wiring.ledger.rows("planned", "held")
    told = next(row for row in uids if row.kind == "digest").event_uids
    assert {f"/events/{uid}" in page.replace("%40", "@") for uid in told} == {True}


def test_it_says_what_is_not_in_it_and_why(monthly: App) -> None:
    written(monthly, "quiet", "title: Not for mails", "date: 2026-12-20", "notify: false")
    monthly.tick()
    text = words_of(page_of(monthly)).partition("Not in it:")[2]
    assert "Not for mails: Its document says that nothing is mailed about it." in text
    assert "Design lab: a charter for street sensors: It is by invitation only" in text


def test_how_it_looks_stands_in_frames_that_can_do_nothing(monthly: App) -> None:
    frames = re.findall(r'<iframe class="looks looks-(\d+)" src="([^"]+)" sandbox ', page_of(monthly))
    assert [width for width, _ in frames] == ["375", "700"]
    answer = a_client(monthly).get(frames[0][1])
    assert (answer.status_code, answer.headers["content-security-policy"]) == (200, MESSAGE_POLICY)
    assert "Reading your street" in answer.text


def test_those_of_before_are_listed_with_their_pages(monthly: App) -> None:
    row = next(row for row in monthly.ticker.wiring.ledger.rows("held") if row.kind == "digest")
    put(monthly, row, "missed")
    past = page_of(monthly).partition("Those of before")[2]
    assert "Reading your street" in past
    assert f'<a href="{page_of_row(row)}">' in past


def test_a_hostile_title_is_shown_as_text(monthly: App) -> None:
    written(
        monthly,
        "bad",
        "title: '<script>alert(1)</script>'",
        "date: 2026-12-20",
        'start: "10:00"',
        'end: "11:00"',
        "access: open",
    )
    monthly.tick()
    assert "<script>alert" not in page_of(monthly)


def test_a_site_without_a_digest_says_how_one_is_made(site: App) -> None:
    assert "config.yaml has no rule for a digest" in page_of(site)


def test_before_the_first_tick_and_when_none_is_near_that_is_said(site: App) -> None:
    text = site.config.read_text(encoding="utf-8")
    yearly = RULE.replace("1-7 * mon", "1 6 *")
    site.config.write_text(text.replace("\nrules:\n", f"\n{yearly}", 1), encoding="utf-8")
    site.refresh()
    assert "Nothing has been read yet" in page_of(site)
    site.clock = FixedClock(NOW + timedelta(seconds=30))
    site.tick()
    assert "Its next time is Tue 1 Jun 2027 09:30 BST" in words_of(page_of(site))
