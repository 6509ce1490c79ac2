"""How commands end: 0 fine, 1 what you gave us is wrong, 2 a wrong command line, 3 a bug, 130 interrupted."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from notifier.app import is_simulated, open_app
from notifier.cli.moments import parse
from tests.builders import at
from tests.cli.running import AT, NOW, run, start, start_python

BEFORE = "2026-11-26T07:00:00Z"
MAILCHIMP = """
  letters:
    type: mailchimp
    api_key: {{env: NOTIFIER_NO_SUCH_KEY}}
    {base_url}
    mode: send
"""


def add_mailchimp(site: Path, base_url: str = "") -> None:
    config = site / "config.yaml"
    address = f"base_url: {base_url}" if base_url else ""
    config.write_text(
        config.read_text().replace("\nproviders:\n", "\nproviders:" + MAILCHIMP.format(base_url=address), 1)
    )


def test_what_is_held_is_fine(site: Path) -> None:
    assert run("plan", "--at", AT, folder=site).code == 0
    assert run("tick", "--at", AT, folder=site).code == 0


def test_check_ends_with_1_on_an_error_and_on_a_warning_only_when_strict(site: Path) -> None:
    assert run("check", "--at", AT, folder=site).code == 1
    (site / "_events" / "2026-12-14-what-the-counters-said.md").unlink()

    assert [run("check", "--at", AT, *strict, folder=site).code for strict in ([], ["--strict"])] == [0, 1]


def test_check_is_strict_about_nothing(site: Path) -> None:
    for name in ("2026-12-14-what-the-counters-said", "2026-12-08-open-studio"):
        (site / "_events" / f"{name}.md").unlink()

    ended = run("check", "--at", AT, "--strict", folder=site)

    assert (ended.code, ended.out) == (0, "6 events: nothing is wrong.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["sned"], ["plan", "--no-such-option"], ["plan", "more"], ["why"], ["plan", "--format", "xml"],
        ["run", "--port", "70000"], ["preview", "studio", "--kind", "poster"], ["init"], [],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_command_line_is_2_with_a_word_of_help(site: Path, arguments: list[str]) -> None:
    ended = run(*arguments, folder=site)

    assert (ended.code, ended.out) == (2, "")
    assert "--help" in ended.err


def test_a_misspelt_configuration_is_1_with_its_place_and_no_traceback(site: Path) -> None:
    (site / "config.yaml").write_text("sit: {}\n")

    ended = run("plan", folder=site)

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("config.yaml:1:1: sit: is not a key here. Did you mean site?")
    assert "Traceback" not in ended.err


def test_a_folder_without_a_configuration_is_1_and_says_how_to_begin(tmp_path: Path) -> None:
    ended = run("plan", folder=tmp_path)

    assert ended.code == 1
    assert ended.err.startswith("config.yaml")
    assert "notifier init" in ended.err


@pytest.mark.parametrize("command", ["why", "preview"])
@pytest.mark.parametrize(
    ("event", "named"),
    [
        ("community-call", "_events/2026-11-05-community-call.md, _events/2026-11-26-community-call.md"),
        ("open-stduio", "Did you mean _events/2026-12-08-open-studio.md?"),
        ("zzz", "`notifier events` lists them all."),
        ("", "could be 6 events"),
        ("reminder/reminder-day/nobody@example.org/2026-12-09/newsletter", "`notifier why EVENT` gives the keys"),
        ("_events/2026-12-08-open-stdio.md", "Did you mean _events/2026-12-08-open-studio.md?"),
    ],
)
def test_an_event_that_is_none_or_several_is_1_and_names_what_comes_near(
    site: Path, command: str, event: str, named: str
) -> None:
    ended = run(command, event, "--at", AT, folder=site)

    assert (ended.code, ended.out) == (1, "")
    assert named in ended.err


@pytest.mark.parametrize("command", ["events", "plan", "tick", "feeds"])
def test_a_source_that_is_gone_is_1_and_named_beside_the_answer(site: Path, command: str) -> None:
    (site / "_events").rename(site / "_moved")
    (site / "config.yaml").write_text((site / "config.yaml").read_text().replace("folder: .\n", "folder: gone\n", 1))

    ended = run(command, *(["out"] if command == "feeds" else []), "--at", AT, folder=site)

    assert (ended.code, ended.out != "") == (1, True)
    assert ended.err.startswith("site: ")


@pytest.mark.parametrize("command", [["tick"], ["feeds", "out"]], ids=lambda command: command[0])
def test_a_time_that_the_ledger_already_answers_for_is_2(site: Path, command: list[str]) -> None:
    ended = run(*command, "--at", BEFORE, folder=site)

    assert ended.code == 2
    assert "already answers for everything until Thu 26 Nov 2026 08:00 GMT" in ended.err
    assert not (site / "out").exists()


@pytest.mark.parametrize("command", [["tick"], ["feeds", "out"]], ids=lambda command: command[0])
@pytest.mark.parametrize(
    "address", ["", "https://us1.api.mailchimp.com/3.0", "https://127.example.org/3.0", "https://10.0.0.1/3.0"]
)
def test_a_pretended_time_is_2_where_mail_could_leave_the_machine(site: Path, command: list[str], address: str) -> None:
    add_mailchimp(site, address)

    ended = run(*command, "--at", AT, folder=site)

    assert (ended.code, ended.out) == (2, "")
    assert "--at would let real mail follow from a pretended time" in ended.err


@pytest.mark.parametrize("address", ["http://127.0.0.1:8025/3.0", "http://[::1]:8025/3.0", "http://localhost:8025/3.0"])
def test_a_provider_on_this_machine_may_be_given_a_pretended_time(site: Path, address: str) -> None:
    add_mailchimp(site, address)
    app = open_app(site / "config.yaml", looking=True)

    assert is_simulated(app.settings)
    app.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-09T14:00:00Z", "2026-12-09 14:00"),
        ("2026-12-09t14:00:00z", "2026-12-09 14:00"),
        ("2026-12-09T14:00:00.5+01:00", "2026-12-09 13:00:00.5"),
        ("2026-12-09 14:00", "2026-12-09 14:00"),
        ("2026-06-09 14:00", "2026-06-09 13:00"),
        ("2026-03-29 01:30", "2026-03-29 01:30"),
        ("2026-10-25 01:30", "2026-10-25 00:30"),
    ],
)
def test_a_time_is_rfc_3339_or_on_the_clocks_of_the_site(text: str, expected: str) -> None:
    assert parse(text, "Europe/London") == at(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-12-09", "20261209T1400", "2026-W50-3T14:00", "14:00", "2026-13-09 14:00", "2026-02-30 14:00",
        "2026-12-09 25:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00", "２０２６-12-09 14:00", "1765288800",
    ],
)  # fmt: skip
def test_any_other_time_is_2_and_says_what_to_write(site: Path, text: str) -> None:
    ended = run("plan", "--at", text, folder=site)

    assert (ended.code, ended.out) == (2, "")
    assert "Write 2026-12-09T14:00:00Z, or '2026-12-09 14:00'" in ended.err


@pytest.mark.parametrize("text", ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z"])
def test_the_first_and_the_last_time_can_be_planned_for(site: Path, text: str) -> None:
    assert run("plan", "--at", text, folder=site).code == 0


def test_a_bug_is_3_with_a_sentence_and_the_traceback() -> None:
    code = """
import click
from notifier.cli import main
from notifier.cli.commands import notifier
notifier.add_command(click.Command("divide", callback=lambda: 1 / 0))
main(["divide"])
"""
    ended = start_python(code)

    out, err = ended.communicate(timeout=60)
    assert (ended.returncode, out) == (3, "")
    assert err.startswith("Unexpected error: this is a bug in notifier.")
    assert "ZeroDivisionError" in err


def test_an_interrupt_is_130_without_a_traceback() -> None:
    code = """
import click, signal
from notifier.cli import main
from notifier.cli.commands import notifier
notifier.add_command(click.Command("wait", callback=lambda: (print("ready", flush=True), signal.pause())))
main(["wait"])
"""
    waiting = start_python(code)
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == "ready\n"

    waiting.send_signal(signal.SIGINT)

    _, err = waiting.communicate(timeout=60)
    assert (waiting.returncode, err.strip()) == (130, "")


@pytest.mark.parametrize("command", ["plan", "events", "check", "--help"])
def test_a_reader_that_goes_away_is_no_trouble(site: Path, command: str) -> None:
    read, write = os.pipe()
    os.close(read)

    at_time = [] if command == "--help" else ["--at", AT]
    ended = start(command, *at_time, folder=site, stdout=write)
    os.close(write)

    _, err = ended.communicate(timeout=60)
    assert (ended.returncode, err) == (0, "")


def test_the_demonstration_was_made_at_the_time_that_these_tests_pretend() -> None:
    assert parse(AT, "Europe/London") == NOW
