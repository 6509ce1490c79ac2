"""When a digest is due, what becomes of it, and of those that nobody was there to send.

The times of a cron line are of the site's zone. A rule has at most one digest a day for an audience: the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from notifier.core.agenda import Agenda, Asked, Made, worth_telling_until
from notifier.core.approval import heeded
from notifier.core.delivery import Delivery, DeliveryStatus, Memory
from notifier.core.event import Event, Reason
from notifier.core.rule import Audience, Rule, Rules
from notifier.core.schedule import is_open, next_after, next_closing, next_open
from notifier.core.selecting import Selecting, Selection
from notifier.core.zones import end_of_day, moment, start_of_day

_MOST_REASONS = 10
_INSTANT = timedelta(microseconds=1)


def digest_key(rule: str, day: date, audience: str) -> str:
    """The key of a rule's digest of one day. `day` is the site's, when the cron line says so."""
    return f"digest/{rule}/{day.isoformat()}/{audience}"


def plan_digests(
    events: Sequence[Event],
    memory: Memory,
    rules: Rules,
    now: datetime,
    horizon: timedelta,
    *,
    projects: Mapping[str, str],
    kept: Agenda | None = None,
    of: tuple[str, str] | None = None,
) -> tuple[Delivery, ...]:
    """Every digest that is worth a row: planned, held, skipped or missed, with reasons; in the order of time.

    Worth a row is what is due in `(baseline, now + horizon]` and was not decided before; rows that wait are decided
    again. `memory` already holds the events and all baselines. Planned again with these as rows, it plans nothing new.
    `kept` from the time before saves the work for all that did not change. Without a rule for digests it looks at nothing.
    `of` a rule and an audience: only what is decided for these; no other has a say in it.
    """
    if all(rule.kind != "digest" for rule in rules.rules):
        return ()
    agenda = Agenda() if kept is None else kept
    agenda.take(events, memory, rules.site.timezone)
    if of is not None:
        return _decided(agenda, memory, rules, now, horizon, projects=projects, of=of)
    made, looked_at = agenda.made, memory.window_end
    asked = Asked(memory=memory, rules=rules, horizon=horizon, projects=projects, changes=agenda.changes)
    if made is None or not made.holds(asked, now):
        decided = _decided(agenda, memory, rules, now, horizon, projects=projects)
        # What came after the last look is to come no longer once this one is recorded.
        turns = digest_turns(decided, memory, rules, looked_at or now, horizon)
        made = agenda.made = Made(decided=decided, asked=asked, at=now, until=min(turns, default=None))
    return made.decided


def _decided(
    agenda: Agenda,
    memory: Memory,
    rules: Rules,
    now: datetime,
    horizon: timedelta,
    *,
    projects: Mapping[str, str],
    of: tuple[str, str] | None = None,
) -> tuple[Delivery, ...]:
    decided: list[Delivery] = []
    for rule in rules.rules:
        for name in rule.audiences if rule.kind == "digest" else ():
            if of not in (None, (rule.name, name)):
                continue
            choice = Selecting(
                rule=rule, audience=rules.audiences[name], agenda=agenda, memory=memory, rules=rules, projects=projects
            )
            decided += _Ask(choice=choice, now=now, new=choice.new(now)).decisions(horizon)
    return tuple(sorted(decided, key=lambda one: (one.due_at, one.key)))


def digest_of(
    rule: Rule,
    audience: Audience,
    due_at: datetime,
    *,
    events: Sequence[Event],
    memory: Memory,
    rules: Rules,
    now: datetime,
    projects: Mapping[str, str],
    kept: Agenda | None = None,
) -> Selection:
    """What stands in the digest that is due at `due_at`, as it would be handed over then, or now where that is past.

    `due_at` is the delivery's. `memory` already holds the events and all baselines.
    """
    agenda = Agenda() if kept is None else kept
    agenda.take(events, memory, rules.site.timezone)
    choice = Selecting(rule=rule, audience=audience, agenda=agenda, memory=memory, rules=rules, projects=projects)
    return choice.selection(due_at, max(due_at, now), choice.new(now))


def digest_turns(
    digests: Iterable[Delivery], memory: Memory, rules: Rules, now: datetime, horizon: timedelta
) -> Iterator[datetime]:
    """The instants after `now` at which unchanged content would plan digests otherwise than `digests`, the plan of now.

    More than those may be among them, in any order. `memory` already holds the events.
    """
    for rule in rules.rules:
        if rule.kind == "digest" and rule.cron is not None:
            due = next_after(rule.cron, now + horizon, rules.site.timezone)
            yield from () if due is None else (due - horizon,)
    for one in digests:
        yield from (at for at in _turns(one, memory, rules, now) if at is not None and at > now)


def _turns(one: Delivery, memory: Memory, rules: Rules, now: datetime) -> Iterator[datetime | None]:
    zone = rules.site.timezone
    yield from (one.due_at, one.expires_at)
    row = memory.deliveries.get(one.key)
    if row is not None:
        yield row.retry_at
    if one.due_at <= now < one.expires_at:
        # What is late is made anew of what is still to come, and can't go out once the hours close.
        yield next_closing(now, rules.hours, zone)
        yield from (worth_telling_until(memory.seen[uid].event, zone) for uid in one.event_uids)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Occurrence:
    """One time of the cron line, and the next one on another day: what comes at all comes again."""

    at: datetime
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """A rule for digests and an audience, while they are being decided. `new` are the events that are news to it."""

    choice: Selecting
    now: datetime
    new: Sequence[Event]

    def decisions(self, horizon: timedelta) -> Iterator[Delivery]:
        occurrences = list(self._occurrences(horizon))
        latest = max((one.at for one in occurrences if one.at <= self.now), default=self.now)
        for one in occurrences:
            if self._is_to_be_decided(one):
                yield self._decide(one, latest)

    def _occurrences(self, horizon: timedelta) -> Iterator[_Occurrence]:
        """From the first that may still have to be decided to the last within the horizon."""
        last_look = self.choice.memory.window_end or self.now
        # What was closed, and of no use any more then, waits for nothing.
        rows = self.choice.open_rows(min(self.now, last_look))
        days = [date.fromisoformat(row.key.split("/")[2]) for row in rows if self._waits(row)]
        since = min([self.now, last_look, *(start_of_day(day, self.choice.zone) for day in days)])
        until = max([self.now + horizon, *(end_of_day(day, self.choice.zone) - _INSTANT for day in days)])
        for at, next_at in pairwise(self._firsts_of_days(start_of_day(self._day(since), self.choice.zone))):
            if at > until:
                return
            yield _Occurrence(at=at, next_at=next_at)

    def _firsts_of_days(self, since: datetime) -> Iterator[datetime]:
        """From `since` on the first time of every day that has any."""
        at = next_after(self.choice.cron, since - _INSTANT, self.choice.zone)
        while at is not None:
            yield at
            at = next_after(self.choice.cron, end_of_day(self._day(at), self.choice.zone) - _INSTANT, self.choice.zone)

    def _waits(self, row: Delivery) -> bool:
        """Whether its decision is open. What was skipped still is when its time came stays skipped."""
        if row.status in ("planned", "held"):
            return True
        # What a person said about it since may let it go after all.
        is_spoken_of = row.key in self.choice.memory.decisions and row.expires_at > self.now
        return row.is_plannable and (is_spoken_of or self._is_ahead(row.due_at))

    def _is_ahead(self, at: datetime) -> bool:
        """Whether this was to come at the last look."""
        return at > (self.choice.memory.window_end or self.now)

    def _is_to_be_decided(self, one: _Occurrence) -> bool:
        row = self.choice.rows.get(self._key(one))
        if row is not None:
            return self._waits(row)
        return self._is_ahead(one.at) and one.at > self.choice.baseline

    def _decide(self, one: _Occurrence, latest: datetime) -> Delivery:
        hours = self.choice.rules.hours
        due = next_open(one.at, hours, self.choice.zone)
        until = self._useful_until(one, due)
        if one.at <= self.choice.baseline:
            return self._answer(one, "skipped", one.at, until, self._before_baseline())
        if (instead := self._instead(one, due, latest)) is not None:
            return self._answer(one, "skipped", one.at, until, self._coalesced(instead))
        if due <= self.now < until and not is_open(self.now, hours, self.choice.zone):
            due = next_open(self.now, hours, self.choice.zone)
            if due >= until:
                return self._answer(one, "skipped", one.at, until, self._no_open_hour(until))
        return self._decide_at(one, due, until)

    def _decide_at(self, one: _Occurrence, due: datetime, until: datetime) -> Delivery:
        is_over = until <= self.now
        # What was missed would have told of what was to come then.
        found = self.choice.selection(due, due if is_over else max(due, self.now), self.new)
        if not found.events:
            return self._answer(one, "skipped", due, until, self._empty(found), *_left_out(found))
        questions = _first_few(found.questions)
        if is_over:
            return self._answer(one, "missed", due, until, self._missed(due, until), *questions, found=found)
        if self.choice.rule.ask:
            questions += (Reason(code="rule-asks", text=f"The rule {self.choice.rule.name} asks a person every time."),)
        gates = self.choice.rules.gate(self.choice.audience.provider, self.choice.audience.name)
        if questions or gates:
            reasons = (*questions, *gates, *_left_out(found))
            decided = self._answer(one, "held", due, until, *reasons, found=found)
        else:
            reasons = (*self._retrying(one), self._contents(found), *_left_out(found))
            decided = self._answer(one, "planned", due, until, *reasons, found=found)
        return heeded(decided, found.events, self.choice.memory, self.choice.rules, self.now)

    def _useful_until(self, one: _Occurrence, due: datetime) -> datetime:
        """How late it may still go out: as configured, else a quarter of the time to the next, which ends its use."""
        quarter = (one.next_at - one.at) / 4
        grace = min(max(quarter, timedelta(hours=1)), timedelta(days=3))
        return min(due + (grace if self.choice.rule.grace is None else self.choice.rule.grace), one.next_at)

    def _instead(self, one: _Occurrence, due: datetime, latest: datetime) -> datetime | None:
        """The later one that takes its place: one that is due too, or that would come on the same day."""
        if one.next_at <= self.now:
            return latest
        its_due = next_open(one.next_at, self.choice.rules.hours, self.choice.zone)
        return one.next_at if self._day(due) >= self._day(its_due) else None

    def _answer(
        self,
        one: _Occurrence,
        status: DeliveryStatus,
        due: datetime,
        until: datetime,
        *reasons: Reason,
        found: Selection | None = None,
    ) -> Delivery:
        return Delivery(
            key=self._key(one),
            kind="digest",
            rule=self.choice.rule.name,
            audience=self.choice.audience.name,
            provider=self.choice.audience.provider,
            event_uids=found.uids if found else (),
            due_at=due,
            expires_at=max(due, until),
            status=status,
            reasons=reasons,
        )

    def _key(self, one: _Occurrence) -> str:
        return digest_key(self.choice.rule.name, self._day(one.at), self.choice.audience.name)

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.choice.zone)).date()

    def _moment(self, at: datetime) -> str:
        return moment(at, self.choice.zone)

    def _before_baseline(self) -> Reason:
        text = (
            f"It was due before the first look ({self._moment(self.choice.baseline)}); nothing of before that is sent."
        )
        return Reason(code="baseline", text=text)

    def _coalesced(self, instead: datetime) -> Reason:
        return Reason(code="coalesced", text=f"The one of {self._moment(instead)} takes its place.")

    def _no_open_hour(self, until: datetime) -> Reason:
        text = f"There is no sending hour left before it stops being of use ({self._moment(until)})."
        return Reason(code="no-open-hour", text=text)

    def _empty(self, found: Selection) -> Reason:
        text = f"Nothing is coming up until {self._moment(found.until)}, and nothing is new."
        return Reason(code="empty", text=text)

    def _missed(self, due: datetime, until: datetime) -> Reason:
        due_text, until_text = self._moment(due), self._moment(until)
        text = f"It was due {due_text} and of use until {until_text}; nothing is sent about the past."
        return Reason(code="missed", text=text)

    def _contents(self, found: Selection) -> Reason:
        count, news = len(found.events), ", and what is new since the last one" if found.new else ""
        events = "1 event" if count == 1 else f"{count} events"
        text = f"It tells of {events}: what starts until {self._moment(found.until)}{news}."
        return Reason(code="contents", text=text)

    def _retrying(self, one: _Occurrence) -> tuple[Reason, ...]:
        """What went wrong at the last attempt, as long as the next one is awaited."""
        row = self.choice.rows.get(self._key(one))
        if row is None or row.retry_at is None or row.retry_at <= self.now:
            return ()
        return tuple(reason for reason in row.reasons if reason.code == "retry")


def _left_out(found: Selection) -> tuple[Reason, ...]:
    left_out = (
        Reason(code="left-out", text=f"Left out: {reason.text}", field=reason.field, evidence=reason.evidence)
        for reason in found.left_out
    )
    return _first_few(tuple(left_out))


def _first_few(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """As many as a person reads, and how many more there are."""
    if len(reasons) <= _MOST_REASONS:
        return tuple(reasons)
    more = Reason(code="more", text=f"… and {len(reasons) - _MOST_REASONS} more.")
    return (*reasons[:_MOST_REASONS], more)
