"""Which event of today is which of yesterday.

A uid is minted once, from where the event was first seen, and kept for ever in the ledger.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import datetime

from notifier.core.delivery import Memory, SeenEvent
from notifier.core.event import Content, Event, Reason
from notifier.core.rule import Rules, Site
from notifier.core.schedule import ends_at
from notifier.errors import Problem, SourceShrank


def uid_for(site: Site, source: str, path: str, *, session: str = "", generation: int = 0) -> str:
    """The uid of an event first seen at `path`: 26 lower-case base32 characters of SHA-256, `@`, the site's domain.

    Two programs that look at the same file agree on it without asking each other.
    """
    seed = "\0".join((site.id, source, path, session, str(generation)))
    digest = hashlib.sha256(seed.encode(errors="surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:26] + "@" + site.domain


def settle(content: Content, memory: Memory, rules: Rules, now: datetime) -> Content:
    """Give every event its uid, and bring back from memory those whose documents are broken or gone.

    An event brought back carries a doubt, so that nothing is mailed about it unaided. Of two events that claim
    one uid the second is left out, with a problem.
    """
    remembered = {(seen.event.source, seen.event.path): uid for uid, seen in memory.seen.items()}
    events: dict[str, Event] = {}
    problems = list(content.problems)
    for event in content.events:
        uid = event.explicit_uid or remembered.get((event.source, event.path)) or _mint(event, memory, rules.site)
        if uid in events:
            problems.append(_claimed_twice(event, events[uid], uid))
            continue
        events[uid] = replace(event, uid=uid)
    # A document that has taken a uid of its own leaves its old one; nothing has vanished.
    taken = {(event.source, event.path) for event in events.values()}
    missing = [s for s in memory.seen.values() if s.uid not in events and (s.event.source, s.event.path) not in taken]
    broken = {seen.uid: seen for seen in missing if content.has_lost(seen.event)}
    gone = {
        seen.uid: seen
        for seen in missing
        if seen.uid not in broken
        and rules.vanished.get(seen.event.source, "hold") == "hold"
        and not _is_over(seen, rules, now)
    }
    events |= {uid: _doubted(seen, _UNREADABLE) for uid, seen in broken.items()}
    events |= {uid: _doubted(seen, _VANISHED) for uid, seen in gone.items()}
    in_order = sorted(events.values(), key=lambda event: (event.source, event.path, event.uid))
    return replace(content, events=tuple(in_order), problems=tuple(problems), vanished=frozenset(gone))


def guard_against_shrinking(content: Content, memory: Memory, rules: Rules, now: datetime) -> None:
    """Raise SourceShrank when more upcoming events vanished at once than the configured share."""
    living = {event.uid for event in content.events} - content.vanished
    upcoming = [seen for seen in memory.seen.values() if seen.present and not _is_over(seen, rules, now)]
    lost = [seen for seen in upcoming if seen.uid not in living]
    if len(lost) < rules.shrink_at_least or len(lost) <= rules.shrink_share * len(upcoming):
        return
    names = ", ".join(sorted(seen.event.path for seen in lost)[:3])
    raise SourceShrank(
        f"The sources have {len(upcoming) - len(lost)} of the {len(upcoming)} upcoming events they had "
        f"(gone: {names}{', …' if len(lost) > 3 else ''}). Nothing was planned or sent.",
        "Bring the files back, or, if that is right, run: notifier tick --accept-shrink",
    )


_UNREADABLE = Reason(
    code="unreadable",
    text="Its file can't be understood now, so this is how it was last read. Mend the file: `notifier check` says where.",
)
_VANISHED = Reason(
    code="vanished",
    text="Its file is gone. Bring it back, or mark the event cancelled, or set `vanished: withdraw` for the source.",
)


def _mint(event: Event, memory: Memory, site: Site) -> str:
    generation = 0
    while (uid := uid_for(site, event.source, event.path, generation=generation)) in memory.seen:
        generation += 1
    return uid


def _is_over(seen: SeenEvent, rules: Rules, now: datetime) -> bool:
    return seen.event.when is None or ends_at(seen.event, rules.site.timezone) <= now


def _doubted(seen: SeenEvent, reason: Reason) -> Event:
    return replace(seen.event, uid=seen.uid, doubts=(*seen.event.doubts, reason))


def _claimed_twice(event: Event, first: Event, uid: str) -> Problem:
    return Problem(
        path=event.path,
        field="uid",
        what=f"{uid} is already the uid of {first.path}, so this event is left out.",
        hint="Give each event a uid of its own, or remove the line.",
    )
