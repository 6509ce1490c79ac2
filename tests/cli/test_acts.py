"""The commands with which people decide: what they record, in whose name, and how they end."""

from __future__ import annotations

import os
import pty
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest

from tests.cli.golden_outputs import STUDIO, WORKSHOP, key_of
from tests.cli.running import AT, Ran, run, start
from tests.cli.test_exit_codes import add_mailchimp
from tests.schemas import complaints, undocumented

LATER = "2026-11-26T09:05:00Z"


def key(site: Path, name: str = WORKSHOP) -> str:
    rule, _, event = name.partition(" of ")
    return key_of(site, rule, event)


def act(site: Path, *arguments: str, at: str = AT) -> Ran:
    return run(*arguments, "--at", at, folder=site)


def decisions(site: Path, subject: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = act(site, "why", subject, "--format", "json").json()["decisions"]
    return found


def status(site: Path, subject: str) -> str:
    return str(act(site, "why", subject, "--format", "json").json()["rules"][0]["verdict"])


def test_a_decision_is_kept_with_name_place_time_and_note(site: Path) -> None:
    workshop = key(site)

    act(site, "hold", workshop, "--by", "  Anna   B ", "--note", "The hall\nis not sure.")

    assert decisions(site, workshop) == [
        {"key": workshop, "act": "hold", "by": "Anna B", "via": f"command line on {gethostname()}",
         "at": "2026-11-26T09:00:00+00:00", "note": "The hall is not sure."}
    ]  # fmt: skip


def test_without_a_name_it_is_the_login_name(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "robin")

    act(site, "hold", key(site))

    assert [one["by"] for one in decisions(site, key(site))] == ["robin"]


def test_a_machine_that_does_not_say_who_is_there_is_told_to_ask(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", " \t")

    ended = act(site, "pause")

    assert (ended.code, ended.err) == (
        1,
        "This machine doesn't say who you are, and a decision is kept with a name. Add --by NAME.\n",
    )


@pytest.mark.parametrize(
    "arguments", [["--by", " "], ["--by", "a" * 101], ["--note", "a" * 1001]], ids=["no name", "long name", "long note"]
)
def test_what_is_no_name_and_no_note_is_a_wrong_command_line(site: Path, arguments: list[str]) -> None:
    ended = act(site, "hold", key(site), *arguments)

    assert (ended.code, ended.out, decisions(site, key(site))) == (2, "", [])


@pytest.mark.parametrize("command", ["hold", "skip", "release", "approve", "pause", "resume"])
def test_what_is_printed_for_programs_is_as_its_schema_says(site: Path, command: str) -> None:
    subject = [] if command in ("pause", "resume") else [key(site, STUDIO)]
    yes = ["--yes"] if command in ("release", "approve") else []
    run("pause", "--by", "Ben", "--at", AT, folder=site) if command == "resume" else None

    ended = act(site, command, *subject, *yes, "--by", "Anna", "--format", "json")

    answer = ended.json()
    assert (ended.code, ended.err, complaints("acted", answer), undocumented("acted", answer)) == (0, "", [], set())
    assert (answer["decision"]["act"], answer["delivery"] is None) == (command, command in ("pause", "resume"))


def test_what_was_decided_before_is_printed_again(site: Path) -> None:
    first = act(site, "hold", key(site), "--by", "Anna", "--format", "json").json()

    second = act(site, "hold", key(site), "--by", "Ben", "--format", "json").json()

    assert first == second


def test_nothing_decided_is_null(site: Path) -> None:
    answer = act(site, "resume", "--by", "Anna", "--format", "json").json()

    assert (complaints("acted", answer), answer) == ([], {"decision": None, "delivery": None})


@pytest.mark.parametrize("command", ["release", "approve"])
def test_nothing_is_let_go_where_nobody_can_be_asked(site: Path, command: str) -> None:
    studio = key(site, STUDIO)

    ended = [act(site, command, studio, "--by", "Anna", *more) for more in ([], ["--format", "json"])]

    assert [one.code for one in ended] == [2, 2]
    assert all("add --yes" in one.err for one in ended)
    assert (status(site, studio), decisions(site, studio)) == ("held", [])


@pytest.mark.parametrize(("answer", "after"), [(b"y\n", "planned"), (b"n\n", "held"), (b"\n", "held")])
def test_on_a_terminal_a_person_is_asked_and_no_is_the_default(site: Path, answer: bytes, after: str) -> None:
    studio = key(site, STUDIO)
    ours, theirs = pty.openpty()
    asked = start(
        "release", studio, "--by", "Anna", "--at", AT, folder=site, stdin=theirs, stdout=theirs, stderr=theirs
    )

    os.write(ours, answer)

    assert asked.wait(timeout=60) == 0
    said = os.read(ours, 65536)
    assert b"Let it go? [y/N]" in said
    assert (b"Nothing was decided." in said, status(site, studio)) == (after == "held", after)
    os.close(ours)
    os.close(theirs)


def test_what_was_released_goes_out_at_its_time(site: Path) -> None:
    studio = key(site, STUDIO)
    act(site, "release", studio, "--by", "Anna", "--yes")

    act(site, "tick", at="2026-12-01T10:00:00Z")

    assert (
        act(site, "why", studio, "--format", "json", at="2026-12-01T10:00:00Z").json()["rules"][0]["verdict"] == "sent"
    )


def test_while_all_is_paused_nothing_goes_out(site: Path) -> None:
    act(site, "pause", "--by", "Anna", "--note", "Wait for the vote.")

    ticked = act(site, "tick")

    assert ticked.out == (
        "Nothing goes out: Anna paused everything on Thu 26 Nov 2026 09:00 GMT: Wait for the vote.\n"
        "To go on: notifier resume\n\n1 mail is due and still waiting: `notifier plan` says why.\n"
    )
    assert (site / "outbox").exists() is False


def test_resuming_says_what_was_missed_and_what_is_due(site: Path) -> None:
    act(site, "pause", "--by", "Anna")
    act(site, "tick", at="2026-11-26T13:00:00Z")

    said = act(site, "resume", "--by", "Ben", at="2026-11-30T10:00:00Z").out

    assert "Missed meanwhile:" in said
    assert "Due now:" in said
    assert said.endswith("1 mail missed, 1 due now.\n")


def test_what_is_over_is_missed_and_settling_it_is_refused(site: Path) -> None:
    hours = key(site, "reminder-hours of 2026-11-26-community")
    act(site, "pause", "--by", "Anna")
    act(site, "tick", at="2026-11-26T13:00:00Z")

    ended = act(site, "settle", hours, "sent", "--by", "Anna", at="2026-11-26T13:00:00Z")

    assert (ended.code, "nothing is sent about the past" in ended.err) == (1, True)


def test_a_time_of_sending_goes_only_with_what_was_sent(site: Path) -> None:
    ended = act(site, "settle", key(site), "failed", "--sent-at", AT)

    assert (ended.code, "--sent-at goes with sent" in ended.err) == (2, True)


def test_nothing_is_decided_at_a_pretended_time_where_mail_could_leave_the_machine(site: Path) -> None:
    workshop = key(site)
    add_mailchimp(site)

    ended = act(site, "hold", workshop, "--by", "Anna")

    assert (ended.code, "--at would let real mail follow from a pretended time" in ended.err) == (2, True)


def test_the_next_commands_are_for_the_configuration_that_was_named(site: Path) -> None:
    config = ("--config", "site/config.yaml")

    held = run("hold", key(site), "--by", "Anna", *config, "--at", AT, folder=site.parent)
    sent = run("hold", "open-stdio", *config, "--at", AT, folder=site.parent)

    assert held.out.splitlines()[-1] == f"To let it go: notifier release --config site/config.yaml {key(site)}"
    assert "`notifier why --config site/config.yaml EVENT` gives the keys" in sent.err


def test_a_site_whose_events_are_gone_says_what_to_type_for_its_configuration(site: Path) -> None:
    act(site, "tick")
    for file in (site / "_events").glob("2026-12-*.md"):
        file.unlink()

    ended = run("tick", "--config", "site/config.yaml", "--at", LATER, folder=site.parent)

    assert ended.code == 1
    assert ended.err.endswith("run: notifier tick --config site/config.yaml --accept-shrink\n")
