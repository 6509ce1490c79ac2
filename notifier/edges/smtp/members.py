"""One mail to each person of an audience, who are claimed in the ledger before anything is given away for them.

The letter is written once and kept in the spool; who is to get it, and what became of it for each, is in the ledger; what
is under way, in the journal of the process that has it under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from threading import Lock
from time import monotonic
from typing import Protocol

from notifier.beside import Share
from notifier.core.delivery import Delivery, Observation, Outcome, key_hash
from notifier.core.enrolling import ERASED
from notifier.core.leaving import SLOT, has_left, names_of
from notifier.core.message import Message
from notifier.core.plain import one_line
from notifier.core.recipient import Member, Recipient, Result, Seen, Tally, digest_of
from notifier.core.rule import Audience, Site
from notifier.edges.eml import ascii_domain, message_id
from notifier.edges.smtp import sums
from notifier.edges.smtp.crew import LONGEST_ROUND, Crew
from notifier.edges.smtp.giving import Giving
from notifier.edges.smtp.journal import Journal
from notifier.edges.smtp.letters import Letters, Origin, Reader, letter_for_all, stuffed
from notifier.edges.smtp.pace import MINUTE, Pace
from notifier.edges.smtp.rounds import Rounds
from notifier.edges.smtp.shared import SharedSpool
from notifier.edges.smtp.signing import Signer
from notifier.edges.smtp.spool import Entry, Spool, digest
from notifier.edges.smtp.stream import Parcel
from notifier.edges.smtp.wire import Envelope, NotTaken, Server, unfit
from notifier.errors import Problem, ProviderError, UserError
from notifier.people import Recipients, Roster
from notifier.ports import Batch, Tasks

#: The digest of nobody.
_ANYBODY = "0" * 32
#: So many batches of a delivery are there at once; there are more of them as these are done.
MOST_BATCHES = 200
#: So long nothing is tried with a server that took nothing, and with a rate that is spent.
REST, _NEXT_TURN = timedelta(minutes=1), timedelta(seconds=5)


class People(Recipients, Roster, Protocol):
    """Where people and what they were sent is kept: the ledger."""


@dataclass(slots=True, kw_only=True)
class ToEach:
    """Sends to each member of `audiences`, for the provider of this `name`.

    `read_members` gives those of an audience, by its name, whether or not they have left since, perhaps not all at once. `leaving` gives the address by which one
    person leaves, by the audience's name and their digest; `unsubscribe` that of an audience where there is none for each. `rate` is the
    most letters a minute, `longest` how many seconds one call goes on.
    """

    name: str
    server: Server
    spool: Spool
    site: Site
    audiences: Mapping[str, Audience]
    ledger: People
    read_members: Callable[[str], Iterable[Member]]
    leaving: Callable[[str, str], str | None]
    tasks: Tasks
    unsubscribe: Mapping[str, str] = field(default_factory=dict)
    connections: int = 4
    rate: int | None = None
    signer: Signer | None = None
    longest: float = LONGEST_ROUND
    #: What kept the server from taking anything at the last attempt.
    trouble: NotTaken | None = field(default=None, init=False)
    #: Until the server turns out not to bear it.
    is_pipelined: bool = field(default=True, init=False)
    _rounds: Rounds = field(init=False)
    _pace: Pace = field(init=False)
    _alone: Lock = field(default_factory=Lock, init=False)
    #: When this process may try again, and the deliveries of which it knows that they have begun to reach people.
    _rests_until: datetime | None = field(default=None, init=False)
    _going_out: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.spool)
        self._pace = Pace(self.rate, self.spool.shelf if isinstance(self.spool, SharedSpool) else None)

    def number_of(self, audience: Audience) -> int:
        """How many would get a mail now. Raises UserError where they can't be read."""
        return sum(1 for _ in self._staying(audience))

    def people(self, audience: Audience) -> Iterator[Recipient]:
        """Who would get a mail now, as `number_of`. They are read while they are gone through; what a file has, before."""
        return (
            Recipient(number=number, digest=who, address=member.address, name=member.name)
            for number, (who, member) in enumerate(self._staying(audience))
        )

    def _staying(self, audience: Audience) -> Iterator[tuple[str, Member]]:
        """Each person once, with their digest, and nobody who has left."""
        left, members, seen = self._left(audience), self.read_members(audience.name), Seen()
        staying = (one for one in members if not has_left(audience, one.address, left))
        found = ((digest_of(audience.name, one.address), one) for one in staying)
        return ((who, member) for who, member in found if seen.add(who))

    def find(self, key: str) -> Observation:
        hashed, tally = key_hash(key), self.ledger.tally(key)
        begun = sums.given_to(tally)
        if (entry := self.spool.read(hashed)) is None:
            if begun:
                return Observation(state="unclear", draft_id=hashed, detail=sums.lost(tally, self.spool))
            return Observation(state="absent")
        if (under_way := self._under_way(hashed, entry, tally)) is not None:
            return under_way
        if self._is_older(hashed, entry, tally):
            return Observation(state="unclear", draft_id=hashed, detail=sums.older(hashed, self.spool))
        if begun and tally.waiting + tally.claimed:
            return Observation(state="partial", draft_id=hashed, detail=tally.words)
        if tally.taken:
            shortfall = f"{tally.words}." if tally.taken < tally.total else ""
            return Observation(state="sent", draft_id=hashed, detail=tally.words, shortfall=shortfall)
        if tally.unknown:
            return Observation(state="unclear", draft_id=hashed, detail=sums.doubt(tally, self.server))
        return Observation(state="drafted", draft_id=hashed, proven=True)

    def _under_way(self, hashed: str, entry: Entry, tally: Tally) -> Observation | None:
        if self.tasks.elsewhere and entry.state != "drafted" and tally.waiting:
            # Whether or not anybody has been given it yet: there is work for the others.
            return Observation(state="partial", draft_id=hashed, detail=tally.words)
        if tally.claimed and self._rounds.is_under_way(hashed, self.ledger.recipients(entry.key, "claimed")):
            return Observation(state="sending", draft_id=hashed, detail="It is being handed over right now.")
        return None

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, sender: tuple[str, str]
    ) -> str:
        """Keep the letter and who is to get it. Once it went to somebody, or may have, both stay as they are."""
        hashed, key = key_hash(delivery.key), delivery.key
        if self._pace.is_spent(at):
            what = f"{self.rate:,} mails have left through {self.name} within this minute, and that is its rate."
            raise ProviderError(f"{what} This one's turn comes.", permanent=False, wait=MINUTE)
        origin = Origin(key=key, domain=self.site.domain, sender=sender, at=at)
        content = letter_for_all(message, origin)
        entry = Entry(
            key=key, audience=audience.name, subject=one_line(message.subject), sender=ascii_domain(sender[1]),
            recipient="", message_id=message_id(key, self.site.domain), digest=digest(content),
            until=_time(delivery.expires_at), at_most="" if audience.at_most is None else str(audience.at_most),
        )  # fmt: skip
        people = self.people(audience)
        with self.spool.locked(hashed, new=True):
            tally, before = self.ledger.tally(key), self.spool.read(hashed)
            is_new = before is None or before.is_for_each or before.state == "drafted"
            is_known = before is None or not before.is_for_each or not self._is_older(hashed, before, tally)
            if is_new and is_known and not sums.given_to(tally):
                self.ledger.enrol(key, people, at)
                self.spool.prepare(hashed, entry, content)
        return hashed

    def check(self, hashed: str, entry: Entry) -> Sequence[Problem]:
        tally, content = self.ledger.tally(entry.key), self.spool.message(hashed, entry)
        place, file = f"audiences.{entry.audience}", self.spool.file(hashed)
        if not tally.total:
            hint = f"Give it members (notifier audience import {entry.audience} FILE), or another audience to the rule."
            return [Problem(path=place, what="Nobody belongs to it, or all have left.", hint=hint)]
        if entry.at_most and tally.total > int(entry.at_most):
            what = f"It has {tally.total:,} members, and at_most is {int(entry.at_most):,}."
            return [Problem(path=place, what=what, hint="Raise at_most if the number is right.")]
        if content is None:
            hint = f"To have it made again at the next tick, {self.spool.how_to_delete(hashed)}."
            return [Problem(path=file, what="This is not the message that was prepared.", hint=hint)]
        if complaint := unfit(content):
            return [Problem(path=file, what=complaint, hint="That is a fault of notifier: please report it.")]
        unsigned = self.signer.problems() if self.signer is not None else ()
        return unsigned or self._leaving_problems(place, entry, content)

    def _leaving_problems(self, place: str, entry: Entry, content: bytes) -> Sequence[Problem]:
        try:
            leave, _ = self.leave(entry.audience, _ANYBODY)
        except UserError as error:
            return error.problems
        if leave is None and SLOT.encode() in content:
            what = "Its mails have a place for the link by which each reader leaves, and there is no such link."
            hint = "Set site.public_url and secret_key, or `unsubscribe` of the audience."
            return [Problem(path=place, what=what, hint=hint)]
        return ()

    def send(self, hashed: str, entry: Entry, at: datetime) -> Outcome:
        """One round: to those who wait, as far as it comes. Called again it goes on, from as many processes as there are."""
        self.trouble = None
        if self.tasks.elsewhere:
            return self._handed_on(hashed, entry, at)
        found: list[Giving | Outcome] = []
        with self._alone:
            self.tasks.task(lambda _: found.append(self._round(hashed, at)))
            self.tasks.defer(self._batch(entry), self._batches(self.ledger.tally(entry.key), at) or 1)
            until = monotonic() + self.longest
            # However little time there is, one is done.
            self.tasks.work(lambda: bool(found) and monotonic() > until)
        given = [one for one in found if isinstance(one, Giving)]
        if not given:
            return next(one for one in found if isinstance(one, Outcome))
        self.trouble = next((one.trouble for one in given if one.trouble is not None), None)
        refusals, put_off = (
            [said for one in given for said in one.refusals],
            [said for one in given for said in one.put_off],
        )
        return sums.outcome_of(self.ledger.tally(entry.key), refusals, put_off, self.trouble, self.server)

    def give(self, key: str, digest: str, at: datetime) -> Share:
        """One batch: as `beside.Sharing` has it."""
        if self._rests_until is not None and at < self._rests_until:
            return Share(again=self._rests_until - at)
        hashed = key_hash(key)
        given = self._round(hashed, at, digest)
        if isinstance(given, Outcome):
            return Share()
        if given.has_gone_out:
            self._going_out.add(hashed)
        elif sums.is_refused(given.trouble, given.refusals, given.put_off):
            return Share(refused=sums.refusal(given.trouble, given.refusals, self.server))
        if given.trouble is not None:
            self._rests_until = at + REST
            return Share(again=REST, trouble=str(given.trouble))
        return Share(again=_NEXT_TURN if given.is_over_pace else None)

    def _handed_on(self, hashed: str, entry: Entry, at: datetime) -> Outcome:
        """Have others give it away: batches for those who wait, written down together with the note that sending began."""
        with self.spool.locked(hashed):
            if (stopped := self._why_not(hashed, entry, self.spool.message(hashed, entry))) is not None:
                return stopped
            self._recover(hashed, entry.key, at)
            if entry.state == "drafted":
                number = self._batches(self.ledger.tally(entry.key), at)
                put = partial(self.tasks.defer, self._batch(entry), number)
                self.spool.note(hashed, entry.begun(_time(at)), also=put)
        self._refill(entry, at)
        tally = self.ledger.tally(entry.key)
        if tally.waiting + tally.claimed:
            return Outcome(result="accepted", detail=tally.words)
        return sums.outcome_of(tally, (), (), None, self.server)

    def _refill(self, entry: Entry, at: datetime) -> None:
        """Let there be as many batches as there is work for, those of who died among them. One process at a time sees to that."""
        if not isinstance(self.spool, SharedSpool):
            raise TypeError("Others can do batches only where the spool is shared.")
        with self.spool.asked(), self.spool.shelf.alone("batches") as transaction:
            if transaction is not None:
                self.tasks.rescue()
                batch, wanted = self._batch(entry), self._batches(self.ledger.tally(entry.key), at)
                missing = wanted - self.tasks.deferred(batch, transaction)
                if missing > 0:
                    self.tasks.defer(batch, missing, transaction)

    def _batches(self, tally: Tally, at: datetime) -> int:
        """For how many batches there is work now."""
        waiting = tally.waiting if tally.next_at is None or tally.next_at <= at else 0
        return min(ceil(waiting / self.tasks.most) if self.tasks.most else 1, MOST_BATCHES)

    def _batch(self, entry: Entry) -> Batch:
        return Batch(provider=self.name, key=entry.key, digest=entry.digest)

    def _round(self, hashed: str, at: datetime, digest: str | None = None) -> Giving | Outcome:
        """What is given away in one go. `digest`: only if that is the letter that is being given away."""
        journal, is_kept = None, False
        try:
            with self.spool.locked(hashed):
                entry = self.spool.read(hashed)
                if entry is None or (digest is not None and (entry.state == "drafted" or entry.digest != digest)):
                    return Outcome(result="unsent", detail=f"Its draft is no longer in {self.spool.all}.")
                content = self.spool.message(hashed, entry)
                if (stopped := self._why_not(hashed, entry, content)) is not None:
                    return stopped
                # First of all: one that is there and blank proves that nothing was given away under it.
                journal = self._rounds.begin(hashed, at)
                if not self.tasks.elsewhere:
                    self._recover(hashed, entry.key, at)
                if entry.state == "drafted":
                    self.spool.note(hashed, entry.begun(_time(at)))
            given = self._given_away(entry, content or b"", journal, at)
            self._note_how_far(hashed, entry.key, at)
            is_kept = True
            return given
        finally:
            if journal is not None:
                with self.spool.told("write to"):
                    journal.close(remove=is_kept)

    def _why_not(self, hashed: str, entry: Entry, content: bytes | None) -> Outcome | None:
        """Why nothing may be given away of what is in the spool."""
        if content is None or unfit(content):
            detail = f"The message in {self.spool.where(hashed)} is not what was prepared."
            return Outcome(result="unsent", detail=detail)
        if hashed not in self._going_out and self._is_older(hashed, entry, self.ledger.tally(entry.key)):
            return Outcome(result="ambiguous", detail=sums.older(hashed, self.spool))
        return None

    def _given_away(self, entry: Entry, content: bytes, journal: Journal, at: datetime) -> Giving:
        # Before anybody is claimed: what is amiss with the key is nobody's refusal.
        self.leave(entry.audience, _ANYBODY)
        given = Giving(
            ledger=self.ledger, key=entry.key, claim=journal.claim, at=at, pace=self._pace, most=self.tasks.most
        )  # fmt: skip
        if entry.until and at >= datetime.fromisoformat(entry.until):
            given.give_up()
            return given
        given.has_gone_out = key_hash(entry.key) in self._going_out or sums.went_out(self.ledger.tally(entry.key))
        crew = Crew(
            server=self.server, connections=self.connections, letter=self._letters(entry, content), journal=journal,
            longest=self.longest, is_pipelined=self.is_pipelined,
        )  # fmt: skip
        given.run(crew)
        self.is_pipelined = crew.is_pipelined or not crew.has_taken  # Else it was silent for another reason.
        return given

    def not_taken(self, hashed: str, key: str, at: datetime) -> None:
        """A person has looked: those in doubt did not get it, and may be given it."""
        with self.spool.locked(hashed) as there:
            if there:
                self._recover(hashed, key, at)
            doubts = self.ledger.recipients(key, "unknown")
            said = "A person looked: it did not go out."
            results = [Result(number=one.number, status="waiting", said=said) for one in doubts]
            self.ledger.conclude(key, results, claim=None, at=at)

    def leave(self, audience: str, who: str) -> tuple[str | None, bool]:
        """Where a person leaves, and whether that is a page for them alone."""
        own = self.leaving(audience, who)
        return (own, True) if own is not None else (self.unsubscribe.get(audience), False)

    def has_left(self, audience: str) -> Callable[[str], bool]:
        """Who has left the audience by now, by address."""
        known = self.audiences.get(audience)
        if known is None:
            return lambda _: False
        left = self._left(known)
        return partial(has_left, known, left=left) if any(left.values()) else lambda _: False

    def _left(self, audience: Audience) -> dict[str, Mapping[str, tuple[datetime, str]]]:
        return {name: self.ledger.left(name) for name in names_of(audience)}

    def _recover(self, hashed: str, key: str, at: datetime) -> None:
        """Write down what became of those whom a dead process had claimed. Twice: once."""
        self._rounds.recover(
            hashed, self.ledger.recipients(key, "claimed"), at,
            lambda claim, results: self.ledger.conclude(key, results, claim=claim, at=at),
        )  # fmt: skip

    def _is_older(self, hashed: str, entry: Entry, tally: Tally) -> bool:
        """Whether the ledger knows of fewer who were given it than the spool does: it is a copy from before."""
        return self._rounds.knows_more(hashed, entry, sums.given_to(tally))

    def _note_how_far(self, hashed: str, key: str, at: datetime) -> None:
        """Write into the spool how many were given it, so that an older ledger does not begin again."""
        with self.spool.locked(hashed):
            entry, tally = self.spool.read(hashed), self.ledger.tally(key)
            if entry is None or tally.claimed or (self.tasks.elsewhere and tally.waiting and not sums.went_out(tally)):
                return
            self.spool.note(hashed, entry.reached(_time(at), taken=tally.taken, unknown=tally.unknown))

    def _letters(self, entry: Entry, content: bytes) -> Callable[[Recipient], Parcel]:
        # Here, before anybody is claimed: what is amiss with the key is nobody's refusal.
        sign = self.signer.ready() if self.signer is not None else None
        letters = Letters(content, key=entry.key, domain=self.site.domain, wire=sign is None)
        has_left = self.has_left(entry.audience)

        def letter(one: Recipient) -> Parcel:
            if not one.address:
                raise UserError(ERASED)
            if has_left(one.address):
                raise UserError("They left before their turn came.")
            leave, is_own = self.leave(entry.audience, one.digest)
            reader = Reader(address=one.address, name=one.name, digest=one.digest, leave=leave, with_one_click=is_own)
            envelope = Envelope(sender=entry.sender, recipient=ascii_domain(one.address))
            own = letters.of(reader)
            return Parcel(number=one.number, envelope=envelope, letter=stuffed(sign(own)) if sign else own)

        return letter


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
