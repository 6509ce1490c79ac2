"""Valid values for tests, each with every field set to something ordinary; name only what the test is about.

As in `an_event(title="Another title", access="invitation", when=a_time("2026-12-09 14:00", ends="15:15"))`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from notifier.core.delivery import Delivery, Memory, SeenEvent, reminder_key
from notifier.core.event import AllDay, Document, Event, Evidence, Timed
from notifier.core.facts import facts_of, visible_hash
from notifier.core.message import Message
from notifier.core.rule import Audience, Feed, Offset, Rule, Rules, Site
from notifier.core.zones import instant

LONDON = "Europe/London"
UID = "k3v7qy2mzr4ainl6xw5tbpdcfe@example.org"


def at(text: str, zone: str = "UTC") -> datetime:
    """The instant of `2026-12-09 14:00` (or `2026-12-09`) on the clocks of `zone`."""
    wall = datetime.fromisoformat(text)
    return instant(wall.date(), wall.time(), zone)


def a_time(start: str = "2026-12-09 14:00", *, ends: str | None = None, zone: str = LONDON) -> Timed:
    """A timed `when`. `ends` is `15:15` for the same day, or a whole `2026-12-10 01:00`."""
    starts_at = at(start, zone)
    if ends is None:
        return Timed(starts_at=starts_at)
    if len(ends) > len("15:15"):
        return Timed(starts_at=starts_at, ends_at=at(ends, zone))
    return Timed(starts_at=starts_at, ends_at=instant(starts_at.date(), time.fromisoformat(ends), zone))


def all_day(first: str = "2026-12-09", last: str | None = None) -> AllDay:
    return AllDay(first=date.fromisoformat(first), last=date.fromisoformat(last or first))


def an_event(**changes: Any) -> Event:
    """An open online meeting at 14:00 London time on Wednesday 9 December 2026; it would be mailed unaided.

    An all-day `when` takes the zone away unless the test names one.
    """
    if isinstance(changes.get("when"), AllDay):
        changes = {"zone": None, "zone_basis": None} | changes
    return replace(_EVENT, **changes)


def a_minimal_event(**changes: Any) -> Event:
    """The least an event can be: a title and a day, nothing else known."""
    least = Event(uid=UID, source="website", path="_events/2026-12-09-open-day.md", title="Open day", when=all_day())
    return replace(least, **changes)


def a_document(text: str = "", path: str = "_events/2026-12-09-book-club.md", **changes: Any) -> Document:
    return replace(Document(source="website", path=path, data=text.encode(), revision="1"), **changes)


def a_site(**changes: Any) -> Site:
    return replace(_SITE, **changes)


def an_audience(**changes: Any) -> Audience:
    return replace(_AUDIENCE, **changes)


def a_rule(**changes: Any) -> Rule:
    """A reminder one day before at 10:00, to `newsletter`."""
    return replace(_RULE, **changes)


def an_announcement_rule(**changes: Any) -> Rule:
    return replace(Rule(name="announce", kind="announcement", audiences=("newsletter",)), **changes)


def a_feed(**changes: Any) -> Feed:
    return replace(Feed(name="all", title="All events", description="Every event we run."), **changes)


def some_rules(*rules: Rule, **changes: Any) -> Rules:
    """The rules of a site with one public audience, `newsletter`, which gets all its mails, and one feed, `all`."""
    start = Rules(
        site=_SITE, rules=rules or (_RULE,), audiences={"newsletter": _AUDIENCE}, feeds=(a_feed(),), per_day=99
    )  # fmt: skip
    return replace(start, **changes)


def a_delivery(**changes: Any) -> Delivery:
    """The planned reminder of `an_event()`, due on the day before at 10:00 London time."""
    return replace(_DELIVERY, **changes)


def a_seen_event(event: Event | None = None, **changes: Any) -> SeenEvent:
    """The ledger's memory of an event, first seen on 1 November 2026 and unchanged since."""
    event = event or _EVENT
    seen = SeenEvent(
        uid=event.uid,
        event=event,
        facts=facts_of(event),
        visible=visible_hash(event),
        sequence=0,
        first_seen_at=at("2026-11-01 09:00"),
        changed_at=at("2026-11-01 09:00"),
    )
    return replace(seen, **changes)


def a_memory(*seen: SeenEvent, baselines: Mapping[str, datetime] | None = None, **changes: Any) -> Memory:
    """A ledger that has looked at everything of `some_rules()` on 1 October 2026."""
    names = ("site", "rule:day-before", "rule:announce", "audience:newsletter", "feed:all")
    start = Memory(
        window_end=at("2026-11-26 09:00"),
        baselines=dict.fromkeys(names, at("2026-10-01 09:00")) if baselines is None else baselines,
        seen={one.uid: one for one in seen},
    )
    return replace(start, **changes)


def a_message(**changes: Any) -> Message:
    return replace(_MESSAGE, **changes)


_EVENT = Event(
    uid=UID,
    source="website",
    path="_events/2026-12-09-book-club.md",
    title="Book club: The Commons",
    when=a_time(ends="15:15"),
    zone=LONDON,
    zone_basis="stated",
    mode="online",
    join_url="https://meet.example.com/book-club",
    access="open",
    role="organising",
    category="organising",
    series="Book club",
    topics=("reading",),
    projects=("Commons",),
    url="https://www.example.org/events/2026-12-09-book-club",
    summary="We read the first two chapters together and talk about what a commons is today.",
    body="On Wednesday 9 December 2026 at 2pm - 3:15pm (GMT) we read the first two chapters together.\n",
    evidence={
        "when": Evidence(field="when", text="On Wednesday 9 December 2026 at 2pm - 3:15pm", line=8, basis="prose")
    },
)

_SITE = Site(
    id="example",
    name="Example Commons",
    domain="example.org",
    url="https://www.example.org",
    public_url="https://www.example.org",
    timezone=LONDON,
    language="en-GB",
    postal_address="Example Commons, 1 Example Street, Exampletown EX1 1EX",
    staff=("staff@example.org",),
)

_AUDIENCE = Audience(
    name="newsletter", provider="outbox", public=True, sender=("Example Commons", "events@example.org")
)

_RULE = Rule(
    name="day-before",
    kind="reminder",
    audiences=("newsletter",),
    when=Offset(side="before", length=timedelta(days=1), at=time(10)),
)

_DELIVERY = Delivery(
    key=reminder_key("day-before", UID, date(2026, 12, 9), "newsletter"),
    kind="reminder",
    rule="day-before",
    audience="newsletter",
    provider="outbox",
    event_uids=(UID,),
    due_at=at("2026-12-08 10:00"),
    expires_at=at("2026-12-09 14:00"),
    status="planned",
)

_MESSAGE = Message(
    subject="Reminder: Book club: The Commons",
    preheader="Wednesday 9 December 2026, 2:00–3:15 pm",
    html="<!DOCTYPE html><html lang=en><title>Reminder</title><p>Book club: The Commons</p></html>\n",
    text="Book club: The Commons\n",
    calendar=b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
)
