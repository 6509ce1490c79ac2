"""`init` makes the whole site or nothing, and touches nothing that is already there."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from notifier.cli.scaffold import scaffold
from notifier.errors import UserError
from tests.builders import at
from tests.cli.running import start_python
from tests.edges.conftest import Unprivileged, fill


def test_it_holds_nothing_secret_that_others_can_read(tmp_path: Path) -> None:
    scaffold(tmp_path / "site", at("2026-11-26 09:00"))

    key = tmp_path / "site" / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text().strip()) >= 32


def test_a_repository_made_of_it_takes_nothing_secret(tmp_path: Path) -> None:
    scaffold(tmp_path / "site", at("2026-11-26 09:00"))
    (tmp_path / "site" / "secret-feeds").mkdir()
    (tmp_path / "site" / "secret-feeds" / "team.ics").touch()

    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path / "site", check=True)
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    listed = subprocess.run(status, cwd=tmp_path / "site", capture_output=True, text=True, check=True).stdout

    taken = {line.removeprefix("?? ").partition("/")[0] for line in listed.splitlines()}
    assert taken == {".gitignore", "_events", "_projects", "config.yaml", "feeds"}


def test_two_sites_have_two_keys(tmp_path: Path) -> None:
    for name in ("one", "two"):
        scaffold(tmp_path / name, at("2026-11-26 09:00"))

    assert (tmp_path / "one" / "secret_key").read_text() != (tmp_path / "two" / "secret_key").read_text()


@pytest.mark.parametrize("there", ["config.yaml", ".hidden"])
def test_a_folder_with_anything_in_it_is_refused_and_left_alone(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")

    with pytest.raises(UserError) as refusal:
        scaffold(tmp_path, at("2026-11-26 09:00"))

    assert "is already there and not empty; nothing was changed. Choose a new folder." in str(refusal.value)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_in_the_place_of_the_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "site"
    place.write_text("mine")

    with pytest.raises(UserError):
        scaffold(place, at("2026-11-26 09:00"))

    assert place.read_text() == "mine"


@pytest.mark.parametrize("name", ["new", "a/b/new", "with space & ünï", "."])
def test_any_empty_or_new_folder_will_do(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    scaffold(Path(name), at("2026-11-26 09:00"))

    assert {"config.yaml", "notifier.db", "_events"} <= {path.name for path in (tmp_path / name).iterdir()}


def test_a_place_where_one_may_not_write_is_refused_and_stays_as_it_was(
    open_folder: Path, unprivileged: Unprivileged
) -> None:
    said = unprivileged(
        "scaffold(here / 'site', datetime(2026, 11, 26, 9, tzinfo=UTC))",
        imports="from datetime import UTC, datetime\nfrom notifier.cli.scaffold import scaffold",
    )

    assert said == f"{open_folder}/site can't be made (Permission denied). Choose a folder you may write to.\n"
    assert list(open_folder.iterdir()) == []


@pytest.mark.parametrize("room", [0, 8, 16, 24, 40, 64, 128])
@pytest.mark.parametrize("place", ["site", "a/b/site", "empty"])
def test_a_disk_that_fills_up_half_way_leaves_nothing_behind(small_disk: Path, room: int, place: str) -> None:
    (small_disk / "empty").mkdir()
    ballast = fill(small_disk)
    os.truncate(ballast, ballast.stat().st_size - room * 1024)

    with pytest.raises(UserError, match=r"No space left on device|the disk that holds the ledger is full"):
        scaffold(small_disk / place, at("2026-11-26 09:00"))

    assert sorted(path.name for path in small_disk.rglob("*")) == ["ballast", "empty"]


def test_an_interrupted_making_leaves_nothing_behind(tmp_path: Path) -> None:
    # The signal comes at the ledger's first write to the disk: files are there, the first look isn't.
    code = f"""
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from notifier.cli import main
sys.addaudithook(lambda event, _: os.kill(os.getpid(), signal.SIGINT) if event == "sqlite3.connect" else None)
main(["init", {str(tmp_path / "site")!r}])
"""
    ended = start_python(code)

    out, err = ended.communicate(timeout=60)
    assert (ended.returncode, out, err.strip()) == (130, "", "")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_making_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".being-made").mkdir()
    (tmp_path / ".being-made" / "config.yaml").write_text("half")

    scaffold(tmp_path, at("2026-11-26 09:00"))

    assert not (tmp_path / ".being-made").exists()
    assert (tmp_path / "config.yaml").read_text() != "half"
