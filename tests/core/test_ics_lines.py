"""Entries are written line by line here, with the very bytes that icalendar would write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Event as VEvent
from icalendar.prop import vCalAddress, vCategory, vText, vUri

from notifier.core.entry import Entry, shown, span_of
from notifier.core.ics import render_entry, render_event_file
from notifier.core.public import public_view
from tests.builders import a_site, a_time, all_day, an_event, at
from tests.strategies import any_text

_CREATED = at("2026-11-01 09:00")


class _Text(vText):
    """Escaped as RFC 5545 says and no more; icalendar itself turns `C:\\New` into a line break."""

    def to_ical(self) -> bytes:
        return str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n").encode()


def by_icalendar(entry: Entry, *, organiser: tuple[str, str] | None = None) -> bytes:
    event = public_view(entry.event)
    span, words, vevent = span_of(event.when), shown(a_site(), event), VEvent()
    assert span is not None
    times = {"created": entry.created_at, "dtstamp": entry.modified_at, "last-modified": entry.modified_at}
    for name, value in {"dtstart": span.start, "dtend": span.end, **times}.items():
        vevent.add(name, value)
    texts = {"description": words.description, "location": words.location}
    free = {"x-microsoft-cdo-busystatus": "FREE"} if words.transparent else {}
    for name, text in {"uid": event.uid, "summary": words.title, **texts, **free}.items():
        if text:
            vevent.add(name, _Text(text))
    plain: dict[str, Any] = {"sequence": entry.sequence, "status": words.status, "class": "PUBLIC"}
    for name, value in {**plain, "transp": "TRANSPARENT" if words.transparent else "OPAQUE"}.items():
        vevent.add(name, value)
    if words.url:
        vevent.add("url", vUri(words.url))
    if words.categories:
        categories = vCategory([])
        categories.cats = [_Text(name) for name in words.categories]
        vevent.add("categories", categories)
    if organiser:
        vevent.add("organizer", vCalAddress(organiser[1]), parameters={"CN": organiser[0]})
    return bytes(vevent.to_ical())


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    # Signs that are escaped, and characters of one to four octets, where lines are folded.
    text = any_text | st.text("ab ,;\\^:\"\n'?éß漢😀-", max_size=400)
    event = an_event(
        title=draw(text), summary=draw(text), location=draw(st.none() | text), category=draw(st.none() | text),
        topics=tuple(draw(st.lists(text, max_size=3))), status=draw(st.sampled_from(["scheduled", "cancelled", "tentative"])),
        when=draw(st.sampled_from([a_time("2027-01-01 14:00", ends="15:15"), all_day("2026-12-30", "2026-12-31")])),
        uid=f"{'é' * draw(st.integers(0, 90))}{draw(st.integers(0, 9))}@example.org",
    )  # fmt: skip
    modified: datetime = _CREATED + timedelta(seconds=draw(st.integers(0, 10**8)))
    sequence = draw(st.integers(0, 2**31 - 1))
    return Entry(event=event, sequence=sequence, created_at=_CREATED, modified_at=modified)


@given(entries())
@settings(max_examples=200)
def test_an_entry_has_the_bytes_that_icalendar_writes(entry: Entry) -> None:
    assert render_entry(a_site(), entry) == by_icalendar(entry)


@given(entries())
@settings(max_examples=50)
def test_an_entry_with_its_organiser_has_them_too(entry: Entry) -> None:
    site = a_site()

    assert by_icalendar(entry, organiser=(site.name, f"mailto:noreply@{site.domain}")) in render_event_file(site, entry)
