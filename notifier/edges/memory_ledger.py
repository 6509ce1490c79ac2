"""A ledger that forgets: everything in dictionaries, for looks into the past and the future that leave nothing behind.

It gives back what the database would. For one thread: nothing is locked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from notifier.core.byhand import ByHand
from notifier.core.changes import replaced
from notifier.core.delivery import PLANNABLE, Decision, Delivery, DeliveryStatus, Memory, Told
from notifier.core.event import Reason
from notifier.core.facts import Facts
from notifier.core.keeping import (
    Transition,
    added,
    after_decisions,
    after_plan,
    before,
    by_hand_kept,
    check_asked,
    check_decision,
    check_move,
    decision_kept,
    loses_its_facts,
    newest_reach,
    newest_told,
    one_off_kept,
    planned_again,
    reach_in_utc,
    row_in_utc,
    token_in_utc,
    told_in_utc,
)
from notifier.core.one_off import OneOff
from notifier.core.plan import Plan
from notifier.core.reach import Reach
from notifier.core.readership import Poll, Token, merged_polls, settled_polls
from notifier.core.zones import in_utc
from notifier.edges.memory_accounts import MemoryAccounts
from notifier.edges.memory_people import MemoryPeople
from notifier.ports import Claim, Finding


class MemoryLedger(MemoryAccounts, MemoryPeople):
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

    def claimed(self, key: str) -> AbstractContextManager[Claim | None]:
        return nullcontext(self)

    def holds(self) -> bool:
        """Nobody shares it."""
        return True

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
        after: Decision | Literal["whatever"] | None = "whatever",
    ) -> bool:
        check_decision(decision, row, to)
        if after != "whatever" and before(decision, self.decided(decision.key)) != after:
            return False
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

    def ask(self, one_off: OneOff, said: Decision | None = None) -> bool:
        check_asked(one_off, said)
        if one_off.key in self._memory.one_offs:
            return False
        kept = one_off_kept(one_off)
        self._memory = replace(self._memory, one_offs={**self._memory.one_offs, kept.key: kept})
        self._acts += 1
        return said is None or self.decide(said)

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

    def add_token(self, token: Token, *, instead_of: str | None = None, said: Decision | None = None) -> bool:
        token = token_in_utc(token)
        if instead_of is not None and not self.revoke_token(instead_of, token.made_at):
            return False
        self._tokens[token.id] = token
        return said is None or self.decide(said)

    def revoke_token(self, token_id: str, at: datetime, *, said: Decision | None = None) -> bool:
        known = self._tokens.get(token_id)
        if known is None or known.revoked_at is not None:
            return False
        self._tokens[token_id] = replace(known, revoked_at=in_utc(at))
        return said is None or self.decide(said)

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
