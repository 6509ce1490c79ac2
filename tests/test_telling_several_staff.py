"""Several staff are told through a mail server, each with a mail of their own, and each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.notices import is_notice
from notifier.edges.clock import FixedClock
from notifier.web.pulse import Pulse
from notifier.web.watch import Watch
from tests.builders import at
from tests.edges.smtp_server import MailServer, running
from tests.edges.test_smtp_site import reopened
from tests.test_telling_staff import TELLING, VAGUE
from tests.ticking import FIRST_LOOK, Site

STAFF = ["anna@example.org", "ben@example.org", "carla@example.org"]
MORNING = "2026-12-08 09:00"
DAILY, STALLED = "needs you", "has stalled"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


@pytest.fixture
def site(server: MailServer, tmp_path: Path) -> Iterator[Site]:
    """A held reminder is news for three staff on 8 December."""
    with Site(tmp_path) as made:
        made.path("choir").write_text(VAGUE, encoding="utf-8")
        reopened(made, config(server))
        yield made


def config(server: MailServer, staff: list[str] = STAFF) -> str:
    letters = f"letters: {{type: smtp, host: 127.0.0.1, port: {server.port}, security: none, timeout: 1s}}"
    reader = "{provider: letters, address: list@lists.example.org, from: {name: Example, address: events@example.org}}"
    return (
        TELLING.replace("letters: {type: outbox, folder: outbox}", letters)
        .replace("{provider: letters, public: true}", reader)
        .replace("sending: {per_day: 9", "sending: {live: true, per_day: 9")
        .replace("[team@example.org]", f"[{', '.join(staff)}]")
    )


def reached(server: MailServer, *, subject: str = DAILY) -> Counter[str]:
    return Counter(one.recipient for one in server.taken if subject in str(one.mail["Subject"]))


def notice(site: Site) -> tuple[str, str]:
    [row] = [row for row in site.rows() if is_notice(row) and "staff-daily" in row.key and row.status != "skipped"]
    return row.status, row.reasons[-1].text


def test_each_of_them_gets_the_mail_of_the_day_once_addressed_to_them_alone(site: Site, server: MailServer) -> None:
    for time in (MORNING, "2026-12-08 09:01", "2026-12-08 09:02"):
        site.tick(time)

    assert reached(server) == Counter(STAFF)
    assert len({one.mail["Message-ID"] for one in server.taken}) == len(server.taken)
    for one in server.taken:
        assert one.mail["To"] == one.recipient
        assert one.mail["List-Unsubscribe"] is None
        assert b"/leave/" not in one.content
    assert notice(site)[0] == "sent"


def test_whom_the_server_refuses_now_is_told_later_and_the_others_not_again(site: Site, server: MailServer) -> None:
    server.refusals["ben@example.org"] = "450 4.2.0 Come back later"
    site.tick(MORNING)
    first = reached(server)
    server.refusals.clear()
    site.tick("2026-12-08 09:10")

    assert first == Counter(["anna@example.org", "carla@example.org"])
    assert reached(server) == Counter(STAFF)


def test_who_is_in_doubt_is_told_once_at_most(site: Site, server: MailServer) -> None:
    server.faults["taken"] = "drop"
    site.tick(MORNING)
    server.faults.clear()
    for time in ("2026-12-08 09:10", "2026-12-08 09:20", "2026-12-08 09:40"):
        site.tick(time)

    assert reached(server) == Counter(STAFF)
    assert "in doubt" in notice(site)[1]


def stalls(site: Site) -> None:
    watch = Watch(app=site.app, started_at=at(FIRST_LOOK))
    for hours in (1, 1.1, 5):
        site.app.clock = FixedClock(at(FIRST_LOOK) + timedelta(hours=hours))
        watch.beat()


def test_a_standstill_is_told_to_each_of_them_once(site: Site, server: MailServer) -> None:
    stalls(site)
    assert reached(server, subject=STALLED) == Counter(STAFF)
    assert len({one.mail["Message-ID"] for one in server.taken}) == len(server.taken)


def test_a_standstill_is_told_to_each_of_them_where_the_ledger_is_gone(site: Site, server: MailServer) -> None:
    next(site.folder.glob("*.db")).write_bytes(b"no ledger at all")
    site.app.clock = FixedClock(at(FIRST_LOOK) + timedelta(hours=2))
    Pulse(app=site.app, address="http://127.0.0.1:1", say=lambda _: None).beat()
    stalls(site)

    assert site.app.trouble is not None
    assert reached(server, subject=STALLED) == Counter(STAFF)


def test_a_standstill_is_told_to_one_where_the_ledger_is_gone_too(site: Site, server: MailServer) -> None:
    reopened(site, config(server, STAFF[:1]))
    next(site.folder.glob("*.db")).write_bytes(b"no ledger at all")
    stalls(site)
    assert reached(server, subject=STALLED) == Counter(STAFF[:1])


def test_one_whom_a_standstill_cannot_be_told_keeps_it_from_nobody_else(site: Site, server: MailServer) -> None:
    server.refusals["anna@example.org"] = "450 4.2.0 Come back later"
    stalls(site)
    server.refusals.clear()
    stalls(site)

    assert reached(server, subject=STALLED) == Counter(STAFF)


def test_who_stands_there_twice_is_one_of_them(site: Site, server: MailServer) -> None:
    reopened(site, config(server, ["Anna@example.org", *STAFF[:2]]))
    stalls(site)
    site.tick(MORNING)

    for subject in (DAILY, STALLED):
        people = [one.casefold() for one in reached(server, subject=subject)]
        assert sorted(people) == STAFF[:2]


def test_who_joins_the_staff_is_told_the_next_time_and_nobody_twice(site: Site, server: MailServer) -> None:
    reopened(site, config(server, STAFF[:1]))
    site.tick(MORNING)
    first = reached(server)
    reopened(site, config(server))
    site.tick("2026-12-08 09:10")

    assert set(first) == set(STAFF[:1])
    assert reached(server) == first
