"""Made-up deliveries with which templates are tried: together they take both sides of every condition in ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from notifier.core.delivery import Delivery
from notifier.core.entry import Entry
from notifier.core.event import AllDay, Event, Timed
from notifier.core.facts import Facts, facts_of
from notifier.core.leaving import SLOT
from notifier.core.rule import Audience, Kind, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Everything that a message is made of (see `render.render`)."""

    delivery: Delivery
    events: tuple[Event, ...]
    site: Site
    feed_url: str | None = None
    entry: Entry | None = None
    told: Mapping[str, Facts] = field(default_factory=dict)
    new: frozenset[str] = frozenset()
    until: datetime | None = None
    note: str = ""
    subject: str = ""
    audience: Audience | None = None


_DAY = datetime(2026, 12, 9, 14, tzinfo=UTC)
#: When the made-up mails go out.
_BEFORE = _DAY - timedelta(days=1)
_BARE_SITE = Site(
    id="sample", name="Example Organisation", domain="example.org", url="https://www.example.org", public_url="",
    timezone="Europe/London",
)  # fmt: skip
_SITE = replace(_BARE_SITE, public_url="https://www.example.org", postal_address="1 Example Street")
_EACH = Audience(name="sample", provider="sample", each=True, leave_url=SLOT)
_FULL = Event(
    uid="full@example.org",
    source="sample",
    path="full.md",
    title="A sample event",
    when=Timed(starts_at=_DAY, ends_at=_DAY.replace(hour=15)),
    zone="America/New_York",
    zone_basis="stated",
    mode="hybrid",
    location="1 Example Street",
    join_url="https://meet.example.org/sample",
    info_url="https://www.example.org/about",
    contact="mailto:events@example.org",
    access="open",
    url="https://www.example.org/events/sample",
    recording_url="https://video.example.org/sample",
    summary="One paragraph.\n\nAnother paragraph.",
)
#: Some of what the full one has: other links stand in their places, and the end isn't known.
_HALF = replace(
    _FULL, uid="half@example.org", path="half.md", join_url=None, contact=None, url=None, when=Timed(starts_at=_DAY),
    recording_url=None, summary="One paragraph.",
)  # fmt: skip
_LEAST = Event(
    uid="least@example.org",
    source="sample",
    path="least.md",
    title="A day",
    when=AllDay(first=_DAY.date(), last=_DAY.date()),
)
_PAGE_ONLY = replace(_FULL, uid="page@example.org", path="page.md", join_url=None, info_url=None)
#: A way in beside the page, and beside what tells more.
_WAYS_IN = (
    replace(_PAGE_ONLY, join_url=_FULL.join_url),
    replace(_FULL, uid="more@example.org", path="more.md", url=None),
)
_UNDATED = replace(_LEAST, uid="undated@example.org", path="undated.md", when=None)
_NOTE = "One line,\nanother with https://www.example.org/a.\n\n- a point\n- **another**, with [the second page](/about)"


def samples(kind: Kind) -> tuple[Sample, ...]:
    """The samples of a kind, the fullest one first."""
    match kind:
        case "announcement" | "reminder" | "change":
            return (*_corrected(kind), *_plain(kind, _PAGE_ONLY, *_WAYS_IN, _HALF, _LEAST, _UNDATED))
        case "cancellation":
            put_off = replace(_FULL, status="postponed")
            off = replace(_FULL, status="cancelled")
            facts = (facts_of(put_off), _other_facts())
            return (
                *(_sample(kind, off, told=_told(one)) for one in facts), *_plain(kind, _HALF, _LEAST, _UNDATED),
                _sample(kind, replace(_UNDATED, status="cancelled")),
                *(_sample(kind, put_off, told=_told(one)) for one in facts),
            )  # fmt: skip
        case "digest":
            return _digests()
        case "follow_up":
            recorded = replace(_FULL, uid="recorded@example.org", path="recorded.md", url=None)
            return _plain(kind, _FULL, _PAGE_ONLY, recorded, replace(_HALF, status="past"), _LEAST, _UNDATED)
        case "one_off":
            return (
                replace(_sample(kind, _FULL), note=_NOTE, subject="A sample"), *_plain(kind, _PAGE_ONLY, _HALF, _LEAST),
                replace(_sample(kind, _FULL, _LEAST), note=_NOTE),
                replace(_sample(kind), note=_NOTE, subject="A sample"),
            )  # fmt: skip


def _corrected(kind: Kind) -> Iterator[Sample]:
    """Readers who were told everything else, that it is off, what is true, all but a time and a place, or too much."""
    known = facts_of(_FULL)
    less = replace(_other_facts(), when="", location=None, zone=None)
    for told in (_other_facts(), replace(known, status="cancelled"), known, less):
        yield _sample(kind, _FULL, told=_told(told))
    yield _sample(kind, replace(_FULL, status="tentative"), told=_told(known))


def _digests() -> tuple[Sample, ...]:
    later = replace(_FULL, uid="later@example.org", path="later.md", when=Timed(starts_at=_DAY + timedelta(days=60)))
    plain = _sample("digest", _FULL, _HALF, _LEAST, _UNDATED, later)
    return (
        replace(plain, new=frozenset({_FULL.uid, later.uid}), until=_DAY + timedelta(days=30)),
        plain,
        replace(_sample("digest", later), new=frozenset({later.uid}), until=_DAY),
        *_plain("digest", _HALF, _LEAST, _UNDATED),
        _sample("digest", _UNDATED, replace(_UNDATED, uid="another@example.org")),
    )


def _other_facts() -> Facts:
    """The full event's facts, each another than it is."""
    before = replace(
        _FULL, title="Another title", when=Timed(starts_at=_DAY - timedelta(days=7)), location="2 Example Street",
        join_url="https://meet.example.org/before",
    )  # fmt: skip
    return facts_of(before)


def _told(facts: Facts) -> dict[str, Facts]:
    return {_FULL.uid: facts}


def _plain(kind: Kind, *events: Event) -> tuple[Sample, ...]:
    return tuple(_sample(kind, event) for event in events)


def _sample(kind: Kind, *events: Event, told: Mapping[str, Facts] | None = None) -> Sample:
    """The delivery of these events, with a feed and a calendar file where the first is not one of the least."""
    full = bool(events) and events[0].location is not None
    return Sample(
        delivery=Delivery(
            key=f"{kind}/sample", kind=kind, rule="sample", audience="sample", provider="sample",
            event_uids=tuple(event.uid for event in events), due_at=_BEFORE, expires_at=_DAY, status="planned",
        ),
        events=events,
        site=_SITE if full else _BARE_SITE,
        audience=_EACH if full else None,
        feed_url="https://www.example.org/feeds/all.ics" if full else None,
        entry=Entry(event=events[0], sequence=0, created_at=_DAY, modified_at=_DAY) if full else None,
        told=told or {},
    )  # fmt: skip
