"""What stands in for a provider in test mode: a mail becomes files, and a copy of it goes to the addresses of `sending.test`.

The files come first, by one rename, and they are what proves that a delivery is over: a kill after that loses its copies
rather than that they are sent twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from notifier.core.delivery import Delivery, Observation, Outcome
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.mode import copy_of, own_id, rehearsed_id
from notifier.core.rule import Audience, Site
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Capabilities, Finding, Keeper, Provider

_LOST = "whether its copies went out nobody can say, since notifier was stopped then; they are not sent again"


class _Folder(Provider, Keeper, Protocol):
    pass


class Rehearsal:
    """Keeps mails with `keeper`, a folder; of `real` it asks how many people there are, and for copies to `addresses`."""

    def __init__(self, *, keeper: _Folder, real: Provider, addresses: Sequence[str], site: Site) -> None:
        self.name = real.name
        self.addresses = tuple(addresses)
        self._keeper, self._real, self._site = keeper, real, site
        # By key, from drafting to handing over: both are in one tick.
        self._copies: dict[str, Message] = {}
        self._said: dict[str, str] = {}

    def capabilities(self) -> Capabilities:
        return self._keeper.capabilities()

    def resolve(self, audience: Audience) -> int | None:
        return self._real.resolve(audience)

    def find(self, key: str) -> Observation:
        seen = self._keeper.find(key)
        shortfall = ""
        if seen.state == "sent":
            shortfall = f"Test mode: no reader got it. It lies in {seen.detail}, and {self._said.get(key, _LOST)}."
        return replace(seen, draft_id=rehearsed_id(seen.draft_id) if seen.draft_id else None, shortfall=shortfall)

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        try:
            people = self._real.resolve(audience)
        except ProviderError:
            people = None
        language = audience.language or self._site.language
        zone = audience.timezone or self._site.timezone
        self._copies[delivery.key] = copy_of(message, delivery, people=people, zone=zone, language=language)
        return rehearsed_id(self._keeper.draft(delivery, message, audience, at, events=events))

    def check(self, draft_id: str) -> Sequence[Problem]:
        return self._keeper.check(own_id(draft_id))

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        """Twice: one folder, and copies once at most."""
        if self._keeper.find(key).state == "sent":
            return self._keeper.send(own_id(draft_id), key, at)
        outcome = self._keeper.send(own_id(draft_id), key, at)
        copy = self._copies.pop(key, None)
        if outcome.result == "accepted" and copy is not None:
            self._said[key] = self._given(copy)
        return outcome

    def kept(self, key: str, name: str) -> bytes | None:
        """A file of the mail as its readers would have got it, or None."""
        return self._keeper.kept(key, name)

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """To those of the list among these, and to nobody else."""
        listed = [one for one in addresses if one in self.addresses]
        if len(listed) < len(addresses):
            return Outcome(result="unsent", detail="In test mode mails go to the addresses of sending.test alone.")
        return self._real.test(message, listed)

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]:
        return self._keeper.doctor(audiences)

    def _given(self, copy: Message) -> str:
        if not self.addresses:
            return "sending.test names nobody to get a copy"
        try:
            outcome = self._real.test(copy, self.addresses)
        except (ProviderError, UserError) as error:
            return f"its copies did not go out, and are not tried again ({error.message.rstrip('.')})"
        if outcome.result == "accepted":
            many = "1 address" if len(self.addresses) == 1 else f"{len(self.addresses)} addresses"
            left = f" ({outcome.left.rstrip('.')})" if outcome.left else ""
            return f"a copy went to {many} of sending.test{left}"
        doubt = "may not have gone out" if outcome.result == "ambiguous" else "did not all go out"
        return f"its copies {doubt}, and are not tried again ({' '.join(filter(None, (outcome.detail, outcome.left))).rstrip('.')})"
