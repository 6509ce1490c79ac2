"""Who gives letters away at this moment, and what came of those whom a process had claimed that is no more.

Each round has a journal on its machine. Where the spool is shared, the ledger also knows which machine that is, and others see
by a lock whether the round's process still lives; what it wrote only that machine can read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from notifier.beside import Shelf
from notifier.core.recipient import Recipient, Result
from notifier.edges.smtp.journal import Journal, are_blank, dead_claims, forget, has_journal, is_alive, what_came_of
from notifier.edges.smtp.shared import SharedSpool
from notifier.edges.smtp.spool import Entry, Spool
from notifier.errors import ProviderError, UserError

#: So long a machine that was lost in a round may take to come back, since the round began, before those it had claimed are in doubt.
PATIENCE = timedelta(hours=1)
#: What is in doubt and why, in the words of those who have to look.
AWAY = "The machine that had this under way has not come back."

#: Writes down what became of those whom this claim held.
Conclude = Callable[[str, Sequence[Result]], object]


class Rounds:
    """The rounds of one spool."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._shared = spool if isinstance(spool, SharedSpool) else None

    def begin(self, hashed: str, at: datetime) -> Journal:
        """Begin one. Whoever does holds the delivery; it goes on without. One that is there and blank gave nothing away."""
        place = self._spool.place(hashed)
        with self._spool.told("write to"):
            if self._shared is None:
                return Journal(place)
            self._shared.make_place(hashed)
            machine, shelf = self._shared.machine(), self._shared.shelf
            try:
                return _SharedJournal(self._spool, hashed, shelf, machine=machine, at=at)
            except UserError as error:
                raise ProviderError(f"{self._spool.name}: {error.message}", permanent=False) from error

    def is_under_way(self, hashed: str, claimed: Iterable[Recipient]) -> bool:
        """Whether a living process has one of these in its hands."""
        claims = {one.claim for one in claimed if one.claim is not None}
        return any(self._is_alive(hashed, claim) for claim in sorted(claims))

    def recover(self, hashed: str, claimed: Iterable[Recipient], at: datetime, conclude: Conclude) -> None:
        """Write down what became of those whom a dead process had claimed. Twice: once."""
        place = self._spool.place(hashed)
        for claim, those in groupby(sorted(claimed, key=_claim), key=_claim):
            if not self._is_alive(hashed, claim) and not self._may_come_back(hashed, claim, at):
                conclude(claim, self._what_came_of(hashed, claim, list(those)))
                if self._shared is not None:
                    self._shared.shelf.forget_round(claim)
        with self._spool.told("write to"):
            for claim in dead_claims(place):
                forget(place, claim)

    def knows_more(self, hashed: str, entry: Entry, given: int) -> bool:
        """Whether more were given it from here than the ledger knows of, by which so many were: it is a copy from before."""
        if self._shared is not None:
            return self._shared.is_behind(hashed, given)
        if entry.number is not None:
            return given < entry.number
        with self._spool.told("read"):
            # A round that was begun, and a journal that is there and blank: under that nothing was given away.
            return entry.state == "unclear" and not (given or are_blank(self._spool.place(hashed)))

    def _is_alive(self, hashed: str, claim: str) -> bool:
        with self._spool.told("read"):
            if is_alive(self._spool.place(hashed), claim):
                return True
        return self._shared is not None and self._shared.is_held(claim)

    def _may_come_back(self, hashed: str, claim: str, at: datetime) -> bool:
        """Whether only another machine can tell, and that is still waited for."""
        if self._shared is None or self._is_here(hashed, claim):
            return False
        known = self._shared.shelf.round(claim)
        return known is not None and at < known[1] + PATIENCE

    def _what_came_of(self, hashed: str, claim: str, those: Sequence[Recipient]) -> list[Result]:
        if self._shared is not None and not self._is_here(hashed, claim):
            return [Result(number=one.number, status="unknown", said=AWAY) for one in those]
        with self._spool.told("read"):
            return what_came_of(self._spool.place(hashed), claim, those)

    def _is_here(self, hashed: str, claim: str) -> bool:
        """Whether its journal lies on this machine, or would."""
        with self._spool.told("read"):
            if self._shared is None or has_journal(self._spool.place(hashed), claim):
                return True
            known = self._shared.shelf.round(claim)
            return known is not None and known[0] == self._shared.machine()


class _SharedJournal(Journal):
    """A journal whose process others see to be alive, on whichever machine they are."""

    def __init__(self, spool: Spool, hashed: str, shelf: Shelf, *, machine: str, at: datetime) -> None:
        super().__init__(spool.place(hashed))
        self._shelf = shelf
        self._holding = shelf.hold(self.claim)
        try:
            self._held = self._holding.__enter__()
        except BaseException:
            super().close(remove=True)
            raise
        try:
            # Before anybody is claimed: else nobody would know whom to wait for.
            shelf.note_round(self.claim, machine, at)
        except BaseException:
            self.close(remove=True)
            raise

    def begun(self, number: int) -> None:
        try:
            # Others may take this process for dead, so it must not give anything more away.
            self._held.check()
        except UserError as error:
            raise OSError(error.message) from error
        super().begun(number)

    def close(self, *, remove: bool) -> None:
        try:
            super().close(remove=remove)
            if remove:
                with suppress(UserError):
                    self._shelf.forget_round(self.claim)
        finally:
            self._holding.__exit__(None, None, None)


def _claim(one: Recipient) -> str:
    return one.claim or ""
