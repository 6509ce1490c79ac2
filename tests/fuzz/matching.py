"""The steps that Python's `re` takes on a text, counted by doing what it does: a backtracking matcher over the same tree.

A search inside `re` is one step to everything that watches Python from outside, and the clock of a busy machine tells
nothing. So a pattern is taken apart by the standard library's own parser and matched here, one node at a time, in the
order in which `re` would (greedy first, alternatives from the left). `re` takes shortcuts that this does not, so the count
is never too small. What is not known here raises `NotCounted`.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_parser: Any = importlib.import_module("re._parser")  # the standard library's, without types
#: Deep enough for every continuation of a match; Python's own frames are not on the C stack since 3.11.
_DEPTH = 200_000

Continue = Callable[[int], bool]
Node = Callable[[int, Continue], bool]


class NotCounted(Exception):
    """The pattern holds something that this matcher does not know."""


class TooMany(Exception):
    """The matcher was told to stop after so many steps."""


@dataclass(slots=True)
class Counter:
    """A pattern made ready to be counted on texts."""

    pattern: re.Pattern[str]
    limit: int = 1_000_000
    steps: int = 0
    text: str = ""
    groups: dict[int, tuple[int, int]] = field(default_factory=dict)
    _start: Node | None = None

    def steps_from(self, text: str, start: int) -> int:
        """The steps of `pattern.match(text, start)`. Raises `TooMany` beyond the limit."""
        self.span_from(text, start)
        return self.steps

    def span_from(self, text: str, start: int) -> tuple[int, int] | None:
        """The span of `pattern.match(text, start)`."""
        if self._start is None:
            tree = _parser.parse(self.pattern.pattern, self.pattern.flags)
            self._start = self._sequence(list(tree), self.pattern.flags)
        self.steps, self.text, self.groups = 0, text, {}
        ends: list[int] = []

        def done(at: int) -> bool:
            ends.append(at)
            return True

        before = sys.getrecursionlimit()
        sys.setrecursionlimit(_DEPTH)
        try:
            return (start, ends[-1]) if self._start(start, done) else None
        finally:
            sys.setrecursionlimit(before)

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.limit:
            raise TooMany

    def _sequence(self, items: Sequence[tuple[Any, Any]], flags: int) -> Node:
        nodes = [self._node(str(name), argument, flags) for name, argument in items]

        def match(at: int, then: Continue, place: int = 0) -> bool:
            if place == len(nodes):
                return then(at)
            return nodes[place](at, lambda after: match(after, then, place + 1))

        return match

    def _node(self, name: str, argument: Any, flags: int) -> Node:
        if one := _one_of(name, argument, flags):
            return self._single(one)
        match name:
            case "AT":
                return self._at(str(argument), flags)
            case "BRANCH":
                return self._branch([self._sequence(list(branch), flags) for branch in argument[1]])
            case "SUBPATTERN":
                group, added, removed, inner = argument
                return self._group(group, self._sequence(list(inner), (flags | added) & ~removed))
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeat(name, argument, flags)
            case "ASSERT" | "ASSERT_NOT":
                direction, inner = argument
                return self._look(self._sequence(list(inner), flags), inner, direction, wanted=name == "ASSERT")
            case "ATOMIC_GROUP":
                return self._atomic(self._sequence(list(argument), flags))
            case _:
                return self._same(name, argument)

    def _single(self, one: Callable[[str], bool]) -> Node:
        def match(at: int, then: Continue) -> bool:
            self._step()
            return at < len(self.text) and one(self.text[at]) and then(at + 1)

        return match

    def _at(self, where: str, flags: int) -> Node:
        holds = _place_of(where, flags)

        def match(at: int, then: Continue) -> bool:
            self._step()
            return holds(self.text, at) and then(at)

        return match

    def _branch(self, branches: Sequence[Node]) -> Node:
        def match(at: int, then: Continue) -> bool:
            self._step()
            return any(branch(at, then) for branch in branches)

        return match

    def _group(self, group: int | None, inner: Node) -> Node:
        if group is None:
            return inner

        def match(at: int, then: Continue) -> bool:
            before = self.groups.get(group)

            def kept(end: int) -> bool:
                self.groups[group] = (at, end)
                return then(end)

            if inner(at, kept):
                return True
            self.groups.pop(group, None)
            self.groups |= {group: before} if before else {}
            return False

        return match

    def _repeat(self, name: str, argument: Any, flags: int) -> Node:
        least, most, inner = argument
        most = sys.maxsize if most == _parser.MAXREPEAT else most
        items = list(inner)
        if name == "POSSESSIVE_REPEAT":
            return self._atomic(self._repeat("MAX_REPEAT", argument, flags))
        if len(items) == 1 and (one := _one_of(str(items[0][0]), items[0][1], flags)):
            return self._run(one, least, most, greedy=name == "MAX_REPEAT")
        return self._loop(self._sequence(items, flags), least, most, greedy=name == "MAX_REPEAT")

    def _run(self, one: Callable[[str], bool], least: int, most: int, *, greedy: bool) -> Node:
        """A repeated single character, without a frame for each of them."""

        def longest(at: int) -> int:
            end = at
            while end - at < most and end < len(self.text) and one(self.text[end]):
                self._step()
                end += 1
            return end

        def match(at: int, then: Continue) -> bool:
            self._step()
            if greedy:
                return any(self._tried(end, then) for end in range(longest(at), at + least - 1, -1))
            end = at
            while end - at <= most:
                if end - at >= least and self._tried(end, then):
                    return True
                if end >= len(self.text) or not one(self.text[end]):
                    return False
                end += 1
            return False

        return match

    def _tried(self, at: int, then: Continue) -> bool:
        self._step()
        return then(at)

    def _loop(self, inner: Node, least: int, most: int, *, greedy: bool) -> Node:
        def match(at: int, then: Continue, times: int = 0) -> bool:
            self._step()

            def again(after: int) -> bool:
                # What matches nothing would do so for ever.
                return (after > at or times < least) and match(after, then, times + 1)

            if times < least:
                return inner(at, again)
            if greedy:
                return (times < most and inner(at, again)) or then(at)
            return then(at) or (times < most and inner(at, again))

        return match

    def _look(self, inner: Node, tree: Any, direction: int, *, wanted: bool) -> Node:
        width = tree.getwidth()[0] if direction < 0 else 0

        def match(at: int, then: Continue) -> bool:
            self._step()
            found = at >= width and inner(at - width, lambda _end: True)
            return found is wanted and then(at)

        return match

    def _atomic(self, inner: Node) -> Node:
        def match(at: int, then: Continue) -> bool:
            ends: list[int] = []
            return inner(at, lambda end: not ends.append(end)) and then(ends[-1])  # type: ignore[func-returns-value]  # append gives None

        return match

    def _same(self, name: str, group: int) -> Node:
        if name != "GROUPREF":
            raise NotCounted(name)

        def match(at: int, then: Continue) -> bool:
            self._step()
            if group not in self.groups:
                return False
            start, end = self.groups[group]
            return self.text.startswith(self.text[start:end], at) and then(at + end - start)

        return match


def _one_of(name: str, argument: Any, flags: int) -> Callable[[str], bool] | None:
    """Whether a character is the one that a node stands for; None where it stands for more than one."""
    if name not in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
        return None
    every, fold = bool(flags & re.DOTALL), re.IGNORECASE if flags & re.IGNORECASE else 0
    if name == "ANY":
        return lambda c: every or c != "\n"
    # `re` itself says what a set holds, with all its foldings; each character is asked once.
    written = re.compile(_written(name, argument), fold | (flags & re.ASCII))
    known: dict[str, bool] = {}

    def one(c: str) -> bool:
        if c not in known:
            known[c] = written.fullmatch(c) is not None
        return known[c]

    return one


_CATEGORIES = {"DIGIT": r"\d", "NOT_DIGIT": r"\D", "SPACE": r"\s", "NOT_SPACE": r"\S", "WORD": r"\w", "NOT_WORD": r"\W"}


def _written(name: str, argument: Any) -> str:
    if name != "IN":
        return f"[{'^' if name == 'NOT_LITERAL' else ''}{re.escape(chr(argument))}]"
    parts: list[str] = []
    for kind, inner in argument:
        match str(kind):
            case "NEGATE":
                parts.append("^")
            case "LITERAL":
                parts.append(_escaped(inner))
            case "RANGE":
                parts.append(f"{_escaped(inner[0])}-{_escaped(inner[1])}")
            case "CATEGORY":
                parts.append(_CATEGORIES[str(inner).removeprefix("CATEGORY_")])
            case other:
                raise NotCounted(other)
    return f"[{''.join(parts)}]"


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"


def _place_of(where: str, flags: int) -> Callable[[str, int], bool]:
    lines = bool(flags & re.MULTILINE)
    match where:
        case "AT_BEGINNING":
            return lambda text, at: at == 0 or (lines and text[at - 1] == "\n")
        case "AT_BEGINNING_STRING":
            return lambda text, at: at == 0
        case "AT_END":
            return lambda text, at: at == len(text) or (text[at] == "\n" and (lines or at == len(text) - 1))
        case "AT_END_STRING":
            return lambda text, at: at == len(text)
        case "AT_BOUNDARY":
            return _is_boundary
        case "AT_NON_BOUNDARY":
            return lambda text, at: not _is_boundary(text, at)
        case _:
            raise NotCounted(where)


def _is_boundary(text: str, at: int) -> bool:
    before = at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_")
    after = at < len(text) and (text[at].isalnum() or text[at] == "_")
    return before is not after


# Texts that a pattern likes too much.

_TRIED = " a1A-.,:/(\n[e"


def pumped(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Texts that lead into each of a pattern's long repetitions and go on there: with one character, or with its own words."""
    tree = _parser.parse(pattern.pattern, pattern.flags)
    for before, inner in _repeats(list(tree), ""):
        others = (c for c in _TRIED if _takes(inner, c, pattern.flags))
        for pump in dict.fromkeys((_sample(inner) or "a", *others)):
            yield (before + pump * size)[:size]
            yield ((before + pump * 8) * size)[:size]


def _takes(items: Sequence[tuple[Any, Any]], c: str, flags: int) -> bool:
    one = _one_of(str(items[0][0]), items[0][1], flags) if len(items) == 1 else None
    return one is not None and one(c)


def _repeats(items: Sequence[tuple[Any, Any]], before: str) -> Iterator[tuple[str, list[tuple[Any, Any]]]]:
    """Every repetition of more than a few, with a text that leads to it."""
    for name, argument in items:
        if str(name) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[1] > 8:
            yield before, list(argument[2])
        for inner in _inside(str(name), argument):
            yield from _repeats(inner, before)
        before += _sample([(name, argument)])


def _inside(name: str, argument: Any) -> Iterable[list[tuple[Any, Any]]]:
    match name:
        case "SUBPATTERN":
            return [list(argument[3])]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [list(argument[2])]
        case "BRANCH":
            return [list(branch) for branch in argument[1]]
        case "ASSERT" | "ASSERT_NOT":
            return [list(argument[1])]
        case "ATOMIC_GROUP":
            return [list(argument)]
        case _:
            return []


def _sample(items: Sequence[tuple[Any, Any]]) -> str:
    """A short text that the nodes match, looking around and back aside."""
    text = ""
    for name, argument in items:
        kind = str(name)
        if one := _one_of(kind, argument, 0):
            text += chr(argument) if kind == "LITERAL" else next((c for c in "a 1-.:([\n" if one(c)), "é")
        elif kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            text += _sample(list(argument[2])) * max(argument[0], 0)
        elif kind in ("SUBPATTERN", "BRANCH", "ATOMIC_GROUP"):
            text += _sample(next(iter(_inside(kind, argument))))
    return text
