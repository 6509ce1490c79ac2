"""A language without the patterns that can't match a text: most words of a language don't stand in one announcement.

What a pattern needs is worked out from the pattern itself: literals of which every match holds at least one. A
pattern for which that can't be said is always tried, so that narrowing never changes what is read.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]  # no other place tells how a pattern is built
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import Any, TypeVar, cast

import re2

from notifier.core.reading.languages.language import Language

Bundle = TypeVar("Bundle")
Needs = frozenset[str]

#: Matches nothing, at once.
NEVER = re.compile(r"\A(?!)")
#: Letters that `re.IGNORECASE` takes for an i, but whose folding is none.
_ODD = ("ı", "İ")
#: A need of more alternatives than this costs more to look for than it saves.
_MOST = 80


def narrowed(language: Language, text: str) -> Language:
    """The language for reading nothing but parts of `text`: its other patterns match nothing, which they would anyway."""
    if any(letter in text for letter in _ODD):
        return language
    literals, search = _literals(language)
    try:
        present = {literals[index] for index in search.Match(text.casefold())}
    except UnicodeEncodeError:  # half a character, from an escape in JSON
        return language
    fitting: Language = _narrowed(language, _needs_of(language), present)
    return fitting


def needs(pattern: re.Pattern[str]) -> Needs | None:
    """Folded literals of which every match of the pattern holds one; None where there are no such."""
    try:
        tree = parser.parse(pattern.pattern, pattern.flags)
    except (re.error, AttributeError, RecursionError):
        return None
    found = _of_sequence(tree)
    return found if found and len(found) <= _MOST else None


def _of_sequence(tree: Any) -> Needs | None:
    """Of several parts that all must match, the best need: the one with the longest and fewest literals."""
    choices: list[Needs] = []
    run: list[str] = []
    for operation, argument in [*tree, (None, None)]:
        if operation is sre.LITERAL:
            run.append(chr(argument))
            continue
        if run:
            choices.append(frozenset({"".join(run).casefold()}))
            run = []
        found = _of_part(operation, argument) if operation is not None else None
        if found:
            choices.append(found)
    return max(choices, key=_worth, default=None)


def _worth(literals: Needs) -> tuple[int, int]:
    return min(*map(len, literals), 4), -len(literals)


def _of_part(operation: Any, argument: Any) -> Needs | None:
    if operation is sre.SUBPATTERN:
        return _of_sequence(argument[3])
    if operation is sre.ATOMIC_GROUP:
        return _of_sequence(argument)
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, _, inner = argument
        return _of_sequence(inner) if least else None
    if operation is sre.BRANCH:
        branches = [_of_sequence(branch) for branch in argument[1]]
        return frozenset().union(*branches) if all(branches) else None  # type: ignore[arg-type]  # all() has seen each
    return None


@lru_cache(maxsize=32)
def _needs_of(bundle: Any) -> Mapping[str, Any]:
    """By slot of a bundle: what its pattern needs, or the needs of the bundle in it."""
    found: dict[str, Any] = {}
    for field in fields(bundle):
        value = getattr(bundle, field.name)
        if isinstance(value, re.Pattern):
            need = needs(value)
            if need:
                found[field.name] = need
        elif is_dataclass(value) and not isinstance(value, type):
            found[field.name] = _needs_of(cast("Hashable", value))
    return found


@lru_cache(maxsize=32)
def _literals(language: Language) -> tuple[Sequence[str], Any]:
    """Every literal that some pattern needs, and one search for all of them at once."""
    literals = tuple(sorted(set(_all_of(_needs_of(language)))))
    search = re2.Set.SearchSet()
    for literal in literals:
        search.Add(re2.escape(literal))
    search.Compile()
    return literals, search


def _all_of(tree: Mapping[str, Any]) -> Iterator[str]:
    for value in tree.values():
        if isinstance(value, frozenset):
            yield from value
        else:
            yield from _all_of(value)


def _narrowed(bundle: Any, tree: Mapping[str, Any], present: set[str]) -> Any:
    changes: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, frozenset):
            if value.isdisjoint(present):
                changes[name] = NEVER
        else:
            changes[name] = _narrowed(getattr(bundle, name), value, present)
    return replace(bundle, **changes) if changes else bundle
