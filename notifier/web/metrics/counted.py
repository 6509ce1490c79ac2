"""What this process counts itself: ticks, calls to providers, deliveries that moved. Nothing of it outlives the process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from notifier import __version__
from notifier.app import App
from notifier.core.rule import STAFF
from notifier.web.lines import OUTCOMES, Beat
from notifier.web.metrics import meters
from notifier.web.metrics.meters import Meter

#: What a provider answers when a delivery is handed over; `error`: it gave no answer.
RESULTS = ("accepted", "refused", "unsent", "ambiguous", "error")
#: These are no counts: they are asked for when somebody looks.
AT_A_LOOK = (meters.LEDGER_UP, meters.LAST_TICK)
_SEVERITIES = ("error", "warning", "info")


class Counted:
    """Looks on at the ticks of one site, and is told of its beats. Safe for several threads."""

    def __init__(self, app: App, registry: CollectorRegistry) -> None:
        self._app = app
        self._counters = {one.name: _counter(one, registry) for one in _of("counter")}
        self._gauges = {one.name: _gauge(one, registry) for one in _of("gauge") if one not in AT_A_LOOK}
        self._histograms = {one.name: _histogram(one, registry) for one in _of("histogram")}
        self._gauge(meters.BUILD, version=__version__).set(1)
        for outcome in OUTCOMES:
            self._counter(meters.TICKS, outcome=outcome)
        for result in ("taken", "failed"):
            self._counter(meters.PINGS, result=result)
        self._expect()

    @contextmanager
    def part(self, name: str, provider: str = "") -> Iterator[Callable[[str], None]]:
        """As `beside.Seeing` has it."""
        if not provider:
            yield _passed_over
            return
        said: list[str] = []
        begun = time.monotonic()
        try:
            yield said.append
        except Exception:
            said.append("error")
            self._counter(meters.CALL_ERRORS, provider=provider, call=name).inc()
            raise
        finally:
            self._histogram(meters.CALLS, provider=provider, call=name).observe(time.monotonic() - begun)
            if name == "send" and said:
                self._counter(meters.OUTCOMES, provider=provider, result=said[-1]).inc()

    def beat(self, beat: Beat) -> None:
        """Count a beat."""
        self._expect()
        self._counter(meters.TICKS, outcome=beat.outcome).inc()
        self._histogram(meters.TICK_SECONDS).observe(beat.seconds)
        self._histogram(meters.TICK_LATE).observe(beat.late)
        self._gauge(meters.TICK_FAILING).set(not beat.succeeded)
        self._gauge(meters.CONFIG_REFUSED).set("config_refused" in beat.troubles)
        if beat.report is None:
            return
        report = beat.report
        self._gauge(meters.EVENTS).set(len(report.look.content.events))
        self._gauge(meters.DOCUMENTS).set(report.documents)
        found = beat.problems()
        for severity in _SEVERITIES:
            self._gauge(meters.PROBLEMS, severity=severity).set(sum(one.severity == severity for one in found))
        for name in report.published:
            self._counter(meters.PUBLISHED, feed=self._feed(name)).inc()
        for row in beat.moved():
            provider = row.provider if row.provider in self._app.settings.providers else "gone"
            self._counter(meters.MOVED, status=row.status, provider=provider).inc()
            if row.status == "sent" and row.sent_at is not None:
                delay = max(0.0, (row.sent_at - row.due_at).total_seconds())
                kind = "notice" if row.audience == STAFF else row.kind
                self._histogram(meters.DELAY, kind=kind).observe(delay)

    def pinged(self, well: bool) -> None:  # noqa: FBT001 - a word of whoever tells the switch, and the only one
        """Count what came of telling the dead man's switch."""
        self._counter(meters.PINGS, result="taken" if well else "failed").inc()
        self._gauge(meters.PING_FAILING).set(not well)

    def _expect(self) -> None:
        """What may come begins with 0, so that its first rise is seen."""
        self._gauge(meters.TICK_EVERY).set(self._app.settings.tick.total_seconds())
        for name in self._app.settings.providers:
            for result in RESULTS:
                self._counter(meters.OUTCOMES, provider=name, result=result)

    def _feed(self, name: str) -> str:
        """The feed that a published file belongs to: there is one for each event too."""
        known = {feed.name for feed in self._app.settings.rules.feeds}
        plain = name.removesuffix(".ics").removesuffix("-archive")
        return plain if plain in known else "other"

    def _counter(self, meter: Meter, **labels: str) -> Counter:
        return _child(self._counters, meter, labels)

    def _gauge(self, meter: Meter, **labels: str) -> Gauge:
        return _child(self._gauges, meter, labels)

    def _histogram(self, meter: Meter, **labels: str) -> Histogram:
        return _child(self._histograms, meter, labels)


def _passed_over(_result: str) -> None:
    return


def _of(kind: str) -> Iterator[Meter]:
    return (one for one in meters.meters() if one.kind == kind and one.origin == "process")


def _counter(meter: Meter, registry: CollectorRegistry) -> Counter:
    return Counter(meter.name, meter.text, meter.labels, registry=registry)


def _gauge(meter: Meter, registry: CollectorRegistry) -> Gauge:
    return Gauge(meter.name, meter.text, meter.labels, registry=registry)


def _histogram(meter: Meter, registry: CollectorRegistry) -> Histogram:
    return Histogram(meter.name, meter.text, meter.labels, registry=registry, buckets=meter.buckets)


_Measure = TypeVar("_Measure", Counter, Gauge, Histogram)


def _child(known: Mapping[str, _Measure], meter: Meter, labels: Mapping[str, str]) -> _Measure:
    return known[meter.name].labels(**labels) if labels else known[meter.name]
