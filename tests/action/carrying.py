"""A site that ticks in runs, each on a new machine: its repository on a server, its provider an emulated Mailchimp."""

from __future__ import annotations

import sqlite3
import tarfile
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.action.github import REPOSITORY, FakeGitHub
from tests.action.runner import Played, Runner
from tests.action.site import CONFIG, a_website
from tests.builders import at
from tests.edges.repositories import Repository
from tests.mailchimp.control import Emulator

BRANCH = "refs/heads/notifier-ledger"
FIRST_LOOK = "2026-11-20 09:00"
#: When the choir's first reminder is due.
DUE = "2026-12-02 10:00"


class Runs:
    """`tick` is a run of the workflow at a time; `server` is the bare repository, `site` what is checked out."""

    def __init__(self, folder: Path, github: FakeGitHub, mailchimp: Emulator) -> None:
        self.folder, self.github, self.mailchimp = folder, github, mailchimp
        self.site = a_website(folder / "site")
        self.write_config(CONFIG)
        bare = folder / "server" / f"{REPOSITORY}.git"
        bare.parent.mkdir(parents=True)
        self.site.git("clone", "--quiet", "--bare", ".", str(bare))
        self.server = Repository(bare)
        self.runner = Runner(folder=folder, workspace=folder / "site", github=github, server=f"file://{folder}/server")

    def write_config(self, text: str) -> None:
        place = f"type: mailchimp\n    timeout: 60s\n    base_url: {self.mailchimp.base_url}"
        text = text.replace("type: mailchimp", place).replace("abc123", self.mailchimp.list_id())
        self.site.write("config.yaml", text)

    def on_another_machine(self) -> Runs:
        """The same site, checked out a second time."""
        clone = self.folder / "clone"
        self.site.git("clone", "--quiet", ".", str(clone))
        (clone / "config.yaml").write_bytes((self.site.folder / "config.yaml").read_bytes())
        other = copy(self)
        other.runner = replace(self.runner, folder=self.folder / "other", workspace=clone)
        return other

    def play(
        self, time: str = "", *, command: str = "tick", on: str = "schedule", ref: str = "refs/heads/main",
        start: Callable[..., Any] | None = None, **inputs: str,
    ) -> Played:  # fmt: skip
        if time:
            self.mailchimp.set_clock(at(time))
            inputs |= {"at": f"{time.replace(' ', 'T')}:00Z"}
        given = {name.replace("_", "-"): value for name, value in inputs.items()} | {"command": command}
        key = {"MAILCHIMP_API_KEY": self.mailchimp.api_key}
        return self.runner.play(given, {}, on=on, ref=ref, environ=key, start=start)

    def tick(self, time: str, **inputs: Any) -> Played:
        played = self.play(time, **inputs)
        assert played.ok, played.log
        return played

    def commit(self) -> str:
        return self.server.git("rev-parse", BRANCH)

    def statuses(self) -> list[str]:
        """Of everything that is due by now or was, as the branch has it."""
        found = self.folder / "found.db"
        self.server.git("archive", "--format=tar", f"--output={self.folder / 'ledger.tar'}", BRANCH, "ledger.db")
        with tarfile.open(self.folder / "ledger.tar") as archive:
            held = archive.extractfile("ledger.db")
            assert held is not None
            found.write_bytes(held.read())
        with sqlite3.connect(found) as ledger:
            rows = ledger.execute(
                "SELECT status FROM deliveries WHERE kind = 'reminder' AND due_at < '2026-12-03' ORDER BY 1"
            )
            return [status for (status,) in rows]

    def mails(self) -> int:
        return len(self.mailchimp.outbox())

    def refuse_pushes(self, *, after: int) -> None:
        """Let the server take so many more, and then none."""
        hook = self.server.folder / "hooks" / "pre-receive"
        left = self.server.folder / "left"
        left.write_text(str(after))
        hook.write_text(
            f'#!/bin/sh\nread n < {left}\n[ "$n" -gt 0 ] || {{ echo "no more" >&2; exit 1; }}\necho $((n - 1)) > {left}\n'
        )
        hook.chmod(0o755)

    def take_pushes(self) -> None:
        (self.server.folder / "hooks" / "pre-receive").unlink()
