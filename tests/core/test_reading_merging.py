"""Translations and copies: one event, which of them speaks for it, and what they can't disagree about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from notifier.core.event import Document, Event, Reason
from notifier.core.reading import merge, read_document
from notifier.core.reading.merging import Copy
from notifier.core.reading.shape import Pick, Shape
from tests.builders import a_time, all_day, an_event


def german(**changes: Any) -> Event:
    return an_event(path="probe.de.md", title="Probe", **changes)


def english(**changes: Any) -> Event:
    return an_event(path="probe.en.md", title="Rehearsal", **changes)


def merged(*events: Event, languages: tuple[str, ...] = ("de", "en")) -> tuple[list[Event], list[str]]:
    copies = {(e.source, e.path): Copy(key="probe", language=e.path.split(".")[1]) for e in events}
    found, problems = merge(events, copies, languages)
    return found, [str(problem) for problem in problems]


def test_translations_are_one_event_in_the_sites_language() -> None:
    found, problems = merged(english(), german())

    assert ([event.title for event in found], problems) == (["Probe"], [])


def test_without_the_sites_language_the_first_document_speaks() -> None:
    found, _ = merged(english(), german(), languages=("fr",))

    assert [event.title for event in found] == ["Probe"]


def test_a_document_that_names_no_language_is_in_the_site_s() -> None:
    plain = an_event(path="probe.md", title="Probe")
    copies = {("website", "probe.md"): Copy(key="probe"), ("website", "probe.en.md"): Copy(key="probe", language="en")}

    found, _ = merge([english(), plain], copies, ("de", "en"))

    assert [event.title for event in found] == ["Probe"]


def test_its_identity_is_the_common_key_whichever_document_speaks() -> None:
    [one], _ = merged(english())
    [both], _ = merged(english(), german())

    assert one.place == both.place == (one.source, "#probe")


def test_a_copy_adds_what_the_other_does_not_say() -> None:
    [event], problems = merged(german(location=None, when=None, zone=None, zone_basis=None), english(location="Hall"))

    assert (event.title, event.location, event.when, event.zone) == ("Probe", "Hall", english().when, "Europe/London")
    assert problems == []


NO_TIME = Reason(code="no-time", text="No start time is given.")
DAY = all_day()


@pytest.mark.parametrize("silent_first", [True, False])
def test_a_copy_that_leaves_the_time_out_does_not_deny_it(silent_first: bool) -> None:
    silent = {"when": DAY, "zone": None, "zone_basis": None, "doubts": (NO_TIME,)}

    [event], problems = merged(german(**silent), english()) if silent_first else merged(german(), english(**silent))

    assert (event.when, event.zone, event.doubts, problems) == (english().when, "Europe/London", (), [])


def test_a_copy_adds_the_end_that_the_other_leaves_out() -> None:
    [event], problems = merged(german(when=a_time()), english(when=a_time(ends="15:00")))

    assert (event.when, problems) == (a_time(ends="15:00"), [])


def test_a_whole_day_on_purpose_is_not_a_time_left_out() -> None:
    [event], problems = merged(german(when=DAY, zone=None, zone_basis=None), english())

    assert (event.when, len(problems)) == (DAY, 1)


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"when": a_time("2026-12-09 15:00")}, "when it is"),
        ({"status": "cancelled"}, "whether it takes place"),
        ({"access": "members"}, "who may come"),
    ],
)
def test_copies_that_disagree_are_a_doubt_and_a_problem(changes: dict[str, Any], differs: str) -> None:
    [event], problems = merged(german(), english(**changes))

    assert [doubt.code for doubt in event.doubts] == ["copy-differs"]
    assert event.when == german().when
    field = " when:" if "when" in changes else ""
    said = f"It is the same event as probe.de.md, but says something else about {differs}."
    assert problems == [f"probe.en.md:{field} {said} Correct one of the two."]


def test_events_without_a_key_stay_as_they_are() -> None:
    events = [german(), english()]

    assert merge(events, {}, ("de",)) == (events, [])


def test_the_sessions_of_translations_are_merged_one_by_one() -> None:
    shape = Shape(
        source="site", site_url="https://example.org", timezone="Europe/London", sessions="parts",
        fields={"same": (Pick(path=r"([a-z]+)\.\w+\.md"),), "language": (Pick(path=r"\.(\w+)\.md"),)},
    )  # fmt: skip
    events: list[Event] = []
    copies: dict[tuple[str, str], Copy] = {}
    for language in ("de", "en"):
        data = f"---\ntitle: {language}\ndate: 2026-05-04\nparts: [{{start: '10:00'}}, {{start: '14:00'}}]\n---\nx\n"
        document = Document(source="site", path=f"fair.{language}.md", data=data.encode(), revision="1")
        reading = read_document(document, shape)
        events += reading.events
        copies |= {("site", path): copy for path, copy in reading.copies.items()}

    found, problems = merge(events, copies, ("en",))

    assert [(event.title, event.key) for event in found] == [("en", "fair#1"), ("en", "fair#2")]
    assert problems == []
    assert replace(found[0], when=None).path == "fair.en.md#1"
