"""French, as it is written in France, Belgium, Switzerland and Canada."""

from __future__ import annotations

from functools import lru_cache

from notifier.core.reading.languages.building import GAP, beside, calendar, ci, clock, layout, roles, zones
from notifier.core.reading.languages.english import MONTHS as ENGLISH_MONTHS
from notifier.core.reading.languages.english import WEEKDAYS as ENGLISH_WEEKDAYS
from notifier.core.reading.languages.french_ways import NOUN, THIS, about, joining, places, venues, watching, writing
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
    r"(?:tous|toutes|tous et toutes|toutes et tous|tou[·.]?te?s|tous les publics|tout le monde|tout public"
    r"|au public|au grand public)"
)
# Not "ouvert à tous les membres", "bienvenue à tous ceux qui …".
_END = r"(?=\s{0,2}(?:[.!;,)]|[:–—-]\s(?![^.;]{0,60}(?:membre|adhérent))|$)|\s(?:et|sans) (?:gratuit|inscription|libre))(?!\s{0,2},\s(?:les?|ceux|celles|qui)\b)"
#: Not « tous les membres et leurs amis ».
_MEMBERS = r"(?:membres|adhérente?s)\b(?!\s?(?:,\s?\w|&|(?:et|ou|comme|ainsi)\b))"


@lru_cache(maxsize=1)
def french() -> Language:
    """The French table."""
    return Language(
        code="fr",
        layout=layout(
            when=("quand", "date", "dates", "heure", "horaire", "horaires", "date et heure", "jour"),
            where=("où", "ou", "lieu", "adresse", "endroit", "salle"),
            abbreviated=(
                r"(?:\b(?:p\.\s?ex|M|MM|Mme|Mlle|Dr|Pr|Me|St|Ste|av|bd|boul|env|max|min|tél|etc|cf|n°|janv|févr"
                r"|fév|avr|juil|sept|oct|nov"
                r"|déc|lun|mar|mer|jeu|ven|sam|dim|[A-ZÉÀ]))\.$"
            ),
        ),
        calendar=_calendar(),
        clock=_clock(),
        zones=_zones(),
        telling=_telling(),
        called_off=ci(
            rf"\b{THIS}(?:[\w'-]{{1,25}}\s){{0,3}}?{NOUN}\s(?:(?!pas\b|n'|ne\b)[\w'-]{{1,25}}\s){{0,6}}?(?:est"
            r"|a été|sera|doit être|a dû être|n['’]aura|ne peut|ne pourra)\s(?:malheureusement\s)?"
            r"(?:(?P<cancelled>annulée?|(?:(?<=n['’]aura\s)pas lieu|pas avoir lieu)(?!\s(?:à|au|aux|dans|en)\b))"
            r"|(?P<postponed>reportée?))\b"
        ),
        conditional=ci(
            r"\ben cas d(?:e\s|['’])|\bs['’]il\s(?!vous\b|te\b)|\bsi\s(?:l(?:es?|a)\s|l['’]|il\b|elle\b|trop\b|moins\b|aucun)"
            r"|\b(?:selon|suivant|en fonction d\w\w?)\s(?:la\s|le\s)?(?:météo|temps)\b|\bsauf\b"
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
                ("janvier", "janv"), ("février", "févr", "fév"), ("mars",), ("avril", "avr"), ("mai",), ("juin",),
                ("juillet", "juill", "juil"), ("août",), ("septembre", "sept"), ("octobre", "oct"), ("novembre", "nov"),
                ("décembre", "déc"),
            ),
            ENGLISH_MONTHS,
        ),
        weekdays=beside(
            (
                ("lundi", "lun"), ("mardi", "mar"), ("mercredi", "mer"), ("jeudi", "jeu"), ("vendredi", "ven"),
                ("samedi", "sam"), ("dimanche", "dim"),
            ),
            ENGLISH_WEEKDAYS,
        ),
        capital=("March", "May"),
        month_first=[names[0] for names in ENGLISH_MONTHS],
        weekday_tail=r"\s(?:matin|midi|après-midi|soir)",
        joins=r"et|&|-|–|—|au|à|to|and",
        ranges="au|à|to",
        gaps="au|à|jusqu'au|to",
        ordinal="er|ᵉʳ|st|nd|rd|th",
        article=r"(?:les?|the)\s",
        short=r"\d{1,2}/\d{1,2}(?![\d/])",
        short_after="le|du",
    )  # fmt: skip


def _clock() -> Clock:
    return clock(
        roles=_roles(),
        to=r"à|jusqu'à|to|until",
        between=("entre", "et"),
        noon=("midi", "noon"),
        midnight=("minuit", "midnight"),
        separator=r"\s?h\s?|[:.]",
        unit=r"h\b|heures?\b(?!\s(?:de\s|d'|locale|française|belge|suisse|avancée|du\squ))|hrs?\b",
        am=r"du matin\b|a\.m\b\.?|am\b",
        pm=r"de l'après-midi\b|du soir\b|p\.m\b\.?|pm\b",
        hours=("une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"),
        spoken=(
            ("HOUR heures? et demie?", 0, 30), ("HOUR heures? et quart", 0, 15), ("HOUR heures? moins le quart", -1, 45),
            (r"(?<!dans )(?<!pendant )(?<!durant )(?<!en )(?:à|dès|vers) (?!\d)HOUR heures?(?! (?:de|et)\b)", 0, 0),
        ),
        led="à|dès|de|vers|début|quand|heure|horaires?|at|from",
        recurring=(
            r"chaque|tous les|toutes les|hebdomadaire|mensuel(?:le)?|les (?:lundis|mardis|mercredis|jeudis"
            r"|vendredis|samedis|dimanches)"
        ),
        filler="à|de|dès|heures?|h|quand|horaires?|début|fin|le|la|les|du|au|en ligne|online|zoom|cet|cest|utc|et",
        since="de|entre",
    )  # fmt: skip


def _roles() -> Roles:
    return roles(
        ends=r"jusqu'à|fin(?: à)?|se termine à|termine à",
        side=(
            r"ouverture(?: des portes)?|accueil|arrivée|inscriptions?|émargement|café|déjeuner|repas|buffet"
            r"|apéritif|pause|dîner|doors?"
        ),
        deadline=r"avant|jusqu'au|au plus tard|date limite|clôture|délai|deadline|before|until|by",
        side_after=r"(?:ouverture des portes|ouverture|accueil(?! (?:par|de)))",
        before_start=r"\s?pour (?:un )?(?:début|commencer)(?: à)?",
        starts=r"début(?: à)?|commence(?: à)?|démarrage(?: à)?",
        both="et|ou",
    )  # fmt: skip


def _zones() -> Zones:
    return zones(
        {
            "HEC": ("Europe/Paris", "CET"), "HNEC": ("Europe/Paris", "CET"), "HAEC": ("Europe/Paris", "CEST"), "TU": ("", "UTC"),
            "HNE": ("America/Toronto", "EST"), "HAE": ("America/Toronto", "EDT"),
            "heure de Paris": "Europe/Paris", "heure française": "Europe/Paris", "heure de Bruxelles": "Europe/Brussels",
            "heure belge": "Europe/Brussels", "heure de Genève": "Europe/Zurich", "heure suisse": "Europe/Zurich",
            "heure d'Europe centrale": "Europe/Paris", "heure de Montréal": "America/Toronto", "heure du Québec": "America/Toronto",
            "heure de Londres": "Europe/London", "heure de New York": "America/New_York", "heure de l'Est": "America/Toronto",
            "heure avancée de l'Est": "America/Toronto", "temps universel": "UTC",
        },
        other="(?i:heure locale|local time)|(?i:heure d)(?:e |')[A-ZÀ-Ý][a-zà-ÿ]{2,18}",
        cities={
            "Bruxelles": "Europe/Brussels", "Genève": "Europe/Zurich", "Lausanne": "Europe/Zurich", "Lyon": "Europe/Paris",
            "Marseille": "Europe/Paris", "Toulouse": "Europe/Paris", "Nantes": "Europe/Paris", "Bordeaux": "Europe/Paris",
            "Lille": "Europe/Paris", "Rennes": "Europe/Paris", "Grenoble": "Europe/Paris", "Montpellier": "Europe/Paris",
            "Nice": "Europe/Paris", "Liège": "Europe/Brussels", "Namur": "Europe/Brussels", "Montréal": "America/Toronto",
            "Québec": "America/Toronto", "Londres": "Europe/London", "Vienne": "Europe/Vienna", "Lisbonne": "Europe/Lisbon",
            "Barcelone": "Europe/Madrid", "Varsovie": "Europe/Warsaw", "Athènes": "Europe/Athens", "Dakar": "Africa/Dakar",
        },
        inside=r"(?:à|dans)\s",
        not_city="Road|Street|Square|Gardens",
        words=("ET", "EST"),
    )  # fmt: skip


def _telling() -> Telling:
    return Telling(
        claim=ci(
            r"\bnous (?:vous (?:invitons|accueillerons|accueillons|attendons|convions|donnons)|organisons"
            r"|organiserons|tiendrons|accueillerons|nous (?:retrouvons|réunissons|retrouverons|réunirons))\b"
            r"|\brejoignez-nous\b|\brendez-vous (?:le|au|à|dès)\b|\bvenez (?:le|nous|participer|découvrir|assister)\b"
            rf"|\b{THIS}(?:[\w'-]{{1,25}}\s){{0,3}}?{NOUN}\s(?:[\w'-]{{1,25}}\s){{0,3}}?(?:aura lieu|a lieu"
            r"|se tiendra|se tient|se déroulera|se déroule|commencera|débutera)\b"
        ),
        future=ci(
            r"\bnous (?:vous (?:invitons|accueillerons|attendons|convions|donnons)|organisons|\w{2,16}erons"
            r"|nous (?:retrouvons|retrouverons|réunirons)|tiendrons|aurons|serons)\b"
            r"|\b(?:aura|auront|a) lieu\b|\bse (?:tiendra|déroulera|tiendront)\b|\brejoignez-nous\b"
            r"|\brendez-vous (?:le|au|à|dès)\b|\bvenez\b|\b(?:sera|seront|débutera|commencera)\b"
        ),
        past=ci(
            r"\bnous avons (?:accueilli|organisé|reçu|tenu|échangé|discuté|entendu|réuni|rencontré|partagé"
            r"|débattu|célébré)\b|\b(?:a|ont) eu lieu\b|\bs'est (?:tenue?|déroulée?)\b|\bse sont (?:tenu"
            r"|déroulé)e?s\b"
            rf"|\bnous nous sommes (?:réunis|retrouvés|rencontrés)\b|\b(?:cette|cet|ce|la|le)\s{NOUN}\s(?:a été"
            r"|a réuni|a permis|fut)\b|\bétait (?:organisée?|consacrée?)\b"
        ),
        this_past=ci(
            rf"\b(?:cette|cet|ce)\s{NOUN}\s(?:a été|a réuni|a permis|fut|était)\b|\b(?:lors"
            rf"|au cours) de (?:cette|cet|ce)\s{NOUN},? nous avons\b"
        ),
        elsewhen=ci(
            r"\b(?:prochaine?s?|futurs?|futures?|suivante?s?|autres?|précédente?s?|dernière?s?|derniers?"
            r"|passée?s?|également|aussi|ensuite)\b"
        ),
        deadline=ci(
            r"\b(?:avant le|avant|jusqu'au|au plus tard|date limite|clôture|délai|depuis|d'ici|before"
            rf"|until){GAP}{{0,30}}$"
        ),
    )


def _admission() -> Admission:
    return Admission(
        slips=_slips(),
        not_open=ci(
            rf"\b(?:n'est pas|non) (?:ouvert\w{{0,2}} (?:au public|à tous)|publique?)\b|\b{NOUN} (?:privée?"
            r"|fermée?|interne)s?\b|\bà huis clos\b|\bsur invitation (?:personnelle|nominative)\b"
            r"|\bréservée?s? aux (?:personnes )?invitée?s\b|\binvitation (?:obligatoire|requise|nécessaire)\b"
            r"|\bdemander une invitation\b"
        ),
        members_only=ci(
            r"\b(?:réservée?s?|ouverte?s?) (?:uniquement |exclusivement )?aux (?:seuls |seules )?(?:membres"
            r"|adhérente?s)\b(?! et\b)"
        ),
        wider=ci(
            r"\bnon[- ](?:membres?|adhérente?s)\b|\bpas (?:seulement|uniquement|réservée?s?)\b|\b(?:tarifs?"
            r"|réductions?|remises?|gratuité|prix) (?:\w{1,12} ){0,2}réservée?s? aux\b"
        ),
        negation=ci(r"(?:\bpas|\bplus|\bjamais|\baucune?|\bsans|\bnon)\s(?:une?\s|d'|nécessairement\s)?$"),
    )


def _slips() -> Slips:
    return Slips(
        token=ci(r"[^\W\d_]{1,24}"),
        only_before=(
            "uniquement",
            "exclusivement",
            "seulement",
            "réservé",
            "réservée",
            "réservés",
            "réservées",
            "strictement",
        ),
        only_after=("uniquement", "seulement", "exclusivement", "only"),
        between=frozenset(
            {
                "sur",
                "aux",
                "à",
                "pour",
                "les",
                "nos",
                "des",
                "par",
                "nominative",
                "strictement",
                "exclusivement",
                "uniquement",
                "seuls",
                "personnes",
                "ses",
                "l",
            }
        ),
        by=frozenset({"sur", "par"}),
        of=frozenset({"de", "du", "des", "d"}),
        invitation=("invitation",),
        invites=("invitation", "invitations", "invités", "invité", "invitées"),
        members=("membres", "adhérents", "membre", "adhérentes", "sociétaires", "abonnés"),
        unlike=frozenset({"réserve", "réserves", "réserver", "réservez"}),
    )


def _opening() -> Opening:
    return Opening(
        welcome=ci(
            rf"\bouverte?s? (?:gratuitement )?(?:à {_ALL}|au (?:grand )?public){_END}|\b{_ALL} (?:sont "
            rf"|est )?(?:les? |la )?bienvenue?s?{_END}"
        ),
        open=ci(
            r"\b(?:tout le monde|chacun|toute personne intéressée) (?:peut|est invité à) (?:venir|participer"
            rf"|assister){_END}|\b(?:cette|cet|ce|notre) {NOUN} publique?\b|\b(?:est"
            rf"|sera) une? {NOUN} publique?\b"
            rf"|\bentrée libre(?: et gratuite)?{_END}"
        ),
        other=ci(r"\b(?:prochaine?s?|futurs?|futures?|précédente?s?|dernière?s?|derniers?|ensuite|suivie?|plus tard)\b"),
        selects=ci(
            r"\bnous (?:sélectionnerons|choisirons)\b|\bcandidatures? (?:retenues?|sélectionnées?)\b"
            r"|\bpersonnes sélectionnées\b|\bprocessus de sélection\b"
        ),
        to_some=ci(
            r"\bassemblée générale\b"
            rf"|\b(?:invit|convi|convoqu)\w{{1,4}}\s(?:[\w'’-]{{1,20}}\s){{0,4}}?{_MEMBERS}"
            rf"|\b(?:chers|tous (?:les|nos|ses)) {_MEMBERS}|\bs['’]adresse (?:aux|à (?:nos|ses)) {_MEMBERS}"
            rf"|^\W{{0,4}}pour (?:les|nos) {_MEMBERS}(?![^.;]{{0,60}}(?:gratuit|tarif|réduction|€|euro|\d))"
            r"|\bréservée?s? (?:aux?|à la|à l['’]|à (?:nos|ses))(?!\w)|\b(?:uniquement|exclusivement) (?:pour|aux?)\b"
        ),
    )  # fmt: skip


def _filling() -> Filling:
    now = r"(?: (?:désormais|déjà|maintenant|malheureusement)){0,2}"
    return Filling(
        told=ci(
            rf"\binscriptions? (?:sont|est){now} (?:closes?|clôturées?|fermées?|terminées?)\b"
            rf"|\b{NOUN} (?:est|affiche){now} complet(?:e)?\b|\bplus (?:aucune|de) places?(?: disponibles?)?\b"
            r"|\btoutes les places (?:sont|ont été) (?:prises|réservées|attribuées)\b|^\W{0,6}complet\W{0,6}$"
        ),
        unless=ci(
            r"\b(?:si|quand|lorsque|jusqu'|peut|pourrait|bientôt|presque|dernière?|précédente?|prochaine?|pas|avant que)\b"
        ),
    )
