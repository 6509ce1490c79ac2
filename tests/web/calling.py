"""Programs that call the API of a site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2
from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.api_token import PREFIX, ApiToken
from notifier.core.person import Person, Role, digest_of
from notifier.web import build
from notifier.web.guard import Application

NEWS = {"audience": "newsletter", "subject": "We moved", "note": "To number **four**."}
ROOT = "/api/v1"
Body = Mapping[str, Any]


def secret_of(name: str) -> str:
    return f"{PREFIX}{name.replace(' ', '-')}{'x' * 43}"[: len(PREFIX) + 43]


def with_token(site: App, role: Role = "sender", *, of: str = "Anna", name: str = "deploy", **changes: Any) -> str:
    """A token that somebody made, who has an account as admin then."""
    ledger, now = site.ticker.wiring.ledger, site.clock.now()
    ledger.add_person(Person(name=of, role="admin", added_at=now))
    made = {"made_at": now, "expires_at": now + timedelta(days=90), **changes}
    assert ledger.add_api_token(ApiToken(digest=digest_of(secret_of(name)), name=name, role=role, person=of, **made))
    return secret_of(name)


def a_program(site: App, secret: str | None, *, base: str = "http://127.0.0.1:8000") -> TestClient:
    """A program with a token, or without."""
    return a_program_at(build(site), secret, base=base)


def a_program_at(pages: Application, secret: str | None, *, base: str = "http://127.0.0.1:8000") -> TestClient:
    fields = {"authorization": f"Bearer {secret}"} if secret else {}
    return TestClient(pages, base_url=base, follow_redirects=False, headers=fields)


def let_in(site: App, role: Role = "sender") -> TestClient:
    return a_program(site, with_token(site, role))


def sends(client: TestClient, body: Body, key: str = "run-1") -> httpx2.Response:
    """Ask for a mail under a key."""
    return client.post(f"{ROOT}/sends", json=body, headers={"idempotency-key": key})
