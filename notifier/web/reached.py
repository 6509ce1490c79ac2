"""What the page of a delivery to each member says of whom it did not reach: numbers of all, and some of them, masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifier.core.recipient import Recipient
from notifier.desk.reached import masked, reached
from notifier.people import Recipients


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """`numbers` are those of all recipients, as they are said; `named` some that it did not reach: masked, how, and the server's word."""

    numbers: tuple[str, ...]
    named: tuple[tuple[str, str, str], ...]
    more: int
    in_doubt: int


def unreached(ledger: Recipients, key: str) -> Unreached | None:
    """None for a delivery that doesn't go to each member, or has not begun to."""
    found = reached(ledger, key)
    if found is None:
        return None
    tally = found.tally
    counts = (
        (tally.taken, "taken"), (tally.refused, "refused"), (tally.unknown, "in doubt"),
        (tally.waiting + tally.claimed, "still to be handed over"),
    )  # fmt: skip
    return Unreached(
        numbers=(f"{tally.total:,} in all", *(f"{number:,} {word}" for number, word in counts if number)),
        named=tuple(_named(one) for one in found.named),
        more=found.unnamed,
        in_doubt=tally.unknown,
    )


def _named(one: Recipient) -> tuple[str, str, str]:
    # Mail servers like to repeat an address in what they say of it.
    said = (
        re.sub(re.escape(one.address), masked(one.address), one.said, flags=re.IGNORECASE) if one.address else one.said
    )
    return masked(one.address), "in doubt" if one.status == "unknown" else "refused", said
