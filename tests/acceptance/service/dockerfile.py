"""The Dockerfile taken apart: stages of instructions, and what of the project each COPY takes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tests.files import ROOT


@dataclass(frozen=True, slots=True)
class Instruction:
    word: str
    rest: str

    @property
    def listed(self) -> list[str]:
        """The command of an instruction in its JSON form."""
        return [str(part) for part in json.loads(self.rest[self.rest.index("[") :])]


def stages(path: Path = ROOT / "Dockerfile") -> list[list[Instruction]]:
    """Each stage, beginning with its FROM. Arguments before the first have no stage; ours has none."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found: list[list[Instruction]] = []
    for line in filter(None, whole.splitlines()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


def copied(stage: list[Instruction]) -> list[tuple[list[str], str]]:
    """What of the project is copied, and where to."""
    parts = [one.rest.split() for one in stage if one.word == "COPY" and "--from" not in one.rest]
    return [(names, to) for *names, to in parts]
