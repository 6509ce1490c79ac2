"""The JSON that other programs read: plain values for events, deliveries, plans and explanations.

Times are RFC 3339 with offset; unknown fields may be added, none removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from notifier.core.clearance import Clearance
from notifier.core.delivery import Decision, Delivery, Told
from notifier.core.event import AllDay, Content, Event, Evidence, Reason, Timed, When
from notifier.core.facts import FactName, when_of
from notifier.core.message import Message
from notifier.core.plan import Plan
from notifier.core.reach import Reach
from notifier.errors import Problem

Record = dict[str, Any]

#: Fields of an event that have another name outside.
_NAMES = {"when": "start", "zone": "timezone"}


def event_record(event: Event, clearance: Clearance) -> Record:
    """An event. `start` and `end` are dates for whole days (end included), else instants; `end` null when unknown."""
    start, end = _bounds(event)
    return {
        "uid": event.uid,
        "source": event.source,
        "path": event.path,
        "title": event.title,
        "start": start,
        "end": end,
        "all_day": isinstance(event.when, AllDay),
        "timezone": event.zone,
        "zone_basis": event.zone_basis,
        "mode": event.mode,
        "location": event.location,
        "join_url": event.join_url,
        "info_url": event.info_url,
        "contact": event.contact,
        "access": event.access,
        "status": event.status,
        "full": event.full,
        "published": event.published,
        "role": event.role,
        "category": event.category,
        "series": event.series,
        "topics": list(event.topics),
        "projects": list(event.projects),
        "url": event.url,
        "recording_url": event.recording_url,
        "notify": event.notify,
        "reminders": None if event.reminders is None else list(event.reminders),
        "evidence": {
            _NAMES.get(name, name): _evidence_record(evidence) for name, evidence in sorted(event.evidence.items())
        },
        "clearance": {"verdict": clearance.verdict, "reasons": [reason_record(r) for r in clearance.reasons]},
    }


def problem_record(problem: Problem) -> Record:
    """A problem of content."""
    return {
        "path": problem.path,
        "line": problem.line,
        "field": problem.field,
        "what": problem.what,
        "hint": problem.hint,
        "severity": problem.severity,
        "write": problem.write,
    }


def reason_record(reason: Reason) -> Record:
    """A reason, the same everywhere."""
    evidence = _evidence_record(reason.evidence) if reason.evidence else None
    return {"code": reason.code, "text": reason.text, "field": reason.field, "evidence": evidence}


def delivery_record(delivery: Delivery, events: Mapping[str, Event]) -> Record:
    """A delivery, the same in plan, why, preview, outbox and console."""
    return {
        "key": delivery.key,
        "kind": delivery.kind,
        "rule": delivery.rule,
        "audience": delivery.audience,
        "provider": delivery.provider,
        "events": [event_stub(uid, events.get(uid)) for uid in delivery.event_uids],
        "due_at": _rfc3339(delivery.due_at),
        "expires_at": _rfc3339(delivery.expires_at),
        "sent_at": _rfc3339(delivery.sent_at),
        "status": delivery.status,
        "reasons": [reason_record(reason) for reason in delivery.reasons],
    }


def events_record(content: Content, clearances: Mapping[str, Clearance]) -> Record:
    """What `events` prints."""
    return {
        "events": [event_record(event, clearances[event.uid]) for event in content.events],
        "problems": [problem_record(problem) for problem in content.problems],
    }


def plan_record(plan: Plan, content: Content, feeds: Iterable[Record]) -> Record:
    """What `plan` prints. `feeds` holds name, path, events and changed of each."""
    events = {event.uid: event for event in content.events}
    return {
        "at": _rfc3339(plan.at),
        "window": {"after": _rfc3339(plan.window.after), "until": _rfc3339(plan.window.until)},
        "deliveries": [delivery_record(delivery, events) for delivery in plan.deliveries],
        "withdrawals": [delivery_record(delivery, events) for delivery in plan.withdrawals],
        "skips": [{"key": skip.key, "reasons": [reason_record(r) for r in skip.reasons]} for skip in plan.skips],
        "feeds": list(feeds),
    }


def why_record(
    subject: str,
    decisions: Iterable[Delivery],
    said: Iterable[Decision] = (),
    told: Iterable[tuple[Told, Sequence[FactName]]] = (),
    reaches: Mapping[str, Reach] | None = None,
    *,
    recipients: Mapping[str, Record] | None = None,
) -> Record:
    """What `why` prints: what every rule decided, for every audience, and what people `said`.

    `told` is what each audience was last told, with the facts that are otherwise now. `reaches` are numbers by key,
    `recipients` what became of those that go to each member, likewise.
    """
    counted, given = reaches or {}, recipients or {}
    return {
        "subject": subject,
        "rules": [
            {
                "rule": decision.rule,
                "audience": decision.audience,
                "key": decision.key,
                "verdict": decision.status,
                "reasons": [reason_record(reason) for reason in decision.reasons],
                **({"reach": reach_record(counted[decision.key])} if decision.key in counted else {}),
                **({"recipients": given[decision.key]} if decision.key in given else {}),
            }
            for decision in decisions
        ],
        "told": [_told_record(one, otherwise) for one, otherwise in told],
        "decisions": [decision_record(one) for one in said],
    }


def reach_record(reach: Reach) -> Record:
    """What became of a delivery in numbers; null where nobody counts."""
    return {
        "counted_at": _rfc3339(reach.at),
        "sent": reach.sent,
        "bounced_for_good": reach.hard,
        "bounced_for_now": reach.soft,
        "unsubscribed": reach.unsubscribed,
        "complained": reach.abuse,
        "opened": reach.opens,
        "clicked": reach.clicks,
    }


def _told_record(told: Told, otherwise: Sequence[FactName]) -> Record:
    start, end = _start_and_end(when_of(told.facts))
    return {
        "audience": told.audience,
        "key": told.delivery_key,
        "at": _rfc3339(told.at),
        "title": told.facts.title,
        "start": start,
        "end": end,
        "timezone": told.facts.zone,
        "location": told.facts.location,
        "join_url": told.facts.join_url,
        "status": told.facts.status,
        "otherwise": [_NAMES.get(name, name) for name in otherwise],
    }


def decision_record(decision: Decision) -> Record:
    """What a person decided. What it is exactly for is nothing that others could make use of."""
    return {
        "key": decision.key,
        "act": decision.act,
        "by": decision.by,
        "via": decision.via,
        "at": _rfc3339(decision.at),
        "note": decision.note,
    }


def acted_record(decision: Decision | None, delivery: Delivery | None, events: Mapping[str, Event]) -> Record:
    """What the commands print with which people decide; `decision` None where nothing was decided, now or before."""
    return {
        "decision": decision_record(decision) if decision else None,
        "delivery": delivery_record(delivery, events) if delivery else None,
    }


def preview_record(
    delivery: Delivery,
    message: Message,
    events: Mapping[str, Event],
    *,
    sample: bool,
    problems: Sequence[Problem] = (),
) -> Record:
    """What `preview` prints. `problems` are those of the message."""
    shown: Record = {name: getattr(message, name) for name in ("subject", "preheader", "text", "html")}
    shown["until"] = _rfc3339(message.until)
    return {
        "delivery": delivery_record(delivery, events),
        "sample": sample,
        "message": shown,
        "problems": [problem_record(problem) for problem in problems],
    }


def sending_record(
    delivery: Delivery, message: Message, events: Mapping[str, Event], *, problems: Sequence[Problem], **more: object
) -> Record:
    """What `send` prints where nothing was sent: what would be, and `more` about it."""
    return {**preview_record(delivery, message, events, sample=False, problems=problems), **more}


def tick_record(
    at: datetime, moved: Iterable[Delivery], events: Mapping[str, Event], *, recorded: bool, feeds: Iterable[str]
) -> Record:
    """What `tick` prints: the deliveries that moved, and the names of the feeds that were published."""
    return {
        "at": _rfc3339(at),
        "recorded": recorded,
        "deliveries": [delivery_record(delivery, events) for delivery in moved],
        "feeds": list(feeds),
    }


def event_stub(uid: str, event: Event | None) -> Record:
    """An event as deliveries and feeds name it: which, and when; all but the uid null where it is gone."""
    if event is None:
        return {"uid": uid, "path": None, "title": None, "start": None, "end": None}
    start, end = _bounds(event)
    return {"uid": uid, "path": event.path, "title": event.title, "start": start, "end": end}


def _bounds(event: Event) -> tuple[str | None, str | None]:
    return _start_and_end(event.when)


def _start_and_end(when: When | None) -> tuple[str | None, str | None]:
    match when:
        case AllDay(first=first, last=last):
            return first.isoformat(), last.isoformat()
        case Timed(starts_at=start, ends_at=end):
            return _rfc3339(start), _rfc3339(end)
        case None:
            return None, None


def _evidence_record(evidence: Evidence) -> Record:
    return {"text": evidence.text, "line": evidence.line, "basis": evidence.basis}


def _rfc3339(at: datetime | None) -> str | None:
    if at is None:
        return None
    # RFC 3339 has no seconds in offsets; zones of before 1900 do.
    has_odd_offset = bool((at.utcoffset() or timedelta()) % timedelta(minutes=1))
    return (at.astimezone(UTC) if has_odd_offset else at).isoformat()
