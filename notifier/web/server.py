"""Keeps a site running: the socket, the heartbeat, the web server, and a clean end."""

from __future__ import annotations

import errno
import ipaddress
import logging
import signal
import socket
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

import structlog
import uvicorn

from notifier.app import App, supervisor
from notifier.desk import people
from notifier.edges import logs
from notifier.edges.supervisor import Supervisor
from notifier.errors import UserError
from notifier.scheduler import Heartbeat
from notifier.web import build
from notifier.web.feeds import FeedAnswers
from notifier.web.posting import Mailbag
from notifier.web.pulse import Pulse, say
from notifier.web.readers import Readership
from notifier.web.watch import LOOKS_EVERY, Watch
from notifier.web.watching import Watching

#: Requests under way get this long at the end.
GRACE_SECONDS = 5
_UNASKED = "it is not known who may come in"
_LOCAL = "127.0.0.1 (--host, or web.host in config.yaml)."
_NEAR = f"Use {_LOCAL}"
_FIRST = "Make an account: notifier users add NAME --role admin."
_ENCRYPT = "Set site.public_url to where a proxy in front of notifier answers, https://…."
_STOPPING = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are ours (`_stopping`): uvicorn would raise them again afterwards, and the exit would not be 0."""
        yield


def serve(app: App, *, host: str, port: int) -> None:
    """Tick and answer until SIGINT or SIGTERM; the tick that is running then finishes. Port 0 takes any free one.

    Raises UserError when `host` and `port` can't be listened on.
    """
    listener = listen(host, port, closed=why_closed(app))
    with closing(listener):
        address = _called(app, listener)
        # Where a person watches, what goes well is told in sentences; the log has the rest.
        logs.configure(stream=sys.stderr, level=logging.WARNING if sys.stderr.isatty() else logging.INFO)
        readership, watching = Readership(), Watching(app)
        server = _Server(_config(app, host, FeedAnswers(app, readership), watching))
        watching.begin()
        with _stopping(server):
            say(f"notifier runs at {address} (Ctrl-C stops it).")
            _invite(app, address)
            pulse = Pulse(
                app=app, address=address, readership=readership, seeing=watching.seeing, listeners=watching.listeners
            )  # fmt: skip
            now = app.clock.now()
            heart = Heartbeat(pulse.beat, every=app.settings.tick, first_at=now)
            # Beside it: a tick that hangs can't tell that it does.
            watch = Watch(app=app, started_at=now)
            watchman = Heartbeat(watch.beat, every=LOOKS_EVERY, first_at=now + LOOKS_EVERY)
            # Beside both: a receiver that is slow holds up nothing.
            mailbag = Mailbag(app=app)
            postman = Heartbeat(mailbag.beat, every=app.settings.tick, first_at=now + app.settings.tick)
            told = supervisor()
            pinging = Heartbeat(watching.pings.beat, every=app.settings.tick, first_at=now + app.settings.tick)
            pulse.then = partial(_after_a_tick, app, told, postman, pinging)
            app.wake = lambda: heart.wake(app.clock.now())
            for one in (heart, watchman, postman, pinging):
                one.start()
            try:
                with told.answering():
                    server.run(sockets=[listener])
            finally:
                heart.stop()
                watchman.stop()
                mailbag.end()
                postman.stop()
                pinging.stop()
                pulse.end()
                watching.end()
                # Whoever takes up this very ledger elsewhere need not wait for a person.
                app.ticker.fence.end(app.clock.now())
            say("notifier has stopped.")


def _after_a_tick(app: App, told: Supervisor, *hearts: Heartbeat) -> None:
    """Also after one that failed: a start anew mends what hangs, and would take the last good configuration away."""
    told.alive()
    for one in hearts:
        one.wake(app.clock.now())


def listen(host: str, port: int, *, closed: tuple[str, str] | None = (_UNASKED, _NEAR)) -> socket.socket:
    """A listening socket on an address of this machine. Raises UserError with what is in the way.

    `closed` is why nobody beyond this machine may be let in, and what to do about that: then it is loopback only.
    """
    family, place = _place(host, closed)
    listener: socket.socket | None = None
    try:
        listener = socket.socket(family)
        # A start soon after a stop must not wait for the old connections to be forgotten.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((place, port))
        listener.listen()
    except OSError as error:
        if listener is not None:
            listener.close()
        raise _cannot_listen(error, host, port) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Where a browser finds it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def why_closed(app: App) -> tuple[str, str] | None:
    """Why the console may not be reached from beyond this machine, and what to do; None where it may."""
    if not app.ticker.wiring.ledger.has_people():
        return (
            "nobody has an account yet, so whoever reaches the console could read all of it",
            f"{_FIRST} Or use {_LOCAL}",
        )
    if not app.settings.rules.site.public_url.lower().startswith("https://"):
        return "site.public_url is no https address, which passwords need on their way", f"{_ENCRYPT} Or use {_LOCAL}"
    return None


def _place(host: str, closed: tuple[str, str] | None) -> tuple[socket.AddressFamily, str]:
    """The address that is meant by a host. Raises UserError for one beyond this machine while that is closed."""
    name = host.strip().removeprefix("[").removesuffix("]")
    try:
        place = ipaddress.ip_address("127.0.0.1" if name.casefold() == "localhost" else name)
    except ValueError:
        raise UserError(f"{host!r} is no IP address to listen on.", _NEAR) from None
    if not place.is_loopback and closed is not None:
        why, remedy = closed
        raise UserError(f"{host!r} is not an address of this machine alone, and {why}.", remedy)
    return (socket.AF_INET6 if place.version == 6 else socket.AF_INET), str(place)


def _called(app: App, listener: socket.socket) -> str:
    """Where people find it: what listens for others is behind the proxy that they know."""
    place = ipaddress.ip_address(listener.getsockname()[0])
    return address_of(listener) if place.is_loopback else app.settings.rules.site.public_url


def _invite(app: App, address: str) -> None:
    """Where nobody has an account, show the way to the first one. That it can't be made is no reason not to run."""
    try:
        invited = people.first_link(app)
    except UserError as error:
        structlog.get_logger().warning("first_link_not_made", trouble=error.message)
        return
    if invited is not None:
        say(
            "Nobody has an account yet, so the pages change nothing. "
            f"This link makes the first, within the hour:\n  {address}{invited.path}"
        )


def _cannot_listen(error: OSError, host: str, port: int) -> UserError:
    match error.errno:
        case errno.EADDRINUSE:
            return UserError(
                f"Port {port} on {host} is in use by another program.", "Stop it, or choose another with --port."
            )
        case errno.EACCES | errno.EPERM:
            return UserError(
                f"Port {port} on {host} may not be used by this user.", "Choose one above 1023 with --port."
            )
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return UserError(f"This machine has no address {host}.", "Use --host 127.0.0.1.")
        case _:
            return UserError(f"{host}:{port} can't be listened on ({error.strerror}).", "Choose another with --port.")


def _config(app: App, host: str, feeds: FeedAnswers, watching: Watching | None = None) -> uvicorn.Config:
    loop, protocol = _fastest(feeds)
    return uvicorn.Config(
        build(app, host=host, feeds=feeds, watching=watching),
        loop=loop,
        http=protocol,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _fastest(feeds: FeedAnswers) -> tuple[str, Any]:
    """What answers several times as often as what comes with Python, which is taken where it can't be installed."""
    if find_spec("httptools") is None:
        return "asyncio", "h11"
    from notifier.web.wire import FeedProtocol  # noqa: PLC0415 - it needs httptools

    return "uvloop" if find_spec("uvloop") else "asyncio", partial(FeedProtocol, feeds=feeds)


@contextmanager
def _stopping(server: uvicorn.Server) -> Iterator[None]:
    """While inside, SIGINT and SIGTERM ask the server to stop, also before it has started."""
    before = {sign: signal.signal(sign, server.handle_exit) for sign in _STOPPING}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
