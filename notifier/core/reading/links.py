"""Links in prose, and addresses made safe to hand on: http and https only, no tracking, no scanner's wrapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from ipaddress import ip_address
from itertools import islice
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.plain import cut, visible, without_invisible, without_markup
from notifier.core.reading.references import BRACKETED, written_out
from notifier.core.reading.remnants import without_templates
from notifier.core.reading.tracking import cleaned, has_own_pages, leads_one_person, personal
from notifier.core.reading.wrappers import is_wrapping, opaque, unwrap
from notifier.core.values import record
from notifier.errors import Severity

MAX_REPORTS = 20
# Longer than any browser takes, so that nested wrappings are few.
MAX_ADDRESS = 8_000
#: What every browser and mail program opens.
MAX_TARGET = 2_000
#: What is known of longer addresses is not kept.
_MEMORABLE = 500

# kramdown takes spaces in an address as well (`loose`).
_DESTINATION = (
    r"\(\s{0,3}(?:(?:<(?P<angled>[^<>\n]{0,1500}+)>|(?P<target>(?:[^\s()<>\\]{1,1500}+|\\."
    r"|\((?:[^\s()<>]{1,500}+|\([^\s()<>]{0,300}+\)){0,9}\)){0,20}))"
    r"(?:\s{1,3}(?:\"[^\"]{0,300}+\"|'[^']{0,300}+'|\([^()]{0,300}+\)))?\s{0,3}"
    r"|(?P<loose>(?=https?://|\.{0,2}/)(?:[^()<>\"'\n]{1,900}+|\([^()<>\"'\n]{0,300}+\)){0,9}))\)"
)
_IMAGE_DESTINATION = re.sub(r"P<(?=angled|target|loose)", "P<image_", _DESTINATION)
_INSIDE_TAG = r"(?:[^<>\"'{}]{1,800}+|\"[^\"<]{0,1500}+\"|'[^'<]{0,1500}+'|\{[^{}]{0,800}+\}){0,60}"
_BARE = r"[^\s<>\[\]\"`|。、，；：！？）】」』》]{1,1500}+"
# Each begins with a letter and not with a group, so that the text between links is passed quickly; an empty group at
# the end says which it was.
_WRITTEN = (
    r"\\[\\\[<!]",
    rf"\[(?P<text>{BRACKETED})\]{_DESTINATION}",
    rf"!\[(?P<picture>{BRACKETED})\]{_IMAGE_DESTINATION}",
    r"<[hH][tT][tT][pP][sS]?://[^\s<>]{1,1500}+>(?P<autolink>)",
    (
        rf"<(?P<tag>[aA]|[A-Z][\w.]{{1,40}}+(?=[^<>]{{0,800}}\b(?:href|to)\s?=))\s(?P<attributes>{_INSIDE_TAG})(?<!/)>"
        r"(?P<anchor>(?:[^<]{1,400}+|<(?!/(?P=tag)[\s>])(?!/?[aA][\s>])[^<>]{0,400}+>){0,40})</(?P=tag)\s{0,9}>"
    ),
    rf"</?[A-Za-z][\w.:-]{{0,60}}+(?=[\s/>]){_INSIDE_TAG}>",
    rf"h[tT][tT][pP][sS]?://{_BARE}(?P<bare>)",
    rf"H[tT][tT][pP][sS]?://{_BARE}(?P<shouted>)",
    rf"www\.(?<![\w.@/-]www\.)[A-Za-z0-9-]{{1,63}}\.{_BARE}(?P<www>)",
)
_MAIL_WORD = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
_BOXED = rf"<(?:mailto:)?(?P<boxed>{_MAIL_WORD})>"
_EMAIL = rf"(?<![\w.%+-])(?:mailto:)?(?P<email>{_MAIL_WORD})"
_MAIL = re.compile(_MAIL_WORD)
_HREF = re.compile(
    r"(?<![\w-])(?:href|to)\s{0,3}=\s{0,3}\{?\s{0,3}(?:\"([^\"<>]{1,1500})\"|'([^'<>]{1,1500})'|([^\s\"'<>{}]{1,1500}))"
)
_PICTURE = re.compile(r"!\[([^\[\]]{0,400})\](?:\([^()\s]{0,1500}+(?:\s{1,3}\"[^\"\n]{0,300}+\")?\))?")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_DOUBLED = re.compile(r"\]\(\(\s{0,2}(https?://[^\s()]{1,1500})")
_SPACED = re.compile(r"\](?:[ \t]{1,3})\((https?://[^\s()]{1,1500})\)")
_SCHEMELESS = re.compile(r"\]\(\s{0,3}(www\.[^\s()<>]{1,1500})")
_EMPTY = re.compile(r"\[([^\[\]\n]{1,200})\]\(\s{0,3}\)")
_ADDRESS = re.compile(r"[hH][tT][tT][pP][sS]?://[^\s<>()\[\]\"'`]{1,8000}+")
_PLAIN = re.compile(r"[^\s\\<>\"{}`]{1,8000}")
_ORDINARY = re.compile(r"https?://([a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){1,4})(?:/[A-Za-z0-9._~/-]{0,1000})?")
#: A path of the site's own with nothing in it that needs to be resolved: no empty part, none that begins with a dot.
_OF_SITE = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,200}){1,20}/?")
_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_EAST_ASIAN = frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"})


@record(frozen=True, slots=True, kw_only=True)
class Link:
    """A link where it stands: its words, its absolute target (an `https:` or `mailto:` address), its place."""

    text: str
    target: str
    line: int
    start: int

    @property
    def said(self) -> str:
        """Its words as evidence: on one line, at most 300 characters."""
        return cut(" ".join(self.text.split()))

    @property
    def quote(self) -> str:
        """It as evidence, as Markdown has it."""
        return f"[{self.said}]({self.target})" if self.text else self.target


def prepared(body: str) -> str:
    """A body as its paragraphs are read: no comments, no generator's tags, every link written out where it stands."""
    return written_out(without_templates(without_invisible(body)))


def linked(raw: str, first_line: int, site_url: str) -> tuple[str, tuple[Link, ...]]:
    """Markdown in, plain text and its links out; `start` counts in the plain text. A bare address leaves no words."""
    raw = without_templates(raw)
    if not _may_link(raw):
        return without_markup(raw), ()
    pattern = _pattern(mail="@" in raw)
    parts: list[str] = []
    links: list[Link] = []
    length = at = counted = 0
    line = first_line
    for token in pattern.finditer(raw):
        found = _read(token, site_url)
        if found is None:
            continue
        words, target, end = found
        parts.append(without_markup(raw[at : token.start()]))
        length += len(parts[-1])
        line += raw.count("\n", counted, token.start())
        counted = token.start()
        if target:
            links.append(Link(text=words.strip(), target=target, line=line, start=length))
        # A tag or address over several lines still takes up as many.
        parts.append(words + "\n" * (raw.count("\n", token.start(), end) - words.count("\n")))
        length += len(parts[-1])
        at = end
    parts.append(without_markup(raw[at:]))
    return "".join(parts), tuple(links)


def _may_link(raw: str) -> bool:
    return "[" in raw or "<" in raw or "@" in raw or "://" in raw or "www." in raw


@cache
def _pattern(*, mail: bool) -> re.Pattern[str]:
    return re.compile("|".join((*_WRITTEN, _BOXED, _EMAIL) if mail else _WRITTEN))


def _read(token: re.Match[str], site_url: str) -> tuple[str, str | None, int] | None:
    """The words, the target and where it ends; None for what only looks like a link."""
    match token.lastgroup:
        case "email" | "boxed" as group:
            return token[group], f"mailto:{token[group]}", token.end()
        case "autolink":
            return "", web_address(token[0][1:-1], site_url), token.end()
        case "bare" | "shouted" | "www":
            address = _trimmed(token[0])
            return "", web_address(address, site_url), token.start() + len(address)
        case _:
            return _read_written(token, site_url)


def _read_written(token: re.Match[str], site_url: str) -> tuple[str, str | None, int] | None:
    if token["attributes"] is not None:
        href = _HREF.search(token["attributes"])
        said = next((group for group in href.groups() if group), "") if href else ""
        return without_markup(token["anchor"]), _target(said, site_url), token.end()
    if token["picture"] is not None:
        return "", None, token.end()
    if token["text"] is None:
        return None
    spaced = token["angled"] or token["loose"]
    said = spaced.strip().replace(" ", "%20") if spaced else token["target"] or ""
    if not spaced and "\\" in said:
        said = _ESCAPED.sub(r"\1", said)
    text = token["text"]
    words = without_markup(_PICTURE.sub(r"\1", text) if "![" in text else text)
    return words, _target(said, site_url), token.end()


def _trimmed(address: str) -> str:
    """Without the sentence's own marks at the end; a closing bracket is the address's where it opened one."""
    while address[-1:] in set(".,;:!?'*_)~’”»…"):
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address


def _target(target: str, site_url: str) -> str | None:
    if target.lower().startswith("mailto:"):
        return mail_address(target)
    return web_address(target, site_url)


def mail_address(target: str) -> str | None:
    """`mailto:` and one plain address; subject and the like are dropped."""
    address = target[len("mailto:") :].partition("?")[0].strip()
    return f"mailto:{address}" if _MAIL.fullmatch(address) else None


def web_address(target: str, site_url: str) -> str | None:
    """The absolute http or https address that is meant; None for anything else.

    What wraps it, tracks its readers or lets them in as the one who copied it is taken off.
    """
    if not target or target[0] in "#(":
        return None
    if _is_ordinary(target):
        return target
    if _OF_SITE.fullmatch(target) and _is_ordinary(here := _origin(site_url) + target):
        return here
    return _remembered(target, site_url) if len(target) <= _MEMORABLE else _cleaned(target, site_url)


def _cleaned(target: str, site_url: str) -> str | None:
    try:
        parts = urlsplit(unwrap(_absolute(target, site_url)))
        address = urlunsplit(cleaned(parts)) if _is_safe(parts) else None
        return address if address and len(address) <= MAX_TARGET else None
    except ValueError:
        return None


# The same addresses stand in many of a site's documents.
_remembered = lru_cache(maxsize=4_096)(_cleaned)


@lru_cache(maxsize=16)
def _origin(site_url: str) -> str:
    """Where the site's own paths begin."""
    return urljoin(site_url.rstrip("/") + "/", "/")[:-1]


def _is_ordinary(address: str) -> bool:
    """Whether a host and a path are all there is, and nothing is known of the host: as most are, and fine as they are."""
    ordinary = _ORDINARY.fullmatch(address)
    return ordinary is not None and not _is_known(ordinary[1])


# A site links to the same hosts again and again.
@lru_cache(maxsize=4_096)
def _is_known(host: str) -> bool:
    return is_wrapping(host) or has_own_pages(host)


def _absolute(target: str, site_url: str) -> str:
    if not _PLAIN.fullmatch(target) or not target.isprintable():
        raise ValueError(target)
    start = target[:8].lower()
    if start.startswith(("https://", "http://")):
        return target
    return f"https://{target}" if start.startswith("www.") else urljoin(site_url.rstrip("/") + "/", target)


def _is_safe(parts: SplitResult) -> bool:
    """Whether browsers go where readers think: no user's name before the host, no look-alike letters in it."""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _PLAIN.fullmatch(parts.geturl()):
        return False
    host = parts.hostname or ""
    # Reading the port raises where it is none.
    if parts.port == 0 or not host:
        return False
    if ":" in host:
        return "%" not in host and bool(ip_address(host))
    if host.isascii():
        return _HOST.fullmatch(host) is not None
    return bool(host.encode("idna")) and all(_is_of_one_script(label) for label in host.split("."))


def _is_of_one_script(label: str) -> bool:
    """As UTS 39 asks of names: letters of one script, or those that East Asian names mix; no signs like a slash."""
    if not all(c == "-" or c.isalnum() or unicodedata.category(c).startswith("M") for c in label):
        return False
    scripts = {unicodedata.name(c, "?").partition(" ")[0] for c in label if c.isalpha()}
    return len(scripts) < 2 or scripts <= _EAST_ASIAN


def report_malformed(body: str, *, first_line: int, notes: Notes, lined: bool = True) -> None:
    """Warn about links that a site shows as text, or that lead nowhere; the first twenty of each sort."""
    if "](" not in body and "] " not in body and "]\t" not in body:
        return

    def line_of(found: re.Match[str]) -> int:
        return first_line + (body.count("\n", 0, found.start()) if lined else 0)

    for pattern in (_DOUBLED, _SPACED):
        for found in islice(pattern.finditer(body), MAX_REPORTS):
            notes.problem(
                "A link is written so that it does not work.",
                f"Write [the words]({found[1]}), with one round bracket right after the square one.",
                line=line_of(found),
                severity="warning",
            )
    for found in islice(_SCHEMELESS.finditer(body), MAX_REPORTS):
        notes.problem(
            "A link's address lacks its beginning, so that the site takes it for a page of its own.",
            f"Write [the words](https://{found[1]}).",
            line=line_of(found),
            severity="warning",
        )
    for found in islice(_EMPTY.finditer(body), MAX_REPORTS):
        notes.problem(
            f"The link [{visible(found[1])}]() leads nowhere.",
            "Put its address between the round brackets.",
            line=line_of(found),
            severity="warning",
        )


def report_wrapped(
    body: str, *, first_line: int, notes: Notes, stated: Iterable[Entry | None] = (), lined: bool = True
) -> None:
    """Tell of addresses that hide where they lead or were made for one person, in the body and in `stated` keys."""
    told = 0
    seen: set[str] = set()
    for address, line in _addresses(body, first_line, stated, lined=lined):
        if address in seen:
            continue
        seen.add(address)
        if told < MAX_REPORTS and _report_one(address, line, notes):
            told += 1


def _addresses(
    body: str, first_line: int, stated: Iterable[Entry | None], *, lined: bool
) -> Iterator[tuple[str, int | None]]:
    for entry in stated:
        if entry is not None and entry.raw:
            yield entry.raw.strip(), entry.line
    line, at = first_line, 0
    for found in _ADDRESS.finditer(body) if "://" in body else ():
        line += body.count("\n", at, found.start()) if lined else 0
        at = found.start()
        yield _trimmed(found[0]), line


def _report_one(address: str, line: int | None, notes: Notes) -> bool:
    if _is_ordinary(address):
        return False
    found = _known_hiding(address) if len(address) <= _MEMORABLE else _hiding(address)
    if found is None:
        return False
    what, hint, severity = found
    notes.problem(what, hint, line=line, severity=severity)
    return True


def _hiding(address: str) -> tuple[str, str, Severity] | None:
    """What an address hides or gives away, and what to write instead."""
    try:
        parts = urlsplit(unwrap(address[:MAX_ADDRESS]))
        host = parts.hostname
    except ValueError:
        return None
    if not host:
        return None
    public = "Write the public registration link instead."
    if names := personal(parts):
        what = (
            f"The link to {visible(host)} was made for one person: {', '.join(map(visible, names))} lets its readers in as"
            " whoever copied it, so that part was taken out."
        )
        return what, public, "warning"
    if leads_one_person(parts):
        return f"The link {_shown(address)} is one person's own way in.", public, "warning"
    if scanner := opaque(parts):
        what = f"The link {_shown(address)} goes through {scanner.name}, which hides where it leads."
        return what, "Open it and write the address of the page that appears.", scanner.severity
    return None


_known_hiding = lru_cache(maxsize=1_024)(_hiding)


def _shown(address: str) -> str:
    return cut(visible(address), limit=120)
