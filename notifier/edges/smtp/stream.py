"""Many letters over one connection: the next one's envelope is on its way while the last one is being answered (RFC 2920).

Of each it is written down that it may have gone before its last piece leaves, and what came of it once the answer is there.
A server that loses its client before the end of a message must forget it (RFC 5321 3.8). Before anything is said, every answer
to what was said has been heard; a server that said more is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from notifier.edges.smtp.journal import Ended
from notifier.edges.smtp.talk import Steps, Talk
from notifier.edges.smtp.wire import Envelope, InDoubt, NotTaken, Reply
from notifier.edges.smtp.words import Stage, nothing_to_say, refused

#: The end of a message, which makes it one, leaves with no more than this of it.
_LAST_PIECE = 65_536
#: An address that can't be anything else in a command.
_FIT = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,254}")
_STAGES: tuple[Stage, ...] = ("mail", "rcpt", "data")
_USUAL = [2, 2, 3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A letter as a mail server is told it, without its last line, and for which recipient it is."""

    number: int
    envelope: Envelope
    letter: bytes


class Log(Protocol):
    """Who keeps what is about to leave and what came of it."""

    def begun(self, number: int) -> None:
        """Raises OSError where that can't be kept; then the letter doesn't leave."""
        ...

    def ended(self, number: int, status: Ended, said: str) -> None: ...


class RefusedSender(NotTaken):
    """The server doesn't take mails from this sender now, whoever they are for."""


class Stream:
    """A conversation in which one letter is given after another. Not to be used again once it has raised."""

    def __init__(self, talk: Talk, log: Log, *, pipelined: bool = True) -> None:
        """`pipelined`: where the server offers it."""
        self._talk, self._connection, self._log = talk, talk.connection, log
        offers = talk.connection.has_extn
        self._is_pipelined = pipelined and offers("pipelining")
        self._takes_size, self._takes_utf8 = offers("size"), offers("smtputf8")
        self._pending: Parcel | None = None
        self._must_reset = False
        self._lost: NotTaken | None = None
        self._fell_silent = False
        #: Whether something was taken here: then a connection that is lost says nothing about the next one.
        self.has_given = False
        #: Those that were to be given and have not begun to leave: certainly not taken.
        self.left_over: list[Parcel] = []

    @property
    def is_muddled(self) -> bool:
        """Whether it did not answer as a server does that can be told several things at once."""
        return self._is_pipelined and (self._fell_silent or self._talk.said_more)

    def give(self, parcel: Parcel) -> Steps[None]:
        """Say for whom the letter is, and give away the one before. Raises NotTaken and InDoubt, with `left_over` told."""
        self.left_over.append(parcel)
        if complaint := self._complaint(parcel.envelope):
            self.left_over.remove(parcel)
            self._log.ended(parcel.number, "refused", complaint)
            return
        commands = self._commands(parcel)
        is_said = self._pending is not None and self._is_pipelined
        if self._pending is not None:
            yield from self._part_with(self._pending, commands if is_said else b"")
        self._talk.take_time()
        replies = yield from self._heard() if is_said else self._asked(commands)
        yield from self._weigh(parcel, replies)

    def finish(self) -> Steps[None]:
        """Give away the last letter, if there is one."""
        if self._pending is not None:
            yield from self._part_with(self._pending, b"")

    def _complaint(self, envelope: Envelope) -> str:
        if not _FIT.fullmatch(envelope.recipient):
            return "This is not an address that a mail server could be told."
        if not (self._takes_utf8 or envelope.recipient.isascii()):
            return " ".join(nothing_to_say("utf8", self._talk.server.place))
        return ""

    def _commands(self, parcel: Parcel) -> bytes:
        sender, recipient = parcel.envelope.sender, parcel.envelope.recipient
        options = f" SIZE={len(parcel.letter)}" if self._takes_size else ""
        if not (recipient.isascii() and sender.isascii()):
            options += " SMTPUTF8 BODY=8BITMIME"
        return f"MAIL FROM:<{sender}>{options}\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode()

    def _part_with(self, parcel: Parcel, commands: bytes) -> Steps[None]:
        """Give away the letter that the server waits for; `commands` go out with its end."""
        talk, cut = self._talk, max(len(parcel.letter) - _LAST_PIECE, 0)
        talk.take_time()
        talk.listen("data")
        if cut:
            yield from talk.say("data", parcel.letter[:cut])
            talk.listen("data")
        try:
            self._log.begun(parcel.number)
        except OSError:
            # Said goodbye now, that would be text of the letter.
            self._connection.close()
            raise
        self._pending = None
        self.left_over.remove(parcel)
        try:
            yield from talk.say(
                "content", b"".join((parcel.letter[cut:] if cut else parcel.letter, b".\r\n", commands))
            )
            talk.wait_long()
            reply = yield from talk.answer("content")
        except NotTaken as error:
            self._log.ended(parcel.number, "unknown", error.what)
            raise InDoubt(error.what) from None
        finally:
            talk.wait_usually()
        self._conclude(parcel, reply)

    def _conclude(self, parcel: Parcel, reply: Reply) -> None:
        if reply.is_yes:
            self.has_given = True
            self._log.ended(parcel.number, "taken", _without(parcel.envelope.recipient, str(reply)))
            return
        if reply.code // 100 not in (4, 5):
            self._log.ended(parcel.number, "unknown", _without(parcel.envelope.recipient, str(reply)))
            raise InDoubt(f"{self._talk.server.place} answered something that is no answer ({reply}).")
        self._turned_down(parcel, "content", reply)

    def _asked(self, commands: bytes) -> Steps[list[Reply]]:
        """The answers to these commands; where each waits for the one before, as far as it is of use to say them."""
        talk = self._talk
        if self._must_reset:
            self._must_reset = False
            talk.listen("mail")
            yield from talk.say("mail", b"RSET\r\n")
            self._connection.judge("mail", (yield from talk.answer("mail")))
        if self._is_pipelined:
            talk.listen("mail")
            yield from talk.say("mail", commands)
            return (yield from self._heard())
        replies: list[Reply] = []
        for stage, command, usual in zip(_STAGES, commands.splitlines(keepends=True), _USUAL, strict=True):
            talk.listen(stage)
            yield from talk.say(stage, command)
            replies.append((yield from talk.answer(stage)))
            if replies[-1].code // 100 != usual:
                break
        return replies

    def _heard(self) -> Steps[list[Reply]]:
        replies: list[Reply] = []
        for stage in _STAGES:
            try:
                replies.append((yield from self._talk.answer(stage)))
            except NotTaken as error:
                if all(reply.code // 100 == expected for reply, expected in zip(replies, _USUAL, strict=False)):
                    self._fell_silent = self._talk.is_silent
                    raise
                # It said no before it left, and that is what counts.
                self._lost = error
                break
            if replies[-1].code == 421:
                # It closes, and need not answer the rest.
                self._lost = NotTaken(*refused(stage, str(replies[-1]), self._talk.server.place), of_server=True)
                break
        return replies

    def _weigh(self, parcel: Parcel, replies: list[Reply]) -> Steps[None]:
        """Keep the parcel ready to be given away, or write down why it can't be."""
        if [reply.code // 100 for reply in replies] == _USUAL:
            self._pending = parcel
            return
        answers = zip(_STAGES, replies, _USUAL, strict=False)
        stage, reply = next((stage, reply) for stage, reply, usual in answers if reply.code // 100 != usual)
        if self._lost is None:
            self._talk.listen(stage)
        yield from self._leave_transaction(stage, replies)
        self.left_over.remove(parcel)
        self._turned_down(parcel, stage, reply)
        if self._lost is not None:
            raise self._lost

    def _leave_transaction(self, stage: Stage, replies: list[Reply]) -> Steps[None]:
        asks_for_letter = len(replies) == len(_STAGES) and replies[-1].code // 100 == 3
        is_refused = replies[-1].code // 100 in (4, 5)
        if asks_for_letter and stage == "rcpt" and replies[1].code // 100 in (4, 5):
            # It goes to nobody (RFC 2920 3.1), so whatever is said of it means nothing.
            yield from self._talk.say("content", b".\r\n")
            yield from self._talk.answer("content")
            return
        if not is_refused:
            # It may be waiting for the letter, and would take whatever is said for it.
            self._connection.close()
            if stage == "rcpt":
                # Which of its answers was about the address nobody knows.
                raise NotTaken(*refused("data", str(replies[-1]), self._talk.server.place), of_server=True)
        self._must_reset = stage != "mail"

    def _turned_down(self, parcel: Parcel, stage: Stage, reply: Reply) -> None:
        said = _without(parcel.envelope.recipient, str(reply))
        try:
            self._connection.judge(stage, reply)
        except NotTaken as error:
            is_about_all = error.of_server or stage == "mail" or reply.code // 100 not in (4, 5)
            is_final = error.for_good and not is_about_all
            self._log.ended(parcel.number, "refused" if is_final else "waiting", said)
            if is_about_all:
                whose = RefusedSender if stage == "mail" and error.for_good else NotTaken
                raise whose(error.what, error.hint, for_good=error.for_good, of_server=True) from None
        else:
            # A yes where it should have asked for the letter.
            self._log.ended(parcel.number, "waiting", said)
            raise NotTaken(*refused(stage, str(reply), self._talk.server.place), of_server=True)


def _without(address: str, said: str) -> str:
    """What the server said without the address, which may have to be erased."""
    if address.lower() not in said.lower():
        return said
    return re.sub(re.escape(address), "…", said, flags=re.IGNORECASE)
