"""The bite of the matrix: the same faults at every step of a sender that starts again when something goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from tests.mailchimp import naive
from tests.mailchimp.control import Emulator, emulator
from tests.mailchimp.matrix.case import Case, Found
from tests.mailchimp.matrix.hardships import FAULTS

_STEPS = ("create", "content", "send")


def naive_matrix(only: Sequence[str] = ()) -> list[Found]:
    """Every fault at each of the three requests of the naive sender (or those of `only`), and what it believes."""
    with emulator() as mailchimp:
        return [
            _found(mailchimp, step, number, name)
            for number, step in enumerate(_STEPS, 1) if not only or step in only
            for name in FAULTS
        ]  # fmt: skip


def _started(mailchimp: Emulator) -> str:
    """Where it trips over a reply that is none, whoever watches over it starts it again."""
    for _ in range(naive.TRIES):
        with suppress(TypeError, KeyError, AttributeError):
            return naive.send(mailchimp)
    return "failed"


def _found(mailchimp: Emulator, step: str, number: int, name: str) -> Found:
    mailchimp.reset()
    mailchimp.fault(**{**FAULTS[name], "nth": number})
    says = _started(mailchimp)
    mailchimp.advance(86_400)
    deliveries = len(mailchimp.outbox())
    wrong = []
    if deliveries > 1:
        wrong.append(f"{deliveries} deliveries of one mail.")
    if (says == "sent") is not (deliveries == 1) and deliveries < 2:
        wrong.append(f"It says {says}, and {deliveries} went out.")
    case = Case(part="the naive sender", step=step, what=name)
    return Found(case=case, status=says, deliveries=deliveries, kills=0, wrong=tuple(wrong))
