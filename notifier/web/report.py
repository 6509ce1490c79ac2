"""The report of a replay: one page that needs nothing else, neither network nor script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from notifier.core.delivery import DeliveryStatus, key_hash
from notifier.core.event import AllDay, Event, Reason, Timed
from notifier.core.replayed import Occurrence, Replayed, Trouble
from notifier.core.rule import Kind
from notifier.core.schedule import starts_at
from notifier.core.timeline import Mark, Strip, strips
from notifier.core.zones import moment
from notifier.web.templating import filled

#: Pixels: between two levels of marks, above the highest, and below the line of time.
_STEP, _ABOVE, _BELOW = 13, 10, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a state is drawn: a colour, and whether the shape is filled, outlined or only dotted."""

    colour: str
    fill: str


#: No state is told by colour alone: what went out is filled, what waits is dashed, the rest is an outline.
STYLES: Mapping[DeliveryStatus, Style] = {
    "sent": Style(colour="good", fill="full"),
    "held": Style(colour="held", fill="dashed"),
    "planned": Style(colour="plan", fill="dashed"),
    "missed": Style(colour="bad", fill="line"),
    "withdrawn": Style(colour="plan", fill="line"),
    "skipped": Style(colour="still", fill="line"),
    "failed": Style(colour="bad", fill="full"),
    "unknown": Style(colour="bad", fill="dashed"),
    "drafted": Style(colour="plan", fill="full"),
    "sending": Style(colour="plan", fill="full"),
}
KINDS: tuple[Kind, ...] = ("announcement", "reminder", "change", "cancellation", "digest", "follow_up", "one_off")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMark:
    """A mark of the picture: `x` in percent, `y` in pixels, where it leads, and what it says."""

    x: float
    y: int
    kind: Kind
    status: DeliveryStatus
    href: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStrip:
    """A strip of the picture with its marks placed; `axis` and `height` in pixels."""

    strip: Strip
    marks: tuple[DrawnMark, ...]
    axis: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A delivery in the table."""

    anchor: str
    one: Occurrence
    at: str
    iso: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What came of one event, or of a mail about several."""

    title: str
    when: str
    path: str
    lines: tuple[Line, ...]


def replay_page(replayed: Replayed, *, site: str, zone: str, held: str) -> str:
    """The page as text. `zone` is the site's; `held` says in a sentence what was supposed about what waits for a person."""
    present = {one.delivery.kind for one in replayed.deliveries}
    drawn = [_drawn(strip, zone) for strip in strips(replayed.deliveries, replayed.since, replayed.until, zone)]
    return filled(
        "replay.html",
        site=site,
        replayed=replayed,
        held=held,
        since=moment(replayed.since, zone),
        until=moment(replayed.until, zone),
        counts=replayed.counts(),
        kinds=[kind for kind in KINDS if kind in present],
        styles=STYLES,
        strips=drawn,
        groups=_groups(replayed.deliveries, zone),
        troubles=[(_moment(trouble, zone), trouble.problem) for trouble in replayed.troubles],
    )


def _drawn(strip: Strip, zone: str) -> DrawnStrip:
    axis = _ABOVE + strip.levels * _STEP
    return DrawnStrip(
        strip=strip,
        marks=tuple(_mark(mark, axis, zone) for mark in strip.marks),
        axis=axis,
        height=axis + _BELOW,
    )


def _mark(mark: Mark, axis: int, zone: str) -> DrawnMark:
    one, delivery = mark.one, mark.one.delivery
    said = f"{moment(one.moment, zone)}: {named(delivery.kind)}, {delivery.status}, to {delivery.audience}: {one.about}"
    y = axis - _STEP // 2 - 2 - mark.level * _STEP
    return DrawnMark(x=mark.x, y=y, kind=delivery.kind, status=delivery.status, href=f"#{_anchor(one)}", label=said)


def named(kind: Kind) -> str:
    """A kind as people write it."""
    return kind.replace("_", "-")


def _anchor(one: Occurrence) -> str:
    return f"d-{key_hash(one.delivery.key)}"


def _moment(trouble: Trouble, zone: str) -> str:
    return moment(trouble.at, zone)


def _groups(deliveries: Iterable[Occurrence], zone: str) -> list[Group]:
    """By event, in the order of their starts; what is about several events stands at its own time, alone."""
    found: dict[str, list[Occurrence]] = {}
    for one in deliveries:
        uids = one.delivery.event_uids
        found.setdefault(uids[0] if len(uids) == 1 else one.delivery.key, []).append(one)
    ordered = sorted(found.values(), key=lambda group: _place(group, zone))
    return [_group(group, zone) for group in ordered]


def _place(group: Sequence[Occurrence], zone: str) -> tuple[datetime, str]:
    event = _event_of(group)
    at = starts_at(event, zone) if event is not None and event.when is not None else group[-1].moment
    return at.astimezone(UTC), group[0].delivery.key


def _event_of(group: Sequence[Occurrence]) -> Event | None:
    """The one event of a group, as it was last."""
    last = max(group, key=lambda one: one.at)
    return last.events[0] if len(last.events) == 1 else None


def _group(group: Sequence[Occurrence], zone: str) -> Group:
    event = _event_of(group)
    lines = tuple(_line(one, zone) for one in group)
    if event is None:
        title, row = group[0].about, group[0].delivery
        if title == row.key:
            # What tells of nothing has no subject, and a key is no title.
            title = f"{named(row.kind).capitalize()}, rule {row.rule}"
        return Group(title=title, when="", path="", lines=lines)
    return Group(title=event.title, when=when(event, zone), path=event.path, lines=lines)


def _line(one: Occurrence, zone: str) -> Line:
    reasons = tuple(reason for reason in one.delivery.reasons if reason.code != "clear")
    at = one.moment.astimezone(UTC).isoformat()
    return Line(anchor=_anchor(one), one=one, at=moment(one.moment, zone), iso=at, reasons=reasons)


def when(event: Event, zone: str) -> str:
    """When an event is, with its year."""
    match event.when:
        case None:
            return "no date"
        case AllDay(first=first, last=last):
            return _day(first) if first == last else f"{_day(first)} to {_day(last)}"
        case Timed(starts_at=start):
            return moment(start, event.zone or zone)


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
