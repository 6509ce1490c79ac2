"""The console: what will go out, what has gone out, what was read, and the feeds. It only shows; nothing here decides."""

from __future__ import annotations

from notifier.app import App
from notifier.web.board import Board
from notifier.web.console import Console
from notifier.web.feeds import FeedAnswers
from notifier.web.guard import Application, Receive, Scope, Send, guarded
from notifier.web.hooks import HookAnswers

#: What a browser on this machine calls it. A page elsewhere that pretends to be it sends its own name.
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def build(app: App, *, host: str | None = None) -> Application:
    """The ASGI application of a site. `host` is where it listens, if other than the configuration says."""
    listening = (host, app.settings.host)
    hosts = dict.fromkeys([*LOOPBACK_HOSTS, *(f"[{name}]" if ":" in name else name for name in listening if name)])
    feeds, hooks, pages = FeedAnswers(app), HookAnswers(app), Console(Board(app)).application([*hosts])

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if feeds.takes(scope["path"]):
            await feeds(scope, receive, send)
        elif hooks.takes(scope["method"], scope["path"]):
            await hooks(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return guarded(serve, takes=hooks.takes)
