"""Twenty calendars with one fault each, the good one they are made of, and which of our own two checks sees it.

Many of these pass nearly every parser there is; what a judge overlooks here it would overlook in our bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.acceptance.calendars.seen import Seen

#: How many events each of them means to have.
EVENTS = 3

_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:20251026T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20260329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE
"""

_TEXT = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//planted//EN
CALSCALE:GREGORIAN
NAME:Planted\\, and good
X-WR-CALNAME:Planted\\, and good
{_ZONE}BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261101T090000Z
LAST-MODIFIED:20261101T090000Z
DTSTART;TZID=Europe/London:20270702T183000
DTEND;TZID=Europe/London:20270702T203000
SUMMARY:Größe\\, Tee\\; und Kuchen
DESCRIPTION:Eine Zeile\\nund noch eine.
SEQUENCE:0
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://www.example.org/a,b;c
END:VEVENT
BEGIN:VEVENT
UID:2@example.org
DTSTAMP:20261101T090000Z
LAST-MODIFIED:20261101T090000Z
DTSTART;VALUE=DATE:20270710
DTEND;VALUE=DATE:20270712
SUMMARY:Two days
SEQUENCE:0
STATUS:CONFIRMED
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:3@example.org
DTSTAMP:20261101T090000Z
LAST-MODIFIED:20261101T090000Z
DTSTART:20271231T220000Z
DTEND:20280101T020000Z
SUMMARY:New year
SEQUENCE:3
STATUS:CANCELLED
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""

#: What its author meant.
MEANT = (
    Seen(
        uid="1@example.org", start="2027-07-02T17:30:00Z", end="2027-07-02T19:30:00Z", title="Größe, Tee; und Kuchen",
        description="Eine Zeile\nund noch eine.", url="https://www.example.org/a,b;c",
    ),
    Seen(uid="2@example.org", start="2027-07-10", end="2027-07-12", title="Two days"),
    Seen(
        uid="3@example.org", start="2027-12-31T22:00:00Z", end="2028-01-01T02:00:00Z", title="New year", status="CANCELLED"
    ),
)  # fmt: skip
GOOD = _TEXT.replace("\n", "\r\n").encode()


def _with(old: str, new: str) -> Callable[[], bytes]:
    """The good one with one thing in the place of another, in every event that has it first."""
    if _TEXT.count(old) == 0:
        raise ValueError(f"{old!r} is not there to be replaced.")
    return lambda: _TEXT.replace(old, new, 1).replace("\n", "\r\n").encode()


def _raw(old: bytes, new: bytes) -> Callable[[], bytes]:
    return lambda: GOOD.replace(old, new, 1)


_STAMP_1 = "UID:1@example.org\nDTSTAMP:20261101T090000Z\nLAST-MODIFIED:20261101T090000Z\n"

_PLANTED: Mapping[str, Callable[[], bytes]] = {
    "cal_uid": _with("CALSCALE:", "UID:calendar@example.org\nCALSCALE:"),
    "b01_lf": lambda: GOOD.replace(b"\r\n", b"\n"),
    "b02_unfolded_long": _with("SUMMARY:Two days", f"SUMMARY:{'two days ' * 20}long"),
    "b03_fold_mid_utf8": _raw("SUMMARY:Größe".encode(), b"SUMMARY:Gr\xc3\r\n \xb6\xc3\x9fe"),
    "b04_no_uid": _with("UID:2@example.org\n", ""),
    "b05_no_dtstamp": _with(_STAMP_1, _STAMP_1.replace("DTSTAMP:20261101T090000Z\n", "")),
    "b06_tzid_no_vtimezone": _with(_ZONE, ""),
    "b07_injection": _with(
        "SUMMARY:Two days",
        "SUMMARY:Two days\nSEQUENCE:0\nSTATUS:CONFIRMED\nTRANSP:OPAQUE\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil@example.org\nDTSTAMP:20261101T090000Z\n"
        "LAST-MODIFIED:20261101T090000Z\nDTSTART:20270101T100000Z\nDTEND:20270101T110000Z\nSUMMARY:Evil",
    ),
    "b08_end_eq_start_allday": _with("DTEND;VALUE=DATE:20270712", "DTEND;VALUE=DATE:20270710"),
    "b09_end_before_start": _with(
        "DTEND;TZID=Europe/London:20270702T203000", "DTEND;TZID=Europe/London:20270702T103000"
    ),
    "b10_dup_uid": _with("UID:2@example.org", "UID:1@example.org"),
    "b11_request_no_organizer": _with("CALSCALE:", "METHOD:REQUEST\nCALSCALE:"),
    "b12_truncated": lambda: GOOD[: GOOD.rindex(b"SUMMARY:New")],
    "b13_unescaped": _with("SUMMARY:Two days", "SUMMARY:Two, or three; days"),
    "b14_bad_date": _with("DTSTART;VALUE=DATE:20270710", "DTSTART;VALUE=DATE:20270231"),
    "b15_latin1": _raw("Größe".encode(), "Größe".encode("latin-1")),
    "b16_raw_newline_in_text": _with("Eine Zeile\\nund", "Eine Zeile\nund"),
    "b17_vtimezone_onset_wrong": _with("DTSTART:20260329T010000", "DTSTART:20260329T020000"),
    "b18_naive_utc_stamp": _with("DTSTAMP:20261101T090000Z", "DTSTAMP:20261101T090000"),
    "b19_value_mismatch": _with("DTEND;VALUE=DATE:20270712", "DTEND:20270712T000000Z"),
    "b20_control_char": _with("Two days", "Two\x00days"),
}

#: Faults of zones, which need more than a look at the bytes.
_ONLY_ZONES = {"b17_vtimezone_onset_wrong"}

BAD: Mapping[str, bytes] = {name: made() for name, made in _PLANTED.items()}
SEEN_BY_LINT = tuple(name for name in BAD if name not in _ONLY_ZONES)
SEEN_BY_TZCHECK = tuple(name for name in BAD if name in _ONLY_ZONES)
