"""Italian: places, ways in and pages about an event."""

from __future__ import annotations

from notifier.core.reading.languages.building import ci
from notifier.core.reading.languages.building import venues as built_venues
from notifier.core.reading.languages.building import watching as built_watching
from notifier.core.reading.languages.language import NOTHING_SAID, About, Joining, Places, Venues, Watching, Writing
from notifier.core.reading.languages.worldwide import CITIES

NOUN = (
    r"(?:evento|incontro|riunione|laboratorio|workshop|sessione|seminario|webinar|conferenza|convegno|giornata"
    r"|serata|corso|formazione"
    r"|assemblea|festa|concerto|mostra|visita|tavola rotonda|dibattito|congresso|simposio|presentazione|forum"
    r"|festival|lezione|lettura"
    r"|meetup|hackathon|proiezione|passeggiata|uscita|aperitivo|cena|colloquio|appuntamento|iniziativa|manifestazione|open day)"
)
THIS = r"(?:(?:quest[oa]|il|lo|la|un|uno|una|nostr[oa])\s|quest'|l'|un')"
_CALLS = r"(?:zoom|(?:microsoft )?teams|google meet|jitsi|webex|bigbluebutton|videoconferenza|videochiamata)"
_ONLINE = rf"(?:{_CALLS}|online|on-line|in linea|virtuale|a distanza|da remoto|webinar|in diretta streaming)"


def places() -> Places:
    """How people meet."""
    return Places(
        online=ci(
            rf"\b(?:su|via|in|tramite|con) {_CALLS}\b|\b{NOUN} (?:\w{{1,15}} )?(?:online|on-line|virtuale"
            r"|a distanza|da remoto|in streaming)\b|\bwebinar\b"
            r"|\b(?:terrà|svolgerà|tiene|svolge|luogo|vediamo|troviamo|incontriamo|sarà|solo"
            r"|esclusivamente)\b[^.;]{0,60}?\b(?:online|on-line|da remoto|a distanza|in modalità virtuale)\b"
            r"|,\sonline,"
        ),
        hybrid=ci(
            r"\b(?:ibrid[oa]|modalità mista)\b|\bin presenza (?:e|o|oppure) (?:online|on-line|da remoto"
            r"|a distanza)\b|\b(?:online|on-line|da remoto|a distanza) (?:e|o|oppure) in presenza\b"
        ),
        in_person=ci(r"\bin presenza\b|\bdal vivo\b"),
        this=ci(rf"\b{THIS}(?:[\w'-]{{1,20}}\s){{0,5}}?{NOUN}\b"),
        only_online=ci(rf"\W{{0,3}}(?:(?:su|via|in|un[oa]?|evento|incontro|riunione|link|{_ONLINE})\W{{0,3}}){{1,5}}"),
        also_online=ci(rf"\b(?:e|o|anche|oppure|\+|&) {_ONLINE}\b|\bibrid[oa]\b"),
        elsewhen=ci(r"\b(?:prossim[oaie]|ultim[oaie]|precedent[ei]|futur[oaie]|passat[oaie]|scors[oaie]|finora)\b"),
        not_in_person=ci(
            r"\b(?:zoom|online|on-line|virtual[ei]|webinar|videoconferenza|videochiamata|ibrid[oa]|streaming"
            r"|a distanza|da remoto|jitsi|webex|google meet)\b"
        ),
    )


def venues() -> Venues:
    """Where they meet."""
    building = (
        r"(?:[Bb]iblioteca|[Mm]ediateca|[Cc]asa|[Mm]unicipio|[Cc]omune|[Ss]ala|[Ss]alone|[Cc]entro|[Mm]useo"
        r"|[Tt]eatro|[Cc]hiesa|[Ss]cuola|[Uu]niversità|[Ff]acoltà|[Ii]stituto"
        r"|[Cc]affè|[Hh]otel|[Ss]pazio|[Cc]inema|[Aa]uditorium|[Pp]alestra|[Cc]ampus|[Ll]ibreria|[Pp]alazzo"
        r"|[Cc]ircolo|[Oo]ratorio|[Aa]ula magna)"
    )
    more = (
        r"(?:\s(?:civica|civico|comunale|municipale|pubblica|centrale|culturale|sociale|nazionale|universitaria"
        r"|popolare|parrocchiale))?"
        r"(?:\s(?:dell[ae]|dei|degli|del|di)\s[A-Za-zÀ-ÿ][\w'-]{2,20}){0,2}(?:\s[A-ZÀ-Ý][\w'-]{1,20}){0,3}"
    )
    street = r"(?:,\s(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Vv]icolo|[Ll]argo)(?:\s[\w'-]{1,20}){1,4}(?:,?\s\d{1,4})?)?"
    return built_venues(
        towns=(*CITIES, "Roma", "Milano", "Torino", "Napoli", "Bologna", "Firenze", "Venezia", "Genova", "Palermo", "Bari", "Trieste", "Padova", "Verona", "Brescia",
               "Bergamo", "Trento", "Bolzano", "Udine", "Parma", "Modena", "Reggio Emilia", "Ravenna", "Rimini", "Ancona", "Perugia", "Pisa", "Siena", "Lucca",
               "Cagliari", "Sassari", "Catania", "Messina", "Lecce", "Taranto", "Pescara", "L'Aquila", "Lugano", "Bellinzona", "Locarno"),
        gathers=(
            "si terrà|si tiene|si svolgerà|si svolge|avrà luogo|ha luogo|ci (?:vediamo|troviamo|incontriamo|vedremo"
            "|incontreremo)|(?:vi|ti) (?:aspettiamo|invitiamo|attendiamo)|organizziamo|sarà"
        ),
        into="a",
        at=r"(?:presso (?:il|la|lo)\s|presso l'|nella\s|nel\s|nell'|alla\s|al\s|all'|presso\s|in\s)",
        venue=rf"{building}(?![\w-]){more}{street}",
        affiliated=(
            "professore|professoressa|ricercatrice|ricercatore|direttrice|direttore|dottoressa|dottore|studentessa"
            "|studente|responsabile|docente|lavora|insegna|gruppo"
        ),
        otherwise=r"prossim[oaie]|futur[oaie]|precedent[ei]|ultim[oaie]|passat[oaie]|scors[oaie]",
        backward="da|di|dopo|su",
        gaps=(" ", ", ", " il ", ", il "),
    )  # fmt: skip


_REGISTER = r"iscri\w{2,10}|registra(?:ti|rsi|tevi|zione)|prenota\w{0,7}|bigliett[oi]|rsvp|register|sign up"


def joining() -> Joining:
    """The words of ways in."""
    return Joining(
        register=ci(rf"\b(?:{_REGISTER})\b"),
        invites=ci(
            r"\b(?:per favore|puoi|potete|si prega|qui|ora|adesso|clicca)\b|\b(?:iscriviti|iscrivetevi|registrati"
            r"|registratevi|prenota|prenotate)\b|\bper (?:partecipare|iscriver\w{2,3}|assistere)\b"
        ),
        interest=ci(r"\b(?:tuo|vostro|suo|di|d'|un) ?interesse\b"),
        tells_interest=ci(
            r"\b(?:manifest\w{1,6}|esprim\w{1,5}|segnal\w{1,5}|comunic\w{1,5}) (?:il )?(?:tuo |vostro |suo "
            r"|un )?interesse\b|\bmanifestazione d'interesse\b"
        ),
        join=ci(
            r"\b(?:unisciti|unirsi|collegati|collegarsi|collegatevi|accedi|accedere|entra) (?:a |al |alla "
            r"|all')?(?:la |il |questa |questo |nostra )?(?:riunione|zoom|webinar|videoconferenza|videochiamata"
            r"|sessione|evento|incontro|stanza)\b"
        ),
        vague=ci(
            r"(?:(?:per favore|clicca|cliccare|segui|usa|compila|compilare|tramite|via|attraverso|su|in|con"
            r"|questo|questa|il|la|lo|i|le|nostro|nostra|qui|link|modulo|form|pagina|ora|e|di|del"
            r"|eventbrite|zoom|luma|meetup|sito|web|online|sotto)\W{0,2}){1,8}"
        ),
        listing=ci(
            r"\b(?:newsletter|mailing list|lista di distribuzione|bollettino|abbon\w{2,8}|aggiornamenti"
            r"|resta(?:te)? aggiornat[ioae])\b"
        ),
        no_way_in=ci(
            r"\b(?:sondaggio|questionario|programma|ordine del giorno|diapositive|slide|slides"
            r"|registrazione (?:video|audio|dell'incontro)|video|donazion\w|dona|blog|verbale|resoconto|rapporto)\b"
        ),
        later=ci(
            rf"\b(?:prossim|futur|altr|successiv)[oaie]\s(?:\w{{1,15}}\s)?{NOUN}\b|\b(?:prossimi|prossime|futuri"
            r"|future|altri|altre) (?:incontri|eventi|riunioni|laboratori|sessioni|seminari|appuntamenti)\b"
        ),
        refused_later=ci(
            r"\b(?:prossimi|prossime|futuri|future) (?:\w{1,15} )?(?:incontri|eventi|riunioni|laboratori|sessioni"
            r"|seminari|appuntamenti)\b"
        ),
        page=ci(
            r"(?:(?:per favore|visita|visitate|vedi|consulta|vai|a|al|alla|il|la|l'|di|del|dell'|questa|questo"
            r"|nostra|nostro|tuo|vostro|qui|evento|pagina|sito|web)\W{0,2}){1,8}"
        ),
        to_register=ci(
            r"\bper (?:iscriver(?:si|ti|vi)|registrar(?:si|ti|vi)|prenotare (?:un |il )?(?:posto|tuo posto)"
            r"|l'iscrizione|le iscrizioni)\b"
        ),
        to_get_link=NOTHING_SAID,
        larger=NOTHING_SAID,
    )


def writing() -> Writing:
    """The words by which people are asked to write in order to come."""
    return Writing(
        attending=ci(rf"\b(?:partecipare|partecipazione|assistere|venire|posto|posti|{_REGISTER})\b"),
        attending_here=ci(rf"\bper (?:partecipare|assistere) (?:a |al |alla |all')?(?:quest[oa]\s|quest')?{NOUN}\b"),
        rsvp_by_mail=ci(
            r"\brsvp (?:a|via|tramite)\b|\biscrizion[ei] (?:\w{1,15} ){0,2}(?:via (?:e-?mail|mail)"
            r"|tramite (?:e-?mail|mail)|all'indirizzo|scrivendo a)\b"
        ),
        to_come=ci(
            r"\bper (?:iscriver(?:si|ti|vi)|registrar(?:si|ti|vi)|prenotare (?:un |il )?(?:posto"
            r"|tuo posto))\b(?! (?:come|alla (?:newsletter|lista)))"
        ),
        would_like=ci(r"\bse (?:vuoi|volete|vuole|desideri|desiderate|desidera) (?:partecipare|assistere|venire)\b"),
        confirms=ci(
            r"\bper (?:confermare|prenotare) (?:il |la |un )?(?:tuo |tua |vostro |vostra )?(?:posto|presenza"
            r"|partecipazione)\b"
        ),
        writes=ci(r"\b(?:e-?mail|mail|scriv\w{1,5}|contatt\w{1,5}|invia\w{0,4}|manda\w{0,4})\b"),
        chosen=ci(
            r"\binvit\w{1,6}|\b(?:relator[ei]|relatrici?|membri|soci\w?|espositor[ei]|volontari\w?"
            r"|selezion\w{1,6})\b"
        ),
    )  # fmt: skip


def about() -> About:
    """The words of pages about an event."""
    details = (
        r"(?:(?:maggiori|ulteriori|più|tutte le) (?:informazioni|info)|(?:maggiori|ulteriori|tutti i) dettagli"
        r"|per saperne di più|scopri di più)"
    )
    return About(
        names_gathering=ci(rf"\b{NOUN}\b(?:[\w' -]{{0,40}})?(?:\W{{1,3}}\d{{4}})?\W{{0,3}}$"),
        speaking=ci(
            r"\b(?:parlerà|interviene|interverrà|presenterà|parteciperà|relazione|relatore|relatrice"
            r"|intervento)\b[^.;]{0,40}?\b(?:a|al|alla|all'|durante)\s?(?:il\s|la\s|l'|un\s|una\s)?$"
        ),
        saves=NOTHING_SAID,
        bare_details=ci(rf"\W{{0,3}}{details}(?: (?:qui|online))?\W{{0,3}}"),
        details=ci(
            rf"\W{{0,3}}{details} (?:su|sul|sulla|sull'|del|della|dell')\s?(?:quest[oa]\s|quest'"
            rf"|nostr[oa]\s)?{NOUN}\W{{0,3}}|\W{{0,3}}(?:la )?pagina (?:del|della|dell')\s?{NOUN}\W{{0,3}}"
        ),
        otherwise=ci(
            r"\b(?:prossim[oaie]|futur[oaie]|precedent[ei]|ultim[oaie]|passat[oaie]|scors[oaie])\b(?!\s(?:settimana"
            r"|mese)\b)"
        ),
    )  # fmt: skip


def watching() -> Watching:
    """The words of recordings of this event; `registrazione` alone is also how one registers."""
    of = rf"(?:dell'|del(?:la|lo)?\s|di\s(?:quest[oa]\s|quest'|nostr[oa]\s))(?:[\w'-]{{1,20}}\s){{0,2}}?{NOUN}"
    watch = r"(?:guarda(?:re|te)?|rived(?:i|ere|ete)|riguarda(?:re|te)?|r?i?ascolta(?:re|te)?|vedi|vedere)"
    return built_watching(
        recording=(
            rf"video-?registrazione(?:\s{of})?|registrazione\s(?:(?:video|audio|integrale|completa)(?:\s{of})?|{of})"
            rf"|video\s(?:integrale\s)?{of}|{watch}\s(?:qui\s)?la\sregistrazione(?:\s{of})?"
        ),
        lead=rf"{watch}|qui|ecco|la|il|l|una?|link|al(?:la)?|puoi|potete|video|trovi|trovate|clicca|per",
        tail=(r"qui|online|su|sul|youtube|vimeo|peertube|del|nostro|canale|sito|pagina|disponibile|è|ora|link|video"),
        told=(
            rf"\b(?:{watch}|ecco|trovi|trovate)\s(?:qui\s)?(?:la\s|il\s|l')REC\b"
            r"|\bREC\s(?:è|si|può)\s(?:(?:ora|già|può|essere)\s){0,2}"
            r"(?:disponibile|online|vista|rivista|rivedere|vedere|pubblicat[oa]|qui|su)\b"
            rf"|\b{watch}\s(?:qui\s)?la\sregistrazione\b"
        ),
        unless=(
            r"\b(?:sar(?:à|anno)|verrà|potr\w{1,5}|prossim[oaie]|presto|dopo|più\stardi|quando|se|precedent[ei]|ultim[oaie]"
            r"|scors[oaie]|passat[oaie]|altr[oaie]|prim[oa]|non|nessun[oa]?|iscri\w{2,10}|prenot\w{1,7}|bigliett[oi]"
            r"|registra(?:ti|rsi|tevi)|richiest[ae])\b"
        ),
    )
