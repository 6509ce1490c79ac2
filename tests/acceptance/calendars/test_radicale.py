"""What vdirsyncer renames is told by all the rest, and nothing is lost or added by that."""

from __future__ import annotations

from dataclasses import replace

from tests.acceptance.calendars.agree import differences
from tests.acceptance.calendars.radicale import _with_uids
from tests.acceptance.calendars.seen import Seen

TEA = Seen(uid="1@example.org", start="2027-06-04", end="2027-06-05", title="Tea")
CAKE = replace(TEA, uid="2@example.org", title="Cake")
AGAIN = replace(TEA, uid="3@example.org")


def renamed(*ones: Seen) -> list[Seen]:
    return [replace(one, uid=f"{number:032}") for number, one in enumerate(ones)]


def test_events_are_known_by_all_but_their_uids() -> None:
    assert differences("radicale", [TEA, CAKE], _with_uids([TEA, CAKE], renamed(CAKE, TEA))) == []


def test_two_with_the_same_rest_may_arrive_as_one() -> None:
    assert differences("radicale", [TEA, AGAIN], _with_uids([TEA, AGAIN], renamed(TEA))) == []
    assert differences("radicale", [TEA, AGAIN], _with_uids([TEA, AGAIN], renamed(TEA, AGAIN))) == []


def test_what_is_missing_changed_or_too_many_is_still_told() -> None:
    assert len(differences("radicale", [TEA, CAKE], _with_uids([TEA, CAKE], renamed(TEA)))) == 1
    assert len(differences("radicale", [TEA], _with_uids([TEA], renamed(CAKE)))) == 2
    assert len(differences("radicale", [TEA], _with_uids([TEA], renamed(TEA, TEA)))) == 1
