"""The time machine over years of two real sites and of an invented one: commits a second, and whether memory stays flat."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.bench.histories import make_history
from tests.bench.measures import python, ran, say, seconds, tell, tell_memory
from tests.test_corpus_configured import CONFIGURED, CORPUS
from tests.test_replay_corpora import LRUG, SITE

pytestmark = pytest.mark.bench

END = "2026-10-01T00:00:00Z"
#: So many years of fifty events each.
_YEARS = 4
_HALVES = {"lrug": "2020-06-30", "cloudnative-linz": "2025-10-31", "invented": "2023-03-02"}


def a_site(site: str, folder: Path) -> int:
    """A checkout of the site beside its config.yaml; returns how many commits it has."""
    if site == "invented":
        return make_history(folder, _YEARS)
    if not CORPUS.is_dir():
        pytest.skip("shared corpus is absent")
    bundle = CORPUS / site / "history.bundle"
    subprocess.run(["git", "clone", "--quiet", bundle, folder / "checkout"], check=True, capture_output=True)
    zone, group = CONFIGURED[site]
    (folder / "config.yaml").write_text(SITE % (zone, LRUG if site == "lrug" else group), encoding="utf-8")
    counted = subprocess.run(
        ["git", "-C", folder / "checkout", "rev-list", "--first-parent", "--count", "HEAD"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(counted.stdout)


def every_object(checkout: Path) -> None:
    """What git takes to hand over every version of every file."""
    subprocess.run(
        ["git", "-C", checkout, "cat-file", "--batch", "--batch-all-objects"], check=True, stdout=subprocess.DEVNULL
    )


def changed_documents(checkout: Path) -> int:
    """How many versions of Markdown and data files there are in all: none of them can be left unread."""
    told = subprocess.run(
        ["git", "-C", checkout, "log", "--first-parent", "-m", "--diff-filter=d", "--name-only", "--format=", "--",
         "*.md", "*.md.erb", "_data/events.yml"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return len(told.stdout.splitlines())


@pytest.mark.parametrize("site", _HALVES)
def test_replaying(site: str, tmp_path: Path) -> None:
    commits = a_site(site, tmp_path)
    replay = python("-m", "notifier", "replay", "--config", str(tmp_path / "config.yaml"), "--at", END)
    replay = (*replay, "--format", "json")

    # The first run compiles the program's modules.
    ran((*replay, "--to", _HALVES[site]))
    half = ran((*replay, "--to", _HALVES[site]))
    whole = ran(replay)

    anchor = seconds(lambda: every_object(tmp_path / "checkout"), rounds=3)
    say(f"\nreplay of {site}: {commits / whole.processor_seconds:.0f} commits a processor second   aim >= 200")
    say(
        f"replay of {site}: {commits / whole.seconds:.0f} commits a second by the clock, in {whole.seconds:.1f} s   aim < 60 s"
    )
    later = commits - json.loads(half.output)["commits"]
    rate = later / (whole.processor_seconds - half.processor_seconds)
    say(f"replay of {site}, the later half alone, without the start: {rate:.0f} commits a processor second")
    documents = changed_documents(tmp_path / "checkout")
    took = whole.processor_seconds / documents * 1000
    say(f"replay of {site}: {documents} versions of documents, {took:.1f} ms for each with all that follows from it")
    tell(
        f"replay of {site} / git cat-file --batch of every object", whole.processor_seconds, anchor, "(for comparison)"
    )
    tell_memory(f"replay of {site}: memory of the whole / of half the time", whole.memory, half.memory, "<= 1.1 x")
