"""What a site says of itself in its generator's configuration, which is read and never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from notifier.core.event import Document
from notifier.core.proposal.proposed import SiteFacts
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.formats import read_entries
from notifier.core.reading.picking import at_path
from notifier.core.zones import zone_named

_CONFIGS = (
    ("_config.yml", "jekyll"), ("_config.yaml", "jekyll"), ("_config.toml", "jekyll"),
    ("hugo.toml", "hugo"), ("hugo.yaml", "hugo"), ("hugo.yml", "hugo"), ("hugo.json", "hugo"),
    ("config.toml", "hugo"), ("config.yaml", "hugo"), ("config.yml", "hugo"), ("config.json", "hugo"),
    ("config/_default/hugo.toml", "hugo"), ("config/_default/hugo.yaml", "hugo"), ("config/_default/config.toml", "hugo"),
    ("config/_default/config.yaml", "hugo"), ("mkdocs.yml", "mkdocs"), ("_data/site.json", ""), ("_data/site.yml", ""),
    ("src/_data/site.json", "eleventy"), ("src/_data/metadata.json", "eleventy"), ("_data/metadata.json", "eleventy"),
    ("src/_data/meta.json", "eleventy"), ("package.json", ""),
)  # fmt: skip
_SCRIPTS = (
    "astro.config.mjs",
    "astro.config.ts",
    "gatsby-config.js",
    "gatsby-config.ts",
    "docusaurus.config.js",
    "_config.ts",
    "nuxt.config.ts",
)
_NAMES = ("title", "site_name", "name", "siteName")
_URLS = ("url", "baseURL", "baseurl", "site_url", "siteUrl", "homepage", "baseUrl")
_ZONES = ("timezone", "timeZone")
_LANGUAGES = ("lang", "language", "locale", "languageCode", "defaultContentLanguage")
_ASSIGNED = r"\b{name}\s{{0,3}}[:=]\s{{0,3}}[\"'`]([^\"'`\n]{{1,200}})[\"'`]"


def facts_of(documents: Sequence[Document]) -> SiteFacts:
    """Everything that is said, the surest file first."""
    by_path = {document.path: document for document in documents}
    said: dict[str, tuple[str, str]] = {}
    generators: list[str] = []
    pages: dict[str, str] = {}
    for path, kind in _CONFIGS:
        entries = _mapping(by_path.get(path))
        eleventy = path == "package.json" and _uses_eleventy(entries)
        if entries:
            generators += ["eleventy"] if eleventy else [kind] if kind else []
            pages = {**_permalinks(entries, kind), **pages}
        for name, value in _said(entries, named=path != "package.json"):
            said.setdefault(name, (value, path))
    for path in (*_SCRIPTS, "CNAME"):
        for name, value in _assigned(by_path[path]) if path in by_path else ():
            said.setdefault(name, (value, path))
    values = {name: value for name, (value, _) in said.items()}
    return SiteFacts(
        name=values.get("name"), url=values.get("url"), timezone=values.get("timezone"), language=values.get("language"),
        generator=generators[0] if generators else _generator_by_files(documents), pages=pages,
        sources={name: path for name, (_, path) in said.items()},
    )  # fmt: skip


def _mapping(document: Document | None) -> Mapping[str, Entry]:
    root = read_entries(document, Notes(path=document.path)) if document else None
    return root.value if root is not None and isinstance(root.value, Mapping) else {}


def _uses_eleventy(entries: Mapping[str, Entry]) -> bool:
    return any(
        isinstance(group.value, Mapping) and "@11ty/eleventy" in group.value
        for key in ("dependencies", "devDependencies")
        for group in at_path(entries, key)
    )


def _generator_by_files(documents: Sequence[Document]) -> str | None:
    paths = {document.path for document in documents}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        own = folder.rpartition("/")[2]
        if name == f"{own}.11tydata.json" or (
            own and name == f"{own}.json" and not folder.startswith(("_data", "data"))
        ):
            return "eleventy"
        if name.endswith(".html.md.erb"):
            return "middleman"
        if re.match(r"_(?:events|posts|meetups|meetings)/", path):
            return "jekyll"
    return "hugo" if any(path.startswith("content/") and path.endswith("/_index.md") for path in paths) else None


def _said(entries: Mapping[str, Entry], *, named: bool) -> Iterator[tuple[str, str]]:
    for text in _texts(entries, _NAMES if named else ()):
        yield "name", text
    for text in _texts(entries, _URLS):
        address = clean_url(text)
        if address:
            yield "url", address
    for text in _texts(entries, _ZONES):
        if _is_zone(text):
            yield "timezone", text
    for text in _texts(entries, _LANGUAGES):
        tag = re.match(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?(?![A-Za-z])", text)
        if tag:
            yield "language", tag[1].lower() + (f"-{tag[2].upper()}" if tag[2] else "")


def _texts(entries: Mapping[str, Entry], keys: Sequence[str]) -> Iterator[str]:
    for key in keys:
        for entry in at_path(entries, key):
            if isinstance(entry.value, str) and (text := " ".join(entry.raw.split())) and len(text) <= 200:
                yield text


def clean_url(text: str) -> str | None:
    """A public web address without its last slash."""
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "." not in host or re.search(r"[\s?#@\\]", text):
        return None
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _is_zone(text: str) -> bool:
    try:
        zone_named(text)
    except ValueError:
        return False
    return "/" in text


def _assigned(document: Document) -> Iterator[tuple[str, str]]:
    text = document.data[:100_000].decode(errors="replace")
    if document.path == "CNAME":
        if re.fullmatch(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", text.strip()):
            yield "url", f"https://{text.strip()}"
        return
    for names, field in ((("site", "siteUrl", "url"), "url"), (("title",), "name")):
        for name in names:
            match = re.search(_ASSIGNED.format(name=name), text)
            value = (clean_url(match[1]) if field == "url" else match[1]) if match else None
            if value:
                yield field, value
                break


def _permalinks(entries: Mapping[str, Entry], kind: str) -> dict[str, str]:
    """The address patterns of collections or sections; "" where a collection has no pages."""
    found: dict[str, str] = {}
    if kind == "hugo":
        for name in ("permalinks", "permalinks.page"):
            for entry in at_path(entries, name):
                if isinstance(entry.value, Mapping):
                    found |= {key: inner.raw for key, inner in entry.value.items() if isinstance(inner.value, str)}
    for entry in at_path(entries, "collections") if kind == "jekyll" else ():
        for key, inner in entry.value.items() if isinstance(entry.value, Mapping) else ():
            found[key] = _collection(inner, key)
    return found


def _collection(entry: Entry, name: str) -> str:
    if not isinstance(entry.value, Mapping) or not any(one.value is True for one in at_path(entry.value, "output")):
        return ""
    return next((one.raw for one in at_path(entry.value, "permalink") if one.raw), f"/{name}/:path:output_ext")
