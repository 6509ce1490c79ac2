"""`notifier note`: what it records, in whose name, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_acts import act, decisions, key
from tests.schemas import complaints

WORDS = "Bring **boots**."


def test_a_note_is_put_above_a_mail_changed_and_removed(site: Path) -> None:
    workshop = key(site)
    put = act(site, "note", workshop, WORDS, "--by", "Anna")
    again = act(site, "note", workshop, WORDS, "--by", "Ben")
    shown = act(site, "preview", workshop)
    taken = act(site, "note", workshop, "--remove", "--by", "Ben", "--format", "json")

    assert [one.code for one in (put, again, taken)] == [0, 0, 0]
    assert put.out.startswith("Its note is changed: reminder to")
    assert again.out.startswith("It has this note already")
    assert "Bring boots." in shown.out
    assert complaints("acted", taken.json()) == []
    assert [(one["act"], one["by"], one["note"]) for one in decisions(site, workshop)] == [
        ("annotate", "Anna", WORDS), ("annotate", "Ben", ""),
    ]  # fmt: skip
    assert "Bring boots." not in act(site, "preview", workshop).out


@pytest.mark.parametrize("arguments", [[], ["words", "--remove"]], ids=["nothing", "both"])
def test_a_note_is_given_or_removed_and_never_both(site: Path, arguments: list[str]) -> None:
    ended = act(site, "note", "open-studio", *arguments)

    assert (ended.code, ended.out) == (2, "")
