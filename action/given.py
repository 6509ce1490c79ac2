"""What a step is given: the inputs of action.yml as NOTIFIER_…, and what GitHub says of the run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


class Refused(Exception):
    """Why a step isn't taken, and what to do, in whole sentences."""


@dataclass(frozen=True)
class Given:
    environ: Mapping[str, str]

    def text(self, name: str) -> str:
        """An input; "" where it is left out."""
        return self.environ.get(f"NOTIFIER_{name}", "").strip()

    def flag(self, name: str) -> bool:
        """An input that is true or false. Raises Refused for anything else."""
        said = self.text(name) or "false"
        if said not in ("true", "false"):
            raise Refused(f"The input {name.lower().replace('_', '-')} is true or false, and not “{said}”.")
        return said == "true"

    def told(self, name: str) -> str:
        """What GitHub sets for each step. Raises Refused where it doesn't."""
        said = self.environ.get(name, "")
        if not said:
            raise Refused(f"{name} is not set. This runs in a step of GitHub Actions.")
        return said

    @property
    def workspace(self) -> Path:
        return Path(self.told("GITHUB_WORKSPACE"))

    @property
    def config(self) -> str:
        return self.text("CONFIG") or "config.yaml"

    @property
    def scratch(self) -> Path:
        """A folder of ours, which GitHub empties after the job."""
        folder = Path(self.told("RUNNER_TEMP")) / "notifier"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def repository(self) -> str:
        said = self.told("GITHUB_REPOSITORY")
        if not _REPOSITORY.fullmatch(said):
            raise Refused(f"GITHUB_REPOSITORY is “{said}”, which names no repository.")
        return said

    @property
    def run_address(self) -> str:
        return f"{self.told('GITHUB_SERVER_URL')}/{self.repository}/actions/runs/{self.told('GITHUB_RUN_ID')}"

    @cached_property
    def payload(self) -> dict[str, Any]:
        """What happened, as GitHub wrote it down. Raises Refused where that can't be read."""
        try:
            read = json.loads(Path(self.told("GITHUB_EVENT_PATH")).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Refused(f"GITHUB_EVENT_PATH can't be read ({error}).") from error
        return read if isinstance(read, dict) else {}

    @property
    def pull_request(self) -> dict[str, Any]:
        """Raises Refused where the run is about none."""
        found = self.payload.get("pull_request")
        if not isinstance(found, dict) or not isinstance(found.get("number"), int):
            raise Refused("This run is about no pull request. Let the workflow start `on: pull_request`.")
        return found
