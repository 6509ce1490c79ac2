"""Test mode and live mode: nobody but the addresses of the list is mailed in test mode, whenever it is turned on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from notifier import desk
from notifier.core.delivery import MODE, Decision, Delivery
from notifier.core.leaving import SLOT
from notifier.core.message import Message
from notifier.core.mode import Mode, copy_of, own_id
from notifier.desk import Wish
from notifier.edges.clock import FixedClock
from notifier.edges.outbox import OutboxProvider
from notifier.errors import UserError
from notifier.ports import Ledger
from tests.builders import at
from tests.edges.smtp_server import MailServer, running
from tests.edges.test_smtp_site import LIST, config_for
from tests.ticking import DUE, FIRST_LOOK, Site

LISTED = ("anna@example.org", "ben@example.org")
BEFORE, LATER = "2026-12-08 09:00", "2026-12-08 10:05"
MESSAGE = Message(subject="Choir", preheader="", html="<body>Choir</body>", text="Choir")
ONE_OFF = "  notice: {kind: one_off, audiences: [newsletter]}\n"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


def config(server: MailServer, *, live: bool = True, listed: tuple[str, ...] = LISTED) -> str:
    text = config_for(server, live=live).replace("feeds:\n", f"{ONE_OFF}feeds:\n", 1)
    return text.replace("per_day: 9,", f"per_day: 9, test: [{', '.join(listed)}],")


@pytest.fixture
def site(server: MailServer, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        opened(made, config(server))
        made.tick(FIRST_LOOK)
        yield made


def opened(site: Site, text: str) -> None:
    site.app.close()
    (site.folder / "config.yaml").write_text(text, encoding="utf-8")
    site.open()


def switch(site: Site, mode: Mode, when: str) -> None:
    site.app.clock = FixedClock(at(when))
    desk.switch(site.app, mode, by="Anna", note="for a trial")


def recipients(server: MailServer) -> list[str]:
    """Everybody that the server was asked to take something for, whether or not it did."""
    return sorted(line.partition("<")[2].rstrip(">") for line in server.heard if line.startswith("RCPT"))


def codes(row: Delivery) -> list[str]:
    return [reason.code for reason in row.reasons]


def test_in_test_mode_a_mail_goes_to_the_list_alone_once_and_nobody_counts_as_told(
    site: Site, server: MailServer
) -> None:
    switch(site, "test", BEFORE)
    for time in (BEFORE, DUE, "2026-12-08 10:01", LATER):
        site.tick(time)
    assert recipients(server) == sorted(LISTED)
    assert (site.row().status, site.told()) == ("sent", [])
    assert "Test mode: no reader got it." in site.row().reasons[-1].text
    assert "a copy went to 2 addresses of sending.test" in site.row().reasons[-1].text


def test_the_copy_says_that_it_is_a_test_for_whom_and_when_and_acts_on_no_calendar(
    site: Site, server: MailServer
) -> None:
    switch(site, "test", BEFORE)
    site.tick(DUE)
    mail = server.taken[0].mail
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert (mail["Subject"][:7], mail["List-Unsubscribe"]) == ("[Test] ", None)
    assert plain is not None
    assert html is not None
    for text in (plain.get_content(), html.get_content()):
        assert "This is a test." in text
        assert "it would have gone to newsletter (nobody can say how many people), due Tue 8 " in text
        assert "No reader got it. Its calendar file is left out." in text
    assert {part.get_content_type() for part in mail.walk()}.isdisjoint({"text/calendar", "application/ics"})


def test_the_files_in_test_mode_are_those_of_the_mail_itself(site: Site) -> None:
    switch(site, "test", BEFORE)
    site.tick(DUE)
    [folder] = [one for one in (site.folder / "outbox-test").iterdir() if one.is_dir()]
    assert {"message.eml", "message.html", "message.txt", "invite.ics"} <= {one.name for one in folder.iterdir()}
    assert "This is a test." not in (folder / "message.txt").read_text()


def test_live_mode_begins_anew_and_what_was_due_in_test_mode_never_goes_out(site: Site, server: MailServer) -> None:
    switch(site, "test", BEFORE)
    site.tick("2026-12-08 09:30")
    switch(site, "live", LATER)
    for time in (LATER, "2026-12-08 11:00", "2026-12-09 09:00"):
        site.tick(time)
    assert (recipients(server), site.told()) == ([], [])


def test_live_mode_begins_anew_though_no_tick_saw_test_mode(site: Site, server: MailServer) -> None:
    switch(site, "test", BEFORE)
    switch(site, "live", LATER)
    site.tick("2026-12-08 10:06")
    assert recipients(server) == []
    assert site.app.ticker.wiring.ledger.snapshot().baselines["live:letters"] == at("2026-12-08 10:06")


def test_what_becomes_due_once_live_mode_is_on_goes_to_readers(site: Site, server: MailServer) -> None:
    switch(site, "test", FIRST_LOOK)
    site.tick(FIRST_LOOK)
    switch(site, "live", BEFORE)
    for time in (BEFORE, DUE, LATER):
        site.tick(time)
    assert (recipients(server), len(site.told())) == ([LIST], 1)


def test_while_nobody_has_decided_what_config_yaml_says_holds(site: Site, server: MailServer) -> None:
    assert (desk.mode_now(site.app).mode, desk.mode_now(site.app).said) == ("live", None)
    site.tick(DUE)
    assert recipients(server) == [LIST]


def test_config_yaml_is_the_ceiling(site: Site, server: MailServer) -> None:
    switch(site, "live", BEFORE)
    opened(site, config(server, live=False))
    site.tick(DUE)
    assert (recipients(server), desk.mode_now(site.app).is_dropped) == (sorted(LISTED), True)
    with pytest.raises(UserError, match=r"config\.yaml forbids live mode"):
        desk.switch(site.app, "live", by="Anna")


def test_without_a_list_test_mode_holds_what_would_go_out(site: Site, server: MailServer) -> None:
    opened(site, config(server, listed=()))
    switch(site, "test", BEFORE)
    site.tick(DUE)
    assert (site.row().status, codes(site.row()), server.connections) == ("held", ["not-live"], 0)


def test_a_switch_is_kept_with_who_and_when_and_twice_is_once(site: Site) -> None:
    switch(site, "test", BEFORE)
    switch(site, "test", DUE)
    said = site.app.ticker.wiring.ledger.decided(MODE)
    assert [(one.act, one.by, one.note, one.at) for one in said] == [("test", "Anna", "for a trial", at(BEFORE))]
    assert site.app.ticker.wiring.ledger.snapshot().paused is None


def test_what_waits_for_another_try_goes_to_the_list_once_test_mode_is_on(site: Site, server: MailServer) -> None:
    server.faults["banner"] = "4xx"
    site.tick(DUE)
    assert (site.row().status, site.row().draft_id is None) == ("planned", False)
    server.faults.clear()
    switch(site, "test", DUE)
    for time in (LATER, "2026-12-08 10:06", "2026-12-08 10:07"):
        site.tick(time)
    assert (recipients(server), site.told()) == (sorted(LISTED), [])


def test_what_was_given_away_before_test_mode_is_still_settled(site: Site, server: MailServer) -> None:
    server.faults["taken"] = "drop"
    site.tick(DUE)
    server.faults.clear()
    switch(site, "test", DUE)
    site.tick(LATER)
    assert (site.row().status, recipients(server)) == ("unknown", [LIST])
    site.app.clock = FixedClock(at(LATER))
    desk.settle(site.app, "choir", "sent", by="Anna")
    assert (len(site.told()), recipients(server)) == (1, [LIST])


def test_copies_that_are_not_taken_are_lost_and_the_delivery_says_so(site: Site, server: MailServer) -> None:
    switch(site, "test", BEFORE)
    server.faults["mail"] = "4xx"
    site.tick(DUE)
    server.faults.clear()
    site.tick(LATER)
    assert (site.row().status, server.taken) == ("sent", [])
    assert "its copies did not all go out, and are not tried again" in site.row().reasons[-1].text


def test_a_tick_that_is_killed_after_the_files_loses_the_copies(site: Site, server: MailServer) -> None:
    switch(site, "test", BEFORE)
    site.tick(BEFORE)
    ledger, keeper = (
        site.app.ticker.wiring.ledger,
        OutboxProvider("o", site.folder / "outbox-test", site.app.settings.rules.site),
    )
    rehearsal = site.app.ticker.wiring.rehearsals["letters"]
    row = site.row()
    draft_id = rehearsal.draft(row, MESSAGE, site.app.settings.rules.audiences["newsletter"], at(DUE))
    drafted = ledger.move(row, "drafted", at=at(DUE), draft_id=draft_id)
    assert drafted is not None
    ledger.move(drafted, "sending", at=at(DUE), draft_id=draft_id, attempt=True)
    keeper.send(own_id(draft_id), row.key, at(DUE))
    site.app.close()
    site.open()
    site.tick(LATER)
    assert (site.row().status, recipients(server), site.told()) == ("sent", [], [])
    assert "whether its copies went out nobody can say" in site.row().reasons[-1].text


def test_a_send_by_hand_says_first_that_only_the_list_gets_it_and_so_it_is(site: Site, server: MailServer) -> None:
    switch(site, "test", BEFORE)
    site.tick(BEFORE)
    wish = Wish(audience="newsletter", once="hello", subject="Hello", note="A word.")
    found = desk.prepare(site.app, wish, by="Anna")
    assert found.questions[0].text.startswith("Test mode is on: nobody of newsletter gets this")
    with pytest.raises(UserError, match="is not on its list"):
        desk.trial(site.app, found, wish, "kim@example.org", by="Anna", once="first")
    desk.send(site.app, wish, by="Anna", seen=found.mark)
    site.tick("2026-12-08 09:06")
    [sent] = [row for row in site.rows() if row.kind == "one_off"]
    assert (sent.status, recipients(server), site.told()) == ("sent", sorted(LISTED), [])
    assert "Test mode: no reader got it." in sent.reasons[-1].text


def test_what_was_looked_at_in_another_mode_is_not_sent(site: Site) -> None:
    wish = Wish(audience="newsletter", once="hello", subject="Hello", note="A word.")
    site.tick(BEFORE)
    found = desk.prepare(site.app, wish, by="Anna")
    switch(site, "test", BEFORE)
    with pytest.raises(UserError, match="changed while you looked"):
        desk.send(site.app, wish, by="Anna", seen=found.mark)


def test_a_copy_has_nothing_that_acts_for_a_reader_and_speaks_their_language(site: Site) -> None:
    site.tick(BEFORE)
    mail = replace(
        MESSAGE, html=f'<body class="a"><a href="{SLOT}">x</a></body>', text=SLOT, calendar=b"x", method="REQUEST",
        slots=("unsubscribe", "attendee"),
    )  # fmt: skip
    copy = copy_of(mail, site.row(), people=1200, zone="Europe/Berlin", language="de-AT")
    assert (copy.calendar, copy.method, copy.slots) == (None, "PUBLISH", ())
    assert SLOT not in copy.html + copy.text
    assert copy.html.startswith('<body class="a"><div')
    assert "Das ist ein Test." in copy.html
    assert "(1,200 Personen)" in copy.text


class Switching:
    """A ledger in which somebody turns test mode on just before its call number `turn`, whichever that is."""

    def __init__(self, ledger: Ledger, server: MailServer, turn: int) -> None:
        self._ledger, self._server, self._turn, self.calls = ledger, server, turn, 0
        self.given: list[str] = []

    def __getattr__(self, name: str) -> object:
        found = getattr(self._ledger, name)
        return partial(self._called, found) if callable(found) else found

    def _called(self, found: Callable[..., object], *args: object, **options: object) -> object:
        self.calls += 1
        if self.calls == self._turn:
            self.given = recipients(self._server)
            self._ledger.decide(Decision(key=MODE, act="test", by="Anna", at=at(DUE)))
        return found(*args, **options)


@pytest.mark.parametrize("turn", range(1, 12))
def test_whenever_test_mode_is_turned_on_a_reader_gets_only_what_was_given_away_before(
    site: Site, server: MailServer, turn: int
) -> None:
    site.tick(BEFORE)
    wiring = site.app.ticker.wiring
    switching = Switching(wiring.ledger, server, turn)
    site.app.ticker.wiring = replace(wiring, ledger=cast("Ledger", switching))
    site.tick(DUE)
    site.app.ticker.wiring = wiring
    for time in ("2026-12-08 10:01", LATER, "2026-12-08 10:30"):
        site.tick(time)
    assert recipients(server) == (switching.given or sorted(LISTED))
    assert len(site.told()) == len(switching.given)
