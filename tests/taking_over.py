"""What a person does with a ledger that sends nothing."""

from __future__ import annotations

from notifier.app import App
from notifier.desk.ledgers import TakenOver, take_over
from notifier.edges.clock import FixedClock
from tests.builders import at

PERSON = "Anna"


def taken_over(app: App, when: str | None = None) -> TakenOver:
    """A person says that this ledger is the one that sends from now on."""
    if when is not None:
        app.clock = FixedClock(at(when))
    return take_over(app, by=PERSON)
