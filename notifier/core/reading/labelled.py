"""Markdown without front matter: a title, and lines near the top that say what they give (`**Date:** 5 May 2026`).

Any words may be a label, in any language; the configuration says which of them mean what. The body keeps the
labelled lines: what no field is made of, as in “Zielgruppe: nur Mitglieder”, must not be lost to those who read
the prose, and a line that is read twice says the same twice.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from notifier.core.event import Document
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.frontmatter import begins, read_page
from notifier.core.reading.limits import FRONT_MATTER, Refused, text_of
from notifier.core.reading.mending import report_stray
from notifier.core.reading.plain import visible, without_markup

BASIS = "label"
#: How many lines with something on them are "near the top".
MAX_LINES = 60
MAX_LABEL = 40
MAX_SECTIONS = 1000

_HEADING = re.compile(r"\A {0,3}#[ \t]+(?=\S)")
_ANY_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]{1,20}\S")
_CLOSED = re.compile(r"[ \t]#{1,6}[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}={1,200}[ \t]*")
_BLOCK = re.compile(r" {0,3}(?:#{1,6}[ \t]|>|[-*+][ \t]|\d{1,3}[.)][ \t]|\||<|={3}|-{3}|`{3}|~{3})")
_FENCE = re.compile(r" {0,3}(?:`{3}|~{3})")
_ITEM = re.compile(r"\A[ \t]{0,12}(?:[-*+]|\d{1,3}[.)])[ \t]{1,4}")
_QUOTE = re.compile(r"\A {0,3}>[ \t]?")
_BOLD_TAG = re.compile(r"</?(?:strong|b)>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|li|ul|ol|div|span|dl)(?:[ \t][^<>]{0,200})?>|<br[ \t]*/?>", re.IGNORECASE)
_TERM = re.compile(
    r"[ \t]*<dt(?:[ \t][^<>]{0,200})?>([^<>]{1,80})</dt>[ \t\n]*<dd(?:[ \t][^<>]{0,200})?>((?:(?!</dd>).){1,1000})</dd>",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = rf"¿?[^\W\d_][^:：|*_\[\]<>{{}}`#]{{0,{MAX_LABEL}}}"
_BEFORE = r"(?:(?![*_\[\]{}`(\"'“„«])[^\w\s])"
_EMPHASIZED = re.compile(rf"(\*\*|__|\*|_)({_WORDS}?)[ \u00a0\u202f]?(?:[:：][ ]?\1|\1[ \u00a0\u202f]?[:：–—])(.*)")
_PLAIN = re.compile(rf"({_WORDS}?)[ \u00a0\u202f]?(?::(?=[ \t]|$)|：)(.*)")
# 📅 and the like in front of a label: marks that are no letters, digits or Markdown.
_ORNAMENT = re.compile(rf"\A{_BEFORE}{{1,4}}[ \t]{{1,2}}")
_RULE = frozenset("|:- \t")
_MAX_WORDS = 4
#: More labels than this that stand twice are those of several events.
_MOST_TWICE = 3
_MAX_ITEMS = 20
_LINK = re.compile(
    r"!?\[(?P<words>[^\[\]]{0,300})\]\(<?(?P<target>[^\s<>()]{1,2000})>?(?:[ \t]\"[^\"]{0,200}\")?\)"
    r"|<(?P<auto>(?:https?://|mailto:)[^\s<>]{1,2000})>|(?P<bare>https?://[^\s<>()\[\]]{1,2000})"
)
#: Our names of what is an address; under any other label the words of a link are the value.
_ADDRESSES = frozenset({"register", "link", "url", "contact"})
#: A table with one of these at the head of its second column has labels along its top, not down its side.
_HEAD = re.compile(
    r"dates?|day|time|when|where|place|venue|location|event|title|what|datum|tag|zeit|uhrzeit|wann|wo|ort|thema|titel"
    r"|veranstaltung|jour|heure|quand|où|lieu|titre|fecha|hora|cuándo|dónde|lugar|título|data|ora|quando|dove|luogo|titolo"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelled:
    """A label and its texts: one, or the items of a list below it."""

    label: str
    values: tuple[str, ...]
    line: int = 0


class Labels(Mapping[str, Entry]):
    """Entries by their labels in lower case with `_` for spaces; a label as its author wrote it finds its entry too."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, label: str) -> Entry:
        found = self._entries.get(label) or self._entries.get(key_of(label))
        if found is None:
            raise KeyError(label)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def key_of(label: str) -> str:
    """The key of a label: `Date & Time` is `date_&_time`."""
    return "_".join(unicodedata.normalize("NFC", label).lower().split())


def read_sections(document: Document, headings: Sequence[str], notes: Notes) -> tuple[Page, ...] | None:
    """A page for each section with labels below a heading of one of these depths (`##`); None where it can't be read."""
    whole = _read_whole(document, notes)
    if whole is None:
        return None
    depths = {len(heading.strip()) for heading in headings}
    lines = whole.body.split("\n")
    starts = [number for number in _outside_code(lines) if _depth(lines[number]) in depths]
    if len(starts) > MAX_SECTIONS:
        notes.problem(
            f"It has {len(starts)} headings; only the first {MAX_SECTIONS} are read.",
            "Write them in several files.",
            line=whole.body_line + starts[MAX_SECTIONS],
        )
        starts, lines = starts[:MAX_SECTIONS], lines[: starts[MAX_SECTIONS]]
    pages = []
    for start, end in itertools.pairwise([*starts, len(lines)]):
        heading = re.sub(r"\A {0,3}#{1,6}", "#", lines[start])
        body = "\n".join([heading, *lines[start + 1 : end]]).rstrip().removesuffix("---")
        page = _with_labels(Page(entries={}, body=body, body_line=whole.body_line + start), notes)
        if any(key != "title" for key in page.entries):
            pages.append(page)
    return tuple(pages)


def _depth(line: str) -> int:
    found = _ANY_HEADING.match(line)
    return len(found[1]) if found else 0


def _outside_code(lines: Sequence[str]) -> Iterator[int]:
    fenced = False
    for number, line in enumerate(lines):
        fence = _FENCE.match(line) is not None
        fenced ^= fence
        if not fenced and not fence:
            yield number


def read_labelled(document: Document, notes: Notes) -> Page | None:
    """A document's title, labels and text; its front matter counts too, and wins. None where it can't be read."""
    page = _read_whole(document, notes)
    return None if page is None else _with_labels(page, notes)


def _read_whole(document: Document, notes: Notes) -> Page | None:
    try:
        content = text_of(document.data, FRONT_MATTER)
    except Refused as refused:
        notes.problem(refused.what, refused.hint, line=refused.line)
        return None
    if begins(content.text):
        return read_page(document, notes)
    if content.stray is not None:
        report_stray(content.stray, notes=notes)
    return Page(entries={}, body=content.text)


def _with_labels(page: Page, notes: Notes) -> Page:
    lines = page.body.split("\n")
    # A heading beside a title of the front matter says something else, so it stays with the text.
    title, behind = (None, 0) if "title" in page.entries else _title(lines, page.body_line)
    entries = {"title": title} if title is not None else {}
    others: list[tuple[Entry, Entry]] = []
    for found in (*_in_title(title), *_labels(lines, behind, page.body_line)):
        for key, entry in _entries(found):
            first = entries.setdefault(key, entry)
            if first.plain() != entry.plain() and key == key_of(found.label):
                others.append((first, entry))
    _report_others(others, notes)
    blank = next((number for number in range(behind, len(lines)) if lines[number].strip()), len(lines))
    return replace(
        page,
        entries=Labels({**entries, **page.entries}),
        body="\n".join(lines[blank:]).rstrip(),
        body_line=page.body_line + blank,
    )


def _in_title(title: Entry | None) -> Iterator[_Labelled]:
    """A heading may be labelled too: `# Atelier : Apprendre à coudre`."""
    split = _split(title.raw) if title is not None else None
    if (
        title is not None
        and split is not None
        and key_of(split[0]) != "title"
        and (made := _made(split[0], (split[1],)))
    ):
        yield replace(made, line=title.line or 0)


def _entries(found: _Labelled) -> Iterator[tuple[str, Entry]]:
    """The entry of a label and, where one address stands there, a second one for it: `anmeldung_link`."""
    key = key_of(found.label)
    read = [_read(value) for value in found.values]
    addresses = [address for _, addresses in read for address in addresses]
    items = [_entry(found, words) for words, _ in read]
    address = _entry(found, addresses[0]) if len(addresses) == 1 else None
    if address is not None and key in _ADDRESSES:
        yield key, address
    else:
        yield key, items[0] if len(items) == 1 else replace(_entry(found, ""), value=tuple(items))
    if address is not None:
        yield f"{key}_link", address


def _entry(found: _Labelled, text: str) -> Entry:
    return Entry(value=text, raw=text, line=found.line, name=found.label, basis=BASIS)


def _read(value: str) -> tuple[str, list[str]]:
    """The words of a value, without the marks of emphasis and links, and the addresses in it."""
    links = list(_LINK.finditer(value))
    words = _LINK.sub(lambda link: link["words"] or link["auto"] or link["bare"] or link["target"], value)
    plain = words if "://" in words else without_markup(words).strip()
    return plain or words, [str(link["target"] or link["auto"] or link["bare"]) for link in links]


def _report_others(others: Sequence[tuple[Entry, Entry]], notes: Notes) -> None:
    labels = list(dict.fromkeys(key_of(first.name) for first, _ in others))
    if len(labels) <= _MOST_TWICE:
        for first, second in others:
            _report_other(first, second, notes)
        return
    first, second = others[0]
    notes.problem(
        f"{len(labels)} labels stand more than once ({first.name} in lines {first.line} and {second.line}); the first ones count.",
        'Where each event has a heading of its own, say so in config.yaml: lists: "##".',
        field=labels[0],
        line=second.line,
        severity="warning",
    )


def _report_other(first: Entry, second: Entry, notes: Notes) -> None:
    notes.problem(
        f"{first.name} stands twice, in lines {first.line} and {second.line}; the first one counts.",
        "Leave one of them.",
        field=key_of(first.name),
        line=second.line,
        severity="warning",
    )


def _title(lines: Sequence[str], first_line: int) -> tuple[Entry | None, int]:
    """The heading with which the text begins, and where the lines behind it begin."""
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines):
        return None, start
    under = lines[start + 1] if start + 1 < len(lines) else ""
    if _HEADING.match(lines[start]):
        text, behind = _CLOSED.sub("", _HEADING.sub("", lines[start])), start + 1
    elif _UNDERLINE.fullmatch(under) and not _BLOCK.match(lines[start]):
        text, behind = lines[start], start + 2
    else:
        return None, start
    text = without_markup(text).strip()
    return Entry(value=text, raw=text, line=first_line + start, name="title", basis=BASIS), behind


def _labels(lines: Sequence[str], start: int, first_line: int) -> Iterator[_Labelled]:
    """The labelled lines near the top, in their order. Code is not read."""
    seen, fenced, number = 0, False, start
    while number < len(lines) and seen < MAX_LINES:
        line = lines[number]
        seen += bool(line.strip())
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (found := _label(lines, number)):
            yield replace(found, line=first_line + number)
        number += 1


def _label(lines: Sequence[str], number: int) -> _Labelled | None:
    line = _QUOTE.sub("", lines[number][:2000])
    if line.lstrip().startswith("|"):
        return _row(lines, number)
    term = _TERM.match("\n".join(lines[number : number + 3])[:3000]) if "<dt" in line.lower() else None
    if term is not None:
        return _made(term[1], (" ".join(term[2].split()),))
    split = _split(line)
    if split is None:
        return _defined(lines, number)
    label, value = split
    return _made(label, (value,) if value.strip() else _below(lines, number))


def _split(line: str) -> tuple[str, str] | None:
    """A line's label and what is behind it."""
    plain = _TAG.sub("", _BOLD_TAG.sub("**", _ITEM.sub("", line, count=1))).strip()
    plain = _bare(_ORNAMENT.sub("", plain, count=1))
    emphasized = _EMPHASIZED.match(plain)
    if emphasized is not None:
        return emphasized[2], emphasized[3]
    found = _PLAIN.match(plain)
    return (found[1], found[2] or "") if found is not None else None


def _made(label: str, values: Sequence[str]) -> _Labelled | None:
    label = visible(without_markup(label)).strip(" :：¿?")
    texts = tuple(bare for value in values if (bare := _bare(value)))
    if not label or not texts or len(label) > MAX_LABEL or len(label.split()) > _MAX_WORDS:
        return None
    return _Labelled(label=label, values=texts)


def _bare(value: str) -> str:
    """Without the marks of a hard line break, and without emphasis around all of it."""
    value = value.strip().removesuffix("\\").strip()
    for mark in ("**", "__", "*", "_"):
        if value.startswith(mark) and value.endswith(mark) and len(value) > 2 * len(mark):
            inner = value[len(mark) : -len(mark)]
            return inner.strip() if mark not in inner else value
    return value


def _below(lines: Sequence[str], number: int) -> tuple[str, ...]:
    """What a label with nothing behind it has on the next line, or as the items of a list."""
    start = number + 1
    if start < len(lines) and not lines[start].strip():
        start += 1
    items = tuple(itertools.takewhile(_is_item, lines[start : start + _MAX_ITEMS]))
    if items:
        return tuple(_ITEM.sub("", line, count=1) for line in items)
    following = lines[start : start + 1]
    return () if not following or _BLOCK.match(following[0]) or _split(following[0]) else (following[0],)


def _is_item(line: str) -> bool:
    return _ITEM.match(line) is not None and _split(line) is None


def _defined(lines: Sequence[str], number: int) -> _Labelled | None:
    """A term with its definition below it: `Date`, and on the next line `: 5 May 2026`."""
    below = lines[number + 1] if number + 1 < len(lines) else ""
    if not re.match(r" {0,3}:[ \t]{1,4}\S", below) or not re.match(_WORDS, lines[number]):
        return None
    return _made(lines[number], (below.strip()[1:],))


def _row(lines: Sequence[str], number: int) -> _Labelled | None:
    """A row of a table with two columns, the labels in the first."""
    cells = _cells(lines[number])
    top = number
    while top > 0 and lines[top - 1].lstrip().startswith("|"):
        top -= 1
    if len(cells) != 2 or _RULE.issuperset(lines[number]) or not re.match(_WORDS, without_markup(cells[0])):
        return None
    if _HEAD.fullmatch(key_of(without_markup(_cells(lines[top])[-1]))):
        return None
    return _made(cells[0], cells[1:])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
