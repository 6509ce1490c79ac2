"""The ledger of a site that has none: it remembers nothing and takes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from notifier.core.api_token import ApiToken
from notifier.core.byhand import ByHand
from notifier.core.delivery import Decision, Delivery, DeliveryStatus, Memory, Told
from notifier.core.event import Reason
from notifier.core.facts import Facts
from notifier.core.one_off import OneOff
from notifier.core.person import OneTimeLink, Person, Role, Session
from notifier.core.plan import Plan
from notifier.core.reach import Reach
from notifier.core.readership import Poll, Token
from notifier.core.recipient import Member, Recipient, RecipientStatus, Result, Tally
from notifier.core.sign_on import SignOn
from notifier.ports import Claim, Finding


@dataclass(frozen=True, slots=True)
class NoLedger:
    """What commands that only look use where there is no ledger yet.

    `trouble`: there is one, and this is why it can't be opened.
    """

    trouble: str | None = None

    def version(self) -> tuple[datetime | None, int]:
        return None, 0

    def snapshot(self) -> Memory:
        return Memory()

    def claimed(self, key: str) -> AbstractContextManager[Claim | None]:
        return nullcontext(self)

    def holds(self) -> bool:
        """Nobody shares it."""
        return True

    def rows(self, *statuses: DeliveryStatus) -> Sequence[Delivery]:
        return ()

    def record(self, plan: Plan) -> bool:
        return False

    def move(
        self,
        row: Delivery,
        to: DeliveryStatus,
        *,
        at: datetime,
        reasons: Sequence[Reason] | None = None,
        draft_id: str | None = None,
        retry_at: datetime | None = None,
        sent_at: datetime | None = None,
        attempt: bool = False,
        told: Sequence[Told] = (),
        facts: Sequence[Facts] | None = None,
    ) -> Delivery | None:
        return None

    def decide(
        self,
        decision: Decision,
        row: Delivery | None = None,
        to: DeliveryStatus | None = None,
        *,
        reasons: Sequence[Reason] = (),
        sent_at: datetime | None = None,
        told: Sequence[Told] = (),
        after: Decision | Literal["whatever"] | None = "whatever",
    ) -> bool:
        return False

    def ask(self, one_off: OneOff, said: Decision | None = None) -> bool:
        return False

    def decided(self, key: str | None = None) -> Sequence[Decision]:
        return ()

    def note_by_hand(self, provider: str, mails: Sequence[ByHand]) -> bool:
        return False

    def note_reach(self, key: str, reach: Reach) -> None:
        return None

    def reaches(self) -> Mapping[str, Reach]:
        return {}

    def tokens(self) -> Sequence[Token]:
        return ()

    def add_token(self, token: Token, *, instead_of: str | None = None, said: Decision | None = None) -> bool:
        return False

    def revoke_token(self, token_id: str, at: datetime, *, said: Decision | None = None) -> bool:
        return False

    def note_polls(self, polls: Sequence[Poll]) -> None:
        return None

    def polls(self, since: date) -> Sequence[Poll]:
        return ()

    def members(self, audience: str) -> Sequence[Member]:
        return ()

    def each_member(self, audience: str) -> Iterator[Member]:
        return iter(())

    def put_members(self, audience: str, members: Sequence[Member], at: datetime) -> None:
        return None

    def last_put(self, audience: str) -> datetime | None:
        return None

    def leave(self, audience: str, digest: str, at: datetime, *, why: str) -> bool:
        return False

    def come_back(self, audience: str, digest: str) -> bool:
        return False

    def left(self, audience: str) -> Mapping[str, tuple[datetime, str]]:
        return {}

    def erase(self, address: str, audiences: Sequence[str]) -> int:
        return 0

    def enrol(self, key: str, recipients: Iterable[Recipient], at: datetime) -> bool:
        return False

    def claim(self, key: str, most: int, *, claim: str, at: datetime) -> Sequence[Recipient]:
        return ()

    def conclude(self, key: str, results: Sequence[Result], *, claim: str | None, at: datetime) -> int:
        return 0

    def tally(self, key: str) -> Tally:
        return Tally()

    def recipients(self, key: str, *statuses: RecipientStatus) -> Sequence[Recipient]:
        return ()

    def erase_recipients(self, before: datetime) -> int:
        return 0

    def people(self) -> Sequence[Person]:
        return ()

    def has_people(self) -> bool:
        return False

    def account(self, name: str) -> tuple[Person, str | None] | None:
        return None

    def add_person(self, person: Person, *, said: Decision | None = None) -> bool:
        return False

    def change_role(self, name: str, role: Role, *, said: Decision | None = None) -> bool:
        return False

    def disable(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        return False

    def enable(self, name: str, *, said: Decision | None = None) -> bool:
        return False

    def set_password(self, name: str, password: str, *, instead_of: str, said: Decision | None = None) -> bool:
        return False

    def begin_session(self, session: Session, *, password: str) -> bool:
        return False

    def session(self, digest: str) -> tuple[Session, Person] | None:
        return None

    def sessions(self, name: str) -> Sequence[Session]:
        return ()

    def saw_session(self, digest: str, at: datetime) -> None:
        return None

    def end_session(self, digest: str) -> bool:
        return False

    def end_sessions(self, name: str, *, but: str | None = None) -> int:
        return 0

    def add_link(self, link: OneTimeLink, *, said: Decision | None = None) -> None:
        return None

    def link(self, digest: str) -> OneTimeLink | None:
        return None

    def redeem(
        self, digest: str, password: str, at: datetime, *, newcomer: Person | None = None, said: Decision | None = None
    ) -> bool:
        return False

    def note_device(self, digest: str, name: str, at: datetime) -> None:
        return None

    def knows_device(self, digest: str, name: str) -> bool:
        return False

    def api_tokens(self) -> Sequence[ApiToken]:
        return ()

    def add_api_token(self, token: ApiToken, *, said: Decision | None = None) -> bool:
        return False

    def api_token(self, digest: str) -> tuple[ApiToken, Person] | None:
        return None

    def used_api_token(self, digest: str, on: date) -> None:
        return None

    def revoke_api_token(self, name: str, at: datetime, *, said: Decision | None = None) -> bool:
        return False

    def sign_ons(self) -> Sequence[SignOn]:
        return ()

    def admit(self, way: SignOn, *, said: Decision | None = None) -> bool:
        return False

    def dismiss(self, name: str, *, said: Decision | None = None) -> bool:
        return False

    def recognised(self, issuer: str, subject: str, address: str | None) -> Person | None:
        return None

    def begin_signed_on(self, session: Session, *, issuer: str, subject: str) -> bool:
        return False

    def doctor(self) -> Sequence[Finding]:
        text = self.trouble or "There is none yet; the first tick makes it."
        return (Finding(subject="ledger", ok=self.trouble is None, text=text),)

    def close(self) -> None:
        return None
