"""Follow-ups: a write-up or a recording has appeared, for those who were told of the event."""

from __future__ import annotations

from datetime import datetime, timedelta

from notifier.core.asking import Ask, Timing
from notifier.core.event import Reason
from notifier.core.facts import is_off
from notifier.core.schedule import ends_at, is_open, next_open

#: Later than this after it appeared, a write-up is no news.
FOLLOW_UP_SPAN = timedelta(days=14)
#: Why there is no follow-up: of no interest unless somebody asks.
NOTHING_TO_FOLLOW = frozenset({"told-nothing", "told-off", "off", "no-write-up", "not-over"})


def follow_up_time(ask: Ask) -> Timing:
    """Once its text has been settled for a while, in the sending hours, within two weeks of its appearing."""
    appeared = _appeared_at(ask)
    settled = max(appeared or ask.seen.first_seen_at, ask.seen.changed_at) + ask.rules.settle_announce
    due, until = settled, (appeared or settled) + FOLLOW_UP_SPAN
    if refusal := _refusal(ask, appeared):
        return Timing(due=due, until=max(due, until), refusal=refusal)
    hours, zone = ask.rules.hours, ask.rules.site.timezone
    due = next_open(due, hours, zone)
    if due <= ask.now and not is_open(ask.now, hours, zone):
        due = next_open(ask.now, hours, zone)
    return Timing(due=due, until=until)


def _appeared_at(ask: Ask) -> datetime | None:
    """When the first of the two appeared, of those that are still there."""
    written_up_at = ask.seen.written_up_at if ask.event.status == "past" else None
    recorded_at = ask.seen.recorded_at if ask.event.recording_url is not None else None
    return min(filter(None, (written_up_at, recorded_at)), default=None)


def _refusal(ask: Ask, appeared: datetime | None) -> Reason | None:
    told = ask.told
    if told is None:
        return Reason(code="told-nothing", text="This audience was told nothing about it.")
    if is_off(told.facts):
        return Reason(code="told-off", text="They were told that it is off.")
    if ask.event.status in ("cancelled", "postponed"):
        return ask.because("off", f"It is {ask.event.status}.", "status")
    if appeared is None:
        return Reason(code="no-write-up", text="There is no write-up or recording yet.")
    if ends_at(ask.event, ask.rules.site.timezone) > ask.now:
        return Reason(code="not-over", text="It is not over yet.")
    if appeared <= ask.baseline:
        return ask.before_baseline()
    return None
