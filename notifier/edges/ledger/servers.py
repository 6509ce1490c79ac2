"""Where a ledger at a PostgreSQL server lies, as far as the server tells that from a copy.

A copy of all its files is another server only by its port and its folder; a standby that was promoted, or an earlier state that the log
was played to, is another by its timeline; another database has another number there; and what was dumped and put back has rows that
other transactions have written, though they say the same (https://www.postgresql.org/docs/current/ddl-system-columns.html).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

#: In the order in which they stand in what is kept.
_ASKED: Mapping[str, str] = {
    "system": "(SELECT system_identifier::text FROM pg_control_system())",
    # Not that of its last checkpoint, which comes some time after a promotion.
    "timeline": "(SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END)",
    "database": "(SELECT oid::text FROM pg_database WHERE datname = current_database())",
    "port": "current_setting('port')",
    "folder": "current_setting('data_directory')",
    # Who wrote the row that says when it was last taken up, which nobody ever changes: no upkeep of the server alters that.
    "row": "(SELECT xmin::text FROM fences ORDER BY number DESC LIMIT 1)",
}
#: What a server may refuse to tell a user.
_REFUSED = ("system", "folder")
_UNKNOWN = "-"
_KIND = "server"


class Whereabouts:
    """Of one database. What it refuses to tell is not asked for again by this process."""

    def __init__(self) -> None:
        self._told: tuple[str, ...] | None = None

    def home(self, connection: Connection) -> str:
        """Where the ledger lies now, in one word after another."""
        told = self._allowed(connection)
        row = connection.execute(text(f"SELECT {', '.join(_ASKED[name] for name in told)}")).one()
        found = dict(zip(told, row, strict=True))
        if found.get("folder"):
            found["folder"] = hashlib.sha256(str(found["folder"]).encode()).hexdigest()[:12]
        return " ".join([_KIND, *(str(found.get(name) or _UNKNOWN) for name in _ASKED)])

    def knows_server(self, connection: Connection) -> bool:
        return "system" in self._allowed(connection)

    def _allowed(self, connection: Connection) -> tuple[str, ...]:
        if self._told is None:
            self._told = tuple(
                name for name, asked in _ASKED.items() if name not in _REFUSED or _tells(connection, asked)
            )
        return self._told


def which_server(one: str, other: str) -> Literal["same", "switched", "another"] | None:
    """How two words on where a ledger lies differ; None where they don't both speak of a server.

    What one of them doesn't know says nothing. `switched`: it goes on from one log, by another server or from an earlier state.
    """
    first, second = (dict(zip(("kind", *_ASKED), words.split(), strict=False)) for words in (one, other))
    if not (_is_of_server(first) and _is_of_server(second)):
        return None
    if _UNKNOWN in (first["row"], second["row"], first["database"], second["database"]):
        return "another"
    differ = {name for name in _ASKED if first[name] != second[name] and _UNKNOWN not in (first[name], second[name])}
    if "timeline" in differ and not differ & {"system", "database", "row"}:
        return "switched"
    return "another" if differ else "same"


def _is_of_server(words: Mapping[str, str]) -> bool:
    return words.get("kind") == _KIND and len(words) == len(_ASKED) + 1


def _tells(connection: Connection, asked: str) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(text(f"SELECT {asked}"))
    except ProgrammingError:
        return False
    return True
