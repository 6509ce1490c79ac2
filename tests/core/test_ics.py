from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from notifier.core.entry import Entry
from notifier.core.event import AllDay, Event, Timed
from notifier.core.ics import Written, render_entry, render_event_file, render_feed
from notifier.core.zones import zone_named
from tests.builders import a_feed, a_site, a_time, all_day, an_event, at
from tests.strategies import any_text

ADDRESS = "https://www.example.org/feeds/all.ics"


def an_entry(event: Event | None = None, **changes: Any) -> Entry:
    revision = {"sequence": 2, "created_at": at("2026-11-01 09:00"), "modified_at": at("2026-11-05 10:30")}
    return Entry(event=event or an_event(**changes), **revision)  # type: ignore[arg-type]  # three types in one mapping


def a_feed_of(*entries: Entry, **feed: Any) -> bytes:
    return render_feed(a_feed(**feed), a_site(), entries, ADDRESS)


def lines_of(written: bytes) -> list[str]:
    return written.decode().replace("\r\n ", "").split("\r\n")


def line(written: bytes, name: str) -> str | None:
    """The first line of a property in the last component that has it, unfolded."""
    found = [text for text in lines_of(written) if text.split(":")[0].split(";")[0] == name]
    return found[-1] if found else None


def parsed(written: bytes) -> list[Any]:
    calendar = Calendar.from_ical(written)
    assert calendar.errors == []
    return list(calendar.walk("VEVENT"))


def test_a_timed_event_is_in_utc() -> None:
    written = render_entry(a_site(), an_entry(when=a_time("2026-07-09 14:00", ends="15:15")))

    assert line(written, "DTSTART") == "DTSTART:20260709T130000Z"
    assert line(written, "DTEND") == "DTEND:20260709T141500Z"
    assert line(written, "TRANSP") == "TRANSP:OPAQUE"


def test_whole_days_end_on_the_day_after_and_leave_people_free() -> None:
    written = render_entry(a_site(), an_entry(when=all_day("2026-12-30", "2026-12-31")))

    assert line(written, "DTSTART") == "DTSTART;VALUE=DATE:20261230"
    assert line(written, "DTEND") == "DTEND;VALUE=DATE:20270101"
    assert line(written, "TRANSP") == "TRANSP:TRANSPARENT"
    assert line(written, "X-MICROSOFT-CDO-BUSYSTATUS") == "X-MICROSOFT-CDO-BUSYSTATUS:FREE"


@pytest.mark.parametrize("ends", [None, "14:00", "13:00"])
def test_an_end_that_is_not_given_is_an_hour_later_and_is_said(ends: str | None) -> None:
    written = render_entry(a_site(), an_entry(when=a_time(ends=ends)))

    assert line(written, "DTEND") == "DTEND:20261209T150000Z"
    assert "The end time isn't given." in str(line(written, "DESCRIPTION"))


def test_an_hour_stays_an_hour_when_the_clocks_go_back() -> None:
    entry = an_entry(an_event(when=a_time("2026-10-25 01:30")))
    assert b"DTSTART:20261025T003000Z" in render_entry(a_site(), entry)
    assert b"DTEND:20261025T013000Z" in render_entry(a_site(), entry)


def test_an_entry_carries_its_revision() -> None:
    written = render_entry(a_site(), an_entry())

    assert line(written, "SEQUENCE") == "SEQUENCE:2"
    assert line(written, "CREATED") == "CREATED:20261101T090000Z"
    assert line(written, "LAST-MODIFIED") == "LAST-MODIFIED:20261105T103000Z"
    assert line(written, "DTSTAMP") == "DTSTAMP:20261105T103000Z"


@pytest.mark.parametrize(
    ("changes", "status", "title", "transp"),
    [
        ({}, "CONFIRMED", "Book club: The Commons", "OPAQUE"),
        ({"status": "past"}, "CONFIRMED", "Book club: The Commons", "OPAQUE"),
        ({"status": "tentative"}, "TENTATIVE", "Book club: The Commons", "OPAQUE"),
        ({"status": "cancelled"}, "CANCELLED", "Cancelled: Book club: The Commons", "TRANSPARENT"),
        ({"status": "cancelled", "title": "CANCELLED - Tea"}, "CANCELLED", "CANCELLED - Tea", "TRANSPARENT"),
        ({"status": "postponed"}, "CANCELLED", "Postponed: Book club: The Commons", "TRANSPARENT"),
        ({"published": False}, "CANCELLED", "Cancelled: Book club: The Commons", "TRANSPARENT"),
        ({"title": " \n "}, "CONFIRMED", "Untitled event", "OPAQUE"),
    ],
)
def test_what_became_of_an_event_is_in_its_status_and_its_title(
    changes: dict[str, Any], status: str, title: str, transp: str
) -> None:
    written = render_entry(a_site(), an_entry(**changes))

    assert line(written, "STATUS") == f"STATUS:{status}"
    assert line(written, "SUMMARY") == f"SUMMARY:{title}"
    assert line(written, "TRANSP") == f"TRANSP:{transp}"


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_there_is_nothing_to_join_when_an_event_is_called_off(status: str) -> None:
    assert b"meet.example.com" not in render_entry(a_site(), an_entry(an_event(status=status))).replace(b"\r\n ", b"")


def test_an_event_taken_back_keeps_nothing_but_its_title() -> None:
    written = render_entry(a_site(), an_entry(published=False, location="A place"))

    assert [line(written, name) for name in ("DESCRIPTION", "LOCATION", "URL", "CATEGORIES")] == [None] * 4


def test_the_description_tells_the_local_time_and_ends_with_the_address() -> None:
    [event] = parsed(render_event_file(a_site(), an_entry(when=a_time("2026-07-09 14:00"), access="members")))

    assert event["description"].splitlines() == [
        "Thursday 9 July 2026, 2:00 pm (BST, London time)",
        "The end time isn't given.",
        "For members.",
        "",
        "We read the first two chapters together and talk about what a commons is today.",
        "",
        "https://www.example.org/events/2026-12-09-book-club",
    ]


def test_the_open_door_of_an_online_event_is_a_conference() -> None:
    written = render_entry(a_site(), an_entry(mode="hybrid", location="Example House"))

    assert (
        line(written, "CONFERENCE")
        == "CONFERENCE;FEATURE=VIDEO;LABEL=Join online;VALUE=URI:https://meet.example.com/book-club"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "in-person"}, {"mode": "unknown"}, {"access": "members"}, {"access": "unknown"}, {"join_url": None},
        {"status": "cancelled"}, {"status": "postponed"}, {"published": False}, {"join_url": "javascript:alert(1)"},
    ],
)  # fmt: skip
def test_there_is_no_conference_that_nobody_may_or_can_join(changes: dict[str, Any]) -> None:
    assert line(render_entry(a_site(), an_entry(**changes)), "CONFERENCE") is None


def test_an_online_event_is_where_its_open_door_is() -> None:
    assert line(render_entry(a_site(), an_entry()), "LOCATION") == "LOCATION:https://meet.example.com/book-club"
    assert line(render_entry(a_site(), an_entry(access="unknown")), "LOCATION") == "LOCATION:Online"


@pytest.mark.parametrize(
    "changes", [{"access": "members"}, {"access": "invitation"}, {"private": frozenset({"join_url"})}]
)
def test_a_join_link_that_is_not_public_is_nowhere_in_the_bytes(changes: dict[str, Any]) -> None:
    secret = "https://meet.example.com/s3cret"
    entry = an_entry(join_url=secret, summary=f"Go to {secret}", location=secret, info_url=secret, **changes)

    unfolded = "".join(lines_of(a_feed_of(entry)) + lines_of(render_event_file(a_site(), entry)))

    assert "s3cret" not in unfolded


def test_a_secret_feed_tells_its_readers_what_is_not_public_and_keeps_it_to_them() -> None:
    secret = "https://meet.example.com/s3cret"
    members = an_entry(uid="a@example.org", access="members", join_url=secret)
    private = an_entry(uid="b@example.org", location="12 Hidden Street", private=frozenset({"location", "when"}))

    unfolded = lines_of(a_feed_of(members, private, an_entry(), secret=True))

    assert f"LOCATION:{secret}" in unfolded
    assert "LOCATION:12 Hidden Street" in unfolded
    assert [text for text in unfolded if text.startswith("CLASS")] == ["CLASS:PRIVATE", "CLASS:PRIVATE", "CLASS:PUBLIC"]


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_what_was_written_for_a_secret_feed_is_never_taken_for_a_public_one(order: tuple[bool, bool]) -> None:
    entry, written = an_entry(access="members", join_url="https://meet.example.com/s3cret"), Written()

    for secret in (*order, *order):
        feed = render_feed(a_feed(secret=secret), a_site(), [entry], ADDRESS, written)
        assert (b"s3cret" in feed.replace(b"\r\n ", b"")) is secret


def test_an_event_that_stands_in_two_feeds_is_written_once() -> None:
    entry, written = an_entry(), Written()
    render_feed(a_feed(), a_site(), [entry], ADDRESS, written)
    [before] = written.entries.values()

    render_feed(a_feed(name="commons"), a_site(), [entry], ADDRESS, written)

    assert [one is before for one in written.entries.values()] == [True]


def test_what_was_written_of_an_event_can_be_forgotten() -> None:
    entry, written = an_entry(), Written()
    for secret in (True, False):
        render_feed(a_feed(secret=secret), a_site(), [entry], ADDRESS, written)

    for _ in range(2):
        written.forget(entry.event.uid)
        assert (written.entries, written.secrets) == ({}, {})


def test_a_feed_introduces_itself_in_both_dialects() -> None:
    written = a_feed_of(an_entry(), title="Events, all; of\nthem", description="C:\\New", colour="Teal")

    assert line(written, "NAME") == "NAME:Events\\, all\\; of them"
    assert line(written, "X-WR-CALNAME") == "X-WR-CALNAME:Events\\, all\\; of them"
    assert line(written, "X-WR-CALDESC") == "X-WR-CALDESC:C:\\\\New"
    assert line(written, "REFRESH-INTERVAL") == "REFRESH-INTERVAL;VALUE=DURATION:PT4H"
    assert line(written, "X-PUBLISHED-TTL") == "X-PUBLISHED-TTL:PT4H"
    assert line(written, "SOURCE") == f"SOURCE;VALUE=URI:{ADDRESS}"
    assert line(written, "COLOR") == "COLOR:teal"
    assert line(written, "X-WR-TIMEZONE") == "X-WR-TIMEZONE:Europe/London"


def test_a_feed_has_no_uid_of_its_own_no_method_no_organiser_and_no_alarm() -> None:
    written = a_feed_of(an_entry(), colour="no colour")

    assert written.count(b"\r\nUID:") == 1
    assert not {"METHOD", "ORGANIZER", "COLOR"} & {text.split(":")[0].split(";")[0] for text in lines_of(written)}
    assert b"VALARM" not in written


def test_a_file_is_published_by_its_organiser() -> None:
    written = render_event_file(a_site(name='The "Commons", Ltd'), an_entry())

    assert line(written, "METHOD") == "METHOD:PUBLISH"
    assert line(written, "ORGANIZER") == 'ORGANIZER;CN="The ”Commons”, Ltd":mailto:noreply@example.org'


def test_an_empty_feed_is_still_a_calendar() -> None:
    assert parsed(a_feed_of()) == []


def test_a_feed_without_an_address_of_its_own_names_none() -> None:
    assert line(render_feed(a_feed(), a_site(), [an_entry()], "all.ics"), "SOURCE") is None


def test_two_entries_with_one_uid_are_refused() -> None:
    with pytest.raises(ValueError, match="more than one entry with the uid"):
        a_feed_of(an_entry(), an_entry(title="Another"))


@pytest.mark.parametrize(
    "changes",
    [
        {"when": None},
        {"private": frozenset({"when"})},
        {"when": all_day("9999-12-31")},
        {"when": a_time("9999-12-30 14:00")},
    ],
)
def test_what_has_no_day_that_a_calendar_can_hold_is_left_out_of_feeds(changes: dict[str, Any]) -> None:
    entry = an_entry(uid="dayless@example.org", **changes)

    assert len(parsed(a_feed_of(entry, an_entry()))) == 1
    with pytest.raises(ValueError, match="no date"):
        render_entry(a_site(), entry)


@pytest.mark.parametrize(("uid", "sequence"), [("", 0), ("a\nb", 0), ("x" * 256, 0), ("a@example.org", -1)])
def test_an_identity_that_no_calendar_would_keep_is_refused(uid: str, sequence: int) -> None:
    entry = Entry(event=an_event(uid=uid), sequence=sequence, created_at=at("2026-11-01"), modified_at=at("2026-11-01"))

    with pytest.raises(ValueError, match="can't stand in a calendar"):
        render_entry(a_site(), entry)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://example.org/\r\nX-EVIL:1"])
def test_an_address_of_another_scheme_is_not_written(url: str) -> None:
    written = a_feed_of(an_entry(url=url, info_url=url, join_url=url))

    assert line(written, "URL") is None
    assert b"X-EVIL" not in written
    assert url.partition(":")[0].encode() + b":" not in written.replace(b"https://www.example.org", b"")


def test_bytes_are_utf_8_in_crlf_lines_of_at_most_75_octets() -> None:
    written = a_feed_of(an_entry(title="日本語の読書会 " * 12, summary="Größe 👩‍💻, " * 60))

    assert written.endswith(b"\r\nEND:VCALENDAR\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert all(len(text) <= 75 and text.decode() for text in written.split(b"\r\n")[:-1])


@pytest.mark.parametrize(
    "field", ["title", "summary", "location", "category", "url", "info_url", "join_url", "contact", "image"]
)
@pytest.mark.parametrize("how", ["{}", "https://example.org/{}", "\r\n{}", "\\{}", '"{}', "\u2028{}", "x" * 70 + "{}"])
def test_the_end_of_an_event_written_by_an_author_ends_nothing(field: str, how: str) -> None:
    evil = how.format("\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil@example.org\r\n")
    changes: dict[str, Any] = {field: evil}
    entry = an_entry(topics=(evil,), projects=(evil,), series=evil, **changes)

    for written in (
        a_feed_of(entry, title=evil, description=evil, colour=evil),
        render_event_file(a_site(name=evil), entry),
    ):
        assert [str(vevent["uid"]) for vevent in parsed(written)] == [entry.event.uid]


@given(any_text, any_text, any_text, any_text)
def test_no_text_can_end_a_line_in_a_space_or_add_one(title: str, body: str, place: str, url: str) -> None:
    entry = an_entry(title=title, summary=body, location=place, category=title, url=url, info_url=url)

    for written in (a_feed_of(entry, title=title, description=body), render_event_file(a_site(name=title), entry)):
        assert not [text for text in lines_of(written)[:-1] if text.endswith((" ", "\t")) or not text]


@given(any_text, any_text, any_text, any_text, any_text)
def test_no_text_can_add_an_event_or_change_a_uid(title: str, body: str, place: str, topic: str, url: str) -> None:
    event = an_event(
        title=title, summary=body, location=place, topics=(topic,), category=topic, url=url, info_url=url, join_url=url
    )
    other = an_event(uid="other@example.org")

    written = a_feed_of(an_entry(event), an_entry(other), title=title, description=body, colour=topic)

    assert {str(vevent["uid"]) for vevent in parsed(written)} == {event.uid, other.uid}
    assert len(parsed(written)) == 2
    assert not set(written.decode()) & set(map(chr, [*range(9), 11, 12, *range(14, 32), 127]))


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]).map(zone_named)
starts = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(lambda wall: wall.replace(microsecond=0))
timed = st.builds(
    lambda start, zone, minutes: Timed(
        starts_at=start.replace(tzinfo=zone).astimezone(UTC).astimezone(zone),
        ends_at=(start.replace(tzinfo=zone).astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone),
    ),
    starts,
    zones,
    st.integers(1, 4000),
)
whole = st.builds(lambda day, more: AllDay(first=day, last=day + timedelta(days=more)), days, st.integers(0, 9))


@given(st.lists(st.one_of(timed, whole), max_size=6))
def test_a_feed_parses_back_to_the_same_times(whens: list[Timed | AllDay]) -> None:
    entries = [an_entry(uid=f"{number}@example.org", when=when) for number, when in enumerate(whens)]

    read = {
        str(event["uid"]): (event.decoded("dtstart"), event.decoded("dtend")) for event in parsed(a_feed_of(*entries))
    }

    expected = [
        (w.starts_at, w.ends_at) if isinstance(w, Timed) else (w.first, w.last + timedelta(days=1)) for w in whens
    ]
    assert read == {f"{number}@example.org": times for number, times in enumerate(expected)}


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_the_order_of_entries_does_not_matter(seed: int) -> None:
    entries = [an_entry(uid=f"{number}@example.org", title=f"Event {number}") for number in range(8)]
    shuffled = random.Random(seed).sample(entries, k=len(entries))  # noqa: S311 - no secret

    assert a_feed_of(*shuffled) == a_feed_of(*entries)


def test_a_feed_is_the_join_of_its_entries() -> None:
    entry = an_entry()

    assert render_entry(a_site(), entry) in a_feed_of(entry)
