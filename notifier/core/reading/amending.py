"""A document with front-matter lines written into it: every other byte stays, and it must read as was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import yaml

from notifier.core.event import Document
from notifier.core.reading.document import Reading, read_document
from notifier.core.reading.library import Library
from notifier.core.reading.shape import Shape
from notifier.core.reading.stating import takes_lines
from notifier.errors import Problem

#: A line may bring to light what another one settles.
_ROUNDS = 5
_ENDING = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The new bytes, the problems whose lines are in them, and those whose lines aren't, each with the reason."""

    data: bytes
    written: tuple[Problem, ...] = ()
    refused: tuple[tuple[Problem, str], ...] = ()


class UnwritableError(Exception):
    """A line that can't be written for certain; carries the reason as a sentence."""


def settled(document: Document, problems: Sequence[Problem], shape: Shape, library: Library) -> Amended:
    """The document with the lines that `problems` propose, and those that it proposes then; each key once."""
    done = Amended(data=document.data)
    keys: set[str] = set()
    for _ in range(_ROUNDS):
        fresh = [problem for problem in problems if problem.write and _key(problem.write) not in keys]
        keys |= {_key(problem.write) for problem in fresh if problem.write}
        more = amended(replace(document, data=done.data, revision=""), fresh, shape, library)
        done = Amended(data=more.data, written=(*done.written, *more.written), refused=(*done.refused, *more.refused))
        if not more.written:
            break
        problems = read_document(replace(document, data=done.data, revision=""), shape, library).problems
    return done


def _key(line: str) -> str:
    return line.partition(":")[0]


def amended(document: Document, problems: Sequence[Problem], shape: Shape, library: Library) -> Amended:
    """The document with the lines that `problems` propose.

    A line that would bring a new error, or lose an event, is refused. Twice for one document: the same bytes.
    """
    if not takes_lines(document, shape):
        reason = "Lines are only written into YAML front matter between two lines with ---; write this one by hand."
        return Amended(data=document.data, refused=tuple((problem, reason) for problem in problems))
    lines = {problem.write: problem for problem in problems if problem.write}
    keys = Counter(map(_key, lines))
    before = read_document(document, shape, library)
    if document.path in before.broken:
        return Amended(
            data=document.data, refused=tuple((p, "The file can't be read as it is.") for p in lines.values())
        )
    data, written, refused = document.data, [], []
    for line, problem in lines.items():
        try:
            if keys[_key(line)] > 1:
                raise UnwritableError("Two different lines are proposed for this key; choose one and write it by hand.")
            new = with_line(data, line)
            _check(replace(document, data=new, revision=""), problem, before, shape, library)
        except UnwritableError as reason:
            refused.append((problem, str(reason)))
        else:
            data = new
            written.append(problem)
    return Amended(data=data, written=tuple(written), refused=tuple(refused))


def _check(document: Document, problem: Problem, before: Reading, shape: Shape, library: Library) -> None:
    """That the line settles its problem, and brings no other."""
    after = read_document(document, shape, library)
    known = {(problem.what, problem.field) for problem in before.problems}
    new = [p for p in after.problems if p.severity == "error" and (p.what, p.field) not in known]
    if new or after.broken - before.broken or len(after.events) != len(before.events):
        said = f" ({new[0].what.rstrip('.')})" if new else ""
        raise UnwritableError(f"With this line the file would have another problem{said}; write what is right by hand.")
    if any((p.what, p.field) == (problem.what, problem.field) for p in after.problems):
        raise UnwritableError("This line alone would not settle it; write what is right by hand.")


def with_line(data: bytes, line: str) -> bytes:
    """The bytes with the line in the front matter: in the place of the key's present value, else before the fence.

    Line endings, BOM, comments and everything else stay. Raises UnwritableError for a key that stands
    twice or on several lines, and for bytes that are no front matter as it should be.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise UnwritableError("The file is not UTF-8 text.") from error
    first = _end_of_line(text, 0)
    fence = _closing_fence(text, first)
    root = _mapping(text[first:fence])
    key, _, value = line.partition(": ")
    if root is None:
        return _inserted(text, fence, line)
    if root.flow_style:
        raise UnwritableError("The front matter is not written as one key a line; write this one by hand.")
    found = [(name, node) for name, node in root.value if name.value == key]
    if len(found) > 1:
        raise UnwritableError(f"The key {key} stands {len(found)} times; leave one of them, then try again.")
    if not found:
        return _inserted(text, fence, " " * root.value[0][0].start_mark.column + line)
    return _replaced(text, first, found[0], value)


def _closing_fence(text: str, at: int) -> int:
    """Where the line begins that closes the front matter."""
    while at < len(text):
        end = _end_of_line(text, at)
        if text[at:end].rstrip("\r\n").rstrip(" \t") in ("---", "..."):
            return at
        at = end
    raise UnwritableError("No line with --- ends the front matter.")


def _end_of_line(text: str, at: int) -> int:
    """Where the next line begins; LF, CR LF and CR end a line, as for the reader."""
    found = _ENDING.search(text, at)
    return found.end() if found else len(text)


def _mapping(text: str) -> yaml.MappingNode | None:
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise UnwritableError("The front matter is not valid YAML.") from error
    if root is not None and not (isinstance(root, yaml.MappingNode) and root.value):
        raise UnwritableError("The front matter is not a list of keys and values.")
    return root


def _inserted(text: str, fence: int, line: str) -> bytes:
    before = text[:fence]
    ending = "\r\n" if before.endswith("\r\n") else before[-1]
    return f"{before}{line}{ending}{text[fence:]}".encode()


def _replaced(text: str, first: int, found: tuple[yaml.Node, yaml.Node], value: str) -> bytes:
    name, node = found
    start, end = first + node.start_mark.index, first + node.end_mark.index
    behind = first + name.end_mark.index
    if node.start_mark.index == node.end_mark.index:
        # An empty value has no place of its own: it goes behind the colon.
        start = end = text.index(":", behind) + 1
        value = f" {value}"
    if not isinstance(node, yaml.ScalarNode) or "\n" in text[behind:end] or "\r" in text[behind:end]:
        raise UnwritableError(f"The key {name.value} is not written on one line; write this one by hand.")
    return f"{text[:start]}{value}{text[end:]}".encode()
