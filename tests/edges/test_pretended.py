"""A provider that reaches nobody does what every provider must."""

from __future__ import annotations

import pytest

from notifier.edges.pretended import NoPublisher, PretendedProvider
from notifier.ports import Provider, Publisher
from tests.builders import a_delivery, a_message, an_audience, at
from tests.edges.provider_suite import DELIVERY, ProviderSuite


class TestPretended(ProviderSuite):
    @pytest.fixture
    def provider(self) -> Provider:
        return PretendedProvider("pretended", reaches_people=True)


def test_it_keeps_the_subject_that_went_out() -> None:
    provider = PretendedProvider("pretended", reaches_people=False)
    sent = provider.draft(a_delivery(), a_message(subject="First"), an_audience(), at("2026-12-08"))
    provider.send(sent, DELIVERY.key, at("2026-12-08"))

    provider.draft(a_delivery(), a_message(subject="Second"), an_audience(), at("2026-12-09"))

    assert provider.subjects == {DELIVERY.key: "First"}


@pytest.mark.parametrize("reaches", [True, False])
def test_it_says_of_its_reach_what_it_was_told(reaches: bool) -> None:
    assert PretendedProvider("pretended", reaches_people=reaches).capabilities().reaches_people is reaches


def test_nothing_is_published() -> None:
    publisher: Publisher = NoPublisher()

    assert publisher.publish("all.ics", b"BEGIN:VCALENDAR") is False
    assert publisher.read("all.ics") is None
