"""Measurements, as ratios side by side in one run: machines are shared and noisy, only ratios travel."""

from __future__ import annotations

from pathlib import Path

import pytest
from icalendar import Calendar
from icalendar import Event as ICalEvent

from notifier.core.entry import Entry
from notifier.core.ics import Written, render_feed
from notifier.core.schedule import starts_at
from tests.bench.measures import command, seconds, tell
from tests.bench.scan import NOW
from tests.bench.sites import make_site
from tests.builders import a_feed, a_site, a_time, an_event

pytestmark = pytest.mark.bench


def test_starting() -> None:
    click = seconds(command("-c", "import click"), rounds=9)
    tell(
        "notifier --help / python -c 'import click'",
        seconds(command("-m", "notifier", "--help"), rounds=9),
        click,
        "<= 1.5 x",
    )


def test_plan_of_200_events(tmp_path: Path) -> None:
    config = make_site(tmp_path / "site", 200)
    ours = seconds(command("-m", "notifier", "plan", "--config", str(config), "--at", "2026-11-26T09:00:00Z"), rounds=3)
    tell("notifier plan, 200 events, cold / one second", ours, 1.0, "<= 1 x")


@pytest.mark.parametrize("size", [200, 2000])
def test_feed(size: int) -> None:
    events = [
        an_event(uid=f"{n}@example.org", title=f"Event {n}", when=a_time(f"{2027 + n // 300}-01-01 14:00"))
        for n in range(size)
    ]
    entries = [Entry(event=event, sequence=0, created_at=NOW, modified_at=NOW) for event in events]

    written = Written()

    def ours() -> bytes:
        return render_feed(a_feed(), a_site(), entries, "https://www.example.org/feeds/all.ics", written)

    def straight() -> bytes:
        calendar = Calendar()
        for entry in entries:
            component = ICalEvent()
            component.add("uid", entry.event.uid)
            component.add("summary", entry.event.title)
            component.add("description", entry.event.summary)
            component.add("dtstart", starts_at(entry.event, "Europe/London"))
            component.add("dtstamp", NOW)
            component.add("url", entry.event.url)
            calendar.add_component(component)
        lines: bytes = calendar.to_ical()
        return lines

    anchor = seconds(straight, rounds=3)
    tell(f"feed of {size} events, first time / icalendar straight", seconds(ours, rounds=1), anchor, "<= 0.67 x")
    tell(f"feed of {size} events, again / icalendar straight", seconds(ours, rounds=3), anchor, "<= 0.02 x")
