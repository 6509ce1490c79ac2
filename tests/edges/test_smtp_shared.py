"""The spool in a PostgreSQL that several instances share: each sees what the others do, and none does what another does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import psycopg
import pytest

from notifier.core.delivery import key_hash
from notifier.edges.ledger import open_ledger
from notifier.edges.ledger.shelves import SqlShelf
from notifier.edges.ledger.sql import database_at
from notifier.edges.smtp import SmtpProvider
from notifier.errors import ProviderError, UserError
from tests.builders import a_message, an_audience
from tests.edges.each import AT, KEY
from tests.edges.provider_suite import DELIVERY
from tests.edges.smtp_server import MailServer, running
from tests.edges.test_smtp import a_provider, sent
from tests.postgres import Server

HASHED = key_hash(KEY)
#: Never set: to wait a moment.
PAUSE = Event()
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


@pytest.fixture
def machine(tmp_path: Path, postgres_url: str) -> Iterator[Callable[[str], SqlShelf]]:
    """The shelf as an instance on a machine of this name has it, with sessions that may be silent for two seconds."""
    with ExitStack() as stack:

        def shelf(name: str) -> SqlShelf:
            database = database_at(postgres_url, password=None, busy_timeout=10)
            stack.callback(database.engine.dispose)
            assert name
            return SqlShelf(database, "letters", silence=2)

        yield shelf


@pytest.fixture
def instances(server: MailServer, tmp_path: Path, machine: Callable[[str], SqlShelf]) -> list[SmtpProvider]:
    """Of three machines."""
    return [a_provider(server, tmp_path / name, machine(name)) for name in ("one", "two", "three")]


def test_what_one_has_drafted_another_hands_over(server: MailServer, instances: list[SmtpProvider]) -> None:
    one, two, three = instances
    draft_id = one.draft(DELIVERY, a_message(), an_audience(), AT)

    assert two.find(KEY).state == "drafted"
    assert two.send(draft_id, KEY, AT).result == "accepted"

    assert [each.find(KEY).state for each in instances] == ["sent"] * 3
    assert three.kept(KEY, "message.eml") == server.taken[0].content
    assert three.send(draft_id, KEY, AT).result == "accepted"
    assert len(server.taken) == 1


def test_while_one_hands_over_the_others_see_it_and_wait(server: MailServer, instances: list[SmtpProvider]) -> None:
    one, two, _ = instances
    seen: list[str] = []
    server.faults["dot"] = then(lambda: seen.append(two.find(KEY).state))

    assert sent(one) == "accepted"

    assert seen == ["sending"]


def test_many_at_once_hand_over_once(server: MailServer, instances: list[SmtpProvider]) -> None:
    draft_id = instances[0].draft(DELIVERY, a_message(), an_audience(), AT)

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda one: one.send(draft_id, KEY, AT).result, instances * 2))

    assert results == ["accepted"] * 6
    assert len(server.taken) == 1


def test_whoever_is_cut_off_before_the_message_leaves_gives_nothing_away(
    server: MailServer, instances: list[SmtpProvider], postgres: Server, postgres_url: str
) -> None:
    one, two, _ = instances
    # Between the moment at which it took the draft and the one at which the message would leave.
    server.faults["rcpt"] = then(lambda: postgres.cut_off(postgres_url))

    with pytest.raises(ProviderError, match="It is tried again by itself"):
        sent(one)

    server.faults.clear()
    assert server.taken == []
    assert two.find(KEY).state == "drafted"
    assert sent(two) == "accepted"
    assert len(server.taken) == 1


def test_whoever_is_cut_off_afterwards_still_writes_down_what_came_of_it(
    server: MailServer, instances: list[SmtpProvider], postgres: Server, postgres_url: str
) -> None:
    server.faults["dot"] = then(lambda: postgres.cut_off(postgres_url))

    assert sent(instances[0]) == "accepted"

    assert instances[1].find(KEY).state == "sent"


def test_what_was_written_by_another_meanwhile_is_not_written_over(
    server: MailServer, instances: list[SmtpProvider], postgres: Server, postgres_url: str
) -> None:
    one, two, _ = instances

    def settled_by_a_person() -> bool:
        postgres.cut_off(postgres_url)
        assert two.find(KEY).state == "unclear"
        two.not_taken(KEY, LATER)
        return True

    server.faults["dot"] = settled_by_a_person

    assert sent(one) == "ambiguous"
    assert two.find(KEY).state == "drafted"


def test_a_server_that_restarts_in_the_middle_leaves_it_in_doubt_or_sent(
    server: MailServer, instances: list[SmtpProvider], postgres: Server
) -> None:
    if postgres.folder is None:
        pytest.skip("the server is not ours to restart")
    server.faults["dot"] = then(postgres.restart)

    assert sent(instances[0]) in ("accepted", "ambiguous")

    server.faults.clear()
    assert instances[1].find(KEY).state in ("sent", "unclear")
    assert len(server.taken) == 1


def test_a_session_that_is_silent_loses_what_it_held_and_can_write_no_more(
    machine: Callable[[str], SqlShelf], postgres: Server, postgres_url: str
) -> None:
    one, two = machine("one"), machine("two")
    with one.hold(HASHED) as held:
        held.put("{}", b"a letter")
        assert two.is_held(HASHED)
        _stand_still(held)
        until = monotonic() + 10
        while two.is_held(HASHED):
            assert monotonic() < until
            PAUSE.wait(0.1)

        with pytest.raises(UserError, match="more is given away"):
            held.check()
        with pytest.raises(UserError):
            held.put('{"more": 1}')
    assert two.record(HASHED) == "{}"


def test_a_session_that_lives_keeps_what_it_holds_however_long_nothing_is_written(
    machine: Callable[[str], SqlShelf],
) -> None:
    one, two = machine("one"), machine("two")
    with one.hold(HASHED) as held:
        PAUSE.wait(3)
        assert two.is_held(HASHED)
        held.check()
        held.put("{}", b"")
    assert not two.is_held(HASHED)


def test_spools_of_two_providers_are_two(postgres_url: str) -> None:
    with closing(open_ledger(postgres_url)) as ledger:
        one, two = ledger.shelf("one"), ledger.shelf("two")
        assert one is not None
        assert two is not None
        with one.hold(HASHED) as held:
            held.put("{}", b"")
            assert not two.is_held(HASHED)
        assert (list(one.records()), list(two.records())) == ([HASHED], [])


def test_a_ledger_in_a_file_shares_no_spool(tmp_path: Path) -> None:
    with closing(open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as ledger:
        assert ledger.shelf("letters") is None


def test_a_record_that_is_none_is_no_draft(instances: list[SmtpProvider], machine: Callable[[str], SqlShelf]) -> None:
    with machine("one").hold(HASHED) as held:
        held.put("nonsense", b"")

    assert instances[0].find(KEY).state == "unclear"
    with pytest.raises(ProviderError, match=f"delete the row {HASHED} of letters from its table `letters`"):
        sent(instances[0])


def test_a_letter_that_was_tampered_with_is_not_sent(
    server: MailServer, instances: list[SmtpProvider], postgres_url: str
) -> None:
    draft_id = instances[0].draft(DELIVERY, a_message(), an_audience(), AT)
    with closing(psycopg.connect(postgres_url, autocommit=True)) as connection:
        connection.execute("UPDATE letters SET content = 'Subject: Something else'")

    assert [problem.what for problem in instances[1].check(draft_id)] == ["This is not the message that was prepared."]
    assert instances[1].send(draft_id, KEY, AT).result == "unsent"
    assert server.taken == []


def test_a_ledger_from_before_is_told_by_the_machine_that_sent_it(
    server: MailServer, instances: list[SmtpProvider], postgres_url: str
) -> None:
    sent(instances[0])
    with closing(psycopg.connect(postgres_url, autocommit=True)) as connection:
        connection.execute("DELETE FROM letters")

    assert instances[0].find(KEY).state == "sent"
    assert sent(instances[0]) == "accepted"
    assert len(server.taken) == 1


def test_what_a_person_settled_elsewhere_counts_here_too(server: MailServer, instances: list[SmtpProvider]) -> None:
    one, two, _ = instances
    server.faults["dot"] = "drop"
    assert sent(one) == "ambiguous"
    server.faults.clear()

    two.not_taken(KEY, LATER)

    assert one.find(KEY).state == "drafted"
    assert sent(one) == "accepted"


def test_a_folder_that_cannot_be_written_to_stops_no_mail(server: MailServer, instances: list[SmtpProvider]) -> None:
    one = instances[0]
    one.folder.write_text("no folder")

    assert one.find(KEY).state == "absent"
    assert sent(one) == "accepted"


def _stand_still(held: object) -> None:
    """As a process that is stopped: nothing is said in the session any more."""
    held._over.set()  # type: ignore[attr-defined]  # what only a stopped process does


def then(act: Callable[[], object]) -> Callable[[], bool]:
    """Do it each time; the server goes on as usual."""

    def step() -> bool:
        act()
        return True

    return step
