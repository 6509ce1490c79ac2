"""The rows of deliveries: what a plan may rewrite, and the compare-and-set that everything else goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from notifier.core.delivery import PLANNABLE, Delivery, DeliveryStatus
from notifier.core.keeping import Transition, planned_again
from notifier.core.zones import in_utc
from notifier.edges.ledger.numbers import insert_numbered
from notifier.edges.ledger.rows import delivery_of, delivery_row, reasons_text, transition_of
from notifier.edges.ledger.tables import deliveries, transitions

#: Well below the smallest number of parameters that a database takes in one statement (SQLite before 3.32: 999).
_KEYS_AT_ONCE = 500


def read_rows(connection: Connection, statuses: Sequence[DeliveryStatus] = ()) -> tuple[Delivery, ...]:
    """Rows in these states, all when none is named, ordered by due_at, then key."""
    query = select(deliveries).order_by(deliveries.c.due_at, deliveries.c.key)
    if statuses:
        query = query.where(deliveries.c.status.in_(statuses))
    return tuple(delivery_of(row) for row in connection.execute(query).mappings())


def record_rows(
    connection: Connection, planned: Sequence[Delivery], at: datetime, known: Mapping[str, Delivery] | None
) -> list[Delivery]:
    """Insert what is new and rewrite what is still plannable and differs; leave everything else untouched.

    `known` are all rows as they are now, where the caller holds them. Returns what was written.
    """
    if known is None:
        wanted = {row.key: row for row in planned}
        stored = _rows_by_key(connection, wanted)
    else:
        # A plan takes over the very rows that it changes nothing about.
        wanted = {row.key: row for row in planned if known.get(row.key) is not row}
        stored = {key: known[key] for key in wanted if key in known}
    added = [row for key, row in wanted.items() if key not in stored]
    rewritten = [
        new
        for key, old in stored.items()
        if old.status in PLANNABLE and delivery_row(new := planned_again(old, wanted[key])) != delivery_row(old)
    ]
    _insert(connection, added)
    _rewrite(connection, rewritten)
    changed = [row for row in rewritten if row.status != stored[row.key].status]
    steps = [_step(row, None, at) for row in added]
    steps += [_step(row, stored[row.key].status, at) for row in changed]
    if steps:
        insert_numbered(connection, transitions, steps)
    return [*added, *rewritten]


def move_row(
    connection: Connection, row: Delivery, *, to: DeliveryStatus, at: datetime, changes: Mapping[str, Any]
) -> Delivery | None:
    """Compare-and-set on status and attempts, with its transition; None when another has moved the row."""
    unmoved = (
        deliveries.c.key == row.key,
        deliveries.c.status == row.status,
        deliveries.c.attempts == row.attempts,
    )
    result = connection.execute(update(deliveries).where(*unmoved).values(status=to, **changes))
    if result.rowcount != 1:
        return None
    moved = _rows_by_key(connection, [row.key])[row.key]
    insert_numbered(connection, transitions, [_step(moved, row.status, at)])
    return moved


def read_transitions(connection: Connection, key: str) -> tuple[Transition, ...]:
    """Everything that has happened to a delivery, oldest first."""
    query = select(transitions).where(transitions.c.key == key).order_by(transitions.c.id)
    return tuple(transition_of(row) for row in connection.execute(query).mappings())


def count_transitions(connection: Connection) -> int:
    """The number of the last transition: every move writes one, and none is ever removed."""
    return connection.execute(select(func.max(transitions.c.id))).scalar() or 0


def batched(keys: Iterable[str]) -> Iterator[list[str]]:
    """The keys in parts that a database takes in one statement."""
    remaining = iter(keys)
    while some := list(islice(remaining, _KEYS_AT_ONCE)):
        yield some


def _rows_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, Delivery]:
    found: dict[str, Delivery] = {}
    for some in batched(keys):
        rows = connection.execute(select(deliveries).where(deliveries.c.key.in_(some))).mappings()
        found |= {row["key"]: delivery_of(row) for row in rows}
    return found


def _insert(connection: Connection, rows: Sequence[Delivery]) -> None:
    if rows:
        connection.execute(insert(deliveries), [delivery_row(row) for row in rows])


def _rewrite(connection: Connection, rows: Sequence[Delivery]) -> None:
    if not rows:
        return
    values: dict[str, Any] = {column.name: bindparam(column.name) for column in deliveries.c if column.name != "key"}
    statement = update(deliveries).where(deliveries.c.key == bindparam("stored_key")).values(**values)
    connection.execute(statement, [{**delivery_row(row), "stored_key": row.key} for row in rows])


def _step(row: Delivery, before: DeliveryStatus | None, at: datetime) -> dict[str, Any]:
    return {
        "key": row.key,
        "from_status": before,
        "to_status": row.status,
        "at": in_utc(at),
        "reasons": reasons_text(row.reasons),
    }
