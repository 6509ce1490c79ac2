"""Tasks as Procrastinate keeps them: a queue beside the ledger, in the same PostgreSQL, for workers on as many machines as are wanted.

Everything that only Procrastinate knows is here. What is written in a transaction of the ledger is in the queue once that is
committed (https://procrastinate.readthedocs.io/en/stable/howto/basics/defer.html). A worker is known by its heartbeat; without it, its
batches are given to others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager
from psycopg import Connection, Error, connect
from psycopg.conninfo import make_conninfo

from notifier.errors import UserError
from notifier.ports import Batch

#: The one task there is, and the queue that it is in, beside whatever else may be in the database.
_TASK, _PLACE = "notifier.give", "notifier"
#: How often a worker says that it lives, and after how long without that it is taken for dead; in seconds.
HEARTBEAT, SILENCE = 10.0, 30.0
#: So long a worker waits after the database was lost, and between two looks whether it is to stop.
_PAUSE, _LOOK = 5.0, 0.2
#: How long a connection to it is waited for.
_PATIENCE = 10.0
#: Of all advisory locks of a database, that of who makes the queue's tables.
_MAKERS = int.from_bytes(b"queu", "big", signed=True)
_WORDS = "of notifier, after "


class _Again(Exception):
    """The batch is to come again."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(after)
        self.after = after


class _Retry(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, **_: object) -> RetryDecision | None:
        if not isinstance(exception, _Again):
            return None
        return RetryDecision(retry_in={"milliseconds": round(exception.after.total_seconds() * 1000)})


class SharedTasks:
    """`ports.Tasks`, in the database that `url` names."""

    elsewhere = True

    def __init__(
        self, url: str, *, password: str | None = None, most: int | None, silence: float | None = None
    ) -> None:
        own = {} if password is None else {"password": password}
        self.most = most
        self._silence = silence or SILENCE
        self._address = make_conninfo(url, application_name="notifier worker", **own)
        self._act: Callable[[Batch], timedelta | None] | None = None
        # It writes only on connections that it is given, and opens none.
        self._writing = self._app(SyncPsycopgConnector())

    def task(self, act: Callable[[Batch], timedelta | None]) -> None:
        self._act = act

    def defer(self, batch: Batch, number: int, transaction: object = None) -> None:
        if number > 0:
            connection = cast("Connection[Any]", transaction)
            task = self._writing.configure_task(_TASK, queue=_PLACE, connection=connection)
            task.batch_defer(*[asdict(batch)] * number)

    def deferred(self, batch: Batch, transaction: object = None) -> int:
        there = (
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing') "
            "AND args->>'provider' = %s AND args->>'key' = %s AND args->>'digest' = %s"
        )
        connection = cast("Connection[Any]", transaction)
        found = connection.execute(there, [_TASK, batch.provider, batch.key, batch.digest]).fetchone()
        return 0 if found is None else int(found[0])

    def rescue(self) -> int:
        try:
            return asyncio.run(self._rescued())
        except (ConnectorException, Error) as error:
            raise UserError("ledger.url: the queue for workers can't be read there.", str(error)) from error

    def work(self, is_over: Callable[[], bool]) -> None:
        """Whatever becomes of the database: it goes on once that is back."""
        asyncio.run(self._worked(is_over))

    def prepare(self) -> str:
        """Make the queue's tables, or bring them to what this version of Procrastinate wants; which that is. Twice, or at once: once."""
        wanted = _migrations()
        try:
            with connect(self._address) as connection:
                connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_MAKERS])
                there = _stored(connection)
                if there is None:
                    connection.execute(SchemaManager.get_schema().encode())
                else:
                    for name in (name for name in wanted if name > there):
                        connection.execute(wanted[name].read_bytes())
                last = max(wanted)
                if there != last:
                    connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{_WORDS}{last}'".encode())
                return last
        except Error as error:
            raise UserError("ledger.url: the queue for workers can't be made or read there.", str(error)) from error

    def _app(self, connector: Any) -> App:
        app = App(connector=connector)

        def give(provider: str, key: str, digest: str) -> None:
            after = self._act(Batch(provider=provider, key=key, digest=digest)) if self._act is not None else None
            if after is not None:
                raise _Again(after)

        app.task(name=_TASK, queue=_PLACE, retry=_Retry())(give)
        return app

    async def _rescued(self) -> int:
        app = App(connector=PsycopgConnector(conninfo=self._address, min_size=1, max_size=1, timeout=_PATIENCE))
        number = 0
        async with app.open_async():
            for one in await app.job_manager.get_stalled_jobs(task_name=_TASK, seconds_since_heartbeat=self._silence):
                # Whoever had it may have finished it just now.
                with suppress(ConnectorException):
                    await app.job_manager.retry_job(one)
                    number += 1
        return number

    async def _worked(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            working = asyncio.create_task(self._until_lost())
            while not is_over() and not working.done():
                await asyncio.wait([working], timeout=_LOOK)
            # It finishes the batch that it has begun.
            working.cancel()
            with suppress(asyncio.CancelledError, ConnectorException, Error):
                await working
            if not is_over():
                await _until_over(is_over, _PAUSE)

    async def _until_lost(self) -> None:
        app = self._app(PsycopgConnector(conninfo=self._address, min_size=1, max_size=4, timeout=_PATIENCE))
        async with app.open_async():
            await app.run_worker_async(
                queues=[_PLACE], name="notifier", concurrency=1, delete_jobs="always", install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=self._silence,
            )  # fmt: skip


async def _until_over(is_over: Callable[[], bool], seconds: float) -> None:
    for _ in range(round(seconds / _LOOK)):
        if not is_over():
            await asyncio.wait([asyncio.create_task(asyncio.sleep(_LOOK))])


def _migrations() -> Mapping[str, Path]:
    """The steps from each version of the tables to the next, by name, in whose order they are made."""
    return {file.name: file for file in Path(SchemaManager.get_migrations_path()).glob("*.sql")}


def _stored(connection: Connection[Any]) -> str | None:
    """The last step that was made there; None where there is no queue. Raises UserError for one that is somebody else's."""
    asked = "SELECT obj_description(to_regclass('procrastinate_jobs')), to_regclass('procrastinate_jobs') IS NULL"
    found = connection.execute(asked).fetchone()
    if found is None or found[1]:
        return None
    if found[0] is None or not str(found[0]).startswith(_WORDS):
        raise UserError(
            "ledger.url: that database has a queue of Procrastinate that is not notifier's. Name a database of its own."
        )
    return str(found[0]).removeprefix(_WORDS)
