"""One beat: it never raises, and what goes wrong is seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from structlog.testing import capture_logs

from notifier.app import App
from notifier.web.pulse import Pulse, first_look
from tests.web.sites import a_client

ADDRESS = "http://127.0.0.1:8000"


@dataclass(slots=True)
class Heard:
    """Keeps what is said at the terminal."""

    texts: list[str] = field(default_factory=list)

    def __call__(self, text: str) -> None:
        self.texts.append(text)


def a_pulse(site: App, heard: Heard | None = None) -> Pulse:
    return Pulse(app=site, address=ADDRESS, say=heard or Heard())


def test_the_first_beat_says_what_was_delivered_where_and_what_follows(site: App) -> None:
    heard = Heard()
    a_pulse(site, heard).beat()
    (said,) = heard.texts
    assert "Delivered: the reminder of “Shared streets: community call”, to newsletter, in " in said
    assert f"{site.config.parent}/outbox/" in said
    assert "3 mails planned in the next 30 days, the first on Mon 30 Nov 10:00 GMT (in 4 days)." in said
    assert "2 events wait for an answer from you." in said
    assert f"All of it, and why: {ADDRESS}" in said


def test_pages_say_how_far_the_first_reading_is_and_nothing_of_it_afterwards(site: App) -> None:
    client = a_client(site)
    with first_look(site):
        assert site.ticker.reader.progress is not None
        site.ticker.reader.progress(840, 2_000)
        pages = [client.get(page).text for page in ("/", "/outbox")]
    assert all("840 of 2,000 so far" in page and 'max="2000"' in page for page in pages)
    assert [site.reading, site.ticker.reader.progress] == [None, None]


def test_what_is_read_is_what_is_told(site: App) -> None:
    with first_look(site):
        site.ticker.reader.read(site.clock.now(), {})
        assert site.reading is not None
        assert 0 < site.reading[0] < site.reading[1]


def test_later_looks_are_not_told_of(site: App) -> None:
    site.tick()
    with first_look(site):
        assert site.ticker.reader.progress is None


def test_later_beats_say_nothing_more(site: App) -> None:
    heard = Heard()
    pulse = a_pulse(site, heard)
    pulse.beat()
    pulse.beat()
    assert len(heard.texts) == 1


def test_a_start_with_nothing_due_says_so(site: App) -> None:
    heard = Heard()
    site.tick()
    a_pulse(site, heard).beat()
    assert "Nothing was due just now." in heard.texts[0]


def test_a_beat_logs_what_reached_somebody_and_what_a_person_should_see(site: App) -> None:
    with capture_logs() as logged:
        a_pulse(site).beat()
    names = [entry["event"] for entry in logged]
    assert names.count("delivery_sent") == 1
    assert names.count("problem_found") == 2
    finished = next(entry for entry in logged if entry["event"] == "tick_finished")
    assert (finished["log_level"], finished["events"], finished["held"]) == ("info", 6, 4)
    assert (finished["outcome"], finished["moved"]) == ("done", {"sent": 1})


def test_a_beat_that_changes_nothing_is_one_line(site: App) -> None:
    pulse = a_pulse(site)
    pulse.beat()
    with capture_logs() as logged:
        pulse.beat()
        pulse.beat()
    told = [(entry["event"], entry["outcome"]) for entry in logged]
    assert told == [("tick_finished", "done"), ("tick_finished", "idle")]


def test_nothing_confidential_is_logged(site: App) -> None:
    with capture_logs() as logged:
        a_pulse(site).beat()
    assert [entry for entry in logged if "register" in str(entry) or "labs@" in str(entry)] == []


def test_a_wrong_configuration_is_loud_and_the_one_before_stays_in_force(site: App) -> None:
    pulse, before = a_pulse(site), site.settings
    site.config.write_text(site.config.read_text(encoding="utf-8") + "\nfeedz: {}\n", encoding="utf-8")
    with capture_logs() as logged:
        pulse.beat()
    assert site.settings is before
    assert site.latest is not None
    assert (site.trouble or "").startswith("The changed configuration is wrong, so the one before stays in force.")
    assert "feedz" in (site.trouble or "")
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["config_refused"]


def test_a_mended_configuration_is_taken_and_the_trouble_is_gone(site: App) -> None:
    pulse, good = a_pulse(site), site.config.read_text(encoding="utf-8")
    site.config.write_text("sites: {}\n", encoding="utf-8")
    pulse.beat()
    site.config.write_text(good.replace("Example Commons events", "All events"), encoding="utf-8")
    pulse.beat()
    assert site.trouble is None
    assert site.settings.rules.feeds[0].title == "All events"


def test_a_tick_that_fails_keeps_the_last_report_and_says_why(site: App) -> None:
    pulse = a_pulse(site)
    pulse.beat()
    before = site.latest
    (site.config.parent / "notifier.db").unlink()
    with capture_logs() as logged:
        pulse.beat()
        pulse.beat()
    assert site.latest is before
    assert "notifier.db" in (site.trouble or "")
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["tick_failed"]


class BrokenClock:
    """Raises what no part of the program expects."""

    def now(self) -> object:
        raise ZeroDivisionError


def test_a_bug_in_a_tick_is_told_and_the_next_beat_comes(site: App) -> None:
    pulse, clock = a_pulse(site), site.clock
    site.clock = BrokenClock()  # type: ignore[assignment]  # wrong on purpose
    pulse.beat()
    assert (site.trouble or "").startswith("Unexpected error (ZeroDivisionError): this is a bug in notifier")
    site.clock = clock
    pulse.beat()
    assert site.trouble is None
