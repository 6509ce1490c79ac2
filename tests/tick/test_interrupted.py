"""What comes in between a plan and the sending of it: a provider that is busy, a pause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.core.delivery import EVERYTHING, Decision
from tests.builders import at
from tests.faulty_provider import FaultyProvider, temporary
from tests.ticking import FIRST_LOOK, Site


@pytest.fixture
def provider() -> FaultyProvider:
    return FaultyProvider(certain=True)


@pytest.fixture
def site(tmp_path: Path, provider: FaultyProvider) -> Iterator[Site]:
    """Two events of one day, one mail a day."""
    with Site(tmp_path, provider) as made:
        config = tmp_path / "config.yaml"
        config.write_text(config.read_text(encoding="utf-8").replace("per_day: 9", "per_day: 1"), encoding="utf-8")
        made.app.close()
        made.open()
        made.write("drama")
        made.tick(FIRST_LOOK)
        yield made


def test_what_was_moved_to_another_day_is_tried_again_when_its_provider_was_busy(
    site: Site, provider: FaultyProvider
) -> None:
    site.tick()
    for faults in ("draft", "send"):
        provider.faults[faults] = [temporary()]
    for time in ("08:30", "08:32", "08:34", "08:40", "09:00"):
        site.tick(f"2026-12-09 {time}")
    assert [row.status for row in site.rows()] == ["sent", "sent"]


def test_what_certainly_was_not_taken_is_not_tried_again_while_everything_is_paused(
    site: Site, provider: FaultyProvider
) -> None:
    provider.faults["send"] = [temporary("No answer came.")]
    site.tick()
    assert sorted(row.status for row in site.rows()) == ["planned", "sending"]
    pause = Decision(key=EVERYTHING, act="pause", by="Robin", at=at("2026-12-08 10:01"))
    site.app.ticker.wiring.ledger.decide(pause)
    site.tick("2026-12-08 10:05")
    assert (provider.sent, {row.status for row in site.rows()}) == ([], {"planned"})
