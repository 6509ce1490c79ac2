"""`notifier plan --compare`: what a change of the files does to the plan."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.cli.comment import MOST_BYTES, escaped, worded
from tests.builders import at
from tests.cli.replays import a_site_with_history
from tests.cli.running import Ran, run
from tests.edges.repositories import Repository
from tests.histories import CHOIR, an_event_file
from tests.schemas import complaints, undocumented

NOW = "2026-11-20T09:00:00Z"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A site of which the second commit adds the choir's evening; what is checked out is edited by the tests."""
    return a_site_with_history(tmp_path)


def compared(repository: Repository, *, revision: str = "main", form: str = "json") -> Ran:
    return run("plan", "--compare", revision, "--at", NOW, "--format", form, folder=repository.folder.parent)


def sections(repository: Repository, revision: str = "main") -> dict[str, Any]:
    """What is in each section that has anything."""
    record = compared(repository, revision=revision).json()
    assert complaints("comparison", record) == []
    assert undocumented("comparison", record) == set()
    return {name: found for name, found in record.items() if found and name != "at"}


def rules(found: list[dict[str, Any]]) -> list[str]:
    return [row["rule"] for row in found]


def test_nothing_edited_changes_nothing(repository: Repository) -> None:
    assert sections(repository) == {}


def test_a_new_event_is_announced_reminded_of_and_in_the_feed_although_there_is_no_ledger(
    repository: Repository,
) -> None:
    repository.write("_events/new.md", an_event_file("2026-12-15", title="New evening"))

    found = sections(repository)

    assert rules(found["send"]) == ["announce", "week", "day"]
    assert [entry["title"] for entry in found["feeds"][0]["added"]] == ["New evening"]
    assert set(found) == {"send", "feeds"}


def test_an_event_that_moves_to_another_day_moves_its_reminders(repository: Repository) -> None:
    repository.write(CHOIR, an_event_file("2026-12-10"))

    found = sections(repository)

    moved = [(row["rule"], row["before"]["due_at"][:10], row["due_at"][:10]) for row in found["move"]]
    assert moved == [("week", "2026-12-02", "2026-12-03"), ("day", "2026-12-08", "2026-12-09")]
    assert [entry["path"] for entry in found["feeds"][0]["changed"]] == [CHOIR]


def test_a_cancelled_event_withdraws_its_reminders_with_the_reason(repository: Repository) -> None:
    repository.write(CHOIR, an_event_file(more="status: cancelled"))

    found = sections(repository)

    assert rules(found["withdraw"]) == ["week", "day"]
    assert [row["reasons"][0]["code"] for row in found["withdraw"]] == ["cancelled", "cancelled"]


def test_a_file_that_is_not_clear_any_more_is_held_and_has_a_new_problem(repository: Repository) -> None:
    repository.write(CHOIR, an_event_file().replace(b'start: "18:00"\nend: "19:30"\n', b""))

    found = sections(repository)

    assert rules(found["hold"]) == ["week", "day"]
    assert [problem["path"] for problem in found["problems"]] == [CHOIR]


def test_a_renamed_file_changes_no_mail_but_the_address_in_the_feed(repository: Repository) -> None:
    repository.remove(CHOIR)
    repository.write("_events/2026-choir.md", an_event_file())

    found = sections(repository)

    assert set(found) == {"feeds"}
    assert (found["feeds"][0]["added"], found["feeds"][0]["removed"]) == ([], [])


def test_a_file_taken_away_keeps_its_reminders_for_a_person(repository: Repository) -> None:
    repository.remove(CHOIR)

    found = sections(repository)

    assert rules(found["hold"]) == ["week", "day"]


def test_with_a_ledger_its_memory_counts_and_is_left_as_it_is(repository: Repository) -> None:
    folder = repository.folder.parent
    run("tick", "--at", "2026-11-10T09:00:00Z", folder=folder)
    before = (folder / "notifier.db").read_bytes()
    repository.write("_events/new.md", an_event_file("2026-12-15", title="New evening"))

    found = sections(repository, "HEAD~1")

    assert "announce" in rules(found["send"])
    assert (folder / "notifier.db").read_bytes() == before


def test_any_name_of_a_commit_is_a_revision(repository: Repository) -> None:
    assert rules(sections(repository, "HEAD~1")["send"]) == ["announce", "week", "day"]


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "main:_events", ""])
def test_a_revision_that_there_is_not_is_said_so(repository: Repository, revision: str) -> None:
    ran = compared(repository, revision=revision)

    assert (ran.code, ran.out) == (1, "")
    assert "has no revision" in ran.err


def test_files_in_no_repository_can_not_be_compared(site: Path) -> None:
    ran = run("plan", "--compare", "main", folder=site)

    assert ran.code == 1
    assert "lies in no git repository" in ran.err


def test_markdown_goes_with_compare_alone(site: Path) -> None:
    ran = run("plan", "--format", "markdown", folder=site)

    assert (ran.code, ran.out) == (2, "")
    assert "--format markdown goes with --compare" in ran.err


def test_the_words_for_people_say_what_follows(repository: Repository) -> None:
    repository.write(CHOIR, an_event_file("2026-12-10"))

    said = compared(repository, form="text").out

    assert said.startswith("Since main: 2 moved, 1 feed changed.\n")
    assert "Wed 2 Dec 2026 10:00 GMT  Thu 3 Dec 2026 10:00 GMT  week  newsletter  Choir evening" in said
    assert "Feed all: 1 changed." in said


def test_the_comment_says_the_plan_first_and_problems_second(repository: Repository) -> None:
    repository.write(CHOIR, an_event_file().replace(b'start: "18:00"\nend: "19:30"\n', b""))
    repository.write("_events/new.md", an_event_file("2026-12-15", title="New evening"))

    said = compared(repository, form="markdown").out

    assert said.startswith("### Mail and calendar: 3 to send, 2 held, 1 feed changed.\n")
    headings = [line for line in said.splitlines() if line.startswith("####")]
    assert headings == [
        "#### To send (3)",
        "#### To hold until a person says so (2)",
        "#### Feeds",
        "#### New problems (1)",
    ]


def test_a_title_can_call_nobody_and_make_no_link_in_the_comment(repository: Repository) -> None:
    title = "'@someone [x](https://example.org) | `b` a <3 #1 at 18:30'"
    repository.write("_events/new.md", an_event_file("2026-12-15", title=title))

    said = compared(repository, form="markdown").out

    line = next(line for line in said.splitlines() if "announce" in line)
    assert "\\@\u2060someone \\[x\\]\\(https\\://example.org\\) \\| \\`b\\` a \\<3 \\#\u20601 at 18:30" in line


@given(st.text())
def test_escaped_text_is_one_line_without_any_sign_that_means_something(text: str) -> None:
    said = escaped(text)

    assert "\n" not in said
    bare = said.replace("\\\\", "")
    assert all(place and bare[place - 1] == "\\" for place, sign in enumerate(bare) if sign in "|<>`*_[]()#@!&~$")


@pytest.mark.parametrize(
    "title",
    [
        "GH-7",
        "gh-12 and #7",
        "@org/team",
        "www.example.com",
        "mailto:a@example.org",
        "<img src=//example.com>",
        "![a](b)",
    ],
)
def test_no_title_is_an_address_a_person_a_picture_or_a_number(title: str) -> None:
    said = escaped(title)

    assert not re.search(r"(?<!\\)[<!\[@#]|GH-[0-9]|[@#](?!\u2060)|www\.|(?<!\\):(?![0-9])", said, re.IGNORECASE)


def test_the_line_to_put_instead_stands_below_its_problem_as_code(repository: Repository) -> None:
    repository.write("_events/2026-12-15-new.md", an_event_file(title="New").replace(b"date: 2026-12-09\n", b""))

    said = compared(repository, form="markdown").out

    problem = said.partition("#### New problems (1)\n\n")[2]
    assert problem.startswith("- **warning** \\_events/2026-12-15-new.md")
    assert problem.endswith("\n  ```yaml\n  date: 2026-12-15\n  ```\n")


@pytest.mark.parametrize("events", [10, 150, 400])
def test_a_comment_is_never_longer_than_github_takes_and_says_what_it_leaves_out(
    repository: Repository, events: int
) -> None:
    for number in range(events):
        title = f"'Evening {number} " + "@<x>" * 40 + "'"
        undated = an_event_file(title=title).replace(b"date: 2026-12-09\n", b"")
        repository.write(f"_events/2026-12-15-new-{number}.md", undated)

    said = compared(repository, form="markdown").out

    assert len(said.encode()) <= MOST_BYTES
    shown = len(re.findall(r"^- \*\*warning", said, re.MULTILINE))
    left = re.findall(r"^… and (\d+) more, .* `notifier plan --compare main` shows all\.$", said, re.MULTILINE)
    assert f"#### New problems ({events})" in said
    assert shown == events if events == 10 else shown + int(left[-1]) == events
    assert said.count("```yaml") == shown
    assert bool(left) is (events > 10)


def test_what_is_private_stands_in_no_comment(repository: Repository) -> None:
    hidden = "register: SECRET\nplace: {a: SECRET}\ncontact: SECRET\nprivate: true"
    repository.write("_events/wrong.md", an_event_file("2026-12-15", title="Wrong", more=hidden))
    right = "place: SECRET hall\naccess: members\nprivate: true"
    repository.write("_events/right.md", an_event_file("2026-12-16", title="Right", more=right))

    said = compared(repository, form="markdown").out

    assert "Wrong" in said
    assert "Right" in said
    assert "SECRET" not in said


def test_what_is_to_be_copied_from_the_comment_is_code_without_a_sign_that_is_not_its_own() -> None:
    said = worded("Write uid: abc@example.org into it, or set `vanished: withdraw`. @someone")

    assert said == "Write `uid: abc@example.org` into it, or set `vanished: withdraw`. \\@\u2060someone"


@given(st.text(alphabet="`|@<a\\ \n"))
def test_nothing_outside_of_code_has_a_meaning(text: str) -> None:
    said = worded(text)

    bare = re.sub(r"(?<!\\)`[^`|\n]+`", "", said.replace("\\\\", ""))
    assert all(place and bare[place - 1] == "\\" for place, sign in enumerate(bare) if sign in "|<`@")


def test_commits_later_than_now_do_not_matter_to_what_is_checked_out(repository: Repository) -> None:
    repository.write("_events/later.md", an_event_file("2026-12-16", title="Later"))
    repository.commit(at=at("2026-12-30 09:00"))

    assert sections(repository) == {}
