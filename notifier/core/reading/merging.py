"""Documents that are one event: translations and copies, known by a key of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.core.reading.mapped import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What makes a document the same event as others: their common key. `language` is its own, where it says so."""

    key: str
    language: str | None = None


def read_copy(keys: Keys) -> Copy | None:
    """The document's key among its copies (the field `same`), where the site has one."""
    found = keys.text("same", "same") if "same" in keys.fields else None
    if found is None:
        return None
    language = keys.text("language", "language")
    return Copy(key=found.value, language=language.value.casefold() if language else None)
