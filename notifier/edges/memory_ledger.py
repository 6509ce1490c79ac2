"""A ledger that forgets: everything in dictionaries, for looks into the past and the future that leave nothing behind.

It gives back what the database would. For one thread: nothing is locked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from notifier.core.byhand import ByHand
from notifier.core.changes import replaced
from notifier.core.delivery import PLANNABLE, Decision, Delivery, DeliveryStatus, Memory, Told
from notifier.core.enrolling import (
    check_enrolled,
    claimed,
    concluded,
    enrolled,
    erased,
    is_person,
    may_be_claimed,
    may_be_concluded,
    may_be_enrolled_anew,
    put_together,
)
from notifier.core.event import Reason
from notifier.core.facts import Facts
from notifier.core.keeping import (
    Transition,
    added,
    after_decisions,
    after_plan,
    by_hand_kept,
    check_decision,
    check_move,
    decision_kept,
    loses_its_facts,
    newest_reach,
    newest_told,
    plain_text,
    planned_again,
    reach_in_utc,
    row_in_utc,
    token_in_utc,
    told_in_utc,
)
from notifier.core.plan import Plan
from notifier.core.reach import Reach
from notifier.core.readership import Poll, Token, merged_polls, settled_polls
from notifier.core.recipient import Member, Recipient, RecipientStatus, Result, Tally, digest_of
from notifier.core.zones import in_utc
from notifier.ports import Finding


class _People:
    """Who belongs to audiences, who has left them, and the recipients of deliveries."""

    def __init__(self) -> None:
        self._members: dict[str, tuple[datetime, dict[str, Member]]] = {}
        self._left: dict[str, dict[str, tuple[datetime, str]]] = {}
        self._enrolled_at: dict[str, datetime] = {}
        self._recipients: dict[str, dict[int, Recipient]] = {}

    def members(self, audience: str) -> tuple[Member, ...]:
        _, kept = self._members.get(audience, (None, {}))
        return tuple(member for digest, member in kept.items() if digest not in self._left.get(audience, {}))

    def put_members(self, audience: str, members: Sequence[Member], at: datetime) -> None:
        self._members[audience] = in_utc(at), put_together(audience, members)

    def last_put(self, audience: str) -> datetime | None:
        at, kept = self._members.get(audience, (None, {}))
        return at if kept else None

    def leave(self, audience: str, digest: str, at: datetime, *, why: str) -> bool:
        left = self._left.setdefault(audience, {})
        if digest in left:
            return False
        left[digest] = in_utc(at), plain_text(why)
        return True

    def come_back(self, audience: str, digest: str) -> bool:
        return self._left.get(audience, {}).pop(digest, None) is not None

    def left(self, audience: str) -> Mapping[str, tuple[datetime, str]]:
        left = self._left.get(audience, {})
        return {digest: left[digest] for digest in sorted(left, key=lambda one: (left[one][0], one))}

    def erase(self, address: str, audiences: Sequence[str]) -> int:
        digests = {digest_of(name, address) for name in audiences}
        found = 0
        for _, kept in self._members.values():
            meant = [digest for digest, one in kept.items() if is_person(digest, one.address, address, digests)]
            found += len([kept.pop(digest) for digest in meant])
        return found + self._erase(lambda _, one: is_person(one.digest, one.address, address, digests))

    def enrol(self, key: str, recipients: Sequence[Recipient], at: datetime) -> bool:
        check_enrolled(recipients)
        if not may_be_enrolled_anew(self._recipients.get(key, {}).values()):
            return False
        self._enrolled_at[key] = in_utc(at)
        ordered = sorted(recipients, key=lambda one: one.number)
        self._recipients[key] = {one.number: enrolled(one) for one in ordered}
        return True

    def claim(self, key: str, most: int, *, claim: str, at: datetime) -> tuple[Recipient, ...]:
        kept, at = self._recipients.get(key, {}), in_utc(at)
        found = [claimed(one, claim) for one in kept.values() if may_be_claimed(one, at)][: max(most, 0)]
        kept.update({one.number: one for one in found})
        return tuple(found)

    def conclude(self, key: str, results: Sequence[Result], *, claim: str | None, at: datetime) -> int:
        in_utc(at)
        kept, wanted = self._recipients.get(key, {}), {result.number: result for result in results}
        held = [kept[number] for number in wanted if number in kept and may_be_concluded(kept[number], claim)]
        kept.update({one.number: concluded(one, wanted[one.number]) for one in held})
        return len(held)

    def tally(self, key: str) -> Tally:
        kept = self._recipients.get(key, {}).values()
        waiting = [one.retry_at for one in kept if one.status == "waiting"]
        times = [at for at in waiting if at is not None]
        counts: Counter[str] = Counter(one.status for one in kept)
        return Tally(**counts, next_at=min(times) if times and len(times) == len(waiting) else None)

    def recipients(self, key: str, *statuses: RecipientStatus) -> tuple[Recipient, ...]:
        return tuple(one for one in self._recipients.get(key, {}).values() if not statuses or one.status in statuses)

    def erase_recipients(self, before: datetime) -> int:
        old = {key for key, at in self._enrolled_at.items() if at < in_utc(before)}
        return self._erase(lambda key, _: key in old)

    def _erase(self, is_meant: Callable[[str, Recipient], bool]) -> int:
        found = [
            (kept, one)
            for key, kept in self._recipients.items()
            for one in kept.values()
            if is_meant(key, one) and (one.address or one.name)
        ]
        for kept, one in found:
            kept[one.number] = erased(one)
        return len(found)


class MemoryLedger(_People):
    """Begins empty, or with what another ledger's snapshot says; then `transitions` and `decided` begin there.

    Work follows what changes: the same rows planned again cost next to nothing.
    """

    def __init__(self, memory: Memory | None = None) -> None:
        super().__init__()
        # Without what is in the three below, which `snapshot` adds.
        self._memory = memory or Memory()
        self._rows = dict(self._memory.deliveries)
        self._fresh_rows: dict[str, Delivery] = {}
        self._fresh_told: dict[tuple[str, str], Told] = {}
        self._by_status: dict[DeliveryStatus, dict[str, Delivery]] = {}
        for row in self._rows.values():
            self._by_status.setdefault(row.status, {})[row.key] = row
        # The last plan's rows as it gave them, and those that were moved since: it may want them back as they were.
        self._planned: tuple[Sequence[Delivery], Sequence[Delivery]] = (), ()
        self._wanted: dict[str, Delivery] = {}
        self._moved: set[str] = set()
        self._transitions: dict[str, list[Transition]] = {}
        self._decisions: list[Decision] = []
        self._acts = 0
        self._tokens: dict[str, Token] = {}
        self._polls: tuple[Poll, ...] = ()
        self._reaches: dict[str, Reach] = {}

    def rows(self, *statuses: DeliveryStatus) -> tuple[Delivery, ...]:
        found = [row for status in dict.fromkeys(statuses) for row in self._by_status.get(status, {}).values()]
        return tuple(sorted(found if statuses else self._rows.values(), key=lambda row: (row.due_at, row.key)))

    def record(self, plan: Plan) -> bool:
        if plan.window.after != self._memory.window_end:
            return False
        # Whatever is refused is refused before anything is kept.
        at, memory = in_utc(plan.at), after_plan(self._memory, plan)
        news = self._news(plan)
        rows = [new for row in news.all() if (new := self._as_planned(row)) is not None]
        self._memory = memory
        self._keep(rows, at)
        self._take(plan, news)
        return True

    def move(
        self,
        row: Delivery,
        to: DeliveryStatus,
        *,
        at: datetime,
        reasons: Sequence[Reason] | None = None,
        draft_id: str | None = None,
        retry_at: datetime | None = None,
        sent_at: datetime | None = None,
        attempt: bool = False,
        told: Sequence[Told] = (),
        facts: Sequence[Facts] | None = None,
    ) -> Delivery | None:
        check_move(row, to)
        stored = self._unmoved(row)
        if stored is None:
            return None
        changes = {"draft_id": draft_id, "retry_at": retry_at, "attempts": row.attempts + attempt}
        moved = _moved(stored, to, changes, reasons=reasons, sent_at=sent_at, facts=facts)
        self._move(moved, in_utc(at), [told_in_utc(one) for one in told])
        return moved

    def decide(
        self,
        decision: Decision,
        row: Delivery | None = None,
        to: DeliveryStatus | None = None,
        *,
        reasons: Sequence[Reason] = (),
        sent_at: datetime | None = None,
        told: Sequence[Told] = (),
    ) -> bool:
        check_decision(decision, row, to)
        kept = decision_kept(decision)
        if row is not None and to is not None:
            stored = self._unmoved(row)
            if stored is None:
                return False
            moved = _moved(stored, to, {"retry_at": None}, reasons=reasons, sent_at=sent_at)
            self._move(moved, kept.at, [told_in_utc(one) for one in told])
        self._decisions.append(kept)
        self._memory = after_decisions(self._memory, [kept])
        self._acts += 1
        return True

    def decided(self, key: str | None = None) -> tuple[Decision, ...]:
        return tuple(one for one in self._decisions if key is None or one.key == key)

    def snapshot(self) -> Memory:
        if self._fresh_rows or self._fresh_told:
            deliveries = added(self._memory.deliveries, self._fresh_rows)
            told = added(self._memory.told, self._fresh_told)
            self._memory = replace(self._memory, deliveries=deliveries, told=told)
            self._fresh_rows, self._fresh_told = {}, {}
        return self._memory

    def version(self) -> tuple[datetime | None, int]:
        return self._memory.window_end, self._acts

    def transitions(self, key: str) -> tuple[Transition, ...]:
        """Everything that has happened to a delivery, oldest first."""
        return tuple(self._transitions.get(key, ()))

    def tokens(self) -> tuple[Token, ...]:
        return tuple(sorted(self._tokens.values(), key=lambda token: (token.made_at, token.id)))

    def add_token(self, token: Token, *, instead_of: str | None = None) -> bool:
        token = token_in_utc(token)
        if instead_of is not None and not self.revoke_token(instead_of, token.made_at):
            return False
        self._tokens[token.id] = token
        return True

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        known = self._tokens.get(token_id)
        if known is None or known.revoked_at is not None:
            return False
        self._tokens[token_id] = replace(known, revoked_at=in_utc(at))
        return True

    def note_polls(self, polls: Sequence[Poll]) -> None:
        self._polls = merged_polls(self._polls, polls)
        self._memory = replace(self._memory, polls=settled_polls(self._polls))

    def polls(self, since: date) -> tuple[Poll, ...]:
        return tuple(one for one in self._polls if one.day >= since)

    def note_by_hand(self, provider: str, mails: Sequence[ByHand]) -> bool:
        before, kept = self._memory.by_hand, by_hand_kept(self._memory.by_hand, provider, mails)
        self._memory = self._memory if kept == before else replace(self._memory, by_hand=kept)
        return kept != before

    def note_reach(self, key: str, reach: Reach) -> None:
        self._reaches[key] = newest_reach(self._reaches.get(key), reach_in_utc(reach))

    def reaches(self) -> Mapping[str, Reach]:
        return dict(sorted(self._reaches.items()))

    def doctor(self) -> tuple[Finding, ...]:
        return (Finding(subject="ledger", ok=True, text="It is kept in memory only, and forgotten at the end."),)

    def close(self) -> None:
        return None

    def _news(self, plan: Plan) -> _News:
        live, skips = (
            replaced(old, new) for old, new in zip(self._planned, (plan.deliveries, plan.skips), strict=True)
        )
        went = {row.key for row in (*live[0], *skips[0])}
        still = (self._wanted[key] for key in self._moved - went if key in self._wanted)
        return _News(went=went, came=(*live[1], *skips[1]), withdrawn=plan.withdrawals, still=tuple(still))

    def _take(self, plan: Plan, news: _News) -> None:
        for key in news.went:
            self._wanted.pop(key, None)
        self._wanted |= {row.key: row for row in news.came}
        self._planned, self._moved = (plan.deliveries, plan.skips), set()

    def _as_planned(self, row: Delivery) -> Delivery | None:
        """What the row is to be, None where it stays as it is."""
        new, old = row_in_utc(row), self._rows.get(row.key)
        if old is None:
            return new
        if old is row or old.status not in PLANNABLE:
            return None
        again = planned_again(old, new)
        return again if again != old else None

    def _unmoved(self, row: Delivery) -> Delivery | None:
        """The row as it is, if it still has the status and the attempts of the one that the mover knows."""
        stored = self._rows.get(row.key)
        if stored is None or (stored.status, stored.attempts) != (row.status, row.attempts):
            return None
        return stored

    def _move(self, moved: Delivery, at: datetime, told: Sequence[Told]) -> None:
        self._step(moved, self._rows[moved.key].status, at)
        self._put(moved)
        self._moved.add(moved.key)
        for one in told:
            place = (one.audience, one.uid)
            known = self._fresh_told.get(place) or self._memory.told.get(place)
            self._fresh_told[place] = newest_told(known, one)

    def _keep(self, rows: Sequence[Delivery], at: datetime) -> None:
        for row in rows:
            old = self._rows.get(row.key)
            if old is None or old.status != row.status:
                self._step(row, old.status if old else None, at)
            self._put(row)

    def _put(self, row: Delivery) -> None:
        old = self._rows.get(row.key)
        if old is not None:
            del self._by_status[old.status][row.key]
        self._by_status.setdefault(row.status, {})[row.key] = row
        self._rows[row.key] = self._fresh_rows[row.key] = row

    def _step(self, row: Delivery, before: DeliveryStatus | None, at: datetime) -> None:
        step = Transition(key=row.key, from_status=before, to_status=row.status, at=at, reasons=row.reasons)
        self._transitions.setdefault(row.key, []).append(step)
        self._acts += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What of a plan may differ from the rows: a plan takes over the very rows that it changes nothing about.

    `still` are those that it holds as before, while they were moved.
    """

    went: set[str]
    came: tuple[Delivery, ...]
    withdrawn: tuple[Delivery, ...]
    still: tuple[Delivery, ...]

    def all(self) -> tuple[Delivery, ...]:
        return (*self.came, *self.withdrawn, *self.still)


def _moved(
    row: Delivery,
    to: DeliveryStatus,
    changes: Mapping[str, Any],
    *,
    reasons: Sequence[Reason] | None,
    sent_at: datetime | None,
    facts: Sequence[Facts] | None = None,
) -> Delivery:
    """The row as it becomes `to`: what is named is changed, the rest stays."""
    kept_facts = row.facts if facts is None else tuple(facts)
    return row_in_utc(
        replace(
            row,
            status=to,
            reasons=row.reasons if reasons is None else tuple(reasons),
            sent_at=sent_at or row.sent_at,
            facts=() if loses_its_facts(to) else kept_facts,
            **changes,
        )
    )
