"""A provider that sends to each of an audience's members, for tests: the people, the ledger and a server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.beside import Shelf, Spooling
from notifier.core.delivery import Delivery
from notifier.core.leaving import SLOT, UNSUBSCRIBE, leaving_url
from notifier.core.message import Message
from notifier.core.recipient import Member, Recipient, RecipientStatus
from notifier.core.rule import Audience
from notifier.edges.embedded import Embedded
from notifier.edges.memory_ledger import MemoryLedger
from notifier.edges.smtp import Server, SmtpProvider, ToEach, spool_at
from notifier.edges.smtp.members import People
from notifier.ports import Tasks
from tests.builders import a_delivery, a_message, a_site, an_audience, at

AT = at("2026-12-08 10:00")
SITE = "https://events.example.org"
SIGNING_KEY = b"k" * 32
SENDER = ("Example Commons", "events@example.org")
DELIVERY = a_delivery()
KEY = DELIVERY.key
AUDIENCE = an_audience(sender=SENDER, each=True, leave_url=SLOT)
_MOST_ROUNDS = 100
MESSAGE = a_message(
    html=f'<p>Hello</p><p><a href="{SLOT}">Unsubscribe</a></p>', text=f"Hello\n\nUnsubscribe:\n{SLOT}\n",
    slots=(UNSUBSCRIBE,),
)  # fmt: skip


def some_members(number: int) -> list[Member]:
    return [Member(address=f"reader{place}@example.org", name=f"Reader {place}") for place in range(number)]


def leaving(audience: str, who: str) -> str:
    return leaving_url(SITE, audience, who, SIGNING_KEY)


@dataclass
class Each:
    """The people and the provider; `people` may be changed between acts. A ledger that instances share has the spool too."""

    port: int
    folder: Path
    people: list[Member] = field(default_factory=lambda: some_members(5))
    ledger: People = field(default_factory=MemoryLedger)
    audience: Audience = AUDIENCE
    server: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    tasks: Callable[[], Tasks] = Embedded

    def provider(self) -> SmtpProvider:
        """As a fresh process has it."""
        known: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "security": "none", "timeout": 10.0}
        server, site = Server(**(known | self.server)), a_site()
        # However slow the machine is.
        terms: dict[str, Any] = {"leaving": leaving, "longest": 300.0} | self.options
        each = ToEach(
            name="letters", server=server, spool=spool_at("letters", self.folder, self.shelf), site=site, ledger=self.ledger,
            audiences={self.audience.name: self.audience}, read_members=lambda _: self.people,
            tasks=self.tasks(), **terms,
        )  # fmt: skip
        return SmtpProvider(
            name="letters", server=server, folder=self.folder, site=site, addresses={}, sender=SENDER, now=lambda: AT,
            each=each, shelf=self.shelf,
        )  # fmt: skip

    @property
    def shelf(self) -> Shelf | None:
        return self.ledger.shelf("letters") if isinstance(self.ledger, Spooling) else None

    def sent(self, when: datetime = AT, message: Message = MESSAGE, delivery: Delivery = DELIVERY) -> str:
        """What comes of drafting it and handing it over once."""
        provider = self.provider()
        draft_id = provider.draft(delivery, message, self.audience, when)
        return provider.send(draft_id, delivery.key, when).result

    def gone_on(self, when: datetime) -> str:
        """What comes of another round, in another process."""
        provider = self.provider()
        found = provider.find(KEY)
        assert found.state == "partial"
        return provider.send(found.draft_id or "", KEY, when).result

    def gone_on_to_the_end(self) -> None:
        """Round after round, each when somebody may be tried again, until nobody waits.

        Where the server breaks off, a round ends once none of its connections is left, and how many those are depends on how
        busy the machine is: so does the number of rounds.
        """
        when = AT
        for _ in range(_MOST_ROUNDS):
            if self.provider().find(KEY).state != "partial":
                return
            when = max(self.ledger.tally(KEY).next_at or when, when + timedelta(minutes=1))
            self.gone_on(when)
        raise AssertionError(f"After {_MOST_ROUNDS} rounds it still goes on: {self.ledger.tally(KEY).words}")

    def numbers(self, *statuses: RecipientStatus) -> list[int]:
        return [one.number for one in self.ledger.recipients(KEY, *statuses)]

    def those(self, *statuses: RecipientStatus) -> Sequence[Recipient]:
        return self.ledger.recipients(KEY, *statuses)
