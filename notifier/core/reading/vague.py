"""Values that honestly say that something isn't known yet: “TBC”, “noch offen”, “May 2026”, “Spring 2026”."""

from __future__ import annotations

import re
from datetime import date

from notifier.core.reading.dates import dates_in
from notifier.core.reading.languages import Language

_OPEN_WORDS = (
    r"t\.?b\.?[acd]\b\.?|to be (?:confirmed|announced|decided|determined|arranged|set)\b"
    r"|noch offen\b|offen\b|noch nicht (?:bekannt|fest)\b|steht noch nicht fest\b|wird noch bekannt ?gegeben\b|folgt\b|noch unbekannt\b"
    r"|[àa] (?:confirmer|d[ée]finir|pr[ée]ciser|d[ée]terminer)\b"
    r"|por (?:confirmar|definir|determinar|anunciar)\b|pendiente(?: de confirmar)?\b"
    r"|da (?:confermare|definire|stabilire|annunciare)\b"
)
_OPEN = re.compile(
    rf"(?:(?:date|time|dates|termin|datum|uhrzeit|date|heure|fecha|hora|data|ora)s?\s)?(?:{_OPEN_WORDS})", re.IGNORECASE
)
_TIME_OPEN = re.compile(
    rf"[\s,;:–-]{{0,3}}[(\[]?\b(?:start(?:ing)? time|time|uhrzeit|heure|horaire|hora|ora|orario)\b[\s:]{{0,2}}(?:is )?(?:{_OPEN_WORDS})[)\]]?",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"[\s,;:–-]{{0,3}}[(\[]?\b(?:{_OPEN_WORDS})[)\]]?", re.IGNORECASE)
_SEASON = re.compile(
    r"(?:(?:early|mid|late|anfang|mitte|ende|début|fin|mi|inicios|mediados|finales|inizio|metà|fine)\b[\s-]?(?:of |de |di )?)?"
    r"(?:(?:in |im |the |en |le |la |l')?(?:spring|summer|autumn|fall|winter|frühjahr|frühling|sommer|herbst|printemps|été|automne"
    r"|hiver|primavera|verano|otoño|invierno|estate|autunno|inverno|q[1-4]|[1-4]\. quartal|year end|jahresende))?"
    r"[\s,]{0,2}(?:of |de |del |di |dell')?(?:(?:19|20|21)\d\d(?:[/-]\d{2,4})?)?",
    re.IGNORECASE,
)
_PART = re.compile(
    r"^(?:early|mid|late|anfang|mitte|ende|début|fin|mi|inicios de|mediados de|finales de|inizio|metà|fine)[\s-]",
    re.IGNORECASE,
)
_NUMERIC_MONTH = re.compile(
    r"(?:\d{4}[-/.](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/.]\d{4})(?:-(?:00|xx|\?\?))?", re.IGNORECASE
)
_NOWHERE = re.compile(
    r"(?:(?:venue|location|place|room|ort|raum|veranstaltungsort|treffpunkt|ausrichter|gastgeber|lieu|salle|lugar|sala|luogo|sede)\b[\s:]{0,2}(?:is )?)?"
    rf"(?:{_OPEN_WORDS}|none|nowhere|unknown|n/?a|nil|null|not (?:yet )?known|unbekannt|kein(?:e[rs]?)?|ohne"
    r"|(?:inconnu|desconocido|sconosciuto)e?|aucun|ninguno|nessuno"
    r"|see (?:below|above|description|details|website)|(?:various|several|multiple)(?: (?:places|locations|venues|cities))?"
    r"|everywhere|anywhere|worldwide|(?:get in touch|contact us|ask us|e-?mail us)(?: for (?:more )?(?:details|information|info))?)",
    re.IGNORECASE,
)
#: “Der Treffpunkt kommt per E-Mail”, as a sentence: it is told to those who come.
_LATER = re.compile(
    r"(?:[\w'’-]{1,25}\s){0,6}(?:"
    r"(?:kommt|folgt|wird|werden|erhältst du|erhaltet ihr|erhalten sie)\s(?:[\w-]{1,20}\s){0,5}?"
    r"(?:per (?:e-?)?mail|nach (?:der |eurer |deiner |ihrer )?anmeldung|bekannt ?ge(?:geben|macht)|mitgeteilt|verschickt|zugeschickt)"
    r"|(?:communiqué|précisé|envoyé|indiqué)e?s?\s(?:par (?:e-?)?mail|après (?:l['’])?inscription|ultérieurement|plus tard)"
    r"|se (?:comunicará|enviará|anunciará|indicará)"
    r"|(?:sarà|verrà) (?:comunicat|inviat|annunciat|indicat)[oa])"
    r"(?:\s[\w'’-]{1,20}){0,6}",
    re.IGNORECASE,
)
_WHOLE_DAY = re.compile(
    r"(?:all|full)[ -]?day|(?:the )?whole day|ganzt[äa]e?gig|ganztags|(?:den )?ganzen? tag|(?:toute )?la journée(?: entière)?|toute la journée"
    r"|journée entière|todo el día|el día entero|tutto il giorno|tutta la giornata|giornata intera|l['’]intera giornata",
    re.IGNORECASE,
)
_ANY = date(2000, 6, 15)


def is_open(text: str) -> bool:
    """Whether the value says nothing but that it will be said."""
    return not text or bool(_OPEN.fullmatch(text.strip(" .!()[]?"))) or not text.strip(" .!()[]?-–—")


def is_whole_day(text: str) -> bool:
    """Whether a time's value says that it is the whole day: “ganztägig”, “toute la journée”."""
    return len(text) < 60 and bool(_WHOLE_DAY.fullmatch(text.strip(" .!()")))


def is_nowhere(text: str) -> bool:
    """Whether a place's value says only that there is none yet: “TBC”, “noch offen”, “unknown”, “-”."""
    plain = text.strip(" .!()[]?-–—/")
    return not plain or bool(_NOWHERE.fullmatch(plain) or _LATER.fullmatch(plain))


def without_open_time(text: str) -> str:
    """The value without “time TBC” behind its date: that no time is given is told anyway."""
    return _TIME_OPEN.sub("", text, count=1).strip(" ,;:–-") or text


def without_open(text: str) -> str:
    """The value without “(TBC)” beside it; as it is, where nothing else would stay."""
    rest = _BESIDE.sub("", text, count=2).strip(" ,;:–-")
    return rest or text


def names_month(text: str, language: Language) -> bool:
    """Whether the value names a month, a season or a year and no day."""
    text = _PART.sub("", text.strip())
    if not text or len(text) > 60:
        return False
    if _NUMERIC_MONTH.fullmatch(text) or _SEASON.fullmatch(text):
        return True
    return any(_is_first(f"{first} {text}", language) for first in ("1", "1.", "1 de"))


def _is_first(text: str, language: Language) -> bool:
    """With a day before it a month becomes a date, in every language."""
    found = dates_in(text, near=_ANY, language=language)
    return (
        len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)) and {d.day for d in found[0].days} == {1}
    )
