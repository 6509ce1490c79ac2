"""What the account keeps beside its campaigns: what was sent, tests, webhooks and their calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.mailchimp.campaign import Content
from tests.mailchimp.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishaps:
    """The addresses that bounced for good, for now, and that left the list after it."""

    hard: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One send that was taken: to whom it went and what it said. `by` is api, staff or schedule."""

    number: int
    campaign_id: str
    at: datetime
    by: str
    list_id: str
    segment: Mapping[str, Any] | None
    people: tuple[Person, ...]
    settings: Mapping[str, Any]
    html: str
    plain_text: str
    mishaps: Mishaps
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TestMail:
    """A test of one campaign, by `actions/test`."""

    __test__ = False

    campaign_id: str
    at: datetime
    addresses: tuple[str, ...]
    kind: str
    subject: str
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    id: str
    list_id: str
    url: str
    events: Mapping[str, bool]
    sources: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A webhook that is to be delivered now."""

    hook_id: str
    url: str
    form: Mapping[str, str]
    at: datetime
    attempt: int = 1
