"""Authors' words that a mail program would take for marks to fill in: `*|FNAME|*`, `{{ name }}`, `<% code %>`, `%recipient%`.

Nobody could tell them from a template's own once a message is written. So a space keeps their brackets apart before
that, and readers see what the author wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

T = TypeVar("T")
#: Between the two signs of every bracket, and behind the first of those that begin a word.
_BETWEEN = re.compile(
    r"(?<=\{)(?=[{%#])|(?<=[}%#])(?=\})|(?<=<)(?=%)|(?<=%)(?=>)|(?<=\*)(?=\|)|(?<=\|)(?=\*)|(?<=%)(?=%|recipient)",
    re.IGNORECASE,
)
_WEB = ("http://", "https://", "webcal://", "mailto:")
#: What most facts are that are no text.
_TEXTLESS = frozenset({type(None), bool, int, date, datetime})
#: What is declared as such holds no text either.
_NO_TEXT = frozenset({"bool", "int", "date", "date | None", "datetime", "datetime | None"})
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def unmarked(text: str) -> str:
    """The text without marks. Of an address, which no space may part, signs that stand for nothing are percent-encoded."""
    if not ("{" in text or "%" in text or "|" in text or "}" in text):
        return text  # nearly all texts
    if text.startswith(_WEB) and not any(map(str.isspace, text)):
        return _BARE_PERCENT.sub("%25", text).replace("{", "%7B").replace("}", "%7D").replace("|", "%7C")
    return _BETWEEN.sub(" ", text)


def without_marks(value: T) -> T:
    """The same value, with every text in it unmarked; the very same where there are none."""
    texts = _texts_in(value)
    is_marked = "{" in texts or "%" in texts or "|" in texts or "}" in texts
    return _without_marks(value) if is_marked else value


def _texts_in(value: Any) -> str:
    """Every text in a value, one behind the other: most have no sign of a mark, which is soon known of all together."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "".join(map(_texts_in, value)) if value else ""
    read = _reading(type(value))  # type: ignore[arg-type]  # a class can be hashed
    return read(value) if read is not None else ""


def _without_marks(value: T) -> T:
    found: Any = value
    if isinstance(found, str):
        found = unmarked(found)
    elif isinstance(found, tuple):
        parts = tuple(map(_without_marks, found))
        found = found if all(map(_is, parts, found)) else parts
    elif (names := _fields(type(found))) is not None:  # type: ignore[arg-type]  # a class can be hashed
        new = {}
        for name in names:
            before = getattr(found, name)
            kind = type(before)
            if kind in _TEXTLESS or before == ():
                continue
            after = unmarked(before) if kind is str else _without_marks(before)
            if after is not before:
                new[name] = after
        found = replace(found, **new) if new else found
    return cast("T", found)


@cache
def _fields(kind: type[object]) -> tuple[str, ...] | None:
    """The names of a dataclass's values; None for any other class."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else None


@cache
def _reading(kind: type[object]) -> Callable[[Any], str] | None:
    """What gives all texts of a dataclass, those that are declared as such at once; None for any other class."""
    if not is_dataclass(kind):
        return None
    texts = [one.name for one in fields(kind) if one.type in ("str", str)]
    others = [one.name for one in fields(kind) if one.type not in _NO_TEXT and one.name not in texts]
    # Of one name alone it would give the bare value.
    taken = attrgetter(*texts) if len(texts) > 1 else None
    others += [] if taken else texts

    def read(value: Any) -> str:
        texts = "".join(taken(value)) if taken is not None else ""
        return texts + "".join([_texts_in(getattr(value, name)) for name in others])

    return read


def _is(one: object, other: object) -> bool:
    return one is other
