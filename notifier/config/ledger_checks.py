"""Whether `ledger` names a place where one can be kept."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from urllib.parse import parse_qs, urlsplit

from notifier.config.tree import Loc, Tree
from notifier.config.way_checks import Found

#: What pyproject.toml has as the extra `postgres`.
POSTGRES_EXTRA = "psycopg[binary]>=3.3.9,<4"
_LOC: Loc = ("ledger", "url")
_SERVER = re.compile(r"postgres(ql)?://")
_FILE = "Write: sqlite:///notifier.db"
_HINT = "Write: postgresql://USER@HOST:PORT/DATABASE"


def is_at_server(url: str) -> bool:
    """Whether the address is that of a PostgreSQL, and not of a file."""
    return _SERVER.match(url) is not None


def ledger_checks(tree: Tree) -> Found:
    url = tree.get(*_LOC)
    if url is not None and (not isinstance(url, str) or not url):
        return
    # The address itself is not repeated: there may be a password in it.
    for what, hint in _of_server(url) if url and url.startswith("postgres") else _of_file(url):
        yield _LOC, tree.problem(_LOC, what, hint)


def worker_checks(tree: Tree) -> Found:
    """Workers share the ledger, and have their queue beside it."""
    url = tree.get(*_LOC)
    if tree.get("workers") is not None and not (isinstance(url, str) and is_at_server(url)):
        hint = f"{_HINT} in ledger.url, or take `workers` out."
        yield ("workers",), tree.problem(("workers",), "needs a ledger in a PostgreSQL, which workers can share.", hint)


def _of_file(url: str | None) -> list[tuple[str, str]]:
    if url is not None and (not url.startswith("sqlite:///") or not url.removeprefix("sqlite:///").strip("/")):
        return [("is not the address of an SQLite file.", _FILE)]
    if url is not None and ("?" in url or ":memory:" in url):
        return [("must name a plain file, without ? or :memory:.", _FILE)]
    return []


def _of_server(url: str) -> list[tuple[str, str]]:
    if not is_at_server(url):
        return [("is not the address of a PostgreSQL.", _HINT)]
    try:
        parts = urlsplit(url)
        named = {key.lower() for key in parse_qs(parts.query, keep_blank_values=True)}
        has_password = parts.password is not None or bool(named & {"password", "passfile", "sslpassword"})
    except ValueError:
        return [("is not the address of a PostgreSQL.", _HINT)]
    if has_password:
        hint = "Take it out, and write `password: {file: PATH}` or `{env: NAME}` beside it."
        return [("holds a password, and secrets never stand in the file.", hint)]
    if not parts.path.strip("/") and "dbname" not in named:
        return [("names no database.", _HINT)]
    if find_spec("psycopg") is None:
        hint = f"Install it: python3 -m pip --python {sys.executable} install '{POSTGRES_EXTRA}'"
        return [("names a PostgreSQL, and that needs psycopg, which is not installed.", hint)]
    return []
