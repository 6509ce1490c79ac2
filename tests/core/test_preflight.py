"""What is looked at in a finished mail before anything leaves."""

from __future__ import annotations

from typing import Any

import pytest

from notifier.core.leaving import SLOT, UNSUBSCRIBE
from notifier.core.preflight import MOST_BYTES
from notifier.core.render import KINDS, render_sample
from notifier.core.samples import Sample, samples
from tests import golden_messages
from tests.builders import a_site, an_audience, an_event
from tests.core.mails import ADDRESS, a_mail, a_page, found, said
from tests.templates_on_disk import the_templates

SAMPLES = [pytest.param(sample, id=f"{kind}-{number}") for kind in KINDS for number, sample in enumerate(samples(kind))]


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_is_wrong_with_a_shipped_template(sample: Sample) -> None:
    assert found(render_sample(the_templates(), sample), site=sample.site, events=sample.events) == ()


@pytest.mark.parametrize("name", golden_messages._SCENES)
def test_nothing_is_wrong_with_a_golden_message_but_the_length_of_a_long_title(name: str) -> None:
    kind, events, more = golden_messages._SCENES[name]
    problems = found(golden_messages._message(kind, events, **more), events=events)

    is_long = golden_messages._LONG.title in [event.title for event in events]
    assert {(one.path, one.severity) for one in problems} <= ({("subject", "warning")} if is_long else set())


def test_a_mail_that_is_well_has_no_problem() -> None:
    assert found(a_mail()) == ()


@pytest.mark.parametrize(
    ("subject", "severity", "words"),
    [
        ("", "error", "The subject is empty"),
        (" \t", "error", "The subject is empty"),
        ("Book club\r\nBcc: everyone@example.com", "error", "line break"),
        ("Book \u202eclub", "error", "control character"),
        ("w" * 151, "error", "more than 150"),
        ("w " * 40, "warning", "inboxes show about 78"),
        ("Re: Book club", "warning", "begins like an answer"),
        ("Fwd: Book club", "warning", "begins like an answer"),
        ("AW: Lesekreis", "warning", "begins like an answer"),
        ("Come! Free!!!", "warning", "several exclamation marks"),
        ("FREE BOOKS TODAY ONLY", "warning", "shouted: “FREE BOOKS TODAY ONLY”"),
    ],
)
def test_a_subject_that_is_no_good_is_told(subject: str, severity: Any, words: str) -> None:
    assert any(words in one for one in said(a_mail(subject=subject), severity))


@pytest.mark.parametrize(
    "subject", ["Reminder: UNESCO and WIPO – Wed 9 Dec, 2:00 pm GMT", "Come along!", "Regarding: the hall", "w" * 78]
)
def test_an_ordinary_subject_is_let_be(subject: str) -> None:
    assert found(a_mail(subject=subject)) == ()


@pytest.mark.parametrize(
    ("preheader", "words"), [("", "no preheader"), (" ", "no preheader"), ("w" * 141, "has 141 characters")]
)
def test_a_preheader_that_is_no_good_is_a_warning(preheader: str, words: str) -> None:
    [problem] = found(a_mail(preheader=preheader))

    assert (problem.path, problem.severity) == ("preheader", "warning")
    assert words in problem.what


def test_a_page_that_gmail_clips_is_an_error_and_one_that_is_nearly_so_a_warning() -> None:
    start = len(a_page().encode())
    whole, nearly = (a_page(f"<!--{'x' * (size - start - 7)}-->") for size in (MOST_BYTES, MOST_BYTES - 1))

    assert [one.severity for one in found(a_mail(html=whole))] == ["error"]
    assert [one.severity for one in found(a_mail(html=nearly))] == ["warning"]
    assert len(whole.encode()) == MOST_BYTES


def test_a_page_without_end_is_refused_unread() -> None:
    [problem] = found(a_mail("<a " * 400_000))

    assert "Gmail" in problem.what


def test_a_plain_text_part_that_is_empty_is_an_error_and_a_short_one_a_warning() -> None:
    assert said(a_mail(text=" \n"), "error") == ["The plain-text part is empty."]
    assert any("has 2 words" in one for one in said(a_mail("word " * 40, text="See page"), "warning"))


@pytest.mark.parametrize(
    ("old", "new", "severity", "words"),
    [
        ('<html lang="en">', "<html>", "error", "doesn't say its language"),
        ('<html lang="en">', '<html lang=" ">', "error", "doesn't say its language"),
        ("<title>Book club</title>", "<title> </title>", "error", "no title"),
        ("<title>Book club</title>", "", "error", "no title"),
        ('<meta charset="utf-8">', "", "warning", "UTF-8"),
        ("<body>", "<body><div>", "warning", "A <div> is never closed"),
        ("<body>", "<body><table><tr><td><div></table>", "warning", "A <div> is never closed"),
        ("<body>", "<body><script>alert(1)</script>", "error", "There is a <script>"),
        ("<body>", "<body><iframe src='https://www.example.org'></iframe>", "error", "There is a <iframe>"),
        ("<body>", "<body><form><input name=x></form>", "error", "There is a <form>"),
        ("<body>", "<body><object></object>", "error", "There is a <object>"),
        ("<body>", '<body onload="alert(1)">', "error", "a script in “onload”"),
        ("<body>", '<meta http-equiv="Refresh" content="0; url=https://www.example.org"><body>', "error", "by itself"),
    ],
)
def test_a_page_that_no_mail_program_takes_is_told(old: str, new: str, severity: Any, words: str) -> None:
    assert any(words in one for one in said(a_mail(html=a_page().replace(old, new)), severity))


def test_what_is_wrong_is_told_with_its_line() -> None:
    [problem] = found(a_mail("<p>one</p>\n<p>two\n<a href='/join'>Join us</a></p>"))

    assert (problem.path, problem.line) == ("message.html", 7)


def test_the_postal_address_is_wanted_by_people_and_only_missed_in_a_folder() -> None:
    message = a_mail(html=a_page(address=""))

    assert said(message, "error") == ["The organisation's postal address is missing."]
    assert said(message, "error", reaches_people=False) == []
    assert said(message, "warning", reaches_people=False) == ["The organisation's postal address is missing."]


def test_the_postal_address_may_be_broken_over_lines_and_be_missing_in_the_text() -> None:
    message = a_mail(html=a_page(address=ADDRESS.replace(", ", ",<br>\n")), text="We meet and read.")

    assert said(message) == ["The organisation's postal address is missing in the plain-text part."]
    assert found(message, site=a_site(postal_address="")) == ()


def test_a_way_to_unsubscribe_is_wanted_where_nobody_else_offers_one() -> None:
    message = a_mail()

    assert any("unsubscribe" in one for one in said(message, "error", needs_unsubscribe=True))
    assert said(message, needs_unsubscribe=True, reaches_people=False) == []


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://www.example.org/leave">Unsubscribe</a>',
        '<a href="https://www.example.org/leave">Newsletter abbestellen</a>',
        '<a href="mailto:leave@example.org?subject=unsubscribe">Leave this list</a>',
    ],
)
def test_a_link_that_says_so_is_a_way_to_unsubscribe(link: str) -> None:
    assert found(a_mail(link), needs_unsubscribe=True) == ()


def test_a_link_that_leads_nowhere_is_no_way_to_unsubscribe() -> None:
    assert any("no way" in one for one in said(a_mail('<a href="#">Unsubscribe</a>'), needs_unsubscribe=True))


def test_a_place_that_the_provider_fills_in_is_a_way_to_unsubscribe() -> None:
    message = a_mail(f'<a href="{SLOT}">Unsubscribe</a>', slots=(UNSUBSCRIBE,))

    assert found(message, needs_unsubscribe=True) == ()


@pytest.mark.parametrize(
    "mark",
    ["*|FNAME|*", "{{ name }}", "{% if x %}", "{{< youtube >}}", "<%= name %>", "%recipient.name%", "%%FirstName%%"],
)
@pytest.mark.parametrize("part", ["subject", "preheader", "text", "html"])
def test_a_mark_that_nobody_fills_in_is_an_error(mark: str, part: str) -> None:
    words = mark.replace("<", "&lt;") if part == "html" else mark
    message = a_mail(**{part: a_page(f"<p>Dear {words}</p>") if part == "html" else f"Dear {words}, {ADDRESS}"})

    assert any("nobody fills in" in one for one in said(message, "error"))


def test_a_mark_in_an_address_is_found_and_braces_of_style_sheets_are_not() -> None:
    style = "<style>@media print {{p{color:#000}}}</style>".replace("{{", "{").replace("}}}", "}}")

    assert any("nobody fills in" in one for one in said(a_mail('<a href="https://www.example.org/*|ID|*">Page</a>')))
    assert found(a_mail(html=a_page(head=style))) == ()


def test_a_secret_in_a_public_mail_is_an_error_that_does_not_repeat_it() -> None:
    event = an_event(access="members", join_url="https://meet.example.com/s3cret-room-12")
    message = a_mail("<p>Join at meet.example.com/<b>s3cret-room-12</b></p>")

    [problem] = found(message, events=[event])

    assert (problem.path, problem.severity) == ("message.html", "error")
    assert "join link of _events/2026-12-09-book-club.md" in problem.what
    assert "s3cret" not in str(problem)


def test_a_secret_is_found_in_every_part() -> None:
    event = an_event(private=frozenset({"location"}), location="12 Hidden Lane, Exampletown")
    secret = "12 Hidden Lane, Exampletown"
    calendar = b"BEGIN:VCALENDAR\r\nLOCATION:12 Hidden Lane\\, Exa\r\n mpletown\r\nEND:VCALENDAR\r\n"
    message = a_mail(
        f'<i title="{secret}">x</i>', subject=secret, preheader=secret, text=f"{secret}\n{ADDRESS}", calendar=calendar
    )

    paths = [one.path for one in found(message, events=[event]) if one.severity == "error"]

    assert paths == ["subject", "preheader", "message.html", "message.txt", "invite.ics"]


def test_a_members_mail_may_say_what_members_know() -> None:
    event = an_event(access="members", join_url="https://meet.example.com/s3cret-room-12")
    message = a_mail('<a href="https://meet.example.com/s3cret-room-12">Join the call</a>')

    assert found(message, events=[event], audience=an_audience(public=False)) == ()


def test_of_an_address_that_not_everybody_may_have_only_the_host_is_told() -> None:
    message = a_mail('<a href="http://room.local/s3cret">http://room.local/s3cret</a>')

    [problem] = found(message, audience=an_audience(public=False))

    assert "s3cret" not in str(problem)
    assert "room.local" in problem.what


@pytest.mark.parametrize(
    "words",
    [
        "It is tomorrow",
        "See you tonight",
        "It starts in 2 hours",
        "Treffen heute",
        "À demain",
        "Es esta noche",
        "È domani",
    ],
)
def test_words_that_are_true_on_one_day_only_are_a_warning_that_names_the_day(words: str) -> None:
    [problem] = found(a_mail(f"<p>{words}.</p>"))

    assert problem.severity == "warning"
    assert problem.hint.startswith("Name the day: Wednesday 9 December 2026, 2:00")


def test_words_of_the_author_that_mean_other_things_too_are_let_be() -> None:
    event = an_event(summary="What a commons is today. Bring food tomorrow.")
    message = a_mail("<p>What a commons is today. Bring food tomorrow.</p>")

    [problem] = found(message, events=[event])

    assert "tomorrow" in problem.what


def test_without_a_date_the_day_is_asked_for() -> None:
    [problem] = found(a_mail("<p>Come tomorrow</p>"), events=[])

    assert problem.hint == "Name the day."


def test_of_one_fault_that_stands_everywhere_twenty_are_told_errors_first() -> None:
    links = [f'<a href="http://www.example.org/{n}">Page {n}</a>' for n in range(40)]
    problems = found(a_mail(" ".join(links) + '<a href="">Last</a>'))

    assert [one.severity for one in problems] == ["error"] + ["warning"] * 20
