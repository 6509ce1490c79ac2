"""Reading a whole site, and reading it again: beside the bytes alone, the front matter alone, Hugo, and the file system."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import frontmatter
import pytest

from notifier.app import App, open_app
from notifier.core.reading import read_document
from notifier.edges.clock import FixedClock
from notifier.tick.reader import Reader
from tests.bench import hugo
from tests.bench.measures import FULL, SIZES, Ran, processor_seconds, python, ran, say, seconds, tell, tell_memory
from tests.bench.profile import documents_of, group_of
from tests.bench.scan import NOW
from tests.bench.sites import event_text, make_coming
from tests.builders import at

pytestmark = pytest.mark.bench

#: By size: what the cold scan took, for the line about growth.
_cold: dict[int, Ran] = {}


@pytest.fixture(scope="module", params=SIZES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    folder = tmp_path_factory.mktemp(f"site-{request.param}")
    make_coming(folder, request.param)
    return request.param, folder


def test_cold_scan(site: tuple[int, Path], tmp_path: Path) -> None:
    size, folder = site
    ran(python("-c", "import tests.bench.scan"))
    ours = ran(python("-m", "tests.bench.scan", str(folder / "config.yaml")))
    _cold[size] = ours
    say(f"\n{size} files: a cold scan gives a feed of {int(ours.output.split()[-1])} entries")
    paths = sorted((folder / "_events").iterdir())
    tell(f"cold scan of {size} files / reading their bytes", ours.seconds, seconds(lambda: _bytes(folder)), "none")
    alone = seconds(lambda: [frontmatter.loads(path.read_text(encoding="utf-8")) for path in paths], rounds=1)
    tell(f"cold scan of {size} files / python-frontmatter alone, its own reader", ours.seconds, alone, "none")
    if hugo.PROGRAM is None:
        say(hugo.ABSENT)
        return
    anchor, entries = hugo.calendar(folder, tmp_path / "hugo")
    say(f"Hugo's calendar of {size} files has {entries} entries")
    tell(f"cold scan of {size} files / Hugo making one calendar", ours.seconds, anchor.seconds, "<= 0.5 x")
    tell(f"processor time of it, {size} files / Hugo", ours.processor_seconds, anchor.processor_seconds, "none")
    tell_memory(
        f"memory of its largest process, {size} files / Hugo", ours.memory, anchor.memory, "<= 0.25 x at 20,000"
    )


def _bytes(folder: Path) -> int:
    """What any reader has to do: list, open, read."""
    total = 0
    with os.scandir(folder / "_events") as entries:
        for entry in entries:
            with open(entry.path, "rb") as file:  # noqa: PTH123 - the shortest way there is
                total += len(file.read())
    return total


def test_understanding(site: tuple[int, Path]) -> None:
    size, folder = site
    if size > 2_000:
        return
    documents, group = documents_of(folder), group_of(folder / "config.yaml")
    texts = [document.data.decode() for document in documents]
    ours = processor_seconds(lambda: [read_document(document, group.shape) for document in documents]) / size
    alone = processor_seconds(lambda: [frontmatter.loads(text) for text in texts]) / size
    tell(f"understanding one of {size} files / python-frontmatter alone, in memory", ours, alone, "none")


def test_growth() -> None:
    for small, large in ((200, 2_000), (2_000, 20_000)):
        if {small, large} <= _cold.keys():
            what = f"cold scan of {large} files / of {small}"
            tell(
                what,
                _cold[large].seconds,
                _cold[small].seconds,
                "<= 11 x" if large == 20_000 else "none (10 x the files)",
            )
    if not FULL:
        say("20,000 files take minutes: NOTIFIER_BENCH=full make bench")


@pytest.fixture
def running(site: tuple[int, Path]) -> Iterator[tuple[int, Path, App]]:
    size, folder = site
    app = open_app(folder / "config.yaml", clock=FixedClock(NOW))
    app.tick()
    time.sleep(2.1)  # noqa: TID251 - files younger than this are read again
    app.tick()
    yield size, folder, app
    app.close()
    (folder / "notifier.db").unlink(missing_ok=True)


def test_rescans(running: tuple[int, Path, App]) -> None:
    size, folder, app = running
    look = seconds(lambda: _stats(folder))
    tell(f"idle tick over {size} files / scandir and stat", seconds(app.tick), look, "<= 2 x")
    edits = _edits(folder, size)
    next(edits)
    # The first compiles the patterns of reading: a site read as a whole was read by other processes.
    tell(
        f"the first tick after a change since the start, {size} files / scandir and stat",
        seconds(app.tick, rounds=1),
        look,
        "none",
    )
    tick, look = _side_by_side(app.tick, folder, edits)
    tell(f"tick after one change in {size} files / scandir and stat", tick, look, "<= 3 x at 20,000")
    reader = Reader(app.ticker.wiring.sources, languages=("en",))
    reader.read(NOW)
    alone, look = _side_by_side(lambda: reader.read(NOW), folder, edits)
    tell(f"reading alone after one change in {size} files / scandir and stat", alone, look, "none")
    seen = app.ticker.look(NOW)
    feeds = seconds(lambda: [*app.ticker.calendars.of(seen)], rounds=3)
    tell(f"all feeds again, of {size} files / scandir and stat", feeds, look, "none")


def _stats(folder: Path) -> list[os.stat_result]:
    with os.scandir(folder / "_events") as entries:
        return [entry.stat() for entry in entries]


def _edits(folder: Path, size: int) -> Iterator[Path]:
    """Edit one file after the other, each to a title of its own."""
    for number, path in enumerate(sorted((folder / "_events").iterdir())):
        path.write_text(event_text(size + number, at(path.name[:10]).date()), encoding="utf-8")
        yield path


def _side_by_side(
    act: Callable[[], object], folder: Path, edits: Iterator[Path], rounds: int = 9
) -> tuple[float, float]:
    """The median times of an act after an edit, and of looking at all files, taken in turn."""
    acts, looks = [], []
    for _ in range(rounds):
        next(edits)
        looks.append(seconds(lambda: _stats(folder), rounds=1))
        acts.append(seconds(act, rounds=1))
    return median(acts), median(looks)
