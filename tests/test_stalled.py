"""Staff are told once when no tick has succeeded for an hour, whatever the ticks fail with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from notifier.core.delivery import Outcome
from notifier.core.rule import Rules
from notifier.core.stalled import STANDS_STILL, check_stalled_template, stall_message, stall_notices
from notifier.edges.clock import FixedClock
from notifier.errors import ProviderError
from notifier.web.pulse import Pulse
from notifier.web.watch import LOOKS_EVERY, Watch
from tests.builders import a_site, at
from tests.faulty_provider import FaultyProvider
from tests.templates_on_disk import the_templates
from tests.test_telling_staff import TELLING
from tests.ticking import FIRST_LOOK, Site

START = at(FIRST_LOOK)


@pytest.fixture
def letters() -> FaultyProvider:
    return FaultyProvider()


@pytest.fixture
def site(tmp_path: Path, letters: FaultyProvider) -> Iterator[Site]:
    with Site(tmp_path, letters) as made:
        (tmp_path / "config.yaml").write_text(TELLING, encoding="utf-8")
        made.app.close()
        made.open()
        made.tick(FIRST_LOOK)
        yield made


def watched(site: Site, *, hours: float) -> Watch:
    site.app.clock = FixedClock(START + timedelta(hours=hours))
    watch = Watch(app=site.app, started_at=START)
    watch.beat()
    return watch


def told(letters: FaultyProvider) -> list[str]:
    return [key for key, _ in letters.sent if key.startswith("one_off/staff-stalled-")]


def test_nothing_is_told_before_an_hour_without_a_tick(site: Site, letters: FaultyProvider) -> None:
    watched(site, hours=0.98)
    assert told(letters) == []


def test_one_mail_tells_of_one_standstill_however_often_somebody_looks(site: Site, letters: FaultyProvider) -> None:
    for hours in (1.0, 1.1, 5, 30):
        watched(site, hours=hours)

    assert told(letters) == [f"one_off/staff-stalled-{START:%Y%m%dT%H%M%SZ}/site.staff"]


def test_the_next_standstill_has_a_mail_of_its_own(site: Site, letters: FaultyProvider) -> None:
    watched(site, hours=2)
    site.app.clock = FixedClock(START + timedelta(hours=3))
    site.app.tick()
    watched(site, hours=3.5)
    watched(site, hours=4.5)

    assert len(set(told(letters))) == 2 == len(told(letters))


def test_a_tick_of_another_process_counts(site: Site, letters: FaultyProvider) -> None:
    """Of this one the last success lies two hours back; the ledger knows of one since."""
    latest = site.app.latest
    site.tick(f"{START + timedelta(hours=1.5):%Y-%m-%d %H:%M}")
    site.app.latest = latest
    watched(site, hours=2)

    assert told(letters) == []


def test_a_ledger_that_is_gone_is_told_of_too(site: Site, letters: FaultyProvider) -> None:
    next(site.folder.glob("*.db")).unlink()
    site.app.clock = FixedClock(START + timedelta(hours=2))
    pulse = Pulse(app=site.app, address="http://127.0.0.1:1", say=lambda _: None)
    pulse.beat()
    watched(site, hours=2)

    [(_, message)] = letters.sent
    assert site.app.trouble is not None
    assert " ".join(site.app.trouble.split())[:60] in " ".join(message.text.split())


def test_a_provider_that_fails_is_asked_again_and_said_once(site: Site, letters: FaultyProvider) -> None:
    letters.faults["draft"] = [ProviderError("No answer.", permanent=False)] * 2
    site.app.clock = FixedClock(START + timedelta(hours=2))
    watch = Watch(app=site.app, started_at=START)
    with capture_logs() as log:
        for _ in range(3):
            watch.beat()

    assert [line["event"] for line in log] == ["stall_not_told", "stall_told"]
    assert len(told(letters)) == 1


def test_what_may_have_gone_out_is_not_sent_again(site: Site, letters: FaultyProvider) -> None:
    letters.takes = True
    letters.faults["send"] = [Outcome(result="ambiguous", detail="No answer came.")]
    for hours in (2, 3):
        watched(site, hours=hours)

    assert len(told(letters)) == 1


def test_where_staff_are_told_nothing_there_is_no_notice() -> None:
    assert stall_notices(START, Rules(site=a_site()), START + STANDS_STILL * 9) == ()


def test_the_mail_says_since_when_and_what_failed() -> None:
    message = stall_message(START, "The disk is full.\n*|FNAME|* <b>", site=a_site(), templates=the_templates())

    assert "The disk is full." in message.text
    assert "* |FNAME| *" in message.html
    assert "&lt;b&gt;" in message.html
    assert "has stalled" in message.subject


def test_a_wrong_template_is_found_by_check() -> None:
    [problem] = check_stalled_template(the_templates(stalled__html="{{ nobody }}"))
    assert problem.path.endswith("stalled/html.j2")


def test_it_is_looked_often_enough() -> None:
    assert LOOKS_EVERY * 4 <= STANDS_STILL
