"""Whom a delivery to each member did not reach, told to staff."""

from __future__ import annotations

from notifier.core.recipient import Recipient, Result
from notifier.desk.reached import masked, reached, reached_by_key, reached_record
from notifier.edges.memory_ledger import MemoryLedger
from tests.builders import at

AT = at("2026-12-08 10:00")


def test_who_refused_and_who_is_in_doubt_is_told_apart() -> None:
    ledger = MemoryLedger()
    people = [Recipient(number=n, digest=f"{n:032x}", address=f"reader{n}@example.org") for n in range(4)]
    ledger.enrol("k", people, AT)
    ledger.claim("k", 3, claim="c", at=AT)
    results = [Result(number=0, status="taken"), Result(number=1, status="refused"), Result(number=2, status="unknown")]
    ledger.conclude("k", results, claim="c", at=AT)

    found = reached(ledger, "k")

    assert found is not None
    assert [[one.number for one in some] for some in (found.refused, found.in_doubt)] == [[1], [2]]
    assert (found.tally.taken, found.tally.total) == (1, 4)


def test_at_most_twenty_are_named_those_in_doubt_first_and_the_rest_counted() -> None:
    ledger = MemoryLedger()
    people = [Recipient(number=n, digest=f"{n:032x}", address=f"reader{n}@example.org") for n in range(23)]
    ledger.enrol("k", people, AT)
    ledger.claim("k", 23, claim="c", at=AT)
    refused = [Result(number=n, status="refused", said="550 5.1.1 Nobody") for n in range(22)]
    ledger.conclude("k", [*refused, Result(number=22, status="unknown", said="It was cut off.")], claim="c", at=AT)

    record = reached_record(reached_by_key(ledger, ["k", "other"])["k"])

    assert (record["in_doubt"], record["refused"], len(record["not_reached"]), record["more"]) == (1, 22, 20, 3)
    assert record["not_reached"][:2] == [
        {"address": "r…@example.org", "status": "in_doubt", "said": "It was cut off."},
        {"address": "r…@example.org", "status": "refused", "said": "550 5.1.1 Nobody"},
    ]


def test_what_goes_to_a_list_has_no_recipients() -> None:
    assert reached(MemoryLedger(), "k") is None


def test_an_address_is_masked() -> None:
    assert [masked(one) for one in ("anna@example.org", "größe@example.org", "")] == [
        "a…@example.org", "g…@example.org", "(erased)",
    ]  # fmt: skip
