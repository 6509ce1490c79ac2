"""Two workers give one delivery away, and one of them dies or stands still: nobody gets it twice, and whoever is in doubt is listed."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic
from typing import LiteralString

import psycopg
import pytest
from psycopg.sql import SQL

from notifier import desk
from notifier.desk.reached import doubts
from notifier.desk.reached import reached as reached_of
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.edges.smtp_server import MailServer, running
from tests.ticking import DUE, Site
from tests.workers.site import PAUSE, Worker, a_site, people, reached, tally, those, until, workers

#: Starting a program takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)
PEOPLE = 400
NEXT = "2026-12-08 10:02"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer(offers=("8BITMIME", "PIPELINING"))) as made:
        yield made


@pytest.fixture
def site(server: MailServer, tmp_path: Path, postgres_url: str) -> Iterator[Site]:
    with a_site(tmp_path / "one", server, postgres_url, PEOPLE) as made:
        yield made


@pytest.fixture
def elsewhere(site: Site, tmp_path: Path) -> Path:
    """The configuration as another machine has it."""
    folder = tmp_path / "two"
    folder.mkdir()
    for name in ("config.yaml", "secret_key", "members.csv"):
        shutil.copy(site.folder / name, folder / name)
    for name in ("website", "archive"):
        shutil.copytree(site.folder / name, folder / name)
    return folder / "config.yaml"


def jobs(url: str, which: LiteralString = "true") -> int:
    with closing(psycopg.connect(url)) as connection:
        found = connection.execute(
            SQL("SELECT count(*) FROM procrastinate_jobs WHERE {}").format(SQL(which))
        ).fetchone()
        assert found is not None
        return int(found[0])


def all_said(*those: Worker) -> Callable[[], str]:
    return lambda: "\n".join(one.stop()[1] for one in those)


def done(site: Site) -> bool:
    found = tally(site)
    return found.total > 0 and not (found.waiting + found.claimed)


def test_what_a_dead_one_was_about_is_taken_up_though_nothing_is_sending_any_more(
    site: Site, postgres_url: str
) -> None:
    with closing(psycopg.connect(postgres_url)) as connection, connection:
        connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour');"
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id) SELECT 'notifier', "
            '\'notifier.give\', \'{"provider": "letters", "key": "k", "digest": "d"}\', \'doing\', id FROM procrastinate_workers'
        )
    assert jobs(postgres_url) == 1
    with workers(site.folder / "config.yaml") as [one]:
        until(lambda: jobs(postgres_url) == 0, why=all_said(one))


def test_two_workers_give_it_to_everybody_once(
    site: Site, server: MailServer, elsewhere: Path, postgres_url: str
) -> None:
    site.tick(DUE)
    assert (site.row().status, server.connections) == ("sending", 0)
    assert jobs(postgres_url) == PEOPLE // 50

    with workers(site.folder / "config.yaml", elsewhere) as both:
        until(lambda: done(site), why=all_said(*both))
        until(lambda: _ticked(site) and site.row().status == "sent", why=all_said(*both))
        until(lambda: jobs(postgres_url) == 0)
        ended = [one.stop() for one in both]

    assert [code for code, _ in ended] == [0, 0]
    assert reached(server) == dict.fromkeys(people(PEOPLE), 1)
    assert all("notifier has stopped working." in said for _, said in ended)


@pytest.fixture(params=["one machine", "two machines"])
def second(request: pytest.FixtureRequest, site: Site, elsewhere: Path) -> Path:
    """The configuration of a second worker. By the time of the ticks its machine has been gone for days."""
    return elsewhere if request.param == "two machines" else site.folder / "config.yaml"


def test_one_of_two_is_killed_nobody_gets_it_twice_and_the_doubts_are_listed(
    site: Site, server: MailServer, second: Path, postgres_url: str
) -> None:
    first = site.folder / "config.yaml"
    site.tick(DUE)
    with workers(second) as [doomed]:
        seen: list[int] = []

        def kill() -> bool:
            seen.append(1)
            if len(seen) == 70:
                doomed.send(signal.SIGKILL)
                return False
            return True

        server.faults["dot"] = kill
        doomed.process.wait(200)
        server.faults.clear()
    assert tally(site).claimed > 0
    with workers(first) as [other]:
        # What the dead one had claimed and its job stay behind until they are rescued.
        until(lambda: _ticked(site) and done(site), why=all_said(other))
        until(lambda: jobs(postgres_url) == 0, why=all_said(other))
        assert other.stop()[0] == 0

    in_doubt = {one.address for one in those(site, "unknown")}
    assert max(reached(server).values()) == 1
    assert set(people(PEOPLE)) - set(reached(server)) <= in_doubt
    # On its own machine it is known how far it came, but for what each of two connections was giving away.
    assert 1 <= len(in_doubt) <= (2 if second == first else 50)
    listed = doubts(site.app, site.row().key)
    assert {one.address for one in listed.people} == in_doubt
    assert f"{len(in_doubt)} in doubt" in site.row().reasons[-1].text


def test_one_that_stood_still_for_longer_than_its_claim_lives_gives_nothing_away_afterwards(
    site: Site, server: MailServer, elsewhere: Path, postgres_url: str
) -> None:
    site.tick(DUE)
    with workers(elsewhere) as [still]:
        seen: list[int] = []

        def stop() -> bool:
            seen.append(1)
            if len(seen) == 70:
                still.send(signal.SIGSTOP)
            return True

        server.faults["dot"] = stop
        until(lambda: len(seen) >= 70)
        # Longer than its session, and its heartbeat, may be silent.
        PAUSE.wait(4)
        server.faults.clear()
        with workers(site.folder / "config.yaml") as [other]:
            until(lambda: len(server.taken) >= PEOPLE - 50, why=all_said(other))
            still.send(signal.SIGCONT)
            # It knows best what became of its own, and they wait again if nothing did.
            until(lambda: done(site), why=all_said(other, still))
            until(lambda: _ticked(site) and site.row().status == "sent", why=all_said(other, still))
            until(lambda: jobs(postgres_url) == 0, why=all_said(other, still))
            assert [one.stop()[0] for one in (still, other)] == [0, 0]

    assert reached(server) == dict.fromkeys(people(PEOPLE), 1)


def test_while_everything_is_paused_workers_give_nothing_away(
    site: Site, server: MailServer, postgres_url: str
) -> None:
    site.tick(DUE)
    site.app.clock = FixedClock(at(DUE))
    desk.pause(site.app, by="Anna")
    with workers(site.folder / "config.yaml") as [one]:
        # Each job was looked at, and put off.
        until(lambda: jobs(postgres_url, "attempts > 0") == PEOPLE // 50, why=all_said(one))
        assert (tally(site).waiting, server.taken) == (PEOPLE, [])
        code, said = one.stop()
    assert (code, "notifier works" in said) == (0, True)


def test_a_batch_of_what_is_no_longer_being_sent_gives_nothing_away(
    site: Site, server: MailServer, postgres_url: str
) -> None:
    site.tick(DUE)
    row = site.row()
    site.app.ticker.wiring.ledger.move(row, "failed", at=at(DUE), draft_id=row.draft_id)
    with workers(site.folder / "config.yaml") as [one]:
        until(lambda: jobs(postgres_url) == 0, why=all_said(one))
        assert one.stop()[0] == 0
    assert (tally(site).waiting, server.connections) == (PEOPLE, 0)


def test_a_server_that_refuses_everybody_is_not_asked_again_and_again(site: Site, server: MailServer) -> None:
    server.refusals = dict.fromkeys(people(PEOPLE), "550 5.7.1 Not here")
    site.tick(DUE)
    with workers(site.folder / "config.yaml") as [one]:
        until(lambda: site.row().status == "failed", why=all_said(one))
        _, said = one.stop()
    assert "refused all 50 of them" in said
    assert tally(site).waiting == PEOPLE
    assert len([line for line in server.heard if line.startswith("RCPT")]) <= 100


def test_a_server_that_is_away_is_said_in_the_row_and_tried_again_later(site: Site, server: MailServer) -> None:
    server.faults["banner"] = "4xx"
    site.tick(DUE)
    with workers(site.folder / "config.yaml") as [one]:
        until(lambda: [reason.code for reason in site.row().reasons] == ["retry"], why=all_said(one))
        PAUSE.wait(1)
        connections = server.connections
        PAUSE.wait(2)
        assert (site.row().status, server.connections) == ("sending", connections)
        one.stop()
    assert connections == 1


def test_a_worker_that_is_told_to_stop_finishes_the_batch_that_it_has_begun(site: Site, server: MailServer) -> None:
    at_work, go_on = Event(), Event()

    def wait() -> bool:
        at_work.set()
        return go_on.wait(200)

    server.faults["dot"] = wait
    site.tick(DUE)
    with workers(site.folder / "config.yaml") as [one]:
        assert at_work.wait(200)
        one.send(signal.SIGTERM)
        PAUSE.wait(0.5)
        go_on.set()
        assert one.stop()[0] == 0
    found = tally(site)
    assert (found.claimed, found.unknown, found.taken) == (0, 0, 50)
    assert found.taken == len(server.taken)


def test_a_rate_holds_over_all_workers(tmp_path: Path, server: MailServer, postgres_url: str) -> None:
    with a_site(tmp_path / "slow", server, postgres_url, PEOPLE, more=", rate: 70") as site:
        site.tick(DUE)
        config = site.folder / "config.yaml"
        with workers(config, config) as both:
            until(lambda: len(server.taken) >= 70, why=all_said(*both))
            begun = monotonic()
            # Both go on trying.
            PAUSE.wait(8)
            number, seconds = len(server.taken), monotonic() - begun
            assert [one.stop()[0] for one in both] == [0, 0]
        assert seconds > 50 or number == 70
        assert tally(site).taken == len(server.taken)


def test_what_why_and_the_console_show_of_it_on_its_way(site: Site) -> None:
    site.tick(DUE)
    found = reached_of(site.app.ticker.wiring.ledger, site.row().key)
    assert found is not None
    assert found.tally.words == f"0 of {PEOPLE} taken, {PEOPLE} still to go"
    assert [reason.text for reason in site.row().reasons] == [found.tally.words]


def _ticked(site: Site) -> bool:
    site.tick(NEXT)
    return True
