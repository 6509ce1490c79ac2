"""Known layouts of sites: where their event files are, and the names that such sites use for what we need.

The names are those of widespread themes and starters. Two rules order them: a key that can only mean the event goes
before one that may mean the page (`date` is often the day of publication), and a time before a bare day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.core.reading.shape import Format, Pick

Ways = tuple[Pick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The defaults of a group of files; each can be overridden by itself, `fields` field by field."""

    files: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    format: Format = "front-matter"
    page: str | None = None
    fields: Mapping[str, Ways] = field(default_factory=dict)


_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?|\d{1,2} ?[AaPp]\.?[Mm]\.?"
# `6:00 - 8:00 PM` is left out: whose the PM is would be a guess.
_FROM_TO = (
    r"^\s*(\d\d:\d\d)(?:\s?(?:-|–|—|to|bis|à|a)\s?(\d\d:\d\d))?(?:\s?(?:h|hrs|Uhr))?\s*$",
    r"^\s*(\d{1,2}(?::\d\d)? ?[AaPp]\.?[Mm]\.?)(?:\s?(?:-|–|—|to)\s?(\d{1,2}(?::\d\d)? ?[AaPp]\.?[Mm]\.?))?\s*$",
)
_WITH_CLOCK = r"(?s)^.*\d:\d\d.*$|^.*\d ?[AaPp]\.?[Mm]\b.*$"
_WITH_DAY = r"(?s)^.*\d{4}-\d.*$|^.*\d[./] ?\d{1,2}[./] ?\d{4}.*$|^.*\pL{3,}.*\d{4}.*$"
_ADDRESS = r"^\s*((?:https?://|mailto:|/)\S+)\s*$"

_DAY_NAMES = (
    "event_date", "eventDate", "eventdate", "start_date", "startDate", "startdate", "start-date", "date_start",
    "dateStart",
)  # fmt: skip
_MOMENT_NAMES = (
    "start", "start_datetime", "startDatetime", "startDateTime", "event_start", "eventStart", "starts_at", "datetime",
    "dateTime",
)  # fmt: skip
_START_NAMES = ("start_time", "startTime", "start-time", "time_start")
_END_NAMES = ("end_time", "endTime", "end-time", "time_end")
_TIME_NAMES = ("event_time", "eventTime", "time")
_LAST_NAMES = (
    "end", "end_datetime", "endDatetime", "endDateTime", "event_end", "eventEnd", "ends_at", "date_end", "dateEnd",
    "end_date", "endDate", "enddate", "end-date", "date_to", "dateTo",
)  # fmt: skip
_REGISTER_NAMES = (
    "registration", "registration_url", "registration_link", "registrationUrl", "registrationLink",
    "register_url", "register_link", "rsvp", "rsvp_url", "rsvp_link", "signup", "signup_url", "signup_link",
    "sign_up", "tickets", "ticket_url", "tickets_url", "ticket_link", "booking_url", "booking_link",
)  # fmt: skip
_LINK_NAMES = ("event_url", "eventUrl", "event_link", "eventLink", "external_url", "externalUrl", "website")

_RECORDING_NAMES = (
    "recording", "recording_url", "recordingUrl", "recording_link", "video", "video_url", "videoUrl", "video_link",
)  # fmt: skip


def _each(names: tuple[str, ...], match: str, *, to: str | None = None) -> Ways:
    """The first of these keys whose value fits; a joined key passes over mappings and lists of them."""
    return tuple(Pick(keys=(name,), joined=" ", match=match, to=to) for name in names)


def _spans(to: str) -> Ways:
    return tuple(way for match in _FROM_TO for way in _each(_TIME_NAMES, match, to=to))


def _day_and_clock(day: str, clock: str) -> Pick:
    """The last day and its time from two keys; the midnight that generators write behind a day is left out."""
    match = rf"^(\d{{4}}-\d\d?-\d\d?)(?:[T ]00:00\S*)? ({_CLOCK})$"
    return Pick(keys=(day, clock), joined=" ", match=match, to="{1} {2}")


_NAMES: Mapping[str, Ways] = {
    "date": (Pick(keys=_DAY_NAMES), *_each((*_MOMENT_NAMES, *_START_NAMES), _WITH_DAY), Pick(keys=("date",))),
    "start": (
        Pick(keys=_START_NAMES),
        *_spans("{1}"),
        *_each((*_MOMENT_NAMES, *_DAY_NAMES), _WITH_CLOCK),
        # A time that nobody can read is asked about, not passed over.
        Pick(keys=(*_TIME_NAMES, *_MOMENT_NAMES, *_DAY_NAMES)),
    ),
    "end": (
        _day_and_clock("end_date", "end_time"),
        _day_and_clock("endDate", "endTime"),
        Pick(keys=_END_NAMES),
        *_spans("{2}"),
        Pick(keys=_LAST_NAMES),
    ),
    "all_day": (Pick(keys=("all_day", "allDay", "allday", "event_all_day", "is_all_day")),),
    "timezone": (Pick(keys=("timezone", "time_zone", "timeZone", "tz", "event_timezone")),),
    "recurrence": (Pick(keys=("rrule", "recurrence")),),
    "place": (
        Pick(keys=("place",)),
        Pick(keys=("location.name", "location.venue", "location.title", "location.address", "location.street",
                   "location.city"), joined=", "),
        Pick(keys=("venue.name", "venue.title", "venue.address", "venue.street", "venue.city"), joined=", "),
        Pick(keys=("venue", "location", "address.street", "address.city"), joined=", "),
        Pick(keys=("where", "event_location", "eventLocation", "event_place", "address"), joined=", "),
    ),
    "register": (Pick(keys=("register",)), *_each(_REGISTER_NAMES, _ADDRESS)),
    "link": (Pick(keys=("link",)), *_each(_LINK_NAMES, _ADDRESS)),
    # What is no address is read last, to be asked about; under `video` themes keep other things.
    "recording": (*_each(_RECORDING_NAMES, _ADDRESS), Pick(keys=("recording", "recording_url"))),
    "cancelled": (Pick(keys=("cancelled", "canceled", "is_cancelled", "isCancelled")),),
    "topics": (Pick(keys=("topics", "tags")),),
    "image": (
        Pick(keys=("image.src", "image.url", "cover.src", "cover.image"), joined=" "),
        *(Pick(keys=(name,), joined=" ") for name in ("image", "featured_image", "featuredImage", "cover")),
    ),
}  # fmt: skip

# Hugo keeps translations as `fair.md` and `fair.de.md`, as `index.de.md` in one folder, or says `translationKey`.
_CODES = (
    "en|de|fr|es|it|nl|pt|ca|eu|gl|pl|cs|sk|sl|hr|hu|ro|bg|el|sv|da|nb|nn|no|fi|et|lv|lt|ga|cy|uk|ru|tr|ar|he|ja|zh|ko"
)
_HUGO: Mapping[str, Ways] = {
    **_NAMES,
    "same": (
        Pick(keys=("translationKey",)),
        Pick(path=rf"^(.+?)(?:\.(?:{_CODES})(?:-[A-Za-z]{{2,4}})?)?\.(?:md|markdown|html)$"),
    ),
    "language": (
        Pick(path=rf"\.((?:{_CODES})(?:-[A-Za-z]{{2,4}})?)\.(?:md|markdown|html)$"),
        Pick(keys=("language", "lang")),
    ),
    # The key `url` and `slug` are Hugo's own; below a folder of events the address has that folder, too.
    "url": (
        Pick(keys=("url",)),
        Pick(keys=("slug",), match=r"^([\w.~-]+)$", to="/events/{1}/"),
        Pick(path=r"^content/(events?/(?:[\w.~-]+/)*?[\w~-]+?)(?:/index)?\.(?:md|markdown|html)$", to="/{1}/"),
    ),
}
_ELEVENTY: Mapping[str, Ways] = {
    **_NAMES,
    "draft": (Pick(keys=("draft", "eleventyExcludeFromCollections")),),
    # A permalink may be a template. Eleventy leaves the date at the front of a file's name out of its address.
    "url": (
        Pick(keys=("permalink",), match=r"^(/[\w/.~%-]*)$"),
        Pick(path=r"^(?:src/|content/)?(events/(?:[\w.~-]+/)*?)(?:\d{4}-\d\d-\d\d-)?([\w~-]+?)(?:/index)?\.(?:md|njk|html)$",
             to="/{1}{2}/"),
    ),
}  # fmt: skip
_ASTRO: Mapping[str, Ways] = {
    **_NAMES,
    "url": (Pick(keys=("slug",), match=r"^([\w.~/-]+)$", to="/events/{1}/"),),
}
_ENTRIES: Mapping[str, Ways] = {
    **_NAMES,
    "title": (Pick(keys=("title", "name", "event_name", "eventName")),),
}

PRESETS: Mapping[str, Preset] = {
    "jekyll-events": Preset(files=("_events/*.md",), page="/events/{stem}"),
    "jekyll-data": Preset(
        files=tuple(f"_data/events.{ending}" for ending in ("yml", "yaml", "json")),
        format="data",
        fields=_ENTRIES,
    ),
    "hugo-events": Preset(
        files=("content/events/**/*.md", "content/event/**/*.md", "content/*/events/**/*.md"),
        exclude=("**/_index.md", "**/_index.*.md"),
        page="/events/{stem}/",
        fields=_HUGO,
    ),
    "eleventy-events": Preset(
        files=("src/events/**/*.md", "events/**/*.md", "content/events/**/*.md"),
        exclude=("src/events/index.md", "events/index.md", "content/events/index.md", "**/README.md"),
        page="/events/{stem}/",
        fields=_ELEVENTY,
    ),
    "astro-events": Preset(
        files=("src/content/events/**/*.md", "src/content/events/**/*.mdx", "src/data/events/**/*.md"),
        exclude=("**/_*",),
        page="/events/{stem}/",
        fields=_ASTRO,
    ),
}
