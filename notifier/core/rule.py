"""The checked decisions of config.yaml, as the core needs them: the site, rules, audiences, feeds, hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Literal

from notifier.core.event import Event, Reason

Kind = Literal["announcement", "reminder", "change", "cancellation", "digest", "follow_up", "one_off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The organisation. `domain` ends every uid; `public_url` is what mails link to, without a final slash."""

    id: str
    name: str
    domain: str
    url: str
    public_url: str
    timezone: str
    language: str = "en"
    postal_address: str = ""
    staff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """When a reminder is due: `length` before or after the start or end.

    With `at` it is a clock time in the readers' zone (the audience's, else the site's), on the day that is
    `length` (whole days) away from the event's day in that zone; without `at` it is elapsed time.
    """

    side: Literal["before", "after"]
    length: timedelta
    of: Literal["start", "end"] = "start"
    at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Which events a rule or feed is about: every named field must match one of its values, ignoring case.

    An empty tuple says nothing about that field. A project is named by its title or its file's name.
    """

    category: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    access: tuple[str, ...] = ()

    def selects(self, event: Event, projects: Mapping[str, str]) -> bool:
        """Whether the event is one of these. `projects` maps a project file's stem to its title."""
        return (
            (not self.category or _one_of(self.category, (event.category,)))
            and (not self.series or _one_of(self.series, (event.series,)))
            and (not self.project or _one_of([projects.get(name, name) for name in self.project], event.projects))
            and (not self.topic or _one_of(self.topic, event.topics))
            and (not self.access or _one_of(self.access, (event.access,)))
        )


def _one_of(wanted: Sequence[str], values: tuple[str | None, ...]) -> bool:
    return not {w.casefold() for w in wanted}.isdisjoint(v.casefold() for v in values if v)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of config.yaml. `grace` None means the default of `schedule.grace_of`.

    `per_day`: its mails go out while their audience has had fewer than so many that day; None: as for everything.
    """

    name: str
    kind: Kind
    audiences: tuple[str, ...]
    when: Offset | None = None
    cron: str | None = None
    only: Only = field(default_factory=Only)
    ask: bool = False
    grace: timedelta | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who a delivery is for. `sender` is (name, address) of the From line.

    `each`: its mails go to each person, one by one, and say where that person leaves: at `leave_url`.
    """

    name: str
    provider: str
    public: bool = True
    at_most: int | None = None
    sender: tuple[str, str] | None = None
    language: str | None = None
    timezone: str | None = None
    formerly: tuple[str, ...] = ()
    each: bool = False
    leave_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar feed. `colour` is a CSS colour name or None. `formerly` are the names of addresses that it had before.

    With `audiences` it holds only what a rule writes to one of them about.
    """

    name: str
    title: str
    description: str = ""
    colour: str | None = None
    only: Only = field(default_factory=Only)
    secret: bool = False
    formerly: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The sending hours: open on `days` (Monday is 0) from `start` to `end`, both included, in the site's zone."""

    days: frozenset[int] = frozenset(range(5))
    start: time = time(8, 30)
    end: time = time(18, 0)


#: The audience of those who run the site. Names of configured ones have no dot, so that this one is nobody else's.
STAFF = "site.staff"


def one_of_staff(number: int) -> str:
    """The audience of one of those who run the site alone: where each is told apart from all others, from 1."""
    return f"{STAFF}.{number}"


def is_of_staff(audience: str) -> bool:
    """Whether an audience of this name is all staff, or one of them."""
    return audience == STAFF or audience.startswith(f"{STAFF}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Through which provider `site.staff` are told what needs them, and at what time of the site's day.

    `each`: so many mails go out as there are staff, one to each, and not one to all of them.
    """

    provider: str
    at: time = time(9, 0)
    each: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything of config.yaml that the plan depends on.

    `gates` says, by provider, why nothing may be handed to it now (sending is not live, it can't send):
    deliveries through it are held with these reasons. `closed` says so by audience, where its provider can't reach it.
    `live` names the providers that reach people and may now. `wording` stands for the exact templates in use.
    `per_day` is how many mails one audience may get on one day.
    `staff` None: staff are told nothing by mail.
    `vanished` says, by source, what a vanished file means. `own` names, by source, the categories that are
    the organisation's own events (they get the role `organising` in reading).
    """

    site: Site
    rules: tuple[Rule, ...] = ()
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    feeds: tuple[Feed, ...] = ()
    hours: Hours | None = field(default_factory=Hours)
    settle_announce: timedelta = timedelta(hours=2)
    settle_change: timedelta = timedelta(minutes=30)
    shrink_share: float = 0.3
    shrink_at_least: int = 3
    vanished: Mapping[str, Literal["hold", "withdraw"]] = field(default_factory=dict)
    gates: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    closed: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    live: frozenset[str] = frozenset()
    wording: str = ""
    per_day: int = 1
    staff: Staff | None = None

    def audience(self, name: str) -> Audience:
        """The audience of a delivery. Raises KeyError for one that isn't there."""
        if is_of_staff(name) and self.staff is not None:
            return Audience(name=name, provider=self.staff.provider, public=False)
        return self.audiences[name]

    def gate(self, provider: str, audience: str) -> tuple[Reason, ...]:
        """Why nothing may be handed over to this audience through this provider now."""
        return self.closed.get(audience) or self.gates.get(provider, ())

    def feed_holds(self, feed: Feed, event: Event, projects: Mapping[str, str]) -> bool:
        """Whether a feed is about an event, whenever that is. `projects` maps a project file's stem to its title."""
        if not feed.only.selects(event, projects):
            return False
        return not feed.audiences or any(
            rule.only.selects(event, projects)
            for rule in self.rules
            if not set(rule.audiences).isdisjoint(feed.audiences)
        )
