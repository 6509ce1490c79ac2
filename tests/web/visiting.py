"""Browsers of people who have logged in: what the guard would have written into each request is there."""

from __future__ import annotations

import html
import re
from typing import get_args

from starlette.middleware import Middleware
from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.delivery import Delivery, DeliveryStatus, key_hash
from notifier.core.person import Person, Role
from notifier.web.board import Board
from notifier.web.console import Console
from notifier.web.guard import Application, Receive, Scope, Send
from notifier.web.visitor import VISITOR
from tests.builders import at
from tests.web.sites import NOW

ROLES: tuple[Role, ...] = get_args(Role)


def a_person(role: Role = "sender", name: str = "Anna") -> Person:
    return Person(name=name, role=role, added_at=at("2026-11-01 09:00"))


class LoggedIn:
    """In place of the doorkeeper: whoever asks is this person, or nobody."""

    def __init__(self, app: Application, person: Person | None) -> None:
        self._inner, self._person = app, person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._person is not None:
            scope[VISITOR] = self._person
        await self._inner(scope, receive, send)


def pages_for(app: App, person: Person | None, console: Console | None = None) -> Application:
    """The console as somebody sees it."""
    keeper = Middleware(LoggedIn, person=person)
    return (console or Console(Board(app))).application(["127.0.0.1"], [], keeper)


def a_visitor(
    app: App, role: Role | None = "sender", name: str = "Anna", *, console: Console | None = None
) -> TestClient:
    """Their browser. `console`: one that several people look at at once."""
    pages = pages_for(app, a_person(role, name) if role is not None else None, console)
    return TestClient(pages, base_url="http://127.0.0.1:8000", follow_redirects=False)


def page_of(row: Delivery, act: str = "") -> str:
    return f"/outbox/{key_hash(row.key)}" + (f"/do/{act}" if act else "")


def fields_of(page: str) -> dict[str, str]:
    """What the form of a page would send, as it is."""
    return {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }


def pressed(client: TestClient, address: str, **more: str) -> int:
    """Look at a page, press its button; returns what that is answered with."""
    return client.post(address, data={"note": "", **fields_of(client.get(address).text), **more}).status_code


def put(site: App, row: Delivery, status: DeliveryStatus) -> Delivery:
    """Move a planned row on, as ticks and providers would."""
    ways: dict[DeliveryStatus, tuple[DeliveryStatus, ...]] = {
        "planned": (), "held": ("held",), "drafted": ("drafted",), "sending": ("drafted", "sending"),
        "unknown": ("drafted", "sending", "unknown"), "failed": ("drafted", "sending", "failed"),
        "sent": ("drafted", "sending", "sent"), "skipped": ("skipped",), "missed": ("missed",), "withdrawn": ("withdrawn",),
    }  # fmt: skip
    for to in ways[status]:
        sent_at = NOW if to == "sent" else None
        moved = site.ticker.wiring.ledger.move(row, to, at=NOW, sent_at=sent_at)
        assert moved is not None
        row = moved
    return row
