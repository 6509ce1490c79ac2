"""A folder that knows later revisions than the ledger: nothing falls for readers, and nobody goes on by accident."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.edges.ledger import open_ledger
from tests.cli.test_feeds import feeds, files, manifest
from tests.ticking import FIRST_LOOK, Site

NEXT, LATER, LAST = "2026-11-20 10:00", "2026-11-20 11:00", "2026-11-20 12:00"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with an event that changed twice since the copy of its ledger, and an OUT that has all of it."""
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        copy(made, made.folder / "notifier.db", made.folder / "copy.db")
        for number, when in enumerate(("2026-11-20 09:10", "2026-11-20 09:20")):
            made.write("choir", title=f"Choir, version {number}")
            made.tick(when)
        feeds(made)
        yield made


def copy(site: Site, source: Path, to: Path) -> None:
    """With the program stopped, as one does it."""
    site.app.close()
    for ending in ("-wal", "-shm"):
        to.with_name(to.name + ending).unlink(missing_ok=True)
    shutil.copyfile(source, to)
    site.open()


def lose(site: Site) -> None:
    site.app.close()
    for path in site.folder.glob("notifier.db*"):
        path.unlink()


def revision(site: Site) -> tuple[int, str]:
    """SEQUENCE and LAST-MODIFIED of the one event, as readers get it."""
    text = files(site)["all.ics"].decode().partition("BEGIN:VEVENT")[2]
    number, changed = re.search(r"SEQUENCE:(\d+)", text), re.search(r"LAST-MODIFIED:(\S+)", text)
    assert number
    assert changed
    return int(number[1]), changed[1]


def test_readers_were_given_the_second_revision(site: Site) -> None:
    assert revision(site) == (2, "20261120T092000Z")


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "an older copy"])
def test_a_ledger_that_is_behind_writes_and_records_nothing(site: Site, is_lost: bool) -> None:
    before = files(site)
    lose(site) if is_lost else copy(site, site.folder / "copy.db", site.folder / "notifier.db")
    ran = feeds(site, LATER)
    assert (ran.code, ran.out, files(site)) == (1, "", before)
    assert ran.err.startswith("out/manifest.json: knows later revisions of 1 event than the ledger, so nothing was ")
    assert "if it is lost: notifier feeds out --adopt\n" in ran.err
    ledger = open_ledger(f"sqlite:///{site.folder / 'notifier.db'}")
    assert ledger.snapshot().window_end != site.app.clock.now().replace(hour=11)
    ledger.close()


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "an older copy"])
def test_with_adopt_it_goes_on_after_what_readers_have(site: Site, is_lost: bool) -> None:
    lose(site) if is_lost else copy(site, site.folder / "copy.db", site.folder / "notifier.db")
    ran = feeds(site, LATER, "--adopt")
    number, changed = revision(site)
    assert (ran.code, ran.err) == (0, "")
    assert number >= 2
    assert changed > "20261120T092000Z"


def test_what_was_adopted_is_in_the_ledger_for_good(site: Site) -> None:
    lose(site)
    feeds(site, LATER, "--adopt")
    site.write("choir", title="Choir, at last")
    ran = feeds(site, LAST)
    assert (ran.code, revision(site)) == (0, (3, "20261120T120000Z"))


def test_where_the_clock_was_set_back_the_time_rises_all_the_same(site: Site) -> None:
    lose(site)
    feeds(site, "2026-11-20 09:15", "--adopt")
    assert revision(site) == (2, "20261120T092001Z")


def test_adopt_changes_nothing_where_the_ledger_is_not_behind(site: Site) -> None:
    before = files(site)
    assert feeds(site, LATER, "--adopt").code == 0
    assert files(site) == before


def test_a_lost_ledger_is_no_trouble_where_no_revision_would_fall(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        feeds(site)
        lose(site)
        ran = feeds(site, LATER)
        assert (ran.code, revision(site)) == (0, (0, "20261120T110000Z"))


def test_an_event_that_is_gone_with_the_ledger_is_let_go(site: Site) -> None:
    lose(site)
    site.path("choir").unlink()
    site.write("harp")
    ran = feeds(site, LATER, "--accept-shrink")
    assert (ran.code, [number for number, _ in manifest(site)["revisions"].values()]) == (0, [0])
