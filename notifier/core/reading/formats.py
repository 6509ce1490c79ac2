"""The formats in which events are written: each gives the pages of a document."""

from __future__ import annotations

from collections.abc import Sequence

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.datafile import is_datafile, read_listed, read_roots
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.frontmatter import read_page
from notifier.core.reading.labelled import read_labelled, read_sections
from notifier.core.reading.shape import Format


def read_pages(document: Document, written: Format, lists: Sequence[str], notes: Notes) -> tuple[Page, ...] | None:
    """A document's pages; None, with a problem noted, where it can't be understood. Never raises.

    `front-matter` and `labelled` documents have one. A `data` file has one for each item of its lists; `lists`
    are their key paths. In a `labelled` document they are headings (`##`), each of which begins one.
    """
    match written:
        case "data":
            return read_listed(document, lists, notes)
        case "labelled":
            return read_sections(document, lists, notes) if lists else _one(read_labelled(document, notes))
        case "front-matter":
            return _one(read_page(document, notes))


def _one(page: Page | None) -> tuple[Page, ...] | None:
    return None if page is None else (page,)


def read_entries(document: Document, notes: Notes) -> Entry | None:
    """Everything written in a document, for others to refer to; None, with a problem noted, where it can't be read.

    The content of a data file (several YAML documents: their lists joined, else a list of them); of any other file
    its front matter, with the text below it under the key `body`, unless it has that key itself.
    """
    if is_datafile(document.path):
        roots = read_roots(document, notes)
        return None if roots is None else _joined(roots)
    page = read_page(document, notes)
    if page is None:
        return None
    entries = dict(page.entries)
    if page.body:
        entries.setdefault("body", Entry(value=page.body, raw=page.body, line=page.body_line))
    return Entry(value=entries, line=1)


def _joined(roots: list[Entry]) -> Entry:
    kept = [root for root in roots if not root.is_empty]
    if len(kept) == 1:
        return kept[0]
    lists = [root.value for root in kept if isinstance(root.value, tuple)]
    items = tuple(item for listed in lists for item in listed) if len(lists) == len(kept) else tuple(kept)
    return Entry(value=items, line=1, basis="data")
