"""The last look at a feed's bytes: what must never be published, planted and refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.entry import Entry
from notifier.core.event import Access, Event
from notifier.core.ics import Proved, refusal, render_feed
from notifier.core.ics.lines import folded
from notifier.core.rule import Feed
from tests.builders import a_feed, a_site, all_day, an_event
from tests.core.test_ics import ADDRESS, an_entry
from tests.strategies import any_text

SECRET = "https://meet.example.com/s3cret-room?key=a,b;c&d=1"
MEMBERS = an_event(uid="a@example.org", path="members.md", access="members", join_url=SECRET)
OPEN = an_event(uid="b@example.org", path="open.md")


def entries_of(*events: Event) -> list[Entry]:
    return [an_entry(event) for event in events]


def written(*events: Event, **feed: Any) -> bytes:
    return render_feed(a_feed(**feed), a_site(), entries_of(*events), ADDRESS)


def refused(data: bytes, *events: Event, feed: Feed | None = None, proved: Proved | None = None) -> str | None:
    return refusal(feed or a_feed(), a_site(), entries_of(*events), data, proved)


def planted(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


@given(any_text, any_text, any_text, any_text, st.sampled_from(["open", "members"]))
@settings(max_examples=200)
def test_what_is_rendered_is_never_refused(title: str, text: str, place: str, url: str, access: Access) -> None:
    door = url if access == "open" else f"{SECRET}2"
    event = replace(
        OPEN, title=title, summary=text, location=place, topics=(title,), category=text, url=url, access=access,
        join_url=door,
    )  # fmt: skip
    whole = an_event(uid="c@example.org", when=all_day(), status="cancelled")

    data = written(MEMBERS, event, whole, title=title, description=text, colour="teal")

    assert refused(data, MEMBERS, event, whole) is None


def test_an_empty_feed_is_published_when_no_event_has_a_date() -> None:
    assert refused(written(), an_event(when=None)) is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"\r\nSUMMARY", b"\nSUMMARY", "CR and LF"),
        (b"Book club", b"Book\rclub", "CR and LF"),
        (b"\r\nCLASS:", b"\r\n\r\nCLASS:", "empty"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 70, "75 octets"),
        (b"Book club", b"Book\x00club", "control"),
        (b"Book club", b"Book\xc2\x85club", "control"),
        (b"Book club", b"Book\xe2\x80\xaeclub", "control"),
        (b"Book club", b"Book\xffclub", "UTF-8"),
        (b"\xe2\x80\x93", b"\xe2\x80\r\n \x93", "UTF-8"),
        (b"Book club:", b"Book club,", "are not an event's"),
        (b"Book club:", b"Book club;", "are not an event's"),
        (b"Book club:", b"Book\\club:", "are not an event's"),
        (b"Book club:", b"Book\\Nclub:", "are not an event's"),
        (b"NAME:All", b"NAME:All,", "does not begin"),
        (b"\\nWe read", b"\r\nWe read", "are not an event's"),
        (b"SUMMARY:", b"SUMMARY:a\r\nUID:", "are not an event's"),
        (b"SEQUENCE:", b"X-EVIL:1\r\nSEQUENCE:", "are not an event's"),
        (b"TRANSP:", b"summary:x\r\nTRANSP:", "are not an event's"),
        (b"DTSTAMP:", b"CREATED:", "are not an event's"),
        (b"END:VEVENT\r\n", b"", "are not an event's"),
        (b"CLASS:", b"END:VEVENT\r\nCLASS:", "are not an event's"),
        (b"CLASS:", b"BEGIN:VALARM\r\nCLASS:", "are not an event's"),
        (b"\r\nNAME:", b"\r\nUID:x@example.org\r\nNAME:", "does not begin"),
        (b"\r\nNAME:", b"\r\nMETHOD:PUBLISH\r\nNAME:", "does not begin"),
        (b"VERSION:2.0", b"VERSION:2.0\r\nVERSION:2.0", "does not begin"),
        (b"URL:https:", b"URL:javascript:", "are not an event's"),
        (b"URL:https:", b"URL:https: ", "are not an event's"),
        (b"BEGIN:VCALENDAR", b"\xef\xbb\xbfBEGIN:VCALENDAR", "whole"),
        (b"END:VCALENDAR\r\n", b"END:VCALENDAR", "whole"),
        (b"END:VCALENDAR\r\n", b"", "whole"),
        (b"UID:b@", b"UID:c@", "other events"),
        (b"UID:b@", b"UID:a@", "more than one event has the uid a@example.org"),
    ],
)
def test_bytes_that_are_no_calendar_are_refused(old: bytes, new: bytes, why: str) -> None:
    other = an_event(uid="a@example.org", title="Another")
    data = written(other, OPEN)

    said = refused(planted(data, old, new), other, OPEN)

    assert why in str(said)
    assert str(said).endswith("Report this as a mistake of the program.")


@pytest.fixture(scope="module")
def thousand() -> list[Event]:
    return [an_event(uid=f"{number:04}@example.org", path=f"{number}.md") for number in range(1_003)]


@pytest.mark.parametrize("number", [0, 498, 499, 500, 998, 999, 1_000, 1_002])
@pytest.mark.parametrize(
    ("line", "new", "why"),
    [
        (b"BEGIN:VEVENT", b"\r\nBEGIN:VEVENT", "empty"),
        (b"BEGIN:VEVENT", b"BEGIN:VEVENT\r\n", "empty"),
        (b"END:VEVENT", b"\r\nEND:VEVENT", "empty"),
        (b"END:VEVENT", b"END:VEVENT\n", "CR and LF"),
        (b"END:VEVENT", b"END:VEVENT\x00", "control"),
    ],
)
def test_no_entry_of_very_many_is_left_out(
    thousand: list[Event], number: int, line: bytes, new: bytes, why: str
) -> None:
    parts = written(*thousand).split(line)
    assert len(parts) == len(thousand) + 1
    spoilt = line.join(parts[: number + 1]) + new + line.join(parts[number + 1 :])

    assert why in str(refused(spoilt, *thousand))


def test_very_many_are_published(thousand: list[Event]) -> None:
    assert refused(written(*thousand), *thousand) is None


def test_an_empty_render_is_refused() -> None:
    assert "0 events where 1 have a date" in str(refused(written(), OPEN))
    assert "not one whole calendar" in str(refused(b"", OPEN))


def test_an_entry_that_stands_twice_is_refused() -> None:
    data = written(OPEN)
    entry = data[data.index(b"BEGIN:VEVENT") : data.index(b"END:VCALENDAR")]

    assert "more than one event has the uid b@" in str(refused(planted(data, entry, entry * 2), OPEN))
    assert "more than one event has the uid b@" in str(refused(data, OPEN, replace(OPEN, title="Copy")))


def with_text(event: Event, text: str) -> bytes:
    """The feed of a members' event and an open one, the description of `event` saying this, however it was made."""
    data = written(MEMBERS, OPEN).replace(b"\r\n ", b"")
    at_event = data.index(f"UID:{event.uid}".encode())
    spoilt = data[:at_event] + data[at_event:].replace(b"DESCRIPTION:", f"DESCRIPTION:{text} ".encode(), 1)
    return b"\r\n".join(map(folded, spoilt.split(b"\r\n")))


FORMS = {
    "raw, escaped": SECRET.replace(",", "\\,").replace(";", "\\;"),
    "without its scheme": SECRET.split("://")[1].replace(",", "\\,").replace(";", "\\;"),
    "percent-encoded": quote(SECRET, safe=""),
    "in HTML": f'<a href="{SECRET}">'.replace("&", "&amp;").replace(",", "\\,").replace(";", "\\;"),
    "in words": "meet.example.com / s3cret-room - key a b c d 1",
    "over a fold": "x" * 40 + " " + SECRET.replace(",", "\\,").replace(";", "\\;"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("event", [MEMBERS, OPEN])
def test_a_way_in_that_is_not_public_is_found_however_it_is_written(event: Event, form: str) -> None:
    said = str(refused(with_text(event, form), MEMBERS, OPEN))

    assert said == (
        f"The entry of {event.path} would tell the join link of members.md, which is not public. "
        f"Take it out of {event.path}, or make that value public."
    )
    assert "s3cret" not in said


def test_a_secret_feed_may_tell_it() -> None:
    feed = a_feed(secret=True)

    assert b"s3cret" in written(MEMBERS, OPEN, secret=True)
    assert refused(written(MEMBERS, OPEN, secret=True), MEMBERS, OPEN, feed=feed) is None
    assert "would tell the join link" in str(refused(written(MEMBERS, OPEN, secret=True), MEMBERS, OPEN))


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("location", "12 Hidden Street", "place"),
        ("info_url", "https://www.example.org/hidden/page", "link to more"),
        ("contact", "mailto:jo.hidden@example.org", "contact"),
        ("url", "https://www.example.org/hidden/event", "address"),
        ("recording_url", "https://video.example.org/hidden", "recording"),
    ],
)
def test_a_private_value_stands_in_no_entry_and_not_in_the_head(name: str, value: str, label: str) -> None:
    changes: dict[str, Any] = {name: value}
    private = replace(MEMBERS, private=frozenset({name}), **changes)

    for text in (value, value.partition("://")[2] or value):
        told = text.removeprefix("mailto:")
        assert f"tell the {label} of members.md" in str(refused(with_text(OPEN, told), private, OPEN))
        head = render_feed(a_feed(description=f"See {told}"), a_site(), entries_of(private, OPEN), ADDRESS)
        assert f"config.yaml would tell the {label} of members.md" in str(refused(head, private, OPEN))


def test_a_private_title_is_hidden_from_its_own_entry_only() -> None:
    private = replace(MEMBERS, title="Board meeting", private=frozenset({"title"}))

    assert "tell the title of members.md" in str(refused(with_text(MEMBERS, "Board meeting"), private, OPEN))
    assert refused(with_text(OPEN, "After the Board meeting"), private, OPEN) is None


def test_a_private_summary_is_found_by_its_beginning() -> None:
    words = " ".join(f"word{number}" for number in range(40))
    private = replace(MEMBERS, summary=words, private=frozenset({"summary"}))

    assert "tell the summary" in str(refused(with_text(MEMBERS, words[:120]), private, OPEN))


@pytest.mark.parametrize(
    "harmless",
    [
        "https://meet.example.com/s3cret-room-2",
        "https://meet.example.com/open",
        "s3cret",
    ],
)
def test_what_only_looks_like_a_hidden_value_is_published(harmless: str) -> None:
    hidden = replace(MEMBERS, join_url="https://meet.example.com/s3cret-room-1")

    assert refused(with_text(OPEN, harmless), hidden, OPEN) is None


@pytest.mark.parametrize(
    "hidden", [None, "Library", "12", "1 a", "https://www.example.org", "https://www.example.org/"]
)
def test_a_value_that_hides_nothing_is_not_looked_for(hidden: str | None) -> None:
    private = replace(MEMBERS, location=hidden, join_url=hidden, private=frozenset({"location", "category"}))

    data = written(private, OPEN)

    assert refused(data, private, OPEN) is None


def test_one_room_for_members_and_for_everybody_is_public() -> None:
    room = "https://meet.example.com/room"
    members, everybody = replace(MEMBERS, join_url=room), replace(OPEN, join_url=room)

    assert refused(written(members, everybody), members, everybody) is None


def test_a_host_is_found_in_its_own_entry() -> None:
    private = replace(MEMBERS, join_url="https://hidden.example.com")

    assert "join link" in str(refused(with_text(MEMBERS, "hidden.example.com"), private, OPEN))


def test_what_was_proved_is_not_looked_at_again_and_what_is_new_is() -> None:
    proved, entries = Proved(), entries_of(MEMBERS, OPEN)
    data = render_feed(a_feed(), a_site(), entries, ADDRESS)
    assert refusal(a_feed(), a_site(), entries, data, proved) is None

    spoilt = planted(data, b"SUMMARY:Book", b"SUMMARY:Boo,k")
    assert refusal(a_feed(), a_site(), entries, data, proved) is None
    assert "the event a@example.org are not an event's" in str(refusal(a_feed(), a_site(), entries, spoilt, proved))
    assert "more than one" in str(refusal(a_feed(), a_site(), [*entries, entries[0]], data, proved))


@pytest.mark.parametrize("shown", ["https://meet.example.com/room", "https://meet.example.com/%72oom"])
def test_what_becomes_secret_later_is_found_in_what_was_proved_before(shown: str) -> None:
    talk, proved = replace(OPEN, info_url=shown, join_url=None), Proved()
    data = written(talk)
    assert refused(data, talk, proved=proved) is None

    hidden = replace(talk, private=frozenset({"info_url"}))

    assert "link to more" in str(refused(data, hidden, proved=proved))


def test_what_was_proved_of_a_secret_feed_proves_nothing_of_a_public_one() -> None:
    proved, data = Proved(), written(MEMBERS, OPEN, secret=True)
    assert refused(data, MEMBERS, OPEN, feed=a_feed(secret=True), proved=proved) is None

    assert "would tell" in str(refused(data, MEMBERS, OPEN, proved=proved))


links = st.sampled_from(["https://meet.example.com/a1b2c3", "https://meet.example.com/straße", "https://x.example/%61"])
states = st.lists(st.tuples(links, st.sampled_from(["open", "members"]), st.none() | links), min_size=3, max_size=3)


@given(st.lists(states, min_size=2, max_size=4))
def test_a_new_look_after_changes_finds_what_a_first_look_would(
    history: list[list[tuple[str, Access, str | None]]],
) -> None:
    proved = Proved()
    for state in history:
        events = [
            an_event(uid=f"{n}@example.org", join_url=link, access=access, summary=text or "", path=f"{n}.md")
            for n, (link, access, text) in enumerate(state)
        ]
        data = written(*events)

        assert (refused(data, *events, proved=proved) is None) is (refused(data, *events) is None)


def spoilt_by(data: bytes, how: str) -> bytes:
    """The bytes with an entry that is there twice, missing, in another's place, or broken."""
    head, *parts = data.removesuffix(b"END:VCALENDAR\r\n").split(b"BEGIN:VEVENT\r\n")
    if len(parts) < 2:
        return data
    changed = {
        "": parts, "twice": [*parts, parts[0]], "twice in a row": [parts[0], *parts], "missing": parts[1:],
        "turned round": parts[::-1], "another": [parts[1], *parts[1:]], "broken": [parts[0].replace(b"UID:", b"UIT:"), *parts[1:]],
    }[how]  # fmt: skip
    return b"BEGIN:VEVENT\r\n".join([head, *changed]) + b"END:VCALENDAR\r\n"


ways = st.sampled_from(["", "", "twice", "twice in a row", "missing", "turned round", "another", "broken"])
calendars = st.tuples(st.dictionaries(st.integers(0, 5), st.sampled_from(["Tea", "Talk"]), max_size=6), ways)


@given(st.lists(calendars, min_size=2, max_size=6))
def test_whatever_changes_between_looks_each_finds_what_a_first_look_would(
    history: list[tuple[dict[int, str], str]],
) -> None:
    proved, site = Proved(), a_site()
    for titles, how in history:
        entries = entries_of(*(an_event(uid=f"{n}@example.org", title=title) for n, title in titles.items()))
        data = spoilt_by(render_feed(a_feed(), site, entries, ADDRESS), how)

        assert refusal(a_feed(), site, entries, data, proved) == refusal(a_feed(), site, entries, data)


def test_an_entry_that_stands_twice_between_two_that_changed_is_refused() -> None:
    proved, site = Proved(), a_site()
    before = entries_of(*(an_event(uid=f"{n}@example.org", title="Tea") for n in range(3)))
    assert refusal(a_feed(), site, before, render_feed(a_feed(), site, before, ADDRESS), proved) is None

    after = [
        an_entry(replace(before[0].event, title="Talk")),
        before[1],
        an_entry(replace(before[2].event, title="Talk")),
    ]
    data = render_feed(a_feed(), site, after, ADDRESS)
    head, first, second, third = data.split(b"BEGIN:VEVENT\r\n")
    twice = b"BEGIN:VEVENT\r\n".join([head, first, second, second, third])

    assert "more than one event has the uid 1@example.org" in str(refusal(a_feed(), site, after, twice, proved))
    assert refusal(a_feed(), site, after, data, proved) is None
