"""Files that belong together: a folder of texts, a data file or a folder of them, each with the pages in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from notifier.core.event import Document
from notifier.core.proposal.columns import TEMPORAL, is_plain_date, kind_of
from notifier.core.proposal.vocabulary import is_blog_name, is_event_name, is_template_name, is_weak_name, role_of
from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.formats import read_entries, read_pages
from notifier.core.reading.shape import Format

TEXTS = (
    ".html.md.erb",
    ".md.erb",
    ".html.markdown",
    ".html.md",
    ".markdown",
    ".mdx",
    ".md",
    ".html.erb",
    ".html",
    ".htm",
)
RECORDS = (".yml", ".yaml", ".json", ".toml")
#: Of a folder whose name says nothing, so many files are looked at to see whether it may hold events.
SAMPLE = 60

_CONTAINERS = frozenset(
    [
        "content",
        "contents",
        "src",
        "source",
        "site",
        "docs",
        "website",
        "web",
        "app",
        "pages",
        "collections",
        "data",
        "_data",
        "_collections",
        "static",
        "www",
        "en",
        "de",
        "fr",
        "es",
        "it",
        "nl",
        "pt",
    ]
)
_NOT_RECORDS = frozenset(
    [
        "package.json",
        "package-lock.json",
        "tsconfig.json",
        "composer.json",
        "composer.lock",
        "netlify.toml",
        "hugo.toml",
        "hugo.yaml",
        "hugo.yml",
        "hugo.json",
        "config.toml",
        "config.yaml",
        "config.yml",
        "config.json",
        "_config.yml",
        "_config.yaml",
        "theme.toml",
        "pyproject.toml",
        "mkdocs.yml",
        "vercel.json",
        "manifest.json",
        "renovate.json",
        "lerna.json",
        "deno.json",
        "mise.toml",
    ]
)
_INDEX_STEMS = ("index", "_index")
_MAX_LISTS_DEPTH = 4
#: So many sections with dates are no one event's.
_SEVERAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Files that one group of config.yaml can name. `pages` are in the order of `documents`; `owners` says whose each is."""

    folder: str
    files: tuple[str, ...]
    documents: tuple[Document, ...]
    pages: tuple[Page, ...]
    owners: tuple[int, ...]
    format: Format = "front-matter"
    lists: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    #: Files that the patterns name too and that could not be read.
    unread: tuple[Document, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether a name in its path says that it holds events."""
        return any(is_event_name(name) for name in self._names())

    @property
    def is_weakly_named(self) -> bool:
        """Whether it says so only with a word that means other things too."""
        named = [name for name in self._names() if is_event_name(name)]
        return bool(named) and all(is_weak_name(name) for name in named)

    @property
    def is_blog(self) -> bool:
        return not self.is_named and any(is_blog_name(name) for name in self._names())

    def _names(self) -> Iterator[str]:
        yield from self.folder.split("/")
        if self.format == "data":
            yield from (_stem(path) for path in self.files if "*" not in path)
            yield from (name for path in self.lists for name in path.split("."))


def families_of(documents: Sequence[Document]) -> Iterator[Family]:
    """Every family that may hold events; what has no values at all is none."""
    ordered = sorted(documents, key=lambda document: document.path)
    yield from _families_of_texts([one for one in ordered if text_suffix(one.path)])
    yield from _families_of_records([one for one in ordered if _is_record(one.path)])


def text_suffix(path: str) -> str | None:
    """The ending of a file that may hold a text with front matter."""
    return next((suffix for suffix in TEXTS if path.endswith(suffix)), None)


def _is_record(path: str) -> bool:
    name = path.rpartition("/")[2]
    if name in _NOT_RECORDS or name.endswith((".schema.json", ".11tydata.json")) or name.startswith("."):
        return False
    return name.endswith(RECORDS)


def _families_of_texts(documents: Sequence[Document]) -> Iterator[Family]:
    folders: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        folders[root_of(document.path)].append(document)
    for folder, inside in folders.items():
        some = inside if is_event_name(folder.rpartition("/")[2]) else _sampled(inside)
        family = _text_family_of(folder, some)
        if family is not None:
            yield family if some is inside or family.lists else _whole(family, inside)


def _text_family_of(folder: str, documents: Sequence[Document]) -> Family | None:
    """Keys above the texts; where none holds a date, sections with labels, else labels."""
    keyed = _text_family(folder, documents, "front-matter")
    if keyed is not None and any(map(_is_dated, keyed.pages)):
        return keyed
    return _sections_family(folder, documents) or keyed or _text_family(folder, documents, "labelled")


def root_of(path: str) -> str:
    """The folder that a text's family hangs on: the topmost whose name is about events, else the first that says something."""
    folders = path.split("/")[:-1]
    for depth, name in enumerate(folders, start=1):
        if is_event_name(name):
            return "/".join(folders[:depth])
    for depth, name in enumerate(folders, start=1):
        if name.casefold() not in _CONTAINERS:
            return "/".join(folders[:depth])
    return "/".join(folders)


def _sampled(documents: list[Document]) -> list[Document]:
    step = max(1, len(documents) // SAMPLE)
    return documents[::step][:SAMPLE] if len(documents) > SAMPLE else documents


def _text_family(folder: str, documents: Sequence[Document], written: Format) -> Family | None:
    kept: list[Document] = []
    pages: list[Page] = []
    unread: list[Document] = []
    for document in documents:
        page = _page_of(document, written)
        if page is not None and page.entries:
            kept.append(document)
            pages.append(page)
        else:
            unread.append(document)
    kept, pages = _of_dated_endings(kept, pages)
    if not kept or (written == "labelled" and not any(_is_dated(page) for page in pages)):
        return None
    return Family(
        folder=folder, files=_globs(folder, kept), documents=tuple(kept), pages=tuple(pages),
        owners=tuple(range(len(kept))), format=written,
        exclude=tuple(sorted({*_asides(folder, kept, pages), *(literal(one.path) for one in unread if not _is_meant(one, written))})),
        unread=tuple(one for one in unread if _is_meant(one, written)),
    )  # fmt: skip


def _sections_family(folder: str, documents: Sequence[Document]) -> Family | None:
    """Texts in which each heading of one depth begins an event: labels with a date below most of them, again and again."""
    if not is_event_name(folder.rpartition("/")[2]) and not any(is_event_name(_stem(one.path)) for one in documents):
        return None
    for depth in ("#", "##", "###"):
        found = [(one, _sections_of(one, depth)) for one in documents]
        kept = [(one, pages) for one, pages in found if pages and sum(map(_is_dated, pages)) >= _SEVERAL]
        if not kept:
            continue
        pages = tuple(page for _, inside in kept for page in inside)
        owners = tuple(number for number, (_, inside) in enumerate(kept) for _ in inside)
        if sum(map(_is_dated, pages)) * 2 < len(pages):
            continue
        return Family(
            folder=folder, files=tuple(literal(one.path) for one, _ in kept[:3]) if len(kept) < 4 else _globs(folder, [one for one, _ in kept]),
            documents=tuple(one for one, _ in kept), pages=pages, owners=owners, format="labelled", lists=(depth,),
        )  # fmt: skip
    return None


def _sections_of(document: Document, depth: str) -> tuple[Page, ...]:
    if document.data.count(b"\n" + depth.encode() + b" ") + document.data.startswith(depth.encode() + b" ") < _SEVERAL:
        return ()
    return read_pages(document, "labelled", (depth,), Notes(path=document.path)) or ()


def _of_dated_endings(documents: list[Document], pages: list[Page]) -> tuple[list[Document], list[Page]]:
    """Without the files of an ending of which none has a date, where those of another have."""
    dated = {text_suffix(one.path) for one, page in zip(documents, pages, strict=True) if _is_dated(page)}
    if not dated:
        return documents, pages
    numbers = [n for n, one in enumerate(documents) if text_suffix(one.path) in dated]
    return [documents[n] for n in numbers], [pages[n] for n in numbers]


def _is_meant(document: Document, written: Format) -> bool:
    """Whether a file that could not be read was meant to hold what the others hold."""
    return written == "front-matter" and document.data[:200].lstrip(b"\xef\xbb\xbf \r\n").startswith(
        (b"---", b"+++", b"{")
    )


def _whole(family: Family, documents: Sequence[Document]) -> Family:
    """The same family with all of its files, where the sample may hold events."""
    if not any(_is_dated(page) for page in family.pages):
        return family
    return _text_family(family.folder, documents, family.format) or family


def _page_of(document: Document, written: Format) -> Page | None:
    pages = read_pages(document, written, (), Notes(path=document.path))
    return pages[0] if pages else None


def _is_dated(page: Page) -> bool:
    """Whether a key that isn't about the file itself holds a date."""
    return any(is_date(key, entry) for key, entry in page.entries.items())


def is_date(key: str, entry: Entry) -> bool:
    """Whether a value is a date that says when something is, not when it was written."""
    role = role_of(key)
    if isinstance(entry.value, Mapping):
        return any(is_date(inner, value) for inner, value in entry.value.items())
    if isinstance(entry.value, tuple):
        return role in ("date", "start") and any(is_date(key, item) for item in entry.value[:3])
    if role is None:
        return is_plain_date(entry)  # in a language that isn't known here
    return role in ("date", "start", "time") and kind_of(entry) in TEMPORAL - {"clock"}


def literal(path: str) -> str:
    """A path as a pattern that matches nothing else."""
    return re.sub(r"([*?\[])", r"[\1]", path)


def _globs(folder: str, documents: Sequence[Document]) -> tuple[str, ...]:
    """Patterns for these files: as deep as they lie, with the endings that they have."""
    above = f"{folder}/" if folder else ""
    shown = literal(above)
    suffixes = Counter(text_suffix(one.path) or "" for one in documents)
    nested = [one for one in documents if "/" in one.path[len(above) :]]
    bundled = nested and all(_is_index(one.path) and one in nested for one in documents)
    name = "index" if bundled and all(_stem(one.path) == "index" for one in documents) else "*"
    if name == "index" and any("/index" + (text_suffix(one.path) or "") not in one.path for one in documents):
        name = "index*"  # index.fr.md
    return tuple(f"{shown}{'**/' if nested else ''}{name}{suffix}" for suffix, _ in suffixes.most_common(3))


def _asides(folder: str, documents: Sequence[Document], pages: Sequence[Page]) -> tuple[str, ...]:
    """Index pages, templates and read-me files among them that have no date."""
    above = f"{folder}/" if folder else ""
    found = []
    for document, page in zip(documents, pages, strict=True):
        stem = _stem(document.path)
        own = document.path[len(above) :]
        listing = stem == "_index" or (stem == "index" and "/" not in own)
        if listing or is_template_name(stem) or (stem.startswith("_") and not _is_dated(page)):
            found.append(literal(document.path))
    if sum(_stem(path) == "_index" for path in found) > 1:
        suffix = text_suffix(found[0]) or ""
        found = [path for path in found if _stem(path) != "_index"] + [f"{literal(above)}**/_index{suffix}"]
    return tuple(sorted(found))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _is_index(path: str) -> bool:
    return _stem(path) in _INDEX_STEMS


def _families_of_records(documents: Sequence[Document]) -> Iterator[Family]:
    folders: dict[tuple[str, str], list[Family]] = defaultdict(list)
    for document in documents:
        family = _record_family(document)
        if family is not None:
            suffix = document.path.rpartition(".")[2]
            folders[family.folder, suffix].append(family)
    for (folder, suffix), found in folders.items():
        alike = {family.lists for family in found}
        single = all(len(family.pages) == 1 for family in found)
        if len(found) > 1 and len(alike) == 1 and folder and (single or is_event_name(folder.rpartition("/")[2])):
            yield _merged(found, f"{literal(folder)}/*.{suffix}")
        else:
            yield from found


def _record_family(document: Document) -> Family | None:
    root = read_entries(document, Notes(path=document.path))
    if root is None:
        return None
    paths = sorted(set(_lists(root, "", 0)))
    if not paths:
        return None
    lists = () if paths == [""] else tuple(paths)
    pages = read_pages(document, "data", lists, Notes(path=document.path))
    if not pages:
        return None
    return Family(
        folder=document.path.rpartition("/")[0], files=(literal(document.path),), documents=(document,), pages=pages,
        owners=(0,) * len(pages), format="data", lists=lists,
    )  # fmt: skip


def _merged(found: Sequence[Family], pattern: str) -> Family:
    return Family(
        folder=found[0].folder, files=(pattern,), documents=tuple(one.documents[0] for one in found),
        pages=tuple(page for one in found for page in one.pages),
        owners=tuple(number for number, one in enumerate(found) for _ in one.pages),
        format="data", lists=found[0].lists,
    )  # fmt: skip


def _lists(entry: Entry, path: str, depth: int) -> Iterator[str]:
    """The key paths of lists, or mappings, most of whose items have a date."""
    if depth > _MAX_LISTS_DEPTH:
        return
    if isinstance(entry.value, tuple):
        if _hold_dates(entry.value):
            yield path
    elif isinstance(entry.value, Mapping):
        inner = entry.value
        if (len(inner) > 1 and _hold_dates(inner.values())) or (
            depth == 0 and _is_dated(Page(entries=inner)) and ("title" in inner or "name" in inner)
        ):
            yield path
        else:
            for key, value in inner.items():
                if "." not in key and "[" not in key:
                    yield from _lists(value, f"{path}.{key}" if path else key, depth + 1)


def _hold_dates(items: Iterable[Entry]) -> bool:
    mappings = [item.value for item in items if isinstance(item.value, Mapping)]
    dated = sum(_is_dated(Page(entries=mapping)) for mapping in mappings)
    return dated > 0 and dated * 2 >= len(mappings)
