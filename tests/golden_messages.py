"""The golden messages. `python -m tests.golden_messages` writes the files anew; their difference is to be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.render import KINDS, render
from notifier.core.rule import Kind
from notifier.edges.eml import eml
from tests.builders import a_delivery, a_minimal_event, a_site, a_time, an_event, at
from tests.templates_on_disk import the_templates

FOLDER = Path(__file__).parent / "golden" / "messages"

_LONG = an_event(
    title="Community of practice: governing shared data in neighbourhoods, libraries & cooperatives",
    when=a_time("2026-12-09 09:00", ends="10:15", zone="America/New_York"),
    zone="America/New_York",
    mode="hybrid",
    location="Example House, Meeting Room 4, 1 Example Street, Exampletown EX1 1EX",
    info_url="https://www.example.org/programme?year=2026&part=2",
    contact="mailto:events@example.org",
    summary=(
        "We read the first two chapters together and talk about what a commons is today, who looks after it, and "
        "what happens when nobody does.\n\nEverybody is welcome; you need not have read anything beforehand."
    ),
)
_EVENTS = {"long": _LONG, "minimal": a_minimal_event()}


def golden_files() -> dict[str, bytes]:
    """Every golden file's name and what must be in it."""
    files: dict[str, bytes] = {}
    for name, event in _EVENTS.items():
        for kind in KINDS:
            files |= {f"{name}-{kind}.{ending}": content for ending, content in _message(kind, event).items()}
    return files


def _message(kind: Kind, event: Event) -> dict[str, bytes]:
    delivery = replace(a_delivery(), kind=kind)
    entry = Entry(event=event, sequence=1, created_at=at("2026-11-01"), modified_at=at("2026-11-05"))
    message = render(
        delivery,
        [event],
        site=a_site(),
        templates=the_templates(),
        feed_url="https://www.example.org/feeds/all.ics" if event is _LONG else None,
        entry=entry,
        audience_is_public=True,
    )
    mail = eml(
        message,
        sender=("Example Commons", "events@example.org"),
        recipient=("newsletter (outbox)", "newsletter@outbox.invalid"),
        key=delivery.key,
        domain="example.org",
        at=at("2026-12-08 10:00"),
    )
    return {"html": message.html.encode(), "txt": message.text.encode(), "ics": message.calendar or b"", "eml": mail}


if __name__ == "__main__":
    for name, content in golden_files().items():
        (FOLDER / name).write_bytes(content)
