"""A mail server as a provider: one message to the one address of an audience, such as that of a mailing list, or to each member.

A mail server can't be asked what it took. So every step is written down in a spool before it is made, and what was given
away without an answer stays unknown until a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from notifier.beside import Share, Shelf
from notifier.core.delivery import Delivery, Observation, Outcome, key_hash
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.plain import one_line
from notifier.core.rule import Audience, Site, is_of_staff
from notifier.edges.eml import CALENDAR_FILE, ascii_domain, eml, message_id, part_of
from notifier.edges.mark_file import MarkFile
from notifier.edges.smtp.letters import AUTOMATIC
from notifier.edges.smtp.members import ToEach
from notifier.edges.smtp.shared import spool_at
from notifier.edges.smtp.signing import Signer, signed
from notifier.edges.smtp.spool import MESSAGE, STOPPED, Entry, Spool, Unreadable, digest
from notifier.edges.smtp.wire import Envelope, InDoubt, NotTaken, Server, conversation, unfit
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Capabilities, Finding

__all__ = ["Server", "Signer", "SmtpProvider", "Spool", "ToEach", "spool_at"]

_DRAFT_ID = re.compile(r"[0-9a-f]{12}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PARTS = {"message.txt": "text/plain", "message.html": "text/html", CALENDAR_FILE: "application/ics"}


@dataclass(slots=True, kw_only=True)
class SmtpProvider(MarkFile):
    """Hands mails to `server`. `addresses` maps an audience to the address that its mails go to.

    `unsubscribe` maps it to the address by which readers leave, where the list's own server doesn't write one. Trial
    mails come from `sender`, and only for them `now` is asked: for all others the time is given. `each` sends to the
    audiences of which each member gets a mail. `signer` None: whoever passes the mails on signs them, or nobody does.
    """

    name: str
    server: Server
    folder: Path
    site: Site
    addresses: Mapping[str, str]
    unsubscribe: Mapping[str, str] = field(default_factory=dict)
    sender: tuple[str, str] | None = None
    now: Callable[[], datetime]
    each: ToEach | None = None
    signer: Signer | None = None
    #: Where the spool is shared; None: it is the folder.
    shelf: Shelf | None = None
    _spool: Spool = field(init=False)
    #: What kept the server from taking anything at this instant: the same tick need not try again for the next message.
    _trouble: tuple[datetime, NotTaken] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._spool = spool_at(self.name, self.folder, self.shelf)

    def capabilities(self) -> Capabilities:
        """Not `certain`: that nothing is in the spool proves nothing. What is in it may (`Observation.proven`)."""
        return Capabilities(sends=True, certain=False, reaches_people=True, only_here=True)

    def resolve(self, audience: Audience) -> int | None:
        """Who reads what is sent to an address only its own server knows."""
        each = self._each(audience)
        return each.number_of(audience) if each is not None else None

    def find(self, key: str) -> Observation:
        hashed = key_hash(key)
        try:
            entry = self._spool.read(hashed)
        except Unreadable:
            return Observation(state="unclear", draft_id=hashed, detail=self._unreadable(hashed))
        if self.each is not None and (entry.is_for_each if entry is not None else self._may_be_for_each(key)):
            return self.each.find(key)
        if entry is None:
            return Observation(state="absent")
        match entry.state:
            case "drafted":
                # Before a message leaves, that is written down: this one has not.
                return Observation(state="drafted", draft_id=hashed, proven=True)
            case "sent":
                return Observation(state="sent", draft_id=hashed, detail=_last_words(entry))
            case "unclear" if self._spool.is_held(hashed):
                return Observation(state="sending", draft_id=hashed, detail="It is being handed over right now.")
            case "unclear":
                return Observation(state="unclear", draft_id=hashed, detail=self._doubt(entry))

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        """Keep the exact bytes of the message. What was sent, or may have been, stays as it is."""
        del events
        hashed = key_hash(delivery.key)
        if (each := self._each(audience)) is not None:
            return each.draft(delivery, message, audience, at, sender=self._sender(audience))
        entry, content = self._prepared(delivery.key, message, audience, at)
        with self._spool.locked(hashed, new=True):
            before = self._known(hashed)
            if before is None or (before.state == "drafted" and not self._went_to_some(before)):
                attempts = before.attempts if before is not None else ()
                self._spool.prepare(hashed, replace(entry, attempts=attempts), content)
        return hashed

    def check(self, draft_id: str) -> Sequence[Problem]:
        hashed = self._id(draft_id)
        entry = self._known(hashed)
        if self.each is not None and entry is not None and entry.is_for_each:
            return self.each.check(hashed, entry)
        if entry is not None and entry.state != "drafted":
            return ()
        content = self._spool.message(hashed, entry) if entry is not None else None
        file = self._spool.file(hashed)
        if content is None:
            hint = f"To have it made again at the next tick, {self._spool.how_to_delete(hashed)}."
            return [Problem(path=file, what="This is not the message that was prepared.", hint=hint)]
        if complaint := unfit(content):
            return [Problem(path=file, what=complaint, hint="That is a fault of notifier: please report it.")]
        return ()

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        """Hand over, once. Twice, or from two processes: the second is told what became of the first."""
        hashed = self._id(draft_id)
        if hashed != key_hash(key):
            return Outcome(result="refused", detail=f"The draft {draft_id} belongs to another delivery than {key}.")
        if (each := self._for_each(hashed)) is not None:
            return self._send_to_each(*each, at)
        with self._spool.locked(hashed):
            try:
                entry = self._spool.read(hashed)
            except Unreadable:
                return Outcome(result="ambiguous", detail=self._unreadable(hashed))
            if entry is None:
                return Outcome(result="unsent", detail=f"The draft of {key} is no longer in {self._spool.all}.")
            match entry.state:
                case "sent":
                    return Outcome(result="accepted", detail=_last_words(entry))
                case "unclear":
                    return Outcome(result="ambiguous", detail=self._doubt(entry))
                case "drafted":
                    return self._send(hashed, entry, at)

    def give(self, key: str, digest: str, at: datetime) -> Share:
        return self.each.give(key, digest, at) if self.each is not None else Share()

    def not_taken(self, key: str, at: datetime) -> None:
        """A person has looked, and the attempt that is in doubt did not go out: it may be made again."""
        hashed = key_hash(key)
        if self.each is not None:
            self.each.not_taken(hashed, key, at)
        with self._spool.locked(hashed) as there:
            entry = self._known(hashed) if there else None
            if entry is not None and entry.state == "unclear":
                self._spool.note(hashed, entry.settled(_time(at)))

    def kept(self, key: str, name: str) -> bytes | None:
        """A part of a delivered message as it went out, or None."""
        hashed = key_hash(key)
        entry = self._known(hashed)
        if entry is None or name not in (MESSAGE, *_PARTS):
            return None
        if entry.state != "sent" and not self._went_to_some(entry):
            return None
        content = self._spool.message(hashed, entry)
        return content if name == MESSAGE or content is None else part_of(content, _PARTS[name])

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """Send it to each of these addresses, as a trial that is recorded nowhere."""
        now, sender = self.now(), self._sender(None)
        trial = Message(
            subject=f"[Test] {message.subject}", preheader=message.preheader, html=message.html, text=message.text,
            calendar=message.calendar,
        )  # fmt: skip
        done: list[str] = []
        if not addresses:
            return Outcome(result="unsent", detail="There is no address to send it to.")
        try:
            with conversation(self.server) as connection:
                for address in addresses:
                    key = f"test/{_time(now)}/{address}"
                    envelope, content = self._letter(key, trial, sender=sender, address=address, at=now)
                    connection.address(envelope, content)
                    connection.give(content)
                    done.append(address)
        except (NotTaken, InDoubt) as error:
            taken = f" Before that it went to {', '.join(done)}." if done else ""
            return Outcome(result=_result(error), detail=f"{error}{taken}")
        return Outcome(result="accepted", detail=f"Sent to {', '.join(done)}.")

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]:
        """The spool, the server (which is greeted, and given nothing), and where each audience's mails go."""
        signing = self.signer.findings() if self.signer is not None else ()
        return [*self._spool_findings(), *self._server_findings(), *signing, *map(self._audience_finding, audiences)]

    def _sentence(self, act: Literal["read", "write to"], error: OSError) -> str:
        return self._spool.sentence(act, error)

    def _each(self, audience: Audience) -> ToEach | None:
        """Who sends to this audience, where each of its members gets a mail."""
        return self.each if self.each is not None and audience.name in self.each.audiences else None

    def _may_be_for_each(self, key: str) -> bool:
        """Whether a delivery that isn't in the spool may have gone to each. Of a standstill staff are told without the ledger."""
        audience = key.rpartition("/")[2]
        return self.each is not None and (audience in self.each.audiences or not is_of_staff(audience))

    def _for_each(self, hashed: str) -> tuple[ToEach, str, Entry] | None:
        """Who sends this draft to each, and what it is; None for one that goes to one address, or isn't there."""
        if self.each is None:
            return None
        try:
            entry = self._spool.read(hashed)
        except Unreadable:
            return None
        return (self.each, hashed, entry) if entry is not None and entry.is_for_each else None

    def _went_to_some(self, entry: Entry) -> bool:
        return entry.is_for_each and self.each is not None and self.each.find(entry.key).state != "drafted"

    def _send_to_each(self, each: ToEach, hashed: str, entry: Entry, at: datetime) -> Outcome:
        if self._trouble is not None and self._trouble[0] == at:
            return Outcome(result="unsent", detail=str(self._trouble[1]))
        try:
            outcome = each.send(hashed, entry, at)
        except UserError as error:
            return Outcome(result="unsent", detail=error.message)
        if each.trouble is not None:
            self._trouble = (at, each.trouble)
        return outcome

    def _send(self, hashed: str, entry: Entry, at: datetime) -> Outcome:
        content = self._spool.message(hashed, entry)
        if content is None or unfit(content):
            detail = f"The message in {self._spool.where(hashed)} is not what was prepared."
            return Outcome(result="unsent", detail=detail)
        if self._trouble is not None and self._trouble[0] == at:
            return Outcome(result="unsent", detail=str(self._trouble[1]))
        envelope, begun = Envelope(sender=entry.sender, recipient=entry.recipient), entry
        try:
            with conversation(self.server) as connection:
                connection.address(envelope, content)
                # From here on a kill leaves it in doubt; until here it proves that nothing was given away.
                begun = self._spool.note(hashed, entry.begun(_time(at)))
                reply = connection.give(content)
                return self._taken(hashed, begun, str(reply), at)
        except (NotTaken, InDoubt) as error:
            if isinstance(error, NotTaken) and error.of_server:
                self._trouble = (at, error)
            self._spool.note(hashed, begun.ended(_time(at), _result(error), str(error)))
            where = "" if isinstance(error, NotTaken) else f" {_where_to_look(begun)}"
            return Outcome(result=_result(error), detail=f"{error}{where}")

    def _taken(self, hashed: str, begun: Entry, reply: str, at: datetime) -> Outcome:
        try:
            self._spool.note(hashed, begun.ended(_time(at), "accepted", reply))
        except ProviderError as error:
            detail = f"{self.server.place} took it ({reply}), but that could not be written down. {error.message}"
            return Outcome(result="ambiguous", detail=detail)
        return Outcome(result="accepted", detail=f"{self.server.place} took it ({reply}).")

    def _prepared(self, key: str, message: Message, audience: Audience, at: datetime) -> tuple[Entry, bytes]:
        address = self.addresses.get(audience.name)
        if address is None:
            what = f"audiences.{audience.name}.address: is missing. Name the address that its mails go to."
            raise ProviderError(what, permanent=True)
        headers = {"List-Unsubscribe": f"<{found}>"} if (found := self.unsubscribe.get(audience.name)) else {}
        envelope, content = self._letter(
            key, message, sender=self._sender(audience), address=address, at=at, headers=headers
        )
        entry = Entry(
            key=key, audience=audience.name, subject=one_line(message.subject), sender=envelope.sender,
            recipient=envelope.recipient, message_id=message_id(key, self.site.domain), digest=digest(content),
        )  # fmt: skip
        return entry, content

    def _letter(
        self,
        key: str,
        message: Message,
        *,
        sender: tuple[str, str],
        address: str,
        at: datetime,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Envelope, bytes]:
        content = eml(
            message, sender=sender, recipient=("", address), key=key, domain=self.site.domain, at=at,
            headers={**AUTOMATIC, **(headers or {})},
        )  # fmt: skip
        return Envelope(sender=ascii_domain(sender[1]), recipient=ascii_domain(address)), signed(content, self.signer)

    def _sender(self, audience: Audience | None) -> tuple[str, str]:
        own = audience.sender if audience is not None else None
        return own or self.sender or (self.site.name, f"noreply@{self.site.domain}")

    def _known(self, hashed: str) -> Entry | None:
        try:
            return self._spool.read(hashed)
        except Unreadable:
            raise ProviderError(self._unreadable(hashed), permanent=False) from None

    def _id(self, draft_id: str) -> str:
        """A draft's id comes from outside, and is never a path."""
        if not _DRAFT_ID.fullmatch(draft_id):
            raise ProviderError(f"{self.name}: {draft_id!r} is not the id of a draft.", permanent=True)
        return draft_id

    def _doubt(self, entry: Entry) -> str:
        last = entry.attempts[-1]
        how = last.said or STOPPED
        begun = f"On {last.at} this was handed to {self.server.place}, and whether it was taken nobody knows."
        return f"{begun} {how} {_where_to_look(entry)}"

    def _unreadable(self, hashed: str) -> str:
        what = f"{self._spool.where(hashed)} can't be understood, so nobody knows whether this went out."
        mend = f"Look for it where its readers get it; if it did not go out, {self._spool.how_to_delete(hashed)}."
        return f"{what} {mend}"

    def _spool_findings(self) -> Iterator[Finding]:
        subject = f"providers.{self.name}"
        if complaint := self._spool.complaint():
            yield Finding(subject=subject, ok=False, text=complaint[0], hint=complaint[1])
            return
        for entry in self._spool.unclear():
            hint = f"Then: notifier settle {entry.key} sent (or failed)"
            yield Finding(subject=subject, ok=False, text=self._doubt(entry), hint=hint)

    def _server_findings(self) -> Iterator[Finding]:
        subject, server = f"providers.{self.name}", self.server
        if server.security == "none" and server.host not in _LOOPBACK:
            text = f"Mails travel unencrypted to {server.place}, and anybody on the way can read and change them."
            yield Finding(subject=subject, ok=False, text=text, hint="Write security: starttls (or tls).")
        try:
            with conversation(server) as connection:
                connection.rest()
                how = connection.encryption or "unencrypted"
        except NotTaken as error:
            yield Finding(subject=subject, ok=False, text=error.what, hint=error.hint)
            return
        login = f", and the login of {server.username} works" if server.username is not None else ""
        yield Finding(subject=subject, ok=True, text=f"{server.place} answers ({how}){login}.")

    def _audience_finding(self, audience: Audience) -> Finding:
        subject = f"audiences.{audience.name}"
        if (each := self._each(audience)) is not None:
            return _members_finding(subject, each, audience)
        address = self.addresses.get(audience.name)
        if address is None:
            text = "It has neither an address nor members, so its mails are held."
            return Finding(subject=subject, ok=False, text=text, hint="Name a list's `address`, or its `members`.")
        return Finding(subject=subject, ok=True, text=f"Its mails go to {address}; its server knows who reads them.")


def _members_finding(subject: str, each: ToEach, audience: Audience) -> Finding:
    try:
        number = each.number_of(audience)
    except UserError as error:
        return Finding(subject=subject, ok=False, text=error.message)
    if not number:
        hint = f"Give it some: notifier audience import {audience.name} FILE"
        return Finding(subject=subject, ok=False, text="Nobody belongs to it, or all have left.", hint=hint)
    text = f"Its mails go to each of {number:,} members." if number > 1 else "Its mails go to its one member."
    return Finding(subject=subject, ok=True, text=text)


def _result(error: NotTaken | InDoubt) -> Literal["refused", "unsent", "ambiguous"]:
    match error:
        case NotTaken(for_good=True):
            return "refused"
        case NotTaken():
            return "unsent"
        case InDoubt():
            return "ambiguous"


def _last_words(entry: Entry) -> str:
    return entry.last.said if entry.last is not None else ""


def _where_to_look(entry: Entry) -> str:
    place = f"in the archive of {entry.recipient}, or in the log of the mail server"
    return f"Look for the Message-ID {entry.message_id} {place}."


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
