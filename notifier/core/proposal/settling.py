"""The language and the zone of a site: as it says, else by its texts and places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from notifier.core.proposal.profile import Profile
from notifier.core.proposal.proposed import SiteFacts
from notifier.core.proposal.vocabulary import counted, words
from notifier.core.proposal.whereabouts import zone_by_places, zone_of_domain, zone_of_language
from notifier.core.reading.languages.detection import told_language

#: Names of keys that are no other language's.
_KEYS = {
    "de": frozenset(
        [
            "titel",
            "datum",
            "beginn",
            "ende",
            "ort",
            "uhrzeit",
            "zeit",
            "anmeldung",
            "veranstaltungsort",
            "dauer",
            "kategorie",
            "abgesagt",
        ]
    ),
    "fr": frozenset(
        [
            "titre",
            "debut",
            "fin",
            "lieu",
            "heure",
            "horaire",
            "inscription",
            "duree",
            "adresse",
            "annule",
            "categorie",
            "quand",
        ]
    ),
    "es": frozenset(
        [
            "titulo",
            "fecha",
            "hora",
            "lugar",
            "inicio",
            "inscripcion",
            "duracion",
            "direccion",
            "cancelado",
            "categoria",
            "cuando",
        ]
    ),
    "it": frozenset(
        [
            "titolo",
            "giorno",
            "ora",
            "luogo",
            "inizio",
            "fine",
            "iscrizione",
            "durata",
            "indirizzo",
            "annullato",
            "sede",
            "quando",
        ]
    ),
}
_CODES = ("en", "de", "fr", "es", "it")


def settled_language(facts: SiteFacts, profiles: Sequence[Profile]) -> tuple[str, str]:
    """The language, and why."""
    if facts.language:
        return facts.language, f"as in {facts.sources['language']}"
    bodies = (page.body[:2000] for profile in profiles for page in profile.family.pages[:20])
    # What every page repeats is told once.
    text = "\n".join(dict.fromkeys(line for body in bodies for line in body.splitlines()))
    # Only what comes out whichever language is preferred is told by the text.
    found = {told_language(text, (first, *(code for code in _CODES if code != first))) for first in _CODES[:2]}
    if len(found) == 1:
        return found.pop(), "by the words of the texts"
    keyed = Counter(
        code
        for profile in profiles
        for key in profile.columns
        for word in words(key)
        for code in _KEYS
        if word in _KEYS[code]
    )
    for code, number in keyed.most_common(1):
        if number >= 2:
            return code, "by the names of the keys"
    return "en", "nothing says which; look whether it is right"


def settled_zone(facts: SiteFacts, profiles: Sequence[Profile], language: str, given: str | None) -> tuple[str, str]:
    """The site's zone: as given, else as configured, else by keys, places, the domain's or language's country."""
    if given:
        return given, "as you said"
    if facts.timezone:
        return facts.timezone, f"as in {facts.sources['timezone']}"
    keyed = Counter(text for profile in profiles for text in texts_under(profile, "timezone"))
    if keyed:
        zone, most = keyed.most_common(1)[0]
        return zone, f"{most} events say so"
    for texts, what in ((_places(profiles), "place"), (_titles(profiles), "title")):
        found = zone_by_places(texts)
        if found:
            most, total = found[1:]
            of = f"{most} of {total} {what}s" if most < total else counted(most, what)
            return found[0], f"{of} {'is' if most == 1 else 'are'} there"
    host = (facts.url or "").partition("://")[2].partition("/")[0]
    for guess, what in ((zone_of_domain(host), "domain"), (zone_of_language(language), "language")):
        if guess:
            return guess, f"by the country of the {what}; look whether it is right"
    return "Europe/London", "nothing says which; look whether it is right"


def texts_under(profile: Profile, field: str) -> Iterator[str]:
    """The texts under the keys that were chosen for a field."""
    chosen = profile.choices.get(field)
    keys = chosen.ways[0].keys if chosen else (field,)
    for key in keys:
        column = profile.columns.get(key)
        for entry in column.entries.values() if column else ():
            yield from entry.texts()


def _places(profiles: Sequence[Profile]) -> Iterator[str]:
    for profile in profiles:
        keys = profile.choices["place"].ways[0].keys if "place" in profile.choices else ("place",)
        columns = [profile.columns[key] for key in keys if key in profile.columns]
        for number in range(len(profile.family.pages)):
            yield ", ".join(
                text for column in columns if number in column.entries for text in column.entries[number].texts()
            )


def _titles(profiles: Sequence[Profile]) -> Iterator[str]:
    for profile in profiles:
        yield from texts_under(profile, "title")
