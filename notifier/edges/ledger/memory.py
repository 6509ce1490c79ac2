"""The ledger's memory: the window, baselines, events seen, what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from notifier.core.delivery import Memory, SeenEvent, Told
from notifier.core.plan import Plan
from notifier.edges.ledger.deliveries import batched, read_rows
from notifier.edges.ledger.rows import seen_of, seen_row, told_of, told_row
from notifier.edges.ledger.tables import baselines, seen, site, told


def read_memory(connection: Connection) -> Memory:
    return Memory(
        window_end=read_window_end(connection),
        baselines={row.name: row.at for row in connection.execute(select(baselines))},
        seen={row["uid"]: seen_of(row) for row in connection.execute(select(seen)).mappings()},
        deliveries={row.key: row for row in read_rows(connection)},
        told={(row["audience"], row["uid"]): told_of(row) for row in connection.execute(select(told)).mappings()},
    )


def read_window_end(connection: Connection) -> datetime | None:
    return connection.execute(select(site.c.window_end)).scalar()


def remember(connection: Connection, plan: Plan) -> None:
    """Record what the plan has seen, the baselines it sets, and its window's end."""
    _remember_seen(connection, plan.seen)
    _set_baselines(connection, plan.baselines)
    values = {"window_end": plan.window.until, "recorded_at": plan.at}
    if connection.execute(update(site).values(**values)).rowcount == 0:
        connection.execute(insert(site).values(id=1, **values))


def record_told(connection: Connection, tellings: Sequence[Told]) -> dict[tuple[str, str], Told]:
    """Keep the newest telling for each audience and event: an old send confirmed late says nothing new.

    Returns what is kept now for those.
    """
    kept: dict[tuple[str, str], Told] = {}
    for one in tellings:
        same = (told.c.audience == one.audience, told.c.uid == one.uid)
        before = connection.execute(select(told.c.at).where(*same)).scalar()
        if before is None:
            connection.execute(insert(told).values(**told_row(one)))
        elif before <= one.at:
            connection.execute(update(told).where(*same).values(**told_row(one)))
        stored = connection.execute(select(told).where(*same)).mappings().one()
        kept[one.audience, one.uid] = told_of(stored)
    return kept


def _remember_seen(connection: Connection, memories: Sequence[SeenEvent]) -> None:
    if not memories:
        return
    known: set[str] = set()
    for some in batched([one.uid for one in memories]):
        known.update(connection.execute(select(seen.c.uid).where(seen.c.uid.in_(some))).scalars())
    rows = [seen_row(one) for one in memories]
    if new := [row for row in rows if row["uid"] not in known]:
        connection.execute(insert(seen), new)
    if old := [{**row, "stored_uid": row["uid"]} for row in rows if row["uid"] in known]:
        values: dict[str, Any] = {column.name: bindparam(column.name) for column in seen.c if column.name != "uid"}
        connection.execute(update(seen).where(seen.c.uid == bindparam("stored_uid")).values(**values), old)


def _set_baselines(connection: Connection, first_looks: Mapping[str, datetime]) -> None:
    if not first_looks:
        return
    known = set(connection.execute(select(baselines.c.name)).scalars())
    if new := [{"name": name, "at": at} for name, at in first_looks.items() if name not in known]:
        connection.execute(insert(baselines), new)
