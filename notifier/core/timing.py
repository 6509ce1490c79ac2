"""When announcements and reminders about one event are due, and until when they are of use."""

from __future__ import annotations

from datetime import datetime

from notifier.core.asking import MOVED, Ask, Timing
from notifier.core.delivery import FINAL
from notifier.core.event import AllDay, Reason, Timed
from notifier.core.rule import Offset
from notifier.core.schedule import (
    EXEMPT_BEFORE_START,
    grace_of,
    is_open,
    last_open,
    next_open,
    reminder_due,
    starts_at,
    useful_until,
)

#: Refusals that are about its own day only.
_OF_ITS_OWN_DAY = frozenset({"no-open-hour", "changed-late"})


def announcement_time(ask: Ask) -> Timing:
    """Once the event's text has been settled for a while, in the sending hours, before it starts."""
    hours, site_zone = ask.rules.hours, ask.rules.site.timezone
    until = starts_at(ask.event, ask.zone)
    due = max(ask.seen.first_seen_at, ask.seen.changed_at) + ask.rules.settle_announce
    if ask.seen.first_seen_at <= ask.baseline:
        return Timing(due=due, until=until, refusal=ask.before_baseline())
    # It can't move back to before the content was settled, so it moves on to the next open instant.
    due = next_open(due, hours, site_zone)
    is_late = due <= ask.now < until and not is_open(ask.now, hours, site_zone)
    late = next_open(ask.now, hours, site_zone) if is_late else due
    # Nothing was missed where it was too late from the beginning.
    if late >= until:
        text = "The event starts before its announcement could go out."
        return Timing(due=due, until=until, refusal=Reason(code="too-late", text=text))
    return Timing(due=late, until=until)


def reminder_time(ask: Ask) -> Timing:
    """As its rule counts, moved into the sending hours; nothing that was due before the event was known."""
    offset = ask.rule.when
    if offset is None:
        raise ValueError(f"The reminder rule {ask.rule.name} has no `when`.")
    nominal = reminder_due(offset, ask.event, ask.zone)
    useful = useful_until(ask.event, offset, ask.zone)
    until = min(nominal + grace_of(ask.rule), useful)
    if nominal <= ask.known_at:
        return Timing(due=nominal, until=until, refusal=_already_due(ask, nominal))
    if nominal >= useful:
        text = "It would be due only when it is no longer of use: the event has begun by then."
        return Timing(due=nominal, until=until, refusal=Reason(code="too-late", text=text))
    if isinstance(ask.event.when, AllDay) and offset.at is None:
        # It may get a time yet; until then nobody can let it go "two hours before".
        unsure, whole = "It isn't known at what time it starts", "It has no start time, being a whole-day event"
        text = f"{unsure if ask.event.doubts else whole}, so there is nothing to count hours from."
        return Timing(due=nominal, until=until, refusal=Reason(code="whole-day", text=text))
    stable = _stable_at(ask)
    if stable >= until:
        text = f"Its text was still changing until {ask.moment(stable)}, when this reminder is no longer of use."
        return Timing(due=nominal, until=until, refusal=Reason(code="changed-late", text=text))
    return _in_hours(ask, offset, nominal, stable, until)


def moved_time(ask: Ask, timing: Timing) -> Timing:
    """When it is due as it was moved for the sake of other mails; its own `timing` as long as that time is to come.

    Neither an edit after its own time, nor whoever holds it, nor a provider that fails, brings its own day back.
    """
    row, moved = ask.row, _why_moved(ask)
    # Without an open hour left its own time, which had moved back into the hours, has passed.
    has_no_hour = timing.refusal is not None and timing.refusal.code == "no-open-hour"
    own = min(timing.due, own_time_of_moved(ask) or timing.due)
    if row is None or not moved or (ask.now < own and not has_no_hour):
        return timing
    if timing.refusal is not None and timing.refusal.code not in _OF_ITS_OWN_DAY:
        return timing
    offset = ask.rule.when
    useful = useful_until(ask.event, offset, ask.zone) if offset else timing.until
    until = min(row.expires_at, useful)
    stable = max(row.due_at, _stable_at(ask)) if offset else row.due_at
    due = _within_hours(ask, offset, stable, until, may_move_back=False)
    if due >= until:
        text = f"It was moved to {ask.moment(row.due_at)}, and there is no sending hour left before {ask.moment(until)}, when it stops being of use."
        return Timing(due=row.due_at, until=until, refusal=Reason(code="too-late", text=text), moved=moved)
    return Timing(due=due, until=until, moved=moved)


def own_time_of_moved(ask: Ask) -> datetime | None:
    """When a reminder that was moved would have gone out, had nothing come in its way: an edit doesn't put that off.

    None for what was not moved.
    """
    if ask.rule.when is None or not _why_moved(ask):
        return None
    return reminder_due(ask.rule.when, ask.event, ask.zone)


def _why_moved(ask: Ask) -> tuple[Reason, ...]:
    if ask.row is None or ask.row.status in FINAL:
        return ()
    return tuple(reason for reason in ask.row.reasons if reason.code == MOVED)


def _in_hours(ask: Ask, offset: Offset, nominal: datetime, stable: datetime, until: datetime) -> Timing:
    due = _within_hours(ask, offset, max(nominal, stable), until, may_move_back=stable <= nominal)
    if due < until:
        return Timing(due=due, until=until)
    text = f"There is no sending hour left before it stops being of use ({ask.moment(until)})."
    refusal = Reason(code="no-open-hour", text=text) if until > ask.now else None
    # The time it would have had, not the opening that comes too late for it.
    return Timing(due=max(nominal, stable), until=until, refusal=refusal)


def _within_hours(ask: Ask, offset: Offset | None, due: datetime, until: datetime, *, may_move_back: bool) -> datetime:
    hours, zone = ask.rules.hours, ask.rules.site.timezone
    handed_over_at = ask.now if due <= ask.now < until else due
    timed = isinstance(ask.event.when, Timed) and offset is not None and offset.side == "before"
    if timed and handed_over_at >= starts_at(ask.event, ask.zone) - EXEMPT_BEFORE_START:
        return due
    if not is_open(due, hours, zone):
        back = last_open(due, hours, zone)
        due = back if may_move_back and back > ask.known_at else next_open(due, hours, zone)
    if due <= ask.now < until and not is_open(ask.now, hours, zone):
        return next_open(ask.now, hours, zone)
    return due


def _stable_at(ask: Ask) -> datetime:
    """When the authors' edits have settled. What a baseline saw counts as stable."""
    first, changed = ask.seen.first_seen_at, ask.seen.changed_at
    new = first + ask.rules.settle_announce if first > ask.baseline else first
    edited = changed + ask.rules.settle_change if changed > max(first, ask.baseline) else first
    return max(new, edited)


def _already_due(ask: Ask, nominal: datetime) -> Reason:
    if nominal <= ask.baseline:
        return ask.before_baseline()
    seen = ask.moment(ask.seen.first_seen_at)
    return Reason(
        code="announced-late",
        text=f"It was due {ask.moment(nominal)}, before the event was first seen ({seen}).",
    )
