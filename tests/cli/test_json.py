"""What the commands print for programs is what docs/json.md and docs/command-line.md say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import AT, run
from tests.schemas import complaints, undocumented

#: RFC 3339 with an offset, and never one of seconds.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


def printed(site: Path, *arguments: str, at: str = AT) -> Any:
    ran = run(*arguments, "--at", at, "--format", "json", folder=site)
    assert ran.err == ""
    return ran.json()


def times(value: object, name: str = "") -> list[str]:
    """Every value of a field whose name says that it is an instant."""
    if isinstance(value, dict):
        return [time for key, part in value.items() for time in times(part, key)]
    if isinstance(value, list):
        return [time for part in value for time in times(part, name)]
    return [value] if isinstance(value, str) and (name.endswith("_at") or name in ("at", "after", "until")) else []


@pytest.mark.parametrize("command", [("events",), ("plan",), ("why", "studio")], ids=lambda command: command[0])
def test_what_is_printed_is_as_its_schema_says_and_has_no_other_field(site: Path, command: tuple[str, ...]) -> None:
    answer = printed(site, *command)

    assert complaints(command[0], answer) == []
    assert undocumented(command[0], answer) == set()


@pytest.mark.parametrize("command", [("plan",), ("preview", "studio"), ("tick",)], ids=lambda command: command[0])
def test_every_instant_has_its_offset(site: Path, command: tuple[str, ...]) -> None:
    found = times(printed(site, *command))

    assert found != []
    assert [time for time in found if not _INSTANT.fullmatch(time)] == []


def test_a_timed_event_has_the_offset_of_its_own_zone(site: Path) -> None:
    lab = next(e for e in printed(site, "events")["events"] if e["path"].endswith("sensor-charter-lab.md"))

    assert (lab["start"], lab["end"]) == ("2026-12-10T10:30:00+00:00", "2026-12-10T16:00:00+00:00")


def test_check_prints_problems(site: Path) -> None:
    answer = printed(site, "check")

    assert [complaints("problem", problem) for problem in answer.pop("problems")] == [[], []]
    assert answer == {}


def test_check_prints_the_problems_of_a_wrong_configuration_too(site: Path) -> None:
    config = site / "config.yaml"
    config.write_text(config.read_text().replace("timezone: Europe/London", "timezone: Europe/Londn"))

    ran = run("check", "--format", "json", folder=site)

    problems = ran.json()["problems"]
    assert (ran.code, ran.err, [complaints("problem", problem) for problem in problems]) == (1, "", [[]])
    assert (problems[0]["path"], problems[0]["field"]) == ("config.yaml", "site.timezone")


def test_preview_prints_the_delivery_and_the_message(site: Path) -> None:
    answer = printed(site, "preview", "studio")

    assert complaints("delivery", answer["delivery"]) == []
    assert answer["sample"] is False
    assert set(answer["message"]) == {"subject", "preheader", "text", "html", "until"}


def test_tick_prints_what_moved_and_what_was_published(site: Path) -> None:
    answer = printed(site, "tick")

    assert [(row["rule"], row["status"]) for row in answer["deliveries"]] == [("reminder-hours", "sent")]
    assert [complaints("delivery", row) for row in answer["deliveries"]] == [[]]
    assert (answer["recorded"], answer["feeds"]) == (True, [])


def test_feeds_prints_every_feed_and_whether_it_changed(site: Path) -> None:
    first, second = (printed(site, "feeds", "out")["feeds"] for _ in range(2))

    assert [(feed["name"], feed["path"], feed["changed"]) for feed in first] == [
        ("all", "all.ics", True),
        ("community-calls", "community-calls.ics", True),
    ]
    assert [feed["changed"] for feed in second] == [False, False]


def test_doctor_prints_what_it_found(site: Path) -> None:
    found = run("doctor", "--format", "json", folder=site).json()["findings"]

    assert {frozenset(finding) for finding in found} == {frozenset({"subject", "ok", "text", "hint"})}
    assert all(finding["ok"] for finding in found)


def test_a_plan_names_every_decision_once(site: Path) -> None:
    answer = printed(site, "plan")

    keys = [row["key"] for name in ("deliveries", "withdrawals", "skips") for row in answer[name]]
    assert len(keys) == len(set(keys)) == 20


def test_why_of_a_key_has_that_decision_alone(site: Path) -> None:
    key = printed(site, "plan")["deliveries"][0]["key"]

    assert [rule["key"] for rule in printed(site, "why", key)["rules"]] == [key]


def test_why_says_held_where_a_gate_holds(site: Path) -> None:
    templates = site / "templates" / "reminder"
    templates.mkdir(parents=True)
    (templates / "txt.j2").write_text("{{ nothing_of_that_name }}")

    rules = printed(site, "why", "2026-11-26")["rules"]

    codes = {rule["rule"]: [(rule["verdict"], reason["code"]) for reason in rule["reasons"]] for rule in rules}
    assert codes["reminder-hours"] == [("held", "template")]
