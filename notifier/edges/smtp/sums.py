"""What the numbers of a delivery to each person come to: what is said of them, and what became of handing over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notifier.core.delivery import Outcome
from notifier.core.recipient import Tally
from notifier.edges.smtp.spool import Spool
from notifier.edges.smtp.stream import RefusedSender
from notifier.edges.smtp.wire import NotTaken, Server


def given_to(tally: Tally) -> int:
    """How many were given it, or may have been."""
    return tally.taken + tally.unknown + tally.claimed


def went_out(tally: Tally) -> bool:
    """Whether it reached somebody, or may have."""
    return tally.taken + tally.unknown > 0


def outcome_of(
    tally: Tally, refusals: Sequence[str], put_off: Sequence[str], trouble: NotTaken | None, server: Server
) -> Outcome:
    """`refusals` and `put_off` are what the server said just now, for good and for now; `trouble` is why it took nothing more."""
    goes_on = bool(tally.waiting + tally.claimed)
    if not given_to(tally):
        if is_refused(trouble, refusals, put_off):
            return Outcome(result="refused", detail=refusal(trouble, refusals, server))
        if not goes_on:
            return Outcome(result="refused", detail=f"Nobody was given it. {tally.words}.")
        why = str(trouble or "") or _commonest(put_off) or "Nobody's turn has come."
        return Outcome(result="unsent", detail=why)
    if goes_on:
        if trouble is not None:
            return Outcome(result="unsent", detail=f"{trouble} So far: {tally.words}.")
        return Outcome(result="accepted", detail=tally.words)
    if not tally.taken:
        return Outcome(result="ambiguous", detail=doubt(tally, server))
    return Outcome(result="accepted", detail=tally.words)


def is_refused(trouble: NotTaken | None, refusals: Sequence[str], put_off: Sequence[str]) -> bool:
    """Whether the server takes it for nobody, where nobody was given it."""
    return isinstance(trouble, RefusedSender) or (trouble is None and bool(refusals) and not put_off)


def refusal(trouble: NotTaken | None, refusals: Sequence[str], server: Server) -> str:
    said = f"{server.place} refused all {len(refusals):,} of them, most with: {_commonest(refusals)}"
    return str(trouble) if trouble is not None else said


def doubt(tally: Tally, server: Server) -> str:
    return (
        f"{tally.words}: {server.place} was given these, and whether it took them nobody knows. "
        "Look for them in the log of the mail server."
    )


def lost(tally: Tally, spool: Spool) -> str:
    return (
        f"{tally.words}, and the letter is no longer in {spool.all}, so the others can't be given it. "
        "Put it back from a backup, or settle it."
    )


def older(hashed: str, spool: Spool) -> str:
    return (
        f"{spool.place(hashed)} says that more of them were given it than the ledger knows of, which may be a copy from "
        "before. If all have it, skip it, or settle it as sent; if nobody has, delete that folder."
    )


def _commonest(said: Sequence[str]) -> str:
    return Counter(said).most_common(1)[0][0] if said else ""
