"""What every client has to see alike: our own bytes beside what their author meant, which stands here by hand.

Instants, titles, places, addresses and states are written out. The description is made of `core.entry.shown`, which is
tested elsewhere: here it has to arrive as it was sent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from notifier.core.entry import Entry, Written, calendar_title, shown
from notifier.core.event import Event, Timed
from notifier.core.ics import render_event_file, render_feed, render_invitation
from notifier.core.public import public_view
from notifier.core.rule import Feed, Site
from tests.acceptance.calendars.seen import Seen
from tests.builders import a_feed, a_site, a_time, all_day, an_event, at

ADDRESS = "https://www.example.org/feeds/all.ics"
PLACE = "Town hall, 1 Example Street, Exampletown"
PAGE = "https://www.example.org/events/tea"

GUEST = ('Ann "A." Example; née Other, of: ^', "ann.example+calendar@example.org")

Pair = tuple[Entry, Seen | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Events, and what a client has to see of each; `earlier` are states of the same events that were published before."""

    name: str
    pairs: Sequence[Pair]
    feed: Feed = field(default_factory=a_feed)
    site: Site = field(default_factory=a_site)
    earlier: Sequence[Sequence[Entry]] = ()
    #: Too many events to be asked one by one.
    big: bool = False

    @property
    def expected(self) -> list[Seen]:
        return sorted(seen for _, seen in self.pairs if seen is not None)

    def written(self) -> bytes:
        """The feed, made after its earlier states and with what was kept of them, as the program does."""
        kept = Written()
        for entries in self.earlier:
            render_feed(self.feed, self.site, entries, ADDRESS, kept)
        return render_feed(self.feed, self.site, [entry for entry, _ in self.pairs], ADDRESS, kept)

    def files(self) -> list[tuple[bytes, Seen]]:
        """Each event as a file of its own, with what has to be seen in it."""
        public = not self.feed.secret
        return [
            (render_event_file(self.site, entry, public=public), seen) for entry, seen in self.pairs if seen is not None
        ]

    def invitations(self, method: Literal["REQUEST", "CANCEL"]) -> list[tuple[bytes, Seen]]:
        """Each event as somebody is invited to it, or told that it is off; nobody is invited to what is off."""
        dated = [(entry, seen) for entry, seen in self.pairs if seen is not None]
        if method == "REQUEST":
            return [(self.mailed(entry, method), seen) for entry, seen in dated if seen.status != "CANCELLED"]
        return [
            (self.mailed(replace(entry, sequence=entry.sequence + 1), method), _off(entry, seen))
            for entry, seen in dated
        ]

    def mailed(self, entry: Entry, method: Literal["REQUEST", "CANCEL"]) -> bytes:
        return render_invitation(
            self.site, entry, method=method, attendee=GUEST, organiser=(self.site.name, "events@example.org"),
            at=at("2026-11-26 09:00"), public=not self.feed.secret,
        )  # fmt: skip


def _off(entry: Entry, seen: Seen) -> Seen:
    """What is left of an event in the mail that calls it off: its title and its time."""
    event = public_view(entry.event)
    off = event if event.status in ("cancelled", "postponed") else replace(event, status="cancelled")
    return replace(seen, title=calendar_title(off), description="", location="", url="", status="CANCELLED")


def an_entry(event: Event, sequence: int = 0) -> Entry:
    created = at("2026-11-01 09:00")
    return Entry(
        event=event, sequence=sequence, created_at=created, modified_at=created + timedelta(days=sequence, seconds=7)
    )


def pair(uid: str, when: Any, start: str, end: str, /, *, sequence: int = 0, **changes: Any) -> tuple[Entry, Seen]:
    """An event in a town hall, and what is to be seen of it. `seen` names what differs from its own fields."""
    seen: dict[str, str] = changes.pop("seen", {})
    site: Site = changes.pop("site", a_site())
    public: bool = changes.pop("public", True)
    fields: dict[str, Any] = {"title": "Tea", "mode": "in-person", "location": PLACE, "join_url": None, "url": PAGE}
    fields |= {"uid": f"{uid}@example.org", "when": when} | changes
    event = an_event(**fields)
    words = shown(site, public_view(event) if public else event)
    expected = Seen(
        uid=event.uid, start=start, end=end, description=words.description,
        **({"title": event.title, "location": event.location or "", "url": event.url or ""} | seen),
    )  # fmt: skip
    return an_entry(event, sequence), expected


def _wall(text: str, zone: str, *, second: bool = False) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=int(second))


def _span(zone: str, start: str, end: str, *, second: bool = False) -> Timed:
    return Timed(starts_at=_wall(start, zone, second=second), ends_at=_wall(end, zone, second=second))


def _clocks() -> Sequence[Pair]:
    """Hours that don't exist, that happen twice, and events across them."""
    london, york = "Europe/London", "America/New_York"
    return (
        pair("gap-london", _span(london, "2027-03-28T01:30", "2027-03-28T03:30"), "2027-03-28T01:30:00Z", "2027-03-28T02:30:00Z"),
        pair("gap-york", _span(york, "2027-03-14T02:30", "2027-03-14T04:30"), "2027-03-14T07:30:00Z", "2027-03-14T08:30:00Z", zone=york),
        pair("first-london", _span(london, "2027-10-31T01:30", "2027-10-31T01:45"), "2027-10-31T00:30:00Z", "2027-10-31T00:45:00Z"),
        pair("second-london", _span(london, "2027-10-31T01:30", "2027-10-31T01:45", second=True), "2027-10-31T01:30:00Z", "2027-10-31T01:45:00Z"),
        pair("first-york", _span(york, "2027-11-07T01:30", "2027-11-07T01:45"), "2027-11-07T05:30:00Z", "2027-11-07T05:45:00Z", zone=york),
        pair("second-york", _span(york, "2027-11-07T01:30", "2027-11-07T01:45", second=True), "2027-11-07T06:30:00Z", "2027-11-07T06:45:00Z", zone=york),
        pair("across-back", _span(london, "2027-10-31T00:30", "2027-10-31T02:30"), "2027-10-30T23:30:00Z", "2027-10-31T02:30:00Z"),
        pair("across-on", _span(london, "2027-03-28T00:30", "2027-03-28T02:30"), "2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"),
        pair("day-before", _span(london, "2027-10-30T18:00", "2027-10-30T20:00"), "2027-10-30T17:00:00Z", "2027-10-30T19:00:00Z"),
        pair("day-after", _span(london, "2027-11-01T18:00", "2027-11-01T20:00"), "2027-11-01T18:00:00Z", "2027-11-01T20:00:00Z"),
        pair("summer", _span(york, "2027-07-09T18:00", "2027-07-09T20:00"), "2027-07-09T22:00:00Z", "2027-07-10T00:00:00Z", zone=york),
    )  # fmt: skip


def _days() -> Sequence[Pair]:
    """Midnights, days, years."""
    return (
        pair("midnight", a_time("2027-02-05 22:00", ends="2027-02-06 01:00"), "2027-02-05T22:00:00Z", "2027-02-06T01:00:00Z"),
        pair("until-midnight", a_time("2027-02-05 22:00", ends="2027-02-06 00:00"), "2027-02-05T22:00:00Z", "2027-02-06T00:00:00Z"),
        pair("several-days", a_time("2027-06-04 18:00", ends="2027-06-06 15:00"), "2027-06-04T17:00:00Z", "2027-06-06T14:00:00Z"),
        pair("one-day", all_day("2027-06-04"), "2027-06-04", "2027-06-05"),
        pair("three-days", all_day("2027-06-04", "2027-06-06"), "2027-06-04", "2027-06-07"),
        pair("leap-day", all_day("2028-02-29"), "2028-02-29", "2028-03-01"),
        pair("month-end", all_day("2027-10-30", "2027-10-31"), "2027-10-30", "2027-11-01"),
        pair("year-end", all_day("2026-12-30", "2027-01-01"), "2026-12-30", "2027-01-02"),
        pair("new-year", a_time("2026-12-31 22:00", ends="2027-01-01 02:00"), "2026-12-31T22:00:00Z", "2027-01-01T02:00:00Z"),
        pair("no-end", a_time("2027-06-04 18:00"), "2027-06-04T17:00:00Z", "2027-06-04T18:00:00Z"),
        pair("no-end-at-night", a_time("2026-12-31 23:30"), "2026-12-31T23:30:00Z", "2027-01-01T00:30:00Z"),
        pair("end-first", a_time("2027-06-04 18:00", ends="2027-06-04 09:00"), "2027-06-04T17:00:00Z", "2027-06-04T18:00:00Z"),
        pair("no-length", a_time("2027-06-04 18:00", ends="18:00"), "2027-06-04T17:00:00Z", "2027-06-04T18:00:00Z"),
        (an_entry(an_event(uid="no-date@example.org", when=None)), None),
    )  # fmt: skip


#: By zone, what clocks show and when that is; where two are given, one in each half of the year.
_ZONES: Mapping[str, Mapping[str, str]] = {
    "UTC": {"2026-12-09T18:00": "2026-12-09T18:00:00Z"},
    "Europe/Dublin": {"2026-12-09T18:00": "2026-12-09T18:00:00Z", "2027-07-10T18:00": "2027-07-10T17:00:00Z"},
    "Australia/Lord_Howe": {"2026-12-09T18:00": "2026-12-09T07:00:00Z", "2027-07-10T18:00": "2027-07-10T07:30:00Z"},
    "Asia/Kathmandu": {"2026-12-09T18:00": "2026-12-09T12:15:00Z", "2027-07-10T18:00": "2027-07-10T12:15:00Z"},
    # Law of 2026: neither changes its clocks any more, and machines with an older tz database don't know it.
    "Africa/Casablanca": {"2026-12-09T18:00": "2026-12-09T18:00:00Z"},
    "America/Edmonton": {"2026-12-09T18:00": "2026-12-10T00:00:00Z", "2027-07-10T18:00": "2027-07-11T00:00:00Z"},
    "Pacific/Chatham": {"2026-12-09T18:00": "2026-12-09T04:15:00Z", "2027-07-10T18:00": "2027-07-10T05:15:00Z"},
    "Antarctica/Troll": {"2026-12-09T18:00": "2026-12-09T18:00:00Z", "2027-07-10T18:00": "2027-07-10T16:00:00Z"},
    "Pacific/Kiritimati": {"2026-12-09T10:00": "2026-12-08T20:00:00Z"},
    "Asia/Kolkata": {"2026-12-09T18:00": "2026-12-09T12:30:00Z"},
    "America/Nuuk": {"2026-12-09T18:00": "2026-12-09T20:00:00Z", "2027-07-10T18:00": "2027-07-10T19:00:00Z"},
    "America/Sao_Paulo": {"2026-12-09T18:00": "2026-12-09T21:00:00Z"},
    "Africa/Cairo": {"2026-12-09T18:00": "2026-12-09T16:00:00Z", "2027-07-10T18:00": "2027-07-10T15:00:00Z"},
}


#: As those, in years for which the new law alone gives a rule; agree.EXCUSES says why they stand apart.
_NEW_LAWS: Mapping[str, Mapping[str, str]] = {
    "Africa/Casablanca": {"2029-07-10T18:00": "2029-07-10T18:00:00Z"},
    "America/Edmonton": {"2029-12-09T18:00": "2029-12-10T00:00:00Z"},
}


def _zones(zones: Mapping[str, Mapping[str, str]]) -> Sequence[Pair]:
    return tuple(
        pair(f"{zone.replace('/', '-')}-{wall[:7]}", Timed(starts_at=_wall(wall, zone), ends_at=_wall(wall, zone) + timedelta(hours=2)),
             instant, _two_hours_after(instant), zone=zone, location=zone)
        for zone, clocks in zones.items() for wall, instant in clocks.items()
    )  # fmt: skip


def _two_hours_after(instant: str) -> str:
    return f"{datetime.fromisoformat(instant) + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"


_AN_EVENING = a_time("2027-03-04 18:00", ends="20:00")
_START, _END = "2027-03-04T18:00:00Z", "2027-03-04T20:00:00Z"


def evening(uid: str, **changes: Any) -> tuple[Entry, Seen]:
    """`pair` on an ordinary evening, for what is about other things than times."""
    return pair(uid, _AN_EVENING, _START, _END, **changes)


#: Families, flags, skin tones, variation selectors, combining marks, right to left, four octets.
_CLUSTERS = ("👩‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇬🇧", "❤️", "a\u0323\u0302", "x\u0323\u0302", "क्षि", "שָׁלוֹם", "漢字", "𝔘")


def _folds() -> Sequence[Pair]:
    """Every cluster at every place of a fold."""
    titles = [
        ("x" * width + cluster * 3, n, width) for n, cluster in enumerate(_CLUSTERS) for width in range(52, 68, 3)
    ]
    found = [
        evening(f"fold-{n}-{width}", title=title, location=title, seen={"title": _nfc(title), "location": _nfc(title)})
        for title, n, width in titles
    ]
    return (*found, evening("long-line", summary="x" * 1990), evening("long-words", summary="Größe 👩‍💻, " * 150,
            title="longtitle " * 24 + "end"), evening("backslashes", title="\\" * 120, location=",;" * 60))  # fmt: skip


def _nfc(text: str) -> str:
    """As Unicode writes it in full (NFC), by the table of this machine's Python."""
    return unicodedata.normalize("NFC", text)


_SIGNS = "a, b; c\\d: \"e\" ^f^ 'g' \\n \\N \\, \\; C:\\New ^n ^' %0A &amp; = ~ | {{ 7 }}"
_BREAKS = "A\nB\r\nC\rD\x0bE\x0cF\x85G\u2028H\u2029I"
_CONTROLS = "A\x00B\x07C\x08D\x1bE\x7fF\x9bG\ufeffH\u202eI\u2066J\ud83dK\uffffL\tM"
_ONE_LINE = {_BREAKS: "A B C D E F G H I", _CONTROLS: "ABCDEFGHIJ\ufffdKL M"}
_INJECTED = (
    "X\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil@example.org\r\nDTSTART:20270101T100000Z\r\nSUMMARY:Evil\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
_HTML = '<b>Tea</b> & <a href="https://example.com/">cake</a><script>alert("1")</script><!-- -->'


def _everywhere(name: str, text: str) -> Sequence[Pair]:
    """A text in every field that an author fills, one event each."""
    line = _ONE_LINE.get(text) or " ".join(text.split())
    return (
        evening(f"{name}-title", title=text, seen={"title": line}),
        evening(f"{name}-location", location=text, seen={"location": line}),
        evening(f"{name}-summary", summary=text),
        evening(f"{name}-body", body=text),
        evening(f"{name}-category", category=text),
        evening(f"{name}-topics", topics=(text, "tea")),
        evening(f"{name}-projects", projects=(text,)),
        evening(f"{name}-series", series=text),
        evening(f"{name}-contact", contact=text),
        evening(f"{name}-url", url=text, seen={"url": ""}),
        evening(f"{name}-url-after", url=f"{PAGE}?{text}", seen=_address_after(text)),
        evening(f"{name}-info", info_url=f"{PAGE}?{text}"),
        evening(f"{name}-join", join_url=text, mode="online", location=None, seen={"location": "Online"}),
        evening(f"{name}-image", image=text, recording_url=text),
        evening(f"{name}-all", title=text, location=text, summary=text, category=text, topics=(text,), projects=(text,),
                url=text, info_url=text, series=text, seen={"title": line, "location": line, "url": ""}),
    )  # fmt: skip


def _address_after(text: str) -> dict[str, str]:
    """An address with a break, a control or a backslash in it is no address; any other is written in ASCII."""
    hostile = not text.isprintable() or "\\" in text
    return {"url": "" if hostile else f"{PAGE}?" + quote(text, safe="/?#[]@!$&'()*+,;=:%~-._")}


def _titled(name: str, text: str) -> Case:
    """The text in every event, and in the names of the feed and of the site as well."""
    site = a_site(name=text)
    feed = a_feed(title=text, description=text, colour=text)
    return Case(name=name, pairs=_everywhere(name, text), feed=feed, site=site)


def _addresses() -> Sequence[Pair]:
    return (
        evening("commas", url="https://www.example.org/a,b;c?d=1,2&e=f%2Cg;h#i,j", info_url="https://example.com/x,y;z"),
        evening("brackets", url="https://www.example.org/(a)/[b]!$'*+=~@:"),
        evening("umlauts", url="https://www.example.org/größe?q=ä b", seen={"url": "https://www.example.org/gr%C3%B6%C3%9Fe?q=%C3%A4%20b"}),
        evening("host", url="https://bücher.example/x", seen={"url": "https://xn--bcher-kva.example/x"}),
        evening("long-address", url="https://www.example.org/" + "x," * 500),
        evening("script", url="javascript:alert(1)", seen={"url": ""}),
        evening("joined", join_url="https://meet.example.com/a,b?pwd=1;2", mode="online", location=None,
                seen={"location": "https://meet.example.com/a,b?pwd=1;2"}),
        evening("none", url=None),
    )  # fmt: skip


def _states() -> Sequence[Pair]:
    return (
        evening("cancelled", status="cancelled", seen={"title": "Cancelled: Tea", "status": "CANCELLED"}),
        evening("postponed", status="postponed", seen={"title": "Postponed: Tea", "status": "CANCELLED"}),
        evening("tentative", status="tentative", seen={"status": "TENTATIVE"}),
        evening("deleted", published=False, summary="A secret", seen={"title": "Cancelled: Tea", "status": "CANCELLED", "location": "", "url": ""}),
        evening("untitled", title=" ", seen={"title": "Untitled event"}),
        evening("twice-1", title="Same title"),
        evening("twice-2", title="Same title"),
        evening("bare", summary="", location=None, url=None, topics=(), projects=(), category=None),
        evening("members", access="members", join_url="https://meet.example.com/s3cret"),
        pair("all-day-cancelled", all_day("2027-06-04"), "2027-06-04", "2027-06-05", status="cancelled",
             seen={"title": "Cancelled: Tea", "status": "CANCELLED"}),
        evening("+-._" + "x" * 230),
    )  # fmt: skip


def _secret() -> Case:
    """What a feed for members only tells, and others don't."""
    door = {"join_url": "https://meet.example.com/s3cret,1", "mode": "online", "location": None, "public": False}
    return Case(
        name="secret", feed=a_feed(name="members", secret=True),
        pairs=(
            evening("door", access="members", seen={"location": door["join_url"]}, **door),
            evening("private-place", private=frozenset({"location"}), public=False),
            evening("private-door", private=frozenset({"join_url"}), seen={"location": door["join_url"]}, **door),
            pair("private-day", all_day("2027-06-04"), "2027-06-04", "2027-06-05", private=frozenset({"when"}), public=False),
        ),
    )  # fmt: skip


def _changed() -> Case:
    """Moved twice, renamed, cancelled and back again: the feed is what it would be had it always been so."""
    moved = [pair("moved", a_time(f"2027-03-0{n} 18:00", ends="20:00"), f"2027-03-0{n}T18:00:00Z", f"2027-03-0{n}T20:00:00Z", sequence=n) for n in (1, 2, 3)]  # fmt: skip
    renamed = [evening("renamed", title=title, sequence=n) for n, title in enumerate(("Tea", "Coffee", "Cake"))]
    other = evening("other")
    off = {"title": "Cancelled: Tea", "status": "CANCELLED"}
    back = [evening("back"), evening("back", status="cancelled", sequence=1, seen=off), evening("back", sequence=2)]
    states = [[one for one, _ in (m, r, b, other)] for m, r, b in zip(moved, renamed, back, strict=True)]
    gone = evening("gone")[0]
    return Case(
        name="changed", pairs=(moved[-1], renamed[-1], back[-1], other), earlier=([*states[0], gone], states[1])
    )


def many(count: int = 10_000) -> Case:
    """Ten thousand events over twenty years, of every kind."""

    def one(number: int) -> Pair:
        day = date(2020, 1, 1) + timedelta(days=number % 7300)
        if number % 10 == 0:
            return pair(
                f"many-{number:05}", all_day(f"{day}"), f"{day}", f"{day + timedelta(days=1)}", title=f"Day {number}"
            )
        start = at(f"{day} 18:00", "Asia/Kathmandu")
        when = Timed(starts_at=start, ends_at=start + timedelta(minutes=90))
        return pair(f"many-{number:05}", when, f"{day}T12:15:00Z", f"{day}T13:45:00Z", zone="Asia/Kathmandu",
                    title=f"Größe {number}, 👩‍💻", summary=f"Number {number}. " * 12)  # fmt: skip

    return Case(name="many", pairs=tuple(map(one, range(count))), big=True)


SMALL: Mapping[str, Callable[[], Case]] = {
    "clocks": lambda: Case(name="clocks", pairs=_clocks()),
    "days": lambda: Case(name="days", pairs=_days()),
    "zones": lambda: Case(name="zones", pairs=_zones(_ZONES)),
    "new-laws": lambda: Case(name="new-laws", pairs=_zones(_NEW_LAWS)),
    "folds": lambda: Case(name="folds", pairs=_folds()),
    "signs": lambda: _titled("signs", _SIGNS),
    "breaks": lambda: _titled("breaks", _BREAKS),
    "controls": lambda: _titled("controls", _CONTROLS),
    "injected": lambda: _titled("injected", _INJECTED),
    "html": lambda: _titled("html", _HTML),
    "addresses": lambda: Case(name="addresses", pairs=_addresses()),
    "states": lambda: Case(name="states", pairs=_states()),
    "secret": _secret,
    "changed": _changed,
    "empty": lambda: Case(name="empty", pairs=()),
}
