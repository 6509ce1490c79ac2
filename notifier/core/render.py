"""A delivery and its events in, a message out. Templates reach this as text; what they show is untrusted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, get_args

from notifier.core.cards import (
    Card,
    Group,
    Organisation,
    Subscription,
    card_of,
    first_day,
    grouped,
    news_of,
    organisation,
    subscription,
)  # fmt: skip
from notifier.core.delivery import Delivery
from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import OFF, Facts, when_of
from notifier.core.fixed_words import passing_words
from notifier.core.ics import NOBODY, can_organise, has_date, render_event_file, render_invitation
from notifier.core.inlining import inlined
from notifier.core.languages import language_of
from notifier.core.leaving import SLOT, UNSUBSCRIBE, without_slot
from notifier.core.marks import unmarked, without_marks
from notifier.core.message import Message
from notifier.core.note import NO_NOTE, Note, note_of
from notifier.core.note_shown import refuse_unshown
from notifier.core.plain import clean_text, cut, http_url, one_line
from notifier.core.preheader import preheader
from notifier.core.retold import called_off, readers_view
from notifier.core.rule import Audience, Kind, Site
from notifier.core.samples import Sample, samples
from notifier.core.schedule import starts_at
from notifier.core.soon import Occasion, When
from notifier.core.templates import Templates, fill, missing, problem_at, syntax_problems
from notifier.errors import Problem, UserError

__all__ = ["KINDS", "PARTS", "Entry", "Letter", "Templates", "check_templates", "render", "render_sample", "written"]

#: The kinds of message that have templates: all.
KINDS: tuple[Kind, ...] = get_args(Kind)
PARTS = ("subject", "html", "txt")

_SUBJECT_UNITS = 150
#: Kinds that put nothing into anybody's calendar: a list of events, and what is over.
_WITHOUT_FILE = frozenset({"digest", "follow_up"})
#: A title is cut no shorter than this for the sake of the rest of a subject.
_LEAST_TITLE = 40
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything a template may name. `event` is the first of `events`, None where there is none.

    A digest's events stand in `groups` (coming up) and `later` (new, and beyond that); `starting` is the first day.
    `leave_url` is where each reader unsubscribes, "" where the list's own server writes that into its mails.
    """

    site: Organisation
    kind: str
    feed: Subscription | None
    has_file: bool
    why: str
    events: tuple[Card, ...] = ()
    event: Card | None = None
    groups: tuple[Group, ...] = ()
    later: tuple[Card, ...] = ()
    starting: str = ""
    note: Note = NO_NOTE
    subject: str = ""
    preheader: str = ""
    leave_url: str = ""
    when: When = field(default_factory=When, repr=False, compare=False)

    def names(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A calendar file, and its method (RFC 5546)."""

    content: bytes
    method: Literal["PUBLISH", "REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Readers:
    """What is needed to say of an event what its readers may know and have not been told."""

    kind: Kind
    site: Site
    occasion: Occasion
    public: bool
    told: Mapping[str, Facts]
    new: frozenset[str]
    with_links: bool = True

    def view(self, event: Event) -> Event:
        if self.kind == "cancellation":
            return called_off(event, self.told.get(event.uid), public=self.public)
        return readers_view(event, public=self.public)

    def card(self, event: Event) -> Card:
        news = news_of(event, self.told.get(event.uid), self.site, public=self.public, zone=self.occasion.zone)
        is_new = event.uid in self.new
        card = card_of(
            self.view(event), self.site, occasion=self.occasion, is_new=is_new, news=news, with_links=self.with_links
        )
        return without_marks(card)

    def starts_at(self, event: Event) -> datetime:
        """When it starts as far as they may know; the end of time where they may not."""
        view = self.view(event)
        return _LAST if view.when is None else starts_at(view, self.site.timezone)


def render(
    delivery: Delivery,
    events: Sequence[Event],
    *,
    site: Site,
    templates: Templates,
    feed_url: str | None,
    entry: Entry | None,
    audience_is_public: bool,
    audience: Audience | None = None,
    at: datetime | None = None,
    told: Mapping[str, Facts] = {},
    new: frozenset[str] = frozenset(),
    until: datetime | None = None,
    note: str = "",
    subject: str = "",
    only_subject: bool = False,
    relative: bool = True,
) -> Message:
    """The message of a delivery about its events as they are now.

    For a public audience every non-public value is left out. `entry` becomes the calendar file where the kind has one
    and its date is known. `told` holds, by uid, what this audience was last told. For digests: `new` are the uids of
    events it hasn't been told of, and those of them that start after `until` stand apart from what is coming up.
    It is in the language of `audience`, else of the site. What is true for a while only is said as of `at`, or when it is due
    if that is later; where a person still has to send it (not `relative`), not at all.
    Where the mails of `audience` go to each person, an event's calendar file invites them (or calls it off for them), as
    of `at`, by default when the delivery is due; and the message has a place for each person's way to leave.
    `note` is a person's Markdown that stands above the events. For one-off mails, which alone may have none: `subject`
    takes the place of the event's title. With `only_subject` the rest of the message is left empty.
    Raises UserError, with the template and its line, when a template is wrong.
    """
    at = at or delivery.due_at
    occasion = _occasion(site, audience, max(at, delivery.due_at), relative=relative)
    site = replace(site, language=occasion.language)
    readers = _Readers(
        kind=delivery.kind, site=site, occasion=occasion, public=audience_is_public, told=told, new=new,
        with_links=not only_subject,
    )  # fmt: skip
    said = note_of(note, base=_base(site, events, readers)) if note else NO_NOTE
    _refuse_empty(delivery, events, note=said, subject=subject)
    file = None if only_subject else _calendar(delivery, entry, readers, audience=audience, at=at)
    given = cut(unmarked(one_line(subject)), _SUBJECT_UNITS)
    about = _digest(events, readers, until) if delivery.kind == "digest" else _about(events, readers)
    shown = preheader(delivery.kind, about["events"], said, language_of(site.language))
    letter = Letter(
        **_addressed(delivery, site, audience, feed_url), **about,
        has_file=file is not None, note=said, subject=given, preheader=shown,
    )  # fmt: skip
    return _subject_alone(letter, templates) if only_subject else _write(letter, templates, file)


def _occasion(site: Site, audience: Audience | None, at: datetime, *, relative: bool) -> Occasion:
    zone, language = (audience.timezone, audience.language) if audience is not None else (None, None)
    spoken = language_of(language or site.language)
    return Occasion(at=at, zone=zone or site.timezone, language=spoken.code, relative=relative)


def _addressed(delivery: Delivery, site: Site, audience: Audience | None, feed_url: str | None) -> dict[str, Any]:
    """What every letter to these readers says, whatever it is about."""
    return {
        "site": _organisation(site),
        "kind": delivery.kind,
        "feed": subscription(feed_url, site),
        "why": _why(delivery.audience, site.name, site.language),
        "leave_url": audience.leave_url if audience is not None and audience.each else "",
    }


@lru_cache(maxsize=64)
def _organisation(site: Site) -> Organisation:
    return without_marks(organisation(site))


@lru_cache(maxsize=256)
def _why(audience: str, name: str, language: str) -> str:
    sentence = "You receive this because you are on the list “{audience}” of {organisation}."
    return language_of(language).say(sentence, audience=one_line(audience), organisation=one_line(name))


def _about(events: Sequence[Event], readers: _Readers) -> dict[str, Any]:
    """What a letter says of these events."""
    cards = tuple(map(readers.card, events))
    return {"events": cards, "event": cards[0] if cards else None}


def _digest(events: Sequence[Event], readers: _Readers, until: datetime | None) -> dict[str, Any]:
    """What a letter says of each event once, by its start: what is coming up, and what is new and lies beyond that."""
    once = {event.uid: event for event in events}
    starts = {event.uid: readers.starts_at(event) for event in once.values()}
    ordered = sorted(once.values(), key=lambda event: (starts[event.uid], event.uid))
    about = _about(ordered, readers)
    beyond = {uid for uid, start in starts.items() if until and uid in readers.new and start > until}
    pairs = list(zip(ordered, about["events"], strict=True))
    language = readers.site.language
    return about | {
        "groups": grouped([card for event, card in pairs if event.uid not in beyond], language),
        # Their heading says that they are new.
        "later": tuple(replace(card, is_new=False) for event, card in pairs if event.uid in beyond),
        "starting": first_day(about["events"], language),
    }


def _base(site: Site, events: Sequence[Event], readers: _Readers) -> str:
    """Where relative links of a note go out from: the site's own pages, or else that of the first event; "" without either."""
    page = readers.view(events[0]).url if events else None
    folder = http_url(site.public_url)
    return f"{folder.rstrip('/')}/" if folder else http_url(page) or ""


def _refuse_empty(delivery: Delivery, events: Sequence[Event], *, note: Note, subject: str) -> None:
    if delivery.kind != "one_off":
        if not events:
            raise ValueError(f"{delivery.key} has no event to write about.")
        return
    if not events and not one_line(subject):
        raise UserError("This mail has no subject.", "Give it one, or an event, whose title it then takes.")
    if not events and not note:
        raise UserError("This mail says nothing.", "Write its text, or name the event it is about.")


def _calendar(
    delivery: Delivery, entry: Entry | None, readers: _Readers, *, audience: Audience | None, at: datetime
) -> _File | None:
    """The calendar file of a message about one event; None where it has none, or no date that its readers may know."""
    if entry is None or delivery.kind in _WITHOUT_FILE:
        return None
    if delivery.kind == "cancellation":
        entry = replace(entry, event=_as_called_off(entry.event, readers.told.get(entry.event.uid)))
    if audience is not None and audience.each and audience.sender is not None and can_organise(audience.sender):
        return _invitation(entry, readers, organiser=audience.sender, at=at)
    if not has_date(entry, public=True):
        return None
    return _File(content=render_event_file(readers.site, entry), method="PUBLISH")


def _invitation(entry: Entry, readers: _Readers, *, organiser: tuple[str, str], at: datetime) -> _File | None:
    if not has_date(entry, public=readers.public):
        return None
    is_off = not entry.event.published or entry.event.status in OFF
    method: Literal["REQUEST", "CANCEL"] = "CANCEL" if is_off else "REQUEST"
    content = render_invitation(
        readers.site, entry, method=method, attendee=NOBODY, organiser=organiser, at=at, public=readers.public
    )
    return _File(content=content, method=method)


def _as_called_off(event: Event, told: Facts | None) -> Event:
    """The entry that calendars show as called off, whatever the document says; at the time it was told for, if none is left."""
    known = event.when or (when_of(told) if told else None)
    return replace(event, when=known, status=event.status if event.status in OFF else "cancelled")


def _subject_alone(letter: Letter, templates: Templates) -> Message:
    message = Message(subject=_subject(letter, templates), preheader="", html="", text="")
    return replace(message, soon=letter.when.said(), until=letter.when.until())


def _write(letter: Letter, templates: Templates, file: _File | None) -> Message:
    subject = _subject(letter, templates)
    place = _place_of(letter) if letter.leave_url == SLOT else ""
    names = {**letter.names(), "subject": subject, "leave_url": place or letter.leave_url}
    html, text = (fill(templates, f"{letter.kind}/{part}.j2", names, letter.site.language) for part in ("html", "txt"))
    refuse_unshown(letter.note, letter.kind, templates, html=html, text=text)
    html, text = inlined(html), _tidy(text)
    return Message(
        subject=subject,
        preheader=letter.preheader,
        html=_with_slot(html, place),
        text=_with_slot(text, place),
        calendar=file.content if file is not None else None,
        method=file.method if file is not None else "PUBLISH",
        slots=(UNSUBSCRIBE,) if place and any(place in part for part in (html, text)) else (),
        soon=letter.when.said(),
        until=letter.when.until(),
    )


def _place_of(letter: Letter) -> str:
    """What stands in the place of the slot while a message is written: nobody can write the hash of what they write."""
    said = repr(letter).encode(errors="surrogatepass")
    return f"https://example.invalid/{hashlib.sha256(said).hexdigest()}"


def _with_slot(text: str, place: str) -> str:
    """The text with the slot where a template has put it, and nowhere else, whatever authors wrote."""
    plain = without_slot(text)
    return plain.replace(place, SLOT) if place else plain


def written(templates: Templates, folder: str, names: Mapping[str, object]) -> Message:
    """The message of other templates than those of the kinds, which are about no event. `names` has the preheader.

    Raises UserError when a template is wrong.
    """
    subject = cut(one_line(fill(templates, f"{folder}/subject.j2", names)), _SUBJECT_UNITS)
    if not subject:
        what = problem_at(templates, f"{folder}/subject.j2", 1, "The subject is empty.", "Write a subject line here.")
        raise UserError(what)
    html, text = (
        fill(templates, f"{folder}/{part}.j2", {"leave_url": "", **names, "subject": subject})
        for part in ("html", "txt")
    )
    return Message(subject=subject, preheader=str(names["preheader"]), html=inlined(html), text=_tidy(text))


def _subject(letter: Letter, templates: Templates) -> str:
    name = f"{letter.kind}/subject.j2"
    subject = one_line(fill(templates, name, letter.names(), letter.site.language))
    if (surplus := len(subject) - _SUBJECT_UNITS) > 0 and letter.event is not None:
        # A long title gives way to what stands behind it, which mostly says when.
        title = cut(letter.event.title, max(len(letter.event.title) - surplus, _LEAST_TITLE))
        shorter = replace(letter, event=replace(letter.event, title=title))
        subject = one_line(fill(templates, name, shorter.names(), letter.site.language))
    if not subject:
        raise UserError(problem_at(templates, name, 1, "The subject is empty.", "Write a subject line here."))
    return cut(subject, _SUBJECT_UNITS)


_GAP = re.compile(r"\n{3,}")


def _tidy(text: str) -> str:
    """One blank line at most between things, none at the ends, whatever loops and conditions left behind."""
    return _GAP.sub("\n\n", clean_text(text)).strip("\n") + "\n"


def check_templates(templates: Templates) -> tuple[Problem, ...]:
    """Everything that is wrong with the templates, each fault once, in the order of files and lines."""
    problems = [*_missing(templates), *syntax_problems(templates)]
    if not problems:
        problems = [problem for kind in KINDS for sample in samples(kind) for problem in _faults(templates, sample)]
    problems += passing_words(templates)
    # One fault met with two samples may be told with two hints; that of the first, fuller one names more.
    faults: dict[tuple[str, int, str], Problem] = {}
    for problem in problems:
        faults.setdefault((problem.path, problem.line or 0, problem.what), problem)
    return tuple(faults[place] for place in sorted(faults))


def _missing(templates: Templates) -> Iterator[Problem]:
    for name in (f"{kind}/{part}.j2" for kind in KINDS for part in PARTS):
        if name not in templates.texts:
            yield missing(templates, name)


def _faults(templates: Templates, sample: Sample) -> tuple[Problem, ...]:
    try:
        render_sample(templates, sample)
    except UserError as error:
        return error.problems
    return ()


def render_sample(templates: Templates, sample: Sample) -> Message:
    """The message of a made-up delivery, to see what templates do. Raises UserError when one is wrong."""
    return render(
        sample.delivery,
        sample.events,
        site=sample.site,
        templates=templates,
        feed_url=sample.feed_url,
        entry=sample.entry,
        audience_is_public=True,
        audience=sample.audience,
        told=sample.told,
        new=sample.new,
        until=sample.until,
        note=sample.note,
        subject=sample.subject,
    )
