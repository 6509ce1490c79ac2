"""The one front-matter line that states a value, under the key that the site has for it."""

from __future__ import annotations

import json
import re

from notifier.core.event import Document
from notifier.core.reading.mapped import Keys
from notifier.core.reading.shape import Pick, Shape

_KEY = re.compile(r"[A-Za-z_][\w-]{0,60}")
#: What YAML reads as this text wherever it stands behind a key. Words for true, false and none are not among it.
_PLAIN = re.compile(r"[A-Za-z][\w/.-]{0,60}|https?://[\w/.~%?=&+@-]{1,2000}(?<![:,])", re.ASCII)
_FLAGS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
_FENCE = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*(?:[\r\n]|\Z)")


def key_of(keys: Keys, name: str) -> str | None:
    """The site's key for our name; None where what is written under a key of its own would not be what is read."""
    ways = keys.fields.get(name)
    if ways is None:
        return name
    first = ways[0] if ways else Pick()
    key = first.keys[0] if first.keys else ""
    # The value of a pattern, a table or several keys is not simply what stands there.
    return key if first == Pick(keys=first.keys) and _KEY.fullmatch(key) else None


def line_of(keys: Keys, name: str, value: str) -> str | None:
    """`key: value`, where that key is what is read."""
    key = key_of(keys, name)
    return f"{key}: {value}" if key else None


def quoted(text: str) -> str:
    """A text as YAML: plain where that is certain to be read as the same text, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _FLAGS:
        return text
    # YAML's double quotes take every escape of JSON's (YAML 1.2, 1.3: a superset).
    return json.dumps(text, ensure_ascii=False)


def takes_lines(document: Document, shape: Shape) -> bool:
    """Whether a line `key: value` can be added to the document: it begins with YAML between fences."""
    return shape.format == "front-matter" and _FENCE.match(document.data) is not None
