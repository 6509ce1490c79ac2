"""Runs notifier, with no more of the environment than it may know."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from action.given import Given

#: What a program needs to run. A pull request's config.yaml may name any variable, so that no other is there for it.
_PLAIN = frozenset(
    {"PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "TMPDIR", "RUNNER_TEMP", "GITHUB_WORKSPACE", "SSL_CERT_FILE"}
)
#: What notifier has no use for, even where its site is trusted.
_OURS = frozenset({"NOTIFIER_HEARTBEAT", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str


def notifier(given: Given, *words: str, trusted: bool = False) -> Ran:
    """Run a command of notifier in the workspace. `trusted`: the site's own branch, which may know the secrets it is given."""
    # -P: a checkout may have a folder that is called as one of our libraries.
    command = [sys.executable, "-P", "-m", "notifier", *words]
    ran = subprocess.run(
        command, cwd=given.workspace, env=_environ(given.environ, trusted=trusted), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    return Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr)


def _environ(environ: Mapping[str, str], *, trusted: bool) -> dict[str, str]:
    ours = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    if trusted:
        return {name: value for name, value in environ.items() if name not in _OURS} | ours
    return {name: value for name, value in environ.items() if name in _PLAIN} | ours
