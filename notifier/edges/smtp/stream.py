"""Many letters over one connection: the next one's envelope is on its way while the last one is being answered (RFC 2920).

Of each it is written down that it may have gone before its last piece leaves, and what came of it once the answer is there.
A server that loses its client before the end of a message must forget it (RFC 5321 3.8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from notifier.edges.smtp.journal import Ended
from notifier.edges.smtp.wire import Connection, Envelope, InDoubt, NotTaken, Reply
from notifier.edges.smtp.words import Stage, nothing_to_say, refused

#: The end of a message, which makes it one, leaves with no more than this of it.
_LAST_PIECE = 8192
#: An address that can't be anything else in a command.
_FIT = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,254}")
_STAGES: tuple[Stage, ...] = ("mail", "rcpt", "data")
_USUAL = (2, 2, 3)


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

    def __init__(self, connection: Connection, log: Log) -> None:
        self._connection, self._log = connection, log
        self._is_pipelined = connection.has_extn("pipelining")
        self._pending: Parcel | None = None
        self._must_reset = False
        self._lost: NotTaken | None = None
        #: Whether something was taken here: then a connection that is lost says nothing about the next one.
        self.has_given = False
        #: Those that were to be given and have not begun to leave: certainly not taken.
        self.left_over: list[Parcel] = []

    def give(self, parcel: Parcel) -> None:
        """Say for whom the letter is, and give away the one before. Raises NotTaken and InDoubt, with `left_over` told."""
        self.left_over.append(parcel)
        if complaint := self._complaint(parcel.envelope):
            self.left_over.remove(parcel)
            self._log.ended(parcel.number, "refused", complaint)
            return
        commands = self._commands(parcel)
        is_said = self._pending is not None and self._is_pipelined
        if self._pending is not None:
            self._part_with(self._pending, commands if is_said else [])
        self._connection.take_time()
        self._weigh(parcel, self._heard() if is_said else self._asked(commands))

    def finish(self) -> None:
        """Give away the last letter, if there is one."""
        if self._pending is not None:
            self._part_with(self._pending, [])

    def _complaint(self, envelope: Envelope) -> str:
        if not _FIT.fullmatch(envelope.recipient):
            return "This is not an address that a mail server could be told."
        if not envelope.recipient.isascii() and not self._connection.has_extn("smtputf8"):
            return " ".join(nothing_to_say("utf8", self._connection.server.place))
        return ""

    def _commands(self, parcel: Parcel) -> list[bytes]:
        options = f" SIZE={len(parcel.letter)}" if self._connection.has_extn("size") else ""
        if not (parcel.envelope.recipient.isascii() and parcel.envelope.sender.isascii()):
            options += " SMTPUTF8 BODY=8BITMIME"
        said = (f"MAIL FROM:<{parcel.envelope.sender}>{options}", f"RCPT TO:<{parcel.envelope.recipient}>", "DATA")
        return [f"{command}\r\n".encode() for command in said]

    def _part_with(self, parcel: Parcel, commands: list[bytes]) -> None:
        """Give away the letter that the server waits for; `commands` go out with its end."""
        connection, cut = self._connection, max(len(parcel.letter) - _LAST_PIECE, 0)
        connection.take_time()
        if cut:
            connection.say("data", parcel.letter[:cut])
        try:
            self._log.begun(parcel.number)
        except OSError:
            # Said goodbye now, that would be text of the letter.
            connection.close()
            raise
        self._pending = None
        self.left_over.remove(parcel)
        try:
            connection.say("content", b"".join((parcel.letter[cut:], b".\r\n", *commands)))
            connection.wait_long()
            reply = connection.answer("content")
        except NotTaken as error:
            self._log.ended(parcel.number, "unknown", error.what)
            raise InDoubt(error.what) from None
        finally:
            connection.wait_usually()
        self._conclude(parcel, reply)

    def _conclude(self, parcel: Parcel, reply: Reply) -> None:
        said = _without(parcel.envelope.recipient, str(reply))
        if reply.is_yes:
            self.has_given = True
            self._log.ended(parcel.number, "taken", said)
            return
        if reply.code // 100 not in (4, 5):
            self._log.ended(parcel.number, "unknown", said)
            raise InDoubt(f"{self._connection.server.place} answered something that is no answer ({reply}).")
        self._turned_down(parcel, "content", reply)

    def _asked(self, commands: list[bytes]) -> list[Reply]:
        """The answers to these commands; where each waits for the one before, as far as it is of use to say them."""
        connection = self._connection
        if self._must_reset:
            self._must_reset = False
            connection.say("mail", b"RSET\r\n")
            connection.judge("mail", connection.answer("mail"))
        if self._is_pipelined:
            connection.say("mail", b"".join(commands))
            return self._heard()
        replies: list[Reply] = []
        for stage, command, usual in zip(_STAGES, commands, _USUAL, strict=True):
            connection.say(stage, command)
            replies.append(connection.answer(stage))
            if replies[-1].code // 100 != usual:
                break
        return replies

    def _heard(self) -> list[Reply]:
        replies: list[Reply] = []
        for stage in _STAGES:
            try:
                replies.append(self._connection.answer(stage))
            except NotTaken as error:
                if all(reply.code // 100 == expected for reply, expected in zip(replies, _USUAL, strict=False)):
                    raise
                # It said no before it left, and that is what counts.
                self._lost = error
                break
        return replies

    def _weigh(self, parcel: Parcel, replies: list[Reply]) -> None:
        """Keep the parcel ready to be given away, or write down why it can't be."""
        answers = zip(_STAGES, replies, _USUAL, strict=False)
        no = next(((stage, reply) for stage, reply, usual in answers if reply.code // 100 != usual), None)
        if no is None:
            self._pending = parcel
            return
        stage, reply = no
        self._leave_transaction(stage, replies)
        self.left_over.remove(parcel)
        self._turned_down(parcel, stage, reply)
        if self._lost is not None:
            raise self._lost

    def _leave_transaction(self, stage: Stage, replies: list[Reply]) -> None:
        wants_letter = len(replies) == len(_STAGES) and replies[-1].code // 100 == 3
        if wants_letter and stage == "rcpt":
            # It goes to nobody (RFC 2920 3.1), so whatever is said of it means nothing.
            self._connection.say("content", b".\r\n")
            self._connection.answer("content")
            return
        if wants_letter:
            self._connection.close()
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
            raise NotTaken(*refused(stage, str(reply), self._connection.server.place), of_server=True)


def _without(address: str, said: str) -> str:
    """What the server said without the address, which may have to be erased."""
    if address.lower() not in said.lower():
        return said
    return re.sub(re.escape(address), "…", said, flags=re.IGNORECASE)
