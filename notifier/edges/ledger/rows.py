"""Values to rows and back, exactly: what is read equals what was written, zones and odd characters included."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import RowMapping

from notifier.core.delivery import Decision, Delivery, Listed, SeenEvent, Told
from notifier.core.event import Event, Reason, Timed
from notifier.core.facts import Facts
from notifier.core.keeping import Transition
from notifier.core.zones import in_utc, zone_named
from notifier.edges.ledger.failures import DamagedRow

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _StoredEvent:
    """An event with its instants in UTC, and apart the zones of its start and end: a name, or seconds of offset."""

    event: Event
    zones: tuple[str | float | None, str | float | None]


_EVENT = TypeAdapter(_StoredEvent)
_FACTS = TypeAdapter(Facts)
_LISTED = TypeAdapter(Listed)
_ALL_FACTS = TypeAdapter(tuple[Facts, ...])
_REASONS = TypeAdapter(tuple[Reason, ...])
_UIDS = TypeAdapter(tuple[str, ...])


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {
        "key": delivery.key,
        "kind": delivery.kind,
        "rule": delivery.rule,
        "audience": delivery.audience,
        "provider": delivery.provider,
        "event_uids": _dump(_UIDS, delivery.event_uids),
        "due_at": in_utc(delivery.due_at),
        "expires_at": in_utc(delivery.expires_at),
        "status": delivery.status,
        "reasons": reasons_text(delivery.reasons),
        "draft_id": delivery.draft_id,
        "attempts": delivery.attempts,
        "retry_at": in_utc(delivery.retry_at) if delivery.retry_at else None,
        "sent_at": in_utc(delivery.sent_at) if delivery.sent_at else None,
        "facts": facts_text(delivery.facts),
    }


def delivery_of(row: RowMapping) -> Delivery:
    read = {
        "event_uids": _load(_UIDS, row["event_uids"]),
        "reasons": _load(_REASONS, row["reasons"]),
        "facts": _load(_ALL_FACTS, row["facts"]),
    }
    return Delivery(**{**row, **read})


def seen_row(seen: SeenEvent) -> dict[str, Any]:
    return {
        "uid": seen.uid,
        "event": _dump(_EVENT, _stored(seen.event)),
        "facts": _dump(_FACTS, seen.facts),
        "visible": seen.visible,
        "sequence": seen.sequence,
        "first_seen_at": seen.first_seen_at,
        "changed_at": seen.changed_at,
        "present": seen.present,
        "gone_at": seen.gone_at,
        "written_up_at": seen.written_up_at,
        "recorded_at": seen.recorded_at,
        "listed": _dump(_LISTED, seen.listed) if seen.listed else None,
    }


def seen_of(row: RowMapping) -> SeenEvent:
    read = {"event": _restored(_load(_EVENT, row["event"])), "facts": _load(_FACTS, row["facts"])}
    listed = _load(_LISTED, row["listed"]) if row["listed"] is not None else None
    return SeenEvent(**{**row, **read, "listed": listed})


def told_row(told: Told) -> dict[str, Any]:
    return {
        "audience": told.audience,
        "uid": told.uid,
        "facts": _dump(_FACTS, told.facts),
        "delivery_key": told.delivery_key,
        "at": told.at,
        "corrections": told.corrections,
    }


def told_of(row: RowMapping) -> Told:
    return Told(**{**row, "facts": _load(_FACTS, row["facts"])})


def transition_of(row: RowMapping) -> Transition:
    known = {name: row[name] for name in ("key", "from_status", "to_status", "at")}
    return Transition(**known, reasons=_load(_REASONS, row["reasons"]))


def decision_row(decision: Decision) -> dict[str, Any]:
    return {
        "key": decision.key,
        "act": decision.act,
        "by": decision.by,
        "at": decision.at,
        "fingerprint": decision.fingerprint,
        "note": decision.note,
        "via": decision.via,
    }


def decision_of(row: RowMapping) -> Decision:
    return Decision(**{name: value for name, value in row.items() if name != "id"})


def facts_text(facts: tuple[Facts, ...]) -> str:
    return _dump(_ALL_FACTS, facts)


def reasons_text(reasons: tuple[Reason, ...]) -> str:
    return _dump(_REASONS, reasons)


def _stored(event: Event) -> _StoredEvent:
    if not isinstance(event.when, Timed):
        return _StoredEvent(event=event, zones=(None, None))
    start, end = event.when.starts_at, event.when.ends_at
    when = Timed(starts_at=in_utc(start), ends_at=in_utc(end) if end else None)
    return _StoredEvent(event=replace(event, when=when), zones=(_zone_of(start), _zone_of(end) if end else None))


def _restored(stored: _StoredEvent) -> Event:
    when = stored.event.when
    if not isinstance(when, Timed):
        return stored.event
    starts_at = when.starts_at.astimezone(_zone(stored.zones[0]))
    ends_at = when.ends_at.astimezone(_zone(stored.zones[1])) if when.ends_at else None
    return replace(stored.event, when=Timed(starts_at=starts_at, ends_at=ends_at))


def _zone_of(moment: datetime) -> str | float:
    if isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key:
        return moment.tzinfo.key
    return (moment.utcoffset() or timedelta(0)).total_seconds()


def _zone(stored: str | float | None) -> tzinfo:
    if stored is None or stored == 0.0:
        return UTC
    if isinstance(stored, float):
        return timezone(timedelta(seconds=stored))
    try:
        return zone_named(stored)
    except ValueError as error:
        raise DamagedRow(str(error)) from error


def _dump(adapter: TypeAdapter[T], value: T) -> str:
    try:
        return adapter.dump_json(value).decode()
    except PydanticSerializationError:
        # YAML lets an author write half a character ("\ud83d"), which has no UTF-8; JSON's escapes keep it.
        return json.dumps(adapter.dump_python(value, mode="json"))


def _load(adapter: TypeAdapter[T], text: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValueError:
        return _load_slowly(adapter, text)


def _load_slowly(adapter: TypeAdapter[T], text: str) -> T:
    try:
        return adapter.validate_python(json.loads(text))
    except ValueError as error:
        raise DamagedRow(str(error)) from error
