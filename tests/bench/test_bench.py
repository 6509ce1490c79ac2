"""Measurements, as ratios side by side in one run: machines are shared and noisy, only ratios travel."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import frontmatter
import pytest
from icalendar import Calendar
from icalendar import Event as ICalEvent

from notifier.app import open_app
from notifier.core.entry import Entry
from notifier.core.ics import render_feed
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape
from notifier.core.schedule import starts_at
from notifier.edges.clock import FixedClock
from tests.bench.sites import make_site
from tests.builders import a_document, a_feed, a_site, a_time, an_event, at

pytestmark = pytest.mark.bench
NOW = at("2026-11-26 09:00")


def seconds(act: Callable[[], object], *, rounds: int = 5) -> float:
    """The median time of an act."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def command(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def tell(what: str, ours: float, anchor: float, aim: str) -> None:
    print(f"{what:<58} {ours * 1000:9.2f} ms   {anchor * 1000:9.2f} ms   {ours / anchor:7.2f} x   aim {aim}")


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


def test_reading(tmp_path: Path) -> None:
    make_site(tmp_path / "site", 500)
    texts = [path.read_text() for path in sorted((tmp_path / "site/_events").iterdir())]
    documents = [a_document(text, path=f"_events/{n}.md") for n, text in enumerate(texts)]
    shape = Shape(
        source="site", site_url="https://www.example.org", timezone="Europe/London", own=frozenset({"organising"})
    )
    ours = seconds(lambda: [read_document(document, shape) for document in documents], rounds=3) / 500
    alone = seconds(lambda: [frontmatter.parse(text) for text in texts], rounds=3) / 500
    tell("reading one event, prose included / python-frontmatter alone", ours, alone, "none yet")


@pytest.mark.parametrize("size", [200, 2000])
def test_ticks(tmp_path: Path, size: int) -> None:
    config = make_site(tmp_path / "site", size)
    app = open_app(config, clock=FixedClock(NOW))
    folder = tmp_path / "site/_events"
    stats = seconds(lambda: [entry.stat() for entry in os.scandir(folder)])
    first = seconds(app.tick, rounds=1)
    tell(f"first look at {size} events / scandir and stat", first, stats, "none yet")
    time.sleep(2.1)  # noqa: TID251 - files younger than this are read again
    app.tick()
    tell(f"idle tick over {size} events / scandir and stat", seconds(app.tick), stats, "<= 2 x")
    app.close()


@pytest.mark.parametrize("size", [200, 2000])
def test_feed(size: int) -> None:
    events = [
        an_event(uid=f"{n}@example.org", title=f"Event {n}", when=a_time(f"{2027 + n // 300}-01-01 14:00"))
        for n in range(size)
    ]
    entries = [Entry(event=event, sequence=0, created_at=NOW, modified_at=NOW) for event in events]

    def ours() -> bytes:
        return render_feed(a_feed(), a_site(), entries, "https://www.example.org/feeds/all.ics")

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
        written: bytes = calendar.to_ical()
        return written

    anchor = seconds(straight, rounds=3)
    tell(f"feed of {size} events, first time / icalendar straight", seconds(ours, rounds=1), anchor, "<= 0.67 x")
    tell(f"feed of {size} events, again / icalendar straight", seconds(ours, rounds=3), anchor, "<= 0.02 x")
