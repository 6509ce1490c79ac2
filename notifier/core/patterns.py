"""File patterns of config.yaml: `*` and `?` within a folder, `**` across folders."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from notifier.errors import UserError

#: How far each pattern has come on the way down: (which pattern, how many of its parts are done).
States = frozenset[tuple[int, int]]


def matches(path: str, patterns: Sequence[str]) -> bool:
    """Whether a source-relative path (with `/`) fits one of the patterns, case included."""
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./")):
        match piece:
            case "**/":
                parts.append("(?:[^/]+/)*")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case _:
                parts.append(re.escape(piece))
    return re.compile("".join(parts), re.DOTALL)


class Descent:
    """Glob patterns, matched name by name on the way down, so that whole folders can be left out.

    Time is linear in the path, whatever the pattern. Raises UserError for a pattern that leaves the folder.
    """

    def __init__(self, patterns: Iterable[str], *, place: str) -> None:
        self._parts = [_parts(pattern, place) for pattern in patterns]
        self.start: States = frozenset(state for i in range(len(self._parts)) for state in self._closed(i, 0))

    def step(self, states: States, name: str) -> States:
        return frozenset(after for state in states for after in self._after(*state, name))

    def match(self, states: States) -> bool:
        return any(done == len(self._parts[which]) for which, done in states)

    def go_on(self, states: States) -> bool:
        return any(done < len(self._parts[which]) for which, done in states)

    def _after(self, which: int, done: int, name: str) -> Iterable[tuple[int, int]]:
        parts = self._parts[which]
        if done == len(parts):
            return ()
        part = parts[done]
        if part is None:
            return () if name.startswith(".") else self._closed(which, done)
        return self._closed(which, done + 1) if part(name) else ()

    def _closed(self, which: int, done: int) -> Iterator[tuple[int, int]]:
        """The state itself and those reached by letting `**` stand for nothing."""
        yield which, done
        parts = self._parts[which]
        while done < len(parts) and parts[done] is None:
            done += 1
            yield which, done


def _parts(pattern: str, place: str) -> tuple[Callable[[str], bool] | None, ...]:
    if pattern.endswith("/"):
        pattern += "**"
    names = [name for name in pattern.split("/") if name not in ("", ".")]
    if not names or ".." in names or pattern.startswith("/"):
        raise UserError(f"{place}: {pattern!r} leaves the folder. Write it relative to it, as in `_events/*.md`.")
    return tuple(None if name == "**" else _matcher(name) for name in names)


def _matcher(glob: str) -> Callable[[str], bool]:
    compiled = re.compile(fnmatch.translate(glob))
    dotted = glob.startswith(".")
    return lambda name: (dotted or not name.startswith(".")) and compiled.match(name) is not None
