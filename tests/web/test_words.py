"""Times and sentences as the pages say them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest

from notifier.core.delivery import DeliveryStatus
from notifier.core.event import Reason
from notifier.web import words
from tests.builders import LONDON, a_time, all_day, an_event, at

NOW = at("2026-12-06 09:00")

RELEASE = "`notifier release` lets it go, exactly as it is now."


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-12-06 09:00:30", "now"),
        ("2026-12-06 09:20", "in 20 min"),
        ("2026-12-06 08:59", "1 min ago"),
        ("2026-12-06 14:00", "in 5 h"),
        ("2026-12-05 09:01", "24 h ago"),
        ("2026-12-07 09:00", "in 1 day"),
        ("2026-12-09 10:00", "in 3 days"),
        ("2026-12-09 01:00", "in 3 days"),
        ("2026-12-04 23:00", "2 days ago"),
    ],
)
def test_a_distance_is_said_as_people_count_it(moment: str, said: str) -> None:
    assert words.relative(at(moment), LONDON, NOW) == said


def test_a_moment_has_its_zone_its_distance_and_its_event() -> None:
    said = words.moment(at("2026-12-08 10:00"), LONDON, NOW, an_event(when=a_time("2026-12-09 14:00")))
    assert said.text == "Tue 8 Dec 10:00 GMT"
    assert said.aside == "in 2 days; event Wed 9 Dec 14:00 GMT"
    assert said.iso == "2026-12-08T10:00:00+00:00"


def test_a_moment_says_when_the_clocks_change_before_it() -> None:
    said = words.moment(at("2026-03-30 10:00", LONDON), LONDON, at("2026-03-27 10:00"))
    assert (said.text, said.aside) == ("Mon 30 Mar 10:00 BST", "in 3 days; the clocks change before then")


def test_a_moment_of_another_year_names_it() -> None:
    assert words.clock(at("2027-01-04 10:00"), LONDON, NOW) == "Mon 4 Jan 2027 10:00 GMT"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"when": None}, "no date"),
        ({"when": all_day("2026-12-09")}, "Wed 9 Dec, all day"),
        ({"when": all_day("2026-12-09", "2026-12-11")}, "Wed 9 Dec to Fri 11 Dec, all day"),
        ({"when": a_time("2026-12-09 14:00", ends="15:15")}, "Wed 9 Dec 14:00–15:15 GMT"),
        ({"when": a_time("2026-12-09 22:00", ends="2026-12-10 01:00")}, "Wed 9 Dec 22:00 GMT to Thu 10 Dec 01:00 GMT"),
        ({"when": a_time("2026-12-09 09:00", zone="America/New_York"), "zone": "America/New_York"}, "Wed 9 Dec 09:00 EST"),
        ({"when": a_time("2026-12-09 09:00", zone="Asia/Dubai"), "zone": "Asia/Dubai"}, "Wed 9 Dec 09:00 UTC+4"),
        ({"when": all_day("2026-12-09"), "doubts": (Reason(code="no-time", text="", field="when"),)}, "Wed 9 Dec, no time given"),
        ({"doubts": (Reason(code="contradiction", text="", field="when"),)}, "Wed 9 Dec 14:00–15:15 GMT, not certain"),
        ({"doubts": (Reason(code="unreadable-access", text="", field="access"),)}, "Wed 9 Dec 14:00–15:15 GMT"),
    ],
)  # fmt: skip
def test_an_event_is_when_its_text_says_and_no_more(changes: dict[str, Any], said: str) -> None:
    assert words.when(an_event(**changes), LONDON, NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds ago"), (1, "1 second ago"), (99, "99 seconds ago"), (600, "10 min ago"), (9000, "2 h ago"), (-5, "0 seconds ago")],
)  # fmt: skip
def test_the_last_tick_is_told_in_seconds_first(seconds: int, said: str) -> None:
    tick = at("2026-12-06 09:00")
    assert words.ago(tick, tick + timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('Add start: "14:00" to the front matter.', "start: &#34;14:00&#34;"),
        ("Add access: open to the front matter if everybody may.", "access: open"),
        ("Write it as date: 2026-12-09.", "date: 2026-12-09"),
        ("`notifier events` lists them all.", "notifier events"),
        ("Write uid: abc2@example.org into that one.", "uid: abc2@example.org"),
    ],
)
def test_what_an_author_can_copy_is_marked(text: str, code: str) -> None:
    assert f"<code>{code}</code>" in words.to_write(text)


@pytest.mark.parametrize(
    "text",
    [
        "Correct date: in the front matter.",
        "Add status: to the front matter.",
        "Add register: with the address to the front matter, or place: if everybody may just come.",
        "A plain sentence.",
    ],
)
def test_what_is_no_line_to_write_is_not_marked(text: str) -> None:
    assert words.to_write(text) == text


def test_a_sentence_is_escaped_in_and_outside_of_what_is_marked() -> None:
    said = words.to_write('<b> `<i>` status: "<u>" </b>')
    assert said == "&lt;b&gt; <code>&lt;i&gt;</code> <code>status: &#34;&lt;u&gt;&#34;</code> &lt;/b&gt;"


def test_an_address_of_an_event_holds_any_uid() -> None:
    assert words.event_address("a/b?c#d e@example.org") == "/events/a%2Fb%3Fc%23d%20e@example.org"


def test_every_status_has_its_sentence() -> None:
    assert set(words.STATUSES) == set(get_args(DeliveryStatus))
    assert all(meaning.sentence.endswith(".") for meaning in words.STATUSES.values())


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("no-time",), f"Answer it in the event's file; the next tick reads it. {RELEASE}"),
        (("rule-asks",), RELEASE),
        (("held",), RELEASE),
        (("not-live",), ""),
    ],
)  # fmt: skip
def test_only_what_the_file_can_answer_is_to_be_answered_there(codes: tuple[str, ...], said: str) -> None:
    assert words.todo("held", [Reason(code=code, text="A reason.") for code in codes]) == said
    assert words.todo("unknown", ()) == "Look for it at the provider; then `notifier settle` says what became of it."
