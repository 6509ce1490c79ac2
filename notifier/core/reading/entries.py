"""The values of a document as its author wrote them: a tree that keeps each value's line and exact text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from notifier.core.values import record

_NESTED = (tuple, Mapping)
Scalar = None | bool | int | float | str


@record(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value: a scalar, a list or a mapping of further entries.

    `line` is where it stands in the file (1-based; None where the format doesn't tell). `raw` is a scalar's text
    exactly as written; `text_line` is where that begins, if each of its lines is one of the file. `name` says where it was found, in the site's own words (`location.city`); `basis` how
    (see `Evidence`); both are set where a field is picked.
    """

    value: Scalar | tuple[Entry, ...] | Mapping[str, Entry]
    line: int | None = None
    raw: str = ""
    name: str = ""
    basis: str = "front matter"
    text_line: int | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing after the colon, an empty text, an empty list or mapping."""
        value = self.value
        # Nearly all are texts, and to ask whether something is a mapping takes a while.
        if value is None or isinstance(value, str):
            return not value
        return isinstance(value, _NESTED) and not value

    @property
    def is_nested(self) -> bool:
        """A list or a mapping."""
        return not isinstance(self.value, str) and isinstance(self.value, _NESTED)

    def named(self, name: str) -> Entry:
        """The same value with where it was found."""
        # As `replace` does, which takes several times as long.
        return Entry(
            value=self.value, line=self.line, raw=self.raw, name=name, basis=self.basis, text_line=self.text_line
        )

    def texts(self) -> Iterator[str]:
        """The scalars in it as written: itself, or those of its list; mappings and lists in a list have none."""
        if isinstance(self.value, tuple):
            yield from (item.raw for item in self.value if _is_text(item))
        elif _is_text(self):
            yield self.raw

    def plain(self) -> object:
        """The bare values: scalars, lists and dictionaries."""
        match self.value:
            case tuple():
                return [item.plain() for item in self.value]
            case Mapping():
                return {key: item.plain() for key, item in self.value.items()}
            case _:
                return self.value


def _is_text(entry: Entry) -> bool:
    return entry.value is not None and not entry.is_nested


@record(frozen=True, slots=True, kw_only=True)
class Page:
    """One event's part of a document: its entries and its text.

    `body_line` is the line on which `body` begins; without `lined`, all of it stands there: its line breaks are none of
    the file's. `key` names the entry of a data file (the `#key` of an event's
    path); None where the document is one event.
    """

    entries: Mapping[str, Entry]
    body: str = ""
    body_line: int = 1
    lined: bool = True
    key: str | None = None
