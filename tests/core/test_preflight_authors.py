"""Whatever authors write: our templates make no mail of it that would be held for what we did."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.event import Event
from notifier.core.facts import facts_of
from notifier.core.preflight import preflight
from notifier.core.render import KINDS, render
from notifier.core.rule import Kind
from notifier.errors import Problem
from tests.builders import a_delivery, a_site, an_audience, an_event
from tests.strategies import any_text
from tests.templates_on_disk import the_templates

_MARKS = (
    "*|FNAME|*", "{{ name }}", "{{{x}}}", "{% if x %}", "{{< x >}}", "<%= x %>", "%recipient.name%", "%%X%%", "*|", "|*", "{", "}", "%", "http:/",
    "<a href=''>here</a>", "<iframe>", 'onclick="x"', "https://evil.example/", "Re: FREE MONEY NOW!!!", "tomorrow", "here", "w" * 200, "\u200b",
)  # fmt: skip
hostile_text = st.lists(st.one_of(st.sampled_from(_MARKS), any_text), max_size=5).map("".join)
hostile_address = st.one_of(
    st.none(),
    hostile_text,
    hostile_text.map("https://www.example.org/{}".format),
    hostile_text.map("https://{}".format),
)


def problems(event: Event, kind: Kind, note: str = "") -> tuple[Problem, ...]:
    told = {event.uid: facts_of(replace(event, title=event.title[::-1], location=event.summary or None))}
    message = render(
        a_delivery(kind=kind), [event], site=a_site(), templates=the_templates(), audience_is_public=True, entry=None, told=told,
        feed_url="https://www.example.org/feeds/all.ics", note=note,
    )  # fmt: skip
    return preflight(message, site=a_site(), audience=an_audience(), events=[event], reaches_people=True)


@given(hostile_text, hostile_text, hostile_text, st.sampled_from(KINDS))
def test_no_text_of_an_author_makes_a_mail_wrong(title: str, summary: str, location: str, kind: Kind) -> None:
    event = an_event(title=title, summary=summary, location=location, recording_url="https://www.example.org/recording")
    found = problems(event, kind, note="" if kind != "one_off" else f"{summary} {title}")

    # An address in a person's own words leads where they wrote it, on a private network too.
    own = [one for one in found if one.severity == "error" and not (kind == "one_off" and "http" in one.what)]
    assert own == []


@given(hostile_address, hostile_address, hostile_address, st.sampled_from(KINDS))
def test_no_address_of_an_author_makes_anything_raise(join: str, url: str, contact: str, kind: Kind) -> None:
    event = an_event(join_url=join, url=url, contact=contact, info_url=url, recording_url=join)
    found = problems(event, kind)

    # A link may lead nowhere, and nothing else may come of it.
    assert [
        one.what for one in found if one.severity == "error" and "link" not in one.what and "address" not in one.what
    ] == []
