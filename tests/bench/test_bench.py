"""Measurements, as ratios side by side in one run: machines are shared and noisy, only ratios travel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.measures import command, seconds, tell
from tests.bench.sites import make_site

pytestmark = pytest.mark.bench


def test_starting() -> None:
    click = seconds(command("-c", "import click"), rounds=9)
    tell(
        "notifier --help / python -c 'import click'",
        seconds(command("-m", "notifier", "--help"), rounds=9),
        click,
        "<= 1.5 x",
    )


def test_plan_of_200_events(tmp_path: Path) -> None:
    config = make_site(tmp_path / "site", 200)
    ours = seconds(command("-m", "notifier", "plan", "--config", str(config), "--at", "2026-11-26T09:00:00Z"), rounds=3)
    tell("notifier plan, 200 events, cold / one second", ours, 1.0, "<= 1 x")
