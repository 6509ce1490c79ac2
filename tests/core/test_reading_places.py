"""A place or a page told in a sentence, each beside a sentence that tells of another."""

from __future__ import annotations

import pytest

from notifier.core.event import Document, Event
from notifier.core.reading import read_document
from notifier.core.reading.shape import Shape

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
PAGE = "https://rivers.example.org/2026"


def read(body: str, *, front: str = "") -> Event:
    data = f"---\ntitle: Winter talk\ndate: 2026-12-09\n{front}---\n{body}\n".encode()
    (event,) = read_document(Document(source="site", path="2026-12-09-talk.md", data=data, revision="1"), SHAPE).events
    return event


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("We'll be in Leeds on 9 December 2026.", "Leeds"),
        ("We'll be in Leeds, in Room 8 of the Fair, on 9 December.", "Leeds, in Room 8 of the Fair"),
        ("On 9 December in Leeds we talk about rivers.", "Leeds"),
        ("Rivers and us, in Leeds on Wednesday 9 December.", "Leeds"),
        ("On 9 December we host a small discussion in central Leeds.", "central Leeds"),
        ("This workshop will be held in Newcastle upon Tyne.", "Newcastle upon Tyne"),
        ("Sam will be speaking at the Rivers Network's conference in Leeds.", "Leeds"),
        ("On 9 December Sam leads a workshop at Example College in Leeds, with others.", "Example College in Leeds"),
        ("Join us for this talk at the Old Corn Hall, 3 Mill Lane.", "Old Corn Hall, 3 Mill Lane"),
        ("On 9 December, at the Example Hub, 110 13th St NW, Suite 8.", "Example Hub, 110 13th St NW, Suite 8"),
        ("Join us at Room 12.", "Room 12"),
        ("Join us in Leeds on 9 December. The talk at Corn Hall, it will be fun.", "Leeds"),
        ("Join us in Leeds on 9 December. This talk at Corn Hall will be fun.", "Corn Hall, Leeds"),
        ("Join us in Leeds on 9 December. This talk at Leeds Corn Hall will be fun.", "Leeds Corn Hall"),
    ],
)
def test_a_place_where_this_event_is_makes_it_in_person(words: str, place: str) -> None:
    event = read(words)

    assert (event.location, event.mode) == (place, "in-person")
    assert event.evidence["mode"].basis == "inferred"


@pytest.mark.parametrize(
    "words",
    [
        "Rivers in Leeds are clean. On 9 December we talk.",
        "On 9 December we will hear about a report from a conference in Leeds.",
        "On 9 December we will talk about a meeting in Leeds.",
        "We will discuss the conference in Leeds.",
        "On 9 December we will hold a workshop in Python.",
        "On 9 December we will hold a session in English.",
        "We'll be in Leeds Street on 9 December.",
        "On 9 December a fellow at Example College will talk.",
        "On 9 December we talk about life at College.",
        "On 9 December we look at Example Library Journal.",
        "Our last workshop was held in Leeds.",
        "On 9 December we held a workshop in Leeds.",
        "On 3 March 2027 we'll be in Leeds.",
        "We'll be in Leeds or we'll be in York on 9 December.",
        "This talk at Corn Hall will be good, and this talk at Mill House too.",
        "Leeds, in Leeds of all places, has rivers; on 9 December we talk.",
        "On 3 March in Leeds, and on 9 December.",
        "We'll be in Leeds on 9 December. There is also a livestream.",
    ],
)
def test_another_place_or_an_unsure_one_is_not_taken(words: str) -> None:
    event = read(words)

    assert (event.location, event.mode) == (None, "unknown")


def test_an_online_event_has_no_place_though_a_town_is_named() -> None:
    event = read("On 9 December 2026 at 2pm we will hold a webinar. We'll be in Leeds.")

    assert (event.location, event.mode) == (None, "online")


def test_a_meeting_in_person_takes_its_place_from_the_same_sentences() -> None:
    event = read("On 9 December we will hold an in-person meeting. This meeting in Leeds will be short.")

    assert (event.location, event.mode, event.evidence["mode"].basis) == ("Leeds", "in-person", "prose")


def test_a_town_that_keeps_another_time_gives_its_zone_for_a_person_to_confirm() -> None:
    event = read("We'll be in Paris on 9 December 2026 at 2pm.")

    assert (event.location, event.zone) == ("Paris", "Europe/Paris")
    assert [doubt.code for doubt in event.doubts] == ["zone-from-place"]


@pytest.mark.parametrize(
    "words",
    [
        f"On 9 December Sam will be the keynote speaker at the [Rivers Network's yearly conference]({PAGE}).",
        f"Sam will be speaking at Example Institute's [Rivers Conference]({PAGE}) next week.",
        f"On 9 December Sam leads a workshop at the ['Rivers Summit 2026']({PAGE}).",
        f"Save the date for the [third edition of the Rivers Symposium]({PAGE}).",
        f"[More details are available here]({PAGE}).",
        f"We talk on 9 December. [More details]({PAGE}).",
        f"Rivers matter. [Find out more about this event]({PAGE}).",
        f"Rivers matter: see [the event page]({PAGE}).",
        f"Rivers matter, as [the conference website]({PAGE}) says.",
    ],
)
def test_a_page_about_this_event_is_told(words: str) -> None:
    event = read(words)

    assert (event.info_url, event.join_url) == (PAGE, None)
    assert event.evidence["info_url"].text.endswith(f"({PAGE})")


@pytest.mark.parametrize(
    "words",
    [
        f"Building on discussions at the [Rivers Symposium]({PAGE}), we will talk.",
        f"This is inspired by a talk at the [Rivers Summit]({PAGE}).",
        f"We will be like the [Rivers Summit]({PAGE}).",
        f"On 3 March 2027 Sam will be speaking at the [Rivers Summit]({PAGE}).",
        f"We held a session at the [Rivers Summit]({PAGE}).",
        f"Our project looks at rivers. [More details]({PAGE}).",
        f"[Find out more]({PAGE}).",
        f"[More details about the project]({PAGE}).",
        f"On 9 December we talk about [rivers]({PAGE}).",
        f"See [the event page]({PAGE}) or [the event website]({PAGE}-b).",
        f"Our last talk is on [the event page]({PAGE}).",
        f"<{PAGE}>",
        "More details: [the event page](mailto:talks@example.org).",
        "On 9 December: " + f"[the event page]({PAGE}) " * 51,
    ],
)
def test_a_page_about_something_else_is_not_taken(words: str) -> None:
    assert read(words).info_url is None


def test_the_front_matters_link_wins_over_the_texts() -> None:
    event = read(f"See [the event page]({PAGE}).", front="link: https://example.org/more\n")

    assert event.info_url == "https://example.org/more"


def test_a_ticket_page_in_the_front_matter_leaves_room_for_the_texts_page() -> None:
    event = read(f"See [the event page]({PAGE}).", front="link: https://www.eventbrite.com/e/1\n")

    assert (event.info_url, event.join_url) == (PAGE, "https://www.eventbrite.com/e/1")


def test_a_site_whose_pages_have_no_web_address_gives_an_event_without_a_page() -> None:
    shape = Shape(
        source="site", site_url="https://example.org", timezone="Europe/London", page="ftp://a.example/{stem}"
    )
    document = Document(source="site", path="a.md", data=b"---\ntitle: Talk\ndate: 2026-12-09\n---\n", revision="1")

    (event,) = read_document(document, shape).events

    assert event.url is None
    assert "url" not in event.evidence


@pytest.mark.parametrize(
    ("front", "mode", "location"),
    [
        ("mode: hybrid\nplace: Town hall\n", "hybrid", "Town hall"),
        ("mode: Virtual\nplace: Town hall\n", "online", None),
        ("mode: in person\n", "in-person", None),
        ("mode: by pigeon\nplace: Town hall\n", "in-person", "Town hall"),
    ],
)
def test_the_mode_that_a_key_states_counts(front: str, mode: str, location: str | None) -> None:
    found = read("We meet.", front=front)

    assert (found.mode, found.location) == (mode, location)
