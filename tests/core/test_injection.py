"""No text of an author, in any field of any kind of mail, becomes more than words: not in a page, a header or a calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import facts_of
from notifier.core.message import Message
from notifier.core.preflight.markup import page_of
from notifier.core.preflight.words import _MARK
from notifier.core.render import KINDS, render
from notifier.core.rule import Kind
from notifier.edges.eml import eml
from tests.builders import a_delivery, a_message, a_site, an_audience, an_event, at
from tests.strategies import any_text
from tests.templates_on_disk import the_templates

#: Each with a word by which it would be known, were it alive.
_TRICKS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<style>*{display:none}</style>", "</td></table></body>", "<!--[if mso]><p>evil<![endif]-->", "&lt;b&gt;",
    "{{ 7 * 191 }}", "{% for x in (7 * 191,) %}{{ x }}{% endfor %}", "{{ site.__class__ }}", "{{ self }}",
    "*|FNAME|*", "*|MC:SUBJECT|*", "{{{x}}}", "<%= x %>", "%recipient.name%", "%%FirstName%%", "*|", "|*", "{", "{", "%", "}",
    "\r\nBcc: evil@example.com\r\n", "\nSubject: evil\n\n", "\nContent-Type: text/html\n", "=?utf-8?q?=0D=0ABcc:_evil?=", "\n.\nMAIL FROM:<evil@example.com>\n", "\nFrom evil\n",
    "\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil\n", "\\nEND:VCALENDAR", "\nATTENDEE:mailto:evil@example.com\n", ";X-EVIL=1:", "^n", '"', "\\",
    "\u202e", "\u2066", "\u2069", "\u200b", "\u2060", "\ufeff", "\u2028", "\x00", "\x85",
)  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(_TRICKS), any_text), max_size=4).map("".join)
address = st.one_of(
    st.none(), hostile, hostile.map("https://www.example.org/{}".format), hostile.map("mailto:{}".format),
    st.sampled_from(("javascript:alert(1)", "data:text/html,<script>", "https://a@evil.example.com", "mailto:a@example.org?bcc=evil@example.com", "//evil", "https://x\r\nBcc:a")),
)  # fmt: skip
#: Every field that comes from a document and may be shown.
authored = st.fixed_dictionaries({
    "title": hostile, "summary": hostile, "body": hostile, "location": st.none() | hostile, "contact": address, "url": address, "join_url": address, "info_url": address,
    "recording_url": address, "category": st.none() | hostile, "series": st.none() | hostile, "topics": st.lists(hostile, max_size=2).map(tuple),
    "projects": st.lists(hostile, max_size=2).map(tuple), "image": address,
})  # fmt: skip
#: All that a note may have, in all that it may stand in.
_EVERYTHING = """
# a
## b
### c
*d* **e** `f` ***g*** *h `i`* **j `k`** <l@example.org>
m

> # n
> ## n
> ### n
> - n
>
> 7. n
>
> 8. n
> > n
> ```
> n
> ```
> ---

- # o
  ## o
  ### o
  > o
  ```
  o
  ```
  ---
- p
  - q
  1. q

- r

  s

3. t

   u

- v
  - w
---
"""
ORGANISER = ("Example Commons", "events@example.org")
_HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
_PARTS = {"multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"}
_TRICKY = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_WITH_CALENDAR: tuple[Kind, ...] = ("announcement", "reminder", "change", "cancellation", "one_off")
_CALLED_OFF = frozenset({"cancellation"})


class Tags(HTMLParser):
    """The tags with the names of their attributes, and all addresses, of a page as a browser would read it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shapes: set[tuple[str, tuple[str, ...]]] = set()
        self.addresses: list[str] = []
        self.comments: list[str] = []
        self.styles: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shapes.add((tag, tuple(sorted({name for name, _ in attrs} - {"class", "style"}))))
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "background")]
        self.styles += [value for name, value in attrs if name == "style"]

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def a_mail(kind: Kind, fields: dict[str, Any], note: str, subject: str) -> tuple[Event, Message]:
    """The mail of an event in whose every field, and in what was told of it before, an author has written something."""
    event = an_event(status="cancelled" if kind in _CALLED_OFF else "scheduled", **fields)
    before = replace(
        event, title=f"{event.title}{event.summary}", location=event.title, join_url=event.url, status="scheduled"
    )
    later = replace(event, uid="later@example.org")
    message = render(
        a_delivery(kind=kind), [event, later] if kind == "digest" else [event], site=a_site(), templates=the_templates(),
        feed_url="https://www.example.org/feeds/all.ics", audience_is_public=False, told={event.uid: facts_of(before)},
        entry=Entry(event=event, sequence=1, created_at=at("2026-11-01"), modified_at=at("2026-11-02")),
        new=frozenset({later.uid}), until=at("2026-12-01"), note=note if kind == "one_off" else "", subject=subject if kind == "one_off" else "",
    )  # fmt: skip
    return event, message


@lru_cache
def honest() -> Tags:
    """What mails are made of where everybody is honest."""
    more = {"info_url": "https://www.example.org/more", "contact": "mailto:events@example.org"}
    mails = [
        a_mail(kind, {**fields, "recording_url": recording}, note, subject)[1]
        for kind in KINDS
        for fields in ({}, more, {**more, "join_url": None}, {**more, "join_url": None, "url": None})
        for recording in (None, "https://video.example.org/watch")
        for note, subject in (("", ""), (_EVERYTHING, "A word"))
    ]
    return Tags("".join(mail.html for mail in mails))


@given(kind=st.sampled_from(KINDS), fields=authored, note=hostile, subject=hostile)
def test_no_author_adds_anything_but_words_to_a_page(
    kind: Kind, fields: dict[str, Any], note: str, subject: str
) -> None:
    _, message = a_mail(kind, fields, note, subject)
    found, known = Tags(message.html), honest()

    assert found.shapes <= known.shapes
    assert [one for one in found.addresses if not re.match(r"(?:https?|webcal)://[a-z0-9.-]+|mailto:[^?]+$", one)] == []
    assert set(found.comments) <= set(known.comments)
    assert set(found.styles) <= set(known.styles)
    assert page_of(message.html).unclosed == ()


@given(kind=st.sampled_from(KINDS), fields=authored, note=hostile, subject=hostile)
def test_no_author_runs_anything_or_hides_in_any_part(
    kind: Kind, fields: dict[str, Any], note: str, subject: str
) -> None:
    _, message = a_mail(kind, fields, note, subject)
    # Whoever fills in marks looks at the bytes of a part as they are, and some at its words.
    seen = "\n".join(run.text for run in page_of(message.html).runs)
    parts = (message.subject, message.preheader, message.text, message.html, seen)

    assert "1337" not in "".join(parts) or "1337" in repr((fields, note, subject))
    assert [found[0] for part in parts for found in _MARK.finditer(part)] == []
    assert [found[0] for part in parts for found in _TRICKY.finditer(part)] == []
    assert "\n" not in message.subject + message.preheader
    assert message.subject.strip()


@given(kind=st.sampled_from(KINDS), fields=authored, note=hostile, subject=hostile)
def test_no_author_adds_a_header_a_part_or_a_recipient(
    kind: Kind, fields: dict[str, Any], note: str, subject: str
) -> None:
    event, message = a_mail(kind, fields, note, subject)
    written = eml(
        message, sender=("Example", "events@example.org"), recipient=("A reader", "reader@example.com"), key=f"{kind}/{event.uid}",
        domain="example.org", at=at("2026-12-08"),
    )  # fmt: skip
    mail = message_from_bytes(written, policy=default)

    assert mail.keys() == _HEADERS
    assert (mail["To"], mail["From"]) == ("A reader <reader@example.com>", "Example <events@example.org>")
    # Where it folds a long one, the standard library may leave two spaces.
    assert mail["Subject"].split() == message.subject.replace("=?", "= ?").split()
    assert {part.get_content_type() for part in mail.walk()} <= _PARTS
    assert len(list(mail.walk())) == (6 if message.calendar else 3)
    assert mail.defects == []
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == message.text


@given(kind=st.sampled_from(_WITH_CALENDAR), fields=authored, note=hostile, subject=hostile)
def test_no_author_adds_an_event_a_property_or_an_attendee(
    kind: Kind, fields: dict[str, Any], note: str, subject: str
) -> None:
    event, message = a_mail(kind, fields, note, subject)
    [calendar] = Calendar.from_ical(message.calendar or b"", multiple=True)
    [vevent] = calendar.walk("VEVENT")

    assert str(vevent["UID"]) == event.uid
    assert set(calendar.keys()) == {"VERSION", "PRODID", "METHOD", "CALSCALE"} & set(calendar.keys())
    assert not set(vevent.keys()) & {"ATTENDEE", "RRULE", "RDATE", "ATTACH", "X-EVIL"}
    assert {component.name for component in calendar.walk()} <= {
        "VCALENDAR",
        "VEVENT",
        "VTIMEZONE",
        "STANDARD",
        "DAYLIGHT",
    }
    assert _TRICKY.search((message.calendar or b"").decode().replace("\r\n", "")) is None


@given(fields=authored)
def test_no_author_becomes_an_attendee_of_an_invitation(fields: dict[str, Any]) -> None:
    event = an_event(**fields)
    message = render(
        a_delivery(), [event], site=a_site(), templates=the_templates(), feed_url=None, audience_is_public=False, audience=an_audience(each=True, sender=ORGANISER),
        entry=Entry(event=event, sequence=1, created_at=at("2026-11-01"), modified_at=at("2026-11-02")), at=at("2026-12-08"),
    )  # fmt: skip
    calendar = Calendar.from_ical(message.calendar or b"")
    [vevent] = calendar.walk("VEVENT")

    assert str(vevent["UID"]) == event.uid
    assert isinstance(vevent["ATTENDEE"], str)
    assert str(vevent["ORGANIZER"]).lower() == f"mailto:{ORGANISER[1]}"


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?=0D=0ABcc:_evil@example.com?=",
        "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
        "==?utf-8?q?=0ABcc:x?=",
    ],
)
def test_no_encoded_word_of_an_author_adds_a_header(text: str) -> None:
    written = eml(
        a_message(subject=f"Changed: {text}"), sender=(text, "events@example.org"), recipient=(text, "reader@example.com"), key="k",
        domain="example.org", at=at("2026-12-08"),
    )  # fmt: skip
    mail = message_from_bytes(written, policy=default)

    assert mail.keys() == _HEADERS
    assert mail["Subject"] == f"Changed: {text.replace('=?', '= ?')}"
