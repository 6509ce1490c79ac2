"""The time machine: the same tick as live, over a stretch of time, with a clock that jumps to whenever something may happen.

Nothing leaves it: whoever builds the ticker gives it a provider that reaches nobody and a ledger of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby

from notifier.core.approval import fingerprint
from notifier.core.changes import touched
from notifier.core.comparison import Comparison, Side, compare
from notifier.core.delivery import OPEN, Decision, Delivery
from notifier.core.event import Document, Event
from notifier.core.replayed import Occurrence, Replayed, Trouble, in_time
from notifier.core.schedule import ends_at
from notifier.errors import Problem, SourceShrank, UserError
from notifier.ports import Commit, History, Snapshot, Source
from notifier.tick import Look, Report, Ticker

#: Who lets go what is held, in the reasons of a replay.
PRETENDED = "A person, as this replay supposes,"
#: What stands before the uid of an event without a date.
_DATELESS = "no date "
#: Doubts about whether there is, or still is, such an event. Whoever is asked about these mends the files, and releases nothing.
_NO_EVENT = frozenset({"twin", "unreadable", "vanished"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What everybody sees from `at` on: the commit at which each history then stands; `taken` commits led there."""

    at: datetime
    stands: tuple[tuple[History, Commit], ...]
    taken: int


def steps(histories: Sequence[History], since: datetime | None, until: datetime) -> tuple[Step, ...]:
    """The steps of all histories together. The first is the beginning, from which on every one of them has something.

    Raises UserError when one of them has nothing by `until`.
    """
    known = {history.name: history.commits(until=until) for history in histories}
    for history in histories:
        if not known[history.name]:
            raise UserError(f"The repository of {history.name} has no commit by then.", "Give a later --to.")
    begins = max(commits[0].at for commits in known.values())
    begin = max(begins, since) if since is not None else begins
    rows = [[(max(one.at, begin), index, one) for one in known[h.name]] for index, h in enumerate(histories)]
    return tuple(
        _step(at, [(histories[index], commit) for _, index, commit in group])
        for at, group in groupby(merge(*rows, key=lambda row: row[:2]), key=lambda row: row[0])
    )


def _step(at: datetime, found: Sequence[tuple[History, Commit]]) -> Step:
    last = {history.name: (history, commit) for history, commit in found}
    return Step(at=at.astimezone(UTC), stands=tuple(last.values()), taken=len(found))


def compared(before: Ticker, after: Ticker, now: datetime) -> Comparison:
    """What changes from the content of one ticker to that of the other at `now`, with the memory of `after`'s ledger.

    Where that remembers nothing, what is there before is the first look. Nothing is recorded but in `before`'s ledger,
    which must be one that forgets.
    """
    memory = after.wiring.ledger.snapshot()
    if memory.window_end is None:
        # A second earlier: what is the same at both instants was there first, and what comes afterwards is new.
        before.record(before.look(now - timedelta(seconds=1), accept_shrink=True))
        memory = before.wiring.ledger.snapshot()
    was = before.look(now, memory, accept_shrink=True)
    try:
        found = compare(_side(was), _side(after.look(now, memory)))
    except SourceShrank as error:
        found = compare(_side(was), _side(after.look(now, memory, accept_shrink=True)))
        found = replace(found, problems=(Problem(path="sources", what=error.message), *found.problems))
    return found


def _side(look: Look) -> Side:
    return Side(content=look.content, plan=look.plan, events=look.events())


class Still:
    """A source that is read once and stays as it was then."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._source = source
        self._snapshot: Snapshot | None = None

    def read(self, known: Mapping[str, Document], since: str | None = None) -> Snapshot:
        if self._snapshot is None:
            self._snapshot = self._source.read(known, since)
        return self._snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trace:
    """When a row came to be as it is, and what it was about then."""

    at: datetime
    commit: str | None
    events: tuple[Event, ...]


@dataclass(slots=True, kw_only=True)
class Replay:
    """Ticks through a stretch of time. Run it once.

    `subject_of` tells the subject of a delivery's message. `releases`: what a question holds is let go when it is due.
    `progress` is told how many of how many steps were taken, after each one.
    """

    ticker: Ticker
    subject_of: Callable[[str], str | None]
    releases: bool
    progress: Callable[[int, int], None] | None = None
    _commit: str | None = None
    _ticks: int = 0
    _next_at: datetime | None = None
    _rows: Mapping[str, Delivery] = field(default_factory=dict)
    _traces: dict[str, _Trace] = field(default_factory=dict)
    #: By uid, an event and what is kept of it: all mails about it share that.
    _short: dict[str, tuple[Event, Event]] = field(default_factory=dict)
    #: Whether the content may be another than at the last tick.
    _is_fresh: bool = True
    _troubles: dict[tuple[str, str], Trouble] = field(default_factory=dict)
    _known_errors: set[tuple[str, str]] = field(default_factory=set)

    def run(self, taken: Sequence[Step], until: datetime) -> Replayed:
        """Tick at every step, between them whenever something may happen, and last up to `until`, included.

        The first step is the first look. Raises UserError where nothing can be read at all then.
        """
        for number, step in enumerate(taken):
            self._tick_before(step.at)
            for history, commit in step.stands:
                history.stand_at(commit.id)
                self._commit = commit.id
            self._is_fresh = True
            self._tick(step.at)
            if self.progress is not None:
                self.progress(number + 1, len(taken))
        self._tick_before(until)
        self._tick(until)
        return self._replayed(taken[0].at, until, sum(step.taken for step in taken))

    def run_ahead(self, since: datetime, until: datetime) -> Replayed:
        """Tick from `since` to `until`, both included, on what there is. What the ledger already had is not told."""
        self._rows = self.ticker.wiring.ledger.snapshot().deliveries
        self._tick(since)
        self._tick_before(until, told_from=since)
        self._tick(until)
        if self.progress is not None:
            self.progress((until - since).days, (until - since).days)
        return self._replayed(since, until, 0)

    def _tick_before(self, limit: datetime, *, told_from: datetime | None = None) -> None:
        while self._next_at is not None and self._next_at < limit:
            at = self._next_at
            self._tick(at)
            if told_from is not None and self.progress is not None:
                self.progress((at - told_from).days, (limit - told_from).days)

    def _tick(self, at: datetime) -> None:
        report = self._ticked(at)
        if report is None:
            self._next_at = self._over_after(at)
            return
        if self.releases and self._release(report.look):
            report = self._ticked(at) or report
        self._next_at = self._turn_after(report)

    def _ticked(self, at: datetime) -> Report | None:
        """A tick; None where it stopped because too much vanished, which nobody said is right."""
        self._ticks += 1
        try:
            report = self.ticker.tick(at)
        except SourceShrank as error:
            self._trouble(Problem(path=self._commit or "content", what=error.message), at)
            if not self.releases:
                return None
            report = self.ticker.tick(at, accept_shrink=True)
        self._trace(report)
        return report

    def _over_after(self, at: datetime) -> datetime | None:
        """When the first of the remembered events is over: of fewer upcoming ones it may be too many no more."""
        zone = self.ticker.wiring.rules.site.timezone
        seen = self.ticker.wiring.ledger.snapshot().seen.values()
        ends = (ends_at(one.event, zone) for one in seen if one.present and one.event.when is not None)
        return min((end for end in ends if end > at), default=None)

    def _turn_after(self, report: Report) -> datetime:
        """When to tick next, if nothing changes before."""
        at, wiring = report.look.at, self.ticker.wiring
        # What comes back without an end is read up to the end of next year.
        turns = [datetime(at.year + 1, 1, 1, tzinfo=UTC), report.look.plan.next_at]
        turns += [row.retry_at for row in wiring.ledger.rows(*OPEN, "unknown")]
        later = [turn for turn in turns if turn is not None and turn > at]
        if report.moved:
            # The plan was made before they moved: what follows from that is known at the next tick.
            later.append(at + wiring.settings.tick)
        return min(later)

    def _release(self, look: Look) -> bool:
        """Let go what a question holds and what is due; returns whether there was any."""
        ledger, rules = self.ticker.wiring.ledger, self.ticker.wiring.rules
        released = False
        for row in ledger.rows("held"):
            if not row.due_at <= look.at < row.expires_at or any(reason.code in _NO_EVENT for reason in row.reasons):
                continue
            events = look.events()
            about = [events[uid] for uid in row.event_uids if uid in events]
            mark = fingerprint(row, about, rules, note=look.memory.note(row.key))
            last = look.memory.decisions.get(row.key)
            if last is not None and last.fingerprint == mark:
                continue
            decision = Decision(key=row.key, act="release", by=PRETENDED, at=look.at, fingerprint=mark)
            released = ledger.decide(decision, row, "planned", reasons=row.reasons) or released
        return released

    def _trace(self, report: Report) -> None:
        """Note what became of which delivery now, and what stood in the way."""
        look, rows = report.look, self.ticker.wiring.ledger.snapshot().deliveries
        for key in touched(self._rows, rows):
            if key in rows:
                about = tuple(self._about(uid, look) for uid in rows[key].event_uids)
                events = tuple(event for event in about if event is not None)
                self._traces[key] = _Trace(at=look.at, commit=self._commit, events=events)
        self._rows = rows
        for problem in report.problems:
            self._trouble(problem, look.at)
        if self._is_fresh:
            self._look_for_errors(look)
            self._is_fresh = False

    def _look_for_errors(self, look: Look) -> None:
        """Errors in files about what is still to come, or has no date; of the latter not what the first look found."""
        errors = [problem for problem in look.content.problems if problem.severity == "error"]
        files, is_first = self._to_come(look, {problem.path for problem in errors}), look.memory.window_end is None
        for problem in errors:
            uid = files.get(problem.path)
            if uid is None or (uid, problem.what) in self._known_errors:
                continue
            self._known_errors.add((uid, problem.what))
            if not (is_first and uid.startswith(_DATELESS)):
                self._trouble(problem, look.at)

    def _to_come(self, look: Look, among: Container[str]) -> dict[str, str]:
        """By file that an error matters in: the event's uid, or what stands for it, whatever the file is called."""
        content, zone = look.content, self.ticker.wiring.rules.site.timezone
        files = {path: path for path in (*content.unread, *(path for _, path in content.broken))}
        for event in content.events:
            file = event.path.partition("#")[0]
            if file not in among:
                continue
            if event.when is None and event.published:
                files.setdefault(file, _DATELESS + event.uid)
            elif event.when is not None and ends_at(event, zone) > look.at:
                files[file] = event.uid
        return files

    def _about(self, uid: str, look: Look) -> Event | None:
        """The event, without the text that would make a long replay large."""
        seen = look.memory.seen.get(uid)
        event = look.events().get(uid) or (seen.event if seen is not None else None)
        if event is None:
            return None
        known = self._short.get(uid)
        if known is None or known[0] is not event:
            known = self._short[uid] = event, replace(event, body="", summary="", evidence={}, doubts=())
        return known[1]

    def _trouble(self, problem: Problem, at: datetime) -> None:
        trouble = Trouble(problem=problem, at=at, commit=self._commit)
        self._troubles.setdefault((problem.path, problem.what), trouble)

    def _replayed(self, since: datetime, until: datetime, commits: int) -> Replayed:
        found = [self._occurrence(key, trace) for key, trace in self._traces.items()]
        return Replayed(
            since=since,
            until=until,
            commits=commits,
            ticks=self._ticks,
            deliveries=tuple(sorted((one for one in found if _is_within(one.delivery, until)), key=in_time)),
            troubles=tuple(self._troubles.values()),
        )

    def _occurrence(self, key: str, trace: _Trace) -> Occurrence:
        return Occurrence(
            delivery=self._rows[key],
            at=trace.at,
            commit=trace.commit,
            subject=self.subject_of(key),
            events=trace.events,
        )


def _is_within(delivery: Delivery, until: datetime) -> bool:
    """What is only to come after the end is not told of."""
    return delivery.status not in ("planned", "held", "skipped") or delivery.due_at <= until
