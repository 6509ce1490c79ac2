"""What is decided about one row by itself, right before it is handed over."""

from __future__ import annotations

from notifier.core.agenda import Agenda
from notifier.core.delivery import Delivery
from notifier.core.notices import is_notice, notice_of
from notifier.core.plan import decision_of
from notifier.core.rule import Rules
from notifier.tick.wiring import Look


def decided(row: Delivery, look: Look, rules: Rules, kept: Agenda) -> Delivery | None:
    """What becomes of it, as that gives way to other mails in the plan; None where nothing asks for it any more.

    It follows from the look and from the row's key, events and time alone. `kept` from the last plan saves work for digests.
    """
    if is_notice(row):
        return notice_of(row.key, look.plan, look.settled_memory(), rules, look.at)
    wanted = decision_of(
        row,
        content=look.content,
        events=look.events(),
        memory=look.settled_memory(),
        rules=rules,
        now=look.at,
        kept=kept,
    )
    if wanted is not None and wanted.status == "planned":
        return look.plan.given_way.get(row.key, wanted)
    return wanted
