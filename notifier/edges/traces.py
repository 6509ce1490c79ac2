"""Sends how long ticks and their parts took to an OpenTelemetry collector, by OTLP over HTTP. Names and times, nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode

#: In seconds, for one export.
_TIMEOUT = 5
_PATH = "/v1/traces"
#: The exporter's own, which has several lines for each attempt.
_CHATTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


class Traces:
    """Looks on at ticks, as `beside.Seeing` has it: a span for each tick, in it one for each part and each call.

    `lost` is called once when what was seen could not be sent, and again only after something could.
    """

    def __init__(self, endpoint: str, *, instance: str, version: str, lost: Callable[[], None]) -> None:
        # Not from the environment: what stands there may be anything.
        named = {"service.name": "notifier", "service.version": version, "service.instance.id": instance}
        self._provider = TracerProvider(resource=Resource(named), sampler=ALWAYS_ON, shutdown_on_exit=False)
        logging.getLogger(_CHATTER).setLevel(logging.CRITICAL)
        exporter = _Exporter(OTLPSpanExporter(endpoint=f"{endpoint}{_PATH}", timeout=_TIMEOUT), lost)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("notifier", version)

    @contextmanager
    def part(self, name: str, provider: str = "") -> Iterator[Callable[[str], None]]:
        """A span around it. Of an exception it has the kind alone: its words may be about people."""
        kind = SpanKind.CLIENT if provider else SpanKind.INTERNAL
        attributes = {"notifier.provider": provider} if provider else {}
        with self._tracer.start_as_current_span(
            f"provider {name}" if provider else name, kind=kind, attributes=attributes, record_exception=False,
            set_status_on_exception=False,
        ) as span:  # fmt: skip
            try:
                yield lambda result: span.set_attribute("notifier.result", result)
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def end(self) -> None:
        """Let what was seen go out."""
        self._provider.shutdown()


class _Exporter(SpanExporter):
    """Another one, of whose failures the first is told."""

    def __init__(self, inner: SpanExporter, lost: Callable[[], None]) -> None:
        self._inner, self._lost = inner, lost
        self._is_well = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        is_well = result is SpanExportResult.SUCCESS
        if self._is_well and not is_well:
            self._lost()
        self._is_well = is_well
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)
