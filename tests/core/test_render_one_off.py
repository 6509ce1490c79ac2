"""Follow-ups of what is over, and a person's own text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.note import TAGS
from notifier.core.render import render
from notifier.core.rule import Kind
from notifier.errors import UserError
from tests.builders import a_delivery, a_minimal_event, a_site, an_event, at
from tests.core.test_render import FEED, SECRET, SHIPPED, Page
from tests.strategies import any_text

VIDEO = "https://video.example.org/watch"
NOTE = "Dear all,\n\nring the bell. See https://www.example.org/hall.\nThank you"


def a_mail(kind: Kind, *events: Event, public: bool = True, **more: Any) -> Message:
    stamps: dict[str, Any] = {"sequence": 0, "created_at": at("2026-11-01"), "modified_at": at("2026-11-01")}
    return render(
        a_delivery(kind=kind), events, site=more.pop("site", a_site()), templates=SHIPPED, feed_url=FEED,
        entry=Entry(event=events[0], **stamps) if events else None, audience_is_public=public, **more,
    )  # fmt: skip


def test_a_follow_up_is_about_the_write_up_or_the_recording() -> None:
    written, recorded = an_event(status="past"), an_event(status="past", recording_url=VIDEO)

    assert a_mail("follow_up", written).subject == "Write-up: Book club: The Commons"
    assert a_mail("follow_up", recorded).subject == "Recording: Book club: The Commons"


def test_a_follow_up_speaks_of_the_past_and_adds_nothing_to_calendars() -> None:
    message = a_mail("follow_up", an_event(status="past", recording_url=VIDEO))

    assert "It took place on Wednesday 9 December 2026, 2:00–3:15 pm" in message.text
    assert message.calendar is None
    assert "invite.ics" not in message.text + message.html
    assert "calendar.google.com/calendar/render" not in message.html
    assert "meet.example.com" not in message.text + message.html


def test_a_follow_up_leads_to_the_page_and_to_the_recording() -> None:
    event = an_event(status="past", recording_url=VIDEO)
    message = a_mail("follow_up", event)

    assert {VIDEO, event.url} <= set(Page(message.html).links())
    assert f"Recording:\n{VIDEO}\n" in message.text
    assert f"Event page:\n{event.url}\n" in message.text
    assert message.preheader == event.summary


def test_a_recording_that_is_not_public_is_not_shown_to_the_public() -> None:
    hidden = an_event(recording_url=VIDEO, private=frozenset({"recording_url"}))
    in_the_room = an_event(recording_url=f"{SECRET}/recording", join_url=SECRET, access="members")

    assert VIDEO not in a_mail("follow_up", hidden).html
    assert VIDEO in a_mail("follow_up", hidden, public=False).html
    assert "s3cret" not in a_mail("follow_up", in_the_room).html


def test_a_recording_elsewhere_than_on_the_web_is_none() -> None:
    assert a_mail("follow_up", an_event(recording_url="javascript:alert(1)")).subject.startswith("Write-up: ")


def test_a_persons_text_needs_no_event() -> None:
    message = a_mail("one_off", note=NOTE, subject=" The hall’s\ndoor ")

    assert (message.subject, message.calendar) == ("The hall’s door", None)
    assert message.preheader == "Dear all, ring the bell. See https://www.example.org/hall. Thank you"
    assert message.text.startswith(
        "The hall’s door\n\nDear all,\n\nring the bell. See https://www.example.org/hall.\nThank you\n\n-- \n"
    )
    assert "Thank you</p>" in message.html
    assert "https://www.example.org/hall" in Page(message.html).links()


def test_a_persons_text_stands_above_the_event_and_takes_its_title() -> None:
    message = a_mail("one_off", an_event(), note=NOTE)

    assert message.subject == "Book club: The Commons"
    assert message.text.count("Book club: The Commons") == 1
    assert message.text.index("Thank you") < message.text.index("When:\n")
    assert b"BEGIN:VEVENT" in (message.calendar or b"")


def test_under_a_subject_of_its_own_the_event_is_named_too() -> None:
    text = a_mail("one_off", an_event(), subject="A word", note=NOTE).text

    assert text.index("A word") < text.index("Thank you") < text.index("Book club: The Commons") < text.index("When:")


def test_several_events_stand_below_a_persons_text() -> None:
    text = a_mail("one_off", an_event(), a_minimal_event(uid="day@example.org"), subject="Two", note=NOTE).text

    assert text.index("Thank you") < text.index("Book club: The Commons\n  Wednesday") < text.index("Open day\n")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"note": NOTE}, "This mail has no subject. Give it one, or an event, whose title it then takes."),
        ({"note": NOTE, "subject": " \n "}, "This mail has no subject."),
        ({"subject": "A word"}, "This mail says nothing. Write its text, or name the event it is about."),
        ({"subject": "A word", "note": " \n\u202e "}, "This mail says nothing."),
    ],
)
def test_a_mail_without_subject_or_words_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as refused:
        a_mail("one_off", **more)

    assert str(refused.value).startswith(said)


def test_only_a_persons_text_may_do_without_an_event() -> None:
    for kind in ("digest", "change", "cancellation", "follow_up"):
        with pytest.raises(ValueError, match="has no event to write about"):
            a_mail(kind, note=NOTE, subject="A word")


def test_a_persons_text_keeps_its_marks_in_both_parts() -> None:
    message = a_mail("one_off", note="## Where\n\n- by **bus**\n- [on foot](/hall)", subject="The hall")
    page = f"{a_site().public_url.rstrip('/')}/hall"

    assert "Where\n=====\n\n- by bus\n- on foot" in message.text
    assert page in Page(message.html).links()
    assert page in message.text
    assert message.preheader == "Where by bus on foot"
    assert re.search(r"<h2 style=[^>]+>Where</h2>", message.html)


def test_relative_links_lead_to_the_events_page_where_the_site_has_none() -> None:
    event = an_event(url="https://www.example.org/events/book-club/")
    site = a_site(public_url="")

    def links(*events: Event) -> list[str]:
        return Page(a_mail("one_off", *events, site=site, note="[slides](./slides.pdf)", subject="x").html).links()

    assert "https://www.example.org/events/book-club/slides.pdf" in links(event)
    assert not any(link.endswith("slides.pdf") for link in links())


@given(any_text, any_text)
def test_no_text_of_a_person_can_add_a_tag_that_is_not_known(note: str, subject: str) -> None:
    message = a_mail("one_off", note=f"Text {note}", subject=f"Text {subject}")

    tags = {tag for tag, _ in Page(message.html).tags}
    assert tags <= {tag for tag, _ in Page(a_mail("one_off", note=NOTE, subject="x").html).tags} | TAGS
    assert all(link.startswith(("https://", "http://", "mailto:")) for link in Page(message.html).links())
    assert "49" not in message.text or "49" in note + subject
    (message.html + message.text + message.subject + message.preheader).encode()
