"""Whether text stands out from what it stands on (WCAG 2.2, 1.4.3), in the light and in the dark scheme.

Only what can be computed is: a text of which both colours are stated, as solid colours, on the elements that it stands in. Where a
picture, a gradient or half-transparent paint lies between, or a style sheet says something that this can't follow, nothing
is said rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from notifier.core.preflight.markup import Element, Page

Scheme = Literal["light", "dark"]
Colour = tuple[int, int, int]

#: For text of an ordinary size.
LEAST = 4.5
_MOST_RULES = 300
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(
    r"rgb\(\s{0,9}(\d{1,3})\s{0,9}[,\s]\s{0,9}(\d{1,3})\s{0,9}[,\s]\s{0,9}(\d{1,3})\s{0,9}\)", re.IGNORECASE
)
_NAMES = {
    "black": "#000000", "white": "#ffffff", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "red": "#ff0000",
    "maroon": "#800000", "yellow": "#ffff00", "olive": "#808000", "lime": "#00ff00", "green": "#008000", "aqua": "#00ffff",
    "teal": "#008080", "blue": "#0000ff", "navy": "#000080", "fuchsia": "#ff00ff", "purple": "#800080", "orange": "#ffa500",
}  # fmt: skip
_COMMENT = re.compile(r"/\*[^*]{0,5000}+(?:\*(?!/)[^*]{0,5000}+){0,500}+\*/")
_DARK = re.compile(
    r"@media[^{}]{0,200}?\(\s{0,9}prefers-color-scheme\s{0,9}:\s{0,9}dark\s{0,9}\)[^{}]{0,200}?\{", re.IGNORECASE
)
_RULE = re.compile(r"\s*+([^{}]{1,2000}+)\{([^{}]{0,5000}+)\}")
_COMPOUND = re.compile(r"(?P<name>[a-z][a-z0-9]{0,20}+)?(?P<classes>(?:\.[\w-]{1,60}+){0,9}+)", re.IGNORECASE)
#: States that a reader has to bring about.
_STATE = re.compile(r":(?:hover|focus|active|visited)\b", re.IGNORECASE)
_UNKNOWN: Literal["unknown"] = "unknown"
#: A colour, none stated, or one that can't be known.
Paint = Colour | Literal["unknown"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faint:
    """Text that is hard to read: where, in which colours, and how far apart they are (1 to 21)."""

    line: int
    scheme: Scheme
    colour: str
    ground: str
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A selector of names and classes, each below the one before it, and what it declares. `weight` is its specificity."""

    compounds: tuple[tuple[str, frozenset[str]], ...]
    weight: tuple[int, int, int]
    colour: tuple[Paint, bool]
    ground: tuple[Paint, bool]


def faint_texts(page: Page) -> Iterator[Faint]:
    """Every pair of colours that is too close, once for each scheme, where it first stands."""
    if page.too_deep:
        return
    yield from _faint(page, "light", [_inline(one) for one in page.elements])
    rules = _dark_rules(page.styles)
    if rules:
        yield from _faint(page, "dark", _in_the_dark(page, rules))


def _faint(page: Page, scheme: Scheme, stated: Sequence[tuple[Paint, Paint]]) -> Iterator[Faint]:
    shown: list[tuple[Paint, Paint]] = []
    for one, (colour, ground) in zip(page.elements, stated, strict=True):
        above = shown[one.parent] if one.parent is not None else (None, None)
        shown.append((colour or above[0], ground or above[1]))
    known: set[tuple[Colour, Colour]] = set()
    for run in page.seen():
        if run.element is None:
            continue
        colour, ground = shown[run.element]
        if isinstance(colour, str) or isinstance(ground, str) or colour is None or ground is None:
            continue
        if (colour, ground) not in known and (ratio := contrast(colour, ground)) < LEAST:
            yield Faint(line=run.line, scheme=scheme, colour=_hex(colour), ground=_hex(ground), ratio=ratio)
        known.add((colour, ground))


def _inline(one: Element) -> tuple[Paint, Paint]:
    colour, ground = (paint for paint, _ in _declared(one.attributes.get("style", "")))
    return colour or _paint(one.attributes.get("color")), ground or _paint(one.attributes.get("bgcolor"))


@lru_cache(maxsize=1024)
def _declared(style: str) -> tuple[tuple[Paint, bool], tuple[Paint, bool]]:
    """The colour and the ground of a row of declarations, each with whether it is important."""
    colour: tuple[Paint, bool] = None, False
    ground: tuple[Paint, bool] = None, False
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        value, important = value.strip(), False
        if value.lower().endswith("!important"):
            value, important = value[: -len("!important")].strip(), True
        match name.strip().lower():
            case "color" if important >= colour[1]:
                colour = _paint(value), important
            case "background-color" | "background" if important >= ground[1]:
                ground = _paint(value), important
            case "background-image" if value.lower() != "none":
                ground = _UNKNOWN, True
            case "opacity" if value not in ("1", "1.0", "100%"):
                colour = _UNKNOWN, True
    return colour, ground


@lru_cache(maxsize=256)
def _paint(value: str | None) -> Paint:
    """A solid colour; None for what leaves things as they are, or as they were above."""
    text = (value or "").strip().lower()
    if text in ("", "inherit", "transparent", "none"):
        return None
    text = _NAMES.get(text, text)
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) > len("#abc") else "".join(one * 2 for one in text[1:])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if rgb := _RGB.fullmatch(text):
        red, green, blue = (min(int(one), 255) for one in rgb.groups())
        return red, green, blue
    return _UNKNOWN


@lru_cache(maxsize=32)
def _dark_rules(styles: tuple[str, ...]) -> tuple[_Rule, ...] | None:
    """The colours of the dark scheme; None where one of its selectors is none that this can follow."""
    found: list[_Rule] = []
    for css in styles:
        text = _COMMENT.sub(" ", css)
        for block in _DARK.finditer(text):
            at = block.end()
            while (rule := _RULE.match(text, at)) is not None:
                at = rule.end()
                read = _rules_of(rule[1], rule[2])
                if read is None or len(found) > _MOST_RULES:
                    return None
                found += read
            if not text[at:].lstrip().startswith("}"):
                return None
    return tuple(found)


def _rules_of(selectors: str, declarations: str) -> list[_Rule] | None:
    colour, ground = _declared(declarations.strip())
    if colour[0] is None and ground[0] is None:
        return []
    found: list[_Rule] = []
    for selector in selectors.split(","):
        if _STATE.search(selector):
            continue
        compounds = [_COMPOUND.fullmatch(part) for part in selector.split()]
        pairs = [(one["name"] or "", frozenset(one["classes"].split(".")[1:])) for one in compounds if one is not None]
        if not compounds or len(pairs) < len(compounds):
            return None
        weight = (sum(len(classes) for _, classes in pairs), sum(bool(name) for name, _ in pairs), 0)
        rule = _Rule(
            compounds=tuple((name.lower(), classes) for name, classes in pairs),
            weight=weight,
            colour=colour,
            ground=ground,
        )
        found.append(rule)
    return found


def _in_the_dark(page: Page, rules: Sequence[_Rule]) -> list[tuple[Paint, Paint]]:
    """What every element states there: an important rule goes before its own style, and that before any other."""
    by_last: dict[str, list[_Rule]] = {}
    for place, rule in enumerate(rules):
        name, classes = rule.compounds[-1]
        numbered = _Rule(
            compounds=rule.compounds, weight=(*rule.weight[:2], place), colour=rule.colour, ground=rule.ground
        )
        by_last.setdefault(name or f".{min(classes)}", []).append(numbered)
    found: list[tuple[Paint, Paint]] = []
    for one in page.elements:
        classes = one.classes
        keys = (one.name, *(f".{name}" for name in classes))
        fitting = [rule for key in keys for rule in by_last.get(key, ()) if _fits(rule, one, classes, page)]
        fitting.sort(key=lambda rule: rule.weight)
        own = _inline(one)
        colour = _winner(own[0], [rule.colour for rule in fitting])
        found.append((colour, _winner(own[1], [rule.ground for rule in fitting])))
    return found


def _fits(rule: _Rule, one: Element, classes: frozenset[str], page: Page) -> bool:
    *above, (name, wanted) = rule.compounds
    if (name and name != one.name) or not wanted <= classes:
        return False
    place = one.parent
    # The nearest that fits is always the best choice where each has only to stand somewhere below the one before.
    while above and place is not None:
        outer = page.elements[place]
        name, wanted = above[-1]
        if (not name or name == outer.name) and wanted <= outer.classes:
            above.pop()
        place = outer.parent
    return not above


def _winner(own: Paint, fitting: Sequence[tuple[Paint, bool]]) -> Paint:
    important = [paint for paint, is_important in fitting if is_important and paint is not None]
    if important:
        return important[-1]
    return own or next((paint for paint, _ in reversed(fitting) if paint is not None), None)


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=512)
def _luminance(colour: Colour) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
