"""A tick that has nothing to do does nothing, and wakes for everything that could change that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from notifier.app import open_app
from notifier.edges.clock import FixedClock
from notifier.errors import ProviderError
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.ticking import DUE, FIRST_LOOK, Site


@pytest.fixture
def provider() -> FaultyProvider:
    return FaultyProvider()


@pytest.fixture
def site(tmp_path: Path, provider: FaultyProvider) -> Iterator[Site]:
    """A site that rests: its first look is over, its reminder has a row, and a tick has changed nothing."""
    with Site(tmp_path, provider) as made:
        for moment in (FIRST_LOOK, "2026-11-20 09:01", "2026-11-20 09:02"):
            made.tick(moment)
        yield made


def window_end(site: Site) -> datetime | None:
    return site.app.ticker.wiring.ledger.snapshot().window_end


def test_a_tick_with_nothing_to_do_writes_nothing_and_says_when_it_was(site: Site) -> None:
    before = window_end(site)
    report = site.tick("2026-11-20 09:10")
    assert (window_end(site), report.look.at, report.recorded) == (before, at("2026-11-20 09:10"), True)


def test_rest_ends_when_something_is_due(site: Site, provider: FaultyProvider) -> None:
    site.tick("2026-12-08 09:59")
    site.tick(DUE)
    assert [key for key, _ in provider.sent] == [site.row().key]


def test_rest_ends_when_a_file_changes(site: Site) -> None:
    site.write("choir", title="Another evening altogether")
    site.tick("2026-11-20 09:10")
    assert "Another evening altogether" in site.feed()


def test_rest_ends_when_a_file_comes(site: Site) -> None:
    site.write("garden")
    site.tick("2026-11-20 09:10")
    assert site.row("garden").status == "planned"


def test_rest_ends_when_another_program_records_a_window(site: Site, tmp_path: Path) -> None:
    other = open_app(tmp_path / "config.yaml", clock=FixedClock(at("2026-11-20 09:05")))
    other.tick()
    other.close()
    site.tick("2026-11-20 09:10")
    assert window_end(site) == at("2026-11-20 09:10")


def test_rest_ends_when_somebody_moves_a_row(site: Site) -> None:
    ledger = site.app.ticker.wiring.ledger
    ledger.move(site.row(), "held", at=at("2026-11-20 09:05"))
    site.tick("2026-11-20 09:10")
    assert site.row().status == "planned", "the plan has looked at it again"


def test_rest_ends_when_a_retry_is_due(site: Site, provider: FaultyProvider) -> None:
    provider.faults["draft"] = [ProviderError("The mail server sleeps.", permanent=False)]
    for moment in (DUE, "2026-12-08 10:00:20", "2026-12-08 10:00:40", "2026-12-08 10:01"):
        site.tick(moment)
    assert [key for key, _ in provider.sent] == [site.row().key]


def test_what_nobody_knows_is_asked_about_at_every_tick(site: Site, provider: FaultyProvider) -> None:
    provider.faults["send"] = [ProviderError("The line went dead.", permanent=False)]
    site.tick(DUE)
    for minute in range(1, 40):
        site.tick(f"2026-12-08 10:{minute:02d}")
    assert site.row().status == "unknown"
    provider.sent.append((site.row().key, next(iter(provider.drafts.values()))))
    site.tick("2026-12-08 10:45")
    assert site.row().status == "sent"


def test_a_clock_that_goes_back_is_no_rest(site: Site) -> None:
    site.tick("2026-11-20 08:00")
    assert window_end(site) == at("2026-11-20 08:00")
