"""The one door to the git program. What it reads is not trusted: nothing that a repository says may run anything.

Every repository is named outright (`--git-dir`), never looked for, so that git asks no other folder about it.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import selectors
import signal
import subprocess
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from notifier.errors import UserError

#: Seconds that git gets for one answer about what is on this machine.
PATIENCE = 60.0
#: The listing of a million files, or a history of as many commits, is smaller.
_LARGEST_ANSWER = 500_000_000
_LARGEST_COMPLAINT = 65_536
_CHUNK = 1 << 16
#: Seconds between asking a program to end and ending it.
_LAST_CHANCE = 2.0

#: What git and ssh need of the machine's own: where programs and keys are, and the way out to the network.
_PASSED = (
    "PATH", "HOME", "TMPDIR", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
)  # fmt: skip
_FIXED = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "SSH_ASKPASS": "true",
    "GIT_OPTIONAL_LOCKS": "0",
    # A path is a path: none of them is a pattern to git.
    "GIT_LITERAL_PATHSPECS": "1",
    # refs/replace would show other objects than the commit's own.
    "GIT_NO_REPLACE_OBJECTS": "1",
    # A partial clone fetches what it lacks when it is read, by whatever command its own config names.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PROTOCOL_FROM_USER": "0",
}
#: Whatever of a repository's own config starts a program, or shows what is not there (git help config).
_OVERRIDDEN = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "credential.helper=",
    "log.showSignature=false", "log.mailmap=false", "gc.auto=0", "maintenance.auto=false", "protocol.ext.allow=never",
)  # fmt: skip
_SSH = "ssh -oBatchMode=yes -oConnectTimeout=15"


class GitFailed(Exception):
    """git could not do it. `complaint` is what it said, fit to be shown: one line, without a login or a password."""

    def __init__(self, complaint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint


class GitTooSlow(GitFailed):
    """git gave no answer in time, and was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """git, on one repository. `environ` is the machine's own, of which little is passed on."""

    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def run(self, *arguments: str, seconds: float = PATIENCE, protocol: str = "none") -> bytes:
        """What git answers. `protocol` is the only way by which it may reach another repository.

        Raises GitFailed; UserError where there is no git.
        """
        process = self._start(arguments, protocol=protocol, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            answer, complaint = _gathered(process, seconds)
            process.wait(PATIENCE)
        finally:
            _end(process)
        if process.returncode != 0:
            raise GitFailed(without_secrets(complaint))
        return answer

    def talk(self, *arguments: str) -> Conversation:
        """A git that stays, and answers question by question."""
        process = self._start(arguments, protocol="none", stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return Conversation(process)

    def _start(self, arguments: tuple[str, ...], *, protocol: str, stdin: int, stderr: int) -> subprocess.Popen[bytes]:
        overridden = [part for setting in _OVERRIDDEN for part in ("-c", setting)]
        command = ["git", f"--git-dir={self.folder}", *overridden, *arguments]
        try:
            return subprocess.Popen(
                command, env=environment(self.environ, protocol), cwd="/",
                stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, bufsize=0,
                # Ctrl-C is ours to answer, and whatever git starts must end with it.
                start_new_session=True,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise UserError("The program git was not found.", "Install it (apt install git).") from error
        except OSError as error:
            raise UserError(f"The program git can't be started ({error.strerror}).", "Try: git --version") from error


class Conversation:
    """Questions to a git that stays, and its answers. Ends when it is closed or forgotten.

    Raises GitFailed as soon as git has ended or gives no answer in time.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 - it was started with a pipe
        assert process.stdout is not None  # noqa: S101 - as above
        self._in, self._out = process.stdin.fileno(), process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._buffer = bytearray()
        self._at = 0
        self.close = weakref.finalize(self, _end, process)

    def ask(self, question: bytes) -> None:
        """Put a question of less than 64 KB, so that git can take all of it before its answer is read."""
        try:
            view = memoryview(question)
            while view:
                view = view[os.write(self._in, view) :]
        except OSError as error:
            raise GitFailed("git has ended") from error

    def peek(self) -> bytes:
        """The next byte of the answer."""
        self._want(1)
        return bytes(self._buffer[self._at : self._at + 1])

    def until(self, end: bytes) -> bytes:
        """The answer up to this one byte, which is taken and left out."""
        searched = 0
        while (found := self._buffer.find(end, self._at + searched)) < 0:
            searched = len(self._buffer) - self._at
            self._more()
        taken = bytes(self._buffer[self._at : found])
        self._at = found + 1
        return taken

    def take(self, size: int) -> bytes:
        """So many bytes of the answer."""
        self._want(size)
        taken = bytes(self._buffer[self._at : self._at + size])
        self._at += size
        return taken

    def _want(self, size: int) -> None:
        while len(self._buffer) - self._at < size:
            self._more()

    def _more(self) -> None:
        del self._buffer[: self._at]
        self._at = 0
        if not self._poll.poll(PATIENCE * 1_000):
            raise GitTooSlow(f"no answer within {PATIENCE:.0f} seconds")
        chunk = os.read(self._out, _CHUNK)
        if not chunk:
            raise GitFailed("git has ended")
        self._buffer += chunk


def environment(environ: Mapping[str, str], protocol: str) -> dict[str, str]:
    """The whole environment of git: nothing of the machine's that could name a config, a program or a repository."""
    passed = {name: environ[name] for name in _PASSED if name in environ}
    # This list goes before every `protocol.*` of any config.
    return {"GIT_SSH_COMMAND": _SSH, **passed, **_FIXED, "GIT_ALLOW_PROTOCOL": protocol}


def without_secrets(complaint: bytes) -> str:
    """The one line of git's complaint that says most, without logins, passwords and control characters."""
    lines = [line.strip() for line in complaint.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:", "ERROR:"))]
    line = next(iter(telling or lines[-1:]), "git gave no reason")
    line = re.sub(r"(?<=://)[^/@\s]*@", "", line)
    line = re.sub(r"[?#][^\s'\"]*", "", line)
    line = "".join(sign if sign.isprintable() else " " for sign in line)
    return re.sub(r"^(fatal|error|ERROR): ", "", line).removesuffix(".")[:300]


def _gathered(process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, bytes]:
    ends = time.monotonic() + seconds
    limits: list[tuple[IO[bytes] | None, bytearray, int]] = [
        (process.stdout, bytearray(), _LARGEST_ANSWER), (process.stderr, bytearray(), _LARGEST_COMPLAINT),
    ]  # fmt: skip
    with selectors.DefaultSelector() as selector:
        for stream, gathered, most in limits:
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, (gathered, most))
        while selector.get_map():
            ready = selector.select(max(0.0, ends - time.monotonic()))
            if not ready:
                raise GitTooSlow(f"no answer within {seconds:.0f} seconds")
            for key, _ in ready:
                _take_over(selector, key)
    return bytes(limits[0][1]), bytes(limits[1][1])


def _take_over(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    gathered, most = key.data
    chunk = os.read(key.fd, _CHUNK)
    if not chunk:
        selector.unregister(key.fileobj)
    elif most == _LARGEST_ANSWER and len(gathered) + len(chunk) > most:
        raise GitFailed(f"the answer is larger than {most // 1_000_000} MB")
    else:
        # Of a complaint the beginning is enough; the rest is read, so that git can go on.
        gathered += chunk[: most - len(gathered)]


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    if process.poll() is not None:
        return
    # With its pipes closed git has nothing left to do; what it started (ssh) may hang. Asked first, it tidies up its locks.
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LAST_CHANCE)
