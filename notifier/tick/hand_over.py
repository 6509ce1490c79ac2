"""Takes one row of the ledger as far as it goes now, asking its provider before every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.core.agenda import Agenda
from notifier.core.approval import LOOK_AGAIN, PREFLIGHT
from notifier.core.asking import MOVED
from notifier.core.delivery import Delivery, DeliveryStatus, Outcome, Step, Told, next_step
from notifier.core.event import Reason
from notifier.core.facts import Facts, facts_of
from notifier.core.message import Message
from notifier.core.notices import is_notice, notice_of
from notifier.core.plan import decision_of
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Provider
from notifier.tick.telling import tellings
from notifier.tick.wiring import Look, Wiring
from notifier.tick.writing import events_of, faults_of, message_of

#: A row takes at most draft, settle, send, settle; two more rounds show that it rests.
MAX_STEPS = 6
#: Waiting times before the next attempt, by the number of attempts made.
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))


@dataclass(slots=True, kw_only=True)
class HandOver:
    """Takes one row as far as it goes now, asking its provider before every step.

    `changed` reads everything again, and says what keeps a row from being sent as it was planned, None for nothing.
    `agenda` is what the last plan made digests from.
    """

    wiring: Wiring
    look: Look
    provider: Provider
    changed: Callable[[Delivery], Reason | None]
    agenda: Agenda = field(default_factory=Agenda)
    fresh_draft: str | None = None

    def run(self, row: Delivery) -> Delivery:
        """The row as it stands afterwards; the same object when nothing moved."""
        for _ in range(MAX_STEPS):
            try:
                moved = self._step(row)
            except ProviderError as error:
                return self._put_off(row, error)
            if moved is None:
                return row
            row = moved
            if row.retry_at is not None and row.retry_at > self.look.at:
                return row
        return row

    def _step(self, row: Delivery) -> Delivery | None:
        if row.status in ("planned", "drafted") and self.look.memory.paused is not None:
            return None
        if row.status in ("planned", "drafted") and (stopped := self._stop(row)) is not row:
            return stopped
        step = next_step(row, self.provider.find(row.key), certain=self.provider.capabilities().certain)
        match step.act:
            case "wait":
                return self._wait(row, step.detail)
            case "settle":
                return self._settle(row, step)
            case "draft":
                return self._draft(row)
            case "send":
                return self._send(row, step.draft_id or "")

    def _stop(self, row: Delivery) -> Delivery | None:
        """The row itself when it is to be sent now; otherwise what it becomes (None: it stays as it is)."""
        wanted = self._decision(row)
        if wanted is not None and row.status == "drafted" and wanted.event_uids != row.event_uids:
            text = "Its events are others than when it was drafted, so it is made anew."
            return self._move(row, "withdrawn", reasons=[Reason(code="redrafted", text=text)])
        if wanted is not None and wanted.status == "planned":
            # A draft whose event has just been edited waits, as a plan would, until the edits have settled.
            return row if wanted.due_at <= self.look.at else None
        status: DeliveryStatus = "held" if wanted is not None and wanted.status == "held" else "withdrawn"
        reasons = wanted.reasons if wanted else (Reason(code="gone", text="Nothing asks for it any more."),)
        return self._move(row, status, reasons=reasons)

    def _decision(self, row: Delivery) -> Delivery | None:
        look = self.look
        if is_notice(row):
            return notice_of(row.key, look.plan, look.settled_memory(), self.wiring.rules, look.at)
        wanted = decision_of(
            row, content=look.content, events=look.events(), memory=look.settled_memory(),
            rules=self.wiring.rules, now=look.at, kept=self.agenda,
        )  # fmt: skip
        if wanted is not None and wanted.status == "planned":
            return look.plan.given_way.get(row.key, wanted)
        return wanted

    def _facts(self, row: Delivery) -> list[Facts]:
        return [facts_of(event) for event in events_of(row, self.look)]

    def _draft(self, row: Delivery) -> Delivery | None:
        message, faults = self._written(row)
        if faults:
            return self._keep_back(row, faults)
        return self._move(row, "drafted", draft_id=self._drafted(row, message), facts=self._facts(row))

    def _written(self, row: Delivery) -> tuple[Message, list[Problem]]:
        """Its message as it is now, and the errors in it. Of one that is nothing but a subject there is nothing to look at."""
        only_subject = self.provider.capabilities().only_subjects
        with _as_passing():
            message = message_of(row, self.look, self.wiring, kept=self.agenda, only_subject=only_subject)
        found = () if only_subject else faults_of(row, message, self.look, self.wiring)
        return message, [one for one in found if one.severity == "error"]

    def _drafted(self, row: Delivery, message: Message) -> str:
        audience, about = self.wiring.rules.audience(row.audience), events_of(row, self.look)
        with _as_passing():
            self.fresh_draft = self.provider.draft(row, message, audience, self.look.at, events=about)
        return self.fresh_draft

    def _keep_back(self, row: Delivery, faults: Sequence[Problem]) -> Delivery | None:
        """Held for what is wrong with its message. The plan lets it go again: after a while, or once its event is edited."""
        reasons = [Reason(code=PREFLIGHT, text=str(fault)) for fault in faults]
        return self._move(row, "held", reasons=reasons, retry_at=self.look.at + LOOK_AGAIN)

    def _send(self, row: Delivery, draft_id: str) -> Delivery | None:
        if draft_id != self.fresh_draft:
            # A draft of an earlier tick may say what is no longer true.
            message, faults = self._written(row)
            if faults:
                return self._keep_back(row, faults)
            draft_id = self._drafted(row, message)
        if problems := self.provider.check(draft_id):
            return self._move(row, "held", reasons=[Reason(code="check", text=str(p)) for p in problems])
        if (changed := self.changed(row)) is not None:
            return self._move(row, "held", reasons=[changed])
        sending = self._move(row, "sending", draft_id=draft_id, attempt=True, facts=self._facts(row))
        if sending is None:
            return None
        try:
            outcome = self.provider.send(draft_id, row.key, self.look.at)
        except ProviderError as error:
            # It may have been taken all the same; the next tick looks.
            return self._retry_later(sending, error.message, to="sending", counted=True)
        return self._after(sending, outcome)

    def _after(self, sending: Delivery, outcome: Outcome) -> Delivery | None:
        """What the provider's answer makes of a row that was handed over."""
        match outcome.result:
            case "accepted":
                return sending
            case "refused":
                reasons = [Reason(code="refused", text=outcome.detail)]
                return self._move(sending, "failed", reasons=reasons, draft_id=sending.draft_id)
            case "unsent":
                return self._retry_later(sending, outcome.detail, to="planned", counted=True)
            case "ambiguous":
                reasons = [Reason(code="unknown", text=outcome.detail)]
                return self._move(sending, "unknown", reasons=reasons, draft_id=sending.draft_id)

    def _settle(self, row: Delivery, step: Step) -> Delivery | None:
        if step.status is None:
            raise ValueError(f"A settle step for {row.key} has no status.")
        if step.status == "sent":
            reasons = [*row.reasons, Reason(code="confirmed", text=step.detail)] if step.detail else None
            return self._move(
                row,
                "sent",
                reasons=reasons,
                sent_at=self.look.at,
                told=tellings(row, self.look, self.wiring, self.look.at),
            )
        # Why a person should look, or nothing: `planned` again keeps the reasons of the plan.
        reasons = [Reason(code="unknown", text=_doubt(row, step))] if step.status == "unknown" else None
        return self._move(row, step.status, reasons=reasons, draft_id=step.draft_id)

    def _put_off(self, row: Delivery, error: ProviderError) -> Delivery:
        if row.status == "unknown":
            return row
        if row.status == "sending":
            # It may have been taken: only the provider's word makes it `planned` or `failed`, and an error is none.
            return self._retry_later(row, error.message, to="unknown" if error.permanent else "sending") or row
        if error.permanent:
            return self._move(row, "failed", reasons=[Reason(code="failed", text=error.message)]) or row
        return self._retry_later(row, error.message, to="planned") or row

    def _wait(self, row: Delivery, why: str) -> Delivery | None:
        """A row that should go out and waits for a person to mend what the provider holds says so."""
        if why and row.status in ("planned", "drafted"):
            return self._retry_later(row, why, to="planned")
        return None

    def _retry_later(self, row: Delivery, why: str, *, to: DeliveryStatus, counted: bool = False) -> Delivery | None:
        """`counted`: the row's attempts already include the one that has just failed."""
        wait = RETRY_AFTER[min(row.attempts - counted, len(RETRY_AFTER) - 1)]
        reasons = [Reason(code="retry", text=why)]
        retry_at = self.look.at + wait
        return self._move(row, to, reasons=reasons, draft_id=row.draft_id, retry_at=retry_at, attempt=not counted)

    def _move(
        self,
        row: Delivery,
        to: DeliveryStatus,
        *,
        reasons: Sequence[Reason] | None = None,
        draft_id: str | None = None,
        retry_at: datetime | None = None,
        sent_at: datetime | None = None,
        attempt: bool = False,
        told: Sequence[Told] = (),
        facts: Sequence[Facts] | None = None,
    ) -> Delivery | None:
        if reasons is not None:
            # Why it is due on another day than its own holds until it has gone out.
            reasons = (*(one for one in row.reasons if one.code == MOVED and one not in reasons), *reasons)
        return self.wiring.ledger.move(
            row, to, at=self.look.at, reasons=reasons, draft_id=draft_id, retry_at=retry_at,
            sent_at=sent_at, attempt=attempt, told=told, facts=facts,
        )  # fmt: skip


@contextmanager
def _as_passing() -> Iterator[None]:
    """One message that can't be written (a template that only this event trips over) must not stop the rest."""
    try:
        yield
    except (UserError, ValueError) as error:
        raise ProviderError(str(error), permanent=False) from error


def _doubt(row: Delivery, step: Step) -> str:
    """Why nobody knows whether a message was taken: what the provider shows now, and what it said at the time."""
    said = [step.detail, *(reason.text for reason in row.reasons if reason.code == "retry")]
    return " ".join(filter(None, said)) or "The provider doesn't show whether it took the message. Look there."
