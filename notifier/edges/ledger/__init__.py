"""The ledger: everything that must survive a crash, in one database (SQLAlchemy Core, migrations by Alembic).

What is written is written in one transaction or not at all. Only `engine` speaks a database's own dialect, and only
`failures` knows its errors. PostgreSQL will need, in those two and nowhere else: writers that wait for one another
(an advisory lock at the beginning of `writing`, so that numbers of transitions and decisions rise in the order of
commits), one view for all statements of `reading` (REPEATABLE READ), a counter that every writer raises in place of
`others_version`, and keys that sort by code point (COLLATE "C").
"""

from notifier.core.keeping import Transition
from notifier.edges.ledger.sql import SqlLedger, ledger_file, open_ledger

__all__ = ["SqlLedger", "Transition", "ledger_file", "open_ledger"]
