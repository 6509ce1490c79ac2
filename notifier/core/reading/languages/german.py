"""German, as it is written in Germany, Austria and Switzerland."""

from __future__ import annotations

from functools import lru_cache

from notifier.core.reading.languages.building import GAP, beside, calendar, ci, clock, layout, roles, zones
from notifier.core.reading.languages.english import MONTHS as ENGLISH_MONTHS
from notifier.core.reading.languages.english import WEEKDAYS as ENGLISH_WEEKDAYS
from notifier.core.reading.languages.german_ways import NOUN, THIS, about, joining, places, venues, watching, writing
from notifier.core.reading.languages.language import (
    Admission,
    Calendar,
    Clock,
    Filling,
    Language,
    Opening,
    Pattern,
    Roles,
    Slips,
    Telling,
    Zones,
)

_ALL = r"(?:alle(?: interessierten)?|jede[rnm]?|jede[:*_]r|jedermann)"
# Not "alle willkommen, die Mitglieder sind".
_END = r"(?=\s{0,2}(?:[.!;)]|[:–—-]\s(?![^.;]{0,60}mitglied)|,(?!\s(?:die|der|das|welche|sofern|wenn|falls))|$))"

#: Not "alle Mitglieder und Gäste".
_MEMBERS = r"(?:vereins)?mitglieder\b(?!\s?(?:,\s?\w|&|(?:und|sowie|oder|wie)\b))"

#: What people call off, beside these: words that in other places say nothing about an event.
_OCCASION = (
    rf"(?:{NOUN}|[\w-]{{0,25}}?(?:probe|gottesdienst|andacht|vorstellung|aufführung|vorführung|wanderung|ausflug|fahrt"
    r"|kino|film|kreis|basar|turnier|picknick|party|premiere|besuch|umzug))"
)


@lru_cache(maxsize=1)
def german() -> Language:
    """The German table."""
    return Language(
        code="de",
        layout=layout(
            when=(
                "wann",
                "datum",
                "uhrzeit",
                "zeit",
                "termin",
                "termine",
                "datum und uhrzeit",
                "zeitpunkt",
                "tag",
                "beginn",
            ),
            where=("wo", "ort", "veranstaltungsort", "treffpunkt", "adresse", "raum"),
            abbreviated=(
                r"(?:\b(?:z\.\s?B|d\.\s?h|u\.\s?a|u\.\s?v\.\s?m|z\.\s?T|bzw|ca|evtl|ggf|inkl|exkl|max|mind|Nr"
                r"|Dr|Prof|Mag|Ing|Dipl|Hr|Fr"
                r"|St|Str|Tel|vgl|usw|etc|Std|sog|Mo|Di|Mi|Do|Sa|So|Jan|Jän|Feb|Mrz|Apr|Jun|Jul|Aug|Sept?|Okt"
                r"|Nov|Dez|[A-Za-zÄÖÜ]"
                r"|\d{1,2}))\.$"
            ),
        ),
        calendar=_calendar(),
        clock=_clock(),
        zones=_zones(),
        telling=_telling(),
        called_off=_called_off(),
        conditional=_conditional(),
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


def _called_off() -> Pattern:
    return ci(
        rf"\b(?:{THIS}\s(?:[\w-]{{1,25}}\s){{0,3}}?{_OCCASION}|müssen wir)\s(?:(?!nicht\b)[\w.-]{{1,25}}\s){{0,9}}?"
        r"(?:(?P<cancelled>abgesagt|absagen|nicht\sstatt(?:finden)?|entfällt|entfallen|ausfallen"
        r"|fällt\s(?:(?!nicht\b)[\w.-]{1,25}\s){0,4}?aus)|(?P<postponed>verschoben|verschieben))\b"
    )


def _conditional() -> Pattern:
    return ci(
        r"\bbei\s(?:[\w-]{2,25}\s){0,2}?[\w-]{0,20}(?:regen|wetter\w{0,14}|sturm|gewitter|schnee\w{0,9}|hitze|frost|wind"
        r"|witterung|niederschlag|beteiligung|nachfrage|teilnahme|teilnehmerzahl|anmeldungen|anmeldezahlen?)\b"
        r"|\b(?:falls|sofern|im falle?)\s(?!sie\b|ihr\b|du\b)|\bwenn\s(?!auch\b|sie\b|ihr\b|du\b)"
        r"|^\W{0,4}sollten?\s(?!sie\b|ihr\b)"
        r"|\b(?:kann|können|könnten?)\s(?:(?!nicht\b|wurden?\b|ist\b|sind\b)[\w-]{1,25}\s){0,9}?"
        r"(?:abgesagt|entfallen|ausfallen|verschoben)\b"
    )


def _calendar() -> Calendar:
    return calendar(
        months=beside(
            (
                ("Januar", "Jänner", "Jan", "Jän"), ("Februar", "Feber", "Feb"), ("März", "Mär", "Mrz", "Maerz"),
                ("April", "Apr"), ("Mai",), ("Juni", "Jun"), ("Juli", "Jul"), ("August", "Aug"),
                ("September", "Sept", "Sep"), ("Oktober", "Okt"), ("November", "Nov"), ("Dezember", "Dez"),
            ),
            ENGLISH_MONTHS,
        ),
        weekdays=beside(
            (
                ("Montag", "Mo"), ("Dienstag", "Di"), ("Mittwoch", "Mi"), ("Donnerstag", "Do"), ("Freitag", "Fr"),
                ("Samstag", "Sonnabend", "Sa"), ("Sonntag", "So"),
            ),
            ENGLISH_WEEKDAYS,
        ),
        capital=("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So", "Mar", "March", "May"),
        month_first=("January", "February", "March", "May", "June", "July", "October", "December"),
        weekday_tail=r"\s?(?:abend|vormittag|nachmittag|mittag|morgen|Abend)",
        joins=r"und|bis zum|bis|sowie|&|-|–|—|/|to|and",
        ranges="bis zum|bis|to",
        gaps="bis zum|bis einschließlich|bis|to",
        ordinal=r"\.|st|nd|rd|th",
        article=r"(?:den|dem|der|the)\s",
        short=r"\d{1,2}\.\s?\d{1,2}\.(?!\s?\d)|\d{1,2}\.\d{1,2}(?![\d.:])(?=\s{0,2}(?:[,;)]|$|um\b|ab\b|von\b))",
        short_after="am|vom|zum|den|dem",
    )  # fmt: skip


def _clock() -> Clock:
    return clock(
        roles=_roles(),
        to=r"bis(?: um)?(?: ca\.)?|to|until",
        between=("zwischen", "und"),
        noon=("noon",),
        midnight=("mitternacht", "midnight"),
        separator="[:.]",
        unit=r"Uhr\b|h\b|hrs?\b",
        am=r"morgens\b|vormittags\b|früh\b|in der früh\b|am (?:morgen|vormittag)\b|a\.m\b\.?",
        pm=r"nachmittags\b|abends\b|am (?:abend|nachmittag)\b|p\.m\b\.?|pm\b",
        night=r"nachts\b|in der nacht\b",
        at_noon=r"mittags\b|noon\b",
        at_midnight=r"midnight\b|mitternachts\b",
        hours=("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
        spoken=(
            ("halb HOUR(?: Uhr)?", -1, 30), ("Viertel nach HOUR(?: Uhr)?", 0, 15), ("Viertel vor HOUR(?: Uhr)?", -1, 45),
            ("dreiviertel HOUR(?: Uhr)?", -1, 45), (r"(?!\d)HOUR Uhr", 0, 0),
        ),
        led="um|ab|von|gegen|beginn|start|beginnt|startet|uhrzeit|zeit|wann|jeweils|at|from",
        recurring=(
            r"jede[nrmsn]?|montags|dienstags|mittwochs|donnerstags|freitags|samstags|sonntags"
            r"|wöchentlich\w{0,2}|monatlich\w{0,2}"
            r"|vierzehntägig\w{0,2}|14-tägig\w{0,2}|täglich\w{0,2}|alle (?:zwei|drei|vier) wochen"
        ),
        filler=(
            "uhr|um|ab|von|bis|wann|zeit|uhrzeit|beginn|start|ende|mez|mesz|cet|cest|utc|am|den|dem|der|online|zoom"
            "|ca|via|h"
        ),
    )  # fmt: skip


def _roles() -> Roles:
    return roles(
        ends=r"bis(?: um)?(?: ca\.)?|endet(?: um)?|ende(?: um)?:?|schluss(?: um)?",
        side=(
            r"einlass|türöffnung|türen|ankommen|ankunft|registrierung|anmeld\w{0,8}|check-?in|eintreffen"
            r"|mittagessen|kaffee\w{0,8}"
            r"|abendessen|frühstück|imbiss|umtrunk|doors?"
        ),
        deadline=(
            r"bis(?: spätestens)?|vor|spätestens|frist|einsendeschluss|anmeldeschluss|annahmeschluss"
            r"|meldeschluss|deadline|until|by"
        ),
        side_after=r"einlass|türöffnung|ankommen|eintreffen",
        before_start=r"\s?(?:für|zum) (?:den )?(?:Beginn|Start)(?: um)?",
        starts=r"beginnt? um|beginn:?|start:?|startet um|starts?(?: at)?",
        both="und|oder|bzw\\.",
    )  # fmt: skip


def _zones() -> Zones:
    return zones(
        {
            "MEZ": ("Europe/Berlin", "CET"), "MESZ": ("Europe/Berlin", "CEST"), "WEZ": ("", "GMT"), "OEZ": ("", "EET"),
            "OESZ": ("", "EEST"), "mitteleuropäische Zeit": "Europe/Berlin", "mitteleuropäischer Zeit": "Europe/Berlin",
            "deutsche Zeit": "Europe/Berlin", "deutscher Zeit": "Europe/Berlin", "Berliner Zeit": "Europe/Berlin",
            "Wiener Zeit": "Europe/Vienna", "österreichische Zeit": "Europe/Vienna", "österreichischer Zeit": "Europe/Vienna",
            "Schweizer Zeit": "Europe/Zurich", "Zürcher Zeit": "Europe/Zurich", "Londoner Zeit": "Europe/London",
            "britischer Zeit": "Europe/London", "New Yorker Zeit": "America/New_York", "Pariser Zeit": "Europe/Paris",
        },
        other="(?i:ortszeit|lokalzeit|local time)|[A-ZÄÖÜ][a-zäöüß]{2,18}er Zeit",
        cities={
            "Wien": "Europe/Vienna", "Graz": "Europe/Vienna", "Salzburg": "Europe/Vienna", "Innsbruck": "Europe/Vienna",
            "Zürich": "Europe/Zurich", "Bern": "Europe/Zurich", "Basel": "Europe/Zurich", "Genf": "Europe/Zurich",
            "München": "Europe/Berlin", "Hamburg": "Europe/Berlin", "Köln": "Europe/Berlin", "Frankfurt": "Europe/Berlin",
            "Leipzig": "Europe/Berlin", "Dresden": "Europe/Berlin", "Stuttgart": "Europe/Berlin", "Brüssel": "Europe/Brussels",
            "Rom": "Europe/Rome", "Mailand": "Europe/Rome", "Lissabon": "Europe/Lisbon", "Warschau": "Europe/Warsaw",
            "Prag": "Europe/Prague", "Kopenhagen": "Europe/Copenhagen", "Athen": "Europe/Athens",
        },
        inside=r"in\s",
        not_city=r"(?:Straße|Platz|Allee|Ring)",
    )  # fmt: skip


def _telling() -> Telling:
    return Telling(
        claim=ci(
            r"\bwir (?:laden|veranstalten|organisieren|treffen uns|starten|feiern)\b|\b(?:laden|veranstalten"
            r"|treffen|feiern|starten) wir\b"
            rf"|\b{THIS}\s(?:[\w-]{{1,25}}\s){{0,3}}?{NOUN}\s(?:findet|finden|startet|beginnt|ist am)\b"
            r"|\b(?:findet|startet|beginnt"
            rf"|steigt)\s(?:[\w.-]{{1,20}}\s){{0,4}}?{THIS}\s(?:[\w-]{{1,25}}\s){{0,3}}?{NOUN}\b"
            r"|\b(?:kommt|komm|kommen sie|seid|sei|seien sie)\s(?:vorbei|dabei|zu uns)?\s?am\b"
            r"|\b(?:herzliche )?einladung zu[mr]?\b|^findet\b"
        ),
        future=ci(
            r"\bwir (?:laden|werden|veranstalten|treffen uns|freuen uns|wollen|möchten)\b|\b(?:laden|werden"
            r"|treffen|veranstalten|wollen|freuen) wir\b"
            r"|\bfindet\b[^;]{0,160}?\bstatt\b|\bwird\b[^;]{0,120}?\b(?:stattfinden|sein|geben)\b|\b(?:seid|sei"
            r"|seien sie) dabei\b"
            r"|\bkomm(?:t|en sie)? vorbei\b|\b(?:startet|beginnt)\b|\bherzliche einladung\b|\berwartet (?:euch"
            r"|sie|dich)\b"
        ),
        past=ci(
            r"\bfand(?:en)?\b[^;]{0,160}?\bstatt\b|\bstattgefunden\b|\bwir (?:trafen|begrüßten|hörten"
            r"|diskutierten|feierten|veranstalteten|kamen|sprachen|durften)\b"
            r"|\b(?:trafen|begrüßten|hörten|diskutierten|feierten|veranstalteten) wir\b"
            r"|\b(?:wir haben|haben wir)\b[^;]{0,120}?\b(?:eingeladen|gehört|diskutiert|getroffen|begrüßt"
            r"|gesprochen|gefeiert|veranstaltet|erfahren)\b"
            rf"|\b{THIS}\s{NOUN}\s(?:war|waren|hatte)\b|\bwar ein (?:voller|großer) erfolg\b"
        ),
        this_past=ci(
            rf"\b(?:diese[rs]?|unsere?[rs]?)\s{NOUN}\s(?:war|fand|hatte)\b|\bbei (?:dieser"
            rf"|diesem)\s{NOUN}\s\w{{2,12}}ten wir\b"
        ),
        elsewhen=ci(
            r"\b(?:nächste[nrsm]?|künftige[nrsm]?|zukünftige[nrsm]?|weitere[nrsm]?|folgende[nrsm]?"
            r"|andere[nrsm]?|vorige[nrsm]?|letzte[nrsm]?"
            r"|vergangene[nrsm]?|frühere[nrsm]?|vorherige[nrsm]?|bisherige[nrsm]?|auch|ebenfalls|zuvor|danach)\b"
        ),
        # "von 18 bis 20 Uhr am 5. März" is no deadline.
        deadline=ci(
            r"\b(?:bis(?! (?:um |ca\. )?\d{1,2}(?:[.:]\d\d)?\s?(?:Uhr|h)\b)|vor dem|spätestens|frist"
            rf"|\w{{0,12}}schluss|(?:ausweich|ersatz|verschiebe|regen)-?(?:termin|datum|tag)|deadline|seit|by|before|until){GAP}{{0,30}}$"
        ),
    )


def _admission() -> Admission:
    guests = r"(?:geladene|eingeladene)[nr]? (?:gäste|teilnehmer\w{0,6}|teilnehmende|personen)"
    return Admission(
        slips=_slips(),
        not_open=ci(
            r"\b(?:ist |eine? )?(?:nicht|nicht-)\s?öffentlich\w{0,2}\b|\bgeschlossene[rnsm]? (?:veranstaltung"
            r"|gesellschaft|kreis|teilnehmerkreis|gruppe|sitzung|treffen|runde)\b"
            rf"|\b(?:interne[rs]?|private[rs]?) {NOUN}\b|\b(?:nur|ausschließlich) für {guests}\b"
            rf"|\b{guests} vorbehalten\b"
            r"|\bauf persönliche einladung\b|\beinladung (?:ist )?(?:erforderlich|notwendig|nötig)\b"
            r"|\bnicht für die öffentlichkeit\b|\bprivatveranstaltung\b|^\W{0,4}auf einladung\W{0,3}$"
            r"|\bunter ausschluss der öffentlichkeit\b|\beinladung anfordern\b"
        ),
        members_only=ci(
            r"\b(?:unseren )?(?:vereins)?mitgliedern vorbehalten\b|\b(?:nur|ausschließlich) (?:für"
            r"|an) (?:unsere )?(?:vereins)?mitglieder\b"
            r"|\bauf (?:unsere |die )?(?:vereins)?mitglieder beschränkt\b|\bvereinsintern\w{0,2}\b"
            r"|\bsteht nur (?:unseren )?(?:vereins)?mitgliedern offen\b|\brichtet sich (?:nur"
            r"|ausschließlich) an (?:unsere )?(?:vereins)?mitglieder\b"
        ),
        wider=ci(
            r"\bnicht-?mitglieder\w{0,2}\b|\bnicht (?:nur|ausschließlich|bloß)\b|\b(?:ermäßig\w{2,5}"
            r"|rabatt\w{0,3}|kostenlos|kostenfrei"
            r"|gratis) (?:gibt es )?(?:nur )?für (?:unsere )?(?:vereins)?mitglieder\b"
            r"|\b(?:vereins)?mitglieder\w{0,1} (?:ist \w{1,15} )?(?:kostenlos|kostenfrei|gratis|ermäßigt"
            r"|stimmberechtigt)\b"
        ),
        negation=ci(r"(?:\bnicht|\bkeine?[rnsm]?|\bnie|\bnicht mehr|\bohne)\s(?:eine?[rnsm]?\s|mehr\s)?$"),
    )


def _slips() -> Slips:
    return Slips(
        token=ci(r"[^\W\d_]{2,24}"),
        only_before=("nur", "ausschließlich", "ausschliesslich", "lediglich", "exklusiv"),
        only_after=("only",),
        between=frozenset(
            {
                "für",
                "fuer",
                "auf",
                "mit",
                "nach",
                "per",
                "an",
                "unsere",
                "unseren",
                "die",
                "den",
                "eigene",
                "aktive",
                "persönliche",
                "persönlicher",
                "schriftliche",
                "über",
                "zugelassen",
            }
        ),
        by=frozenset(),
        of=frozenset({"von", "der", "des"}),
        invitation=("einladung",),
        invites=("einladung", "einladungen", "eingeladene", "eingeladenen"),
        members=(
            "mitglieder",
            "mitgliedern",
            "vereinsmitglieder",
            "vereinsmitgliedern",
            "mitglied",
            "fördermitglieder",
            "fördermitgliedern",
        ),
    )


def _opening() -> Opening:
    return Opening(
        welcome=ci(
            rf"\b{_ALL}(?: sind| ist)?(?: herzlich)? (?:willkommen|eingeladen){_END}|\b(?:offen"
            rf"|zugänglich) für {_ALL}{_END}|\bfür {_ALL} (?:offen|zugänglich){_END}"
            rf"|\bsteht {_ALL} offen{_END}|\böffentlich zugänglich{_END}|\ballen (?:interessierten )?offen{_END}"
        ),
        open=ci(
            rf"\b{_ALL} (?:kann|können|darf|dürfen) (?:gerne )?(?:kommen|mitmachen|teilnehmen|vorbeikommen){_END}"
            rf"|\b(?:diese|unsere) (?:kostenlose |freie )?öffentliche {NOUN}\b|\bist eine? öffentliche[rs]? {NOUN}\b"
        ),
        other=ci(
            r"\b(?:nächste[nrsm]?|künftige[nrsm]?|letzte[nrsm]?|vorige[nrsm]?|frühere[nrsm]?|später|danach"
            r"|anschließend\w{0,3}|zuvor|vorher)\b"
        ),
        selects=ci(
            r"\bwir wählen\b|\bausgewählte[nr]? (?:teilnehm|bewerber|personen)|\bauswahlverfahren\b"
            r"|\berfolgreiche bewerb"
        ),
        to_some=ci(
            r"\b(?:mitglieder|jahres?haupt|haupt|general|vollmitglieder)-?versammlung\b"
            rf"|\b(?:lädt|laden|bittet|bitten)\s(?:[\w.-]{{1,20}}\s){{0,6}}?{_MEMBERS}"
            rf"|\b(?:alle|liebe|werte|sehr geehrte) {_MEMBERS}|\brichtet sich an (?:[\w-]{{1,15}}\s){{0,2}}?{_MEMBERS}"
            rf"|^\W{{0,4}}für (?:[\w-]{{1,15}}\s)?{_MEMBERS}(?![^.;]{{0,60}}(?:frei|kosten|gratis|ermäßig|€|euro|\d))"
            r"|\b(?:nur|ausschließlich|ausschliesslich|exklusiv) (?:offen )?(?:für|an)\b(?! (?:kurze|wenige|begrenzte|eine?n?)\b)"
            r"|\b(?:nur|rein) (?:vereins)?intern\b|\b(?:helfer|mitarbeiter|mitarbeitenden)-?(?:fest|feier|ausflug|veranstaltung|treffen)\b"
            r"|\bvorstands?-?(?:sitzung|treffen|klausur)\b"
        ),
    )


def _filling() -> Filling:
    now = r"(?: (?:nun|jetzt|schon|bereits|leider|inzwischen|mittlerweile)){0,2}"
    return Filling(
        told=ci(
            rf"\banmeldung(?:en)? (?:ist|sind){now} (?:geschlossen|beendet|nicht mehr möglich)\b"
            rf"|\b{NOUN} ist{now} (?:ausgebucht|ausverkauft|voll)\b|\bwir sind{now} (?:ausgebucht|voll)\b"
            rf"|\balle plätze (?:sind|wurden){now} (?:belegt|vergeben|ausgebucht|besetzt)\b"
            rf"|\b(?:keine|sind keine)(?: freien)? plätze mehr\b|^\W{{0,6}}(?:ausgebucht|ausverkauft)\b"
        ),
        unless=ci(
            r"\b(?:wenn|falls|sobald|sofern|bis|kann|könnte|könnten|bald|fast|nahezu|meist|letzte[nrsm]?|vorige[nrsm]?"
            r"|nächste[nrsm]?|nicht|noch nicht|bevor)\b"
        ),
    )
