"""The events that one page holds: those that are wanted, session by session, each with a path of its own."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.library import Library
from notifier.core.reading.picking import MAX_SEARCHED, at_path, pick
from notifier.core.reading.plain import cut, visible
from notifier.core.reading.shape import Pick, Shape
from notifier.core.values import record

MAX_SESSIONS = 200
#: Characters of the page's text, which each of its sessions is read with.
MAX_TOGETHER = 1_000_000

_TEXTS = tuple(Pick(keys=(name,)) for name in ("body", "description", "text", "content", "summary", "excerpt"))
_TITLES = (Pick(keys=("title", "name")),)
_NAMES = ("key", "id", "slug", "uid")


@record(frozen=True, slots=True, kw_only=True)
class Part:
    """One event's page, its path (`file`, `file#key`, `file#n`) and the identity key that its author gave.

    `session` is the `#n` of one session among several, which all else may have in common.
    """

    page: Page
    path: str
    key: str | None = None
    session: str = ""


def parts_of(pages: Sequence[Page], shape: Shape, path: str, *, library: Library, notes: Notes) -> Iterator[Part]:
    """Every event of a document. Entries that `only` leaves out are no events and no problems."""
    wanted = [page for page in pages if _is_wanted(page, shape.only)]
    many = shape.format == "data" or bool(shape.lists)
    names = (
        _names(wanted, shape, path, library, notes) if many else [_given(page, shape, path, library) for page in wanted]
    )
    for page, name in zip(wanted, names, strict=True):
        part = Part(
            page=_with_body(page, shape, path, library) if many else page,
            path=f"{path}#{name}" if many else path,
            key=None if many else name,
        )
        yield from _sessions(part, shape, notes)


def _is_wanted(page: Page, only: Mapping[str, frozenset[str]]) -> bool:
    return all(
        any(text.strip().casefold() in values for entry in at_path(page.entries, key) for text in entry.texts())
        for key, values in only.items()
    )


def _with_body(page: Page, shape: Shape, path: str, library: Library) -> Page:
    """An entry of a data file may keep its prose under a key."""
    if page.body:
        return page
    ways = shape.fields.get("body", _TEXTS)
    found = pick(ways, page, path=path, library=library)
    if found is None or not found.raw:
        return page
    line = found.text_line
    return replace(page, body=found.raw, body_line=line or found.line or 1, lined=line is not None)


def _given(page: Page, shape: Shape, path: str, library: Library) -> str | None:
    ways = shape.fields.get("key")
    found = pick(ways, page, path=path, library=library) if ways else None
    return _name(found.raw) if found and found.raw.strip() else None


def _names(pages: Sequence[Page], shape: Shape, path: str, library: Library, notes: Notes) -> list[str]:
    """A name for each entry that no other has: the configured key, the format's, a key that names them all, the title."""
    given = [_given(page, shape, path, library) or _name(page.key or "") for page in pages]
    shared = None if "key" in shape.fields else _telling_apart(pages)
    titles = [_titled(page, shape, path, library) for page in pages]
    names = [name or (shared and _name(page.entries[shared].raw)) or title
             for name, page, title in zip(given, pages, titles, strict=True)]  # fmt: skip
    counts = Counter(names)
    dated = [name if counts[name] == 1 else f"{name}-{_dated(page, shape, path, library)}"
             for name, page in zip(names, pages, strict=True)]  # fmt: skip
    return list(_numbered(dated, pages, notes))


def _telling_apart(pages: Sequence[Page]) -> str | None:
    """The key that every entry has and that is different in each."""
    for name in _NAMES:
        values = [page.entries[name].raw for page in pages if name in page.entries and page.entries[name].raw]
        if len(values) == len(pages) == len(set(values)) and pages:
            return name
    return None


def _titled(page: Page, shape: Shape, path: str, library: Library) -> str:
    found = pick(shape.fields.get("title", _TITLES), page, path=path, library=library)
    return _name(found.raw if found else "") or "untitled"


def _dated(page: Page, shape: Shape, path: str, library: Library) -> str:
    for name in ("date", "start", "dates"):
        found = pick(shape.fields.get(name, (Pick(keys=(name,)),)), page, path=path, library=library)
        if found and (text := _name(found.raw or " ".join(found.texts()))):
            return text[:32]
    return "undated"


def _numbered(names: Sequence[str], pages: Sequence[Page], notes: Notes) -> Iterator[str]:
    """Entries that can't be told apart get numbers, and a warning: a number is no lasting name."""
    met: Counter[str] = Counter()
    for name, page in zip(names, pages, strict=True):
        met[name] += 1
        if met[name] == 2:
            line = next(iter(page.entries.values())).line if page.entries else None
            notes.problem(
                f"Several entries are named {cut(name, limit=60)}, so they are told apart by their order only.",
                "Give each an id: of its own, or name the key that tells them apart (fields: key:) in config.yaml.",
                line=line,
                severity="warning",
            )
        yield name if met[name] == 1 else f"{name}-{met[name]}"


def _name(text: str) -> str:
    """A name for a path: plain lower-case letters, digits and hyphens; other scripts' letters stay."""
    folded = unicodedata.normalize("NFKD", visible(text).casefold())
    plain = "".join(c if c.isalnum() else "-" for c in folded if not unicodedata.combining(c))
    return re.sub(r"-{2,}", "-", plain).strip("-")[:80].rstrip("-")


def _sessions(part: Part, shape: Shape, notes: Notes) -> Iterator[Part]:
    """The page itself, or one event for each item of its list of sessions, which inherits what it doesn't say."""
    listed = next(iter(at_path(part.page.entries, shape.sessions)), None) if shape.sessions else None
    items = listed.value if listed is not None and isinstance(listed.value, tuple) else ()
    sessions = [item.value for item in items if isinstance(item.value, Mapping)]
    if not sessions:
        yield part
        return
    most = min(MAX_SESSIONS, MAX_TOGETHER // max(1, len(part.page.body[:MAX_SEARCHED])))
    if len(sessions) > most:
        beside = " beside this long text" if most < MAX_SESSIONS else ""
        notes.problem(
            f"The list has {len(sessions)} sessions; only the first {most} are read{beside}.",
            "Write them in several files.",
            field=shape.sessions,
            line=listed.line if listed else None,
        )
    own: dict[str, Entry] = {key: entry for key, entry in part.page.entries.items() if key != shape.sessions}
    for number, session in enumerate(sessions[:most], start=1):
        page = replace(part.page, entries={**own, **session})
        place = f"#{number}"
        yield Part(page=page, path=part.path + place, key=part.key and part.key + place, session=place)
