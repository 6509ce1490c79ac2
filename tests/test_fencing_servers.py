"""A ledger at a server: many instances send from one, and from a copy of it nothing is sent before a person says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest

from notifier.desk import ledgers
from notifier.edges.clock import FixedClock
from notifier.tick import Report
from tests.builders import at
from tests.postgres import Server, name_of, server
from tests.postgres_copies import beside, dumped, follow, put_back, standby
from tests.taking_over import taken_over
from tests.test_fencing import BEFORE, LATER, MUCH_LATER, lease_of
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

EARLY = "2026-11-26 10:00"


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server that may be stopped."""
    with server(5431) as made:
        yield made


class Machines:
    """Machines, each with a folder of its own, and a ledger at a server. `shared` is an outbox that they have in common."""

    def __init__(self, room: Path) -> None:
        self.room, self.open = room, ExitStack()
        self.shared = room / "outbox"

    def machine(self, name: str, url: str, *, outbox: Path | None = None) -> Site:
        """One on which notifier has just been put."""
        made = Site.__new__(Site)
        made.folder, made._provider = self.room / name, None
        for source in ("website", "archive"):
            (made.folder / source / "_events").mkdir(parents=True, exist_ok=True)
        made.write("choir")
        early = made.path("choir").read_text().replace("2026-12-09", "2026-11-27").replace("choir", "early")
        (made.folder / "website" / "_events" / "2026-11-27-early.md").write_text(early)
        text = CONFIG.replace('"sqlite:///notifier.db"', f'"{url}"')
        text = text.replace("folder: outbox", f"folder: {outbox or self.shared}")
        (made.folder / "config.yaml").write_text(text, encoding="utf-8")
        made.open()
        self.open.callback(_close, made)
        return made

    def sent(self) -> int:
        return len(list(self.shared.glob("[!.]*/delivery.json")))


def _close(site: Site) -> None:
    """Whatever it has opened by then."""
    site.app.close()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    made = Machines(tmp_path)
    with made.open:
        yield made


def begun(machines: Machines, url: str, name: str = "first") -> Site:
    """A site at work: its first mail has gone out."""
    site = machines.machine(name, url)
    site.tick(FIRST_LOOK)
    assert site.tick(EARLY).stopped == ""
    assert machines.sent() == 1
    return site


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    made = postgres.database(empty=True)
    yield made
    postgres.drop(made)


def says_that_it_is_a_copy(report: Report) -> bool:
    assert (report.recorded, report.moved, report.published) == (False, (), ())
    assert "notifier ledger take-over" in report.stopped
    return "This ledger lies elsewhere than when it was last in use" in report.stopped


def test_instances_come_and_go_and_nobody_is_asked(machines: Machines, url: str) -> None:
    first = begun(machines, url)
    before = lease_of(first)
    second = machines.machine("second", url)
    assert second.tick(BEFORE).stopped == ""
    first.app.ticker.fence.end(at(BEFORE))
    first.app.close()
    third = machines.machine("third", url)
    assert [one.tick(text).stopped for one, text in ((third, DUE), (second, LATER))] == ["", ""]
    first.open()
    assert first.tick(MUCH_LATER).stopped == ""
    assert (lease_of(first), machines.sent()) == (lease_of(third), 2)
    assert lease_of(first).nonce == before.nonce


def test_a_machine_whose_folder_is_empty_is_no_stranger(machines: Machines, url: str, tmp_path: Path) -> None:
    first = begun(machines, url)
    (tmp_path / "its own").mkdir()
    second = machines.machine("second", url, outbox=tmp_path / "its own")
    assert second.tick(BEFORE).stopped == ""
    assert list((tmp_path / "its own").glob(".lease-*.json")) != []
    assert first.tick(BEFORE).stopped == ""


def test_of_two_that_take_it_up_at_once_both_send(machines: Machines, url: str) -> None:
    sites = [machines.machine(name, url) for name in ("first", "second")]
    fresh = [lease_of(one) for one in sites]
    ledger = sites[0].app.ticker.wiring.ledger
    assert ledger.raise_lease(fresh[0], at(FIRST_LOOK)) is not None  # type: ignore[attr-defined]  # it is one that is taken up
    assert sites[1].app.ticker.wiring.ledger.raise_lease(fresh[1], at(FIRST_LOOK)) is None  # type: ignore[attr-defined]  # as above
    assert [one.tick(FIRST_LOOK).stopped for one in sites] == ["", ""]


def test_a_server_that_starts_again_is_the_same_one(machines: Machines, own: Server) -> None:
    site = begun(machines, own.database(empty=True))
    own.restart()
    site.app.close()
    site.open()
    assert site.tick().stopped == ""
    assert machines.sent() == 2


def test_what_a_server_does_for_its_upkeep_makes_no_copy_of_it(machines: Machines, url: str, postgres: Server) -> None:
    site = begun(machines, url)
    for statement in ("VACUUM (FULL, FREEZE)", "REINDEX TABLE fences", "CLUSTER fences USING pk_fences", "ANALYZE"):
        postgres.say_to(url, statement)
    assert lease_of(site).at_home


def test_a_database_made_from_it_sends_nothing(machines: Machines, url: str, postgres: Server) -> None:
    site = begun(machines, url)
    site.app.close()
    copy = machines.machine("copy", postgres.copy(url))
    assert says_that_it_is_a_copy(copy.tick())
    site.open()
    assert site.tick().stopped == ""
    assert says_that_it_is_a_copy(copy.tick(LATER))
    assert machines.sent() == 2


@pytest.fixture(params=["here", "another server"])
def another(request: pytest.FixtureRequest, postgres: Server, own: Server) -> str:
    """An empty database."""
    return (postgres if request.param == "here" else own).database(empty=True)


def test_a_dump_that_is_put_into_another_database_sends_nothing(
    machines: Machines, url: str, another: str, tmp_path: Path
) -> None:
    begun(machines, url)
    put_back(dumped(url, tmp_path / "dump"), another)
    assert says_that_it_is_a_copy(machines.machine("copy", another, outbox=tmp_path / "another").tick())
    assert machines.sent() == 1


@pytest.mark.parametrize("mails", [0, 1])
def test_a_dump_of_yesterday_put_back_in_its_place_sends_nothing(
    machines: Machines, url: str, tmp_path: Path, mails: int
) -> None:
    site = begun(machines, url)
    dump = dumped(url, tmp_path / "dump")
    site.tick(DUE if mails else BEFORE)
    site.app.close()
    put_back(dump, url)
    site.open()
    report = site.tick(LATER)
    assert says_that_it_is_a_copy(report) or "More has been sent through letters" in report.stopped
    done = taken_over(site.app, LATER)
    assert [row.status for one, row in done.became if one.seen.state == "sent"].count("sent") == mails
    assert site.tick(MUCH_LATER).stopped == ""
    assert machines.sent() == 1 + mails


def test_a_copy_of_its_files_beside_it_sends_nothing(machines: Machines, own: Server, tmp_path: Path) -> None:
    url = own.database(empty=True)
    site = begun(machines, url)
    own.stop("fast")
    with beside(own) as other:
        own.start()
        copy = machines.machine("copy", other.of(name_of(url)), outbox=tmp_path / "another")
        assert says_that_it_is_a_copy(copy.tick())
        copy.app.close()
    site.app.close()
    site.open()
    assert site.tick().stopped == ""


def test_its_files_of_yesterday_in_their_place_are_known_by_what_went_out_since(
    machines: Machines, own: Server, tmp_path: Path
) -> None:
    assert own.folder is not None
    url = own.database(empty=True)
    site = begun(machines, url)
    site.tick(BEFORE)
    own.stop("fast")
    shutil.copytree(own.folder, tmp_path / "yesterday", symlinks=True)
    own.start()
    site.app.close()
    site.open()
    site.tick()
    assert machines.sent() == 2
    site.app.close()
    own.stop("fast")
    for path in own.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    # With its owner: the server is run by another user.
    for path in (tmp_path / "yesterday").iterdir():
        shutil.copytree(path, own.folder / path.name) if path.is_dir() else shutil.copy(path, own.folder / path.name)
    _owned_as(own.folder)
    own.start()
    site.open()
    assert "More has been sent through letters than this ledger knows of" in site.tick(LATER).stopped
    taken_over(site.app, LATER)
    assert (site.row().status, site.tick(MUCH_LATER).stopped, machines.sent()) == ("sent", "", 2)


def _owned_as(folder: Path) -> None:
    owner = folder.stat()
    for path in folder.rglob("*"):
        shutil.chown(path, owner.st_uid, owner.st_gid)


@pytest.mark.parametrize("lost", [False, True])
def test_a_standby_that_takes_over_waits_for_a_person_and_asks_what_went_out(
    machines: Machines, own: Server, lost: bool
) -> None:
    url = own.database(empty=True)
    site = begun(machines, url)
    site.tick(BEFORE)
    with standby(own) as other:
        follow(own, other)
        if lost:
            other.stop("fast")
        site.tick()
        assert machines.sent() == 2
        if not lost:
            follow(own, other)
        site.app.close()
        if lost:
            own.stop("fast")
            other.start()
        other.say("SELECT pg_promote(true, 60)")
        there = other.of(name_of(url))
        follower = machines.machine("first", there)
        report = follower.tick(LATER)
        why = "More has been sent through letters" if lost else "Its server was switched over to another"
        assert why in report.stopped
        assert machines.sent() == 2
        done = taken_over(follower.app, LATER)
        assert [row.status for one, row in done.became if one.seen.state == "sent"] == (["sent"] if lost else [])
        assert (follower.row().status, follower.tick(MUCH_LATER).stopped, machines.sent()) == ("sent", "", 2)
        follower.app.close()
        if lost:
            own.start()


def test_a_machine_that_sent_more_than_the_ledger_knows_of_stops_all(
    machines: Machines, url: str, tmp_path: Path
) -> None:
    first = begun(machines, url)
    dump = dumped(url, tmp_path / "dump")
    (tmp_path / "its own").mkdir()
    second = machines.machine("second", url, outbox=tmp_path / "its own")
    second.tick()
    assert len(list((tmp_path / "its own").glob("[!.]*/delivery.json"))) == 1
    second.app.close()
    first.app.close()
    put_back(dump, url)
    first.open()
    taken_over(first.app, BEFORE)
    _forget_the_nonce_since(url)
    second.open()
    assert "More has been sent through letters" in second.tick(LATER).stopped
    assert "More has been sent through letters" in first.tick(LATER).stopped
    assert machines.sent() == 1


def _forget_the_nonce_since(url: str) -> None:
    """As if its files, and not a dump, had been put back: then nobody had to take it over."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("DELETE FROM fences WHERE number = (SELECT max(number) FROM fences)")
        connection.execute(
            "UPDATE lease SET home = regexp_replace(home, '[^ ]+$', (SELECT xmin::text FROM fences ORDER BY number DESC LIMIT 1))"
        )


def test_what_another_machine_may_have_sent_is_not_sent_after_a_take_over(
    machines: Machines, url: str, tmp_path: Path
) -> None:
    first = begun(machines, url)
    dump = dumped(url, tmp_path / "dump")
    (tmp_path / "its own").mkdir()
    second = machines.machine("second", url, outbox=tmp_path / "its own")
    second.tick()
    for one in (first, second):
        one.app.close()
    put_back(dump, url)
    first.open()
    done = taken_over(first.app, LATER)
    assert done.forgot == {"letters"}
    assert first.tick(MUCH_LATER).stopped == ""
    assert (first.row().status, machines.sent()) == ("missed", 1)


def test_it_is_sent_where_a_person_says_that_no_other_machine_did(machines: Machines, url: str, tmp_path: Path) -> None:
    site = begun(machines, url)
    dump = dumped(url, tmp_path / "dump")
    site.app.close()
    put_back(dump, url)
    site.open()
    site.app.clock = FixedClock(at(LATER))
    done = ledgers.take_over(site.app, by="Anna", only_here=True)
    assert done.forgot == frozenset()
    site.tick(MUCH_LATER)
    assert (site.row().status, machines.sent()) == ("sent", 2)


def test_one_that_was_let_go_is_taken_up_where_it_was_put_exactly_as_it_was(
    machines: Machines, url: str, postgres: Server, tmp_path: Path
) -> None:
    site = begun(machines, url)
    assert ledgers.release(site.app)
    there = postgres.database(empty=True)
    put_back(dumped(url, tmp_path / "dump"), there)
    moved = machines.machine("moved", there)
    assert "from the next tick on it sends" in moved.tick(BEFORE).stopped
    assert moved.tick().stopped == ""
    assert machines.sent() == 2
    assert "Another ledger has taken over at letters" in site.tick(LATER).stopped


def test_where_the_server_does_not_say_which_it_is_the_rest_still_tells(
    machines: Machines, url: str, postgres: Server, tmp_path: Path
) -> None:
    postgres.say_to(url, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    postgres.say("DROP ROLE IF EXISTS plain")
    postgres.say("CREATE ROLE plain LOGIN")
    postgres.say_to(url, "GRANT ALL ON SCHEMA public TO plain")
    as_plain = url.replace("postgres@", "plain@")
    site = begun(machines, as_plain)
    assert [one.text for one in site.app.ticker.wiring.ledger.doctor() if one.subject == "ledger server"] == [
        "The server doesn't tell this user which one it is (pg_control_system), so a copy at another server is known by less."
    ]
    # Another user of the same database may be told more.
    assert machines.machine("second", url).tick(BEFORE).stopped == ""
    dump = dumped(url, tmp_path / "dump")
    there = postgres.database(empty=True)
    put_back(dump, there)
    assert says_that_it_is_a_copy(machines.machine("copy", there).tick())
    site.app.close()
    put_back(dump, url)
    postgres.say_to(url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
    site.open()
    assert says_that_it_is_a_copy(site.tick())
    site.app.close()
    postgres.say_to(url, "DROP OWNED BY plain")
