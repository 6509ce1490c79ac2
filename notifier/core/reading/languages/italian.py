"""Italian, as it is written in Italy and Switzerland."""

from __future__ import annotations

from functools import lru_cache

from notifier.core.reading.languages.building import GAP, beside, calendar, ci, clock, layout, roles, zones
from notifier.core.reading.languages.english import MONTHS as ENGLISH_MONTHS
from notifier.core.reading.languages.english import WEEKDAYS as ENGLISH_WEEKDAYS
from notifier.core.reading.languages.italian_ways import NOUN, THIS, about, joining, places, venues, watching, writing
from notifier.core.reading.languages.language import (
    Admission,
    Calendar,
    Clock,
    Filling,
    Language,
    Opening,
    Roles,
    Slips,
    Telling,
    Zones,
)

_ALL = (
    r"(?:tutt[ie]|tutt[ie] e tutt[ie]|tutta la cittadinanza|al pubblico|chiunque|tutte le persone(?: interessate)?"
    r"|tutti gli interessati)"
)
# Not "aperto a tutti i soci", "a tutti coloro che …".
_END = r"(?=\s{0,2}(?:[.!;)]|[:–—-]\s(?![^.;]{0,60}(?:soc[ie]\b|associat|iscritt|membri))|,(?!\s(?:i|gli|le|coloro|quelli|che)\b)|$)|\s(?:e|con ingresso) (?:gratuit|liber))"
_END_OF_HOUR = (
    r"in|nell[ao']?|nel|presso|di|del|dell[ao']?|al|all[ao']?|alle|si|con|e|ci|ore|fino|circa|via|da|per|davanti"
    r"|accanto|vicino|sotto|sopra|dopo|prima|siamo|vi"
)
#: Not «tutti i soci e gli amici».
_MEMBERS = r"(?:soc[ie]|associat[ie]|iscritt[ie]|membri)\b(?!\s?(?:,\s?\w|&|(?:e|ed|o|come)\b))"


@lru_cache(maxsize=1)
def italian() -> Language:
    """The Italian table."""
    return Language(
        code="it",
        layout=layout(
            when=("quando", "data", "date", "ora", "orario", "orari", "data e ora", "giorno"),
            where=("dove", "luogo", "sede", "indirizzo", "posto", "sala"),
            abbreviated=(
                r"(?:\b(?:p\.\s?es|es|sig|sig\.ra|dott|dr|prof|prof\.ssa|ing|avv|arch|ecc|etc|tel|cell|n|nr|pag"
                r"|ca|max|min|p\.\s?zza|v\.\s?le|c\.\s?so"
                r"|gen|feb|mar|apr|mag|giu|lug|ago|set|sett|ott|nov|dic|lun|mer|gio|ven|sab|dom|S|[A-Z]|h))\.$"
            ),
        ),
        calendar=_calendar(),
        clock=_clock(),
        zones=_zones(),
        telling=_telling(),
        called_off=ci(
            rf"\b{THIS}(?:[\w'-]{{1,25}}\s){{0,3}}?{NOUN}\s(?:(?!non\b)[\w'-]{{1,25}}\s){{0,6}}?(?:(?<!non )è stat[oa]|(?<!non )è|(?<!non )sarà|(?<!non )viene|non)\s(?:purtroppo\s)?"
            r"(?:(?P<cancelled>(?<!non )(?:annullat[oa]|cancellat[oa]|sospes[oa])"
            r"|(?<=non )(?:si terrà|si svolgerà|avrà luogo)(?!\s(?:in|a|al|alla|nel|nella|presso)\b))|(?P<postponed>rinviat[oa]|rimandat[oa]"
            r"|posticipat[oa]))\b"
        ),
        conditional=ci(
            r"\b(?:in|nel) caso\b|\bqualora\b|\bsalvo\b"
            r"|\bse\s(?:piove|nevica|dovesse\w{0,3}|c['’]è|ci\b|il\b|la\b|lo\b|l['’]|i\b|le\b|gli\b|non\b)"
        ),
        admission=_admission(),
        opening=_opening(),
        filling=_filling(),
        places=places(),
        venues=venues(),
        joining=joining(),
        writing=writing(),
        about=about(),
        watching=watching(),
    )


def _calendar() -> Calendar:
    return calendar(
        months=beside(
            (
                ("gennaio", "gen", "genn"), ("febbraio", "feb", "febbr"), ("marzo", "mar"), ("aprile", "apr"), ("maggio", "mag"),
                ("giugno", "giu"), ("luglio", "lug"), ("agosto", "ago"), ("settembre", "sett", "set"), ("ottobre", "ott"),
                ("novembre", "nov"), ("dicembre", "dic"),
            ),
            ENGLISH_MONTHS,
        ),
        weekdays=beside(
            (
                ("lunedì", "lunedi'", "lun"), ("martedì", "martedi'", "mar"), ("mercoledì", "mercoledi'", "mer"),
                ("giovedì", "giovedi'", "gio"), ("venerdì", "venerdi'", "ven"), ("sabato", "sab"), ("domenica", "dom"),
            ),
            ENGLISH_WEEKDAYS,
        ),
        capital=("March", "May"),
        month_first=[names[0] for names in ENGLISH_MONTHS],
        weekday_tail=r"\s(?:mattina|pomeriggio|sera)",
        joins=r"e|ed|&|-|–|—|al|all'|to|and",
        ranges="al|all'|to",
        gaps="al|all'|fino al|a|to",
        ordinal=r"[º°](?!\w)|st|nd|rd|th",
        article=r"(?:il\s|l'|the\s)",
        before_year=r"del\s",
        short=r"\d{1,2}/\d{1,2}(?![\d/])",
        short_after="il|del|dal|al",
    )  # fmt: skip


def _clock() -> Clock:
    return clock(
        roles=_roles(),
        to=r"alle|all'|fino alle|sino alle|a|to|until",
        between=("tra(?: le)?|fra(?: le)?", "e(?: le)?"),
        noon=("a mezzogiorno", "noon"),
        midnight=("a mezzanotte", "mezzanotte", "midnight"),
        separator="[:.,]",
        formal=r"ore|h\.?",
        unit=r"h\b",
        am=r"di mattina\b|del mattino\b|della mattina\b|a\.m\b\.?|am\b",
        pm=r"di sera\b|della sera\b|di pomeriggio\b|del pomeriggio\b|p\.m\b\.?|pm\b",
        night=r"di notte\b|della notte\b",
        hours=("una", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici"),
        spoken=(
            ("(?:ore |alle |dalle )HOUR e mezz[ao]", 0, 30), ("(?:ore |alle |dalle )HOUR e un quarto", 0, 15),
            ("(?:ore |alle |dalle )HOUR meno un quarto", -1, 45),
            (rf"(?:alle|dalle|all'|ore) ?(?!\d)HOUR(?=\s{{0,2}}(?:[.,;:!?)]|$)|\s(?:{_END_OF_HOUR})\b)", 0, 0),
        ),
        led="alle|dalle|alle ore|dalle ore|ore|ora|orario|inizio|quando|dal|at|from",
        recurring=(
            r"ogni|tutti i|tutte le|settimanal\w{1,5}|mensil\w{1,5}|i (?:lunedì|martedì|mercoledì|giovedì|venerdì"
            r"|sabati)"
        ),
        filler="alle|dalle|all|ore|ora|h|quando|orario|inizio|fine|il|dal|al|del|online|zoom|cet|cest|utc|e|circa",
        bare=r"alle(?: ore)?|dalle(?: ore)?",
        bare_end=_END_OF_HOUR,
        since="dalle|da",
    )  # fmt: skip


def _roles() -> Roles:
    return roles(
        ends=r"(?:fino|sino) alle(?: ore)?|fine:?(?: ore)?|termina alle(?: ore)?|termine(?: alle)?(?: ore)?",
        side=(
            r"apertura(?: delle)?(?: porte)?|porte|accoglienza|arrivo|registrazion\w|accredit\w{1,5}|iscrizion\w"
            r"|caffè|pranzo|aperitivo|buffet|rinfresco|doors?"
        ),
        deadline=r"entro|prima del(?:le)?|fino al|scadenza|termine|chiusura|non oltre|deadline|before|by",
        side_after=r"apertura(?: delle)? porte|porte|accoglienza|registrazione partecipanti|accredito",
        before_start=r"\s?per (?:iniziare|l'inizio|inizio)(?: alle)?(?: ore)?",
        starts=r"inizio(?: alle)?(?: ore)?|inizia(?: alle)?",
        both="e|o",
    )  # fmt: skip


def _zones() -> Zones:
    return zones(
        {
            "ora italiana": "Europe/Rome", "ora di Roma": "Europe/Rome", "ora dell'Europa centrale": "Europe/Rome", "ora svizzera": "Europe/Zurich",
            "ora di Londra": "Europe/London", "ora di New York": "America/New_York", "ora di Parigi": "Europe/Paris", "ora di Berlino": "Europe/Berlin",
        },
        other="(?i:ora locale|local time)|(?i:ora d)(?:i |')[A-ZÀ-Ý][a-zà-ÿ]{2,18}",
        cities={
            "Roma": "Europe/Rome", "Milano": "Europe/Rome", "Torino": "Europe/Rome", "Napoli": "Europe/Rome", "Bologna": "Europe/Rome",
            "Firenze": "Europe/Rome", "Venezia": "Europe/Rome", "Genova": "Europe/Rome", "Palermo": "Europe/Rome", "Bari": "Europe/Rome",
            "Trieste": "Europe/Rome", "Lugano": "Europe/Zurich", "Ginevra": "Europe/Zurich", "Zurigo": "Europe/Zurich", "Londra": "Europe/London",
            "Parigi": "Europe/Paris", "Berlino": "Europe/Berlin", "Bruxelles": "Europe/Brussels", "Vienna": "Europe/Vienna", "Lisbona": "Europe/Lisbon",
            "Barcellona": "Europe/Madrid",
        },
        inside=r"a\s",
        not_city="Road|Street|Square|Gardens",
    )  # fmt: skip


def _telling() -> Telling:
    return Telling(
        claim=ci(
            r"\b(?:vi|ti|la) (?:invitiamo|aspettiamo|attendiamo)\b|\b(?:organizziamo|organizzeremo|terremo"
            r"|ospiteremo|festeggiamo|festeggeremo|ci (?:vediamo|troviamo|incontriamo|ritroviamo|vedremo"
            r"|incontreremo))\b"
            r"|\b(?:unisciti a noi|unitevi a noi|venite|vieni|partecipa|partecipate)\s(?:il|a|al|alla|con)\b"
            rf"|\b{THIS}(?:[\w'-]{{1,25}}\s){{0,3}}?{NOUN}\s(?:(?!non\b)[\w'-]{{1,25}}\s){{0,3}}?(?:si terrà"
            r"|si svolgerà|avrà luogo|ha luogo|si tiene|si svolge|inizierà|avrà inizio|sarà il)\b"
            rf"|\b(?:si terrà|si svolgerà|avrà luogo|ha luogo|si tiene) {THIS}(?:[\w'-]{{1,25}}\s){{0,3}}?{NOUN}\b"
        ),
        future=ci(
            r"\b(?:vi|ti|la) (?:invitiamo|aspettiamo|attendiamo)\b|\b\w{3,16}(?:eremo|iremo)\b|\bci (?:vediamo"
            r"|troviamo|incontriamo)\b|\borganizziamo\b|\bterremo\b|\bsi (?:terrà|svolgerà|tiene|svolge"
            r"|terranno)\b"
            r"|\bavrà (?:luogo|inizio)\b|\bha luogo\b|\b(?:sarà|saranno|inizierà|ci sarà)\b|\b(?:unisciti a noi"
            r"|unitevi a noi|venite|partecipate)\b"
        ),
        past=ci(
            r"\bsi (?:è|sono) (?:tenut|svolt|conclus)[oaie]\b|\bha(?:nno)? avuto luogo\b|\babbiamo (?:ospitato"
            r"|organizzato|accolto|incontrato|discusso|ascoltato|parlato|tenuto|festeggiato|ricevuto)\b"
            r"|\bci siamo (?:incontrat|ritrovat|vist)[ie]\b"
            rf"|\b(?:quest[oa]|il|la|lo)\s{NOUN}\s(?:è stat[oa] (?!annullat|cancellat|rinviat|rimandat|sospes"
            r"|posticipat)|ha visto|ha riunito)\b"
        ),
        this_past=ci(
            rf"\b(?:quest[oa]\s|quest'){NOUN}\s(?:è stat[oa] (?!annullat|cancellat|rinviat|rimandat|sospes"
            r"|posticipat)|ha visto|ha riunito|si è)\b|\b(?:in|durante) (?:quest[oa]\s"
            rf"|quest'){NOUN},? abbiamo\b"
        ),
        elsewhen=ci(
            r"\b(?:prossim[oaie]|futur[oaie]|successiv[oaie]|altr[oaie]|precedent[ei]|ultim[oaie]|passat[oaie]"
            r"|scors[oaie]|anche|inoltre|dopo)\b"
        ),
        deadline=ci(
            r"\b(?:entro|prima del|fino al|fino a|scadenza|termine|chiusura|non oltre|a partire dal|before"
            rf"|until){GAP}{{0,30}}$"
        ),
    )


def _admission() -> Admission:
    return Admission(
        slips=_slips(),
        not_open=ci(
            rf"\bnon (?:è )?(?:apert[oa] (?:al pubblico|a tutti)|pubblic[oa])\b|\b{NOUN} (?:chius[oa]"
            r"|privat[oa]|intern[oa]|riservat[oa])\b(?! (?:ai|alle|agli) (?:soci|socie|membri|iscritti))"
            r"|\ba porte chiuse\b"
            r"|\binvito (?:personale|nominativo|obbligatorio|necessario)\b|\b(?:solo|soltanto"
            r"|riservat[oa]) (?:per gli |agli |alle persone )?invitat[ie]\b|\brichied\w{2,4} (?:un )?invito\b"
        ),
        members_only=ci(
            r"\b(?:riservat[oaie]|apert[oa] (?:solo|soltanto|esclusivamente)) (?:esclusivamente )?(?:ai|alle"
            r"|agli) (?:soli |sole |nostri )?(?:soci|socie|membri|iscritti|associati|tesserati)\b"
        ),
        wider=ci(
            r"\bnon[- ](?:soci\w?|membri|iscritti|tesserati)\b|\bnon (?:solo|soltanto|solamente"
            r"|è riservat[oa])\b|\b(?:sconto|sconti|tariffa|prezzo|gratuit[oa]"
            r"|gratis) (?:\w{1,12} ){0,2}(?:riservat[oaie] |solo )?(?:ai|per i|alle|per le) (?:soci|socie"
            r"|membri)\b"
        ),
        negation=ci(r"(?:\bnon|\bmai|\bsenza|\bnessun[oa']?)\s(?:è\s|un[oa]?\s|necessariamente\s)?$"),
    )


def _slips() -> Slips:
    return Slips(
        token=ci(r"[^\W\d_]{1,24}"),
        only_before=(
            "solo",
            "soltanto",
            "solamente",
            "esclusivamente",
            "unicamente",
            "riservato",
            "riservata",
            "riservati",
            "riservate",
        ),
        only_after=("solo", "soltanto", "esclusivamente", "only"),
        between=frozenset(
            {
                "su",
                "per",
                "ai",
                "alle",
                "agli",
                "a",
                "i",
                "le",
                "gli",
                "con",
                "tramite",
                "previo",
                "dietro",
                "nostri",
                "nostre",
                "soli",
                "sole",
                "esclusivamente",
                "persone",
            }
        ),
        by=frozenset({"su"}),
        of=frozenset({"di", "del", "della", "dei", "degli", "delle", "da", "dell"}),
        invitation=("invito",),
        invites=("invito", "inviti", "invitati", "invitate", "invitato"),
        members=("soci", "membri", "socie", "socio", "associati", "associate", "iscritti", "tesserati", "tesserate"),
        unlike=frozenset({"sono", "sola", "sale", "solito"}),
    )


def _opening() -> Opening:
    return Opening(
        welcome=ci(
            rf"\bapert[oaie] (?:a {_ALL}|al pubblico|alla cittadinanza){_END}|\b(?:tutt[ie]"
            rf"|tutt[ie] e tutt[ie])(?: sono| siete)? (?:i )?benvenut[ie]{_END}"
        ),
        open=ci(
            rf"\b(?:chiunque|tutti) (?:può|possono) (?:partecipare|venire|assistere){_END}|\b(?:quest[oa]\s"
            rf"|quest'|nostr[oa]\s){NOUN} pubblic[oa]\b|\bè un[oa'] ?{NOUN} pubblic[oa]\b"
            rf"|\bingresso libero(?: e gratuito)?(?: fino a(?:d)? esaurimento(?: dei)? posti)?{_END}"
        ),
        other=ci(
            r"\b(?:prossim[oaie]|futur[oaie]|precedent[ei]|ultim[oaie]|passat[oaie]|scors[oaie]|dopo|seguito da"
            r"|più tardi|prima)\b"
        ),
        selects=ci(
            r"\b(?:selezioneremo|sceglieremo)\b|\b(?:partecipanti|persone|candidat\w) selezionat[ie]\b"
            r"|\bprocesso di selezione\b"
        ),
        to_some=ci(
            r"\bassemblea (?:generale|ordinaria|annuale|dei soci|degli iscritti)\b"
            rf"|\b(?:invit|convoc)\w{{1,5}}\s(?:[\w'’-]{{1,20}}\s){{0,5}}?{_MEMBERS}"
            rf"|\brivolt[oa] (?:ai|agli) {_MEMBERS}|\b(?:riservat|esclusiv)[oaie] (?:ai?|agli|al|alla|alle|per)\b"
            r"|\b(?:solo|soltanto|esclusivamente) per (?:i|gli|le)\b|\bcon tessera\b|\b(?:riunione|consiglio) (?:del )?direttivo\b"
            rf"|\b(?:car[ie]|tutti (?:i|gli|i nostri)) {_MEMBERS}"
        ),
    )  # fmt: skip


def _filling() -> Filling:
    now = r"(?: (?:ormai|già|purtroppo)){0,2}"
    return Filling(
        told=ci(
            rf"\biscrizioni (?:sono|risultano){now} chiuse\b|\biscrizione è{now} chiusa\b"
            rf"|\bposti (?:sono{now} )?(?:esauriti|terminati)\b|\btutto esaurito\b|\bnon ci sono più posti\b"
            rf"|\b{NOUN} è{now} al completo\b"
        ),
        unless=ci(
            r"\b(?:se|quando|finché|fino a|può|potrebbe|presto|quasi|ultim[oa]|precedente|prossim[oa]|prima che)\b"
        ),
    )
