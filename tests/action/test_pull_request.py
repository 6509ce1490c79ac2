"""The action on a pull request: problems beside their lines, and one comment that edits itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.action.github import BOT, FakeGitHub
from tests.action.runner import Played, Runner
from tests.action.site import AT, CONFIG, a_website, propose
from tests.edges.repositories import Repository
from tests.files import ROOT
from tests.histories import an_event_file

GOLDEN = ROOT / "tests" / "golden" / "action" / "comment.md"


class Proposal:
    """A pull request, and the machine that looks at it."""

    def __init__(self, folder: Path, github: FakeGitHub) -> None:
        self.site: Repository = a_website(folder / "site")
        self.event = propose(self.site)
        self.github = github
        self.runner = Runner(folder=folder, workspace=folder / "site", github=github)

    def plan(self, event: dict[str, Any] | None = None, **inputs: str) -> Played:
        given = {"command": "plan", "at": AT, "previews": "false"} | {
            name.replace("_", "-"): value for name, value in inputs.items()
        }
        return self.runner.play(given, event or self.event, ref="refs/pull/7/merge")


@pytest.fixture
def proposal(tmp_path: Path, github: FakeGitHub) -> Proposal:
    return Proposal(tmp_path, github)


def test_what_merging_changes_is_one_comment_and_its_words_are_these(proposal: Proposal) -> None:
    played = proposal.plan()

    assert played.ok, played.log
    assert [one["user"]["login"] for one in proposal.github.comments] == [BOT]
    assert played.outputs["comment"] == {"comment-url": proposal.github.comments[0]["html_url"]}
    body = proposal.github.comments[0]["body"]
    assert body == GOLDEN.read_text(encoding="utf-8")
    # What main did meanwhile is no change of this one.
    assert "changed: Winter fair" not in body


def test_at_the_next_push_the_same_comment_is_written_anew(proposal: Proposal) -> None:
    proposal.plan()
    before = proposal.github.comments[0]["body"]
    proposal.site.write("_events/new.md", an_event_file("2026-12-15", title="Plain title"))

    played = proposal.plan()

    assert played.ok, played.log
    assert [request.split()[0] for request in proposal.github.written()] == ["POST", "PATCH"]
    assert len(proposal.github.comments) == 1
    assert "Plain title" in proposal.github.comments[0]["body"] != before


def test_on_a_fork_s_pull_request_the_run_s_page_says_the_same(proposal: Proposal) -> None:
    proposal.github.status = 403
    proposal.event["pull_request"]["head"]["repo"]["full_name"] = "mallory/site"

    played = proposal.plan()

    assert played.ok, played.log
    assert played.summary.strip() == GOLDEN.read_text(encoding="utf-8").strip()
    assert ["A pull request from a fork" in one for one in played.annotations("notice")] == [True]


def test_the_mails_are_kept_with_the_run_and_the_comment_leads_to_them(proposal: Proposal) -> None:
    played = proposal.plan(previews="true", artifact="previews-of-7")

    assert played.ok, played.log
    kept = played.kept["previews-of-7"]
    assert (kept / "previews" / "index.html").is_file()
    assert json.loads((kept / "plan.json").read_text())["send"]
    run = "https://github.example.org/example/site/actions/runs/101#artifacts"
    assert f"[download]({run})" in proposal.github.comments[0]["body"]


def test_a_shallow_checkout_is_told_what_it_needs(proposal: Proposal, tmp_path: Path) -> None:
    proposal.site.git("clone", "--quiet", "--depth=1", f"file://{proposal.site.folder}", str(tmp_path / "shallow"))
    proposal.runner.workspace = tmp_path / "shallow"

    played = proposal.plan()

    assert not played.ok
    assert "fetch-depth: 0" in played.annotations("error")[0]


def test_without_a_merge_commit_the_common_ancestor_is_compared_with(proposal: Proposal) -> None:
    proposal.site.git("checkout", "--quiet", "proposal")

    proposal.plan()

    body = proposal.github.comments[0]["body"]
    assert "added: Board" in body
    assert "changed: Winter fair" not in body


def test_nothing_that_a_proposal_brings_is_imported_or_told_a_secret(proposal: Proposal) -> None:
    for name in ("yaml", "json", "notifier", "action", "click", "sitecustomize"):
        proposal.site.write(f"{name}.py", "raise SystemExit('imported from the proposal')\n")
    config = CONFIG.replace(
        "url: https://www.example.org", "url: https://www.example.org\n  public_url: {env: NOTIFIER_TOKEN}"
    )
    proposal.site.write("config.yaml", config)

    played = proposal.plan()

    assert "imported from the proposal" not in played.log
    assert "a-token-of-the-run" not in played.log


def test_a_title_can_command_nothing_and_what_is_private_is_nowhere(proposal: Proposal) -> None:
    played = proposal.plan(previews="true")

    outside = played.log
    while "::stop-commands::" in outside:
        before, _, after = outside.partition("::stop-commands::")
        token, _, rest = after.partition("\n")
        outside = before + rest.partition(f"::{token}::\n")[2]
    assert "::error::no" not in outside
    assert "SECRET" not in proposal.github.comments[0]["body"] + played.log


def check(proposal: Proposal, **inputs: str) -> Played:
    return proposal.runner.play({"command": "check"} | inputs, proposal.event, ref="refs/pull/7/merge")


def test_problems_stand_beside_their_lines_and_fail_the_check(proposal: Proposal) -> None:
    played = check(proposal)

    assert not played.ok
    assert "::error file=_events/hidden.md,line=" in played.log
    assert "SECRET" not in played.log


def test_warnings_fail_a_strict_check_alone(proposal: Proposal) -> None:
    (proposal.site.folder / "_events/hidden.md").unlink()
    (proposal.site.folder / "_events/new.md").unlink()

    assert (check(proposal).ok, check(proposal, strict="true").ok) == (True, False)
