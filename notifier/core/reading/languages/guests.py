"""Words for members and for invitations, misspelt too: without one of them hardly anything closes an event."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil, floor

from rapidfuzz import fuzz

from notifier.core.event import Access
from notifier.core.reading.languages.language import Slips

INVITES_SLIP = 80
LONG_SLIP = 85
#: The most letters that a token has.
_TOKEN = 24
#: So many words that are none of guests are remembered, and none that are longer.
_KNOWN, _SHORT = 20_000, 24


def names_guests(text: str, slips: Slips) -> bool:
    """Whether a word of a text is, or nearly is, one for members or for invitations."""
    return _named_by(slips)(text)


def guest(word: str, slips: Slips) -> Access | None:
    """To whom a word in small letters leaves an event open: to members, or to those who are invited."""
    if is_near(word, slips.invites, INVITES_SLIP):
        return "invitation"
    near = (member for member in slips.members[:2] if word[0] == member[0])
    return "members" if word in slips.members or any(fuzz.ratio(word, m) >= LONG_SLIP for m in near) else None


def is_near(word: str, others: Sequence[str], limit: int) -> bool:
    """Nearly one of these words; the first three letters are right."""
    word = word.casefold()
    return any(word[:3] == other[:3] and fuzz.ratio(word, other) >= limit for other in others)


@lru_cache(maxsize=16)
def _named_by(slips: Slips) -> Callable[[str], bool]:
    gate = _gate(slips)
    # The first letters are right, so that most words need no closer look.
    begins = tuple({*(word[:3] for word in (*slips.invites, *slips.invitation)), *(word[0] for word in slips.members)})
    others: set[str] = set()

    def is_guest(word: str) -> bool:
        return word.startswith(begins) and (
            guest(word, slips) is not None or is_near(word, slips.invitation, LONG_SLIP)
        )

    def named(text: str) -> bool:
        # Case is folded in other ways where there are other letters.
        if text.isascii() and gate.search(text) is None:
            return False
        # Few words of a language make up most of every text.
        for part in set(text.split()) - others:
            if any(map(is_guest, map(str.casefold, slips.token.findall(part)))):
                return True
            if len(others) < _KNOWN and len(part) <= _SHORT:
                others.add(part)
        return False

    return named


def _gate(slips: Slips) -> re.Pattern[str]:
    """Found in every text of ASCII letters that names guests.

    What is nearly a word for invitations has its first three letters. What is nearly one for members has its first
    letter and about its length: a ratio is twice the letters that two words share over the letters of both, and they
    share no more than the shorter one has.
    """
    share = LONG_SLIP / 100
    invites = {word[:3] for word in (*slips.invites, *slips.invitation)}
    lengths = {word[0]: [len(other) for other in slips.members if other[0] == word[0]] for word in slips.members}
    ways = [f"(?<={_any_case(word[0])}){''.join(map(_any_case, word[1:]))}" for word in sorted(invites)]
    for letter, long in lengths.items():
        least, most = ceil(min(long) * share / (2 - share)), floor(max(long) * (2 - share) / share)
        ways.append(f"(?<={_any_case(letter)})[A-Za-z']{{{least - 1},{most - 1}}}(?![A-Za-z])")
    # It begins with a set of letters, so that a search passes over all others quickly. A token begins behind what is no
    # letter, or where another one ended because it had as many as a token may have.
    first = "".join(_any_case(word[0])[1:-1] for word in sorted({*invites, *lengths}))
    return re.compile(rf"[{first}](?:(?<![A-Za-z].)|(?<=[A-Za-z']{{{_TOKEN}}}.))(?:{'|'.join(ways)})")


def _any_case(letter: str) -> str:
    return f"[{letter.upper()}{letter.lower()}]"
