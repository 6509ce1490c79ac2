"""The proposal: every family of files profiled, its readings tried on the documents, the best of them kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from notifier.core.event import Document, Timed
from notifier.core.proposal.addresses import pages_of
from notifier.core.proposal.columns import Column
from notifier.core.proposal.families import families_of
from notifier.core.proposal.fields import own_categories
from notifier.core.proposal.offsets import Meaning, meaning_of_offsets
from notifier.core.proposal.presetting import shortened
from notifier.core.proposal.profile import Profile, profile_of
from notifier.core.proposal.proposed import Choice, Group, Proposal, SiteFacts, Trial
from notifier.core.proposal.settling import settled_language, settled_zone, texts_under
from notifier.core.proposal.sites import facts_of
from notifier.core.proposal.timing import Timing
from notifier.core.proposal.translations import translated
from notifier.core.proposal.trial import sampled, tried
from notifier.core.proposal.vocabulary import counted, folded
from notifier.core.reading.document import read_document
from notifier.core.reading.shape import Pick, Shape, Times

SOURCE = "site"
Order = Literal["day-first", "month-first"]
_ORDERED = re.compile(r"\s{0,3}(\d{1,2})/(\d{1,2})/\d{2,4}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """What holds for all groups."""

    facts: SiteFacts
    zone: str
    language: str

    @property
    def url(self) -> str:
        return self.facts.url or "https://www.example.org"


def propose(documents: Sequence[Document], *, timezone: str | None = None) -> Proposal:
    """What config.yaml should say about a site of which these are the files. `timezone` is the zone if it is known."""
    facts = facts_of(documents)
    profiles: list[Profile] = []
    rejected: list[str] = []
    families = list(families_of(documents))
    copies = translated(families)
    for family in families:
        found = profile_of(family)
        if isinstance(found, Profile):
            profiles.append(replace(found, choices={**copies.get(family.folder, {}), **found.choices}))
        elif found is not None:
            rejected.append(found)
    language, language_why = settled_language(facts, profiles)
    zone, zone_why = settled_zone(facts, profiles, language, timezone)
    site = _Site(facts=facts, zone=zone, language=language)
    groups = [(profile, _group(profile, site)) for profile in profiles]
    kept = list(_worth_it(groups, rejected))
    return Proposal(
        facts=facts, timezone=zone, timezone_why=zone_why, language=language, language_why=language_why,
        groups=tuple(kept), projects=_projects(documents, profiles), rejected=tuple(rejected), checks=tuple(_checks(facts, kept, zone_why)),
    )  # fmt: skip


def _projects(documents: Sequence[Document], profiles: Sequence[Profile]) -> str | None:
    """The files of projects, where events name projects."""
    named = any(key in profile.columns for profile in profiles for key in ("project", "projects"))
    return (
        "_projects/*.md" if named and any(re.fullmatch(r"_projects/[^/]+\.md", one.path) for one in documents) else None
    )


def _group(profile: Profile, site: _Site) -> Group:
    """The best reading of a family, tried on all of its documents."""
    base, why = _base(profile, site)
    best = _best(profile, base)
    choices = {**profile.choices, **best.timing.choices}
    if best.meaning is not None:
        why["times.offsets"] = best.meaning.why
    if way := best.shape.fields.get("url"):
        choices["url"] = Choice(ways=way, why=why.get("url", ""))
    family = profile.family
    everything = (*family.documents, *family.unread)
    preset, shape, trial = None, best.shape, tried(everything, best.shape)
    for short in shortened(family, shape, choices)[:1]:
        again = tried(everything, short.shape)
        if again.merit >= trial.merit and len(short.choices) <= len(choices):
            preset, shape, trial, choices = short.preset, short.shape, again, dict(short.choices)
    return Group(
        files=family.files, exclude=family.exclude, preset=preset, shape=shape,
        choices={name: choices[name] for name in sorted(choices, key=_order)}, why=why,
        trial=trial, documents=len(everything),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """One reading of the times, with what their offsets then mean; `meaning` is None where that makes no difference."""

    timing: Timing
    shape: Shape
    meaning: Meaning | None


def _best(profile: Profile, base: Shape) -> _Candidate:
    """The reading that gives most on a sample; of equal ones the first, which has the better names."""
    candidates = [_candidate(profile, base, timing) for timing in profile.timings]
    if len(candidates) == 1:
        return candidates[0]
    some = sampled(profile.family.documents)
    merits = [tried(some, candidate.shape).merit for candidate in candidates]
    return candidates[merits.index(max(merits))]


def _candidate(profile: Profile, base: Shape, timing: Timing) -> _Candidate:
    shape = replace(base, fields={**base.fields, **{name: choice.ways for name, choice in timing.choices.items()}})
    meaning = _meaning(profile, timing, shape)
    if meaning is None or (meaning.offsets == "trusted" and meaning.sure):
        return _Candidate(timing=timing, shape=shape, meaning=None)
    return _Candidate(
        timing=timing, shape=replace(shape, times=replace(shape.times, offsets=meaning.offsets)), meaning=meaning
    )


_ORDER = (
    "key",
    "title",
    "date",
    "start",
    "end",
    "dates",
    "duration",
    "all_day",
    "timezone",
    "recurrence",
    "place",
    "mode",
    "register",
)


def _order(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _base(profile: Profile, site: _Site) -> tuple[Shape, dict[str, str]]:
    """The shape without the fields that say when, and the reasons of its lines."""
    family = profile.family
    data = family.format == "data"
    why = {"files": counted(len(family.pages), "entry") if data else counted(len(family.documents), "file")}
    pages = pages_of(family, site.facts)
    if pages.why:
        why["url"] = pages.why
    if profile.only:
        why["only"] = profile.only_why
    fields = {name: choice.ways for name, choice in profile.choices.items()}
    if pages.way:
        fields["url"] = (pages.way,)
    own = own_categories(profile.columns, profile.choices)
    if own:
        why["own"] = "the others are other people's events; without this all get reminders"
    order = _order_of_days(profile, site.language)
    if order:
        why["times.dates"] = order[1]
    shape = Shape(
        source=SOURCE, site_url=site.url, timezone=site.zone, format=family.format, lists=family.lists, only=profile.only, sessions=profile.sessions,
        fields=fields, times=Times(order=order[0] if order else None), own=own, page=pages.page,
        languages=tuple(dict.fromkeys((site.language[:2], "en", "de", "fr", "es", "it"))),
    )  # fmt: skip
    return shape, why


def _order_of_days(profile: Profile, language: str) -> tuple[Order, str] | None:
    """Which way 04/05/2026 is meant: by the dates that can be only one of the two."""
    found = [match for timing in profile.timings if timing.day for match in _slashed(timing.day)]
    first = sum(int(match[1]) > 12 for match in found)
    second = sum(int(match[2]) > 12 for match in found)
    if not found or (first and second):
        return None
    if first or second:
        return (
            ("day-first", f"{first} dates can't be read otherwise")
            if first
            else ("month-first", f"{second} dates can't be read otherwise")
        )
    return None if language.startswith("en") else ("day-first", "as the language has it")


def _slashed(column: Column) -> list[re.Match[str]]:
    return [match for entry in column.entries.values() if (match := _ORDERED.match(entry.raw))]


def _meaning(profile: Profile, timing: Timing, shape: Shape) -> Meaning | None:
    if timing.start is None:
        return None
    return meaning_of_offsets(timing.start, shape.timezone, _told(profile, timing.start, shape))


def _told(profile: Profile, start: Column, shape: Shape) -> Mapping[int, time]:
    """The starts that the texts tell, read without the key that says so."""
    if profile.family.format == "data":
        return {}
    day = Pick(keys=(start.path,), match=r"^(\d{4}-\d\d-\d\d)")
    blind = replace(shape, fields={**shape.fields, "start": (), "end": (), "date": (day,)})
    told: dict[int, time] = {}
    for number, document in enumerate(profile.family.documents):
        for event in read_document(document, blind).events[:1]:
            if isinstance(event.when, Timed):
                told[number] = event.when.starts_at.time()
    return told


def _worth_it(groups: Sequence[tuple[Profile, Group]], rejected: list[str]) -> Iterator[Group]:
    """The groups whose events have dates that can be read, without those that tell the same events again."""
    kept: list[tuple[Profile, Group]] = []
    ranked = sorted(groups, key=lambda one: (-_certain(one[1].trial), -one[1].trial.events, one[1].files))
    for profile, group in ranked:
        trial = group.trial
        named = ", ".join(group.files)
        if trial.events == 0 or trial.dated < max(1, trial.events / 2):
            rejected.append(f"{named}: {_came_near(profile, trial)}")
            continue
        same = next((other for other in kept if _is_same(profile, other[0])), None)
        if same is not None:
            rejected.append(f"{named}: tells the same events as {', '.join(same[1].files)}, which says more.")
            continue
        kept.append((profile, group))
    yield from (group for _, group in sorted(kept, key=lambda one: (-one[1].trial.events, one[1].files)))


def _came_near(profile: Profile, trial: Trial) -> str:
    """What these files lack, in the words of what is most often wrong with them."""
    family = profile.family
    noun = "entry" if family.format == "data" else "file"
    often = next((what for what, _ in trial.problems.most_common(1)), "")
    why = f": {often}" if often else "."
    if trial.events == 0:
        return f"none of its {counted(len(family.pages), noun)} can be read as an event{why}"
    dated = f"only {trial.dated} have" if trial.dated else "none has"
    return f"of {counted(trial.events, noun)} {dated} a date that can be read{why}"


def _certain(trial: Trial) -> float:
    return (trial.timed + trial.days / 2) / trial.events if trial.events else 0.0


def _is_same(one: Profile, other: Profile) -> bool:
    """Most titles, or with a name that may mean anything most days, are in both."""
    titles = _shared(
        {folded(text) for text in texts_under(one, "title")}, {folded(text) for text in texts_under(other, "title")}
    )
    if one.family.is_named and not one.family.is_weakly_named:
        return titles >= 0.5
    return titles >= 0.5 or _shared(_days(one), _days(other)) >= 0.6


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one) if len(one) >= 2 else 0.0


def _days(profile: Profile) -> set[str]:
    column = next((timing.day for timing in profile.timings if timing.day), None)
    return {str(stamp.day) for stamp in column.stamps.values() if stamp.day} if column else set()


def _checks(facts: SiteFacts, groups: Sequence[Group], zone_why: str) -> Iterator[str]:
    """What a person has to look at before anything is sent."""
    if facts.url is None:
        yield "site.url and site.domain: the site's files don't say its address."
    if facts.name is None:
        yield "site.name: the site's files don't say it."
    if "look whether" in zone_why:
        yield "site.timezone: nothing in the files settles it."
    for group in groups:
        if not group.trial.timed:
            yield f"start: of {counted(group.trial.events, 'event')} in {', '.join(group.files)} none has a time that can be read for certain."
        if "times.offsets" in group.why and group.shape.times.offsets == "trusted":
            yield f"times.offsets of {', '.join(group.files)}: nothing settles whether the offsets are meant."
