"""What config.yaml says about one group of files: where events are in them, what their fields mean, what is assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from notifier.core.reading.entries import Scalar

Format = Literal["front-matter", "data", "labelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Values that stand in another file of the source.

    `file` is that file's path, with `{value}` for the value that was picked (`/places/hall` names `places/hall.md`
    by `file: "{value}.md"`; a leading `/` is left out). `entry`: in a list, the key whose value names the wanted
    item; in a mapping the wanted item is the one of that name. `read` are the key paths taken there, joined.
    """

    file: str
    entry: str | None = None
    read: tuple[str, ...] = ()
    joined: str = ", "


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One way to find a field's value; the steps run in the order of the attributes.

    `keys` are paths into nested mappings and lists (`location.city`, `talks[0].title`, `speakers[].name`): the
    first that is not empty, or all of them joined by `joined`. `body` and `path` are patterns (google-re2 syntax)
    on the document's text and on its path. `match` is a pattern on the value: its group `value`, else its first
    group, else all of it; `to` builds a text of its groups (`{1}-{2}`, `{year}`). `table` gives values for values
    (case does not matter, `*` is every other one). `reference` looks in another file. `value` stands for whatever
    was found, or, where nothing else is given, for itself. `layout` is how a date or time is written
    (strptime's directives, or `unix`).
    """

    keys: tuple[str, ...] = ()
    joined: str | None = None
    body: str | None = None
    path: str | None = None
    match: str | None = None
    to: str | None = None
    table: Mapping[str, Scalar] | None = None
    reference: Reference | None = None
    value: Scalar = None
    layout: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the site's times mean.

    `offsets`: `wall` where a written offset (`18:30Z`) is not meant and the time is the event's wall clock.
    `without`: the zone of a time that is written without an offset, where it is not the event's own zone.
    `ends`: whether the end of whole days is the last day or the day after it. `length`: how long an event lasts
    that says neither an end nor a duration. `order`: which way 04/05/2026 is meant; None where both are possible.
    `midnight`: whether 00:00 with a date is a time; site generators write it for none.
    """

    offsets: Literal["trusted", "wall"] = "trusted"
    without: str | None = None
    ends: Literal["inclusive", "exclusive"] = "inclusive"
    length: timedelta | None = None
    order: Literal["day-first", "month-first"] | None = None
    midnight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How to read the files of one source group.

    `fields` maps an event's field to the ways to find its value, in the order of trust, where it is not simply the
    front-matter key of that name. `lists` are the key paths of a data file's lists of events (none: the whole file
    is the list, or every list in its top mapping), or the headings (`##`) that begin an event each in a labelled text. `only` keeps those whose value under a key path is one of these.
    `sessions` is the key path of a list in which each item is an event of its own.
    `page` is the page address of an event: a pattern with `{stem}` (the file's name without its ending, or the
    folder's of an index file), `{key}` or any key path, absolute or relative to `site_url`; None when the site has
    no pages for events. `own` are the categories of the organisation's own events; empty: every event is its own.
    `timezone` is the site's zone, for events that name none. `languages` are those that the texts may be in.
    """

    source: str
    site_url: str
    timezone: str
    format: Format = "front-matter"
    lists: tuple[str, ...] = ()
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sessions: str | None = None
    fields: Mapping[str, tuple[Pick, ...]] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    own: frozenset[str] = frozenset()
    page: str | None = None
    languages: tuple[str, ...] = ("en",)
