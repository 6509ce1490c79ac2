"""The official description: its repairs, and that every departure from it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.mailchimp.asking import Caller
from tests.mailchimp.carrying import ENDPOINTS
from tests.mailchimp.contract import SPECIFICATION, Contract, repaired
from tests.mailchimp.control import Emulator
from tests.mailchimp.routing import ROUTES

needs_description = pytest.mark.skipif(
    not SPECIFICATION.is_file(), reason="shared corpus is absent: Mailchimp's own description is not there"
)
MISSPELT = {"type": "regular", "settings": {"subject": "Tonight"}}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


def test_without_the_description_it_says_that_nothing_is_checked(tmp_path: Path) -> None:
    contract = Contract(tmp_path / "none.json")
    assert contract.state.startswith("not checked: Mailchimp's description isn't at ")
    assert contract.request("POST", "/campaigns", query={}, body=MISSPELT) == []


def test_the_emulator_says_whether_it_checks(mailchimp: Emulator) -> None:
    assert mailchimp.contract.startswith("checked against" if SPECIFICATION.is_file() else "not checked:")


@needs_description
def test_everything_that_is_answered_is_in_the_description(contract: Contract) -> None:
    assert len(ENDPOINTS) == 2
    assert [f"{method} {path}" for method, path in ROUTES if not contract.knows(method, path)] == []


@needs_description
def test_a_misspelt_field_passes_only_without_the_repairs(contract: Contract) -> None:
    (complaint,) = contract.request("POST", "/campaigns", query={}, body=MISSPELT)
    assert complaint == "body.settings: Additional properties are not allowed ('subject' was unexpected)"
    assert contract.unrepaired().request("POST", "/campaigns", query={}, body=MISSPELT) == []


@needs_description
@pytest.mark.parametrize(
    ("method", "path", "query", "body", "place"),
    [
        ("POST", "/campaigns", {}, {"settings": {}}, "body: 'type' is a required property"),
        ("POST", "/campaigns", {}, {"type": "letter"}, "body.type: "),
        ("POST", "/campaigns", {}, {"type": "regular", "recipients": {}}, "body.recipients: "),
        ("POST", "/campaigns", {}, None, "body: there should be one."),
        ("POST", "/campaigns/{campaign_id}/actions/send", {}, {}, "body: there should be none."),
        ("POST", "/campaigns/{campaign_id}/actions/test", {}, {"test_emails": [], "send_type": "plain_text"}, "body.send_type"),
        ("GET", "/campaigns", {"colour": "red"}, None, "query.colour: is no parameter of this path."),
        ("GET", "/campaigns", {"count": "many"}, None, "query.count: 'many' is no whole number."),
        ("GET", "/campaigns", {"count": "5000"}, None, "query.count: "),
        ("GET", "/campaigns", {"since_create_time": "yesterday"}, None, "query.since_create_time: "),
        ("GET", "/search-campaigns", {}, None, "query.query: is missing."),
        ("GET", "/lists", {"include_total_contacts": "maybe"}, None, "query.include_total_contacts: "),
        ("GET", "/nowhere", {}, None, "GET /nowhere: is not in the description."),
    ],
)  # fmt: skip
def test_a_request_that_departs_from_the_description_is_told(  # noqa: PLR0917 - one row of the table
    contract: Contract, method: str, path: str, query: dict[str, str], body: Any, place: str
) -> None:
    (complaint,) = contract.request(method, path, query=query, body=body)
    assert complaint.startswith(place)


@needs_description
@pytest.mark.parametrize(
    ("status", "document", "place"),
    [
        (201, {"id": "a"}, "status: 201"),
        (200, {"id": 5}, "reply.id: "),
        (200, {"create_time": "tomorrow"}, "reply.create_time: "),
        (404, {"title": "No"}, "reply: "),
    ],
)
def test_a_reply_that_departs_from_the_description_is_told(
    contract: Contract, status: int, document: Any, place: str
) -> None:
    found = contract.reply("GET", "/campaigns/{campaign_id}", status=status, document=document)
    assert found
    assert found[0].startswith(place)


@needs_description
def test_an_empty_moment_passes_in_a_reply(contract: Contract) -> None:
    assert contract.reply("GET", "/campaigns/{campaign_id}", status=200, document={"send_time": ""}) == []


@needs_description
def test_a_send_may_have_no_body_or_null(contract: Contract) -> None:
    path = "/campaigns/{campaign_id}/actions/send"
    assert contract.request("POST", path, query={}, body=None) == []
    assert contract.reply("POST", path, status=204, document=None) == []
    assert contract.reply("POST", path, status=204, document={}) == ["reply: 204 has no body."]


def test_each_repair_does_what_it_says() -> None:
    text, moment = {"type": "string", "default": False}, {"type": "string", "format": "date-time"}
    assert repaired(text, request=False) == {"type": "string"}
    assert repaired(moment, request=False) == {"anyOf": [moment, {"const": ""}]}
    assert repaired(moment, request=True) == moment
    assert repaired({"properties": {"a": {}}}, request=True)["additionalProperties"] is False
    assert repaired([{"discriminator": {"propertyName": "t"}, "oneOf": []}], request=True) == [{"oneOf": []}]


@needs_description
def test_a_departure_is_refused_kept_and_named_by_its_field(mailchimp: Emulator, caller: Caller) -> None:
    answer = caller.ask("POST", "/campaigns", MISSPELT)
    assert answer.json()["errors"][0]["field"] == "settings"
    assert mailchimp.violations() == [
        "POST /campaigns: request: body.settings: Additional properties are not allowed ('subject' was unexpected)"
    ]


@needs_description
def test_a_misspelt_field_may_be_ignored_and_is_kept_all_the_same(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(unknown_fields="ignored")
    assert caller.ask("POST", "/campaigns", MISSPELT).status_code == 200
    assert len(mailchimp.violations()) == 1


@needs_description
def test_a_departure_is_kept_when_a_fault_hides_the_answer(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.fault("POST", "/campaigns", reply="empty", status=500)
    caller.ask("POST", "/campaigns", MISSPELT)
    assert len(mailchimp.violations()) == 1


@needs_description
def test_a_body_of_another_type_is_kept(mailchimp: Emulator, caller: Caller) -> None:
    url, auth = f"{mailchimp.base_url}/3.0/campaigns", ("x", mailchimp.api_key)
    caller.session.post(url, b'{"type": "regular"}', auth=auth, headers={"Content-Type": "text/plain"}, timeout=5)
    assert mailchimp.violations() == [
        "POST /campaigns: request: header.Content-Type: 'text/plain' is not application/json."
    ]
