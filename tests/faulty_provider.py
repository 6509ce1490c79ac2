"""A provider in memory that fails when it is told to.

`faults["find"]`, `["draft"]`, `["check"]`, `["send"]` and `["test"]` are what the next calls of that name do instead of their work, one
a call: raise an exception, or, for `send` and `test`, answer with an `Outcome`. `takes` says whether a send whose answer is a fault
was taken all the same. Otherwise it does what every provider must (it passes `ProviderSuite`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notifier.core.delivery import Delivery, Observation, Outcome
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.rule import Audience
from notifier.errors import Problem, ProviderError
from notifier.ports import Capabilities, Finding

Fault = BaseException | Outcome


@dataclass(slots=True)
class FaultyProvider:
    """`sent` holds the key and the message of everything that went out, in order, repetitions included."""

    name: str = "letters"
    certain: bool = False
    reaches_people: bool = True
    by_hand: bool = False
    takes: bool = False
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    sent: list[tuple[str, Message]] = field(default_factory=list)
    drafts: dict[str, Message] = field(default_factory=dict)
    wrong: tuple[Problem, ...] = ()
    tested: list[tuple[str, ...]] = field(default_factory=list)

    def capabilities(self) -> Capabilities:
        return Capabilities(sends=True, certain=self.certain, reaches_people=self.reaches_people, by_hand=self.by_hand)

    def resolve(self, audience: Audience) -> int | None:
        return None

    def find(self, key: str) -> Observation:
        self._fail("find")
        if key in [sent for sent, _ in self.sent]:
            return Observation(state="sent", draft_id=f"draft of {key}")
        if f"draft of {key}" in self.drafts:
            return Observation(state="drafted", draft_id=f"draft of {key}")
        return Observation(state="absent")

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        self._fail("draft")
        self.drafts[f"draft of {delivery.key}"] = message
        return f"draft of {delivery.key}"

    def check(self, draft_id: str) -> Sequence[Problem]:
        self._fail("check")
        self._known(draft_id)
        return self.wrong

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        message = self._known(draft_id)
        if draft_id != f"draft of {key}":
            return Outcome(result="refused", detail="It is the draft of something else.")
        if key in [sent for sent, _ in self.sent]:
            return Outcome(result="accepted")
        fault = self.faults["send"].pop(0) if self.faults["send"] else None
        if fault is None or self.takes:
            self.sent.append((key, message))
        if isinstance(fault, BaseException):
            raise fault
        return fault or Outcome(result="accepted")

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome:
        self.tested.append((message.subject, *addresses))
        fault = self.faults["test"].pop(0) if self.faults["test"] else None
        if isinstance(fault, BaseException):
            raise fault
        return fault or Outcome(result="accepted")

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]:
        return (Finding(subject=self.name, ok=True, text="It is in memory."),)

    def _known(self, draft_id: str) -> Message:
        if draft_id not in self.drafts:
            raise ProviderError(f"There is no draft {draft_id!r}.", permanent=True)
        return self.drafts[draft_id]

    def _fail(self, act: str) -> None:
        if self.faults[act] and isinstance(fault := self.faults[act].pop(0), BaseException):
            raise fault


def temporary(text: str = "The provider is busy.") -> ProviderError:
    return ProviderError(text, permanent=False)


def permanent(text: str = "The account is closed.") -> ProviderError:
    return ProviderError(text, permanent=True)
