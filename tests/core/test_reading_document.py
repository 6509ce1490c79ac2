"""Rules of reading that no single sample shows: precedence, remedies that work, the site's own key names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date

import pytest

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.reading import Library, Reading, read_document, read_project
from notifier.core.reading.shape import Pick, Shape

RENAMED = {"start": "begins", "place": "venue", "register": "tickets"}
SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London", page="/events/{stem}")


def read(front: str, body: str = "Text.", *, name: str = "2026-12-09-talk.md", shape: Shape = SHAPE) -> Reading:
    data = f"---\n{front}\n---\n\n{body}\n".encode()
    library = Library(projects={"2026-garden": "The garden project"})
    return read_document(Document(source="site", path=f"_events/{name}", data=data, revision="1"), shape, library)


def event(front: str, body: str = "Text.", *, shape: Shape = SHAPE) -> Event:
    (only,) = read(f"title: Talk\ndate: 2026-12-09\n{front}", body, shape=shape).events
    return only


def codes(read_event: Event) -> list[str]:
    return [doubt.code for doubt in read_event.doubts]


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("14:00", "14:00"), ('"14:00"', "14:00"), ("2pm", "14:00"), ("2026-12-09 14:00", "14:00"),
        ("2026-12-09T14:00", "14:00"), ("2026-12-09T14:00:00+01:00", "13:00"), ("2026-12-09T14:00:00Z", "14:00"),
        ("2026-12-09 14:00:00 +0100", "13:00"), ("14.30", "14:30"), ("noon", "12:00"),
    ],
)  # fmt: skip
def test_start_is_read_in_every_usual_way_of_writing(start: str, utc: str) -> None:
    when = event(f"start: {start}").when

    assert isinstance(when, Timed)
    assert f"{when.starts_at.astimezone(UTC):%H:%M}" == utc


def test_a_time_behind_the_date_counts_and_midnight_is_no_time() -> None:
    timed = read("title: Talk\ndate: 2026-12-09 14:00:00 +0000").events[0]
    plain = read("title: Talk\ndate: 2026-12-09 00:00:00 +0000").events[0]

    assert isinstance(timed.when, Timed)
    assert plain.when == AllDay(first=date(2026, 12, 9), last=date(2026, 12, 9))


@pytest.mark.parametrize(
    "dates", ["[2026-12-09, 2026-12-11]", "2026-12-09, 2026-12-11", "2026-12-09 to 2026-12-11", "2026-12-09/2026-12-11"]
)
def test_dates_from_first_to_last_are_whole_days_without_a_doubt_about_the_time(dates: str) -> None:
    (found,) = read(f"title: School\ndates: {dates}").events

    assert found.when == AllDay(first=date(2026, 12, 9), last=date(2026, 12, 11))
    assert "no-time" not in codes(found)


def test_an_explicit_start_that_the_text_confirms_gets_its_end_from_the_text() -> None:
    when = event('start: "14:00"', "On 9 December 2026, 2pm - 3:15pm, we will hold the talk.").when

    assert isinstance(when, Timed)
    assert when.ends_at is not None
    assert f"{when.ends_at:%H:%M}" == "15:15"


def test_an_explicit_start_against_the_text_is_a_contradiction_and_no_time() -> None:
    found = event('start: "15:00"', "On 9 December 2026 at 2pm we will hold the talk.")

    assert isinstance(found.when, AllDay)
    assert codes(found) == ["contradiction"]


def test_a_time_in_a_sentence_about_another_date_does_not_count() -> None:
    found = event("", "On 9 December we will hold the talk. The one on 16 December is at 5pm.")

    assert codes(found) == ["no-time"]


def test_with_two_dates_in_a_sentence_a_time_belongs_to_the_nearest() -> None:
    when = event("", "We meet on 9 December at 2pm and on 6 January at 5pm.").when

    assert isinstance(when, Timed)
    assert f"{when.starts_at:%H:%M}" == "14:00"


@pytest.mark.parametrize(
    ("body", "code", "remedy"),
    [
        ("Text.", "no-time", 'start: "14:00"'),
        ("Text.", "no-time", "all_day: true"),
        ("We will hold it on 9 December at 7:30.", "unclear-time", 'start: "19:30"'),
        ("On 9 December at 2pm, and 9 December at 3pm.", "contradiction", 'start: "14:00"'),
        ("On 9 December at 9am CST.", "unreadable-zone", "timezone: Asia/Taipei"),
        ("**Where:** Paris\n\n**When:** 9 December, 2pm", "zone-from-place", "timezone: Europe/Paris"),
        ("Join us on 9-10 December 2026.", "several-days", "dates: [2026-12-09, 2026-12-10]"),
        ("This talk has been cancelled.", "called-off-in-text", "status: cancelled"),
    ],
)
def test_the_line_that_a_doubt_asks_for_removes_it(body: str, code: str, remedy: str) -> None:
    assert code in codes(event("", body))
    assert code not in codes(event(remedy, body))


def test_the_evidence_of_a_link_over_several_lines_is_one_line() -> None:
    found = event("start: 2pm", "Please [register\nhere](https://tickets.example.org/a) to join us.\n")

    assert found.evidence["join_url"].text == "[register here](https://tickets.example.org/a)"
    assert found.evidence["access"].text == "register here"


def test_closing_words_beat_a_registration_link() -> None:
    found = event("start: 2pm", "Please [register here](https://tickets.example.org/a). Invite only.")

    assert found.access == "invitation"


@pytest.mark.parametrize(
    "body",
    [
        "The talk is not invitation only.", "An invitation for more discussion.", "Invited speakers will share views.",
        "We were invited to co-design it.",
        "This talk is open to members and non-members.", "We work with members of the public.",
    ],
)  # fmt: skip
def test_words_about_inviting_others_do_not_close_an_event(body: str) -> None:
    assert event("", body).access == "unknown"


@pytest.mark.parametrize(
    ("body", "access"),
    [
        ("This event is invitation-ony.", "invitation"), ("By invitation.", "invitation"), ("An invite only lunch.", "invitation"),
        ("Strictly invitaton-only!", "invitation"), ("This is not an open meeting.", "invitation"),
        ("Members only.", "members"), ("It is open to members only.", "members"), ("Only for our members.", "members"),
        ("All welcome!", "open"), ("The talk is free and open to all.", "open"),
        ("[Find out more](https://tickets.example.org/a).", "unknown"), ("Come along.", "unknown"),
    ],
)  # fmt: skip
def test_the_words_that_say_who_may_come(body: str, access: str) -> None:
    assert event("", body).access == access


@pytest.mark.parametrize(
    "body",
    [
        "[Sign up to our newsletter](https://example.org/a).", "[Sign up](https://x.list-manage.com/subscribe?u=1).",
        "To hear more, join our mailing list: [register here](https://example.org/list).",
        "Please fill in our [survey](https://forms.example.org/s).", "See [the programme](https://example.org/p).",
        "[Register for the next meeting](https://tickets.example.org/next).",
        "The one on 6 January: [register here](https://tickets.example.org/january).",
    ],
)  # fmt: skip
def test_a_link_that_is_no_way_in_is_not_taken_for_one(body: str) -> None:
    found = event("", body)

    assert (found.join_url, found.access) == (None, "unknown")


def test_closing_words_in_the_title_close_an_event() -> None:
    (found,) = read(
        "title: Members only evening\ndate: 2026-12-09", "[Register](https://tickets.example.org/a)."
    ).events

    assert found.access == "members"


def test_a_wrong_access_is_not_replaced_by_what_the_text_suggests() -> None:
    found = event("access: staff", "Please [register here](https://tickets.example.org/a).")

    assert found.access == "unknown"
    assert "unreadable-access" in codes(found)


def test_a_wrong_time_zone_leaves_no_time() -> None:
    found = event("start: 2pm\ntimezone: Moon/Base")

    assert isinstance(found.when, AllDay)
    assert codes(found) == ["unreadable-zone"]


def test_the_sites_own_key_names_are_used_and_named_in_the_problems() -> None:
    shape = replace(SHAPE, fields={name: (Pick(keys=(key,)),) for name, key in RENAMED.items()})
    front = "title: Talk\ndate: 2026-12-09\nbegins: early\nvenue: Hall\ntickets: /tickets"

    reading = read(front, shape=shape)

    assert reading.events[0].location == "Hall"
    assert reading.events[0].join_url == "https://example.org/tickets"
    assert [problem.field for problem in reading.problems] == ["begins"]


def test_categories_decide_the_role_and_a_site_without_own_categories_owns_all() -> None:
    shape = replace(SHAPE, own=frozenset({"organising"}))

    roles = [event(f"category: {name}", shape=shape).role for name in ("Organising", "speaking", "attending", "else")]

    assert roles == ["organising", "speaking", "attending", "other"]
    assert event("category: speaking").role == "organising"


def test_a_project_may_be_named_by_title_or_by_its_file() -> None:
    assert event("project: [2026-garden, Another]").projects == ("The garden project", "Another")
    assert event("projects:\n  -\n  -").projects == ()


def test_the_page_is_the_url_key_or_the_pattern() -> None:
    assert event("").url == "https://example.org/events/2026-12-09-talk"
    assert event("url: /other").url == "https://example.org/other"
    assert event("", shape=replace(SHAPE, page=None)).url is None


@pytest.mark.parametrize("front", ["draft: true", "published: false", "published: no"])
def test_a_draft_is_not_published(front: str) -> None:
    assert not event(front).published


@pytest.mark.parametrize(
    ("title", "text", "status"),
    [
        ("CANCELLED: Fair", "Fair", "cancelled"), ("Fair (cancelled)", "Fair", "cancelled"), ("[Postponed] Fair", "Fair", "postponed"),
        ("Abgesagt – Fair", "Fair", "cancelled"), ("Cancelled flights and your rights", "Cancelled flights and your rights", "scheduled"),
        ("Why it was cancelled", "Why it was cancelled", "scheduled"), ("Cancelled", "Cancelled", "scheduled"),
    ],
)  # fmt: skip
def test_only_calling_off_words_set_apart_in_the_title_call_an_event_off(title: str, text: str, status: str) -> None:
    found = read(f'title: "{title}"\ndate: 2026-12-09\nstart: 2pm').events[0]

    assert (found.title, found.status) == (text, status)


def test_every_field_that_is_set_has_its_evidence() -> None:
    body = "On 9 December at 2pm we will hold an online talk. Please [register here](https://tickets.example.org/a)."

    found = event("category: talks\nseries: Talks\ntopics: [a]\nlink: /more", body)

    assert set(found.evidence) == {
        "title", "when", "zone", "mode", "join_url", "info_url", "access", "role", "category", "series", "topics", "url",
    }  # fmt: skip


def test_private_names_fields_by_our_keys_and_a_slip_hides_everything() -> None:
    assert event("private: [register]").private == {"join_url"}
    assert event("private: place").private == {"location"}
    assert event("private: true").private == {"join_url", "location", "contact"}
    assert event("private: [regster]").private == {"join_url", "location", "contact"}


@pytest.mark.parametrize("uid", ["a b", "ü@example.org", "x" * 256, "<x>"])
def test_a_wrong_uid_is_an_error_and_not_used(uid: str) -> None:
    reading = read(f'title: Talk\ndate: 2026-12-09\nstart: 2pm\nuid: "{uid}"')

    assert reading.events[0].explicit_uid is None
    assert [(problem.field, problem.severity) for problem in reading.problems] == [("uid", "error")]


def test_a_document_without_a_title_is_broken_and_keeps_its_last_good_state() -> None:
    reading = read("date: 2026-12-09")

    assert (reading.events, bool(reading.broken)) == ((), True)
    assert [str(problem) for problem in reading.problems] == [
        '_events/2026-12-09-talk.md: title: No title is given. Add title: "…" to the front matter.'
    ]


def test_a_summary_is_the_first_paragraph_cut_at_a_word() -> None:
    found = event("", "# Heading\n\n" + "**word** " * 100 + "\n\n<!--more-->\n\nMore.")

    assert found.summary == "word " * 59 + "word…"


def test_a_project_without_a_title_is_a_problem() -> None:
    title, problems = read_project(Document(source="site", path="p.md", data=b"---\norder: 3\n---\n", revision="1"))

    assert title is None
    assert [str(problem) for problem in problems] == [
        'p.md: title: The project has no title. Add title: "…" to the front matter.'
    ]
