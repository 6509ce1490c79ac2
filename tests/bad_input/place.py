"""A site of three due reminders and the real command line, each command a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from notifier.core.identity import uid_for
from tests.builders import a_site
from tests.crashes.site import EVENTS, FIRST_LOOK, LATER, NOW, make_site
from tests.files import ROOT
from tests.forks import forks
from tests.homes import copied_as_moved

__all__ = ["ALL", "FIRST_LOOK", "GARDEN", "LATER", "NOW", "TOO_LATE", "Place", "Ran", "copied", "made_at"]

ALL = sorted(EVENTS)
GARDEN = "_events/2026-12-09-garden.md"
#: After the reminders have ceased to be of use (half of their day), and before the events.
TOO_LATE = "2026-12-08T23:00:00Z"

#: Root ignores permissions by two capabilities. Without them it is an owner like any other; a process of another
#: user could not even start Python where that lies in root's own folder.
_ORDINARY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
_NAMES = {uid_for(a_site(), "website", f"_events/2026-12-09-{name}.md"): name for name in EVENTS}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said; the site's folder stands as SITE."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Place:
    """A site in a folder, with everything that can be asked of it from outside."""

    folder: Path

    def run(self, *arguments: str, ordinary: bool = False) -> Ran:
        """`ordinary`: as a user whom permissions bind, also where the tests run as root."""
        command = (*arguments, "--config", str(self.folder / "config.yaml"))
        code, out, err = _as_ordinary_user(command) if ordinary else forks().run(*command)
        return Ran(code, self._named(out), self._named(err))

    def tick(self, at: str = NOW, *, ordinary: bool = False) -> Ran:
        return self.run("tick", "--at", at, ordinary=ordinary)

    def delivered(self) -> list[str]:
        """The events whose reminder is in the outbox, one entry a delivery."""
        records = [json.loads(path.read_bytes()) for path in (self.folder / "outbox").glob("[!.]*/delivery.json")]
        return sorted(_NAMES[uid] for record in records for uid in record["event_uids"])

    def leftovers(self) -> list[str]:
        """What is hidden in the outbox beside its lock: unfinished drafts."""
        return sorted(
            path.name for path in (self.folder / "outbox").glob(".*") if not path.name.startswith((".lock", ".lease-"))
        )

    def feed(self) -> bytes:
        return (self.folder / "feeds" / "all.ics").read_bytes()

    def file(self, name: str) -> Path:
        return self.folder / name

    def change(self, name: str, old: str, new: str) -> None:
        """Replace words in a file of the site."""
        text = self.file(name).read_text()
        assert old in text
        self.file(name).write_text(text.replace(old, new))

    def _named(self, text: str) -> str:
        return text.replace(str(self.folder), "SITE")


def made_at(folder: Path) -> Place:
    """A new site that has had its first look, weeks before anything is due."""
    make_site(folder)
    place = Place(folder)
    first = place.tick(FIRST_LOOK)
    assert (first.code, first.err) == (0, "")
    return place


def copied(place: Place, folder: Path) -> Place:
    """The same site elsewhere, ledger and all."""
    copied_as_moved(place.folder, folder)
    return Place(folder)


def _as_ordinary_user(arguments: Sequence[str]) -> tuple[int, str, str]:
    is_root = os.geteuid() == 0
    if is_root and shutil.which(_ORDINARY[0]) is None:
        pytest.skip("root ignores permissions, and setpriv is not here to give that up")
    command = [*(_ORDINARY if is_root else ()), sys.executable, "-m", "notifier", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    return ran.returncode, ran.stdout, ran.stderr
