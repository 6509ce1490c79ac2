"""Where wrong passwords are counted, and that the counts stay few."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifier.core.throttling import FREE
from notifier.web.throttle import Place, Throttle, places
from tests.builders import at

NOW = at("2026-12-01 09:00")
NONE = timedelta(0)


def names(address: str | None, *, device: str | None = None) -> list[str]:
    return [place.name.split()[0] for place in places("anna", is_known=True, device=device, address=address)]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.5", True), ("2001:db8::1", True), ("::ffff:203.0.113.5", True), ("127.0.0.1", False), ("::1", False),
        ("::ffff:127.0.0.1", False), ("testclient", False), (None, False), ("", False),
    ],
)  # fmt: skip
def test_an_address_counts_unless_it_is_of_this_machine(address: str | None, counted: bool) -> None:
    assert names(address) == ["name", *(["network"] if counted else [])]


def test_a_known_browser_is_counted_apart_from_all_others() -> None:
    assert names("203.0.113.5", device="d" * 64) == ["device"]


def test_a_household_is_one_network() -> None:
    one, same, other = (
        places("anna", is_known=True, device=None, address=address)[1]
        for address in ("2001:db8:1:2::3", "2001:db8:1:2:ffff::9", "2001:db8:1:3::3")
    )
    assert (one == same, one == other) == (True, False)


def test_the_counts_of_strangers_are_bounded_and_those_of_people_are_kept() -> None:
    throttle = Throttle(most=10)
    person = (Place("name of somebody", is_kept=True),)
    for _ in range(FREE):
        assert throttle.admit(person, NOW) == NONE
    for number in range(1000):
        throttle.admit((Place(f"name {number}"),), NOW)
    assert throttle.admit(person, NOW) == timedelta(seconds=1)
    assert len(throttle._strangers) == 10


def test_a_try_that_has_to_wait_is_not_counted() -> None:
    throttle, place = Throttle(), (Place("name", is_kept=True),)
    for _ in range(FREE):
        throttle.admit(place, NOW)
    assert {throttle.admit(place, NOW) for _ in range(100)} == {timedelta(seconds=1)}
    throttle.forget(place)
    assert throttle.admit(place, NOW) == NONE
