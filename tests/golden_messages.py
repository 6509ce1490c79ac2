"""The golden messages. `python -m tests.golden_messages` writes the files anew; their difference is to be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import facts_of
from notifier.core.leaving import SLOT
from notifier.core.message import Message
from notifier.core.render import render
from notifier.core.rule import Kind
from notifier.core.staff_letter import staff_samples
from notifier.edges.eml import eml
from notifier.edges.smtp.letters import Origin, Reader, letter_for
from tests.builders import a_delivery, a_minimal_event, a_site, a_time, all_day, an_audience, an_event, at
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

_READING = an_event(
    title="Lesung: „Wem gehört die Stadt?“ & Gespräch",
    when=a_time("2027-01-20 19:00", ends="21:00", zone="Europe/Berlin"),
    zone="Europe/Berlin",
    mode="hybrid",
    location="Beispielhaus, Saal 2, Beispielstraße 1, 10000 Beispielstadt",
    join_url="https://meet.example.org/lesung",
    info_url="https://www.example.org/lesungen?jahr=2027",
    contact="mailto:veranstaltungen@example.org",
    url="https://www.example.org/veranstaltungen/lesung",
    summary="Wir lesen die ersten beiden Kapitel.\n\nAlle sind willkommen.",
)
_READING_TOLD = facts_of(
    replace(_READING, when=a_time("2027-01-13 19:00", zone="Europe/Berlin"), location="Alter Saal")
)
_FAIR = an_event(
    uid="markt@example.org", title="Wintermarkt", when=all_day("2027-01-16", "2027-01-17"), mode="in-person",
    location="Beispielplatz", join_url=None, summary="Zwei Tage tauschen, reparieren und essen.",
)  # fmt: skip
_GREETING = "Liebe alle,\n\nder Türcode hat sich geändert, bitte **klingeln**.\n\nHerzliche Grüße\n"
#: What goes to an audience that reads German, by its name.
_GERMAN: dict[str, tuple[Kind, list[Event], dict[str, Any]]] = {
    "german-announcement": ("announcement", [_READING], {}),
    "german-reminder": ("reminder", [_READING], {"at": at("2027-01-20 08:00"), "told": {_READING.uid: _READING_TOLD}}),
    "german-change": ("change", [_READING], {"told": {_READING.uid: _READING_TOLD}}),
    "german-cancellation": (
        "cancellation", [replace(_READING, status="cancelled")], {"told": {_READING.uid: facts_of(_READING)}},
    ),
    "german-digest": ("digest", [_FAIR, _READING], {"new": frozenset({_READING.uid})}),
    "german-follow_up": (
        "follow_up", [replace(_READING, status="past", recording_url="https://video.example.org/lesung")], {},
    ),
    "german-one_off": ("one_off", [_READING], {"note": _GREETING, "subject": "Bitte klingeln"}),
}  # fmt: skip

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

#: An event that has everything, much of it long: mails of it show whether anything is too narrow for it.
_FULL = an_event(
    title="🎉 Jahresversammlung & Open House: Nachbarschaftsdatenverarbeitungsgenossenschaft “Commons/Allmende” – 10 years",
    when=a_time("2026-12-09 09:00", ends="2026-12-11 17:30", zone="America/New_York"),
    zone="America/New_York",
    mode="hybrid",
    location="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Community Hall, 1st floor, 12–14 Example Street",
    join_url="https://meet.example.org/rooms/annual-gathering-2026?" + "token=0123456789abcdef&" * 6 + "lang=en",
    info_url="https://www.example.org/programme/2026/annual-gathering-and-open-house-with-everything-there-is-to-know",
    url="https://www.example.org/events/2026-12-09-annual-gathering-and-open-house-of-the-neighbourhood-cooperative",
    contact="mailto:annual-gathering-and-open-house-organisers@neighbourhoods.example.org",
    status="tentative",
    topics=("data", "commons"),
    series="Gatherings",
    summary=(
        "Three days of talks, workshops and food 🍲 with everybody who looks after shared data: libraries, allotments, energy "
        "groups & archives.\n\nMore under https://www.example.org/programme/2026/annual-gathering-and-open-house-with-everything.\n\n"
        "Children are welcome; the hall has a ramp, and there is a quiet room."
    ),
)
_FULL_TOLD = facts_of(
    replace(
        _FULL, title="Annual gathering", when=a_time("2026-12-02 10:00", ends="12:00", zone="Europe/London"), zone="Europe/London",
        location="Example House", join_url="https://meet.example.org/before", status="scheduled",
    )
)  # fmt: skip
_FULL_OVER = replace(_FULL, status="past", recording_url=f"https://video.example.org/watch?v={'commons' * 12}")
_MARKS = """## Where & when 📍

Dear all, the **annual gathering** *does* take place. See [the programme](/programme/2026), write to <events@example.org>, or go to
https://www.example.org/programme/2026/annual-gathering-and-open-house-with-everything-there-is-to-know.

1. Bring a mug.
2. Ring the bell:
   - at the **front** door before ten,
   - at the [side door](/hall#side) after that.

> The code has changed.
> Nobody knows the new one yet.

### For helpers

- Keys hang in `Room 4`

- ![Plan of the hall](/plan.png)

```
09:00  doors
10:00  everything    else
```

---

Warmly,
The events team
"""
#: Every kind with an event that has everything, and with one that has next to nothing.
_EXTREMES: dict[str, tuple[Kind, list[Event], dict[str, Any]]] = {
    "full-announcement": ("announcement", [_FULL], {}),
    "full-reminder": ("reminder", [_FULL], {"told": {_FULL.uid: _FULL_TOLD}}),
    "full-change": ("change", [_FULL], {"told": {_FULL.uid: _FULL_TOLD}}),
    "full-cancellation": ("cancellation", [replace(_FULL, status="cancelled")], {"told": {_FULL.uid: _FULL_TOLD}}),
    "full-digest": (
        "digest", [_FULL, _FIRST, _SECOND, _THIRD, _SPRING, _JANUARY],
        {"new": frozenset({_FULL.uid, _SPRING.uid}), "until": at("2027-02-01"), "told": {_FULL.uid: _FULL_TOLD}},
    ),
    "full-follow_up": ("follow_up", [_FULL_OVER], {}),
    "full-one_off": ("one_off", [_FULL], {"note": _MARKS, "subject": "About the annual gathering"}),
    "minimal-change": ("change", [_EVENTS["minimal"]], {"told": {_FULL.uid: facts_of(a_minimal_event(when=all_day("2026-12-02")))}}),
    "minimal-cancellation": ("cancellation", [a_minimal_event(status="cancelled")], {}),
    "minimal-digest": ("digest", [_EVENTS["minimal"]], {}),
    "minimal-follow_up": ("follow_up", [a_minimal_event(status="past")], {}),
    "minimal-one_off": ("one_off", [], {"note": "The hall is closed.", "subject": "Closed"}),
}  # fmt: skip
#: What goes to each person of an audience: an invitation, an update, and its end, with a link to leave.
_CHOIR = an_audience(
    name="choir", each=True, leave_url=SLOT, sender=("Example Commons", "events@example.org"), timezone="Europe/London"
)
_SENT_AT = at("2026-12-13 10:00")
_TO_EACH: dict[str, tuple[Kind, list[Event], dict[str, Any]]] = {
    "each-reminder": ("reminder", [_MEETING], {"at": _SENT_AT}),
    "each-change": ("change", [_MEETING], {"at": _SENT_AT, "told": {_MEETING.uid: _TOLD}}),
    "each-cancellation": (
        "cancellation", [replace(_MEETING, status="cancelled")], {"at": _SENT_AT, "told": {_MEETING.uid: facts_of(_MEETING)}},
    ),
}  # fmt: skip
_READER = Reader(
    address="robin@example.org", name="Robin Sample", digest="0123456789abcdef" * 2, with_one_click=True,
    leave="https://events.example.org/leave/choir/a-token-of-their-own",
)  # fmt: skip


def golden_files() -> dict[str, bytes]:
    """Every golden file's name and what must be in it."""
    files: dict[str, bytes] = {}
    for name, event in _EVENTS.items():
        for kind in _ALIKE:
            files |= {f"{name}-{kind}.{ending}": content for ending, content in _mail(kind, event).items()}
    german = {"audience": an_audience(language="de", timezone="Europe/Berlin")}
    scenes = (
        _SCENES
        | _EXTREMES
        | {name: (kind, events, {**more, **german}) for name, (kind, events, more) in _GERMAN.items()}
    )
    for name, (kind, events, more) in scenes.items():
        files |= _parts(name, _message(kind, events, **more))
    for name, (kind, events, more) in _TO_EACH.items():
        message = _message(kind, events, audience=_CHOIR, **more)
        origin = Origin(key=f"{kind}/k", domain="example.org", sender=_CHOIR.sender or ("", ""), at=_SENT_AT)
        files |= {**_parts(name, message), f"{name}.eml": letter_for(_READER, message, origin)}
    for name, sample in zip(("staff-full", "staff-one", "staff-urgent", "staff-aside"), staff_samples(), strict=True):
        files |= _parts(name, sample.message(the_templates()))
    return files


def _parts(name: str, message: Message) -> dict[str, bytes]:
    shown = f"{message.subject}\n{message.preheader}\n"
    files = {
        f"{name}.subject": shown.encode(),
        f"{name}.html": message.html.encode(),
        f"{name}.txt": message.text.encode(),
    }
    return files | ({f"{name}.ics": message.calendar} if message.calendar else {})


def _message(kind: Kind, events: list[Event], **more: Any) -> Message:
    stamps: dict[str, Any] = {"sequence": 1, "created_at": at("2026-11-01"), "modified_at": at("2026-11-05")}
    return render(
        a_delivery(kind=kind),
        events,
        site=a_site(),
        templates=the_templates(),
        feed_url=None
        if not events or events[0].path == _EVENTS["minimal"].path
        else "https://www.example.org/feeds/all.ics",
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
