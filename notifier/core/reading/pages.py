"""The address of an event's page on the site."""

from __future__ import annotations

import re
from urllib.parse import quote

from notifier.core.event import Evidence
from notifier.core.reading.candidates import Notes
from notifier.core.reading.links import web_address
from notifier.core.reading.mapped import Keys
from notifier.core.reading.parts import Part
from notifier.core.reading.picking import at_path
from notifier.core.reading.shape import Shape

_PLACE = re.compile(r"\{([^{}]{1,100})\}")
_INDEX = ("index", "_index")


def stem_of(path: str) -> str:
    """A file's name without its endings; of an index file that of its folder."""
    folder, _, name = path.rpartition("/")
    stem = name.lstrip(".").partition(".")[0] if name.startswith(_INDEX) else name.rpartition(".")[0] or name
    return folder.rpartition("/")[2] if stem in _INDEX and folder else stem


def page_url(keys: Keys, shape: Shape, part: Part, notes: Notes) -> str | None:
    """The page's address: the explicit one, else the site's pattern filled in; None where a part of it is missing."""
    explicit = keys.address("url", "url")
    if explicit:
        return notes.take(explicit)
    if shape.page is None:
        return None
    parts = {name: _filling(name, keys, part) for name in _PLACE.findall(shape.page)}
    if not all(parts.values()):
        return None
    address = web_address(_PLACE.sub(lambda place: parts[place[1]] or "", shape.page), shape.site_url)
    if address:
        notes.evidence["url"] = Evidence(field="url", text=stem_of(keys.path), line=None, basis="path")
    return address


def _filling(name: str, keys: Keys, part: Part) -> str | None:
    match name:
        case "stem":
            return stem_of(keys.path)
        case "path":
            folder = keys.path.rpartition("/")[0]
            return f"{folder}/{stem_of(keys.path)}" if not keys.path.rpartition("/")[2].startswith(_INDEX) else folder
        case "key":
            return part.key or part.path.partition("#")[2] or None
        case _:
            found = next((entry for entry in at_path(part.page.entries, name) if not entry.is_empty), None)
            return quote(found.raw.strip().strip("/"), safe="/-._~") if found and found.raw.strip() else None
