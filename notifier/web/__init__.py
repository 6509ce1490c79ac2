"""The console: what will go out, what has gone out, what was read, the feeds, and the forms by which people decide."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from starlette.middleware import Middleware

from notifier.app import App
from notifier.web.api import Api
from notifier.web.board import Board
from notifier.web.caller import Network, caller_of
from notifier.web.calls import Hooks
from notifier.web.console import Console
from notifier.web.feeds import FeedAnswers
from notifier.web.guard import Application, Receive, Scope, Send, guarded
from notifier.web.leaving import LeaveAnswers
from notifier.web.login import Entrance
from notifier.web.sessions import Doorkeeper, Doors, hosts_beyond
from notifier.web.signing_on import SignOns
from notifier.web.subscribing import SubscribeAnswers
from notifier.web.via import came_by
from notifier.web.watching import Watching

#: What a browser on this machine calls it. A page elsewhere that pretends to be it sends its own name.
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def build(
    app: App, *, host: str | None = None, feeds: FeedAnswers | None = None, watching: Watching | None = None
) -> Application:
    """The ASGI application of a site. `host` is where it listens, if other than the configuration says.

    `feeds`: what answers for feeds, where somebody else asks it too. `watching`: what is told of the ticks, where there are any.
    """
    seen = watching or Watching(app)
    hosts = _names_here(host, app.settings.host)
    calendars = feeds or FeedAnswers(app)
    hooks, offers, leaving = Hooks(app), SubscribeAnswers(app), LeaveAnswers(app)
    doors, console = Doors(app), Console(Board(app))
    keeper = Middleware(Doorkeeper, doors=doors, hosts=hosts)
    entrance = Entrance(app, doors, console.page)
    trusted = [*hosts, *hosts_beyond(doors.public_url())]
    pages = console.application(trusted, [*entrance.routes(), *SignOns(app, doors).routes()], keeper)
    api = Api(console.board, console.acting)

    def takes(method: str, path: str) -> bool:
        return hooks.takes(method, path) or api.takes(path) or leaving.takes_more(method, path)

    # Programs are let in by their token alone, whatever a browser says of itself.
    beside: tuple[tuple[Callable[[str, str], bool], Application], ...] = (
        (hooks.takes, hooks),
        (lambda _method, path: api.takes(path), api.application(trusted)),
        (lambda _method, path: leaving.takes(path), leaving),
        (lambda _method, path: offers.takes(path), offers),
        (seen.metrics.takes, seen.metrics),
        (seen.readiness.takes, seen.readiness),
    )

    async def guest(scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["method"], scope["path"]
        answer = next((answers for takes_it, answers in beside if takes_it(*asked)), pages)
        await answer(scope, receive, send)

    rest = guarded(guest, takes=takes, may_post=doors.may_post, public_url=doors.public_url)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # These set all security fields themselves. The pages beside them are for people.
        path = scope["path"] if scope["type"] == "http" else ".html"
        if not path.endswith(".html") and calendars.takes(scope["method"], path):
            await calendars(scope, receive, send)
        else:
            called = _called(scope, app.settings.proxies)
            with came_by(called):
                await rest(called, receive, send)

    return serve


def _called(scope: Scope, proxies: tuple[Network, ...]) -> Scope:
    """The request as if there were no proxy before us: tries are counted by where they really come from."""
    if scope["type"] != "http" or not scope.get("client"):
        return scope
    return {**scope, "client": (caller_of(scope["client"], scope["headers"], proxies), 0)}


def _names_here(*listening: str | None) -> list[str]:
    """The names by which this machine calls itself, with those on which it listens."""
    near = [name for name in listening if name and _is_near(name)]
    return [*dict.fromkeys([*LOOPBACK_HOSTS, *(f"[{name}]" if ":" in name else name for name in near)])]


def _is_near(name: str) -> bool:
    """Whether this is an address of this machine alone, so that no page elsewhere can be called by it."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
