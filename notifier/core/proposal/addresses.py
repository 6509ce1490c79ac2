"""The addresses of events' pages, by the habits of the site's generator."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifier.core.proposal.families import Family
from notifier.core.proposal.proposed import SiteFacts
from notifier.core.reading.shape import Pick

_STEM = frozenset(
    {
        "name",
        "title",
        "slug",
        "path",
        "filename",
        "contentbasename",
        "slugorfilename",
        "slugorcontentbasename",
        "basename",
    }
)
_TOKEN = re.compile(r":(\w{1,30})(?:\[[^\]]{0,20}\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pattern of page addresses, or a way to pick them from the path; and why."""

    page: str | None = None
    way: Pick | None = None
    why: str = ""


def pages_of(family: Family, facts: SiteFacts) -> Pages:
    """Where the pages are, as far as the generator is known. Data files have none that one could know."""
    if family.format == "data":
        return Pages()
    match facts.generator:
        case "jekyll":
            return _jekyll(family, facts)
        case "hugo":
            return _hugo(family, facts)
        case "eleventy" | "middleman":
            return _by_folder(family, facts.generator)
        case _:
            return Pages()


def _jekyll(family: Family, facts: SiteFacts) -> Pages:
    name = family.folder.rpartition("/")[2].lstrip("_")
    pattern = facts.pages.get(name)
    if name in ("posts", "drafts"):
        return Pages()
    if pattern is None:
        return (
            Pages(page=f"/{name}/{{stem}}", why="Jekyll's usual address; look whether it is yours")
            if family.folder.startswith("_")
            else Pages()
        )
    if not pattern:
        return Pages(why="the collection has no pages")
    page = _filled(pattern, name)
    return Pages(page=page, why="the permalink of the collection in _config.yml") if page else Pages()


def _filled(pattern: str, section: str) -> str | None:
    """A permalink with our words in it; None where it has parts, such as dates, that we can't fill."""
    unknown = False

    def word(match: re.Match[str]) -> str:
        nonlocal unknown
        said = match[1]
        if said in _STEM:
            return "{stem}"
        if said in ("collection", "section", "sections"):
            return section
        unknown = unknown or said != "output_ext"
        return ".html"

    text = _TOKEN.sub(word, pattern)
    text = text if text.startswith(("/", "http")) else f"/{text}"
    return None if unknown or "{stem}" not in text else text.replace("{stem}.html", "{stem}")


def _hugo(family: Family, facts: SiteFacts) -> Pages:
    folders = family.folder.split("/")
    if folders[0] != "content" or len(folders) < 2:
        return Pages()
    section = folders[-1]
    pattern = facts.pages.get(section)
    if pattern:
        page = _filled(pattern, section)
        return Pages(page=page, why="the permalinks of the site's configuration") if page else Pages()
    if any("/" in one.path[len(family.folder) + 1 :].removesuffix("/index.md") for one in family.documents):
        return Pages()
    language = (
        f"/{folders[1]}"
        if len(folders) > 2 and len(folders[1]) == 2 and folders[1] != (facts.language or "")[:2]
        else ""
    )
    middle = "/".join(folders[2:] if len(folders) > 2 and len(folders[1]) == 2 else folders[1:])
    return Pages(page=f"{language}/{middle}/{{stem}}/", why="Hugo's usual address; look whether it is yours")


def _by_folder(family: Family, generator: str) -> Pages:
    """The address is the path below the folder of sources."""
    top = family.folder.partition("/")[0]
    source = top if top in ("src", "source", "content", "site") else ""
    why = f"{generator.capitalize()}'s usual address; look whether it is yours"
    if all(one.path.rpartition("/")[2].startswith("index.") for one in family.documents):
        return Pages(way=Pick(path=rf"^{source}/(.+)/index\." if source else r"^(.+)/index\.", to="/{1}/"), why=why)
    if any("/" in one.path[len(family.folder) + 1 :] for one in family.documents):
        return Pages()
    shown = family.folder[len(source) :].strip("/")
    return Pages(page=f"/{shown}/{{stem}}/" if shown else "/{stem}/", why=why)
