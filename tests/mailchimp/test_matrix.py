"""The matrix: whatever fails, whoever dies, whatever people do meanwhile, a delivery mails people at most once, and says so."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.files import ROOT
from tests.mailchimp.matrix.__main__ import arguments, chosen
from tests.mailchimp.matrix.case import Case
from tests.soak import SOAK

PARTS = 4


def played(*words: str) -> tuple[int, str, tuple[int, int, int]]:
    """The exit status, what was printed, and how many cases, kills and violations there were."""
    command = [sys.executable, "-m", "tests.mailchimp.matrix", "--short", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    counted = re.search(r"^(\d+) cases, (\d+) kills, (\d+) violations$", ran.stdout, re.MULTILINE)
    assert counted, ran.stdout + ran.stderr
    cases, kills, wrong = map(int, counted.groups())
    return ran.returncode, ran.stdout, (cases, kills, wrong)


def test_every_part_has_some_of_everything_and_all_parts_have_all() -> None:
    # As many kinds as parts, in turn: a part of one in ten would be one kind.
    cases = [Case(part=f"kind {number % 10}", step="any", what=str(number)) for number in range(1000)]
    parts = [chosen(cases, arguments(["--part", f"{part}/10"])) for part in range(1, 11)]
    assert sorted(number for part in parts for number in part) == list(range(1000))
    assert [len({cases[number].part for number in part}) for part in parts] == [10] * 10


@pytest.mark.timeout(7200 if SOAK else 600)
@pytest.mark.parametrize("part", range(1, PARTS + 1) if SOAK else (1,))
def test_whatever_fails_nobody_is_mailed_twice_and_every_stop_says_why(part: int) -> None:
    share = () if SOAK else ("--tenth",)
    code, printed, (cases, kills, wrong) = played(*share, "--part", f"{part}/{PARTS if SOAK else 16}", "--workers", "1")
    print(printed)  # noqa: T201 - the table is the result
    assert (code, wrong) == (0, 0), printed
    assert cases >= (600 if SOAK else 10)
    assert kills >= (10 if SOAK else 1)


@pytest.mark.timeout(600)
def test_the_same_faults_make_a_naive_sender_mail_twice() -> None:
    # At each of its three steps it takes two minutes.
    code, printed, (cases, _, wrong) = played("--naive", *(() if SOAK else ("--only", "send")))
    assert (code, cases) == (1, 93 if SOAK else 31)
    assert wrong >= 12
    assert len(re.findall(r"^WRONG .*: [23] deliveries of one mail\.", printed, re.MULTILINE)) >= 8
    assert "It says sent, and 0 went out." in printed


@pytest.mark.timeout(600)
def test_killed_at_any_request_that_makes_or_sends_something_it_goes_on() -> None:
    code, printed, (cases, kills, _) = played("--only", "killed at a step: POST", "--workers", "1")
    assert (code, kills) == (0, cases), printed
    assert cases == 12


@pytest.mark.timeout(600)
def test_of_two_processes_one_sends() -> None:
    code, printed, (cases, _, _) = played("--only", "worst server: GET /campaigns/…: done", "--workers", "1")
    assert code == 0, printed
    assert cases >= 4


@pytest.mark.timeout(600)
@pytest.mark.parametrize("act", ["edit the words", "give it to another tag", "replicate, send the copy"])
def test_what_people_do_in_the_last_moments_is_seen_then_or_told_afterwards(act: str) -> None:
    steps = ("GET /campaigns/…/content", "GET /campaigns/…", "GET /campaigns", "POST /campaigns/…/actions/send")
    words = [word for step in steps for word in ("--only", f"last moments: {step}: {act}")]
    code, printed, (cases, _, _) = played(*words, "--workers", "1")
    assert code == 0, printed
    assert cases == 4


@pytest.mark.timeout(600)
def test_a_segment_that_is_dropped_mails_nobody_else_or_is_told_afterwards() -> None:
    rules = ("segments are dropped", "segments are shown and ignored", "segments are dropped at the send")
    words = [word for rule in rules for word in ("--only", f"another server: {rule}: nothing goes wrong")]
    code, printed, (cases, _, _) = played(*words, "--workers", "1")
    assert (code, cases) == (0, 3), printed


@pytest.mark.timeout(7200 if SOAK else 600)
@pytest.mark.parametrize("processes", [2, 3])
def test_at_a_server_instances_that_die_stand_still_or_are_cut_off_mail_nobody_twice(processes: int) -> None:
    parts = (
        "stands still", "all connections are cut", "the server crashes", "clocks are apart", "killed at a step",
        "two processes",
    )  # fmt: skip
    words = [word for part in parts for word in ("--only", part)]
    share = () if SOAK else ("--tenth", "--part", f"{processes - 1}/4")
    code, printed, (cases, _, wrong) = played(
        "--postgres", "--processes", str(processes), *words, *share, "--workers", "1"
    )
    print(printed)  # noqa: T201 - the table is the result
    assert (code, wrong) == (0, 0), printed
    assert cases >= (900 if SOAK else 15)


@pytest.mark.timeout(600)
def test_what_stood_still_right_before_it_sent_does_not_send_what_another_has_sent() -> None:
    worst = "stands still: others tick meanwhile, the worst server"
    code, printed, (cases, _, wrong) = played("--postgres", "--only", worst, "--workers", "1", "--part", "1/3")
    assert (code, wrong) == (0, 0), printed
    assert cases >= 20
