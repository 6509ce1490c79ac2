"""Plays GitHub's runner with action.yml: evaluates its expressions, and runs its scripts in order with a run's environment."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.action.github import REPOSITORY, TOKEN, FakeGitHub
from tests.edges.repositories import PATH
from tests.files import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
_EXPRESSION = re.compile(r"\$\{\{ ([^}]*) \}\}")
_EQUALS = re.compile(r"(\S+) == '([^']*)'")
INSTALL = '"$GITHUB_ACTION_PATH/action/install"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a run ended: `log` is what its steps printed, `outputs` are by step, `kept` the folders of its artefacts."""

    ok: bool
    log: str
    summary: str
    outputs: Mapping[str, Mapping[str, str]]
    kept: Mapping[str, Path]

    def annotations(self, kind: str) -> list[str]:
        return re.findall(rf"^::{kind} [^\n]*::(.*)$", self.log, re.MULTILINE)


@dataclass(slots=True)
class Runner:
    """A machine that is new at each run. `server` is where repositories lie; `workspace` what is checked out."""

    folder: Path
    workspace: Path
    github: FakeGitHub
    server: str = "https://github.example.org"
    runs: int = field(default=0)

    def play(
        self,
        inputs: Mapping[str, str],
        event: Mapping[str, Any],
        *,
        on: str = "pull_request",
        ref: str = "refs/heads/main",
        environ: Mapping[str, str] | None = None,
        start: Callable[..., subprocess.CompletedProcess[str]] | None = None,
    ) -> Played:
        unknown = set(inputs) - set(ACTION["inputs"])
        assert not unknown, f"action.yml has no {unknown}"
        self.runs += 1
        place = self.folder / f"run-{self.runs}"
        (place / "temp").mkdir(parents=True)
        (place / "event.json").write_text(json.dumps(event), encoding="utf-8")
        given = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()} | dict(inputs)
        known = {f"inputs.{name}": value for name, value in given.items()} | {"github.token": TOKEN}
        known = {name: _filled(value, known) for name, value in known.items()}
        run = _Run(self, place, known, self._environ(place, on, ref) | dict(environ or {}), start or _start)
        for step in ACTION["runs"]["steps"]:
            if not run.step(step):
                return run.ended(ok=False)
        return run.ended(ok=True)

    def _environ(self, place: Path, on: str, ref: str) -> dict[str, str]:
        return {
            "PATH": PATH, "HOME": str(place), "LANG": "C.UTF-8", "RUNNER_TEMP": str(place / "temp"),
            "NOTIFIER_VENV": sys.prefix, "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_SERVER_URL": self.server, "GITHUB_API_URL": self.github.address,
            "GITHUB_RUN_ID": str(100 + self.runs), "GITHUB_EVENT_NAME": on, "GITHUB_REF": ref, "GITHUB_ACTOR": "anna",
            "GITHUB_EVENT_PATH": str(place / "event.json"), "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
        }  # fmt: skip


def _start(words: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, **options)


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: known.get(found[1], ""), text)


class _Run:
    def __init__(
        self, runner: Runner, place: Path, known: dict[str, str], environ: dict[str, str], start: Callable[..., Any]
    ) -> None:
        self.runner, self.place, self.known, self.environ, self.start = runner, place, known, environ, start
        self.log, self.kept = "", dict[str, Path]()
        self.outputs: dict[str, dict[str, str]] = {}

    def step(self, step: Mapping[str, Any]) -> bool:
        """Take one step; False where it failed."""
        wanted = [_EQUALS.fullmatch(one.strip()) for one in str(step.get("if", "")).split("&&") if one]
        if not all(one is not None and self.known.get(one[1], "") == one[2] for one in wanted):
            return True
        if "uses" in step:
            self._use(str(step["uses"]), step.get("with", {}))
            return True
        return step["run"] == INSTALL or self._run(step)

    def _use(self, action: str, inputs: Mapping[str, Any]) -> None:
        if action.startswith("actions/upload-artifact@"):
            kept = self.place / "artefact"
            shutil.copytree(_filled(inputs["path"], self.known), kept)
            self.kept[_filled(inputs["name"], self.known)] = kept

    def _run(self, step: Mapping[str, Any]) -> bool:
        output = self.place / f"output-{len(self.outputs)}"
        output.touch()
        environ = {name: _filled(str(value), self.known) for name, value in step.get("env", {}).items()}
        ran = self.start(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.runner.workspace,
            env=self.environ | environ | {"GITHUB_OUTPUT": str(output)},
        )  # fmt: skip
        self.log += ran.stdout + ran.stderr
        said = dict(line.split("=", 1) for line in output.read_text().splitlines())
        self.outputs[step.get("id", "")] = said
        self.known |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in said.items()}
        return bool(ran.returncode == 0)

    def ended(self, *, ok: bool) -> Played:
        summary = self.place / "summary.md"
        return Played(
            ok=ok, log=self.log, outputs=self.outputs, kept=self.kept,
            summary=summary.read_text(encoding="utf-8") if summary.exists() else "",
        )  # fmt: skip
