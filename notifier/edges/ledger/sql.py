"""The ledger of `ports`, on a SQL database."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from notifier.beside import Shelf
from notifier.core.byhand import ByHand
from notifier.core.delivery import Decision, Delivery, DeliveryStatus, Memory, Told
from notifier.core.event import Reason
from notifier.core.facts import Facts
from notifier.core.keeping import Transition, check_asked, check_decision, check_move, loses_its_facts
from notifier.core.one_off import OneOff
from notifier.core.plan import Plan
from notifier.core.reach import Reach
from notifier.core.readership import Poll, Token
from notifier.edges.ledger.accounts import SqlAccounts
from notifier.edges.ledger.api_tokens import SqlApiTokens
from notifier.edges.ledger.database import Database
from notifier.edges.ledger.decisions import count_decisions, read_before, read_decisions, record_decision, with_word
from notifier.edges.ledger.deliveries import count_transitions, move_row, read_rows, read_transitions, record_rows
from notifier.edges.ledger.feedback import read_reaches, write_by_hand, write_reach
from notifier.edges.ledger.leasing import SqlLeasing
from notifier.edges.ledger.memory import read_memory, read_window_end, record_told, remember
from notifier.edges.ledger.migrate import prepare, stored_revision
from notifier.edges.ledger.one_offs import count_one_offs, write_one_off
from notifier.edges.ledger.people import SqlPeople
from notifier.edges.ledger.posts import SqlPosts
from notifier.edges.ledger.readership import keep_token, read_polls, read_tokens, revoke, write_polls
from notifier.edges.ledger.recall import Recall
from notifier.edges.ledger.rows import facts_text, reasons_text
from notifier.edges.ledger.sign_ons import SqlSignOns
from notifier.edges.ledger.sqlite import Sqlite
from notifier.errors import UserError
from notifier.ports import Claim, Finding


class SqlLedger(SqlPosts, SqlPeople, SqlAccounts, SqlApiTokens, SqlSignOns, SqlLeasing):
    """Open it with `open_ledger`. Safe for several threads and several processes on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # All that this ledger writes goes through one connection, so that what others write can be told from it.
        self._own: Connection | None = None
        self._alone = threading.RLock()
        #: The thread that is writing at this moment.
        self._writer: int | None = None
        self._recall = Recall()

    def rows(self, *statuses: DeliveryStatus) -> tuple[Delivery, ...]:
        if statuses and self._alone.acquire(blocking=False):
            try:
                with self._watched(), self._connected() as connection, self._database.reading_on(connection):
                    found = self._recall.rows(self._database.others_version(connection), statuses)
            finally:
                self._alone.release()
            if found is not None:
                return found
        # While this process writes, too: readers need not wait for that.
        with self._reading() as connection:
            return read_rows(connection, statuses)

    def snapshot(self) -> Memory:
        with self._alone, self._watched(), self._connected() as connection, self._database.reading_on(connection):
            version = self._database.others_version(connection)
            return self._recall.at(version) or self._recall.take(read_memory(connection), version)

    def version(self) -> tuple[datetime | None, int]:
        with self._reading() as connection:
            moves = count_transitions(connection) + count_decisions(connection) + count_one_offs(connection)
            return read_window_end(connection), moves

    def transitions(self, key: str) -> tuple[Transition, ...]:
        """Everything that has happened to a delivery, oldest first."""
        with self._reading() as connection:
            return read_transitions(connection, key)

    def tokens(self) -> tuple[Token, ...]:
        with self._reading() as connection:
            return read_tokens(connection)

    def add_token(self, token: Token, *, instead_of: str | None = None, said: Decision | None = None) -> bool:
        with self._writing() as connection:
            return keep_token(connection, token, instead_of) and with_word(connection, said)

    def revoke_token(self, token_id: str, at: datetime, *, said: Decision | None = None) -> bool:
        with self._writing() as connection:
            return revoke(connection, token_id, at) and with_word(connection, said)

    def note_polls(self, polls: Sequence[Poll]) -> None:
        with self._alone:
            with self._writing() as connection:
                version = self._database.counted(connection)
                held = self._recall.suspend(version)
                kept = write_polls(connection, polls)
            if held:
                self._recall.polled(kept, version)

    def polls(self, since: date) -> tuple[Poll, ...]:
        with self._reading() as connection:
            return read_polls(connection, since)

    def note_by_hand(self, provider: str, mails: Sequence[ByHand]) -> bool:
        with self._alone:
            with self._writing() as connection:
                version = self._database.counted(connection)
                held = self._recall.suspend(version)
                kept = write_by_hand(connection, provider, mails)
            if held:
                self._recall.noticed(kept, version)
            return kept is not None

    def note_reach(self, key: str, reach: Reach) -> None:
        with self._writing() as connection:
            write_reach(connection, key, reach)

    def reaches(self) -> Mapping[str, Reach]:
        with self._reading() as connection:
            return read_reaches(connection)

    def clock(self) -> datetime | None:
        with self._reading() as connection:
            return self._database.clock(connection)

    def claimed(self, key: str) -> AbstractContextManager[Claim | None]:
        return self._database.claimed(key)

    def record(self, plan: Plan) -> bool:
        with self._alone:
            with self._writing() as connection:
                if read_window_end(connection) != plan.window.after:
                    return False
                version = self._database.counted(connection)
                memory = self._recall.at(version)
                held = self._recall.suspend(version)
                planned = self._recall.news(plan) if memory else (*plan.deliveries, *plan.withdrawals, *plan.skips)
                rows = record_rows(connection, planned, plan.at, memory.deliveries if memory else None)
                remember(connection, plan)
            if held:
                self._recall.recorded(plan, rows, version)
            return True

    def move(
        self,
        row: Delivery,
        to: DeliveryStatus,
        *,
        at: datetime,
        reasons: Sequence[Reason] | None = None,
        draft_id: str | None = None,
        retry_at: datetime | None = None,
        sent_at: datetime | None = None,
        attempt: bool = False,
        told: Sequence[Told] = (),
        facts: Sequence[Facts] | None = None,
    ) -> Delivery | None:
        check_move(row, to)
        changes: dict[str, Any] = {"draft_id": draft_id, "retry_at": retry_at, "attempts": row.attempts + attempt}
        changes |= _changes(to, reasons=reasons, sent_at=sent_at, facts=facts)
        with self._alone:
            with self._writing() as connection:
                version = self._database.counted(connection)
                held = self._recall.suspend(version)
                moved = move_row(connection, row, to=to, at=at, changes=changes)
                heard = record_told(connection, told) if moved is not None else {}
            if held:
                self._recall.moved(moved, heard, version)
            return moved

    def decide(
        self,
        decision: Decision,
        row: Delivery | None = None,
        to: DeliveryStatus | None = None,
        *,
        reasons: Sequence[Reason] = (),
        sent_at: datetime | None = None,
        told: Sequence[Told] = (),
        after: Decision | Literal["whatever"] | None = "whatever",
    ) -> bool:
        check_decision(decision, row, to)
        with self._alone:
            with self._writing() as connection:
                if after != "whatever" and read_before(connection, decision) != after:
                    return False
                version = self._database.counted(connection)
                held = self._recall.suspend(version)
                moved, heard = None, {}
                if row is not None and to is not None:
                    # It isn't put off any longer: a person has just looked at it.
                    changes = {"retry_at": None, **_changes(to, reasons=reasons, sent_at=sent_at)}
                    moved = move_row(connection, row, to=to, at=decision.at, changes=changes)
                    heard = record_told(connection, told) if moved is not None else {}
                refused = row is not None and moved is None
                kept = None if refused else record_decision(connection, decision)
            if held:
                self._recall.moved(moved, heard, version)
                self._recall.decided(kept, version)
            return not refused

    def ask(self, one_off: OneOff, said: Decision | None = None) -> bool:
        check_asked(one_off, said)
        with self._alone:
            with self._writing() as connection:
                version = self._database.counted(connection)
                held = self._recall.suspend(version)
                kept = write_one_off(connection, one_off)
                word = record_decision(connection, said) if said is not None and kept is not None else None
            if held:
                self._recall.asked(kept, version)
                self._recall.decided(word, version)
            return kept is not None

    def decided(self, key: str | None = None) -> tuple[Decision, ...]:
        with self._reading() as connection:
            return read_decisions(connection, key)

    def doctor(self) -> tuple[Finding, ...]:
        """What a person should know about the ledger; its damage is found here, never raised."""
        database = self._database
        try:
            with self._reading() as connection:
                revision = stored_revision(connection, database)
                text = f"The schema is {revision}, as this version wants it."
                schema = Finding(subject="ledger schema", ok=True, text=text)
                found = (
                    database.wholeness(connection),
                    schema,
                    *database.upkeep(connection),
                    *self._standing(connection),
                )
            return (*found, *database.room())
        except (UserError, OSError) as error:
            return (Finding(subject="ledger", ok=False, text=str(error)),)

    def shelf(self, provider: str) -> Shelf | None:
        if not self._database.is_shared:
            return None
        from notifier.edges.ledger.shelves import SqlShelf  # noqa: PLC0415 - only who has PostgreSQL needs it

        return SqlShelf(self._database, provider)

    def close(self) -> None:
        with self._alone:
            self._let_go()
        self._database.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._writer == threading.get_ident() and self._own is not None:
            # What is read for what is being written is of the same transaction: nobody else writes in between.
            yield self._own
            return
        with self._watched(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._alone, self._watched(), self._connected() as connection, self._database.writing_on(connection):
            self._writer = threading.get_ident()
            try:
                yield connection
            finally:
                self._writer = None

    @contextmanager
    def _claiming(self) -> Iterator[Connection]:
        with self._alone, self._watched(), self._connected() as connection, self._database.claiming_on(connection):
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """The connection of this ledger's own; after an error another, and all that was held is in doubt."""
        if self._own is None:
            self._own = self._database.engine.connect()
        try:
            yield self._own
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        self._recall.doubt()
        own, self._own = self._own, None
        if own is not None:
            own.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        self._database.check_there()
        with self._database.translated():
            yield


def open_ledger(url: str, *, password: str | None = None, busy_timeout: float = 10.0) -> SqlLedger:
    """The ledger at `url`, created or migrated: `sqlite:///PATH`, `sqlite://` in memory for one thread, `postgresql://…`.

    `password` is for a server that asks for one. `busy_timeout` is how many seconds to wait while another program writes. Raises UserError when there can be
    no ledger at this place, or when what is there is not one, is damaged, or is newer; it is left as it is.
    """
    database = database_at(url, password=password, busy_timeout=busy_timeout)
    try:
        with database.translated():
            prepare(database)
    except BaseException:
        database.close()
        raise
    return SqlLedger(database)


def is_there(url: str, *, password: str | None = None) -> bool:
    """Whether there is a ledger at `url`, without making one. Raises UserError where that can't be seen."""
    if is_server(url):
        database = database_at(url, password=password, busy_timeout=10)
        try:
            with database.translated(), database.reading() as connection:
                return stored_revision(connection, database) is not None
        finally:
            database.close()
    file = ledger_file(url)
    return file is not None and file.exists()


def database_at(url: str, *, password: str | None, busy_timeout: float) -> Database:
    """The database that `url` names. Raises UserError where it names none."""
    if is_server(url):
        from notifier.edges.ledger.postgres import Postgres  # noqa: PLC0415 - only who has PostgreSQL needs it

        return Postgres(url, password=password, busy_timeout=busy_timeout)
    return Sqlite(ledger_file(url), busy_timeout=busy_timeout)


def is_server(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://"))


def ledger_file(url: str) -> Path | None:
    """The file that `url` names, None for a ledger in memory. The path is taken as it is written: no escapes.

    Raises UserError for any other address.
    """
    if url in ("sqlite://", "sqlite:///:memory:"):
        return None
    path = url.removeprefix("sqlite:///")
    if path in (url, "") or any(sign in path for sign in "?\0"):
        # The address isn't repeated: one for a server may hold a password.
        raise UserError("ledger.url: is not an address of a ledger. Write it as `sqlite:///PATH`, or `postgresql://…`.")
    return Path(path)


def _changes(
    to: DeliveryStatus,
    *,
    reasons: Sequence[Reason] | None,
    sent_at: datetime | None,
    facts: Sequence[Facts] | None = None,
) -> dict[str, Any]:
    """What a row that becomes `to` gets, of what was named."""
    changes: dict[str, Any] = {}
    if reasons is not None:
        changes["reasons"] = reasons_text(tuple(reasons))
    if sent_at is not None:
        changes["sent_at"] = sent_at
    if loses_its_facts(to):
        facts = ()
    if facts is not None:
        changes["facts"] = facts_text(tuple(facts))
    return changes
