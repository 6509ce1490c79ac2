"""What a tick works with, what it sees, and what it says it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict

from notifier.config import Settings, SourceSettings
from notifier.core.delivery import Decision, Delivery, Memory
from notifier.core.entry import Entry
from notifier.core.event import Content, Event
from notifier.core.mode import Mode, mode_in_force
from notifier.core.plan import Plan
from notifier.core.rule import Rules
from notifier.core.span import in_calendars
from notifier.core.templates import Templates
from notifier.errors import Problem
from notifier.ports import Ledger, Provider, Publisher, Readers, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The ports and the checked decisions that a tick works with. `secrets` takes the feeds that not everybody may read.

    `modes` are the rules of each mode, one of which `rules` is; empty where there is but one. `rehearsals` stand in, in
    test mode, for the providers that reach people. `secure` is called when the ledger has been told of a mail, before the
    mail is handed over: a sentence keeps it from that. `readers` read many documents at once, where anybody can.
    """

    settings: Settings
    rules: Rules
    sources: tuple[tuple[SourceSettings, Source], ...]
    providers: Mapping[str, Provider]
    ledger: Ledger
    publisher: Publisher
    secrets: Publisher
    templates: Templates
    modes: Mapping[Mode, Rules] = field(default_factory=dict)
    rehearsals: Mapping[str, Provider] = field(default_factory=dict)
    secure: Callable[[], str | None] | None = None
    readers: Readers | None = None

    @property
    def is_test(self) -> bool:
        """Whether this is the wiring of test mode."""
        return bool(self.modes) and self.rules is self.modes["test"]

    def in_mode(self, said: Decision | None) -> Wiring:
        """The wiring of the mode in force, where `said` is what was last decided about it. The same where it is that already."""
        if not any(self.rules is one for one in self.modes.values()):
            return self
        wanted = self.modes[mode_in_force(said, ceiling=self.settings.live)]
        return self if wanted is self.rules else replace(self, rules=wanted)


class _Made(TypedDict, total=False):
    memory: Memory
    events: dict[str, Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is there at one instant and what follows from it; nothing was written."""

    at: datetime
    content: Content
    memory: Memory
    plan: Plan
    # What follows from the rest, once it has been asked for.
    _made: _Made = field(default_factory=_Made, compare=False, repr=False)

    def settled_memory(self) -> Memory:
        """The memory with this plan's baselines and events, as the ledger holds it once the plan is recorded."""
        if "memory" not in self._made:
            known, fresh = self.memory, {seen.uid: seen for seen in self.plan.seen}
            if all(known.seen.get(uid) is seen for uid, seen in fresh.items()):
                # As it is once the plan is recorded: there may be very many.
                fresh = {}
            kept = {name: at for name, at in known.baselines.items() if name not in self.plan.ended}
            self._made["memory"] = replace(
                known,
                baselines={**kept, **self.plan.baselines},
                seen={**known.seen, **fresh} if fresh else known.seen,
            )
        return self._made["memory"]

    def remembered(self, memory: Memory) -> Look:
        """The same look, with the ledger as it is now."""
        return self if memory is self.memory else replace(self, memory=memory, _made={"events": self.events()})

    def events(self) -> dict[str, Event]:
        """The events by uid."""
        if "events" not in self._made:
            self._made["events"] = {event.uid: event for event in self.content.events}
        return self._made["events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a tick did. `recorded` is False when another tick had been first: then nothing was handed over.

    `rested`: nothing was another than at the tick before, so nothing was planned. `documents` is how many there are, `changed`
    how many of them are others than at the tick before. `noticed` are sentences about what happened at providers beside that, for the log.
    `stopped`: nothing was recorded or done, since another ledger sends, or may send, and why.
    """

    look: Look
    recorded: bool
    moved: tuple[Delivery, ...] = ()
    published: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    noticed: tuple[str, ...] = ()
    rested: bool = False
    documents: int = 0
    changed: int = 0
    stopped: str = ""


def entry_of(uid: str, look: Look, *, secret: bool = False) -> Entry:
    """What calendars show of an event, with its revision as this plan leaves it in the ledger.

    `secret`: for those who may know what is not public. Raises ValueError for an event that was never in a calendar.
    """
    seen = look.settled_memory().seen[uid]
    event = in_calendars(look.events().get(uid), seen, secret=secret)
    if event is None:
        raise ValueError(f"The event {uid} has nothing to show in a calendar.")
    return Entry(event=event, sequence=seen.sequence, created_at=seen.first_seen_at, modified_at=seen.changed_at)


def feed_address(rules: Rules, name: str) -> str:
    """The public address of a feed: a path only, ending in `.ics`."""
    return f"{rules.site.public_url}/feeds/{name}.ics"


def main_feed_address(rules: Rules) -> str | None:
    """The address of the feed that mails offer: the first one without a filter, else the first."""
    public = [feed for feed in rules.feeds if not feed.secret]
    if not public:
        return None
    whole = (feed.name for feed in public if feed.only == type(feed.only)() and not feed.audiences)
    return feed_address(rules, next(whole, public[0].name))
