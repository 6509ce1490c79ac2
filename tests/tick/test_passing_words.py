"""What a mail says of tomorrow is true of the day on which it is handed over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from notifier.core.delivery import Delivery
from notifier.desk import preview, release
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.ticking import CONFIG, FIRST_LOOK, Site

_NEXT_DAY, _WEEK_BEFORE = "2026-12-09 08:45", "2026-12-02 10:00"


@pytest.fixture
def provider() -> FaultyProvider:
    return FaultyProvider()


@pytest.fixture
def site(tmp_path: Path, provider: FaultyProvider) -> Iterator[Site]:
    """One whose reminders are of use on the day itself, too."""
    with opened(tmp_path, provider) as site:
        yield site


@contextmanager
def opened(folder: Path, provider: FaultyProvider, old: str = "", new: str = "") -> Iterator[Site]:
    """A site looked at once, with `new` instead of `old` in its configuration."""
    with Site(folder, provider) as site:
        text = CONFIG.replace('at: "10:00"}', 'at: "10:00"}, grace: 1d').replace(old, new)
        (site.folder / "config.yaml").write_text(text, encoding="utf-8")
        site.app.close()
        site.open()
        site.tick(FIRST_LOOK)
        yield site


def leave_a_draft(site: Site, provider: FaultyProvider) -> Delivery:
    """The row of a tick that was killed between drafting and sending."""
    provider.faults["check"].append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        site.tick()
    return site.row()


def subjects(provider: FaultyProvider) -> list[str]:
    return [message.subject for _, message in provider.sent]


def test_a_reminder_of_the_day_before_says_tomorrow(site: Site, provider: FaultyProvider) -> None:
    site.tick()

    assert subjects(provider) == ["Tomorrow: choir evening – Wed 9 Dec, 6:00 pm GMT"]


def test_a_draft_from_before_its_words_stopped_being_true_is_written_anew(site: Site, provider: FaultyProvider) -> None:
    drafted = leave_a_draft(site, provider)
    [message] = provider.drafts.values()
    assert (drafted.status, message.until) == ("drafted", at("2026-12-09 00:00"))

    site.tick(_NEXT_DAY)

    assert message.subject.startswith("Tomorrow: ")
    assert subjects(provider) == ["Today: choir evening – Wed 9 Dec, 6:00 pm GMT"]


def test_what_a_person_released_goes_out_though_those_words_moved(tmp_path: Path, provider: FaultyProvider) -> None:
    with opened(tmp_path, provider, "kind: reminder, ", "kind: reminder, ask: true, ") as site:
        site.app.clock = FixedClock(at("2026-12-07 10:00"))
        release(site.app, site.row().key, by="Ada")
        assert leave_a_draft(site, provider).status == "drafted"

        site.tick(_NEXT_DAY)

    assert subjects(provider) == ["Today: choir evening – Wed 9 Dec, 6:00 pm GMT"]


def test_a_preview_says_what_will_be_true_when_it_goes_out(site: Site) -> None:
    ticker = site.app.ticker

    message = preview(ticker.look(at(_WEEK_BEFORE)), ticker, site.row().key).message

    assert message.subject.startswith("Tomorrow: ")
    assert (message.soon, message.until) == (("tomorrow",), at("2026-12-09 00:00"))


def test_where_a_person_presses_send_only_absolute_times_are_said(site: Site, provider: FaultyProvider) -> None:
    provider.by_hand = True

    site.tick()

    [message] = provider.drafts.values()
    assert message.subject == "Reminder: choir evening – Wed 9 Dec, 6:00 pm GMT"
    assert (message.soon, message.until) == ((), None)


def test_an_audience_reads_its_own_language_and_zone(tmp_path: Path, provider: FaultyProvider) -> None:
    german = "public: true, language: de, timezone: Europe/Berlin"
    with opened(tmp_path, provider, "public: true", german) as site:
        site.tick("2026-12-08 09:00")

    [(_, message)] = provider.sent
    assert message.subject == "Morgen: choir evening – Mi., 9. Dez., 18:00 Uhr GMT"
    assert "19:00–20:30 Uhr (MEZ, Berliner Zeit)" in message.text
    assert '<html lang="de"' in message.html
