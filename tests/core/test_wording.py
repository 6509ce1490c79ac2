from __future__ import annotations

from typing import Any

import pytest

from notifier.core.wording import clock_lines, day_and_month, day_long, month_and_year, when_long, when_short
from tests.builders import LONDON, a_time, all_day, an_event

NEW_YORK, SINGAPORE, LOS_ANGELES = "America/New_York", "Asia/Singapore", "America/Los_Angeles"


def in_zone(zone: str, start: str, **more: Any) -> dict[str, Any]:
    return {"when": a_time(start, zone=zone, **more), "zone": zone}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)"),
        ({"when": a_time("2026-07-09 09:30")}, "Thursday 9 July 2026, 9:30 am (BST, London time)"),
        ({"when": a_time(ends="13:00")}, "Wednesday 9 December 2026, 2:00 pm (GMT, London time)"),
        (
            {"when": a_time("2026-12-09 10:30", ends="16:30")},
            "Wednesday 9 December 2026, 10:30 am – 4:30 pm (GMT, London time)",
        ),
        (
            {"when": a_time("2026-12-09 12:00", ends="13:00")},
            "Wednesday 9 December 2026, 12:00 noon – 1:00 pm (GMT, London time)",
        ),
        (
            {"when": a_time("2026-12-09 22:00", ends="2026-12-10 00:00")},
            "Wednesday 9 December 2026, 10:00 pm – Thursday 10 December 2026, 00:00 midnight (GMT, London time)",
        ),
        (
            {"when": a_time("2026-10-25 00:30", ends="03:00")},
            "Sunday 25 October 2026, 12:30 am BST – 3:00 am GMT (London time)",
        ),
        (
            {"when": a_time("2026-10-24 23:30", ends="2026-10-25 03:00")},
            "Saturday 24 October 2026, 11:30 pm BST – Sunday 25 October 2026, 3:00 am GMT (London time)",
        ),
        (
            in_zone(NEW_YORK, "2026-12-09 09:00", ends="10:00"),
            "Wednesday 9 December 2026, 9:00–10:00 am (EST, New York time); 2:00–3:00 pm (GMT, London time)",
        ),
        (
            in_zone(LOS_ANGELES, "2026-12-09 20:00"),
            "Wednesday 9 December 2026, 8:00 pm (PST, Los Angeles time); Thursday 10 December 2026, 4:00 am (GMT, London time)",
        ),
        (
            in_zone(SINGAPORE, "2026-12-09 20:00") | {"mode": "in-person"},
            "Wednesday 9 December 2026, 8:00 pm (UTC+8, Singapore time)",
        ),
        (in_zone("UTC", "2026-12-09 14:00"), "Wednesday 9 December 2026, 2:00 pm (UTC)"),
        (
            in_zone("Asia/Kathmandu", "2026-12-09 14:00") | {"mode": "in-person"},
            "Wednesday 9 December 2026, 2:00 pm (UTC+5:45, Kathmandu time)",
        ),
        (
            in_zone("America/Sao_Paulo", "2026-12-09 14:00") | {"mode": "in-person"},
            "Wednesday 9 December 2026, 2:00 pm (UTC−3, Sao Paulo time)",
        ),
        ({"when": all_day()}, "Wednesday 9 December 2026"),
        ({"when": all_day("2026-12-09", "2026-12-11")}, "Wednesday 9 – Friday 11 December 2026"),
        ({"when": all_day("2026-09-30", "2026-10-02")}, "Wednesday 30 September – Friday 2 October 2026"),
        ({"when": all_day("2026-12-30", "2027-01-02")}, "Wednesday 30 December 2026 – Saturday 2 January 2027"),
        ({"when": None}, "Date not given"),
    ],
)
def test_a_time_is_told_whole_with_its_zone_and_without_a_guess(changes: dict[str, Any], words: str) -> None:
    assert when_long(an_event(**changes), LONDON) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Wed 9 Dec, 2:00 pm GMT"),
        (in_zone(NEW_YORK, "2026-07-09 09:00"), "Thu 9 Jul, 9:00 am EDT"),
        ({"when": all_day()}, "Wed 9 Dec"),
        ({"when": all_day("2026-12-30", "2027-01-02")}, "Wed 30 Dec – Sat 2 Jan"),
        ({"when": None}, "Date not given"),
    ],
)
def test_a_subject_has_the_short_form(changes: dict[str, Any], words: str) -> None:
    assert when_short(an_event(**changes), LONDON) == words


def test_american_english_puts_the_month_first() -> None:
    assert when_long(an_event(), LONDON, "en-US") == "Wednesday, December 9, 2026, 2:00–3:15 pm (GMT, London time)"
    assert when_short(an_event(), LONDON, "en-US") == "Wed, Dec 9, 2:00 pm GMT"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "2:00–3:15 pm (GMT, London time)"),
        (
            {"when": a_time("2026-12-09 22:00", ends="2026-12-10 00:00")},
            "10:00 pm – Thursday 10 December 2026, 00:00 midnight (GMT, London time)",
        ),
        (in_zone(NEW_YORK, "2026-12-09 09:00"), "9:00 am (EST, New York time); 2:00 pm (GMT, London time)"),
        (
            in_zone(LOS_ANGELES, "2026-12-09 20:00"),
            "8:00 pm (PST, Los Angeles time); Thursday 10 December 2026, 4:00 am (GMT, London time)",
        ),
        ({"when": all_day()}, ""),
        ({"when": all_day("2026-12-09", "2026-12-11")}, "Wednesday 9 – Friday 11 December 2026"),
        ({"when": None}, ""),
    ],
)
def test_below_a_heading_that_names_the_day_it_is_not_said_again(changes: dict[str, Any], words: str) -> None:
    assert "; ".join(clock_lines(an_event(**changes), LONDON)) == words


def test_a_day_and_a_month_have_their_own_words() -> None:
    day = all_day().first

    assert (day_long(day), month_and_year(day)) == ("Wednesday 9 December 2026", "December 2026")
    assert (day_and_month(day), day_and_month(day, "en-US")) == ("9 December", "December 9")
