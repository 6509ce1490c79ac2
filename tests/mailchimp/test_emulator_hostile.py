"""Whatever is asked, the emulator answers as Mailchimp might: no request makes it fail, no answer departs from the description."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.mailchimp.carrying import Exchange, Service, carried_out
from tests.mailchimp.clock import VirtualClock
from tests.mailchimp.contract import Contract
from tests.mailchimp.control import START
from tests.mailchimp.knobs import Knobs
from tests.mailchimp.routing import ROUTES
from tests.mailchimp.world import API_KEY, new_account

_ODD: list[Any] = [
    None,
    "",
    "x" * 200,
    0,
    -1,
    10**12,
    1.5,
    True,
    [],
    {},
    ["a"],
    "2026-03-02T10:15:00Z",
    "*|IF:FNAME|*",
    "a@example.org",
]
_PLACES = ["settings", "subject_line", "recipients", "segment_opts", "conditions", "html", "schedule_time", "test_emails",
           "list_id", "saved_segment_id", "value", "op", "match", "condition_type", "name", "file_data", "url", "template", "nowhere", "never"]  # fmt: skip


@cache
def contract() -> Contract:
    return Contract()


def a_service() -> Service:
    account = new_account(seed="one", knobs=Knobs(), now=START, members=5)
    return Service(account=account, clock=VirtualClock(START), contract=contract(), lenient=contract(), api_key=API_KEY)


def bodies(service: Service) -> dict[str, dict[str, Any]]:
    """One that is right for each path that takes one."""
    members = next(iter(service.account.lists.values()))
    condition = {
        "condition_type": "Interests",
        "field": "i",
        "op": "interestcontains",
        "value": list(members.interests),
    }
    segment = {"match": "any", "conditions": [condition]}
    settings = {"subject_line": "S", "title": "T", "from_name": "F", "reply_to": "a@example.org"}
    recipients = {"list_id": members.id, "segment_opts": segment}
    return {
        "/campaigns": {"type": "regular", "recipients": recipients, "settings": settings},
        "/campaigns/{campaign_id}": {"settings": settings, "recipients": recipients},
        "/campaigns/{campaign_id}/content": {"html": "<p>*|UNSUB|*</p>", "plain_text": "P"},
        "/campaigns/{campaign_id}/actions/schedule": {"schedule_time": "2026-03-02T10:15:00Z"},
        "/campaigns/{campaign_id}/actions/test": {"test_emails": ["a@example.org"], "send_type": "html"},
        "/templates": {"name": "N", "html": "<p></p>"},
        "/campaign-folders": {"name": "N"},
        "/file-manager/files": {"name": "N", "file_data": "aGVsbG8="},
        "/lists/{list_id}/webhooks": {"url": "http://127.0.0.1/hook", "events": {"campaign": True}},
    }


def bent(body: Any, place: str, value: Any) -> Any:
    """The body with another value wherever this place is, or at its top."""
    if isinstance(body, list):
        return [bent(one, place, value) for one in body]
    if not isinstance(body, dict):
        return body
    return {name: value if name == place else bent(inner, place, value) for name, inner in body.items()}


def filled(path: str, ids: dict[str, str], fallback: str) -> str:
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", value)
    return path.replace("{", fallback).replace("}", "")


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, Any, dict[str, str]]:
    method, path = draw(st.sampled_from(sorted(ROUTES)))
    names = st.sampled_from(["count", "offset", "fields", "exclude_fields", "status", "query", "since_create_time"])
    texts = st.sampled_from(["", "1", "-5", "id", "campaigns.id,total_items", "save", "nothing", "2026-03-02", "ä"])
    query = draw(st.dictionaries(names, texts, max_size=2))
    return method, path, draw(st.sampled_from(_PLACES)), draw(st.sampled_from(_ODD)), query


def asked(service: Service, method: str, path: str, *, body: Any = None, query: dict[str, str] | None = None) -> Any:
    exchange = Exchange(
        number=len(service.requests) + 1, method=method, path=path, query=query or {}, epoch=0,
        raw=json.dumps(body).encode() if body is not None else b"", content_type="application/json",
        authorization=f"Bearer {API_KEY}",
    )  # fmt: skip
    return carried_out(service, exchange)


@given(st.lists(requests(), min_size=1, max_size=12))
def test_no_request_makes_it_fail_and_no_answer_departs_from_the_description(found: list[Any]) -> None:
    service = a_service()
    right = bodies(service)
    campaign = asked(service, "POST", "/campaigns", body=right["/campaigns"]).document["id"]
    ids = {"list_id": next(iter(service.account.lists)), "campaign_id": campaign}
    for method, path, place, value, query in found:
        body = bent(right.get(path), place, value) if method in {"POST", "PUT", "PATCH"} else None
        asked(service, method, filled(path, ids, "x"), body=body, query=query)
        service.clock.advance(10)
    assert [one for one in service.violations if one["of"] == "reply"] == []
