"""Invitations of one person, and the file for everybody: RFC 5546, as mail programs read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.entry import Entry
from notifier.core.ics import NOBODY, for_attendee, render_event_file, render_feed, render_invitation
from notifier.core.ics.invitation import mailto
from tests.builders import a_feed, a_site, a_time, all_day, an_event, at
from tests.core.test_ics import an_entry, line, lines_of, parsed
from tests.strategies import any_text

READER, US = ("Kim Example", "kim@example.com"), ("Example Commons", "events@example.org")
SENT = at("2026-11-26 09:30")


def invited(entry: Entry | None = None, method: Literal["REQUEST", "CANCEL"] = "REQUEST", **changes: Any) -> bytes:
    terms: dict[str, Any] = {"attendee": READER, "organiser": US, "at": SENT, "public": True} | changes
    return render_invitation(a_site(), entry or an_entry(), method=method, **terms)


def test_a_request_names_who_invites_and_who_is_invited() -> None:
    written = invited()

    assert line(written, "METHOD") == "METHOD:REQUEST"
    assert line(written, "ORGANIZER") == 'ORGANIZER;CN="Example Commons":mailto:events@example.org'
    asked = 'ATTENDEE;CN="Kim Example";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:kim@example.com'
    assert line(written, "ATTENDEE") == asked
    assert len(parsed(written)) == 1


def test_an_invitation_is_the_feeds_entry_at_the_time_of_its_mail() -> None:
    entry = an_entry()
    written, feed = invited(entry), render_feed(a_feed(), a_site(), [entry], "https://www.example.org/all.ics")

    for name in ("UID", "SEQUENCE", "CREATED", "LAST-MODIFIED", "SUMMARY", "LOCATION", "STATUS", "URL"):
        assert line(written, name) == line(feed, name)
    assert line(written, "DTSTAMP") == "DTSTAMP:20261126T093000Z"


@pytest.mark.parametrize("write", [invited, lambda entry: render_event_file(a_site(), entry)])
def test_times_are_told_on_the_clocks_of_their_zone_which_is_defined_before(write: Any) -> None:
    written = write(
        an_entry(when=a_time("2026-07-09 14:00", ends="15:15", zone="America/New_York"), zone="America/New_York")
    )

    assert line(written, "DTSTART") == "DTSTART;TZID=America/New_York:20260709T140000"
    assert line(written, "DTEND") == "DTEND;TZID=America/New_York:20260709T151500"
    assert written.index(b"END:VTIMEZONE") < written.index(b"BEGIN:VEVENT")
    assert written.count(b"BEGIN:VTIMEZONE") == written.count(b"TZID:America/New_York") == 1


@pytest.mark.parametrize(
    ("start", "zone"), [("2026-10-25 01:30", "Europe/London"), ("2026-12-09 14:00", "Africa/Casablanca")]
)
def test_a_time_that_clients_would_read_differently_is_in_utc_without_a_zone(start: str, zone: str) -> None:
    written = invited(an_entry(when=a_time(start, zone=zone), zone=zone))

    assert str(line(written, "DTSTART")).endswith("Z")
    assert b"VTIMEZONE" not in written


def test_whole_days_have_no_zone() -> None:
    written = invited(an_entry(when=all_day()))

    assert line(written, "DTSTART") == "DTSTART;VALUE=DATE:20261209"
    assert b"VTIMEZONE" not in written


def test_a_time_without_a_zone_of_its_own_is_told_in_the_sites() -> None:
    assert line(invited(an_entry(zone=None)), "DTSTART") == "DTSTART;TZID=Europe/London:20261209T140000"


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"status": "postponed"}, {"published": False}, {}])
def test_a_cancel_says_what_is_off_and_no_more(changes: dict[str, Any]) -> None:
    written = invited(an_entry(**changes), "CANCEL")

    [event] = parsed(written)
    told = {"SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "ATTENDEE", "ORGANIZER", "STATUS"}
    assert set(event) == told
    assert line(written, "METHOD") == "METHOD:CANCEL"
    assert line(written, "STATUS") == "STATUS:CANCELLED"
    assert line(written, "UID") == line(invited(), "UID")
    assert str(line(written, "SUMMARY")).startswith(("SUMMARY:Cancelled: ", "SUMMARY:Postponed: "))


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"status": "postponed"}, {"published": False}])
def test_nobody_is_invited_to_what_is_called_off(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Use the method CANCEL"):
        invited(an_entry(**changes))


def test_nobody_is_invited_to_what_has_no_date() -> None:
    with pytest.raises(ValueError, match="no date"):
        invited(an_entry(when=None))


@pytest.mark.parametrize("public", [True, False])
def test_the_way_into_a_members_event_is_told_to_members_only(public: bool) -> None:
    entry = an_entry(access="members", join_url="https://meet.example.com/s3cret")

    for written in (invited(entry, public=public), render_event_file(a_site(), entry, public=public)):
        assert ("s3cret" in "".join(lines_of(written))) is not public
        assert line(written, "CLASS") == ("CLASS:PUBLIC" if public else "CLASS:PRIVATE")


def test_the_same_mail_has_the_same_bytes() -> None:
    assert invited() == invited()


names = any_text | st.text("ab,;:\\^\"'’ é漢👩‍💻", max_size=120)
addresses = st.sampled_from(
    ["kim@example.com", "kim+a.b@xn--bcher-kva.example", f"{'k' * 60}@{'sub.' * 20}example.org"]
)


@given(names, addresses, st.sampled_from(["REQUEST", "CANCEL"]))
def test_splicing_somebody_in_gives_the_bytes_of_their_own_invitation(
    name: str, address: str, method: Literal["REQUEST", "CANCEL"]
) -> None:
    template = invited(method=method, attendee=NOBODY)

    spliced = for_attendee(template, name, address)

    assert spliced == invited(method=method, attendee=(name, address))
    assert for_attendee(spliced, *NOBODY) == template


def test_what_invites_nobody_has_no_place_for_anybody() -> None:
    file = render_event_file(a_site(), an_entry(summary="\r\nATTENDEE:mailto:kim@example.com\r\n"))

    with pytest.raises(ValueError, match="has no attendee"):
        for_attendee(file, *READER)


@given(names, names, any_text)
def test_no_name_can_add_an_event_or_a_line(reader: str, us: str, title: str) -> None:
    written = invited(an_entry(title=title), attendee=(reader, READER[1]), organiser=(us, US[1]))

    [event] = parsed(written)
    assert event["uid"] == an_event().uid
    assert event["attendee"] == "mailto:kim@example.com"
    assert event["organizer"] == "mailto:events@example.org"


def test_a_quotation_mark_in_a_name_becomes_a_typographic_one() -> None:
    written = invited(attendee=('Kim "K" Example; Ltd', "kim@example.com"))

    assert str(line(written, "ATTENDEE")).startswith('ATTENDEE;CN="Kim ”K” Example; Ltd";')


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("kim@example.com", "mailto:kim@example.com"),
        (" kim.o'hara+list@example.com\n", "mailto:kim.o'hara+list@example.com"),
        ("50%&you?=me@example.com", "mailto:50%25%26you%3F%3Dme@example.com"),
        ("kim@bücher.example", "mailto:kim@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_as_mail_programs_read_it(address: str, written: str) -> None:
    assert mailto(address) == written


@pytest.mark.parametrize(
    "address",
    [
        "", "kim", "kim@", "@example.com", "kim@localhost", "kim@example.com.", "kim@@example.com", "kim..o@example.com",
        "kim@example.com, al@example.com", "kim@example.com\r\nATTENDEE:x", '"kim o"@example.com', "kïm@example.com",
        "kim@exa mple.com", "kim@[127.0.0.1]", "kim@::1", f"kim@{'x' * 70}.example", f"{'k' * 250}@example.org",
        "mailto:kim@example.com", "Kim <kim@example.com>", "kim\x00@example.com",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is not an address that can be invited"):
        invited(attendee=("Kim", address))
    with pytest.raises(ValueError, match="is not an address that can be invited"):
        invited(organiser=("Us", address))


def test_somebody_without_a_name_is_invited_by_address() -> None:
    written = invited(attendee=(" \n", "kim@example.com"))

    assert str(line(written, "ATTENDEE")).startswith("ATTENDEE;PARTSTAT=")


def test_a_later_change_has_a_greater_sequence_and_stamp() -> None:
    first, entry = invited(), an_entry()
    later = invited(replace(entry, sequence=entry.sequence + 1), at=at("2026-11-27 10:00"))

    assert (line(first, "SEQUENCE"), line(later, "SEQUENCE")) == ("SEQUENCE:2", "SEQUENCE:3")
    assert line(later, "DTSTAMP") == "DTSTAMP:20261127T100000Z"
