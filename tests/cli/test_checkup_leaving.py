"""What `doctor` says of audiences whose mails go to each person: who has left, where they do, and whether they are too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.app import App
from notifier.cli.checkup import _leaving
from notifier.core.recipient import digest_of
from notifier.core.rule import Audience
from notifier.ports import Finding
from notifier.tick import Ticker
from tests.faulty_provider import FaultyProvider
from tests.web.leaving import NOW, a_site


class Counting(FaultyProvider):
    """One that knows how many people an audience is."""

    def resolve(self, audience: Audience) -> int | None:
        return 12


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = a_site(tmp_path)
    wiring = app.ticker.wiring
    app.ticker = Ticker(replace(wiring, providers={**wiring.providers, "letters": Counting()}))
    yield app
    app.close()


def said(app: App, audience: str = "choir") -> list[Finding]:
    return [finding for finding in _leaving(app) if finding.subject == f"audiences.{audience}"]


def test_it_says_where_readers_leave_and_that_nobody_has(app: App) -> None:
    [found] = said(app)

    assert found.ok
    assert found.text.startswith("Nobody has left. ")
    assert "https://events.example.org/leave/…" in found.text


def test_who_left_under_another_name_counts(app: App) -> None:
    ledger = app.ticker.wiring.ledger
    ledger.leave("choir", digest_of("choir", "kim@example.com"), NOW, why="one-click")
    assert said(app)[0].text.startswith("One person has left. ")

    ledger.leave("singers", digest_of("singers", "lee@example.com"), NOW, why="one-click")
    assert said(app)[0].text.startswith("2 people have left. ")


def test_more_people_than_at_most_are_told_of(app: App) -> None:
    rules = app.settings.rules
    audiences = {**rules.audiences, "choir": replace(rules.audiences["choir"], at_most=11)}
    app.settings = replace(app.settings, rules=replace(rules, audiences=audiences))

    found = said(app)[0]
    assert not found.ok
    assert found.text == "It has 12 members, and at_most is 11, so its mails are held."


def test_of_other_audiences_nothing_is_said(app: App) -> None:
    assert said(app, "moved") == []
