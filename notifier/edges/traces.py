"""Sends how long ticks and their parts took to an OpenTelemetry collector, by OTLP over HTTP. Names and times, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode

#: In seconds, for one export.
_TIMEOUT = 5
_PATH = "/v1/traces"


class Traces:
    """Looks on at ticks, as `beside.Seeing` has it: a span for each tick, in it one for each part and each call."""

    def __init__(self, endpoint: str, *, instance: str, version: str) -> None:
        # Not from the environment: what stands there may be anything.
        named = {"service.name": "notifier", "service.version": version, "service.instance.id": instance}
        self._provider = TracerProvider(resource=Resource(named), sampler=ALWAYS_ON, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}{_PATH}", timeout=_TIMEOUT)
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
