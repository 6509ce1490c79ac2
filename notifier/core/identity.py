"""Which event of today is which of yesterday.

A uid is minted once, from where the event was first seen, and kept for ever in the ledger.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from notifier.core.delivery import Memory, SeenEvent
from notifier.core.event import Content, Event, Reason
from notifier.core.facts import Facts, facts_of
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

    An event brought back carries a doubt, so that nothing is mailed about it unaided; so does one that says the
    same as another. Of two events that claim one uid the second is left out, with a problem.
    """
    known, formerly = _known(content, memory), _formerly(content, memory)
    events: dict[str, Event] = {}
    problems = list(content.problems)
    for event in sorted(content.events, key=lambda event: _claim(event, memory)):
        uid = event.explicit_uid or known.get(event.place) or _mint(event, memory, rules.site)
        if uid in events:
            problems.append(_claimed_twice(event, events[uid], uid))
            continue
        events[uid] = replace(event, uid=uid, formerly=formerly.get(event.place, ()))
    for event, first in _twins(events, memory, rules, now):
        events[event.uid] = replace(event, doubts=(*event.doubts, _twin(first)))
        problems.append(Problem(path=event.path, what=_says_the_same(first), hint=_DIFFER, severity="warning"))
    # A document that has taken a uid of its own leaves its old one; nothing has vanished.
    taken = {event.place for event in events.values()}
    missing = [s for s in memory.seen.values() if s.uid not in events and s.event.place not in taken]
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


_DIFFER = "Remove one of the two files, or write what is different about this event."
_UNREADABLE = Reason(
    code="unreadable",
    text="Its file can't be understood now, so this is how it was last read. Mend the file: `notifier check` says where.",
)
_VANISHED = Reason(
    code="vanished",
    text=(
        "Its file is gone. Bring it back (with status: cancelled if the event is off), "
        "or set `vanished: withdraw` for the source."
    ),
)


def _known(content: Content, memory: Memory) -> dict[tuple[str, str], str]:
    """The uids that the ledger has for places of today: where each was, or where a renamed file is now.

    A renamed file is a new place with exactly the facts of an event that is nowhere any more. So is the part of a
    file at the same time as one that it told of, when it begins to come back or gets sessions, or ceases to.
    """
    known = {seen.event.place: uid for uid, seen in sorted(memory.seen.items())}
    # Where the site has begun to choose keys, an event seen without one is still the one at its path.
    known |= {e.place: known[e.source, e.path] for e in content.events if e.key and e.place not in known
              and (e.source, e.path) in known}  # fmt: skip
    fresh = [e for e in content.events if not e.explicit_uid and e.place not in known]
    if not fresh:
        return known
    claimed = {event.explicit_uid or known.get(event.place) for event in content.events}
    nowhere: dict[Facts, list[SeenEvent]] = {}
    same_file: dict[tuple[str, str, str], SeenEvent] = {}
    for seen in sorted(memory.seen.values(), key=lambda seen: (seen.event.path, seen.uid), reverse=True):
        if seen.facts.when and seen.uid not in claimed and not content.has_lost(seen.event):
            nowhere.setdefault(seen.facts, []).append(seen)
            same_file[seen.event.source, _file(seen.event), seen.facts.when] = seen
    taken: set[str] = set()
    for event in sorted(fresh, key=lambda event: (event.path, event.source)):
        facts = facts_of(event)
        lost = [seen for seen in nowhere.get(facts, []) if seen.uid not in taken]
        # A file that now tells of several events, or of one again, still tells of the one at that time.
        there = same_file.get((event.source, _file(event), facts.when)) if facts.when else None
        found = lost[-1] if lost else there
        if found is not None and found.uid not in taken:
            known[event.place] = found.uid
            taken.add(found.uid)
    return known


def _file(event: Event) -> str:
    return event.path.partition("#")[0]


def _formerly(content: Content, memory: Memory) -> dict[tuple[str, str], tuple[str, ...]]:
    """The remembered uids of places whose documents have a uid of their own now."""
    chosen = {event.place: event.explicit_uid for event in content.events if event.explicit_uid}
    former: dict[tuple[str, str], tuple[str, ...]] = {}
    for uid, seen in sorted(memory.seen.items()):
        place = seen.event.place
        if place in chosen and uid != chosen[place]:
            former[place] = (*former.get(place, ()), uid)
    return former


def _claim(event: Event, memory: Memory) -> tuple[bool, str, str]:
    """Who comes first where two claim one uid: the place that had it, else the first by name."""
    seen = memory.seen.get(event.explicit_uid or "")
    had_it = seen is not None and seen.event.place == event.place
    return not had_it, event.source, event.path


def _twins(events: Mapping[str, Event], memory: Memory, rules: Rules, now: datetime) -> Iterator[tuple[Event, Event]]:
    """Upcoming events that say exactly what another one says (a copy, a sync's conflict), each with the one known longest."""
    groups: dict[Facts, list[Event]] = {}
    titles = Counter(event.title for event in events.values())
    for event in (event for event in events.values() if titles[event.title] > 1):
        if event.when is not None and event.published and ends_at(event, rules.site.timezone) > now:
            groups.setdefault(facts_of(event), []).append(event)
    for group in groups.values():
        first = min(group, key=lambda event: (_first_seen(event, memory, now), event.source, event.path))
        yield from ((event, first) for event in group if event is not first)


def _first_seen(event: Event, memory: Memory, now: datetime) -> datetime:
    seen = memory.seen.get(event.uid)
    return seen.first_seen_at if seen else now


def _twin(first: Event) -> Reason:
    return Reason(code="twin", text=f"{_says_the_same(first)} {_DIFFER}")


def _says_the_same(first: Event) -> str:
    return f"It says exactly the same as {first.path}, so the same would be mailed twice."


def _mint(event: Event, memory: Memory, site: Site) -> str:
    generation = 0
    while (uid := uid_for(site, *event.place, generation=generation)) in memory.seen:
        generation += 1
    return uid


def _is_over(seen: SeenEvent, rules: Rules, now: datetime) -> bool:
    return seen.event.when is None or ends_at(seen.event, rules.site.timezone) <= now


def _doubted(seen: SeenEvent, reason: Reason) -> Event:
    return replace(seen.event, uid=seen.uid, doubts=(*seen.event.doubts, reason))


def _claimed_twice(event: Event, first: Event, uid: str) -> Problem:
    if event.key and not event.explicit_uid:
        return Problem(
            path=event.path,
            field="key",
            what=f"Its key {event.key} is also that of {first.path}, so this event is left out.",
            hint="Give each event a key of its own.",
        )
    return Problem(
        path=event.path,
        field="uid",
        what=f"{uid} is already the uid of {first.path}, so this event is left out.",
        hint="Give each event a uid of its own, or remove the line.",
    )
