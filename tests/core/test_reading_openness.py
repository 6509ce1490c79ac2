"""Who may come, and by what way: sentences of every sort, each beside one that nearly says the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notifier.core.clearance import clear
from notifier.core.event import Document, Event
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
FORM = "https://forms.example.org/a"
DATED = "On 9 December 2026 at 2pm we will hold our winter talk on Zoom."
NOW = datetime(2026, 12, 8, 12, tzinfo=UTC)


def read(body: str, *, title: str = "Winter talk") -> Event:
    data = f'---\ntitle: "{title}"\ndate: 2026-12-09\n---\n{body}\n'.encode()
    (event,) = read_document(Document(source="site", path="2026-12-09-talk.md", data=data, revision="1"), SHAPE).events
    return event


def codes(event: Event) -> list[str]:
    return [doubt.code for doubt in event.doubts]


@pytest.mark.parametrize(
    "words",
    [
        "This public event looks at rivers.",
        "Our free public talk looks at rivers.",
        "It is a public lecture.",
        "The panel will bring together three speakers for a public talk and discussion.",
        "The conference has a full agenda and it is free to attend.",
        "This workshop is free to attend, but places are few.",
        "Open to all.",
        "Free and open to the public.",
        "The talk is open to everyone.",
        "This meeting is open to the general public.",
        "Anyone can join us.",
        "Everyone may attend.",
        "Everyone is welcome!",
        "Join us next week, all welcome.",
        "This is a free and open workshop.",
        "Members of the public are welcome.",
        "To register and receive the link, please [email us](mailto:talks@example.org).",
        "Please email talks@example.org to book a place.",
        "RSVP to talks@example.org.",
        "If you would like to join us for this talk, drop a line to talks@example.org to confirm your spot.",
    ],
)
def test_these_words_open_an_event(words: str) -> None:
    event = read(f"{DATED}\n\n{words}")

    assert (event.access, codes(event)) == ("open", [])


@pytest.mark.parametrize(
    "words",
    [
        "We are inviting people who work with rivers.",
        "A report on public events is out.",
        "This follows our earlier public event.",
        "The workshop will prepare us for a public talk.",
        "It is not a public event.",
        "The talk is free to attend for teachers.",
        "This session is free to attend if you live nearby.",
        "The talk is open to all staff.",
        "The talk is open to everyone who has been invited.",
        "Anyone can join our mailing list.",
        "Anyone can join us as a supporter.",
        "We work with free and open source software.",
        "Open to all sorts of questions.",
        "Join us for a conversation about rivers.",
        "If you are interested in attending, please email talks@example.org.",
        "To register your interest, email talks@example.org.",
        "To register as a supplier, email talks@example.org.",
        "To book a stall, email talks@example.org.",
        "Speakers, please email talks@example.org to register.",
        "To register for the next meeting, email talks@example.org.",
        "Sign up to our newsletter, or email talks@example.org to register.",
        "To register, call us.",
        "On 3 January 2027, email talks@example.org to book a place.",
    ],
)
def test_these_words_open_nothing(words: str) -> None:
    assert read(f"{DATED}\n\n{words}").access == "unknown"


@pytest.mark.parametrize(
    ("words", "access"),
    [
        ("Attendance is by invite.", "invitation"),
        ("This event is for invited guests.", "invitation"),
        ("The room is open to invited participants.", "invitation"),
        ("Invited guests only.", "invitation"),
        ("To request an invitation, please email talks@example.org.", "invitation"),
        ("The meeting is open to all members.", "members"),
    ],
)
def test_closing_words_win_over_a_registration(words: str, access: str) -> None:
    event = read(f"{DATED}\n\n{words} Please [register here]({FORM}).")

    assert event.access == access


@pytest.mark.parametrize(
    "words",
    [
        "Dinner afterwards is for invited guests.",
        "Friends come in by invite link.",
        "You can request an invitation to our Slack.",
        "It is not by invite.",
    ],
)
def test_words_that_nearly_close_an_event_close_nothing(words: str) -> None:
    assert read(f"{DATED}\n\n{words} All welcome.").access == "open"


@pytest.mark.parametrize(
    "words",
    [
        f"To attend the Rivers Conference, including our session, [book on their website]({FORM}).",
        f"To come, [register]({FORM}) for the Rivers Summit.",
        f"Please [register for the Rivers Festival here]({FORM}).",
        f"[Register your interest here]({FORM}).",
        f"Please register your interest [here]({FORM}).",
        f"Expressions of interest: please [sign up]({FORM}).",
    ],
)
def test_a_way_in_that_may_not_let_everybody_in_is_for_a_person_to_confirm(words: str) -> None:
    event = read(f"{DATED}\n\n{words}")

    assert (event.join_url, event.access, codes(event)) == (FORM, "open", ["access-inferred"])
    assert clear(event, public=True, now=NOW, zone="Europe/London").verdict == "ask"


def test_the_link_told_beside_the_date_is_the_way_in_but_for_a_person_to_confirm() -> None:
    event = read(f"{DATED} To get the link, please [click here]({FORM}).")

    assert (event.join_url, event.access, codes(event)) == (FORM, "open", ["access-inferred"])


@pytest.mark.parametrize(
    "words",
    [
        f"\n\nTo get the link, please [click here]({FORM}).",
        f"To get the link to the report, please [click here]({FORM}).",
        f"To get the link for the next meeting, [click here]({FORM}).",
        f"To get the link, [click here]({FORM}) or [here]({FORM}b).",
        "To get the link, [click here](https://example.us1.list-manage.com/subscribe).",
        f"To get the link, read [our story]({FORM}).",
        "To get the link, please [write](mailto:talks@example.org).",
    ],
)
def test_a_link_that_may_lead_elsewhere_is_no_way_in(words: str) -> None:
    assert read(f"{DATED} {words}").join_url is None


def test_a_page_that_readers_visit_to_register_is_the_way_in() -> None:
    event = read(f"{DATED}\n\nFor more information and to register [visit the event page]({FORM}).")

    assert (event.join_url, event.access, event.info_url) == (FORM, "open", None)


def test_a_page_that_is_only_to_be_visited_is_no_way_in() -> None:
    event = read(f"{DATED}\n\nFor more information [visit the event page]({FORM}).")

    assert (event.join_url, event.access, event.info_url) == (None, "unknown", FORM)


def test_the_conference_itself_is_no_larger_event() -> None:
    event = read(
        f"{DATED}\n\nPlease [register for the Rivers Conference]({FORM}).", title="Rivers: our conference 2026"
    )

    assert (event.access, codes(event)) == ("open", [])


@pytest.mark.parametrize("words", ["We will select twelve of you.", "Successful applicants hear from us."])
def test_where_people_are_chosen_an_interest_opens_nothing(words: str) -> None:
    event = read(f"{DATED}\n\n[Register your interest here]({FORM}). {words}")

    assert (event.access, codes(event)) == ("unknown", [])


def test_an_interest_that_only_members_may_tell_opens_nothing() -> None:
    assert read(f"{DATED}\n\nMembers can [register your interest here]({FORM}).").access == "unknown"


def test_a_plain_registration_beside_an_interest_opens_the_event() -> None:
    event = read(f"{DATED}\n\n[Register your interest]({FORM}).\n\nPlease [register here]({FORM}).")

    assert (event.access, codes(event)) == ("open", [])


def test_the_authors_own_key_settles_what_the_words_leave_open() -> None:
    data = f"---\ntitle: Talk\ndate: 2026-12-09\naccess: open\n---\n{DATED}\n\n[Register your interest here]({FORM})."

    (event,) = read_document(Document(source="site", path="a.md", data=data.encode(), revision="1"), SHAPE).events

    assert (event.access, codes(event)) == ("open", [])


def test_the_home_page_of_a_ticket_seller_is_no_way_in() -> None:
    words = (
        "Register on [Eventbrite](https://www.eventbrite.co.uk/) or [book here](https://www.eventbrite.co.uk/e/123)."
    )

    event = read(f"{DATED} {words}")

    assert (event.join_url, codes(event)) == ("https://www.eventbrite.co.uk/e/123", [])


@pytest.mark.parametrize(
    "words",
    [
        "Bring the [address book](https://example.org/a) that you use.",
        "Sam wrote [The Lighthouse Book: a history](https://example.org/b).",
        "We begin with [https://example.org/book](https://example.org/book).",
        "It follows [the book](https://example.org/c) and its [book launch](https://example.org/d).",
    ],
)
def test_a_book_to_read_is_no_way_in(words: str) -> None:
    event = read(f"{DATED} {words} [Book your place]({FORM}).")

    assert (event.join_url, codes(event)) == (FORM, [])
