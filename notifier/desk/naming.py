"""Which event, or which delivery, a person means: by uid, path, key, or a part that no other has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import get_args

from notifier.core.decision import is_silent, plan_event
from notifier.core.delivery import Decision, Delivery
from notifier.core.event import Content, Event
from notifier.core.notices import is_notice, notice_of
from notifier.core.plan import decision_of
from notifier.core.rule import Kind, Rules
from notifier.core.zones import moment
from notifier.errors import UserError
from notifier.tick import Look

#: So many are listed where several could be meant.
_LISTED = 20


def find_event(content: Content, name: str) -> Event:
    """The event of a uid, a path, or a unique part of a file name. Raises UserError, naming what comes near."""
    near = events_called(content, name)
    if len(near) == 1:
        return near[0]
    if not near:
        raise UserError(f"No event is called {name!r}.", f"{_guess(content, name)}`notifier events` lists them all.")
    named = ", ".join(event.path if name != event.path else f"{event.uid} in {event.source}" for event in near[:5])
    more = ", …" if len(near) > 5 else ""
    raise UserError(f"{name!r} could be {len(near)} events ({named}{more}).", "Give more of the name, or the path.")


def events_called(content: Content, name: str) -> list[Event]:
    """The events of a uid or a path; where there are none, those with this in their file name."""
    exact = [event for event in content.events if name in (event.uid, event.path)]
    # Below the folder of the shell, the same path has more in front of it.
    near = exact or [event for event in content.events if name.endswith(f"/{event.path}")]
    return near or [event for event in content.events if name.casefold() in _file_name(event)]


def is_key(name: str) -> bool:
    """Whether it looks like the key of a delivery."""
    return "/" in name and name.partition("/")[0] in get_args(Kind)


def decision_on(look: Look, rules: Rules, key: str, *, said: Decision | None = None) -> Delivery | None:
    """What the rules decide about a key, with what a person said last, if anything; None where nothing asks for it.

    That is before it is moved for the sake of others.
    """
    row = look.memory.deliveries.get(key) or _asked_for(look, key)
    memory = look.settled_memory()
    decisions = {name: one for name, one in memory.decisions.items() if name != key}
    if said is not None:
        decisions[key] = said
    if is_notice(row):
        return notice_of(key, look.plan, replace(memory, decisions=decisions), rules, look.at)
    return decision_of(
        row, content=look.content, events=look.events(), memory=replace(memory, decisions=decisions), rules=rules, now=look.at
    )  # fmt: skip


def _asked_for(look: Look, key: str) -> Delivery:
    """As much of a delivery that has no row as its key says."""
    kind, *rest = key.split("/")  # `is_key`: there is a slash
    due = look.at
    with suppress(ValueError, IndexError):
        # A digest is due on the day of its key, in whatever zone; the rest is for the rules to say.
        due = datetime.combine(date.fromisoformat(rest[1]), time(), UTC) + timedelta(days=2)
    return Delivery(
        key=key, kind="digest" if kind == "digest" else "reminder", rule=rest[0], audience=rest[-1], provider="",
        event_uids=tuple(uid for uid in look.events() if f"/{uid}/" in key),
        due_at=due, expires_at=due, status="planned",
    )  # fmt: skip


def standing(look: Look, rules: Rules, key: str) -> Delivery | None:
    """A delivery as it stands now: the ledger's row where no plan may rewrite it, else what is decided about it.

    None for a key that nothing asks for, and nothing ever did.
    """
    row = look.memory.deliveries.get(key)
    if row is not None and not row.is_plannable:
        return row
    wanted = decision_on(look, rules, key, said=look.memory.decisions.get(key))
    if wanted is None:
        return next((one for one in look.plan.withdrawals if one.key == key), row)
    return _as_it_stands(wanted, look)


def find_delivery(look: Look, rules: Rules, name: str, *, fits: Callable[[Delivery], bool], wanted: str) -> Delivery:
    """The delivery of a key, of a part that no other key has, or the one that `fits` about an event.

    Raises UserError with the keys to choose from, or with what comes near. `wanted` ends the sentence "Nothing about it".
    """
    if is_key(name) and (one := standing(look, rules, name)) is not None:
        return one
    called = events_called(look.content, name)
    found = {one.key: one for event in called for one in about(look, rules, event)}
    found = found or {one.key: one for one in _listed(look) if name.casefold() in one.key.casefold()}
    if not found:
        raise unknown(look, name)
    fitting = [one for one in found.values() if fits(one)]
    if len(fitting) == 1 and len(called) <= 1:
        return fitting[0]
    if fitting:
        listed = _table(fitting, look, rules)
        raise UserError(f"{name!r} could be {len(fitting)} deliveries. Give one of these keys:\n{listed}")
    telling = [one for one in found.values() if not is_silent(one)] or found.values()
    raise UserError(f"Nothing about {name!r} {wanted}. There is:\n{_table(telling, look, rules)}")


def about(look: Look, rules: Rules, event: Event) -> tuple[Delivery, ...]:
    """Everything about an event as it stands now, beyond the horizon too; then what else was asked for, by key."""
    decisions = plan_event(event, look.settled_memory(), rules, look.at, projects=look.content.projects)
    asked = {one.key: _as_it_stands(one, look) for one in decisions}
    others = [one for one in _listed(look) if event.uid in one.event_uids and one.key not in asked]
    return (*asked.values(), *sorted(others, key=lambda one: one.key))


def _as_it_stands(wanted: Delivery, look: Look) -> Delivery:
    row = look.memory.deliveries.get(wanted.key)
    if row is not None and not row.is_plannable:
        return row
    return look.plan.given_way.get(wanted.key, wanted) if wanted.status == "planned" else wanted


def _listed(look: Look) -> Iterator[Delivery]:
    """Every row of the ledger and every delivery of the plan, as it stands."""
    rows = look.memory.deliveries
    planned = {one.key: one for one in (*look.plan.deliveries, *look.plan.withdrawals, *look.plan.skips)}
    yield from (row for key, row in rows.items() if not row.is_plannable or key not in planned)
    yield from (one for key, one in planned.items() if key not in rows or rows[key].is_plannable)


def _table(found: Iterable[Delivery], look: Look, rules: Rules) -> str:
    """Each key alone on its line, to be copied; what it is stands below."""
    rows = sorted(found, key=lambda one: (one.due_at, one.key))
    lines = [f"  {one.key}\n    {_what(one, look, rules.site.timezone)}" for one in rows[:_LISTED]]
    return "\n".join([*lines, *(["  …"] if len(rows) > _LISTED else [])])


def _what(one: Delivery, look: Look, zone: str) -> str:
    seen = {uid: look.memory.seen[uid].event for uid in one.event_uids if uid in look.memory.seen} | look.events()
    titles = ", ".join(seen[uid].title for uid in one.event_uids if uid in seen)
    at = f"on {moment(one.sent_at, zone)}" if one.sent_at else f"due {moment(one.due_at, zone)}"
    return f"{one.status}, {at}: {titles}" if titles else f"{one.status}, {at}"


def unknown(look: Look, name: str) -> UserError:
    """The refusal of a name that nothing has, with what comes near."""
    if not is_key(name):
        hint = f"{_guess(look.content, name)}`notifier why EVENT` gives the keys of one event."
        return UserError(f"No event and no delivery is called {name!r}.", hint)
    close = get_close_matches(name, [one.key for one in _listed(look)], n=1, cutoff=0.6)
    guess = f"Did you mean {close[0]}? " if close else ""
    return UserError(f"No delivery has the key {name!r}.", f"{guess}`notifier why EVENT` gives the keys of one event.")


def _file_name(event: Event) -> str:
    return event.path.rpartition("/")[2].casefold()


def _name_parts(event: Event) -> tuple[str, ...]:
    """What people call a file: its name, without its ending, without its date."""
    name = _file_name(event)
    stem = name.partition(".")[0]
    return name, stem, stem.lstrip("0123456789-")


def _guess(content: Content, name: str) -> str:
    """The event of the nearest file name, as a question; empty where none comes near."""
    parts = {part: event.path for event in content.events for part in _name_parts(event)}
    close = get_close_matches(name.casefold().rpartition("/")[2], parts, n=1, cutoff=0.6)
    return f"Did you mean {parts[close[0]]}? " if close else ""
