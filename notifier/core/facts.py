"""What readers must be told about an event, in a form in which equal things are equal."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from notifier.core.event import AllDay, Event, Timed, When
from notifier.core.values import record
from notifier.core.zones import zone_named

#: What an event is while it does not take place.
OFF = frozenset({"cancelled", "postponed", "unpublished"})


@record(frozen=True, slots=True, kw_only=True)
class Facts:
    """Title, when, zone, place, join link and status. Equal instants written differently are equal here.

    `when` is `2026-12-09/2026-12-09` for whole days, else UTC instants, with an empty end when unknown. `status` is the
    event's, or `unpublished`; without a date an event is postponed.
    """

    title: str
    when: str
    zone: str | None
    location: str | None
    join_url: str | None
    status: str


def facts_of(event: Event) -> Facts:
    """The facts of an event as it is now."""
    return Facts(
        title=" ".join(event.title.split()),
        when=_canonical(event.when),
        zone=event.zone,
        location=event.location,
        join_url=event.join_url,
        status=_status_of(event),
    )


def _status_of(event: Event) -> str:
    """What without a date takes place at no time that anybody could be told."""
    if not event.published:
        return "unpublished"
    return "postponed" if event.when is None and event.status in ("scheduled", "tentative") else event.status


FactName = Literal["title", "when", "location", "join_url", "status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A fact that is another than it was told: as it was and as it is, both in the form of `Facts`, None where absent."""

    field: FactName
    old: str | None
    new: str | None

    @property
    def is_addition(self) -> bool:
        """What was told is still true, and there is more to tell."""
        return self.old is None


def differences(old: Facts, new: Facts) -> tuple[Difference, ...]:
    """What readers who know `old` would have to hear to know `new`, in the order in which they would ask.

    Nothing for a write-up, for equal instants written differently, for other spaces, capitals and punctuation, for an
    end that was given or taken away, for a place or link that is no longer told, and for an event that is confirmed.
    """
    if new.status == "past" or old == new:
        return ()
    return tuple(_differences(old, new))


def worth_telling(found: tuple[Difference, ...]) -> bool:
    """Whether a difference is reason enough for a mail: another title alone is wording."""
    return any(one.field != "title" for one in found)


def is_off(facts: Facts) -> bool:
    """Whether it does not take place, as far as readers are concerned."""
    return facts.status in OFF


def when_of(facts: Facts) -> When | None:
    """The dates or instants of facts, in the zone they were told in; None where there was no date.

    Raises ValueError for facts that are none of ours.
    """
    if not facts.when:
        return None
    start, _, end = facts.when.partition("/")
    if "T" not in start:
        return AllDay(first=date.fromisoformat(start), last=date.fromisoformat(end))
    zone = zone_named(facts.zone) if facts.zone else UTC
    ends_at = datetime.fromisoformat(end).astimezone(zone) if end else None
    return Timed(starts_at=datetime.fromisoformat(start).astimezone(zone), ends_at=ends_at)


def _differences(old: Facts, new: Facts) -> Iterator[Difference]:
    if _on_off(old) != _on_off(new) and (_on_off(old), _on_off(new)) != ("tentative", "on"):
        yield Difference(field="status", old=old.status, new=new.status)
    if new.when and not _is_same_time(old.when, new.when):
        yield Difference(field="when", old=old.when or None, new=new.when)
    if new.location and _plain(old.location) != _plain(new.location):
        yield Difference(field="location", old=old.location, new=new.location)
    if new.join_url and old.join_url != new.join_url:
        yield Difference(field="join_url", old=old.join_url, new=new.join_url)
    if _plain(old.title) != _plain(new.title):
        yield Difference(field="title", old=old.title, new=new.title)


def _on_off(facts: Facts) -> str:
    return "off" if is_off(facts) else "tentative" if facts.status == "tentative" else "on"


def _is_same_time(old: str, new: str) -> bool:
    """An end that was added or left out makes nobody come at a wrong time."""
    if old == new:
        return True
    old_start, _, old_end = old.partition("/")
    new_start, _, new_end = new.partition("/")
    return old_start == new_start and (not old_end or not new_end)


def _plain(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", (text or "").casefold()))


def visible_hash(event: Event) -> str:
    """A hash of everything that calendar readers see of the event; it changes when their entry must.

    Of one that is not published they see no edits.
    """
    if not event.published:
        return "unpublished"
    facts = facts_of(event)
    seen = [
        facts.title, facts.when, facts.zone, facts.location, facts.status, facts.join_url, event.public_join_url,
        event.access, event.url, event.info_url, event.summary, event.category, list(event.topics), list(event.projects),
        event.mode, sorted(event.private),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode(errors="surrogatepass")).hexdigest()


def _canonical(when: When | None) -> str:
    match when:
        case AllDay(first=first, last=last):
            return f"{first.isoformat()}/{last.isoformat()}"
        case Timed(starts_at=start, ends_at=end):
            end_text = end.astimezone(UTC).isoformat() if end else ""
            return f"{start.astimezone(UTC).isoformat()}/{end_text}"
        case None:
            return ""
