"""In which zone a time is meant: the `timezone` key, words beside the time, the place, else the site's own zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from rapidfuzz import process

from notifier.core.event import Evidence, ZoneBasis
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import Moment
from notifier.core.reading.place import Place
from notifier.core.reading.resolve import short
from notifier.core.reading.stamps import offset_of
from notifier.core.reading.stating import key_of
from notifier.core.reading.told import Told
from notifier.core.reading.zonekeys import zone_by_name
from notifier.core.reading.zonewords import ZoneWord, in_season, known_zones, meant, zone_beside, zone_of_place
from notifier.core.zones import instant, zone_named

# Below this a suggestion would be a guess: nothing that is known is spelt nearly so.
_ALIKE = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoning:
    """The zone that the front matter states, if it does, and the site's own. `readable` False: it states nonsense.

    `key` is the site's key for it, None where a line of its own doesn't state it. `word` are the letters by which it
    is stated (CET), `offset` is stated in the place of a zone (+02:00): which zone that is, the day decides.
    """

    stated: Candidate[str] | None
    default: str
    readable: bool = True
    key: str | None = None
    word: ZoneWord | None = None
    offset: Candidate[timedelta] | None = None

    def line(self, zone: str) -> str | None:
        """The front-matter line that states `zone`, where the site has a key that does."""
        return f"{self.key}: {zone}" if self.key else None

    def stated_or_default(self) -> tuple[str, ZoneBasis]:
        """The zone of a time beside which no zone is written."""
        return (self.stated.value, "stated") if self.stated else (self.default, "default")

    def evidence_for(self, zone: str, basis: ZoneBasis, told: Evidence) -> Evidence:
        """Where the zone was read."""
        if basis == "default":
            return Evidence(field="zone", text=zone, line=None, basis="default")
        if self.stated and self.stated.value == zone:
            return self.stated.evidence
        return replace(told, field="zone", basis="prose" if basis == "stated" else "inferred")


def read_zoning(keys: Keys, default: str, notes: Notes) -> Zoning:
    """The `timezone` key checked; a wrong one is a doubt, and then no time is certain."""
    found = keys.text("timezone", "zone")
    zoning = Zoning(stated=None, default=default, key=key_of(keys, "timezone"))
    if found is None:
        return zoning
    word = _letters(found.value, keys)
    offset = word.offset if word and word.offset is not None else offset_of(found.value)
    if word and word.zone:
        return replace(zoning, stated=replace(found, value=_fitting(word, default)), word=word)
    if name := zone_by_name(found.value):
        return replace(zoning, stated=replace(found, value=name))
    if offset is not None:
        return replace(zoning, offset=Candidate(field="zone", value=offset, evidence=found.evidence))
    near = process.extractOne(found.value, known_zones())
    write = f": {near[0]} (a name like Europe/London)" if near[1] >= _ALIKE else ": with a name like Europe/London"
    notes.doubt(
        "unreadable-zone",
        f"“{found.value}” is not the name of a time zone.",
        f"Write {keys.key('timezone')}{write}.",
        field="timezone",
        evidence=found.evidence,
    )
    return replace(zoning, readable=False)


def _letters(text: str, keys: Keys) -> ZoneWord | None:
    word = zone_beside(f" {text}", 0, language=keys.language) if "/" not in text else None
    return word if word and word.text == text else None


def _fitting(word: ZoneWord, default: str) -> str:
    """The site's own zone where its clocks show these letters in winter or in summer, else the zone they name."""
    letters = word.letters or word.text
    shown = {datetime(2026, month, 1, 12, tzinfo=zone_named(default)).tzname() for month in (1, 7)}
    return default if letters in shown else word.zone or default


def settled(zoning: Zoning, day: date, place: Place, keys: Keys, notes: Notes) -> Zoning:
    """The zone that a stated offset means on that day: the site's own or the place's, where its clocks show it."""
    stated = zoning.offset
    if stated is None:
        return zoning
    here = zone_of_place(place.location.value, passing=False, language=keys.language) if place.location else None
    for zone in (zoning.default, *([here[0]] if here else [])):
        if stated.value in _offsets_on(day, zone):
            return replace(zoning, stated=Candidate(field="zone", value=zone, evidence=stated.evidence), offset=None)
    notes.doubt(
        "unreadable-zone",
        f"“{short(stated.evidence.text)}” is not what clocks in {zoning.default} show on {day}, and names no zone.",
        f"Write {keys.key('timezone')}: with a name like Europe/London.",
        field="timezone",
        evidence=stated.evidence,
    )
    return replace(zoning, readable=False, offset=None)


def _offsets_on(day: date, zone: str) -> Iterator[timedelta | None]:
    """What clocks in the zone are ahead of UTC at the beginning and at the end of a day."""
    for clock in (time(0), time(23, 59)):
        yield datetime.combine(day, clock, zone_named(zone)).utcoffset()


def zone_beside_start(start: Moment, day: date, zoning: Zoning, notes: Notes) -> tuple[str, ZoneBasis] | None:
    """The zone of an explicit start: the stated one, else that of the words beside it; None, with a doubt, for nonsense."""
    if zoning.stated or start.zone is None or start.clock is None:
        return zoning.stated_or_default()
    zone = meant(start.zone, day, start.clock, zoning.default)
    if zone is None:
        notes.doubt(
            "unreadable-zone",
            f"“{short(start.evidence.text)}” does not name one time zone.",
            "Add timezone: with a name like Europe/London to the front matter.",
            field="timezone",
            evidence=start.evidence,
        )
        return None
    zone = _fitting(replace(start.zone, zone=zone), zoning.default)
    if not in_season(start.zone, day, start.clock, zone):
        said = short(start.evidence.text)
        _note_season(said, start.zone.text, day, zone=zone, zoning=zoning, evidence=start.evidence, notes=notes)
    return zone, "stated"


def check_season(zoning: Zoning, at: datetime, zone: str, notes: Notes) -> None:
    """Ask where the key's letters don't fit the time of year: `timezone: CET` in July may mean either hour."""
    if zoning.word is None or zoning.stated is None or in_season(zoning.word, at.date(), at.time(), zone):
        return
    said = short(zoning.stated.evidence.text)
    evidence = zoning.stated.evidence
    _note_season(said, zoning.word.text, at.date(), zone=zone, zoning=zoning, evidence=evidence, notes=notes)


def check_offset(start: Moment, exact: datetime, zone: str, notes: Notes) -> None:
    """Ask where a written offset is one that the event's clocks never show on that day. `Z` is how programs write times."""
    local = exact.astimezone(zone_named(zone))
    if not start.offset or start.offset in _offsets_on(local.date(), zone):
        return
    notes.doubt(
        "odd-offset",
        f"“{short(start.evidence.text)}” is {local:%H:%M} in {zone}, where clocks never show that offset on {local:%Y-%m-%d}.",
        f"Write the time as clocks there show it: {local.isoformat()}, or add timezone: with the event's own zone.",
        field="start",
        evidence=start.evidence,
        severity="warning",
    )


def zone_of_told(
    told: Told, day: date, clock: time, *, place: Place, zoning: Zoning, notes: Notes, quiet: bool
) -> tuple[str, ZoneBasis] | None:
    """The zone of a time in prose and how it is known; None, with a doubt, where the words don't name one."""
    if told.zone is None:
        return zoning.stated_or_default() if zoning.stated else _by_place(told, place, zoning, notes, quiet=quiet)
    zone = meant(told.zone, day, clock, zoning.stated_or_default()[0])
    if zoning.stated:
        # Words that name no zone of their own (CST) are settled by the key; others must mean the same instant.
        same = zone is None or instant(day, clock, zone) == instant(day, clock, zoning.stated.value)
        return (zoning.stated.value, "stated") if same else (zone or zoning.default, "stated")
    if zone is None:
        if not quiet:
            _report_words(told, notes)
        return None
    if not quiet and not in_season(told.zone, day, clock, zone):
        _report_season(told, day, zone, zoning, notes)
    return zone, "stated"


def _by_place(told: Told, place: Place, zoning: Zoning, notes: Notes, *, quiet: bool) -> tuple[str, ZoneBasis]:
    """An event in Paris is on Paris time, though nobody says so: taken, but for a person to confirm."""
    found = None
    if place.location:
        found = zone_of_place(place.location.value, passing=False)
    elif not place.mode or place.mode.value != "online":
        found = zone_of_place(told.sentence, passing=True)
    if found is None or found[0] == zoning.default:
        return zoning.default, "default"
    zone, city = found
    if not quiet and not notes.doubts_on("zone-from-place"):
        notes.doubt(
            "zone-from-place",
            f"The time is read as {zone} because the place is {city}; the text doesn't say so.",
            f"Add timezone: {zone} (or the right one) to the front matter.",
            field="timezone",
            evidence=told.evidence,
            severity="warning",
            write=zoning.line(zone),
        )
    return zone, "place"


def _report_words(told: Told, notes: Notes) -> None:
    words = told.zone.text if told.zone else ""
    notes.doubt(
        "unreadable-zone",
        f"“{told.clock.text} {words}” does not name one time zone.",
        "Add timezone: with a name like Europe/London to the front matter.",
        field="timezone",
        evidence=told.evidence,
    )


def _report_season(told: Told, day: date, zone: str, zoning: Zoning, notes: Notes) -> None:
    words = told.zone.text if told.zone else ""
    said = f"{told.clock.text} {words}"
    _note_season(said, words, day, zone=zone, zoning=zoning, evidence=told.evidence, notes=notes)


def _note_season(
    said: str, words: str, day: date, *, zone: str, zoning: Zoning, evidence: Evidence, notes: Notes
) -> None:
    notes.doubt(
        "zone-season",
        f"“{said}” is read as {zone}, but clocks there are not on {words} on {day}.",
        f"Add timezone: {zone} (or the right one) to the front matter.",
        field="timezone",
        evidence=evidence,
        severity="warning",
        write=zoning.line(zone),
    )
