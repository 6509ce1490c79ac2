"""Reads config.yaml: the file, its YAML, its shape, its agreement. Every mistake there is, in the order of the lines."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from notifier.config.build import Surroundings, settings_of
from notifier.config.crosschecks import cross_checks
from notifier.config.language_checks import unwritten
from notifier.config.mail_checks import unsafe
from notifier.config.models import Config
from notifier.config.not_yet import not_yet
from notifier.config.sentences import problems_of
from notifier.config.settings import Settings
from notifier.config.tree import Loc, Tree, read_tree
from notifier.errors import Problem, UserError

LARGEST_FILE = 1_000_000
_INIT = "Make a complete one with: notifier init DIR"


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The checked settings of a file. Raises UserError with all that is wrong with it.

    `environ` is where `{env: NAME}` will look, and only when that secret is read.
    """
    tree = read_tree(_text(path), str(path))
    if not isinstance(tree.values, dict):
        what = "The file is empty." if tree.values is None else "The file has no sections such as site: and sources:."
        _fail(path, what, _INIT)
    config, problems = _checked(tree)
    if config is None or problems:
        raise UserError(problems)
    # Not resolved: what is written beside a link to the file is meant.
    folder = Path(os.path.abspath(path.parent))  # noqa: PTH100  Path.absolute keeps ".."
    here = Surroundings(path=path, folder=folder, environ=environ, tree=tree)
    if "?" in str(folder):
        _fail(path, f"The folder {folder} has a ? in its name.", "Rename it: the address of the ledger can't hold one.")
    return settings_of(config, here, tuple(sorted((*not_yet(tree), *unsafe(tree), *unwritten(tree)), key=_by_place)))


def _checked(tree: Tree) -> tuple[Config | None, list[Problem]]:
    found: dict[Loc, Problem] = {}
    config = None
    try:
        config = Config.model_validate(tree.values)
    except ValidationError as error:
        for loc, problem in problems_of(error, tree):
            found.setdefault(loc, problem)
    # What the shape says about a place goes before what YAML or its neighbours say about it.
    for loc, problem in (*tree.problems.items(), *cross_checks(tree)):
        found.setdefault(loc, problem)
    return config, sorted(found.values(), key=_by_place)


def _by_place(problem: Problem) -> tuple[int, int, str]:
    return problem.line or 0, problem.column or 0, problem.field or ""


def _text(path: Path) -> str:
    try:
        raw = _bytes(path)
    except FileNotFoundError:
        _fail(path, "There is no such file.", _INIT)
    except IsADirectoryError:
        _fail(path, "This is a folder, not a file.", "Name the file in it, for example with --config DIR/config.yaml.")
    except NotADirectoryError:
        _fail(path, "A part of this path is a file, not a folder.", "Check the path.")
    except PermissionError:
        _fail(path, "The file may not be read.", "Let the user who runs notifier read it.")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        _fail(path, f"The file can't be read: {reason or 'this is no path'}.", "Check the path.")
    if len(raw) > LARGEST_FILE:
        _fail(path, "The file is larger than 1 MB.", f"A configuration is some kilobytes. {_INIT}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _fail(path, "The file is not UTF-8 text.", "Save it in the encoding UTF-8.", line=line)


def _bytes(path: Path) -> bytes:
    # Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise IsADirectoryError if stat.S_ISDIR(mode) else OSError(0, "it is not a plain file")
        return _whole(descriptor)
    finally:
        os.close(descriptor)


def _whole(descriptor: int) -> bytes:
    parts = bytearray()
    while len(parts) <= LARGEST_FILE and (part := os.read(descriptor, LARGEST_FILE + 1)):
        parts += part
    return bytes(parts)


def _fail(path: Path, what: str, hint: str, *, line: int | None = None) -> NoReturn:
    raise UserError(Problem(path=str(path), line=line, what=what, hint=hint))
