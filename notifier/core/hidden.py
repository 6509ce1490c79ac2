"""What must not be told of events, found in a text however it is written there.

A value is looked for as the row of its words: folded, escaped, percent-encoded or in HTML, with a comma or without, it
is the same row. `room-12` is not found in `room-123`.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, compress, count
from urllib.parse import unquote

from notifier.core.event import Event
from notifier.core.plain import clean_text, http_url
from notifier.core.public import public_view
from notifier.core.rule import Site

_WORD = re.compile(r"[^\W_]+")
_ONLY_ASCII_WORDS = bytes(sign if sign < 128 and chr(sign).isalnum() else 32 for sign in range(256))
#: A title may be cut off at its end; nobody writes so many of its words by chance.
_MOST_WORDS = 12
#: Fewer letters and digits stand in many texts for something else.
_LEAST = 6
#: The fields whose values are looked for, and what people call them.
LABELS: Mapping[str, str] = {
    "join_url": "join link", "info_url": "link to more", "contact": "contact", "url": "address",
    "recording_url": "recording", "location": "place", "title": "title", "summary": "summary",
}  # fmt: skip
#: Words of a language may stand in another event's text; an address or a place in it is the one that is hidden.
_EVERYWHERE = frozenset(LABELS) - {"title", "summary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """The words of a hidden value. `everywhere`: in no entry may they stand, else only not in that of its own event."""

    words: tuple[str, ...]
    name: str
    path: str
    uid: str
    everywhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Everything that is looked for, by the word of it that is rarest, with the place of that word in its row.

    `words` are these words, and `new` those of what was not looked for before. `is_ascii`: all of them are.
    """

    rows: tuple[tuple[Needle, ...], ...] = ()
    by_word: Mapping[str, Sequence[tuple[int, Needle]]] = field(default_factory=dict)
    words: frozenset[bytes] = frozenset()
    new: frozenset[bytes] = frozenset()
    is_ascii: bool = True

    def of(self, rows: Iterable[tuple[Needle, ...]]) -> Hidden:
        """What to look for now; this very object where nothing changed."""
        now = tuple(filter(None, rows))
        if now == self.rows:
            return self
        before, needles = set(chain(*self.rows)), list(chain(*now))
        frequency = Counter(chain(*(set(needle.words) for needle in needles)))
        by_word: defaultdict[str, list[tuple[int, Needle]]] = defaultdict(list)
        new: set[bytes] = set()
        for needle in needles:
            # Of words that are as rare the last one: addresses end in what tells them from others.
            rarity = [(not word.isascii(), frequency[word], -at) for at, word in enumerate(needle.words)]
            place = rarity.index(min(rarity))
            by_word[needle.words[place]].append((place, needle))
            if needle not in before:
                new.add(needle.words[place].encode())
        words = frozenset(map(str.encode, by_word))
        is_ascii = all(map(str.isascii, by_word))
        return Hidden(rows=now, by_word=dict(by_word), words=words, new=frozenset(new), is_ascii=is_ascii)

    def may_stand_in(self, text: bytes, *, only_new: bool = False) -> bool:
        """Whether it is worth reading unfolded lines closely. The words in them are compared at once, for there may be many."""
        wanted = self.new if only_new else self.words
        if not wanted:
            return False
        # A word may be percent-encoded, or written as HTML writes signs, or next to a sign that is not ASCII.
        if not self.is_ascii or b"%" in text or b"&" in text:
            return True
        return not wanted.isdisjoint(_unescaped(text).translate(_ONLY_ASCII_WORDS).split())

    def found(self, words: Sequence[str]) -> Iterator[Needle]:
        """The hidden values that stand among these words."""
        for at in compress(count(), map(self.by_word.__contains__, words)):
            for place, needle in self.by_word[words[at]]:
                start = at - place
                if start >= 0 and tuple(words[start : start + len(needle.words)]) == needle.words:
                    yield needle


def words_in(text: bytes) -> list[str]:
    """The words of unfolded lines, their values' escapes undone."""
    return words_of(_unescaped(text).replace(b"\\", b"").decode())


def _unescaped(text: bytes) -> bytes:
    return text.replace(b"\\\\", b" ").replace(b"\\n", b" ")


def words_of(text: str) -> list[str]:
    """The words of a text, an address or HTML, without what stands between them."""
    if "%" in text:
        text = unquote(text)
    if "&" in text:
        text = html.unescape(text)
    return _WORD.findall(text)


def hidden_values(event: Event, site: Site) -> tuple[Needle, ...]:
    """What a public feed must not tell of the event.

    Not the names of its category, topics and projects, which are other events' too, nor one word that is no address:
    a place named "Library" can't be kept from a page that speaks of a library.
    """
    names = {name for name in event.private if name in LABELS}
    if event.join_url and event.public_join_url is None:
        names.add("join_url")
    if not names:
        return ()
    return tuple(chain(*(_needles(event, name, site) for name in sorted(names))))


def _needles(event: Event, name: str, site: Site) -> Iterator[Needle]:
    for form in _forms(getattr(event, name) or ""):
        words = tuple(words_of(_bare(clean_text(form)))[:_MOST_WORDS])
        if len("".join(words)) >= _LEAST and (len(words) > 1 or any(map(str.isdigit, words[0]))):
            everywhere = name in _EVERYWHERE and not _is_front_page(form, words, site)
            yield Needle(words=words, name=name, path=event.path, uid=event.uid, everywhere=everywhere)


def _forms(value: str) -> Iterator[str]:
    """The value as it is, and, where its host would be written differently as a link, as that."""
    yield value
    host = _bare(value).partition("/")[0]
    if not host.isascii() or host != host.lower():
        yield http_url(value) or value


def _bare(value: str) -> str:
    """Without what an address begins with: it may be written with another, or with none."""
    return value.partition("://")[2] or value.removeprefix("mailto:")


def _is_front_page(value: str, words: tuple[str, ...], site: Site) -> bool:
    """An address that others begin with, of a whole host or of the site's own pages, gives nothing away by itself."""
    _, is_address, bare = value.partition("://")
    if is_address and not bare.partition("/")[2] and "?" not in bare:
        return True
    return any(words == beginning[: len(words)] for beginning in map(_words_of_address, (site.url, site.public_url)))


@lru_cache(maxsize=16)
def _words_of_address(address: str) -> tuple[str, ...]:
    return tuple(words_of(_bare(address)))


def tells_openly(event: Event, needle: Needle) -> bool:
    """Whether the event's own public values hold these words: a room of its own that another event hides, its uid."""
    view = public_view(event)
    values: tuple[str | None, ...] = (event.uid, view.url) if not needle.everywhere else (event.uid,)
    if event.uid != needle.uid:
        values = (
            event.uid, view.url, view.title, view.location, view.public_join_url, view.info_url, view.category,
            *view.topics, *view.projects,
        )  # fmt: skip
    row = f" {' '.join(needle.words)} "
    return any(row in f" {' '.join(words_of(value))} " for value in values if value)
