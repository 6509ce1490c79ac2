"""Whether a preset says what a proposal says, so that fewer lines do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from notifier.core.patterns import matches
from notifier.core.proposal.families import Family
from notifier.core.proposal.proposed import Choice
from notifier.core.reading.library import NOTHING
from notifier.core.reading.picking import pick
from notifier.core.reading.presets import PRESETS, Preset
from notifier.core.reading.shape import Pick, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """A preset, the shape with it, and the choices that it doesn't make by itself."""

    preset: str
    shape: Shape
    choices: Mapping[str, Choice]


def shortened(family: Family, shape: Shape, choices: Mapping[str, Choice]) -> list[Shortened]:
    """The presets that name the family's files, the one that leaves the fewest choices first."""
    found = [_with(name, preset, family, shape, choices) for name, preset in PRESETS.items() if _names(preset, family)]
    return sorted(found, key=lambda one: len(one.choices))


def _names(preset: Preset, family: Family) -> bool:
    if preset.format != family.format or family.lists:
        return False
    known = {_plain(pattern) for pattern in preset.files}
    if not all(matches(document.path, preset.files) for document in family.documents):
        return False  # `_events/*.md` names no file in `_events/fr/`
    return all(_plain(pattern) in known for pattern in family.files)


def _plain(pattern: str) -> str:
    """A pattern without how deep it goes: the family's is as deep as its files lie today."""
    return pattern.replace("**/", "").replace("/index.", "/*.")


def _with(name: str, preset: Preset, family: Family, shape: Shape, choices: Mapping[str, Choice]) -> Shortened:
    kept = {field: choice for field, choice in choices.items() if not _says(preset, field, choice.ways, family)}
    fields = {**preset.fields, **{field: choice.ways for field, choice in kept.items()}}
    return Shortened(preset=name, shape=replace(shape, fields=fields, page=shape.page or preset.page), choices=kept)


def _says(preset: Preset, field: str, ways: tuple[Pick, ...], family: Family) -> bool:
    """Whether the preset finds the same value in every page."""
    theirs = preset.fields.get(field)
    if theirs is None:
        return False
    return all(_found(theirs, family, number) == _found(ways, family, number) for number in range(len(family.pages)))


def _found(ways: tuple[Pick, ...], family: Family, number: int) -> object:
    path = family.documents[family.owners[number]].path
    found = pick(ways, family.pages[number], path=path, library=NOTHING)
    return None if found is None else (found.raw, found.plain())
