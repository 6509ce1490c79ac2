"""Whether the keys of one group of event files agree with one another."""

from __future__ import annotations

import re

from notifier.config.tree import Loc, Tree, shown
from notifier.config.way_checks import Found, is_key_path, path_checks, way_checks
from notifier.core.reading.presets import PRESETS

_HEADING = re.compile(r"#{1,6}")


def group_checks(tree: Tree, loc: Loc) -> Found:
    """Every disagreement in a group, with the place it is about."""
    group = tree.get(*loc)
    if not isinstance(group, dict):
        return
    if group.get("files") is None and group.get("preset") is None:
        hint = "Write which files, for example: files: _events/*.md, or preset: jekyll-events."
        yield (*loc, "files"), tree.problem((*loc, "files"), "is missing.", hint)
    yield from _lists(tree, loc)
    yield from path_checks(tree, (*loc, "sessions"))
    for key in tree.mapping(*loc, "only"):
        if not is_key_path(key):
            place = (*loc, "only", key)
            yield place, tree.at_key(place, "is no path of keys.", "Write, for example: type or event.kind.")
    for field in tree.mapping(*loc, "fields"):
        yield from way_checks(tree, (*loc, "fields", field))


def _lists(tree: Tree, loc: Loc) -> Found:
    preset = tree.get(*loc, "preset")
    known = PRESETS.get(preset) if isinstance(preset, str) else None
    written = tree.get(*loc, "format") or (known.format if known else "front-matter")
    place = (*loc, "lists")
    value = tree.get(*place)
    if value is None or not isinstance(written, str):
        return
    match written:
        case "data":
            yield from path_checks(tree, place)
        case "labelled":
            items = value if isinstance(value, list) else [value]
            if not all(isinstance(item, str) and _HEADING.fullmatch(item.strip()) for item in items):
                what = "in labelled texts is the heading that begins each event."
                yield place, tree.problem(place, what, 'Write lists: "##", for headings such as ## Spring fair.')
        case _:
            what = f"has no place in {shown(written)}: only data files and labelled texts have several events."
            yield place, tree.at_key(place, what, "Write format: data, or delete it.")
            yield from path_checks(tree, place)
