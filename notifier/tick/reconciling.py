"""Taking over a ledger that is a copy, or an old state: what went out meanwhile is asked of the providers first.

What they show becomes of the rows what a tick would make of it (`core.delivery.next_step`). What nobody can tell is never
sent by itself: what had its time meanwhile is missed, or unknown where it was on its way, and an audience whose provider has
lost its memory is looked at as for the first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.beside import Fencing, Leasing
from notifier.core.asking import provider_baseline
from notifier.core.delivery import FINAL, PLANNABLE, Delivery, DeliveryStatus, Observation
from notifier.core.event import Reason
from notifier.core.facts import Facts, facts_of
from notifier.core.lease import Lease, Mark, mark_of
from notifier.core.mode import is_rehearsed
from notifier.core.plan import Plan
from notifier.errors import UserError
from notifier.ports import Following, Provider
from notifier.tick.hand_over import HandOver
from notifier.tick.wiring import Look, Wiring

_LOST = "It had its time while another ledger may have been in use, and whether it went out nobody can say."
_UNDER_WAY = "It was on its way, another ledger may have been in use since, and whether it went out nobody can say."
#: These are looked up wherever their time lies; of what was skipped or withdrawn only what had its time meanwhile.
_LOOKED_UP: frozenset[DeliveryStatus] = frozenset({"planned", "held", "drafted", "sending", "unknown", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a delivery's provider shows of it, and what becomes of it therefore."""

    row: Delivery
    seen: Observation
    provider: Provider
    to: DeliveryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What stands at the providers, and what they show of all that may have gone out. `forgot` are those that can't tell."""

    look: Look
    lease: Lease
    marks: Mapping[str, Mark | None]
    forgot: frozenset[str]
    sights: tuple[Sight, ...]


def marks_of(wiring: Wiring) -> dict[str, Mark | None]:
    """What stands at each provider that keeps marks. Raises ProviderError where one can't be asked."""
    return {name: one.mark() for name, one in wiring.providers.items() if isinstance(one, Fencing)}


def survey(
    wiring: Wiring, look: Look, lease: Lease, marks: Mapping[str, Mark | None], *, only_here: bool = False
) -> Survey:
    """Look up everything that may have gone out from another ledger. Raises ProviderError where a provider can't be asked.

    Instances on other machines hand over through folders of their own, which can't be seen from here; `only_here`: there are none.
    """
    unseen = lease.shared and not only_here
    forgot = frozenset(
        name for name, one in wiring.providers.items()
        if _forgot(name, one, marks) or (unseen and isinstance(one, Fencing) and one.is_near())
    )  # fmt: skip
    sights = tuple(_sight(row, wiring, look.at, forgot) for row in _candidates(wiring, look))
    return Survey(look=look, lease=lease, marks=marks, forgot=forgot, sights=sights)


def fence_off(
    wiring: Wiring, lease: Lease, marks: Mapping[str, Mark | None], now: datetime, *, by: str, why: str
) -> Lease:
    """Take the ledger up, and tell every provider that can tell others. From here on no other ledger gives them anything.

    Nothing is sent from this one yet either, and `why`. Near ones first: a broken off attempt is told from a memory that was lost.
    """
    assert isinstance(wiring.ledger, Leasing)  # noqa: S101 - whoever has a lease is one
    above = max((mark.fence for mark in marks.values() if mark is not None), default=0)
    raised = wiring.ledger.raise_lease(lease, now, by=by, above=above, stopped=why)
    if raised is None:
        raise UserError("Another program took this ledger up at this moment.", "Look at `notifier ledger status`.")
    able = [(name, one) for name, one in wiring.providers.items() if isinstance(one, Fencing)]
    for name, one in sorted(able, key=lambda pair: not pair[1].is_near()):
        # What has no mark yet, or a copy's, gets its own at the end: until then it counts as one that forgot.
        if not _forgot(name, wiring.providers[name], marks):
            one.put_mark(mark_of(raised, now))
    return raised


def settle_all(found: Survey, wiring: Wiring) -> list[tuple[Sight, Delivery]]:
    """Write down what became of each; each with its row afterwards. Raises UserError where another tick was first."""
    ledger, look = wiring.ledger, found.look
    if not ledger.record(_amended(found, wiring)):
        raise UserError("Another tick wrote into the ledger at this moment, so nothing was settled.", "Try again.")
    look = look.remembered(ledger.snapshot())
    rows = {row.key: row for row in ledger.rows()}
    return [(one, _settled(one, rows[one.row.key], look, wiring)) for one in found.sights if one.row.key in rows]


def take_up(wiring: Wiring, raised: Lease, now: datetime) -> None:
    """From the next tick on this ledger sends."""
    assert isinstance(wiring.ledger, Leasing)  # noqa: S101 - whoever has a lease is one
    lease = wiring.ledger.lease() or raised
    for one in wiring.providers.values():
        if isinstance(one, Fencing):
            one.put_mark(mark_of(lease, now))
    if not wiring.ledger.stop(raised, "", now):
        raise UserError("Another program took this ledger up at this moment.", "Look at `notifier ledger status`.")


def _forgot(name: str, provider: Provider, marks: Mapping[str, Mark | None]) -> bool:
    """Whether what this provider shows as absent may have gone out from another ledger all the same."""
    if not isinstance(provider, Fencing):
        return not provider.capabilities().certain
    if not provider.is_near():
        return False
    mark = marks.get(name)
    if mark is None or mark.is_copied:
        return True
    others = [one for one in marks.values() if one is not None and one.ledger_id == mark.ledger_id]
    return any((one.fence, one.moves) > (mark.fence, mark.moves) for one in others)


def _candidates(wiring: Wiring, look: Look) -> Iterator[Delivery]:
    """What may have gone out since the ledger was last written: rows, and what the present content asks for."""
    after, plan = look.plan.window.after, look.plan
    rows = {row.key: row for row in wiring.ledger.rows()}
    asked = {one.key: one for one in (*plan.skips, *plan.withdrawals, *plan.deliveries)}
    # Of what a plan may not rewrite, the row itself counts.
    known = {key: row for key, row in rows.items() if key not in asked or not row.is_plannable}
    for row in {**asked, **known}.values():
        if row.key in rows and rows[row.key].status in FINAL:
            continue
        had_its_time = (after is None or after < row.due_at) and row.due_at <= look.at
        is_of_use = after is None or row.expires_at > after or row.status in ("drafted", "sending", "unknown")
        if had_its_time or (row.status in _LOOKED_UP and is_of_use):
            yield row


def _sight(row: Delivery, wiring: Wiring, now: datetime, forgot: frozenset[str]) -> Sight:
    provider = wiring.providers.get(row.provider)
    if provider is None:
        raise UserError(
            f"config.yaml no longer names the provider {row.provider}, of {row.key}.", "Name it again first."
        )
    draft_id = None if is_rehearsed(row.draft_id) else row.draft_id
    seen = provider.follow(row.key, draft_id) if isinstance(provider, Following) else provider.find(row.key)
    stand_in = wiring.rehearsals.get(row.provider)
    if seen.state in ("absent", "removed") and stand_in is not None:
        tried = stand_in.find(row.key)
        if tried.state != "absent":
            seen, provider = tried, stand_in
    return Sight(row=row, seen=seen, provider=provider, to=_becomes(row, seen, provider, now, forgot))


def _becomes(
    row: Delivery, seen: Observation, provider: Provider, now: datetime, forgot: frozenset[str]
) -> DeliveryStatus:
    if seen.state == "sent":
        return "sent"
    may_be_out = row.provider in forgot and seen.state in ("absent", "removed", "drafted")
    if seen.state == "drafted" and not (
        seen.proven or provider.capabilities().certain or provider.capabilities().by_hand
    ):
        # The other one may have asked for it to be sent a moment ago.
        may_be_out = True
    if not may_be_out or row.due_at > now:
        return row.status
    if row.is_plannable:
        return "missed" if row.status in ("planned", "held") else row.status
    return "unknown" if row.status in ("drafted", "sending") else row.status


def _amended(found: Survey, wiring: Wiring) -> Plan:
    """The plan, with what is known now: what went out is planned, so that it can be settled, and what nobody can tell is missed."""
    plan = found.look.plan
    wanted = {one.row.key: one for one in found.sights if one.row.is_plannable or one.row.status == "missed"}
    reasons = (Reason(code="restored", text=_LOST),)
    changed: dict[str, Delivery] = {}
    for key, one in wanted.items():
        if one.to == "sent":
            changed[key] = replace(one.row, status="planned", reasons=())
        elif one.to == "missed" and one.row.status != "missed":
            changed[key] = replace(one.row, status="missed", reasons=reasons)
    kept = [one for one in plan.deliveries if one.key not in changed]
    begun = {provider_baseline(one): plan.at for one in wiring.rules.audiences.values() if one.provider in found.forgot}
    return replace(
        plan,
        deliveries=(*kept, *changed.values()),
        withdrawals=tuple(one for one in plan.withdrawals if one.key not in changed),
        skips=tuple(one for one in plan.skips if one.key not in changed),
        baselines={**plan.baselines, **begun},
        ended=tuple(sorted({*plan.ended, *begun})),
    )


def _settled(one: Sight, row: Delivery, look: Look, wiring: Wiring) -> Delivery:
    ledger = wiring.ledger
    if one.to == "unknown" and row.status in ("drafted", "sending"):
        reasons = [Reason(code="unknown", text=_UNDER_WAY)]
        return ledger.move(row, "unknown", at=look.at, reasons=reasons, draft_id=row.draft_id) or row
    if row.status == "failed" and one.to == "sent":
        row = ledger.move(row, "planned", at=look.at, draft_id=row.draft_id) or row
    if (row.status in PLANNABLE and one.to != "sent") or row.status in ("sent", "missed", "failed"):
        return row
    stated = row.facts or tuple(_as_known(row, look))
    with ledger.claimed(row.key) as claim:
        if claim is None:
            return row
        hand_over = HandOver(
            wiring=wiring, look=look, provider=one.provider, changed=lambda _row: None, claim=claim
        )  # fmt: skip
        return hand_over.conclude(replace(row, facts=stated), one.seen)


def _as_known(row: Delivery, look: Look) -> Iterator[Facts]:
    """What the message stated, as far as it is known: as this ledger last saw the event. A change since is told rather than not."""
    events = look.events()
    for uid in row.event_uids:
        if uid in look.memory.seen:
            yield look.memory.seen[uid].facts
        elif uid in events:
            yield facts_of(events[uid])
        else:
            return
