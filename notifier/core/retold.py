"""What readers were told about an event, beside what is true now: the old values in words, fit for these readers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from notifier.core.event import Event
from notifier.core.facts import OFF, Difference, FactName, Facts, differences, facts_of, is_off, when_of
from notifier.core.languages import Language, language_of
from notifier.core.plain import http_url, one_line
from notifier.core.public import REMOVED, public_view
from notifier.core.rule import Site
from notifier.core.wording import when_long, when_short

_PLACES = {"online": "Online", "hybrid": "In person and online"}
_NOW = {
    "tentative": "Not confirmed yet",
    "cancelled": "Cancelled",
    "postponed": "Postponed",
    "unpublished": "Cancelled",
}
#: An author's own word for what the mail says anyway: "CANCELLED: Open day", "[Postponed] Open day".
_CALLED_OFF = re.compile(
    r"^\W*(?:cancell?ed|postponed|abgesagt|verschoben|entfällt)\s*(?:[:\])]+|\s[-–—])\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact that changed, as templates see it. `old` is "" where it was unknown, or may not be said here.

    `label` stands over a line of facts, `name` in a sentence; `old_short` is `old` for a sentence. `url` is `new`
    where that is an address.
    """

    field: FactName
    label: str
    name: str
    old: str
    old_short: str
    new: str
    url: str = ""


def readers_view(event: Event, *, public: bool) -> Event:
    """The event with what these readers may know of it."""
    return public_view(event) if public else event


def as_told(event: Event, told: Facts, *, public: bool) -> Event:
    """The event with the facts that its readers know, without those that aren't public now or may not have been then."""
    then = replace(
        event, title=told.title, when=when_of(told), zone=told.zone, location=told.location, join_url=told.join_url
    )
    if not public:
        return then
    # Nobody remembers whether the old link was public, and it leads nowhere now: it is not repeated, wherever it stood.
    known = public_view(replace(then, private=event.private | {"join_url"}))
    place = event.location if "location" in event.private else known.location
    today = public_view(replace(event, title=known.title, location=place))
    return replace(today, when=known.when, zone=known.zone, join_url=None)


def called_off(event: Event, told: Facts | None, *, public: bool) -> Event:
    """The event as its readers know it, and that it does not take place: no link to join, and whether it is postponed.

    Of one that is no longer published only what was told remains: its text may be why it was taken back.
    """
    known = as_told(event, told, public=public) if told else readers_view(event, public=public)
    place = known.location
    if place and (REMOVED in place or not (event.published or told)):
        place = None
    if not event.published:
        known = replace(known, summary="", url=None, info_url=None, contact=None)
    title = one_line(known.title)
    return replace(
        known,
        title=_CALLED_OFF.sub("", title) or title,
        location=place,
        status="postponed" if facts_of(event).status == "postponed" else "cancelled",
        join_url=None,
    )


def place_name(event: Event, language: str = "en") -> str:
    """The place on one line, or how it takes place; "" where neither is known."""
    place, mode = one_line(event.location or ""), _PLACES.get(event.mode)
    return place or (language_of(language).say(mode) if mode else "")


def after_all(event: Event, told: Facts | None, language: str = "en") -> str:
    """What to say where readers were told that it does not take place; "" else."""
    if told is None or not is_off(told) or is_off(facts_of(event)):
        return ""
    is_unsure = event.status == "tentative"
    return language_of(language).say("It may take place after all" if is_unsure else "It takes place after all")


def changes_of(event: Event, told: Facts | None, site: Site, *, public: bool, zone: str) -> tuple[Change, ...]:
    """Every fact that is another than these readers, who live in that zone, were told, where both may be said, in the order of their asking.

    That it takes place after all is none of these: `after_all` says it.
    """
    differing = differences(told, facts_of(event)) if told is not None else ()
    if told is None or not differing:
        return ()
    then, now = as_told(event, told, public=public), readers_view(event, public=public)
    found = (_change(one, then, now, site, zone) for one in differing)
    return tuple(change for change in found if change is not None and change.old != change.new)


def _change(difference: Difference, then: Event, now: Event, site: Site, zone: str) -> Change | None:
    spoken = language_of(site.language)
    match difference.field:
        case "status":
            return _status_change(difference, spoken)
        case "when":
            return _when_change(then, now, site, zone)
        case "location":
            old, new = one_line(then.location or ""), one_line(now.location or "")
            return _text_change("location", ("Where", "the place"), old, new, spoken)
        case "title":
            return _text_change("title", ("Title", "the title"), one_line(then.title), one_line(now.title), spoken)
        case "join_url":
            return _link_change(http_url(now.join_url), spoken)


def _status_change(difference: Difference, spoken: Language) -> Change | None:
    new = _NOW.get(difference.new or "", "")
    if not new or (difference.old in OFF and difference.new == "tentative"):
        return None
    return _change_of("status", ("Status", "the status"), spoken, new=spoken.say(new))


def _when_change(then: Event, now: Event, site: Site, zone: str) -> Change | None:
    if now.when is None:
        return None
    old, old_short = "", ""
    if then.when is not None:
        old = when_long(then, site.timezone, site.language, readers=zone)
        old_short = when_short(then, site.timezone, site.language)
    new = when_long(now, site.timezone, site.language, readers=zone)
    spoken = language_of(site.language)
    return _change_of("when", ("When", "the time"), spoken, new=new, old=old, old_short=old_short)


def _text_change(field: FactName, names: tuple[str, str], old: str, new: str, spoken: Language) -> Change | None:
    if not new or old == new:
        return None
    known = "" if REMOVED in old else old
    short = spoken.say("“{title}”", title=known) if known and field == "title" else known
    return _change_of(field, names, spoken, new=new, old=known, old_short=short)


def _link_change(url: str | None, spoken: Language) -> Change | None:
    """The old link is not repeated: somebody would follow it."""
    if url is None:
        return None
    return replace(_change_of("join_url", ("Link to join", "the link to join"), spoken, new=url), url=url)


def _change_of(
    field: FactName, names: tuple[str, str], spoken: Language, *, new: str, old: str = "", old_short: str = ""
) -> Change:
    """`names` are its label and its name, in English."""
    label, name = map(spoken.say, names)
    return Change(field=field, label=label, name=name, old=old, old_short=old_short, new=new)
