"""English: dates, times and zones, what sentences tell, who may come."""

from __future__ import annotations

from functools import lru_cache

from notifier.core.reading.languages.building import calendar, ci, clock, layout, roles, zones
from notifier.core.reading.languages.english_ways import about, joining, places, venues, watching, writing
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

NOUN = (
    r"(?:event|meeting|workshop|session|conversation|webinar|seminar|round ?table|talk|panel|call|training|drop-in"
    r"|discussion|lab|launch|symposium|lecture|course|gathering|conference|day)"
)
#: What people cancel, beside these: words that in other places say nothing about an event.
_OCCASION = (
    rf"(?:{NOUN}|concert|reading|rehearsal|performance|screening|show|film|walk|tour|trip|class|party|picnic|quiz|fair"
    r"|festival|supper|dinner|lunch|brunch|tournament|exhibition|evening|night|meet-?up|ceremony|celebration"
    r"|presentation|club)"
)
MONTHS = (
    ("January", "Jan"), ("February", "Feb"), ("March", "Mar"), ("April", "Apr"), ("May",), ("June", "Jun"), ("July", "Jul"),
    ("August", "Aug"), ("September", "Sept", "Sep"), ("October", "Oct"), ("November", "Nov"), ("December", "Dec"),
)  # fmt: skip
WEEKDAYS = (
    ("Monday", "Mon"), ("Tuesday", "Tues", "Tue"), ("Wednesday", "Weds", "Wed"), ("Thursday", "Thurs", "Thur", "Thu"),
    ("Friday", "Fri"), ("Saturday", "Sat"), ("Sunday", "Sun"),
)  # fmt: skip
_GUESTS = r"invited (?:guests|participants|attendees|people|organisations|stakeholders|experts)"
_PUBLIC = rf"(?:free |open )?public {NOUN}"
# Not "open to all members", "open to everyone who has been invited".
_ALL = (
    r"(?:all|everyone|anyone|the (?:general )?public)\b(?! (?:of )?(?:the |our |its |their |registered "
    r"|current |paid-up ){0,2}"
    r"(?:members|staff|students|pupils|employees|partners|alumni|subscribers|supporters|delegates|trustees"
    r"|volunteers|fellows|grantees)\b)"
    r"(?! (?:who|that) (?:has|have|is|are|was|were)\b)"
)
# "Free to attend", but not "free to attend for members" or "… if you work in health".
_FREE = (
    rf"\b(?:{NOUN}|it|this|attendance|admission|entry) is free to (?:attend|join|all|everyone)"
    r"(?=\s{0,2}(?:[.!;)]|$)|,? (?:and|but) (?:open|all|everyone|anyone|booking|registration|places|you|please)\b)"
)


@lru_cache(maxsize=1)
def english() -> Language:
    """The English table."""
    return Language(
        code="en",
        layout=layout(
            when=(
                "when",
                "date",
                "dates",
                "date and time",
                "when and where",
                "time and place",
                "date and place",
                "time",
                "day",
            ),
            where=("where", "location", "venue", "place"),
            abbreviated=(
                r"(?:\b(?:a\.m|p\.m|Dr|Mr|Mrs|Ms|Prof|St|No|e\.g|i\.e|approx|Mon|Tues?|Weds?|Thurs?|Thu|Fri|Sat|Sun"
                r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z]))\.$"
            ),
        ),
        calendar=_calendar(),
        clock=_clock(),
        zones=_zones(),
        telling=_telling(),
        called_off=ci(
            rf"\b(?:this|the|our|tonight's|today's)\s(?:[\w-]{{1,20}}\s){{0,3}}?{_OCCASION}"
            r"\s(?:(?:on|at|in|of|for|planned|scheduled)\s(?:(?!not\b)[\w.-]{1,20},?\s){1,6}?)?"
            r"(?:has been|is|was|had to be|has had to be)\s(?:now\s|unfortunately\s|sadly\s)?"
            r"(?:(?P<cancelled>cancelled|canceled|called off)|(?P<postponed>postponed))\b"
        ),
        conditional=ci(
            r"\bin (?:the )?(?:case|event) of\b|\bif (?!you\b|only\b)|\bunless\b|^\W{0,4}should (?!you\b)"
            r"|\bweather permitting\b"
        ),
        admission=_admission(),
        opening=_opening(),
        filling=_filling(),
        places=places(NOUN),
        venues=venues(NOUN),
        joining=joining(NOUN),
        writing=writing(NOUN),
        about=about(),
        watching=watching(NOUN),
    )


def _calendar() -> Calendar:
    return calendar(
        months=MONTHS,
        weekdays=WEEKDAYS,
        capital=("Mar", "March", "May"),
        month_first=[name for names in MONTHS for name in names],
        joins=r"and|&|-|–|—|to|through|thru",
        ranges="to|through|thru",
        gaps="to|until|till|through|thru",
        ordinal="(?:st|nd|rd|th){1,2}",
        article=r"the\s",
        of=r"of\s",
        day_first=False,
    )


def _clock() -> Clock:
    return clock(
        roles=_roles(),
        to="to|until|till|through|thru",
        between=("between(?: the hours of)?", "and|&"),
        noon=("noon", "midday"),
        midnight=("midnight",),
        am=r"a\.m\b\.?|am\b|in the morning\b",
        pm=r"p\.m\b\.?|pm\b|in the (?:afternoon|evening)\b",
        at_noon=r"noon\b",
        at_midnight=r"midnight\b",
        hours=("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        spoken=(
            ("half past HOUR", 0, 30), (r"quarter past HOUR", 0, 15), (r"quarter to HOUR", -1, 45), (r"HOUR o'clock", 0, 0),
        ),
        led="at|from|starts?|starting|when|time",
        recurring="(?:mon|tues|wednes|thurs|fri|satur|sun)days|every|weekly|monthly|fortnightly",
        filler="time|when|from|at|starts?|uk|us|london|gmt|bst|utc|cet|cest|[ecmp][sd]?t|eastern|central|mountain|pacific|on|zoom|via|online|of|the|day",
    )  # fmt: skip


def _roles() -> Roles:
    return roles(
        ends=r"to|until|till|ends?(?: at)?|ending(?: at)?|finish(?:es|ing)?(?: at)?",
        side=r"doors?|arrivals?|arrive|registration|coffee|lunch|drinks|networking|refreshments|log ?in",
        deadline=r"by|before|deadline|closes?|closing|no later than|until|till|latest",
        side_after="doors?(?: open)?|arrivals?",
        before_start=r"\s?for(?: an?)?(?: prompt)?(?: start(?:ing)?)?(?: at)?",
        starts=r"starts?(?: at)?|starting(?: at)?",
        both="and|or",
    )  # fmt: skip


def _zones() -> Zones:
    return zones(
        {
            "UK time": "Europe/London", "London time": "Europe/London", "Central European Time": "Europe/Paris",
            "Paris time": "Europe/Paris", "Brussels time": "Europe/Brussels", "Berlin time": "Europe/Berlin",
            "Eastern Time": "America/New_York", "New York time": "America/New_York", "Pacific Time": "America/Los_Angeles",
            "Central Time": "America/Chicago", "Mountain Time": "America/Denver", "Atlantic Time": "America/Halifax",
            "Alaska Time": "America/Anchorage", "Hawaii Time": "Pacific/Honolulu", "British Time": "Europe/London",
            "Irish Time": "Europe/Dublin", "Indian Standard Time": "Asia/Kolkata", "India Standard Time": "Asia/Kolkata",
            "India Time": "Asia/Kolkata", "Moscow Time": "Europe/Moscow", "Eastern European Time": "Europe/Helsinki",
            "Coordinated Universal Time": "UTC",
        },
        spelt={
            "Eastern Standard Time": "EST", "Eastern Daylight Time": "EDT", "Central Daylight Time": "CDT",
            "Mountain Standard Time": "MST", "Mountain Daylight Time": "MDT", "Pacific Standard Time": "PST",
            "Pacific Daylight Time": "PDT", "Greenwich Mean Time": "GMT", "British Summer Time": "BST",
            "Central European Summer Time": "CEST", "Central European Standard Time": "CET",
            "Eastern European Summer Time": "EEST", "Japan Standard Time": "JST", "Singapore Time": "SGT",
        },
        of_city="{} time",
        lead=r"(?:U\.?S\.?[ /])?",
        alone={
            "Eastern": "America/New_York", "Central": "America/Chicago", "Mountain": "America/Denver",
            "Pacific": "America/Los_Angeles",
        },
        other="(?i:local time)|[A-Z][a-z]{2,15} time|(?:[A-Z][a-z]{2,15} ){1,3}(?:Standard|Daylight|Summer|Mean) Time",
        cities={},
        inside=r"in\s(?:central\s|downtown\s)?",
        not_city="Road|Street|Square|Gardens",
    )  # fmt: skip


def _telling() -> Telling:
    return Telling(
        claim=ci(
            r"\bwe(?:'ll| will| are going to)\s(?:be\s)?(?:hold|host|run|meet|holding|hosting|running|meeting)\b"
            r"|\bwe(?:'re| are)\s(?:holding|hosting|running)\b|\bjoin us\s(?:on|for|at|in)\b"
            rf"|\b(?:this|the|our)\s(?:[\w'-]{{1,20}}\s){{0,3}}?{NOUN}\s(?:will\s(?:take place|be held|run)"
            r"|takes place|is taking place|is on)\b"
            r"|^taking place\b"
        ),
        future=ci(
            r"\bwe(?:'ll| will| are going to)\b|\bjoin us\b|\bwill (?:be|take place|explore|bring|cover|discuss"
            r"|include|share|focus)\b"
            r"|\btaking place\b|\btakes place\b"
        ),
        past=ci(
            r"\bwe (?:held|hosted|heard(?: from)?|ran|convened|brought together|gathered|welcomed|met|were joined)\b"
            rf"|\btook place\b|\b(?:was|were) held\b|\b(?:this|the)\s{NOUN}\s(?:was|explored|heard"
            r"|brought together|discussed)\b"
        ),
        this_past=ci(
            rf"\bthis\s{NOUN}\s(?:was|took place|explored|heard|brought together|discussed)\b|\bat (?:this"
            rf"|the)\s{NOUN}\swe heard\b"
        ),
        elsewhen=ci(
            r"\b(?:next|future|further|following|subsequent|another|previous|previously|last|earlier|past|also)\b"
        ),
        deadline=ci(r"\b(?:by|before|until|till|deadline|closes?|closing|no later than|since)\b[^.;]{0,30}$"),
    )


def _admission() -> Admission:
    return Admission(
        slips=_slips(),
        not_open=ci(
            r"\b(?:not|isn't) an open\b|\bnot open to (?:the (?:general )?public|all|everyone|anyone)\b"
            rf"|\bthis (?:is a |{NOUN} is )(?:closed|private)\b|\bby (?:personal|private|special) invitation\b"
            rf"|\bby invite\b(?! links?\b)|\b(?:this|it|{NOUN}) is (?:only |strictly )?(?:for|open to"
            rf"|limited to|restricted to) {_GUESTS}\b"
            rf"|\b(?:only (?:for|to)|open to|limited to|restricted to) {_GUESTS}\b|\b{_GUESTS} only\b"
            r"|\brequest an invit(?:e|ation)\b(?! to (?:our|the) (?:slack|discord|group|channel|forum|list)\b)"
        ),
        members_only=ci(
            r"\bonly (?:open )?(?:to|for) (?:our )?members\b|\b(?:is|are) (?:only )?(?:open|restricted"
            r"|limited) (?:only )?to (?:all )?(?:our )?members\b"
            r"(?! of the public)|\bopen to (?:our )?members only\b"
        ),
        wider=ci(r"\bnon-? ?members\b|\bnot (?:only|just)\b"),
        negation=ci(r"(?:\bnot|n't|\bno longer|\bnever|\bno need for an?|\bno)\s(?:an?\s|by\s|strictly\s)?$"),
    )


def _slips() -> Slips:
    return Slips(
        token=ci(r"[A-Za-z']{2,24}"),
        only_before=(),
        only_after=("only",),
        between=frozenset(),
        by=frozenset({"by"}),
        of=frozenset(),
        invitation=("invitation",),
        invites=("invitation", "invite", "invited", "invitations", "invites"),
        members=("members", "member"),
    )


def _opening() -> Opening:
    return Opening(
        welcome=ci(
            r"\b(?:all|everyone|everybody|anyone)(?: is| are)? welcome(?=\s{0,2}(?:[.!,;)]|to (?:attend|join|come)|$))"
            rf"|\b(?:{NOUN}|it|this) is (?:free and )?open to {_ALL}"
        ),
        open=ci(
            rf"{_FREE}|\b(?:anyone|everyone|everybody) (?:can|may) (?:attend|come|join"
            r"|take part)(?=\s{0,2}(?:[.!,;)]|$)| us\b(?! as\b))"
            rf"|\b(?:this|our) {_PUBLIC}\b|\b(?:this|the|our|it)(?: {NOUN})? (?:is|will be) an? {_PUBLIC}\b"
            rf"|^(?:this|the|our) {NOUN} will (?:convene|bring together|gather) [^.;]{{1,160}}? for an? {_PUBLIC}\b"
            r"|^(?:free and )?open to (?:all|everyone|anyone|the (?:general )?public)(?=\s{0,2}(?:[.!,;)]|$))"
            rf"|\b(?:this|our|is an?|will be an?) free and open {NOUN}\b|\bmembers of the public (?:are welcome"
            r"|may attend|can attend)\b"
        ),
        other=ci(r"\b(?:next|future|previous|last|earlier|past|ahead of|followed by|before|later)\b"),
        selects=ci(
            r"\bwe(?:'ll| will) (?:select|choose|shortlist)\b|\b(?:selected|shortlisted) (?:participants"
            r"|applicants|people)\b"
            r"|\bsuccessful applicants\b|\bselection process\b"
        ),
        to_some=ci(
            r"\b(?:annual|extraordinary) general meeting\b"
            r"|\b(?:inviting|invites?|all|dear) (?:(?:all|of|our|its) ){0,2}members\b(?!\s?(?:,|&|(?:and|or|as)\b))"
        ),
    )


def _filling() -> Filling:
    places = r"(?:places|tickets|spaces|spots|seats)"
    return Filling(
        told=ci(
            r"\b(?:registrations?|bookings?|sign-?ups?|rsvps?|ticket sales|applications) (?:is|are|has|have)"
            r"(?: now| already)?(?: been)? closed\b"
            rf"|\b(?:this|the|our) (?:[\w'-]{{1,20}}\s){{0,2}}?{NOUN} (?:is|has been|has)(?: now| already)?"
            r" (?:full|fully booked|sold out|at capacity|over-?subscribed)\b(?! of\b)"
            r"|\b(?:it is|it's|we are|we're)(?: now| already)? (?:full|fully booked|sold out|at capacity)\b(?! of\b)"
            rf"|\ball {places}(?: are| have been)?(?: now)? (?:taken|gone|booked|sold)\b"
            rf"|\bno (?:more |further )?{places}(?: are)?(?: left| available| remaining)\b"
            r"|^\W{0,6}(?:now )?(?:fully booked|sold out)\b"
        ),
        unless=ci(
            r"\b(?:if|once|when|until|unless|may|might|could|would|likely|usually|soon|nearly|almost|previous|last|next"
            r"|earlier|past|before|not|n't)\b|n't\b"
        ),
    )
