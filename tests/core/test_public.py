from __future__ import annotations

import pytest

from notifier.core.public import public_view
from tests.builders import an_event

SECRET = "https://meet.example.com/secret-room"


@pytest.mark.parametrize("access", ["members", "invitation", "unknown"])
def test_the_way_into_an_event_that_is_not_open_is_not_public(access: str) -> None:
    view = public_view(an_event(access=access, join_url=SECRET, info_url=SECRET, summary=f"Come to {SECRET} at two."))

    assert view.join_url is None
    assert view.info_url is None
    assert view.summary == "Come to [not public] at two."


def test_a_secret_is_found_without_its_scheme_too() -> None:
    view = public_view(an_event(access="members", join_url=SECRET, location="meet.example.com/secret-room"))

    assert view.location == "[not public]"


def test_a_private_field_is_taken_out_and_its_words_elsewhere_too() -> None:
    event = an_event(location="12 Hidden Street", title="Open house, 12 Hidden Street", private=frozenset({"location"}))

    view = public_view(event)

    assert view.location is None
    assert view.title == "Open house, [not public]"


def test_a_private_field_that_is_empty_hides_nothing_else() -> None:
    event = an_event(location=None, private=frozenset({"location"}))

    assert public_view(event) == event


def test_a_private_day_leaves_no_date() -> None:
    assert public_view(an_event(private=frozenset({"when"}))).when is None


def test_an_open_event_is_public_as_it_is() -> None:
    event = an_event()

    assert public_view(event) is event
