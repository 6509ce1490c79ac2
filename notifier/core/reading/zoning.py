"""In which zone a time is meant: the `timezone` key, words beside the time, the place, else the site's own zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time

from rapidfuzz import process

from notifier.core.event import Evidence, ZoneBasis
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.mapped import Keys
from notifier.core.reading.moments import Told
from notifier.core.reading.place import Place
from notifier.core.reading.zonewords import in_season, known_zones, meant, zone_of_place
from notifier.core.zones import instant, zone_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoning:
    """The zone that the front matter states, if it does, and the site's own. `readable` False: it states nonsense."""

    stated: Candidate[str] | None
    default: str
    readable: bool = True

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
    if found is None:
        return Zoning(stated=None, default=default)
    try:
        zone_named(found.value)
    except ValueError:
        near = process.extractOne(found.value, known_zones())
        notes.doubt(
            "unreadable-zone",
            f"“{found.value}” is not the name of a time zone.",
            f"Write timezone: {near[0]} (a name like Europe/London).",
            field="timezone",
            evidence=found.evidence,
        )
        return Zoning(stated=None, default=default, readable=False)
    return Zoning(stated=found, default=default)


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
        _report_season(told, day, zone, notes)
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


def _report_season(told: Told, day: date, zone: str, notes: Notes) -> None:
    words = told.zone.text if told.zone else ""
    notes.doubt(
        "zone-season",
        f"“{told.clock.text} {words}” is read as {zone}, but clocks there are not on {words} on {day}.",
        f"Add timezone: {zone} (or the right one) to the front matter.",
        field="timezone",
        evidence=told.evidence,
        severity="warning",
    )
