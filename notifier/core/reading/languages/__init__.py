"""The languages that prose is read in: one table each, all of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from notifier.core.reading.languages.detection import told_language
from notifier.core.reading.languages.english import english
from notifier.core.reading.languages.french import french
from notifier.core.reading.languages.german import german
from notifier.core.reading.languages.italian import italian
from notifier.core.reading.languages.language import Language
from notifier.core.reading.languages.spanish import spanish

ENGLISH = english()

# The tables are built when they are first asked for: compiling takes a while, and most sites need one.
_TABLES: dict[str, Callable[[], Language]] = {
    "en": english, "de": german, "fr": french, "es": spanish, "it": italian,
}  # fmt: skip
CODES = tuple(_TABLES)


def language_named(code: str) -> Language | None:
    """The language of a code such as `de`, `de-AT` or `DE_ch`; None where it is none that is read."""
    table = _TABLES.get(_plain(code))
    return table() if table else None


def language_of(text: str, codes: Sequence[str]) -> Language:
    """The language of a text, one of those that it may be in; the first is preferred, English where none is known."""
    known = list(dict.fromkeys(code for code in map(_plain, codes) if code in _TABLES))
    return _TABLES[told_language(text, known)]() if known else ENGLISH


def _plain(code: str) -> str:
    return code.strip().casefold().replace("_", "-").partition("-")[0]


__all__ = ["CODES", "ENGLISH", "Language", "language_named", "language_of"]
