from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifier.edges.clock import FixedClock, SystemClock


def test_the_systems_clock_gives_the_present_in_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert timedelta(0) <= SystemClock().now() - now < timedelta(minutes=1)


def test_a_fixed_clock_stands_still_in_utc() -> None:
    clock = FixedClock(datetime(2026, 12, 9, 14, tzinfo=ZoneInfo("Asia/Taipei")))
    assert clock.now() == clock.now() == datetime(2026, 12, 9, 6, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_fixed_clock_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        FixedClock(datetime(2026, 12, 9, 14))
