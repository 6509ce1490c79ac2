"""The golden messages. `python -m tests.golden_messages` writes the files anew; their difference is to be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import facts_of
from notifier.core.message import Message
from notifier.core.render import render
from notifier.core.rule import Kind
from notifier.edges.eml import eml
from tests.builders import a_delivery, a_minimal_event, a_site, a_time, all_day, an_event, at
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
#: The kinds that are shown with both; the others have scenes of their own below.
_ALIKE: tuple[Kind, ...] = ("announcement", "reminder")
_MEETING = an_event(
    when=a_time("2026-12-14 18:30", ends="20:30"), mode="in-person", join_url=None,
    location="Example Hall, 5 Example Row", contact="mailto:events@example.org",
)  # fmt: skip
_TOLD = facts_of(replace(_MEETING, when=a_time("2026-12-07 18:30", ends="20:30"), location="Example House"))
_FIRST, _SECOND = (an_event(uid=f"{name}@example.org", title=title, **more) for name, title, more in (
    ("first", "Winter fair", {
        "when": all_day("2026-12-05", "2026-12-06"), "mode": "in-person", "location": "Example Hall, 5 Example Row",
        "join_url": None, "summary": "Two days of repairing, swapping and eating.",
    }),
    ("second", "Repair café: bring <what> is broken & we mend it", {
        "when": a_time("2026-12-07 18:00"), "summary": _LONG.summary,
    }),
))  # fmt: skip
_THIRD = replace(_LONG, uid="third@example.org")
_SPRING = an_event(uid="spring@example.org", title="Spring assembly", when=a_time("2027-04-14 10:00", ends="17:00"))
_JANUARY = replace(a_minimal_event(when=all_day("2027-01-16")), uid="january@example.org")
_NOTE = """Dear all,

the door code of the hall has changed, so please ring the bell. Where to find it:
https://www.example.org/hall (and a map: <https://map.example.org/?at=51.5,-0.1>).

Warmly,
The events team
"""

#: What is rendered, by its name: the kind, its events, and what else it is made of.
_SCENES: dict[str, tuple[Kind, list[Event], dict[str, Any]]] = {
    "change-moved": ("change", [_MEETING], {"told": {_MEETING.uid: _TOLD}}),
    "change-restored": ("change", [_MEETING], {"told": {_MEETING.uid: replace(facts_of(_MEETING), status="cancelled")}}),
    "change-unknown": ("change", [_LONG], {}),
    "reminder-changed": ("reminder", [_MEETING], {"told": {_MEETING.uid: _TOLD}}),
    "cancellation": ("cancellation", [replace(_LONG, status="cancelled")], {"told": {_LONG.uid: facts_of(_LONG)}}),
    "cancellation-postponed": (
        "cancellation", [replace(_MEETING, status="postponed", when=None)], {"told": {_MEETING.uid: _TOLD}},
    ),
    "digest-week": ("digest", [_SECOND, _THIRD, _FIRST], {"new": frozenset({_SECOND.uid})}),
    "digest-months": (
        "digest", [_FIRST, _SECOND, _THIRD, _JANUARY, _SPRING],
        {"new": frozenset({_SECOND.uid, _SPRING.uid}), "until": at("2027-02-01")},
    ),
    "follow_up-recording": (
        "follow_up", [replace(_LONG, status="past", recording_url="https://video.example.org/watch?v=commons")], {},
    ),
    "follow_up-write-up": ("follow_up", [replace(_MEETING, status="past")], {}),
    "one_off-note": ("one_off", [], {"note": _NOTE, "subject": "The hall’s door"}),
    "one_off-event": ("one_off", [_MEETING], {"note": _NOTE}),
}  # fmt: skip


def golden_files() -> dict[str, bytes]:
    """Every golden file's name and what must be in it."""
    files: dict[str, bytes] = {}
    for name, event in _EVENTS.items():
        for kind in _ALIKE:
            files |= {f"{name}-{kind}.{ending}": content for ending, content in _mail(kind, event).items()}
    for name, (kind, events, more) in _SCENES.items():
        message = _message(kind, events, **more)
        shown = f"{message.subject}\n{message.preheader}\n"
        files |= {f"{name}.subject": shown.encode(), f"{name}.html": message.html.encode()}
        files |= {f"{name}.txt": message.text.encode()}
        files |= {f"{name}.ics": message.calendar} if message.calendar else {}
    return files


def _message(kind: Kind, events: list[Event], **more: Any) -> Message:
    stamps: dict[str, Any] = {"sequence": 1, "created_at": at("2026-11-01"), "modified_at": at("2026-11-05")}
    return render(
        a_delivery(kind=kind),
        events,
        site=a_site(),
        templates=the_templates(),
        feed_url=None if events == [_EVENTS["minimal"]] else "https://www.example.org/feeds/all.ics",
        entry=Entry(event=events[0], **stamps) if events else None,
        audience_is_public=True,
        **more,
    )


def _mail(kind: Kind, event: Event) -> dict[str, bytes]:
    message = _message(kind, [event])
    mail = eml(
        message,
        sender=("Example Commons", "events@example.org"),
        recipient=("newsletter (outbox)", "newsletter@outbox.invalid"),
        key=a_delivery().key,
        domain="example.org",
        at=at("2026-12-08 10:00"),
    )
    return {"html": message.html.encode(), "txt": message.text.encode(), "ics": message.calendar or b"", "eml": mail}


if __name__ == "__main__":
    for name, content in golden_files().items():
        (FOLDER / name).write_bytes(content)
