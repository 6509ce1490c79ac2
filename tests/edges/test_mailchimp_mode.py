"""Test mode and live mode with an emulated Mailchimp: no campaign goes out in test mode, none lies open, and live mode begins anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Delivery
from notifier.core.mode import Mode
from tests.builders import at
from tests.edges.test_mailchimp_site import a_site
from tests.mailchimp.control import CONTENT, Emulator, emulator
from tests.test_mode import LISTED
from tests.ticking import DUE, EVENT, FIRST_LOOK

BEFORE, SOON, LATER = "2026-12-08 09:00", "2026-12-08 10:02", "2026-12-08 10:30"
NEXT_DAY = ("2026-12-09 09:00", "2026-12-09 10:00", "2026-12-09 10:02", "2026-12-09 10:20")


@pytest.fixture
def mailchimp() -> Iterator[Emulator]:
    with emulator(start=at(FIRST_LOOK)) as made:
        yield made
        assert made.violations() == []


def opened(folder: Path, mailchimp: Emulator, mode: str, *, listed: tuple[str, ...] = LISTED) -> App:
    folder.mkdir(exist_ok=True)
    app = a_site(folder, mailchimp, mode)
    event = EVENT.format(name="drama", title="Drama", topic="Music", more="").replace(
        "date: 2026-12-09", "date: 2026-12-10"
    )
    (folder / "website" / "_events" / "2026-12-10-drama.md").write_text(event, encoding="utf-8")
    text = (folder / "config.yaml").read_text().replace("live: true", f"live: true, test: [{', '.join(listed)}]")
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    app.refresh()
    ticks(app, mailchimp, FIRST_LOOK)
    return app


def ticks(app: App, mailchimp: Emulator, *times: str) -> None:
    for time in times:
        mailchimp.set_clock(at(time))
        app.tick()


def switch(app: App, mailchimp: Emulator, mode: Mode, when: str) -> None:
    mailchimp.set_clock(at(when))
    desk.switch(app, mode, by="Anna")


def choir(app: App) -> Delivery:
    return app.ticker.wiring.ledger.rows()[0]


def told(app: App) -> int:
    return len(app.ticker.wiring.ledger.snapshot().told)


def copies(mailchimp: Emulator) -> list[list[str]]:
    return [sorted(one["addresses"]) for one in mailchimp.tests()]


def test_in_test_mode_only_copies_go_out_and_then_live_mode_begins_anew(tmp_path: Path, mailchimp: Emulator) -> None:
    app = opened(tmp_path, mailchimp, "send")
    switch(app, mailchimp, "test", BEFORE)
    ticks(app, mailchimp, BEFORE, DUE, SOON, LATER)
    assert (choir(app).status, copies(mailchimp)) == ("sent", [sorted(LISTED)])
    assert (mailchimp.outbox(), mailchimp.campaigns(), told(app)) == ([], [], 0)
    switch(app, mailchimp, "live", LATER)
    ticks(app, mailchimp, LATER, "2026-12-08 12:00")
    assert (mailchimp.outbox(), mailchimp.campaigns()) == ([], [])
    ticks(app, mailchimp, *NEXT_DAY)
    app.close()
    [sent] = mailchimp.outbox()
    assert ("Drama" in sent["subject"], len(copies(mailchimp)), told(app)) == (True, 1, 1)


def test_a_draft_that_waits_for_a_person_is_taken_back_and_goes_to_the_list(
    tmp_path: Path, mailchimp: Emulator
) -> None:
    app = opened(tmp_path, mailchimp, "draft")
    ticks(app, mailchimp, DUE)
    assert len(mailchimp.campaigns()) == 1
    switch(app, mailchimp, "test", DUE)
    ticks(app, mailchimp, SOON, "2026-12-08 10:03", LATER)
    app.close()
    assert (mailchimp.campaigns(), mailchimp.outbox(), copies(mailchimp)) == ([], [], [sorted(LISTED)])
    assert choir(app).status == "sent"


def test_what_a_person_sends_there_meanwhile_counts_and_no_copy_follows(tmp_path: Path, mailchimp: Emulator) -> None:
    app = opened(tmp_path, mailchimp, "draft")
    ticks(app, mailchimp, DUE)
    switch(app, mailchimp, "test", DUE)
    mailchimp.staff("send")
    ticks(app, mailchimp, SOON, "2026-12-08 10:10", LATER)
    assert (choir(app).status, told(app), copies(mailchimp), len(mailchimp.outbox())) == ("sent", 1, [], 1)
    app.close()


@pytest.mark.parametrize("listed", [LISTED, ()])
def test_no_draft_lies_open_in_test_mode_though_its_row_no_longer_names_it(
    tmp_path: Path, mailchimp: Emulator, listed: tuple[str, ...]
) -> None:
    app = opened(tmp_path, mailchimp, "draft", listed=listed)
    ticks(app, mailchimp, DUE)
    ledger = app.ticker.wiring.ledger
    if listed:
        ledger.move(choir(app), "planned", at=at(DUE))
    switch(app, mailchimp, "test", DUE)
    ticks(app, mailchimp, SOON, "2026-12-08 10:03", LATER)
    assert (mailchimp.campaigns(), choir(app).status) == ([], "sent" if listed else "held")
    app.close()


def test_a_copy_that_fails_leaves_no_campaign_for_the_whole_list(tmp_path: Path, mailchimp: Emulator) -> None:
    app = opened(tmp_path, mailchimp, "send")
    switch(app, mailchimp, "test", BEFORE)
    mailchimp.fault("PUT", CONTENT, reply="problem", status=400)
    ticks(app, mailchimp, BEFORE, DUE, LATER)
    app.close()
    assert (mailchimp.campaigns(), copies(mailchimp)) == ([], [])
    assert "are not tried again" in choir(app).reasons[-1].text


def test_a_copy_that_went_out_and_can_not_be_deleted_there_is_told_of_with_the_delivery(
    tmp_path: Path, mailchimp: Emulator
) -> None:
    app = opened(tmp_path, mailchimp, "send")
    switch(app, mailchimp, "test", BEFORE)
    mailchimp.fault("DELETE", "/campaigns/*", reply="empty", status=500, times=0)
    ticks(app, mailchimp, BEFORE, DUE, SOON, LATER)
    app.close()
    assert (choir(app).status, copies(mailchimp), len(mailchimp.campaigns())) == ("sent", [sorted(LISTED)], 1)
    assert "of this test may still be in Mailchimp: delete it there" in choir(app).reasons[-1].text


def test_no_draft_is_begun_once_test_mode_was_turned_on_while_mailchimp_was_asked(
    tmp_path: Path, mailchimp: Emulator
) -> None:
    app = opened(tmp_path, mailchimp, "draft", listed=())
    mailchimp.set_clock(at(DUE))
    # Asked first for what people made by hand, then for this delivery.
    mailchimp.fault("GET", "/campaigns", nth=2, hold=True)
    ticking = Thread(target=app.tick)
    ticking.start()
    while not mailchimp.held():
        Event().wait(0.01)
    desk.switch(app, "test", by="Anna")
    mailchimp.release()
    ticking.join()
    assert mailchimp.requests("POST", "/campaigns") == []
    app.close()
