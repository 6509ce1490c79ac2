"""Spanish: places, ways in and pages about an event."""

from __future__ import annotations

from notifier.core.reading.languages.building import ci
from notifier.core.reading.languages.building import venues as built_venues
from notifier.core.reading.languages.building import watching as built_watching
from notifier.core.reading.languages.language import NOTHING_SAID, About, Joining, Places, Venues, Watching, Writing
from notifier.core.reading.languages.worldwide import CITIES

NOUN = (
    r"(?:evento|acto|reunión|encuentro|taller|sesión|seminario|webinar|webinario|conferencia|charla|jornada"
    r"|curso|formación|asamblea"
    r"|fiesta|concierto|exposición|visita|mesa redonda|debate|coloquio|congreso|simposio|presentación|foro"
    r"|festival|tertulia|meetup"
    r"|hackatón|club|proyección|lectura|clase|paseo|salida|feria)"
)
THIS = r"(?:est[ea]|nuestr[oa]|el|la|un|una)\s"
_CALLS = r"(?:zoom|(?:microsoft )?teams|google meet|jitsi|webex|bigbluebutton|videoconferencia|videollamada)"
_ONLINE = (
    rf"(?:{_CALLS}|en línea|en linea|online|on-line|virtual(?:mente)?|a distancia|webinar|webinario|por internet"
    r"|telemátic[oa])"
)


def places() -> Places:
    """How people meet."""
    return Places(
        online=ci(
            rf"\b(?:por|vía|via|en|mediante|a través de) {_CALLS}\b|\b{NOUN} (?:\w{{1,15}} )?(?:en línea|online"
            r"|on-line|virtual|a distancia|telemátic[oa])\b|\bwebinar(?:io)?\b"
            r"|\b(?:lugar|celebrará|celebra|realizará|reunimos|reuniremos|vemos|será|únicamente"
            r"|exclusivamente)\b[^.;]{0,60}?\b(?:en línea|online|on-line|de forma virtual|virtualmente"
            r"|por internet)\b|,\sonline,"
        ),
        hybrid=ci(
            r"\b(?:híbrid[oa]|semipresencial)\b|\bpresencial(?:mente)? (?:y|o|u) (?:en línea|online|on-line"
            r"|virtual)\b|\b(?:en línea|online|on-line|virtual) (?:y|o|u) presencial(?:mente)?\b"
        ),
        in_person=ci(r"\bpresencial(?:mente)?\b|\ben persona\b"),
        this=ci(rf"\b{THIS}(?:[\w-]{{1,20}}\s){{0,5}}?{NOUN}\b"),
        only_online=ci(rf"\W{{0,3}}(?:(?:por|vía|en|una?|evento|reunión|enlace|{_ONLINE})\W{{0,3}}){{1,5}}"),
        also_online=ci(rf"\b(?:y|o|u|también|\+|&) {_ONLINE}\b|\bhíbrid[oa]\b"),
        elsewhen=ci(r"\b(?:próxim[oa]s?|últim[oa]s?|anterior(?:es)?|futur[oa]s?|pasad[oa]s?|hasta ahora)\b"),
        not_in_person=ci(
            r"\b(?:zoom|en línea|online|on-line|virtual\w{0,6}|webinar\w{0,2}|videoconferencia|videollamada"
            r"|híbrid[oa]|semipresencial|streaming|a distancia|telemátic\w{1,6}|jitsi|webex|google meet)\b"
        ),
    )


def venues() -> Venues:
    """Where they meet."""
    building = (
        r"(?:[Bb]iblioteca|[Mm]ediateca|[Cc]asa|[Aa]yuntamiento|[Ss]ala|[Ss]alón|[Cc]entro|[Mm]useo|[Tt]eatro"
        r"|[Ii]glesia|[Ee]scuela|[Cc]olegio|[Uu]niversidad|[Ff]acultad|[Ii]nstituto"
        r"|[Cc]afé|[Hh]otel|[Ee]spacio|[Cc]ine|[Aa]uditorio|[Pp]olideportivo|[Cc]ampus|[Ll]ibrería|[Aa]teneo"
        r"|[Pp]alacio)"
    )
    more = (
        r"(?:\s(?:municipal|pública|público|central|cultural|cívico|social|nacional|universitaria|universitario"
        r"|popular))?"
        r"(?:\s(?:del?|de la|de los|de las)\s[A-Za-zÀ-ÿ][\w'-]{2,20}){0,2}(?:\s[A-ZÁÉÍÓÚÑ][\w'-]{1,20}){0,3}"
    )
    street = (
        r"(?:,\s(?:[Cc]alle|C/|[Aa]venida|Avda\.|[Pp]laza|[Pp]aseo|[Cc]amino)(?:\s[\w'-]{1,20}){1,4}(?:,\s?\d{1,4})?)?"
    )
    return built_venues(
        towns=(*CITIES, "Sevilla", "Valencia", "Bilbao", "Zaragoza", "Málaga", "Granada", "Murcia", "Valladolid", "Salamanca", "Oviedo", "Gijón", "Santander", "Pamplona",
               "San Sebastián", "Vitoria", "Logroño", "Alicante", "Córdoba", "Toledo", "Santiago de Compostela", "Vigo", "Palma", "Las Palmas", "Ciudad de México",
               "Guadalajara", "Monterrey", "Bogotá", "Medellín", "Cali", "Lima", "Quito", "Santiago de Chile", "Buenos Aires", "Rosario", "Montevideo", "Caracas", "San José"),
        gathers=(
            "tendrá lugar|tiene lugar|se celebrará|se celebra|se realizará|será|nos (?:vemos|reunimos|reuniremos"
            "|encontramos|encontraremos)|(?:os|les|te) (?:esperamos|invitamos)|organizamos|celebraremos"
        ),
        into="en",
        at=r"en (?:el|la)\s|en\s",
        venue=rf"{building}(?![\w-]){more}{street}",
        affiliated=(
            "profesora?|catedrátic[oa]|investigadora?|directora?|doctora?|estudiante|responsable|docente|trabaja"
            "|enseña|equipo"
        ),
        otherwise=r"próxim[oa]s?|futur[oa]s?|anterior(?:es)?|últim[oa]s?|pasad[oa]s?",
        backward="de|desde|tras|después de|sobre",
        gaps=(" ", ", ", " el ", ", el "),
    )  # fmt: skip


_REGISTER = (
    r"inscr[ií]\w{1,10}|regístr\w{1,6}|registr(?:arse|arte|o)|reserva(?:r|s)?|entradas?(?! (?:libre|gratuita))"
    r"|apúntate|apuntarse|rsvp|register|sign up"
)


def joining() -> Joining:
    """The words of ways in."""
    return Joining(
        register=ci(rf"\b(?:{_REGISTER})\b"),
        invites=ci(
            r"\b(?:por favor|puedes|puede|podéis|pueden|aquí|ahora|haz clic)\b|\b(?:inscríb\w{2,6}|regístr\w{2,6}"
            r"|apúntate|reserva tu)\b|\bpara (?:asistir|participar|inscribir\w{2,3})\b"
        ),
        interest=ci(r"\b(?:tu|su|vuestro|de|un) interés\b"),
        tells_interest=ci(
            r"\b(?:manifest\w{1,5}|expres\w{1,5}|indic\w{1,5}|muestr\w{1,4}|comunic\w{1,5}) (?:tu|su|vuestro|el"
            r"|un) interés\b"
        ),
        join=ci(
            r"\b(?:unirse|únete|conéctate|conectarse|acceder|accede) (?:a |al |a la )?(?:la |el |esta |este "
            r"|nuestra )?(?:reunión|zoom|webinar\w{0,2}|videoconferencia|videollamada|sesión|evento|sala|llamada)\b"
        ),
        vague=ci(
            r"(?:(?:por favor|haz|haga|clic|pulsa|sigue|usa|rellena|rellenar|completa|mediante|por|a|través|en"
            r"|con|este|esta|el|la|los|las|nuestro|nuestra|aquí|enlace|formulario|página|ahora|y|de|del"
            r"|eventbrite|zoom|luma|meetup|web|sitio|online|abajo)\W{0,2}){1,8}"
        ),
        listing=ci(
            r"\b(?:newsletter|boletín|lista de correo|lista de distribución|suscr\w{3,10}|novedades"
            r"|mantente informad[oa])\b"
        ),
        no_way_in=ci(
            r"\b(?:encuesta|cuestionario|programa|agenda|orden del día|diapositivas|presentación|grabación"
            r"|don\w{2,6}|blog|acta|actas|informe|crónica|resumen)\b"
        ),
        later=ci(
            rf"\b(?:próxim[oa]s?|futur[oa]s?|otr[oa]s?)\s(?:\w{{1,15}}\s)?{NOUN}(?:e?s)?\b"
            rf"|\b{NOUN}(?:e?s)?\s(?:siguientes?|futur[oa]s?)\b"
        ),
        refused_later=ci(rf"\b(?:próxim[oa]s|futur[oa]s?)\s(?:\w{{1,15}}\s)?{NOUN}(?:e?s)?\b"),
        page=ci(
            r"(?:(?:por favor|visita|visite|ver|consulta|ve|a|en|la|el|de|del|esta|este|nuestra|nuestro|tu|su|aquí"
            r"|evento|página|web|sitio)\W{0,2}){1,8}"
        ),
        to_register=ci(
            r"\bpara (?:inscribir(?:se|te|os)|registrar(?:se|te|os)|apuntar(?:se|te|os)|reservar (?:una |tu "
            r"|su )?plaza|la inscripción)\b"
        ),
        to_get_link=NOTHING_SAID,
        larger=NOTHING_SAID,
    )


def writing() -> Writing:
    """The words by which people are asked to write in order to come."""
    return Writing(
        attending=ci(rf"\b(?:asistir|asistencia|participar|participación|venir|acudir|plaza|plazas|{_REGISTER})\b"),
        attending_here=ci(rf"\bpara (?:asistir|participar) (?:a|en) (?:est[ea]|el|la) {NOUN}\b"),
        rsvp_by_mail=ci(
            r"\brsvp (?:a|por|en)\b|\binscripci\w{2,5} (?:\w{1,15} ){0,2}(?:por (?:e-?mail|correo)|en el correo"
            r"|escribiendo a)\b"
        ),
        to_come=ci(
            r"\bpara (?:inscribir(?:se|te|os)|apuntar(?:se|te|os)|reservar (?:una |tu |su )?plaza)\b(?! (?:como"
            r"|en (?:el boletín|la lista)))"
        ),
        would_like=ci(r"\bsi (?:quieres|quiere|queréis|quieren|deseas|desea|desean) (?:asistir|participar|venir|acudir)\b"),
        confirms=ci(r"\bpara (?:confirmar|reservar) (?:tu|su|vuestra|una|la) (?:plaza|asistencia)\b"),
        writes=ci(r"\b(?:e-?mail|correo|escrib\w{1,5}|contact\w{1,5}|envía\w{0,3}|enviad|manda\w{0,3})\b"),
        chosen=ci(
            r"\binvit\w{1,6}|\b(?:ponentes?|miembros?|soci[oa]s?|expositor\w{0,3}|voluntari[oa]s?"
            r"|seleccion\w{1,6})\b"
        ),
    )  # fmt: skip


def about() -> About:
    """The words of pages about an event."""
    details = r"(?:(?:más|toda la) (?:información|info)|más detalles|todos los detalles|saber más)"
    return About(
        names_gathering=ci(rf"\b{NOUN}\b(?:[\w' -]{{0,40}})?(?:\W{{1,3}}\d{{4}})?\W{{0,3}}$"),
        speaking=ci(
            r"\b(?:hablará|interviene|intervendrá|presentará|participará|ponencia|ponente"
            r"|charla)\b[^.;]{0,40}?\b(?:en|durante)\s(?:el\s|la\s|un\s|una\s)?$"
        ),
        saves=NOTHING_SAID,
        bare_details=ci(rf"\W{{0,3}}{details}(?: (?:aquí|en línea))?\W{{0,3}}"),
        details=ci(
            rf"\W{{0,3}}{details} (?:sobre|acerca de|del|de la) (?:est[ea]|el|la|nuestr[oa])?\s?{NOUN}\W{{0,3}}"
            rf"|\W{{0,3}}(?:la )?página del? (?:la )?{NOUN}\W{{0,3}}"
        ),
        otherwise=ci(r"\b(?:próxim[oa]s?|futur[oa]s?|anterior(?:es)?|últim[oa]s?|pasad[oa]s?)\b(?!\s(?:semana|mes)\b)"),
    )  # fmt: skip


def watching() -> Watching:
    """The words of recordings of this event."""
    of = rf"(?:del\s|de\s(?:la|este|esta|nuestr[oa])\s)(?:[\w'-]{{1,20}}\s){{0,2}}?{NOUN}"
    return built_watching(
        recording=rf"grabación(?:\s(?:completa|íntegra|en\sv[ií]deo|en\saudio))?(?:\s{of})?|v[ií]deo\s(?:completo\s)?{of}",
        lead=(
            r"ver|vea|mirar?|mire|escuchar?|acced[ea]r?|consultar?|aquí|está|tienes|tenéis|puedes|podéis|la|el|una?|al?"
            r"|enlace|de|vuelve|volver|haz|clic|para|v[ií]deo|ya"
        ),
        tail=(
            r"aquí|en|línea|youtube|vimeo|peertube|nuestr[oa]|canal|web|sitio|la|el|ya|está|disponible|online|enlace"
            r"|v[ií]deo"
        ),
        told=(
            r"\b(?:ver|vea|mirar?|mire|escuchar?|consultar?|acced[ea]r?\sa|tienes|tenéis|está)\s(?:la|el|una?)\sREC\b"
            r"|\bREC\s(?:ya\s|se\s)?(?:está|puede|encuentra)\s(?:(?:ya|ahora)\s)?"
            r"(?:disponible|en\slínea|online|verse|ver|consultarse|publicad[oa]|aquí|en)\b"
        ),
        unless=(
            r"\b(?:será|estará|estarán|podrá\w{0,2}|habrá|publicará|próxim[oa]s?|pronto|después|más\starde|una\svez|cuando"
            r"|si|anterior(?:es)?|últim[oa]s?|pasad[oa]s?|otr[oa]s?|primer[oa]?|no|ningun[oa]?|inscri\w{1,8}|reg[ií]str\w{1,6}"
            r"|reserva\w{0,3}|entradas?|solicit\w{1,5})\b"
        ),
    )
