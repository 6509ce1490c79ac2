"""One word per thing. The words themselves stand in docs/development.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.files import listed, modules, place, tree

#: Words that name nothing. A helper belongs to the noun it helps.
EMPTY = {"data", "info", "util", "utils", "helper", "helpers", "manager", "handler", "common", "misc", "perform"}
#: Second words for things that have one.
SYNONYMS = {
    "newsletter": "digest",
    "subscriber": "member or audience",
    "job": "tick or delivery",
    "queue": "outbox or ledger",
    "backend": "provider",
}
#: Names that keep an empty word, and why.
ALLOWED = {
    "data": "the bytes of a document and of a feed: the word of the contract and of the ports",
    "handler": "the standard library's word for where log lines go",
    "info_url": "a field of the contract",
}
_SUFFIXES = {"at": ("datetime", "Column", "Callable"), "on": ("date",), "uid": ("str",)}

Named = tuple[str, int]


def names(path: Path) -> Iterator[Named]:
    """Every name that a module defines: itself, classes, functions, arguments, variables, fields."""
    yield path.stem, 1
    for node in ast.walk(tree(path)):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case _:
                pass


def words(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def offending(banned: set[str]) -> list[str]:
    defined = [(path, name, line) for path in modules() for name, line in names(path) if name not in ALLOWED]
    return [f"{place(path, line)} {name}" for path, name, line in defined if words(name) & banned]


def test_no_name_holds_a_word_that_names_nothing() -> None:
    assert offending(EMPTY) == [], listed(offending(EMPTY))


@pytest.mark.parametrize(("second", "first"), SYNONYMS.items())
def test_no_thing_has_a_second_word(second: str, first: str) -> None:
    assert offending({second}) == [], f"Say {first}:\n{listed(offending({second}))}"


def test_words_are_seen_in_either_spelling() -> None:
    assert words("EventManager") == words("event_manager") == {"event", "manager"}


def annotated(path: Path) -> Iterator[tuple[str, str, int]]:
    """Fields and arguments with their written types."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, ast.unparse(node.annotation), node.lineno
            case ast.arg(arg=name, annotation=ast.expr() as kind):
                yield name, ast.unparse(kind), node.lineno
            case _:
                pass


def test_a_suffix_tells_the_type() -> None:
    typed = [(path, *field) for path in modules() for field in annotated(path) if "_" in field[0].strip("_")]
    wrong = [
        f"{place(path, line)} {name}: {kind}"
        for path, name, kind, line in typed
        if (expected := _SUFFIXES.get(name.rsplit("_", 1)[1])) and not any(word in kind for word in expected)
    ]
    assert wrong == [], listed(wrong)
