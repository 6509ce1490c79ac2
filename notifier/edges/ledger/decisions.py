"""What people decided: written once, never changed, never removed."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from notifier.core.delivery import EVERYTHING, MODE, STANDING, Decision
from notifier.core.keeping import decision_kept, kin
from notifier.edges.ledger.numbers import insert_numbered
from notifier.edges.ledger.rows import decision_of, decision_row
from notifier.edges.ledger.tables import decisions


def record_decision(connection: Connection, decision: Decision) -> Decision:
    """Returns it as it comes back."""
    kept = decision_kept(decision)
    insert_numbered(connection, decisions, [decision_row(kept)])
    return kept


def with_word(connection: Connection, said: Decision | None) -> bool:
    """Keep who did what was just done, about people and programs: no delivery, so nothing that is recalled changes."""
    if said is not None:
        record_decision(connection, said)
    return True


def read_decisions(connection: Connection, key: str | None = None) -> tuple[Decision, ...]:
    """All of them, or those about one key, oldest first."""
    query = select(decisions).order_by(decisions.c.id)
    if key is not None:
        query = query.where(decisions.c.key == key)
    return tuple(decision_of(row) for row in connection.execute(query).mappings())


def read_last_decisions(connection: Connection) -> tuple[Decision, ...]:
    """The last that stands about each key, and the last about its note, in their order: what was decided last, whatever the clock said then."""
    stands = or_(decisions.c.key.in_((EVERYTHING, MODE)), decisions.c.act.in_(STANDING))
    last = select(func.max(decisions.c.id)).where(stands).group_by(decisions.c.key)
    noted = select(func.max(decisions.c.id)).where(decisions.c.act == "annotate").group_by(decisions.c.key)
    query = select(decisions).where(or_(decisions.c.id.in_(last), decisions.c.id.in_(noted))).order_by(decisions.c.id)
    return tuple(decision_of(row) for row in connection.execute(query).mappings())


def read_before(connection: Connection, decision: Decision) -> Decision | None:
    """The last that stands about its key; before one about a note or a test, the last about that."""
    here = select(decisions).where(decisions.c.key == decision.key, decisions.c.act.in_(kin(decision)))
    found = connection.execute(here.order_by(decisions.c.id.desc()).limit(1)).mappings().first()
    return decision_of(found) if found is not None else None


def count_decisions(connection: Connection) -> int:
    """The number of the last decision."""
    return connection.execute(select(func.max(decisions.c.id))).scalar() or 0
