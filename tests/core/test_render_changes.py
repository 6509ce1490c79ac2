"""Changes and cancellations: old and new, and nothing that these readers may not know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import Facts, facts_of
from notifier.core.message import Message
from notifier.core.render import render
from notifier.core.rule import Kind
from tests.builders import a_delivery, a_minimal_event, a_site, a_time, all_day, an_event, at
from tests.core.test_render import SECRET, SHIPPED, Page
from tests.strategies import any_text

OLD_SECRET = "https://meet.example.com/old-s3cret"
HERE = an_event(mode="in-person", location="Example Hall", join_url=None)


def a_mail(kind: Kind, event: Event, *, told: Facts | None = None, public: bool = True) -> Message:
    return render(
        a_delivery(kind=kind), [event], site=a_site(), templates=SHIPPED, feed_url=None,
        entry=Entry(event=event, sequence=3, created_at=at("2026-11-01"), modified_at=at("2026-11-20")),
        audience_is_public=public, told={} if told is None else {event.uid: told},
    )  # fmt: skip


def told(event: Event, **before: Any) -> Facts:
    """What readers were told when the event was as these fields say."""
    return facts_of(replace(event, **before))


def everything(message: Message) -> str:
    calendar = (message.calendar or b"").replace(b"\r\n ", b"").decode()
    return f"{message.subject}\n{message.preheader}\n{message.html}\n{message.text}\n{calendar}"


def test_a_change_says_old_and_new_each_on_a_line_of_its_own() -> None:
    before = told(HERE, when=a_time("2026-12-02 18:30"), location="Example House")

    text = a_mail("change", HERE, told=before).text

    assert "When:\n  was: Wednesday 2 December 2026, 6:30 pm (GMT, London time)\n  now: Wednesday 9 December" in text
    assert "Where:\n  was: Example House\n  now: Example Hall\n" in text


def test_what_did_not_change_is_said_without_was_and_now() -> None:
    text = a_mail("change", HERE, told=told(HERE, when=a_time("2026-12-02 18:30"))).text

    assert "Where:\n  Example Hall\n" in text
    assert text.count("was:") == text.count("now:") == text.count("When:") == 1


@pytest.mark.parametrize(
    ("before", "subject"),
    [
        ({"when": a_time("2026-12-02 14:00")}, "Changed: Book club: The Commons – now Wed 9 Dec, 2:00 pm GMT"),
        ({"when": a_time("2026-12-09 13:00")}, "Changed: Book club: The Commons – now Wed 9 Dec, 2:00 pm GMT"),
        ({"when": a_time(ends="17:00")}, "Changed: Book club: The Commons"),
        ({"location": "Example House"}, "Changed: Book club: The Commons"),
        ({"status": "cancelled"}, "It takes place after all: Book club: The Commons – Wed 9 Dec, 2:00 pm GMT"),
    ],
)
def test_the_subject_of_a_change_says_when_it_is_now_if_it_starts_at_another_time(
    before: dict[str, Any], subject: str
) -> None:
    assert a_mail("change", HERE, told=told(HERE, **before)).subject == subject


def test_the_preheader_of_a_change_says_what_is_new() -> None:
    event = an_event(location="Example Hall")
    before = told(event, location="Example House", join_url="https://meet.example.com/before")

    assert a_mail("change", event, told=before).preheader == "Where: Example Hall · Link to join: a new one"


@pytest.mark.parametrize("off", [{"status": "cancelled"}, {"status": "postponed"}, {"published": False}])
def test_an_event_that_was_called_off_takes_place_after_all(off: dict[str, Any]) -> None:
    message = a_mail("change", HERE, told=told(HERE, **off))

    assert "It takes place after all." in message.html
    assert "It takes place after all." in message.text
    assert "was" not in message.text


def test_an_unconfirmed_event_may_take_place_after_all() -> None:
    event = replace(HERE, status="tentative")

    assert "It may take place after all." in a_mail("change", event, told=told(event, status="cancelled")).text


@pytest.mark.parametrize(
    ("now", "words"), [("tentative", "Not confirmed yet"), ("cancelled", "Cancelled"), ("postponed", "Postponed")]
)
def test_another_status_is_said(now: Any, words: str) -> None:
    event = replace(HERE, status=now)

    assert f"Status:\n  now: {words}\n" in a_mail("change", event, told=facts_of(HERE)).text


def test_what_was_unknown_before_is_only_said_as_it_is_now() -> None:
    text = a_mail("change", HERE, told=told(HERE, when=None, location=None)).text

    assert "When:\n  now: Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)\n" in text
    assert "Where:\n  now: Example Hall\n" in text


def test_a_change_of_nobody_knows_what_shows_the_event_as_it_is() -> None:
    text = a_mail("change", HERE).text

    assert "Some details of this event have changed. This is how they are now." in text
    assert "When:\n  Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)\n" in text


def test_an_old_link_to_join_is_not_repeated() -> None:
    message = a_mail("change", an_event(), told=told(an_event(), join_url=OLD_SECRET))

    assert "Link to join:\n  now: https://meet.example.com/book-club\n" in message.text
    assert "old-s3cret" not in everything(message)


@pytest.mark.parametrize("kind", ["change", "cancellation", "reminder"])
@pytest.mark.parametrize("access", ["members", "invitation", "unknown"])
def test_a_public_audience_never_gets_a_link_that_is_not_public_old_or_new(kind: Kind, access: str) -> None:
    event = an_event(join_url=SECRET, access=access, location=f"Room 1, {SECRET}")
    before = told(event, join_url=OLD_SECRET, location=f"Room 2, {OLD_SECRET} {SECRET}", title=f"Now {OLD_SECRET}")

    message = a_mail(kind, event, told=before)

    assert "s3cret" not in everything(message)
    assert "Link to join" not in message.text


def test_a_link_that_was_secret_stays_so_when_the_event_is_opened() -> None:
    event = an_event(location="Example Hall")
    before = told(event, join_url=OLD_SECRET, location=f"Online at {OLD_SECRET}")

    assert "s3cret" not in everything(a_mail("change", event, told=before))


def test_members_get_their_new_link() -> None:
    event = an_event(join_url=SECRET, access="members")

    message = a_mail("change", event, told=told(event, join_url=OLD_SECRET), public=False)

    assert f"now: {SECRET}" in message.text
    assert SECRET in Page(message.html).links()


@pytest.mark.parametrize("field", ["title", "when", "location"])
@pytest.mark.parametrize("kind", ["change", "cancellation", "reminder"])
def test_a_private_fact_is_not_told_by_its_old_value_either(kind: Kind, field: str) -> None:
    event = replace(HERE, private=frozenset({field}))
    before = told(event, title="Old-name", when=a_time("2026-12-02 18:30"), location="Old-place")

    said = everything(a_mail(kind, event, told=before))

    forbidden = {"title": ("Old-name", HERE.title), "when": ("6:30", "2:00"), "location": ("Old-place", "Example Hall")}
    assert [word for word in forbidden[field] if word in said] == []


def test_a_place_that_differs_only_in_what_is_secret_has_not_changed() -> None:
    event = an_event(join_url=SECRET, access="members", location=f"Room 1, {SECRET}")

    text = a_mail("change", event, told=told(event, join_url=OLD_SECRET, location=f"Room 1, {OLD_SECRET}")).text

    assert "was:" not in text
    assert "now:" not in text


def test_a_reminder_says_in_one_line_what_changed_since_the_last_mail() -> None:
    before = told(HERE, when=a_time("2026-12-02 18:30"), location="Example House", title="Reading")

    text = " ".join(a_mail("reminder", HERE, told=before).text.split())

    assert (
        "Changed since our last mail: the time (was Wed 2 Dec, 6:30 pm GMT), the place (was Example House), "
        "the title (was “Reading”)." in text
    )


def test_a_reminder_of_what_was_told_says_nothing_of_changes() -> None:
    assert a_mail("reminder", HERE, told=facts_of(HERE)) == a_mail("reminder", HERE)


def test_a_cancellation_says_which_one_by_the_time_and_place_that_were_told() -> None:
    event = replace(HERE, status="cancelled", when=all_day("2026-12-24"), location=None)

    message = a_mail("cancellation", event, told=facts_of(HERE))

    assert message.subject == "Cancelled: Book club: The Commons – Wed 9 Dec, 2:00 pm GMT"
    assert "It was planned for:\n  Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time)\n" in message.text
    assert "Where it was planned:\n  Example Hall\n" in message.text
    assert message.preheader.startswith("It was planned for Wednesday 9 December 2026, 2:00–3:15 pm")


@pytest.mark.parametrize("kind", ["cancellation", "announcement", "digest", "one_off"])
@pytest.mark.parametrize("off", [{"status": "cancelled"}, {"status": "postponed"}, {"published": False}])
def test_nobody_is_shown_the_way_into_what_does_not_take_place(kind: Kind, off: dict[str, Any]) -> None:
    message = a_mail(kind, an_event(**off), told=facts_of(an_event()), public=False)

    assert "meet.example.com" not in message.text
    assert [link for link in Page(message.html).links() if link.startswith("https://meet.example.com")] == []


def test_a_postponed_event_has_no_new_date_yet() -> None:
    message = a_mail("cancellation", replace(HERE, status="postponed"), told=facts_of(HERE))

    assert message.subject == "Postponed: Book club: The Commons – the new date isn’t known yet"
    assert "This event is postponed. The new date isn’t known yet." in message.text


def test_where_a_postponed_event_has_another_date_nobody_says_that_there_is_none() -> None:
    event = replace(HERE, status="postponed", when=a_time("2027-01-13 14:00"))

    message = a_mail("cancellation", event, told=facts_of(HERE))

    assert message.subject == "Postponed: Book club: The Commons – not on Wed 9 Dec, 2:00 pm GMT"
    assert "known yet" not in message.text + message.html


@pytest.mark.parametrize("title", ["CANCELLED: Open day", "[Cancelled] Open day", "Postponed – Open day", "Open day"])
def test_a_title_that_says_so_itself_says_it_once(title: str) -> None:
    event = a_minimal_event(status="cancelled", title=title)

    assert a_mail("cancellation", event).subject == "Cancelled: Open day – Wed 9 Dec"


@pytest.mark.parametrize("title", ["Cancelled", "Cancelled flights", "Postponed:"])
def test_a_title_that_only_begins_so_stays_whole(title: str) -> None:
    assert a_mail("cancellation", a_minimal_event(status="cancelled", title=title)).subject.startswith(
        f"Cancelled: {title} – "
    )


def test_of_an_unpublished_event_only_what_was_told_is_said() -> None:
    event = replace(
        HERE, published=False, title="Wrong words", summary="Wrong words", location="Wrong words",
        url="https://www.example.org/wrong", contact="mailto:wrong@example.org",
    )  # fmt: skip

    said = everything(a_mail("cancellation", event, told=facts_of(HERE))).replace("SUMMARY:Cancelled: Wrong words", "")

    assert "rong" not in said.replace("<strong>", "").replace("</strong>", "")
    assert "Example Hall" in said


def test_of_an_unpublished_event_of_which_nothing_is_known_to_be_told_the_place_is_not_said() -> None:
    assert "Example Hall" not in everything(a_mail("cancellation", replace(HERE, published=False)))


def test_a_cancellation_without_any_date_says_none() -> None:
    message = a_mail("cancellation", a_minimal_event(status="cancelled", when=None))

    assert (message.subject, message.calendar) == ("Cancelled: Open day", None)
    assert message.preheader == "It doesn’t take place as it was planned."
    assert "planned" not in message.text
    assert "invite.ics" not in message.text + message.html


def test_the_file_of_a_cancellation_ends_the_same_entry() -> None:
    calendar = everything(a_mail("cancellation", replace(HERE, status="cancelled"), told=facts_of(HERE)))

    assert f"UID:{HERE.uid}\r\nSEQUENCE:3\r\n" in calendar
    assert "\r\nSTATUS:CANCELLED\r\n" in calendar
    assert "\r\nSUMMARY:Cancelled: Book club: The Commons\r\n" in calendar


@pytest.mark.parametrize("event", [HERE, replace(HERE, published=False), replace(HERE, status="postponed", when=None)])
def test_the_file_says_cancelled_whatever_the_document_says_and_at_the_time_that_was_told(event: Event) -> None:
    calendar = everything(a_mail("cancellation", event, told=facts_of(HERE)))

    assert "\r\nSTATUS:CANCELLED\r\n" in calendar
    assert "\r\nDTSTART;TZID=Europe/London:20261209T140000\r\n" in calendar


@pytest.mark.parametrize("kind", ["change", "cancellation"])
def test_nobody_is_offered_to_add_again_what_they_may_have(kind: Kind) -> None:
    message = a_mail(kind, HERE, told=told(HERE, location="Example House"))

    assert "To bring your calendar up to date, open the attached file invite.ics." in message.text
    assert "calendar.google.com" not in message.html


@pytest.mark.parametrize("kind", ["change", "cancellation", "reminder"])
@given(any_text, any_text)
def test_no_old_text_can_add_a_tag_or_run_a_template(kind: Kind, title: str, place: str) -> None:
    title, place = (" ".join(["Old", *text.split()]) for text in (title, place))
    plain = a_mail(kind, HERE, told=told(HERE, title="Old", location="Old"))

    message = a_mail(kind, HERE, told=told(HERE, title=title, location=place))

    assert {tag for tag, _ in Page(message.html).tags} == {tag for tag, _ in Page(plain.html).tags}
    assert len(message.subject.splitlines()) == 1
    assert "49" not in message.text or "49" in title + place
    assert "\u202e" not in everything(message)
    everything(message).encode()
