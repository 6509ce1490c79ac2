"""Ledgers that were copied, put back or moved send nothing from the wrong place, and a person says which one it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.beside import Leasing
from notifier.core.delivery import LEDGER
from notifier.core.lease import Lease
from notifier.desk import ledgers
from notifier.edges.ledger.backup import back_up
from notifier.edges.ledger.restoring import restore
from notifier.tick import reconciling
from tests.builders import at
from tests.taking_over import taken_over
from tests.ticking import DUE, FIRST_LOOK, Site

BEFORE, LATER, MUCH_LATER = "2026-12-07 10:00", "2026-12-08 10:05", "2026-12-08 10:20"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path / "site") as made:
        # So that the outbox is there before anything is copied.
        early = made.path("choir").read_text().replace("2026-12-09", "2026-11-27").replace("choir", "early")
        (made.folder / "website" / "_events" / "2026-11-27-early.md").write_text(early)
        made.tick(FIRST_LOOK)
        made.tick("2026-11-26 10:00")
        assert delivered(made) == 1
        yield made


def delivered(site: Site, folder: str = "outbox") -> int:
    return len(list((site.folder / folder).glob("[!.]*/delivery.json")))


def lease_of(site: Site) -> Lease:
    ledger = site.app.ticker.wiring.ledger
    assert isinstance(ledger, Leasing)
    found = ledger.lease()
    assert found is not None
    return found


def copy_of(site: Site, to: Path) -> Site:
    """The whole site in another folder, as a person copies it while it runs."""
    shutil.copytree(site.folder, to)
    other = Site.__new__(Site)
    other.folder, other._provider = to, None
    other.open()
    return other


def ledger_back(site: Site, backup: Path) -> None:
    """A ledger of before in its old place, byte for byte, by other means than ours."""
    site.app.close()
    for path in site.folder.glob("notifier.db*"):
        path.unlink()
    shutil.copy(backup, site.folder / "notifier.db")
    site.open()


def test_a_site_that_starts_again_in_its_place_goes_on_at_once(site: Site) -> None:
    before = lease_of(site)
    site.app.close()
    site.open()
    assert site.tick().stopped == ""
    assert (lease_of(site).nonce, delivered(site)) == (before.nonce, 2)


def test_a_copy_of_everything_sends_nothing_and_says_what_to_do(site: Site, tmp_path: Path) -> None:
    copy = copy_of(site, tmp_path / "copy")
    report = copy.tick()
    assert (report.recorded, report.moved, report.published, delivered(copy)) == (False, (), (), 1)
    assert "lies elsewhere" in report.stopped
    assert "notifier ledger take-over" in report.stopped
    assert site.tick().stopped == ""
    assert delivered(site) == 2
    copy.app.close()


def test_a_copy_stays_stopped_whoever_asks_it_next(site: Site, tmp_path: Path) -> None:
    copy = copy_of(site, tmp_path / "copy")
    copy.tick()
    copy.app.close()
    copy.open()
    assert (copy.tick(LATER).recorded, copy.rows()[0].status in ("sent", "planned")) == (False, True)
    copy.app.close()


def test_a_copy_that_forgot_what_went_out_sends_nothing_of_the_gap_when_it_is_taken_over(
    site: Site, tmp_path: Path
) -> None:
    copy = copy_of(site, tmp_path / "copy")
    site.tick()
    done = taken_over(copy.app, LATER)
    assert done.forgot == {"letters"}
    assert {row.status for _, row in done.became if row.kind == "reminder"} >= {"missed"}
    assert copy.tick(MUCH_LATER).stopped == ""
    assert delivered(copy) == 1
    copy.app.close()


def test_a_ledger_of_yesterday_is_known_by_what_its_provider_was_given_since(site: Site, tmp_path: Path) -> None:
    site.tick(BEFORE)
    site.app.close()
    shutil.copy(site.folder / "notifier.db", tmp_path / "yesterday.db")
    site.open()
    site.tick()
    ledger_back(site, tmp_path / "yesterday.db")
    assert "More has been sent through letters" in site.tick(LATER).stopped
    done = taken_over(site.app, LATER)
    assert [(one.seen.state, row.status) for one, row in done.became if one.seen.state == "sent"] == [("sent", "sent")]
    assert (done.forgot, site.row().status, delivered(site)) == (frozenset(), "sent", 2)
    assert [told.delivery_key for told in site.told()][-1] == site.row().key
    assert site.tick(MUCH_LATER).stopped == ""
    assert delivered(site) == 2


def test_what_was_due_and_did_not_go_out_goes_out_after_the_ledger_was_taken_over(site: Site, tmp_path: Path) -> None:
    site.tick(BEFORE)
    back_up(site.folder / "notifier.db", tmp_path / "b.db", site="example", at=at(BEFORE))
    site.app.close()
    restore(tmp_path / "b.db", site.folder / "notifier.db", site="example", at=at(DUE))
    site.open()
    assert "is a copy, made on" in site.tick().stopped
    taken_over(site.app, LATER)
    assert delivered(site) == 1
    site.tick(LATER)
    assert (site.row().status, delivered(site)) == ("sent", 2)


def test_the_word_of_whoever_took_it_over_is_kept(site: Site, tmp_path: Path) -> None:
    copy = copy_of(site, tmp_path / "copy")
    taken_over(copy.app, LATER)
    [said] = copy.app.ticker.wiring.ledger.decided(LEDGER)
    assert (said.act, said.by, said.at) == ("take", "Anna", at(LATER))
    copy.app.close()


def sharing(site: Site, folder: Path) -> Site:
    """A copy of the site whose mails go into the very same outbox, as two machines mail one account."""
    copy = copy_of(site, folder)
    copy.app.close()
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("folder: outbox", f"folder: {site.folder / 'outbox'}"))
    copy.open()
    return copy


def test_whoever_was_at_work_stops_at_once_when_a_copy_is_taken_over(site: Site, tmp_path: Path) -> None:
    copy = sharing(site, tmp_path / "copy")
    taken_over(copy.app, BEFORE)
    report = site.tick()
    assert "Another ledger has taken over at letters" in report.stopped
    assert (site.row().status, delivered(site)) == ("planned", 1)
    copy.tick()
    assert (copy.row().status, delivered(site)) == ("sent", 2)
    copy.app.close()


def test_whoever_is_overtaken_right_before_a_mail_gives_it_to_nobody(site: Site, tmp_path: Path) -> None:
    copy = sharing(site, tmp_path / "copy")
    assert site.app.ticker.fence.stand(at(DUE)) == ""
    taken_over(copy.app, BEFORE)
    provider = site.app.ticker.wiring.providers["letters"]
    assert "Another ledger has taken over" in site.app.ticker.fence.keeps(provider, at(DUE))
    assert "Another ledger has taken over" in lease_of(site).stopped
    copy.app.close()


def test_a_ledger_that_was_let_go_is_taken_up_elsewhere_exactly_as_it_is(site: Site, tmp_path: Path) -> None:
    assert ledgers.release(site.app)
    moved = sharing(site, tmp_path / "moved")
    assert "from the next tick on it sends" in moved.tick(BEFORE).stopped
    assert moved.tick().stopped == ""
    assert delivered(site) == 2
    assert "Another ledger has taken over" in site.tick(LATER).stopped
    moved.app.close()


def test_a_new_ledger_beside_one_at_work_sends_nothing(site: Site, tmp_path: Path) -> None:
    site.app.close()
    shutil.move(site.folder / "notifier.db", tmp_path / "old.db")
    site.open()
    assert "Another ledger of this site sends through letters" in site.tick().stopped
    assert site.rows() == ()


def test_one_that_is_at_work_is_not_taken_over_again_by_a_second_process(site: Site) -> None:
    other = Site.__new__(Site)
    other.folder, other._provider = site.folder, None
    other.open()
    assert (other.tick().stopped, site.tick(LATER).stopped) == ("", "")
    assert lease_of(site).nonce == lease_of(other).nonce
    other.app.close()


@pytest.mark.parametrize("steps", [1, 2])
def test_a_take_over_that_was_broken_off_sends_nothing_and_can_be_done_again(
    site: Site, tmp_path: Path, steps: int
) -> None:
    copy = copy_of(site, tmp_path / "copy")
    wiring, now = copy.app.ticker.wiring, at(LATER)
    marks = reconciling.marks_of(wiring)
    raised = reconciling.fence_off(wiring, lease_of(copy), marks, now, by="Anna", why="Anna began to take it over.")
    if steps == 2:
        look = copy.app.ticker.look(now)
        reconciling.settle_all(reconciling.survey(wiring, look, raised, marks), wiring)
    copy.app.close()
    copy.open()
    assert (copy.tick(LATER).stopped, delivered(copy)) == ("Anna began to take it over.", 1)
    taken_over(copy.app, LATER)
    assert copy.tick(MUCH_LATER).stopped == ""
    assert delivered(copy) == 1
    copy.app.close()
