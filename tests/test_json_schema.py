"""The JSON that other programs read is what docs/json.md and docs/schemas say."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from notifier.core.clearance import clear
from notifier.core.delivery import Told
from notifier.core.event import Content, Event, When
from notifier.core.facts import facts_of
from notifier.core.plan import Plan, Window
from notifier.core.recipient import Recipient, Tally
from notifier.core.records import delivery_record, event_record, events_record, plan_record, problem_record, why_record
from notifier.desk.reached import Reached, reached_record
from notifier.errors import Problem
from tests.builders import LONDON, UID, a_delivery, a_minimal_event, a_time, all_day, an_event, at
from tests.files import ROOT
from tests.schemas import complaints, schema, schema_names, undocumented

NOW = at("2026-11-26 09:00")
MANUAL = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, Any] = {
    name: json.loads(text) for name, text in re.findall(r"```json (\w+)\n(.*?)```", MANUAL, re.DOTALL)
}


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_is_itself_right(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"{name}.json"


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_is_in_the_manual(name: str) -> None:
    assert f"(schemas/{name}.json)" in MANUAL


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_manual_is_right_and_whole(name: str) -> None:
    assert complaints(name, EXAMPLES[name]) == []
    assert set(EXAMPLES[name]) == set(schema(name)["properties"])


@pytest.mark.parametrize("name", schema_names())
def test_every_field_is_required_and_named_in_the_manual(name: str) -> None:
    fields = schema(name)["properties"]
    assert schema(name)["required"] == list(fields)
    assert [field for field in fields if not re.search(rf"[`\"{{ ]{field}[`\":,}}]", MANUAL)] == []


def record(event: Event) -> dict[str, Any]:
    return event_record(event, clear(event, public=True, now=NOW, zone=LONDON))


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(an_event(), id="a meeting"),
        pytest.param(a_minimal_event(), id="whole day"),
        pytest.param(a_minimal_event(when=None), id="no date"),
        pytest.param(an_event(access="invitation", status="cancelled"), id="refused"),
    ],
)
def test_every_event_is_as_its_schema_says(event: Event) -> None:
    assert complaints("event", record(event)) == []
    assert undocumented("event", record(event)) == set()


def test_evidence_is_named_as_the_fields_it_is_for() -> None:
    evidence = {name: an_event().evidence["when"] for name in ("when", "end", "zone", "title")}
    assert list(record(an_event(evidence=evidence))["evidence"]) == ["end", "title", "start", "timezone"]
    assert set(record(an_event(evidence=evidence))["evidence"]) <= set(record(an_event()))


def test_events_and_their_problems_are_as_their_schema_says() -> None:
    event = an_event()
    content = Content(events=(event,), problems=(Problem(path="a.md", what="It is empty."),))
    printed = events_record(content, {event.uid: clear(event, public=True, now=NOW, zone=LONDON)})
    assert complaints("events", printed) == []
    assert undocumented("problem", problem_record(content.problems[0])) == set()


def test_a_delivery_is_as_its_schema_says_even_when_its_event_is_gone() -> None:
    printed = delivery_record(a_delivery(), {})
    assert complaints("delivery", printed) == []
    assert undocumented("delivery", printed) == set()


def test_a_plan_is_as_its_schema_says() -> None:
    reasons = clear(an_event(access="invitation"), public=True, now=NOW, zone=LONDON).reasons
    skip = a_delivery(status="skipped", reasons=reasons)
    plan = Plan(at=NOW, window=Window(after=None, until=NOW), deliveries=(a_delivery(),), skips=(skip,))
    feed = {"name": "all", "path": "feeds/all.ics", "events": 1, "changed": True}
    printed = plan_record(plan, Content(events=(an_event(),)), [feed])
    assert complaints("plan", printed) == []
    assert undocumented("plan", printed) == set()


def test_why_is_as_its_schema_says() -> None:
    assert complaints("why", why_record("a.md", [a_delivery()])) == []


def test_whom_a_mail_to_each_reached_is_as_its_schema_says() -> None:
    doubtful = Recipient(
        number=0, digest="0" * 32, address="anna@example.org", status="unknown", said="It was cut off."
    )
    reached = Reached(tally=Tally(taken=1, unknown=1), refused=(), in_doubt=(doubtful,))

    record = why_record("a.md", [a_delivery()], recipients={a_delivery().key: reached_record(reached)})

    assert complaints("why", record) == []
    documented = schema("why")["properties"]["rules"]["items"]["properties"]["recipients"]["properties"]
    assert set(record["rules"][0]["recipients"]) == set(documented)


@pytest.mark.parametrize("when", [a_time("2026-12-09 18:00"), all_day("2026-12-09"), None])
def test_what_was_told_is_as_its_schema_says(when: When | None) -> None:
    facts = facts_of(an_event(when=when))
    told = Told(audience="members", uid=UID, facts=facts, delivery_key="k", at=at("2026-12-01 10:00"))

    record = why_record("a.md", [], told=[(told, ("when", "location"))])

    assert complaints("why", record) == []
    assert undocumented("why", record) == set()
    assert record["told"][0]["otherwise"] == ["start", "location"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("start", "2026-12-09"),
        ("start", "2026-12-09T14:00:00"),
        ("access", "public"),
        ("status", "upcoming"),
        ("clearance", {"verdict": "ask", "reasons": []}),
        ("evidence", {"title": {"text": "Book club", "line": 0, "basis": "prose"}}),
    ],
)
def test_a_wrong_value_is_refused(field: str, wrong: object) -> None:
    event = copy.deepcopy(EXAMPLES["event"]) | {field: wrong}
    assert complaints("event", event) != []


def test_a_missing_field_is_refused_and_an_added_one_is_not() -> None:
    assert complaints("problem", {}) != []
    assert complaints("problem", EXAMPLES["problem"] | {"later": 1}) == []
