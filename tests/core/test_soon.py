"""Words that are true for a while only: when they are said, in whose zone, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.core.event import AllDay, Timed
from notifier.core.message import Message
from notifier.core.soon import Occasion, Relative, passing_note, relative_of
from notifier.core.zones import next_date
from tests.builders import LONDON, a_time, all_day, an_event, at
from tests.core.mails import a_mail
from tests.core.mails import said as said_of

NEW_YORK, SINGAPORE, AUCKLAND = "America/New_York", "Asia/Singapore", "Pacific/Auckland"
#: Clocks that are put back across midnight, at it, by half an hour; a day that was left out; and ordinary ones.
ZONES = (
    "America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana", "Asia/Beirut",
    "Africa/Cairo", "Asia/Kathmandu", LONDON, NEW_YORK, "UTC",
)  # fmt: skip
_TICK = timedelta(microseconds=1)


def said(sent: str, *, zone: str = LONDON, language: str = "en", relative: bool = True, **changes: Any) -> Relative:
    """What is said of the event at 14:00 on 9 December, when sent at a time of London's clocks."""
    occasion = Occasion(at=at(sent, LONDON), zone=zone, language=language, relative=relative)
    return relative_of(an_event(**changes), occasion, LONDON)


@pytest.mark.parametrize(
    ("sent", "words", "day", "until"),
    [
        ("2026-12-07 23:59", "", "", None),
        ("2026-12-08 00:00", "tomorrow", "tomorrow", "2026-12-09 00:00"),
        ("2026-12-08 23:59", "tomorrow", "tomorrow", "2026-12-09 00:00"),
        ("2026-12-09 00:00", "today at 2:00 pm", "today", "2026-12-09 13:00:30"),
        ("2026-12-09 13:00", "today at 2:00 pm", "today", "2026-12-09 13:00:30"),
        ("2026-12-09 13:00:30", "in 59 minutes", "in 59 minutes", "2026-12-09 13:01:30"),
        ("2026-12-09 13:20", "in 40 minutes", "in 40 minutes", "2026-12-09 13:20:30"),
        ("2026-12-09 13:58:30", "in 1 minute", "in 1 minute", "2026-12-09 14:00"),
        ("2026-12-09 13:59:59", "in 1 minute", "in 1 minute", "2026-12-09 14:00"),
        ("2026-12-09 14:00", "now", "now", "2026-12-09 15:15"),
        ("2026-12-09 15:15", "", "", None),
    ],
)
def test_the_words_are_those_of_the_moment_of_sending(sent: str, words: str, day: str, until: str | None) -> None:
    found = said(sent)

    assert (found.words, found.day) == (words, day)
    assert found.until == (at(until, LONDON) if until else None)


def test_the_absolute_time_stands_behind_the_words_and_alone_without_them() -> None:
    absolute = "Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)"

    assert str(said("2026-12-08 10:00")) == f"tomorrow, {absolute}"
    assert str(said("2026-12-01 10:00")) == absolute
    assert said("2026-12-08 10:00").short == "Wed 9 Dec, 2:00 pm GMT"


@pytest.mark.parametrize(
    ("changes", "sent", "words"),
    [
        # 9:00 in New York is 14:00 in London: the day is both zones', the clock only one's.
        ({"when": a_time("2026-12-09 09:00", zone=NEW_YORK), "zone": NEW_YORK}, "2026-12-09 08:00", "today"),
        # 22:00 in New York is 3:00 the next day in London: which tomorrow?
        ({"when": a_time("2026-12-09 22:00", zone=NEW_YORK), "zone": NEW_YORK}, "2026-12-09 08:00", ""),
        ({"when": a_time("2026-12-09 22:00", zone=NEW_YORK), "zone": NEW_YORK}, "2026-12-10 02:20", "in 40 minutes"),
        ({"when": a_time("2026-12-09 00:20")}, "2026-12-08 23:40", "in 40 minutes"),
        ({"when": a_time("2026-12-09 14:00")}, "2026-12-09 14:00", ""),
        ({"when": all_day()}, "2026-12-08 10:00", "tomorrow"),
        ({"when": all_day("2026-12-09", "2026-12-11")}, "2026-12-09 10:00", "today"),
        ({"when": all_day("2026-12-09", "2026-12-11")}, "2026-12-10 10:00", ""),
        ({"when": None}, "2026-12-08 10:00", ""),
        ({"status": "cancelled"}, "2026-12-08 10:00", ""),
        ({"status": "postponed"}, "2026-12-08 10:00", ""),
        ({"published": False}, "2026-12-08 10:00", ""),
    ],
)
def test_nothing_is_said_that_readers_could_take_for_another_day(
    changes: dict[str, Any], sent: str, words: str
) -> None:
    assert said(sent, **changes).words == words


def test_the_days_are_those_of_the_readers_zone() -> None:
    sent = "2026-12-08 12:00"  # 1:00 on the 9th in Auckland

    assert said(sent, when=all_day()).words == "tomorrow"
    assert said(sent, when=all_day(), zone=AUCKLAND).words == "today"
    assert said(sent, when=all_day(), zone=AUCKLAND).until == at("2026-12-10", AUCKLAND)


def test_an_hour_that_the_clocks_leave_out_is_not_counted() -> None:
    # In London they go from 1:00 to 2:00 on 28 March 2027.
    found = said("2027-03-28 00:40", when=a_time("2027-03-28 02:10"))

    assert found.words == "in 30 minutes"


def test_where_a_person_sends_it_only_the_absolute_time_is_said() -> None:
    found = said("2026-12-08 10:00", relative=False)

    assert (found.words, found.day, found.until) == ("", "", None)
    assert str(found) == found.absolute


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("2026-12-08 10:00", "morgen"),
        ("2026-12-09 10:00", "heute um 14:00 Uhr"),
        ("2026-12-09 13:20", "in 40 Minuten"),
        ("2026-12-09 13:59", "in 1 Minute"),
        ("2026-12-09 14:00", "jetzt"),
    ],
)
def test_the_words_are_in_the_readers_language(sent: str, words: str) -> None:
    assert said(sent, language="de-AT").words == words


def test_staff_are_told_until_when_words_are_true() -> None:
    words, until = ("today at 2:00 pm", "today"), at("2026-12-09 13:00:30")

    note = "It says “today at 2:00 pm”, which is true until Wed 9 Dec 2026 13:00 GMT: handed over later, it is written anew."
    assert (passing_note(words, until, LONDON), passing_note((), None, LONDON)) == (note, "")


instants = st.datetimes(datetime(2005, 1, 1), datetime(2030, 1, 1)).map(lambda wall: wall.replace(tzinfo=UTC))
zones = st.sampled_from(ZONES)
#: 30 seconds past midnight in St. John's, half a minute before clocks went back to 23:01 of the day before.
ISLAND = datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC)
SKIPPED = datetime(2011, 12, 29, 20, tzinfo=UTC)


@given(instants, zones, st.timedeltas(timedelta(0), timedelta(days=4)))
@example(ISLAND, "America/St_Johns", timedelta(hours=2))
@example(SKIPPED, "Pacific/Apia", timedelta(hours=30))
def test_tomorrow_and_today_are_only_said_of_a_date_that_is(here: datetime, zone: str, ahead: timedelta) -> None:
    start = here + ahead
    event = an_event(when=Timed(starts_at=start), zone=zone)

    day = relative_of(event, Occasion(at=here, zone=zone), zone).day

    days = (start.astimezone(ZoneInfo(zone)).date() - here.astimezone(ZoneInfo(zone)).date()).days
    minutes = ahead / timedelta(minutes=1)
    wanted = {0: "today", 1: "tomorrow"}.get(days, "") if minutes > 59.5 else None
    assert day == wanted or (wanted is None and day.startswith("in ") == (minutes > 0))


@given(instants, zones, st.timedeltas(timedelta(0), timedelta(days=3)), st.data())
@example(ISLAND, "America/St_Johns", timedelta(hours=30), None)
@example(ISLAND - timedelta(hours=1), "America/St_Johns", timedelta(hours=30), None)
@example(SKIPPED, "Pacific/Apia", timedelta(hours=20), None)
def test_until_is_the_first_instant_at_which_the_words_are_others(
    here: datetime, zone: str, ahead: timedelta, data: st.DataObject | None
) -> None:
    start = here + ahead
    event = an_event(when=Timed(starts_at=start, ends_at=start + timedelta(hours=1)), zone=zone)

    def words(moment: datetime) -> str:
        return relative_of(event, Occasion(at=moment, zone=zone), zone).words

    until = relative_of(event, Occasion(at=here, zone=zone), zone).until
    if until is None:
        assert words(here) == ""
        return
    assert until > here
    between = [here + data.draw(st.timedeltas(timedelta(0), until - here - _TICK))] if data else []
    assert {words(moment) for moment in (here, *between, until - _TICK)} == {words(here)}
    assert words(until) != words(here)


@given(instants, zones)
def test_whole_days_are_told_by_the_readers_date_alone(here: datetime, zone: str) -> None:
    today = here.astimezone(ZoneInfo(zone)).date()
    tomorrow = today + timedelta(days=1)

    def day(first: Any) -> str:
        return relative_of(an_event(when=AllDay(first=first, last=first)), Occasion(at=here, zone=zone), LONDON).day

    assert (day(today), day(tomorrow), day(tomorrow + timedelta(days=1))) == ("today", "tomorrow", "")


@settings(max_examples=60)
@given(instants, zones)
@example(ISLAND, "America/St_Johns")
@example(ISLAND + timedelta(seconds=30), "America/St_Johns")
@example(SKIPPED, "Pacific/Apia")
@example(datetime(2007, 2, 25, 1, 30, tzinfo=UTC), "America/Sao_Paulo")
def test_the_next_date_is_found_as_by_looking_at_every_minute(here: datetime, zone: str) -> None:
    here = here.replace(second=0, microsecond=0)
    tz = ZoneInfo(zone)
    today, minute = here.astimezone(tz).date(), here
    while minute.astimezone(tz).date() == today:
        minute += timedelta(minutes=1)

    assert next_date(here, zone) == minute


def test_words_that_a_message_knows_to_be_true_are_no_warning_and_others_are() -> None:
    page = "<p>It takes place tomorrow.</p><p>Come in 2 hours.</p>"

    assert [what.split("”")[0] for what in warnings(a_mail(page, soon=("tomorrow",)))] == ["“in 2 hours"]
    assert [what.split("”")[0] for what in warnings(a_mail(page))] == ["“tomorrow", "“in 2 hours"]


def warnings(message: Message) -> list[str]:
    return said_of(message, "warning")
