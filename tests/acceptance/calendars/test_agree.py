"""The comparison bites: every difference in every field is told, and only a habit that has a name is allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acceptance.calendars.agree import EXCUSES, HABITS, Exhibit, Table, Verdict, differences
from tests.acceptance.calendars.seen import FIELDS, Seen, read, written

MEANT = Seen(uid="1@example.org", start="2027-06-04", end="2027-06-05", title="Tea", url="https://example.org/")
OTHER = replace(MEANT, uid="2@example.org")


def test_what_agrees_agrees_in_any_order() -> None:
    assert differences("thunderbird", [MEANT, OTHER], [OTHER, MEANT]) == []


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "uid"])
def test_a_difference_in_any_field_is_told(name: str) -> None:
    [found] = differences("thunderbird", [MEANT], [replace(MEANT, **{name: "2027-06-06"})])

    assert found.startswith(f"1@example.org: {name} from ")


def test_what_is_missing_added_or_doubled_is_told() -> None:
    assert differences("thunderbird", [MEANT], [OTHER]) == [
        "1@example.org is not seen",
        "2@example.org is seen, and nobody meant it",
    ]
    assert differences("thunderbird", [MEANT], [MEANT, MEANT]) == ["2 events, of which 1 have a uid of their own"]


def test_a_habit_is_that_of_one_client_only() -> None:
    meant, read_so = replace(MEANT, title="C:\\New"), replace(MEANT, title="C:\new")

    assert differences("khal", [meant], [read_so]) == []
    assert len(differences("khal", [meant], [meant])) == 1
    assert len(differences("thunderbird", [meant], [read_so])) == 1


def test_every_exception_says_why() -> None:
    assert all(len(why.split()) > 5 for why in [*(one.why for one in HABITS), *(one.why for one in EXCUSES)])


def test_what_a_client_prints_is_read_as_it_was_seen() -> None:
    one = replace(MEANT, title="Größe\n\u2028\x85👩‍💻", description='"\\')

    assert read(f"not for us\n{written([one, OTHER])}") == [one, OTHER]


def test_the_table_shows_who_saw_what_and_what_was_wrong() -> None:
    exhibit, table = Exhibit(name="tea", parts=(b"",), expected=(MEANT,)), Table()

    table.add("lint", [exhibit], {"tea": Verdict()})
    table.add("libical", [exhibit], {"tea": Verdict(seen=(MEANT,))})
    table.add("khal", [exhibit], {"tea": Verdict(complaints=("it crashed",), seen=())})
    table.add("radicale", [exhibit], {})

    assert table.written().splitlines()[1].split() == ["tea", "ok", "1", "ok", "2", "WRONG", "-"]
    assert table.faults == ["khal, tea: it crashed", "khal, tea: 1@example.org is not seen"]
