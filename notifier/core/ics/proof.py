"""A last look at a feed's bytes before anybody can read them: whether they are well made, and whether they tell a secret.

Nothing here relies on how the bytes were made. An entry that was proved is not looked at again while its bytes are the
same and nothing that they hold has become secret, so that the work follows what changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from notifier.core.changes import stretch
from notifier.core.entry import Entry
from notifier.core.hidden import LABELS, Hidden, Needle, hidden_values, tells_openly, words_in
from notifier.core.ics.lines import escaped
from notifier.core.ics.vevent import has_date
from notifier.core.ics.wellformed import flaw_of_lines, is_head, uid_of, unfolded
from notifier.core.rule import Feed, Site

_START, _END = b"BEGIN:VCALENDAR\r\n", b"\r\nEND:VCALENDAR\r\n"
#: An author's text that says this begins no line: the property's name is before it, or the space of a continued line.
_BEGIN_EVENT = b"\r\nBEGIN:VEVENT\r\n"
#: So many octets are compared at once.
_STEP = 1 << 16
#: Of so many entries the lines are looked at together: those of a large feed, each a value, take three times its octets.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What there is to know of an entry: its uid as it must stand in the feed, if it must, and what must not be told of it."""

    entry: Entry
    uid: bytes | None
    hides: tuple[Needle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    """A feed as it was last found well: its bytes, where its entries begin in them, their uids, and what was looked for."""

    data: bytes = _END
    begin: int = 0
    entries: Sequence[Entry] = ()
    uids: frozenset[bytes] = frozenset()
    hidden: Hidden = field(default_factory=Hidden)
    known: Mapping[str, _Known] = field(default_factory=dict)

    @property
    def end(self) -> int:
        return len(self.data) - len(_END)


@dataclass(slots=True)
class Proved:
    """What was found well before, by feed: to be kept from time to time. Without it everything is looked at anew."""

    feeds: dict[tuple[str, bool], _Proof] = field(default_factory=dict)


def refusal(
    feed: Feed,
    site: Site,
    entries: Sequence[Entry],
    data: bytes,
    proved: Proved | None = None,
    *,
    hides: Sequence[tuple[Needle, ...]] | None = None,
) -> str | None:
    """Why these bytes must not be published as this feed, in a sentence with what to do; None when they may be.

    Refused are bytes that are no calendar or hold other events than the entries that have a date, a uid that stands
    twice, a value that is not escaped or folded, and, for a feed that is not secret, a value that is not public, however
    it is written: of its own events, or all that `hides` names. The sentence never repeats the value.
    """
    proved = Proved() if proved is None else proved
    last = proved.feeds.get((feed.name, feed.secret)) or _Proof()
    if not data.startswith(_START) or not data.endswith(_END):
        return _badly_made("it is not one whole calendar")
    begin = data.find(_BEGIN_EVENT)
    begin = len(data) - len(_END) if begin < 0 else begin
    new, old = _differing(data, begin, last)
    fresh = _without(new, old)
    went = _without(old, new) if len(fresh) < len(new) else old
    found = [(part, uid_of(unfolded(part) + b"\r\n")) for part in fresh]
    head = data[:begin]
    known, is_as_hidden = _known(feed, site, entries, last)
    stay = last.uids.difference(filter(None, (uid_of(unfolded(part) + b"\r\n") for part in went)))
    uids = [uid for _, uid in found if uid is not None]
    flaw = _flaw_of_bytes(head, found) or _flaw_of_events(stay, uids, entries, known)
    if flaw:
        return _badly_made(flaw)
    hidden = last.hidden
    if not feed.secret and (hides is not None or not is_as_hidden):
        hidden = hidden.of(hides if hides is not None else (one.hides for one in known.values()))
    searched = dict(zip(uids, fresh, strict=True))
    if hidden is not last.hidden and hidden.new:
        # What has become hidden since must not stand in what was proved before either.
        parts = _parts(data, begin, len(data) - len(_END))
        suspect = (part for part in parts if hidden.may_stand_in(unfolded(part), only_new=True))
        searched |= {uid: part for part in suspect if (uid := uid_of(unfolded(part) + b"\r\n")) is not None}
    if leak := _leak(head, searched, hidden, known):
        return leak
    proved.feeds[feed.name, feed.secret] = _Proof(
        data=data, begin=begin, entries=tuple(entries), uids=stay.union(uids), hidden=hidden, known=known
    )
    return None


def _differing(data: bytes, begin: int, last: _Proof) -> tuple[list[bytes], list[bytes]]:
    """The entries between those that are the same, octet for octet, as they were: as they are now, and as they were.

    Where an entry begins is only told by its first line: in what was proved, no text can look like it.
    """
    end = len(data) - len(_END)
    shorter = min(end - begin, last.end - last.begin)
    same = _same(data, begin, last.data, last.begin, shorter)
    first = max(data.rfind(_BEGIN_EVENT, begin, begin + same) - begin, 0)
    behind = _same_behind(data, end, last.data, last.end, shorter - same)
    place = data.find(_BEGIN_EVENT, end - behind, end)
    rest = end - place if place >= 0 else 0
    new = [*_parts(data, begin + first, end - rest)]
    return new, [*_parts(last.data, last.begin + first, last.end - rest)]


def _parts(data: bytes, at: int, end: int) -> Iterator[bytes]:
    """The entries between two places, each without its first line; what is before the first of them is left out."""
    at = data.find(_BEGIN_EVENT, at, end)
    while at >= 0:
        begin = at + len(_BEGIN_EVENT)
        at = data.find(_BEGIN_EVENT, begin, end)
        yield data[begin : at if at >= 0 else end]


def _without(parts: Sequence[bytes], others: Sequence[bytes]) -> Sequence[bytes]:
    """Those that are none of the others; all of them where one stands twice, for nothing is sure then."""
    here, there = set(parts), set(others)
    return [part for part in parts if part not in there] if len(here) == len(parts) else parts


def _same(data: bytes, at: int, other: bytes, other_begin: int, most: int) -> int:
    """How many octets are the same from there on, at most so many."""
    same, step = 0, _STEP
    while step:
        if (
            same + step <= most
            and data[at + same : at + same + step] == other[other_begin + same : other_begin + same + step]
        ):
            same += step
        else:
            step //= 2
    return same


def _same_behind(data: bytes, end: int, other: bytes, other_end: int, most: int) -> int:
    """How many octets before there are the same, at most so many."""
    same, step = 0, _STEP
    while step:
        beyond = same + step
        if beyond <= most and data[end - beyond : end - same] == other[other_end - beyond : other_end - same]:
            same = beyond
        else:
            step //= 2
    return same


def _badly_made(flaw: str) -> str:
    return f"This calendar is not well made: {flaw}. Report this as a mistake of the program."


def _flaw_of_bytes(head: bytes, parts: Sequence[tuple[bytes, bytes | None]]) -> str | None:
    """What is wrong with the lines, and with the order and the values that they have."""
    lines = [head, *(part for part, _ in parts)]
    for at in range(0, len(lines), _AT_ONCE):
        # A line end before and after, so that an empty line at either end is met as it is in the middle.
        if flaw := flaw_of_lines(b"\r\n".join([b"", *lines[at : at + _AT_ONCE], b""])):
            return flaw
    if not is_head(unfolded(head) + b"\r\n"):
        return "it does not begin as our calendars do, each line once, in its order, its text escaped"
    for part, uid in parts:
        if uid is None:
            return f"the lines of {_name(part)} are not an event's, each once, in its order, its text escaped"
    return None


def _name(part: bytes) -> str:
    """What people can find a badly made entry by."""
    found = re.search(rb"\r\nUID:([^\r]*)", unfolded(part))
    return f"the event {found[1].decode(errors='replace')}" if found else "an event"


def _known(feed: Feed, site: Site, entries: Sequence[Entry], last: _Proof) -> tuple[Mapping[str, _Known], bool]:
    """What there is to know of each entry by its event's uid, and whether what must not be told is what it was."""
    part = stretch(last.entries, entries)
    if not part.old and not part.new:
        return last.known, True
    known = {**last.known}
    went = [known.pop(entry.event.uid) for entry in part.old]
    before = {one.entry.event.uid: one for one in went}
    # Two that changed far from each other have many between them that did not.
    came = [
        one if (one := before.get(entry.event.uid)) is not None and one.entry is entry else _known_of(feed, site, entry)
        for entry in part.new
    ]
    known.update((one.entry.event.uid, one) for one in came)
    return known, not any(one.hides for one in (*went, *came))


def _known_of(feed: Feed, site: Site, entry: Entry) -> _Known:
    written = escaped(entry.event.uid).encode() if has_date(entry, public=not feed.secret) else None
    return _Known(entry=entry, uid=written, hides=() if feed.secret else hidden_values(entry.event, site))


def _flaw_of_events(
    stay: frozenset[bytes], came: Sequence[bytes], entries: Sequence[Entry], known: Mapping[str, _Known]
) -> str | None:
    """What is wrong with the whole: every event that has a date stands in it once, and nothing else does.

    `stay` are the uids of what is as it was proved, each once; `came` those of the rest.
    """
    twice = [] if stay.isdisjoint(came) and len(set(came)) == len(came) else [uid.decode() for uid in (*stay, *came)]
    twice = twice or ([] if len(known) == len(entries) else [entry.event.uid for entry in entries])
    if twice:
        names = sorted(uid for uid, times in Counter(twice).items() if times > 1)
        return f"more than one event has the uid {', '.join(names)}"
    expected = {one.uid for one in known.values() if one.uid is not None}
    if len(stay) + len(came) != len(expected):
        return f"it holds {len(stay) + len(came)} events where {len(expected)} have a date"
    return None if expected.issuperset(stay) and expected.issuperset(came) else "it holds other events than it should"


def _leak(head: bytes, parts: Mapping[bytes, bytes], hidden: Hidden, known: Mapping[str, _Known]) -> str | None:
    """Who tells what is not public, in a sentence with what to do about it."""
    for needle in hidden.found(words_in(unfolded(head))):
        if needle.everywhere:
            return _telling("Its title or description in config.yaml", needle, "Write it differently there")
    events = {one.uid: one.entry.event for one in known.values() if one.uid in parts} if parts else {}
    for uid, part in parts.items():
        text, event = unfolded(part), events[uid]
        for needle in hidden.found(words_in(text)) if hidden.may_stand_in(text) else ():
            if (needle.everywhere or needle.uid == event.uid) and not tells_openly(event, needle):
                return _telling(f"The entry of {event.path}", needle, f"Take it out of {event.path}")
    return None


def _telling(where: str, needle: Needle, remedy: str) -> str:
    what = f"{where} would tell the {LABELS[needle.name]} of {needle.path}, which is not public."
    return f"{what} {remedy}, or make that value public."
