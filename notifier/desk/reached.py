"""Whom a delivery to each member did not reach, as far as it is known: who refused it, and who is in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from notifier.core.delivery import Delivery
from notifier.core.recipient import Recipient, Tally
from notifier.core.records import Record
from notifier.desk.naming import find_delivery
from notifier.desk.terms import Site
from notifier.edges.eml import message_id
from notifier.errors import UserError
from notifier.people import Recipients

#: So many are named where whole lists are not what was asked for; the numbers are of all.
MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How many of a delivery's recipients stand where, and those it did not reach, or may not have, by number."""

    tally: Tally
    refused: tuple[Recipient, ...]
    in_doubt: tuple[Recipient, ...]

    @property
    def named(self) -> tuple[Recipient, ...]:
        """The first of those it did not reach; who is in doubt before who refused it, since a person has to look for them."""
        return (*self.in_doubt, *self.refused)[:MOST_NAMED]

    @property
    def unnamed(self) -> int:
        return len(self.in_doubt) + len(self.refused) - len(self.named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One person of whom nobody knows whether they got a mail. `address` and `name` are "" once they were erased."""

    address: str
    name: str
    message_id: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Everybody of a delivery who is in doubt."""

    delivery: Delivery
    tally: Tally
    people: tuple[Doubt, ...]


def reached(ledger: Recipients, key: str) -> Reached | None:
    """Whom the delivery of this key reached; None for one that doesn't go to each member."""
    tally = ledger.tally(key)
    if not tally.total:
        return None
    return Reached(
        tally=tally,
        refused=tuple(ledger.recipients(key, "refused")),
        in_doubt=tuple(ledger.recipients(key, "unknown")),
    )


def reached_by_key(ledger: Recipients, keys: Iterable[str]) -> Mapping[str, Reached]:
    """As `reached`, for those of the keys that go to each member."""
    return {key: found for key in keys if (found := reached(ledger, key)) is not None}


def reached_record(found: Reached) -> Record:
    """What `why` prints of it: numbers of all, and some of those it did not reach, masked."""
    tally = found.tally
    return {
        "total": tally.total,
        "taken": tally.taken,
        "refused": tally.refused,
        "in_doubt": tally.unknown,
        "waiting": tally.waiting + tally.claimed,
        "not_reached": [
            {"address": masked(one.address), "status": _status(one), "said": one.said} for one in found.named
        ],
        "more": found.unnamed,
    }


def doubts(site: Site, name: str) -> Doubts:
    """Everybody of a delivery who is in doubt, by its key or what is called so.

    Raises UserError for what is no delivery, for one that doesn't go to each member, and where several have somebody in doubt.
    """
    ledger, wiring = site.ticker.wiring.ledger, site.ticker.wiring
    look = site.ticker.look(site.clock.now())
    row = find_delivery(
        look, wiring.rules, name, fits=lambda one: ledger.tally(one.key).unknown > 0, wanted="has anybody in doubt"
    )
    found = reached(ledger, row.key)
    if found is None:
        raise UserError(
            f"{row.key} is not a mail to each member of an audience that has begun to go out, so nobody is in doubt one by one.",
            f"How it stands: notifier why {row.key}",
        )
    domain = wiring.rules.site.domain
    people = tuple(
        Doubt(address=one.address, name=one.name, message_id=message_id(row.key, domain, one.digest), said=one.said)
        for one in found.in_doubt
    )
    return Doubts(delivery=row, tally=found.tally, people=people)


def masked(address: str) -> str:
    """As much of an address as tells those who know it whose it is: `a…@example.org`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}" if local else "(erased)"


def _status(one: Recipient) -> str:
    return "in_doubt" if one.status == "unknown" else "refused"
