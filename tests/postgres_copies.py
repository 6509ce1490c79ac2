"""What people do with a database at a server, and with the server itself: dumps, copies of its files, standbys."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg

from tests.postgres import Server, _program


def dumped(url: str, out: Path) -> Path:
    """As `pg_dump` writes it, in its custom format."""
    _ran("pg_dump", "--format=custom", f"--file={out}", f"--dbname={url}")
    return out


def put_back(dump: Path, url: str) -> None:
    """As `pg_restore --clean` puts it back: into an empty database, or in the place of what is there."""
    _ran("pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={url}", str(dump))


@contextmanager
def beside(server: Server, *, port: int = 5433) -> Iterator[Server]:
    """A second server on a copy of the files of one that has to be stopped."""
    parent = _parent()
    assert server.folder is not None
    subprocess.run(["cp", "-a", str(server.folder), str(parent / "kept")], check=True)
    with _running(server, parent, port) as made:
        yield made


@contextmanager
def standby(server: Server, *, port: int = 5434) -> Iterator[Server]:
    """A second server that follows the first, until it is promoted."""
    parent = _parent()
    copied = [
        *server.run,
        str(_program("pg_basebackup")),
        "-D",
        str(parent / "kept"),
        "-R",
        "-X",
        "stream",
        "-c",
        "fast",
    ]
    subprocess.run([*copied, "-d", server.url], check=True, cwd="/", stdout=subprocess.DEVNULL)
    with _running(server, parent, port) as made:
        yield made


def follow(primary: Server, follower: Server) -> None:
    """Wait until the follower has everything that the primary has."""
    with closing(psycopg.connect(primary.url, autocommit=True)) as there:
        [(end,)] = there.execute("SELECT pg_current_wal_lsn()::text")
    with closing(psycopg.connect(follower.url, autocommit=True)) as here:
        for _ in range(600):
            [(is_there,)] = here.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [end])
            if is_there:
                return
            here.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("the standby doesn't follow")


@contextmanager
def _running(server: Server, parent: Path, port: int) -> Iterator[Server]:
    with (parent / "kept" / "postgresql.conf").open("a", encoding="utf-8") as written:
        written.write(f"unix_socket_directories = '{parent}'\nport = {port}\n")
    made = Server(
        url=f"postgresql://postgres@/postgres?host={parent}&port={port}", folder=parent / "kept", run=server.run
    )
    made.start()
    try:
        yield made
    finally:
        with suppress(AssertionError):
            made.stop()
        shutil.rmtree(parent, ignore_errors=True)


def _parent() -> Path:
    # A path to a socket may have no more than 107 bytes, so it isn't one of pytest's.
    parent = Path(tempfile.mkdtemp(prefix="notifier-pg-"))
    with suppress(PermissionError, LookupError):
        shutil.chown(parent, "postgres")
    parent.chmod(0o711)
    return parent


def _ran(name: str, *arguments: str) -> None:
    done = subprocess.run([str(_program(name)), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
