"""What somebody has too much of is refused until some of it is over, and nobody else is."""

from __future__ import annotations

from datetime import timedelta

from notifier.web.ration import Ration
from tests.builders import at

NOW, HOUR = at("2026-11-26 09:55"), timedelta(hours=1)


def test_so_many_are_had_and_the_next_when_the_first_is_over() -> None:
    ration = Ration(3, HOUR)
    taken = [ration.take("Anna", NOW + timedelta(minutes=minutes)) for minutes in (0, 10, 20, 30, 59)]
    assert taken == [None, None, None, NOW + HOUR, NOW + HOUR]
    assert ration.take("Anna", NOW + HOUR) is None
    assert ration.take("Anna", NOW + HOUR) == NOW + HOUR + timedelta(minutes=10)


def test_everybody_has_their_own() -> None:
    ration = Ration(1, HOUR)
    assert [ration.take(who, NOW) for who in ("Anna", "Ben", "Anna")] == [None, None, NOW + HOUR]
