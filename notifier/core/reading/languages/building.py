"""Patterns out of word lists, the same way for every language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from notifier.core.reading.languages.language import (
    NOTHING_SAID,
    Calendar,
    Clock,
    Layout,
    Pattern,
    Roles,
    Spoken,
    Venues,
    Watching,
    ZoneName,
    Zones,
)
from notifier.core.reading.languages.worldwide import CITIES, LETTERS

#: What a pattern without words for something has in their place.
_NEVER = r"(?!)"
#: A full stop ends a sentence, but not behind a digit: “bis zum 3. März”.
GAP = r"(?:[^.;]|(?<=\d)\.)"
_AND = re.compile(r"( (?:and|und|et|e|y) )")
# Behind “6pm Central”, which “6pm Central Library” is not.
_NOTHING_ON = r"(?=\s{0,2}(?:[.;:!?)\]|/]|$|[,–—-]\s{0,2}\d)|\s(?:(?:and|or|to)\s\d|on\s))"


def ci(pattern: str) -> Pattern:
    """A pattern for which the case of letters does not matter."""
    return re.compile(pattern, re.IGNORECASE)


def plain(text: str) -> str:
    """The text without accents, as it is often typed."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def one_of(words: Iterable[str]) -> str:
    """An alternation of words, the longer ones first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def _written(name: str, capital: frozenset[str]) -> set[str]:
    """A name as people type it: with a capital, in capitals, in small letters where that is no other word."""
    ways = {name, name.upper(), name[0].upper() + name[1:]}
    ways |= set() if name in capital else {name.lower()}
    return ways | {plain(way) for way in ways}


def _named(table: Sequence[Sequence[str]]) -> dict[str, int]:
    names = {name.casefold(): index for index, names in enumerate(table) for name in names}
    return names | {plain(name): index for name, index in names.items()}


def beside(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Names of a language with the full ones of another, which people mix in."""
    return tuple((*own, other[0]) for own, other in zip(ours, theirs, strict=True))


def calendar(
    *,
    months: Sequence[Sequence[str]],
    weekdays: Sequence[Sequence[str]],
    joins: str,
    gaps: str,
    ranges: str,
    ordinal: str = "",
    article: str = "",
    of: str = "",
    before_year: str = "",
    weekday_tail: str = "",
    capital: Iterable[str] = (),
    month_first: Iterable[str] = (),
    short: str = _NEVER,
    short_after: str = _NEVER,
    day_first: bool = True,
) -> Calendar:
    """A calendar of month and weekday names. `joins` stand between days of one month (those of `ranges` mean every day
    between), `gaps` between two dates, `article` and `of` before day and month; `capital` are names that in small
    letters are other words; `month_first` are those that may stand before the day.
    """
    alone = frozenset(capital)
    joins, ordinal, article, of, before_year = _of_any_case(joins, ordinal, article, of, before_year)
    names = one_of(way for month in months for name in month for way in _written(name, alone))
    days_of_week = one_of(way for day in weekdays for name in day for way in _written(name, alone))
    lead = one_of(way for name in month_first for way in _written(name, alone)) or _NEVER
    ends = rf"(?:{weekday_tail or _NEVER})?(?!\w)\.?,?\s{{1,2}}"
    day = rf"\d{{1,2}}(?!\d)(?:{ordinal or _NEVER})?"
    a = rf"(?:{article or _NEVER})?"
    year = rf"(?:,?\s{{1,2}}(?:{before_year or _NEVER})?(?P<year>\d{{4}})(?!\d))?"
    days = rf"{day}(?:\s{{0,2}}(?:,|{joins})\s{{0,2}}(?:(?:{days_of_week}){ends})?{a}{day}){{0,5}}"
    # Not a comma here: in "May 29, 9-10am" the 9 is no day.
    after = rf"{day}(?:\s{{0,2}}(?:{joins})\s{{0,2}}{day}){{0,5}}"
    return Calendar(
        mention=re.compile(
            rf"(?<![\w:£$€-])(?<!\d\.)(?:(?P<weekday>{days_of_week}){ends})?{a}"
            rf"(?:(?P<days>{days})\s{{0,2}}(?:{of or _NEVER})?(?P<month>{names})(?!\w)\.?{year}"
            rf"|(?P<month2>{lead})(?!\w)\.?\s{{1,2}}{a}(?P<days2>{after})(?!\s?[ap]\.?m\b|[:.]?\d)"
            r"(?:,?\s{1,2}(?P<year2>\d{4})(?!\d))?"
            rf"|(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})(?!\d)|{_numeric(joins, a, day_first=day_first)}|(?P<short>{short}))"
        ),
        months={name: index + 1 for name, index in _named(months).items()},
        weekdays=_named(weekdays),
        range_word=ci(rf"[-–—]|\b(?:{ranges})(?!\w)"),
        range_gap=ci(rf"\s{{0,2}}(?:-|–|—|{gaps})\s{{0,2}}"),
        short_after=ci(rf"(?<!\w)(?:{short_after})\s{{1,2}}$"),
        day_first=day_first,
    )


def _of_any_case(*small: str) -> list[str]:
    """Words between the names of a date, which alone are told by their capitals: “11 De Noviembre”."""
    return [f"(?i:{words})" if words else "" for words in small]


def _numeric(joins: str, article: str, *, day_first: bool) -> str:
    """4/5/2026; where the day surely comes first also 22.–24.11.2026 and 22/11 – 24/11/2026."""
    if not day_first:
        return (
            r"(?P<numeric>\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2}))(?![\d/])"
            r"|(?P<from_day>(?!))(?P<from_month>(?!))(?P<from_month2>(?!))(?P<between>(?!))"
        )
    return (
        r"(?:(?P<from_day>\d{1,2})\.?(?:(?<=\.)\s?(?P<from_month>\d{1,2})\.|/(?P<from_month2>\d{1,2}))?"
        rf"(?P<between>\s{{0,2}}(?:{joins})\s{{0,2}}){article})?"
        r"(?P<numeric>\d{1,2}(?:[/.]\s?|-)\d{1,2}(?:[/.]\s?|-)(?:\d{4}|\d{2}))(?![\d/]|[.-]\d)"
    )


def clock(
    *,
    roles: Roles,
    to: str,
    noon: Sequence[str],
    midnight: Sequence[str],
    am: str,
    pm: str,
    separator: str = "[:.]",
    unit: str = _NEVER,
    formal: str = _NEVER,
    night: str = _NEVER,
    at_noon: str = _NEVER,
    at_midnight: str = _NEVER,
    hours: Sequence[str],
    spoken: Sequence[tuple[str, int, int]],
    led: str,
    recurring: str,
    filler: str,
    bare: str = _NEVER,
    bare_end: str = _NEVER,
    since: str = "",
    between: tuple[str, str] = (_NEVER, _NEVER),
    morning: int = 8,
) -> Clock:
    """A clock of words: `to` joins start and end, `between[1]` too behind `between[0]`; `unit` stands behind a 24-hour time,
    `formal` before it; `am`, `pm`, `night` say which half of the day, `spoken` are times in words with `HOUR`.
    """
    halves = {"am": am, "pm": pm, "night": night, "noon": at_noon, "midnight": at_midnight}
    words = rf"(?P<n@>(?:{one_of(noon)})\b)|(?P<z@>(?:{one_of(midnight)})\b)"
    number = rf"(?:(?P<f@>{formal})\s{{0,2}})?(?:(?P<h@>\d{{1,2}})(?:(?P<s@>{separator})(?P<m@>[0-5]\d))?"
    marks = rf"(?:\s{{0,2}}(?P<u@>{unit}))?{_half(halves, '@')}"
    return Clock(
        roles=roles,
        time=_one_or_two(rf"{number}(?![\d%£$€]|[:.,/]\d){marks}|{words})", to, between[1]),
        spoken=tuple(_spoken(said, hours, halves, shift, minute) for said, shift, minute in spoken),
        hours={name.casefold(): n for n, name in enumerate(hours, start=1)},
        noon=frozenset(noon),
        midnight=frozenset(midnight),
        explicit=_alone(separator, unit, halves),
        led=ci(rf"(?:\b(?:{led})\b:?|@)\s{{0,3}}$"),
        bare=ci(rf"(?<!\w)(?:{bare})\s{{0,2}}$"),
        bare_end=ci(rf"\s{{0,2}}(?:[.,;:!?)\]–—-]|$)|\s{{1,2}}(?:{bare_end})\b"),
        since=ci(rf"(?<!\w)(?:{since})\s{{1,2}}$" if since else ""),
        between=ci(rf"(?<!\w)(?:{between[0]})\s{{1,2}}$"),
        recurring=ci(rf"\b(?:{recurring})\b"),
        filler=ci(rf"\b(?:{filler})\b|[\W\d]"),
        morning=morning,
    )


def _alone(separator: str, unit: str, halves: Mapping[str, str]) -> Pattern:
    hour = rf"(?P<hour>\d{{1,2}})(?:(?:{separator})(?P<minute>[0-5]\d)(?::[0-5]\d)?)?"
    return ci(rf"{hour}(?:\s{{0,2}}(?P<unit>{unit}))?{_half(halves, '')}\.?")


def _one_or_two(one: str, to: str, amid: str) -> Pattern:
    """A time, or a start and its end, in groups named with 1 and 2; behind `amid` it may also be another time."""
    first, second = one.replace("@", "1"), one.replace("@", "2")
    return ci(
        rf"(?<![\w:.,/£$€#+])(?<!\d[-–—])(?P<first>{first})(?:\s{{0,2}}(?:-|–|—|(?P<to>{to})|(?P<amid>{amid}))\s{{0,2}}{second})?"
    )


def _spoken(words: str, hours: Sequence[str], halves: Mapping[str, str], shift: int, minute: int) -> Spoken:
    named = rf"\d{{1,2}}(?!\d|[:.]\d)|(?:{one_of(hours)})\b"
    said = words.replace("HOUR", f"(?P<hour>{named})")
    return Spoken(pattern=ci(rf"(?<!\w){said}{_half(halves, '')}"), shift=shift, minute=minute)


def _half(halves: Mapping[str, str], n: str) -> str:
    """Which half of the day, in a group named for it and for the time it stands by."""
    return r"(?:\s{0,2}(?:" + "|".join(rf"(?P<{name}{n}>{words})" for name, words in halves.items()) + "))?"


#: Behind a time: " (CET)", " Eastern".
_ITS_ZONE = r"(?:\s\(?(?:(?:us\s)?(?:eastern|central|mountain|pacific)(?:\stime)?|uk\stime|utc|[a-z]{1,4}t)\)?)?"


def roles(
    *, ends: str, side: str, deadline: str, side_after: str, starts: str, before_start: str = _NEVER, both: str = _NEVER
) -> Roles:
    """The words around a time that make it an end, the doors or a deadline; `starts` begin a part in brackets."""
    return Roles(
        # A dash behind other words than a time's and its zone's parts what a line says: "Concert - 20h30".
        ends=ci(
            rf"(?:(?:^\)?{_ITS_ZONE}|\d[.)]?|(?<![^\W\d_])(?:h|hrs?|uhr|[ap]m))\s{{0,2}}[-–—]\s{{0,2}}|\b(?:{ends})\s{{1,2}})$"
        ),
        side=ci(rf"\b(?:{side})\b{GAP}{{0,25}}$"),
        deadline=ci(rf"\b(?:{deadline})\b{GAP}{{0,25}}$"),
        side_after=ci(
            rf"\s{{0,2}}[(:–-]?\s{{0,2}}(?:{side_after})\b(?!:?\s{{1,2}}(?:[^\W\d_]{{1,12}}\s{{1,2}}){{0,2}}\d)"
        ),
        for_start=ci(rf"\s{{0,2}}\(?(?:{before_start})\s{{1,2}}(?=\d)"),
        within=ci(rf"\s{{0,2}}\((?:[\w']{{1,15}}\s){{0,3}}(?:{starts})\s{{1,2}}"),
        both=ci(rf"\s{{0,2}}(?:{both}|&|/)\s{{0,2}}"),
    )


def zones(
    names: Mapping[str, tuple[str, str] | str],
    *,
    spelt: Mapping[str, str] | None = None,
    of_city: str = "",
    lead: str = "",
    alone: Mapping[str, str] | None = None,
    other: str,
    cities: Mapping[str, str],
    inside: str,
    not_city: str,
    words: Iterable[str] = (),
) -> Zones:
    """Words for zones: a name means a zone, or a zone and the letters of its clocks (MEZ is CET).

    `spelt` are names for letters (Eastern Daylight Time), `of_city` is how a city's time is named, `lead` may stand before
    a name (US), and `alone` are names only where nothing goes on behind them (6pm Central). `other` finds words that
    name a zone nobody can know (“local time”); `not_city` are words behind a city that make it a street, `words` letters
    that are a word of the language.
    """
    plainly = frozenset(words)
    known = {
        name: ZoneName(zone=zone, season=season) for name, (zone, season) in LETTERS.items() if name not in plainly
    }
    for name, meant in names.items():
        if isinstance(meant, str):
            known[name.casefold()] = ZoneName(zone=meant)
        else:
            zone, season = LETTERS[meant[1]]
            known[name] = ZoneName(zone=meant[0] or zone, season=season, letters=meant[1])
    places = CITIES | dict(cities)
    phrases = [name for name, meant in names.items() if isinstance(meant, str)]
    for name, letters in (spelt or {}).items():
        phrases.append(name)
        known[name.casefold()] = ZoneName(zone=LETTERS[letters][0], season=LETTERS[letters][1], letters=letters)
    for city, zone in places.items() if of_city else ():
        phrases.append(of_city.format(city))
        known.setdefault(of_city.format(city).casefold(), ZoneName(zone=zone))
    known |= {name.casefold(): ZoneName(zone=zone) for name, zone in (alone or {}).items()}
    by_itself = rf"(?<![,]\s)(?:{one_of(alone or ()) or _NEVER}){_NOTHING_ON}"
    return Zones(
        beside=_zone_pattern(rf"(?:{lead})(?P<words>(?i:{one_of(phrases)})\b|{by_itself})", other),
        names=known,
        cities=places,
        city=re.compile(rf"(?<![\w-])({'|'.join(re.escape(city) for city in places)})(?!\w)(?! (?:{not_city}))"),
        inside=ci(rf"\b(?:{inside})$"),
    )


def _zone_pattern(named: str, other: str) -> Pattern:
    return re.compile(
        r"(?<=\d)(?P<zulu>Z)\b"
        r"|\s{0,2}[(\[,]?\s{0,2}(?P<zone>(?P<offset>(?:GMT|UTC)\s?[+−-]\s?\d{1,2}(?::?[0-5]\d)?)"
        rf"|{named}|(?P<other>{other})\b|(?P<letters>[A-Z]{{2,5}})\b)"
    )


def _joined(name: str) -> Iterator[str]:
    """“Date & Time”, “date/time” for “date and time”, and the other way round."""
    first, joint, second = _AND.split(name)
    yield f"{second}{joint}{first}"
    for one, other in ((first, second), (second, first)):
        yield from (f"{one}{sign}{other}" for sign in (" & ", "&", "/", " / ", " + "))


def layout(*, when: Sequence[str], where: Sequence[str], abbreviated: str) -> Layout:
    """Labels of lines, in the order in which they are tried, and abbreviations with a full stop."""
    when = [*when, *(way for name in when if _AND.search(name) for way in _joined(name))]
    labels = dict.fromkeys((*when, *"📅🗓⏰🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛🕜🕝🕞🕟🕠🕡🕢🕣🕤🕥🕦🕧"), "when")
    labels |= dict.fromkeys((*where, "📍"), "where")
    words = one_of((*when, *where))
    signs = "[" + "".join(name for name in labels if not name.isascii() and len(name) == 1 and not name.isalpha()) + "]"
    return Layout(
        labels=labels,
        label=ci(rf"(?:({words})(?:\s1)?\s{{0,2}}[:–]|({signs})\ufe0f?)\s{{0,3}}"),
        bold_label=ci(rf"\s{{0,3}}(?:\*\*|__)({words})(?:\s1)?\s{{0,2}}:?\s{{0,2}}(?:\*\*|__)\s{{0,2}}:?"),
        place_label=ci(rf"^\W{{0,4}}(?:(?:{one_of(where)})\W{{0,4}}[:–]?|📍\ufe0f?)\s{{0,3}}"),
        abbreviated=re.compile(abbreviated),
    )


def venues(
    *,
    towns: Iterable[str],
    gathers: str,
    into: str,
    at: str,
    venue: str,
    affiliated: str,
    otherwise: str,
    backward: str,
    gaps: tuple[str, ...],
) -> Venues:
    """Places behind the words by which people gather, with a few words between, or beside the event's date.

    `into` stands before a town, `at` before a `venue`.
    """  # fmt: skip
    town = rf"(?:{one_of(towns)})(?![\w'-])(?!\s[A-ZÀ-Ý])"
    there = rf"(?i:\b(?:{gathers}))(?:\s\S{{1,25}}){{0,10}}?\s"
    place = rf"(?P<place>(?:{venue})(?:(?:\s(?:{into})|,(?:\s\d{{4,5}})?)\s(?P<town>{town}))?)"
    return Venues(
        in_town=re.compile(rf"{there}(?:{into})\s(?P<place>(?P<town>{town}))"),
        speaks_in_town=NOTHING_SAID,
        beside_date=re.compile(rf"\b(?:{into})\s(?P<place>(?P<town>{town}))"),
        at_venue=re.compile(rf"{there}(?:{at}){place}"),
        dated_at_venue=re.compile(rf"\b(?:{at}){place}"),
        affiliated=ci(rf"\b(?:{affiliated})\b[^.;]{{0,60}}$"),
        otherwise=ci(rf"\b(?:{otherwise})\b"),
        backward=ci(rf"\b(?:{backward})\s$"),
        gaps=gaps,
    )


def watching(*, recording: str, lead: str, tail: str, told: str, unless: str) -> Watching:
    """The words of recordings. `lead` and `tail` may stand before and behind a `recording` in a link's words; alone they
    say nothing. In `told`, REC is a recording.
    """
    return Watching(
        link=ci(rf"\W{{0,4}}(?:(?:{lead})\W{{1,3}}){{0,5}}(?:{recording})(?:\W{{1,3}}(?:{tail})){{0,6}}\W{{0,4}}"),
        told=ci(told.replace("REC", f"(?:{recording})")),
        label=ci(rf"\W{{0,4}}(?:(?:{lead})\W{{1,3}}){{0,3}}(?:{recording})\s?(?:[:–-]|\W{{0,3}}$)"),
        vague=ci(rf"\W{{0,4}}(?:(?:{lead}|{tail})(?:\W{{1,3}}|$)){{1,8}}"),
        unless=ci(unless),
    )
