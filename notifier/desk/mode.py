"""The switch between test mode and live mode, under the ceiling that config.yaml sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from notifier.core.delivery import MODE, Decision, Delivery
from notifier.core.event import Reason
from notifier.core.mode import Mode, mode_in_force
from notifier.desk.acts import Acted
from notifier.desk.terms import Site
from notifier.errors import UserError
from notifier.tick import Wiring


class _Wired(Protocol):
    @property
    def wiring(self) -> Wiring: ...


class _Ticking(Protocol):
    """Where the mode is asked for: nothing need be looked at."""

    @property
    def ticker(self) -> _Wired: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeNow:
    """The mode in force. `said` is what was last decided about it, None while nobody has; `may_be_live`: config.yaml allows it.

    `addresses` get copies in test mode. `reaches`: some provider reaches people, so that the mode makes a difference.
    """

    mode: Mode
    said: Decision | None
    may_be_live: bool
    addresses: tuple[str, ...]
    reaches: bool

    @property
    def is_dropped(self) -> bool:
        """Whether live mode was decided, and config.yaml has taken it back."""
        return self.said is not None and self.said.act == "live" and not self.may_be_live


def mode_now(site: _Ticking) -> ModeNow:
    """As the ledger has it now; no tick is waited for. Raises UserError where the ledger can't be read."""
    wiring = site.ticker.wiring
    said = next(reversed(wiring.ledger.decided(MODE)), None)
    return as_said(wiring, said)


def as_said(wiring: Wiring, said: Decision | None) -> ModeNow:
    """The mode, where this is what was last decided about it."""
    may = wiring.settings.live
    return ModeNow(
        mode=mode_in_force(said, ceiling=may), said=said, may_be_live=may, addresses=wiring.settings.test,
        reaches=any(one.capabilities().reaches_people for one in wiring.providers.values()),
    )  # fmt: skip


def switch(site: Site, mode: Mode, *, by: str, note: str = "") -> Acted:
    """Turn a mode on, from the next tick on. Where somebody has decided that already, nothing changes.

    Raises UserError for live mode where config.yaml forbids it.
    """
    ledger, now = site.ticker.wiring.ledger, mode_now(site)
    if mode == "live" and not now.may_be_live:
        raise UserError(
            "config.yaml forbids live mode, so nothing was decided.",
            f"Write `live: true` under `sending:` in {site.ticker.wiring.settings.path}, then try again.",
        )
    # What only config.yaml says is decided all the same: then it holds whatever the file says later.
    if now.mode == mode and now.said is not None and now.said.act == mode:
        return Acted(decision=now.said, is_new=False)
    said = Decision(key=MODE, act=mode, by=by, at=site.clock.now(), note=note, via=site.via)
    ledger.decide(said)
    return Acted(decision=said)


def mode_questions(site: Site, delivery: Delivery) -> Iterator[Reason]:
    """What whoever sends it has to know about the mode."""
    wiring = site.ticker.wiring
    if not wiring.is_test or delivery.provider not in wiring.rehearsals:
        return
    yield Reason(
        code="test-mode",
        text=f"Test mode is on: nobody of {delivery.audience} gets this, only the addresses of sending.test do.",
    )
