"""A language without the patterns that can't match a text: most words of a language don't stand in one sentence.

What a pattern needs is worked out from the pattern itself: literals of which every match holds at least one. A
pattern for which none can be said is always tried, so that narrowing never changes what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

import re2

from notifier.core.reading.languages.detection import SMALL_WORDS
from notifier.core.reading.languages.language import Language

try:
    # No other place tells how a pattern is built. Where these are gone, nothing is narrowed.
    from re import _constants as sre  # type: ignore[attr-defined]  # private, hence the except
    from re import _parser as parser  # type: ignore[attr-defined]  # as above
except ImportError:
    sre = parser = None

#: Folded literals, of which a match holds at least one.
Needs = frozenset[str]

#: Matches nothing, at once.
NEVER = re.compile(r"\A(?!)")
#: Letters that `re.IGNORECASE` takes for an i, but whose folding is none.
_ODD = ("ı", "İ")
#: A need of more alternatives than this costs more to look for than it saves; a single letter is nearly always there.
_MOST = 80
_SHORTEST = 2
#: A need that is met more often saves too little; see `_rarity`.
_OFTEN = 0.3
#: Stands before every text: where even this is not found, the search itself failed.
_ALWAYS = "\n\n"
#: Among literals, which hold no spaces: any digit. Python knows which characters are digits, and not the search.
_ANY_DIGIT = " "
_DIGIT = re.compile(r"\d")
_NOWHERE = r"[^\x00-\x{10FFFF}]"


def narrowed(language: Language, text: str) -> Language:
    """The language for reading nothing but parts of `text`: its other patterns match nothing, which they would anyway.

    Parts may be joined by spaces, and spaces put in the place of others.
    """
    sieve = _sieve(language)
    if sieve is None or (not text.isascii() and any(letter in text for letter in _ODD)):
        return language
    try:
        found = sieve.search.Match(_ALWAYS + text.casefold())
    except UnicodeEncodeError:  # half a character, from an escape in JSON
        return language
    if sieve.always not in found:
        return language
    if sieve.digit is not None and _DIGIT.search(text) is not None:
        found.append(sieve.digit)
    return _fitting(language, frozenset(found))


def needs(pattern: re.Pattern[str]) -> Needs | None:
    """What every match of the pattern holds, the rarest that can be said; None where nothing can."""
    if parser is None:
        return None
    try:
        best = max(_of_sequence(parser.parse(pattern.pattern, pattern.flags)), key=_rarity, default=None)
    except (re.error, AttributeError, RecursionError):
        return None
    return None if best is None or -_rarity(best)[0] > _OFTEN else best


def _of_sequence(tree: Any) -> Iterator[Needs]:
    """All parts of a sequence must match; letters that follow each other are one literal."""
    run: list[str] = []
    for operation, argument in [*tree, (None, None)]:
        if operation is sre.LITERAL:
            run.append(chr(argument))
            continue
        # Only whole words: what is read may have been joined by spaces.
        words = "".join(run).casefold().split()
        yield from (frozenset({word}) for word in words if len(word) >= _SHORTEST)
        run = []
        if operation is not None:
            yield from _of_part(operation, argument)


def _of_part(operation: Any, argument: Any) -> Iterator[Needs]:
    if operation is sre.FAILURE or (operation is sre.ASSERT_NOT and not argument[1]):
        yield frozenset()  # (?!), the slot of words that a language doesn't have
    elif operation is sre.IN and argument == [(sre.CATEGORY, sre.CATEGORY_DIGIT)]:
        yield frozenset({_ANY_DIGIT})
    elif operation is sre.SUBPATTERN:
        yield from _of_sequence(argument[3])
    elif operation is sre.ATOMIC_GROUP:
        yield from _of_sequence(argument)
    elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, _, inner = argument
        yield from _of_sequence(inner) if least else ()
    elif operation is sre.BRANCH:
        yield from _of_branches([set(_of_sequence(branch)) for branch in argument[1]])


def _of_branches(branches: list[set[Needs]]) -> Iterator[Needs]:
    """One of the branches must match: what they all need, and one need of each. Some can't match at all."""
    possible = [branch for branch in branches if frozenset() not in branch]
    if not possible:
        yield frozenset()
        return
    yield from set.intersection(*possible)
    best = [max(branch, key=_rarity, default=None) for branch in possible]
    either = frozenset[str]().union(*filter(None, best))
    if None not in best and len(either) <= _MOST:
        yield either


def _rarity(literals: Needs) -> tuple[float, list[str]]:
    """Small words are nearly everywhere, long ones are not; the words themselves only break ties."""
    often = sum(4.0 ** -len(literal) * (16 if literal in SMALL_WORDS else 1) for literal in literals)
    return -often, sorted(literals)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slot:
    """A slot of a bundle: the literals that its pattern needs, or a `bundle` and the slots in it.

    Literals are given by number; `known` are all that matter in it.
    """

    name: str
    known: frozenset[int]
    bundle: Any = None
    inner: tuple[_Slot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sieve:
    """One search for every literal that some pattern of a language needs; `digit` is the number of any digit."""

    search: Any
    root: _Slot
    always: int
    digit: int | None


@lru_cache(maxsize=16)
def _sieve(language: Language) -> _Sieve | None:
    numbers: dict[str, int] = {}
    root = _bundled("", language, numbers)
    if not numbers:
        return None
    search = re2.Set.SearchSet()
    for literal in (*numbers, _ALWAYS):
        search.Add(re2.escape(literal) if literal != _ANY_DIGIT else _NOWHERE)
    search.Compile()
    return _Sieve(search=search, root=root, always=len(numbers), digit=numbers.get(_ANY_DIGIT))


def _bundled(name: str, bundle: Any, numbers: dict[str, int]) -> _Slot:
    inner: list[_Slot] = []
    for field in fields(bundle):
        value = getattr(bundle, field.name)
        if isinstance(value, re.Pattern):
            known = frozenset(numbers.setdefault(word, len(numbers)) for word in sorted(needs(value) or ()))
            inner.append(_Slot(name=field.name, known=known))
        elif is_dataclass(value):
            inner.append(_bundled(field.name, value, numbers))
    kept = tuple(slot for slot in inner if slot.known)
    return _Slot(name=name, known=frozenset().union(*(slot.known for slot in kept)), bundle=bundle, inner=kept)


# Sentences differ, but what is left of a language, and still more of each of its bundles, is often the same.
@lru_cache(maxsize=1_024)
def _fitting(language: Language, present: frozenset[int]) -> Language:
    sieve = _sieve(language)
    fitting: Language = _left(sieve.root, present & sieve.root.known) if sieve else language
    return fitting


@lru_cache(maxsize=4_096)
def _left(slot: _Slot, present: frozenset[int]) -> Any:
    """The bundle of a slot with what these literals leave of it."""
    changes: dict[str, Any] = {}
    for inner in slot.inner:
        if inner.bundle is not None:
            changes[inner.name] = _left(inner, present & inner.known)
        elif present.isdisjoint(inner.known):
            changes[inner.name] = NEVER
    return replace(slot.bundle, **changes) if changes else slot.bundle
