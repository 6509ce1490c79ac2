"""Which of several copies of one ledger may act, by what it knows of itself and what stands at its providers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.core.lease import Lease, Mark, mark_from, mark_of, mark_record, verdict
from tests.builders import at

NOW = at("2026-12-08 10:00")
ZONE = "Europe/London"
LEASE = Lease(ledger_id="ours", fence=3, nonce="n3", earlier=frozenset({"n1", "n2"}), at_home=True, moves=20)
MARK = mark_of(LEASE, NOW)
FRESH = Lease(ledger_id="", fence=0, nonce="", at_home=True, moves=0)
ELSEWHERE = replace(LEASE, at_home=False)


@pytest.mark.parametrize(
    ("lease", "mark", "act"),
    [
        (LEASE, None, "go"),
        (LEASE, MARK, "go"),
        (LEASE, replace(MARK, moves=19), "go"),
        (LEASE, replace(MARK, nonce="n1", fence=1, moves=99), "go"),
        (LEASE, replace(MARK, released=True), "raise"),
        (FRESH, None, "raise"),
        (FRESH, replace(MARK, released=True), "raise"),
        (ELSEWHERE, replace(MARK, released=True), "raise"),
    ],
)
def test_it_goes_on_where_nobody_else_can_have_gone_on(lease: Lease, mark: Mark | None, act: str) -> None:
    assert verdict(lease, {"letters": mark}, ZONE).act == act


@pytest.mark.parametrize(
    ("lease", "mark", "why"),
    [
        (LEASE, replace(MARK, nonce="x"), "Another ledger has taken over at letters"),
        (LEASE, replace(MARK, nonce="x", released=True), "Another ledger has taken over at letters"),
        (LEASE, replace(MARK, ledger_id="theirs"), "Another ledger has taken over at letters"),
        (LEASE, replace(MARK, moves=21), "More has been sent through letters than this ledger knows of"),
        (replace(LEASE, copied_at=NOW), MARK, "This ledger is a copy, made on Tue 8 Dec 2026 10:00 GMT"),
        (replace(LEASE, copied_at=NOW), replace(MARK, released=True), "This ledger is a copy"),
        (replace(FRESH, copied_at=NOW), None, "This ledger is a copy"),
        (FRESH, MARK, "Another ledger of this site sends through letters, last on"),
        (ELSEWHERE, None, "This ledger lies elsewhere than when it was last in use"),
        (ELSEWHERE, MARK, "This ledger lies elsewhere"),
        (ELSEWHERE, replace(MARK, released=True, moves=19), "This ledger lies elsewhere"),
        (ELSEWHERE, replace(MARK, released=True, is_copied=True), "This ledger lies elsewhere"),
        (ELSEWHERE, replace(MARK, released=True, nonce="n2"), "This ledger lies elsewhere"),
        (replace(LEASE, stopped="Anna began to take it over."), MARK, "Anna began to take it over."),
    ],
)
def test_it_stops_where_another_may_have_gone_on_and_says_what_to_do(lease: Lease, mark: Mark | None, why: str) -> None:
    found = verdict(lease, {"other": None, "letters": mark}, ZONE)
    assert found.act == "stop"
    assert found.why.startswith(why)
    assert lease.stopped or "notifier ledger take-over" in found.why


@pytest.mark.parametrize("year", [1, 1970, 2026, 9999])
@pytest.mark.parametrize("lease", [LEASE, FRESH, ELSEWHERE])
@pytest.mark.parametrize("released", [True, False])
def test_no_clock_decides_anything(year: int, lease: Lease, released: bool) -> None:
    marks = [replace(MARK, released=released, renewed_at=NOW.replace(year=one)) for one in (year, 2026)]
    assert len({verdict(lease, {"letters": mark}, ZONE).act for mark in marks}) == 1


def test_one_provider_that_says_no_is_enough() -> None:
    marks = {"a": MARK, "b": replace(MARK, nonce="x"), "c": MARK}
    assert verdict(LEASE, marks, ZONE).act == "stop"


def test_a_mark_comes_back_as_it_was_written() -> None:
    assert mark_from(mark_record(MARK)) == MARK
