"""What every provider must do, whatever it sends with. A test class of a provider inherits these tests.

It gives a fixture `provider`, fresh for each test, that can send.
"""

from __future__ import annotations

import pytest

from notifier.core.delivery import next_step
from notifier.errors import ProviderError
from notifier.ports import Provider
from tests.builders import a_delivery, a_message, an_audience, at

DELIVERY = a_delivery()
OTHER = a_delivery(key="announcement/announce/other@example.org/newsletter", kind="announcement")
AT = at("2026-12-08 10:00")


def drafted(provider: Provider) -> str:
    return provider.draft(DELIVERY, a_message(), an_audience(), AT)


class ProviderSuite:
    def test_what_was_never_drafted_is_absent(self, provider: Provider) -> None:
        assert provider.find(DELIVERY.key).state == "absent"

    def test_a_draft_is_found_by_its_key_and_has_no_problems(self, provider: Provider) -> None:
        draft_id = drafted(provider)

        found = provider.find(DELIVERY.key)

        assert (found.state, found.draft_id) == ("drafted", draft_id)
        assert list(provider.check(draft_id)) == []

    def test_drafting_twice_is_one_draft(self, provider: Provider) -> None:
        assert drafted(provider) == drafted(provider)

    def test_a_draft_of_one_delivery_is_not_one_of_another(self, provider: Provider) -> None:
        drafted(provider)

        assert provider.find(OTHER.key).state == "absent"

    def test_what_was_handed_over_is_found_as_sent(self, provider: Provider) -> None:
        outcome = provider.send(drafted(provider), DELIVERY.key, AT)

        assert outcome.result == "accepted"
        assert provider.find(DELIVERY.key).state == "sent"
        assert provider.find(OTHER.key).state == "absent"

    def test_handing_over_twice_is_once(self, provider: Provider) -> None:
        draft_id = drafted(provider)

        results = [provider.send(draft_id, DELIVERY.key, AT).result for _ in range(2)]

        assert results == ["accepted", "accepted"]

    def test_a_draft_handed_over_under_another_key_is_refused(self, provider: Provider) -> None:
        draft_id = drafted(provider)

        assert provider.send(draft_id, OTHER.key, AT).result == "refused"
        assert provider.find(OTHER.key).state == "absent"

    def test_deliveries_do_not_get_in_each_others_way(self, provider: Provider) -> None:
        first = drafted(provider)
        second = provider.draft(OTHER, a_message(), an_audience(), AT)

        assert provider.send(second, OTHER.key, AT).result == "accepted"
        assert provider.find(DELIVERY.key).draft_id == first

    @pytest.mark.parametrize("draft_id", ["", "..", "../../etc", "/etc/passwd", "a" * 12 + "/..", "x" * 12])
    def test_an_id_that_is_no_draft_is_refused_whatever_it_looks_like(self, provider: Provider, draft_id: str) -> None:
        with pytest.raises(ProviderError):
            provider.check(draft_id)
        with pytest.raises(ProviderError):
            provider.send(draft_id, DELIVERY.key, AT)

    def test_an_interrupted_send_is_settled_by_looking(self, provider: Provider) -> None:
        provider.send(drafted(provider), DELIVERY.key, AT)
        row = a_delivery(status="sending")

        step = next_step(row, provider.find(row.key), certain=provider.capabilities().certain)

        assert (step.act, step.status) == ("settle", "sent")

    def test_the_doctor_finds_a_working_provider_well(self, provider: Provider) -> None:
        assert [finding.text for finding in provider.doctor([an_audience()]) if not finding.ok] == []
