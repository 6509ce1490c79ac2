"""What an error may say about a message that was already handed over, and what becomes of a provider that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.core.delivery import Outcome
from notifier.tick import Ticker
from tests.faulty_provider import FaultyProvider, permanent, temporary
from tests.ticking import FIRST_LOOK, Site


@pytest.fixture
def provider() -> FaultyProvider:
    return FaultyProvider()


@pytest.fixture
def site(tmp_path: Path, provider: FaultyProvider) -> Iterator[Site]:
    with Site(tmp_path, provider) as made:
        made.tick(FIRST_LOOK)
        yield made


def take_the_provider_away(site: Site) -> None:
    wiring = site.app.ticker.wiring
    site.app.ticker = Ticker(replace(wiring, providers={n: p for n, p in wiring.providers.items() if n != "letters"}))


def lose_the_answer(site: Site, provider: FaultyProvider) -> None:
    """The provider takes the message, and its answer is lost."""
    provider.takes, provider.faults["send"] = True, [temporary("No answer came.")]
    site.tick()
    assert (site.row().status, len(provider.sent)) == ("sending", 1)


def test_a_message_handed_over_has_not_failed_because_the_provider_cannot_be_asked(
    site: Site, provider: FaultyProvider
) -> None:
    lose_the_answer(site, provider)
    provider.faults["find"] = [permanent("The key was revoked.")]
    site.tick("2026-12-08 10:05")
    assert site.row().status == "unknown"
    assert "The key was revoked." in site.row().reasons[0].text

    site.tick("2026-12-08 10:30")
    assert (site.row().status, len(provider.sent)) == ("sent", 1)


def test_nobody_knows_is_not_answered_by_an_error(site: Site, provider: FaultyProvider) -> None:
    provider.faults["send"] = [Outcome(result="ambiguous", detail="No answer came.")]
    site.tick()
    provider.faults["find"] = [permanent("The key was revoked.")]
    site.tick("2026-12-08 10:05")
    assert site.row().status == "unknown"


def test_a_message_handed_over_through_a_provider_that_is_gone_is_unknown(site: Site, provider: FaultyProvider) -> None:
    lose_the_answer(site, provider)
    take_the_provider_away(site)
    site.tick("2026-12-08 10:05")
    assert (site.row().status, site.row().reasons[0].code) == ("unknown", "provider-gone")


def test_a_draft_at_a_provider_that_is_gone_is_planned_again(site: Site, provider: FaultyProvider) -> None:
    [row] = site.rows()
    drafted = site.app.ticker.wiring.ledger.move(row, "drafted", at=row.due_at, draft_id="one")
    assert drafted is not None
    ticker = site.app.ticker
    take_the_provider_away(site)
    site.tick()
    assert (site.row().status, site.row().reasons[0].code) == ("withdrawn", "provider-gone")

    site.app.ticker = ticker
    site.tick("2026-12-08 10:01")
    assert (site.row().status, len(provider.sent)) == ("sent", 1)
