"""A whole site that mails a list through a real server on loopback: one mail, told, and never a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier import desk
from notifier.app import is_simulated, pretended
from notifier.cli.checkup import findings
from notifier.core.delivery import key_hash
from notifier.edges.clock import FixedClock
from notifier.errors import UserError
from tests.builders import at
from tests.edges.smtp_server import MailServer, running
from tests.taking_over import taken_over
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

LIST = "choir@lists.example.org"
LATER = "2026-12-08 10:05"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


@pytest.fixture
def site(server: MailServer, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        reopened(made, config_for(server))
        yield made


def config_for(server: MailServer, *, live: bool = True, reached: str = f"address: {LIST}") -> str:
    mail = f"{{type: smtp, host: 127.0.0.1, port: {server.port}, security: none}}"
    sender = "from: {name: Example Commons, address: events@example.org}"
    return (
        CONFIG.replace("{type: outbox, folder: outbox}", mail)
        .replace("public: true}", f"public: true, {reached}, {sender}}}")
        .replace("sending: {per_day: 9}", f"sending: {{per_day: 9, live: {str(live).lower()}}}")
    )


def reopened(site: Site, config: str) -> None:
    site.app.close()
    (site.folder / "config.yaml").write_text(config, encoding="utf-8")
    site.open()
    site.tick(FIRST_LOOK)


def reasons(site: Site) -> list[str]:
    return [reason.code for reason in site.row().reasons]


def test_a_reminder_reaches_the_list_once_and_its_audience_is_told(site: Site, server: MailServer) -> None:
    for time in (DUE, "2026-12-08 10:01", LATER):
        site.tick(time)

    [taken] = server.taken
    assert (taken.recipient, taken.sender) == (LIST, "events@example.org")
    assert [part.get_content_type() for part in taken.mail.walk()][2:] == [
        "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert site.row().status == "sent"
    assert [told.audience for told in site.told()] == ["newsletter"]


def test_a_site_that_is_not_live_gives_a_mail_server_nothing(site: Site, server: MailServer) -> None:
    reopened(site, config_for(server, live=False))
    site.tick(DUE)
    assert (site.row().status, reasons(site), server.connections) == ("held", ["not-live"], 0)


def test_a_server_that_is_away_gets_it_later(site: Site, server: MailServer) -> None:
    server.faults["rcpt"] = "4xx"
    site.tick(DUE)
    assert (site.row().status, reasons(site)[0]) == ("planned", "retry")
    server.faults.clear()

    site.tick(LATER)

    assert (site.row().status, len(server.taken)) == ("sent", 1)


def test_a_refusal_for_good_is_a_failure_that_a_person_can_retry(site: Site, server: MailServer) -> None:
    server.faults["rcpt"] = "5xx"
    site.tick(DUE)
    assert (site.row().status, reasons(site)) == ("failed", ["refused"])
    server.faults.clear()

    desk.retry(site.app, "choir", by="Anna")
    site.tick(LATER)

    assert (site.row().status, len(server.taken)) == ("sent", 1)


def test_a_doubt_outlives_a_restart_and_is_only_settled_by_a_person(site: Site, server: MailServer) -> None:
    server.faults["taken"] = "drop"
    site.tick(DUE)
    server.faults.clear()
    site.app.close()
    site.open()

    site.tick(LATER)
    assert (site.row().status, len(server.taken), site.told()) == ("unknown", 1, [])
    assert "Look for the Message-ID" in site.row().reasons[0].text

    desk.settle(site.app, "choir", "sent", by="Anna")
    site.tick("2026-12-08 10:30")
    assert (site.row().status, len(server.taken), len(site.told())) == ("sent", 1, 1)


def test_what_a_person_settles_as_failed_goes_out_once_it_is_retried(site: Site, server: MailServer) -> None:
    server.faults["dot"] = "drop"
    site.tick(DUE)
    server.faults.clear()
    site.app.clock = FixedClock(at(LATER))

    desk.settle(site.app, "choir", "failed", by="Anna")
    desk.retry(site.app, "choir", by="Anna")
    site.tick("2026-12-08 10:30")

    assert (site.row().status, len(server.taken)) == ("sent", 1)


def test_nothing_is_settled_where_the_mail_server_s_spool_cannot_be_told(site: Site, server: MailServer) -> None:
    server.faults["dot"] = "drop"
    site.tick(DUE)
    site.app.clock = FixedClock(at(LATER))
    spool = site.folder / "notifier-mail" / "letters" / key_hash(site.row().key)
    (spool / ".delivery.json.new").mkdir()

    with pytest.raises(UserError, match=r"Is a directory\. .* So nothing was recorded\."):
        desk.settle(site.app, "choir", "failed", by="Anna")

    assert site.row().status == "unknown"


def test_a_ledger_of_yesterday_does_not_send_again_what_was_sent(site: Site, server: MailServer) -> None:
    site.app.close()
    backup = (site.folder / "notifier.db").read_bytes()
    site.open()
    site.tick(DUE)
    site.app.close()
    for file in site.folder.glob("notifier.db*"):
        file.unlink()
    (site.folder / "notifier.db").write_bytes(backup)
    site.open()

    assert site.tick(LATER).stopped.startswith("More has been sent through")
    taken_over(site.app)
    site.tick(LATER)

    assert (site.row().status, len(server.taken)) == ("sent", 1)


def test_a_replay_shows_the_mails_and_gives_the_server_nothing(site: Site, server: MailServer) -> None:
    ticker, _ = pretended(site.app, site.app.ticker.wiring.sources)
    ticker.tick(at(FIRST_LOOK))
    ticker.tick(at(DUE))
    assert [row.status for row in ticker.wiring.ledger.rows()] == ["sent"]
    assert server.connections == 0


def test_the_doctor_looks_at_the_mail_server(site: Site, server: MailServer) -> None:
    said = {finding.text for finding in findings(site.folder / "config.yaml") if finding.ok}
    assert f"127.0.0.1:{server.port} answers (unencrypted)." in said


def test_only_a_mail_server_of_this_machine_lets_times_be_simulated(site: Site, server: MailServer) -> None:
    assert is_simulated(site.app.settings)
    reopened(site, config_for(server).replace("host: 127.0.0.1", "host: mail.example.org"))
    assert not is_simulated(site.app.settings)
