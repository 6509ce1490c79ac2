"""`notifier reports`, `why` and the console say the same numbers; a spreadsheet gets no formula, and nobody an address."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.app import open_app
from notifier.cli.reporting import _cell
from notifier.core.delivery import Delivery, key_hash
from notifier.core.reach import Reach
from notifier.edges.clock import FixedClock
from notifier.edges.ledger import open_ledger
from tests.builders import at
from tests.cli.running import AT, NOW, run
from tests.schemas import complaints, undocumented
from tests.web.sites import a_client

REACH = Reach(at=at("2026-11-27 09:00"), sent=40, hard=2, soft=1, unsubscribed=3, abuse=0, clicks=5)


@pytest.fixture
def row(site: Path) -> Delivery:
    """The one delivery that was sent, with its numbers."""
    run("tick", "--at", AT, folder=site)
    with closing(open_ledger(f"sqlite:///{site / 'notifier.db'}")) as ledger:
        [sent] = [one for one in ledger.rows("sent") if "/" in one.key]
        ledger.note_reach(sent.key, REACH)
    return sent


def test_without_any_numbers_it_says_so(site: Path) -> None:
    ran = run("reports", folder=site)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("There are no numbers yet.")


def test_numbers_are_shown_in_a_table(site: Path, row: Delivery) -> None:
    ran = run("reports", folder=site)

    [line] = [line for line in ran.out.splitlines() if row.audience in line]
    assert line.split()[-1] != ""
    assert [word for word in ("40", "2+1", "3", "-", "5") if word not in line.split()] == []


def test_numbers_are_printed_for_programs(site: Path, row: Delivery) -> None:
    answer = run("reports", "--format", "json", folder=site).json()

    [one] = answer["reports"]
    assert (one["key"], one["sent"], one["bounced_for_good"], one["opened"], one["clicked"]) == (
        row.key,
        40,
        2,
        None,
        5,
    )
    assert (complaints("reports", answer), undocumented("reports", answer)) == ([], set())


def test_numbers_are_written_for_a_spreadsheet(site: Path, row: Delivery) -> None:
    ran = run("reports", "--format", "csv", folder=site)

    [one] = csv.DictReader(io.StringIO(ran.out))
    assert (one["key"], one["sent"], one["opened"], one["clicked"]) == (row.key, "40", "", "5")
    assert one["about"] != ""


@pytest.mark.parametrize("title", ['=HYPERLINK("https://example.com")', "+1", "-1", "@SUM(A1)"])
def test_no_title_becomes_a_formula(title: str) -> None:
    assert _cell(title) == f"'{title}"


def test_why_says_the_numbers_of_a_delivery(site: Path, row: Delivery) -> None:
    said = run("why", row.key, "--at", AT, folder=site)
    answer = run("why", row.key, "--at", AT, "--format", "json", folder=site).json()

    told = "40 sent, 3 came back (2 for good, 1 for now), 3 left the list, 5 followed a link, as of Fri 27 Nov 2026 09:00 GMT."
    assert told in said.out
    assert answer["rules"][0]["reach"]["sent"] == 40
    assert (complaints("why", answer), undocumented("why", answer)) == ([], set())


def test_the_console_says_them_with_the_delivery(site: Path, row: Delivery) -> None:
    with closing(open_app(site / "config.yaml", clock=FixedClock(NOW))) as app:
        page = a_client(app).get(f"/outbox/{key_hash(row.key)}").text

    assert "40 sent, 3 came back (2 for good, 1 for now)" in page


def test_nobody_is_named(site: Path, row: Delivery) -> None:
    with closing(open_ledger(f"sqlite:///{site / 'notifier.db'}")) as ledger:
        ledger.note_reach(row.key, replace(REACH, at=at("2026-11-28 09:00")))

    for form in ("text", "json", "csv"):
        assert "@example.org" not in run("reports", "--format", form, folder=site).out.replace(row.key, "").replace(
            row.event_uids[0], ""
        )
