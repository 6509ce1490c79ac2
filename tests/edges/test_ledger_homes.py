"""Whether two words on where a ledger lies speak of one place: what each kind of copy changes in them."""

from __future__ import annotations

import pytest

from notifier.edges.ledger.homes import which_home

#: The server, its timeline, the database, its port and folder, and the row that was written last.
HERE = "server 7712841582880133921 00000001 16384 5432 0a1b2c3d4e5f 728"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, "same"),
        ({1: "7712841582880133922"}, "another"),
        ({2: "00000002"}, "switched"),
        ({2: "00000002", 4: "5433", 5: "ffffffffffff"}, "switched"),
        ({2: "00000002", 6: "901"}, "another"),
        ({2: "00000002", 3: "16390"}, "another"),
        ({1: "7", 2: "00000002"}, "another"),
        ({3: "16390"}, "another"),
        ({4: "5433"}, "another"),
        ({5: "ffffffffffff"}, "another"),
        ({6: "901"}, "another"),
        # What a server refuses to tell one user says nothing for or against; without the row nothing is known.
        ({1: "-", 5: "-"}, "same"),
        ({1: "-", 6: "901"}, "another"),
        ({2: "-"}, "same"),
        ({6: "-"}, "another"),
        ({3: "-"}, "another"),
        ({0: "file"}, "another"),
    ],
)
def test_a_server(changed: dict[int, str], found: str) -> None:
    words = HERE.split()
    for place, word in changed.items():
        words[place] = word
    assert which_home(HERE, " ".join(words)) == which_home(" ".join(words), HERE) == found


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("file m 7 d p", "same"),
        ("file m 7 d q", "same"),
        ("file m 7 e p", "same"),
        ("file m 7 e q", "another"),
        ("file m 8 d p", "another"),
        ("file n 7 d p", "another"),
        (HERE, "another"),
        ("", "another"),
    ],
)
def test_a_file(other: str, found: str) -> None:
    assert which_home("file m 7 d p", other) == found
