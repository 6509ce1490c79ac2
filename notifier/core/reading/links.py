"""Links in prose, and addresses made safe to hand on: http and https only, no tracking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit, urlunsplit

from notifier.core.reading.candidates import Notes
from notifier.core.reading.plain import visible, without_markup

MAX_REPORTS = 20

_TOKEN = re.compile(
    r"!\[[^\[\]]{0,800}\]\([^()\n]{0,1500}\)"
    r"|\[(?P<text>[^\[\]]{0,400})\]\(\s{0,2}<?(?P<target>[^\s()<>]{0,1500}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,300}){0,3})>?"
    r"(?:\s{1,3}[\"'][^\"'\n]{0,200}[\"'])?\s{0,2}\)"
    r"|<a\s(?P<attributes>[^<>]{0,1500})>(?P<anchor>[^<>]{0,400})</a>"
    r"|<?(?P<bare>https?://[^\s<>()\[\]\"]{1,1500})>?"
    r"|(?<![\w.%+-])(?:mailto:)?(?P<email>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})"
)
_HREF = re.compile(r"href\s{0,2}=\s{0,2}[\"']([^\"'<>]{1,1500})[\"']")
_SITE_VARIABLE = re.compile(r"\{\{-?\s{0,3}site\.(?:baseurl|url)\s{0,3}-?\}\}")
_DOUBLED = re.compile(r"\]\(\(\s{0,2}(https?://[^\s()]{1,1500})")
_SPACED = re.compile(r"\](?:[ \t]{1,3})\((https?://[^\s()]{1,1500})\)")
_EMPTY = re.compile(r"\[([^\[\]\n]{1,200})\]\(\s{0,3}\)")
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|_hsenc|_hsmi|vero_id)$", re.IGNORECASE
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link where it stands: its words, its absolute target (an `https:` or `mailto:` address), its place."""

    text: str
    target: str
    line: int
    start: int


def linked(raw: str, first_line: int, site_url: str) -> tuple[str, tuple[Link, ...]]:
    """Markdown in, plain text and its links out; `start` counts in the plain text. A bare address leaves no words."""
    raw = _SITE_VARIABLE.sub("", raw)
    parts: list[str] = []
    links: list[Link] = []
    length = at = 0
    for token in _TOKEN.finditer(raw):
        parts.append(without_markup(raw[at : token.start()]))
        length += len(parts[-1])
        words, target = _read(token, site_url)
        if target:
            line = first_line + raw.count("\n", 0, token.start())
            links.append(Link(text=words.strip(), target=target, line=line, start=length))
        parts.append(words)
        length += len(words)
        at = token.end()
    parts.append(without_markup(raw[at:]))
    return "".join(parts), tuple(links)


def _read(token: re.Match[str], site_url: str) -> tuple[str, str | None]:
    if token["email"]:
        return token["email"], f"mailto:{token['email']}"
    if token["bare"]:
        return "", web_address(token["bare"].rstrip(".,;:!?'*_"), site_url)
    if token["attributes"] is not None:
        href = _HREF.search(token["attributes"])
        return without_markup(token["anchor"]), _target(href[1] if href else "", site_url)
    if token["text"] is None:
        return "", None
    return without_markup(token["text"]), _target(token["target"], site_url)


def _target(target: str, site_url: str) -> str | None:
    if target.lower().startswith("mailto:"):
        return mail_address(target)
    return web_address(target, site_url)


def mail_address(target: str) -> str | None:
    """`mailto:` and one plain address; subject and the like are dropped."""
    address = target[len("mailto:") :].partition("?")[0].strip()
    return f"mailto:{address}" if _MAIL.fullmatch(address) else None


def web_address(target: str, site_url: str) -> str | None:
    """The absolute http or https address without tracking parameters; None for anything else."""
    if not target or target[0] in "#(" or any(c.isspace() or not c.isprintable() for c in target):
        return None
    try:
        parts = urlsplit(urljoin(site_url.rstrip("/") + "/", target))
        hostname, user = parts.hostname, parts.username
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not hostname or user is not None:
        return None
    query = "&".join(p for p in parts.query.split("&") if not _TRACKING.match(p.partition("=")[0]))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


def report_malformed(body: str, *, first_line: int, notes: Notes) -> None:
    """Warn about links that a site shows as text, or that lead nowhere; the first twenty of each sort."""
    for pattern in (_DOUBLED, _SPACED):
        for found in islice(pattern.finditer(body), MAX_REPORTS):
            notes.problem(
                "A link is written so that it does not work.",
                f"Write [the words]({found[1]}), with one round bracket right after the square one.",
                line=first_line + body.count("\n", 0, found.start()),
                severity="warning",
            )
    for found in islice(_EMPTY.finditer(body), MAX_REPORTS):
        notes.problem(
            f"The link [{visible(found[1])}]() leads nowhere.",
            "Put its address between the round brackets.",
            line=first_line + body.count("\n", 0, found.start()),
            severity="warning",
        )
