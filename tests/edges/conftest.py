"""What tests of the edges stand on: every ledger, a user without rights, a disk that fills up."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
import structlog

from notifier.edges.ledger import open_ledger
from tests.edges.ledgers import Ledger, in_dictionaries, in_memory, on_file
from tests.files import ROOT
from tests.postgres import Server, shared

#: `nobody` of every Linux.
_NOBODY = 65534
#: Prints the sentence of a UserError, `fine` without one; anything else that is raised fails the test.
#: Rights are dropped after the imports: Python itself may lie where only root reads.
_FRAME = """
import os
from pathlib import Path
from notifier.errors import UserError
{imports}
here = Path({folder!r})
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({nobody})
    os.setuid({nobody})
try:
{code}
    print("fine")
except UserError as error:
    print(error.message)
"""


class Unprivileged(Protocol):
    def __call__(self, code: str, *, imports: str = "") -> str: ...


@pytest.fixture(params=["file", "server"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a ledger can be copied to: nothing is there yet."""
    if request.param == "file":
        yield f"sqlite:///{tmp_path / 'copy.db'}"
        return
    made = shared().database(empty=True)
    yield made
    shared().drop(made)


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """For those who set it up: logging is the one thing that a process has only once."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture(params=["file", "memory", "dictionaries", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Each kind that there is, empty."""
    match request.param:
        case "file":
            opened: Ledger = on_file(tmp_path)
        case "memory":
            opened = in_memory(tmp_path)
        case "postgres":
            opened = open_ledger(request.getfixturevalue("postgres_url"))
        case _:
            opened = in_dictionaries(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """A database with an empty ledger in it."""
    made = postgres.database()
    yield made
    postgres.drop(made)


@pytest.fixture(params=["file", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a ledger that is yet to be made."""
    if request.param == "file":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    made = server.database(empty=True)
    yield made
    server.drop(made)


@pytest.fixture(params=["file", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that several programs may open: in a file that is yet to be made, or at a server."""
    return f"sqlite:///{tmp_path / 'ledger.db'}" if request.param == "file" else request.getfixturevalue("postgres_url")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="notifier-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def unprivileged(open_folder: Path) -> Unprivileged:
    """Runs code (`here` is `open_folder`) in a process that obeys permissions; returns what it printed.

    Root does not obey them, so there it runs as nobody.
    """

    def run(code: str, *, imports: str = "") -> str:
        inner = textwrap.indent(textwrap.dedent(code), "    ")
        frame = _FRAME.format(imports=imports, folder=str(open_folder), nobody=_NOBODY, code=inner)
        command = [sys.executable, "-c", frame]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte of its own."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    admin = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size=1m,uid={os.geteuid()},mode=0700"
    mount = [*admin, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if admin and shutil.which("sudo") is None:
        pytest.skip("a small disk needs root, or sudo without a password")
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk can't be mounted here")
    yield folder
    subprocess.run([*admin, "umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave no byte free on `disk`; delete the file that is returned to have room again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            return ballast
    raise AssertionError("the disk has no end")
