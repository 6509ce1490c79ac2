"""What site generators leave in a text, taken out: template tags, shortcodes, attribute lists, comments, scripts, HTML.

Readers see what the generator makes of these, never the tags themselves. All of it takes linear time: every opening
token is met once, and the search for a closing one that isn't there is made once for each kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

# Stands for a value that only the generator knows, where it touches a word: an address with a hole in it is none.
UNKNOWN = "\x00"

_OPENING = re.compile(
    r"\{\{\{?|\{%|\{\#|\{:|\{/\*|\{(?=\s?[.\"'`\w$(])|<%|<!--|<!\[CDATA\[|<!DOCTYPE|<\?|</?(?=(?:script|style|template|svg|math)[\s>/])"
    r"|\}\}\}?|%\}|%>|\]\]>",
    re.IGNORECASE,
)
_SITE = re.compile(r"\s{0,9}-?\s{0,9}site\.(?:baseurl|url)\s{0,9}-?\s{0,9}")
# A path of the site's own: {{ '/join' | relative_url }}, {{ "/join" | url }}.
_PATH = re.compile(
    r"-?\s{0,9}(?P<quote>[\"'])(?P<path>/[^\s\"'{}|]{0,500})(?P=quote)\s{0,9}\|\s{0,9}(?:relative_url|absolute_url|url)\s{0,9}-?"
)
# Tags whose content is not shown as prose.
_DROPPED = re.compile(r"[%<\-~+]{0,3}\s{0,9}(?P<name>comment|highlight|javascript|stylesheet|schema|style)\b")
_ADDRESS_TAG = re.compile(r"[\-~+]?\s{0,9}(?:link|post_url|url|asset\w{0,10}|ref|relref)\b")
_ATTRIBUTES = re.compile(r"\{[.:#]?[^{}\n]{0,500}\}")
# An expression of MDX: a name, its members, a call. A set such as {1, 2} and a single letter are prose.
_BRACED = re.compile(
    r"\{(?:(?P<attributes>(?:\.[\w-]|[\w:-]{1,40}+=[\"'])[^{}\n]{0,500}+)"
    r"|\s{0,3}(?P<quote>[\"'`])(?P<said>[^\"'`{}\n]{0,500}+)(?P=quote)\s{0,3}"
    r"|\s{0,3}(?:[A-Za-z_$][\w$]{1,60}+(?:\??\.[\w$]{1,60}+|\[[\w\"']{1,60}+\]){0,9}|\()(?:\([^{}\n]{0,300}+)?\s{0,3})\}"
)
_ELEMENT = re.compile(
    r"</?(?P<name>script|style|template|svg|math)(?P<rest>(?:[^<>\"']|\"[^\"<]{0,900}\"|'[^'<]{0,900}'){0,900})>",
    re.IGNORECASE,
)
_MODULE = re.compile(
    r"^(?:import\s(?:[^'\"\n]{1,300}\sfrom\s{1,3})?['\"][^'\"\n]{1,300}['\"];?[ \t]{0,9}"
    r"|export\s(?:const|let|var|default|function|async|class)\b[^\n]{0,2000}+(?:\n(?![ \t]{0,9}\n)[^\n]{0,2000}+){0,200})",
    re.MULTILINE,
)
_HALVES = ("{", "<", "-", "]", "%", "}", "!", "/")
# Far from its opening, a closing mark belongs to something else.
_REACH = 5_000


def without_templates(text: str) -> str:
    """The text without what a generator would replace or drop; ordinary HTML tags stay. Line breaks stay."""
    if "import" in text or "export" in text:
        text = _MODULE.sub(_breaks_of, text)
    if not ("{" in text or "<" in text or "}" in text or "%>" in text or "]]>" in text):
        return text
    if _OPENING.search(text) is None:
        return text
    return _Scan(text=text).run()


def _breaks_of(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


@dataclass(slots=True)
class _Scan:
    """One pass over a text. `marks` remembers where each closing mark comes next, -1 where it comes no more."""

    text: str
    kept: list[str] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)

    def run(self) -> str:
        at = 0
        while (opening := _OPENING.search(self.text, at)) is not None:
            start = opening.start()
            end, said = _READERS[opening[0][:2].lower()](self, start, opening[0])
            if end == start:
                # No remnant after all: a brace or bracket of the author's own.
                end = opening.end()
                self._keep(self.text[at:end])
            else:
                self._keep(self.text[at:start])
                self._replace(start, end, said)
            at = end
        self._keep(self.text[at:])
        return "".join(self.kept)

    def _keep(self, text: str) -> None:
        if text:
            self.kept.append(text)

    def _replace(self, start: int, end: int, said: str) -> None:
        breaks = "\n" * self.text.count("\n", start, end)
        before = self.text[start - 1 : start] if start else ""
        if said == UNKNOWN and not (_touches(before) or _touches(self.text[end : end + 1])):
            said = ""
        if not said and not breaks and self.kept and self.kept[-1].endswith(_HALVES):
            # Nothing may close up to a new opening mark: `{` and what follows a removed tag stay apart.
            said = " "
        self._keep(said + breaks)

    def find(self, mark: str, at: int, *, reach: int | None = None) -> int:
        """Where the mark next begins, -1 where it doesn't (within reach)."""
        found = self.marks.get(mark)
        if found is None or 0 <= found < at:
            found = self.marks[mark] = self.text.find(mark, at)
        return -1 if reach is not None and found - at > reach else found


def _touches(character: str) -> bool:
    return bool(character) and not character.isspace()


def _closed(scan: _Scan, start: int, opening: str, closing: str) -> tuple[int, str]:
    """The end after the closing mark and what stood between; only the opening mark where nothing closes it."""
    inner = start + len(opening)
    end = scan.find(closing, inner, reach=_REACH)
    if end < 0:
        return inner, ""
    again = scan.text.find(opening, inner, end)
    return (inner, "") if again >= 0 else (end + len(closing), scan.text[inner:end])


def _output(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    """`{{ value }}` of Liquid, Jinja and Handlebars, `{{< shortcode >}}` and `{{% shortcode %}}` of Hugo."""
    end, said = _closed(scan, start, opening, "}" * len(opening))
    if opening == "{{{" and end == start + 3:
        end, said = _closed(scan, start, "{{", "}}")
    if said.startswith(("<", "%")) and (dropped := _DROPPED.match(said)):
        return _beyond(scan, end, f"{said[0]} /{dropped['name']}", "}}"), ""
    if _SITE.fullmatch(said):
        return end, ""
    path = _PATH.fullmatch(said.strip())
    return end, path["path"] if path else UNKNOWN


def _statement(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    """`{% tag %}`; of comments and code also what they enclose."""
    end, said = _closed(scan, start, opening, "%}")
    if dropped := _DROPPED.match(said):
        return _beyond(scan, end, f"end{dropped['name']}", "%}"), ""
    return end, UNKNOWN if _ADDRESS_TAG.match(said) else ""


def _beyond(scan: _Scan, at: int, name: str, closing: str) -> int:
    """The end of the tag that ends the enclosed text; `at` where there is none."""
    named = scan.find(name, at)
    end = scan.text.find(closing, named) if named >= 0 else -1
    if end < 0:
        scan.marks[name] = -1
        return at
    return end + len(closing)


def _embedded(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    """`<% code %>`, `<%= value %>` and `<%# comment %>` of ERB and EJS."""
    end, said = _closed(scan, start, opening, "%>")
    return end, UNKNOWN if said.startswith(("=", "-")) else ""


def _hash(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    """`{#id}` of a heading, `{# comment #}` of Nunjucks and Jinja."""
    if scan.text[start + 2 : start + 3].strip(" -#") and (ident := _ATTRIBUTES.match(scan.text, start)):
        return ident.end(), ""
    return _commented(scan, start, opening, "#}")


def _commented(scan: _Scan, start: int, opening: str, closing: str) -> tuple[int, str]:
    end = scan.find(closing, start + len(opening))
    return (end + len(closing) if end >= 0 else start + len(opening)), ""


def _attributes(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    """`{: .class}`, `{::options /}`, `{:/}` of kramdown; `{::comment}` with what it encloses."""
    found = _ATTRIBUTES.match(scan.text, start)
    if found is None:
        return start + len(opening), ""
    if found[0].startswith("{::comment") and not found[0].endswith("/}"):
        closings = (scan.find(mark, found.end()) + len(mark) for mark in ("{:/comment}", "{:/}"))
        return min((end for end in closings if end > found.end()), default=found.end()), ""
    return found.end(), ""


def _brace(scan: _Scan, start: int, _opening: str) -> tuple[int, str]:
    """`{.class}` of Pandoc, `{"text"}` and `{expression}` of MDX; anything else in braces is the author's."""
    found = _BRACED.match(scan.text, start)
    if found is None:
        return start, ""
    if found["attributes"]:
        return found.end(), ""
    return found.end(), UNKNOWN if found["said"] is None else found["said"]


def _element(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    """Scripts, styles and drawings, with all they hold."""
    tag = _ELEMENT.match(scan.text, start)
    if tag is None:
        return start + len(opening), " "
    if scan.text[start + 1] == "/" or tag["rest"].endswith("/"):
        return tag.end(), ""
    name = tag["name"]
    # The closing tag as it is mostly written; another spelling of it ends nothing.
    for closing in dict.fromkeys((f"</{name}", f"</{name.lower()}")):
        end = scan.find(closing, tag.end())
        if end >= 0:
            closed = scan.find(">", end)
            return (closed + 1 if closed >= 0 else end + len(closing)), ""
    return tag.end(), ""


def _bracket(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    match opening[:3].upper():
        case "<!-":
            return _commented(scan, start, opening, "-->")
        case "<![":
            return start + len(opening), ""
        case _:
            return _commented(scan, start, opening, ">")


def _instruction(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    return _commented(scan, start, opening, "?>")


def _script_comment(scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    return _commented(scan, start, opening, "*/}")


def _stray(_scan: _Scan, start: int, opening: str) -> tuple[int, str]:
    """A closing mark without its opening one."""
    return start + len(opening), ""


_READERS: dict[str, Callable[[_Scan, int, str], tuple[int, str]]] = {
    "{{": _output,
    "{%": _statement,
    "{#": _hash,
    "{:": _attributes,
    "{/": _script_comment,
    "{": _brace,
    "<%": _embedded,
    "<!": _bracket,
    "<?": _instruction,
    "<": _element,
    "</": _element,
    "}}": _stray,
    "%}": _stray,
    "%>": _stray,
    "]]": _stray,
}

_HTML = frozenset(
    {
        "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont",
        "bdi", "bdo", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "cite",
        "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl",
        "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "frameset", "h1",
        "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "img", "input", "ins",
        "kbd", "label", "legend", "li", "link", "main", "map", "mark", "marquee", "menu", "meta", "meter", "nav",
        "nobr", "noframes", "noscript", "object", "ol", "optgroup", "option", "output", "p", "param", "picture",
        "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp", "script", "search", "section", "select", "slot",
        "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody",
        "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "tt", "u", "ul", "var",
        "video", "wbr", "math", "path", "g", "circle", "rect",
    }
)  # fmt: skip
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "g",
        "i", "ins", "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][\w.:-]{0,60}+)(?=[\s/>])"
    r"(?P<rest>(?:[^<>\"'{}]{1,800}+|\"[^\"<]{0,1500}+\"|'[^'<]{0,1500}+'|\{[^{}]{0,800}+\}|\{\{[^{}]{0,800}+\}\}){0,60})>"
    r"|</?>"
)
_CLOSING = re.compile(r"</([A-Za-z][\w.:-]{0,60}+)\s{0,9}>")


def without_tags(text: str) -> str:
    """The text without HTML tags and those of components; `a < b` and `List<String>` stay. Line breaks stay."""
    if "<" not in text or ">" not in text:
        return text
    closed: frozenset[str] | None = None

    def words(match: re.Match[str]) -> str:
        nonlocal closed
        name = match["name"] or ""
        if name.lower() not in _HTML:
            closed = frozenset(_CLOSING.findall(text)) if closed is None else closed
            if not _is_component(match, name, closed):
                return match[0]
        breaks = "\n" * match[0].count("\n")
        return breaks or (" " if name.lower() not in _INLINE and _parts_words(match) else "")

    return _TAG.sub(words, text)


def _is_component(match: re.Match[str], name: str, closed: frozenset[str]) -> bool:
    """A custom element, or a component: it says so by a closing tag, a closing slash or attributes."""
    if not name:
        # The fragments of JSX; a lone <> is an operator.
        return "</>" in match.string
    if "-" in name or (":" in name.strip(":") and not name.endswith(":")):
        return True
    rest = match["rest"]
    marked = bool(match["close"]) or rest.endswith("/") or "=" in rest or name in closed
    return marked and not name.endswith((":", "."))


def _parts_words(match: re.Match[str]) -> bool:
    text = match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return _touches(before) and _touches(after)
