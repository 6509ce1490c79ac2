"""The manifest of a folder of calendars: which files are notifier's there, and which revisions its readers were given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from notifier.core.delivery import SeenEvent
from notifier.core.zones import in_utc
from notifier.errors import Problem, UserError

MANIFEST = "manifest.json"
#: The page of all calendars.
INDEX = "subscribe.html"
#: Where the files of single events are.
EVENTS = "events"
#: Rises when a reader of the older form would misunderstand the newer one.
_FORM = 1
_FILE = re.compile(rf"(?:{EVENTS}/)?[a-z0-9-]+\.(?:ics|html)", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_GREATEST = 2**31 - 1
#: What every calendar, and every page, of ours says near its beginning.
_SIGNS = (b"\r\nPRODID:-//notifier//notifier//EN\r\n", b'<meta name="generator" content="notifier">')
_BEGINNING = 1000

#: SEQUENCE and LAST-MODIFIED of an entry.
Revision = tuple[int, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A calendar as it stands in the folder: its file, the digest of the bytes, and how many entries they hold."""

    name: str
    file: str
    sha256: str
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a folder. `files` are those that may be removed once they are no longer made; `revisions` are by uid."""

    site: str
    feeds: tuple[Listing, ...] = ()
    revisions: Mapping[str, Revision] = field(default_factory=dict)
    files: frozenset[str] = frozenset()

    def as_bytes(self) -> bytes:
        """The same manifest gives the same bytes: no time of writing is in it."""
        feeds = [
            json.dumps({"name": one.name, "file": one.file, "sha256": one.sha256, "events": one.events})
            for one in self.feeds
        ]
        revisions = [
            f"{json.dumps(uid)}: {json.dumps([number, _written(at)])}"
            for uid, (number, at) in sorted(self.revisions.items())
        ]
        files = map(json.dumps, sorted(self.files))
        # A line for each, so that in a repository the difference of two is read with ease.
        text = (
            f'{{\n"site": {json.dumps(self.site)},\n"version": {_FORM},\n"feeds": [{_lines(feeds)}],\n'
            f'"revisions": {{{_lines(revisions)}}},\n"files": [{_lines(files)}]\n}}\n'
        )
        return text.encode()


def page_file(name: str) -> str:
    """The name of a feed's subscribe page."""
    return f"subscribe-{name}.html"


def is_ours(data: bytes) -> bool:
    """Whether a file was written by notifier, by its own words."""
    return any(sign in data[:_BEGINNING] for sign in _SIGNS)


def read_manifest(data: bytes, site: str, place: str) -> Manifest:
    """The manifest of a site's folder. Raises UserError for one that is broken, newer, or of another site."""
    try:
        told = json.loads(data)
        form = told["version"]
        manifest = _manifest(told) if form == _FORM else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        what = "is not a manifest as notifier writes it, so nothing was written."
        hint = "Put back the one that was there; if there was none of notifier's, move this file away."
        raise UserError(Problem(path=place, what=what, hint=hint)) from error
    if manifest is None:
        what = f"has the version {form!r}, and this notifier writes {_FORM}, so nothing was written."
        raise UserError(Problem(path=place, what=what, hint="Use the newer notifier that wrote it."))
    if manifest.site != site:
        what = f"says that this folder is of the site {manifest.site!r}, and site.id is {site!r}: nothing was written."
        hint = "Give each site a folder of its own; if it is the same site, write its old site.id again."
        raise UserError(Problem(path=place, what=what, hint=hint))
    return manifest


def outrun(manifest: Manifest, seen: Mapping[str, SeenEvent]) -> dict[str, Revision]:
    """The revisions, by uid, that readers were given and that are later than what the ledger is about to give them."""
    return {
        uid: (number, at)
        for uid, (number, at) in manifest.revisions.items()
        if (row := seen.get(uid)) is not None and (number > row.sequence or at > row.changed_at)
    }


def adopted(row: SeenEvent, revision: Revision) -> SeenEvent:
    """The memory of an event as a revision that comes after one that readers were given: nobody knows what that one said."""
    number, at = revision
    return replace(
        row, sequence=max(row.sequence, number), changed_at=max(row.changed_at, in_utc(at) + timedelta(seconds=1))
    )


def later(one: Revision, other: Revision) -> Revision:
    """The greater of both, number and time each for itself."""
    return max(one[0], other[0]), max(one[1], other[1])


def _manifest(told: Any) -> Manifest:
    return Manifest(
        site=_text(told["site"]),
        feeds=tuple(map(_listing, _list(told["feeds"]))),
        revisions={_text(uid): _revision(one) for uid, one in told["revisions"].items()},
        files=frozenset(map(_file, _list(told["files"]))),
    )


def _listing(told: Any) -> Listing:
    sha256, events = _text(told["sha256"]), told["events"]
    if not _SHA256.fullmatch(sha256):
        raise ValueError(sha256)
    return Listing(name=_text(told["name"]), file=_file(told["file"]), sha256=sha256, events=_number(events))


def _revision(told: Any) -> Revision:
    number, at = _list(told)
    moment = datetime.fromisoformat(_text(at))
    if moment.tzinfo is None:
        raise ValueError(at)
    return _number(number), moment.astimezone(UTC)


def _file(told: Any) -> str:
    if not _FILE.fullmatch(_text(told)):
        raise ValueError(told)
    return _text(told)


def _number(told: Any) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told <= _GREATEST:
        raise ValueError(told)
    return told


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError(told)
    return told


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise TypeError(told)
    return told


def _written(at: datetime) -> str:
    return in_utc(at).isoformat().replace("+00:00", "Z")


def _lines(items: Iterable[str]) -> str:
    return ",".join(f"\n  {item}" for item in items) + "\n"
