"""A ledger of an older version becomes one of this version, with everything that was in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from notifier.core.api_token import ApiToken
from notifier.core.delivery import Decision, Listed, Memory, Told
from notifier.core.event import Content, Evidence, Reason
from notifier.core.facts import facts_of, visible_hash
from notifier.core.keeping import Transition
from notifier.core.person import OneTimeLink, Person
from notifier.core.plan import Plan, Window
from notifier.core.public import public_view
from notifier.core.readership import Poll, Token
from notifier.core.recipient import Member, Recipient, digest_of
from notifier.core.revision import remember
from notifier.core.sign_on import SignOn
from notifier.edges.ledger import migrate, open_ledger
from notifier.edges.ledger.sqlite import Sqlite
from notifier.edges.ledger.tables import metadata
from notifier.errors import UserError
from tests.builders import UID, a_delivery, a_seen_event, an_event, at
from tests.edges.conftest import fill

NOW = at("2026-12-01 09:00")
LATER = at("2026-12-01 09:30")
OPEN = Reason(code="x", text="y")
EVENT = an_event(body="", summary="", topics=(), projects=(), private=frozenset({"join_url"}), doubts=(OPEN,))
WHY = Reason(
    code="not_open", text="Zürich", field="access", evidence=Evidence(field="access", text="i", line=12, basis="prose")
)
SENT = a_delivery(status="sent", reasons=(WHY,), draft_id="d1", attempts=1, sent_at=NOW)
HELD = a_delivery(key="k", status="held")
TOLD = Told(audience="newsletter", uid=UID, facts=facts_of(EVENT), delivery_key=SENT.key, at=NOW)
V1 = {"site", "baselines", "deliveries", "transitions", "seen", "told", "alembic_version"}
V2 = {*V1, "decisions", "revisions"}
V3 = {*V2, "tokens", "polls"}


def older_version(file: Path, revision: str = "0001") -> Path:
    """A ledger as an older version left it: its schema, and rows that the first one wrote."""
    database = Sqlite(file, busy_timeout=1)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    config.attributes["metadata"] = metadata
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in Path(__file__).with_name("ledger_0001.sql").read_text().splitlines()[1:]:
            connection.exec_driver_sql(statement)
        command.upgrade(config, revision)
    database.close()
    return file


@pytest.fixture(params=["0001", "0002", "0003"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return older_version(tmp_path / "ledger.db", request.param)


def tables_of(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_nothing_of_a_ledger_of_an_older_version_is_lost(file: Path) -> None:
    assert tables_of(file) in (V1, V2, V3)
    ledger = open_ledger(f"sqlite:///{file}")
    memory = ledger.snapshot()
    ledger.close()
    seen = replace(a_seen_event(EVENT), visible=memory.seen[UID].visible)
    assert memory == Memory(
        window_end=NOW,
        baselines={"site": NOW},
        seen={UID: seen},
        deliveries={SENT.key: SENT, "k": HELD},
        told={("newsletter", UID): TOLD},
    )


def test_the_history_of_a_delivery_outlives_the_migration(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    version, steps = ledger.version(), ledger.transitions(SENT.key)
    ledger.close()
    assert version == (NOW, 5)
    assert [step.to_status for step in steps] == ["planned", "drafted", "sending", "sent"]
    assert steps[0] == Transition(key=SENT.key, from_status=None, to_status="planned", at=NOW, reasons=(WHY,))


def test_a_migrated_ledger_takes_what_is_new(file: Path) -> None:
    ledger = open_ledger(f"sqlite:///{file}")
    decision = Decision(key="k", act="release", by="anna", at=LATER, fingerprint="f")
    assert ledger.decide(decision, HELD, "planned")
    plan = Plan(at=LATER, window=Window(after=NOW, until=LATER), ended=("site",), revisions={"website": "c0ffee"})
    assert ledger.record(replace(plan, seen=(a_seen_event(EVENT, written_up_at=LATER),)))
    ledger.close()
    again = open_ledger(f"sqlite:///{file}")
    memory = again.snapshot()
    again.close()
    assert (memory.decisions, memory.baselines, memory.revisions) == ({"k": decision}, {}, {"website": "c0ffee"})
    assert (memory.deliveries["k"].status, memory.seen[UID].written_up_at) == ("planned", LATER)


def test_what_was_decided_before_came_from_nobody_knows_where(tmp_path: Path) -> None:
    file = older_version(tmp_path / "ledger.db", "0002")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            "INSERT INTO decisions (id, key, act, by, at, note) VALUES (1, 'k', 'hold', 'anna', '2026-03-01 09:00:00.000000', '')"
        )
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        assert [(one.key, one.by, one.via) for one in ledger.decided()] == [("k", "anna", "")]


def test_a_migrated_ledger_takes_readers(file: Path) -> None:
    token = Token(id="1a2b3c4d", feed="team", holder="Robin", digest="0" * 64, made_at=LATER)
    poll = Poll(day=LATER.date(), feed="all", family="Google", every=240, readers=3)
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        assert ledger.add_token(token)
        ledger.note_polls([poll])
        assert (ledger.tokens(), ledger.polls(LATER.date())) == ((token,), (poll,))


def test_a_migrated_ledger_takes_people(file: Path) -> None:
    robin = Member(address="robin@example.org", name="Robin", tags=("choir",))
    reader = Recipient(number=0, digest=digest_of("choir", robin.address), address=robin.address)
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        ledger.put_members("choir", [robin], LATER)
        assert ledger.enrol(SENT.key, [reader], LATER)
        assert ledger.claim(SENT.key, 1, claim="w1", at=LATER) == (
            replace(reader, status="claimed", attempts=1, claim="w1"),
        )
        assert (ledger.members("choir"), ledger.left("choir")) == ((robin,), {})


def test_a_migrated_ledger_takes_api_tokens(file: Path) -> None:
    anna = Person(name="Anna", role="admin", added_at=NOW)
    token = ApiToken(digest="0" * 64, name="deploy", role="sender", person="Anna", made_at=NOW, expires_at=LATER)
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        ledger.add_person(anna)
        assert ledger.add_api_token(token)
        assert ledger.api_token(token.digest) == (token, anna)


def test_a_migrated_ledger_takes_who_may_log_in_by_openid_connect(file: Path) -> None:
    way = SignOn(person="Anna", made_at=NOW, address="anna@example.org")
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        ledger.add_person(Person(name="Anna", role="admin", added_at=NOW))
        assert ledger.admit(way)
        assert ledger.sign_ons() == (way,)


def test_a_migrated_ledger_takes_accounts(file: Path) -> None:
    anna = Person(name="Anna", role="admin", added_at=LATER)
    link = OneTimeLink(digest="0" * 64, purpose="first-account", person=None, made_at=NOW, expires_at=LATER)
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        ledger.add_link(link)
        assert ledger.redeem(link.digest, "hash", NOW, newcomer=anna)
        assert ledger.account("anna") == (anna, "hash")


def test_the_first_plan_after_a_migration_notes_how_events_stand_in_calendars_and_revises_none(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE seen SET visible = ?", [visible_hash(EVENT)])  # as the last version wrote it
    with closing(open_ledger(f"sqlite:///{file}")) as ledger:
        memory = ledger.snapshot()
        assert memory.seen[UID].listed is None
        _, written = remember(Content(events=(EVENT,)), memory, LATER)
        ledger.record(Plan(at=LATER, window=Window(after=NOW, until=LATER), seen=tuple(written)))
        listed = Listed(facts=facts_of(public_view(EVENT)))
        assert ledger.snapshot().seen == {UID: replace(memory.seen[UID], listed=listed)}


def test_a_migration_that_finds_no_room_leaves_the_ledger_as_it_was(small_disk: Path) -> None:
    file = older_version(small_disk / "ledger.db")
    ballast = fill(small_disk)
    with pytest.raises(UserError, match="the disk that holds the ledger is full"):
        open_ledger(f"sqlite:///{file}")
    ballast.unlink()
    assert tables_of(file) == V1
    ledger = open_ledger(f"sqlite:///{file}")
    assert set(ledger.snapshot().deliveries) == {SENT.key, "k"}
    ledger.close()
