"""What a repository holds: blobs, the files of a commit, what changed between two, and the line of a branch's commits."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

from notifier.edges.git.program import Conversation, Git, GitFailed
from notifier.ports import Commit

Item = TypeVar("Item")

LINK = "120000"
SUBMODULE = "160000"
#: So many questions are put at once: together they are shorter than what a pipe holds, so neither side waits for the other.
_AT_ONCE = 200
_EXPECTED_AT_MOST = 20_000_000
#: The last second of the year 9998: clocks are wrong by more than a calendar can say.
_LAST_SECOND = 253_370_764_800
_FORMAT = "--format=%H%n%P%n%ct%n%at%n%s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of a commit: what it is (`mode`, as git writes it) and the id of its blob."""

    mode: str
    blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a path. `entry` is None when it is gone; `old` is what its file was called.

    `is_same`: not a byte of it changed, only its name or its kind.
    """

    path: str
    entry: Entry | None
    is_new: bool = False
    old: str | None = None
    is_same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A commit of a line and the one before it, None for the first. `committed_at` is as written, never corrected."""

    commit: Commit
    parent: str | None
    committed_at: datetime


class Blobs:
    """Reads blobs, with a git that stays for as long as this does."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._checking: Conversation | None = None
        self._reading: Conversation | None = None
        self._expected: dict[str, bytes] = {}

    def expect(self, ids: Iterable[str]) -> None:
        """Read some blobs that will be asked for soon, as far as they are no burden. What was expected before is forgotten."""
        wanted, most, some = [*dict.fromkeys(ids)], _EXPECTED_AT_MOST, []
        for blob, size in zip(wanted, self.sizes(wanted), strict=True):
            if size is not None and size[1] <= most:
                most -= size[1]
                some.append(blob)
        self._expected = {}
        self._expected = dict(zip(some, self.read(some), strict=True))

    def sizes(self, names: Sequence[str]) -> Iterator[tuple[str, int] | None]:
        """The type and size of each object (an id, or `commit:path`); None for one that isn't there."""
        if all(name in self._expected for name in names):
            yield from (("blob", len(self._expected[name])) for name in names)
            return
        self._checking = self._checking or self._git.talk("cat-file", "--batch-check=%(objecttype) %(objectsize)")
        for some in _portions(names):
            self._checking.ask(b"".join(os.fsencode(name) + b"\n" for name in some))
            for _ in some:
                kind, _, size = self._checking.until(b"\n").decode(errors="replace").rpartition(" ")
                yield (kind, int(size)) if size.isdecimal() else None

    def read(self, ids: Sequence[str]) -> Iterator[bytes]:
        """The bytes of each, all of which are there."""
        if all(blob in self._expected for blob in ids):
            yield from (self._expected[blob] for blob in ids)
            return
        self._reading = self._reading or self._git.talk("cat-file", "--batch=%(objecttype) %(objectsize)")
        for some in _portions(ids):
            self._reading.ask(b"".join(blob.encode() + b"\n" for blob in some))
            for blob in some:
                size = self._reading.until(b"\n").rpartition(b" ")[2]
                if not size.isdigit():
                    raise GitFailed(f"the object {blob} is missing")
                content = self._reading.take(int(size))
                self._reading.take(1)
                yield content

    def close(self) -> None:
        """Let the programs go. They come again when they are needed."""
        for conversation in (self._checking, self._reading):
            if conversation is not None:
                conversation.close()
        self._checking = self._reading = None
        self._expected = {}


class Differences:
    """Tells what changed, with a git that stays for as long as this does. `roots` are the only paths that are looked at."""

    def __init__(self, git: Git, roots: Sequence[str]) -> None:
        self._git, self._roots = git, roots
        self._telling: Conversation | None = None

    def between(self, pairs: Sequence[tuple[str | None, str]]) -> Iterator[tuple[Change, ...]]:
        """What each pair of commits (the older, None for nothing at all; the newer) differs in. All of them must be there."""
        self._telling = self._telling or self._git.talk(
            "diff-tree", "--stdin", "-r", "-z", "--raw", "--root", "-M", "-l1000", "--no-abbrev", "--no-ext-diff",
            "--no-textconv", "--no-show-signature", "--", *self._roots,
        )  # fmt: skip
        for some in _portions(pairs):
            # A line that names no object comes back as it is, and only then is everything before it handed over.
            self._telling.ask(b"".join(f"{new} {old or ''}".strip().encode() + b"\n=\n" for old, new in some))
            for _ in some:
                yield tuple(_changes(self._telling))

    def close(self) -> None:
        """Let the program go. It comes again when it is needed."""
        if self._telling is not None:
            self._telling.close()
        self._telling = None


def files_of(git: Git, commit: str, roots: Sequence[str]) -> Iterator[tuple[str, Entry]]:
    """Every file of a commit below `roots` (everywhere, when there are none), with its path."""
    for line in git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *roots).split(b"\0"):
        if line:
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            yield os.fsdecode(path), Entry(mode=mode, blob=blob)


def line_of(git: Git, commit: str) -> tuple[Linked, ...]:
    """The commits that led to this one, itself the last, always by the first parent: what everybody saw, in that order.

    Clocks are wrong at times: of the committers' times the fewest are disbelieved that make the rest rise.
    """
    answer = git.run(
        "log", "-z", "--first-parent", "--reverse", "--no-show-signature", "--no-decorate", "--no-notes",
        "--encoding=UTF-8", _FORMAT, "--end-of-options", commit, "--",
    )  # fmt: skip
    rows = [row.decode(errors="replace").split("\n", 4) for row in answer.split(b"\0") if row]
    written = [_seconds(row[2]) for row in rows]
    return tuple(
        Linked(
            commit=Commit(
                id=row[0], at=_moment(seconds), authored_at=_moment(_seconds(row[3])), subject=_one_line(row[4])
            ),
            parent=row[1].partition(" ")[0] or None,
            committed_at=_moment(committed),
        )
        for row, committed, seconds in zip(rows, written, _rising(written), strict=True)
    )


def _changes(telling: Conversation) -> Iterator[Change]:
    while True:
        match telling.peek():
            case b"=":
                telling.until(b"\n")
                return
            case b":":
                yield from _change(telling)
            case _:
                telling.until(b"\0")  # the commit's own id, above its changes


def _change(telling: Conversation) -> Iterator[Change]:
    _, mode, was, blob, status = telling.until(b"\0").decode().split(" ")
    path = os.fsdecode(telling.until(b"\0"))
    entry, is_same = Entry(mode=mode, blob=blob), was == blob
    match status[0]:
        case "D":
            yield Change(path=path, entry=None)
        case "R":
            yield Change(path=path, entry=None)
            new = os.fsdecode(telling.until(b"\0"))
            yield Change(path=new, entry=entry, is_new=True, old=path, is_same=is_same)
        case kind:
            yield Change(path=path, entry=entry, is_new=kind == "A", is_same=is_same)


def _portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def _rising(seconds: Sequence[int]) -> list[int]:
    """The same seconds without those that go back: what is in no longest rising row is set to the one before it."""
    if all(one <= other for one, other in pairwise(seconds)):
        return list(seconds)
    # Patience sorting: `ends` are the last of the best row of each length, `before` whom each one follows.
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for index, second in enumerate(seconds):
        place = bisect_right(ends, second)
        ends[place : place + 1], places[place : place + 1] = [second], [index]
        before.append(places[place - 1] if place else -1)
    believed = set()
    index = places[-1]
    while index >= 0:
        believed.add(index)
        index = before[index]
    current = seconds[min(believed)]
    return [current := seconds[index] if index in believed else current for index in range(len(seconds))]


def _seconds(text: str) -> int:
    return min(int(text), _LAST_SECOND) if text.isdecimal() else 0


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:1_000]
