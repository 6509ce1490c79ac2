"""A small site is edited, renamed, moved, removed and restored by chance: what is the same by construction keeps its uid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from notifier.core.delivery import Memory
from notifier.core.event import Content, Event, Timed
from notifier.core.identity import Settling, guard_against_shrinking, settle
from notifier.core.likeness import slug_of
from notifier.core.revision import remember
from notifier.core.rule import Rules
from tests.builders import an_event, at, some_rules

START = at("2026-10-20 09:00")
RULES: Rules = some_rules(shrink_at_least=10_000)
SYLLABLES = ("ka", "lo", "mi", "nu", "pe", "ra", "so", "ti", "vu", "za")

numbers = st.integers(0, 10_000)


def _words(seed: object, count: int) -> str:
    chance = Random(str(seed))  # noqa: S311 - chance that can be repeated
    return " ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(count))


@dataclass(slots=True)
class Told:
    """One event as its author means it, wherever it is written. `uid` is the one it was first given."""

    name: str
    title: str
    starts_at: datetime
    body: str
    path: str
    place: str = "Hall"
    is_there: bool = True
    uid: str | None = None

    def read(self) -> Event:
        return an_event(
            uid="", path=self.path, title=self.title, when=Timed(starts_at=self.starts_at), body=self.body,
            location=self.place, join_url=f"https://example.org/{self.name}",
        )  # fmt: skip


class Site(RuleBasedStateMachine):
    """Between two recorded looks each event is changed in one way, as in one commit."""

    def __init__(self) -> None:
        super().__init__()
        self.has_repository = False
        self.events: list[Told] = []
        self.renamed: dict[str, str] = {}
        self.touched: set[str] = set()
        self.memory = Memory()
        self.now = START
        self.kept = Settling()

    @initialize(has_repository=st.booleans(), count=st.integers(1, 6))
    def begin(self, has_repository: bool, count: int) -> None:
        self.has_repository = has_repository
        for number in range(count):
            self.create(number)
        self.record()

    def pick(self, number: int, *, there: bool = True, whole: bool = False) -> Told | None:
        """One that was left alone since the last look; `whole`: with a file of its own, as all are that are renamed."""
        found = [one for one in self.events if one.is_there is there and one.name not in self.touched]
        found = [one for one in found if not (whole and "#" in one.path)]
        if not found:
            return None
        one = found[number % len(found)]
        self.touched.add(one.name)
        return one

    def move(self, one: Told, path: str) -> None:
        self.renamed[path.partition("#")[0]] = one.path.partition("#")[0]
        one.path = path

    @rule(number=numbers)
    def create(self, number: int) -> None:
        name = _words(("name", len(self.events), number), 1)
        starts_at = START + timedelta(days=60 + number % 300, hours=number % 7)
        path = f"_events/{starts_at:%Y-%m-%d}-{name}.md"
        if all(one.path != path and one.name != name for one in self.events):
            told = Told(name=name, title=_words(name, 3), starts_at=starts_at, body=_words((name, 1), 80), path=path)
            self.events.append(told)
            self.touched.add(name)

    @rule(number=numbers)
    def edit_the_words(self, number: int) -> None:
        if one := self.pick(number):
            one.body = f"{one.body} {_words(number, 5)}"

    @rule(number=numbers, fact=st.sampled_from(["title", "day", "hour", "place"]))
    def edit_a_fact(self, number: int, fact: str) -> None:
        if one := self.pick(number):
            if fact == "title":
                one.title = _words((one.name, number), 3)
            elif fact == "place":
                one.place = _words(number, 1)
            else:
                one.starts_at += timedelta(days=number % 5) if fact == "day" else timedelta(hours=number % 5)

    @rule(number=numbers)
    def rename(self, number: int) -> None:
        if one := self.pick(number, whole=True):
            self.move(one, f"_events/{_words((one.name, number), 1)}.md")

    @rule(number=numbers)
    def rename_and_give_another_date(self, number: int) -> None:
        if one := self.pick(number, whole=True):
            one.starts_at += timedelta(days=7)
            self.move(one, f"_events/{one.starts_at:%Y-%m-%d}-{one.name}{number}x.md" if self.has_repository else
                      f"moved/{one.starts_at:%Y-%m-%d}-{one.path.rpartition('/')[2].lstrip('0123456789-')}")  # fmt: skip

    @rule(number=numbers)
    def rename_and_retitle(self, number: int) -> None:
        if one := self.pick(number, whole=True):
            one.title = _words((one.name, number, "title"), 3)
            self.move(one, f"retitled/{_words((one.name, number), 1)}.md")

    @rule(number=numbers)
    def swap_two_names(self, number: int) -> None:
        if (one := self.pick(number)) and (other := self.pick(number)):
            one.path, other.path = other.path, one.path

    @rule(number=numbers)
    def shift_two_names(self, number: int) -> None:
        """A chain: the first goes to where the second was, the second to a new name."""
        if (one := self.pick(number)) and (other := self.pick(number)):
            one.path, other.path = other.path, f"shifted/{_words((other.name, number), 1)}.md"

    @rule(number=numbers)
    def remove(self, number: int) -> None:
        if one := self.pick(number):
            one.is_there = False

    @rule(number=numbers, is_elsewhere=st.booleans())
    def bring_back(self, number: int, is_elsewhere: bool) -> None:
        if one := self.pick(number, there=False):
            one.is_there = True
            taken = {other.path for other in self.events if other.is_there and other is not one}
            if is_elsewhere or one.path in taken:
                one.path = f"again/{_words((one.name, number), 1)}.md"

    @rule(number=numbers)
    def take_a_path_that_is_free(self, number: int) -> None:
        free = [one.path for one in self.events if not one.is_there and one.name not in self.touched]
        free = [path for path in free if all(one.path != path for one in self.events if one.is_there)]
        name = _words(("taker", len(self.events), number), 1)
        if free and all(one.name != name for one in self.events):
            starts_at = START + timedelta(days=500 + len(self.events))
            told = Told(name=name, title=_words(name, 3), starts_at=starts_at, body=_words((name, 1), 80),
                        path=free[number % len(free)])  # fmt: skip
            self.events.append(told)
            self.touched.add(name)

    @rule(gives_dates=st.booleans(), number=numbers)
    def rename_all(self, gives_dates: bool, number: int) -> None:
        busy = {one.path.partition("#")[0] for one in self.events if one.name in self.touched}
        for one in self.events:
            if one.is_there and one.path.partition("#")[0] not in busy:
                self.touched.add(one.name)
                one.starts_at += timedelta(hours=1) * gives_dates
                file, sign, part = one.path.rpartition("/")[2].partition("#")
                self.move(one, f"all-{number}/{file}.erb{sign}{part}")

    @rule()
    def split_into_sessions(self) -> None:
        whole = [one for one in self.events if one.is_there and "#" not in one.path and one.name not in self.touched]
        name = _words(("second", len(self.events)), 1)
        if whole and all(one.name != name for one in self.events):
            first = whole[0]
            self.touched |= {first.name, name}
            later = replace(first, name=name, path=f"{first.path}#2", title=_words(name, 3), uid=None)
            later.body = _words((name, 1), 80)
            later.starts_at += timedelta(hours=30)
            first.path = f"{first.path}#1"
            self.events.append(later)

    def read(self) -> Content:
        found = sorted((one.read() for one in self.events if one.is_there), key=lambda event: event.path)
        return Content(events=tuple(found), renames={"website": self.renamed} if self.has_repository else {})

    @invariant()
    def what_is_the_same_is_known(self) -> None:
        read = self.read()
        content = settle(read, self.memory, RULES, self.now, self.kept)
        uids = {event.path: event.uid for event in content.events if event.uid not in content.vanished}
        for one in self.events:
            if one.is_there and one.uid is not None:
                assert uids[one.path] == one.uid, one
        assert len(uids.values()) == len(set(uids.values()))
        # Who took the path of one that is gone may be asked about when it is renamed.
        asked = [e for e in content.events if any(doubt.code == "maybe-moved" for doubt in e.doubts)]
        assert {slug_of(event.path) for event in asked} <= {slug_of(e.path) for e in self.events if not e.is_there}
        backwards = replace(read, events=read.events[::-1])
        assert settle(backwards, self.memory, RULES, self.now) == settle(read, self.memory, RULES, self.now) == content

    @rule()
    def record(self) -> None:
        content = settle(self.read(), self.memory, RULES, self.now, self.kept)
        guard_against_shrinking(content, self.memory, RULES, self.now, self.kept)
        uids = {event.path: event.uid for event in content.events if event.uid not in content.vanished}
        for one in self.events:
            if one.is_there:
                assert one.uid in (None, uids[one.path])
                one.uid = uids[one.path]
        assert len({one.uid for one in self.events if one.uid}) == sum(one.uid is not None for one in self.events)
        seen, _ = remember(content, self.memory, self.now)
        baselines = self.memory.baselines or {"site": START}
        self.memory = replace(self.memory, seen=seen, window_end=self.now, baselines=baselines)
        self.now += timedelta(minutes=30)
        self.touched, self.renamed = set(), {}


TestWhatIsTheSameByConstructionKeepsItsUid = Site.TestCase
TestWhatIsTheSameByConstructionKeepsItsUid.settings = settings(
    max_examples=50, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
