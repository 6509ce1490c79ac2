"""Spanish, as it is written in Spain and America."""

from __future__ import annotations

from functools import lru_cache

from notifier.core.reading.languages.building import GAP, beside, calendar, ci, clock, layout, roles, zones
from notifier.core.reading.languages.english import MONTHS as ENGLISH_MONTHS
from notifier.core.reading.languages.english import WEEKDAYS as ENGLISH_WEEKDAYS
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
from notifier.core.reading.languages.spanish_ways import NOUN, THIS, about, joining, places, venues, watching, writing

_ALL = (
    r"(?:tod[oa]s|todo el mundo|todo el público|todos los públicos|público general|el público(?: en general)?"
    r"|al público(?: en general)?"
    r"|todas las personas(?: interesadas)?|cualquier persona(?: interesada)?|toda persona interesada)"
)
# Not "abierto a todos los socios", "a todos los que …".
_END = r"(?=\s{0,2}(?:[.!;)]|[:–—-]\s(?![^.;]{0,60}(?:soci[oa]|miembro|afiliad))|,(?!\s(?:los?|las?|quienes|que)\b)|$)|\s(?:y|con entrada) (?:gratuit|libre))"
_END_OF_HOUR = (
    r"en|del?|al|con|y|hasta|hora|horas|h|hs|por|desde|para|se|nos|os|les|frente|junto|ante|cerca|bajo|sobre"
    r"|aproximadamente"
)
#: Not «todos los socios y amigos».
_MEMBERS = r"(?:soci[oa]s|miembros|afiliad[oa]s)\b(?!\s?(?:,\s?\w|&|(?:y|e|o|como)\b))"


@lru_cache(maxsize=1)
def spanish() -> Language:
    """The Spanish table."""
    return Language(
        code="es",
        layout=layout(
            when=("cuándo", "cuando", "fecha", "fechas", "hora", "horario", "fecha y hora", "día"),
            where=("dónde", "donde", "lugar", "ubicación", "dirección", "sede", "sala"),
            abbreviated=(
                r"(?:\b(?:p\.\s?ej|Sr|Sra|Srta|Dr|Dra|D|Dña|Prof|Lic|Ing|Av|Avda|C|Ctra|Pza|Pl|núm|n|tel|tfno"
                r"|aprox|etc|máx|mín|Ud|Uds"
                r"|a\.\s?m|p\.\s?m|EE\.\s?UU|ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic|lun|mié|jue|vie"
                r"|sáb|dom|[A-ZÁÉÍÓÚÑ]))\.$"
            ),
        ),
        calendar=_calendar(),
        clock=_clock(),
        zones=_zones(),
        telling=_telling(),
        called_off=ci(
            rf"\b{THIS}(?:[\w-]{{1,25}}\s){{0,3}}?{NOUN}\s(?:(?!no\b)[\w-]{{1,25}}\s){{0,6}}?(?:(?<!no )ha sido"
            r"|(?<!no )está|(?<!no )queda|(?<!no )fue|(?<!no )se ha|(?<!no )se|no)\s(?:lamentablemente\s)?"
            r"(?:(?P<cancelled>(?<!no )(?:cancelad[oa]|suspendid[oa]|cancela|suspende)"
            r"|(?<=no )(?:se celebrará|se realizará|tendrá lugar)(?!\s(?:en|a)\b))|(?P<postponed>aplazad[oa]"
            r"|pospuest[oa]|aplaza|pospone))\b"
        ),
        conditional=ci(
            r"\ben (?:el )?caso de\b|\bsi (?:llueve|lloviera|nieva|hay|hace|hubiera|hubiese|el|la|los|las|no|se)\b|\bsalvo\b"
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
                ("enero", "ene"), ("febrero", "feb"), ("marzo", "mar"), ("abril", "abr"), ("mayo", "may"), ("junio", "jun"),
                ("julio", "jul"), ("agosto", "ago"), ("septiembre", "setiembre", "sept", "sep", "set"), ("octubre", "oct"),
                ("noviembre", "nov"), ("diciembre", "dic"),
            ),
            ENGLISH_MONTHS,
        ),
        weekdays=beside(
            (
                ("lunes", "lun"), ("martes", "mar"), ("miércoles", "mié"), ("jueves", "jue"), ("viernes", "vie"),
                ("sábado", "sáb"), ("domingo", "dom"),
            ),
            ENGLISH_WEEKDAYS,
        ),
        capital=("March", "May"),
        month_first=[names[0] for names in ENGLISH_MONTHS],
        joins=r"y|e|&|-|–|—|al|a|to|and",
        ranges="al|a|to",
        gaps="al|a|hasta el|to",
        ordinal=r"\.?[ºo°](?!\w)|st|nd|rd|th",
        article=r"(?:el día|los días|el|día|the)\s",
        of=r"de\s",
        before_year=r"del?\s(?:año\s)?",
        short=r"\d{1,2}/\d{1,2}(?![\d/])",
        short_after="el|del|día",
    )  # fmt: skip


def _clock() -> Clock:
    return clock(
        roles=_roles(),
        to=r"a las?|hasta las?|a|hasta|to|until",
        between=("entre(?: las?)?", "y(?: las?)?"),
        noon=("noon",),
        midnight=("medianoche", "midnight"),
        unit=r"horas\b|hrs?\b\.?|hs\b\.?|h\b",
        am=r"de la mañana\b|de la madrugada\b|a\.\s?m\b\.?|am\b",
        pm=r"de la tarde\b|p\.\s?m\b\.?|pm\b",
        night=r"de la noche\b",
        at_noon=r"del mediodía\b|de mediodía\b|noon\b",
        at_midnight=r"midnight\b",
        hours=("una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"),
        spoken=(
            ("(?:(?:a|desde|hasta) )?las? HOUR y media", 0, 30), ("(?:(?:a|desde|hasta) )?las? HOUR y cuarto", 0, 15),
            ("(?:(?:a|desde|hasta) )?las? HOUR menos cuarto", -1, 45),
            (rf"(?:a|desde|hasta) las? (?!\d)HOUR(?=\s{{0,2}}(?:[.,;:!?)]|$)|\s(?:{_END_OF_HOUR})\b)", 0, 0),
        ),
        led="a las?|desde las?|las|de|hora|horario|cuándo|empieza|comienza|inicio|at|from",
        recurring=(
            r"cada|todos los|todas las|semanal(?:mente)?|mensual(?:mente)?|quincenal(?:mente)?|los (?:lunes|martes"
            r"|miércoles|jueves|viernes|sábados|domingos)"
        ),
        filler=(
            "a|las?|de|desde|hasta|horas?|h|hs|hrs|cuándo|horario|inicio|fin|el|los|del|al|en línea|online|zoom|cet"
            "|cest|utc|y"
        ),
        bare=r"a las?|desde las?|hasta las?|de las?",
        bare_end=_END_OF_HOUR,
        since="de|desde|desde las?|de las?",
        # In Spanish half past nine is also written 9:30 when it is in the evening.
        morning=10,
    )  # fmt: skip


def _roles() -> Roles:
    return roles(
        ends=r"hasta las?|hasta|termina(?: a las?)?|finaliza(?: a las?)?|fin:?",
        side=(
            r"apertura(?: de)?(?: puertas)?|puertas|llegada|recepción|acreditaci\w{2,5}|registro|inscripci\w{2,5}"
            r"|café|comida|almuerzo|cena|pausa|doors?"
        ),
        deadline=r"antes del?|antes|hasta el|plazo|fecha límite|cierre|cierra|a más tardar|deadline|before|by",
        side_after=r"apertura(?: de)? puertas|puertas|recepción de asistentes|acreditaci\w{2,5}",
        before_start=r"\s?para (?:empezar|comenzar)(?: a las?)?",
        starts=r"(?:comienzo|inicio|comienza|empieza)(?: a las?)?",
        both="y|o",
    )  # fmt: skip


def _zones() -> Zones:
    return zones(
        {
            "hora peninsular": "Europe/Madrid", "hora de Madrid": "Europe/Madrid", "hora de España": "Europe/Madrid", "hora española": "Europe/Madrid",
            "hora canaria": "Atlantic/Canary", "hora de Canarias": "Atlantic/Canary", "hora central europea": "Europe/Madrid",
            "hora de Ciudad de México": "America/Mexico_City", "hora de CDMX": "America/Mexico_City", "hora de Bogotá": "America/Bogota",
            "hora de Colombia": "America/Bogota", "hora de Argentina": "America/Argentina/Buenos_Aires",
            "hora de Buenos Aires": "America/Argentina/Buenos_Aires", "hora de Lima": "America/Lima", "hora de Perú": "America/Lima",
            "hora de Santiago": "America/Santiago", "hora de Uruguay": "America/Montevideo", "hora de Londres": "Europe/London",
        },
        other="(?i:hora local|local time)|(?i:hora d)e[l ] ?[A-ZÁÉÍÓÚ][a-zà-ÿ]{2,18}",
        cities={
            "Sevilla": "Europe/Madrid", "Valencia": "Europe/Madrid", "Bilbao": "Europe/Madrid", "Zaragoza": "Europe/Madrid",
            "Málaga": "Europe/Madrid", "Granada": "Europe/Madrid", "Murcia": "Europe/Madrid", "Las Palmas": "Atlantic/Canary",
            "Santa Cruz de Tenerife": "Atlantic/Canary", "Ciudad de México": "America/Mexico_City", "Bogotá": "America/Bogota",
            "Buenos Aires": "America/Argentina/Buenos_Aires", "Montevideo": "America/Montevideo", "Quito": "America/Guayaquil",
            "Londres": "Europe/London", "Bruselas": "Europe/Brussels", "Ginebra": "Europe/Zurich", "Lisboa": "Europe/Lisbon",
            "Viena": "Europe/Vienna", "Berlín": "Europe/Berlin", "París": "Europe/Paris", "Roma": "Europe/Rome",
        },
        inside=r"en\s",
        not_city="Road|Street|Square|Gardens",
    )  # fmt: skip


def _telling() -> Telling:
    return Telling(
        claim=ci(
            r"\b(?:os|les|te|le) (?:invitamos|esperamos|convocamos)\b|\b(?:celebraremos|celebramos|organizamos"
            r"|organizaremos|tendremos|haremos|realizaremos|nos (?:vemos|reunimos|reuniremos|encontramos"
            r"|encontraremos))\b"
            r"|\b(?:acompáñanos|acompañadnos|únete|uníos|ven|venid|vengan)\s(?:el|a|al|con)\b"
            rf"|\b{THIS}(?:[\w-]{{1,25}}\s){{0,3}}?{NOUN}\s(?:(?!no\b)[\w-]{{1,25}}\s){{0,3}}?(?:tendrá lugar"
            r"|se celebrará|se celebra|se realizará|será|empezará|comenzará|tiene lugar)\b"
            rf"|\b(?:tendrá lugar|se celebrará|se celebra) {THIS}(?:[\w-]{{1,25}}\s){{0,3}}?{NOUN}\b"
        ),
        future=ci(
            r"\b(?:os|les|te|le) (?:invitamos|esperamos|convocamos)\b|\b\w{3,15}(?:aremos|eremos|iremos)\b"
            r"|\btendremos\b|\bharemos\b|\bnos (?:vemos|reunimos|encontramos)\b|\borganizamos\b"
            r"|\b(?:tendrá|tendrán|tiene) lugar\b|\bse (?:celebrará|celebra|realizará|celebrarán)\b|\b(?:será"
            r"|serán|empezará|comenzará|habrá)\b|\b(?:acompáñanos|únete|venid|vengan)\b"
        ),
        past=ci(
            r"\b(?:tuvo|tuvieron) lugar\b|\bse (?:celebró|realizó|celebraron)\b|\b(?:celebramos|tuvimos"
            r"|recibimos|escuchamos|debatimos|hablamos|nos reunimos|compartimos|contamos con"
            r"|disfrutamos) (?:ayer|el pasado|la pasada|con la presencia)\b|\b(?:tuvimos|escuchamos|debatimos"
            r"|disfrutamos|acogimos)\b"
            rf"|\b(?:est[ea]|el|la)\s{NOUN}\s(?:fue|reunió|contó|sirvió)\b|\bhemos (?:celebrado|organizado"
            r"|acogido|recibido|debatido)\b"
        ),
        this_past=ci(
            rf"\b(?:est[ea]|nuestr[oa])\s{NOUN}\s(?:fue|reunió|contó|sirvió|tuvo)\b"
            rf"|\ben est[ea]\s{NOUN},? (?:escuchamos|debatimos|hablamos|tuvimos)\b"
        ),
        elsewhen=ci(
            r"\b(?:próxim[oa]s?|futur[oa]s?|siguientes?|otr[oa]s?|anterior(?:es)?|últim[oa]s?|pasad[oa]s?"
            r"|también|además|después)\b"
        ),
        deadline=ci(
            r"\b(?:antes del?|antes|hasta(?! las? )|plazo|fecha límite|cierre|cierra|a más tardar|desde el"
            rf"|before|until){GAP}{{0,30}}$"
        ),
    )


def _admission() -> Admission:
    return Admission(
        slips=_slips(),
        not_open=ci(
            rf"\bno (?:(?:está|es) )?(?:abiert[oa] (?:al público|a tod[oa]s)|públic[oa])\b|\b{NOUN} (?:cerrad[oa]"
            r"|privad[oa]|intern[oa])\b|\ba puerta cerrada\b|\binvitación (?:personal|previa|nominativa"
            r"|obligatoria|necesaria)\b"
            r"|\b(?:solo|sólo|exclusiv\w{1,7}|reservad[oa]) (?:para|a) (?:personas )?invitad[oa]s\b"
            r"|\brequiere invitación\b|\bsolicit\w{1,4} (?:una )?invitación\b"
        ),
        members_only=ci(
            r"\b(?:exclusiv[oa]|reservad[oa]|abiert[oa] (?:solo|sólo|únicamente)) (?:para|a) (?:nuestr[oa]s "
            r"|l[oa]s )?(?:soci[oa]s|miembros|afiliad[oa]s|asociad[oa]s)\b"
        ),
        wider=ci(
            r"\bno (?:soci[oa]s?|miembros?|afiliad[oa]s?)\b|\bno (?:solo|sólo|solamente|únicamente"
            r"|es exclusiv[oa])\b|\b(?:descuento|tarifa|precio|gratis|gratuit[oa]) (?:\w{1,12} ){0,2}(?:solo "
            r"|sólo |exclusiv[oa] |reservad[oa] )?(?:para|a) (?:l[oa]s )?(?:soci[oa]s|miembros)\b"
        ),
        negation=ci(r"(?:\bno|\bnunca|\bsin|\bninguna?|\btampoco)\s(?:es\s|una?\s|necesariamente\s)?(?:una?\s)?$"),
    )


def _slips() -> Slips:
    return Slips(
        token=ci(r"[^\W\d_]{1,24}"),
        only_before=(
            "solo",
            "sólo",
            "solamente",
            "únicamente",
            "exclusivamente",
            "exclusivo",
            "exclusiva",
            "reservado",
            "reservada",
            "restringido",
            "restringida",
        ),
        only_after=("solo", "sólo", "solamente", "únicamente", "exclusivamente", "only"),
        between=frozenset(
            {
                "por",
                "para",
                "con",
                "a",
                "los",
                "las",
                "de",
                "mediante",
                "bajo",
                "nuestros",
                "nuestras",
                "personas",
                "exclusivamente",
                "previa",
                "socias",
                "y",
            }
        ),
        by=frozenset({"por", "con", "mediante", "bajo"}),
        of=frozenset({"de", "del", "a", "para"}),
        invitation=("invitación",),
        invites=("invitación", "invitaciones", "invitados", "invitadas", "invitado"),
        members=("socios", "miembros", "socias", "asociados", "asociadas", "afiliados", "afiliadas", "socio"),
        unlike=frozenset({"reserva", "reservar", "reservad", "reservando", "solos", "solas"}),
    )


def _opening() -> Opening:
    return Opening(
        welcome=ci(
            rf"\babiert[oa]s? (?:a {_ALL}|al público(?: (?:en )?general)?){_END}|\b(?:tod[oa]s|todo el mundo"
            rf"|todas las personas)(?: son| sois| están| es)? bienvenid[oa]s?{_END}"
        ),
        open=ci(
            r"\b(?:cualquier persona|todo el mundo|cualquiera) (?:puede) (?:asistir|participar|venir"
            rf"|apuntarse){_END}|\b(?:est[ea]|nuestr[oa]) {NOUN} públic[oa]\b|\bes una? {NOUN} públic[oa]\b"
            rf"|\bentrada libre(?: y gratuita)?(?: hasta completar (?:el )?aforo)?{_END}"
        ),
        other=ci(
            r"\b(?:próxim[oa]s?|futur[oa]s?|anterior(?:es)?|últim[oa]s?|pasad[oa]s?|después|seguid[oa] de|más tarde"
            r"|antes)\b"
        ),
        selects=ci(
            r"\b(?:seleccionaremos|elegiremos)\b|\b(?:participantes|personas|candidat\w{2,5}) seleccionad[oa]s\b"
            r"|\bproceso de selección\b"
        ),
        to_some=ci(
            r"\basamblea (?:general|ordinaria|anual|de soci[oa]s)\b"
            rf"|\b(?:invit|convoc|convoqu)\w{{1,4}}\s(?:[\w-]{{1,20}}\s){{0,5}}?{_MEMBERS}"
            rf"|^\W{{0,4}}(?:[\w-]{{1,15}}\s)?para (?:l[oa]s )?{_MEMBERS}(?![^.;]{{0,60}}(?:gratis|gratuit|descuento|€|euro|\d))"
            r"|\b(?:reservad|exclusiv)[oa]s? (?:para|al?)\b|\b(?:s[oó]lo|únicamente|exclusivamente) para\b"
            rf"|\b(?:estimad[oa]s|querid[oa]s|tod[oa]s (?:l[oa]s|nuestr[oa]s)) {_MEMBERS}"
        ),
    )  # fmt: skip


def _filling() -> Filling:
    now = r"(?: ya)?"
    return Filling(
        told=ci(
            rf"\b(?:inscripci(?:ón|ones)|registros?) (?:está|están){now} cerrad[oa]s?\b"
            r"|\b(?:plazas|entradas|localidades) (?:agotadas|completas)\b|\baforo completo\b"
            rf"|\b(?:plazas|entradas) (?:están|se han){now} agotad[oa]s?\b|\bno (?:quedan|hay) (?:más )?(?:plazas|entradas)\b"
            r"|^\W{0,6}(?:completo|agotado)\W{0,6}$"
        ),
        unless=ci(r"\b(?:si|cuando|hasta|puede|podría|pronto|casi|último|última|anterior|próxim[oa]|antes de que)\b"),
    )
