"""`notifier ledger copy` and `notifier migrate`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from notifier.edges.ledger import open_ledger
from notifier.edges.ledger.migrate import REVISIONS
from tests.cli.running import AT, demonstration, run
from tests.edges.test_ledger_migration import older_version
from tests.postgres import shared


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return demonstration(tmp_path)


@pytest.fixture
def server() -> Iterator[str]:
    made = shared().database(empty=True)
    yield made
    shared().drop(made)


def keys(url: str) -> list[str]:
    with closing(open_ledger(url)) as ledger:
        return [row.key for row in ledger.rows()]


def named(site: Path, url: str) -> None:
    config = site / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("sqlite:///notifier.db", url), encoding="utf-8")


def test_the_copy_sends_and_the_one_that_was_copied_does_not(site: Path, server: str) -> None:
    before = keys(f"sqlite:///{site / 'notifier.db'}")
    copied = run("ledger", "copy", server, "--yes", folder=site)
    assert (copied.code, copied.out.split(" copied, ")[1]) == (
        0, "read back and found the same. Name the copy in `ledger.url`, then start notifier.\n",
    )  # fmt: skip
    assert keys(server) == before

    left = run("tick", "--at", AT, folder=site)
    assert left.code == 1
    assert "This ledger was copied into another database on" in left.err
    assert "Name the other in `ledger.url`." in left.err
    assert "notifier ledger take-over" in left.err
    assert not list((site / "outbox").rglob("message.eml"))

    named(site, server)
    ticked = run("tick", "--at", AT, folder=site)
    assert ticked.code == 0
    assert "sent    reminder-hours" in ticked.out
    assert len(list((site / "outbox").rglob("message.eml"))) == 1


def test_back_to_a_file_it_goes_in_the_same_way(site: Path, server: str, tmp_path: Path) -> None:
    run("ledger", "copy", server, "--yes", folder=site)
    named(site, server)
    copied = run("ledger", "copy", f"sqlite:///{tmp_path / 'again.db'}", "--yes", "--format", "json", folder=site)
    assert copied.json()["rows"] > 10
    assert copied.json()["sends"] is True
    assert keys(f"sqlite:///{tmp_path / 'again.db'}") == keys(server)


def test_a_copy_of_a_ledger_that_does_not_send_says_that_it_does_not(site: Path, server: str, tmp_path: Path) -> None:
    run("ledger", "copy", server, "--yes", folder=site)
    second = run("ledger", "copy", f"sqlite:///{tmp_path / 'second.db'}", "--yes", folder=site)
    assert second.code == 0
    assert second.out.splitlines()[-1] == (
        "Nothing was sent from the one that was copied, so nothing is from this one before: notifier ledger take-over"
    )


def test_without_a_terminal_nothing_is_copied_unasked(site: Path, server: str) -> None:
    ran = run("ledger", "copy", server, folder=site)
    assert ran.code == 2
    assert "There is no terminal to ask on, so nothing was done. Add --yes." in ran.err
    assert run("ledger", "copy", server, "--format", "json", folder=site).code == 2


def test_an_address_that_is_none_is_refused(site: Path) -> None:
    ran = run("ledger", "copy", "mysql://x", "--yes", folder=site)
    assert ran.code == 1
    assert "ledger.url: is not an address of a ledger." in ran.err


def test_a_ledger_is_migrated_once_and_that_is_said(site: Path) -> None:
    done = run("migrate", folder=site)
    assert done.out == f"The ledger's schema is {REVISIONS[-1]}, as this version wants it. Nothing was to be done.\n"
    (site / "notifier.db").unlink()
    assert run("migrate", folder=site).out == f"The ledger is made. Its schema is {REVISIONS[-1]}.\n"
    for file in site.glob("notifier.db*"):
        file.unlink()
    older_version(site / "notifier.db")
    assert run("migrate", folder=site).out == f"The ledger's schema was 0001, and is {REVISIONS[-1]} now.\n"
    assert run("migrate", "--format", "json", folder=site).json() == {"before": REVISIONS[-1], "after": REVISIONS[-1]}
