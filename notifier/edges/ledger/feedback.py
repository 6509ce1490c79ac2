"""What happened at providers beside what we asked for: mails that people made there, and what became of ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from notifier.core.byhand import ByHand
from notifier.core.keeping import by_hand_kept, newest_reach, reach_in_utc
from notifier.core.reach import Reach
from notifier.edges.ledger.tables import by_hand, reports


def read_by_hand(connection: Connection) -> tuple[ByHand, ...]:
    stored = connection.execute(select(by_hand).order_by(by_hand.c.at, by_hand.c.provider, by_hand.c.id)).mappings()
    return tuple(_mail(row) for row in stored)


def write_by_hand(connection: Connection, provider: str, mails: Sequence[ByHand]) -> tuple[ByHand, ...] | None:
    """All that is kept now; None where that is as it was. A few rows: written anew as a whole."""
    known = read_by_hand(connection)
    kept = by_hand_kept(known, provider, mails)
    if kept == known:
        return None
    connection.execute(delete(by_hand).where(by_hand.c.provider == provider))
    if rows := [_row(one) for one in kept if one.provider == provider]:
        connection.execute(insert(by_hand), rows)
    return kept


def read_reaches(connection: Connection) -> dict[str, Reach]:
    stored = connection.execute(select(reports).order_by(reports.c.key)).mappings()
    return {row["key"]: _reach(row) for row in stored}


def write_reach(connection: Connection, key: str, reach: Reach) -> None:
    reach = reach_in_utc(reach)
    stored = connection.execute(select(reports).where(reports.c.key == key)).mappings().first()
    values = {name: getattr(reach, name) for name in _COUNTS}
    if stored is None:
        connection.execute(insert(reports).values(key=key, **values))
    elif newest_reach(_reach(stored), reach) is reach:
        connection.execute(update(reports).where(reports.c.key == key).values(**values))


_COUNTS = ("at", "sent", "hard", "soft", "unsubscribed", "abuse", "opens", "clicks")


def _reach(row: RowMapping) -> Reach:
    return Reach(**{name: row[name] for name in _COUNTS})


def _mail(row: RowMapping) -> ByHand:
    return ByHand(
        provider=row["provider"], id=row["id"], service=row["service"], name=row["name"], place=row["place"],
        state=cast("Any", row["state"]), at=row["at"],
        audiences=frozenset(json.loads(row["audiences"])), links=frozenset(json.loads(row["links"])),
    )  # fmt: skip


def _row(one: ByHand) -> dict[str, object]:
    return {
        "provider": one.provider, "id": one.id, "service": one.service, "name": one.name, "place": one.place,
        "state": one.state, "at": one.at,
        "audiences": json.dumps(sorted(one.audiences)), "links": json.dumps(sorted(one.links)),
    }  # fmt: skip
