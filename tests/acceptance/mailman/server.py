"""GNU Mailman in a folder of its own: started with what lists need and no more, and stopped with all its runners."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.web.served import free_port

#: Mailman's own names of what a list's post doesn't need; each that runs takes 90 MB.
_RESTING = ("archive", "bounces", "command", "digest", "retry", "task")
_CONFIG = """\
[mailman]
site_owner: postmaster@lists.example.org
layout: here_alone
[paths.here_alone]
var_dir: {folder}/var
[webservice]
hostname: 127.0.0.1
port: {rest}
[mta]
incoming: mailman.mta.null.NullMTA
lmtp_host: 127.0.0.1
lmtp_port: {lmtp}
smtp_host: 127.0.0.1
smtp_port: {out}
[database]
url: sqlite:///{folder}/var/mailman.db
"""
_LOGIN = "Basic " + base64.b64encode(b"restadmin:restpass").decode()
_PATIENCE = 90.0
_PAUSE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailman:
    """A Mailman that runs: `lmtp` is the port where it takes mails in, `rest` that of its questions and answers."""

    folder: Path
    lmtp: int
    rest: int

    def ask(self, path: str, *, method: str = "", **fields: object) -> Any:
        """Its answer as JSON, None where it has none to give. Raises urllib's HTTPError where it refuses."""
        words = urllib.parse.urlencode(fields).encode() if fields else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.rest}/3.1/{path}", data=words, headers={"Authorization": _LOGIN}
        )
        if method:
            request.method = method
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def version(self) -> str:
        return str(self.ask("system/versions")["mailman_version"])

    def make_list(self, address: str, members: tuple[str, ...], **settings: str) -> None:
        """A list with members who need not confirm; `settings` by Mailman's names."""
        self.ask("lists", fqdn_listname=address)
        # No mails of its own, and nothing for the runners that rest: what we look at is what it makes of a post.
        own = {"send_welcome_message": False, "archive_policy": "never", "digests_enabled": False}
        self.ask(f"lists/{address}/config", method="PATCH", **own, **settings)
        for member in members:
            self.ask(
                "members", list_id=address.replace("@", "."), subscriber=member,
                pre_verified=True, pre_confirmed=True, pre_approved=True,
            )  # fmt: skip

    def held(self, address: str) -> list[int]:
        """The numbers of the posts that wait for a moderator of this list."""
        return [one["request_id"] for one in self.ask(f"lists/{address}/held").get("entries", [])]

    def accept(self, address: str, post: int) -> None:
        self.ask(f"lists/{address}/held/{post}", action="accept")

    def settle(self) -> list[str]:
        """Wait until it has nothing left to do; the queues in which it put aside what it could not do."""
        waited(lambda: not self._queued(but=("shunt", "bad")), "Mailman has mails left that it doesn't deliver.")
        return sorted({file.parent.name for file in self._queued(but=())})

    def _queued(self, *, but: tuple[str, ...]) -> list[Path]:
        """Its mails under way; one that is being worked on has the ending .bak."""
        files = (self.folder / "var" / "queue").glob("*/*.*")
        return [file for file in files if file.parent.name not in but]


@contextmanager
def mailman(program: Path, folder: Path, *, out: int) -> Iterator[Mailman]:
    """Mailman of the venv `program`, in `folder`, that hands on mails at the port `out`."""
    made = Mailman(folder=folder, lmtp=free_port(), rest=free_port())
    folder.mkdir(parents=True)
    config = folder / "mailman.cfg"
    resting = "".join(f"[runner.{name}]\nstart: no\n" for name in _RESTING)
    text = _CONFIG.format(folder=folder, rest=made.rest, lmtp=made.lmtp, out=out) + resting
    config.write_text(text, encoding="utf-8")
    words = [str(program / "bin" / "master"), "--config", str(config)]
    environment = {"HOME": str(folder), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "ignore"}
    with (
        (folder / "output").open("wb") as output,
        subprocess.Popen(
            words, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        ) as child,
    ):
        try:
            waited(lambda: _answers(made, child), f"Mailman did not start; see {folder}/output and {folder}/var/logs.")
            yield made
        finally:
            _stop(child)


def _answers(made: Mailman, child: subprocess.Popen[bytes]) -> bool:
    if child.poll() is not None:
        raise RuntimeError(f"Mailman ended with {child.returncode}; see {made.folder}/output.")
    try:
        made.ask("system/versions")
    except (OSError, ValueError):
        return False
    return _listens(made.lmtp)


def _listens(port: int) -> bool:
    """Whether somebody listens there; Linux knows without a call, of which Mailman's log would tell."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return any(fields[1].endswith(f":{port:04X}") and fields[3] == "0A" for fields in map(str.split, lines))


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Let it end with its runners; whoever is left of its process group is killed."""
    child.terminate()
    try:
        child.wait(30)
    except subprocess.TimeoutExpired:
        child.kill()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def waited(happened: Callable[[], bool], else_: str) -> None:
    """Wait until it happened. Raises RuntimeError with these words where it doesn't."""
    last = time.monotonic() + _PATIENCE
    while not happened():
        if time.monotonic() > last:
            raise RuntimeError(else_)
        time.sleep(_PAUSE)  # noqa: TID251 - another program has to come so far
