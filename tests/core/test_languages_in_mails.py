"""Mails in another language than English, where more than a table is asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from notifier.core.entry import calendar_title, describe
from notifier.core.facts import facts_of
from notifier.core.message import Message
from notifier.core.render import KINDS, Templates, render, render_sample
from notifier.core.retold import called_off, changes_of
from notifier.core.samples import Sample, samples
from notifier.core.staff_letter import staff_samples
from tests.builders import LONDON, a_delivery, a_site, a_time, an_audience, an_event
from tests.core.mails import found
from tests.templates_on_disk import the_templates

SHIPPED = the_templates()
#: Words that no German text has.
_ENGLISH = re.compile(r"\b(?:the|this|is|it|was|your|our|you|for|of|from|to|more)\b", re.IGNORECASE)


def a_mail(
    *, templates: Templates = SHIPPED, language: str | None = "de", site: str = "en-GB", **changes: Any
) -> Message:
    return render(
        a_delivery(), [an_event(**changes)], site=a_site(language=site), templates=templates, feed_url=None, entry=None,
        audience_is_public=True, audience=an_audience(language=language),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "site", "said"),
    [
        (None, "de", "de"), (None, "en-GB", "en-GB"), ("de-AT", "en-GB", "de-AT"), ("en", "de", "en"),
        ("fr", "de", "en"), (None, "fr", "en"),
    ],
)  # fmt: skip
def test_a_mail_is_in_its_audiences_language_else_in_the_sites(language: str | None, site: str, said: str) -> None:
    message = a_mail(language=language, site=site)

    assert f'<html lang="{said}"' in message.html
    assert message.subject.startswith("Morgen: " if said.startswith("de") else "Tomorrow: ")


def test_a_sites_own_template_is_used_in_every_language_and_may_say_our_words() -> None:
    own = "{{ _('Reminder') }}! {{ _('Bring a mug') }}: {{ event.title }}, {{ when(event) }}"

    subject = a_mail(templates=the_templates(reminder__subject=own)).subject

    assert subject == (
        "Erinnerung! Bring a mug: Book club: The Commons, "
        "morgen, Mittwoch, 9. Dezember 2026, 14:00–15:15 Uhr (GMT, Londoner Zeit)"
    )


def test_words_with_values_reach_nothing_that_hangs_on_a_value() -> None:
    own = "{{ _('{event.title} {event} {kind!r} {kind}', event=event.status, kind=kind) }}"

    assert a_mail(templates=the_templates(reminder__subject=own)).subject == (
        "{event.title} scheduled {kind!r} reminder"
    )


def test_what_is_left_out_is_so_in_the_readers_language() -> None:
    message = a_mail(
        summary="Come to https://meet.example.com/s3cret then.", title="Board",
        join_url="https://meet.example.com/s3cret", private=frozenset({"join_url", "title"}),
    )  # fmt: skip

    assert "Come to [nicht öffentlich] then." in message.text
    assert message.subject.startswith("Morgen: Nichtöffentliche Veranstaltung – ")


def test_the_same_facts_changed_whatever_the_language() -> None:
    event = an_event(location="Harbour Hall")
    told = facts_of(
        replace(event, title="Another", when=a_time("2026-12-08 14:00"), location="The hall", status="cancelled")
    )

    found = {
        language: changes_of(event, told, a_site(language=language), public=True, zone=LONDON)
        for language in ("en", "de")
    }

    assert [change.field for change in found["en"]] == [change.field for change in found["de"]]
    assert [change.label for change in found["de"]] == ["Wann", "Wo", "Titel"]


def test_a_calendar_says_in_the_sites_language_what_became_of_an_event() -> None:
    event = an_event(status="cancelled", info_url="https://www.example.org/more", when=a_time())

    assert calendar_title(event, "de") == "Abgesagt: Book club: The Commons"
    assert calendar_title(replace(event, title="ABGESAGT: Lesung"), "de") == "ABGESAGT: Lesung"
    assert calendar_title(replace(event, title="Cancelled: talk"), "de") == "Cancelled: talk"
    lines = describe(a_site(language="de"), event).splitlines()
    assert lines[1:3] == ["Das Ende ist nicht angegeben.", "Diese Veranstaltung ist abgesagt."]
    assert "Mehr: https://www.example.org/more" in lines


def test_an_authors_own_german_word_for_it_is_not_said_twice() -> None:
    event = an_event(title="ABGESAGT: Lesung", status="cancelled")

    assert called_off(event, None, public=True).title == "Lesung"


def test_staff_are_written_to_in_english_on_an_english_page() -> None:
    sample = staff_samples()[0]

    message = replace(sample, site=replace(sample.site, language="de")).message(SHIPPED)

    assert '<html lang="en"' in message.html


SAMPLES = [pytest.param(sample, id=f"{kind}-{number}") for kind in KINDS for number, sample in enumerate(samples(kind))]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_german_mail_has_nothing_wrong_that_its_english_one_has_not(sample: Sample) -> None:
    # The author's own words stay as they are.
    sample = replace(sample, note=sample.note and "Eine Notiz.\n\n- ein Punkt")
    german = replace(sample, site=replace(sample.site, language="de"))

    messages = render_sample(SHIPPED, sample), render_sample(SHIPPED, german)

    english, ours = (found(one, site=sample.site, events=sample.events) for one in messages)
    assert [one.what for one in ours] == [one.what for one in english]
    assert _ENGLISH.findall(messages[1].text) == []
