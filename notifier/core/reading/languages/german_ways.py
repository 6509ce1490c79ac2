"""German: places, ways in and pages about an event."""

from __future__ import annotations

from notifier.core.reading.languages.building import ci
from notifier.core.reading.languages.building import venues as built_venues
from notifier.core.reading.languages.building import watching as built_watching
from notifier.core.reading.languages.language import NOTHING_SAID, About, Joining, Places, Venues, Watching, Writing
from notifier.core.reading.languages.worldwide import CITIES

# With compounds: Mitgliederversammlung, Online-Workshop, Sommerfest.
NOUN = (
    r"(?:[\w-]{0,25}?(?:veranstaltung|treffen|workshop|sitzung|seminar|webinar|vortrag|lesung|konferenz|tagung"
    r"|kurs|schulung"
    r"|training|gespräch|diskussion|abend|fest|feier|meetup|stammtisch|versammlung|konzert|ausstellung|führung"
    r"|symposium"
    r"|barcamp|hackathon|café|cafe|event|termin|sprechstunde|runde|brunch|frühstück|spaziergang|exkursion|markt"
    r"|aktionstag|infotag|call|talk))"
)
THIS = r"(?:diese[rsmn]?|die|der|das|dem|unsere?[rsmn]?|eine?[rsmn]?)"
_MANY = r"(?:treffen|veranstaltungen|termine|workshops|sitzungen|seminare|webinare|abende)"
_OTHER = r"(?:nächste|künftige|zukünftige|weitere|andere|spätere)[nrsm]?"
_ONLINE = (
    r"(?:zoom|(?:ms |microsoft )?teams|google meet|jitsi|webex|bigbluebutton|online|virtuell|digital|webinar"
    r"|videokonferenz)"
)
_CALLS = r"(?:zoom|(?:ms |microsoft )?teams|google meet|jitsi|webex|bigbluebutton|videokonferenz)"


def places() -> Places:
    """How people meet."""
    return Places(
        online=ci(
            rf"\b(?:auf|über|per|via|in|mit) {_CALLS}\b|\bzoom[ -](?:call|meeting|link|konferenz)\b"
            rf"|\bonline-?{NOUN}\b|\b(?:digitale|virtuelle)[rsnm]?\s(?:[\w-]{{1,20}}\s){{0,2}}?{NOUN}\b"
            r"|\bwebinar\b|\bfindet\b[^.;]{0,80}?\b(?:online|virtuell|digital)\b[^.;]{0,40}?\bstatt\b"
            r"|\btreffen (?:wir )?uns\b[^.;]{0,60}?\b(?:online|virtuell|digital)\b(?! anmeld)"
            r"|\b(?:nur|rein|ausschließlich) (?:online|virtuell|digital)\b(?! anmeld|er|e\b)|,\sonline,"
        ),
        hybrid=ci(
            r"\bhybrid\w{0,12}\b|\b(?:vor ort|in präsenz|präsenz) (?:und|oder|sowie) (?:online|digital"
            r"|virtuell)\b|\b(?:online|digital|virtuell) (?:und|oder|sowie) (?:vor ort|in präsenz|präsenz)\b"
        ),
        in_person=ci(
            rf"\bin präsenz\b|\bpräsenz{NOUN}\b|\bpräsenzveranstaltung\b|\b(?:findet|uns"
            r"|wir)\b[^.;]{0,80}?\bvor ort\b"
        ),
        this=ci(rf"\b{THIS}\s(?:[\w-]{{1,25}}\s){{0,5}}?{NOUN}\b"),
        only_online=ci(
            r"\W{0,3}(?:(?:auf|über|per|via|in|eine?|veranstaltung|treffen|link|call|meeting|videokonferenz"
            rf"|{_ONLINE})\W{{0,3}}){{1,5}}"
        ),
        also_online=ci(rf"\b(?:und|oder|auch|sowie|\+|&) {_ONLINE}\b|\bhybrid\b"),
        elsewhen=ci(
            r"\b(?:nächste[nrsm]?|letzte[nrsm]?|vorige[nrsm]?|frühere[nrsm]?|künftige[nrsm]?|vergangene[nrsm]?"
            r"|bisher)\b"
        ),
        not_in_person=ci(
            r"\b(?:zoom|online\w{0,3}|virtuell\w{0,2}|digital\w{0,2}|webinar|hybrid\w{0,12}|livestream\w{0,3}"
            r"|videokonferenz|jitsi|webex|google meet|bigbluebutton)\b"
        ),
    )


def venues() -> Venues:
    """Where they meet."""
    word = r"[A-ZÄÖÜ][\w.-]{1,25}"
    building = (
        r"(?:[Hh]aus|[Ss]aal|[Hh]alle|[Bb]ibliothek|[Bb]ücherei|[Mm]useum|[Zz]entrum|[Ss]chule|[Uu]niversität"
        r"|[Kk]irche|[Tt]heater|[Aa]kademie"
        r"|[Ii]nstitut|[Cc]ampus|[Cc]afé|[Gg]asthof|[Gg]asthaus|[Hh]otel|[Aa]telier|[Ww]erkstatt|[Ss]tudio"
        r"|[Tt]reff|[Kk]ino|[Gg]alerie)"
    )
    street = (
        rf"(?:,\s(?:{word}\s){{0,2}}?[A-ZÄÖÜ][\w-]{{0,25}}(?:straße|strasse|str\.|gasse|weg|platz|allee"
        r"|ring)\s\d{1,4}[a-z]?)?"
    )
    return built_venues(
        towns=(*CITIES, "Wien", "Graz", "Salzburg", "Innsbruck", "Klagenfurt", "Bregenz", "Zürich", "Bern", "Basel", "Genf", "Luzern", "Winterthur",
               "München", "Hamburg", "Köln", "Frankfurt", "Leipzig", "Dresden", "Stuttgart", "Hannover", "Bremen", "Nürnberg", "Dortmund", "Düsseldorf",
               "Bonn", "Freiburg", "Heidelberg", "Mannheim", "Karlsruhe", "Augsburg", "Münster", "Bielefeld", "Kiel", "Rostock", "Potsdam", "Erfurt",
               "Jena", "Halle", "Magdeburg", "Brüssel", "Prag", "Regensburg", "Göttingen", "Kassel", "Mainz", "Saarbrücken", "Tübingen"),
        gathers=(
            "findet|finden|treffen wir uns|wir treffen uns|wir laden|laden wir|wir sind|veranstalten wir|wir "
            "veranstalten|startet|beginnt"
        ),
        into="in",
        at=r"(?:im|in der|in den|am|an der|beim|bei der)\s",
        venue=(
            rf"(?:{word}\s){{0,2}}?(?:[A-ZÄÖÜ][\w-]{{0,25}}?)?{building}(?![\w-])(?:\s(?!Mo|Di|Mi|Do|Fr|Sa"
            rf"|So)[A-ZÄÖÜ][\w-]{{1,20}}){{0,2}}{street}"
        ),
        affiliated=(
            "prof|professorin|professor|dr|leiter|leiterin|direktor|direktorin|dozentin|dozent|forscherin|forscher"
            "|mitarbeiterin|mitarbeiter|arbeitet|studiert|lehrt|team"
        ),
        otherwise=r"nächste[nrsm]?|künftige[nrsm]?|vorige[nrsm]?|letzte[nrsm]?|frühere[nrsm]?|vergangene[nrsm]?",
        backward="von|aus|nach|seit|über",
        gaps=(" ", ", ", " am ", ", am "),
    )  # fmt: skip


_REGISTER = (
    r"anmeld\w{0,8}|registrier\w{1,6}|reservier\w{1,6}|buchen|bucht|buchung\w{0,2}|tickets?|karten|platzkarten"
    r"|rsvp|melde[tn]? (?:dich|euch|sie sich) (?:\w{1,12} ){0,4}an|sign up|register"
)


def joining() -> Joining:
    """The words of ways in."""
    return Joining(
        register=ci(rf"\b(?:{_REGISTER})\b"),
        invites=ci(
            r"\b(?:bitte|jetzt|hier|könnt ihr|können sie|kannst du)\b|^(?:anmelden|registrieren|reservieren"
            r"|buchen|tickets sichern)\b|\bum teilzunehmen\b|\bzur anmeldung\b"
            r"|\bmelde[tn]? (?:dich|euch|sie sich)\b"
        ),
        interest=ci(r"\binteresse\b"),
        tells_interest=ci(
            r"\binteresse (?:bekunden|anmelden|melden|mitteilen)\b|\binteressensbekundung\w{0,2}\b"
            r"|\binteressenbekundung\w{0,2}\b"
        ),
        join=ci(
            r"\b(?:online|hier|jetzt|per zoom|via zoom|über zoom|am (?:meeting|call|webinar)|an der (?:sitzung"
            r"|veranstaltung)) (?:teilnehmen|beitreten|dabei sein)\b|\b(?:meeting|zoom|webinar|call) beitreten\b"
        ),
        vague=ci(
            r"(?:(?:bitte|klick\w{0,4}|folge\w{0,2}|nutze\w{0,2}|über|unter|via|per|auf|mit|dies\w{1,2}|de[rmn]"
            r"|das|die|unser\w{0,2}|hier|link|formular|seite|jetzt|und|im|in|eventbrite|zoom|luma|meetup"
            r"|webseite|website|online|heute|unten)\W{0,2}){1,8}"
        ),
        listing=ci(
            r"\b(?:newsletter|mailingliste|e-?mail-?verteiler|verteiler|rundbrief|abonnier\w{1,5}"
            r"|auf dem laufenden)\b"
        ),
        no_way_in=ci(
            r"\b(?:umfrage|feedback|fragebogen|programm|agenda|tagesordnung|folien|aufzeichnung\w{0,2}"
            r"|spende\w{0,2}|blog\w{0,7}|protokoll|bericht|rückblick)\b"
        ),
        later=ci(rf"\b{_OTHER}\s(?:\w{{1,15}}\s)?(?:{_MANY}|{NOUN})\b"),
        refused_later=ci(rf"\b(?:nächste|künftige|zukünftige)[nrsm]?\s(?:\w{{1,15}}\s)?(?:{_MANY}|{NOUN})\b"),
        page=ci(
            r"(?:(?:bitte|besuch\w{0,3}|siehe|auf|unter|über|die|der|dies\w{1,2}|unser\w{0,2}|ihr\w{0,2}|hier"
            r"|veranstaltungs?-?|event-?|seite|webseite|website|veranstaltungsseite|eventseite|zur)\W{0,2}){1,8}"
        ),
        to_register=ci(r"\b(?:um (?:dich|euch|sich) anzumelden|zur anmeldung|für die anmeldung|zum anmelden)\b"),
        to_get_link=NOTHING_SAID,
        larger=NOTHING_SAID,
    )


def writing() -> Writing:
    """The words by which people are asked to write in order to come."""
    return Writing(
        attending=ci(rf"\b(?:teilnehmen|teilzunehmen|teilnahme|dabei sein|mitmachen|vorbeikommen|platz|plätze|{_REGISTER})\b"),
        attending_here=ci(rf"\b(?:um (?:an|bei) (?:dieser|diesem|der|dem)|(?:an|bei) (?:dieser|diesem)) {NOUN}\b"),
        rsvp_by_mail=ci(
            r"\b(?:rsvp|anmeldung|anmelden|um anmeldung wird gebeten|anmeldungen)\b(?! (?:als|für (?:aussteller"
            r"|den newsletter)))[^.;]{0,40}?\b(?:an|per (?:e-?)?mail|unter|bei|via)\b"
        ),
        to_come=ci(r"\b(?:zur anmeldung|um (?:dich|euch|sich) anzumelden|zum anmelden)\b(?! als)"),
        would_like=ci(
            r"\bwenn (?:du|ihr|sie) (?:teilnehmen|dabei sein|mitmachen|kommen) (?:möchtest|möchtet|möchten|willst"
            r"|wollt|wollen)\b"
        ),
        confirms=ci(r"\bum (?:deinen|euren|ihren|einen) platz zu (?:sichern|bestätigen|reservieren)\b"),
        writes=ci(r"\b(?:e-?mail|mail|schreib\w{0,4}|kontaktier\w{0,4}|meld\w{0,4})\b"),
        chosen=ci(
            r"\beinladung\w{0,2}|\beingeladen\w{0,2}|\b(?:referent\w{0,5}|vortragende[nr]?|mitglieder\w{0,2}"
            r"|ausstell\w{0,6}|freiwillige[nr]?|helfer\w{0,5}|ausgewählt\w{0,2})\b"
        ),
    )  # fmt: skip


def about() -> About:
    """The words of pages about an event."""
    details = (
        r"(?:(?:mehr|weitere|alle|nähere)(?: (?:infos?|informationen|details|einzelheiten))|mehr erfahren|mehr dazu)"
    )
    return About(
        names_gathering=ci(rf"\b{NOUN}\b(?:\W{{1,3}}\d{{4}})?\W{{0,3}}$"),
        speaking=ci(
            r"\b(?:spricht|sprechen|vortrag|referiert|hält|keynote|stand)\b[^.;]{0,40}?\b(?:auf|bei|beim"
            r"|an)\s(?:de[rm]\s|einer\s|einem\s)?$|\bsave the date für\s(?:die\s|den\s|das\s)?$"
        ),
        saves=ci("save"),
        bare_details=ci(rf"\W{{0,3}}{details}(?: (?:hier|online|dazu))?\W{{0,3}}"),
        details=ci(
            rf"\W{{0,3}}{details} (?:zu|zur|zum|über) (?:dieser|diesem|der|dem|unserer|unserem|die|den"
            rf"|das)?\s?{NOUN}\W{{0,3}}|\W{{0,3}}(?:zur )?(?:veranstaltungsseite|eventseite)\W{{0,3}}"
        ),
        otherwise=ci(
            r"\b(?:nächste[nrsm]?|künftige[nrsm]?|vorige[nrsm]?|letzte[nrsm]?|frühere[nrsm]?"
            r"|vergangene[nrsm]?)\b(?!\s(?:woche|monat)\b)"
        ),
    )  # fmt: skip


def watching() -> Watching:
    """The words of recordings of this event."""
    of = (
        r"(?:de[rs]|dieser|dieses|unserer|unseres|vo[mn](?:\sder)?|zu[mr]|zu\sdieser|zu\sdiesem)\s"
        rf"(?:[\w-]{{1,25}}\s){{0,2}}?{NOUN}(?:e?s)?"
    )
    return built_watching(
        recording=(
            r"(?:(?:video|audio|ton|bild|zoom|youtube)-?)?(?:aufzeichnung|mitschnitt)"
            rf"(?:\s{of})?|(?:video|ton)-?aufnahme|video\s{of}"
        ),
        lead=(
            r"hier|zu[mr]|de[rns]|das|die|eine?n?|geht|geht's|es|ist|link|bitte|jetzt|komplette[nr]?|vollständige[nr]?"
            r"|ganze[nr]?|gesamte[nr]?|video|schaut?|seht|sehen|sie|ansehen|anschauen|finde[tn]|ihr|du|findest|gibt|gibt's"
        ),
        tail=(
            r"ansehen|anschauen|anhören|nachsehen|nachschauen|nachhören|hier|online|auf|bei|youtube|vimeo|peertube"
            r"|verfügbar|ist|jetzt|de[rm]|unsere[rm]|kanal|webseite|website|seite|link|zum|video"
        ),
        told=(
            r"\bREC\s(?:ist|finde(?:t|st|n)|gibt|steht|kann|könn(?:t|en)|wurde|seht|sehen)\b"
            r"|\b(?:hier|jetzt|nun)\s(?:ist|finde(?:t|st|n)|gibt|geht|steht|seht|sehen|könn(?:t|en))\b[^.;:]{0,30}?\bREC\b"
            r"|\b(?:schaut|seht|hört)\s(?:euch\s)?(?:die|den|das)\sREC\b"
        ),
        unless=(
            r"\b(?:wird|würden?|werden\swir|wir\swerden|soll|demnächst|bald|später|nach\sde[rm]|im\sanschluss|anschließend"
            r"|danach|sobald|falls|wenn|vorige\w?|letzte\w?|vergangene\w?|frühere\w?|vorherige\w?|andere\w?|nächste\w?"
            r"|erste\w?|keine?\w?|nicht(?!\s(?:dabei|kommen|teilnehmen))|anmeld\w{0,6}|tickets?|anfrage|einverst\w{0,8})\b"
        ),
    )
