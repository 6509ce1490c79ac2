"""What a feed costs: made for the first time, and after one change, beside icalendar and beside writing the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from icalendar import Event as VEvent
from icalendar.prop import vCategory, vUri

from notifier.core.entry import Entry, Written
from notifier.core.event import Event
from notifier.core.ics import Proved, refusal, render_feed
from notifier.core.ics.vevent import Lines, lines_of
from tests.bench.measures import SIZES, say, seconds, tell
from tests.bench.scan import NOW
from tests.builders import a_feed, a_site, a_time, an_event

pytestmark = pytest.mark.bench

ADDRESS = "https://www.example.org/feeds/all.ics"
#: About as long as what people write.
SUMMARY = (
    "We read the first two chapters together, and talk about what a commons is, – for 90 minutes; bring a friend.\n" * 3
)


def entries_of(size: int) -> list[Entry]:
    return [Entry(event=_event(number), sequence=0, created_at=NOW, modified_at=NOW) for number in range(size)]


def _event(number: int) -> Event:
    day = f"{2027 + number // 300}-{1 + number % 12:02}-{1 + number % 28:02} 14:00"
    return an_event(
        uid=f"{number:08}@example.org", title=f"Event {number}: the commons", when=a_time(day, ends="15:30"),
        location="12 Example Street, Exampleton", summary=SUMMARY, url=f"https://www.example.org/events/{number}",
    )  # fmt: skip


def by_icalendar(lines: list[Lines]) -> bytes:
    """The same properties as icalendar makes them, of values that are there already."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//notifier//notifier//EN")
    for one in lines:
        calendar.add_component(_vevent(one))
    made: bytes = calendar.to_ical()
    return made


def _vevent(one: Lines) -> VEvent:
    vevent = VEvent()
    for name, value in {
        "summary": one.words.title, "dtstart": one.span.start, "dtend": one.span.end, "dtstamp": one.stamp,
        "uid": one.uid, "sequence": one.sequence, "class": one.classification, "created": one.created_at,
        "description": one.words.description, "last-modified": one.modified_at, "location": one.words.location,
        "status": one.words.status, "transp": "OPAQUE", "url": vUri(one.words.url or ""),
    }.items():  # fmt: skip
        vevent.add(name, value)
    vevent.add("categories", vCategory(list(one.words.categories)))
    if one.words.join_url:
        vevent.add("conference", vUri(one.words.join_url), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    return vevent


@pytest.mark.parametrize("size", SIZES)
def test_a_feed(size: int, tmp_path: Path) -> None:
    site, feed, entries = a_site(), a_feed(), entries_of(size)
    lines = [lines_of(site, entry, public=True) for entry in entries]
    theirs = by_icalendar(lines)
    anchor = seconds(lambda: by_icalendar(lines), rounds=3)
    first = seconds(lambda: render_feed(feed, site, entries, ADDRESS, Written()), rounds=3)
    data = render_feed(feed, site, entries, ADDRESS)
    say(f"\n{size} events: {len(data) / size:.0f} bytes each here, {len(theirs) / size:.0f} as icalendar writes them")
    tell(f"icalendar straight / feed of {size} events, first time", anchor, first, ">= 1.5 x")
    after, proved = _after_changes(entries), _after_changes(entries, prove=True)
    tell(f"icalendar straight / feed of {size} events, after one change", anchor, after, ">= 50 x")
    tell("icalendar straight / the same, and proved before it is published", anchor, proved, ">= 50 x")
    file = tmp_path / "all.ics"
    tell("the same / writing the same bytes", proved, seconds(lambda: file.write_bytes(data)), "none")


def _after_changes(entries: list[Entry], *, prove: bool = False) -> float:
    """The median time of a feed after one of its events changed: each time another, to another title."""
    site, feed, written, proved, now = a_site(), a_feed(), Written(), Proved(), [*entries]
    refusal(feed, site, now, render_feed(feed, site, now, ADDRESS, written), proved)
    places = iter(range(0, len(entries), max(len(entries) // 20, 1)))

    def change() -> None:
        place = next(places)
        old = now[place]
        event = replace(old.event, title=f"{old.event.title}, again")
        now[place] = Entry(event=event, sequence=1, created_at=NOW, modified_at=NOW + timedelta(hours=1))
        data = render_feed(feed, site, [*now], ADDRESS, written)
        if prove:
            assert refusal(feed, site, [*now], data, proved) is None

    return seconds(change, rounds=9)
