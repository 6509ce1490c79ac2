"""Years of a site's repository, told commit by commit and made in one go; and what a replay of it says, in short lines."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.builders import at
from tests.cli.running import run
from tests.edges.repositories import ENVIRON

Row = dict[str, Any]
#: The local minute, the kind, the event's title (the rule, of a digest) and the audience.
Line = tuple[str, str, str, str]

CONFIG = """\
site: {id: story, name: Example Commons, domain: example.org, url: "https://www.example.org", timezone: %s, language: %s,
  postal_address: "Example Commons, 1 Example Street, Exampleton"}
sources:
  - name: website
    git: {path: website.git}
    events:
%s
providers:
  letters: {type: outbox, folder: outbox}
"""
#: One audience, of which mails are seldom enough never to be in each other's way.
ALL = ("news", "overseas", "members")
LIST = """\
audiences:
  list: {provider: letters}
rules:
  announce: {kind: announcement, audiences: [list]}
  day: {kind: reminder, audiences: [list], when: {before: 1d, at: "10:00"}}
  change: {kind: change, audiences: [list]}
  cancel: {kind: cancellation, audiences: [list]}
  follow: {kind: follow_up, audiences: [list]}
sending: {per_day: 5}
ledger: {url: "sqlite:///notifier.db"}
"""


@dataclass(slots=True)
class Story:
    """What authors did to the files of a site whose clocks show `zone`."""

    zone: str = "Europe/London"
    files: dict[str, bytes] = field(default_factory=dict)
    #: When each commit of the main branch was made, as clocks showed it.
    moments: list[str] = field(default_factory=list)
    _stream: list[bytes] = field(default_factory=list)
    _marks: int = 0
    _main: int = 0
    _side: list[tuple[int, dict[str, bytes]]] = field(default_factory=list)

    def write(self, path: str, text: str | bytes) -> None:
        self.files[path] = text if isinstance(text, bytes) else text.encode()

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace what stands once in a file."""
        text = self.files[path].decode()
        assert text.count(old) == 1, (path, old, text)
        self.write(path, text.replace(old, new))

    def move(self, old: str, new: str) -> None:
        self.files[new] = self.files.pop(old)

    def each(self, change: Callable[[str], str], among: str = "") -> None:
        """Change the text of every file whose path has `among` in it."""
        for path in [path for path in self.files if among in path]:
            self.write(path, change(self.files[path].decode()))

    def commit(self, moment: str, *, authored: str | None = None, written: str | None = None) -> None:
        """Commit all files as they are. `written` is what a wrong clock says that it is."""
        self._add(written or moment, authored or moment)
        self.moments.append(moment)

    def leave(self) -> None:
        """From now on work on a branch of one's own."""
        self._side = [(self._main, dict(self.files))]

    def aside(self, moment: str) -> None:
        """Commit to that branch."""
        self._add(moment, moment, branch="aside", parent=self._side[-1][0])
        self._side.append((self._marks, dict(self.files)))

    def back(self) -> None:
        """Go back to the main branch as it was."""
        self.files = dict(self._side[0][1])

    def merge(self, moment: str) -> None:
        """Merge the branch: of it the files that it changed or made, beside what was done since."""
        (_, before), (tip, after) = self._side[0], self._side[-1]
        self.files |= {path: data for path, data in after.items() if before.get(path) != data}
        self._add(moment, moment, merged=tip)
        self.moments.append(moment)
        self._side = []

    def _add(
        self, moment: str, authored: str, *, branch: str = "main", parent: int | None = None, merged: int | None = None
    ) -> None:
        parent = parent if parent is not None else self._main or None
        self._marks += 1
        rows = [
            f"commit refs/heads/{branch}\nmark :{self._marks}\n".encode(),
            f"author A <a@example.org> {self._seconds(authored)} +0000\n".encode(),
            f"committer C <c@example.org> {self._seconds(moment)} +0000\ndata 4\nEdit\n".encode(),
            f"from :{parent}\n".encode() if parent else b"",
            f"merge :{merged}\n".encode() if merged else b"",
            b"deleteall\n",
        ]
        for path, data in self.files.items():
            rows.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
        self._stream += rows
        if branch == "main":
            self._main = self._marks

    def _seconds(self, moment: str) -> int:
        return int(at(moment, self.zone).timestamp())

    def make(self, folder: Path) -> None:
        """The bare repository of all this."""
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--bare", "-b", "main")
        git(folder, "fast-import", "--quiet", feed=b"".join(self._stream))

    def make_again(self, folder: Path, branch: str) -> None:
        """The same once more, on a branch of other commits: as after a rebase."""
        stream = b"".join(self._stream).replace(b"\ndata 4\nEdit\n", b"\ndata 4\nAnew\n")
        git(folder, "fast-import", "--quiet", feed=stream.replace(b"refs/heads/", f"refs/heads/{branch}-".encode()))


def git(folder: Path, *arguments: str, feed: bytes = b"") -> str:
    environ = {**ENVIRON, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    ran = subprocess.run(["git", "-C", folder, *arguments], env=environ, check=True, input=feed, capture_output=True)
    return ran.stdout.decode()


@dataclass(frozen=True)
class Told:
    """A replay's record, in the site's own time."""

    record: Row
    zone: str

    @property
    def sent(self) -> list[Row]:
        return [row for row in self.record["deliveries"] if row["status"] == "sent"]

    @property
    def lines(self) -> list[Line]:
        """What went out, in the order of time."""
        return sorted(self._line(row, row["sent_at"]) for row in self.sent)

    def kept_back(self, status: str) -> list[Line]:
        """What did not, under its status, at the time it was due."""
        return sorted(self._line(row, row["due_at"]) for row in self.record["deliveries"] if row["status"] == status)

    def _line(self, row: Row, moment: str) -> Line:
        about = row["rule"] if row["kind"] == "digest" else row["events"][0]["title"]
        return self.local(moment).strftime("%Y-%m-%d %H:%M"), row["kind"], about, row["audience"]

    def local(self, moment: str) -> datetime:
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(self.zone))


def lay_out(folder: Path, story: Story, config: str) -> None:
    """A site's folder, with the whole repository."""
    story.make(folder / "website.git")
    (folder / "config.yaml").write_text(config, encoding="utf-8")


def replayed(folder: Path, story: Story, until: str, *options: str) -> Told:
    """What a replay says of a site that is laid out, until `until` on its clocks."""
    ran = run("replay", "--at", at(until, story.zone).isoformat(), "--format", "json", *options, folder=folder)
    assert (ran.code, ran.err) == (0, "")
    return Told(record=json.loads(ran.out), zone=story.zone)


def expected(text: str, audience: str = "list") -> list[Line]:
    """The lines of a list such as `2025-03-12 11:00 announcement Spring concert`, with `@audience` at the end for others."""
    return sorted(one for line in map(str.strip, text.splitlines()) if line for one in _expected(line, audience))


def _expected(line: str, audience: str) -> Iterator[Line]:
    day, clock, kind, about = line.split(" ", 3)
    about, _, others = about.partition(" @")
    names = ALL if others == "all" else (others or audience,)
    yield from ((f"{day} {clock}", kind, about, name) for name in names)


def difference(found: Iterable[Line], wanted: Iterable[Line]) -> list[str]:
    """What is in one and not in the other, as often as it is."""
    ours, theirs = Counter(found), Counter(wanted)
    rows = [("sent, not wanted: ", one) for one in (ours - theirs).elements()]
    rows += [("wanted, not sent: ", one) for one in (theirs - ours).elements()]
    return [f"{about}{' · '.join(line)}" for about, line in sorted(rows, key=lambda row: row[1])]


def faults(told: Told) -> Iterator[str]:
    """What no history may ever lead to, whatever it is."""
    yield from _late(told.sent)
    keys = Counter(row["key"] for row in told.record["deliveries"])
    yield from (f"twice: {key}" for key, number in keys.items() if number > 1)
    yield from _alike(told)
    yield from _without_reason(told.record["deliveries"])


def _late(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row["kind"] in ("announcement", "reminder") and len(row["events"][0]["start"]) > 10:
            start, sent = (datetime.fromisoformat(text) for text in (row["events"][0]["start"], row["sent_at"]))
            if sent >= start:
                yield f"about the past: {row['key']}"


def _alike(told: Told) -> Iterator[str]:
    """Two mails of one rule, with one subject, to one audience within a day."""
    groups: dict[tuple[str, str, str], list[datetime]] = {}
    for row in told.sent:
        groups.setdefault((row["audience"], row["rule"], row["subject"]), []).append(told.local(row["sent_at"]))
    for (audience, _, subject), moments in groups.items():
        for one, other in pairwise(sorted(moments)):
            if other - one < timedelta(days=1):
                yield f"alike: {audience} {subject} {one} {other}"


def _without_reason(rows: Sequence[Row]) -> Iterator[str]:
    yield from (
        f"unexplained: {row['key']}"
        for row in rows
        if row["status"] != "sent" and not any(r["text"] for r in row["reasons"])
    )
