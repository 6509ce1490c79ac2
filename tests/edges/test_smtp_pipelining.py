"""Members' mails over servers that are told several things at once, and don't answer as they should: nobody twice, nothing to nobody,
and nobody is counted as reached who wasn't."""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
import trustme

from notifier.edges.smtp.talk import Steps, Talk
from notifier.edges.smtp.turns import Turns
from notifier.edges.smtp.wire import Connection, NotTaken, Server, conversation
from tests.builders import a_message, at
from tests.edges.each import AT, AUDIENCE, DELIVERY, KEY, MESSAGE, Each, some_members
from tests.edges.smtp_server import Fault, MailServer, Manner, Step, running

LATER = at("2026-12-08 10:02")
PIPELINING = ("SIZE 10000000", "8BITMIME", "PIPELINING")
EVERYBODY = {f"reader{number}@example.org" for number in range(5)}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer(offers=PIPELINING)) as made:
        yield made


@pytest.fixture
def each(server: MailServer, tmp_path: Path) -> Each:
    return Each(server.port, tmp_path / "notifier-mail" / "letters")


def reached(server: MailServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)


def check_nobody_is_wronged(each: Each, server: MailServer) -> None:
    """Nobody twice; who counts as reached was, and who was counts as that or is in doubt."""
    by = reached(server)
    counted = {one.address for one in each.those("taken")}
    assert max(by.values(), default=0) <= 1
    assert counted <= set(by)
    assert set(by) <= counted | {one.address for one in each.those("unknown")}


def carried_on(each: Each) -> None:
    each.server["timeout"] = 10.0
    if each.provider().find(KEY).state == "partial":
        each.gone_on(LATER)
    else:
        each.sent(LATER)


@pytest.mark.parametrize("manner", ["split", "glued", "deaf"])
def test_however_answers_arrive_each_is_reached_once(server: MailServer, each: Each, manner: Manner) -> None:
    server.manner, each.server["timeout"] = manner, 0.5 if manner == "deaf" else 10.0
    assert each.sent() == "accepted"
    assert reached(server) == dict.fromkeys(EVERYBODY, 1)
    assert each.numbers("taken") == [0, 1, 2, 3, 4]


def test_who_is_given_over_again_one_word_at_a_time_counts_once_against_the_rate(
    server: MailServer, each: Each
) -> None:
    server.manner, each.server["timeout"], each.options["rate"] = "deaf", 0.3, 3
    each.sent()
    assert sorted(reached(server)) == [f"reader{number}@example.org" for number in range(3)]
    assert each.numbers("waiting") == [3, 4]


def test_a_server_that_was_silent_for_another_reason_is_told_several_things_at_once_later(
    server: MailServer, each: Each
) -> None:
    server.faults["rcpt"], each.server["timeout"] = "stall", 0.1
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    provider.send(draft_id, KEY, AT)
    assert provider.each is not None
    assert provider.each.is_pipelined


@pytest.mark.parametrize("manner", ["plain", "split", "glued"])
def test_a_server_that_asks_for_a_letter_to_nobody_is_given_none(
    server: MailServer, each: Each, manner: Manner
) -> None:
    server.asks_anyway, server.manner = True, manner
    server.refusals = {"reader1@example.org": "550 5.1.1 Unknown", "reader3@example.org": "451 4.7.1 Later"}
    assert each.sent() == "accepted"
    assert server.to_nobody == [b"", b""]
    assert reached(server) == {f"reader{number}@example.org": 1 for number in (0, 2, 4)}
    assert (each.numbers("refused"), each.numbers("waiting")) == ([1], [3])


def test_a_server_that_answers_nonsense_about_the_address_is_not_given_an_empty_letter(
    server: MailServer, each: Each
) -> None:
    """It may have taken the address: a lone dot would be a letter without a word."""
    server.refusals = {"reader1@example.org": "Hello there"}
    server.asks_anyway = True
    each.sent()
    assert (server.to_nobody, each.numbers("waiting")) in (([], [1, 2, 3, 4]), ([], [1]))


@pytest.mark.parametrize("text", ["250 And more", "354 Go on", "550 5.1.1 No", "421 Bye", "Hello"])
@pytest.mark.parametrize("step", ["ehlo", "mail", "rcpt", "data", "taken"])
def test_an_answer_to_nothing_is_taken_for_nobody_s(server: MailServer, each: Each, step: Step, text: str) -> None:
    server.extras[step], each.server["timeout"] = text, 0.2
    each.sent()
    check_nobody_is_wronged(each, server)
    assert each.numbers("refused") == []
    server.extras.clear()

    carried_on(each)

    check_nobody_is_wronged(each, server)
    assert EVERYBODY - set(reached(server)) <= {one.address for one in each.those("unknown")}


@pytest.mark.parametrize(("step", "doubts"), [("mail", []), ("rcpt", []), ("data", []), ("taken", [0])])
@pytest.mark.parametrize("fault", ["250 " + "x" * 9_000, "x" * 9_000, "flood"])
def test_an_answer_without_an_end_is_none(
    server: MailServer, each: Each, step: Step, fault: str, doubts: list[int]
) -> None:
    server.faults[step], each.server["timeout"] = fault, 0.2
    each.sent()
    assert each.numbers("unknown") == doubts
    server.faults.clear()

    carried_on(each)

    check_nobody_is_wronged(each, server)
    assert EVERYBODY - set(reached(server)) <= {f"reader{number}@example.org" for number in doubts}


@pytest.mark.parametrize("fault", ["stall", "drop", "drip", "cut"])
@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_server_that_breaks_off_between_answers_was_given_nothing(
    server: MailServer, each: Each, step: Step, fault: Fault
) -> None:
    server.faults[step], each.server["timeout"] = fault, 0.1
    assert each.sent() == "unsent"
    assert (server.taken, each.numbers("unknown")) == ([], [])
    server.faults.clear()

    carried_on(each)

    assert reached(server) == dict.fromkeys(EVERYBODY, 1)


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_server_that_is_lost_behind_a_letter_has_that_letter(server: MailServer, each: Each, step: Step) -> None:
    """What was said together with its end is lost; its own answer came before."""
    server.faults[step] = _the(2, lambda: _raise(ConnectionResetError()))
    each.options["connections"] = 1
    assert each.sent() == "accepted"
    assert (each.numbers("taken"), each.numbers("waiting")) == ([0, 2, 3, 4], [1])

    carried_on(each)

    assert reached(server) == dict.fromkeys(EVERYBODY, 1)


def test_one_that_is_silent_keeps_no_other_waiting(server: MailServer, each: Each) -> None:
    each.people, each.server["timeout"] = some_members(60), 0.5
    server.faults["dot"] = _the(7, lambda: False)
    each.sent()
    assert len(each.numbers("taken")) >= 58
    assert len(each.numbers("unknown")) == 1
    check_nobody_is_wronged(each, server)


def test_a_letter_larger_than_what_a_network_takes_at_once_arrives_whole(server: MailServer, each: Each) -> None:
    each.people = some_members(3)
    server.faults["half"] = lambda: not server.closing.wait(0.1)
    text = "".join(f"{number} {'large ' * 10}\n.{number}\n" for number in range(20_000))
    each.sent(message=a_message(html=MESSAGE.html, text=text))
    plain = [taken.mail.get_body(("plain",)) for taken in server.taken]
    assert [part and part.get_content().replace("\r\n", "\n") for part in plain] == [text] * 3


@pytest.mark.parametrize("step", ["half", "dot"])
def test_what_breaks_off_within_a_large_letter_is_mailed_once(server: MailServer, each: Each, step: Step) -> None:
    each.people, each.server["timeout"] = some_members(4), 2.0
    server.faults[step] = _the(2, lambda: _raise(ConnectionResetError()))
    message = a_message(html=MESSAGE.html, text=f"{'large ' * 12}\n" * 25_000)
    each.sent(message=message)
    if each.provider().find(KEY).state == "partial":
        each.gone_on(LATER)
    check_nobody_is_wronged(each, server)
    assert each.numbers("unknown") == ([1] if step == "dot" else [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("manner", ["plain", "split", "glued"])
def test_encrypted_it_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: Literal["starttls", "tls"], manner: Manner
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    told = MailServer(offers=PIPELINING, context=context, is_implicit=security == "tls", manner=manner)
    with running(told) as server:
        each = Each(server.port, tmp_path / "letters", server={"security": security})
        assert each.sent(message=a_message(html=MESSAGE.html, text=f"{'large ' * 12}\n" * 2_000)) == "accepted"
    assert reached(server) == dict.fromkeys(EVERYBODY, 1)
    assert all(taken.is_encrypted for taken in server.taken)


def test_what_goes_wrong_in_a_conversation_is_raised_where_it_is_waited_for(server: MailServer) -> None:
    turns = Turns()

    def failing() -> Steps[None]:
        yield "work"
        raise NotTaken("No.", "")

    with conversation(a_server(server)) as connection, pytest.raises(NotTaken, match="No"):
        turns.go_through(Talk(connection), failing())
    turns.close()


def test_a_conversation_that_is_never_answered_ends_at_its_time(server: MailServer) -> None:
    turns, began = Turns(), time.monotonic()

    def waiting(connection: Connection) -> Steps[None]:
        yield from (talk := Talk(connection)).say("noop", b"")
        yield from talk.answer("noop")

    with conversation(a_server(server, timeout=0.2)) as connection, pytest.raises(NotTaken, match="in time"):
        turns.go_through(Talk(connection), waiting(connection))
    turns.close()
    assert time.monotonic() - began < 2


def a_server(server: MailServer, timeout: float = 5.0) -> Server:
    return Server(host="127.0.0.1", port=server.port, security="none", timeout=timeout)


def _the(number: int, act: Callable[[], object]) -> Callable[[], object]:
    """Do this when it comes to it for the so-manyth time, and go on as usual otherwise."""
    seen: list[int] = []
    lock = threading.Lock()

    def fault() -> object:
        with lock:
            seen.append(1)
            is_it = len(seen) == number
        return act() if is_it else True

    return fault


def _raise(error: Exception) -> object:
    raise error
