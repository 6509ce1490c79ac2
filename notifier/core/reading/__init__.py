"""One document in, events and problems out.

Mapped keys, prose, path and defaults all give candidates; one place resolves them or reports the contradiction.
"""

from notifier.core.reading.document import Reading, read_document, read_entries, read_project
from notifier.core.reading.library import Library
from notifier.core.reading.merging import merge

__all__ = ["Library", "Reading", "merge", "read_document", "read_entries", "read_project"]
