"""Which ledger sends: what stands for and against this one, and a person's word that it is this one from now on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notifier.beside import Fencing, Leasing
from notifier.core.delivery import LEDGER, Decision, Delivery
from notifier.core.lease import Lease, Mark, verdict
from notifier.core.zones import moment
from notifier.desk.terms import Site
from notifier.errors import ProviderError, UserError
from notifier.tick import reconciling
from notifier.tick.reconciling import Sight, Survey
from notifier.tick.wiring import Look

_NOBODY_COPIES = "This ledger can't be copied, so there is nothing to take over."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What this ledger knows of itself, what stands at the providers (None: nothing), and what those say that can't be asked.

    `why` nothing may be sent from it; "" where it may.
    """

    lease: Lease
    marks: Mapping[str, Mark | None]
    silent: Mapping[str, str]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """`became` are the deliveries that were looked up, each with its row afterwards."""

    lease: Lease
    became: tuple[tuple[Sight, Delivery], ...]
    forgot: frozenset[str]


def standing(site: Site) -> Standing:
    """Ask everybody, and change nothing. Raises UserError where no ledger is there that could be copied."""
    wiring, lease = site.ticker.wiring, _lease(site)
    marks: dict[str, Mark | None] = {}
    silent: dict[str, str] = {}
    for name, provider in wiring.providers.items():
        if isinstance(provider, Fencing):
            try:
                marks[name] = provider.mark()
            except ProviderError as error:
                silent[name] = error.message
    why = verdict(lease, marks, wiring.rules.site.timezone).why
    return Standing(lease=lease, marks=marks, silent=silent, why=why)


def surveyed(site: Site, *, accept_shrink: bool = False, only_here: bool = False) -> Survey:
    """What would be found if it were taken over now; nothing is changed. Raises UserError where that can't be known."""
    ticker, now = site.ticker, site.clock.now()
    lease, marks = _lease(site), _marks(site)
    look = ticker.look(now, accept_shrink=accept_shrink)
    return _surveyed(site, look, lease, marks, only_here=only_here)


def take_over(
    site: Site, *, by: str, note: str = "", accept_shrink: bool = False, only_here: bool = False
) -> TakenOver:
    """From now on this ledger sends, and no other: what went out meanwhile is looked up and written down before.

    `only_here`: of a ledger that several instances may share, no other machine has handed anything over through folders of its own.
    Broken off at any moment nothing is sent from it, and it can be done again. Raises UserError where a provider can't be
    asked: nobody knows then what another ledger gave it.
    """
    ticker, now = site.ticker, site.clock.now()
    lease, marks = _lease(site), _marks(site)
    since = moment(now, ticker.wiring.rules.site.timezone)
    why = f"{by} began to take this ledger over on {since}, and that was broken off. Do it again: notifier ledger take-over."
    try:
        raised = reconciling.fence_off(ticker.wiring, lease, marks, now, by=by, why=why)
    except ProviderError as error:
        raise _unasked(error) from error
    # Looked up only now: before, another could still have given something away.
    look = ticker.look(now, accept_shrink=accept_shrink)
    found = _surveyed(site, look, raised, marks, only_here=only_here)
    became = reconciling.settle_all(found, ticker.wiring)
    ticker.wiring.ledger.decide(Decision(key=LEDGER, act="take", by=by, at=now, note=note, via=site.via))
    try:
        reconciling.take_up(ticker.wiring, raised, now)
    except ProviderError as error:
        raise _unasked(error) from error
    return TakenOver(lease=raised, became=tuple(became), forgot=found.forgot)


def carry_on(site: Site, *, by: str) -> None:
    """From now on this ledger sends here, where it came from another machine; where it is in use already, nothing happens.

    For a ledger of which there is one at a time, and which was told of each mail, and kept, before that was handed over: so what it
    says was never handed over was not, and what may have been is asked about as ever. Raises UserError as `take_over` does.
    """
    found, now = standing(site), site.clock.now()
    if found.lease.shared:
        raise UserError("A ledger at a server lies where it is, and no machine carries it on.", "Leave --carried out.")
    if not found.why and (found.lease.at_home or not found.lease.fence):
        return
    ticker, marks = site.ticker, _marks(site)
    why = f"{by} began to carry this ledger on, and that was broken off. It does so again."
    try:
        raised = reconciling.fence_off(ticker.wiring, found.lease, marks, now, by=by, why=why)
        ticker.wiring.ledger.decide(
            Decision(key=LEDGER, act="take", by=by, at=now, note="It is carried from machine to machine.", via=site.via)
        )
        reconciling.take_up(ticker.wiring, raised, now)
    except ProviderError as error:
        raise _unasked(error) from error


def release(site: Site) -> bool:
    """Let this ledger be taken up elsewhere, exactly as it is, without a person. False where it isn't the one in use."""
    found = standing(site)
    if found.why or found.lease.fence == 0:
        return False
    site.ticker.fence.release(site.clock.now())
    return True


def _lease(site: Site) -> Lease:
    ledger = site.ticker.wiring.ledger
    lease = ledger.lease() if isinstance(ledger, Leasing) else None
    if lease is None:
        raise UserError(_NOBODY_COPIES)
    return lease


def _marks(site: Site) -> Mapping[str, Mark | None]:
    try:
        return reconciling.marks_of(site.ticker.wiring)
    except ProviderError as error:
        raise _unasked(error) from error


def _surveyed(site: Site, look: Look, lease: Lease, marks: Mapping[str, Mark | None], *, only_here: bool) -> Survey:
    try:
        return reconciling.survey(site.ticker.wiring, look, lease, marks, only_here=only_here)
    except ProviderError as error:
        raise _unasked(error) from error


def _unasked(error: ProviderError) -> UserError:
    return UserError(
        f"What went out can't be known now, so nothing is sent from this ledger yet. {error.message}", "Then try again."
    )
