"""One mail to each person of an audience, who are claimed in the ledger before anything is given away for them.

The letter is written once and kept in the spool; who is to get it, and what became of it for each, is in the ledger; what
is under way, in the journal of the process that has it under way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from notifier.core.delivery import Delivery, Observation, Outcome, key_hash
from notifier.core.enrolling import ERASED
from notifier.core.leaving import SLOT, has_left, names_of
from notifier.core.message import Message
from notifier.core.plain import one_line
from notifier.core.recipient import Member, Recipient, Result, Tally, digest_of
from notifier.core.rule import Audience, Site
from notifier.edges.eml import ascii_domain, message_id
from notifier.edges.smtp.crew import LONGEST_ROUND, Crew, Ending
from notifier.edges.smtp.journal import Journal
from notifier.edges.smtp.letters import Letters, Origin, Reader, letter_for_all, stuffed
from notifier.edges.smtp.rounds import Rounds
from notifier.edges.smtp.signing import Signer
from notifier.edges.smtp.spool import Entry, Spool, digest
from notifier.edges.smtp.stream import Parcel, RefusedSender
from notifier.edges.smtp.wire import Envelope, NotTaken, Server, unfit
from notifier.errors import Problem, ProviderError, UserError
from notifier.people import Recipients, Roster

#: How long somebody whom the server refused for now waits, by the number of attempts made.
_RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
#: After a day of that the refusal is taken for final.
_MOST_ATTEMPTS = 27
_MINUTE = timedelta(minutes=1)
#: The digest of nobody.
_ANYBODY = "0" * 32
_TOO_LATE = "It was no longer useful when their turn came."


class People(Recipients, Roster, Protocol):
    """Where people and what they were sent is kept: the ledger."""


@dataclass(slots=True, kw_only=True)
class ToEach:
    """Sends to each member of `audiences`, for the provider of this `name`.

    `read_members` gives those of an audience, by its name, whether or not they have left since. `leaving` gives the address by which one
    person leaves, by the audience's name and their digest; `unsubscribe` that of an audience where there is none for each. `rate` is the
    most letters a minute, `longest` how many seconds one call goes on.
    """

    name: str
    server: Server
    spool: Spool
    site: Site
    audiences: Mapping[str, Audience]
    ledger: People
    read_members: Callable[[str], Sequence[Member]]
    leaving: Callable[[str, str], str | None]
    unsubscribe: Mapping[str, str] = field(default_factory=dict)
    connections: int = 4
    rate: int | None = None
    signer: Signer | None = None
    longest: float = LONGEST_ROUND
    #: What kept the server from taking anything at the last attempt.
    trouble: NotTaken | None = field(default=None, init=False)
    #: Until the server turns out not to bear it.
    is_pipelined: bool = field(default=True, init=False)
    _spent: list[tuple[datetime, int]] = field(default_factory=list, init=False)
    _rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.spool)

    def people(self, audience: Audience) -> list[Recipient]:
        """Who would get a mail now: each person once, and nobody who has left. Raises UserError where they can't be read."""
        left = self._left(audience)
        found: dict[str, Member] = {}
        for member in self.read_members(audience.name):
            if not has_left(audience, member.address, left):
                found.setdefault(digest_of(audience.name, member.address), member)
        return [
            Recipient(number=number, digest=who, address=member.address, name=member.name)
            for number, (who, member) in enumerate(found.items())
        ]

    def find(self, key: str) -> Observation:
        hashed, tally = key_hash(key), self.ledger.tally(key)
        begun = _given(tally)
        if (entry := self.spool.read(hashed)) is None:
            if begun:
                return Observation(state="unclear", draft_id=hashed, detail=self._lost(tally))
            return Observation(state="absent")
        if tally.claimed and self._rounds.is_under_way(hashed, self.ledger.recipients(key, "claimed")):
            return Observation(state="sending", draft_id=hashed, detail="It is being handed over right now.")
        if self._is_older(hashed, entry, tally):
            return Observation(state="unclear", draft_id=hashed, detail=self._older(hashed))
        if begun and tally.waiting + tally.claimed:
            return Observation(state="partial", draft_id=hashed, detail=tally.words)
        if tally.taken:
            shortfall = f"{tally.words}." if tally.taken < tally.total else ""
            return Observation(state="sent", draft_id=hashed, detail=tally.words, shortfall=shortfall)
        if tally.unknown:
            return Observation(state="unclear", draft_id=hashed, detail=self._doubt(tally))
        return Observation(state="drafted", draft_id=hashed, proven=True)

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, sender: tuple[str, str]
    ) -> str:
        """Keep the letter and who is to get it. Once it went to somebody, or may have, both stay as they are."""
        hashed, key = key_hash(delivery.key), delivery.key
        if self.allowance(at) == 0:
            what = f"{self.rate:,} mails have left through {self.name} within this minute, and that is its rate."
            raise ProviderError(f"{what} This one's turn comes.", permanent=False, wait=_MINUTE)
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
            if is_new and is_known and not _given(tally):
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
        journal, is_kept = None, False
        try:
            with self.spool.locked(hashed):
                content = self.spool.message(hashed, entry)
                if content is None or unfit(content):
                    detail = f"The message in {self.spool.where(hashed)} is not what was prepared."
                    return Outcome(result="unsent", detail=detail)
                if self._is_older(hashed, entry, self.ledger.tally(entry.key)):
                    return Outcome(result="ambiguous", detail=self._older(hashed))
                # First of all: one that is there and blank proves that nothing was given away under it.
                journal = self._rounds.begin(hashed, at)
                self._recover(hashed, entry.key, at)
                if entry.state == "drafted":
                    self.spool.note(hashed, entry.begun(_time(at)))
            # Before anybody is claimed: what is amiss with the key is nobody's refusal.
            self.leave(entry.audience, _ANYBODY)
            round_ = _Round(of=self, entry=entry, content=content, journal=journal, at=at)
            if entry.until and at >= datetime.fromisoformat(entry.until):
                round_.give_up()
            else:
                round_.run()
            self._note_how_far(hashed, entry.key, at)
            is_kept = True
        finally:
            if journal is not None:
                with self.spool.told("write to"):
                    journal.close(remove=is_kept)
        self.trouble = round_.trouble
        return self._outcome(entry.key, round_)

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

    def allowance(self, at: datetime) -> int | None:
        """How many letters may still leave within this minute; None for any number."""
        if self.rate is None:
            return None
        self._spent = [(when, number) for when, number in self._spent if when > at - _MINUTE]
        return max(self.rate - sum(number for _, number in self._spent), 0)

    def spend(self, at: datetime, number: int) -> None:
        self._spent.append((at, number))

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
        return self._rounds.knows_more(hashed, entry, _given(tally))

    def _note_how_far(self, hashed: str, key: str, at: datetime) -> None:
        """Write into the spool how many were given it, so that an older ledger does not begin again."""
        with self.spool.locked(hashed):
            entry, tally = self.spool.read(hashed), self.ledger.tally(key)
            if entry is None or tally.claimed:
                return
            self.spool.note(hashed, entry.reached(_time(at), taken=tally.taken, unknown=tally.unknown))

    def _older(self, hashed: str) -> str:
        return (
            f"{self.spool.place(hashed)} says that more of them were given it than the ledger knows of, which may be a copy from "
            "before. If all have it, skip it, or settle it as sent; if nobody has, delete that folder."
        )

    def _outcome(self, key: str, round_: _Round) -> Outcome:
        tally, trouble = self.ledger.tally(key), round_.trouble
        goes_on = bool(tally.waiting + tally.claimed)
        if not _given(tally):
            if isinstance(trouble, RefusedSender) or (trouble is None and round_.refusals and not round_.put_off):
                return Outcome(result="refused", detail=str(trouble or _all_refused(round_.refusals, self.server)))
            if not goes_on:
                return Outcome(result="refused", detail=f"Nobody was given it. {tally.words}.")
            why = str(trouble or "") or _commonest(round_.put_off) or "Nobody's turn has come."
            return Outcome(result="unsent", detail=why)
        if goes_on:
            if trouble is not None:
                return Outcome(result="unsent", detail=f"{trouble} So far: {tally.words}.")
            return Outcome(result="accepted", detail=tally.words)
        if not tally.taken:
            return Outcome(result="ambiguous", detail=self._doubt(tally))
        return Outcome(result="accepted", detail=tally.words)

    def _doubt(self, tally: Tally) -> str:
        return (
            f"{tally.words}: {self.server.place} was given these, and whether it took them nobody knows. "
            "Look for them in the log of the mail server."
        )

    def _lost(self, tally: Tally) -> str:
        return (
            f"{tally.words}, and the letter is no longer in {self.spool.all}, so the others can't be given it. "
            "Put it back from a backup, or settle it."
        )


@dataclass(slots=True, kw_only=True)
class _Round:
    """What is given away in one call. `refusals` and `put_off` are the server's words, for good and for now."""

    of: ToEach
    entry: Entry
    content: bytes
    journal: Journal
    at: datetime
    trouble: NotTaken | None = None
    refusals: list[str] = field(default_factory=list)
    put_off: list[str] = field(default_factory=list)
    #: While nobody was taken, a refusal may be about us, and is not yet written down as final.
    _held: list[Ending] = field(default_factory=list)
    _has_gone_out: bool = False

    def run(self) -> None:
        tally = self.of.ledger.tally(self.entry.key)
        self._has_gone_out = tally.taken + tally.unknown > 0
        crew = Crew(
            server=self.of.server, connections=self.of.connections, letter=self._letters(), journal=self.journal,
            longest=self.of.longest, is_pipelined=self.of.is_pipelined,
        )  # fmt: skip
        crew.run(self._claim, self._conclude)
        self.of.is_pipelined = crew.is_pipelined or not crew.has_taken  # Else it was silent for another reason.
        self._write(Result(number=one.recipient.number, status="waiting", said=one.said) for one in self._held)
        self.trouble = crew.trouble

    def give_up(self) -> None:
        """Nobody more is given it: its time is over."""
        ledger, key = self.of.ledger, self.entry.key
        waiting = ledger.recipients(key, "waiting")
        last = max((one.retry_at for one in waiting if one.retry_at is not None), default=self.at)
        mine = ledger.claim(key, len(waiting), claim=self.journal.claim, at=max(last, self.at))
        self._write(Result(number=one.number, status="refused", said=_TOO_LATE) for one in mine)

    def _claim(self, most: int) -> Sequence[Recipient]:
        allowed = self.of.allowance(self.at)
        number = most if allowed is None else min(most, allowed)
        found = self.of.ledger.claim(self.entry.key, number, claim=self.journal.claim, at=self.at) if number else ()
        self.of.spend(self.at, len(found))
        return found

    def _conclude(self, endings: Sequence[Ending]) -> None:
        self.of.spend(self.at, -sum(not one.was_tried for one in endings))
        self._has_gone_out = self._has_gone_out or any(one.status in ("taken", "unknown") for one in endings)
        self.refusals += [one.said for one in endings if one.status == "refused"]
        self.put_off += [one.said for one in endings if one.status == "waiting" and one.was_tried]
        ready = [one for one in endings if self._has_gone_out or one.status != "refused"]
        self._held += [one for one in endings if not self._has_gone_out and one.status == "refused"]
        if self._has_gone_out:
            ready, self._held = [*self._held, *ready], []
        self._write(map(self._result, ready))

    def _write(self, results: Iterable[Result]) -> None:
        self.of.ledger.conclude(self.entry.key, list(results), claim=self.journal.claim, at=self.at)

    def _result(self, one: Ending) -> Result:
        number, attempts = one.recipient.number, one.recipient.attempts
        if one.status != "waiting" or not one.was_tried:
            return Result(number=number, status=one.status, said=one.said)
        retry_at = self.at + _RETRY_AFTER[min(max(attempts, 1), len(_RETRY_AFTER)) - 1]
        if attempts > _MOST_ATTEMPTS:
            return Result(number=number, status="refused", said=one.said)
        return Result(number=number, status="waiting", said=one.said, retry_at=retry_at)

    def _letters(self) -> Callable[[Recipient], Parcel]:
        of, entry = self.of, self.entry
        # Here, before anybody is claimed: what is amiss with the key is nobody's refusal.
        sign = of.signer.ready() if of.signer is not None else None
        letters = Letters(self.content, key=entry.key, domain=of.site.domain, wire=sign is None)
        has_left = of.has_left(entry.audience)

        def letter(one: Recipient) -> Parcel:
            if not one.address:
                raise UserError(ERASED)
            if has_left(one.address):
                raise UserError("They left before their turn came.")
            leave, is_own = of.leave(entry.audience, one.digest)
            reader = Reader(address=one.address, name=one.name, digest=one.digest, leave=leave, with_one_click=is_own)
            envelope = Envelope(sender=entry.sender, recipient=ascii_domain(one.address))
            own = letters.of(reader)
            return Parcel(number=one.number, envelope=envelope, letter=stuffed(sign(own)) if sign else own)

        return letter


def _given(tally: Tally) -> int:
    """How many were given it, or may have been."""
    return tally.taken + tally.unknown + tally.claimed


def _all_refused(refusals: Sequence[str], server: Server) -> str:
    return f"{server.place} refused all {len(refusals):,} of them, most with: {_commonest(refusals)}"


def _commonest(said: Sequence[str]) -> str:
    return Counter(said).most_common(1)[0][0] if said else ""


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
