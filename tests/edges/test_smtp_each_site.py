"""A whole site that mails each of its members through a real server on loopback, over several ticks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier import desk
from notifier.edges.clock import FixedClock
from tests.builders import at
from tests.edges.smtp_server import MailServer, running
from tests.edges.test_smtp_site import config_for, reopened
from tests.ticking import DUE, Site

PEOPLE = [f"reader{number}@example.org" for number in range(6)]
NEXT = "2026-12-08 10:02"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


@pytest.fixture
def site(server: MailServer, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        (tmp_path / "secret_key").write_text("correct-horse-battery-staple-and-more")
        (tmp_path / "secret_key").chmod(0o600)
        (tmp_path / "members.csv").write_text("\n".join(["address", *PEOPLE, ""]), encoding="utf-8")
        reopened(made, config(server))
        yield made


def config(server: MailServer, **more: object) -> str:
    written = config_for(server, reached="members: members.csv")
    terms = "".join(f", {name}: {value}" for name, value in more.items())
    return written.replace("security: none}", f"security: none{terms}}}") + "secret_key: {file: secret_key}\n"


def reached(server: MailServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)


def reasons(site: Site) -> list[tuple[str, str]]:
    return [(reason.code, reason.text) for reason in site.row().reasons]


def test_a_reminder_reaches_each_member_once_and_invites_them(site: Site, server: MailServer) -> None:
    for time in (DUE, "2026-12-08 10:01", NEXT):
        site.tick(time)

    assert reached(server) == Counter(PEOPLE)
    assert site.row().status == "sent"
    assert [told.audience for told in site.told()] == ["newsletter"]
    for taken in server.taken:
        [calendar] = [part for part in taken.mail.walk() if part.get_content_type() == "text/calendar"]
        assert calendar.get_param("method") == "REQUEST"
        assert f"mailto:{taken.recipient}" in calendar.get_content().replace("\r\n ", "").replace("\n ", "")


def test_a_round_that_leaves_some_goes_on_at_the_next_tick_without_another_look(site: Site, server: MailServer) -> None:
    reopened(site, config(server, rate=4))
    site.tick(DUE)
    assert (site.row().status, reasons(site)) == ("sending", [("partial", "4 of 6 taken, 2 still to go")])
    site.write("choir", title="Another evening")

    site.tick(NEXT)

    assert reached(server) == Counter(PEOPLE)
    assert len({taken.mail["Subject"] for taken in server.taken}) == 1
    assert (site.row().status, site.row().attempts) == ("sent", 1)


def test_one_tick_is_one_round(site: Site, server: MailServer) -> None:
    reopened(site, config(server, rate=4))
    site.tick(DUE)
    site.tick("2026-12-08 10:00:30")
    assert len(server.taken) == 4


def test_while_everything_is_paused_nobody_more_is_given_it(site: Site, server: MailServer) -> None:
    reopened(site, config(server, rate=4))
    site.tick(DUE)
    site.app.clock = FixedClock(at(DUE))
    desk.pause(site.app, by="Anna")
    site.tick(NEXT)
    assert (site.row().status, len(server.taken)) == ("sending", 4)

    desk.resume(site.app, by="Anna")
    site.tick("2026-12-08 10:05")

    assert (site.row().status, reached(server)) == ("sent", Counter(PEOPLE))


def test_after_its_use_it_stops_and_says_who_was_left(site: Site, server: MailServer) -> None:
    server.refusals = {PEOPLE[2]: "451 Later"}
    site.tick(DUE)
    assert site.row().status == "sending"

    site.tick("2026-12-09 18:30")

    assert site.row().status == "sent"
    assert ("confirmed", "5 of 6 taken, 1 refused.") in reasons(site)


def test_a_server_that_goes_away_half_way_does_not_make_it_a_plan_again(site: Site, server: MailServer) -> None:
    server.refusals = {PEOPLE[2]: "451 Later"}
    site.tick(DUE)
    server.refusals, server.faults["mail"] = {}, "drop"

    site.tick(NEXT)

    [retry] = site.row().reasons
    assert (site.row().status, retry.code) == ("sending", "retry")
    assert "So far: 5 of 6 taken, 1 still to go." in retry.text
    server.faults.clear()
    site.tick("2026-12-08 10:30")
    assert (site.row().status, reached(server)) == ("sent", Counter(PEOPLE))


def test_a_server_that_takes_nothing_leaves_it_a_plan(site: Site, server: MailServer) -> None:
    server.faults["rcpt"] = "4xx"
    site.tick(DUE)
    assert (site.row().status, reasons(site)[0][0]) == ("planned", "retry")
    server.faults.clear()

    site.tick("2026-12-08 10:10")

    assert (site.row().status, reached(server)) == ("sent", Counter(PEOPLE))


def test_whom_nobody_knows_about_is_counted_on_the_row(site: Site, server: MailServer) -> None:
    server.faults["taken"] = "drop"
    site.tick(DUE)
    server.faults.clear()

    site.tick("2026-12-08 10:30")

    assert site.row().status == "sent"
    assert ("confirmed", "5 of 6 taken, 1 in doubt.") in reasons(site)
    assert max(reached(server).values()) == 1


def test_all_in_doubt_is_unknown_until_a_person_settles_it(site: Site, server: MailServer) -> None:
    (site.folder / "members.csv").write_text(f"address\n{PEOPLE[0]}\n", encoding="utf-8")
    server.faults["dot"] = "drop"
    site.tick(DUE)
    assert site.row().status == "unknown"
    server.faults.clear()
    site.app.clock = FixedClock(at(NEXT))

    desk.settle(site.app, "choir", "failed", by="Anna")
    desk.retry(site.app, "choir", by="Anna")
    site.tick("2026-12-08 10:05")

    assert (site.row().status, reached(server)) == ("sent", Counter(PEOPLE[:1]))


def test_a_file_of_members_that_is_wrong_keeps_it_back(site: Site, server: MailServer) -> None:
    (site.folder / "members.csv").write_text("address\nnobody\n", encoding="utf-8")
    site.tick(DUE)
    assert (site.row().status, server.taken) == ("planned", [])
    assert "members.csv" in reasons(site)[0][1]


def test_a_mail_that_went_out_can_be_looked_at_again(site: Site, server: MailServer) -> None:
    site.tick(DUE)
    provider = site.app.ticker.wiring.providers["letters"]
    kept = provider.kept(site.row().key, "message.html")  # type: ignore[attr-defined]  # the mail server's has it
    assert kept is not None
    assert b"choir evening" in kept
