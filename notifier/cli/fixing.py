"""Writes the lines that `check` shows into the event files: after showing what would change, and asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import unified_diff

from notifier.app import App
from notifier.cli import checking
from notifier.cli.checking import Checked
from notifier.cli.show import answer, complain, count, say, say_exactly
from notifier.core.reading.amending import Amended, amended, settled
from notifier.core.reading.proposing import proposals
from notifier.edges.rewriting import rewrite
from notifier.errors import Problem, UserError
from notifier.tick.reader import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    held: Held
    amended: Amended


def fix(app: App, *, propose: bool, yes: bool) -> int:
    """Show the changes, ask, write them. 1 where something could not be written or nobody was there to ask."""
    found = checking.checked(app, propose=propose)
    refused: list[Problem] = []
    changes = list(_changes(app, found, refused, propose=propose))
    for change in changes:
        for line in _diff(change):
            say_exactly(line)
    for problem in refused:
        complain(str(problem))
    if not changes:
        say("There is no line to write.\n")
        return int(bool(refused))
    number = sum(len(change.amended.written) for change in changes)
    agreed = answer(f"Write {count(number, 'line')} into {count(len(changes), 'file')}?", yes=yes)
    if agreed is None:
        complain("Nothing was written: there is no terminal to ask on. Look at the changes, then add --yes.")
        return 1
    if not agreed:
        say("Nothing was written.\n")
        return int(bool(refused))
    return _written(changes) or int(bool(refused))


def _changes(app: App, found: Checked, refused: list[Problem], *, propose: bool) -> Iterator[_Change]:
    by_path: dict[str, list[Problem]] = {
        problem.path: [] for problem in (*found.problems, *found.proposed) if problem.write
    }
    for problem in found.problems:
        if problem.path in by_path:
            by_path[problem.path].append(problem)
    for path, problems in by_path.items():
        held = app.ticker.reader.held(path)
        if reason := _obstacle(held):
            lines = [problem for problem in (*problems, *found.proposed) if problem.write and problem.path == path]
            refused += [_refusal(problem, reason) for problem in lines]
            continue
        change = _change(held[0], problems, app.clock.now(), propose=propose)
        refused += [_refusal(problem, reason) for problem, reason in change.amended.refused]
        if change.amended.written:
            yield change


def _change(held: Held, problems: Sequence[Problem], now: datetime, *, propose: bool) -> _Change:
    """The lines that settle problems, and, where that leaves none, those that state what was read."""
    done = settled(held.document, problems, held.shape, held.library)
    if propose and set(problems) <= set(done.written):
        document = replace(held.document, data=done.data, revision="")
        more = amended(document, proposals(document, held.shape, held.library, now), held.shape, held.library)
        done = Amended(data=more.data, written=(*done.written, *more.written), refused=(*done.refused, *more.refused))
    return _Change(held=held, amended=done)


def _obstacle(held: tuple[Held, ...]) -> str | None:
    """Why nothing can be written into a file, as a sentence."""
    if len(held) != 1:
        return "Several sources have a file of this name; write the line by hand into the right one."
    if held[0].settings.folder is None:
        return "It was read from a git repository, which is only ever read; write the line in a checkout of your own."
    return None


def _refusal(problem: Problem, reason: str) -> Problem:
    return replace(problem, what=f"{problem.write} was not written.", hint=reason, write=None)


def _diff(change: _Change) -> Iterator[str]:
    path = change.held.document.path
    old, new = (data.decode(errors="replace").splitlines() for data in (change.held.document.data, change.amended.data))
    yield from unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm="")
    yield ""


def _written(changes: Iterable[_Change]) -> int:
    failed = False
    for change in changes:
        document, folder = change.held.document, change.held.settings.folder
        if folder is None:  # refused before
            continue
        try:
            rewrite(folder, document.path, old=document.data, new=change.amended.data)
        except UserError as error:
            failed = True
            complain(error.message)
        else:
            say(f"{document.path}: {count(len(change.amended.written), 'line')} written.")
    say()
    return int(failed)
