"""How a site stands when somebody looks: what the ledger knows, which is the same in every process that works with it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from notifier.app import App
from notifier.core.delivery import EVERYTHING, Delivery, DeliveryStatus
from notifier.core.mode import MODES
from notifier.core.notices import BY_HAND, expires_unanswered
from notifier.core.posting import HookState
from notifier.core.readership import Poll, last_whole_day
from notifier.desk.mode import mode_now
from notifier.desk.webhooks import states
from notifier.errors import UserError
from notifier.ports import Ledger
from notifier.web.metrics import meters
from notifier.web.metrics.meters import Meter
from notifier.web.readers import asked_again_within

_STATUSES: tuple[DeliveryStatus, ...] = get_args(DeliveryStatus)
_WAITING = frozenset({"held", "drafted"})
#: Who reads feeds is written every five minutes; it needn't be read each time that somebody looks.
_POLLS_FOR = 60.0
_RECENT = timedelta(days=7)
_SHARES = (0.5, 0.9)

Values = Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What is kept of all rows, as they were at one version of the ledger: how many, those that are due, those that wait."""

    version: tuple[datetime | None, int]
    counts: Mapping[str, int]
    dues: Sequence[datetime]
    waiting: Sequence[Delivery]


class Standing(Collector):
    """Asks when it is collected. Rows are gone through once for each change of the ledger, however often somebody looks."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._rows: _Rows | None = None
        self._polls: tuple[float, Sequence[Poll]] | None = None

    def describe(self) -> list[Metric]:
        """Nothing: so that making one asks nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All of it; of the ledger nothing while that doesn't answer."""
        if self._app.latest is not None:
            yield _family(meters.LAST_TICK, {(): self._app.latest.look.at.timestamp()})
        try:
            found = self._found()
        except UserError:
            # What keeps it from answering is in the log, and on every page.
            yield _family(meters.LEDGER_UP, {(): 0})
            return
        yield _family(meters.LEDGER_UP, {(): 1})
        for meter, values in found.items():
            if values:
                yield _family(meter, values)

    def _found(self) -> dict[Meter, Values]:
        app, now, ledger = self._app, self._app.clock.now(), self._app.ticker.wiring.ledger
        with self._lock:
            rows, polls = self._rows_of(ledger), self._polls_of(ledger, now)
        mode = mode_now(app).mode
        last = next(reversed(ledger.decided(EVERYTHING)), None)
        window = rows.version[0]
        overdue = [(now - due).total_seconds() for due in rows.dues if due <= now]
        return {
            meters.WINDOW_END: {(): window.timestamp()} if window is not None else {},
            meters.DELIVERIES: {(status,): rows.counts.get(status, 0) for status in _STATUSES},
            meters.OVERDUE: {(): len(overdue)},
            meters.OVERDUE_SECONDS: {(): max(overdue, default=0)},
            meters.EXPIRING: {(): sum(expires_unanswered(row, now) for row in rows.waiting)},
            meters.MODE: {(one,): one == mode for one in MODES},
            meters.PAUSED: {(): last is not None and last.act == "pause"},
            **self._readership(polls, now),
            **self._hooks(ledger, now),
        }

    def _rows_of(self, ledger: Ledger) -> _Rows:
        version = ledger.version()
        if self._rows is None or self._rows.version != version:
            rows = ledger.rows(*_STATUSES)
            self._rows = _Rows(
                version=version,
                counts=Counter(row.status for row in rows),
                dues=[row.due_at for row in rows if _is_open(row)],
                waiting=[row for row in rows if row.status in _WAITING],
            )
        return self._rows

    def _polls_of(self, ledger: Ledger, now: datetime) -> Sequence[Poll]:
        at = time.monotonic()
        if self._polls is None or at >= self._polls[0]:
            self._polls = (at + _POLLS_FOR, ledger.polls(now.date() - _RECENT))
        return self._polls[1]

    def _readership(self, polls: Sequence[Poll], now: datetime) -> dict[Meter, Values]:
        readers: dict[tuple[str, ...], float] = {}
        lags: dict[tuple[str, ...], float] = {}
        for feed in (one.name for one in self._app.settings.rules.feeds):
            of_a_day = last_whole_day((one for one in polls if one.feed == feed), now.date())
            for one in of_a_day:
                readers[feed, one.family] = readers.get((feed, one.family), 0) + one.readers
            for share in _SHARES:
                if (lag := asked_again_within(of_a_day, share=share)) is not None:
                    lags[feed, str(share)] = lag.total_seconds()
        return {meters.READERS: readers, meters.LAG: lags}

    def _hooks(self, ledger: Ledger, now: datetime) -> dict[Meter, Values]:
        names = {hook.name for hook in self._app.settings.hooks}
        known = [one for one in states(ledger) if one.name in names] if names else []
        return {
            meters.WAITING: {(one.name,): one.waiting for one in known},
            meters.GIVEN_UP: {(one.name,): one.given_up for one in known},
            meters.HOOK_FAILING: {(one.name,): _failing(one, now) for one in known},
            meters.HOOK_GONE: {(one.name,): one.gone_at is not None for one in known},
        }


def _is_open(row: Delivery) -> bool:
    """Whether it is for the program to settle it: what a person sends by hand at its provider is not."""
    by_hand = row.status == "drafted" and any(reason.code == BY_HAND for reason in row.reasons)
    return row.status in ("planned", "drafted", "sending") and not by_hand


def _failing(state: HookState, now: datetime) -> float:
    return (now - state.failing_since).total_seconds() if state.failing_since is not None else 0


def _family(meter: Meter, values: Values) -> GaugeMetricFamily:
    family = GaugeMetricFamily(meter.name, meter.text, labels=meter.labels)
    for labels, value in values.items():
        family.add_metric(labels, float(value))
    return family
