"""Whatever becomes of a ledger and its copies, no mail goes out twice: real sites, each with an outbox of its own."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from notifier.desk import ledgers
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.ticking import FIRST_LOOK, Site

#: Reminders are due on the day before each, at 10:00.
DAYS = ("2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30")
WHICH = st.integers(0, 9)


class Lives(RuleBasedStateMachine):
    """Sites are copied with all they have, started again, moved on; a person who takes one over leaves the others be."""

    def __init__(self) -> None:
        super().__init__()
        self.room = tempfile.TemporaryDirectory()
        self.sites: list[Site] = []
        self.now: datetime = at(FIRST_LOOK)
        self.kept: list[tuple[int, bytes]] = []
        self.retired: set[int] = set()

    @initialize()
    def begin(self) -> None:
        site = Site(Path(self.room.name) / "0")
        text = site.path("choir").read_text()
        for day in DAYS:
            (site.folder / "website" / "_events" / f"{day}-more.md").write_text(text.replace("2026-12-09", day))
        self.sites.append(site)
        site.tick(FIRST_LOOK)

    @rule(which=WHICH, hours=st.sampled_from([1, 6, 12, 24]))
    def ticks(self, which: int, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._tick(which % len(self.sites))

    @rule()
    def all_tick(self) -> None:
        for number in range(len(self.sites)):
            self._tick(number)

    @rule(which=WHICH)
    def is_copied(self, which: int) -> None:
        if len(self.sites) >= 4:
            return
        origin, copy = self.sites[which % len(self.sites)], Site.__new__(Site)
        copy.folder, copy._provider = Path(self.room.name) / str(len(self.sites)), None
        shutil.copytree(origin.folder, copy.folder)
        copy.open()
        self.sites.append(copy)

    @rule(which=WHICH)
    def starts_again(self, which: int) -> None:
        site = self.sites[which % len(self.sites)]
        site.app.close()
        site.open()

    @rule(which=WHICH)
    def is_kept(self, which: int) -> None:
        """Somebody copies the file as it is, by their own means."""
        number = which % len(self.sites)
        site = self.sites[number]
        site.app.close()
        self.kept.append((number, (site.folder / "notifier.db").read_bytes()))
        site.open()

    @rule(which=WHICH)
    def is_put_back(self, which: int) -> None:
        """Somebody puts it back by their own means."""
        if not self.kept:
            return
        number, content = self.kept[which % len(self.kept)]
        site = self.sites[number]
        site.app.close()
        for path in site.folder.glob("notifier.db*"):
            path.unlink()
        (site.folder / "notifier.db").write_bytes(content)
        site.open()

    @rule(which=WHICH)
    def is_taken_over(self, which: int) -> None:
        number = which % len(self.sites)
        if number in self.retired:
            return
        site = self.sites[number]
        site.app.clock = FixedClock(self.now)
        before = ledgers.standing(site.app)
        ledgers.take_over(site.app, by="Anna", accept_shrink=True)
        assert before.lease.fence < ledgers.standing(site.app).lease.fence
        # They share no provider, so that the person sees to it.
        self.retired |= set(range(len(self.sites))) - {number}

    @rule(which=WHICH)
    def is_let_go(self, which: int) -> None:
        ledgers.release(self.sites[which % len(self.sites)].app)

    @invariant()
    def no_key_twice(self) -> None:
        records = list(Path(self.room.name).glob("*/outbox/[!.]*/delivery.json"))
        # What was copied with its outbox was sent once; its folder has the same name and the same bytes.
        sent = {(record["key"], record["sent_at"]) for record in map(_read, records)}
        doubled = [key for key, times in Counter(key for key, _ in sent).items() if times > 1]
        assert doubled == []

    def teardown(self) -> None:
        for site in self.sites:
            site.app.close()
        self.room.cleanup()

    def _tick(self, number: int) -> None:
        if number in self.retired:
            return
        # Every tick has its own moment, so that a mail is known by when it went out.
        self.now += timedelta(seconds=1)
        site = self.sites[number]
        site.app.clock = FixedClock(self.now)
        report = site.app.tick(accept_shrink=True)
        assert report.recorded or report.stopped


def _read(path: Path) -> dict[str, str]:
    record: dict[str, str] = json.loads(path.read_text())
    return record


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=12, stateful_step_count=16, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
