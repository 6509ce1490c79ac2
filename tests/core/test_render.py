from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given

from notifier.core.entry import Entry
from notifier.core.message import Message
from notifier.core.render import Templates, check_templates, render
from notifier.errors import UserError
from tests.builders import a_delivery, a_minimal_event, a_site, a_time, an_event, at
from tests.strategies import any_text
from tests.templates_on_disk import the_templates

FEED = "https://www.example.org/feeds/all.ics"
SECRET = "https://meet.example.com/s3cret"
SHIPPED = the_templates()


def a_mail(*, templates: Templates = SHIPPED, public: bool = True, kind: str = "reminder", **changes: Any) -> Message:
    event = an_event(**changes)
    entry = Entry(event=event, sequence=0, created_at=at("2026-11-01"), modified_at=at("2026-11-01"))
    return render(
        a_delivery(kind=kind),
        [event],
        site=a_site(),
        templates=templates,
        feed_url=FEED,
        entry=entry,
        audience_is_public=public,
    )


def with_text(name: str, text: str) -> Templates:
    return Templates(texts={**SHIPPED.texts, name: text})


class Page(HTMLParser):
    """What a reader's program sees: tags with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def links(self) -> list[str]:
        return [str(link["href"]) for link in self.all("a")]


def test_a_reminder_says_so_in_its_subject_with_an_absolute_time() -> None:
    assert a_mail().subject == "Tomorrow: Book club: The Commons – Wed 9 Dec, 2:00 pm GMT"
    assert (
        a_mail(when=a_time("2026-12-12 14:00")).subject == "Reminder: Book club: The Commons – Sat 12 Dec, 2:00 pm GMT"
    )
    assert a_mail(kind="announcement").subject == "Book club: The Commons – Wed 9 Dec, 2:00 pm GMT"


def test_a_long_title_gives_way_to_the_time_in_a_subject() -> None:
    subject = a_mail(title="A very long name " * 8).subject

    assert len(subject) <= 150
    assert subject.endswith("… – Wed 9 Dec, 2:00 pm GMT")


def test_the_preheader_says_when_and_where() -> None:
    assert a_mail().preheader == "Wednesday 9 December 2026, 2:00–3:15 pm (GMT, London time) · Online"


def test_the_page_has_a_language_a_title_both_schemes_and_only_layout_tables() -> None:
    page = Page(a_mail().html)

    assert page.all("html")[0]["lang"] == "en-GB"
    assert {"name": "color-scheme", "content": "light dark"} in page.all("meta")
    assert "<title>Tomorrow: Book club" in a_mail().html
    assert {table.get("role") for table in page.all("table")} == {"presentation"}
    assert page.all("img") == page.all("script") == page.all("link") == []


def test_every_link_is_absolute_and_leads_out_of_the_mail() -> None:
    links = Page(a_mail(contact="mailto:events@example.org").html).links()

    assert [link for link in links if not re.match(r"https://|webcal://|mailto:", link)] == []
    assert "https://meet.example.com/book-club" in links
    assert FEED in links


def test_styles_stand_in_the_tags_and_dark_mode_in_one_style_block() -> None:
    html = a_mail().html

    assert html.count("<style") == 1
    assert "prefers-color-scheme: dark" in html
    assert 'style="' in re.findall(r"<h1[^>]*>", html)[0]
    assert "<!--[if mso]>" in html
    assert len(html.encode()) < 102_000  # Gmail cuts what is longer


def test_the_footer_says_who_writes_and_why() -> None:
    message = a_mail()

    assert "You receive this because you are on the list “newsletter” of Example Commons." in message.html
    assert a_site().postal_address in message.html
    assert a_site().postal_address in message.text


def test_the_plain_text_is_written_for_reading() -> None:
    text = a_mail(title="Bread & butter <3").text

    assert "Bread & butter <3" in text
    assert "\n\n\n" not in text
    assert max(map(len, text.splitlines())) <= 76


@pytest.mark.parametrize("access", ["members", "invitation", "unknown"])
def test_a_public_audience_never_gets_a_join_link_that_is_not_public(access: str) -> None:
    message = a_mail(join_url=SECRET, access=access, summary=f"Enter at {SECRET}")

    assert "s3cret" not in message.html + message.text + message.subject + message.preheader
    assert b"s3cret" not in (message.calendar or b"").replace(b"\r\n ", b"")


def test_an_audience_of_members_gets_their_join_link_but_not_in_the_file() -> None:
    message = a_mail(join_url=SECRET, access="members", public=False)

    assert SECRET in Page(message.html).links()
    assert SECRET in message.text
    assert b"s3cret" not in (message.calendar or b"").replace(b"\r\n ", b"")


def test_a_mail_without_feed_and_file_offers_neither() -> None:
    event = a_minimal_event()
    message = render(
        a_delivery(), [event], site=a_site(), templates=SHIPPED, feed_url=None, entry=None, audience_is_public=True
    )

    assert message.calendar is None
    assert "invite.ics" not in message.html + message.text
    assert "Follow all our events" not in message.html + message.text


def test_a_delivery_without_an_event_is_refused() -> None:
    with pytest.raises(ValueError, match="no event"):
        render(a_delivery(), [], site=a_site(), templates=SHIPPED, feed_url=None, entry=None, audience_is_public=True)


def test_a_long_title_leaves_the_time_in_the_subject() -> None:
    subject = a_mail(title="Practice " * 60).subject

    assert len(subject) <= 200
    assert subject.endswith("… – Wed 9 Dec, 2:00 pm GMT")


PLAIN_TAGS = [tag for tag, _ in Page(a_mail(url=None, info_url=None).html).tags]


@given(any_text, any_text, any_text)
def test_no_text_can_add_a_tag_run_a_template_or_break_the_subject(title: str, body: str, place: str) -> None:
    title, body, place = (" ".join(["Text", *text.split()]) for text in (title, body, place))

    message = a_mail(title=title, summary=body, location=place, url=None, info_url=None)

    assert [tag for tag, _ in Page(message.html).tags] == PLAIN_TAGS
    assert len(message.subject.splitlines()) == 1
    assert "49" not in message.text or "49" in title + body + place
    (message.html + message.text + message.subject + message.preheader).encode()


@given(any_text)
def test_a_link_of_an_author_is_a_web_link_or_none(url: str) -> None:
    page = Page(a_mail(url=url, info_url=url, join_url=url, contact=url).html)

    assert all(re.match(r"https?://|webcal://|mailto:", link) for link in page.links())


def test_the_shipped_templates_are_right() -> None:
    assert check_templates(SHIPPED) == ()


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "reminder/txt.j2",
            "one\n{{ event.titel }}\n",
            "templates/reminder/txt.j2:2: Nothing here is called 'titel'. Did you mean 'title'?",
        ),
        ("reminder/subject.j2", "{{ evnt.title }}", "templates/reminder/subject.j2:1: Nothing here is called 'evnt'."),
        ("reminder/html.j2", "\n\n{% if %}", "templates/reminder/html.j2:3: Expected an expression"),
        ("parts.html.j2", "{% macro x() %}", "templates/parts.html.j2:1: Unexpected end of template."),
        ("reminder/txt.j2", "{{ event.title | shout }}", "templates/reminder/txt.j2:1: No filter named 'shout'."),
        ("reminder/txt.j2", "a\n{{ 1 / 0 }}", "templates/reminder/txt.j2:2: Division by zero."),
        ("reminder/html.j2", '{% extends "frame.j2" %}', "templates/frame.j2: This template is missing."),
        ("reminder/subject.j2", "{# nothing #}", "templates/reminder/subject.j2:1: The subject is empty."),
        ("layout.html.j2", "\n{{ nobody }}", "templates/layout.html.j2:2: Nothing here is called 'nobody'."),
        (
            "reminder/txt.j2",
            "{{ ''.__class__.__mro__ }}",
            "templates/reminder/txt.j2:1: Access to attribute '__class__' of 'str' object is unsafe.",
        ),
    ],
)
def test_a_wrong_template_is_found_at_its_file_and_line(name: str, text: str, problem: str) -> None:
    templates = with_text(name, text)

    found = [str(found) for found in check_templates(templates)]

    assert [words for words in found if words.startswith(problem)], found
    with pytest.raises(UserError):
        [a_mail(templates=templates, kind=kind) for kind in ("reminder", "announcement")]


def test_every_missing_template_is_named() -> None:
    texts = {name: text for name, text in SHIPPED.texts.items() if not name.startswith("reminder/")}

    found = check_templates(Templates(texts=texts, folder="my/templates"))

    assert [problem.path for problem in found] == [
        f"my/templates/reminder/{part}.j2" for part in ("html", "subject", "txt")
    ]
