"""From a group of event files in config.yaml to what reading works with: its preset, with what is written over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from notifier.config import content_models
from notifier.config.content_models import READABLE
from notifier.config.field_models import EventField, Way
from notifier.config.field_models import Times as TimesKeys
from notifier.config.settings import Group
from notifier.config.way_checks import is_page
from notifier.core.reading.presets import PRESETS, Preset
from notifier.core.reading.shape import Pick, Reference, Shape, Times

_NONE = Preset(files=())
_SAME = (frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"}))


def group_of(group: content_models.Events, source: str, site: content_models.Site) -> Group:
    """The group's files, how to read them, and the other files that its fields refer to."""
    preset = PRESETS[group.preset] if group.preset else _NONE
    fields = {**preset.fields, **_fields(group.fields)}
    shape = Shape(
        source=source,
        site_url=site.url,
        timezone=site.timezone,
        format=group.format or preset.format,
        lists=tuple(group.lists or ()),
        only={key: _words(values) for key, values in (group.only or {}).items()},
        sessions=group.sessions,
        fields=fields,
        times=_times(group.times),
        own=frozenset(group.own.category if group.own else ()),
        page=_page(group.fields.get("url", ())) or preset.page,
        languages=tuple(group.language or _languages(site.language)),
    )
    return Group(
        files=tuple(group.files or preset.files),
        exclude=tuple(preset.exclude if group.exclude is None else group.exclude),
        shape=shape,
        references=tuple(sorted({_glob(pick.reference.file) for pick in _all(fields) if pick.reference})),
    )


def _words(values: Sequence[str]) -> frozenset[str]:
    """The values in lower case; a site says yes in every way that YAML knows."""
    folded = {value.casefold() for value in values}
    return frozenset(folded.union(*(words for words in _SAME if words & folded)))


def _languages(site: str) -> list[str]:
    """The site's own language first: where two read the same words differently, it is right."""
    primary = site.partition("-")[0].casefold()
    return sorted(READABLE, key=lambda code: code != primary)


def _times(times: TimesKeys) -> Times:
    return Times(
        offsets=times.offsets,
        without=times.without,
        ends=times.ends,
        length=times.length,
        order=times.dates,
        midnight=times.midnight,
    )


def _page(ways: Sequence[Way]) -> str | None:
    return next((way.key for way in ways if way.key and is_page(way.key)), None)


def _fields(fields: Mapping[EventField, Sequence[Way]]) -> Mapping[str, tuple[Pick, ...]]:
    found = {name: tuple(_picks(name, ways)) for name, ways in fields.items()}
    return {name: picks for name, picks in found.items() if picks}


def _picks(name: str, ways: Sequence[Way]) -> Iterator[Pick]:
    """A pick for each way; keys with nothing more to them that stand together share one."""
    wanted = [way for way in ways if not (name == "url" and way.key and is_page(way.key))]
    for plain, together in groupby(wanted, key=lambda way: way.key is not None):
        if plain:
            yield Pick(keys=tuple(way.key for way in together if way.key))
            continue
        for way in together:
            yield from _pick(way)


def _pick(way: Way) -> Iterator[Pick]:
    separator = ", " if way.separator is None else way.separator
    found = Pick(
        keys=tuple(way.join or way.keys or ()),
        joined=separator if way.join else None,
        body=way.body,
        path=way.path,
        match=way.match,
        to=way.to,
        table=way.table,
        reference=_reference(way, separator) if way.file else None,
        value=way.value,
        layout=way.format,
    )
    yield found
    if way.default is not None:
        yield Pick(value=way.default)


def _reference(way: Way, separator: str) -> Reference:
    return Reference(file=way.file or "", entry=way.entry, read=tuple(way.read or ()), joined=separator)


def _all(fields: Mapping[str, Sequence[Pick]]) -> Iterator[Pick]:
    return (pick for picks in fields.values() for pick in picks)


def _glob(file: str) -> str:
    """The files that a reference may mean. A value may hold folders; `**` stands for whole names only."""
    names: list[str] = []
    for name in file.split("/"):
        before, place, after = name.partition("{value}")
        rest = after.replace("{value}", "*")
        if not place:
            names.append(name)
        elif before:
            names.append(f"{before}*{rest}")
        else:
            names += ["**", f"*{rest}"] if rest else ["**"]
    return "/".join(names)
