"""Takes one row of the ledger as far as it goes now, asking its provider before every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.beside import Seeing, Unseen
from notifier.core.agenda import Agenda
from notifier.core.approval import CHECK, LOOK_AGAIN, PREFLIGHT
from notifier.core.asking import MOVED
from notifier.core.delivery import MODE, Delivery, DeliveryStatus, Observation, Outcome, Step, Told, next_step
from notifier.core.event import Reason
from notifier.core.facts import Facts, facts_of
from notifier.core.message import Message
from notifier.core.mode import is_rehearsed
from notifier.core.notices import BY_HAND
from notifier.errors import Problem, ProviderError
from notifier.ports import Claim, Following, Provider
from notifier.tick.between import begun_before, discarded, doubt, is_of_other_mode, may_be_given, provider_for
from notifier.tick.deciding import decided
from notifier.tick.telling import tellings
from notifier.tick.wiring import Look, Wiring
from notifier.tick.writing import as_passing, events_of, faults_of, message_of

_STOOD_STILL = (
    "It was let go right before it was handed over, since this program had stood still, so it is planned again."
)
#: A row takes at most draft, settle, send, settle; two more rounds show that it rests.
MAX_STEPS = 6
#: What is said of a row on its way, and is over once it has arrived.
_UNTIL_SENT = frozenset({"partial", "waits", "unknown", "retry", BY_HAND, CHECK})
#: Waiting times before the next attempt, by the number of attempts made.
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
#: So long after a draft has lost its use its provider is still asked what became of it, where it gives no answer.
ASKED_FOR = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class HandOver:
    """Takes one row as far as it goes now, asking its provider before every step.

    `changed` reads everything again, and says what keeps a row from being sent as it was planned, None for nothing.
    `agenda` is what the last plan made digests from, `claim` what keeps other instances from the row, and `keeps` says why nothing
    may be given to this provider now, "" where it may.
    """

    wiring: Wiring
    look: Look
    provider: Provider
    changed: Callable[[Delivery], Reason | None]
    claim: Claim
    agenda: Agenda = field(default_factory=Agenda)
    seeing: Seeing = field(default_factory=Unseen)
    keeps: Callable[[], str] = lambda: ""
    fresh_draft: str | None = None
    #: Whether it was handed over in this tick already: what goes on for long goes on at the next one.
    has_handed_over: bool = False
    #: Whether the claim was lost: it goes on at a later tick, of whichever instance.
    has_let_go: bool = False
    #: Whether the mode was switched since the look: what is planned goes on at the next tick.
    is_switched: bool = False
    _wanted: dict[tuple[object, ...], Delivery | None] = field(default_factory=dict)

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
            if self.has_let_go or (row.retry_at is not None and row.retry_at > self.look.at):
                return row
        return row

    def conclude(self, row: Delivery, seen: Observation) -> Delivery:
        """What becomes of a row by what its provider shows alone; nothing is begun."""
        step = next_step(row, seen, certain=self.provider.capabilities().certain)
        return (self._settle(row, step) if step.act == "settle" else None) or row

    def _step(self, row: Delivery) -> Delivery | None:
        if row.status in ("planned", "drafted") and self._is_stopped(row):
            return None
        if (begun := begun_before(row, self.provider, self.wiring)) is not None:
            # Nobody's copy is made of what readers have, or may have.
            return self._do(row, next_step(row, begun, certain=False))
        is_of_other_mode = self._is_of_other_mode(row)
        seen = self._sight(row) if row.status == "drafted" or is_of_other_mode else None
        if row.status in ("planned", "drafted") and (stopped := self._stop(row, seen)) is not row:
            return stopped
        return self._do(row, next_step(row, seen or self._sight(row), certain=self.provider.capabilities().certain))

    def _do(self, row: Delivery, step: Step) -> Delivery | None:
        match step.act:
            case "wait":
                return self._wait(row, step.detail)
            case "settle":
                return self._settle(row, step)
            case "draft":
                return self._draft(row)
            case "send" if row.status == "sending":
                return self._go_on(row, step)
            case "send":
                return self._send(row, step.draft_id or "", step.detail)

    def _sight(self, row: Delivery) -> Observation:
        with self.seeing.part("find", self.provider.name):
            if isinstance(self.provider, Following):
                return self.provider.follow(row.key, None if is_rehearsed(row.draft_id) else row.draft_id)
            return self.provider.find(row.key)

    def _stop(self, row: Delivery, seen: Observation | None) -> Delivery | None:
        """The row itself when it is to be sent now; otherwise what it becomes (None: it stays as it is).

        `seen` is what its provider shows of a draft: one that a person has sent there can't be stopped any more.
        """
        if seen is not None and seen.state in ("sent", "sending"):
            return row
        if seen is not None and seen.state == "partial" and self._is_of_other_mode(row):
            # Some have it, so it is no rehearsal: it waits for live mode.
            return None
        wanted = None if self._is_of_other_mode(row) else self._decision(row)
        if seen is not None and seen.state == "unclear" and (wanted is None or wanted.status != "planned"):
            return self._move(row, "unknown", reasons=[Reason(code="unknown", text=seen.detail)], draft_id=row.draft_id)
        if wanted is not None and row.status == "drafted" and wanted.event_uids != row.event_uids:
            text = "Its events are others than when it was drafted, so it is made anew."
            return self._withdraw(row, [Reason(code="redrafted", text=text)])
        if wanted is not None and wanted.status == "planned":
            # A draft whose event has just been edited waits, as a plan would, until the edits have settled.
            return row if wanted.due_at <= self.look.at else None
        if wanted is not None and wanted.status == "held":
            return self._hold(row, wanted.reasons)
        if self._is_of_other_mode(row):
            text = "The mode was switched after it was drafted, so it is planned again."
            return self._withdraw(row, [Reason(code="mode-switched", text=text)])
        reasons = wanted.reasons if wanted else (Reason(code="gone", text="Nothing asks for it any more."),)
        return self._withdraw(row, reasons)

    def _is_stopped(self, row: Delivery) -> bool:
        """Whether nothing may be begun about it in this tick any more."""
        # What has just been settled may be another's to begin anew, in test mode: that is at the next tick.
        is_ours = row.provider not in self.wiring.rehearsals or provider_for(row, self.wiring) is self.provider
        return self.look.memory.paused is not None or self.is_switched or not is_ours

    def _is_of_other_mode(self, row: Delivery) -> bool:
        return is_of_other_mode(row, self.wiring)

    def _may_go(self, row: Delivery) -> bool:
        """Asked once more at the last moment, of the ledger itself."""
        said = next(reversed(self.wiring.ledger.decided(MODE)), None)
        self.is_switched = bool(self.wiring.modes) and said != self.look.memory.mode
        return not self.is_switched and may_be_given(row, said, provider=self.provider, wiring=self.wiring)

    def _withdraw(self, row: Delivery, reasons: Sequence[Reason]) -> Delivery | None:
        """Without its draft, where that lies open to be sent by hand."""
        return self._move(row, "withdrawn", reasons=[*reasons, *discarded(row, self.provider)])

    def _hold(self, row: Delivery, reasons: Sequence[Reason]) -> Delivery | None:
        """With its draft, but in test mode, where nothing lies open at a provider."""
        if not self.wiring.is_test or row.provider not in self.wiring.rehearsals or is_rehearsed(row.draft_id):
            return self._move(row, "held", reasons=reasons, draft_id=row.draft_id)
        left = discarded(row, self.provider)
        return self._move(row, "held", reasons=[*reasons, *left], draft_id=row.draft_id if left else None)

    def _decision(self, row: Delivery) -> Delivery | None:
        # Drafted a moment ago, it is asked about once more, and nothing that the answer follows from can have changed.
        asked = row.key, row.event_uids, row.due_at
        if asked not in self._wanted:
            self._wanted[asked] = decided(row, self.look, self.wiring.rules, self.agenda)
        return self._wanted[asked]

    def _facts(self, row: Delivery) -> list[Facts]:
        return [facts_of(event) for event in events_of(row, self.look)]

    def _draft(self, row: Delivery) -> Delivery | None:
        message, faults = self._written(row)
        if faults:
            return self._keep_back(row, faults)
        if not self._may_go(row) or not self.claim.holds() or self.keeps():
            return None
        return self._move(row, "drafted", draft_id=self._drafted(row, message), facts=self._facts(row))

    def _written(self, row: Delivery) -> tuple[Message, list[Problem]]:
        """Its message as it is now, and the errors in it. Of one that is nothing but a subject there is nothing to look at."""
        only_subject = self.provider.capabilities().only_subjects
        with as_passing():
            message = message_of(row, self.look, self.wiring, kept=self.agenda, only_subject=only_subject)
        found = () if only_subject else faults_of(row, message, self.look, self.wiring)
        return message, [one for one in found if one.severity == "error"]

    def _drafted(self, row: Delivery, message: Message) -> str:
        audience, about = self.wiring.rules.audience(row.audience), events_of(row, self.look)
        with as_passing(), self.seeing.part("draft", self.provider.name):
            self.fresh_draft = self.provider.draft(row, message, audience, self.look.at, events=about)
        return self.fresh_draft

    def _keep_back(self, row: Delivery, faults: Sequence[Problem]) -> Delivery | None:
        """Held for what is wrong with its message. The plan lets it go again: after a while, or once its event is edited."""
        reasons = [Reason(code=PREFLIGHT, text=str(fault)) for fault in faults]
        return self._move(row, "held", reasons=reasons, retry_at=self.look.at + LOOK_AGAIN)

    def _send(self, row: Delivery, draft_id: str, shown: str) -> Delivery | None:
        if draft_id != self.fresh_draft:
            # A draft of an earlier tick may say what is no longer true.
            message, faults = self._written(row)
            if faults:
                return self._keep_back(row, faults)
            draft_id = self._drafted(row, message)
        with self.seeing.part("check", self.provider.name):
            problems = self.provider.check(draft_id)
        if problems:
            reasons = [Reason(code=CHECK, text=str(problem)) for problem in problems]
            return self._move(row, "held", reasons=reasons, draft_id=draft_id, retry_at=self.look.at + LOOK_AGAIN)
        if (crowd := self._other_crowd(row)) is not None:
            return self._move(row, "held", reasons=[crowd], draft_id=draft_id, retry_at=self.look.at + LOOK_AGAIN)
        if (changed := self.changed(row)) is not None:
            return self._move(row, "held", reasons=[changed])
        if self.provider.capabilities().by_hand:
            return self._left_to_a_person(row, draft_id, shown)
        sending = self._move(row, "sending", draft_id=draft_id, attempt=True, facts=self._facts(row))
        if sending is None:
            return None
        return self._handed_over(sending, draft_id, counted=True)

    def _other_crowd(self, row: Delivery) -> Reason | None:
        """Why a one-off isn't for as many people as when it was asked for; None where it is, or a person has looked since."""
        asked, said = self.look.memory.one_offs.get(row.key), self.look.memory.decisions.get(row.key)
        if asked is None or asked.people is None or said is None or said.at > asked.asked_at:
            return None
        people = self.provider.resolve(self.wiring.rules.audience(row.audience))
        if people is None or asked.is_for_about(people):
            return None
        text = f"It was asked for when {asked.people:,} would get it, and now {people:,} would. Release it if that is right."
        return Reason(code=CHECK, text=text)

    def _go_on(self, row: Delivery, step: Step) -> Delivery | None:
        """Give it to those who still wait, as it is: some have it, so it isn't written, looked at or stopped any more."""
        if self.look.memory.paused is not None:
            return None
        if not self._may_go(row):
            waits = [Reason(code="partial", text=f"{step.detail}. Test mode is on, so the rest wait for live mode.")]
            return None if waits[0] in row.reasons else self._move(row, "sending", reasons=waits, draft_id=row.draft_id)
        if not self.has_handed_over:
            return self._handed_over(row, step.draft_id or "", counted=False)
        progress = [Reason(code="partial", text=step.detail)]
        if any(one in row.reasons for one in progress):
            return None
        return self._move(row, "sending", reasons=progress, draft_id=row.draft_id)

    def _handed_over(self, sending: Delivery, draft_id: str, *, counted: bool) -> Delivery | None:
        """`counted`: the row's attempts already include this one."""
        if self.wiring.secure is not None and (unsecured := self.wiring.secure()) is not None:
            return self._retry_later(sending, unsecured, to="planned", counted=True) if counted else None
        if not self._may_go(sending):
            self.is_switched = True
            if not counted:
                return None
            text = "The mode was switched at the very moment of sending, so it is planned again."
            reasons = [Reason(code="mode-switched", text=text)]
            return self._move(sending, "planned", reasons=reasons, draft_id=sending.draft_id)
        if (let_go := self._let_go(sending, counted=counted)) is not sending:
            return let_go
        self.has_handed_over = True
        try:
            with self.seeing.part("send", self.provider.name) as came:
                outcome = self.provider.send(draft_id, sending.key, self.look.at)
                came(outcome.result)
        except ProviderError as error:
            # It may have been taken all the same; the next tick looks.
            return self._retry_later(sending, error.message, to="sending", counted=counted)
        return self._after(sending, outcome, counted=counted)

    def _let_go(self, sending: Delivery, *, counted: bool) -> Delivery | None:
        """The row itself where it may be given away at this moment; else what becomes of what was not begun."""
        try:
            why = self.keeps() if self.claim.holds() else _STOOD_STILL
        except ProviderError as error:
            return self._retry_later(sending, error.message, to="planned" if counted else "sending", counted=counted)
        self.has_let_go = bool(why)
        if why and counted:
            return self._move(sending, "planned", reasons=[Reason(code="let-go", text=why)], draft_id=sending.draft_id)
        return None if why else sending

    def _left_to_a_person(self, row: Delivery, draft_id: str, shown: str) -> Delivery | None:
        """A finished draft that a person sends at the provider; until then it is only kept up to date."""
        reasons, facts = [Reason(code=BY_HAND, text=shown)], self._facts(row)
        if row.draft_id == draft_id and reasons[0] in row.reasons and row.facts == tuple(facts):
            return None
        return self._move(row, "drafted", reasons=reasons, draft_id=draft_id, facts=facts)

    def _after(self, sending: Delivery, outcome: Outcome, *, counted: bool) -> Delivery | None:
        """What the provider's answer makes of a row that was handed over."""
        match outcome.result:
            case "accepted":
                return sending
            case "refused":
                reasons = [Reason(code="refused", text=outcome.detail)]
                return self._move(sending, "failed", reasons=reasons, draft_id=sending.draft_id)
            case "unsent":
                # Once it went to somebody, it is no plan any more that could be changed or withdrawn.
                # A provider that is asked over a network goes out to all or to none, and need not be there to be asked now.
                is_whole = isinstance(self.provider, Following) or self.provider.find(sending.key).state != "partial"
                to: DeliveryStatus = "planned" if is_whole else "sending"
                return self._retry_later(sending, outcome.detail, to=to, counted=counted)
            case "ambiguous":
                reasons = [Reason(code="unknown", text=outcome.detail)]
                return self._move(sending, "unknown", reasons=reasons, draft_id=sending.draft_id)

    def _settle(self, row: Delivery, step: Step) -> Delivery | None:
        if step.status is None:
            raise ValueError(f"A settle step for {row.key} has no status.")
        if step.status == "sent":
            confirmed = [Reason(code="confirmed", text=step.detail)] if step.detail else []
            return self._move(
                row,
                "sent",
                reasons=[*(one for one in row.reasons if one.code not in _UNTIL_SENT), *confirmed],
                draft_id=step.draft_id or row.draft_id,
                sent_at=self.look.at,
                told=tellings(row, self.look, self.wiring, self.look.at),
            )
        if step.status == "unknown":
            reasons = [Reason(code="unknown", text=doubt(row, step))]
            return self._move(row, "unknown", reasons=reasons, draft_id=step.draft_id or row.draft_id)
        # Why a person should look, or nothing: `planned` again keeps the reasons of the plan.
        why = [Reason(code="removed", text=step.detail)] if step.status == "failed" else None
        return self._move(row, step.status, reasons=why, draft_id=step.draft_id)

    def _put_off(self, row: Delivery, error: ProviderError) -> Delivery:
        if row.status == "unknown":
            return row
        if row.status == "sending":
            # It may have been taken: only the provider's word makes it `planned` or `failed`, and an error is none.
            return self._retry_later(row, error.message, to="unknown" if error.permanent else "sending") or row
        if error.permanent and error.wait is not None:
            # A person mends it elsewhere, and it goes on by itself.
            reasons = [Reason(code=CHECK, text=error.message)]
            retry_at = self.look.at + LOOK_AGAIN
            return self._move(row, "held", reasons=reasons, draft_id=row.draft_id, retry_at=retry_at) or row
        if error.permanent:
            return self._move(row, "failed", reasons=[Reason(code="failed", text=error.message)]) or row
        if error.wait is not None:
            reasons = [Reason(code="retry", text=error.message)]
            retry_at = self.look.at + error.wait
            return self._move(row, row.status, reasons=reasons, draft_id=row.draft_id, retry_at=retry_at) or row
        if row.status == "drafted" and self.look.at > row.expires_at + ASKED_FOR:
            text = f"Whether a person sent its draft can't be asked. {error.message}"
            return self._move(row, "unknown", reasons=[Reason(code="unknown", text=text)], draft_id=row.draft_id) or row
        # What is drafted stays so: a person may have sent it, and that is looked at before anything else becomes of it.
        return self._retry_later(row, error.message, to=row.status) or row

    def _wait(self, row: Delivery, why: str) -> Delivery | None:
        """A row that should go out and waits for a person to mend what the provider holds says so."""
        if why and row.status in ("planned", "drafted"):
            return self._retry_later(row, why, to=row.status)
        if why and row.status == "sending" and isinstance(self.provider, Following):
            waits = Reason(code="waits", text=why)
            reasons = [*(one for one in row.reasons if one.code == "retry"), waits]
            return None if waits in row.reasons else self._move(row, "sending", reasons=reasons, draft_id=row.draft_id)
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
