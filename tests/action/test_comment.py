"""The comment on a pull request: found again, written anew, and never another's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from action import steps
from action.__main__ import main
from action.commenting import marker
from action.given import Given, Refused
from tests.action.github import BOT, REPOSITORY, TOKEN, FakeGitHub
from tests.action.site import NUMBER, event_of

MARK = marker(Given({}))
HEAD = "a" * 40


class Run:
    """A run whose plan is made already."""

    def __init__(self, folder: Path, github: FakeGitHub) -> None:
        self.folder, self.github = folder, github
        self.environ = {
            "RUNNER_TEMP": str(folder), "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_API_URL": github.address,
            "GITHUB_SERVER_URL": "https://github.example.org", "GITHUB_RUN_ID": "5", "NOTIFIER_TOKEN": TOKEN,
            "GITHUB_EVENT_PATH": str(folder / "event.json"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GITHUB_OUTPUT": str(folder / "output"),
        }  # fmt: skip
        self.told()

    def told(self, *, head: str = HEAD, of: str | None = REPOSITORY) -> None:
        event = event_of(head=head, base=HEAD, repository=of or "")
        if of is None:
            event["pull_request"]["head"]["repo"] = None
        (self.folder / "event.json").write_text(json.dumps(event), encoding="utf-8")

    def comment(self, plan: str = "### A plan", found: Mapping[str, object] | None = None, **environ: str) -> int:
        folder = self.folder / "notifier" / "plan"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plan.md").write_text(plan, encoding="utf-8")
        made = {"at": "2026-11-20T09:00:00Z", "send": [1]} if found is None else found
        (folder / "plan.json").write_text(json.dumps(made), encoding="utf-8")
        return steps.comment(Given(self.environ | environ))


@pytest.fixture
def run(tmp_path: Path, github: FakeGitHub) -> Run:
    return Run(tmp_path, github)


def verbs(github: FakeGitHub) -> list[str]:
    return [request.split()[0] for request in github.written()]


def test_it_is_written_once_and_then_written_anew(run: Run, github: FakeGitHub) -> None:
    run.comment("### One")
    run.comment("### Two")

    assert verbs(github) == ["POST", "PATCH"]
    assert ["### Two" in one["body"] for one in github.comments] == [True]


def test_what_says_the_same_is_not_written_again(run: Run, github: FakeGitHub) -> None:
    run.comment()
    run.comment()

    assert verbs(github) == ["POST"]


def test_it_is_found_behind_hundreds_of_others(run: Run, github: FakeGitHub) -> None:
    for number in range(250):
        github.add(f"Comment {number}", by="anna")
    run.comment("### One")
    run.comment("### Two")

    assert len(github.comments) == 251
    assert "### Two" in github.comments[-1]["body"]


@pytest.mark.parametrize(
    ("body", "by"),
    [(f"{MARK}\nmine", "mallory"), (f"{MARK}\nmine", "github-actions"), (f"> {MARK}\nquoted", BOT), ("Thanks", BOT)],
)
def test_what_others_wrote_and_what_only_quotes_us_is_never_touched(
    run: Run, github: FakeGitHub, body: str, by: str
) -> None:
    other = github.add(body, by=by)

    run.comment()

    assert other["body"] == body
    assert len(github.comments) == 2


def test_another_token_writes_under_another_name(run: Run, github: FakeGitHub) -> None:
    other = github.add(f"{MARK}\nbefore", by="our-app[bot]")

    run.comment("### After", NOTIFIER_COMMENT_AUTHOR="our-app[bot]")

    assert "### After" in other["body"]


def test_another_site_of_the_repository_has_another_comment(run: Run, github: FakeGitHub) -> None:
    run.comment()
    run.comment(NOTIFIER_CONFIG="other/config.yaml")

    assert len(github.comments) == 2


def test_a_change_of_nothing_gets_none_and_one_that_is_there_says_so(run: Run, github: FakeGitHub) -> None:
    run.comment("### Nothing", {"at": "2026-11-20T09:00:00Z", "send": [], "problems": []})
    assert github.comments == []
    run.comment()
    run.comment("### Nothing", {"at": "2026-11-20T09:00:00Z", "send": [], "problems": []})

    assert "### Nothing" in github.comments[0]["body"]


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("mallory/site", "::notice title=notifier::A pull request from a fork may write no comment"),
        (None, "::notice title=notifier::A pull request from a fork may write no comment"),
        (REPOSITORY, "::warning title=notifier::The token may write no comment"),
    ],
)
def test_where_none_may_be_written_the_run_s_page_says_the_same(
    run: Run, github: FakeGitHub, capsys: pytest.CaptureFixture[str], of: str | None, said: str
) -> None:
    github.status = 403
    run.told(of=of)

    assert run.comment("### The plan") == 0

    assert (run.folder / "summary.md").read_text().startswith(MARK)
    assert "### The plan" in (run.folder / "summary.md").read_text()
    assert capsys.readouterr().out.startswith(said)


def test_one_that_was_deleted_between_is_written_again(run: Run, github: FakeGitHub) -> None:
    run.comment("### One")
    github.forgets_after_listing = True

    run.comment("### Two")

    assert verbs(github) == ["POST", "PATCH", "POST"]
    assert ["### Two" in one["body"] for one in github.comments] == [True]


@pytest.mark.parametrize("status", [422, 500, 502])
def test_another_error_is_said_and_nothing_is_asked_twice(run: Run, github: FakeGitHub, status: int) -> None:
    github.status = status

    with pytest.raises(Refused, match=f"GitHub answered {status} to POST"):
        run.comment()

    assert len(github.written()) == 1


def test_an_answer_that_is_lost_is_no_reason_to_write_twice(run: Run, github: FakeGitHub) -> None:
    github.hangs_up = True
    with pytest.raises(Refused, match="gave no answer"):
        run.comment("### One")
    github.hangs_up = False

    run.comment("### Two")

    assert verbs(github) == ["POST", "PATCH"]


def test_the_token_goes_to_no_other_address(run: Run, github: FakeGitHub) -> None:
    github.moved_to = f"{github.address}/elsewhere"

    with pytest.raises(Refused, match="answered 302"):
        run.comment()

    assert [one for one in github.asked if "elsewhere" in one] == []


def test_the_token_goes_to_no_address_that_anybody_could_read_on_the_way(run: Run) -> None:
    with pytest.raises(Refused, match="no https address"):
        run.comment(GITHUB_API_URL="http://api.example.org")


@pytest.mark.parametrize("head", ["<b>x</b>", "", "deadbeef"])
def test_what_is_no_commit_is_not_shown_as_one(run: Run, github: FakeGitHub, head: str) -> None:
    run.told(head=head)

    run.comment()

    assert github.comments[0]["body"].endswith("\n<sub>notifier writes this comment anew at each push.</sub>\n")


def test_a_run_about_no_pull_request_is_told_so(run: Run, github: FakeGitHub) -> None:
    (run.folder / "event.json").write_text("{}", encoding="utf-8")

    with pytest.raises(Refused, match="on: pull_request"):
        run.comment()

    assert (NUMBER, github.asked) == (7, [])


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", "$(touch x)"])
def test_a_flag_is_true_or_false(value: str) -> None:
    with pytest.raises(Refused, match="The input accept-shrink is true or false"):
        Given({"NOTIFIER_ACCEPT_SHRINK": value}).flag("ACCEPT_SHRINK")


@pytest.mark.parametrize("command", [["deploy"], [""], ["secure; true"], ["plan", "comment"], []])
def test_another_command_is_refused(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 1
    assert "is one of check, plan, feeds, tick and send" in capsys.readouterr().out
