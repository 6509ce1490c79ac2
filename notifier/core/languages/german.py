"""German, as in Germany, Austria and Switzerland: readers are addressed as Sie."""

from __future__ import annotations

import re
from collections.abc import Mapping

from notifier.core.languages.language import Language, Text
from notifier.core.languages.patterned import Patterned, Patterns, locale_of

_PATTERNS = Patterns(
    long_day="EEEE, d. MMMM y",
    short_day="EEE, d. MMM",
    day_and_month="d. MMMM",
    month_and_year="MMMM y",
    day_in_month="EEEE, d.",
    day_in_year="EEEE, d. MMMM",
    clock="HH:mm",
    clock_words="{time} Uhr",
    place="Ortszeit {city}",
    places={
        "Europe/Berlin": "Berliner Zeit",
        "Europe/Vienna": "Wiener Zeit",
        "Europe/Zurich": "Zürcher Zeit",
        "Europe/London": "Londoner Zeit",
        "Europe/Paris": "Pariser Zeit",
        "America/New_York": "New Yorker Zeit",
    },
    clocks=re.compile(
        r"\d\d:\d\d(?:–\d\d:\d\d)? Uhr"
        r"|(?<=[( ])(?:[A-ZÄÖÜ][^(),\d]{0,20} Zeit|Ortszeit [A-ZÄÖÜ][^(),\d]{0,30})(?=\))"
        r"|\b\d{1,2}\. (?=[A-ZÄÖÜ])"
    ),
)

#: By the English sentence.
TEXTS: Mapping[str, Text] = {
    "Announcement": "Ankündigung",
    "Reminder": "Erinnerung",
    "Changed": "Geändert",
    "Cancelled": "Abgesagt",
    "Postponed": "Verschoben",
    "Recording": "Aufzeichnung",
    "Write-up": "Rückblick",
    "What’s on": "Veranstaltungen",
    "Coming up": "Demnächst",
    "New since last time": "Neu seit dem letzten Mal",
    "Reminder – {when}": "Erinnerung – {when}",
    "Reminder: {title} – {when}": "Erinnerung: {title} – {when}",
    "{soon}: {title} – {when}": "{soon}: {title} – {when}",
    "Changed: {title}": "Geändert: {title}",
    "Changed: {title} – now {when}": "Geändert: {title} – jetzt {when}",
    "Cancelled: {title}": "Abgesagt: {title}",
    "Cancelled: {title} – {when}": "Abgesagt: {title} – {when}",
    "Postponed: {title} – not on {when}": "Verschoben: {title} – nicht am {when}",
    "Postponed: {title} – the new date isn’t known yet": "Verschoben: {title} – neuer Termin noch nicht bekannt",
    "Recording: {title}": "Aufzeichnung: {title}",
    "Write-up: {title}": "Rückblick: {title}",
    "What’s on: {title}": "Veranstaltungen: {title}",
    "What’s on: {title} – {when}": "Veranstaltungen: {title} – {when}",
    "When": "Wann",
    "Where": "Wo",
    "Contact": "Kontakt",
    "Title": "Titel",
    "Status": "Stand",
    "Link to join": "Link zur Teilnahme",
    "the time": "die Zeit",
    "the place": "der Ort",
    "the title": "der Titel",
    "the status": "der Stand",
    "the link to join": "der Link zur Teilnahme",
    "a new one": "ein neuer",
    "It was planned for": "Geplant war",
    "Where it was planned": "Geplanter Ort",
    "was": "bisher",
    "now": "jetzt",
    "was: {old}": "bisher: {old}",
    "now: {new}": "jetzt: {new}",
    "“{title}”": "„{title}“",
    "was {old}": "bisher {old}",
    "Online": "Online",
    "In person and online": "Vor Ort und online",
    "Not confirmed yet": "Noch nicht bestätigt",
    "New": "Neu",
    "(new)": "(neu)",
    "Untitled event": "Veranstaltung ohne Titel",
    "[not public]": "[nicht öffentlich]",
    "Private event": "Nichtöffentliche Veranstaltung",
    "Date not given": "Ohne Datum",
    "The end time isn't given.": "Das Ende ist nicht angegeben.",
    "This event is cancelled.": "Diese Veranstaltung ist abgesagt.",
    "This event is postponed.": "Diese Veranstaltung ist verschoben.",
    "This event is postponed. The new date isn't known yet.": (
        "Diese Veranstaltung ist verschoben. Der neue Termin ist noch nicht bekannt."
    ),
    "The new date isn’t known yet.": "Der neue Termin ist noch nicht bekannt.",
    "This event is postponed. The new date isn’t known yet.": (
        "Diese Veranstaltung ist verschoben. Der neue Termin ist noch nicht bekannt."
    ),
    "This event isn't confirmed yet.": "Diese Veranstaltung ist noch nicht bestätigt.",
    "For members.": "Für Mitglieder.",
    "By invitation.": "Nur auf Einladung.",
    "It takes place after all": "Findet doch statt",
    "It may take place after all": "Findet vielleicht doch statt",
    "It took place on {when}.": "Die Veranstaltung fand statt: {when}.",
    "It was planned for {when}": "Geplant war: {when}",
    "It doesn’t take place as it was planned.": "Die Veranstaltung findet nicht wie geplant statt.",
    "Changed since our last mail:": "Seit unserer letzten E-Mail hat sich geändert:",
    "Some details of this event have changed. This is how they are now.": (
        "Einiges an dieser Veranstaltung hat sich geändert. So ist der Stand jetzt."
    ),
    "Join or register": "Teilnehmen oder anmelden",
    "See the event page": "Zur Seite der Veranstaltung",
    "Find out more": "Weitere Informationen",
    "Event page": "Seite der Veranstaltung",
    "More": "Mehr",
    "Join: {url}": "Teilnehmen: {url}",
    "More: {url}": "Mehr: {url}",
    "Open the recording": "Aufzeichnung öffnen",
    "Read the write-up": "Rückblick lesen",
    "Add it to your calendar": "In den eigenen Kalender eintragen",
    "For Apple Calendar and others, open the attached file invite.ics.": (
        "Für Apple Kalender und andere: die angehängte Datei invite.ics öffnen."
    ),
    "To add it to your calendar, open the attached file invite.ics.": (
        "Um den Termin in Ihren Kalender einzutragen, öffnen Sie die angehängte Datei invite.ics."
    ),
    "To bring your calendar up to date, open the attached file invite.ics.": (
        "Um Ihren Kalender auf den neuen Stand zu bringen, öffnen Sie die angehängte Datei invite.ics."
    ),
    "Follow all our events in your calendar": "Alle unsere Veranstaltungen im eigenen Kalender",
    "Follow all our events in your calendar with this address:": (
        "Alle unsere Veranstaltungen im eigenen Kalender, mit dieser Adresse:"
    ),
    "Or copy this address:": "Oder diese Adresse kopieren:",
    "Apple and others": "Apple und andere",
    "You receive this because you are on the list “{audience}” of {organisation}.": (
        "Sie erhalten diese E-Mail, weil Sie auf der Liste „{audience}“ von {organisation} stehen."
    ),
    "Unsubscribe": "Abmelden",
    "Cancelled: ": "Abgesagt: ",
    "Postponed: ": "Verschoben: ",
    "today": "heute",
    "today at {clock}": "heute um {clock}",
    "tomorrow": "morgen",
    "in {n} minutes": {"one": "in {n} Minute", "other": "in {n} Minuten"},
    "{titles} and {n} more": {"one": "{titles} und {n} weitere", "other": "{titles} und {n} weitere"},
    "What’s on: {n} events": {"one": "{n} Veranstaltung", "other": "{n} Veranstaltungen"},
    "What’s on: {n} events from {day}": {
        "one": "{n} Veranstaltung ab {day}",
        "other": "{n} Veranstaltungen ab {day}",
    },
}


def german(code: str) -> Language:
    """The German of a region: `de-AT` has its own name for January."""
    locale = locale_of(code)
    return Language(code=code, forms=Patterned(locale=locale, patterns=_PATTERNS), texts=TEXTS)
