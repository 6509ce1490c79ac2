"""What `check` says beside the golden outputs: lines to write, GitHub's commands, what time has made of a file."""

from __future__ import annotations

import os
import pty
import re
from pathlib import Path

import pytest

from notifier.cli.annotations import workflow_command
from notifier.errors import Problem
from tests.cli.running import AT, run, start
from tests.files import ROOT

LATER = "2026-12-20T09:00:00Z"
WORKSHOP = "_events/2026-12-07-reading-your-street.md"
#: `path:line: field: what is wrong. What to write instead.`
_PLACE = re.compile(r"_events/[\w.-]+\.md(:\d+)?: (\w+: )?\S.*[.?] \S.*[.?…)]")


def without_date(site: Path) -> Path:
    file = site / WORKSHOP
    file.write_text(file.read_text().replace("date: 2026-12-07\n", ""))
    return file


def test_every_problem_is_a_place_what_is_wrong_and_what_to_write(site: Path) -> None:
    without_date(site)

    lines = [line for line in run("check", "--at", AT, "--propose", folder=site).out.splitlines() if line[:1] == "_"]

    assert len(lines) > 5
    assert [line for line in lines if not _PLACE.fullmatch(line)] == []


def test_the_line_that_settles_a_problem_stands_under_it_and_in_the_record(site: Path) -> None:
    without_date(site)

    said = run("check", "--at", AT, folder=site).out
    records = run("check", "--at", AT, "--format", "json", folder=site).json()["problems"]

    assert "Add date: 2026-12-07 to the front matter.\n    date: 2026-12-07\n" in said
    assert [record["write"] for record in records if record["path"] == WORKSHOP] == ["date: 2026-12-07"]


def test_a_line_says_which_words_it_rests_on(site: Path) -> None:
    file = site / WORKSHOP
    file.write_text(file.read_text().replace("at 2pm", "at 2pm EDT"))

    said = run("check", "--at", AT, folder=site).out

    assert "\n    timezone: America/New_York   # because line 12 says “2pm EDT”\n" in said


def test_proposed_lines_are_for_your_knowledge_and_fail_nothing(site: Path) -> None:
    for name in ("2026-12-14-what-the-counters-said", "2026-12-08-open-studio"):
        (site / "_events" / f"{name}.md").unlink()

    ended = run("check", "--at", AT, "--propose", "--strict", folder=site)

    assert ended.code == 0
    assert (
        '\n    start: "14:00"   # because line 12 says “…7 December 2026 at 2pm we will hold an online…”\n' in ended.out
    )


def test_an_event_that_is_over_and_still_upcoming_is_a_warning_with_the_line_to_write(site: Path) -> None:
    said = run("check", "--at", LATER, folder=site).out

    assert (
        f"{WORKSHOP}:4: upcoming: The event is over, but the front matter says upcoming: true. Write upcoming: false.\n"
        "    upcoming: false\n"
    ) in said
    assert "The event is over" not in run("check", "--at", AT, folder=site).out


def test_a_reminder_that_config_yaml_does_not_have_is_a_warning_with_its_line(site: Path) -> None:
    file = site / WORKSHOP
    file.write_text(file.read_text().replace("\ndate: ", "\nreminders: [reminder-dya, none-such]\ndate: ", 1))

    said = run("check", "--at", AT, folder=site).out

    silent = "is not in config.yaml, so it reminds nobody of this."
    assert f"{WORKSHOP}:6: reminders: The rule reminder-dya {silent} Did you mean reminder-day?" in said
    assert f"{WORKSHOP}:6: reminders: The rule none-such {silent} Write false, or the names of these: " in said


def test_a_link_taken_over_from_another_meeting_is_reported(site: Path) -> None:
    old, new = site / "_events" / "2026-11-26-community-call.md", site / "_events" / "2027-01-14-community-call.md"
    new.write_text(old.read_text().replace("2026-11-26", "2027-01-14").replace("26 November 2026", "14 January 2027"))
    for file in (old, new):
        file.write_text(file.read_text().replace("meet.example.com", "us06web.zoom.us"))

    said = run("check", "--at", AT, folder=site).out

    assert "2027-01-14-community-call.md:22: register: The registration link is also that of the meeting on" in said
    assert "“fourth online call” can't be right" in said


def test_github_commands_name_files_relative_to_the_folder_one_is_in(site: Path) -> None:
    inside = run("check", "--at", AT, "--format", "github", folder=site).out.splitlines()
    above = run("check", "--at", AT, "--format", "github", "--config", "site/config.yaml", folder=site.parent)

    assert inside[0].startswith(
        "::error file=_events/2026-12-14-what-the-counters-said.md,line=10,title=notifier%3A date::"
    )
    assert above.out.splitlines()[0].startswith(
        "::error file=site/_events/2026-12-14-what-the-counters-said.md,line=10,"
    )
    assert (above.code, all(line.startswith("::") for line in inside)) == (1, True)


def test_github_shows_what_is_wrong_with_the_configuration_too(site: Path) -> None:
    (site / "config.yaml").write_text("sit: {}\n")

    ended = run("check", "--format", "github", folder=site)
    absent = run("check", "--format", "github", "--config", "none.yaml", folder=site)

    assert ended.out.startswith("::error file=config.yaml,line=1,col=1,title=notifier%3A sit::is not a key here.")
    assert absent.out.startswith("::error title=notifier::none.yaml: ")
    assert (ended.code, absent.code) == (1, 1)


@pytest.mark.parametrize(
    ("severity", "command"), [("error", "error"), ("warning", "warning"), ("info", "notice")], ids=lambda text: text
)
def test_a_workflow_command_has_the_severity_as_github_calls_it(severity: str, command: str) -> None:
    problem = Problem(path="a.md", what="It is so.", severity=severity)  # type: ignore[arg-type]  # a parameter is any text

    assert workflow_command(problem, "a.md") == f"::{command} file=a.md,title=notifier::It is so."


def test_nothing_in_a_file_can_end_a_command_or_begin_another() -> None:
    problem = Problem(
        path="x", line=3, field="a,b:c%", what="100 % “\r\n::stop-commands::x” \x1b[2J.", hint="Mend it.", write="a: 1"
    )

    said = workflow_command(problem, "_events/50%,a:b\n.md")

    assert said == (
        "::error file=_events/50%25%2Ca%3Ab%0A.md,line=3,title=notifier%3A a%2Cb%3Ac%25::"
        "100 %25 “\\r%0A::stop-commands::x” \\x1b[2J. Mend it.%0Aa: 1"
    )


@pytest.mark.parametrize("arguments", [["--yes"], ["--fix", "--format", "json"], ["--fix", "--format", "github"]])
def test_options_that_do_not_go_together_are_a_wrong_command_line(site: Path, arguments: list[str]) -> None:
    ended = run("check", *arguments, folder=site)

    assert (ended.code, ended.out) == (2, "")
    assert "--fix" in ended.err


def test_reading_many_files_shows_how_far_it_is_on_a_terminal(site: Path) -> None:
    for number in range(60):
        (site / "_events" / f"2026-10-01-talk-{number}.md").write_text("---\ntitle: Talk\ndate: 2026-10-01\n---\n")
    ours, theirs = pty.openpty()

    asked = start("check", "--at", AT, folder=site, stderr=theirs)
    asked.communicate(timeout=60)

    said = os.read(ours, 65536)
    os.close(ours)
    os.close(theirs)
    assert asked.returncode == 1
    assert b"\rReading event files: 25 of 67" in said
    assert said.endswith(b"\r" + b" " * 60 + b"\r")


def test_nothing_is_said_about_progress_where_nobody_watches(site: Path) -> None:
    for number in range(60):
        (site / "_events" / f"2026-10-01-talk-{number}.md").write_text("---\ntitle: Talk\ndate: 2026-10-01\n---\n")

    _, err = start("check", "--at", AT, folder=site).communicate(timeout=60)

    assert err == ""


def test_a_template_of_ones_own_that_leaves_notes_out_is_warned_of(site: Path) -> None:
    shipped = (ROOT / "templates" / "reminder" / "txt.j2").read_text(encoding="utf-8")
    own = site / "templates" / "reminder" / "txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text(shipped.replace("{{- parts.prose(note) }}", ""), encoding="utf-8")
    ran = run("check", "--at", AT, folder=site)
    warned = " ".join(ran.out.partition("Warnings:")[2].split())
    assert "templates/reminder/txt.j2:1: This template does not show the note that a person may put above" in warned
    own.write_text(shipped, encoding="utf-8")
    assert "does not show the note" not in run("check", "--at", AT, folder=site).out
