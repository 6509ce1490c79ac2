"""The ledger: everything that must survive a crash, in one database (SQLAlchemy Core, migrations by Alembic).

What is written is written in one transaction or not at all. Only `sqlite`, `failures` and `postgres` speak a database's own
dialect and know its errors; `database` is what the ledger asks of both.
"""

from notifier.core.keeping import Transition
from notifier.edges.ledger.copying import copy_ledger, migrated
from notifier.edges.ledger.moving import move_ledger
from notifier.edges.ledger.sql import SqlLedger, is_there, ledger_file, open_ledger

__all__ = [
    "SqlLedger",
    "Transition",
    "copy_ledger",
    "is_there",
    "ledger_file",
    "migrated",
    "move_ledger",
    "open_ledger",
]
