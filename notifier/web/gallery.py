"""The page on which all previews are looked at: it needs nothing but the files beside it, no network and no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.core.rule import Kind
from notifier.errors import Problem
from notifier.web.templating import filled

#: What each kind is called above its mails.
KINDS: Mapping[Kind, str] = {
    "announcement": "Announcements",
    "reminder": "Reminders",
    "change": "Changes",
    "cancellation": "Cancellations",
    "digest": "Digests",
    "follow_up": "Follow-ups",
    "one_off": "One-off mails",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a message: its file, how wide it is, and for readers of which scheme."""

    file: str
    width: int
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A message on the page, with the names of its files. `state` says what it is."""

    kind: Kind
    name: str
    subject: str
    preheader: str
    audience: str
    state: str
    files: Sequence[str]
    pictures: Sequence[Picture] = ()
    problems: Sequence[Problem] = ()


def gallery_page(site: str, at: str, exhibits: Sequence[Exhibit]) -> str:
    """The page, by kinds. The files lie in its own folder, by names that need no escape."""
    rooms = [(title, [one for one in exhibits if one.kind == kind]) for kind, title in KINDS.items()]
    return filled("gallery.html", site=site, at=at, rooms=[room for room in rooms if room[1]])
