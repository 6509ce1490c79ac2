"""What one event's keys and prose say together: every field, with its evidence and its doubts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from notifier.core.event import STATED, Access, Event, Evidence, Role, Status
from notifier.core.reading.about import told_page
from notifier.core.reading.access import read_access
from notifier.core.reading.bearing import Bearing, weigh
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.dates import Order
from notifier.core.reading.days import read_days
from notifier.core.reading.entries import Page
from notifier.core.reading.full import read_full
from notifier.core.reading.joining import Invitation, is_booking, read_invitation
from notifier.core.reading.languages import Language, language_named, language_of
from notifier.core.reading.links import report_malformed, report_wrapped, web_address
from notifier.core.reading.mapped import Keys
from notifier.core.reading.pages import page_url, stem_of
from notifier.core.reading.parts import Part
from notifier.core.reading.place import Place, read_place
from notifier.core.reading.plain import cut, visible, words
from notifier.core.reading.prose import MAX_PROSE, LastProse, Prose, Sentence, sentence_of
from notifier.core.reading.recording import read_recording
from notifier.core.reading.shape import Shape
from notifier.core.reading.status import read_status, read_title
from notifier.core.reading.switches import read_notify, read_reminders
from notifier.core.reading.when import Timing, read_when
from notifier.core.reading.zoning import read_zoning

_UID = re.compile(r"[A-Za-z0-9._@+-]{1,255}")
_OURS = {
    "place": "location",
    "register": "join_url",
    "link": "info_url",
    "start": "when",
    "date": "when",
    "project": "projects",
    "recording": "recording_url",
}


def read_event(part: Part, keys: Keys, shape: Shape, last: LastProse) -> Event | None:
    """The event that a part tells of; None, with a problem, where it has no title. Its notes are those of `keys`."""
    page, notes = part.page, keys.notes
    given = keys.text("title", "title")
    keys = keys.in_language(_language(keys, given.value if given else "", shape))
    prose = last.of(page, site_url=shape.site_url, language=keys.language)
    title = given or _heading(prose, page)
    if title is None:
        notes.problem("No title is given.", 'Add title: "…" to the front matter.', field=keys.key("title"))
        return None
    return _event(part, shape, _Read(page=page, keys=keys, prose=prose, title=title), notes)


def _language(keys: Keys, title: str, shape: Shape) -> Language:
    """The language that the document says it is in, else the one of its words."""
    said = keys.texts("language", field="language")
    stated = language_named(said.value[0]) if said and len(said.value) == 1 else None
    return stated or language_of(f"{title}\n{keys.page.body}", shape.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A document taken apart, before it is understood."""

    page: Page
    keys: Keys
    prose: Prose
    title: Candidate[str]


def _heading(prose: Prose, page: Page) -> Candidate[str] | None:
    title = visible(prose.heading or "")
    if not title:
        return None
    evidence = Evidence(field="title", text=title, line=page.body_line, basis="prose")
    return Candidate(field="title", value=title, evidence=evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Understood:
    """What keys and prose together say."""

    title: Candidate[str]
    timing: Timing | None
    invitation: Invitation
    page: Candidate[str] | None
    place: Place
    access: Access
    status: Status
    full: bool
    recording: Candidate[str] | None


def _weighed(sentences: Sequence[Sentence], days: tuple[date, ...], order: Order | None) -> tuple[Bearing, ...]:
    return weigh(sentences, days=days, order=order)


def _understood(read: _Read, shape: Shape, stem: str, notes: Notes) -> _Understood:
    keys, prose = read.keys, read.prose
    title = read_title(read.title)
    zoning = read_zoning(keys, shape.timezone, notes)
    days = read_days(keys, stem, zoning.stated_or_default()[0], notes)
    bearings = prose.once(_weighed, tuple(days.all), keys.times.order) if days else ()
    invitation = read_invitation(keys, bearings, read.title.value, notes)
    # A title may close an event too ("Members only: …").
    heading = sentence_of(words(read.title.value), line=read.title.evidence.line or 1, language=keys.language)
    access = read_access(keys, heading, prose, invitation, notes)
    place = read_place(keys, prose, bearings, invitation.join_url, read.title)
    full = read_full(keys, read.title, bearings)
    invites = (invitation.inviting or invitation.hinting) is not None
    status = notes.take(read_status(keys, title, bearings, notes, invites=invites))
    timing: Timing | None = None
    if days:
        notes.evidence["when"] = days.evidence
        over = status in ("past", "cancelled")
        (named,) = weigh((heading,), days=days.all, order=keys.times.order)
        timing = read_when(keys, days, bearings, place, title=named, zoning=zoning, notes=notes, over=over)
    return _Understood(
        title=read.title if title.status is None else replace(read.title, value=title.text),
        timing=timing,
        invitation=invitation,
        page=told_page(bearings),
        place=place,
        access=notes.take(access) or "unknown",
        status=status or "scheduled",
        full=notes.take(full) is True,
        recording=read_recording(keys, bearings),
    )


def _event(part: Part, shape: Shape, read: _Read, notes: Notes) -> Event:
    keys, prose = read.keys, read.prose
    stem = stem_of(keys.path)
    keys.report_slips()
    body, line, lined = read.page.body[:MAX_PROSE], read.page.body_line, read.page.lined
    report_malformed(body, first_line=line, notes=notes, lined=lined)
    stated = (keys.entry("register"), keys.entry("link"))
    report_wrapped(body, first_line=line, notes=notes, stated=stated, lined=lined)
    notes.take(read.title)
    known = _understood(read, shape, stem, notes)
    timing = known.timing
    _report_long(prose, notes)
    join_url = notes.take(known.invitation.join_url)
    recording_url = _recording(known, join_url, part, notes)
    return Event(
        source=shape.source,
        path=part.path,
        key=part.key,
        title=(keys.shown("title", known.title) or known.title).value,
        when=timing.when if timing else None,
        zone=timing.zone if timing else None,
        zone_basis=timing.basis if timing else None,
        mode=notes.take(known.place.mode) or "unknown",
        location=notes.take(keys.shown("place", known.place.location)),
        join_url=join_url,
        info_url=_page_about(keys, known.page, (join_url, recording_url), notes),
        contact=notes.take(known.invitation.contact),
        access=known.access,
        status=known.status,
        full=known.full,
        published=keys.flag("published") is not False and keys.flag("draft") is not True,
        role=_role(keys, shape, notes),
        category=notes.take(keys.shown("category", keys.text("category", "category"))),
        series=notes.take(keys.shown("series", keys.text("series", "series"))),
        topics=notes.take(keys.texts_shown("topics", field="topics")) or (),
        projects=_projects(keys, notes),
        url=page_url(keys, shape, part, notes),
        recording_url=recording_url,
        image=_image(keys, notes),
        summary=cut(visible(prose.opening)),
        body=read.page.body,
        explicit_uid=_uid(keys),
        notify=read_notify(keys, notes),
        reminders=notes.take(read_reminders(keys, notes)),
        private=_private(keys),
        doubts=tuple(notes.doubts),
        evidence=dict(notes.evidence),
    )


def _report_long(prose: Prose, notes: Notes) -> None:
    if not prose.complete:
        notes.doubt(
            "too-long",
            "Only the first 200,000 characters of the text were read.",
            "Shorten the text; what stands in the rest (a closing notice, a time) is not seen.",
            field="body",
        )


def _page_about(
    keys: Keys, told: Candidate[str] | None, others: tuple[str | None, str | None], notes: Notes
) -> str | None:
    """The front matter's `link`, else the page that the text tells of, unless it is itself the way in or the recording."""
    found = (None if is_booking(keys) else keys.address("link", "info_url")) or told
    if found is None or found.value in others:
        return None
    return notes.take(found)


def _recording(known: _Understood, join_url: str | None, part: Part, notes: Notes) -> str | None:
    """Where it can be watched. Of a text alone it is not known which session it tells of; where people join is none yet."""
    found = known.recording
    if found is None or found.evidence.basis in STATED:
        return notes.take(found)
    if part.session or (found.value == join_url and known.status != "past"):
        return None
    return notes.take(found)


def _image(keys: Keys, notes: Notes) -> str | None:
    """Its address; of a file beside the text (`photo.jpg`) only the site's generator knows it."""
    found = keys.text("image", "image")
    said = found.value if found and found.value.lower().startswith(("https://", "http://", "/")) else ""
    address = web_address(said, keys.site_url)
    return notes.take(replace(found, value=address)) if found and address else None


def _role(keys: Keys, shape: Shape, notes: Notes) -> Role:
    category = keys.text("category", "role")
    if category:
        notes.evidence["role"] = category.evidence
    said = category.value.casefold() if category else ""
    if not shape.own or said in {own.casefold() for own in shape.own}:
        return "organising"
    match said:
        case "speaking":
            return "speaking"
        case "attending":
            return "attending"
        case _:
            return "other"


def _projects(keys: Keys, notes: Notes) -> tuple[str, ...]:
    """Titles; a project named by its file's stem gets its title."""
    projects = keys.library.projects
    named = notes.take(keys.texts_shown("project", "projects", field="projects")) or ()
    return tuple(dict.fromkeys(projects.get(name, name) for name in named))


def _uid(keys: Keys) -> str | None:
    found = keys.text("uid", "uid")
    if found is None:
        return None
    if not _UID.fullmatch(found.value):
        keys.wrong(
            "uid",
            "The uid may only hold letters, digits and . _ @ + - (255 characters at most); it was not used.",
            "Write a plain one, as in uid: spring-fair-2026@example.org, or leave it out.",
        )
        return None
    return found.value


#: One for all: nearly every event hides nothing.
_NOTHING = frozenset[str]()


def _private(keys: Keys) -> frozenset[str]:
    """The fields named by `private`; `private: true` hides everything that lets people in."""
    entry = keys.entry("private")
    if entry is None or entry.value is False:
        return _NOTHING
    everything = frozenset({"location", "join_url", "contact"})
    if entry.value is True:
        return everything
    found = keys.texts("private", field="private")
    known = {field.name for field in fields(Event)}
    names = [_OURS.get(name, name) for name in found.value] if found else []
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        said = ", ".join(unknown) or "nothing"
        keys.wrong("private", f"private names {said}, which is no field.", "Write private: [register, place, contact].")
        return everything | (known & set(names))
    return frozenset(names)
