"""A feed: a calendar's head, and the entries as they were written when they last changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from icalendar import Calendar
from icalendar.prop import vUri

from notifier.core.changes import stretch
from notifier.core.entry import Entry, Written, WrittenFeed
from notifier.core.ics.calendar import a_calendar, around
from notifier.core.ics.lines import Text
from notifier.core.ics.vevent import has_date, render_entry
from notifier.core.plain import clean_text, http_url, one_line
from notifier.core.rule import Feed, Site

_REFRESH = timedelta(hours=4)
#: What the COLOR of a calendar may be (RFC 7986 5.9).
_CSS_COLOURS = """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
    cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod
    darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon
    darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray
    dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green
    greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon
    lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon
    lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen linen magenta
    maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen
    mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive
    olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru
    pink plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen
    seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato
    turquoise violet wheat white whitesmoke yellow yellowgreen
"""


def render_feed(
    feed: Feed, site: Site, entries: Sequence[Entry], address: str, written: Written | None = None
) -> bytes:
    """The feed's bytes, entries in the order of their uids, whatever order they come in. `address` is its own URL.

    A secret feed shows what is not public too. Entries without a date that a calendar can hold and the feed's readers
    may know are left out. Times are in UTC: the one form in which six measured clients agree on every instant; the
    place's own time is said in the description. Raises ValueError when two entries have one uid: calendars would show
    one of them, which one being their choice. `written` is kept from feed to feed, and from time to time: an event
    changes seldom and stands in many feeds, so its bytes are made once, and a feed is a join.
    """
    written = Written() if written is None else written
    known = (feed.name, feed.secret)
    before = written.feeds.get(known) or WrittenFeed(entries=(), parts=(), modified=())
    part = stretch(before.entries, entries)
    end = part.start + len(part.old)
    beside = (*before.entries[max(part.start - 1, 0) : part.start], *part.new, *before.entries[end : end + 1])
    if any(one.event.uid >= other.event.uid for one, other in pairwise(beside)):
        return render_feed(feed, site, _in_order(feed, entries), address, written)
    rendered = [_rendered(feed, site, entry, written) for entry in part.new]
    dates = [None if data is None else entry.modified_at for entry, data in zip(part.new, rendered, strict=True)]
    after = written.feeds[known] = WrittenFeed(
        entries=tuple(entries),
        parts=(*before.parts[: part.start], *rendered, *before.parts[end:]),
        modified=(*before.modified[: part.start], *dates, *before.modified[end:]),
    )
    last = max(filter(None, after.modified), default=None)
    return around(_head(feed, site, last, address), filter(None, after.parts))


def _in_order(feed: Feed, entries: Sequence[Entry]) -> list[Entry]:
    twice = sorted(uid for uid, times in Counter(entry.event.uid for entry in entries).items() if times > 1)
    if twice:
        raise ValueError(f"The feed {feed.name} has more than one entry with the uid {', '.join(twice)}.")
    return sorted(entries, key=lambda entry: entry.event.uid)


def _rendered(feed: Feed, site: Site, entry: Entry, written: Written) -> bytes | None:
    public = not feed.secret
    kept = written.entries if public else written.secrets
    known = kept.get(entry.event.uid)
    if known is None or known[0] is not entry:
        data = render_entry(site, entry, public=public) if has_date(entry, public=public) else None
        known = kept[entry.event.uid] = entry, data
    return known[1]


def _head(feed: Feed, site: Site, modified_at: datetime | None, address: str) -> Calendar:
    calendar = a_calendar()
    name = Text(one_line(feed.title) or one_line(feed.name) or "Events")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    if description := clean_text(feed.description).strip():
        calendar.add("description", Text(description))
        calendar.add("x-wr-caldesc", Text(description))
    calendar.add("x-wr-timezone", Text(one_line(site.timezone)))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", Text("PT4H"))
    if source := http_url(address):
        calendar.add("source", vUri(source), parameters={"VALUE": "URI"})
    if (colour := (feed.colour or "").strip().lower()) in _CSS_COLOURS.split():
        calendar.add("color", Text(colour))
    if modified_at is not None:
        calendar.add("last-modified", modified_at.astimezone(UTC))
    return calendar
