"""English: places, ways in and pages about an event."""

from __future__ import annotations

import re

from notifier.core.reading.languages.building import ci
from notifier.core.reading.languages.building import watching as built_watching
from notifier.core.reading.languages.language import About, Joining, Places, Venues, Watching, Writing
from notifier.core.reading.languages.worldwide import CITIES

_ONLINE_WORD = r"(?:zoom|(?:ms |microsoft )?teams|google meet|jitsi|webex|online|on-line|virtual(?:ly)?|webinar)"
# Without Reading, Bath, Deal and the like, which are words too.
_TOWNS = (
    *CITIES, "Aberdeen", "Aberystwyth", "Bangor", "Belfast", "Birmingham", "Bournemouth", "Bradford", "Brighton",
    "Bristol", "Cambridge", "Canterbury", "Cardiff", "Carlisle", "Chester", "Colchester", "Cork", "Coventry",
    "Derby", "Dundee", "Durham", "Edinburgh", "Exeter", "Galway", "Glasgow", "Gloucester", "Hull", "Inverness",
    "Ipswich", "Lancaster", "Leeds", "Leicester", "Limerick", "Lincoln", "Liverpool", "Manchester", "Milton Keynes",
    "Newcastle upon Tyne", "Newcastle", "Newport", "Northampton", "Norwich", "Nottingham", "Oxford", "Perth", "Peterborough", "Plymouth",
    "Portsmouth", "Preston", "Salford", "Sheffield", "Southampton", "Stirling", "Sunderland", "Swansea", "Swindon",
    "Winchester", "Wolverhampton", "Worcester", "York", "Chicago", "Boston", "Montreal", "Vancouver", "Melbourne",
    "Graz", "Munich", "Hamburg", "Cologne", "Frankfurt", "Lyon", "Antwerp", "Ghent", "Rotterdam", "Utrecht",
    "Budapest", "Bratislava", "Porto", "Turin", "Naples",
)  # fmt: skip
_AFTER = r"(?![\w'-])(?!\s(?!Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[A-Z])"
_TOWN = (
    r"(?:(?i:central|downtown)\s)?(?:"
    + "|".join(re.escape(town) for town in sorted(_TOWNS, key=len, reverse=True))
    + rf"){_AFTER}"
)
_ROOM = r"Room\s[0-9A-Z]{1,5}\b(?:\sof\sthe\s[A-Z]\w{1,20})?"
_BUILDING = (
    r"(?:College|Hall|Hub|Centre|Center|Library|Museum|Gallery|House|Theatre|Church|Chapel|Cathedral|Building|Campus"
    r"|Caf[eé]|Hotel|School|Auditorium|Studios?|Pavilion|Barn|Bakery|Arms|Embassy)"
)
_STREET = r"(?:Street|St|Road|Rd|Lane|Avenue|Ave|Square|Way|Yard|Place|Drive|Row|Gardens)\b"
_ADDRESS = (
    rf"(?:,\s\d{{1,5}}[A-Za-z]?\s(?:[\w'-]{{1,20}}\s){{1,4}}?{_STREET}(?:\s(?:N|S)?(?:E|W)\b)?)?"
    r"(?:,\s(?:Suite|Floor|Room)\s\w{1,5}\b)?"
)
_VENUE = (
    rf"(?P<place>(?:(?:[A-Z][\w'&-]{{0,20}}\s){{1,5}}?{_BUILDING}(?![\w'-])(?!\s[A-Z]){_ADDRESS}|{_ROOM})"
    rf"(?:(?:\sin|,)\s(?P<town>{_TOWN}))?)"
)


def places(noun: str) -> Places:
    """How people meet."""
    return Places(
        online=ci(
            r"\b(?:on|via|over|by|through) (?:zoom|(?:ms |microsoft )?teams|google meet|jitsi|webex)\b"
            r"|\bzoom[ -](?:call|hosted|meeting|link)\b"
            rf"|\b(?:online|virtual)\s(?:[\w-]{{1,20}}\s){{0,3}}?{noun}\b|\bwebinar\b|,\sonline,|\b(?:be|held"
            r"|place|meet|meeting|run|you) (?:online|virtually)\b"
        ),
        hybrid=ci(
            rf"\bhybrid\s(?:{noun})\b|\b(?:online and in[- ]person|in[- ]person and online|in person or online"
            r"|online or in[- ]person)\b"
        ),
        in_person=ci(
            rf"\bin[- ]person\s(?:[\w-]{{1,20}}\s){{0,3}}?(?:{noun}|hour)\b|\b(?:be|held|place|meet"
            r"|meeting) in[- ]person\b"
        ),
        this=ci(rf"\b(?:this|an?|our|the)\s(?:[\w-]{{1,20}}\s){{0,5}}?{noun}\b"),
        only_online=ci(rf"\W{{0,3}}(?:(?:on|via|an?|event|meeting|link|call|{_ONLINE_WORD})\W{{0,3}}){{1,5}}"),
        also_online=ci(rf"\b(?:and|or|also|\+|&) {_ONLINE_WORD}\b|\bhybrid\b"),
        elsewhen=ci(r"\b(?:previous|last|next|future|earlier|past|to date|was an online)\b"),
        not_in_person=ci(
            r"\b(?:zoom|online|on-line|virtual(?:ly)?|webinar|hybrid|teams call|livestream\w{0,3}|live-stream\w{0,3}"
            r"|remote(?:ly)?|jitsi|webex|google meet)\b"
        ),
    )


def venues(noun: str) -> Venues:
    """Where they meet."""
    gap = r"(?:(?!(?:from|after|about|of|following)\b)[\w'-]{1,20}\s){0,4}?"
    this = rf"(?i:\b(?:this|our|an?)\s{gap}{noun})"
    gathers = (
        r"(?i:\b(?:held|hosted|tak(?:e|es|ing)\splace|we(?:'ll|\swill)\s(?:be|meet|gather)|we(?:'re|\sare)\smeeting"
        r"|join\sus|see\syou))"
    )
    there = rf"(?:{gathers}|{this})\s(?:in|at)\s(?:the\s)?"
    return Venues(
        in_town=re.compile(rf"(?:{gathers}|{this})\sin\s(?P<place>(?P<town>{_TOWN})(?:,\s(?:in|at)\s{_ROOM})?)"),
        speaks_in_town=re.compile(
            r"\b(?i:speaking|speaker|keynote"
            rf"|presenting)\sat\s[^.,;:?!]{{1,80}}?\s(?i:{noun})\sin\s(?P<place>(?P<town>{_TOWN}))"
        ),
        beside_date=re.compile(rf"\bin\s(?P<place>(?P<town>{_TOWN}))"),
        at_venue=re.compile(rf"{there}{_VENUE}"),
        dated_at_venue=re.compile(rf"\bat\s(?:the\s)?{_VENUE}"),
        affiliated=ci(
            r"\b(?:professor|prof|dr|lecturer|researchers?|fellow|students?|director|dean|head|lead|chair"
            r"|manager|officer|associate"
            r"|founder|staff|team|colleagues|people|department|institute|works?|working|based|studied|studying"
            r"|taught|teaches"
            r"|experts?|partners?|friends)\b[^.;]{0,60}$"
        ),
        otherwise=ci(r"\b(?:next|future|previous(?:ly)?|last|earlier|past|another)\b"),
        backward=ci(r"\b(?:from|after|about|of|following|since|than)\s$"),
        gaps=(" ", ", ", " on ", ", on ", " on the ", ", on the "),
    )


_VAGUE = (
    r"(?:(?:please|click|follow|use|fill in|complete|via|through|by|on|at|this|the|our|here|link|form"
    r"|page|now|and|in"
    r"|eventbrite|zoom|luma|meetup|website|online|today|below|google)\W{0,2}){1,8}"
)
_PAGE = (
    r"(?:(?:please|visit|see|go to|click|use|via|on|at|the|this|our|their|your|here|event|page"
    r"|web ?site|web ?page|site)\W{0,2}){1,8}"
)
_TO_GET_LINK = (
    r"\bto (?:access|get|receive|obtain) the (?:(?:zoom|teams|meeting|joining|join|call|video|online"
    r"|access|webinar) )?link\b"
    r"(?! to (?!(?:the|our|this) (?:zoom|call|meeting|session|event|webinar)))"
)


def joining(noun: str) -> Joining:
    """The words of ways in."""
    return Joining(
        register=ci(
            r"\b(?:register(?:ing)?|registration|sign(?:ing)?[ -]?up|rsvp|reserve"
            # The verb, not what one reads: "the book", "The Lighthouse Book: …", "address book".
            r"|booking|(?<!\bthe )(?<!\ba )(?<!\bthis )(?<!\bnew )(?<!\bhis )(?<!\bher )(?<!address )(?<![/.])book"
            r"(?!:| (?:club|launch|review|fair|festival|shop|swap)s?\b)"
            r"|tickets?|enrol(?:l|ment)?"
            r"|apply to (?:attend|join)|save your (?:place|spot|seat))\b"
        ),
        invites=ci(
            r"\b(?:please|you can|click here to|now|here)\b|^(?:register|book|sign up|rsvp|reserve|get|save)\b"
            r"|\bto (?:attend|join|take part|register)\b"
        ),
        interest=ci(r"\b(?:your|an?|of) interest\b"),
        tells_interest=ci(
            r"\b(?:register(?:ing)?|registration|express(?:ing|ions?)?|note|sign(?:ing)? up) (?:of |your "
            r"|an? ){0,2}interest\b"
        ),
        join=ci(
            r"\bjoin (?:the |this |our |us )?(?:on |via |by )?(?:zoom|teams|call|meeting|webinar|session|event"
            r"|online|link|here)\b"
        ),
        vague=ci(_VAGUE),
        listing=ci(
            r"\b(?:mailing list|newsletter|e-?mail list|subscri\w{2,8}|updates|keep (?:in touch|informed)"
            r"|stay in touch)\b"
        ),
        no_way_in=ci(
            r"\b(?:survey|feedback|questionnaire|programme|agenda|slides|recording|donat\w{1,5}|write-?up|blog"
            r"|minutes|report)\b"
        ),
        later=ci(
            r"\b(?:next|future|upcoming|following|other|later)\s(?:\w{1,15}\s)?(?:meetings?|events?|sessions?"
            r"|workshops?|webinars?|ones?)\b"
        ),
        refused_later=ci(r"\b(?:next|future)\s(?:\w{1,15}\s)?(?:meetings?|events?|sessions?|workshops?|webinars?)\b"),
        page=ci(_PAGE),
        to_register=ci(
            r"\bto (?:register|sign up|rsvp|enrol|book (?:(?:a|your) )?(?:place|spot|seat|tickets?)"
            r"|reserve (?:a|your) (?:place|spot|seat))\b"
        ),
        to_get_link=ci(_TO_GET_LINK),
        larger=re.compile(
            rf"\bincluding (?:our|this) (?:[\w'-]{{1,20}} ){{0,3}}?{noun}\b"
            r"|\b(?:attend(?:ing)?|register(?:ing)? for|book(?:ing)? for|tickets? (?:for|to))\s(?:the\s)?"
            r"(?P<name>(?:[A-Z][\w'&-]{0,20}\s){1,5}?(?:Conference|Summit|Congress|Festival|Convention|Expo|Forum))\b"
        ),
    )


def writing(noun: str) -> Writing:
    """The words by which people are asked to write in order to come."""
    return Writing(
        attending=ci(
            r"\b(?:attend(?:ing|ance)?|join(?:ing)? (?:us|the|this)|join(?:ing)? in|take part|taking part"
            r"|come along|to come|rsvp"
            r"|register|book|reserve|(?:a|your) (?:place|spot|seat)|for an invit(?:e|ation)|to be invited"
            r"|confirm your)\b"
        ),
        attending_here=ci(r"\b(?:to (?:attend|join) (?:this|the)|attend this)\b"),
        rsvp_by_mail=ci(r"\brsvp (?:to|by|at)\b"),
        to_come=ci(
            rf"\bto (?:rsvp|sign up|register)(?: your (?:attendance|place)| for (?:this|the|our) {noun}| to attend)?"
            r"(?=\s?[,.:;!]|\s?$|\s(?:and|please|e-?mail|contact|write|drop)\b)"
            r"|\bto (?:book|reserve) (?:a|your) (?:place|spot|seat|ticket)\b"
        ),
        would_like=ci(r"\bif you(?:'d| would) like to (?:join|attend|come|take part)\b"),
        confirms=ci(r"\bto (?:confirm|secure|save) (?:a|your) (?:spot|place|seat|attendance)\b"),
        writes=ci(r"\b(?:e-?mail|write to|contact|drop (?:a|us a) (?:line|note)|let \w{1,20} know|rsvp)\b"),
        chosen=ci(
            r"\binvit\w{1,6}|\b(?:speakers?|panellists?|members?|exhibitors?|volunteers?|stalls?|select\w{0,5}"
            r"|shortlist\w{0,3})\b"
        ),
    )


def about() -> About:
    """The words of pages about an event."""
    gathering = (
        r"(?:conference|summit|symposium|congress|festival|forum|convention|webinar|seminar|workshop|event|meeting"
        r"|round ?table)"
    )
    of_others = r"(?:the\s|this\s|[A-Z][\w'& ]{0,50}'s\s){0,2}"
    return About(
        names_gathering=ci(rf"\b{gathering}\b(?:\W{{1,3}}\d{{4}})?\W{{0,3}}$"),
        speaking=re.compile(
            r"(?i:\b(?:speak|speaking|speaker|keynote|present|presenting|panel|talk|workshop|session|take part"
            r"|taking part"
            rf"|exhibiting|appearing)\sat|\bsave the dat[ea] for)\s{of_others}$"
        ),
        bare_details=ci(
            r"\W{0,3}(?:more|further|full|all) details(?: (?:are|can be))?(?: available| found)?(?: (?:here"
            r"|online))?\W{0,3}"
        ),
        details=ci(
            r"\W{0,3}(?:find out more|(?:more|further|full) (?:details|information)|read more"
            r"|details)(?: (?:on|about|at))?"
            rf" (?:this|the|our) {gathering}(?:'s)?(?: page| website| site)?(?: here)?\W{{0,3}}"
            rf"|\W{{0,3}}(?:visit |see |on )?(?:the|this|our) {gathering}(?:'s)? (?:page|website|site)\W{{0,3}}"
        ),
        otherwise=ci(
            r"\b(?:next|future|previous(?:ly)?|last|earlier|past|building on|following (?:a|the"
            r"|our))\b(?!\s(?:week|month)\b)"
        ),
        saves=ci("save"),
    )


def watching(noun: str) -> Watching:
    """The words of recordings of this event."""
    of = rf"(?:of|from)\s(?:the|this|our|today's|yesterday's|last night's)\s(?:[\w'-]{{1,20}}\s){{0,2}}?{noun}"
    recording = (
        r"(?:(?:video|audio|screen|zoom|youtube|vimeo|event|session|webinar|full|complete|entire)\s){0,3}"
        rf"(?:recording(?:s?\s{of})?|recorded\s{noun}|replay)"
        rf"|(?:full\s)?video\s{of}|(?:event|session|webinar)\svideo"
        rf"|watch\s(?:(?:it|the|this|our)\s)?(?:{noun}\s)?(?:back|again)\b"
    )
    return built_watching(
        recording=recording,
        lead=(
            r"please|you|can|now|watch|view|see|listen\sto|hear|catch\sup\s(?:on|with)|find|access|click|here|here's|is"
            r"|to|for|the|a|this|our|its|link|video"
        ),
        tail=(
            r"here|now|online|available|is|on|at|in|the|our|this|youtube|vimeo|peertube|channel|website|site|page|link"
            r"|below|video|watch"
        ),
        told=(
            r"\b(?:watch|view|see|find|hear|listen\sto|catch\sup\s(?:on|with)|access|here(?:'s|\sis|\sare))\s"
            r"(?:the|a|an|our|this)\sREC\b|\bREC\s(?:is|are|can\sbe|has\sbeen|have\sbeen)\s(?:(?:now|already|also)\s)?"
            r"(?:available|online|up|here|found|watched|viewed|seen|heard|accessed|published|posted|uploaded|on)\b"
            rf"|\bwatch\s(?:(?:it|the|this|our)\s)?(?:{noun}\s)?(?:back|again)\b"
        ),
        unless=(
            r"\b(?:will|won't|would|may|might|going\sto|shall|to\sbe|soon|later|afterwards?|after\sthe|once|until|unless"
            r"|previous(?:ly)?|last(?!\snight)|next|earlier|past|other|another|first|former|archives?|request|register\w{0,3}|registration"
            r"|sign(?:ing)?[\s-]?up|rsvp|tickets?|consent|no|not\s(?:yet|be|been|available))\b|'ll\b"
            r"|\bif\b(?!\s(?:you|anyone|they)(?:'ve|\shave|\swere|\sweren't|\scouldn't|\scould\snot)?\s"
            r"(?:missed|able|unable|not\sable|make|join|attend|come|be))"
        ),
    )
