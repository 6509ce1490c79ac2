"""The numbers of rows that are only ever added to: each one more than the last, in the order in which they are committed.

No sequence of the database's: it leaves gaps, and one that was copied with its database may begin again after a crash. The only
writer there is at a time looks at the last number instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select


def insert_numbered(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows to a table with an `id`, in this order. For `writing` only."""
    first = connection.execute(select(func.coalesce(func.max(table.c.id), 0) + 1)).scalar_one()
    if numbered := [{"id": number, **row} for number, row in zip(count(first), rows, strict=False)]:
        connection.execute(insert(table), numbered)
