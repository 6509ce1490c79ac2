"""What stands in a digest: what is coming up, and what is new since the last one; and what doesn't, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.agenda import Agenda
from notifier.core.asking import baseline_of
from notifier.core.clearance import clear
from notifier.core.delivery import Delivery, Memory
from notifier.core.event import Event, Reason
from notifier.core.plain import cut, one_line
from notifier.core.rule import Audience, Rule, Rules
from notifier.core.schedule import next_after, starts_at
from notifier.core.zones import start_of_day

#: However soon the next one is due, a digest looks at least so far ahead.
AT_LEAST_AHEAD = timedelta(days=7)
#: Speaking at somebody's event, and events that one just comes to, belong in a digest.
_NOT_ASKED = frozenset({"not-ours", "no-join-link"})
_MOST_OF_A_TITLE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What stands in a digest: `events` in the order of start, `new` the uids of those first seen since the last one.

    It tells of all that start until `until`, and of what is new and starts later. `left_out` says why others of these
    don't stand in it, `questions` why a person must look at some that do; each names its event.
    """

    events: tuple[Event, ...]
    new: frozenset[str]
    until: datetime
    left_out: tuple[Reason, ...] = ()
    questions: tuple[Reason, ...] = ()

    @property
    def uids(self) -> tuple[str, ...]:
        return tuple(event.uid for event in self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selecting:
    """A rule for digests, an audience, and everything to choose from. `memory` holds the events and all baselines."""

    rule: Rule
    audience: Audience
    agenda: Agenda
    memory: Memory
    rules: Rules
    projects: Mapping[str, str]

    @property
    def zone(self) -> str:
        """The site's: a digest is about many events, and its day is part of its key."""
        return self.rules.site.timezone

    @property
    def cron(self) -> str:
        if self.rule.cron is None:
            raise ValueError(f"The digest rule {self.rule.name} has no `cron`.")
        return self.rule.cron

    @property
    def rows(self) -> Mapping[str, Delivery]:
        return self.agenda.rows.get((self.rule.name, self.audience.name), {})

    def open_rows(self, after: datetime) -> Iterator[Delivery]:
        """Those of them that are planned or held, and those that a plan may still reopen and that are of use after `after`."""
        of = self.rule.name, self.audience.name
        yield from self.agenda.waiting.get(of, {}).values()
        if (closed := self.agenda.closed.get(of)) is not None:
            yield from closed.beyond(after)

    @property
    def baseline(self) -> datetime:
        return baseline_of(self.memory, self.rule, self.audience)

    def new(self, now: datetime) -> Sequence[Event]:
        """What is still to come and was first seen since the last digest that went out; nothing as long as none has.

        Asks of every event that is to come when it was first seen.
        """
        last = self._last()
        if last is None:
            return ()
        today = start_of_day(now.astimezone(ZoneInfo(self.zone)).date(), self.zone)
        # What came between its time and its late sending was told by it all the same.
        since, seen = min(last.due_at, last.sent_at or last.due_at), self.memory.seen
        return [
            event
            for event in self.agenda.not_before(today)
            if seen[event.uid].first_seen_at > since and self._is_news(event, last)
        ]

    def selection(self, due: datetime, at: datetime, new: Sequence[Event]) -> Selection:
        """What stands in the digest that is due then if it is handed over at `at`."""
        next_due = next_after(self.cron, due, self.zone)
        until = max(due + AT_LEAST_AHEAD, next_due or due)
        told: list[Event] = []
        left_out: list[Reason] = []
        questions: list[Reason] = []
        later = (event for event in new if starts_at(event, self.zone) > until and not self._comes_back(event))
        for event in (*self.agenda.between(at, until), *later):
            if not self.rule.only.selects(event, self.projects):
                continue
            refusals, asked = self._look_at(event, at)
            left_out += refusals
            questions += asked
            if not refusals:
                told.append(event)
        return Selection(
            events=tuple(told),
            new=frozenset(event.uid for event in told) & {event.uid for event in new},
            until=until,
            left_out=tuple(left_out),
            questions=tuple(questions),
        )

    def _last(self) -> Delivery | None:
        """The last one that went out to those who are written to now: none of before the baseline."""
        told = self.agenda.told.get((self.rule.name, self.audience.name))
        last = told.last() if told is not None else None
        return last if last is not None and last.due_at > self.baseline else None

    def _is_news(self, event: Event, last: Delivery) -> bool:
        """Whether neither the last one nor the first look at its source saw it."""
        first_look = self.memory.baselines.get(f"source:{event.source}")
        is_later = first_look is None or self.memory.seen[event.uid].first_seen_at > first_look
        return is_later and event.uid not in last.event_uids

    def _comes_back(self, event: Event) -> bool:
        """Of what comes back only the next one is news; the others come up in their time."""
        if event.follows is None:
            return False
        one_before = starts_at(replace(event, when=event.follows), self.zone)
        return one_before > self.memory.seen[event.uid].first_seen_at

    def _look_at(self, event: Event, at: datetime) -> tuple[list[Reason], list[Reason]]:
        """Why it is left out, and what a person is asked about it."""
        if not event.notify:
            text = "Its document says that nothing is mailed about it."
            evidence = event.evidence.get("notify")
            return [_about(event, Reason(code="switched-off", text=text, field="notify", evidence=evidence))], []
        clearance = clear(event, public=self.audience.public, now=at, zone=self.zone)
        if clearance.verdict == "auto":
            return [], []
        reasons = [_about(event, reason) for reason in clearance.reasons if reason.code not in _NOT_ASKED]
        return (reasons, []) if clearance.verdict == "never" else ([], reasons)


def _about(event: Event, reason: Reason) -> Reason:
    """The reason with the name of the event that it is about."""
    return replace(reason, text=f"{cut(one_line(event.title), _MOST_OF_A_TITLE)}: {reason.text}")
