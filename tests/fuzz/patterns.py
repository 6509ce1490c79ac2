"""Every pattern of reading that runs in Python's own `re`, found where it lies: in modules, in tables, in values of ours."""

from __future__ import annotations

import ast
import dataclasses
import gc
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from types import ModuleType

import notifier.core.reading
from tests.files import tree
from tests.fuzz.hostile import CASES
from tests.fuzz.subjects import BY_NAME

_SEARCHING = ("search", "finditer", "findall", "sub", "subn", "split")
_DEPTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A pattern, where it is, and whether it may be tried at every place of a text (not only at its start)."""

    name: str
    pattern: re.Pattern[str]
    searched: bool


@cache
def patterns() -> tuple[Found, ...]:
    for case in CASES:
        if case.name in ("full of links", "full of mail", "full of dates", "labels"):
            BY_NAME[case.subject].read(case.make(200))
    found: dict[tuple[str, int], Found] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for pattern in _inside(value, _DEPTH):
                key = (pattern.pattern, pattern.flags)
                searched = _is_searched(module, name) or not isinstance(value, re.Pattern)
                if key not in found or searched:
                    found[key] = Found(
                        name=f"{module.__name__.rpartition('reading.')[2]}.{name}", pattern=pattern, searched=searched
                    )
    for where, pattern, searched in _written_in_place():
        found.setdefault((pattern.pattern, pattern.flags), Found(name=where, pattern=pattern, searched=searched))
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.pattern.pattern)))


def _modules() -> Iterator[ModuleType]:
    package = notifier.core.reading
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(module.name)


def _inside(value: object, depth: int) -> Iterator[re.Pattern[str]]:
    """A pattern, or those in a list, a table or a value."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth:
        for inner in _parts(value):
            yield from _inside(inner, depth - 1)


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, _lru_cache_wrapper):
        # What a cached function has answered; a pattern that is put together on demand is kept so.
        yield from (kept for kept in gc.get_referents(value) if isinstance(kept, dict))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from (getattr(value, field.name) for field in dataclasses.fields(value))


def _is_searched(module: ModuleType, name: str) -> bool:
    """Unless its own module only ever asks whether a text begins so. What others use may be searched."""
    source = ast.unparse(tree(Path(module.__file__ or "")))
    used = set(re.findall(rf"\b{re.escape(name)}\.(\w+)", source))
    return not name.startswith("_") or not used or bool(used & set(_SEARCHING))


def _written_in_place() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """`re.sub("-{2,}", …)`: compiled where it is used."""
    for path in sorted(Path(notifier.core.reading.__path__[0]).rglob("*.py")):
        for node in ast.walk(tree(path)):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=way), args=[ast.Constant(value=str(text)), *_]
                ) if way in (*_SEARCHING, "match", "fullmatch"):
                    yield f"{path.stem}:{node.lineno}", re.compile(text), way in _SEARCHING
                case _:
                    pass
