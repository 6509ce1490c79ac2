"""The history of a real site: hundreds of files renamed or amended in one commit, and every event is still itself."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.config import SourceSettings, load
from notifier.core.delivery import Memory
from notifier.core.event import Content
from notifier.core.identity import guard_against_shrinking, settle
from notifier.core.revision import remember
from notifier.edges.folder import FolderSource
from notifier.tick.reader import Reader
from tests.builders import at, some_rules
from tests.test_corpus_configured import CONFIGURED, CORPUS, SITE

BUNDLE = CORPUS / "lrug" / "history.bundle"
pytestmark = pytest.mark.skipif(not BUNDLE.is_file(), reason="shared corpus is absent")
RULES = some_rules()


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lrug") / "clone"
    subprocess.run(["git", "clone", "--quiet", str(BUNDLE), str(folder)], check=True, capture_output=True)
    return folder


def git(clone: Path, *words: str) -> str:
    ran = subprocess.run(["git", "-C", str(clone), *words], check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def settings_of(clone: Path) -> SourceSettings:
    zone, group = CONFIGURED["lrug"]
    config = clone.parent / "config.yaml"
    config.write_text(SITE % (zone, clone) + group.replace("*/index.html.md.erb", "*/index.html.*"), encoding="utf-8")
    [source] = load(config, {}).sources
    return source


def read(clone: Path, revision: str, renames: dict[str, str]) -> Content:
    git(clone, "checkout", "--quiet", revision)
    source = settings_of(clone)
    [group] = source.groups
    files = FolderSource(name=source.name, folder=clone, files=group.files, exclude=group.exclude)
    content = Reader(((source, files),)).read(NOW)
    return replace(content, renames={source.name: renames}) if renames else content


NOW = at("2006-01-01 09:00")


def renamed_in(clone: Path, commit: str) -> dict[str, str]:
    lines = git(clone, "diff", "--name-status", "-M", f"{commit}^", commit).splitlines()
    found = [line.split("\t") for line in lines if line.startswith("R")]
    return {new: old for _, old, new in found}


@pytest.mark.parametrize("has_word", [False, True], ids=["no word", "the repository's word"])
@pytest.mark.parametrize(("day", "least"), [("2025-08-10", 219), ("2023-09-19", 207)])
def test_a_commit_that_touches_every_file_changes_no_identity(
    day: str, least: int, has_word: bool, clone: Path
) -> None:
    commit = git(clone, "log", "main", "--format=%H", f"--since={day}T00:00:00+01:00", f"--until={day}T23:59:59+01:00")
    assert (
        int(git(clone, "diff", "--name-only", f"{commit}^", commit, "--", "source/meetings").count("\n")) >= least - 1
    )
    before = settle(read(clone, f"{commit}^", {}), Memory(), RULES, NOW)
    memory = Memory(seen=remember(before, Memory(), NOW)[0], window_end=NOW, baselines={"site": at("2005-01-01")})

    after = settle(read(clone, commit, renamed_in(clone, commit) if has_word else {}), memory, RULES, NOW)

    guard_against_shrinking(after, memory, RULES, NOW)
    assert {event.uid for event in after.events} == {event.uid for event in before.events}
    assert after.vanished == frozenset()
    assert {event.title for event in after.events} == {event.title for event in before.events}
    assert not [doubt for event in after.events for doubt in event.doubts if doubt.code == "maybe-moved"]
