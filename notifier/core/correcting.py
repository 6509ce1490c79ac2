"""Told against true: the smallest correction when an audience was told something about an event that no longer holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from notifier.core.asking import Ask, Timing
from notifier.core.delivery import Told
from notifier.core.event import AllDay, Reason, When
from notifier.core.facts import Difference, differences, facts_of, is_off, when_of, worth_telling
from notifier.core.lag import shown_in_feeds
from notifier.core.public import public_view
from notifier.core.schedule import EXEMPT_BEFORE_START, begins_at, is_open, next_open
from notifier.core.values import record
from notifier.core.zones import end_of_day

#: Why nothing is corrected: of no interest unless somebody asks.
NOTHING_TO_CORRECT = frozenset({"told-nothing", "still-true", "write-up", "off", "not-off"})
_WORDS = {"when": "the time", "location": "the place", "join_url": "the link", "status": "whether it takes place"}


@record(frozen=True, slots=True, kw_only=True)
class Correction:
    """When a correction is due, and what a person must be asked before it goes out."""

    timing: Timing
    differing: tuple[Difference, ...] = ()
    questions: tuple[Reason, ...] = ()


def correction(ask: Ask, coming: datetime | None, projects: Mapping[str, str]) -> Correction:
    """What a change or cancellation rule makes of what the audience was told.

    Nothing to those who were told nothing, unless most of a feed's readers would see the change too late: then a person
    is asked. Nothing about what is still true; nothing once what was told is over.
    `coming` is when a reminder will tell them the rest anyway: then what was only added can wait for it.
    """
    told = ask.told
    if told is not None:
        return _correction(ask, told, differences(told.facts, ask.facts), coming)
    if coming is None and (shown := shown_in_feeds(ask, projects)) is not None:
        told, question = shown
        found = _correction(ask, told, differences(told.facts, facts_of(public_view(ask.event))), coming)
        return replace(found, questions=(question, *found.questions))
    text = "This audience was told nothing about it, so there is nothing to correct."
    return _nothing(ask.seen.changed_at + ask.rules.settle_change, Reason(code="told-nothing", text=text))


def _correction(ask: Ask, told: Told, found: tuple[Difference, ...], coming: datetime | None) -> Correction:
    due = ask.seen.changed_at + ask.rules.settle_change
    if refusal := _nothing_to_correct(ask, told, found):
        return _nothing(due, refusal)
    if coming is not None and all(one.is_addition for one in found if one.field != "title"):
        text = f"What was told is still true; the reminder due {ask.moment(coming)} says what is new."
        return _nothing(due, Reason(code="reminder-says", text=text))
    timing = _timing(ask, told)
    if timing.due >= timing.until:
        return _nothing(timing.due, _too_late(ask, timing))
    return Correction(timing=timing, differing=found, questions=tuple(_questions(ask)))


def _too_late(ask: Ask, timing: Timing) -> Reason:
    """Not missed: it was too late from the beginning."""
    until = ask.moment(timing.until)
    if ask.rule.kind == "cancellation":
        return Reason(code="begun", text=f"What they were told of began on {until}, before this could be told.")
    return Reason(
        code="begun", text=f"It begins on {until}, before this could be told; nothing is sent about the past."
    )


def _nothing(due: datetime, refusal: Reason) -> Correction:
    return Correction(timing=Timing(due=due, until=due, refusal=refusal))


def _nothing_to_correct(ask: Ask, told: Told, found: tuple[Difference, ...]) -> Reason | None:
    off = is_off(ask.facts)
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
    told_when = when_of(told.facts)
    told_start, new_start = _start(ask, told_when), _start(ask, ask.event.when)
    until = _of_use(ask, told_when if ask.rule.kind == "cancellation" else ask.event.when)
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
    return begins_at(when, ask.zone)


def _of_use(ask: Ask, when: When | None) -> datetime:
    """Until when people may still be on their way: its start; for whole days the end of the first."""
    start = _start(ask, when)
    return end_of_day(when.first, ask.zone).astimezone(UTC) if isinstance(when, AllDay) else start


def _questions(ask: Ask) -> Iterator[Reason]:
    yield from ask.event.doubts
    if ask.seen.changed_at <= ask.baseline:
        text = f"It was so already at the first look ({ask.moment(ask.baseline)}), and this audience was told otherwise before."
        yield Reason(
            code="before-first-look", text=f"{text} If they should hear of it, let this go out; if not, skip it."
        )
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
