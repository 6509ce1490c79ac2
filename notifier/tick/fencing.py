"""Whether this ledger is the one that sends: asked of the ledger and of its providers before anything is done.

A copy that went on, and an old state that was put back, are told by what stands at the providers (`core.lease`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.beside import Fencing, Leasing
from notifier.core.lease import REMEDY, Lease, Mark, mark_of, verdict
from notifier.errors import ProviderError
from notifier.ports import Ledger, Provider

#: How often what stands there is written anew while nothing happens, and how often it is asked for where that costs a request.
RENEWED_EVERY = timedelta(minutes=1)
ASKED_EVERY = timedelta(minutes=10)
#: Others may take a ledger up at the same time; each try begins with what it has become.
_TRIES = 5
_JUST_MOVED = "This ledger was taken up in a new place just now; from the next tick on it sends."


@dataclass(slots=True, kw_only=True)
class Fence:
    """What is remembered between ticks may be lost: then it is asked once more than it need be. `stopped` is why nothing is sent."""

    ledger: Ledger
    providers: Mapping[str, Provider]
    zone: str
    stopped: str = ""
    _asked_at: dict[str, datetime] = field(default_factory=dict)
    _given_at: dict[str, datetime] = field(default_factory=dict)
    _written: dict[str, Mark] = field(default_factory=dict)
    # Found once: looking for each method of a protocol takes long, and every tick asks several times.
    _leasing: Leasing | None = field(init=False)
    _fencing: dict[str, Fencing] = field(init=False)

    def __post_init__(self) -> None:
        self._leasing = self.ledger if isinstance(self.ledger, Leasing) else None
        self._fencing = {name: one for name, one in self.providers.items() if isinstance(one, Fencing)}

    def stand(self, now: datetime) -> str:
        """Why nothing may be done in this tick, "" where it may. A ledger that may is taken up where that is called for."""
        self.stopped = self._standing(now)
        return self.stopped

    def keeps(self, provider: Provider, now: datetime) -> str:
        """Why nothing may be handed to this provider at this moment, "" where it may. A far one is asked once a tick.

        Raises ProviderError where it can't be asked.
        """
        lease = self._lease()
        if lease is None or self.stopped:
            return self.stopped
        if lease.stopped:
            # Nothing is written: who takes it over may be about to end that.
            self.stopped = lease.stopped
            return self.stopped
        if not isinstance(provider, Fencing):
            return ""
        name = provider.name
        self._given_at[name] = now
        if not provider.is_near() and self._asked_at.get(name) == now:
            return ""
        self._asked_at[name] = now
        mark = provider.mark()
        found = verdict(lease, {name: mark}, self.zone)
        if found.act == "stop" and self._is_final(lease, found.why, now):
            return self.stopped
        if mark is None or mark.nonce != lease.nonce or mark.moves < lease.moves or mark.released:
            # Before anything leaves: an older state of this ledger is then known for one.
            self._put(name, provider, lease, now)
        return ""

    def renew(self, now: datetime) -> None:
        """At the end of a tick: how far the ledger is now, wherever that says something new and costs little."""
        lease = self._lease()
        if lease is None or self.stopped or lease.fence == 0:
            return
        for name, provider in self._fencing.items():
            last = self._written.get(name)
            is_at_work = provider.is_near() or self._given_at.get(name) == now
            if is_at_work and last is not None and (last.nonce, last.moves) != (lease.nonce, lease.moves):
                self._put_if_possible(name, provider, lease, now)

    def end(self, now: datetime) -> None:
        """At the end of the program. One of several instances that ends lets nothing go: the others send on."""
        lease = self._lease()
        if lease is not None and not lease.shared:
            self.release(now)

    def release(self, now: datetime) -> None:
        """Whoever takes up this very ledger elsewhere, as it is now, need not wait for a person."""
        lease = self._lease()
        if lease is None or self.stopped or lease.stopped or lease.fence == 0:
            return
        # The near ones first: a far one may let us wait.
        for _, provider in sorted(self._fencing.items(), key=lambda one: not one[1].is_near()):
            try:
                mark = provider.mark()
                if mark is not None and mark.nonce == lease.nonce:
                    provider.put_mark(mark_of(lease, now, released=True))
            except ProviderError:
                # Then a person says so elsewhere.
                continue

    def _standing(self, now: datetime) -> str:
        for _ in range(_TRIES):
            lease = self._lease()
            if lease is None:
                return ""
            if lease.stopped:
                return lease.stopped
            why = self._tried(lease, now)
            if why is not None:
                return why
        raise ProviderError(
            "The ledger is taken up by several programs at once. The next tick tries again.", permanent=False
        )

    def _tried(self, lease: Lease, now: datetime) -> str | None:
        """As `stand`; None where the ledger has become another meanwhile."""
        marks, silent = self._marks(now, whole=lease.fence == 0 or not lease.at_home)
        found = verdict(lease, marks, self.zone)
        if found.act == "stop":
            return found.why if self._is_final(lease, found.why, now) else None
        if silent and not lease.at_home:
            return f"{silent[0]} Until it can be asked, nothing is sent from this ledger, which may be a copy. {REMEDY}"
        if found.act == "go":
            self._put_everywhere(marks, lease, now)
            return ""
        raised = self._raised(lease, now)
        if raised is None:
            return None
        self._put_everywhere(marks, raised, now)
        return "" if lease.at_home else _JUST_MOVED

    def _is_final(self, lease: Lease, why: str, now: datetime) -> bool:
        """Let the ledger itself keep why; False where another process took it up meanwhile, so that all is to be asked again."""
        assert self._leasing is not None  # noqa: S101 - whoever has a lease is one
        again = self._leasing.lease()
        if again is None or again.nonce != lease.nonce or again.moves != lease.moves:
            return False
        if not self._leasing.stop(lease, why, now):
            return False
        self.stopped = why
        return True

    def _lease(self) -> Lease | None:
        return self._leasing.lease() if self._leasing is not None else None

    def _raised(self, lease: Lease, now: datetime) -> Lease | None:
        return self._leasing.raise_lease(lease, now) if self._leasing is not None else None

    def _marks(self, now: datetime, *, whole: bool) -> tuple[dict[str, Mark | None], list[str]]:
        """What stands at the providers that are asked now, and what those said that couldn't tell. `whole`: all are asked."""
        marks: dict[str, Mark | None] = {}
        silent: list[str] = []
        for name, provider in self._fencing.items():
            last = self._asked_at.get(name)
            if not (whole or provider.is_near() or last is None or not last <= now < last + ASKED_EVERY):
                continue
            try:
                marks[name] = provider.mark()
            except ProviderError as error:
                silent.append(error.message)
                continue
            self._asked_at[name] = now
        return marks, silent

    def _put_everywhere(self, marks: Mapping[str, Mark | None], lease: Lease, now: datetime) -> None:
        for name, provider in self._fencing.items():
            mark = marks.get(name)
            if name not in marks or (mark is not None and self._is_fresh(mark, lease, provider, now)):
                if mark is not None:
                    self._written[name] = mark
                continue
            self._put_if_possible(name, provider, lease, now)

    def _is_fresh(self, mark: Mark, lease: Lease, provider: Fencing, now: datetime) -> bool:
        every = RENEWED_EVERY if provider.is_near() else ASKED_EVERY
        return mark.nonce == lease.nonce and not mark.released and abs(now - mark.renewed_at) < every

    def _put_if_possible(self, name: str, provider: Fencing, lease: Lease, now: datetime) -> None:
        try:
            self._put(name, provider, lease, now)
        except ProviderError:
            # Before anything is handed to it, it has to be possible.
            self._asked_at.pop(name, None)

    def _put(self, name: str, provider: Fencing, lease: Lease, now: datetime) -> None:
        mark = mark_of(lease, now)
        provider.put_mark(mark)
        self._written[name] = mark
