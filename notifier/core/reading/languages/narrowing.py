"""A language without the patterns that can't match a text: most words of a language don't stand in one sentence.

What a pattern needs is worked out from the pattern itself: sets of literals, of each of which every match holds at
least one. A pattern for which none can be said is always tried, so that narrowing never changes what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

import re2

from notifier.core.reading.languages.detection import SMALL_WORDS
from notifier.core.reading.languages.language import Language

try:
    # No other place tells how a pattern is built. Where these are gone, nothing is narrowed.
    sre: Any = import_module("re._constants")
    parser: Any = import_module("re._parser")
except ImportError:
    sre = parser = None
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) if sre else ()
_A_DIGIT = (sre.IN, [(sre.CATEGORY, sre.CATEGORY_DIGIT)]) if sre else None

#: What a match needs, all of it: of folded literals at least one (where there are none, nothing can match), or at least
#: one of several ways.
Need = frozenset[str] | tuple["Needs", ...]
Needs = frozenset[Need]

#: Matches nothing, at once.
NEVER = re.compile(r"\A(?!)")
#: Letters that `re.IGNORECASE` takes for an i, but whose folding is none.
_ODD = ("ı", "İ")
#: A need of more literals than this costs more to look for than it saves; a single letter is nearly always there.
_MOST = 80
_SHORTEST = 2
#: A need that is met more often saves too little; see `_often`. Of others the rarest few are enough.
_OFTEN = 0.3
_FEW = 3
#: Of so many words it is remembered which literals they hold, and of none that is longer.
_KNOWN, _LONGEST = 20_000, 24
#: Stands before every word: where even this is not found, the search itself failed.
_ALWAYS = "\n\n"
#: Among literals, which hold no spaces: any digit, and one with a mark behind it, as in dates of numbers alone. Python
#: knows which characters are digits, and not the search.
_ANY_DIGIT, _MARKED_DIGIT = " ", "  "
_DIGIT, _MARKED = re.compile(r"\d"), re.compile(r"\d[-/.]")
_MARKS = frozenset(map(ord, "-/."))
#: Their numbers among literals.
_DIGITS, _MARKED_DIGITS = [0], [0, 1]
_NOWHERE = r"[^\x00-\x{10FFFF}]"


def narrowed(language: Language, text: str) -> Language:
    """The language for reading nothing but parts of `text`: its other patterns match nothing, which they would anyway.

    Parts may be joined by spaces, and spaces put in the place of others.
    """
    sieve = _sieve(language)
    if sieve is None or (not text.isascii() and any(letter in text for letter in _ODD)):
        return language
    present, known = 0, sieve.known
    # No literal holds a space, so that each stands in one word, and texts are made of the same words.
    for word in text.casefold().split():
        found = known.get(word)
        if found is None and (found := _literals_in(word, sieve)) is None:
            return language
        present |= found
    return _fitting(language, present)


def _literals_in(word: str, sieve: _Sieve) -> int | None:
    """The numbers of the literals in a word, as bits; None where that can't be told."""
    try:
        numbers = sieve.search.Match((_ALWAYS + word).encode())
    except UnicodeEncodeError:  # half a character, from an escape in JSON
        return None
    if sieve.always not in numbers:
        return None
    if _DIGIT.search(word) is not None:
        numbers += _DIGITS if _MARKED.search(word) is None else _MARKED_DIGITS
    found: int = sum(1 << number for number in numbers if number != sieve.always)
    if len(word) <= _LONGEST:
        if len(sieve.known) >= _KNOWN:
            sieve.known.clear()
        sieve.known[word] = found
    return found


def needs(pattern: re.Pattern[str]) -> Needs:
    """What every match of the pattern holds, the rarest that can be said; nothing where nothing can."""
    if parser is None:
        return frozenset()
    try:
        return _rarest(_of_sequence(parser.parse(pattern.pattern, pattern.flags)))
    except (re.error, AttributeError, RecursionError):
        return frozenset()


def _of_sequence(tree: Any) -> Iterator[Need]:
    """All parts of a sequence must match; letters that follow each other are one literal."""
    run: list[str] = []
    counted = False
    for operation, argument in [*tree, (None, None)]:
        if counted and _is_mark(operation, argument):
            yield frozenset({_MARKED_DIGIT})
        counted = operation in _REPEATS and argument[0] > 0 and list(argument[2]) == [_A_DIGIT]
        if operation is sre.LITERAL:
            run.append(chr(argument))
            continue
        # Only whole words: what is read may have been joined by spaces.
        words = "".join(run).casefold().split()
        yield from (frozenset({word}) for word in words if len(word) >= _SHORTEST)
        run = []
        if operation is not None:
            yield from _of_part(operation, argument)


def _of_part(operation: Any, argument: Any) -> Iterator[Need]:
    if operation is sre.FAILURE or (operation is sre.ASSERT_NOT and not argument[1]):
        yield frozenset()  # (?!), the slot of words that a language doesn't have
    elif (operation, argument) == _A_DIGIT:
        yield frozenset({_ANY_DIGIT})
    elif operation is sre.SUBPATTERN:
        yield from _of_sequence(argument[3])
    elif operation is sre.ATOMIC_GROUP:
        yield from _of_sequence(argument)
    elif operation in _REPEATS:
        least, _, inner = argument
        yield from _of_sequence(inner) if least else ()
    elif operation is sre.BRANCH:
        yield from _of_branches([frozenset(_of_sequence(branch)) for branch in argument[1]])


def _is_mark(operation: Any, argument: Any) -> bool:
    """Whether this part of a pattern begins with a mark of dates and nothing else."""
    if operation is sre.LITERAL:
        return argument in _MARKS
    if operation is sre.IN:
        return all(kind is sre.LITERAL and letter in _MARKS for kind, letter in argument)
    if operation is sre.BRANCH:
        return all(len(branch) > 0 and _is_mark(*branch[0]) for branch in argument[1])
    return operation is sre.SUBPATTERN and len(argument[3]) > 0 and _is_mark(*argument[3][0])


def _of_branches(branches: list[Needs]) -> Iterator[Need]:
    """One of the branches must match: what they all need, and what each of them does. Some can't match at all."""
    possible = [branch for branch in branches if frozenset() not in branch]
    if not possible:
        yield frozenset()
        return
    yield from frozenset.intersection(*possible)
    ways = {_rarest(branch) for branch in possible}
    if not all(ways):
        return
    if sum(map(_size, ways)) > _MOST:
        ways = {frozenset({_plainly(way)}) for way in ways}
    either = _either(ways)
    if _size({either}) <= _MOST:
        yield either


def _either(ways: set[Needs]) -> Need:
    """One of these ways; those that are one literal, or one of several, are one."""
    plain = {way for way in ways if len(way) == 1 and all(isinstance(need, frozenset) for need in way)}
    literals = frozenset[str]().union(*map(_plainly, plain))
    if plain == ways:
        return literals
    joined = ways - plain | ({frozenset[Need]({literals})} if plain else set())
    return tuple(sorted(joined, key=_words))


def _plainly(way: Needs) -> frozenset[str]:
    """Of all that a way needs what is met least often, as literals of which one must be there."""
    plain = (need if isinstance(need, frozenset) else frozenset[str]().union(*map(_plainly, need)) for need in way)
    return min(plain, key=lambda literals: (_often(literals), _words(literals)))


def _rarest(found: Iterable[Need]) -> Needs:
    """The rarest few of these needs."""
    kept = sorted({need for need in found if _often(need) <= _OFTEN}, key=lambda need: (_often(need), _words(need)))
    return frozenset(kept[:_FEW])


def _often(need: Need) -> float:
    """How often it is met, roughly: small words are nearly everywhere, long ones are not."""
    if isinstance(need, tuple):
        return sum(min(map(_often, way)) for way in need)
    return sum(4.0 ** -len(literal) * (16 if literal in SMALL_WORDS else 1) for literal in need)


def _size(way: Iterable[Need]) -> int:
    return sum(len(need) if isinstance(need, frozenset) else sum(map(_size, need)) for need in way)


def _words(need: Need | Needs) -> str:
    """A text for the need, so that the order in which needs are kept is the same in every run."""
    if isinstance(need, tuple):
        return f"({','.join(map(_words, need))})"
    return f"[{','.join(sorted(one if isinstance(one, str) else _words(one) for one in need))}]"


#: Needs in numbers: of all terms each must be met. A term is a set of literals, as bits of a number, or several ways.
_Terms = tuple["int | tuple[_Terms, ...]", ...]


def _is_met(terms: _Terms, present: int) -> bool:
    for term in terms:
        if isinstance(term, int):
            if not present & term:
                return False
            continue
        for way in term:
            if _is_met(way, present):
                break
        else:
            return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slot:
    """A slot of a bundle: a pattern, or a `bundle` (or several of one kind) and the slots in it.

    `patterns` are the bits of those in it.
    """

    name: str
    patterns: int
    bundle: Any = None
    inner: tuple[_Slot, ...] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class _Sieve:
    """One search for every literal that some pattern of a language needs.

    Literals and patterns are numbered, and sets of them are the bits of a number. `met` are by literal the patterns
    that it alone may be enough for, `terms` all that those need of which it is not; `open` are those without needs.
    `known` are words that were met, with the literals in them.
    """

    numbers: dict[str, int]
    met: list[int]
    terms: dict[int, _Terms] = field(default_factory=dict)
    checked: int = 0
    open: int = 0
    count: int = 0
    always: int = 0
    search: Any = None
    root: _Slot | None = None
    known: dict[str, int] = field(default_factory=dict)


@lru_cache(maxsize=16)
def _sieve(language: Language) -> _Sieve | None:
    sieve = _Sieve(numbers={_ANY_DIGIT: 0, _MARKED_DIGIT: 1}, met=[0, 0])
    sieve.root = _bundled("", language, sieve)
    if not any(sieve.met):
        return None
    sieve.always = len(sieve.met)
    sieve.met.append(0)
    sieve.search = re2.Set.SearchSet()
    for literal in (*sieve.numbers, _ALWAYS):
        sieve.search.Add(_NOWHERE if literal in (_ANY_DIGIT, _MARKED_DIGIT) else re2.escape(literal))
    sieve.search.Compile()
    return sieve


def _bundled(name: str, bundle: Any, sieve: _Sieve) -> _Slot:
    inner: list[_Slot] = []
    for slot in fields(bundle):
        value = getattr(bundle, slot.name)
        if isinstance(value, re.Pattern):
            inner.append(_Slot(name=slot.name, patterns=_added(value, sieve)))
        elif is_dataclass(value):
            inner.append(_bundled(slot.name, value, sieve))
        elif isinstance(value, tuple) and value and all(map(is_dataclass, value)):
            ways = tuple(_bundled("", way, sieve) for way in value)
            inner.append(_Slot(name=slot.name, patterns=sum(way.patterns for way in ways), bundle=value, inner=ways))
    # Each pattern has a bit of its own.
    return _Slot(name=name, patterns=sum(slot.patterns for slot in inner), bundle=bundle, inner=tuple(inner))


def _added(pattern: re.Pattern[str], sieve: _Sieve) -> int:
    """The bit of a pattern, once the sieve knows its needs."""
    bit = 1 << sieve.count
    sieve.count += 1
    found = needs(pattern)
    if not found:
        sieve.open |= bit
        return bit
    plain = _plainly(found)
    for literal in sorted(plain):
        sieve.met[_number(literal, sieve)] |= bit
    if found != {plain}:
        sieve.terms[sieve.count - 1] = _numbered(found, sieve)
        sieve.checked |= bit
    return bit


def _numbered(found: Needs, sieve: _Sieve) -> _Terms:
    return tuple(
        sum(1 << _number(literal, sieve) for literal in sorted(need))
        if isinstance(need, frozenset)
        else tuple(_numbered(way, sieve) for way in need)
        for need in sorted(found, key=_words)
    )


def _number(literal: str, sieve: _Sieve) -> int:
    number = sieve.numbers.setdefault(literal, len(sieve.numbers))
    if number == len(sieve.met):
        sieve.met.append(0)
    return number


# Sentences differ, but what is left of a language, and still more of each of its bundles, is often the same.
@lru_cache(maxsize=4_096)
def _fitting(language: Language, present: int) -> Language:
    """What the literals of these numbers (as bits) leave of a language."""
    sieve = _sieve(language)
    if sieve is None or sieve.root is None:
        return language
    fitting = sieve.open
    for number in _numbers(present):
        fitting |= sieve.met[number]
    for number in _numbers(fitting & sieve.checked):
        if not _is_met(sieve.terms[number], present):
            fitting ^= 1 << number
    left: Language = _left(sieve.root, fitting)
    return left


def _numbers(bits: int) -> Iterator[int]:
    """The places of the ones in a number."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


@lru_cache(maxsize=4_096)
def _left(slot: _Slot, fitting: int) -> Any:
    """The bundle of a slot with only these of its patterns."""
    if fitting == slot.patterns:
        return slot.bundle
    if isinstance(slot.bundle, tuple):
        return tuple(_left(inner, fitting & inner.patterns) for inner in slot.inner)
    values = {name: getattr(slot.bundle, name) for name in type(slot.bundle).__slots__}
    for inner in slot.inner:
        if inner.bundle is not None:
            values[inner.name] = _left(inner, fitting & inner.patterns)
        elif not fitting & inner.patterns:
            values[inner.name] = NEVER
    # As `replace` makes it, which takes several times as long.
    return type(slot.bundle)(**values)
