"""What every ledger makes of what it is given, however it keeps it: so all of them give back the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from notifier.core.byhand import ByHand
from notifier.core.delivery import (
    EVERYTHING,
    FINAL,
    MODE,
    PLANNABLE,
    STANDING,
    Act,
    Decision,
    Delivery,
    DeliveryStatus,
    Memory,
    SeenEvent,
    Told,
)
from notifier.core.event import Reason
from notifier.core.one_off import OneOff
from notifier.core.plan import Plan
from notifier.core.reach import Reach
from notifier.core.readership import Token
from notifier.core.zones import in_utc

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A delivery got a status, when and why. `from_status` None: it was new."""

    key: str
    from_status: DeliveryStatus | None
    to_status: DeliveryStatus
    at: datetime
    reasons: tuple[Reason, ...] = ()


def check_move(row: Delivery, to: DeliveryStatus) -> None:
    """Raise ValueError for a move out of a final state: no row is ever sent, or missed, and then something else."""
    if row.status in FINAL and to != row.status:
        raise ValueError(f"{row.key} is {row.status}, which is final; it can't become {to}.")


def check_decision(decision: Decision, row: Delivery | None, to: DeliveryStatus | None) -> None:
    """Raise ValueError for a decision that is about no one thing: the program's own mistake, never a person's."""
    is_astray = (decision.act in ("live", "test")) != (decision.key == MODE)
    if is_astray or (decision.act in ("pause", "resume")) != (decision.key == EVERYTHING):
        raise ValueError(f"{decision.act} can't be about {decision.key}.")
    if (row is None) != (to is None):
        raise ValueError(f"{decision.act}: a row and its new status go together.")
    if row is not None and to is not None:
        if row.key != decision.key:
            raise ValueError(f"{decision.act}: what is decided about {decision.key} can't move {row.key}.")
        check_move(row, to)


def planned_again(old: Delivery, new: Delivery) -> Delivery:
    """A row that a plan rewrites: what happened at the provider is not the plan's to say.

    Attempts tell two movers apart. Whatever draft there was is not known to state what is planned now.
    """
    return replace(
        new, draft_id=old.draft_id, attempts=old.attempts, retry_at=old.retry_at, sent_at=old.sent_at, facts=()
    )


def loses_its_facts(to: DeliveryStatus) -> bool:
    """Whether a row that becomes this forgets what its draft states.

    The provider may still hold a draft then, or already a later one that a crash kept us from noting.
    """
    return to in PLANNABLE


def by_hand_kept(known: Iterable[ByHand], provider: str, mails: Iterable[ByHand]) -> tuple[ByHand, ...]:
    """The mails that people made by themselves, where these are now all of one provider, in the order of their times."""
    fresh = [_mail_kept(one) for one in mails]
    if any(one.provider != provider for one in fresh):
        raise ValueError(f"Mails of another provider are none of {provider}.")
    kept = {(one.provider, one.id): one for one in (*(one for one in known if one.provider != provider), *fresh)}
    return tuple(sorted(kept.values(), key=lambda one: (one.at, one.provider, one.id)))


def reach_in_utc(reach: Reach) -> Reach:
    return replace(reach, at=in_utc(reach.at))


def newest_reach(old: Reach | None, new: Reach) -> Reach:
    """Numbers that come late say less than those that are there."""
    return new if old is None or old.at <= new.at else old


def newest_told(old: Told | None, new: Told) -> Told:
    """The newest telling counts: an old send confirmed late says nothing new."""
    return new if old is None or old.at <= new.at else old


def after_plan(memory: Memory, plan: Plan) -> Memory:
    """The memory once a plan's window, baselines, events and revisions are recorded; its rows are told apart.

    A mapping that the plan changes nothing about stays the same object.
    """
    revisions = {name: one for name, one in plan.revisions.items() if memory.revisions.get(name) != one}
    return replace(
        memory,
        window_end=in_utc(plan.window.until),
        baselines=_baselines(memory.baselines, plan),
        seen=added(memory.seen, {one.uid: seen_in_utc(one) for one in plan.seen}),
        revisions=added(memory.revisions, revisions),
    )


def after_decisions(memory: Memory, decisions: Iterable[Decision]) -> Memory:
    """The memory after further decisions, in their order: the last that stands about each key, what stops everything, the mode, notes."""
    about: dict[str, Decision] = {}
    notes: dict[str, Decision] = {}
    paused, mode = memory.paused, memory.mode
    for one in decisions:
        if one.key == EVERYTHING:
            paused = one if one.act == "pause" else None
        elif one.key == MODE:
            mode = one
        elif one.act == "annotate":
            notes[one.key] = one
        elif one.act in STANDING:
            about[one.key] = one
    if paused is memory.paused and mode is memory.mode and not (about or notes):
        return memory
    stand, noted = added(memory.decisions, about), added(memory.notes, notes)
    return replace(memory, decisions=stand, notes=noted, paused=paused, mode=mode)


def added(old: Mapping[K, V], new: Mapping[K, V]) -> Mapping[K, V]:
    """The same mapping where nothing is new, else a copy that was added to."""
    return {**old, **new} if new else old


def row_in_utc(row: Delivery) -> Delivery:
    """The row as it comes back. Raises ValueError for a time without a zone, as all of these do."""
    if _are_in_utc((row.due_at, row.expires_at, row.retry_at, row.sent_at)):
        return row
    return replace(
        row,
        due_at=in_utc(row.due_at),
        expires_at=in_utc(row.expires_at),
        retry_at=_maybe_in_utc(row.retry_at),
        sent_at=_maybe_in_utc(row.sent_at),
    )


def seen_in_utc(seen: SeenEvent) -> SeenEvent:
    """The memory of an event as it comes back; the event's own times stay in its zone."""
    listed_at = seen.listed.changed_at if seen.listed else None
    moments = (seen.first_seen_at, seen.changed_at, seen.gone_at, seen.written_up_at, seen.recorded_at, listed_at)
    if _are_in_utc(moments):
        return seen
    return replace(
        seen,
        first_seen_at=in_utc(seen.first_seen_at),
        changed_at=in_utc(seen.changed_at),
        gone_at=_maybe_in_utc(seen.gone_at),
        written_up_at=_maybe_in_utc(seen.written_up_at),
        recorded_at=_maybe_in_utc(seen.recorded_at),
        listed=replace(seen.listed, changed_at=_maybe_in_utc(listed_at)) if seen.listed else None,
    )


def told_in_utc(told: Told) -> Told:
    """The telling as it comes back."""
    return told if _are_in_utc((told.at,)) else replace(told, at=in_utc(told.at))


def token_in_utc(token: Token) -> Token:
    """The token as it comes back."""
    if _are_in_utc((token.made_at, token.revoked_at)):
        return token
    return replace(token, made_at=in_utc(token.made_at), revoked_at=_maybe_in_utc(token.revoked_at))


def decision_kept(decision: Decision) -> Decision:
    """The decision as it comes back: in UTC, and a person's words without what no database takes."""
    by, note, via = plain_text(decision.by), plain_text(decision.note), plain_text(decision.via)
    if (by, note, via) == (decision.by, decision.note, decision.via) and _are_in_utc((decision.at,)):
        return decision
    return replace(decision, by=by, note=note, via=via, at=in_utc(decision.at))


def one_off_kept(one: OneOff) -> OneOff:
    """What was asked for as it comes back: in UTC, and a person's words without what no database takes."""
    return replace(
        one, subject=plain_text(one.subject), note=plain_text(one.note), by=plain_text(one.by),
        due_at=in_utc(one.due_at), expires_at=in_utc(one.expires_at), asked_at=in_utc(one.asked_at),
    )  # fmt: skip


def kin(decision: Decision) -> frozenset[Act]:
    """The acts of which the last about its key stood before it: about the delivery itself, about its note, or a test."""
    return frozenset({decision.act}) if decision.act in ("annotate", "try") else STANDING


def before(decision: Decision, said: Sequence[Decision]) -> Decision | None:
    """Of what was said about its key, oldest first, what stood before it."""
    acts = kin(decision)
    return next((one for one in reversed(said) if one.act in acts), None)


def check_asked(one: OneOff, said: Decision | None) -> None:
    """Raise ValueError for what doesn't ask for this and is no yes to it: the program's own mistake, never a person's."""
    if said is not None and (said.key != one.key or said.act not in ("approve", "ask")):
        raise ValueError(f"{said.act} of {said.key} is no yes to {one.key}.")


def _baselines(old: Mapping[str, datetime], plan: Plan) -> Mapping[str, datetime]:
    ended = [name for name in plan.ended if name in old]
    kept = {name: at for name, at in old.items() if name not in ended} if ended else old
    # A first look is the first one: it never moves.
    return added(kept, {name: in_utc(at) for name, at in plan.baselines.items() if name not in kept})


def plain_text(text: str) -> str:
    """The text without what no database takes."""
    # Half a character comes from a terminal with another encoding; PostgreSQL takes no nought either.
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")


def _mail_kept(one: ByHand) -> ByHand:
    return replace(
        one, provider=plain_text(one.provider), id=plain_text(one.id), service=plain_text(one.service),
        name=plain_text(one.name), place=plain_text(one.place), at=in_utc(one.at),
    )  # fmt: skip


def _maybe_in_utc(at: datetime | None) -> datetime | None:
    return None if at is None else in_utc(at)


def _are_in_utc(moments: Iterable[datetime | None]) -> bool:
    return all(at is None or at.tzinfo is UTC for at in moments)
