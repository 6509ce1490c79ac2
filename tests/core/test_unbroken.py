"""Where a time in words may be broken across lines: between its parts, never within one."""

from __future__ import annotations

import pytest

from notifier.core.templates import unbroken


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("9 December 2026, 2:00 pm", "9 December 2026, 2:00~pm"),
        ("2:00–3:15 pm (GMT, London time)", "2:00=3:15~pm (GMT, London~time)"),
        ("10:30 am – 4:00 pm (EST, New York time)", "10:30~am~=~4:00~pm (EST, New~York~time)"),
        ("12:00 noon (London time)", "12:00~noon (London~time)"),
        ("Sat 5 – Sun 6 December", "Sat 5 – Sun 6 December"),
        ("Bring your own (all of the time)", "Bring your own (all of the time)"),
    ],
)
def test_a_clock_time_a_range_and_a_place_stay_whole(text: str, shown: str) -> None:
    assert unbroken(text).replace("\u00a0", "~").replace("\u2060–\u2060", "=") == shown
