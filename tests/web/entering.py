"""Browsers at the whole console, in which people log in as they do."""

from __future__ import annotations

from datetime import timedelta

from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.person import OneTimeLink, Person, Role, Session, digest_of
from notifier.edges import passwords
from notifier.edges.clock import FixedClock
from notifier.web import build
from notifier.web.guard import Application

PASSWORD = "correct horse battery"
#: What a browser says of a form of the page itself.
OWN = {"sec-fetch-site": "same-origin"}
#: Hashing takes a while, and these are the same for every test.
_KEPT: list[str] = []


def kept() -> str:
    """The hash of the password."""
    if not _KEPT:
        _KEPT.append(passwords.hashed(PASSWORD))
    return _KEPT[0]


def with_person(site: App, name: str = "Anna", role: Role = "admin") -> Person:
    """Somebody with an account and the password."""
    ledger, now = site.ticker.wiring.ledger, site.clock.now()
    person = Person(name=name, role=role, added_at=now)
    assert ledger.add_person(person)
    link = OneTimeLink(
        digest=digest_of(f"of {name}"),
        purpose="new-password",
        person=name,
        made_at=now,
        expires_at=now + timedelta(days=1),
    )
    ledger.add_link(link)
    assert ledger.redeem(link.digest, kept(), now)
    return person


def a_browser(pages: Application, *, base: str = "http://127.0.0.1:8000", address: str = "127.0.0.1") -> TestClient:
    """A browser with cookies of its own, which says where its forms are from."""
    return TestClient(pages, base_url=base, follow_redirects=False, headers=OWN, client=(address, 50000))


def at_console(site: App, *, base: str = "http://127.0.0.1:8000") -> TestClient:
    return a_browser(build(site), base=base)


def entered(site: App, name: str = "Anna", role: Role = "admin") -> TestClient:
    """The browser of somebody who has an account now, and has logged in."""
    with_person(site, name, role)
    client = at_console(site)
    begin(site, client, name)
    return client


def begin(site: App, client: TestClient, name: str = "Anna", secret: str | None = None) -> None:
    """A session in this browser, without the time that a password takes."""
    now, secret = site.clock.now(), secret or f"{name}{'x' * 43}"[:43]
    session = Session(digest=digest_of(secret), person=name, begun_at=now, seen_at=now, family="Firefox on Linux")
    assert site.ticker.wiring.ledger.begin_session(session, password=kept())
    client.cookies.set("notifier", secret)


def kept_session(site: App) -> str:
    """The cookie of somebody who has logged in, for a server that is not in this process."""
    with_person(site)
    client = TestClient(build(site))
    begin(site, client)
    return f"notifier={client.cookies['notifier']}"


def log_in(client: TestClient, name: str = "Anna", password: str = PASSWORD, **more: str) -> int:
    return client.post("/login", data={"name": name, "password": password, **more}).status_code


def later(site: App, wait: timedelta) -> None:
    """So much time passes."""
    site.clock = FixedClock(site.clock.now() + wait)
