"""What `docker build` and `docker run` would do, done in a folder: each RUN, then the program on a closed tree.

The network is the machine's own, and so is Python: what a container would have of its own is not tried.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from notifier.cli.demo import demo_files
from tests.acceptance.service.dockerfile import copied, stages
from tests.files import ROOT
from tests.web.served import free_port

USER = 10001
PATIENCE = 120.0
#: Nothing but the site and /tmp's stand-in can be written, and nothing may be gained: read_only, cap_drop, no-new-privileges.
_CLOSED = """
set -eu
mount --make-rprivate /
mount --bind "$1/site" "$1/site"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$1/tmp"
mount -o remount,bind,ro /
for place in /tmp /var /home /root /run; do
  if mountpoint -q "$place"; then mount -o remount,bind,ro "$place"; fi
done
shift
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""
_CONFIG = """\
site: {id: example, name: Example, domain: example.org, url: https://www.example.org, staff: [events@example.org]}
sources:
  - {name: site, git: {url: WEBSITE, branch: main}, events: [{preset: jekyll-events}], projects: {files: _projects/*.md}}
providers: {outbox: {type: outbox, folder: outbox}}
audiences: {newsletter: {provider: outbox, public: true}}
rules: {reminder: {kind: reminder, audiences: [newsletter], when: {before: 2h}, grace: 1h}}
feeds: {all: {title: All}, team: {title: Team, secret: true}}
secret_key: {credential: secret_key}
tick: 1s
"""


def build(folder: Path, lock: str) -> None:
    """The build stage, in `folder` in place of the root."""
    source = folder / "src"
    source.mkdir(parents=True)
    (folder / "opt").mkdir()
    for instruction in stages()[0]:
        if instruction.word == "RUN":
            command = instruction.rest.replace("/opt/notifier", str(folder / "opt" / "notifier"))
            environ = {
                "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
                "HOME": str(folder),
                "LOCK": lock,
                "PIP_NO_INPUT": "1",
            }
            _python_in(folder / "bin")
            subprocess.run(["/bin/sh", "-c", command], cwd=source, check=True, env=environ, stdout=subprocess.DEVNULL)
        if instruction.word == "COPY":
            for names, to in copied([instruction]):
                _copy(names, source, to)


def _python_in(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    if not (folder / "python").exists():
        # Not that of the tests' own environment, which has all the libraries.
        (folder / "python").symlink_to(os.path.realpath(sys.executable))


def _copy(names: list[str], source: Path, to: str) -> None:
    for name in names:
        target = source / to / name if to in (".", "./") else source / to
        target.parent.mkdir(parents=True, exist_ok=True)
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(origin, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        else:
            shutil.copyfile(origin, target)


def prepare(folder: Path) -> None:
    """What the admin lays out: config.yaml, the secret, a repository; and the folders that are mounted."""
    website = folder / "website"
    for name, text in demo_files(datetime.now(UTC)).items():  # noqa: TID251 - the program under test has the machine's clock
        (website / name).parent.mkdir(parents=True, exist_ok=True)
        (website / name).write_text(text, encoding="utf-8")
    author = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org", "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "Events"]):
        subprocess.run(["git", *author, *words], cwd=website, check=True)
    for name in ("etc", "secrets", "site", "tmp"):
        (folder / name).mkdir()
    (folder / "etc" / "config.yaml").write_text(_CONFIG.replace("WEBSITE", str(website)), encoding="utf-8")
    (folder / "secrets" / "secret_key").write_text("0123456789abcdef" * 4, encoding="ascii")
    (folder / "secrets" / "secret_key").chmod(0o400)
    (folder / "site" / "config.yaml").symlink_to(folder / "etc" / "config.yaml")
    for path in (folder / "secrets" / "secret_key", folder / "site", website, *website.rglob("*")):
        os.chown(path, USER, USER)


def environment(folder: Path, port: int) -> dict[str, str]:
    found = {
        name: value
        for one in stages()[1] if one.word == "ENV"
        for name, _, value in (part.partition("=") for part in one.rest.split())
    }  # fmt: skip
    found |= {"PATH": f"{folder / 'opt/notifier/bin'}:/usr/bin:/bin", "CREDENTIALS_DIRECTORY": str(folder / "secrets")}
    return found | {"HOME": str(folder / "site"), "TMPDIR": str(folder / "tmp"), "NOTIFIER_PORT": str(port)}


def as_user(folder: Path, words: list[str], environ: Mapping[str, str], **more: object) -> subprocess.Popen[bytes]:
    command = ["unshare", "--mount", "/bin/sh", "-c", _CLOSED, "closed", str(folder), *words]
    return subprocess.Popen(command, cwd=folder / "site", env=dict(environ), **more)  # type: ignore[call-overload, no-any-return]  # where its output goes


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The image's ENTRYPOINT and CMD, on loopback."""
    words = [part for one in stages()[1] if one.word in ("ENTRYPOINT", "CMD") for part in one.listed]
    words = [{"0.0.0.0": "127.0.0.1", "8000": str(port)}.get(word, word) for word in words]  # noqa: S104 - what is replaced
    with (folder / "log").open("wb") as log:
        program = as_user(folder, words, environment(folder, port), stdout=log, stderr=log)
    try:
        yield program
    finally:
        program.kill()
        program.wait(PATIENCE)


def healthy(folder: Path, port: int) -> bool:
    """The image's HEALTHCHECK."""
    check = next(one for one in stages()[1] if one.word == "HEALTHCHECK")
    return as_user(folder, check.listed, environment(folder, port), stderr=subprocess.DEVNULL).wait(PATIENCE) == 0


def ends_well(program: subprocess.Popen[bytes]) -> bool:
    sign = next(one.rest for one in stages()[1] if one.word == "STOPSIGNAL")
    program.send_signal(signal.Signals[sign])
    return program.wait(PATIENCE) == 0


def play(folder: Path, lock: str) -> list[str]:
    """What was wrong, in sentences."""
    build(folder, lock)
    prepare(folder)
    wrong, port = [], free_port()
    with running(folder, port) as program:
        until = time.monotonic() + PATIENCE
        while not (well := healthy(folder, port)) and time.monotonic() < until and program.poll() is None:
            time.sleep(0.5)  # noqa: TID251 - another program takes its time
        if not well:
            wrong.append(f"It was never healthy: {(folder / 'log').read_text()[-1500:]}")
        if (
            as_user(
                folder,
                ["sh", "-c", "echo > ../elsewhere 2>/dev/null || echo > ../opt/notifier/x"],
                environment(folder, port),
                stderr=subprocess.DEVNULL,
            ).wait()
            == 0
        ):
            wrong.append("The tree around the site could be written.")
        if well and not ends_well(program):
            wrong.append(f"It ended with {program.returncode}.")
    if healthy(folder, port):
        wrong.append("The health check says yes to a program that isn't there.")
    made = {path.name for path in (folder / "site").iterdir()} - {"config.yaml"}
    if not made >= {"notifier.db", "feeds", "secret-feeds", "notifier-git"}:
        wrong.append(f"It wrote only {sorted(made)}.")
    return wrong
