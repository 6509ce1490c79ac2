"""What readers must be told about an event, in a form in which equal things are equal."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

from notifier.core.event import AllDay, Event, Timed, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Title, when, zone, place, join link and status. Equal instants written differently are equal here.

    `when` is `2026-12-09/2026-12-09` for whole days, else UTC instants, with an empty end when unknown.
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
        status=event.status if event.published else "unpublished",
    )


def visible_hash(event: Event) -> str:
    """A hash of everything that calendar readers see of the event; it changes when their entry must."""
    facts = facts_of(event)
    seen = [
        facts.title, facts.when, facts.zone, facts.location, facts.status, event.public_join_url,
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
