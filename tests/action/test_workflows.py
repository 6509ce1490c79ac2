"""action.yml and the workflows to copy: pinned, with no more rights than needed, and no line of shell made of what people write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from action.__main__ import STEPS
from tests.action.runner import ACTION
from tests.files import ROOT

FOLDER = ROOT / "examples" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
FILES = [*WORKFLOWS, ROOT / "action.yml"]
#: Ours, wherever people keep it.
US = "example/notifier@" + "0" * 40
_PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
#: What each job may do, and nothing more.
PERMISSIONS = {
    "check": {"check": {"contents": "read"}},
    "plan": {"plan": {"contents": "read", "pull-requests": "write"}},
    "tick": {"tick": {"contents": "write"}},
    "send": {"send": {"contents": "write"}},
    "feeds": {"build": {"contents": "write"}, "deploy": {"pages": "write", "id-token": "write"}},
}


def read(path: Path) -> dict[Any, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    found = read(path)
    return found["runs"]["steps"] if "runs" in found else [s for job in found["jobs"].values() for s in job["steps"]]


def ours(path: Path) -> dict[str, Any]:
    """What a workflow gives to the action."""
    given = [step["with"] for step in steps(path) if step.get("uses") == US]
    assert len(given) == 1
    return dict(given[0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit_with_the_version_beside_it(path: Path) -> None:
    lines = [line.strip(" -") for line in path.read_text(encoding="utf-8").splitlines()]
    used = [line for line in lines if line.startswith("uses: ") and line != f"uses: {US}"]

    assert used
    assert [line for line in used if not _PINNED.fullmatch(line)] == []


def test_each_action_has_one_pin_everywhere() -> None:
    used = {line for path in FILES for line in re.findall(r"uses: (actions/\S+@\S+ # \S+)", path.read_text())}

    names = [line.partition("@")[0] for line in used]
    assert len(names) == len(set(names)) == 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_line_of_shell_is_made_of_an_expression(path: Path) -> None:
    scripts = [step["run"] for step in steps(path) if "run" in step]

    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_the_least_rights_an_end_and_no_second_of_itself(path: Path) -> None:
    found = read(path)

    assert found["permissions"] == {}
    assert {name: job["permissions"] for name, job in found["jobs"].items()} == PERMISSIONS[path.stem]
    assert all(5 <= job["timeout-minutes"] <= 30 for job in found["jobs"].values())
    shares = path.stem in ("tick", "send", "feeds")
    assert found["concurrency"]["cancel-in-progress"] is not shares
    assert (found["concurrency"]["group"] == "notifier-ledger") is shares


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_workflow_runs_a_proposal_with_the_rights_of_the_house_or_leaves_its_login_behind(path: Path) -> None:
    # YAML 1.1 reads the key `on` as true.
    assert {"pull_request_target", "workflow_run", "issue_comment"} & set(read(path)[True]) == set()
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_gives_the_action_what_it_knows(path: Path) -> None:
    given = ours(path)

    assert given["command"] == path.stem
    assert set(given) <= set(ACTION["inputs"])


def test_there_is_a_workflow_for_each_command() -> None:
    assert [path.stem for path in WORKFLOWS] == sorted(set(STEPS) - {"comment", "secure"})


def test_every_input_reaches_a_script_and_every_script_says_what_it_reads() -> None:
    given = {name: value for step in ACTION["runs"]["steps"] for name, value in step.get("env", {}).items()}
    handed = {match for value in given.values() for match in re.findall(r"inputs\.([a-z-]+)", value)}
    read_here = {
        name for path in (ROOT / "action").glob("*.py")
        for name in re.findall(r'(?:text|flag)\("([A-Z_]+)"\)', path.read_text(encoding="utf-8"))
    } | {"SUBJECT", "DUE", "ONCE", "ACCEPT_SHRINK", "ADOPT"}  # fmt: skip

    assert handed | {"artifact"} == set(ACTION["inputs"])
    assert {f"NOTIFIER_{name}" for name in read_here} | {"NOTIFIER_COMMAND"} == set(given)
    assert [name for name, one in ACTION["inputs"].items() if not one["description"]] == []


def test_the_manual_names_every_input_and_every_workflow() -> None:
    manual = (ROOT / "docs" / "github-action.md").read_text(encoding="utf-8")

    assert [name for name in ACTION["inputs"] if f"`{name}`" not in manual] == []
    assert [path.name for path in WORKFLOWS if f"examples/workflows/{path.name}" not in manual] == []
