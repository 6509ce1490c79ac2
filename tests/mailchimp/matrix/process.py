"""One run of the program in a process of its own, which ticks when it is told to and can be killed at any moment."""

from __future__ import annotations

import json
import os
import select
import signal
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from notifier.app import App, open_app
from notifier.core.delivery import Delivery
from notifier.edges.ledger import claims, postgres
from notifier.errors import UserError
from tests.crashes.points import Points
from tests.mailchimp.matrix.case import Blow
from tests.mailchimp.matrix.place import KEY, Clock
from tests.postgres import Server

#: Real seconds for one tick; no case needs a third of it.
PATIENCE = 120.0
#: Real seconds after which a server takes one that stands still for gone.
STANDSTILL = 1.0


class Instants(Points):
    """Points just before each commit of the ledger and each connection: between two of them a kill changes nothing else."""

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            self.reach("connect")

    def _statement(self, statement: str) -> None:
        if statement.upper().startswith("COMMIT"):
            self.reach("commit")

    def _before(self, name: str, call: Callable[[int], None]) -> Callable[[int], None]:
        return call


class ServerInstants(Instants):
    """The same where the ledger is at a server. `watched` are the names that count; `blow` is what happens at the one of them."""

    def __init__(self, watched: frozenset[str], blow: Callable[[], None]) -> None:
        super().__init__(None)
        self._watched, self._blow = watched, blow
        self._is_struck = False

    def install(self) -> None:
        super().install()
        for thing, name, called in (
            (psycopg.Cursor, "execute", "statement"), (psycopg.Connection, "commit", "commit"),
        ):  # fmt: skip
            setattr(thing, name, self._around(called, getattr(thing, name)))

    def reach(self, name: str) -> None:
        if name not in self._watched or self._is_struck:
            return
        self.names.append(name)
        if len(self.names) == self.kill_at:
            # What the blow itself asks of the server is no instant.
            self._is_struck = True
            self._blow()

    def _around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            self.reach(name)
            return call(*arguments, **named)

        return watched


class Killed(Exception):
    """The process was killed, by itself or by us."""


class Process:
    """Forked from one that has imported everything. `strike_at`: the `blow` befalls it just before its so-manyth instant.

    `server` is where its ledger is, None for a file.
    """

    def __init__(
        self, site: Path, *, strike_at: int | None = None, blow: Blow = "kill", server: Server | None = None
    ) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._orders)
            os.close(self._answers)
            _live(site, _instants(blow, server), strike_at, orders, answers)
        os.close(orders)
        os.close(answers)
        self._said = b""

    def stands(self) -> bool:
        """Whether it has just come to stand still."""
        pid, status = os.waitpid(self.pid, os.WUNTRACED | os.WNOHANG)
        return pid == self.pid and os.WIFSTOPPED(status)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def order(self, at: datetime) -> None:
        """A tick at this time. `answer` waits for its end."""
        try:
            os.write(self._orders, f"{at.isoformat()}\n".encode())
        except BrokenPipeError:
            raise Killed from None

    def answer(self, meanwhile: Callable[[], None] | None = None) -> dict[str, Any]:
        """What came of the tick; `meanwhile` is called now and then. Raises Killed where the process is no more."""
        waited = 0.0
        while b"\n" not in self._said:
            pause = 0.02 if meanwhile else 1.0
            if select.select([self._answers], [], [], pause)[0]:
                piece = os.read(self._answers, 65_536)
                if not piece:
                    raise Killed
                self._said += piece
            elif meanwhile:
                meanwhile()
            waited += pause
            if waited > PATIENCE:
                raise TimeoutError("A tick did not end.")
        line, _, self._said = self._said.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said

    def tick(self, at: datetime) -> dict[str, Any]:
        self.order(at)
        return self.answer()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Let it end, if it still runs, and bury it."""
        for pipe in (self._orders, self._answers):
            os.close(pipe)
        os.waitpid(self.pid, 0)


def _instants(blow: Blow, server: Server | None) -> Instants:
    if server is None:
        return Instants(None)
    blows: dict[Blow, Callable[[], None]] = {
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "stand": lambda: os.kill(os.getpid(), signal.SIGSTOP),
        "cut": server.cut_all_off,
        "crash": server.restart,
    }
    watched = {"statement", "commit"} if blow in ("cut", "crash") else {"commit", "connect"}
    return ServerInstants(frozenset(watched), blows[blow])


def _live(site: Path, instants: Instants, strike_at: int | None, orders: int, answers: int) -> None:
    """The child's whole life; never returns."""
    try:
        _serve(site, instants, strike_at, orders, answers)
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it was, this must not live on as another of the tests
        traceback.print_exc()
        os._exit(70)


def _serve(site: Path, instants: Instants, strike_at: int | None, orders: int, answers: int) -> None:
    instants.install()
    # A day's standstill in the seconds that a case may last.
    claims.LIFE, postgres.STANDSTILL = STANDSTILL, STANDSTILL
    clock = Clock(datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
    app = open_app(site / "config.yaml", clock=clock)
    # Opening makes no decision; a kill there is a tick that never began.
    instants.names.clear()
    instants.kill_at = strike_at
    with os.fdopen(orders) as lines, os.fdopen(answers, "wb", buffering=0) as out:
        for line in lines:
            clock.at = datetime.fromisoformat(line.strip())
            out.write(json.dumps(_ticked(app) | {"instants": len(instants.names)}).encode() + b"\n")
    app.close()


def _ticked(app: App) -> dict[str, Any]:
    broken = trouble = ""
    try:
        app.tick()
    except UserError as error:
        trouble = str(error)
    except Exception:  # noqa: BLE001 - no exception may leave a tick here, and the case says so
        broken = traceback.format_exc()
    row, told = _looked(app)
    return {
        "status": row.status if row else "", "reasons": [f"{one.code}: {one.text}" for one in row.reasons] if row else [],
        "attempts": row.attempts if row else 0, "told": told, "broken": broken, "trouble": trouble,
        "retry_at": row.retry_at.isoformat() if row and row.retry_at else "",
    }  # fmt: skip


def _looked(app: App, tries: int = 3) -> tuple[Delivery | None, list[str]]:
    """The delivery, and what was told of it. Where the look itself meets with the blow, it is made again."""
    ledger = app.ticker.wiring.ledger
    try:
        memory, rows = ledger.snapshot(), ledger.rows()
    except UserError:
        if tries == 1:
            raise
        select.select([], [], [], STANDSTILL)
        return _looked(app, tries - 1)
    told = [one.facts.title for one in memory.told.values() if one.delivery_key == KEY]
    return memory.deliveries.get(KEY) or next((one for one in rows if one.key == KEY), None), told
