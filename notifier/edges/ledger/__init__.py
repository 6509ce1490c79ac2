"""The ledger: everything that must survive a crash, in one database (SQLAlchemy Core, migrations by Alembic).

What is written is written in one transaction or not at all. Only `engine` speaks a database's own dialect.
"""

from notifier.edges.ledger.rows import Transition
from notifier.edges.ledger.sql import SqlLedger, ledger_file, open_ledger

__all__ = ["SqlLedger", "Transition", "ledger_file", "open_ledger"]
