"""The ledger's memory: the window, baselines, events seen, what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from notifier.core.delivery import Memory, SeenEvent, Told
from notifier.core.keeping import after_decisions, newest_told, told_in_utc
from notifier.core.plan import Plan
from notifier.core.readership import settled_polls
from notifier.edges.ledger.decisions import read_last_decisions
from notifier.edges.ledger.deliveries import batched, read_rows
from notifier.edges.ledger.feedback import read_by_hand
from notifier.edges.ledger.one_offs import read_one_offs
from notifier.edges.ledger.readership import read_polls
from notifier.edges.ledger.rows import seen_of, seen_row, told_of, told_row
from notifier.edges.ledger.tables import baselines, revisions, seen, site, told


def read_memory(connection: Connection) -> Memory:
    memory = Memory(
        window_end=read_window_end(connection),
        baselines={row.name: row.at for row in connection.execute(select(baselines))},
        seen={row["uid"]: seen_of(row) for row in connection.execute(select(seen)).mappings()},
        deliveries={row.key: row for row in read_rows(connection)},
        told={(row["audience"], row["uid"]): told_of(row) for row in connection.execute(select(told)).mappings()},
        revisions=_read_revisions(connection),
        polls=settled_polls(read_polls(connection, date.min)),
        by_hand=read_by_hand(connection),
        one_offs=read_one_offs(connection),
    )
    return after_decisions(memory, read_last_decisions(connection))


def read_window_end(connection: Connection) -> datetime | None:
    return connection.execute(select(site.c.window_end)).scalar()


def remember(connection: Connection, plan: Plan) -> None:
    """Record what the plan has seen, the baselines it ends and sets, its revisions, and its window's end."""
    _remember_seen(connection, plan.seen)
    _end_baselines(connection, plan.ended)
    _set_baselines(connection, plan.baselines)
    _note_revisions(connection, plan)
    values = {"window_end": plan.window.until, "recorded_at": plan.at}
    if connection.execute(update(site).values(**values)).rowcount == 0:
        connection.execute(insert(site).values(id=1, **values))


def record_told(connection: Connection, tellings: Sequence[Told]) -> dict[tuple[str, str], Told]:
    """Keep the newest telling for each audience and event: an old send confirmed late says nothing new.

    Returns what is kept now for those.
    """
    kept: dict[tuple[str, str], Told] = {}
    for one in map(told_in_utc, tellings):
        same = (told.c.audience == one.audience, told.c.uid == one.uid)
        stored = connection.execute(select(told).where(*same)).mappings().first()
        before = None if stored is None else told_of(stored)
        if before is None:
            connection.execute(insert(told).values(**told_row(one)))
        elif newest_told(before, one) is one:
            connection.execute(update(told).where(*same).values(**told_row(one)))
        kept[one.audience, one.uid] = newest_told(before, one)
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


def _read_revisions(connection: Connection) -> dict[str, str]:
    return {row.source: row.revision for row in connection.execute(select(revisions))}


def _end_baselines(connection: Connection, ended: Sequence[str]) -> None:
    for some in batched(ended):
        connection.execute(delete(baselines).where(baselines.c.name.in_(some)))


def _note_revisions(connection: Connection, plan: Plan) -> None:
    # Update, then insert: every database knows these, and an upsert is another one in each.
    known = _read_revisions(connection)
    for source, revision in plan.revisions.items():
        values = {"revision": revision, "at": plan.at}
        if source not in known:
            connection.execute(insert(revisions).values(source=source, **values))
        elif known[source] != revision:
            connection.execute(update(revisions).where(revisions.c.source == source).values(**values))
