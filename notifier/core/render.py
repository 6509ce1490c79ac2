"""A delivery and its events in, a message out. Templates reach this as text; what they show is untrusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from css_inline import CSSInliner

from notifier.core.delivery import Delivery
from notifier.core.entry import notes
from notifier.core.event import AllDay, Event, Timed
from notifier.core.ics import Entry, render_event_file
from notifier.core.links import Link, add_links, subscribe_links
from notifier.core.message import Message
from notifier.core.plain import clean_text, contact_url, cut, http_url, one_line
from notifier.core.public import public_view
from notifier.core.rule import Kind, Site
from notifier.core.templates import Templates, fill, missing, problem_at, syntax_problems
from notifier.core.wording import when_lines, when_short
from notifier.errors import Problem, UserError

__all__ = ["KINDS", "PARTS", "Entry", "Templates", "check_templates", "render"]

#: The kinds of message that have templates.
KINDS: tuple[Kind, ...] = ("announcement", "reminder")
PARTS = ("subject", "html", "txt")

_SUBJECT_UNITS = 200
_TITLE_UNITS = 140
_PLACES = {"online": "Online", "hybrid": "In person and online"}
_INLINER = CSSInliner(
    keep_style_tags=True, remove_inlined_selectors=True, keep_at_rules=True, load_remote_stylesheets=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An event as templates see it: clean text and checked links only. Optional things are "" or empty."""

    title: str
    when: str
    when_lines: tuple[str, ...]
    when_short: str
    notes: tuple[str, ...]
    place: str
    paragraphs: tuple[str, ...]
    join_url: str
    info_url: str
    url: str
    contact: str
    contact_url: str
    add_links: tuple[Link, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """Everything a template may name. `event` is the first of `events`."""

    site: Organisation
    kind: str
    events: tuple[Card, ...]
    event: Card
    feed: Subscription | None
    has_file: bool
    why: str
    subject: str = field(default="")
    preheader: str = field(default="")

    def names(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def render(
    delivery: Delivery,
    events: Sequence[Event],
    *,
    site: Site,
    templates: Templates,
    feed_url: str | None,
    entry: Entry | None,
    audience_is_public: bool,
) -> Message:
    """The message of a delivery about its events as they are now.

    For a public audience every non-public value is left out. `entry` becomes the calendar file. Raises UserError,
    with the template and its line, when a template is wrong.
    """
    if not events:
        raise ValueError(f"{delivery.key} has no event to write about.")
    shown = [public_view(event) for event in events] if audience_is_public else list(events)
    cards = tuple(_card(event, site) for event in shown)
    letter = _Letter(
        site=_organisation(site),
        kind=delivery.kind,
        events=cards,
        event=cards[0],
        feed=_subscription(feed_url, site),
        has_file=entry is not None,
        why=f"You receive this because you are on the list “{one_line(delivery.audience)}” of {one_line(site.name)}.",
        preheader=_preheader(cards[0]),
    )
    calendar = render_event_file(site, entry) if entry else None
    return _write(letter, templates, calendar)


def _write(letter: _Letter, templates: Templates, calendar: bytes | None) -> Message:
    names = letter.names()
    subject_name = f"{letter.kind}/subject.j2"
    subject = cut(one_line(fill(templates, subject_name, names)), _SUBJECT_UNITS)
    if not subject:
        raise UserError(problem_at(templates, subject_name, 1, "The subject is empty.", "Write a subject line here."))
    names["subject"] = subject
    html = fill(templates, f"{letter.kind}/html.j2", names)
    text = fill(templates, f"{letter.kind}/txt.j2", names)
    return Message(
        subject=subject,
        preheader=letter.preheader,
        html=_inlined(html),
        text=_tidy(text),
        calendar=calendar,
    )


def _card(event: Event, site: Site) -> Card:
    title = cut(one_line(event.title) or "Untitled event", _TITLE_UNITS)
    lines = when_lines(event, site.timezone, site.language)
    contact = contact_url(event.contact) or ""
    return Card(
        title=title,
        when="; ".join(lines),
        when_lines=lines,
        when_short=when_short(event, site.timezone, site.language),
        notes=notes(event),
        place=one_line(event.location or "") or _PLACES.get(event.mode, ""),
        paragraphs=_paragraphs(event.summary),
        join_url=http_url(event.join_url) or "",
        info_url=http_url(event.info_url) or "",
        url=http_url(event.url) or "",
        contact=contact.removeprefix("mailto:"),
        contact_url=contact,
        add_links=add_links(event, site),
    )


def _organisation(site: Site) -> Organisation:
    return Organisation(
        name=one_line(site.name),
        url=http_url(site.public_url) or "",
        language=one_line(site.language) or "en",
        postal_address=one_line(site.postal_address),
    )


def _subscription(feed_url: str | None, site: Site) -> Subscription | None:
    address = http_url(feed_url)
    return Subscription(url=address, links=subscribe_links(address, one_line(site.name))) if address else None


def _preheader(card: Card) -> str:
    return " · ".join(filter(None, (card.when, card.place)))


def _paragraphs(text: str) -> tuple[str, ...]:
    blocks = re.split(r"\n\s*\n", clean_text(text))
    return tuple(" ".join(block.split()) for block in blocks if block.strip())


def _tidy(text: str) -> str:
    """One blank line at most between things, none at the ends, whatever loops and conditions left behind."""
    return re.sub(r"\n{3,}", "\n\n", clean_text(text)).strip("\n") + "\n"


def _inlined(html: str) -> str:
    return clean_text(_INLINER.inline(html)).strip() + "\n"


_DAY = datetime(2026, 12, 9, 14, tzinfo=UTC)
_SITE = Site(
    id="sample",
    name="Example Organisation",
    domain="example.org",
    url="https://www.example.org",
    public_url="https://www.example.org",
    timezone="Europe/London",
    postal_address="1 Example Street",
)
#: Between them they take both sides of every condition a template is likely to have.
_SAMPLES = (
    Event(
        uid="full@example.org",
        source="sample",
        path="full.md",
        title="A sample event",
        when=Timed(starts_at=_DAY, ends_at=_DAY.replace(hour=15)),
        zone="America/New_York",
        zone_basis="stated",
        mode="hybrid",
        location="1 Example Street",
        join_url="https://meet.example.org/sample",
        info_url="https://www.example.org/about",
        contact="mailto:events@example.org",
        access="open",
        url="https://www.example.org/events/sample",
        summary="One paragraph.\n\nAnother paragraph.",
    ),
    Event(
        uid="least@example.org",
        source="sample",
        path="least.md",
        title="A day",
        when=AllDay(first=_DAY.date(), last=_DAY.date()),
    ),
)


def check_templates(templates: Templates) -> tuple[Problem, ...]:
    """Everything that is wrong with the templates, each fault once, in the order of files and lines."""
    problems = [*_missing(templates), *syntax_problems(templates)]
    if not problems:
        problems = [problem for kind in KINDS for sample in _SAMPLES for problem in _faults(templates, kind, sample)]
    # One fault met with two samples may be told with two hints; that of the first, fuller one names more.
    faults: dict[tuple[str, int, str], Problem] = {}
    for problem in problems:
        faults.setdefault((problem.path, problem.line or 0, problem.what), problem)
    return tuple(faults[place] for place in sorted(faults))


def _missing(templates: Templates) -> Iterator[Problem]:
    for name in (f"{kind}/{part}.j2" for kind in KINDS for part in PARTS):
        if name not in templates.texts:
            yield missing(templates, name)


def _faults(templates: Templates, kind: Kind, sample: Event) -> tuple[Problem, ...]:
    delivery = Delivery(
        key=f"{kind}/sample",
        kind=kind,
        rule="sample",
        audience="sample",
        provider="sample",
        event_uids=(sample.uid,),
        due_at=_DAY,
        expires_at=_DAY,
        status="planned",
    )
    full = sample.url is not None
    entry = Entry(event=sample, sequence=0, created_at=_DAY, modified_at=_DAY) if full else None
    feed_url = "https://www.example.org/feeds/all.ics" if full else None
    try:
        render(
            delivery,
            [sample],
            site=_SITE,
            templates=templates,
            feed_url=feed_url,
            entry=entry,
            audience_is_public=True,
        )
    except UserError as error:
        return error.problems
    return ()
