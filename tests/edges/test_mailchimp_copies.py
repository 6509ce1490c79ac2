"""Two copies of one ledger, and one account: whoever is not in use sends nothing, and whoever was overtaken stops."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.edges.clock import FixedClock
from notifier.errors import UserError
from tests.builders import at
from tests.edges.mailchimp_site import MailchimpSite, a_provider, mailchimp_site
from tests.mailchimp.control import Emulator, emulator
from tests.taking_over import taken_over
from tests.ticking import DUE, Site

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mailchimp() -> Iterator[Emulator]:
    with emulator() as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, mailchimp: Emulator) -> Iterator[MailchimpSite]:
    with mailchimp_site(tmp_path / "a", mailchimp) as made:
        yield made


@pytest.fixture
def copy(site: MailchimpSite, tmp_path: Path, mailchimp: Emulator) -> Iterator[MailchimpSite]:
    shutil.copytree(site.site.folder, tmp_path / "b")
    other = Site.__new__(Site)
    other.folder, other._provider = tmp_path / "b", a_provider(mailchimp)
    other.open()
    with other:
        yield MailchimpSite(other, mailchimp)


def test_a_copy_sends_nothing_before_or_after_the_other_has(
    site: MailchimpSite, copy: MailchimpSite, mailchimp: Emulator
) -> None:
    copy.tick()
    assert "lies elsewhere" in copy.site.app.ticker.fence.stopped
    site.tick()
    assert site.tick(after=MINUTE).status == "sent"
    copy.tick(after=2 * MINUTE)
    assert len(mailchimp.outbox()) == 1


def test_what_went_out_is_found_when_a_copy_is_taken_over_and_the_other_stops(
    site: MailchimpSite, copy: MailchimpSite, mailchimp: Emulator
) -> None:
    site.tick()
    site.tick(after=MINUTE)
    copy.site.app.clock = FixedClock(at(DUE) + 2 * MINUTE)
    done = taken_over(copy.site.app)
    assert [row.status for one, row in done.became if one.seen.state == "sent"] == ["sent"]
    assert copy.tick(after=3 * MINUTE).status == "sent"
    site.tick(after=20 * MINUTE)
    assert "Another ledger has taken over at letters" in site.site.app.ticker.fence.stopped
    assert len(mailchimp.outbox()) == 1


def test_whoever_was_overtaken_before_the_mail_sends_it_no_more(
    site: MailchimpSite, copy: MailchimpSite, mailchimp: Emulator
) -> None:
    copy.site.app.clock = FixedClock(at(DUE) - MINUTE)
    mailchimp.set_clock(at(DUE) - MINUTE)
    taken_over(copy.site.app)
    assert site.tick().status == "planned"
    assert "Another ledger has taken over" in site.site.app.ticker.fence.stopped
    copy.tick()
    assert copy.tick(after=MINUTE).status == "sent"
    assert [one["by"] for one in mailchimp.outbox()] == ["api"]


def test_while_mailchimp_cannot_be_asked_nothing_is_taken_over(copy: MailchimpSite, mailchimp: Emulator) -> None:
    mailchimp.set(revoked=True)
    with pytest.raises(UserError, match="nothing is sent from this ledger yet"):
        taken_over(copy.site.app)
    assert copy.site.app.ticker.tick(at(DUE)).stopped
