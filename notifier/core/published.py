"""What readers' calendars were last given: which coming events stand in a file that we published."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_ENTRY = re.compile(rb"BEGIN:VEVENT\r\n(.*?)\r\nEND:VEVENT", re.DOTALL)
_UID = re.compile(rb"^UID:([^\r]*)", re.MULTILINE)
_START = re.compile(rb"^DTSTART(?:;VALUE=DATE)?:(\d{8})(?:T(\d{6})Z)?", re.MULTILINE)


def upcoming_uids(data: bytes, now: datetime) -> frozenset[str]:
    """The uids of the entries that begin after `now`; of whole days, after today (UTC). Only for calendars of ours."""
    after = now.astimezone(UTC)
    moment, today = after.strftime("%Y%m%d%H%M%S").encode(), after.strftime("%Y%m%d").encode()
    uids = []
    for entry in _ENTRY.findall(data.replace(b"\r\n ", b"")):
        uid, start = _UID.search(entry), _START.search(entry)
        if uid and start and (start[1] + start[2] > moment if start[2] else start[1] > today):
            uids.append(uid[1].decode(errors="replace"))
    return frozenset(uids)
