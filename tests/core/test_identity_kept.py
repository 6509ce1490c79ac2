"""What settling keeps from one look to the next never shows in what comes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from notifier.core.delivery import Memory
from notifier.core.event import Content, Event
from notifier.core.identity import Settling, settle
from tests.core.test_identity_renamed import (
    CHOIR,
    FOUR_DAYS_AGO,
    LATER,
    NEW,
    NOW,
    OLD,
    RULES,
    known,
    new,
    uids,
)  # fmt: skip

OTHER_LEDGERS = {
    "forgotten": Memory(window_end=NOW),
    "under another uid": known(replace(CHOIR, uid="other@example.org")),
    "at another place": known(replace(CHOIR, path="elsewhere.md")),
    "as something else": known(replace(CHOIR, title="Knitting", when=LATER, body="", join_url=None)),
    "as gone": known(CHOIR, **FOUR_DAYS_AGO),
    "with a line of its own": known(replace(CHOIR, explicit_uid=CHOIR.uid, formerly=("first@example.org",))),
}


@pytest.mark.parametrize("memory", OTHER_LEDGERS.values(), ids=OTHER_LEDGERS)
@pytest.mark.parametrize("change", [{}, {"explicit_uid": "own@example.org"}, {"key": "choir"}, {"when": LATER}])
def test_what_was_kept_does_not_show_when_the_ledger_is_another(memory: Memory, change: dict[str, Any]) -> None:
    read, kept = Content(events=(new(path=OLD, **change), new(path="songs.md", title="Songs", body=""))), Settling()
    for ledger in (known(CHOIR), memory, known(CHOIR)):
        assert settle(read, ledger, RULES, NOW, kept) == settle(read, ledger, RULES, NOW)


@pytest.mark.parametrize(
    "second",
    [new(path="_events/2026-12-17-choir.md", when=LATER), new(path=OLD), new(path="x.md", explicit_uid=CHOIR.uid)],
    ids=["another like it", "the old file", "a uid line"],
)
def test_what_was_found_is_found_anew_while_it_is_not_recorded(second: Event) -> None:
    kept, memory, moved = Settling(), known(CHOIR), new(when=LATER)
    first = settle(Content(events=(moved,)), memory, RULES, NOW, kept)
    both = Content(events=(moved, second))
    content = settle(both, memory, RULES, NOW, kept)
    assert content == settle(both, memory, RULES, NOW)
    assert [event.uid for event in first.events] == [CHOIR.uid] != [uids(content)[NEW]]


def test_of_two_with_one_uid_line_the_one_that_stays_has_it_when_the_other_goes() -> None:
    one, other = new(explicit_uid="one@example.org"), new(path="other.md", explicit_uid="one@example.org")
    kept, memory = Settling(), known(CHOIR)
    for events in ((one, other), (other,), (one, other)):
        content = settle(Content(events=events), memory, RULES, NOW, kept)
        assert content == settle(Content(events=events), memory, RULES, NOW)
        assert list(uids(content).values()) == ["one@example.org"]


def test_what_is_doubted_stays_the_very_same_while_nothing_changes() -> None:
    kept, memory = Settling(), known(CHOIR)
    first, second = (settle(Content(), memory, RULES, NOW, kept) for _ in range(2))
    assert first.events[0] is second.events[0]
