"""What two tellings of an event have in common: words of the title, the file's name, the text. Told by marks, not by feel."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from zlib import crc32

from notifier.core.event import AllDay, Timed, When

#: Of two texts' pairs of neighbouring words so many are shared when one is the other, edited: another date changes three
#: or four pairs, a corrected paragraph a tenth. Two texts written for different evenings share next to none.
MOSTLY = 0.7
#: What is shorter than this is a phrase that many events have ("Details follow."), and says nothing about any.
LEAST_WORDS = 20
#: Characters of a text that are compared: enough to tell two texts apart, and little enough to do often.
COMPARED = 4_000

_WORD = re.compile(r"\w+")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-_. ]?\d\d?){0,2}")
#: Names that say nothing, so that the folder is the name.
_NAMELESS = frozenset({"index", "_index", "readme", "default", "event", "page"})
_LEAST_LETTERS = 3
_SKETCHED = 8


def words_of(title: str) -> str:
    """The words of a title; spaces, capitals and punctuation don't count."""
    return " ".join(_WORD.findall(title.casefold()))


def undated(text: str) -> str:
    """The words of a title without its figures, which a moved event changes with its date; "" where none are left."""
    return " ".join(word for word in _WORD.findall(text.casefold()) if not any(map(str.isdigit, word)))


def name_of(path: str) -> str:
    """What a path calls the event: an entry's key, else the file's name without folder and endings, with its session.

    Where the name is one that every file has, the two folders above it are the name.
    """
    file, _, part = path.partition("#")
    if part and not is_session(path):
        return part.casefold()
    *folders, last = file.casefold().split("/")
    stem = last.partition(".")[0]
    name = "/".join(folders[-2:]) if stem in _NAMELESS and folders else stem
    return f"{name}#{part}" if part else name


def is_session(path: str) -> bool:
    """Whether it is one of several of a file that have no names of their own, only numbers or dates."""
    part = path.partition("#")[2]
    return bool(part) and (sum(map(str.isalpha, part)) < _LEAST_LETTERS or _DATE.match(part) is not None)


def slug_of(path: str) -> str:
    """The name without dates; "" where too little is left to be a name."""
    name = _DATE.sub("", name_of(path).partition("#")[0]).strip("-_./ ")
    return name if sum(map(str.isalpha, name)) >= _LEAST_LETTERS else ""


def day_of(when: When | None) -> date | None:
    """The first day, as clocks at the event show it."""
    match when:
        case Timed(starts_at=start):
            return start.date()
        case AllDay(first=first):
            return first
        case None:
            return None


def overlap(one: str, other: str) -> float | None:
    """Which share of the two texts' pairs of words is in both, from 0 to 1; None where a text is too short to tell."""
    mine, theirs = _pairs(one), _pairs(other)
    if min(mine.total(), theirs.total()) < LEAST_WORDS:
        return None
    return 2 * (mine & theirs).total() / (mine.total() + theirs.total())


def is_mostly(one: str, other: str) -> bool:
    """Whether the two are mostly the same text, long enough to say so."""
    share = overlap(one, other)
    return share is not None and share >= MOSTLY


def sketch(text: str) -> Iterable[int]:
    """A few numbers of which two texts share some when they are mostly the same: the smallest hashes of their pairs.

    (Broder: On the resemblance and containment of documents, 1997.)
    """
    pairs = _pairs(text)
    if pairs.total() < LEAST_WORDS:
        return ()
    return sorted(crc32(f"{one} {other}".encode(errors="surrogatepass")) for one, other in pairs)[:_SKETCHED]


def _pairs(text: str) -> Counter[tuple[str, str]]:
    found = _WORD.findall(text[:COMPARED].casefold())
    return Counter(pairwise(found))
