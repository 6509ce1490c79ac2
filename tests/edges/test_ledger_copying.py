"""A ledger that is moved to another database is the same ledger."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.core.person import Person
from notifier.core.recipient import Member
from notifier.edges.ledger import SqlLedger, copy_ledger, is_there, migrated, open_ledger
from notifier.edges.ledger.migrate import REVISIONS
from notifier.edges.ledger.tables import metadata
from notifier.errors import UserError
from tests.builders import a_delivery, a_seen_event, an_event
from tests.edges.ledgers import LATER, NOW, a_decision, a_plan, moved, told
from tests.edges.test_ledger_migration import older_version
from tests.edges.test_ledger_recipients import KEY, a_recipient, a_result
from tests.postgres import Server


def filled(ledger: SqlLedger) -> None:
    """Something of each kind, odd characters among it."""
    seen = tuple(a_seen_event(an_event(uid=f"{number}@x", title=f"Zürich \U0001f600 {number}")) for number in range(20))
    ledger.record(a_plan(a_delivery(), a_delivery(key="b"), seen=seen, baselines={"site": NOW}, revisions={"w": "1"}))
    moved(ledger, a_delivery(), "drafted", "sending", "sent", sent_at=NOW, told=[told("Éloise's evening")])
    ledger.decide(a_decision(key="b"))
    ledger.add_person(Person(name="Anna", role="admin", added_at=NOW))
    ledger.put_members(
        "choir", [Member(address=f"{number}@example.org", name="Kim", tags=("alto",)) for number in range(30)], NOW
    )
    ledger.leave("choir", "0" * 32, NOW, why="They asked.")
    ledger.enrol(KEY, [a_recipient(number) for number in range(2_500)], NOW)
    ledger.claim(KEY, 7, claim="w", at=NOW)
    ledger.conclude(KEY, [a_result(1), a_result(2, "unknown")], claim="w", at=LATER)
    ledger.begin_hooks({"door": "d" * 64}, NOW)


def contents(ledger: SqlLedger) -> dict[str, list[tuple[object, ...]]]:
    with ledger._reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables if table.name not in ("changes", "lease")
        }  # fmt: skip


@pytest.fixture
def source(url: str) -> str:
    with closing(open_ledger(url)) as ledger:
        filled(ledger)
    return url


def test_everything_is_there_and_goes_on(source: str, target: str) -> None:
    heard: list[tuple[str, int, int]] = []
    rows = copy_ledger(source, target, at=NOW, told=lambda *one: heard.append(one))

    with closing(open_ledger(source)) as old, closing(open_ledger(target)) as new:
        assert contents(new) == contents(old)
        assert (new.snapshot(), new.version(), new.decided()) == (old.snapshot(), old.version(), old.decided())
        assert rows >= sum(map(len, contents(old).values()))
        # The numbers go on where they were.
        assert new.record(a_plan(a_delivery(key="c"), after=NOW, until=LATER))
        assert new.decide(a_decision(key="c"))
        assert new.claim(KEY, 1, claim="x", at=LATER)[0].number == 7
        assert new.enrol("another", [a_recipient(1)], LATER)
    assert ("recipients", 2_500, 2_500) in heard
    assert [done for table, done, _ in heard if table == "recipients"] == [1_000, 2_000, 2_500]


def test_nothing_is_copied_over_another_ledger(source: str, target: str) -> None:
    with closing(open_ledger(target)) as other:
        other.record(a_plan(a_delivery(key="theirs")))
    with pytest.raises(UserError, match="there is a ledger here already, and nothing of it was touched"):
        copy_ledger(source, target, at=NOW)
    with closing(open_ledger(target)) as other:
        assert [row.key for row in other.rows()] == ["theirs"]


def test_nothing_is_copied_beside_the_tables_of_others(source: str, postgres: Server) -> None:
    theirs = postgres.database(empty=True)
    postgres.say_to(theirs, "CREATE TABLE accounts (id integer)")
    with pytest.raises(UserError, match="this database holds other tables and no ledger of notifier"):
        copy_ledger(source, theirs, at=NOW)
    postgres.drop(theirs)


def test_what_breaks_off_leaves_nothing(source: str, target: str) -> None:
    def break_off(table: str, _done: int, _all: int) -> None:
        if table == "recipients":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_ledger(source, target, at=NOW, told=break_off)
    if target.startswith("postgresql"):
        assert not is_there(target)
    assert copy_ledger(source, target, at=NOW) > 2_500


def test_a_ledger_of_an_older_version_is_copied_as_this_one_knows_it(tmp_path: Path, target: str) -> None:
    source = f"sqlite:///{older_version(tmp_path / 'old.db')}"
    copy_ledger(source, target, at=NOW)
    with closing(open_ledger(source)) as old, closing(open_ledger(target)) as new:
        assert contents(new) == contents(old)
        assert len(new.rows()) == 2


def test_a_ledger_is_migrated_once_and_says_from_what(tmp_path: Path, postgres_url: str) -> None:
    old = f"sqlite:///{older_version(tmp_path / 'old.db')}"
    assert migrated(old) == ("0001", REVISIONS[-1])
    assert migrated(old) == (REVISIONS[-1], REVISIONS[-1])
    assert migrated(f"sqlite:///{tmp_path / 'new.db'}") == (None, REVISIONS[-1])
    assert migrated(postgres_url) == (REVISIONS[-1], REVISIONS[-1])


def test_a_copy_that_differs_is_refused(source: str, postgres: Server) -> None:
    """Whatever should make it so: here the server itself changes what it is given."""
    wilful = postgres.database(empty=True)
    postgres.say_to(
        wilful,
        """
        CREATE SCHEMA apart;
        CREATE FUNCTION apart.change() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';
        CREATE FUNCTION apart.watch() RETURNS event_trigger LANGUAGE plpgsql AS
            'BEGIN IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = ''public.members'') THEN
                CREATE TRIGGER change BEFORE INSERT ON members FOR EACH ROW EXECUTE FUNCTION apart.change(); END IF; END';
        CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION apart.watch();
        """,
    )
    with pytest.raises(UserError, match="members came out otherwise than it went in, so nothing was copied"):
        copy_ledger(source, wilful, at=NOW)
    assert not is_there(wilful)
    postgres.drop(wilful)
