"""`notifier worker` where there is nothing for it to do, and `notifier migrate` where there is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import demonstration, run
from tests.postgres import shared

MIGRATED = "What workers need is as this version wants it, too.\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demonstration(tmp_path_factory.mktemp("worker") / "site")


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "site")


@pytest.fixture
def url() -> Iterator[str]:
    made = shared().database(empty=True)
    yield made
    shared().drop(made)


def written(site: Path, workers: str, url: str = "sqlite:///notifier.db") -> None:
    config = site / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("sqlite:///notifier.db", url)
    config.write_text(f"{text}\n{workers}\n", encoding="utf-8")


def test_a_site_without_workers_says_so(site: Path) -> None:
    done = run("worker", folder=site)
    said = "config.yaml has no `workers`, so nothing is left to one: notifier run gives all mails away itself."
    assert (done.code, done.out) == (1, "")
    assert done.err.replace("\n", " ").startswith(said)


def test_workers_need_a_ledger_that_they_can_share(site: Path) -> None:
    written(site, "workers: {batch: 100}")
    done = run("worker", folder=site)
    assert done.code == 1
    assert "workers: needs a ledger in a PostgreSQL, which workers can share." in done.err


@pytest.mark.parametrize("batch", [49, 501])
def test_a_batch_is_of_50_to_500(site: Path, batch: int) -> None:
    written(site, f"workers: {{batch: {batch}}}")
    done = run("check", folder=site)
    assert (done.code, "workers.batch" in done.out + done.err) == (1, True)


def test_what_workers_need_is_made_by_migrate_once(site: Path, url: str) -> None:
    written(site, "workers: {}", url)
    first, second = run("migrate", folder=site), run("migrate", "--format", "json", folder=site)
    assert (first.code, first.out.endswith(MIGRATED)) == (0, True)
    assert second.json().keys() == {"before", "after", "workers"}
