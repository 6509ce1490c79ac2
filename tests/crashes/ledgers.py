"""Kill what is done to a ledger as a whole at every point: a backup, a restore, a take-over, a copy into another database. Then look.

Two copies of one ledger never both send, done again it is finished, and what it was made from is whole. Run as a script of its own:
`python -m tests.crashes.ledgers FOLDER [EVERY]`, with EVERY 10 at each tenth point only.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from notifier.edges.ledger import is_there, open_ledger
from notifier.edges.ledger.backup import digest_of, manifest_beside
from tests.crashes.killing import finish, preload, run_command
from tests.crashes.site import CONFIG, FIRST_LOOK, LATER, NOW, expected_keys, make_site
from tests.homes import at_home
from tests.postgres import shared

EARLY = "2026-12-08T09:00:00Z"
LAST = "2026-12-08T10:10:00Z"
WORDS = ("--by", "Anna", "--yes")


class Story(ABC):
    """One command on a site in `room`. All sites there have one outbox. Of its points one in `thinned` is as good as all."""

    name: str
    thinned = 1

    def __init__(self, known: Path, room: Path) -> None:
        self.known, self.room = known, room

    @property
    def site(self) -> Path:
        return self.room / "site"

    def begin(self) -> None:
        """Everything as it is before the command; where it was before, so that the site is at home."""
        shutil.rmtree(self.room, ignore_errors=True)
        self.room.mkdir()
        shutil.copytree(self.known, self.site)
        (self.site / "outbox").rename(self.room / "outbox")
        named(self.site, self.room)
        at_home(self.site / "notifier.db")
        for mark in (self.room / "outbox").glob(".lease-*.json"):
            record = json.loads(mark.read_text())
            mark.write_text(json.dumps(record | {"folder": mark.parent.stat().st_ino}))

    @abstractmethod
    def killed(self) -> tuple[Path, tuple[str, ...]]:
        """At which site which command."""

    @abstractmethod
    def afterwards(self) -> Iterator[str]:
        """Go on, and say whatever is wrong."""

    def once_each(self) -> Iterator[str]:
        keys = Counter(json.loads(path.read_text())["key"] for path in self.room.glob("outbox/[!.]*/delivery.json"))
        if keys != Counter(expected_keys()):
            yield f"the outbox holds {dict(keys)}"
        if left := [one.name for one in self.room.rglob(".notifier-*") if one.is_dir() and list(one.iterdir())]:
            yield f"left over: {left}"


class BackingUp(Story):
    name = "a backup"

    @property
    def out(self) -> Path:
        return self.room / "b.db"

    def killed(self) -> tuple[Path, tuple[str, ...]]:
        return self.site, ("backup", str(self.out))

    def afterwards(self) -> Iterator[str]:
        if not self.out.exists():
            finish(run_command(self.site, self.killed()[1]), "backing up again")
        manifest = manifest_beside(self.out)
        if (
            manifest is None
            or manifest.digest != digest_of(self.out)
            or asked(self.out, "PRAGMA quick_check") != ["ok"]
        ):
            yield "the backup is not what stands beside it"
        if asked(self.out, "SELECT copied_at IS NOT NULL FROM lease") != [1]:
            yield "the backup doesn't know that it is one"
        # Into the same place what was broken off is cleared away.
        finish(run_command(self.site, ("backup", str(self.room / "another.db"))), "the next backup")
        for text in (NOW, LATER):
            finish(run_command(self.site, ("tick", "--at", text)), "a tick after the backup")
        yield from self.once_each()


class Restoring(Story):
    name = "a restore"

    def begin(self) -> None:
        super().begin()
        finish(run_command(self.site, ("backup", str(self.room / "b.db"))), "a backup")
        finish(run_command(self.site, ("tick", "--at", NOW)), "the tick after it")

    def killed(self) -> tuple[Path, tuple[str, ...]]:
        return self.site, ("restore", str(self.room / "b.db"), "--yes")

    def afterwards(self) -> Iterator[str]:
        # Whichever is there now, nothing goes out again.
        run_command(self.site, ("tick", "--at", LATER))
        finish(run_command(self.site, self.killed()[1]), "restoring again")
        finish(run_command(self.site, ("ledger", "take-over", *WORDS, "--at", LATER)), "taking over")
        finish(run_command(self.site, ("tick", "--at", LAST)), "a tick after that")
        if statuses(self.site / "notifier.db") != dict.fromkeys(expected_keys(), "sent"):
            yield f"the ledger says {statuses(self.site / 'notifier.db')}"
        kept = [statuses(one) for one in self.site.glob("notifier.db.before-restore-*Z")]
        if dict.fromkeys(expected_keys(), "sent") not in kept:
            yield f"what was there before is not kept: {kept}"
        yield from self.once_each()


class TakingOver(Story):
    name = "a take-over"

    @property
    def copy(self) -> Path:
        return self.room / "copy"

    def begin(self) -> None:
        super().begin()
        shutil.copytree(self.site, self.copy)

    def killed(self) -> tuple[Path, tuple[str, ...]]:
        return self.copy, ("ledger", "take-over", *WORDS, "--at", EARLY)

    def afterwards(self) -> Iterator[str]:
        for site in (self.copy, self.site):
            run_command(site, ("tick", "--at", NOW))
        sent = [site.name for site in (self.copy, self.site) if "sent" in self.statuses(site).values()]
        if len(sent) > 1:
            yield "both have sent"
        finish(run_command(self.copy, ("ledger", "take-over", *WORDS, "--at", LATER)), "taking over again")
        finish(run_command(self.copy, ("tick", "--at", LATER)), "a tick after that")
        run_command(self.site, ("tick", "--at", LAST))
        if self.statuses(self.copy) != dict.fromkeys(expected_keys(), "sent"):
            yield f"the ledger says {self.statuses(self.copy)}"
        yield from self.once_each()

    def statuses(self, site: Path) -> dict[str, str]:
        return statuses(site / "notifier.db")


class TakingOverAtAServer(TakingOver):
    """The same, with each ledger in a database of its own: the copy was made by the server."""

    name = "a take-over at a server"
    urls: tuple[str, str] | None = None

    def begin(self) -> None:
        for url in self.urls or ():
            shared().drop(url)
        Story.begin(self)
        server = shared()
        first = server.database(empty=True)
        finish(run_command(self.site, ("ledger", "copy", first, "--yes")), "moving to a server")
        at_server(self.site, first)
        # So that the mark is that of the ledger there.
        finish(run_command(self.site, ("tick", "--at", "2026-11-20T09:05:00Z")), "a tick there")
        self.urls = (first, server.copy(first))
        shutil.copytree(self.site, self.copy)
        at_server(self.copy, self.urls[1], instead_of=first)

    def killed(self) -> tuple[Path, tuple[str, ...]]:
        return self.copy, ("ledger", "take-over", *WORDS, "--only-here", "--at", EARLY)

    def afterwards(self) -> Iterator[str]:
        for site in (self.copy, self.site):
            run_command(site, ("tick", "--at", NOW))
        finish(
            run_command(self.copy, ("ledger", "take-over", *WORDS, "--only-here", "--at", LATER)), "taking over again"
        )
        finish(run_command(self.copy, ("tick", "--at", LATER)), "a tick after that")
        run_command(self.site, ("tick", "--at", LAST))
        if self.statuses(self.copy) != dict.fromkeys(expected_keys(), "sent"):
            yield f"the ledger says {self.statuses(self.copy)}"
        yield from self.once_each()

    def statuses(self, site: Path) -> dict[str, str]:
        assert self.urls is not None
        with closing(open_ledger(self.urls[site == self.copy])) as ledger:
            return {row.key: row.status for row in ledger.rows() if row.status not in ("skipped", "planned")}


class Copying(Story):
    name = "a copy into another file"
    # Most of them are rows of one transaction.
    thinned = 5

    def url(self) -> str:
        return f"sqlite:///{self.room / 'copy.db'}"

    def killed(self) -> tuple[Path, tuple[str, ...]]:
        return self.site, ("ledger", "copy", self.url(), "--yes")

    def may_send(self) -> bool:
        """Whether the copy may."""
        file = self.room / "copy.db"
        return bool(file.exists() and asked(file, "SELECT 1 FROM sqlite_master WHERE name = 'lease'")) and asked(
            file, "SELECT count(*) FROM lease WHERE copied_at IS NULL AND stopped = ''"
        ) == [1]

    def afterwards(self) -> Iterator[str]:
        source = asked(self.site / "notifier.db", "SELECT stopped = '' FROM lease") == [1]
        if source and self.may_send():
            yield "both may send"
        finish(run_command(self.site, self.killed()[1]), "copying again")
        there = self.room / "there"
        shutil.copytree(self.site, there, ignore=shutil.ignore_patterns("notifier.db*"))
        at_server(there, self.url())
        run_command(self.site, ("tick", "--at", NOW))
        for text in (NOW, LATER):
            finish(run_command(there, ("tick", "--at", text)), "a tick with the copy")
        if statuses(self.site / "notifier.db"):
            yield "the source has sent"
        yield from self.once_each()


class CopyingToAServer(Copying):
    name = "a copy into a database at a server"
    _url = ""

    def begin(self) -> None:
        super().begin()
        if self._url:
            shared().drop(self._url)
        self._url = shared().database(empty=True)

    def url(self) -> str:
        return self._url

    def may_send(self) -> bool:
        if not is_there(self._url):
            return False
        with closing(open_ledger(self._url)) as ledger:
            lease = ledger.lease()
        return lease is not None and lease.fence > 0 and lease.copied_at is None and not lease.stopped


STORIES: Sequence[Callable[[Path, Path], Story]] = (
    BackingUp, Restoring, TakingOver, Copying, CopyingToAServer, TakingOverAtAServer,
)  # fmt: skip


def run_stories(folder: Path, *, every: int = 1) -> int:
    """Print the points and the kills; returns how often something was wrong."""
    preload(folder)
    known = folder / "known"
    make_site(known)
    (known / "outbox").mkdir()
    finish(run_command(known, ("tick", "--at", FIRST_LOOK)), "the first look")
    return sum(_kill_everywhere(make(known, folder / "room"), folder, every=every) for make in STORIES)


def _kill_everywhere(story: Story, folder: Path, *, every: int) -> int:
    log = folder / "points.json"
    story.begin()
    finish(run_command(*story.killed(), log=log), f"{story.name}, with no kill")
    if complaints := list(story.afterwards()):
        raise SystemExit(f"{story.name}: WRONG without any kill: {complaints}")
    names: list[str] = json.loads(log.read_text())
    chosen, kills, wrong = range(1, len(names) + 1, every * story.thinned), 0, 0
    for number in chosen:
        story.begin()
        kills += run_command(*story.killed(), kill_at=number) == -signal.SIGKILL
        try:
            complaints = list(story.afterwards())
        except SystemExit as broken:
            complaints = [str(broken)]
        if complaints:
            wrong += 1
            say(f"{story.name}: WRONG after a kill at point {number} ({names[number - 1]}): {complaints}")
    counted = ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items()))
    say(f"{story.name}: {len(names)} points ({counted}); {len(chosen)} tried, {kills} kills, {wrong} wrong")
    return wrong + (len(chosen) - kills)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def named(site: Path, room: Path) -> None:
    """Let a site hand over into the outbox of the room."""
    text = CONFIG.replace("folder: outbox}", f"folder: {room / 'outbox'}}}")
    (site / "config.yaml").write_text(text, encoding="utf-8")


def at_server(site: Path, url: str, *, instead_of: str = "sqlite:///notifier.db") -> None:
    config = site / "config.yaml"
    text = config.read_text(encoding="utf-8")
    assert instead_of in text
    config.write_text(text.replace(instead_of, url), encoding="utf-8")


def asked(file: Path, query: str) -> list[object]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as ledger:
        return [row[0] for row in ledger.execute(query)]


def statuses(file: Path) -> dict[str, str]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as ledger:
        return dict(ledger.execute("SELECT key, status FROM deliveries WHERE status NOT IN ('skipped', 'planned')"))


if __name__ == "__main__":
    shared()
    sys.exit(run_stories(Path(sys.argv[1]), every=int(sys.argv[2]) if len(sys.argv) > 2 else 1))
