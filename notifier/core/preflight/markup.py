"""The HTML of a mail as a row of elements and texts, read once from front to back.

Not by `html.parser`: on hostile text it takes the square of the time, and raises (Python issues 135462 and 77057).
This scanner meets every sign a bounded number of times. It is for what our templates make, which has been through an HTML5
parser once already, so it need not know how browsers mend what is broken.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,60}+)"
    r"(?P<rest>(?:[^<>\"']++|\"[^\"]{0,20000}+\"|'[^']{0,20000}+'){0,400}+)>"
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s\"'<>/=]{1,100}+)(?:\s{0,9}+=\s{0,9}+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s\"'<>=]++)))?"
)
#: Elements whose text is no text.
_RAW = frozenset({"script", "style"})
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
#: What has to be closed for the page to hold together; of other elements the end may go without saying.
_BLOCKS = frozenset({
    "a", "article", "blockquote", "center", "div", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "main", "ol", "section",
    "table", "title", "ul",
})  # fmt: skip
#: Not shown wherever they stand.
_UNSEEN = frozenset({"head", "title", "template", "noscript"})
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
#: Nobody nests deeper, and what goes through a row of ancestors stays quick.
MOST_DEEP = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A tag with its attributes. `parent` and `link` (the nearest `a` that it stands in, itself included) are places in the page's row, None outside.

    `hidden`: nobody sees what stands in it. `classes` are the names in its `class`.
    """

    name: str
    attributes: Mapping[str, str]
    line: int
    parent: int | None
    link: int | None
    hidden: bool
    classes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Some text, its line, and the place of the element that it stands in."""

    text: str
    line: int
    element: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole document. `styles` are the texts of its style elements, `unclosed` the elements that nothing ends, with their lines.

    `too_deep`: elements are nested so deep that what lies below was not told apart.
    """

    elements: tuple[Element, ...]
    runs: tuple[Run, ...]
    styles: tuple[str, ...]
    unclosed: tuple[tuple[str, int], ...]
    too_deep: bool = False

    def named(self, *names: str) -> Iterator[tuple[int, Element]]:
        """The elements of these names, with their places."""
        return ((place, one) for place, one in enumerate(self.elements) if one.name in names)

    def is_seen(self, run: Run) -> bool:
        return run.element is None or not self.elements[run.element].hidden

    def seen(self) -> Iterator[Run]:
        """The texts that readers see."""
        return filter(self.is_seen, self.runs)

    def text_of(self, place: int) -> str:
        """All text directly in one element, and nothing below it."""
        return "".join(run.text for run in self.runs if run.element == place)


def page_of(text: str) -> Page:
    """The document as it is written. Whatever it is, it takes time in proportion to its length, and raises nothing."""
    return _Reading(text=text).page()


@dataclass(slots=True)
class _Reading:
    text: str
    elements: list[Element] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    unclosed: list[tuple[str, int]] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    # How many of each name are open: an end tag of what isn't closes nothing, and need not look for it.
    names: Counter[str] = field(default_factory=Counter)
    ends: dict[str, int] = field(default_factory=dict)
    at: int = 0
    line: int = 1
    counted: int = 0
    too_deep: bool = False

    def page(self) -> Page:
        start = 0
        while (start := self.text.find("<", max(start, self.at))) >= 0:
            end = self._markup(start)
            start = end or start + 1
        self._keep(len(self.text))
        for place in reversed(self.open):
            self._left_open(place)
        return Page(
            elements=tuple(self.elements), runs=tuple(self.runs), styles=tuple(self.styles),
            unclosed=tuple(self.unclosed), too_deep=self.too_deep,
        )  # fmt: skip

    def _markup(self, start: int) -> int:
        """Take what begins here, and return its end; 0 where it is only a sign in a text."""
        if self.text.startswith(("<!", "<?"), start):
            closing = "-->" if self.text.startswith("<!--", start) else ">"
            end = self._find(closing, start + 2)
            if end >= 0:
                self._keep(start)
                self.at = end + len(closing)
                return self.at
            return 0
        tag = _TAG.match(self.text, start)
        if tag is None:
            return 0
        self._keep(start)
        self.at = tag.end()
        name = tag["name"].lower()
        if tag["end"]:
            self._close(name)
        else:
            self._open(name, tag["rest"])
        return self.at

    def _find(self, mark: str, at: int) -> int:
        """Where the mark comes next, -1 where it doesn't: looked for once only, however often it is asked for."""
        known = self.ends.get(mark)
        if known is None or 0 <= known < at:
            known = self.ends[mark] = self.text.find(mark, at)
        return known

    def _keep(self, until: int) -> None:
        """The text up to here, as a run."""
        if until > self.at and not (said := self.text[self.at : until]).isspace():
            self.runs.append(Run(text=html.unescape(said), line=self._line_at(self.at), element=self._here()))

    def _line_at(self, at: int) -> int:
        self.line += self.text.count("\n", self.counted, at)
        self.counted = at
        return self.line

    def _here(self) -> int | None:
        return self.open[-1] if self.open else None

    def _open(self, name: str, rest: str) -> None:
        here, place = self._here(), len(self.elements)
        above = self.elements[here] if here is not None else None
        attributes = _attributes(rest)
        hidden = (above is not None and above.hidden) or name in _UNSEEN or _is_hidden(attributes)
        link = place if name == "a" else above.link if above else None
        line = self._line_at(self.at)
        self.elements.append(
            Element(
                name=name, attributes=attributes, line=line, parent=here, link=link, hidden=hidden,
                classes=_classes(attributes.get("class", "")),
            )
        )  # fmt: skip
        if name in _RAW:
            self._skip_raw(name)
        elif name not in _VOID and not rest.endswith("/"):
            if len(self.open) >= MOST_DEEP:
                self.too_deep = True
                return
            self.open.append(place)
            self.names[name] += 1

    def _skip_raw(self, name: str) -> None:
        """Past the text of a script or style; to the end of the document where nothing closes it."""
        end = self._find(f"</{name}", self.at)
        end = len(self.text) if end < 0 else end
        if name == "style":
            self.styles.append(self.text[self.at : end])
        self.at = end

    def _close(self, name: str) -> None:
        if not self.names[name]:
            return
        while True:
            place = self.open.pop()
            found = self.elements[place].name
            self.names[found] -= 1
            if found == name:
                return
            self._left_open(place)

    def _left_open(self, place: int) -> None:
        one = self.elements[place]
        if one.name in _BLOCKS:
            self.unclosed.append((one.name, one.line))


@lru_cache(maxsize=512)
def _classes(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _attributes(rest: str) -> dict[str, str]:
    """The attributes of a tag by name; of one that is there twice the first, as browsers do."""
    found: dict[str, str] = {}
    for one in _ATTRIBUTE.finditer(rest):
        value = one["double"] or one["single"] or one["bare"] or ""
        found.setdefault(one["name"].lower(), html.unescape(value))
    return found


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style", "")) is not None
