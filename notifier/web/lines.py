"""What the log says of ticks: one line for each, one for each delivery that moved in it, and what else happened, once."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import structlog
from structlog.stdlib import BoundLogger

from notifier.core.delivery import Delivery
from notifier.core.mode import Mode
from notifier.errors import Problem
from notifier.tick import Report

#: What came of a beat: the plan was made and acted on, nothing was another than before, another process had been first, or
#: no tick succeeded, or nothing may be sent from this ledger.
Outcome = Literal["done", "idle", "overtaken", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("done", "idle", "overtaken", "failed")
#: Statuses that a person should look at when a delivery gets them.
_WARNINGS = ("held", "missed", "failed", "unknown")


def instance_name() -> str:
    """What tells the lines of this process from those of another one."""
    return f"{socket.gethostname()}-{os.getpid()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One beat. `report` is None where its tick failed; `seconds` is what it took, `late` how many of them it began late.

    `troubles` are what it failed with, and what is wrong with a changed configuration.
    """

    report: Report | None
    seconds: float
    late: float
    mode: Mode
    troubles: Mapping[str, str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Not of one that did nothing, since another ledger sends, or may send."""
        return self.report is not None and not self.report.stopped

    @property
    def outcome(self) -> Outcome:
        if self.report is None or not self.succeeded:
            return "failed"
        if not self.report.recorded:
            return "overtaken"
        return "idle" if self.report.rested else "done"

    def moved(self) -> Iterator[Delivery]:
        """The deliveries that stand otherwise than before it: what was handed over, and what the plan made of known ones."""
        report = self.report
        if report is None:
            return
        yield from report.moved
        if not report.recorded or report.rested:
            return
        acted, plan = {row.key for row in report.moved}, report.look.plan
        for row in (*plan.deliveries, *plan.withdrawals, *plan.skips):
            before = report.look.memory.deliveries.get(row.key)
            if before is not None and before.is_plannable and before.status != row.status and row.key not in acted:
                yield row

    def problems(self) -> frozenset[Problem]:
        """What is wrong in the content, and with what was to be published."""
        if self.report is None:
            return frozenset()
        return frozenset((*self.report.look.content.problems, *self.report.problems))


@dataclass(slots=True, kw_only=True)
class Lines:
    """Writes them for one site. No title and no address is in one, but what a problem quotes, which the log makes safe."""

    instance: str = field(default_factory=instance_name)
    _log: BoundLogger = field(default_factory=structlog.get_logger)
    _known: frozenset[Problem] = frozenset()
    _troubles: Mapping[str, str] = field(default_factory=dict)

    def write(self, beat: Beat) -> None:
        """All that there is to say of a beat."""
        for name, text in beat.troubles.items():
            # Said once: the same trouble at every beat would hide the rest of the log.
            if self._troubles.get(name) != text:
                self._log.error(name, trouble=text)
        self._troubles = beat.troubles
        moved = tuple(beat.moved())
        for row in moved:
            self._delivery(row, beat)
        self._news(beat)
        self._tick(beat, moved)

    def _delivery(self, row: Delivery, beat: Beat) -> None:
        before = beat.report.look.memory.deliveries.get(row.key) if beat.report else None
        log = self._log.warning if row.status in _WARNINGS else self._log.info
        ends = {"from": before.status if before else None, "to": row.status}
        log(
            f"delivery_{row.status}",
            key=row.key,
            rule=row.rule,
            kind=row.kind,
            audience=row.audience,
            provider=row.provider,
            **ends,
            attempt=row.attempts,
            reasons=[reason.code for reason in row.reasons],
            draft=row.draft_id,
            mode=beat.mode,
            instance=self.instance,
        )

    def _news(self, beat: Beat) -> None:
        if beat.report is None:
            return
        for sentence in beat.report.noticed:
            self._log.info("provider_noticed", what=sentence)
        for name in beat.report.published:
            self._log.info("feed_published", feed=name)
        found = frozenset(problem for problem in beat.problems() if problem.severity != "info")
        for problem in sorted(found - self._known, key=lambda one: (one.path, one.line or 0)):
            self._log.warning("problem_found", place=problem.place, what=problem.what)
        self._known = found

    def _tick(self, beat: Beat, moved: tuple[Delivery, ...]) -> None:
        report = beat.report
        rows = report.look.plan.deliveries if report else ()
        self._log.info(
            "tick_finished",
            outcome=beat.outcome,
            duration_ms=round(beat.seconds * 1000),
            late_ms=round(beat.late * 1000),
            documents=report.documents if report else None,
            changed=report.changed if report else None,
            events=len(report.look.content.events) if report else None,
            problems=len(self._known) if report else None,
            planned=sum(row.status == "planned" for row in rows),
            held=sum(row.status == "held" for row in rows),
            moved=dict(Counter(row.status for row in moved)),
            published=len(report.published) if report else 0,
            troubles=sorted(beat.troubles),
            mode=beat.mode,
            instance=self.instance,
        )
