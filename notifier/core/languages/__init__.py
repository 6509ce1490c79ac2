"""The languages that mails are written in: sentences, dates and times of each in a file of its own.

English sentences are the keys of every other table. How a language is added stands in docs/templates.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from notifier.core.languages.english import English, english_texts
from notifier.core.languages.language import Forms, Language, Text

__all__ = ["SHIPPED", "Forms", "Language", "Text", "in_english", "is_shipped", "language_of"]

#: Their names by their codes. Regions (`de-AT`) are written in the language of their first part.
SHIPPED: Mapping[str, str] = {"de": "German", "en": "English"}


def is_shipped(code: str) -> bool:
    """Whether mails can be written in this language, of whatever region."""
    return _parts(code)[0] in SHIPPED


def in_english(code: str) -> str:
    """The code where it is one of English, else `en`: for pages whose own words are English."""
    base, region = _parts(code)
    return base + region if base == "en" else "en"


@lru_cache(maxsize=64)
def language_of(code: str) -> Language:
    """The language of this code, for instance `en`, `en-US`, `de-AT`; English for one that is not shipped."""
    base, region = _parts(code)
    if base == "de":
        # Its dates are Babel's, and most sites never need it.
        from notifier.core.languages.german import german  # noqa: PLC0415 - slow to import

        return german(base + region)
    found = in_english(code)
    return Language(code=found, forms=English(month_first=found.casefold() == "en-us"), texts=english_texts())


def _parts(code: str) -> tuple[str, str]:
    """The language, in small letters, and `-` with the rest."""
    base, hyphen, region = code.replace("_", "-").partition("-")
    return base.casefold(), hyphen + region
