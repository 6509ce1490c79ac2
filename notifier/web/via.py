"""From where a request came, in words, for what is kept of what it did (`Decision.via`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from notifier.web.guard import Scope
from notifier.web.throttle import network_of

# Kept beside the request and not handed on from call to call, so that no page can forget it. Threads that work for a
# request see that of the request: the server's own copy what is kept so (https://anyio.readthedocs.io/en/stable/threads.html).
_via: ContextVar[str] = ContextVar("via", default="")
#: The first that is in a User-Agent; browsers name those that they are like, so the order counts.
_FAMILIES = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def via() -> str:
    """From where the request came that is answered now; "" outside of one."""
    return _via.get()


@contextmanager
def came_by(scope: Scope, token: str = "") -> Iterator[None]:
    """While it is answered, a request comes from its browser, or by the API token of this name, and from its network.

    On this machine no network is named: a proxy may stand before us, and then that is all one would learn. Of IPv6 it is
    that of a household or an office, not the very machine.
    """
    client = scope.get("client")
    network = network_of(client[0] if client else None)
    means = f"API token {token}" if token else f"console: {browser_of(_agent(scope))}"
    kept = _via.set(f"{means}, from {network}" if network else means)
    try:
        yield
    finally:
        _via.reset(kept)


def browser_of(agent: str) -> str:
    """A browser in words, as far as it says what it is: "Firefox on Linux"."""
    family = next((name for mark, name in _FAMILIES if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{family} on {system}" if system else family


def _agent(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"user-agent"), "")
