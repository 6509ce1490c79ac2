"""What becomes of recipients by rule, and when the ledger forgets where mails went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notifier.core.enrolling import erases_before, is_person
from notifier.core.recipient import digest_of
from tests.builders import at

NOW, KEEPS = at("2026-12-01 09:00"), timedelta(days=90)


@pytest.mark.parametrize(
    ("last_at", "erases"),
    [
        (None, True),
        (NOW, False),
        (NOW - timedelta(hours=23, minutes=59), False),
        (NOW - timedelta(days=1), True),
        (NOW + timedelta(minutes=1), True),
    ],
    ids=["never", "just now", "within a day", "a day ago", "the clock was set back"],
)
def test_what_is_old_is_erased_once_a_day(last_at: datetime | None, erases: bool) -> None:
    assert erases_before(NOW, KEEPS, last_at) == (NOW - KEEPS if erases else None)


def test_nothing_is_older_than_time_itself() -> None:
    assert erases_before(datetime(1, 1, 2, tzinfo=UTC), KEEPS, None) is None


@pytest.mark.parametrize(
    ("digest", "address", "is_meant"),
    [
        (digest_of("choir", "kim@example.org"), "", True),
        ("0" * 32, " KIM@Example.org ", True),
        ("0" * 32, "kim@example.com", False),
        (digest_of("board", "kim@example.org"), "", False),
    ],
)
def test_a_person_is_known_by_their_digest_or_their_address(digest: str, address: str, is_meant: bool) -> None:
    assert is_person(digest, address, "Kim@example.org", [digest_of("choir", "kim@example.org")]) is is_meant
