"""Clock times as people write them: "2pm", "1 - 3pm", "9.00am to 12.00", "14:00–14:55", "12 noon", "19.30 Uhr", "18h30"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time

from notifier.core.reading.languages import ENGLISH, Language
from notifier.core.reading.languages.language import Clock
from notifier.core.values import record

#: With words of the 24-hour clock beside it, an hour from here on is before noon; below, "um 7 Uhr" leaves a doubt.
_FORMAL_MORNING = 8
_HALVES = ("am", "pm", "night", "noon", "midnight")


# “7pm/8pm EST”: a slash before a time that says so is none of a date or an address.
_OTHER = re.compile(r"/(?=\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m|uhr|h)\b)", re.IGNORECASE)


@record(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time in prose. `start` None: only an end. `unsure`: morning or afternoon is not said."""

    start: time | None
    end: time | None
    text: str
    at: int
    until: int
    unsure: bool = False


def times_in(text: str, *, language: Language = ENGLISH) -> Iterator[ClockTime]:
    """The times of a text at which something begins or ends; deadlines, doors and lunches are left out."""
    clock = language.clock
    previous: ClockTime | None = None
    left_out = False
    used = 0
    for found in _found(text, clock):
        before = text[max(used, found.at - 60) : found.at]
        ends = clock.roles.ends.search(before)
        after = clock.roles.side_after.match(text, found.until)
        left_out = bool(
            after
            or clock.roles.side.search(before)
            or (clock.roles.deadline.search(before) and not ends)
            or clock.roles.for_start.match(text, found.until)
            or (previous and left_out and clock.roles.both.fullmatch(text, previous.until, found.at))
            or (previous and _is_within(found, previous, text, clock))
        )
        previous, used = found, after.end() if after else found.until
        if not left_out:
            yield replace(found, start=None, end=found.start) if ends and found.end is None else found


def clock_of(text: str, *, language: Language = ENGLISH) -> time | None:
    """The time of a front-matter value: 14:00, 9.30am, 2pm, noon, 19 Uhr. None where it isn't one or leaves a doubt.

    `2:00` leaves one: write 02:00 or 14:00.
    """
    text = text.strip()
    clock = language.clock
    if text.casefold() in clock.noon | clock.midnight:
        return time(12 if text.casefold() in clock.noon else 0)
    match = clock.explicit.fullmatch(text)
    if not match:
        return None
    half = next((name for name in _HALVES if match[name]), None)
    if not (match["minute"] or match["unit"] or half):
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if not half and len(match["hour"]) == 1 and hour < _FORMAL_MORNING and not (match["unit"] and match["minute"]):
        return None
    return _time(_hours(hour, half), minute)


def _found(text: str, clock: Clock) -> Iterator[ClockTime]:
    """Every time, those in words too ("half past six"), in the order of the text."""
    spoken = [found for way in clock.spoken for match in way.pattern.finditer(text)
              if (found := _spoken(match, shift=way.shift, minute=way.minute, clock=clock))]  # fmt: skip
    last = 0
    for found in sorted([*spoken, *_numbers(text, clock)], key=lambda found: (found.at, -found.until)):
        if found.at >= last:
            yield found
            last = found.until


def _numbers(text: str, clock: Clock) -> Iterator[ClockTime]:
    match = clock.time.search(text)
    while match:
        found = _read(match, clock)
        if found:
            yield found
        # "jeudi 5 à 18h" is no range: its second half is looked at again.
        ends = found.until if found else match.end("first")
        if found and _OTHER.match(text, ends):
            text = f"{text[:ends]} {text[ends + 1 :]}"
        match = clock.time.search(text, max(ends, match.start() + 1))


def _is_within(found: ClockTime, last: ClockTime, text: str, clock: Clock) -> bool:
    """“6–8pm (talks start at 6.30pm)”: what begins in the brackets is a part of the event."""
    if not (found.start and last.start and last.end and clock.roles.within.fullmatch(text, last.until, found.at)):
        return False
    return last.start <= found.start < last.end


def _spoken(match: re.Match[str], *, shift: int, minute: int, clock: Clock) -> ClockTime | None:
    said = match["hour"].casefold()
    hour = clock.hours.get(said) or int(said)
    half = next((name for name in _HALVES if match[name]), None)
    if 12 < hour < 24:
        hours: tuple[int, ...] = (hour + shift,)
    elif 1 <= hour <= 12:
        hour = (hour + shift - 1) % 12 + 1
        hours = _hours(hour, half) if half else ((12,) if hour == 12 else (hour, hour + 12))
    else:
        return None
    if not hours:
        return None
    return ClockTime(
        start=time(hours[0], minute),
        end=None,
        text=match[0].strip(),
        at=match.start(),
        until=match.end(),
        unsure=len(hours) > 1,
    )


@record(frozen=True, slots=True)
class _Side:
    """One time of a match: every hour it may be; `said` where nothing is open."""

    hours: tuple[int, ...]
    minute: int
    said: bool


def _read(match: re.Match[str], clock: Clock) -> ClockTime | None:
    first, second = _side(match, 1, clock), _side(match, 2, clock)
    if not first.hours:
        return None
    bare = _is_bare_hour(match, clock)
    if second.hours and _is_range(match, clock, bare=bare):
        return _range(first, second, match, clock)
    if not _is_time(match, clock, bare=bare):
        return _one_of_two(match, first)
    led = clock.bare.search(_before(match))
    until = max(match.end(group) for group in ("h1", "m1", "u1", "n1", "z1", *(f"{name}1" for name in _HALVES)))
    return ClockTime(
        start=_time(first.hours, first.minute),
        end=None,
        text=(led[0] if bare and led else "") + match.string[match.start() : until],
        at=match.start(),
        until=until,
        unsure=len(first.hours) > 1,
    )


def _one_of_two(match: re.Match[str], first: _Side) -> ClockTime | None:
    """The first of two times that share a half of the day or a unit: “at 7 and 9pm” is no range, and not 9pm alone."""
    half = _half(match, 2)
    if not (match["amid"] and match["h1"] and (half or _is_formal(match, 2))):
        return None
    start = _time(_hours(int(match["h1"]), half), first.minute)
    if start is None:
        return None
    return ClockTime(start=start, end=None, text=match[0].strip(), at=match.start(), until=match.end("first"))


def _half(match: re.Match[str], n: int) -> str | None:
    return next((name for name in _HALVES if match[f"{name}{n}"]), None)


def _is_formal(match: re.Match[str], n: int) -> bool:
    """Words of the 24-hour clock: "19 Uhr", "ore 19", "18h30"."""
    return bool(match[f"u{n}"] or match[f"f{n}"] or "h" in (match[f"s{n}"] or "").casefold())


def _side(match: re.Match[str], n: int, clock: Clock) -> _Side:
    if match[f"n{n}"] or match[f"z{n}"]:
        return _Side((12 if match[f"n{n}"] else 0,), 0, said=True)
    if not match[f"h{n}"]:
        return _Side((), 0, said=False)
    hour, half = int(match[f"h{n}"]), _half(match, n)
    formal, minutes = _is_formal(match, n), match[f"m{n}"]
    # Anything written with a leading zero, above 12 or as 7.30 Uhr is the 24-hour clock, and 08:00 to 11:59 nearly always.
    plain = bool(half) or hour >= 12 or match[f"h{n}"].startswith("0") or bool(formal and minutes)
    hours = _hours(hour, half)
    if not plain and hours:
        morning = _FORMAL_MORNING if formal else (clock.morning if minutes else 12)
        hours = (hour,) if morning <= hour < 12 else (hour, hour + 12)
    return _Side(hours, int(minutes or 0), said=plain)


def _hours(hour: int, half: str | None) -> tuple[int, ...]:
    match half:
        case None:
            return (hour,) if hour < 24 else ()
        case "noon" | "midnight":
            return (12 if half == "noon" else 0,) if hour == 12 else ()
        case "am":
            return (hour % 12,) if 1 <= hour <= 12 else ()
        case "pm":
            return (hour % 12 + 12,) if 1 <= hour <= 12 else ((hour,) if 13 <= hour < 24 else ())
        case _:
            # "At night" is before or after midnight.
            return (hour + 12,) if 6 <= hour < 12 else ((hour % 12,) if hour <= 12 else ((hour,) if hour < 24 else ()))


def _time(hours: tuple[int, ...], minute: int) -> time | None:
    return time(hours[0], minute) if hours else None


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 20) : match.start()]


def _is_bare_hour(match: re.Match[str], clock: Clock) -> bool:
    """A number alone is an hour behind "alle", unless a noun follows it ("alle 18 persone")."""
    if not match["h1"] or not clock.bare.search(_before(match)):
        return False
    return bool(match["m1"] or clock.bare_end.match(match.string, match.end("h2" if match["h2"] else "h1")))


def _is_time(match: re.Match[str], clock: Clock, *, bare: bool) -> bool:
    if match["n1"] or match["z1"] or _half(match, 1) or _is_formal(match, 1) or bare:
        return True
    return bool(match["m1"]) and (":" in match["s1"] or bool(clock.led.search(_before(match))))


def _is_range(match: re.Match[str], clock: Clock, *, bare: bool) -> bool:
    first = _half(match, 1) or match["n1"] or match["z1"] or _is_formal(match, 1)
    second = _half(match, 2) or match["n2"] or match["z2"] or _is_formal(match, 2)
    if match["amid"] and not clock.between.search(_before(match)):
        return False
    if match["to"] and not (first or match["m1"] or bare or clock.since.search(_before(match))):
        return False
    return bool(second or (first and match["h2"]) or (match["m1"] and match["m2"]) or (bare and match["to"]))


def _range(first: _Side, second: _Side, match: re.Match[str], clock: Clock) -> ClockTime:
    """Complete the half that doesn't say am or pm: the reading in which the end comes soonest after the start.

    "2-3pm" is 14:00–15:00, "11-1pm" 11:00–13:00, "9.00am to 12.00" 09:00–12:00; "2.00 - 3.00" stays unsure.
    """
    starts = first.hours if first.said else _either(first, match["h1"])
    ends = second.hours if second.said else _either(second, match["h2"])
    pairs = [(s, e) for s in starts for e in ends if (s, first.minute) < (e, second.minute)]
    s, e = min(pairs, key=lambda pair: (pair[1] - pair[0], pair[0]), default=(starts[0], ends[0]))
    alike = {pair for pair in pairs if pair[1] - pair[0] == e - s}
    formal = _is_formal(match, 1) or _is_formal(match, 2)
    said = formal or first.said or second.said
    morning = _FORMAL_MORNING if said else (clock.morning if match["m1"] else 12)
    return ClockTime(
        start=time(s, first.minute),
        end=time(e, second.minute),
        text=match[0].strip(),
        at=match.start(),
        until=match.end(),
        unsure=(len(alike) > 1 and not morning <= s < 12) or (not pairs and len(starts) > 1),
    )


def _either(side: _Side, written: str) -> tuple[int, ...]:
    hour = int(written)
    return (hour, hour + 12) if 1 <= hour < 12 else (side.hours or (hour,))
