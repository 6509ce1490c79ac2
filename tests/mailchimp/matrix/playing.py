"""Plays one case: processes tick by the virtual clock, are killed, wait for one another, until nothing moves any more."""

from __future__ import annotations

import select
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.mailchimp.control import Emulator, StaffRefused
from tests.mailchimp.matrix.case import Case, Found, Kill
from tests.mailchimp.matrix.judging import Story, complaints
from tests.mailchimp.matrix.place import (
    FIRST_LOOK,
    MINUTES,
    MOMENTS,
    OTHER_TITLE,
    Ledgers,
    configure,
    copied,
    edit,
    remove,
)
from tests.mailchimp.matrix.process import STANDSTILL, Killed, Process
from tests.postgres import Server

_ENDED = frozenset({"sent", "failed", "missed", "skipped", "withdrawn"})
#: Ticks that must change nothing before it rests; the last of those that were made is days after the first.
_QUIET = 4
_FATES: dict[str, dict[str, Any]] = {
    "lost": {"when": "before", "reply": "rst"}, "late": {"when": "before"}, "done": {"when": "after"},
}  # fmt: skip


def play(case: Case, site: Path, folder: Path, mailchimp: Emulator, ledgers: Ledgers) -> Found:
    """One case on a copy of the site and a new account."""
    copied(site, folder)
    configure(folder, mailchimp, ledgers.copy(), mode=case.mode, timeout=case.timeout)
    mailchimp.reset(start=FIRST_LOOK, **case.knobs)
    for fault in case.faults:
        mailchimp.fault(**fault)
    player = _Player(case=case, folder=folder, mailchimp=mailchimp, server=ledgers.server)
    try:
        player.play()
    except TimeoutError as error:
        player.story.broken.append(str(error))
    finally:
        player.bury()
    return player.found()


@dataclass(slots=True, kw_only=True)
class _Player:
    case: Case
    folder: Path
    mailchimp: Emulator
    server: Server | None
    story: Story = field(default_factory=Story)
    processes: list[Process] = field(default_factory=list)
    kills: list[Kill] = field(init=False)
    instants: list[int] = field(init=False)
    killed: int = 0

    def __post_init__(self) -> None:
        self.kills, self.instants = list(self.case.kills), list(self.case.instants)

    def play(self) -> None:
        self.story.may_fail = self.case.blow != "kill"
        for _ in range(self.case.processes):
            self.processes.append(self._born())
        if self.case.second == "meanwhile" and self.case.blow != "stand":
            nth, fate = self.case.waits_at
            self.mailchimp.fault(nth=nth, hold=True, name="waits", **_FATES[fate])
        for number, at in enumerate(MOMENTS):
            self._act(number)
            self._moment(number, at)
            if self._rests(number):
                return

    def bury(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.kill()
            process.end()
        self.processes = []

    def found(self) -> Found:
        outbox = self.mailchimp.outbox()
        wrong = complaints(self.case, self.story, outbox, self.mailchimp)
        last = self.story.last
        return Found(
            case=self.case, status=last["status"], deliveries=len(outbox), kills=self.killed, wrong=tuple(wrong),
            said=" ".join(last["reasons"]),
        )  # fmt: skip

    def _born(self) -> Process:
        """A new process of the program, and what will end it."""
        if self.kills:
            nth, fate = self.kills[0].nth, self.kills[0].fate
            self.mailchimp.fault(nth=nth, hold=True, name="killed", **_FATES[fate])
        # The blow befalls the first of them, once; each that is killed is followed by one that may be killed, too.
        strike_at = self.instants[0] if self.instants else None
        if self.case.blow != "kill":
            self.instants = []
        return Process(self.folder, strike_at=strike_at, blow=self.case.blow, server=self.server)

    def _act(self, number: int) -> None:
        for _, act in (one for one in self.case.acts if one[0] == number):
            with suppress(StaffRefused):
                self.mailchimp.staff(**act)
        if number in self.case.edits:
            edit(self.folder, OTHER_TITLE)
        if number == self.case.removed_at:
            remove(self.folder)

    def _moment(self, number: int, at: datetime) -> None:
        self.mailchimp.set_clock(at)
        if number in self.case.deaf:
            self.mailchimp.deafen()
        try:
            if self.case.second == "together":
                self._together(at)
            else:
                self._one_after_another(at)
        finally:
            if number in self.case.deaf:
                self.mailchimp.deafen(False)

    def _one_after_another(self, at: datetime) -> None:
        for place in range(len(self.processes)):
            try:
                self.processes[place].order(self._shown(place, at))
                self.story.add(at, self.processes[place].answer(self._meanwhile(place, at)))
            except Killed:
                self._again(place)

    def _together(self, at: datetime) -> None:
        ticking: list[int] = []
        for place, process in enumerate(self.processes):
            try:
                process.order(self._shown(place, at))
                ticking.append(place)
            except Killed:
                # The kill of the moment before came just after its tick had ended.
                self._again(place)
        for place in ticking:
            try:
                meanwhile = self._meanwhile(place, at) if self.kills or self.case.blow == "stand" else None
                said = self.processes[place].answer(meanwhile)
                self.story.add(at, said)
            except Killed:
                self._again(place)

    def _again(self, place: int) -> None:
        """It was killed: another is started in its place, and ticks at the next moment."""
        self.killed += 1
        self.processes[place].end()
        if self.kills:
            self.mailchimp.clear_faults()
            for fault in self.case.faults:
                self.mailchimp.fault(**fault)
            self.kills.pop(0)
        elif self.instants:
            self.instants.pop(0)
        self.processes[place] = self._born()

    def _meanwhile(self, place: int, at: datetime) -> Callable[[], None] | None:
        """What is done while a tick lasts: kill it, or let the other tick, once its request is held."""
        if self.kills and place == 0:
            return self._kill_when_held
        if self.case.blow == "stand" and place == 0:
            return lambda: self._wake_when_it_stands(at)
        if self.case.second == "meanwhile" and place == 0 and not self.story.has_waited:
            return lambda: self._let_the_other_tick(at)
        return None

    def _wake_when_it_stands(self, at: datetime) -> None:
        """It stood still for longer than a claim lives, and meanwhile the others ticked."""
        if self.processes[0].stands():
            select.select([], [], [], STANDSTILL + 0.3)
            if self.case.second == "meanwhile":
                self._others_tick(at)
            self.processes[0].go_on()

    def _kill_when_held(self) -> None:
        if self.mailchimp.held():
            self.processes[0].kill()
            self.mailchimp.release()

    def _let_the_other_tick(self, at: datetime) -> None:
        if self.story.has_waited or not self.mailchimp.held():
            return
        self.story.has_waited = True
        self._others_tick(at)
        self.mailchimp.release()

    def _others_tick(self, at: datetime) -> None:
        for place in range(1, len(self.processes)):
            self.story.add(at, self.processes[place].tick(self._shown(place, at)))

    def _shown(self, place: int, at: datetime) -> datetime:
        """What the clock of this one shows."""
        wrong_by = 0 if place == 0 else self.case.apart if place % 2 else -self.case.apart
        return at + timedelta(seconds=wrong_by)

    def _rests(self, number: int) -> bool:
        """Whether it is over: what has ended stays so for some ticks more, everything else is ticked for days."""
        recent = self.story.told[-_QUIET * len(self.processes) :]
        if len(recent) < _QUIET * len(self.processes) or MINUTES[number] < 20 or self.killed < len(self.case.kills):
            return False
        return all(one == recent[0] for one in recent) and recent[0]["status"] in _ENDED
