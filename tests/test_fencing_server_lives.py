"""Whatever becomes of databases and their copies, no mail goes out twice, and instances on one database are never strangers."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from notifier.desk import ledgers
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.postgres import shared
from tests.postgres_copies import dumped, put_back
from tests.soak import SOAK
from tests.ticking import CONFIG, FIRST_LOOK, Site

#: Reminders are due on the day before each, at 10:00.
DAYS = ("2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30")
WHICH = st.integers(0, 9)


@dataclass
class World:
    """A database with the instances on it, which have one outbox. `is_plain`: nobody has copied it, or put it back."""

    url: str
    folder: Path
    sites: list[Site] = field(default_factory=list)
    is_plain: bool = True
    is_clone: bool = False

    def add(self) -> Site:
        site = Site.__new__(Site)
        site.folder, site._provider = self.folder / str(len(self.sites)), None
        for source in ("website", "archive"):
            (site.folder / source / "_events").mkdir(parents=True)
        site.write("choir")
        text = site.path("choir").read_text()
        for day in DAYS:
            (site.folder / "website" / "_events" / f"{day}-more.md").write_text(text.replace("2026-12-09", day))
        config = CONFIG.replace('"sqlite:///notifier.db"', f'"{self.url}"')
        (site.folder / "config.yaml").write_text(config.replace("folder: outbox", f"folder: {self.folder / 'outbox'}"))
        site.open()
        self.sites.append(site)
        return site

    def close(self) -> None:
        for site in self.sites:
            site.app.close()

    def open(self) -> None:
        for site in self.sites:
            site.open()


class Lives(RuleBasedStateMachine):
    """A person who takes one over leaves all others be: they share no provider."""

    def __init__(self) -> None:
        super().__init__()
        self.room = tempfile.TemporaryDirectory()
        self.worlds: list[World] = []
        self.retired: list[World] = []
        self.kept: list[tuple[World, Path]] = []
        self.now: datetime = at(FIRST_LOOK)

    @initialize()
    def begin(self) -> None:
        world = self._world(shared().database(empty=True))
        self._tick(world, world.add())
        self._tick(world, world.add())

    @rule(which=WHICH, instance=WHICH, hours=st.sampled_from([1, 6, 12, 24]))
    def ticks(self, which: int, instance: int, hours: int) -> None:
        self.now += timedelta(hours=hours)
        world = self._one(which)
        self._tick(world, world.sites[instance % len(world.sites)])

    @rule()
    def all_tick(self) -> None:
        for world in self.worlds:
            for site in world.sites:
                self._tick(world, site)

    @rule(which=WHICH)
    def another_instance_comes(self, which: int) -> None:
        world = self._one(which)
        if len(world.sites) < 3:
            self._tick(world, world.add())

    @rule(which=WHICH, instance=WHICH)
    def an_instance_ends_and_comes_back(self, which: int, instance: int) -> None:
        world = self._one(which)
        site = world.sites[instance % len(world.sites)]
        site.app.ticker.fence.end(self.now)
        site.app.close()
        site.open()

    @rule(which=WHICH)
    def is_cloned(self, which: int) -> None:
        """The clone has an outbox of its own, as on another machine."""
        if len(self.worlds) >= 3:
            return
        origin = self._one(which)
        origin.close()
        clone = self._world(shared().copy(origin.url))
        origin.open()
        clone.is_plain, clone.is_clone = False, True
        clone.add()

    @rule(which=WHICH)
    def is_dumped(self, which: int) -> None:
        world = self._one(which)
        self.kept.append((world, dumped(world.url, Path(self.room.name) / f"dump-{len(self.kept)}")))

    @rule(which=WHICH)
    def is_put_back(self, which: int) -> None:
        if not self.kept:
            return
        world, dump = self.kept[which % len(self.kept)]
        world.close()
        put_back(dump, world.url)
        world.open()
        world.is_plain, world.is_clone = False, True

    @rule(which=WHICH, only_here=st.booleans())
    def is_taken_over(self, which: int, only_here: bool) -> None:
        world = self._one(which)
        if world in self.retired:
            return
        site = world.sites[0]
        site.app.clock = FixedClock(self.now)
        ledgers.take_over(site.app, by="Anna", accept_shrink=True, only_here=only_here)
        world.is_clone = False
        self.retired = [one for one in self.worlds if one is not world]

    @invariant()
    def no_key_twice(self) -> None:
        records = [json.loads(path.read_text()) for path in Path(self.room.name).glob("*/outbox/[!.]*/delivery.json")]
        assert [key for key, times in Counter(record["key"] for record in records).items() if times > 1] == []

    def teardown(self) -> None:
        for world in self.worlds:
            world.close()
            shared().drop(world.url)
        self.room.cleanup()

    def _world(self, url: str) -> World:
        world = World(url=url, folder=Path(self.room.name) / str(len(self.worlds)))
        (world.folder / "outbox").mkdir(parents=True)
        self.worlds.append(world)
        return world

    def _one(self, which: int) -> World:
        return self.worlds[which % len(self.worlds)]

    def _tick(self, world: World, site: Site) -> None:
        if world in self.retired:
            return
        # Every tick has its own moment, so that a mail is known by when it went out.
        self.now += timedelta(seconds=1)
        site.app.clock = FixedClock(self.now)
        report = site.app.tick(accept_shrink=True)
        assert report.recorded or report.stopped
        if world.is_plain:
            assert report.stopped == ""
        if world.is_clone:
            assert report.stopped


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=60 if SOAK else 5, stateful_step_count=14, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
