"""Where the time goes: `python -m tests.bench.profile [SIZE] [WHAT]`, by module, by function and by line.

WHAT is `reading` (understanding documents that are in memory), `scan` (a whole cold scan: files in, feeds out) or `tick` (the
running service after one file changed).

A thousand times a second it is looked which line runs: unlike a count of calls this makes no small function dearer
than it is. A search by a pattern counts for the line that asks for it.
"""

from __future__ import annotations

import gc
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType

import notifier
from notifier.app import open_app
from notifier.config.settings import Group
from notifier.core.event import Document
from notifier.core.reading import read_document
from notifier.edges.clock import FixedClock
from tests.bench.measures import ROOT, say
from tests.bench.scan import NOW, scan
from tests.bench.sites import event_text, make_coming

_EVERY = 0.001
_OURS = str(Path(notifier.__file__).parent)
#: (file, function, line) of what runs, the innermost first.
_Stack = tuple[tuple[str, str, int], ...]


def documents_of(folder: Path) -> list[Document]:
    paths = sorted((folder / "_events").iterdir())
    return [Document(source="site", path=f"_events/{p.name}", data=p.read_bytes(), revision=p.name) for p in paths]


def group_of(config: Path) -> Group:
    """The first group of a site's first source, as the configuration gives it."""
    app = open_app(config, clock=FixedClock(NOW), looking=True)
    settings, _ = app.ticker.wiring.sources[0]
    return settings.groups[0]


def main(size: int, what: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        config = make_coming(Path(name), size)
        act, times = {"reading": _reading, "scan": _scan, "tick": _tick}[what](config, size)
        gc.collect()
        began = time.process_time()
        seen = sampled(act)
        took = (time.process_time() - began) / times
    unit = "file" if what != "tick" else "tick"
    say(f"{what}, {size} files: {took * 1000:.3f} ms of processor time for each {unit}; {seen.total()} looks")
    _table("by module that runs", seen, took, lambda stack: {_module(stack[0][0])})
    _table("by module of ours, with what it asks of libraries", seen, took, lambda stack: {_ours(stack)})
    _table("by function of ours, with all that it calls", seen, took, _functions)
    _table("by function that runs", seen, took, lambda stack: {f"{_module(stack[0][0])} {stack[0][1]}"})
    _table("by line of ours", seen, took, lambda stack: {_line(stack)})


def _reading(config: Path, size: int) -> tuple[Callable[[], object], int]:
    documents, shape = documents_of(config.parent), group_of(config).shape
    for document in documents[:20]:
        read_document(document, shape)
    rounds = max(1, 2_000 // size)
    return lambda: [read_document(document, shape) for _ in range(rounds) for document in documents], rounds * size


def _scan(config: Path, size: int) -> tuple[Callable[[], object], int]:
    return lambda: scan(config), size


def _tick(config: Path, size: int) -> tuple[Callable[[], object], int]:
    app = open_app(config, clock=FixedClock(NOW))
    app.tick()
    paths = sorted((config.parent / "_events").iterdir())[:5]

    def ticks() -> None:
        for number, path in enumerate(paths):
            path.write_text(event_text(size + number, date.fromisoformat(path.name[:10])), encoding="utf-8")
            app.tick()

    return ticks, len(paths)


def sampled(act: Callable[[], object]) -> Counter[_Stack]:
    """How often which stack was met while an act ran."""
    seen: Counter[_Stack] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        stack: list[tuple[str, str, int]] = []
        while frame is not None:
            stack.append((frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno))
            frame = frame.f_back
        seen[tuple(stack)] += 1

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _EVERY, _EVERY)
    try:
        act()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return seen


def _table(title: str, seen: Counter[_Stack], alone: float, named: Callable[[_Stack], set[str]]) -> None:
    """One row for each name; a look counts for every name that its stack has."""
    shares: Counter[str] = Counter()
    for stack, times in seen.items():
        for name in named(stack):
            shares[name] += times
    say(f"\n{title}\n{'':<64}{'share':>8}{'µs each':>12}")
    for name, times in shares.most_common(25):
        share = times / seen.total()
        say(f"{name:<64}{share:>8.1%}{share * alone * 1_000_000:>12.1f}")


def _module(path: str) -> str:
    return (
        path.removeprefix(f"{ROOT}/")
        if path.startswith(str(ROOT)) and "site-packages" not in path
        else "/".join(Path(path).parts[-2:])
    )


def _ours(stack: _Stack) -> str:
    return next((Path(path).name for path, _, _ in stack if path.startswith(_OURS)), "outside")


def _functions(stack: _Stack) -> set[str]:
    return {
        f"{Path(path).name} {name}" for path, name, _ in stack if path.startswith(_OURS) and not name.startswith("<")
    }


def _line(stack: _Stack) -> str:
    return next((f"{Path(path).name}:{line} {name}" for path, name, line in stack if path.startswith(_OURS)), "outside")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, sys.argv[2] if len(sys.argv) > 2 else "reading")
