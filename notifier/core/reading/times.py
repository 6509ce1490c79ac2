"""Clock times as people write them: "2pm", "1 - 3pm", "9.00am to 12.00", "14:00–14:55", "12 noon"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

_MERIDIEM = r"[ap]\.m\b\.?|[ap]m\b|noon\b|midnight\b"
_DASH = r"\s{0,2}(?:-|–|—|to|until|till)\s{0,2}"


def _clock(n: int) -> str:
    return (
        rf"(?:(?P<h{n}>\d{{1,2}})(?P<s{n}>[:.](?P<m{n}>[0-5]\d))?(?![\d%£$€]|[:.,/]\d)\s{{0,2}}(?P<x{n}>{_MERIDIEM})?"
        rf"|(?P<w{n}>noon|midday|midnight)\b)"
    )


_TIME = re.compile(rf"(?<![\w:.,/£$€#+])(?<!\d[-–—]){_clock(1)}(?:{_DASH}{_clock(2)})?", re.IGNORECASE)
_DEADLINE = re.compile(
    r"\b(?:by|before|deadline|closes?|closing|no later than|until|till|latest)\b[^.;]{0,25}$", re.IGNORECASE
)
_SIDE = re.compile(
    r"\b(?:doors?|arrivals?|arrive|registration|coffee|lunch|drinks|networking|refreshments|log ?in)\b[^.;]{0,25}$",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:[-–—]\s{0,2}|\b(?:to|until|till|ends?(?: at)?|ending(?: at)?|finish(?:es|ing)?(?: at)?)\s{1,2})$",
    re.IGNORECASE,
)
_LED = re.compile(r"(?:\b(?:at|from|starts?|starting|when|time)\b:?|@)\s{0,3}$", re.IGNORECASE)
_WORDS = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_EXPLICIT = re.compile(r"(\d{1,2})(?:[:.]([0-5]\d)(?::[0-5]\d)?)?\s{0,2}([ap]\.?m\.?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time in prose. `start` None: only an end. `unsure`: morning or afternoon is not said."""

    start: time | None
    end: time | None
    text: str
    at: int
    until: int
    unsure: bool = False


def times_in(text: str) -> Iterator[ClockTime]:
    """The times of a text at which something begins or ends; deadlines, doors and lunches are left out."""
    for match in _TIME.finditer(text):
        before = text[max(0, match.start() - 60) : match.start()]
        ends = _END.search(before)
        if _SIDE.search(before) or (_DEADLINE.search(before) and not ends):
            continue
        found = _read(match, led=bool(_LED.search(before)))
        if found and ends and found.end is None:
            yield ClockTime(
                start=None, end=found.start, text=found.text, at=found.at, until=found.until, unsure=found.unsure
            )
        elif found:
            yield found


def clock_of(text: str) -> time | None:
    """The time of a front-matter value: 14:00, 9.30am, 2pm, noon. None where it isn't one or leaves a doubt.

    `2:00` leaves one: write 02:00 or 14:00.
    """
    text = text.strip()
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    match = _EXPLICIT.fullmatch(text)
    if not match or not (match[2] or match[3]):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if not match[3] and len(match[1]) == 1 and hour < 8:
        return None
    return _time(_hours(hour, match[3]), minute)


@dataclass(frozen=True, slots=True)
class _Side:
    hours: tuple[int, ...]
    minute: int
    said: bool


def _read(match: re.Match[str], *, led: bool) -> ClockTime | None:
    first, second = _side(match, 1), _side(match, 2)
    if not first.hours:
        return None
    if second.hours and _is_range(match):
        return _range(first, second, match)
    if not _is_time(match, led=led):
        return None
    until = max(match.end(group) for group in ("h1", "m1", "x1", "w1"))
    return ClockTime(
        start=_time(first.hours, first.minute),
        end=None,
        text=match.string[match.start() : until],
        at=match.start(),
        until=until,
        unsure=len(first.hours) > 1,
    )


def _side(match: re.Match[str], n: int) -> _Side:
    if match[f"w{n}"]:
        return _Side((_WORDS[match[f"w{n}"].casefold()].hour,), 0, said=True)
    if not match[f"h{n}"]:
        return _Side((), 0, said=False)
    hour, mark = int(match[f"h{n}"]), match[f"x{n}"]
    # 08:00 to 11:59 and anything written with a leading zero or above 12 is the 24-hour clock.
    plain = bool(mark) or hour >= 12 or match[f"h{n}"].startswith("0")
    hours = _hours(hour, mark)
    if not plain and hours:
        hours = (hour,) if 8 <= hour < 12 else (hour, hour + 12)
    return _Side(hours, int(match[f"m{n}"] or 0), said=bool(mark) or plain)


def _hours(hour: int, mark: str | None) -> tuple[int, ...]:
    if not mark:
        return (hour,) if hour < 24 else ()
    mark = mark.casefold()
    if mark in _WORDS:
        return (_WORDS[mark].hour,) if hour == 12 else ()
    if not 1 <= hour <= 12:
        return (hour,) if 13 <= hour < 24 and mark.startswith("p") else ()
    return (hour % 12 + (12 if mark.startswith("p") else 0),)


def _time(hours: tuple[int, ...], minute: int) -> time | None:
    return time(hours[0], minute) if hours else None


def _is_time(match: re.Match[str], *, led: bool) -> bool:
    if match["w1"] or match["x1"]:
        return True
    return bool(match["m1"]) and (":" in match["s1"] or led)


def _is_range(match: re.Match[str]) -> bool:
    marked = match["x2"] or match["w2"] or (match["x1"] and match["h2"]) or (match["w1"] and match["h2"])
    return bool(marked or (match["m1"] and match["m2"]))


def _range(first: _Side, second: _Side, match: re.Match[str]) -> ClockTime:
    """Complete the half that doesn't say am or pm: the reading in which the end comes soonest after the start.

    "2-3pm" is 14:00–15:00, "11-1pm" 11:00–13:00, "9.00am to 12.00" 09:00–12:00; "2.00 - 3.00" stays unsure.
    """
    starts = first.hours if first.said else _either(first, match["h1"])
    ends = second.hours if second.said else _either(second, match["h2"])
    pairs = [(s, e) for s in starts for e in ends if (s, first.minute) < (e, second.minute)]
    s, e = min(pairs, key=lambda pair: (pair[1] - pair[0], pair[0]), default=(starts[0], ends[0]))
    alike = {pair for pair in pairs if pair[1] - pair[0] == e - s}
    return ClockTime(
        start=time(s, first.minute),
        end=time(e, second.minute),
        text=match[0].strip(),
        at=match.start(),
        until=match.end(),
        unsure=(len(alike) > 1 and not 8 <= s < 12) or (not pairs and len(starts) > 1),
    )


def _either(side: _Side, written: str) -> tuple[int, ...]:
    hour = int(written)
    return (hour, hour + 12) if 1 <= hour < 12 else (side.hours or (hour,))
