"""A server that tests start stops with them: also where they are killed, and nothing of theirs can stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from select import select
from time import monotonic

import psycopg
import pytest

from tests.files import ROOT
from tests.outlived import started
from tests.postgres import NAMED, server

pytestmark = pytest.mark.skipif(NAMED is not None, reason="the server is not ours to stop")

#: In which a test has a server, says where, and ends when it is told to.
_TEST = """
import sys
from tests.postgres import server
with server() as one:
    print(one.url, one.folder, flush=True)
    sys.stdin.read()
"""
_PATIENCE = 60.0


@contextmanager
def held() -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """A process that has a server, the server's address and its folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _TEST], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    with process:
        url, _, folder = process.stdout.readline().strip().partition(" ")
        try:
            yield process, url, Path(folder)
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def comes_true(holds: Callable[[], bool]) -> bool:
    until = monotonic() + _PATIENCE
    while not holds() and monotonic() < until:
        select([], [], [], 0.05)
    return holds()


def postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])


def guardian(of: int) -> int:
    """The process that waits for the end of this one."""
    found = subprocess.run(["pgrep", "-P", str(of), "-f", "outlived.py"], capture_output=True, text=True, check=True)
    return int(found.stdout)


@pytest.mark.parametrize("whom", ["it alone", "its whole group"])
def test_a_server_is_stopped_and_removed_when_its_test_is_killed(whom: str) -> None:
    with held() as (process, url, folder):
        pid = postmaster(folder)
        with closing(psycopg.connect(url)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

        (os.kill if whom == "it alone" else os.killpg)(process.pid, signal.SIGKILL)

        assert comes_true(lambda: not started(pid))
        assert comes_true(lambda: not folder.parent.exists())


def test_what_a_killed_one_has_left_is_removed_by_the_next() -> None:
    with held() as (process, _, folder):
        pid = postmaster(folder)
        os.kill(guardian(process.pid), signal.SIGKILL)
        process.kill()
        process.wait()
        assert started(pid)

        with server() as one:
            assert not started(pid)
            assert not folder.parent.exists()
            assert one.database(empty=True)


def test_what_a_living_one_has_is_left_to_it() -> None:
    with held() as (_, url, _), server(), closing(psycopg.connect(url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_one_that_ends_as_it_should_leaves_nothing() -> None:
    with held() as (process, _, folder):
        pid, watching = postmaster(folder), guardian(process.pid)
        process.communicate("", timeout=_PATIENCE)

        assert process.returncode == 0
        assert not started(pid)
        assert not started(watching)
        assert not folder.parent.exists()
