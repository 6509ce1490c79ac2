"""One line for each tick, one for each delivery that moved, and nothing in them that is not for everybody's eyes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from notifier.edges.clock import FixedClock
from notifier.web.lines import Beat
from notifier.web.pulse import Pulse
from tests.builders import at
from tests.faulty_provider import FaultyProvider, temporary
from tests.ticking import DUE, FIRST_LOOK, Site

Logged = list[MutableMapping[str, Any]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        yield made


def a_pulse(site: Site, **more: Any) -> Pulse:
    return Pulse(app=site.app, address="http://127.0.0.1:8000", say=lambda _text: None, **more)


def beat(pulse: Pulse, text: str) -> Logged:
    """What is logged of a beat at this time."""
    pulse.app.clock = FixedClock(at(text))
    with capture_logs() as logged:
        pulse.beat()
    return logged


def named(logged: Logged, event: str) -> Logged:
    return [entry for entry in logged if entry["event"] == event]


def test_each_beat_has_one_line_with_what_it_read_planned_moved_and_took(site: Site) -> None:
    pulse = a_pulse(site)
    (first,) = named(beat(pulse, FIRST_LOOK), "tick_finished")
    assert (first["documents"], first["changed"], first["planned"], first["published"]) == (1, 1, 1, 2)
    assert (first["outcome"], first["moved"], first["mode"], first["troubles"]) == ("done", {}, "test", [])
    assert isinstance(first["duration_ms"], int)
    assert first["late_ms"] == 0
    (second,) = named(beat(pulse, DUE), "tick_finished")
    assert (second["changed"], second["moved"], second["instance"]) == (0, {"sent": 1}, first["instance"])


def test_a_delivery_that_is_handed_over_has_one_line_with_the_way_it_went(site: Site) -> None:
    pulse = a_pulse(site)
    beat(pulse, FIRST_LOOK)
    (line,) = named(beat(pulse, DUE), "delivery_sent")
    row = site.row()
    assert {name: line[name] for name in ("key", "rule", "kind", "audience", "provider", "from", "to", "attempt")} == {
        "key": row.key, "rule": "day", "kind": "reminder", "audience": "newsletter", "provider": "letters",
        "from": "planned", "to": "sent", "attempt": 1,
    }  # fmt: skip
    assert (line["draft"], line["reasons"]) == (row.draft_id, [reason.code for reason in row.reasons])


def test_what_the_plan_makes_of_a_known_delivery_has_a_line_too_once(site: Site) -> None:
    pulse = a_pulse(site)
    beat(pulse, FIRST_LOOK)
    logged = [beat(pulse, "2026-12-09 20:00"), beat(pulse, "2026-12-09 20:01"), beat(pulse, "2026-12-09 20:02")]
    (line,) = named(logged[0], "delivery_missed")
    assert (line["from"], line["to"], line["log_level"]) == ("planned", "missed", "warning")
    assert named(logged[1] + logged[2], "delivery_missed") == []
    assert [named(one, "tick_finished")[0]["moved"] for one in logged] == [{"missed": 1}, {}, {}]


def test_a_beat_whose_tick_fails_has_its_line_each_time_and_its_trouble_once(site: Site) -> None:
    pulse = a_pulse(site)
    beat(pulse, FIRST_LOOK)
    (site.folder / "notifier.db").unlink()
    logged = beat(pulse, DUE) + beat(pulse, DUE)
    assert [one["outcome"] for one in named(logged, "tick_finished")] == ["failed", "failed"]
    assert [one["troubles"] for one in named(logged, "tick_finished")] == [["tick_failed"]] * 2
    assert len(named(logged, "tick_failed")) == 1


def test_a_tick_that_another_process_overtook_says_so(site: Site) -> None:
    other = Site.__new__(Site)
    other.folder, other._provider = site.folder, None
    other.open()
    pulse = a_pulse(site)
    ticker = pulse.app.ticker

    class Meanwhile:
        @contextmanager
        def part(self, name: str, provider: str = "") -> Iterator[Callable[[str], None]]:
            if name == "plan" and not provider:
                other.tick(FIRST_LOOK)
            yield lambda _result: None

    pulse.seeing = Meanwhile()
    logged = beat(pulse, FIRST_LOOK)
    other.app.close()
    assert ticker.seeing is pulse.seeing
    assert [one["outcome"] for one in named(logged, "tick_finished")] == ["overtaken"]


def test_whoever_listens_and_fails_stops_no_beat(site: Site) -> None:
    heard: list[Beat] = []

    def fail(_beat: Beat) -> None:
        raise ZeroDivisionError

    pulse = a_pulse(site, listeners=(fail, heard.append))
    logged = beat(pulse, FIRST_LOOK)
    assert [one["event"] for one in logged if one["log_level"] == "error"] == ["beat_not_told"]
    assert [one.outcome for one in heard] == ["done"]


class Parts:
    """Keeps the parts that a tick had, and what came of the calls among them."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def part(self, name: str, provider: str = "") -> AbstractContextManager[Callable[[str], None]]:
        return self._part(f"{provider}: {name}" if provider else name)

    @contextmanager
    def _part(self, name: str) -> Iterator[Callable[[str], None]]:
        self.seen.append(name)
        try:
            yield lambda result: self.seen.append(f"{name} {result}")
        except Exception as error:
            self.seen.append(f"{name} {type(error).__name__}")
            raise


def test_who_looks_on_sees_each_part_of_a_tick_and_each_call(site: Site) -> None:
    parts = Parts()
    pulse = a_pulse(site, seeing=parts)
    beat(pulse, FIRST_LOOK)
    assert parts.seen == ["tick", "read", "plan", "record", "publish", "apply"]
    parts.seen.clear()
    beat(pulse, DUE)
    assert parts.seen == [
        "tick", "read", "plan", "record", "publish", "apply", "letters: find", "letters: draft", "letters: find",
        "letters: check", "letters: send", "letters: send accepted", "letters: find", "letters: find",
    ]  # fmt: skip


def test_no_line_has_a_title_an_address_or_a_link(site: Site) -> None:
    site.write("choir", title="zq-title", more="contact: someone@example.org\njoin: https://example.com/zq-join")
    pulse = a_pulse(site)
    logged = [entry for moment in (FIRST_LOOK, DUE, "2026-12-10 10:00") for entry in beat(pulse, moment)]
    assert {"tick_finished", "delivery_sent"} <= {entry["event"] for entry in logged}
    assert re.findall(r"zq-|someone@|tickets\.example", str(logged)) == []


def test_a_call_that_fails_is_seen_as_failed(tmp_path: Path) -> None:
    provider, parts = FaultyProvider(), Parts()
    with Site(tmp_path, provider) as site:
        pulse = a_pulse(site, seeing=parts)
        beat(pulse, FIRST_LOOK)
        provider.faults["send"] = [temporary()]
        (line,) = named(beat(pulse, DUE), "delivery_sending")
    assert "letters: send ProviderError" in parts.seen
    assert (line["reasons"][-1], line["attempt"]) == ("retry", 1)
