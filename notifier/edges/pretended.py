"""A provider that takes and confirms everything at once and reaches nobody, and a publisher that keeps nothing.

With them a plan can be acted on to its end, for the sake of seeing what would have happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notifier.core.delivery import Delivery, Observation, Outcome, key_hash
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.rule import Audience
from notifier.errors import Problem, ProviderError
from notifier.ports import Capabilities, Finding


class PretendedProvider:
    """Stands in for a provider of this name. `reaches_people` is what is said of that one: what is delivered is then told.

    Of each message only its subject is kept. `whole_messages`: they are written in full all the same, as where templates
    that nobody has tried with all events may fail with one.
    """

    def __init__(self, name: str, *, reaches_people: bool, whole_messages: bool = True) -> None:
        self.name = name
        self.subjects: dict[str, str] = {}
        self._capabilities = Capabilities(
            sends=True, certain=True, reaches_people=reaches_people, only_subjects=not whole_messages
        )
        #: By the ids of drafts, the keys that they are for.
        self._drafts: dict[str, str] = {}
        self._sent: set[str] = set()

    def capabilities(self) -> Capabilities:
        return self._capabilities

    def resolve(self, audience: Audience) -> int | None:
        """Nobody is reached, so there is nobody to count."""
        return None

    def find(self, key: str) -> Observation:
        if key in self._sent:
            return Observation(state="sent", draft_id=key_hash(key))
        if key_hash(key) in self._drafts:
            return Observation(state="drafted", draft_id=key_hash(key))
        return Observation(state="absent")

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        """Keep the subject; what has been sent keeps the one that it went out with."""
        if delivery.key not in self._sent:
            self._drafts[key_hash(delivery.key)] = delivery.key
            self.subjects[delivery.key] = message.subject
        return key_hash(delivery.key)

    def check(self, draft_id: str) -> Sequence[Problem]:
        self._key_of(draft_id)
        return ()

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        if self._key_of(draft_id) != key:
            return Outcome(result="refused", detail=f"The draft {draft_id} belongs to another delivery than {key}.")
        self._sent.add(key)
        return Outcome(result="accepted")

    def _key_of(self, draft_id: str) -> str:
        if draft_id not in self._drafts:
            raise ProviderError(f"{self.name} has no draft {draft_id!r}.", permanent=True)
        return self._drafts[draft_id]

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome:
        return Outcome(result="unsent", detail=f"{self.name} is only pretended here and sends no mail.")

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]:
        return (Finding(subject=self.name, ok=True, text="It is only pretended."),)


class NoPublisher:
    """Takes feeds and keeps none."""

    def publish(self, name: str, data: bytes) -> bool:
        return False

    def read(self, name: str) -> bytes | None:
        return None

    def withdraw(self, name: str) -> bool:
        return False
