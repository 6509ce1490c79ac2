"""`notifier feeds OUT`, killed at any step: the next run completes it, and nothing is left over."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from notifier.app import open_app
from notifier.core.manifest import EVENTS
from notifier.desk import static
from notifier.edges.clock import FixedClock
from notifier.edges.publisher import FolderPublisher
from notifier.ports import Publisher
from notifier.web.subscribing import subscribe_pages
from tests.builders import at
from tests.ticking import FIRST_LOOK, Site

#: A day on which what was taken back on the day of BEFORE is left out of calendars for good.
BEFORE, NOW = "2026-11-20 10:00", "2026-12-21 10:00"


class Killed(BaseException):
    """What no part of the program catches."""


@dataclass
class Mortal:
    """A folder that dies at the `last`th writing or removal: before it is done, or once it is."""

    folder: Publisher
    last: int | None = None
    once_done: bool = False
    steps: list[str] = field(default_factory=list)

    def publish(self, name: str, data: bytes) -> bool:
        self._step(name, done=False)
        changed = self.folder.publish(name, data)
        self._step(name, done=True)
        return changed

    def read(self, name: str) -> bytes | None:
        return self.folder.read(name)

    def withdraw(self, name: str) -> bool:
        self._step(name, done=False)
        went = self.folder.withdraw(name)
        self._step(name, done=True)
        return went

    def _step(self, name: str, *, done: bool) -> None:
        if not done:
            self.steps.append(name)
        if len(self.steps) == self.last and done is self.once_done:
            raise Killed


def write(site: Path, when: str, *, last: int | None = None, once_done: bool = False) -> list[str]:
    """What the command does, in a folder that dies; returns the names of its steps."""
    out = site / "out"
    folder = Mortal(static.Shelf(FolderPublisher(out), FolderPublisher(out / EVENTS)), last, once_done)
    app = open_app(site / "config.yaml", clock=FixedClock(at(when)))
    ticker, rules = app.ticker, app.settings.rules
    try:
        before = static.manifest_in(folder, ticker, "out")
        look = static.look_beyond(before, ticker, app.clock, "out", adopt=False, accept_shrink=False)
        static.write(
            look, ticker, folder, lambda look, archives: subscribe_pages(look, rules, archives),
            before=before, place="out", accept_shrink=False,
        )  # fmt: skip
    finally:
        app.close()
    return folder.steps


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose OUT is of BEFORE; since then a feed and an event went, an event came, and one changed."""
    folder = tmp_path_factory.mktemp("killed") / "site"
    folder.mkdir()
    with Site(folder) as site:
        site.write("harp")
        site.tick(FIRST_LOOK)
        site.write("harp", more="published: false")
        write(folder, BEFORE)
        site.write("choir", title="Choir in the garden", more="")
        site.path("choir").rename(site.path("choir").with_name("2026-12-29-choir.md"))
        moved = site.path("choir").with_name("2026-12-29-choir.md")
        moved.write_text(moved.read_text().replace("2026-12-09", "2026-12-29"))
        site.write("lute")
        config = folder / "config.yaml"
        config.write_text(config.read_text().replace("  music: {title: Music, only: {topic: [Music]}}\n", ""))
    return folder


def files(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in (site / "out").rglob("*") if path.is_file()
    }


def copied(site: Path, to: Path) -> Path:
    return shutil.copytree(site, to)


def test_a_run_that_is_not_killed_writes_and_removes_in_this_order(changed: Path, tmp_path: Path) -> None:
    site = copied(changed, tmp_path / "site")
    old = {name.removeprefix("out/") for name in files(site)}
    steps = write(site, NOW)
    assert (steps[0], steps[1], steps[-1]) == ("manifest.json", "all.ics", "manifest.json")
    assert {"music.ics", "subscribe-music.html"} <= old - {name.removeprefix("out/") for name in files(site)}
    assert len([name for name in old if name.startswith("events/")]) == 2


@pytest.mark.parametrize("once_done", [False, True], ids=["before", "after"])
def test_whatever_step_it_is_killed_at_the_next_run_completes_it(
    changed: Path, tmp_path: Path, once_done: bool
) -> None:
    whole = copied(changed, tmp_path / "whole")
    steps = write(whole, NOW)
    for last in range(1, len(steps) + 1):
        site = copied(changed, tmp_path / f"killed-{last}")
        with pytest.raises(Killed):
            write(site, NOW, last=last, once_done=once_done)
        write(site, NOW)
        assert files(site) == files(whole), f"killed at {steps[last - 1]}"


def test_what_a_killed_run_wrote_is_removed_even_if_nothing_asks_for_it_any_more(changed: Path, tmp_path: Path) -> None:
    site, whole = copied(changed, tmp_path / "site"), copied(changed, tmp_path / "whole")
    steps = write(whole, NOW)
    fresh = next(name for name in steps if name.startswith("events/") and b"lute" in files(whole)[f"out/{name}"])
    with pytest.raises(Killed):
        write(site, NOW, last=steps.index(fresh) + 1, once_done=True)
    assert b"lute" in files(site)[f"out/{fresh}"]
    next(site.rglob("*-lute.md")).unlink()
    config = site / "config.yaml"
    config.write_text(config.read_text().replace("folder: website", "folder: website\n    vanished: withdraw"))
    write(site, "2026-12-22 10:00")
    write(site, "2027-01-29 10:00")
    assert f"out/{fresh}" not in files(site)
