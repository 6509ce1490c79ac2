"""The ledgers that there are, and what their tests begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from notifier.core.delivery import Decision, Delivery, DeliveryStatus, Told
from notifier.core.event import Evidence, Reason
from notifier.core.facts import facts_of
from notifier.core.plan import Plan, Window
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from tests.builders import UID, a_delivery, an_event, at

Ledger = SqlLedger | MemoryLedger

NOW = at("2026-12-01 09:00")
LATER = at("2026-12-01 09:30")
EVIDENCE = Evidence(field="access", text="invitation-ony", line=12, basis="prose")
HELD = Reason(code="not_open", text="It is by invitation.", field="access", evidence=EVIDENCE)


def on_file(folder: Path) -> SqlLedger:
    return open_ledger(f"sqlite:///{folder / 'ledger.db'}")


def in_memory(_folder: Path) -> SqlLedger:
    return open_ledger("sqlite://")


def in_dictionaries(_folder: Path) -> MemoryLedger:
    return MemoryLedger()


def a_plan(*deliveries: Delivery, after: datetime | None = None, until: datetime = NOW, **more: Any) -> Plan:
    return replace(Plan(at=until, window=Window(after=after, until=until), deliveries=deliveries), **more)


def held(row: Delivery) -> Delivery:
    return replace(row, status="held", reasons=(HELD,))


def moved(ledger: Ledger, row: Delivery, *way: DeliveryStatus, **last: Any) -> Delivery:
    """The row after a whole way of moves, none of which may be refused."""
    for to in way[:-1]:
        row = ledger.move(row, to, at=NOW) or pytest.fail(f"could not become {to}")
    return ledger.move(row, way[-1], at=NOW, **last) or pytest.fail(f"could not become {way[-1]}")


def told(title: str = "Book club", when: datetime = NOW, key: str = "k", corrections: int = 0) -> Told:
    facts = facts_of(an_event(title=title))
    return Told(audience="newsletter", uid=UID, facts=facts, delivery_key=key, at=when, corrections=corrections)


def a_decision(**changes: Any) -> Decision:
    """Anna skips the delivery of `a_delivery()`."""
    return replace(
        Decision(
            key=a_delivery().key, act="skip", by="anna", at=LATER, note="It is off.", via="console: Firefox on Linux"
        ),
        **changes,
    )
