"""A ledger that is copied into another database sends from there: one of the two does, wherever it was broken off."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from notifier.core.lease import Lease, mark_of, verdict
from notifier.edges.ledger import copy_ledger, move_ledger, open_ledger
from notifier.edges.ledger.moving import Moved
from notifier.errors import UserError
from tests.builders import a_delivery
from tests.edges.ledgers import LATER, NOW, a_decision, a_plan
from tests.postgres import name_of, shared

WHY = "It was copied."


@pytest.fixture
def source(url: str) -> str:
    """A ledger in use."""
    with closing(open_ledger(url)) as ledger:
        ledger.record(a_plan(a_delivery()))
        fresh = ledger.lease()
        assert fresh is not None
        assert ledger.raise_lease(fresh, NOW) is not None
    return url


def lease_of(url: str) -> Lease:
    with closing(open_ledger(url)) as ledger:
        found = ledger.lease()
        assert found is not None
        return found


def sends(url: str) -> bool:
    return verdict(lease_of(url), {}, "Europe/London").act != "stop"


def moved(source: str, target: str) -> Moved:
    return move_ledger(source, target, at=LATER, why=WHY)


def test_the_copy_sends_and_its_source_says_why_it_does_not(source: str, target: str) -> None:
    before = lease_of(source)
    done = moved(source, target)
    assert (done.sends, sends(source), sends(target)) == (True, False, True)
    after = lease_of(target)
    assert (lease_of(source).stopped, after.ledger_id, before.nonce in after.earlier) == (WHY, before.ledger_id, True)
    # What the one of before has written at a provider stands against neither, what either writes now against the other.
    assert not after.descends_from(mark_of(lease_of(source), LATER))


def test_whoever_breaks_off_leaves_one_that_sends_and_the_next_goes_on(source: str, target: str) -> None:
    """`tests.crashes` breaks it off everywhere."""
    copy_ledger(source, target, at=NOW)
    assert (sends(source), sends(target)) == (True, False)
    assert moved(source, target).sends
    assert (sends(source), sends(target)) == (False, True)
    # And whoever isn't sure whether it was finished asks once more.
    nonce = lease_of(target).nonce
    assert moved(source, target).sends
    assert (lease_of(target).nonce, sends(source), sends(target)) == (nonce, False, True)


def test_a_copy_that_was_in_use_since_is_never_taken_for_one_that_was_broken_off(source: str, target: str) -> None:
    moved(source, target)
    with closing(open_ledger(target)) as ledger:
        ledger.decide(a_decision())
    with pytest.raises(UserError, match="there is a ledger here already, and nothing of it was touched"):
        moved(source, target)


def test_a_second_copy_of_a_ledger_that_was_copied_sends_nothing(source: str, target: str, tmp_path: Path) -> None:
    moved(source, target)
    second = f"sqlite:///{tmp_path / 'second.db'}"
    assert moved(source, second).sends is False
    assert (sends(source), sends(target), sends(second)) == (False, True, False)


def test_a_copy_that_was_thrown_away_after_use_is_not_made_anew_from_its_source(
    source: str, target: str, tmp_path: Path
) -> None:
    moved(source, target)
    if target.startswith("sqlite"):
        (tmp_path / "copy.db").unlink()
    else:
        shared().drop(target)
        shared()._say("CREATE DATABASE {}", name_of(target))
    assert moved(source, target).sends is False
    assert not sends(target)


def test_where_the_ledger_went_on_meanwhile_nothing_is_taken_up(source: str, target: str) -> None:
    said: list[str] = []

    def go_on(table: str, _done: int, _all: int) -> None:
        if not said:
            with closing(open_ledger(source)) as ledger:
                ledger.decide(a_decision())
        said.append(table)

    with pytest.raises(UserError, match="notifier went on with the ledger while it was copied"):
        move_ledger(source, target, at=LATER, why=WHY, told=go_on)
    assert (sends(source), sends(target)) == (True, False)
    with pytest.raises(UserError, match="there is a ledger here already"):
        moved(source, target)


@pytest.mark.parametrize("why", ["stopped", "a copy"])
def test_a_ledger_that_sends_nothing_makes_no_copy_that_does(
    source: str, target: str, tmp_path: Path, why: str
) -> None:
    if why == "stopped":
        with closing(open_ledger(source)) as ledger:
            ledger.stop(lease_of(source), "Another one sends.", NOW)
    else:
        copy = f"sqlite:///{tmp_path / 'between.db'}"
        copy_ledger(source, copy, at=NOW)
        source = copy
    assert moved(source, target).sends is False
    assert not sends(target)
