"""The names that sites give to events' keys, folders and values, in English, German, French, Spanish and Italian."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Role = Literal["start", "end", "date", "time", "duration", "publication", "deadline"]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PART = re.compile(r"[a-z]+|\d+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_START = _set(
    "start starts starting begin begins beginn beginning beginnt debut inicio comienzo inizio from von desde dal dtstart anfang"
)
_END = _set("end ends ending ende endet fin finish finishes fine bis until till hasta dtend termine au")
_WHEN = _set("when wann quand cuando quando")
_DATE = _set("date dates datum day days tag fecha fechas data giorno dia jour termin")
_TIME = _set("time times uhrzeit zeit heure heures hora horas ora ore horaire horario orario hour hours uhr clock")
_BOTH = _set("datetime timestamp iso local utc at on")
_LENGTH = _set("duration length dauer duree duracion durata")
_PUBLICATION = _set(
    "published publish publishes publishdate pub pubdate publication created create creation updated update modified mod"
    " lastmod posted imported added expiry expires archived synced fetched written revised review reviewed changed edited"
    " erstellt aktualisiert geandert veroffentlicht veroffentlichung publie cree modifie publicado creado actualizado"
    " publicacion pubblicato pubblicazione creato aggiornato modificato build generated last"
)
_DEADLINE = _set(
    "deadline cfp closes closing due frist anmeldeschluss registration register rsvp booking early bird sale sales"
    " submission submissions limite scadenza anmeldung inscription inscripcion iscrizione tickets ticket doors einlass"
    " birthday born founded since"
)
#: Words in front of a key that say nothing more: `event_date` is the date.
EVENT_WORDS = _set(
    "event events meeting meetings meetup meetups talk talks session sessions workshop workshops veranstaltung"
    " veranstaltungen evento eventos eventi evenement evenements termin termine treffen konzert konzerte concert concerts"
    " gig gigs webinar webinars seminar seminars seminare agenda calendar kalender calendario calendrier encuentro"
    " encuentros incontri incontro rencontre rencontres conference conferences kurs kurse activities actividades attivita"
    " activites stammtisch appuntamenti appuntamento workshops program programme programm"
)
#: Of these some folders hold recordings, courses or opening hours.
WEAK_EVENT_WORDS = _set(
    "talk talks session sessions calendar kalender calendario calendrier program programme programm kurs kurse"
)
BLOG_WORDS = _set(
    "post posts blog blogs news article articles drafts draft aktuelles neuigkeiten nachrichten beitrage actualites"
    " actualite noticias notizie articoli articulos press presse prensa newsletter stories updates updates"
)

_FIELDS = {
    "title": "title name titel titre titulo titolo headline heading subject bezeichnung nombre nom nome thema summary"
    " event evento evenement veranstaltung anlass label",
    "register": "register registration signup rsvp tickets ticket booking book anmeldung anmelden anmeldelink inscription"
    " inscripcion iscrizione billetterie billets reservation reservierung prenotazione entradas registrierung join join_url"
    " zoom stream meeting_link sign_up eventbrite buchung reserva biglietti attend participate",
    "link": "link url website webseite webpage web homepage lien enlace site sitio sito meetup details external page weblink more",
    "timezone": "timezone tz zeitzone fuseau fuseau_horaire zona_horaria fuso fuso_orario time_zone",
    "all_day": "allday all_day ganztagig ganztaegig whole_day journee_entiere todo_el_dia tutto_il_giorno full_day",
    "cancelled": "cancelled canceled cancelled_event abgesagt annule annulee cancelado cancelada annullato annullata",
    "status": "status state zustand estado statut stato",
    "published": "published publish visible veroffentlicht publie publicado publicada pubblicato online_sichtbar public_page",
    "draft": "draft entwurf brouillon borrador bozza unpublished hidden",
    "category": "category type kategorie typ art categorie categoria tipo kind event_type",
    "series": "series reihe serie veranstaltungsreihe cycle ciclo",
    "topics": "topics topic themen themes themas temas temi tags keywords stichworte schlagworte",
    "image": "image picture bild cover banner photo foto thumbnail hero imagen immagine",
    "recurrence": "rrule recurrence repeat wiederholung",
    "access": "access zugang audience visibility acces acceso accesso",
    "mode": "mode format online virtual attendance_mode event_mode hybrid modus modalite modalidad modalita",
    "language": "lang language locale sprache langue idioma lingua",
    "same": "translationkey translation_key translation_id t_key translation_of",
    "body": "descripcion descrizione beschreibung texte texto testo contenido contenuto contenu inhalt presentation",
    "key": "id slug uid identifier key event_id kennung",
}
FIELD_NAMES = {field: tuple(names.split()) for field, names in _FIELDS.items()}

#: What a part of a place is, in the order in which an address is written.
_PARTS = (
    _set(
        "place location venue ort veranstaltungsort lieu lugar luogo sede where wo ubicacion standort treffpunkt name title spielort endroit"
    ),
    _set("room raum salle sala saal aula hall floor"),
    _set(
        "address addr adresse indirizzo direccion street strasse rue calle via address1 address2 line1 line2 number hausnummer"
    ),
    _set("zip postcode postal plz cap cp postalcode zipcode postleitzahl"),
    _set("city town stadt ville ciudad citta locality localite localidad localita ortschaft gemeinde"),
    _set("region state province bundesland county"),
    _set("country land pays pais paese nation"),
)
_HOUSE = (_PARTS[0] | _set("address addr adresse indirizzo direccion")) - _set("name title where wo")
TEMPLATE_WORDS = _set(
    "template vorlage muster beispiel example sample modele exemple plantilla ejemplo modello esempio readme liesmich lisezmoi"
)
#: Tables in which generators have a page keep keys of its own: Zola's `extra`, Hugo's `params`.
SECTIONS = _set("extra params")
#: Places under names that may also mean who invites: taken only where the values say so.
HOST_WORDS = _set("host hosts gastgeber hote anfitrion ospite")
ONLINE_WORDS = _set(
    "online virtual virtuell virtuel remote zoom webinar internet web linea ligne livestream teams jitsi"
)

STATUS_VALUES: dict[str, str] = {
    **dict.fromkeys(("cancelled", "canceled", "abgesagt", "annule", "annulee", "cancelado", "cancelada", "annullato", "annullata"), "cancelled"),
    **dict.fromkeys(("postponed", "verschoben", "reporte", "reportee", "aplazado", "aplazada", "rinviato", "rinviata"), "postponed"),
    **dict.fromkeys(("tentative", "vorlaufig", "provisoire", "provisional", "provvisorio", "tbc", "planned"), "tentative"),
    **dict.fromkeys(("scheduled", "confirmed", "bestatigt", "confirme", "confirmado", "confermato", "active", "on"), "scheduled"),
}  # fmt: skip
UNPUBLISHED_VALUES = _set("draft unpublished hidden private entwurf brouillon borrador bozza pending archived review")
PUBLISHED_VALUES = _set("published public live veroffentlicht publie publicado pubblicato visible")
ACCESS_VALUES: dict[str, str] = {
    **dict.fromkeys(("open", "public", "offen", "offentlich", "ouvert", "abierto", "aperto", "everyone", "all"), "open"),
    **dict.fromkeys(("members", "member", "members only", "mitglieder", "membres", "socios", "soci"), "members"),
    **dict.fromkeys(("invitation", "invite", "invite only", "private", "closed", "einladung", "geschlossen"), "invitation"),
}  # fmt: skip
MODE_VALUES: dict[str, str] = {
    **dict.fromkeys(("online", "virtual", "remote", "virtuell", "en ligne", "en linea", "true"), "online"),
    **dict.fromkeys(("in person", "inperson", "offline", "physical", "prasenz", "vor ort", "presentiel", "presencial", "in presenza", "onsite"), "in-person"),
    **dict.fromkeys(("hybrid", "hybride", "hibrido", "ibrido", "both", "mixed"), "hybrid"),
}  # fmt: skip
OWN_VALUES = _set("organising organizing hosting hosted own eigene organised organized organisation veranstalter")
OTHERS_VALUES = _set("speaking attending external extern participating")


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 file, 2 entries."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


_ADDRESS_WORDS = _set("url link href")
#: What microformats put before a name: `p-location` (microformats.org/wiki/h-event).
_MARKS = _set("p u e dt")
_NAMES = _set("nom nombre nome")


def folded(text: str) -> str:
    """Lower-case letters without accents; words apart by single spaces."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text[:200]).replace("ß", "ss")).casefold()
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


@lru_cache(maxsize=4096)
def words(path: str) -> tuple[str, ...]:
    """The words of the last name of a key path: `startDatum` is start, datum."""
    return _name_words(re.split(r"[.\[\]]", path.rstrip("]"))[-1])


def _name_words(name: str) -> tuple[str, ...]:
    return tuple(part for word in _PART.findall(folded(name)) for part in _split(word))


def _split(word: str) -> tuple[str, ...]:
    """`startdate` has two words."""
    known = _START | _END | _DATE | _TIME | _BOTH
    if word in known | _PUBLICATION | _DEADLINE | _LENGTH | EVENT_WORDS:
        return (word,)
    for at in range(2, len(word) - 1):
        first, second = word[:at], word[at:]
        if (
            (first in known and second in known)
            or (first in EVENT_WORDS and second in known)
            or (first in _PUBLICATION and second in known)
        ):
            return first, second
    return (word,)


def role_of(path: str) -> Role | None:
    """What a key with a date or a time in it tells, by its name; None where the name tells nothing."""
    said = set(words(path))
    if said & _PUBLICATION:
        return "publication"
    if said & _DEADLINE:
        return "deadline"
    if said & _LENGTH:
        return "duration"
    if said & _START:
        return "start"
    if said & _END and not said & _WHEN:
        return "end"
    if said & (_DATE | _WHEN | {"datetime", "timestamp"}):
        return "date"
    return "time" if said & _TIME else None


def is_time_name(path: str) -> bool:
    """Whether a key's name speaks of a time of day: `start_time`."""
    return bool(set(words(path)) & _TIME)


def field_rank(field: str, path: str) -> int | None:
    """How far down the list of a field's names a key stands; None where it isn't one of them."""
    said = words(path)
    if field == "register" and set(said) <= _ADDRESS_WORDS:  # `registration.url`
        said = words(path.rpartition(".")[0]) or said
    bare = tuple(word for word in said if word not in EVENT_WORDS)
    shorter = tuple(word for word in bare if word not in ("is", "link", "url", "button"))
    forms = {glue.join(form) for form in (said, bare, shorter) if form for glue in ("_", "")}
    names = FIELD_NAMES[field]
    return next((rank for rank, name in enumerate(names) if name in forms), None)


def place_part(path: str) -> int | None:
    """Which part of an address a key holds: 0 the house, then room, street, postcode, town, region, country."""
    said = [word for word in words(path) if word not in EVENT_WORDS and word not in _MARKS]
    said = [word for word in said if word not in _NAMES] or said  # `nombre_lugar`
    joined = "".join(said)
    if len(said) > 1 and said[0] in _HOUSE:  # `venueAddress`, `location_city`, `addressCountry`
        for n, part in enumerate(_PARTS[1:], start=1):
            if said[-1] in part:
                return n
    return next((n for n, part in enumerate(_PARTS) if joined in part or (said and said[0] in part)), None)


def is_house_name(path: str) -> bool:
    """Whether a key's name says that its name is a place's: `venue`, `venue_name`, not `name`."""
    said = words(path)
    return said[-1] not in ("name", "title") or said[0] in _HOUSE


def is_event_name(name: str) -> bool:
    """Whether a file's or folder's name says that it holds events."""
    return bool(set(_name_words(name)) & EVENT_WORDS) or folded(name) in ("whats on", "what s on")


def is_weak_name(name: str) -> bool:
    """Whether it says so with a word that means other things too."""
    found = set(_name_words(name)) & EVENT_WORDS
    return bool(found) and found <= WEAK_EVENT_WORDS


def is_template_name(stem: str) -> bool:
    """Whether a file's name says, apart from a date, only that it is a template: `2026-01-01_vorlage`."""
    said = {word for word in _name_words(stem) if not word.isdigit()}
    return bool(said) and said <= TEMPLATE_WORDS


def is_blog_name(name: str) -> bool:
    """Whether it is a folder of articles."""
    return bool(set(_name_words(name)) & BLOG_WORDS)
