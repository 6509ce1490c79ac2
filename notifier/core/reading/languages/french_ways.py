"""French: places, ways in and pages about an event."""

from __future__ import annotations

from notifier.core.reading.languages.building import ci
from notifier.core.reading.languages.building import venues as built_venues
from notifier.core.reading.languages.building import watching as built_watching
from notifier.core.reading.languages.language import NOTHING_SAID, About, Joining, Places, Venues, Watching, Writing
from notifier.core.reading.languages.worldwide import CITIES

NOUN = (
    r"(?:événement|évènement|evenement|réunion|rencontre|atelier|séance|session|webinaire|séminaire|conférence"
    r"|colloque|débat"
    r"|table ronde|journée|soirée|formation|cours|assemblée(?: générale)?|fête|concert|exposition|visite|stage"
    r"|rendez-vous"
    r"|café|permanence|projection|discussion|forum|festival|congrès|symposium|balade|sortie|lecture"
    r"|présentation|apéro|manifestation|hackathon)"
)
THIS = r"(?:(?:cette|cet|ce|notre|une?|la|le)\s|l')"
_CALLS = r"(?:zoom|(?:microsoft )?teams|google meet|jitsi|webex|bigbluebutton|visioconférence|visio)"
_ONLINE = rf"(?:{_CALLS}|en ligne|à distance|virtuel(?:le)?|webinaire|online)"
_LATER = r"(?:prochain|futur|autre|suivant)e?s?"


def places() -> Places:
    """How people meet."""
    return Places(
        online=ci(
            rf"\b(?:sur|via|par|en) {_CALLS}\b|\b{NOUN} (?:\w{{1,15}} )?(?:en ligne|virtuel(?:le)?|à distance"
            r"|en distanciel)\b|\bwebinaire\b|\b(?:lieu|tiendra|déroulera|tient|retrouvons|retrouverons"
            r"|réunirons|uniquement|entièrement)\b[^.;]{0,60}?\b(?:en ligne|à distance|en distanciel"
            r"|en visio\w{0,11})\b"
        ),
        hybrid=ci(
            r"\bhybride\b|\b(?:en présentiel|sur place) (?:et|ou) (?:en ligne|à distance|en distanciel"
            r"|en visio\w{0,11})\b|\b(?:en ligne|à distance|en distanciel|en visio\w{0,11}) (?:et"
            r"|ou) (?:en présentiel|sur place)\b"
        ),
        in_person=ci(r"\ben présentiel\b|\ben personne\b"),
        this=ci(rf"\b{THIS}(?:[\w'-]{{1,20}}\s){{0,5}}?{NOUN}\b"),
        only_online=ci(rf"\W{{0,3}}(?:(?:sur|via|par|en|une?|événement|réunion|lien|{_ONLINE})\W{{0,3}}){{1,5}}"),
        also_online=ci(rf"\b(?:et|ou|aussi|également|\+|&) {_ONLINE}\b|\bhybride\b"),
        elsewhen=ci(r"\b(?:prochaine?s?|dernière?s?|derniers?|précédente?s?|futurs?|futures?|passée?s?|jusqu'ici)\b"),
        not_in_person=ci(
            r"\b(?:zoom|en ligne|à distance|distanciel|virtuel(?:le)?s?|webinaire|visio\w{0,11}|hybride|streaming"
            r"|jitsi|webex|google meet|bigbluebutton|online)\b"
        ),
    )  # fmt: skip


def venues() -> Venues:
    """Where they meet."""
    building = (
        r"(?:[Bb]ibliothèque|[Mm]édiathèque|[Mm]aison|[Mm]airie|[Ss]alle|[Cc]entre|[Mm]usée|[Tt]héâtre"
        r"|[ÉEée]glise|[ÉEée]cole|[Uu]niversité|[Ff]aculté|[Ll]ycée"
        r"|[Cc]afé|[Hh]ôtel de ville|[Ee]space|[Cc]inéma|[Aa]uditorium|[Aa]mphithéâtre|[Gg]ymnase|[Cc]ampus"
        r"|[Ll]ibrairie)"
    )
    more = (
        r"(?:\s(?:municipale?|communale?|publique?|universitaire|centrale?|populaire|nationale?|culturel(?:le)?"
        r"|social))?"
        r"(?:\s(?:(?:des?|du|de la|aux)\s|d'|de l')[A-Za-zÀ-ÿ][\w'-]{2,20}){0,2}(?:\s[A-ZÀ-Ý][\w'-]{1,20}){0,3}"
    )
    street = (
        r"(?:,\s\d{1,4}(?:\sbis|\ster)?,?\s(?:rue|avenue|boulevard|place|quai|chemin|allée"
        r"|impasse)(?:\s[\w'-]{1,20}){1,4})?"
    )
    return built_venues(
        towns=(*(city for city in CITIES if city not in ("Vienna", "Rome")), "Bruxelles", "Genève", "Lausanne", "Lyon", "Marseille", "Toulouse", "Nantes", "Bordeaux", "Lille", "Rennes", "Grenoble",
               "Montpellier", "Nice", "Dijon", "Rouen", "Tours", "Angers", "Brest", "Metz", "Nancy", "Reims", "Poitiers", "Limoges", "Caen", "Orléans",
               "Liège", "Namur", "Gand", "Anvers", "Charleroi", "Mons", "Neuchâtel", "Fribourg", "Montréal", "Québec", "Ottawa", "Gatineau", "Rome"),
        gathers=(
            "aura lieu|a lieu|se tiendra|se tient|se déroulera|se déroule|nous nous retrouvons|nous nous "
            "retrouverons|nous nous réunirons|nous vous (?:invitons|attendons|accueillerons|donnons rendez-vous)"
            "|rendez-vous|rejoignez-nous|nous organisons"
        ),
        into="à",
        at=r"(?:à la\s|à l'|au\s|dans la\s|dans le\s)",
        venue=rf"{building}(?![\w-]){more}{street}",
        affiliated=(
            "professeure?|chercheuse|chercheur|directrice|directeur|docteure?|étudiante?|maître|maîtresse"
            "|responsable|enseignante?|travaille|enseigne|équipe"
        ),
        otherwise=r"prochaine?s?|futurs?|futures?|précédente?s?|dernière?s?|derniers?|passée?s?",
        backward="de|depuis|après|sur|jusqu'",
        gaps=(" ", ", ", " le ", ", le "),
    )  # fmt: skip


_REGISTER = (
    r"inscri\w{1,10}|réserv(?:er|ez|ation|ations)|billets?|billetterie|rsvp|s'inscrire|enregistrez-vous"
    r"|je m'inscris|register|sign up"
)


def joining() -> Joining:
    """The words of ways in."""
    return Joining(
        register=ci(rf"\b(?:{_REGISTER})\b"),
        invites=ci(
            r"\b(?:veuillez|merci de|vous pouvez|ici|maintenant|cliquez)\b|\b(?:inscrivez-vous|réservez|s'inscrire"
            r"|je m'inscris)\b|\bpour (?:participer|assister|vous inscrire|y participer)\b"
        ),
        interest=ci(r"\b(?:votre|d'|un) ?intérêt\b"),
        tells_interest=ci(
            r"\b(?:manifest\w{2,6}|exprim\w{2,5}|signal\w{2,5}|fai(?:re|tes) (?:part de"
            r"|connaître)) (?:de )?(?:votre |un |d')?intérêt\b"
        ),
        join=ci(
            r"\b(?:rejoindre|rejoignez|se connecter à|connectez-vous à) (?:la |le |l'|cette |notre )?(?:réunion"
            r"|zoom|webinaire|visio\w{0,11}|séance|session|événement|salle|appel)\b"
        ),
        vague=ci(
            r"(?:(?:veuillez|merci|cliquez|cliquer|suivez|utilisez|remplir|remplissez|via|par|sur|avec|ce|cette"
            r"|le|la|les|notre|votre|ici|lien|formulaire|page|maintenant|et|en|ligne|de"
            r"|eventbrite|zoom|helloasso|luma|meetup|site|web|ci-dessous)\W{0,2}){1,8}"
        ),
        listing=ci(
            r"\b(?:newsletter|infolettre|lettre d'information|liste de diffusion|liste d'envoi|abonn\w{2,8}"
            r"|bulletin|restez informée?s?|rester informée?s?)\b"
        ),
        no_way_in=ci(
            r"\b(?:enquête|sondage|questionnaire|programme|ordre du jour|diaporama|présentations?|enregistrement"
            r"|replay|don|dons|blog|compte[- ]rendu|rapport|bilan)\b"
        ),
        later=ci(rf"\b(?:{_LATER}\s(?:\w{{1,15}}\s)?{NOUN}s?|{NOUN}s?\s(?:suivante?s?|futures?|à venir))\b"),
        refused_later=ci(rf"\b(?:prochain|futur)e?s?\s(?:\w{{1,15}}\s)?{NOUN}s?\b"),
        page=ci(
            r"(?:(?:veuillez|visitez|voir|consultez|rendez-vous|allez|sur|via|la|le|l'|de|cette|ce|notre|votre|ici"
            r"|événement|page|site|web|internet)\W{0,2}){1,8}"
        ),
        to_register=ci(
            r"\bpour (?:vous inscrire|s'inscrire|réserver (?:votre|une) place|l'inscription|les inscriptions)\b"
        ),
        to_get_link=NOTHING_SAID,
        larger=NOTHING_SAID,
    )


def writing() -> Writing:
    """The words by which people are asked to write in order to come."""
    return Writing(
        attending=ci(rf"\b(?:participer|assister|participation|venir|être des nôtres|place|places|{_REGISTER})\b"),
        attending_here=ci(rf"\bpour (?:participer|assister) à (?:cette|cet|ce|la|l')\s?{NOUN}\b"),
        rsvp_by_mail=ci(
            r"\brsvp (?:à|par|auprès)\b|\binscriptions? (?:\w{1,15} ){0,2}(?:par (?:e-?mail|mail|courriel)|auprès"
            r"|à l'adresse)\b"
        ),
        to_come=ci(
            r"\bpour (?:vous inscrire|s'inscrire|réserver (?:votre|une) place)\b(?! (?:en tant que|comme"
            r"|à (?:la newsletter|notre infolettre)))"
        ),
        would_like=ci(r"\bsi vous souhaitez (?:participer|assister|venir|nous rejoindre)\b"),
        confirms=ci(r"\bpour (?:confirmer|réserver) (?:votre|une) (?:place|présence|participation)\b"),
        writes=ci(r"\b(?:e-?mail|mail|courriel|écri\w{2,5}|contact\w{0,4}|envoy\w{1,4})\b"),
        chosen=ci(
            r"\binvit\w{1,6}|\b(?:intervenante?s?|orateurs?|oratrices?|membres?|exposante?s?|bénévoles?"
            r"|sélection\w{0,6})\b"
        ),
    )  # fmt: skip


def about() -> About:
    """The words of pages about an event."""
    details = (
        r"(?:(?:plus|davantage) d'informations?|plus de détails|toutes les (?:informations|infos)|en savoir plus"
        r"|plus d'infos)"
    )
    return About(
        names_gathering=ci(rf"\b{NOUN}\b(?:[\w' -]{{0,40}})?(?:\W{{1,3}}\d{{4}})?\W{{0,3}}$"),
        speaking=ci(
            r"\b(?:interviendra|intervient|parlera|prendra la parole|présentera|intervention|conférence"
            r"|participera)\b[^.;]{0,40}?\b(?:à|au|lors d[eu]|dans)\s?(?:la\s|le\s|l'|cette\s|ce\s)?$"
        ),
        saves=NOTHING_SAID,
        bare_details=ci(rf"\W{{0,3}}{details}(?: (?:ici|en ligne))?\W{{0,3}}"),
        details=ci(
            rf"\W{{0,3}}{details} (?:sur|à propos de|concernant) (?:cette|cet|ce|la|le|l'|notre)\s?{NOUN}\W{{0,3}}"
            rf"|\W{{0,3}}(?:la )?page de (?:l'|la |le |cette |cet )?{NOUN}\W{{0,3}}"
        ),
        otherwise=ci(
            r"\b(?:prochaine?s?|futurs?|futures?|précédente?s?|dernière?s?|derniers?|passée?s?)\b(?!\s(?:semaine"
            r"|mois)\b)"
        ),
    )  # fmt: skip


def watching() -> Watching:
    """The words of recordings of this event."""
    of = rf"(?:de\s(?:la|cette|cet|ce|notre)\s|de\sl'|du\s)(?:[\w'-]{{1,20}}\s){{0,2}}?{NOUN}"
    return built_watching(
        recording=(
            r"(?:enregistrement|replay|captation|rediffusion)(?:\s(?:vidéo|audio|intégrale?|complète?))?"
            rf"(?:\s{of})?|vidéo\s{of}"
        ),
        lead=(
            r"voir|revoir|regarde[rz]|visionne[rz]|écoute[rz]|réécoute[rz]|retrouve[rz]|consulte[rz]|voici|en|le|la|l|une?"
            r"|vidéo|ici|clique[rz]|pour|lien|vers|de|du"
        ),
        tail=(
            r"ici|en|ligne|sur|youtube|vimeo|peertube|notre|la|le|chaîne|site|page|est|disponible|vidéo|lien|maintenant"
        ),
        told=(
            r"\b(?:re)?(?:voir|regarde[rz]|visionne[rz]|écoute[rz]|retrouve[rz]|consulte[rz]|voici)\s"
            r"(?:le\s|la\s|l'|en\s|une?\s)REC\b|\bréécoute[rz]\s(?:le\s|la\s|l'|une?\s)REC\b"
            r"|\bREC\s(?:est|sont|peut\sêtre)\s(?:(?:désormais|maintenant|déjà)\s)?"
            r"(?:disponible|en\sligne|visible|vue?|consultable|accessible|publiée?|ici|sur)\b"
        ),
        unless=(
            r"\b(?:ser(?:a|ont|ait)|pourr(?:a|ez|ont)|prochaine?s?|bientôt|plus\stard|après|ensuite|une\sfois|si"
            r"|précédente?s?|dernière?s?|derniers?|passée?s?|anciens?|autres?|premi(?:er|ère)s?|futur\w?|aucune?"
            r"|pas\sencore|inscri\w{1,9}|réserv\w{1,6}|billet\w{0,6}|demande)\b"
        ),
    )
