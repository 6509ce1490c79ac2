"""What reading knows of one language: its words as patterns, in the same slots for every language.

Every pattern is bounded, so that reading takes linear time whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from notifier.core.values import record

Pattern = re.Pattern[str]
Season = Literal["standard", "daylight"]
#: A slot that a language has no words for.
NOTHING_SAID: Pattern = re.compile(r"(?!)")


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Calendar:
    """How dates are written. `mention` finds one; `months` and `weekdays` say what its names mean, in lower case.

    `range_word` is between two days of one month, `range_gap` between two dates. `day_first`: 4/5/2026 is in May;
    False leaves it open. `short_after` stands before a date of two bare numbers, which is otherwise none.
    """

    mention: Pattern
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    range_word: Pattern
    range_gap: Pattern
    short_after: Pattern
    day_first: bool


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Spoken:
    """A way to say a time in words: “half past six” is that hour (`shift` 0) and 30 minutes, “halb sieben” the one before."""

    pattern: Pattern
    shift: int
    minute: int


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Roles:
    """What makes a time another one than the start. Before it: `ends`, `side` (doors), `deadline`; behind it:
    `side_after`, `for_start` (“7pm for 7.30pm”).

    `within` joins a time in brackets to the range before it (“6–8pm (talks start at 6.30pm)”), `both` two times of one
    kind.
    """

    ends: Pattern
    side: Pattern
    deadline: Pattern
    side_after: Pattern
    for_start: Pattern
    within: Pattern
    both: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Clock:
    """How times are written, and the `roles` that words give them. A number alone is an hour behind `bare`, if `bare_end`
    follows; `led` makes 7.30 one.

    Where the word between two times also means “at”, a bare number is a start only behind `since` ("de 18 à 20h"); where
    it means “and”, two times are one range only behind `between`.
    `recurring` are words of what comes back, `filler` those that may stand beside a lone time. `morning` is the first
    hour that, with minutes but without more words, is surely before noon.
    """

    roles: Roles
    time: Pattern
    spoken: tuple[Spoken, ...]
    hours: Mapping[str, int]
    noon: frozenset[str]
    midnight: frozenset[str]
    explicit: Pattern
    led: Pattern
    bare: Pattern
    bare_end: Pattern
    since: Pattern
    between: Pattern
    recurring: Pattern
    filler: Pattern
    morning: int = 8


@record(frozen=True, slots=True, kw_only=True, eq=False)
class ZoneName:
    """What a word for a zone means; `letters` are those that clocks there show (CET for MEZ)."""

    zone: str
    season: Season | None = None
    letters: str | None = None


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Zones:
    """Words beside a time: `beside` finds them, `names` says which zone they mean. `cities` are places in one zone."""

    beside: Pattern
    names: Mapping[str, ZoneName]
    cities: Mapping[str, str]
    city: Pattern
    inside: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Telling:
    """What sentences say of an event: when it is (`claim`), that it is to come, that it is over, or that it is another."""

    claim: Pattern
    future: Pattern
    past: Pattern
    this_past: Pattern
    elsewhen: Pattern
    deadline: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Slips:
    """Words that close an event, found misspelt too: `only` before or after `invites` or `members`, with nothing but words
    of `between` in the middle, or `by` before `invitation` unless a word of `of` follows. Words of `unlike` look like
    one of `only` and are no slip for it.
    """

    token: Pattern
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    between: frozenset[str]
    by: frozenset[str]
    of: frozenset[str]
    invitation: tuple[str, ...]
    invites: tuple[str, ...]
    members: tuple[str, ...]
    unlike: frozenset[str] = frozenset()


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Admission:
    """Who may not come: words that close an event, those of `members_only` unless `wider` or a `negation` is there."""

    slips: Slips
    not_open: Pattern
    members_only: Pattern
    wider: Pattern
    negation: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Opening:
    """That all may come: surely (`welcome`), or unless the sentence is of another event (`other`). `selects`: some may.

    `to_some` speaks to members, or to others of whom not everybody is one: what asks them to register opens nothing.
    """

    welcome: Pattern
    open: Pattern
    other: Pattern
    selects: Pattern
    to_some: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Filling:
    """That nobody can register any more (`told`), unless the sentence is of what may come or was (`unless`)."""

    told: Pattern
    unless: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """How people meet: the words of each mode, and those that make a stated place one."""

    online: Pattern
    hybrid: Pattern
    in_person: Pattern
    this: Pattern
    only_online: Pattern
    also_online: Pattern
    elsewhen: Pattern
    not_in_person: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Venues:
    """Places in sentences. Each pattern has the groups `place` and `town`; `gaps` may lie between a town and a date."""

    in_town: Pattern
    speaks_in_town: Pattern
    beside_date: Pattern
    at_venue: Pattern
    dated_at_venue: Pattern
    affiliated: Pattern
    otherwise: Pattern
    backward: Pattern
    gaps: tuple[str, ...]


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Joining:
    """The words of ways in, and of links that are none."""

    register: Pattern
    invites: Pattern
    interest: Pattern
    tells_interest: Pattern
    join: Pattern
    vague: Pattern
    listing: Pattern
    no_way_in: Pattern
    later: Pattern
    refused_later: Pattern
    page: Pattern
    to_register: Pattern
    to_get_link: Pattern
    larger: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Writing:
    """The words by which people are asked to write in order to come, and those of some who are chosen."""

    attending: Pattern
    attending_here: Pattern
    rsvp_by_mail: Pattern
    to_come: Pattern
    would_like: Pattern
    confirms: Pattern
    writes: Pattern
    chosen: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class About:
    """The words of pages about an event."""

    names_gathering: Pattern
    speaking: Pattern
    saves: Pattern
    bare_details: Pattern
    details: Pattern
    otherwise: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Watching:
    """That what happened can be watched: the words of a link to it (`link`, all of them), of a sentence whose link has
    only `vague` ones (`told`), or before a colon or as a heading (`label`); `unless` it is to come, or of another event.
    """

    link: Pattern
    told: Pattern
    label: Pattern
    vague: Pattern
    unless: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """How lines are labelled (`labels` says `when` or `where`), and after what a full stop ends no sentence."""

    labels: Mapping[str, str]
    label: Pattern
    bold_label: Pattern
    place_label: Pattern
    abbreviated: Pattern


@record(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One language. `called_off` finds “this event is cancelled” in a sentence: group `cancelled` or `postponed`. Where
    `conditional` is found beside it, that is only if it rains, say.
    """

    code: str
    layout: Layout
    calendar: Calendar
    clock: Clock
    zones: Zones
    telling: Telling
    called_off: Pattern
    conditional: Pattern
    admission: Admission
    opening: Opening
    filling: Filling
    places: Places
    venues: Venues
    joining: Joining
    writing: Writing
    about: About
    watching: Watching

    def __repr__(self) -> str:
        return f"Language({self.code})"
