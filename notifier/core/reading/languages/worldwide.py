"""What every language shares: letters for zones, cities in one zone, hosts of meetings, tickets and mailing lists."""

from __future__ import annotations

import re

from notifier.core.reading.languages.language import Season

#: A zone and the half of the year in which clocks there show these letters.
LETTERS: dict[str, tuple[str, Season | None]] = {
    "UTC": ("UTC", None), "UK": ("Europe/London", None), "GMT": ("Europe/London", "standard"),
    "BST": ("Europe/London", "daylight"), "CET": ("Europe/Paris", "standard"), "CEST": ("Europe/Paris", "daylight"),
    "EET": ("Europe/Helsinki", "standard"), "EEST": ("Europe/Helsinki", "daylight"),
    "ET": ("America/New_York", None), "EST": ("America/New_York", "standard"), "EDT": ("America/New_York", "daylight"),
    "PT": ("America/Los_Angeles", None), "PST": ("America/Los_Angeles", "standard"),
    "PDT": ("America/Los_Angeles", "daylight"), "CT": ("America/Chicago", None), "CDT": ("America/Chicago", "daylight"),
    "MT": ("America/Denver", None), "MST": ("America/Denver", "standard"), "MDT": ("America/Denver", "daylight"),
    "AKST": ("America/Anchorage", "standard"), "AKDT": ("America/Anchorage", "daylight"), "MSK": ("Europe/Moscow", None),
    "SAST": ("Africa/Johannesburg", None), "SGT": ("Asia/Singapore", None), "HKT": ("Asia/Hong_Kong", None),
    "KST": ("Asia/Seoul", None), "JST": ("Asia/Tokyo", None), "AWST": ("Australia/Perth", None),
    "ACST": ("Australia/Adelaide", "standard"), "ACDT": ("Australia/Adelaide", "daylight"),
    "AEST": ("Australia/Sydney", "standard"), "AEDT": ("Australia/Sydney", "daylight"),
    "NZST": ("Pacific/Auckland", "standard"), "NZDT": ("Pacific/Auckland", "daylight"),
}  # fmt: skip
CITIES = {
    "Paris": "Europe/Paris", "Berlin": "Europe/Berlin", "Brussels": "Europe/Brussels", "Amsterdam": "Europe/Amsterdam",
    "The Hague": "Europe/Amsterdam", "Geneva": "Europe/Zurich", "Zurich": "Europe/Zurich", "Vienna": "Europe/Vienna",
    "Madrid": "Europe/Madrid", "Barcelona": "Europe/Madrid", "Rome": "Europe/Rome", "Milan": "Europe/Rome",
    "Lisbon": "Europe/Lisbon", "Copenhagen": "Europe/Copenhagen", "Stockholm": "Europe/Stockholm", "Oslo": "Europe/Oslo",
    "Helsinki": "Europe/Helsinki", "Tallinn": "Europe/Tallinn", "Warsaw": "Europe/Warsaw", "Prague": "Europe/Prague",
    "Athens": "Europe/Athens", "Luxembourg": "Europe/Luxembourg", "Strasbourg": "Europe/Paris", "Dublin": "Europe/Dublin",
    "London": "Europe/London", "Washington, DC": "America/New_York", "Washington DC": "America/New_York",
    "New York": "America/New_York", "San Francisco": "America/Los_Angeles", "Toronto": "America/Toronto",
    "Nairobi": "Africa/Nairobi", "Cape Town": "Africa/Johannesburg", "New Delhi": "Asia/Kolkata", "Delhi": "Asia/Kolkata",
    "Tokyo": "Asia/Tokyo", "Singapore": "Asia/Singapore", "Sydney": "Australia/Sydney", "Kaohsiung": "Asia/Taipei",
    "Taipei": "Asia/Taipei", "Linz": "Europe/Vienna",
}  # fmt: skip
MEETING_HOSTS = ("zoom.us", "teams.microsoft.com", "meet.google.com", "webex.com")
BOOKING_HOSTS = (
    "eventbrite.",
    "lu.ma",
    "ti.to",
    "meetup.com",
    "tickettailor.com",
    "ticketsource.",
    "pretix.",
    "trybooking.com",
)
_NET = (
    r"(?:remote(?:ly)?|online|virtual|virtuell|zoom|teams|tel[ck]o|telefonkonferenz|teleconference|telefon|phone|skype|discord"
    r"|twitch|youtube|jitsi|google (?:meet|hangouts?)|big ?blue ?button|bbb|gotomeeting|whereby|mumble|gather(?:\.town)?"
    r"|(?:live)?stream|(?:video|web) ?(?:call|conference|chat|konferenz)|conference call|webex|webinar|slack|internet)"
)
#: What stands in a place's stead where people meet over the net, in words that all languages write alike.
NO_PLACE = re.compile(
    rf"(?=.{{0,60}}\b{_NET}\b)\W{{0,3}}"
    rf"(?:(?:on|via|in|per|auf|über|sur|por|su|an?|the|only|community|call|meet|meeting|event|link|room|server|{_NET})(?:\W{{1,3}}|$)){{1,5}}",
    re.IGNORECASE,
)
MAP_HOSTS = (
    "openstreetmap.org", "osm.org", "maps.app.goo.gl", "maps.google.com", "google.com/maps", "goo.gl/maps", "maps.apple.com",
    "what3words.com", "w3w.co",
)  # fmt: skip
LIST_TARGET = re.compile(
    r"list-manage\.com|mailchi\.mp|eepurl\.com|substack\.com|buttondown|newsletter|subscribe|mailing-?list",
    re.IGNORECASE,
)
#: Words in a title that call its event off, in every language that is read.
CANCELLED = (
    "cancelled", "canceled", "abgesagt", "entfällt", "fällt aus", "annulé", "annulée", "cancelado", "cancelada",
    "suspendido", "suspendida", "annullato", "annullata", "cancellato", "cancellata",
)  # fmt: skip
POSTPONED = (
    "postponed", "verschoben", "reporté", "reportée", "aplazado", "aplazada", "pospuesto", "pospuesta", "rinviato",
    "rinviata", "rimandato", "rimandata",
)  # fmt: skip
