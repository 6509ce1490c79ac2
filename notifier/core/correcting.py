"""Told against true: the smallest correction when an audience was told something about an event that no longer holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.asking import Ask, Timing
from notifier.core.delivery import Told
from notifier.core.event import AllDay, Event, Reason, When
from notifier.core.facts import Difference, differences, facts_of, is_off, when_of, worth_telling
from notifier.core.schedule import EXEMPT_BEFORE_START, is_open, next_open, starts_at

#: Why nothing is corrected: of no interest unless somebody asks.
NOTHING_TO_CORRECT = frozenset({"told-nothing", "still-true", "write-up", "off", "not-off"})
_WORDS = {"when": "the time", "location": "the place", "join_url": "the link", "status": "whether it takes place"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """When a correction is due, and what a person must be asked before it goes out."""

    timing: Timing
    differing: tuple[Difference, ...] = ()
    questions: tuple[Reason, ...] = ()


def correction(ask: Ask, coming: datetime | None) -> Correction:
    """What a change or cancellation rule makes of what the audience was told.

    Nothing to those who were told nothing; nothing about what is still true; nothing once what was told is over.
    `coming` is when a reminder will tell them the rest anyway: then what was only added can wait for it.
    """
    told, facts = ask.told, facts_of(ask.event)
    due = ask.seen.changed_at + ask.rules.settle_change
    if told is None:
        text = "This audience was told nothing about it, so there is nothing to correct."
        return _nothing(due, Reason(code="told-nothing", text=text))
    found = differences(told.facts, facts)
    if refusal := _nothing_to_correct(ask, told, found):
        return _nothing(due, refusal)
    if ask.seen.changed_at <= ask.baseline:
        return _nothing(due, ask.before_baseline())
    if coming is not None and all(one.is_addition for one in found if one.field != "title"):
        text = f"What was told is still true; the reminder due {ask.moment(coming)} says what is new."
        return _nothing(due, Reason(code="reminder-says", text=text))
    return Correction(timing=_timing(ask, told), differing=found, questions=tuple(_questions(ask)))


def _nothing(due: datetime, refusal: Reason) -> Correction:
    return Correction(timing=Timing(due=due, until=due, refusal=refusal))


def _nothing_to_correct(ask: Ask, told: Told, found: tuple[Difference, ...]) -> Reason | None:
    off = is_off(facts_of(ask.event))
    if ask.event.status == "past":
        return ask.because("write-up", "It is a write-up of something that has happened.", "status")
    if ask.rule.kind == "cancellation" and (not off or is_off(told.facts)):
        text = "They were told that it is off." if off else "It takes place."
        return ask.because("not-off", text, "status")
    if ask.rule.kind == "change" and off:
        return ask.because("off", "It is off; that is a cancellation, not a change.", "status")
    if not worth_telling(found):
        return Reason(code="still-true", text="What they were told is still true.")
    return None


def _timing(ask: Ask, told: Told) -> Timing:
    """After the edits have settled, in the sending hours; earlier where that would come too late for those who go there."""
    told_start, new_start = _start(ask, when_of(told.facts)), _start(ask, ask.event.when)
    until = told_start if ask.rule.kind == "cancellation" else new_start
    first = min((at for at in (told_start, new_start) if at > ask.seen.changed_at), default=until)
    due = ask.seen.changed_at + _settling(ask, first)
    due = _within_hours(ask, due, first)
    # What was told while the edit was settling is corrected from then on, never before.
    return Timing(due=max(due, told.at), until=until)


def _settling(ask: Ask, first: datetime) -> timedelta:
    """How long to wait for more edits: never more than half of the time that is left."""
    left = max(first - ask.seen.changed_at, timedelta(0))
    return min(ask.rules.settle_change, left / 2)


def _within_hours(ask: Ask, due: datetime, first: datetime) -> datetime:
    hours, zone = ask.rules.hours, ask.rules.site.timezone
    handed_over_at = max(due, ask.now)
    if is_open(handed_over_at, hours, zone):
        return due
    opening = next_open(handed_over_at, hours, zone)
    # By the time the hours open, people may be on their way.
    return due if opening > first - EXEMPT_BEFORE_START else opening


def _start(ask: Ask, when: When | None) -> datetime:
    """The first instant; for something without a date, long ago."""
    if when is None:
        return ask.seen.first_seen_at
    return starts_at(replace(ask.event, when=when), ask.zone)


def _questions(ask: Ask) -> Iterator[Reason]:
    yield from ask.event.doubts
    if ask.event.when is None:
        text = "It has no date any more, and this audience was told one. If it is put off, let this go out; if not, write the date again."
        yield ask.because("date-gone", text, "when")
    if not ask.event.published:
        text = "It is no longer published, and this audience was told of it. If it is off, let this go out; if not, publish it again."
        yield ask.because("taken-back", text, "published")


def describe(found: tuple[Difference, ...]) -> str:
    """What differs, for a person: "the time and the place"."""
    named = [_WORDS[one.field] for one in found if one.field in _WORDS]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1] if named else "")))


def is_over(event: Event, told: Told, now: datetime, zone: str) -> bool:
    """Whether what was told has begun, or a whole day of it is over."""
    when = when_of(told.facts)
    if when is None:
        return True
    if isinstance(when, AllDay):
        return starts_at(replace(event, when=when), zone) + timedelta(days=1) <= now
    return starts_at(replace(event, when=when), zone) <= now
