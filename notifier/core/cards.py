"""What templates show: events, the organisation, its feed, a digest's groups. Clean text and checked links only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby

from notifier.core.entry import notes
from notifier.core.event import Event
from notifier.core.facts import OFF, Facts
from notifier.core.languages import language_of
from notifier.core.links import Asked, Link, add_links, subscribe_links
from notifier.core.marks import without_marks
from notifier.core.plain import clean_text, contact_url, cut, http_url, one_line
from notifier.core.public import REMOVED, UNTITLED
from notifier.core.retold import Change, after_all, changes_of, place_name
from notifier.core.rule import Site
from notifier.core.soon import Occasion, Relative, relative_of
from notifier.core.wording import (
    NO_DATE,
    day_and_month,
    day_long,
    month_and_year,
    wording_of,
)

_PARAGRAPH_END = re.compile(r"\n\s*\n")
_TITLE_UNITS = 140
_BRIEF_UNITS = 160
#: Events that lie within so many days are grouped by day, others by month.
_SHORT_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An event as templates see it. Optional things are "" or empty.

    `clock` is `when` below a heading that names its day. `brief` is the summary in one line. `changes` are the facts that differ from what these readers were last told,
    `changed` the names of those facts, and `moved` whether it starts at another time; `after_all` is a sentence without its full stop where they were told that it
    does not take place, and it does. `soon` is what `when(event)` gives.
    """

    title: str
    when: str
    when_lines: tuple[str, ...]
    when_short: str
    soon: Relative
    clock: str
    starts_on: date | None
    notes: tuple[str, ...]
    status: str
    place: str
    paragraphs: tuple[str, ...]
    brief: str
    join_url: str
    info_url: str
    url: str
    recording_url: str
    contact: str
    contact_url: str
    add_links: Sequence[Link]
    is_new: bool = False
    changes: tuple[Change, ...] = ()
    changed: tuple[str, ...] = ()
    moved: bool = False
    after_all: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Events of one month, or where `is_day` of one day, which `title` names."""

    title: str
    is_day: bool
    events: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The site as templates see it."""

    name: str
    url: str
    language: str
    postal_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed to follow, as templates see it."""

    url: str
    links: tuple[Link, ...]


def card_of(
    view: Event,
    site: Site,
    *,
    occasion: Occasion,
    is_new: bool = False,
    news: tuple[tuple[Change, ...], str] = ((), ""),
    with_links: bool = True,
) -> Card:
    """The card of an event of which everything may be shown, in the site's language. `news` are its `changes` and `after_all`.

    Without `with_links` nothing is made that adds it to calendars.
    """
    view = _said_in(view, site.language)
    spoken = language_of(site.language)
    said = wording_of(view, site.timezone, site.language, readers=occasion.zone)
    contact = contact_url(view.contact) or ""
    paragraphs = _paragraphs(view.summary)
    changes, restored = news
    soon = relative_of(view, occasion, site.timezone, said=said)
    return Card(
        title=cut(one_line(view.title) or spoken.say("Untitled event"), _TITLE_UNITS),
        when=said.long,
        when_lines=said.lines,
        when_short=soon.short,
        soon=soon,
        clock="; ".join(said.clock_lines),
        starts_on=said.first_day,
        notes=notes(view, site.language),
        status=view.status if view.published else "cancelled",
        place=place_name(view, site.language),
        paragraphs=paragraphs,
        brief=cut(paragraphs[0], _BRIEF_UNITS) if paragraphs else "",
        # There is nothing to join when it is called off.
        join_url="" if view.status in OFF or not view.published else http_url(view.join_url) or "",
        info_url=http_url(view.info_url) or "",
        url=http_url(view.url) or "",
        recording_url=http_url(view.recording_url) or "",
        contact=contact.removeprefix("mailto:"),
        contact_url=contact,
        add_links=Asked(lambda: without_marks(add_links(view, site)) if with_links else ()),
        is_new=is_new,
        changes=changes,
        changed=tuple(change.field for change in changes),
        moved=any(change.field == "when" and change.old_short != soon.short for change in changes),
        after_all=restored,
    )


def news_of(event: Event, told: Facts | None, site: Site, *, public: bool, zone: str) -> tuple[tuple[Change, ...], str]:
    """What readers in that zone who were told these facts have to hear: the changes, and that it takes place after all."""
    return changes_of(event, told, site, public=public, zone=zone), after_all(event, told, site.language)


def grouped(cards: Sequence[Card], language: str) -> tuple[Group, ...]:
    """The cards in their order, by day where all lie within a week, else by month; those without a date stand last."""
    days = [card.starts_on for card in cards if card.starts_on is not None]
    by_day = bool(days) and (max(days) - min(days)).days < _SHORT_DAYS

    def heading(card: Card) -> tuple[str, bool]:
        if card.starts_on is None:
            return language_of(language).say(NO_DATE), True
        if by_day:
            return day_long(card.starts_on, language), True
        return month_and_year(card.starts_on, language), False

    dated = sorted(cards, key=lambda card: card.starts_on or date.max)
    found = groupby(dated, heading)
    return tuple(Group(title=title, is_day=is_day, events=tuple(events)) for (title, is_day), events in found)


def first_day(cards: Iterable[Card], language: str) -> str:
    """`9 December`, the day of the earliest; "" where none has a date."""
    days = [card.starts_on for card in cards if card.starts_on is not None]
    return day_and_month(min(days), language) if days else ""


# These two are in every mail of a site.
@lru_cache(maxsize=64)
def organisation(site: Site) -> Organisation:
    return Organisation(
        name=one_line(site.name),
        url=http_url(site.public_url) or "",
        language=language_of(site.language).code,
        postal_address=one_line(site.postal_address),
    )


@lru_cache(maxsize=256)
def subscription(feed_url: str | None, site: Site) -> Subscription | None:
    address = http_url(feed_url)
    if address is None:
        return None
    return Subscription(url=address, links=subscribe_links(address, one_line(site.name), site.language))


def _said_in(view: Event, language: str) -> Event:
    """The event with what stands where something was left out in these readers' language."""
    say = language_of(language).say
    if say(REMOVED) == REMOVED:
        return view
    title = say(UNTITLED) if "title" in view.private and view.title == UNTITLED else view.title
    place = view.location.replace(REMOVED, say(REMOVED)) if view.location else view.location
    title, summary = (text.replace(REMOVED, say(REMOVED)) for text in (title, view.summary))
    return replace(view, title=title, summary=summary, location=place)


def _paragraphs(text: str) -> tuple[str, ...]:
    text = clean_text(text)
    blocks = _PARAGRAPH_END.split(text) if "\n" in text else (text,)
    return tuple(" ".join(block.split()) for block in blocks if block.strip())
