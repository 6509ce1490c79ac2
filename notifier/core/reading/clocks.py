"""Times in a value: “18:30”, “18:30 – 20:00”, “6–8pm CET”, “19 Uhr”, with nothing beside them but small words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from notifier.core.reading.languages import Language
from notifier.core.reading.stamps import Stamp, Unread, offset_of
from notifier.core.reading.times import ClockTime, clock_of, times_in
from notifier.core.reading.zonekeys import zone_by_name
from notifier.core.reading.zonewords import ZoneWord, zone_beside

#: An end before its start, in one range, is on the next day if the whole lasts no longer than this.
OVER_MIDNIGHT = timedelta(hours=8)
# Hardly anybody lives less than this many hours west of Greenwich.
_OFFSETS = 3

_EDGES = " \t,;:.@|·•–—-"
_SMALL = re.compile(
    r"(?:\b(?:at|from|starts?|starting|time|on|the|um|ab|von|den|der|am|vom|à|a|de|dès|du|le|las?|los|el|desde|alle|dalle|ore"
    r"|il|h|uhr|hrs|o'clock|kl)\b\.?[\s,:]{0,2}){1,4}",
    re.IGNORECASE,
)
# “18:30 on”, before a date; the “am” of “6:30 am” is none of these.
_BEFORE_DATE = re.compile(r"\s(?:on|den|le|el|il|(?<!\d\s)am|(?<=1[3-9]:\d\d\s)am|(?<=2\d:\d\d\s)am)$", re.IGNORECASE)
_TO = re.compile(r"\s?(?:-|–|—)\s?|\s(?:to|until|till|bis|à|a|al?le|hasta(?: las)?|fino alle)\s", re.IGNORECASE)
_FRACTION = re.compile(r"(:\d{2}:\d{2})[.,]\d{1,9}\b")
_BARE_RANGE = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_IANA = re.compile(r"[A-Za-z_]{2,20}/[A-Za-z_+-]{2,30}(?:/[A-Za-z_]{2,30})?")
_OFFSET = re.compile(
    r"(?:Z|UTC?|(?:UTC|GMT)?\s?[+\-−]\d{2}(?::?\d{2})?|(?:UTC|GMT)\s?[+\-−]\d{1,2}|(?:UTC|GMT)\s?[+±]?0)", re.IGNORECASE
)
_ATTACHED = re.compile(r"(?<=\d)(?=(?:Z|[+−-]\d{2}:?\d{2})$)", re.IGNORECASE)


def read_clocks(piece: str, language: Language) -> tuple[Stamp, ...] | Unread:
    """A time, or the two of a range; nothing where only small words stand there; Unread for all else."""
    whole, piece = piece, _trimmed(piece)
    if ":" in piece:
        piece = _FRACTION.sub(r"\1", piece)
    if not piece:
        return ()
    bare = _BARE_RANGE.fullmatch(piece)
    if bare:
        return _bare(bare[1], bare[2], piece)
    one = _single(piece, language)
    if one is not None:
        return (one,)
    return _range(piece, language) or _halves(piece, language) or _as_told(whole, language) or Unread(why="unreadable")


def _trimmed(text: str) -> str:
    """The text without marks and small words round it; brackets go only as pairs."""
    text = text.strip(_EDGES)
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip(_EDGES)
    lead = _SMALL.match(text)
    text = text[lead.end() :].strip(_EDGES) if lead else text
    tail = _BEFORE_DATE.search(text)
    return text[: tail.start()].strip(_EDGES) if tail else text


def _bare(first: str, last: str, piece: str) -> tuple[Stamp, ...] | Unread:
    """`18:30-20:00` is a range; `18:30-05:00`, where that would be a long night, a time with its offset."""
    start, end = clock_of(first), _ending(last)
    if start is None:
        return Unread(why="unreadable")
    if end is not None and end > start:
        return Stamp(clock=start), Stamp(clock=end)
    offset = offset_of(piece[len(first) :])
    if offset is None:
        return (Stamp(clock=start), Stamp(clock=end)) if end is not None else Unread(why="unreadable")
    if end is None or (end.hour >= _OFFSETS and not is_over_midnight(start, end)):
        return (Stamp(clock=start, offset=offset),)
    # 22:00-05:00 is a night in Berlin or ten o'clock in New York.
    return (Stamp(clock=start), Stamp(clock=end)) if _is_night(start, end) else Unread(why="unreadable")


def _is_night(start: time, end: time) -> bool:
    return end.hour < _OFFSETS and is_over_midnight(start, end)


def _gap(start: time, end: time) -> timedelta:
    day = datetime(2000, 1, 2)  # noqa: DTZ001 - only the distance of two clock times
    gap = datetime.combine(day, end) - datetime.combine(day, start)
    return gap if gap > timedelta(0) else gap + timedelta(days=1)


def is_over_midnight(start: time, end: time) -> bool:
    """Whether a range of these two times goes on after midnight, and not for longer than a night."""
    return end <= start and _gap(start, end) <= OVER_MIDNIGHT


def _single(text: str, language: Language) -> Stamp | None:
    """One time with what may stand behind it: an offset, a name of a zone, letters."""
    for clock_text, zone_text in _splits(_ATTACHED.sub(" ", text)):
        clock = _clock(clock_text, language)
        if clock is None:
            continue
        if not zone_text:
            return Stamp(clock=clock)
        zoned = _zoned(zone_text, language)
        if zoned is not None:
            return replace(zoned, clock=clock)
    return None


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """The text whole, and cut before its last one to four words."""
    yield text, ""
    parts = text.split(" ")
    for count in range(1, min(len(parts), 5)):
        yield " ".join(parts[:-count]), " ".join(parts[-count:])


def _clock(text: str, language: Language) -> time | None:
    text = _trimmed(text)
    found = clock_of(text, language=language)
    if found is not None or not text:
        return found
    told = list(times_in(text, language=language))
    if len(told) != 1 or told[0].unsure or told[0].end is not None or told[0].start is None:
        return None
    rest = text[: told[0].at] + " " + text[told[0].until :]
    return told[0].start if not _trimmed(rest) else None


def _zoned(text: str, language: Language) -> Stamp | None:
    text = text.strip(" ([)],")
    if _OFFSET.fullmatch(text):
        plain = text.upper().removeprefix("UTC").removeprefix("GMT").strip().removeprefix("±")
        offset = offset_of("Z" if plain in ("", "0") else plain)
        return Stamp(offset=offset) if offset is not None else None
    if _IANA.fullmatch(text):
        zone = zone_by_name(text)
        return Stamp(zone=ZoneWord(text=text, zone=zone)) if zone else None
    word = zone_beside(f" {text}", 0, language=language)
    return Stamp(zone=word) if word and word.text == text else None


def _range(text: str, language: Language) -> tuple[Stamp, ...] | None:
    """A range as prose has it, which knows that “6–8pm” begins in the evening."""
    told = list(times_in(text, language=language))
    if len(told) != 1 or told[0].unsure or told[0].start is None or told[0].end is None:
        return None
    zoned = _behind(text, told[0], language)
    if zoned is None:
        return None
    return replace(zoned, clock=told[0].start), replace(zoned, clock=told[0].end)


def _as_told(text: str, language: Language) -> tuple[Stamp, ...] | None:
    """What is a time only with its small words: “ore 21”, “dalle 18 alle 20”, “de 18 a 20 h”."""
    told = list(times_in(text, language=language))
    if len(told) != 1 or told[0].unsure or told[0].start is None or _trimmed(text[told[0].until :]):
        return None
    if _trimmed(text[: told[0].at]):
        return None
    return tuple(Stamp(clock=clock) for clock in (told[0].start, told[0].end) if clock is not None)


def _behind(text: str, told: ClockTime, language: Language) -> Stamp | None:
    if _trimmed(text[: told.at]):
        return None
    rest = _trimmed(text[told.until :]) if not _OFFSET.fullmatch(text[told.until :].strip()) else text[told.until :]
    return _zoned(rest, language) if rest else Stamp()


def _halves(text: str, language: Language) -> tuple[Stamp, ...] | None:
    """Two times, each read for itself: “18:30 CET – 20:00 CET”, “20:00 – 24:00”."""
    for gap in list(_TO.finditer(text))[:6]:
        start = _single(_trimmed(text[: gap.start()]), language)
        end = _end_of(text[gap.end() :], language)
        if start is None or end is None:
            continue
        if start.zone is None and start.offset is None:
            start = replace(start, zone=end.zone, offset=end.offset)  # “18:30 – 20:00 CET”: both are
        elif end.zone is None and end.offset is None:
            end = replace(end, zone=start.zone, offset=start.offset)
        return start, end
    return None


def _end_of(text: str, language: Language) -> Stamp | None:
    text = _trimmed(text)
    return Stamp(clock=time(0)) if _ends_day(text) else _single(text, language)


def _ending(text: str) -> time | None:
    return time(0) if _ends_day(text) else clock_of(text)


def _ends_day(text: str) -> bool:
    """24:00, the end of a day and the beginning of the next."""
    return text in ("24:00", "24.00", "24")
