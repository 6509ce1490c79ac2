"""Pages and files for everybody tell nothing that is not public, however it is written."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from notifier.core.disclosure import disclosure, hidden_in
from tests.builders import a_site, an_event

WAY_IN = "https://meet.example.com/room-4711"
MEMBERS = an_event(uid="m@example.org", access="members", join_url=WAY_IN, path="m.md")
OPEN = an_event(uid="o@example.org", path="o.md")
HIDDEN = hidden_in([MEMBERS, OPEN], a_site())


@pytest.mark.parametrize(
    "written",
    [WAY_IN, "meet.example.com/room&#45;4711", quote(WAY_IN, safe=""), "https://meet.exa\r\n mple.com/room-4711"],
    ids=["plain", "as HTML writes it", "as addresses write it", "folded"],
)
def test_a_way_in_is_found_however_it_is_written(written: str) -> None:
    told = disclosure(f"<p>Come to {written}!</p>".encode(), [OPEN], HIDDEN)
    assert told == "would tell the join link of m.md, which is not public."


def test_what_an_event_says_openly_itself_is_no_secret() -> None:
    same = an_event(uid="o@example.org", join_url=WAY_IN)
    assert disclosure(WAY_IN.encode(), [same], hidden_in([MEMBERS, same], a_site())) is None


def test_a_private_title_is_only_hidden_where_its_event_is_shown() -> None:
    private = an_event(uid="p@example.org", title="Surprise supper for Kim", private=frozenset({"title"}), path="p.md")
    hidden = hidden_in([private, OPEN], a_site())
    assert disclosure(b"Surprise supper for Kim", [OPEN], hidden) is None
    assert "title of p.md" in str(disclosure(b"Surprise supper for Kim", [private], hidden))


def test_where_nothing_is_hidden_everything_may_be_told() -> None:
    assert disclosure(WAY_IN.encode(), [OPEN], hidden_in([OPEN], a_site())) is None
