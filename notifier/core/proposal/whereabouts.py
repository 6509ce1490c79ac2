"""The zone in which a site's events are, by the places they name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from notifier.core.proposal.vocabulary import folded
from notifier.core.reading.zonewords import zone_of_place

# Countries on one clock; the United States, Canada, Australia, Brazil, Mexico and Russia have several.
_COUNTRIES = {
    "Europe/London": "uk gb england scotland wales britain|united kingdom|great britain|northern ireland|royaume uni|reino unido|regno unito",
    "Europe/Dublin": "ireland irland irlande irlanda eire ie",
    "Europe/Berlin": "germany deutschland allemagne alemania germania de",
    "Europe/Vienna": "austria osterreich autriche at",
    "Europe/Zurich": "switzerland schweiz suisse suiza svizzera ch",
    "Europe/Paris": "france frankreich francia fr",
    "Europe/Brussels": "belgium belgien belgique belgie belgica belgio be",
    "Europe/Amsterdam": "netherlands niederlande nederland paises bajos nl|pays bas|paesi bassi",
    "Europe/Madrid": "spain spanien espagne espana spagna es",
    "Europe/Rome": "italy italien italie italia it",
    "Europe/Copenhagen": "denmark danemark danmark dk",
    "Europe/Stockholm": "sweden schweden suede sverige suecia svezia se",
    "Europe/Oslo": "norway norwegen norvege norge noruega norvegia no",
    "Europe/Helsinki": "finland finnland finlande suomi fi",
    "Europe/Warsaw": "poland polen pologne polska polonia pl",
    "Europe/Prague": "czechia tschechien cz|czech republic",
    "Europe/Luxembourg": "luxembourg luxemburg lu",
    "Asia/Tokyo": "japan japon giappone jp",
    "Asia/Kolkata": "india indien inde in",
    "Africa/Johannesburg": "za|south africa",
    "Africa/Nairobi": "kenya ke",
    "Asia/Singapore": "singapore singapur sg",
    "Pacific/Auckland": "nz|new zealand",
}
_ZONE_OF = {
    name: zone
    for zone, names in _COUNTRIES.items()
    for name in (*names.partition("|")[0].split(), *filter(None, names.split("|")[1:]))
}
_TOPS = {"uk": "Europe/London", **{name: zone for name, zone in _ZONE_OF.items() if len(name) == 2}}
_LARGEST = {"de": "Europe/Berlin", "fr": "Europe/Paris", "es": "Europe/Madrid", "it": "Europe/Rome"}
#: Two letters in an address may be anything.
_NAMES = re.compile(
    r"\b(" + "|".join(sorted((name for name in _ZONE_OF if len(name) > 3), key=len, reverse=True)) + r")\b"
)


def zone_by_places(texts: Iterable[str]) -> tuple[str, int, int] | None:
    """The zone that most of these places lie in, how many, and how many say so; None where they don't agree."""
    counts: Counter[str] = Counter()
    for text in texts:
        zone = _zone_of(text[:300])
        if zone:
            counts[zone] += 1
    if not counts:
        return None
    zone, most = counts.most_common(1)[0]
    return (zone, most, counts.total()) if most * 5 >= counts.total() * 4 else None


def _zone_of(text: str) -> str | None:
    country = _NAMES.search(folded(text))
    if country:
        return _ZONE_OF[country[1]]
    found = zone_of_place(text, passing=False) or zone_of_place(text.title(), passing=False)
    return found[0] if found else None


def zone_of_domain(host: str) -> str | None:
    """The zone of a country whose domain it is."""
    top = host.rpartition(".")[2].casefold()
    return _TOPS.get(top)


def zone_of_language(tag: str) -> str | None:
    """The zone of a language's country, where it names one (de-AT); else of the country where most of its readers are."""
    language, _, region = tag.replace("_", "-").casefold().partition("-")
    return _TOPS.get(region) if len(region) == 2 else _LARGEST.get(language)
