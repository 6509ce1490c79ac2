"""What leaves for Sentry and for a collector of traces: enough to mend by, and nothing of anybody."""

from __future__ import annotations

import gzip
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from structlog.testing import capture_logs

from notifier.edges.clock import FixedClock
from notifier.edges.logs import HIDDEN, configure
from notifier.web.pulse import Pulse
from notifier.web.watching import Watching
from tests.builders import at
from tests.edges.raw_server import RawServer, raw_server, says
from tests.faulty_provider import FaultyProvider, temporary
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

PUBLIC = "zqpublickey0123456789"
ADDRESS, TOKEN, PASSWORD = "someone@example.org", "Zq3" + "aB4_" * 10, "zq-hunter2"


@pytest.fixture
def sink() -> Iterator[RawServer]:
    """Takes whatever is sent."""
    with raw_server() as made:
        made.answer = says("200 OK\nContent-Type: application/json", b"{}")
        yield made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as the program sets it up, and afterwards as it was."""
    root = logging.getLogger()
    before, level, made = list(root.handlers), root.level, io.StringIO()
    known = structlog.get_config()
    configure(stream=made, json=True)
    yield made
    root.handlers[:], root.level = before, level
    structlog.configure(**known)


def with_watch(site: Site, text: str) -> None:
    (site.folder / "config.yaml").write_text(f"{CONFIG}watch: {{{text}}}\n", encoding="utf-8")
    site.app.close()
    site.open()


def with_sentry(site: Site, sink: RawServer, dsn: str = "") -> Watching:
    path = site.folder / "sentry.dsn"
    path.write_text(dsn or f"{sink.url.replace('://', f'://{PUBLIC}@')}/7")
    path.chmod(0o600)
    with_watch(site, "sentry: {dsn: {file: sentry.dsn}, environment: staging}")
    return Watching(site.app)


def body_of(asked: bytes) -> bytes:
    head, _, body = asked.partition(b"\r\n\r\n")
    return gzip.decompress(body) if b"gzip" in head.lower().partition(b"content-encoding:")[2][:12] else body


def events(sink: RawServer) -> list[dict[str, Any]]:
    """The events of all envelopes: a head, and for each item a head and a line."""
    lines = [json.loads(line) for asked in sink.asked for line in body_of(asked).splitlines() if line.strip()]
    return [line for line in lines if "event_id" in line and "level" in line]


def everything(sink: RawServer) -> str:
    """All that left, but what tells the sink who sends."""
    heads = [asked.partition(b"\r\n\r\n")[0].decode() for asked in sink.asked]
    told = [head for head in heads if PUBLIC not in head]
    return "\n".join([*told, *(body_of(asked).decode("utf-8", "replace") for asked in sink.asked)])


def broken(secret: str) -> None:
    """Fails with secrets in its local variables, its words, and what led to it."""
    password, to = PASSWORD, [ADDRESS]
    try:
        raise KeyError(f"{to}: {secret}")
    except KeyError as cause:
        raise ValueError(f"could not reach postgresql://u:{password}@db.example.org/n for {ADDRESS}") from cause


def test_an_error_is_an_event_without_anybody_in_it(tmp_path: Path, sink: RawServer, log: io.StringIO) -> None:
    with Site(tmp_path) as site:
        watching = with_sentry(site, sink)
        watching.begin()
        structlog.get_logger().info("logged_in", who=ADDRESS)
        try:
            broken(TOKEN)
        except ValueError as error:
            structlog.get_logger().error(
                "tick_broke", exc_info=error, to=ADDRESS, path=f"/feeds/private/{TOKEN}.ics", api_key=PASSWORD, n=3
            )
        watching.end()
    (event,) = events(sink)
    assert [one["type"] for one in event["exception"]["values"]] == ["KeyError", "ValueError"]
    assert (event["transaction"], event["level"], event["environment"]) == ("tick_broke", "error", "staging")
    assert event["release"].startswith("notifier@")
    assert event["extra"] == {"to": HIDDEN, "path": f"/feeds/private/{HIDDEN}.ics", "api_key": HIDDEN, "n": 3}
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "broken"
    assert not {"vars", "abs_path"} & {key for frame in frames for key in frame}
    left_out = {"user", "request", "server_name", "modules", "breadcrumbs"} & set(event)
    assert left_out == set()
    found = [one for one in (ADDRESS, TOKEN, PASSWORD, str(tmp_path)) if one in everything(sink)]
    assert found == []
    assert "tick_broke" in log.getvalue()


def test_a_tick_that_fails_is_an_event_and_what_goes_well_is_none(
    tmp_path: Path, sink: RawServer, log: io.StringIO
) -> None:
    with Site(tmp_path) as site:
        watching = with_sentry(site, sink)
        watching.begin()
        pulse = Pulse(app=site.app, address="", say=lambda _text: None, listeners=watching.listeners)
        pulse.beat()
        (site.folder / "notifier.db").rename(site.folder / "elsewhere")
        pulse.beat()
        watching.end()
    assert [event["message"] for event in events(sink)] == ["tick_failed"]
    assert log.getvalue()


def test_after_the_end_nothing_is_sent_any_more(tmp_path: Path, sink: RawServer, log: io.StringIO) -> None:
    with Site(tmp_path) as site:
        watching = with_sentry(site, sink)
        watching.begin()
        watching.end()
        structlog.get_logger().error("tick_failed", trouble="late")
    assert events(sink) == []
    assert log.getvalue()


@pytest.mark.parametrize(
    "dsn", ["zq-no-address", "https://example.org/7", f"http://{PUBLIC}@/", "ftp://zq@example.org/1"]
)
def test_a_dsn_that_is_none_is_said_without_it_and_stops_nothing(tmp_path: Path, sink: RawServer, dsn: str) -> None:
    with Site(tmp_path) as site:
        watching = with_sentry(site, sink, dsn)
        with capture_logs() as logged:
            watching.begin()
        watching.end()
    assert [one["event"] for one in logged] == ["watch_not_begun"]
    assert "zq" not in str(logged)


def test_an_installation_without_them_imports_neither(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        watching = Watching(site.app)
        watching.begin()
        assert watching.seeing is watching.metrics.counted
        watching.end()


def spans(sink: RawServer) -> list[Span]:
    requests = [ExportTraceServiceRequest.FromString(body_of(asked)) for asked in sink.asked]
    return [span for one in requests for of in one.resource_spans for scope in of.scope_spans for span in scope.spans]


def words_of(found: list[Span]) -> str:
    """All that spans say; their ids are chance."""
    for span in found:
        for name in ("trace_id", "span_id", "parent_span_id"):
            span.ClearField(name)
    return " ".join(map(str, found))


def traced(site: Site, sink: RawServer, *moments: str) -> list[Span]:
    """The spans of beats at these times."""
    watching = Watching(site.app)
    watching.begin()
    pulse = Pulse(
        app=site.app, address="", say=lambda _text: None, seeing=watching.seeing, listeners=watching.listeners
    )
    for moment in moments:
        site.app.clock = FixedClock(at(moment))
        pulse.beat()
    watching.end()
    return spans(sink)


def test_each_tick_is_a_span_with_its_parts_and_calls_in_it(tmp_path: Path, sink: RawServer) -> None:
    with Site(tmp_path) as site:
        with_watch(site, f"traces: {{endpoint: {sink.url}}}")
        site.write("choir", title="zq-title", more=f"contact: {ADDRESS}")
        found = traced(site, sink, FIRST_LOOK, DUE)
    assert all(asked.startswith(b"POST /v1/traces HTTP/1.1") for asked in sink.asked)
    ticks = [span for span in found if span.name == "tick"]
    assert [span.parent_span_id for span in ticks] == [b"", b""]
    last = [span for span in found if span.trace_id == ticks[-1].trace_id]
    names = {span.span_id: span.name for span in last}
    inside = {(names.get(span.parent_span_id, ""), span.name) for span in last}
    assert inside == {
        ("", "tick"), ("tick", "read"), ("tick", "plan"), ("tick", "record"), ("tick", "publish"), ("tick", "apply"),
        ("apply", "provider find"), ("apply", "provider draft"), ("apply", "provider check"), ("apply", "provider send"),
    }  # fmt: skip
    (sent,) = [span for span in last if span.name == "provider send"]
    told = {one.key: one.value.string_value for one in sent.attributes}
    assert told == {"notifier.provider": "letters", "notifier.result": "accepted"}
    assert sent.end_time_unix_nano >= sent.start_time_unix_nano
    leaked = re.findall(rf"zq-|@|reminder/|{re.escape(str(tmp_path))}|choir", words_of(found))
    assert leaked == []


def test_a_call_that_fails_has_the_kind_of_its_error_and_none_of_its_words(tmp_path: Path, sink: RawServer) -> None:
    provider = FaultyProvider()
    with Site(tmp_path) as site:
        with_watch(site, f"traces: {{endpoint: {sink.url}}}")
    site = Site.__new__(Site)
    site.folder, site._provider = tmp_path, provider
    site.open()
    provider.faults["send"] = [temporary(f"550 <{ADDRESS}> is unknown")]
    found = traced(site, sink, FIRST_LOOK, DUE)
    site.app.close()
    (sent,) = [span for span in found if span.name == "provider send"]
    assert (sent.status.message, len(sent.events)) == ("ProviderError", 0)
    assert ADDRESS not in words_of(found)


def test_a_collector_that_is_not_there_holds_up_nothing_and_is_said_once(tmp_path: Path, log: io.StringIO) -> None:
    with Site(tmp_path) as site:
        with_watch(site, 'traces: {endpoint: "http://127.0.0.1:9"}')
        watching = Watching(site.app)
        watching.begin()
        pulse = Pulse(app=site.app, address="", say=lambda _text: None, seeing=watching.seeing)
        pulse.beat()
        pulse.beat()
        assert site.app.trouble is None
        watching.end()
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(one["event"], one["collector"]) for one in told if one["level"] != "info"] == [
        ("traces_lost", "127.0.0.1:9")
    ]
