"""What people asked to be sent once: written once, never changed, never removed."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from notifier.core.keeping import one_off_kept
from notifier.core.one_off import OneOff
from notifier.edges.ledger.tables import one_offs


def read_one_offs(connection: Connection) -> dict[str, OneOff]:
    stored = connection.execute(select(one_offs).order_by(one_offs.c.asked_at, one_offs.c.key)).mappings()
    return {row["key"]: _one_off(row) for row in stored}


def write_one_off(connection: Connection, one_off: OneOff) -> OneOff | None:
    """Returns it as it comes back; None, and nothing is written, where there is one of its key."""
    kept = one_off_kept(one_off)
    if connection.execute(select(one_offs.c.key).where(one_offs.c.key == kept.key)).first() is not None:
        return None
    connection.execute(insert(one_offs).values(**_row(kept)))
    return kept


def count_one_offs(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(one_offs)).scalar() or 0


def _one_off(row: RowMapping) -> OneOff:
    return OneOff(**{**row, "event_uids": tuple(json.loads(row["event_uids"]))})


def _row(one: OneOff) -> dict[str, Any]:
    return {
        "key": one.key, "audience": one.audience, "event_uids": json.dumps(one.event_uids), "subject": one.subject,
        "note": one.note, "due_at": one.due_at, "expires_at": one.expires_at, "people": one.people, "by": one.by,
        "asked_at": one.asked_at,
    }  # fmt: skip
