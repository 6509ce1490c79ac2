"""Entries are written line by line here, with the very bytes that icalendar would write."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Event as VEvent
from icalendar.prop import vCalAddress, vCategory, vText, vUri

from notifier.core.entry import Entry
from notifier.core.ics import render_entry, render_event_file
from notifier.core.ics.lines import folded
from notifier.core.ics.richtext import as_address
from notifier.core.ics.vevent import Lines, lines_of, on_its_own, vevent
from notifier.core.plain import one_line
from notifier.core.zones import zone_named
from tests.builders import a_site, a_time, all_day, an_event, at
from tests.strategies import any_text

_CREATED = at("2026-11-01 09:00")


class _Text(vText):
    """Escaped as RFC 5545 says and no more; icalendar itself turns `C:\\New` into a line break."""

    def to_ical(self) -> bytes:
        return str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n").encode()


def by_icalendar(lines: Lines) -> bytes:
    span, words, vevent = lines.span, lines.words, VEvent()
    zone = zone_named(lines.zone) if lines.zone else None
    start, end = (at.astimezone(zone) if zone and isinstance(at, datetime) else at for at in (span.start, span.end))
    times = {"created": lines.created_at, "dtstamp": lines.stamp, "last-modified": lines.modified_at}
    for name, value in {"dtstart": start, "dtend": end, **times}.items():
        vevent.add(name, value)
    free = {"x-microsoft-cdo-busystatus": "FREE"} if words.transparent else {}
    for name, text in {"uid": lines.uid, "summary": words.title, "location": words.location, **free}.items():
        if text:
            vevent.add(name, _Text(text))
    plain: dict[str, Any] = {"sequence": lines.sequence, "status": words.status, "class": lines.classification}
    for name, value in {**plain, "transp": "TRANSPARENT" if words.transparent else "OPAQUE"}.items():
        vevent.add(name, value)
    if words.url:
        vevent.add("url", vUri(words.url))
    if words.join_url:
        conference = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join online"}
        vevent.add("conference", vUri(words.join_url), parameters=conference)
    if words.categories:
        categories = vCategory([])
        categories.cats = [_Text(name) for name in words.categories]
        vevent.add("categories", categories)
    _add_description(vevent, words.description, lines.markup)
    return bytes(vevent.to_ical())


def _add_description(vevent: VEvent, text: str, markup: str) -> None:
    if markup:
        vevent.add("x-alt-desc", _Text(markup), parameters={"FMTTYPE": "text/html"})
    if text:
        alternative = {"ALTREP": as_address(markup)} if markup else {}
        vevent.add("description", _Text(text), parameters=alternative)


def same(ours: bytes, theirs: bytes) -> bool:
    """Byte for byte, unless icalendar may have folded between an emoji and what belongs to it."""
    text = theirs.decode().replace("\r\n ", "")
    if any(unicodedata.category(sign)[0] == "M" or sign == "\u200d" or sign >= "\U0001f000" for sign in text):
        return ours.replace(b"\r\n ", b"") == theirs.replace(b"\r\n ", b"")
    return ours == theirs


def an_entry() -> Entry:
    return Entry(event=an_event(), sequence=0, created_at=_CREATED, modified_at=_CREATED)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    # Signs that are escaped, and characters of one to four octets, where lines are folded.
    text = any_text | st.text("ab ,;\\^:\"\n'?éß漢😀-", max_size=400)
    event = an_event(
        title=draw(text), summary=draw(text), location=draw(st.none() | text), category=draw(st.none() | text),
        topics=tuple(draw(st.lists(text, max_size=3))), access=draw(st.sampled_from(["open", "members"])), status=draw(st.sampled_from(["scheduled", "cancelled", "tentative"])),
        when=draw(st.sampled_from([a_time("2027-01-01 14:00", ends="15:15"), all_day("2026-12-30", "2026-12-31")])),
        uid=f"{'é' * draw(st.integers(0, 90))}{draw(st.integers(0, 9))}@example.org",
    )  # fmt: skip
    modified: datetime = _CREATED + timedelta(seconds=draw(st.integers(0, 10**8)))
    sequence = draw(st.integers(0, 2**31 - 1))
    return Entry(event=event, sequence=sequence, created_at=_CREATED, modified_at=modified)


@given(entries())
@settings(max_examples=200)
def test_an_entry_has_the_bytes_that_icalendar_writes(entry: Entry) -> None:
    assert same(render_entry(a_site(), entry), by_icalendar(lines_of(a_site(), entry, public=True)))


@given(entries(), st.sampled_from(["Europe/London", "America/New_York", "Africa/Casablanca"]))
@settings(max_examples=100)
def test_a_file_has_them_too_with_its_zone_and_its_html(entry: Entry, zone: str) -> None:
    lines = on_its_own(lines_of(a_site(), entry, public=False), zone)

    assert same(vevent(lines), by_icalendar(lines))


@given(any_text | st.text("ab,;:\\^\"'’ é漢", max_size=200))
def test_people_are_named_as_icalendar_names_them(name: str) -> None:
    person, vevent = one_line(name).replace('"', "”"), VEvent()
    vevent.add(
        "organizer", vCalAddress(f"mailto:noreply@{a_site().domain}"), parameters={"CN": person} if person else {}
    )

    written = render_event_file(a_site(name=name), an_entry())

    line = str(vevent.content_line("ORGANIZER", vevent["organizer"]))
    assert line in written.decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(
    "cluster",
    ["👩\u200d💻", "❤\ufe0f\u200d🔥", "e\u0325\u0301", "👍🏽", "🇬🇧", "🏴\U000e0067\U000e0062\U000e007f", "क्षि"],
)
def test_no_fold_comes_between_an_emoji_or_a_letter_and_what_belongs_to_it(cluster: str) -> None:
    for before in range(80):
        parts = folded(f"{'a' * before}{cluster * 30}".encode()).decode().split("\r\n ")

        assert all(len(part.encode()) <= 74 for part in parts)
        assert all(part.strip("a").replace(cluster, "") == "" for part in parts)


def test_what_goes_on_for_ever_is_folded_all_the_same() -> None:
    parts = folded(f"a{chr(0x301) * 500}".encode()).split(b"\r\n ")

    assert all(0 < len(part) <= 74 for part in parts)
    assert b"".join(parts).decode() == f"a{chr(0x301) * 500}"


@given(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=500))
def test_a_folded_line_is_short_and_unfolds_to_itself(text: str) -> None:
    parts = folded(text.encode()).split(b"\r\n ")

    assert "".join(part.decode() for part in parts) == text
    assert all(len(part) <= 74 for part in parts)
