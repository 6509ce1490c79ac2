"""The picture of the next 30 days."""

from __future__ import annotations

from datetime import date, timedelta

from notifier.web.timeline import HIGHEST, Entry, draw

TODAY = date(2026, 11, 26)


def an_entry(day: date = TODAY, label: str = "Book club", *, is_event: bool = True) -> Entry:
    return Entry(day=day, is_event=is_event, shape="event", describe=lambda: (label, "/events/x"))


def test_today_is_marked_and_thirty_days_follow() -> None:
    columns = draw([], TODAY).columns
    assert [column.label for column in columns if column.is_today] == ["Today"]
    assert len(columns) - [column.is_today for column in columns].index(True) == 31


def test_mondays_are_dated_where_they_do_not_run_into_today() -> None:
    assert [column.label for column in draw([], TODAY).columns if column.label] == [
        "Today",
        "7 Dec",
        "14 Dec",
        "21 Dec",
    ]


def test_events_stand_above_the_line_and_mails_below() -> None:
    picture = draw([an_entry(), an_entry(is_event=False)], TODAY)
    mail, event = sorted(picture.marks, key=lambda mark: -mark.y)
    assert event.y < picture.axis < mail.y < picture.height


def test_things_of_one_day_do_not_cover_one_another() -> None:
    marks = draw([an_entry(label=str(number)) for number in range(3)], TODAY).marks
    assert len({mark.y for mark in marks}) == 3
    assert len({mark.x for mark in marks}) == 1


def test_more_than_the_highest_are_counted() -> None:
    marks = draw([an_entry(label=f"Event {number}") for number in range(HIGHEST + 4)], TODAY).marks
    assert len(marks) == HIGHEST
    assert (marks[-1].more, marks[-1].href) == (5, "/events")
    assert marks[-1].label == "5 more events on Thu 26 Nov"
    assert [mark.label for mark in marks[:-1]] == ["Event 0", "Event 1", "Event 2", "Event 3"]


def test_what_is_outside_the_days_is_left_out() -> None:
    far = [an_entry(TODAY + timedelta(days=31)), an_entry(TODAY - timedelta(days=3))]
    assert draw(far, TODAY).marks == ()
