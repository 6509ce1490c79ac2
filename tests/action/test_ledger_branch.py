"""Ticks in runs that are late, doubled, missed or killed, each on a new machine with the ledger of the branch."""

from __future__ import annotations

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.action.carrying import BRANCH, DUE, FIRST_LOOK, Runs
from tests.action.github import FakeGitHub
from tests.action.site import CONFIG
from tests.mailchimp.control import SEND, Emulator

LATER = "2026-12-02 10:30"


@pytest.fixture
def runs(tmp_path: Path, github: FakeGitHub, mailchimp: Emulator) -> Runs:
    return Runs(tmp_path, github, mailchimp)


@pytest.fixture
def looked(runs: Runs) -> Runs:
    """A site that has had its first look."""
    runs.tick(FIRST_LOOK)
    return runs


def test_the_first_run_makes_the_branch_and_mails_nobody(runs: Runs) -> None:
    played = runs.tick(FIRST_LOOK)

    assert "this is a first look" in played.annotations("notice")[0]
    assert runs.mails() == 0
    assert runs.server.git("rev-list", "--count", BRANCH) == "1"
    assert runs.server.git("ls-tree", "--name-only", BRANCH).split() == ["README.md", "ledger.db"]
    assert list(runs.site.folder.glob("notifier.db*")) == []


def test_what_is_due_goes_out_once_however_often_runs_come(looked: Runs) -> None:
    for time in (DUE, "2026-12-02 10:05", LATER):
        looked.tick(time)

    assert (looked.mails(), looked.statuses()) == (1, ["sent"])
    assert looked.server.git("rev-list", "--count", BRANCH) == "1"


def test_a_run_says_on_its_page_what_it_did(looked: Runs) -> None:
    assert "week" in looked.tick(DUE).summary


def test_late_runs_send_what_is_of_use_and_later_ones_say_that_it_was_missed(looked: Runs) -> None:
    looked.tick("2026-12-02 13:00")
    looked.tick("2026-12-02 13:30")
    assert (looked.mails(), looked.statuses()) == (1, ["sent"])

    looked.tick("2026-12-08 23:50")

    assert looked.mails() == 1


def test_a_run_that_can_not_push_hands_nothing_over(looked: Runs) -> None:
    looked.refuse_pushes(after=0)

    played = looked.play(DUE)

    assert not played.ok
    assert "could not be secured" in played.log
    assert looked.mails() == 0
    looked.take_pushes()
    looked.tick(LATER)
    assert looked.mails() == 1


def test_after_runs_that_sent_and_could_not_say_so_nothing_is_sent_again(looked: Runs) -> None:
    looked.refuse_pushes(after=1)
    looked.play(DUE)
    assert (looked.mails(), looked.statuses()) == (1, ["sending"])
    assert not looked.play(LATER).ok
    assert looked.statuses() == ["sending"]
    looked.take_pushes()

    looked.tick("2026-12-02 11:00")

    assert (looked.mails(), looked.statuses()) == (1, ["sent"])


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "lost"])
def test_a_run_that_is_killed_while_it_sends_leaves_what_the_next_one_settles(looked: Runs, taken: bool) -> None:
    # What a listing doesn't show yet must not be taken for what isn't there.
    looked.mailchimp.set(list_lag=3600.0, search_lag=3600.0)
    looked.mailchimp.fault("POST", SEND, reply="rst", when="after" if taken else "before", hold=True)

    assert not looked.play(DUE, start=_killed_when(looked.mailchimp)).ok
    looked.mailchimp.release()
    assert looked.statuses() == ["sending"]
    looked.site.git("clean", "--quiet", "-fdx")
    looked.tick(LATER)
    looked.tick("2026-12-02 11:00")

    assert looked.mails() == int(taken)
    assert looked.statuses() == (["sent"] if taken else ["unknown"])


def _killed_when(mailchimp: Emulator) -> Any:
    """Starts a step, and kills all of it once Mailchimp has been asked to send."""

    def start(words: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **options
        )
        until = monotonic() + 60
        while not mailchimp.held() and process.poll() is None and monotonic() < until:
            pass
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    return start


def test_of_two_runs_with_one_ledger_the_later_to_push_hands_nothing_over(looked: Runs) -> None:
    # Neither run sees in a listing what the other makes.
    looked.mailchimp.set(list_lag=3600.0, search_lag=3600.0)
    looked.mailchimp.fault("GET", hold=True, times=1)
    other = looked.on_another_machine()

    with ThreadPoolExecutor() as pool:
        slow = pool.submit(looked.play, DUE)
        until = monotonic() + 60
        while not looked.mailchimp.held() and monotonic() < until:
            pass
        quick = other.play(DUE)
        looked.mailchimp.release()
        refused = slow.result()

    assert quick.ok, quick.log
    assert not refused.ok
    assert "Another run has written the branch notifier-ledger meanwhile" in refused.annotations("error")[0]
    assert looked.mails() == 1


def test_two_runs_at_once_send_once(looked: Runs) -> None:
    with ThreadPoolExecutor() as pool:
        ended = list(pool.map(lambda one: one.play(DUE), (looked, looked.on_another_machine())))
    looked.tick(LATER)

    said = [line for one in ended if not one.ok for line in one.annotations("error")]
    assert [line for line in said if "Another run has written" not in line] == []
    assert (looked.mails(), looked.statuses()) == (1, ["sent"])


def test_an_older_ledger_put_back_sends_nothing_again(looked: Runs) -> None:
    before = looked.commit()
    looked.tick(DUE)
    looked.server.git("update-ref", BRANCH, before)

    looked.tick(LATER)

    assert (looked.mails(), looked.statuses()) == (1, ["sent"])


def test_a_branch_that_was_deleted_is_a_first_look_again(looked: Runs) -> None:
    looked.server.git("update-ref", "-d", BRANCH)

    looked.tick(DUE)

    assert looked.mails() == 0


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"on": "pull_request"}, "A run that starts on pull_request may hold somebody's proposal"),
        ({"on": "pull_request_target"}, "A run that starts on pull_request_target may hold somebody's proposal"),
        ({"on": "workflow_dispatch", "ref": "refs/heads/proposal"}, "Only what is on main counts"),
        ({"ledger_branch": "../main"}, "is no name of a branch"),
        ({"ledger_branch": "-x"}, "is no name of a branch"),
        ({"config": "nowhere.yaml"}, "nowhere.yaml"),
        ({"token": "wrong"}, "The token may not read this repository"),
    ],
)
def test_a_run_that_must_not_act_is_refused_before_anything_is_done(runs: Runs, how: dict[str, Any], said: str) -> None:
    played = runs.play(DUE, **how)

    assert not played.ok
    assert said in played.annotations("error")[0]
    assert "notifier-ledger" not in runs.server.git("for-each-ref")


def test_a_mail_server_is_refused_and_says_what_to_do(runs: Runs) -> None:
    server = "providers:\n  post: {type: smtp, host: 127.0.0.1, port: 2525, security: none}\n"
    runs.write_config(CONFIG.replace("providers:\n", server))

    for command in ("tick", "send"):
        played = runs.play(DUE, command=command, audience="newsletter", event="choir")

        assert not played.ok
        assert "only its spool knows" in played.log or "known from its spool alone" in played.log
        assert "Send through Mailchimp" in played.log


def test_a_public_repository_keeps_no_ledger_until_that_is_said_to_be_right(runs: Runs) -> None:
    runs.github.private = False

    played = runs.play(FIRST_LOOK)
    assert not played.ok
    assert "Everybody can read this repository" in played.annotations("error")[0]

    allowed = runs.tick(FIRST_LOOK, public_ledger="true")
    assert allowed.annotations("warning") == ["The ledger lies on a branch that everybody can read."]


def test_a_ledger_among_the_files_is_refused(runs: Runs) -> None:
    runs.site.write("notifier.db", b"something")

    played = runs.play(FIRST_LOOK)

    assert "take it out of the files" in played.annotations("error")[0]
    assert (runs.site.folder / "notifier.db").read_bytes() == b"something"


def test_the_heartbeat_follows_a_good_tick_alone_and_its_address_is_never_shown(looked: Runs) -> None:
    address = f"{looked.github.address}/beat/secret-name"
    looked.tick(DUE, heartbeat=address)
    assert looked.github.beats == ["/beat/secret-name"]

    looked.refuse_pushes(after=0)
    failed = looked.play(LATER, heartbeat=address)
    looked.take_pushes()
    nowhere = looked.tick("2026-12-02 11:00", heartbeat="http://127.0.0.1:9/secret-name")
    plain = looked.tick("2026-12-02 11:30", heartbeat="http://example.org/secret-name")

    assert not failed.ok
    assert len(looked.github.beats) == 1
    assert "was not taken" in nowhere.annotations("warning")[0]
    assert "no https address" in plain.annotations("warning")[0]
    assert "secret-name" not in failed.log + nowhere.log + plain.log + nowhere.summary


def test_calendars_are_written_only_once_the_branch_knows_their_revisions(runs: Runs) -> None:
    played = runs.tick(FIRST_LOOK, command="feeds", out="_site/feeds")
    assert (runs.site.folder / "_site/feeds/all.ics").is_file(), played.log
    first = runs.commit()
    runs.refuse_pushes(after=0)

    assert not runs.play("2026-11-21 09:00", command="feeds", out="_site/feeds").ok
    assert runs.commit() == first


def test_a_mail_by_hand_is_shown_and_goes_out_only_with_its_mark(looked: Runs) -> None:
    wish: dict[str, Any] = {
        "command": "send",
        "on": "workflow_dispatch",
        "audience": "newsletter",
        "event": "fair",
        "subject": "--yes",
    }
    shown = looked.tick("2026-11-25 09:00", **wish)
    assert "Nothing was sent. To send exactly this" in shown.summary
    mark = shown.outputs["command"]
    assert not looked.play("2026-11-25 09:01", **wish, seen="0" * 12, once=mark["once"]).ok
    looked.tick("2026-11-25 09:10", on="schedule")
    assert looked.mails() == 0

    asked = looked.tick("2026-11-25 09:11", **wish, seen=mark["mark"], once=mark["once"])
    looked.tick("2026-11-25 09:12", **wish, seen=mark["mark"], once=mark["once"])
    looked.tick("2026-11-25 09:20", on="schedule")
    looked.tick("2026-11-25 09:30", on="schedule")

    assert "It goes out" in asked.summary
    assert [mail["subject"] for mail in looked.mailchimp.outbox()] == ["--yes"]
