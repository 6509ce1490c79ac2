"""Whatever happens to the files, the clock, the process and the ledger: nothing twice, nothing lost, all explained."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notifier.desk.acts import approve, hold, release, skip
from tests.builders import at
from tests.years import Years, settings_in, soon

NAMES = st.sampled_from(["choir", "drama", "garden"])


@dataclass(frozen=True, slots=True)
class Text:
    """What a document says."""

    title: str
    starts: datetime
    status: str = ""
    words: str = "An evening for everybody."
    draft: bool = False
    dated: bool = True
    uid: str = ""
    more: str = ""

    def __str__(self) -> str:
        when = f"date: {self.starts:%Y-%m-%d}\nstart: '{self.starts:%H:%M}'\n"
        status = f"status: {self.status}\n" if self.status else ""
        return (
            f"---\ntitle: {self.title}\n{when if self.dated else ''}category: organising\n"
            f"access: open\nregister: https://tickets.example.com/{self.title.split()[0]}\n{status}"
            f"{f'uid: {self.uid}' if self.uid else ''}\n{self.more}\n"
            f"{'published: false' if self.draft else 'published: true'}\n---\n{self.words}\n"
        )


class TheYears(RuleBasedStateMachine):
    """A small site and all that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.texts: dict[str, Text] = {}
        self.bin: dict[str, Text] = {}
        self.ticked = False

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(start=st.sampled_from(["2026-03-23 07:00", "2026-10-19 07:00", "2026-07-06 12:00"]))
    def begin(self, start: str) -> None:
        """Shortly before the clocks change, or not."""
        self.years = Years(settings=settings_in(Path(self.folder.name)), now=at(start))
        self.years.tick()
        self.years.now += timedelta(minutes=1)

    def put(self, path: str, text: Text) -> None:
        self.texts[path] = text
        self.years.files.texts[path] = str(text)
        self.ticked = False

    def drop(self, path: str) -> Text:
        del self.years.files.texts[path]
        self.ticked = False
        return self.texts.pop(path)

    def some(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.texts)))

    @rule(name=NAMES, days=st.integers(0, 12), hour=st.integers(7, 21))
    def create(self, name: str, days: int, hour: int) -> None:
        starts = soon(self.years.now, days, hour)
        # A name without a date doesn't contradict another date.
        path = f"_events/{starts:%Y-%m-%d}-{name}.md" if hour % 3 == 0 else f"_events/{name}.md"
        if path not in self.texts and len(self.texts) < 4:
            self.put(path, Text(title=f"{name.title()} evening", starts=starts))

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), days=st.integers(-2, 9), hour=st.integers(7, 21))
    def reschedule(self, data: st.DataObject, days: int, hour: int) -> None:
        path = self.some(data)
        self.put(path, replace(self.texts[path], starts=soon(self.years.now, days, hour)))

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), status=st.sampled_from(["", "cancelled", "postponed", "tentative"]))
    def say(self, data: st.DataObject, status: str) -> None:
        path = self.some(data)
        self.put(path, replace(self.texts[path], status=status))

    @precondition(lambda self: self.texts)
    @rule(
        data=st.data(), words=st.sampled_from(["Come in.", "We held this meeting and heard a lot.", "Bring a friend."])
    )
    def reword(self, data: st.DataObject, words: str) -> None:
        path = self.some(data)
        self.put(path, replace(self.texts[path], words=words))

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def unpublish_or_publish(self, data: st.DataObject) -> None:
        path = self.some(data)
        self.put(path, replace(self.texts[path], draft=not self.texts[path].draft))

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def lose_or_find_its_date(self, data: st.DataObject) -> None:
        path = self.some(data)
        self.put(path, replace(self.texts[path], dated=not self.texts[path].dated))

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), uid=st.sampled_from(["", "one@example.org", "two@example.org"]))
    def name_its_uid(self, data: st.DataObject, uid: str) -> None:
        path = self.some(data)
        self.put(path, replace(self.texts[path], uid=uid))

    @precondition(lambda self: self.texts)
    @rule(
        data=st.data(),
        more=st.sampled_from(
            ["", "notify: false", "reminders: [day]", "recording: https://video.example.org/1", "full: true"]
        ),
    )
    def switch(self, data: st.DataObject, more: str) -> None:
        path = self.some(data)
        self.put(path, replace(self.texts[path], more=more))

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), number=st.integers(1, 3), by_the_repository=st.booleans())
    def rename(self, data: st.DataObject, number: int, by_the_repository: bool) -> None:
        path = self.some(data)
        new = path.replace(".md", f"-{number}.md")
        if new not in self.texts:
            self.put(new, self.drop(path))
            if by_the_repository:
                self.years.files.rename(path, new)

    @rule(number=st.integers(0, 30), act=st.sampled_from([hold, release, approve, skip, release]))
    def decide(self, number: int, act: Callable[..., object]) -> None:
        self.years.act(number, act)
        self.ticked = False

    @rule()
    def pause_or_resume(self) -> None:
        self.years.pause_or_resume()
        self.ticked = False

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        path = self.some(data)
        self.bin[path] = self.drop(path)

    @precondition(lambda self: self.bin)
    @rule(data=st.data())
    def bring_back(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.bin)))
        if path not in self.texts:
            self.put(path, self.bin[path])

    @rule(minutes=st.sampled_from([1, 10, 31, 125, 600, 1440, 3 * 1440]))
    def wait(self, minutes: int) -> None:
        self.years.now += timedelta(minutes=minutes)
        self.ticked = False

    @rule(minutes=st.sampled_from([40, 125, 600, 1440, 1440, 3 * 1440, 8 * 1440]))
    def go_on(self, minutes: int) -> None:
        self.years.go_on(self.years.now + timedelta(minutes=minutes))
        self.ticked = True

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), hours=st.integers(1, 60))
    def go_on_until_shortly_before(self, data: st.DataObject, hours: int) -> None:
        starts = self.texts[self.some(data)].starts.replace(tzinfo=UTC) - timedelta(hours=hours)
        if self.years.now < starts < self.years.now + timedelta(days=14):
            self.years.go_on(starts)
            self.ticked = True

    @rule()
    def tick(self) -> None:
        self.years.tick()

    @rule(call=st.integers(0, 40), after=st.booleans())
    def be_killed(self, call: int, after: bool) -> None:
        self.years.killed_at(call, after=after)

    @rule(call=st.integers(0, 40))
    def tick_together(self, call: int) -> None:
        self.years.together_at(call)

    @rule()
    def back_up(self) -> None:
        self.years.take_backup()

    @precondition(lambda self: self.years.backup is not None)
    @rule()
    def restore(self) -> None:
        self.years.restore()
        self.ticked = False

    @rule()
    def come_to_rest(self) -> None:
        self.years.quiet()
        self.ticked = True

    @invariant()
    def all_is_well(self) -> None:
        if self.ticked:
            self.years.check()


# Sixty lives of forty steps: on a busy machine they take longer than one test usually may.
pytestmark = pytest.mark.timeout(400)
TestTheYears = TheYears.TestCase
TestTheYears.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
