"""A real PostgreSQL server for the tests: one of Debian's in a folder of its own, or the one that NOTIFIER_TEST_PG names."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from notifier.edges.ledger import open_ledger
from tests.outlived import abandoned, guard

#: Names a server in which databases may be made and dropped, instead of one that is started here.
NAMED = os.environ.get("NOTIFIER_TEST_PG")
_PREFIX = "notifier-pg-"
_SETTINGS = {
    # A crash of the server loses nothing all the same; only a power cut would.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


@dataclass
class Server:
    """A server that runs. `url` is that of its own database, in which nothing is kept."""

    url: str
    #: Where it is kept, and by what it is run; empty for one that is not ours to stop.
    folder: Path | None = None
    run: Sequence[str] = ()
    _numbers: Iterator[int] = field(default_factory=count)
    _template: str | None = None

    def database(self, *, empty: bool = False, locale: str | None = None) -> str:
        """The address of a new database, with an empty ledger in it or nothing at all; by `locale` (one of ICU's) it sorts text."""
        if locale is not None:
            name = self._named()
            self._say("CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE {}", name, locale)
            return self.of(name)
        if not empty and self._template is None:
            self._template = self._made()
            open_ledger(self.of(self._template)).close()
        return self.of(self._made() if empty else self._made(self._template))

    def drop(self, url: str) -> None:
        self._say("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(url))

    def cut_off(self, url: str) -> None:
        """Break every connection to a database, as a network or an administrator may."""
        self.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name_of(url))

    def cut_all_off(self) -> None:
        """Break every connection but our own."""
        self.say(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def copy(self, url: str) -> str:
        """The address of a database that is now as that one is, which nobody may have open."""
        return self.of(self._made(name_of(url)))

    def say(self, statement: LiteralString, *values: str) -> None:
        self.say_to(self.url, statement, *values)

    def say_to(self, url: str, statement: LiteralString, *values: str) -> None:
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(statement, values or None)

    def of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def start(self) -> None:
        self._control("start")

    def stop(self, how: str = "immediate") -> None:
        self._control("stop", "-m", how)

    def restart(self) -> None:
        """As after a crash: nothing was shut down in an orderly way."""
        self._control("restart", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        assert self.folder is not None, "the server is not ours to stop"
        # Its children would keep a pipe open for as long as they run.
        done = subprocess.run(
            _controlling(self.run, self.folder, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (self.folder / "log").read_text(encoding="utf-8")

    def _named(self) -> str:
        return f"notifier_{os.getpid()}_{next(self._numbers)}"

    def _made(self, template: str | None = None) -> str:
        name = self._named()
        if template is None:
            self._say("CREATE DATABASE {}", name)
        else:
            self._say("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def _say(self, statement: LiteralString, *names: str) -> None:
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


def name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def server(port: int = 5432) -> Iterator[Server]:
    """Run one until the end, also where this process is killed. It listens at a socket in its folder, and at no port."""
    if NAMED is not None:
        yield Server(url=NAMED)
        return
    # The server refuses to run as root.
    run = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    for folder in abandoned(Path(tempfile.gettempdir()), f"{_PREFIX}*"):
        _removed(folder, run)
    # A path to a socket may have no more than 107 bytes, so it isn't one of pytest's.
    parent = Path(tempfile.mkdtemp(prefix=_PREFIX))
    guardian = guard(parent, _controlling(run, parent / "kept", "stop", "-m", "immediate"))
    try:
        one = _made(parent, run, port)
        one.start()
        yield one
    finally:
        _removed(parent, run)
        if guardian is not None:
            guardian.kill()
            guardian.wait()


def _made(parent: Path, run: Sequence[str], port: int) -> Server:
    """One that has never run."""
    folder = parent / "kept"
    if run:
        shutil.chown(parent, "postgres")
    parent.chmod(0o711)
    made = [
        *run,
        str(_program("initdb")),
        "-D",
        str(folder),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    subprocess.run(made, stdout=subprocess.DEVNULL, check=True, cwd="/")
    chosen = {**_SETTINGS, "unix_socket_directories": f"'{parent}'", "listen_addresses": "''", "port": str(port)}
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as written:
        written.writelines(f"{name} = {value}\n" for name, value in chosen.items())
    return Server(url=f"postgresql://postgres@/postgres?host={parent}&port={port}", folder=folder, run=run)


def _removed(parent: Path, run: Sequence[str]) -> None:
    """Stop what runs there, if anything does, and remove it."""
    stop = _controlling(run, parent / "kept", "stop", "-m", "immediate")
    nothing = subprocess.DEVNULL
    subprocess.run(stop, stdin=nothing, stdout=nothing, stderr=nothing, timeout=60, check=False)
    shutil.rmtree(parent, ignore_errors=True)


def _controlling(run: Sequence[str], folder: Path, *arguments: str) -> list[str]:
    """What starts or stops the server that is kept there, and waits until it has."""
    return [*run, str(_program("pg_ctl")), *arguments, "-w", "-s", "-D", str(folder), "-l", str(folder / "log")]


def _program(name: str) -> Path | None:
    """Debian keeps them off the PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name)
    return kept[-1] if kept else Path(found) if found is not None else None


@cache
def shared() -> Server:
    """The server of this process, until its end: for what can't ask for a fixture."""
    if NAMED is None and _program("initdb") is None:
        pytest.skip("PostgreSQL is not installed")
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(server())


@pytest.fixture(scope="session")
def postgres() -> Server:
    return shared()
