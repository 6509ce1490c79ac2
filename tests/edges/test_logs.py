from __future__ import annotations

import io
import json
import logging
import re
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from notifier.edges.logs import HIDDEN, configure, redact
from tests.builders import UID, a_delivery


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


pytestmark = pytest.mark.usefixtures("logging_as_before")


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def logged(**values: Any) -> dict[str, Any]:
    stream = io.StringIO()
    configure(stream=stream)
    structlog.get_logger().info("tick_finished", **values)
    (line,) = lines(stream)
    return line


def test_a_line_for_machines_has_the_event_its_level_and_the_time_in_utc() -> None:
    line = logged(sent=2)
    assert (line["event"], line["level"], line["sent"]) == ("tick_finished", "info", 2)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])


def test_a_line_for_people_is_coloured_on_a_terminal() -> None:
    stream = Terminal()
    configure(stream=stream)
    structlog.get_logger().info("tick_finished", sent=2)
    assert "tick_finished" in stream.getvalue()
    assert "\x1b[" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_text_without_a_terminal_has_no_colour() -> None:
    stream = io.StringIO()
    configure(stream=stream, json=False)
    structlog.get_logger().info("tick_finished", sent=2)
    assert re.search(r"tick_finished +sent=2\n$", stream.getvalue())
    assert "\x1b" not in stream.getvalue()


def test_json_can_be_asked_for_on_a_terminal() -> None:
    stream = Terminal()
    configure(stream=stream, json=True)
    structlog.get_logger().info("tick_finished")
    assert lines(stream)[0]["event"] == "tick_finished"


def test_setting_up_again_moves_the_log_and_doubles_nothing() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure(stream=first)
    configure(stream=second)
    structlog.get_logger().info("tick_finished")
    assert (first.getvalue(), len(lines(second))) == ("", 1)


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    structlog.get_logger().debug("document_read")
    assert stream.getvalue() == ""


def test_tests_can_capture_what_is_logged() -> None:
    configure(stream=io.StringIO())
    with capture_logs() as captured:
        structlog.get_logger().warning("delivery_failed", key="k")
    assert captured == [{"event": "delivery_failed", "log_level": "warning", "key": "k"}]


@pytest.mark.parametrize("name", ["uvicorn.error", "apscheduler.executors.default", "alembic.runtime.migration"])
def test_warnings_of_libraries_come_in_the_same_form(name: str) -> None:
    stream = io.StringIO()
    logging.getLogger("uvicorn.error").addHandler(logging.StreamHandler(stream))
    configure(stream=stream)
    logging.getLogger(name).warning("could not ask %s", "someone@example.org")
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == (f"could not ask {HIDDEN}", "warning")


@pytest.mark.parametrize("name", ["uvicorn.access", "apscheduler.scheduler", "alembic.runtime.migration", "sqlalchemy"])
def test_the_chatter_of_libraries_is_left_out(name: str) -> None:
    stream = io.StringIO()
    configure(stream=stream)
    logging.getLogger(name).info("Running it again")
    assert stream.getvalue() == ""


def test_a_traceback_is_logged_without_what_it_says_of_people() -> None:
    for as_json in (True, False):
        stream = io.StringIO()
        configure(stream=stream, json=as_json)
        try:
            raise ValueError("no such member: someone@example.org")
        except ValueError:
            structlog.get_logger().exception("tick_failed")
        assert f"ValueError: no such member: {HIDDEN}" in stream.getvalue()
        assert "Traceback" in stream.getvalue()


KEY = "0123456789abcdef0123456789abcdef-us21"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sent to someone@example.org", f"sent to {HIDDEN}"),
        ("<some.one+tag@mail.example.org>, x@example.org!", f"<{HIDDEN}>, {HIDDEN}!"),
        ("mailto:someone%40example.org", f"mailto:{HIDDEN}"),
        ("jürgen@exämple.org", HIDDEN),
        (f"401 for key {KEY}.", f"401 for key {HIDDEN}."),
        ("Authorization: Bearer abcdefghij", f"Authorization: Bearer {HIDDEN}"),
        (
            "GET https://example.org/feeds/a.ics?token=abc&x=1#f done",
            f"GET https://example.org/feeds/a.ics?{HIDDEN} done",
        ),
        ('"GET /feeds/a.ics?t=abc HTTP/1.1" 200', f'"GET /feeds/a.ics?{HIDDEN} HTTP/1.1" 200'),
        ("postgresql://me:hunter2@db.example.org/x", f"postgresql://{HIDDEN}@db.example.org/x"),
        ("red\x1b[31m\x07 and half \ud83d", "red\\u001b[31m\\u0007 and half \\ud83d"),
        ("What is sent? Nothing; 2 @ 3 o'clock", "What is sent? Nothing; 2 @ 3 o'clock"),
        ("https://example.org/events/one", "https://example.org/events/one"),
        (a_delivery().key, a_delivery().key),
        (UID, UID),
    ],
)
def test_what_is_confidential_is_hidden_and_the_rest_is_not(text: str, expected: str) -> None:
    assert redact(None, "info", {"event": text}) == {"event": expected}


@pytest.mark.parametrize(
    "name", ["token", "api_key", "apikey", "csrf_token", "SECRET_KEY", "password", "Authorization"]
)
def test_what_is_named_as_a_secret_is_hidden_whatever_it_is(name: str) -> None:
    assert redact(None, "info", {name: ["plain", 1]}) == {name: HIDDEN}


def test_confidential_values_are_hidden_however_deep_they_lie() -> None:
    address = "someone@example.org"
    values = {"to": [address, (address,)], "by": {address: {"password": "x", "n": 1}}, "error": ValueError(address)}
    assert redact(None, "info", values) == {
        "to": [HIDDEN, [HIDDEN]],
        "by": {HIDDEN: {"password": HIDDEN, "n": 1}},
        "error": HIDDEN,
    }


def test_a_key_and_its_counts_stay_as_they_are() -> None:
    line = logged(key="reminder/x", audience="newsletter", sent=0, seconds=0.5, live=False, retry=None)
    assert line | {"key": "reminder/x", "sent": 0, "seconds": 0.5, "live": False, "retry": None} == line


def test_a_very_long_line_is_no_burden() -> None:
    text = "a.b-c?d" * 20_000
    assert redact(None, "info", {"event": text}) == {"event": text}
