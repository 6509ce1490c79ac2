"""Keys in another order, other line ends, spaces and quotes: a document that says the same tells nobody anything."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.delivery import SeenEvent
from tests.builders import at
from tests.tick.test_telling import PATH, STARTS
from tests.years import Years, settings_in

KEYS = (
    ("title", "Choir evening"), ("date", f"{STARTS:%Y-%m-%d}"), ("start", f"'{STARTS:%H:%M}'"),
    ("category", "organising"), ("access", "open"), ("register", "https://tickets.example.com/choir"),
)  # fmt: skip
WORDS = ("An evening for everybody.", "Bring a friend.")


@st.composite
def written(draw: st.DrawFn) -> str:
    """The document in one of its forms."""
    end, behind = draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from(["", "  "]))
    keys = draw(st.permutations(KEYS))
    gap = draw(st.sampled_from([":  ", ": "]))
    lines = ["---", *(f"{key}{gap}{value}{behind}" for key, value in keys), "---", "", f"{WORDS[0]} {WORDS[1]}", ""]
    return end.join(lines)


def lived(folder: Path, forms: list[str]) -> tuple[list[str], list[SeenEvent]]:
    """What goes out, and what is remembered, while the document goes through these forms."""
    years = Years(settings=settings_in(folder), now=at("2026-12-03 12:00"))
    for number, form in enumerate(forms):
        years.files.texts[PATH] = form
        years.now = at("2026-12-03 12:00") + timedelta(days=number)
        years.tick()
        years.now += timedelta(hours=1)
        years.quiet()
    return [key for key, _ in years.letters.sent], list(years.ledger.snapshot().seen.values())


@settings(max_examples=25, deadline=None)
@given(st.lists(written(), min_size=7, max_size=7))
def test_reformatting_a_file_changes_nothing(forms: list[str]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        plain, seen = lived(Path(one), [forms[0]] * len(forms))
        sent, seen_then = lived(Path(other), forms)
    assert (sent, len(sent) > 0) == (plain, True)
    assert [(s.uid, s.sequence, s.facts) for s in seen_then] == [(s.uid, s.sequence, s.facts) for s in seen]
