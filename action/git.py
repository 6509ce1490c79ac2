"""Runs git, with a login that stands in no address and no list of processes."""

from __future__ import annotations

import subprocess
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from action.given import Given

_SECONDS = 100
_KEPT = ("PATH", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    ok: bool
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace").strip()

    @property
    def complaint(self) -> str:
        """The last line of what git complains about."""
        lines = self.err.strip().splitlines()
        return lines[-1].strip() if lines else "git gave no reason"


def git(given: Given, folder: Path, *words: str, feed: bytes | None = None, login: bool = False) -> Ran:
    """Run git in a folder, without a word of the machine's own configuration."""
    try:
        ran = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(folder), *words], input=feed, capture_output=True,
            env=_environ(given, login=login), timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ran(ok=False, out=b"", err=f"git took longer than {_SECONDS} seconds")
    return Ran(ok=ran.returncode == 0, out=ran.stdout, err=ran.stderr.decode("utf-8", "replace"))


def _environ(given: Given, *, login: bool) -> Mapping[str, str]:
    kept = {name: given.environ[name] for name in _KEPT if name in given.environ}
    plain = {
        "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C", "GIT_AUTHOR_NAME": "notifier", "GIT_AUTHOR_EMAIL": "notifier@localhost",
        "GIT_COMMITTER_NAME": "notifier", "GIT_COMMITTER_EMAIL": "notifier@localhost",
    }  # fmt: skip
    return kept | plain | (_login(given) if login else {})


def _login(given: Given) -> dict[str, str]:
    token = given.text("TOKEN")
    if not token:
        return {}
    secret = b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{given.told('GITHUB_SERVER_URL')}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
    }
