"""What config.yaml says about one group of files: how their fields are named and what is assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How to read the files of one source group.

    `fields` maps an event's field to the front-matter key that holds it, where the site's name differs from
    ours (`title date dates start end timezone place access register status uid url category series topics
    project image link private`). `page` is the page address of an event: a pattern with `{stem}` (the file's name
    without its ending), absolute or relative to `site_url`; None when the site has no pages for events.
    `own` are the categories of the organisation's own events; empty: every event is its own.
    `timezone` is the site's zone, for events that name none.
    """

    source: str
    site_url: str
    timezone: str
    fields: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    page: str | None = None
