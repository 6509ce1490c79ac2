"""What a page shows, worked out from the last tick's report and the ledger's rows; nothing here reads content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifier import desk
from notifier.app import App
from notifier.core.clearance import Clearance
from notifier.core.delivery import Delivery, DeliveryStatus, key_hash
from notifier.core.event import Event
from notifier.core.reach import in_words
from notifier.core.schedule import starts_at
from notifier.errors import Problem, UserError
from notifier.tick import Look, Report
from notifier.web import words

#: Rows that something may still become of.
TO_COME: tuple[DeliveryStatus, ...] = ("planned", "held", "drafted", "sending")
#: Rows that have come to an end, as far as the program can tell.
ENDED: tuple[DeliveryStatus, ...] = ("sent", "missed", "failed", "withdrawn", "unknown")
#: Why a mail isn't needed; no reason to mend anything.
_NO_REFUSALS = frozenset({"baseline", "told-already"})
#: Rows that a person has to look at.
ATTENTION: tuple[DeliveryStatus, ...] = ("held", "failed", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What follows from one report, worked out once for all pages until the next tick."""

    report: Report
    events: Mapping[str, Event]
    clearances: Mapping[str, Clearance]
    problems: Mapping[str, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A delivery in a list."""

    row: Delivery
    title: str
    href: str
    event_href: str | None
    meaning: words.Meaning
    time_word: str
    moment: words.Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """What an audience was last told: `when` in words, and the names of what is `otherwise` now; "" where nothing is."""

    known: desk.Known
    href: str
    when: str
    moment: words.Moment
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An event that some mails are not sent about: each reason with the rules that it stopped."""

    title: str
    event_href: str | None
    reasons: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(slots=True)
class Board:
    """Everything the pages ask for. One for each server; it holds nothing that a tick would have to tell it."""

    app: App
    _sight: Sight | None = field(default=None)
    _rows: tuple[object, Mapping[str, Delivery]] | None = field(default=None)

    @property
    def now(self) -> datetime:
        return self.app.clock.now()

    @property
    def zone(self) -> str:
        """The site's zone."""
        return self.app.settings.rules.site.timezone

    def sight(self) -> Sight | None:
        """What the last successful tick saw; None before the first."""
        report = self.app.latest
        if report is None:
            return None
        if self._sight is None or self._sight.report is not report:
            self._sight = _sight_of(report, self.app)
        return self._sight

    def rows(self, *statuses: DeliveryStatus) -> Sequence[Delivery]:
        """The ledger's rows as they are now, of these statuses if any are named. Raises UserError when it can't be read."""
        rows = self._ledger_rows().values()
        return [row for row in rows if row.status in statuses] if statuses else [*rows]

    def row(self, hashed: str) -> Delivery | None:
        """The row of an address."""
        return self._ledger_rows().get(hashed)

    def _ledger_rows(self) -> Mapping[str, Delivery]:
        """All rows by their address, in the ledger's order; read again only when anything in the ledger has moved."""
        ledger = self.app.ticker.wiring.ledger
        # Asked for first: what moves meanwhile is then read again by whoever asks next.
        version = (ledger.version(), self.app.latest)
        if self._rows is None or self._rows[0] != version:
            self._rows = version, {key_hash(row.key): row for row in ledger.rows()}
        return self._rows[1]

    def look(self, uids: Iterable[str], rows: Iterable[Delivery]) -> Look | None:
        """The last look narrowed to some events, with these rows: what the desk decides about them is the same."""
        sight = self.sight()
        if sight is None:
            return None
        look = sight.report.look
        found = tuple(sight.events[uid] for uid in uids if uid in sight.events)
        # A note that was saved just now is shown before the next tick, too.
        notes = self.app.ticker.wiring.ledger.snapshot().notes
        memory = replace(look.settled_memory(), deliveries={row.key: row for row in rows}, notes=notes)
        return desk.remembered(replace(look, content=replace(look.content, events=found)), memory)

    def explained(self, event: Event, rows: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """What every rule decides about an event, with its rows in place of what is already settled."""
        look = self.look([event.uid], rows)
        return desk.why(look, self.app.ticker.wiring.rules, event.path).decisions if look else ()

    def told(self, event: Event) -> list[ToldLine]:
        """What each audience was last told about an event, with the page of the mail that told it."""
        ledger, rules, now = self.app.ticker.wiring.ledger, self.app.ticker.wiring.rules, self.now
        return [
            ToldLine(
                known=one,
                href=f"/outbox/{key_hash(one.told.delivery_key)}",
                when=words.told_when(one.told.facts, self.zone, now),
                moment=words.moment(one.told.at, self.zone, now),
                otherwise=", ".join(words.FACTS[name] for name in one.otherwise),
            )
            for one in desk.known(ledger.snapshot(), rules, event)
        ]

    def reach(self, row: Delivery) -> tuple[str, words.Moment] | None:
        """What became of a row in numbers, and as of when; None where nobody has counted."""
        found = self.app.ticker.wiring.ledger.reaches().get(row.key) if row.status == "sent" else None
        return (in_words(found), words.moment(found.at, self.zone, self.now)) if found else None

    def decided(self, rows: Iterable[Delivery]) -> list[tuple[Delivery, str]]:
        """What people decided about these deliveries, the oldest first, as sentences."""
        ledger, about = self.app.ticker.wiring.ledger, {row.key: row for row in rows}
        said = sorted((one for key in about for one in ledger.decided(key)), key=lambda one: one.at)
        return [(about[one.key], words.decided(one, self.zone, self.now)) for one in said]

    def preview(self, subject: str, uids: Iterable[str], rows: Iterable[Delivery]) -> desk.Preview | str:
        """A message as it would look now, or the sentence that says why there is none."""
        look = self.look(uids, rows)
        if look is None:
            return "Nothing has been read yet. Look again after the first tick."
        try:
            return desk.preview(look, self.app.ticker, subject)
        except UserError as error:
            return error.message

    def lines(self, rows: Iterable[Delivery]) -> list[Line]:
        """Rows as pages list them, in the same order."""
        now = self.now
        return [self._line(row, now) for row in rows]

    def refused(self, rows: Iterable[Delivery]) -> list[Refusal]:
        """Skipped rows by event, every reason once, while it would be of use.

        What a first look keeps back, what is no news and a digest that has nothing to tell are left out.
        """
        by_event: dict[tuple[str, ...], dict[str, list[str]]] = {}
        now = self.now
        for row in rows:
            if row.expires_at <= now or not row.event_uids:
                continue
            for reason in row.reasons:
                if reason.code not in _NO_REFUSALS:
                    by_event.setdefault(row.event_uids, {}).setdefault(reason.text, []).append(row.rule)
        return [
            Refusal(
                title=", ".join(self._title(uid) for uid in uids),
                event_href=self._event_href(uids),
                reasons=tuple((text, tuple(dict.fromkeys(rules))) for text, rules in reasons.items()),
            )
            for uids, reasons in by_event.items()
        ]

    def title(self, row: Delivery) -> str:
        """The titles of a delivery's events, remembered ones included; of a digest that tells of nothing, its rule; of a one-off, its own subject."""
        titles = ", ".join(self._title(uid) for uid in row.event_uids)
        asked = self.app.ticker.wiring.ledger.snapshot().one_offs.get(row.key)
        if asked is not None and asked.subject:
            return asked.subject
        return titles or f"{row.kind.replace('_', ' ').capitalize()} of the rule {row.rule}"

    def _line(self, row: Delivery, now: datetime) -> Line:
        sight = self.sight()
        event = sight.events.get(row.event_uids[0]) if sight and row.event_uids else None
        word, at = _time_of(row)
        return Line(
            row=row,
            title=self.title(row),
            href=f"/outbox/{key_hash(row.key)}",
            event_href=self._event_href(row.event_uids),
            meaning=words.STATUSES[row.status],
            time_word=word,
            moment=words.moment(at, self.zone, now, event),
        )

    def _event_href(self, uids: Sequence[str]) -> str | None:
        """The page of the first event, where it is still there."""
        sight = self.sight()
        return words.event_address(uids[0]) if sight and uids and uids[0] in sight.events else None

    def _title(self, uid: str) -> str:
        sight = self.sight()
        if sight is None:
            return uid
        event = sight.events.get(uid)
        if event is not None:
            return event.title
        seen = sight.report.look.memory.seen.get(uid)
        return seen.event.title if seen else uid

    def clearance(self, uid: str) -> Clearance:
        """The clearance of an event that was read, towards a public audience."""
        sight = self.sight()
        if sight is None:
            raise LookupError(uid)
        return sight.clearances[uid]

    def problems(self, path: str) -> tuple[Problem, ...]:
        """What is wrong in the document of an event's path."""
        sight = self.sight()
        return sight.problems.get(_document(path), ()) if sight else ()


def last_done(rows: Iterable[Delivery], now: datetime) -> list[Delivery]:
    """Rows by the time that counts for each, the latest first; what was withdrawn before it was due comes last."""
    return sorted(rows, key=lambda row: (_time_of(row)[1] <= now, _time_of(row)[1], row.key), reverse=True)


def by_time(events: Iterable[Event], zone: str, now: datetime) -> tuple[list[Event], list[Event], list[Event]]:
    """Events to come (soonest first), without a date, and over (latest first). One that began today is to come."""
    dated = [(starts_at(event, zone), event) for event in events if event.when is not None]
    dated.sort(key=lambda pair: (pair[0], pair[1].path))
    since = now - timedelta(days=1)
    coming = [event for at, event in dated if at > since and event.status != "past"]
    over = [event for at, event in reversed(dated) if at <= since or event.status == "past"]
    return coming, [event for event in events if event.when is None], over


def _time_of(row: Delivery) -> tuple[str, datetime]:
    if row.sent_at is not None:
        return "sent", row.sent_at
    if row.retry_at is not None and row.status in ("planned", "drafted", "sending"):
        return "tried again", row.retry_at
    return "due", row.due_at


def _sight_of(report: Report, app: App) -> Sight:
    content = report.look.content
    problems: dict[str, tuple[Problem, ...]] = {}
    for problem in content.problems:
        problems[problem.path] = (*problems.get(problem.path, ()), problem)
    return Sight(
        report=report,
        events=report.look.events(),
        clearances=desk.clearances(content, app.settings.rules, report.look.at),
        problems=problems,
    )


def _document(path: str) -> str:
    return path.partition("#")[0]
