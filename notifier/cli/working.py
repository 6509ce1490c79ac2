"""What `notifier worker` does and says."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType

from notifier.app import App, open_app, shared_tasks_of
from notifier.cli.show import say
from notifier.core.recipient import Tally
from notifier.edges import logs
from notifier.errors import NotifierError, UserError
from notifier.ports import Tasks
from notifier.scheduler import Heartbeat
from notifier.tick.working import Working

#: How often it looks after what others left behind, and says how far the deliveries are.
_EVERY = timedelta(seconds=10)
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def work(config: Path) -> None:
    """Until SIGINT or SIGTERM. Raises UserError where this site has no workers."""
    app = open_app(config)
    try:
        shared = shared_tasks_of(app.settings)
        if shared is None:
            what = f"{config} has no `workers`, so nothing is left to one: notifier run gives all mails away itself."
            raise UserError(what, "Write `workers: {}` there, and name a PostgreSQL in ledger.url.")
        logs.configure(stream=sys.stderr, level=logging.WARNING)
        # Each batch would be a line; and one that others took over meanwhile is no error.
        for name in ("procrastinate", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        working = Working(wiring=lambda: app.ticker.wiring, now=app.clock.now, told=say)
        shared.task(working.give)
        heart = Heartbeat(partial(_look_after, app, shared, working, {}), every=_EVERY, first_at=app.clock.now())
        with _stopping() as stop:
            say("notifier works (Ctrl-C stops it).")
            heart.start()
            try:
                shared.work(stop.is_set)
            finally:
                heart.stop()
        say("notifier has stopped working.")
    finally:
        app.close()


def _look_after(app: App, shared: Tasks, working: Working, said: dict[str, Tally]) -> None:
    try:
        app.refresh()
        # Also where nothing is sending any more: what a dead one was about then is taken up, and found to be done.
        shared.rescue()
        working.rescue()
        _say_how_far(app, said)
    except NotifierError as error:
        say(str(error))


def _say_how_far(app: App, said: dict[str, Tally]) -> None:
    """A line for each delivery of which more has been given away since the last one."""
    ledger = app.ticker.wiring.ledger
    for row in ledger.rows("sending"):
        tally = ledger.tally(row.key)
        if tally.total and said.get(row.key) != tally:
            said[row.key] = tally
            say(f"{row.key}: {tally.words}.")


@contextmanager
def _stopping() -> Iterator[Event]:
    """What is set once it is to stop."""
    stop = Event()

    def heard(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {one: signal.signal(one, heard) for one in _STOPPING}
    try:
        yield stop
    finally:
        for one, how in before.items():
            signal.signal(one, how)
