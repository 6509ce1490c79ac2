"""What a worker does: batches, as far as the ledger's rows say that there is something to do, and those of others who died.

A worker plans nothing, and begins nothing: a delivery is its to give away from the moment at which a tick has written down that sending
began, and as long as nothing is paused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.beside import Share, Sharing
from notifier.core.delivery import Delivery
from notifier.core.event import Reason
from notifier.errors import ProviderError, UserError
from notifier.ports import Batch, Ledger
from notifier.tick.between import may_be_given, provider_for
from notifier.tick.wiring import Wiring

#: After how long a batch comes again that could not be begun, or whose delivery must wait.
LATER = timedelta(seconds=30)


@dataclass(slots=True)
class Working:
    """`wiring` is asked each time: a configuration may change. `told` hears of what a person should know, each thing once."""

    wiring: Callable[[], Wiring]
    now: Callable[[], datetime]
    told: Callable[[str], None]
    _said: dict[str, str] = field(default_factory=dict)

    def give(self, batch: Batch) -> timedelta | None:
        """Do a batch; after how long it is to come again, None for done."""
        wiring, at = self.wiring(), self.now()
        row = next((one for one in wiring.ledger.rows("sending") if one.key == batch.key), None)
        provider = wiring.providers.get(batch.provider)
        # The rows say what there is to do, not the batch: that may be of long ago.
        if row is None or provider is None or not isinstance(provider, Sharing):
            return None
        if not self._may_go(row, wiring):
            return LATER
        try:
            share = provider.give(batch.key, batch.digest, at)
        except (ProviderError, UserError) as error:
            share = Share(again=LATER, trouble=error.message)
        self._note(row, share, wiring.ledger, at)
        return share.again

    def rescue(self) -> None:
        """See that there are batches for all who wait, and that nobody's claim is left behind: as a tick does, and as often as one likes."""
        wiring, at = self.wiring(), self.now()
        for row in wiring.ledger.rows("sending"):
            provider = wiring.providers.get(row.provider)
            if provider is None or row.draft_id is None or not isinstance(provider, Sharing):
                continue
            if not self._may_go(row, wiring):
                continue
            try:
                # That gives nobody anything here; of all who do it at once, one sees to the batches.
                provider.send(row.draft_id, row.key, at)
            except (ProviderError, UserError) as error:
                self._tell(row.key, error.message)

    def _may_go(self, row: Delivery, wiring: Wiring) -> bool:
        memory = wiring.ledger.snapshot()
        provider = provider_for(row, wiring)
        if memory.paused is not None or provider is None or provider is not wiring.providers.get(row.provider):
            return False
        return may_be_given(row, memory.mode, provider=provider, wiring=wiring)

    def _note(self, row: Delivery, share: Share, ledger: Ledger, at: datetime) -> None:
        """Let the row say why nobody can be given anything, where that is so."""
        if share.refused:
            ledger.move(row, "failed", at=at, reasons=_why("refused", share.refused), draft_id=row.draft_id)
        elif share.trouble and row.reasons != tuple(_why("retry", share.trouble)):
            ledger.move(row, "sending", at=at, reasons=_why("retry", share.trouble), draft_id=row.draft_id)
        self._tell(row.key, share.refused or share.trouble)

    def _tell(self, key: str, said: str) -> None:
        if said and self._said.get(key) != said:
            self.told(f"{key}: {said}")
        self._said[key] = said


def _why(code: str, text: str) -> Sequence[Reason]:
    return [Reason(code=code, text=text)]
