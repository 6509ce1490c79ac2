"""Which of several copies of one ledger may act: what a ledger knows of itself, what its providers were told, what follows.

Each time a ledger is taken up it gets a new `nonce`, and keeps all that it had. What stands at a provider under a nonce
that this ledger never had was written by another: a copy that went on, or the ledger that this is an old state of. So no
clock decides anything here; times are only told to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from notifier.core.zones import in_utc, moment

#: What to do where nothing is sent from a ledger, after the sentence that says why.
REMEDY = (
    "If this is the ledger that is to send from now on, and no other does: notifier ledger take-over. "
    "What stands against it: notifier ledger status."
)

_ELSEWHERE = (
    "This ledger lies elsewhere than when it was last in use, so it may be a copy, and nothing is sent from it."
)
_SWITCHED = (
    "Its server was switched over to another, or put back to an earlier state, so this ledger may lack what was done last, and "
    "nothing is sent from it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a ledger knows of itself. `fence` counts how often it was taken up, 0 before the first time; `earlier` are the nonces before.

    `at_home`: it lies where it lay then. `switched`: not, since a server goes on where that one ended, or earlier. `shared`: several
    instances may have it in common. `moves` is the number of its last transition. `copied_at`: it was made as a copy,
    and never taken up since. `stopped` says why nothing is sent from it until a person takes it up, "" where nothing is in the way.
    """

    ledger_id: str
    fence: int
    nonce: str
    at_home: bool
    moves: int
    earlier: frozenset[str] = frozenset()
    taken_at: datetime | None = None
    copied_at: datetime | None = None
    stopped: str = ""
    switched: bool = False
    shared: bool = False

    def descends_from(self, mark: Mark) -> bool:
        """Whether this very ledger wrote the mark, in whatever state."""
        return mark.ledger_id == self.ledger_id and (mark.nonce == self.nonce or mark.nonce in self.earlier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What stands at a provider of the ledger that sends through it, and how far that was.

    `released`: its program has ended in order. `is_copied`: the place that it stands in was copied, so that nobody else may see it.
    """

    ledger_id: str
    fence: int
    nonce: str
    moves: int
    renewed_at: datetime
    released: bool = False
    is_copied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`go`: as before. `raise`: it has to be taken up anew, which it may. `stop`: only a person may, and `why`."""

    act: Literal["go", "raise", "stop"]
    why: str = ""


def mark_of(lease: Lease, now: datetime, *, released: bool = False) -> Mark:
    """What a ledger writes at its providers."""
    return Mark(
        ledger_id=lease.ledger_id, fence=lease.fence, nonce=lease.nonce, moves=lease.moves, renewed_at=in_utc(now),
        released=released,
    )  # fmt: skip


def verdict(lease: Lease, marks: Mapping[str, Mark | None], zone: str) -> Verdict:
    """Whether this ledger may act, where `marks` stand at these providers. Those that weren't asked are not among them."""
    if lease.stopped:
        return Verdict(act="stop", why=lease.stopped)
    found = {name: mark for name, mark in marks.items() if mark is not None}
    if lease.fence == 0 and lease.copied_at is None:
        return _of_a_new_one(found, zone)
    if against := _against(lease, found, zone):
        return _stop(against)
    if lease.copied_at is not None:
        return _stop(f"This ledger is a copy, made on {moment(lease.copied_at, zone)}, so nothing is sent from it.")
    released = [mark for mark in found.values() if mark.nonce == lease.nonce and mark.released]
    if lease.at_home:
        return Verdict(act="raise" if released else "go")
    if any(mark.moves == lease.moves and not mark.is_copied for mark in released):
        return Verdict(act="raise")
    return _stop(_SWITCHED if lease.switched else _ELSEWHERE)


def _against(lease: Lease, found: Mapping[str, Mark], zone: str) -> str:
    """What the marks say against a ledger that was taken up before."""
    for name, mark in found.items():
        if not lease.descends_from(mark):
            return _another(name, mark, zone)
        if mark.nonce == lease.nonce and mark.moves > lease.moves:
            return _older(name)
    return ""


def _of_a_new_one(found: Mapping[str, Mark], zone: str) -> Verdict:
    living = {name: mark for name, mark in found.items() if not mark.released}
    for name, mark in living.items():
        since = moment(mark.renewed_at, zone)
        return _stop(
            f"Another ledger of this site sends through {name}, last on {since}, so this new one sends nothing."
        )
    return Verdict(act="raise")


def _another(name: str, mark: Mark, zone: str) -> str:
    what = "has ended since" if mark.released else "may be at work"
    return (
        f"Another ledger has taken over at {name}, was last seen there on {moment(mark.renewed_at, zone)}, and {what}. "
        "This one is a copy, or an older state, so nothing is sent from it."
    )


def _older(name: str) -> str:
    return f"More has been sent through {name} than this ledger knows of: it is an older state, so nothing is sent from it."


def _stop(why: str) -> Verdict:
    return Verdict(act="stop", why=f"{why} {REMEDY}")


def mark_record(mark: Mark) -> dict[str, Any]:
    """A mark as text can keep it."""
    return {
        "ledger": mark.ledger_id, "fence": mark.fence, "nonce": mark.nonce, "moves": mark.moves,
        "renewed_at": mark.renewed_at.isoformat(), "released": mark.released,
    }  # fmt: skip


def mark_from(record: Any, *, is_copied: bool = False) -> Mark:
    """Raises ValueError, KeyError or TypeError for what is none."""
    mark = Mark(
        ledger_id=str(record["ledger"]), fence=int(record["fence"]), nonce=str(record["nonce"]),
        moves=int(record["moves"]), renewed_at=in_utc(datetime.fromisoformat(record["renewed_at"])),
        released=bool(record["released"]), is_copied=is_copied,
    )  # fmt: skip
    if not (mark.ledger_id and mark.nonce):
        raise ValueError(record)
    return mark
