"""What staff may do: each act is recorded with a name, and moves its delivery in the same step or not at all.

Between the look and the record a tick may move the row; then everything is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from notifier.core.approval import by_person, with_note
from notifier.core.delivery import EVERYTHING, Act, Decision, Delivery, DeliveryStatus, Told
from notifier.core.event import Event, Reason
from notifier.core.plain import one_line
from notifier.core.sends import rule_of
from notifier.core.zones import moment
from notifier.desk.terms import Case, Letting, Site, Terms, case_of, is_settled, refusal, terms_of
from notifier.errors import ProviderError, UserError
from notifier.ports import Recalling
from notifier.tick import Look
from notifier.tick.telling import tellings

#: Between a look and its record a tick may move the row; three in a row is no accident.
_MOST_LOOKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What was decided, and how the delivery stands now.

    `is_new` is False where it was so already and nothing was recorded: then `decision` is the one that stands, if any.
    `is_recorded`: the ledger has a row of it already; otherwise the plan makes one when its time comes.
    """

    decision: Decision | None
    delivery: Delivery | None = None
    events: tuple[Event, ...] = ()
    is_new: bool = True
    is_recorded: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Acted):
    """`missed` lost their use while everything was paused; `due` goes out at the next tick. `since`: the pause."""

    since: Decision | None = None
    missed: tuple[Delivery, ...] = ()
    due: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A decision, and what its row becomes with it."""

    said: Decision
    to: DeliveryStatus
    reasons: tuple[Reason, ...]
    sent_at: datetime | None = None
    told: Sequence[Told] = ()


def hold(site: Site, name: str, *, by: str, note: str = "") -> Acted:
    """Keep a delivery from going out until somebody releases it, whatever its file says by then.

    Held by a person already: nothing changes. Raises UserError where it can't be stopped any more.
    """

    def step(case: Case, said: Decision) -> _Step | None:
        if case.now.status not in ("planned", "drafted", "held", "skipped"):
            raise refusal(case)
        return None if case.is_held_back("hold") else _as_decided(case, said)

    return _act(site, name, _begun(site, "hold", by=by, note=note), step)


def skip(site: Site, name: str, *, by: str, note: str = "") -> Acted:
    """Never send a delivery. Skipped by a person already: nothing changes."""

    def step(case: Case, said: Decision) -> _Step | None:
        if case.now.status not in ("planned", "drafted", "held", "skipped", "failed"):
            raise refusal(case)
        if case.is_held_back("skip") and case.now.status == "skipped":
            return None
        return _Step(said=said, to="skipped", reasons=(by_person(said, "skipped", case.zone),))

    return _act(site, name, _begun(site, "skip", by=by, note=note), step)


def release(site: Site, name: str, *, by: str, note: str = "", seen: Terms | None = None) -> Acted:
    """Let go what is held, exactly as it is now; or take back a person's hold or skip.

    `seen` is what the person looked at (`offer`). Raises UserError when it has changed since.
    """
    return _let_go(site, name, _begun(site, "release", by=by, note=note), seen)


def approve(site: Site, name: str, *, by: str, note: str = "", seen: Terms | None = None) -> Acted:
    """Say yes to what is planned or held, exactly as it is now: with any change it is held again.

    `seen` is what the person looked at (`offer`). Raises UserError when it has changed since.
    """
    return _let_go(site, name, _begun(site, "approve", by=by, note=note), seen)


def _let_go(site: Site, name: str, begun: Decision, seen: Terms | None) -> Acted:
    act: Letting = "approve" if begun.act == "approve" else "release"

    def step(case: Case, said: Decision) -> _Step | None:
        terms = terms_of(case, act)
        if seen is not None and seen != terms:
            raise UserError(
                f"{case.key} changed while you looked, so nothing was recorded.", "Look at it again and decide anew."
            )
        if is_settled(case, terms, act):
            return None
        _refuse_own(case, said.by)
        return _as_decided(case, replace(said, fingerprint=terms.fingerprint))

    return _act(site, name, begun, step)


def _refuse_own(case: Case, by: str) -> None:
    """Raise UserError where whoever asked for a one-off says yes to it, though another person has to."""
    asked = case.look.memory.one_offs.get(case.key)
    rule = rule_of(case.rules, asked.audience) if asked is not None else None
    if asked is not None and rule is not None and rule.ask and one_line(by).casefold() == one_line(asked.by).casefold():
        raise UserError(
            f"{asked.by} asked for {case.key}, so another person has to approve it (the rule {rule.name}).",
            f"To be done with it: notifier undo {case.key}",
        )


def retry(site: Site, name: str, *, by: str, note: str = "") -> Acted:
    """Let what failed be tried again at the next tick, while it is of use. What was approved before still is."""

    def step(case: Case, said: Decision) -> _Step:
        if case.now.status != "failed":
            raise refusal(case)
        wanted = case.with_word(case.last)
        if case.now.expires_at <= case.look.at or (wanted is not None and wanted.status == "missed"):
            raise UserError(
                f"{case.key} was of use until {case.moment_of_use()}, and nothing is sent about the past.",
                f"To be done with it: notifier skip {case.key}",
            )
        if wanted is None:
            raise UserError(f"Nothing asks for {case.key} any more.", f"To be done with it: notifier skip {case.key}")
        if wanted.status not in ("planned", "held"):
            raise refusal(case, wanted)
        return _Step(said=said, to=wanted.status, reasons=wanted.reasons)

    return _act(site, name, _begun(site, "retry", by=by, note=note), step)


def settle(
    site: Site, name: str, to: Literal["sent", "failed"], *, by: str, note: str = "", sent_at: datetime | None = None
) -> Acted:
    """Say what became of a delivery that nobody could tell about, after looking at the provider.

    Sent: its audience counts as told. `sent_at` is when, by the provider's word; now where it isn't given.
    """

    def step(case: Case, said: Decision) -> _Step:
        if case.now.status != "unknown":
            raise refusal(case)
        if to == "failed":
            _recall(site, case, said)
            text = f"{said.by} looked at the provider on {moment(said.at, case.zone)}: it did not go out."
            return _Step(said=said, to="failed", reasons=(Reason(code="settled", text=_noted(text, said)),))
        at = _sent_at(case, sent_at)
        text = f"{said.by} looked at the provider on {moment(said.at, case.zone)}: it went out."
        told = tellings(case.now, case.look, site.ticker.wiring, at)
        return _Step(
            said=said, to="sent", reasons=(Reason(code="settled", text=_noted(text, said)),), sent_at=at, told=told
        )

    return _act(site, name, _begun(site, "settle", by=by, note=note), step)


def _recall(site: Site, case: Case, said: Decision) -> None:
    """Tell a provider that remembers its doubts: before the row moves, so that a kill in between leaves it to settle again."""
    provider: object = site.ticker.wiring.providers.get(case.now.provider)
    if not isinstance(provider, Recalling):
        return
    try:
        provider.not_taken(case.key, said.at)
    except ProviderError as error:
        raise UserError(f"{error.message} So nothing was recorded.") from error


def _sent_at(case: Case, at: datetime | None) -> datetime:
    if at is None:
        return case.look.at
    if case.now.due_at <= at <= case.look.at:
        return at
    due, now = moment(case.now.due_at, case.zone), moment(case.look.at, case.zone)
    raise UserError(
        f"{case.key} was due {due}, and it is {now}: it can't have been sent {moment(at, case.zone)}.",
        "Give a time between.",
    )


def _noted(text: str, said: Decision) -> str:
    return f"{text} {with_note(said.note, '')}" if said.note else text


def pause(site: Site, *, by: str, note: str = "") -> Acted:
    """Let nothing be handed over until `resume`. Planning goes on, and what loses its use meanwhile is missed."""
    ledger = site.ticker.wiring.ledger
    before = ledger.snapshot().paused
    if before is not None:
        return Acted(decision=before, is_new=False)
    said = Decision(key=EVERYTHING, act="pause", by=by, at=site.clock.now(), note=note, via=site.via)
    ledger.decide(said)
    return Acted(decision=said)


def resume(site: Site, *, by: str, note: str = "") -> Resumed:
    """Let things go out again, from the next tick on. Where nothing is paused, nothing changes."""
    ledger = site.ticker.wiring.ledger
    since = ledger.snapshot().paused
    if since is None:
        return Resumed(decision=None, is_new=False)
    look = site.ticker.look(site.clock.now(), accept_shrink=True)
    said = Decision(key=EVERYTHING, act="resume", by=by, at=look.at, note=note, via=site.via)
    ledger.decide(said)
    return _resumed(look, since, said)


def resumption(site: Site) -> Resumed:
    """What `resume` would let go now, and what was missed meanwhile. Records nothing."""
    since = site.ticker.wiring.ledger.snapshot().paused
    if since is None:
        return Resumed(decision=None, is_new=False)
    return _resumed(site.ticker.look(site.clock.now(), accept_shrink=True), since, None)


def _resumed(look: Look, since: Decision, said: Decision | None) -> Resumed:
    rows = {one.key: one for one in (*look.plan.deliveries, *look.plan.withdrawals)}
    rows |= {key: row for key, row in look.memory.deliveries.items() if not row.is_plannable}
    found = sorted(rows.values(), key=lambda row: (row.due_at, row.key))
    return Resumed(
        decision=said,
        is_new=said is not None,
        since=since,
        missed=tuple(row for row in found if row.status == "missed" and since.at < row.expires_at <= look.at),
        due=tuple(row for row in found if row.status in ("planned", "drafted") and row.due_at <= look.at),
    )


def _as_decided(case: Case, said: Decision) -> _Step:
    """The row as the rules, with this word of a person, have it."""
    wanted = case.with_word(said)
    if wanted is None:
        # Only a draft is still there when nothing asks for it any more, and that can only be held.
        return _Step(said=said, to="held", reasons=(by_person(said, "held", case.zone),))
    return _Step(said=said, to=wanted.status, reasons=wanted.reasons)


def _begun(site: Site, act: Act, *, by: str, note: str) -> Decision:
    """A decision about a delivery that is yet to be found."""
    return Decision(key="", act=act, by=by, at=site.clock.now(), note=note, via=site.via)


def _act(site: Site, name: str, begun: Decision, step: Callable[[Case, Decision], _Step | None]) -> Acted:
    """Look, decide, record; again when a tick, or another person, came between."""
    for _ in range(_MOST_LOOKS):
        case = case_of(site, name, begun.act)
        made = step(case, replace(begun, key=case.key, at=case.look.at))
        if made is None:
            return Acted(
                decision=case.last, delivery=case.now, events=case.events(), is_new=False, is_recorded=case.row is not None
            )  # fmt: skip
        if _recorded(site, case, made):
            delivery = replace(case.now, status=made.to, reasons=made.reasons, sent_at=made.sent_at or case.now.sent_at)
            return Acted(decision=made.said, delivery=delivery, events=case.events(), is_recorded=case.row is not None)
        name = case.key
    raise UserError(f"{name} keeps moving, so nothing was recorded.", "Try again in a minute.")


def _recorded(site: Site, case: Case, made: _Step) -> bool:
    ledger = site.ticker.wiring.ledger
    if case.row is None:
        return ledger.decide(made.said, after=case.last)
    return ledger.decide(
        made.said, case.row, made.to, reasons=made.reasons, sent_at=made.sent_at, told=made.told, after=case.last
    )
