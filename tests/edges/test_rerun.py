"""A replay in a process of its own: it tells how far it is, can be ended, and whatever goes wrong is a sentence."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from notifier.edges.rerun import Rerun, Rerunning
from tests.cli.replays import AT, a_site_with_history

PATIENCE = 1200


def ended(rerun: Rerunning) -> Rerun:
    """What it told, at last."""
    for _ in range(PATIENCE):
        if (found := rerun.result()) is not None:
            return found
        threading.Event().wait(0.05)
    raise AssertionError("It did not end.")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    a_site_with_history(tmp_path)
    return tmp_path / "config.yaml"


def test_it_tells_what_the_command_tells_and_leaves_nothing_behind(config: Path) -> None:
    before = sorted(config.parent.rglob("*"))
    rerun = Rerunning(config, ["--at", AT])
    folder = Path(rerun._folder.name)
    found = ended(rerun)
    assert (found.trouble, [row["rule"] for row in found.record["deliveries"]]) == ("", ["announce", "week", "day"])
    assert b"Choir evening" in found.page
    assert rerun.progress == (2, 2)
    assert (folder.exists(), sorted(config.parent.rglob("*")) == before) == (False, True)


def test_it_gives_way_to_everything_else(config: Path) -> None:
    rerun = Rerunning(config, ["--at", AT])
    assert os.getpriority(os.PRIO_PROCESS, rerun._process.pid) == 10
    rerun.stop()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--at", AT, "--from", "2030-01-01"], "There is no time between"), (["--nonsense"], "No such option")],
)
def test_what_the_command_complains_of_is_told(config: Path, arguments: list[str], said: str) -> None:
    found = ended(Rerunning(config, arguments))
    assert (said in found.trouble, found.page, found.record) == (True, b"", {})


def test_it_is_stopped_at_once_and_once(config: Path) -> None:
    rerun = Rerunning(config, ["--at", AT])
    rerun.stop()
    rerun.stop()
    assert ended(rerun).trouble == "It was stopped. Choose a shorter stretch."
    assert rerun._process.poll() is not None
    assert not Path(rerun._folder.name).exists()


def test_one_that_takes_too_long_is_ended(config: Path) -> None:
    found = ended(Rerunning(config, ["--at", AT], longest=0.05))
    assert found.trouble.startswith("It took longer than 0 minutes, and was ended.")
