"""Test mode turned on while a mail goes to each member: who has it has it, the rest wait, and nobody is mailed twice."""

from __future__ import annotations

from collections import Counter

import pytest

from notifier import desk
from notifier.core.mode import Mode
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.edges.smtp_server import MailServer
from tests.edges.test_smtp_each_site import NEXT, PEOPLE, config, reached, reasons, server, site
from tests.edges.test_smtp_site import reopened
from tests.ticking import DUE, Site

__all__ = ["server", "site"]

ANNA = "anna@example.org"


@pytest.fixture
def half_way(site: Site, server: MailServer) -> Site:
    text = config(server, rate=4).replace("per_day: 9", f"per_day: 9, test: [{ANNA}]")
    reopened(site, text)
    site.tick(DUE)
    assert len(server.taken) == 4
    return site


def switch(site: Site, mode: Mode, when: str) -> None:
    site.app.clock = FixedClock(at(when))
    desk.switch(site.app, mode, by="Ben")


def test_the_rest_wait_while_test_mode_is_on_and_get_it_once_live_mode_is(half_way: Site, server: MailServer) -> None:
    switch(half_way, "test", DUE)
    for time in (NEXT, "2026-12-08 10:05", "2026-12-08 11:00"):
        half_way.tick(time)
    assert (len(server.taken), half_way.row().status, half_way.told()) == (4, "sending", [])
    [(code, text)] = reasons(half_way)
    assert (code, text) == ("partial", "4 of 6 taken, 2 still to go. Test mode is on, so the rest wait for live mode.")
    switch(half_way, "live", "2026-12-08 11:30")
    for time in ("2026-12-08 11:30", "2026-12-08 11:32"):
        half_way.tick(time)
    assert reached(server) == Counter(PEOPLE)
    assert (half_way.row().status, len(half_way.told())) == ("sent", 1)


def test_once_its_time_is_over_the_rest_are_given_nothing(half_way: Site, server: MailServer) -> None:
    switch(half_way, "test", DUE)
    half_way.tick(NEXT)
    switch(half_way, "live", "2026-12-10 09:00")
    half_way.tick("2026-12-10 09:00")
    half_way.tick("2026-12-10 09:02")
    assert (len(server.taken), half_way.row().status, len(half_way.told())) == (4, "sent", 1)


def test_what_some_have_is_not_rehearsed_though_it_is_to_be_tried_again(half_way: Site, server: MailServer) -> None:
    half_way.app.ticker.wiring.ledger.move(half_way.row(), "planned", at=at(DUE))
    switch(half_way, "test", DUE)
    for time in (NEXT, "2026-12-08 10:05", "2026-12-08 11:00"):
        half_way.tick(time)
    assert (len(server.taken), half_way.row().status) == (4, "drafted")
    assert not (half_way.folder / "outbox-test").exists()
