"""What a conversation with a mail server does where the connection is not what it was: no letter begins to leave over it that needn't,
nothing waits for ever, and nothing is left behind."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notifier.core.recipient import Recipient
from notifier.edges.smtp.crew import Crew, Ending
from notifier.edges.smtp.journal import Ended, Journal
from notifier.edges.smtp.letters import stuffed
from notifier.edges.smtp.stream import Parcel, Stream
from notifier.edges.smtp.talk import Steps, Talk
from notifier.edges.smtp.turns import Turns
from notifier.edges.smtp.wire import Connection, Envelope, NotTaken, Server
from tests.edges.each import Each, some_members
from tests.edges.smtp_server import MailServer, Step, running

PIPELINING = ("SIZE 10000000", "8BITMIME", "PIPELINING")
ENVELOPE_TAKEN = b"250 Fine\r\n250 Fine\r\n354 Go on\r\n"


@dataclass
class Kept:
    """What was written down, in order."""

    lines: list[tuple[int, str]] = field(default_factory=list)

    def begun(self, number: int) -> None:
        self.lines.append((number, "begun"))

    def ended(self, number: int, status: Ended, said: str) -> None:
        self.lines.append((number, status))


@dataclass
class Ends:
    """Both ends of a connection: what talks, and what plays the server."""

    talk: Talk
    server: socket.socket

    def answers(self, said: bytes, *, closes: bool = False) -> None:
        """Once it is asked something."""

        def answer() -> None:
            self.server.recv(65_536)
            self.server.sendall(said)
            if closes:
                self.server.shutdown(socket.SHUT_WR)

        threading.Thread(target=answer, daemon=True).start()


@pytest.fixture
def ends() -> Iterator[Ends]:
    mine, theirs = socket.socketpair()
    connection = Connection(Server(host="mail.example.org", port=25, security="none", timeout=5.0))
    connection.sock, connection.does_esmtp = mine, True
    connection.esmtp_features = {"pipelining": "", "size": ""}
    with mine, theirs:
        yield Ends(Talk(connection), theirs)


@pytest.fixture
def turns() -> Iterator[Turns]:
    made = Turns()
    yield made
    made.close()


def a_parcel(number: int, letter: bytes = b"Subject: Hello\r\n\r\nHello\r\n") -> Parcel:
    envelope = Envelope(sender="events@example.org", recipient=f"reader{number}@example.org")
    return Parcel(number=number, envelope=envelope, letter=letter)


def with_one_ready(
    ends: Ends, turns: Turns, log: Kept, *, letter: bytes = b"Subject: Hello\r\n\r\nHello\r\n"
) -> Stream:
    """The first one's envelope was taken, and the server waits for their letter."""
    stream = Stream(ends.talk, log)
    ends.answers(ENVELOPE_TAKEN)
    turns.go_through(ends.talk, stream.give(a_parcel(0, letter)))
    return stream


@pytest.mark.parametrize("said", [b"250 And more\r\n", b"550 5.1.1 No\r\n", b"25", b"421 4.4.2 Timeout\r\n", b""])
def test_no_letter_begins_to_leave_where_the_server_has_spoken_or_left_meanwhile(
    ends: Ends, turns: Turns, said: bytes
) -> None:
    log = Kept()
    stream = with_one_ready(ends, turns, log)
    ends.server.sendall(said) if said else ends.server.close()
    with pytest.raises(NotTaken):
        turns.go_through(ends.talk, stream.give(a_parcel(1)))
    assert log.lines == []
    assert [one.number for one in stream.left_over] == [0, 1]


@pytest.mark.parametrize(("said", "is_muddled"), [(b"250 And more\r\n", True), (b"421 4.4.2 Timeout\r\n", False)])
def test_a_server_that_says_that_it_closes_is_not_taken_for_one_that_muddles_its_answers(
    ends: Ends, turns: Turns, said: bytes, is_muddled: bool
) -> None:
    stream = with_one_ready(ends, turns, Kept())
    ends.server.sendall(said)
    with pytest.raises(NotTaken):
        turns.go_through(ends.talk, stream.finish())
    assert stream.is_muddled is is_muddled


def test_a_server_that_answers_in_the_middle_of_a_large_letter_is_not_given_its_end(ends: Ends, turns: Turns) -> None:
    log, letter = Kept(), b"Subject: Hello\r\n\r\n" + b"large\r\n" * 20_000
    stream = with_one_ready(ends, turns, log, letter=letter)
    threading.Timer(0.05, _answering_early, (ends.server, len(letter) - 65_536)).start()
    ends.talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with pytest.raises(NotTaken):
        turns.go_through(ends.talk, stream.finish())
    assert log.lines == []


def _answering_early(server: socket.socket, most: int) -> None:
    got = len(server.recv(1000))
    server.sendall(b"552 5.3.4 Too large\r\n")
    while got < most and (piece := server.recv(65_536)):
        got += len(piece)


def test_who_was_refused_before_the_connection_was_lost_is_refused(ends: Ends, turns: Turns) -> None:
    log = Kept()
    stream = Stream(ends.talk, log)
    ends.answers(b"250 Fine\r\n550 5.1.1 Unknown\r\n35", closes=True)
    with pytest.raises(NotTaken):
        turns.go_through(ends.talk, stream.give(a_parcel(0)))
    assert (log.lines, stream.left_over) == ([(0, "refused")], [])


@pytest.mark.parametrize("before", [b"", b"250 Fine\r\n", b"250 Fine\r\n250 Fine\r\n"])
def test_a_server_that_says_that_it_closes_is_not_waited_for(ends: Ends, turns: Turns, before: bytes) -> None:
    log, began = Kept(), time.monotonic()
    ends.answers(before + b"421 4.3.2 Closing\r\n")
    with pytest.raises(NotTaken, match="421") as raised:
        turns.go_through(ends.talk, Stream(ends.talk, log).give(a_parcel(0)))
    assert raised.value.of_server
    assert log.lines == [(0, "waiting")]
    assert time.monotonic() - began < 2


def test_who_was_refused_before_the_server_said_that_it_closes_is_refused(ends: Ends, turns: Turns) -> None:
    log = Kept()
    ends.answers(b"250 Fine\r\n550 5.1.1 Unknown\r\n421 4.3.2 Closing\r\n")
    with pytest.raises(NotTaken, match="421"):
        turns.go_through(ends.talk, Stream(ends.talk, log).give(a_parcel(0)))
    assert log.lines == [(0, "refused")]


def test_a_server_that_talks_instead_of_listening_is_left_in_time(ends: Ends, turns: Turns) -> None:
    """Neither takes what the other says (RFC 2920 3.1)."""
    log, began = Kept(), time.monotonic()
    stream = with_one_ready(ends, turns, log, letter=b"large\r\n" * 200_000)
    ends.talk._patience = ends.talk._most = 0.2
    filling = threading.Timer(0.05, _filling, (ends.server,))
    filling.start()
    with pytest.raises(NotTaken):
        turns.go_through(ends.talk, stream.finish())
    filling.join()
    assert log.lines == []
    assert time.monotonic() - began < 2


def _filling(server: socket.socket, line: bytes = b"250 And more\r\n") -> None:
    server.settimeout(0.1)
    with suppress(OSError):
        while True:
            server.sendall(line * 1000)


@pytest.mark.parametrize("said", [b"250 Fine\r\nHello\r\n354 Go on\r\n", b"550 No\r\n250 Fine\r\n354 Go on\r\n"])
def test_a_server_that_may_wait_for_a_letter_to_nobody_knows_whom_is_told_no_further_word(
    ends: Ends, turns: Turns, said: bytes
) -> None:
    ends.answers(said)
    with pytest.raises(NotTaken):
        turns.go_through(ends.talk, Stream(ends.talk, Kept()).give(a_parcel(0)))
    assert ends.talk.socket.fileno() == -1


def test_an_answer_is_not_heard_without_end(ends: Ends, turns: Turns) -> None:
    began = time.monotonic()
    threading.Thread(target=_filling, args=(ends.server, b"250-And more\r\n"), daemon=True).start()
    with pytest.raises(NotTaken):
        turns.go_through(ends.talk, _asking(ends.talk))
    assert time.monotonic() - began < 4


def test_a_conversation_is_watched_again_after_it_had_nothing_to_do(ends: Ends, turns: Turns) -> None:
    asked: list[int] = []

    def twice() -> Steps[None]:
        for number in range(2):
            ends.answers(b"250 Fine\r\n")
            yield from _asking(ends.talk)
            asked.append(number)
            yield "work"

    turns.go_through(ends.talk, twice())
    assert asked == [0, 1]


def _asking(talk: Talk) -> Steps[None]:
    yield from talk.say("noop", b"NOOP\r\n")
    yield from talk.answer("noop")


def test_an_answer_in_several_lines_is_one(ends: Ends, turns: Turns) -> None:
    """Also where its last line was an answer before."""
    log = Kept()
    stream = with_one_ready(ends, turns, log)
    ends.answers(b"250-Queued\r\n250 Fine\r\n250-Fine\r\n250 Fine\r\n250 Fine\r\n354-Go\r\n354 Go on\r\n")
    turns.go_through(ends.talk, stream.give(a_parcel(1)))
    ends.answers(b"550-5.7.1 No\r\n550 No\r\n")
    turns.go_through(ends.talk, stream.finish())
    assert log.lines == [(0, "begun"), (0, "taken"), (1, "begun"), (1, "refused")]


def test_a_line_of_a_letter_that_is_a_dot_does_not_end_it_wherever_it_is_cut(ends: Ends, turns: Turns) -> None:
    """What is said is the letter as it is given, then its end: nothing is put in where pieces meet."""
    letter = stuffed(b"Subject: Hello\r\n\r\n" + b".\r\n..\r\n" * 30_000)
    stream, heard = with_one_ready(ends, turns, Kept(), letter=letter), bytearray()
    listening = threading.Thread(target=_hears_all, args=(ends.server, heard, len(letter) + 3))
    listening.start()
    turns.go_through(ends.talk, stream.finish())
    listening.join()
    assert bytes(heard) == letter + b".\r\n"


def _hears_all(server: socket.socket, heard: bytearray, most: int) -> None:
    while len(heard) < most and (piece := server.recv(65_536)):
        heard += piece
    server.sendall(b"250 Taken\r\n")


def test_a_conversation_that_cannot_be_watched_hears_of_it_and_keeps_no_other_waiting(ends: Ends, turns: Turns) -> None:
    def broken() -> Steps[None]:
        ends.talk.socket.close()
        try:
            yield "read"
        except OSError:
            raise NotTaken("Gone.", "") from None

    with pytest.raises(NotTaken, match="Gone"):
        turns.go_through(ends.talk, broken())


class Failing(Turns):
    """Those that can't go on, as where the system refuses to watch anything."""

    def __init__(self) -> None:
        self.fails = threading.Event()
        super().__init__()

    def fail(self) -> bool:
        self.fails.set()
        self._rope.send(b".")
        return False

    def _once(self) -> None:
        if self.fails.is_set():
            raise OSError("Nothing can be watched.")
        super()._once()


def test_nobody_waits_for_turns_that_are_no_longer_given(ends: Ends) -> None:
    def going_on() -> Steps[None]:
        while True:
            failing.fails.set()
            yield "work"

    failing = Failing()
    for _ in range(2):
        with pytest.raises(OSError, match="watched"):
            failing.go_through(ends.talk, going_on())
    failing.close()


@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_where_nothing_can_be_watched_the_round_ends_and_a_letter_under_way_is_in_doubt(
    tmp_path: Path, step: Step
) -> None:
    endings: list[Ending] = []
    with running(MailServer(offers=PIPELINING)) as server, a_crew(server, tmp_path) as (crew, failing):
        server.faults[step] = failing.fail
        people = [Recipient(number=number, digest=f"{number}", address="reader@example.org") for number in range(3)]
        crew.run(lambda _: [people.pop(0)] if people else [], endings.extend)
    found = {one.recipient.number: one.status for one in endings}
    assert len(endings) == len(found)
    assert found[0] == ("unknown" if step == "dot" else "waiting")
    assert crew.trouble is not None


@contextmanager
def a_crew(server: MailServer, folder: Path) -> Iterator[tuple[Crew, Failing]]:
    journal, failing = Journal(folder), Failing()
    called = Server(host="127.0.0.1", port=server.port, security="none", timeout=5.0)
    crew = Crew(server=called, connections=1, letter=lambda one: a_parcel(one.number), journal=journal, _turns=failing)
    yield crew, failing
    journal.close(remove=True)


@pytest.mark.parametrize("step", [None, "ehlo", "mail", "data", "half", "taken"])
@pytest.mark.parametrize("fault", ["drop", "421 Closing"])
def test_a_round_leaves_no_connection_and_no_thread_behind(tmp_path: Path, step: Step | None, fault: str) -> None:
    with running(MailServer(offers=PIPELINING)) as server:
        each = Each(server.port, tmp_path / "letters", people=some_members(30))
        if step is not None:
            server.faults[step] = fault
        before = open_files()
        each.sent()
        tries = 0
        # The server is in the same process, and may not have closed its end yet.
        while open_files() > before and (tries := tries + 1) < 100:
            server.closing.wait(0.02)
        assert open_files() <= before
        assert [one.name for one in threading.enumerate() if one.name.startswith("letters")] == []


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
