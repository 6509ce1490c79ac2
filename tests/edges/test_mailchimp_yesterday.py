"""Yesterday's ledger is put back, and the account has campaigns that were made since: none is made again, and what went out is known."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.edges.clock import FixedClock
from notifier.edges.ledger import move_ledger
from notifier.edges.ledger.backup import back_up
from notifier.edges.ledger.restoring import restore
from tests.builders import at
from tests.edges.mailchimp_site import MailchimpSite, mailchimp_site
from tests.mailchimp.control import Emulator, emulator
from tests.postgres import Server
from tests.postgres_copies import dumped, put_back
from tests.taking_over import taken_over
from tests.ticking import DUE

MINUTE = timedelta(minutes=1)
YESTERDAY = timedelta(days=-1)
Back = Callable[[], None]
OLDER = "More has been sent through letters"


@pytest.fixture
def mailchimp() -> Iterator[Emulator]:
    with emulator() as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, mailchimp: Emulator) -> Iterator[MailchimpSite]:
    with mailchimp_site(tmp_path / "site", mailchimp) as made:
        made.tick(after=YESTERDAY)
        yield made


@pytest.fixture(params=["by hand", "restore", "a server"])
def back(request: pytest.FixtureRequest, site: MailchimpSite, tmp_path: Path, postgres: Server) -> Iterator[Back]:
    """Puts the ledger back as it is now."""
    file, kept = site.site.folder / "notifier.db", tmp_path / "yesterday.db"
    match request.param:
        case "by hand":
            site.site.app.close()
            shutil.copy(file, kept)
            site.restart()

            def put() -> None:
                site.site.app.close()
                for path in site.site.folder.glob("notifier.db*"):
                    path.unlink()
                shutil.copy(kept, file)
                site.restart()

            yield put
        case "restore":
            back_up(file, kept, site="example", at=at(DUE) + YESTERDAY)

            def put() -> None:
                site.site.app.close()
                restore(kept, file, site="example", at=at(DUE))
                site.restart()

            yield put
        case _:
            url = postgres.database(empty=True)
            site.site.app.close()
            move_ledger(f"sqlite:///{file}", url, at=at(DUE) + YESTERDAY, why="It was copied.")
            config = site.site.folder / "config.yaml"
            config.write_text(config.read_text().replace("sqlite:///notifier.db", url))
            site.restart()
            site.tick(after=MINUTE)
            dump = dumped(url, tmp_path / "dump")

            def put() -> None:
                site.site.app.close()
                put_back(dump, url)
                site.restart()

            yield put


def no_more_than_before(site: MailchimpSite) -> None:
    """Ticks in which nothing is begun."""
    account = site.mailchimp
    before = ([one["id"] for one in account.campaigns()], account.outbox())
    for _ in range(3):
        site.tick(after=MINUTE)
        assert OLDER in site.site.app.ticker.fence.stopped
        assert "notifier ledger take-over" in site.site.app.ticker.fence.stopped
    assert ([one["id"] for one in account.campaigns()], account.outbox()) == before


def over(site: MailchimpSite) -> dict[str, str]:
    """What a take-over finds in the account, and makes of it."""
    site.site.app.clock = FixedClock(site.at)
    return {one.seen.state: row.status for one, row in taken_over(site.site.app).became if one.seen.state != "absent"}


def test_a_campaign_that_was_sent_since_is_known_as_sent_and_nobody_is_mailed_again(
    site: MailchimpSite, back: Back, mailchimp: Emulator
) -> None:
    site.at = at(DUE)
    site.tick()
    assert site.tick(after=MINUTE).status == "sent"
    back()
    no_more_than_before(site)
    assert over(site) == {"sent": "sent"}
    assert site.tick(after=MINUTE).status == "sent"
    assert site.site.app.ticker.fence.stopped == ""
    assert [told.delivery_key for told in site.site.told()] == [site.site.row().key]
    assert len(mailchimp.outbox()) == 1


def test_a_campaign_about_an_event_that_this_ledger_never_saw_is_known_too(
    site: MailchimpSite, back: Back, mailchimp: Emulator
) -> None:
    site.site.write("garden")
    site.at = at(DUE) - timedelta(hours=2)
    site.tick()
    site.at = at(DUE)
    site.tick()
    site.ticks(3, every=MINUTE)
    sent = len(mailchimp.outbox())
    assert sent == 2
    back()
    no_more_than_before(site)
    over(site)
    site.ticks(3, every=MINUTE)
    assert {row.status for row in site.site.rows()} == {"sent"}
    assert len(mailchimp.outbox()) == sent


def test_a_draft_whose_send_nobody_can_vouch_for_waits_for_a_person(
    site: MailchimpSite, back: Back, mailchimp: Emulator
) -> None:
    site.at = at(DUE)
    mailchimp.fault("POST", "*/actions/send", reply="problem", status=500)
    site.tick()
    assert (site.site.row().status, len(mailchimp.outbox())) == ("sending", 0)
    mailchimp.clear_faults()
    back()
    no_more_than_before(site)
    over(site)
    site.ticks(15, every=MINUTE)
    assert site.site.row().status != "sent"
    assert mailchimp.outbox() == []
