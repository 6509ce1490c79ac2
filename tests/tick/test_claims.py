"""A tick acts on a delivery only while no other instance does, and only while that is sure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from notifier.core.delivery import Observation
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.errors import Problem
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.postgres import shared
from tests.ticking import DUE, FIRST_LOOK, Site


def nothing(_key: str) -> None:
    """What mostly happens meanwhile."""


@dataclass(slots=True)
class Interrupted(FaultyProvider):
    """One during whose answers something else happens."""

    at_find: Callable[[str], None] = nothing
    at_check: Callable[[str], None] = nothing
    found: list[str] = field(default_factory=list)

    def find(self, key: str) -> Observation:
        self.found.append(key)
        self.at_find(key)
        return FaultyProvider.find(self, key)

    def check(self, draft_id: str) -> Sequence[Problem]:
        self.at_check(draft_id)
        return FaultyProvider.check(self, draft_id)


class AtServer(Site):
    """The site with its ledger at a server."""

    url: str

    def open(self) -> None:
        config = self.folder / "config.yaml"
        text = config.read_text(encoding="utf-8")
        if "sqlite" in text:
            self.url = shared().database()
            config.write_text(text.replace("sqlite:///notifier.db", self.url), encoding="utf-8")
        super().open()

    @property
    def ledger(self) -> SqlLedger:
        ledger: Any = self.app.ticker.wiring.ledger
        return ledger  # type: ignore[no-any-return]  # that of a server

    def lose_its_claims(self, _what: str) -> None:
        """As when this program had stood still: the server ends the session that holds them, and no other."""
        session = self.ledger._database.claims._session  # type: ignore[attr-defined]  # that of a server
        shared().say("SELECT pg_terminate_backend(%s::int)", str(session.info.backend_pid))


@pytest.fixture
def provider() -> Interrupted:
    return Interrupted()


@pytest.fixture
def site(tmp_path: Path, provider: Interrupted) -> Iterator[AtServer]:
    """Two events whose reminders are about to fall due."""
    with AtServer(tmp_path, provider) as made:
        made.write("garden")
        made.tick(FIRST_LOOK)
        yield made
    shared().drop(made.url)


@pytest.fixture
def other(site: AtServer) -> Iterator[SqlLedger]:
    """Another instance."""
    with closing(open_ledger(site.url)) as ledger:
        yield ledger


def test_what_another_instance_is_at_is_left_alone_and_not_even_asked_about(
    site: AtServer, other: SqlLedger, provider: Interrupted
) -> None:
    with other.claimed(site.row("choir").key):
        site.tick(DUE)
    assert [key for key, _ in provider.sent] == [site.row("garden").key]
    assert set(provider.found) == {site.row("garden").key}
    assert site.row("choir").status == "planned"

    site.tick("2026-12-08 10:01")
    assert sorted(key for key, _ in provider.sent) == sorted(row.key for row in site.rows())


def test_what_was_moved_before_it_was_claimed_is_left_to_the_next_tick(
    site: AtServer, other: SqlLedger, provider: Interrupted
) -> None:
    first, second = sorted(site.rows(), key=lambda row: (row.due_at, row.key))

    def move_the_other(key: str) -> None:
        if key == first.key and (row := {one.key: one for one in other.rows("planned")}.get(second.key)):
            other.move(row, "held", at=at(DUE))

    provider.at_find = move_the_other
    site.tick(DUE)
    assert second.key not in provider.found
    assert [key for key, _ in provider.sent] == [first.key]


def test_who_has_lost_its_claim_right_before_it_sends_does_not_send(site: AtServer, provider: Interrupted) -> None:
    provider.at_check = site.lose_its_claims
    site.tick(DUE)
    assert provider.sent == []
    row = site.row("choir")
    assert (row.status, [one.code for one in row.reasons]) == ("planned", ["let-go"])
    assert row.reasons[0].text.startswith("It was let go right before it was handed over")

    provider.at_check = nothing
    site.tick("2026-12-08 10:01")
    assert sorted(key for key, _ in provider.sent) == sorted(row.key for row in site.rows())


def test_who_has_lost_its_claim_before_it_drafts_leaves_nothing_at_the_provider(
    site: AtServer, provider: Interrupted
) -> None:
    provider.at_find = site.lose_its_claims
    site.tick(DUE)
    assert provider.drafts == {}
    assert {row.status for row in site.rows()} == {"planned"}

    provider.at_find = nothing
    site.tick("2026-12-08 10:01")
    assert len(provider.sent) == 2
