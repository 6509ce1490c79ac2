"""The formats in which events are written: each gives the pages of a document."""

from __future__ import annotations

from collections.abc import Sequence

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Page
from notifier.core.reading.frontmatter import read_page
from notifier.core.reading.shape import Format


def read_pages(document: Document, written: Format, lists: Sequence[str], notes: Notes) -> tuple[Page, ...] | None:
    """A document's pages; None, with a problem noted, where it can't be understood. Never raises.

    `front-matter` and `labelled` documents have one. A `data` file has one for each item of its lists; `lists`
    are their key paths.
    """
    del written, lists
    page = read_page(document, notes)
    return None if page is None else (page,)
