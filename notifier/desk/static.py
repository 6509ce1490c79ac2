"""The calendars as files for any web server, which need no notifier to answer for them.

Recorded first, then written, the manifest last: killed at any point, the next run completes it. What is no longer made
is removed only if the manifest names it and the file says itself that it is notifier's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from notifier.core.delivery import SeenEvent
from notifier.core.links import event_file_name
from notifier.core.manifest import (
    EVENTS,
    INDEX,
    MANIFEST,
    Listing,
    Manifest,
    Revision,
    adopted,
    is_ours,
    later,
    outrun,
    page_file,
    read_manifest,
)
from notifier.core.rule import Feed
from notifier.core.span import ARCHIVE, FeedPlan
from notifier.desk.looking import recorded_look
from notifier.errors import Problem, UserError
from notifier.ports import Clock, Publisher
from notifier.tick import Calendar, Look, Ticker

#: The pages by file name, of a look and the names of the archives that there are.
Pages = Callable[[Look, frozenset[str]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of calendars with the folder of single events in it: names may begin with `events/`."""

    top: Publisher
    events: Publisher

    def publish(self, name: str, data: bytes) -> bool:
        folder, bare = self._place(name)
        return folder.publish(bare, data)

    def read(self, name: str) -> bytes | None:
        folder, bare = self._place(name)
        return folder.read(bare)

    def withdraw(self, name: str) -> bool:
        folder, bare = self._place(name)
        return folder.withdraw(bare)

    def _place(self, name: str) -> tuple[Publisher, str]:
        below = name.removeprefix(f"{EVENTS}/")
        return (self.top, name) if below == name else (self.events, below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a folder: the calendars as they should be, which files changed, what went, and what was in the way."""

    calendars: tuple[Calendar, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """One feed, its archive if there is one, and a look at nothing else; no calendars where one could not be made."""

    feed: Feed
    plan: FeedPlan
    look: Look
    calendars: tuple[Calendar, ...]

    def files(self) -> dict[str, bytes]:
        """The calendars by file name, at their former addresses too: no web server need know that they moved."""
        found = {f"{one.name}.ics": one.data for one in self.calendars}
        for one in self.calendars:
            ending = ARCHIVE if one.is_archive else ""
            found |= {f"{former}{ending}.ics": one.data for former in self.feed.formerly}
        return found


def manifest_in(folder: Publisher, ticker: Ticker, place: str) -> Manifest | None:
    """The manifest of a folder, None where there is none. Raises UserError for one that isn't this site's."""
    data = folder.read(MANIFEST)
    return None if data is None else read_manifest(data, ticker.wiring.rules.site.id, f"{place}/{MANIFEST}")


def look_beyond(
    manifest: Manifest | None, ticker: Ticker, clock: Clock, place: str, *, adopt: bool, accept_shrink: bool
) -> Look:
    """A look that the ledger has recorded, with no revision before one that the folder's readers were given.

    Raises UserError, and records nothing, where the ledger is behind and `adopt` doesn't say to go on from there.
    """

    def amended(look: Look) -> Look:
        ahead = outrun(manifest, look.settled_memory().seen) if manifest else {}
        if ahead and not adopt:
            raise UserError(_behind(ahead, place))
        return _adopting(look, ahead)

    return recorded_look(ticker, clock, accept_shrink=accept_shrink, amend=amended)


def _behind(ahead: Mapping[str, Revision], place: str) -> Problem:
    number = f"{len(ahead)} event{'s' if len(ahead) > 1 else ''}"
    what = (
        f"knows later revisions of {number} than the ledger, so nothing was written: calendars that subscribe would take "
        "what is new for old."
    )
    hint = f"Use the ledger that this folder was written with; if it is lost: notifier feeds {place} --adopt"
    return Problem(path=f"{place}/{MANIFEST}", what=what, hint=hint)


def _adopting(look: Look, ahead: Mapping[str, Revision]) -> Look:
    """The look with the rows of these events raised, to be recorded in one transaction with all the rest of it."""
    if not ahead:
        return look
    seen = look.settled_memory().seen
    raised: dict[str, SeenEvent] = {row.uid: row for row in look.plan.seen}
    raised |= {uid: adopted(seen[uid], revision) for uid, revision in ahead.items()}
    # Without what was worked out from the rows as they were.
    return Look(
        at=look.at, content=look.content, memory=look.memory,
        plan=replace(look.plan, seen=tuple(row for _, row in sorted(raised.items()))),
    )  # fmt: skip


def write(
    look: Look,
    ticker: Ticker,
    folder: Publisher,
    pages: Pages,
    *,
    before: Manifest | None,
    place: str,
    accept_shrink: bool,
) -> Written:
    """Write what changed of the public calendars, their events and pages. A feed that can't be keeps its last good state.

    Raises UserError before anything is written where a file that isn't notifier's is in the way.
    """
    before = before or Manifest(site=ticker.wiring.rules.site.id)
    made = [_made(look, ticker, plan) for plan in look.plan.feeds]
    public = [one for one in made if not one.feed.secret]
    archives = frozenset(calendar.name for one in public for calendar in one.calendars if calendar.is_archive)
    run = _Run(folder=folder, before=before, ticker=ticker)
    paged = pages(look, archives)
    _claim(run, public, paged, place)
    run.hide(one for one in made if one.feed.secret)
    good = [one for one in public if run.feed(one, accept_shrink=accept_shrink)]
    run.events(good, look)
    run.pages(paged, good)
    if not run.problems:
        run.remove()
    run.put(MANIFEST, _manifest_after(run, good).as_bytes())
    return Written(
        calendars=tuple(calendar for one in public for calendar in one.calendars),
        written=tuple(name for name in run.changed if name != MANIFEST),
        removed=tuple(run.removed),
        problems=tuple(run.problems),
    )


@dataclass(slots=True)
class _Run:
    """One writing of a folder, and what it has done so far."""

    folder: Publisher
    before: Manifest
    ticker: Ticker
    files: set[str] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def put(self, name: str, data: bytes) -> None:
        if name != MANIFEST:
            self.files.add(name)
        if self.folder.publish(name, data):
            self.changed.append(name)

    def hide(self, secret: Iterable[_Made]) -> None:
        """Nothing may be left of a feed that was public once, whoever remembers it."""
        for made in secret:
            for name in (made.feed.name, *made.feed.formerly):
                self._take(f"{name}.ics", f"{name}{ARCHIVE}.ics", page_file(name))

    def feed(self, made: _Made, *, accept_shrink: bool) -> bool:
        """Whether this feed and its archive are published now."""
        changed, problems = self.ticker.calendars.publish(made.look, self.folder, accept_shrink=accept_shrink)
        self.changed += (f"{name}.ics" for name in changed)
        self.problems += problems
        if problems:
            return False
        for name, data in made.files().items():
            self.put(name, data)
        return True

    def events(self, good: Sequence[_Made], look: Look) -> None:
        for uid in sorted({uid for made in good for uid in made.plan.uids}):
            name = f"{EVENTS}/{event_file_name(uid)}.ics"
            try:
                data = self.ticker.calendars.event_file(uid, look)
            except UserError as error:
                self.problems += error.problems
                self.files.add(name)
                continue
            if data is not None:
                self.put(name, data)

    def pages(self, paged: Mapping[str, bytes], good: Sequence[_Made]) -> None:
        """Only of feeds that are what their page says: the page shows their next events."""
        fine = {page for made in good for page in _pages_of(made.feed)} | ({INDEX} if not self.problems else set())
        for name, data in paged.items():
            if name in fine:
                self.put(name, data)

    def remove(self) -> None:
        self._take(*sorted(self.before.files - self.files))

    def _take(self, *names: str) -> None:
        for name in names:
            data = self.folder.read(name)
            if data is not None and is_ours(data) and self.folder.withdraw(name):
                self.removed.append(name)


def _made(look: Look, ticker: Ticker, plan: FeedPlan) -> _Made:
    feed = next(one for one in ticker.wiring.rules.feeds if one.name == plan.name)
    alone = replace(look, plan=replace(look.plan, feeds=(plan,)))
    try:
        calendars = () if feed.secret else tuple(ticker.calendars.of(alone))
    except (UserError, ValueError):
        # Publishing it says why, beside what else is wrong.
        calendars = ()
    return _Made(feed=feed, plan=plan, look=alone, calendars=calendars)


def _claim(run: _Run, public: Sequence[_Made], paged: Mapping[str, bytes], place: str) -> None:
    """Name in the manifest all that is about to be written, so that it can be removed even if this run is killed."""
    names = {*paged, *(name for one in public for name in one.files())}
    names |= {f"{EVENTS}/{event_file_name(uid)}.ics" for one in public for uid in one.plan.uids}
    fresh = names - run.before.files
    foreign = [name for name in sorted(fresh) if (data := run.folder.read(name)) is not None and not is_ours(data)]
    if foreign:
        what = "is there already, and notifier did not write it, so nothing was written."
        hint = "Move it away, or name a folder of its own for the calendars."
        raise UserError([Problem(path=f"{place}/{name}", what=what, hint=hint) for name in foreign])
    if fresh:
        run.put(MANIFEST, replace(run.before, files=run.before.files | fresh).as_bytes())


def _manifest_after(run: _Run, good: Sequence[_Made]) -> Manifest:
    """What is there now. What could not be written is there as it was before."""
    listings = {one.name: one for one in (run.before.feeds if run.problems else ())}
    revisions: dict[str, Revision] = dict(run.before.revisions) if run.problems else {}
    for calendar in (calendar for one in good for calendar in one.calendars):
        listings[calendar.name] = _listing(calendar)
        for uid, revision in _revisions(calendar):
            revisions[uid] = later(revision, revisions.get(uid, revision))
    files = frozenset(run.files) | (run.before.files if run.problems else frozenset())
    return Manifest(
        site=run.before.site, feeds=tuple(one for _, one in sorted(listings.items())), revisions=revisions, files=files
    )


def _listing(calendar: Calendar) -> Listing:
    return Listing(
        name=calendar.name, file=f"{calendar.name}.ics", sha256=sha256(calendar.data).hexdigest(),
        events=len(calendar.entries),
    )  # fmt: skip


def _revisions(calendar: Calendar) -> Iterator[tuple[str, Revision]]:
    return ((entry.event.uid, (entry.sequence, entry.modified_at)) for entry in calendar.entries)


def _pages_of(feed: Feed) -> Iterable[str]:
    return map(page_file, (feed.name, *feed.formerly))
