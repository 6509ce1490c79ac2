"""A month at a glance: every event and every mail on its day by the clocks of the site, whatever an address asks for."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from notifier.app import App
from notifier.web.months import FIRST_YEAR, LAST_YEAR, LISTED, _beside, _grid, _month_of
from tests.web.sites import a_client
from tests.web.test_pages import words_of

DECEMBER = "/calendar?month=2026-12"


def written(app: App, name: str, *lines: str) -> None:
    front = "\n".join(lines)
    (app.config.parent / "_events" / f"2026-12-01-{name}.md").write_text(
        f"---\n{front}\n---\nA text.\n", encoding="utf-8"
    )


def cell(page: str, day: str) -> str:
    """What stands on a day."""
    return words_of(page.partition(f'<time datetime="{day}">')[2].partition("</td>")[0])


def test_events_and_mails_stand_on_their_days_with_their_times(client: TestClient) -> None:
    page = client.get("/calendar?month=2026-11").text
    assert "11:45 Shared streets: community call" in cell(page, "2026-11-26")
    assert "sent reminder to newsletter" in cell(page, "2026-11-26")
    assert "10:00 Reading your street: a workshop for beginners planned reminder to newsletter" in cell(
        page, "2026-11-30"
    )
    assert cell(page, "2026-11-29") == "Sun 29 Nov"


def test_each_leads_to_its_page(client: TestClient) -> None:
    page = client.get(DECEMBER).text
    links = set(re.findall(r'<li class="is-\w+">\s*(?:<span class="at">[^<]*</span> )?<a href="([^"]+)"', page))
    assert {link.split("/")[1] for link in links} == {"events", "outbox"}
    assert {client.get(link).status_code for link in links} == {200}


def test_it_is_a_table_that_says_what_it_is(client: TestClient) -> None:
    page = client.get(DECEMBER).text
    assert "<caption>Events and mails of December 2026, by the clocks of Europe/London</caption>" in page
    assert page.count('<th scope="col"') == 7
    assert page.count("<tr") == 1 + 5
    assert (
        page.count("<time datetime=")
        - page.partition("<table")[0].count("<time")
        - page.partition("</table>")[2].count("<time")
        == 31
    )


def test_today_is_marked_and_no_other_day(client: TestClient) -> None:
    page = client.get("/calendar").text
    assert re.findall(r'aria-current="date">\s*<p class="day"><time datetime="([^"]+)"', page) == ["2026-11-26"]
    assert cell(page, "2026-11-26").startswith("Thu 26 Nov today")
    assert 'aria-current="date"' not in client.get(DECEMBER).text


def test_what_lasts_days_stands_on_each_and_what_is_called_off_says_so(site: App) -> None:
    written(site, "fair", "title: Street <fair>", "dates: 2026-11-30 to 2026-12-02", "status: cancelled")
    site.tick()
    november, december = (a_client(site).get(f"/calendar?month=2026-{month}").text for month in (11, 12))
    assert "Street <fair> cancelled day 1 of 3" in cell(november, "2026-11-30")
    assert "Street <fair> cancelled day 3 of 3" in cell(december, "2026-12-02")
    assert "<s>Street &lt;fair&gt;</s>" in december
    assert "Street" not in cell(december, "2026-12-03")


def test_an_event_elsewhere_stands_on_the_day_that_it_is_here(site: App) -> None:
    written(site, "far", "title: Far away", "date: 2026-12-09", 'start: "08:00"', "timezone: Asia/Tokyo")
    site.tick()
    page = a_client(site).get(DECEMBER).text
    assert "23:00 Far away" in cell(page, "2026-12-08")
    assert "Far away" not in cell(page, "2026-12-09").replace("reminder", "")


def test_of_a_full_day_the_first_are_shown_and_the_others_on_request(site: App) -> None:
    for number in range(LISTED + 4):
        written(
            site, f"many-{number}", f"title: Gathering {number:02}", "date: 2026-12-19", f'start: "{8 + number:02}:00"'
        )
    site.tick()
    client = a_client(site)
    page = client.get(DECEMBER).text
    assert cell(page, "2026-12-19").count("Gathering") == LISTED
    assert "more on 19 December 2026" in cell(page, "2026-12-19")
    assert cell(client.get(f"{DECEMBER}&all=19").text, "2026-12-19").count("Gathering") >= LISTED + 4


@pytest.mark.parametrize(
    "month",
    [
        "0000-01",
        "0001-01",
        "9999-12",
        "10000-01",
        "2026-00",
        "2026-13",
        "2026-1",
        "-001-01",
        "２０２６-12",
        "2026-12-01",
        "x",
        "9" * 5000,
        "2026-12\n",
    ],
)
def test_what_is_no_month_that_is_shown_is_told_in_a_sentence(client: TestClient, month: str) -> None:
    answer = client.get("/calendar", params={"month": month})
    assert (answer.status_code, "There is no such month. Write one as 2026-11" in answer.text) == (404, True)


@pytest.mark.parametrize(("month", "links"), [("1970-01", 1), ("2999-12", 1), ("2026-12", 2)])
def test_one_turns_to_the_months_beside_it_as_far_as_there_are_any(client: TestClient, month: str, links: int) -> None:
    page = client.get(f"/calendar?month={month}").text
    assert len(set(re.findall(r'rel="(?:prev|next)"', page))) == links
    assert '<a href="/calendar">Today</a>' in page


@pytest.mark.parametrize("whole", ["0", "32", "-1", "²", "9" * 99, "x"])
def test_a_day_that_there_is_not_shows_no_more(client: TestClient, whole: str) -> None:
    assert client.get(DECEMBER, params={"month": "2026-12", "all": whole}).status_code == 200


def test_a_month_of_nothing_and_a_site_before_its_first_tick_say_so(client: TestClient, site: App) -> None:
    assert "Nothing takes place in this month" in client.get("/calendar?month=1999-02").text
    assert "Nothing has been read yet" in a_client(site).get("/calendar").text


@given(st.integers(FIRST_YEAR, LAST_YEAR), st.integers(1, 12))
def test_every_month_is_whole_weeks_from_monday_on_and_lies_between_its_neighbours(year: int, month: int) -> None:
    first = date(year, month, 1)
    after = _beside(first, 1)
    last = date.fromordinal((_month_of(after[0], first) if after else date(LAST_YEAR + 1, 1, 1)).toordinal() - 1)
    days = _grid(first, last)
    assert (len(days) % 7, days[0].weekday()) == (0, 0)
    assert {first, last} <= set(days)
    assert after is None or _beside(_month_of(after[0], first), -1) == (f"{first:%Y-%m}", f"{first:%B %Y}")
