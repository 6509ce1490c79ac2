"""Mails that go to each person: a real invitation for them, and a place for their own way to leave."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import facts_of
from notifier.core.ics import for_attendee
from notifier.core.leaving import SLOT, UNSUBSCRIBE
from notifier.core.message import Message
from notifier.core.preflight import preflight
from notifier.core.render import KINDS, render
from notifier.core.rule import Kind
from tests.builders import a_delivery, a_minimal_event, a_site, an_audience, an_event, at
from tests.core.test_ics import line
from tests.strategies import any_text
from tests.templates_on_disk import the_templates

SENT = at("2026-12-08 10:00")
CHOIR = an_audience(
    name="choir", provider="letters", each=True, leave_url=SLOT, sender=("Example Commons", "events@example.org")
)
INVITING: tuple[Kind, ...] = ("announcement", "reminder", "change", "one_off")
MEANS = "open the attached file invite.ics"


def a_mail(kind: Kind = "reminder", event: Event | None = None, *, sequence: int = 2, **more: Any) -> Message:
    event = event or an_event()
    terms: dict[str, Any] = {"audience": CHOIR, "templates": the_templates(), "told": {event.uid: facts_of(an_event())}}
    terms |= more
    return render(
        a_delivery(kind=kind, audience="choir"), [event], site=a_site(), feed_url=None, at=SENT,
        entry=Entry(event=event, sequence=sequence, created_at=at("2026-11-01"), modified_at=at("2026-11-05")),
        audience_is_public=terms["audience"].public, **terms,
    )  # fmt: skip


def file_of(message: Message) -> bytes:
    return cast("bytes", message.calendar)


@pytest.mark.parametrize("kind", INVITING)
def test_a_mail_about_one_event_invites_whoever_gets_it(kind: Kind) -> None:
    message = a_mail(kind)

    assert message.method == "REQUEST"
    assert line(file_of(message), "METHOD") == "METHOD:REQUEST"
    assert line(file_of(message), "SEQUENCE") == "SEQUENCE:2"
    assert line(file_of(message), "DTSTAMP") == "DTSTAMP:20261208T100000Z"
    assert line(file_of(message), "ORGANIZER") == 'ORGANIZER;CN="Example Commons":mailto:events@example.org'
    assert b"mailto:kim@example.com" in _unfolded(for_attendee(file_of(message), "Kim", "kim@example.com"))


@pytest.mark.parametrize("event", [an_event(), an_event(status="cancelled"), an_event(published=False)])
def test_a_cancellation_calls_it_off_for_them(event: Event) -> None:
    message = a_mail("cancellation", event, sequence=3)

    assert message.method == "CANCEL"
    assert line(file_of(message), "STATUS") == "STATUS:CANCELLED"
    assert line(file_of(message), "SEQUENCE") == "SEQUENCE:3"


def test_one_that_lost_its_date_is_called_off_on_the_day_that_they_were_told() -> None:
    message = a_mail("cancellation", an_event(when=None))

    assert message.method == "CANCEL"
    assert line(file_of(message), "DTSTART") == "DTSTART;TZID=Europe/London:20261209T140000"


def test_nobody_is_invited_to_what_is_off() -> None:
    assert a_mail("one_off", an_event(status="postponed"), note="It is off.").method == "CANCEL"


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("digest", an_event()),
        ("follow_up", an_event(status="past")),
        ("reminder", a_minimal_event(when=None)),
        ("reminder", an_event(private=frozenset({"when"}))),
    ],
)
def test_where_there_is_nothing_to_invite_to_there_is_no_file(kind: Kind, event: Event) -> None:
    message = a_mail(kind, event, told={})

    assert (message.calendar, message.method) == (None, "PUBLISH")
    assert MEANS not in message.text


@pytest.mark.parametrize(
    "audience",
    [
        an_audience(name="choir"),
        an_audience(name="choir", sender=CHOIR.sender),
        an_audience(name="choir", each=True, sender=None),
        an_audience(name="choir", each=True, sender=("E", "eve nts@example.org")),
        an_audience(name="choir", each=True, sender=("E", "événements@example.org")),
    ],
)
def test_to_a_list_and_from_who_can_not_invite_it_is_published(audience: Any) -> None:
    message = a_mail(audience=audience)

    assert message.method == "PUBLISH"
    assert line(file_of(message), "METHOD") == "METHOD:PUBLISH"
    assert b"ATTENDEE" not in file_of(message)


def test_the_file_is_told_of_where_there_is_one() -> None:
    for message in (a_mail(), a_mail("announcement"), a_mail(audience=an_audience())):
        assert MEANS in " ".join(message.text.split())


@pytest.mark.parametrize("is_public", [True, False])
def test_an_invitation_says_what_its_readers_may_know(is_public: bool) -> None:
    secret = "https://meet.example.com/s3cret"
    event = an_event(join_url=secret, private=frozenset({"join_url"}), mode="online", location=None)
    message = a_mail(event=event, audience=an_audience(name="choir", each=True, public=is_public, sender=CHOIR.sender))

    assert (secret.encode() in _unfolded(file_of(message))) is not is_public


@pytest.mark.parametrize("kind", KINDS)
def test_each_part_has_one_place_for_the_way_to_leave(kind: Kind) -> None:
    message = a_mail(kind)

    assert message.slots == (UNSUBSCRIBE,)
    assert message.html.count(f'href="{SLOT}"') == message.html.count(SLOT) == 1
    assert message.text.count(SLOT) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_to_a_list_nothing_is_said_of_leaving(kind: Kind) -> None:
    message = a_mail(kind, audience=an_audience(name="choir"))

    assert message.slots == ()
    assert not any("Unsubscribe" in part or SLOT in part for part in (message.html, message.text))


def test_where_readers_leave_elsewhere_that_is_the_link() -> None:
    message = a_mail(audience=an_audience(name="choir", each=True, leave_url="https://example.org/leave?a=1&b=2"))

    assert message.slots == ()
    assert 'href="https://example.org/leave?a=1&amp;b=2"' in message.html
    assert "https://example.org/leave?a=1&b=2" in message.text


BROKEN_UP = [
    SLOT,
    SLOT.replace("/leave", "/\u200bleave"),
    SLOT.replace("invalid", "inv\x00alid"),
    SLOT.replace("each", "e\u202each"),
    f"{SLOT}{SLOT}",
    f"[here]({SLOT})",
    f"<{SLOT}>",
    SLOT.replace(".", "\\."),
    SLOT.replace(".", "&#46;"),
]


@pytest.mark.parametrize("words", BROKEN_UP)
def test_no_author_makes_a_place_of_their_own(words: str) -> None:
    event = an_event(title=words, summary=words, location=words, url=words, info_url=words, contact=words)
    for message in (a_mail("announcement", event), a_mail("one_off", event, note=words, subject=words)):
        assert message.html.count(SLOT) == message.text.count(SLOT) == 1
        assert f'href="{SLOT}"' in message.html


@given(any_text, st.sampled_from(BROKEN_UP))
def test_whatever_they_write_around_it(text: str, words: str) -> None:
    event = an_event(title=text + words, summary=words + text)
    message = a_mail("announcement", event)

    assert message.html.count(SLOT) == message.text.count(SLOT) == 1


def looked_at(message: Message) -> list[str]:
    found = preflight(
        message, site=a_site(), audience=CHOIR, events=[an_event()], reaches_people=True, needs_unsubscribe=True
    )
    return [problem.what for problem in found if problem.severity == "error"]


@pytest.mark.parametrize("kind", INVITING)
def test_such_a_mail_has_nothing_wrong(kind: Kind) -> None:
    assert looked_at(a_mail(kind)) == []


def test_templates_of_a_site_that_leave_the_way_out_are_an_error() -> None:
    shipped = the_templates()
    texts = {name: text.replace("if leave_url", "if false") for name, text in shipped.texts.items()}
    message = a_mail(templates=type(shipped)(texts=texts))

    assert message.slots == ()
    assert any("no way to unsubscribe" in what for what in looked_at(message))


def test_only_the_place_itself_may_lead_to_no_host() -> None:
    message = a_mail()
    more = message.html.replace("</h1>", f'</h1><a href="{SLOT}/unsubscribe">Elsewhere</a>')

    assert any("example.invalid" in what for what in looked_at(Message(**{**_fields(message), "html": more})))


def _fields(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__slots__}


def _unfolded(calendar: bytes) -> bytes:
    return calendar.replace(b"\r\n ", b"")
