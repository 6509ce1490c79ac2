"""`run`, once the judges are installed: what each of them says, and what was wrong."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.acceptance.service.playing import play
from tests.files import ROOT

TOOLS = ROOT / ".judges" / "service"
EXAMPLES = ROOT / "examples"
#: From 0 (nothing can go wrong) to 10. What is left is that it has a network, as it must.
MOST_EXPOSED = 1.5


def said(*command: str | Path, folder: Path = ROOT) -> tuple[int, str]:
    ran = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, f"{ran.stdout}{ran.stderr}".strip()


def unit(folder: Path) -> list[str]:
    """The unit is one that systemd understands."""
    text = (EXAMPLES / "systemd" / "notifier.service").read_text(encoding="utf-8")
    # What it starts isn't installed here.
    text = text.replace("/opt/notifier/bin/notifier", "/bin/true")
    (folder / "notifier.service").write_text(text, encoding="utf-8")
    code, words = said("systemd-analyze", "verify", "--man=no", folder / "notifier.service")
    return [words] if code or words else []


def exposure(folder: Path) -> list[str]:
    """systemd's own score of what a service that was taken over could do."""
    _, words = said(
        "systemd-analyze", "security", "--offline=yes", "--no-pager", EXAMPLES / "systemd" / "notifier.service"
    )
    found = re.search(r"Overall exposure level for notifier.service: ([\d.]+)", words)
    sys.stdout.write(f"{words.splitlines()[-1]}\n")
    return [] if found and float(found[1]) <= MOST_EXPOSED else [words]


def user(folder: Path) -> list[str]:
    """The user of the unit is made by systemd-sysusers."""
    code, words = said("systemd-sysusers", "--dry-run", EXAMPLES / "systemd" / "notifier.sysusers")
    # Where it is there already, nothing is said.
    return [] if code == 0 and (not words or "Creating user 'notifier'" in words) else [words]


def lint(folder: Path) -> list[str]:
    """hadolint has nothing against the Dockerfile."""
    code, words = said(TOOLS / "tools" / "bin" / "hadolint", ROOT / "Dockerfile")
    return [words] if code or words else []


def compose(folder: Path) -> list[str]:
    """docker-compose reads both files, alone and together."""
    copies = folder / "compose"
    shutil.copytree(EXAMPLES / "compose", copies)
    # Debian's docker-compose is of before the key was there.
    path = copies / "compose.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("name: notifier\n", ""), encoding="utf-8")
    (copies / ".env").write_text("NOTIFIER_HOST=events.example.org\n", encoding="utf-8")
    for files in (["compose.yaml"], ["compose.yaml", "compose.postgres.yaml"]):
        named = [word for file in files for word in ("--file", file)]
        code, words = said("docker-compose", "--project-name", "notifier", *named, "config", "--quiet", folder=copies)
        if code or words:
            return [words]
    return []


def without_extras(folder: Path) -> list[str]:
    """The Dockerfile's steps, and the program as its user on a tree that can't be written."""
    return play(folder, "requirements.txt")


def with_extras(folder: Path) -> list[str]:
    """The same with every extra."""
    return play(folder, "requirements-extras.txt")


CHECKS: tuple[Callable[[Path], list[str]], ...] = (unit, exposure, user, lint, compose, without_extras, with_extras)


def main() -> int:
    words = argparse.ArgumentParser(prog="tests/acceptance/service/run", description=__doc__)
    words.add_argument("--only", action="append", choices=[check.__name__ for check in CHECKS], help="only this one")
    words.add_argument("--keep", action="store_true", help="leave what was made in .judges/service")
    chosen = words.parse_args()
    faults = 0
    for check in CHECKS:
        if chosen.only and check.__name__ not in chosen.only:
            continue
        folder = TOOLS / "tried" / check.__name__
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        wrong = check(folder)
        faults += len(wrong)
        sys.stdout.write(f"{'WRONG' if wrong else 'ok   '} {check.__doc__}\n")
        sys.stdout.writelines(f"      {one}\n" for one in wrong)
        sys.stdout.flush()
        if not chosen.keep and not wrong:
            shutil.rmtree(folder)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
