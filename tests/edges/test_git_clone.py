"""A clone of our own: fetched when it is time, never waited for, and what is old says so."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifier.config import GitSettings, SourceSettings
from notifier.edges.git import GitSource, history_for, source_for
from notifier.errors import UserError
from notifier.ports import Snapshot
from tests.edges.repositories import ENVIRON, FIRST_AT, Repository, a_repository

MINUTES = timedelta(minutes=1)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = FIRST_AT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def upstream(tmp_path: Path) -> Repository:
    repository = a_repository(tmp_path / "upstream")
    repository.write("_events/one.md")
    repository.commit()
    return repository


@pytest.fixture
def watch() -> Watch:
    return Watch()


def settings(folder: Path, url: str, *, branch: str = "main", interval: timedelta = 5 * MINUTES) -> SourceSettings:
    git = GitSettings(url=url, path=None, branch=branch, interval=interval, clone=folder / "notifier-git" / "site.git")
    return SourceSettings(
        name="site", folder=None, git=git, groups=(), projects=("_events/*.md",), vanished="hold"
    )  # fmt: skip


def a_source(upstream: Repository, watch: Watch, *, environ: Mapping[str, str] = ENVIRON) -> GitSource:
    return source_for(settings(upstream.folder.parent, str(upstream.folder)), environ, watch)


def paths(snapshot: Snapshot) -> list[str]:
    return [document.path for document in snapshot.documents]


def told(source: GitSource) -> str:
    with pytest.raises(UserError) as caught:
        source.read({})
    return caught.value.message


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_clone_is_made_and_follows_what_is_pushed(upstream: Repository, watch: Watch, scheme: str) -> None:
    source = source_for(settings(upstream.folder.parent, f"{scheme}{upstream.folder}"), ENVIRON, watch)
    assert paths(source.read({})) == ["_events/one.md"]
    upstream.write("_events/two.md")
    second = upstream.commit()
    watch.at += 5 * MINUTES
    snapshot = source.read({})
    assert (paths(snapshot), snapshot.revision) == (["_events/one.md", "_events/two.md"], second)
    assert (snapshot.problems, snapshot.keeps_revisions) == ((), True)


def test_it_is_fetched_once_in_an_interval_by_all_processes_together(upstream: Repository, watch: Watch) -> None:
    first = a_source(upstream, watch).read({})
    upstream.commit()
    watch.at += 5 * MINUTES - timedelta(seconds=1)
    assert a_source(upstream, watch).read({}).revision == first.revision
    watch.at += timedelta(seconds=1)
    assert a_source(upstream, watch).read({}).revision != first.revision


def test_a_call_lets_it_fetch_at_once_and_only_once(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    source.read({})
    second = upstream.commit()
    source.fetch_soon()
    assert source.read({}).revision == second
    upstream.commit()
    assert source.read({}).revision == second


def test_between_two_fetches_no_program_is_started(upstream: Repository, watch: Watch) -> None:
    environ = dict(ENVIRON)
    source = a_source(upstream, watch, environ=environ)
    first = source.read({})
    environ["PATH"] = "/nonexistent"
    watch.at += 4 * MINUTES
    assert source.read({}) is first


def test_a_clock_that_was_set_back_keeps_nobody_from_fetching(upstream: Repository, watch: Watch) -> None:
    a_source(upstream, watch).read({})
    second = upstream.commit()
    watch.at -= timedelta(days=400)
    assert a_source(upstream, watch).read({}).revision == second


def test_renames_are_told_over_a_fetch(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    since = source.read({}).revision
    upstream.git("mv", "_events/one.md", "_events/first.md")
    upstream.commit()
    watch.at += 5 * MINUTES
    assert source.read({}, since).renames == {"_events/first.md": "_events/one.md"}


def test_a_branch_that_was_forced_elsewhere_is_followed(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    since = source.read({}).revision
    upstream.git("checkout", "--quiet", "--orphan", "new")
    upstream.git("mv", "_events/one.md", "_events/first.md")
    upstream.commit()
    upstream.git("branch", "--force", "main", "new")
    watch.at += 5 * MINUTES
    snapshot = source.read({}, since)
    assert (paths(snapshot), snapshot.revision) == (["_events/first.md"], upstream.git("rev-parse", "main"))


def test_what_can_no_longer_be_fetched_is_read_as_it_was_and_says_since_when(
    upstream: Repository, watch: Watch
) -> None:
    source = a_source(upstream, watch)
    first = source.read({})
    upstream.folder.rename(upstream.folder.with_name("gone"))
    watch.at += 5 * MINUTES
    snapshot = source.read({})
    (problem,) = snapshot.problems
    assert (snapshot.documents, snapshot.revision) == (first.documents, first.revision)
    assert (problem.path, problem.severity) == ("site", "warning")
    assert problem.what == (
        f"{upstream.folder} can't be fetched ('{upstream.folder}' does not appear to be a git repository), "
        "so it is read as it was fetched at 12:00 UTC on 2026-03-01."
    )
    assert problem.hint == "Correct `git.url`."


def test_the_same_failure_says_the_same_each_time(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    source.read({})
    upstream.folder.rename(upstream.folder.with_name("gone"))
    watch.at += 5 * MINUTES
    first = source.read({})
    watch.at += 5 * MINUTES
    assert source.read({}) is first


def test_the_warning_ends_when_it_can_be_fetched_again(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    source.read({})
    gone = upstream.folder.rename(upstream.folder.with_name("gone"))
    watch.at += 5 * MINUTES
    assert source.read({}).problems
    gone.rename(upstream.folder)
    watch.at += 5 * MINUTES
    assert source.read({}).problems == ()


def test_after_failures_it_is_tried_less_and_less_but_every_hour(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    source.read({})
    upstream.folder.rename(upstream.folder.with_name("gone"))
    waits: list[int] = []
    tried = watch.at
    while len(waits) < 9:
        watch.at += MINUTES
        source.read({})
        if noted(upstream)["tried_at"] == watch.at.isoformat():
            waits.append((watch.at - tried) // MINUTES)
            tried = watch.at
    assert waits == [5, 5, 5, 5, 8, 16, 32, 60, 60]


def noted(upstream: Repository) -> dict[str, str]:
    note = upstream.folder.parent / "notifier-git" / "site.git" / "notifier.json"
    found: dict[str, str] = json.loads(note.read_text())
    return found


def test_what_was_never_fetched_is_an_error_with_its_reason(upstream: Repository, watch: Watch) -> None:
    upstream.folder.rename(upstream.folder.with_name("gone"))
    source = a_source(upstream, watch)
    expected = (
        f"{upstream.folder} can't be fetched ('{upstream.folder}' does not appear to be a git repository), "
        "and never was before, so nothing was read. Correct `git.url`."
    )
    assert (told(source), told(source)) == (expected, expected)


def test_a_branch_that_is_not_there_is_named_as_the_cause(upstream: Repository, watch: Watch) -> None:
    wrong = settings(upstream.folder.parent, str(upstream.folder), branch="live")
    assert told(source_for(wrong, ENVIRON, watch)) == (
        f"{upstream.folder} can't be fetched (couldn't find remote ref refs/heads/live), and never was before, "
        "so nothing was read. Correct `git.branch`: the repository has no such branch."
    )


def test_another_address_is_never_answered_with_what_the_first_one_had(
    upstream: Repository, watch: Watch, tmp_path: Path
) -> None:
    a_source(upstream, watch).read({})
    other = source_for(settings(tmp_path, str(tmp_path / "nowhere")), ENVIRON, watch)
    assert "and never was before, so nothing was read." in told(other)


def test_the_clone_is_bare_and_has_no_hook_and_no_remote(upstream: Repository, watch: Watch) -> None:
    a_source(upstream, watch).read({})
    clone = upstream.folder.parent / "notifier-git" / "site.git"
    assert not (clone / "hooks").exists()
    assert "remote" not in (clone / "config").read_text()
    assert Repository(clone).git("config", "core.bare") == "true"


def test_the_programs_that_a_hook_of_the_clone_names_do_not_run(upstream: Repository, watch: Watch) -> None:
    a_source(upstream, watch).read({})
    hooks = upstream.folder.parent / "notifier-git" / "site.git" / "hooks"
    hooks.mkdir()
    (hooks / "reference-transaction").write_text(f"#!/bin/sh\ntouch {hooks / 'sprung'}\n")
    (hooks / "reference-transaction").chmod(0o755)
    upstream.commit()
    watch.at += 5 * MINUTES
    a_source(upstream, watch).read({})
    assert not (hooks / "sprung").exists()


def test_a_lock_that_an_ended_fetch_has_left_stops_nothing(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    source.read({})
    clone = upstream.folder.parent / "notifier-git" / "site.git"
    for path in (clone / "refs" / "notifier").iterdir():
        path.with_name(f"{path.name}.lock").touch()
    (clone / "packed-refs.lock").touch()
    second = upstream.commit()
    watch.at += 5 * MINUTES
    assert source.read({}).revision == second


def test_while_another_process_fetches_what_is_there_is_read(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    first = source.read({})
    upstream.commit()
    watch.at += 5 * MINUTES
    with (upstream.folder.parent / "notifier-git" / "site.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert source.read({}) is first
    assert source.read({}) is not first


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"reference": 1}', '{"tried_at": "2026-01-01"}', "\0"])
def test_an_unreadable_note_is_none(upstream: Repository, watch: Watch, note: str) -> None:
    a_source(upstream, watch).read({})
    (upstream.folder.parent / "notifier-git" / "site.git" / "notifier.json").write_text(note)
    second = upstream.commit()
    assert a_source(upstream, watch).read({}).revision == second


def test_a_clone_that_was_deleted_is_made_again(upstream: Repository, watch: Watch) -> None:
    source = a_source(upstream, watch)
    source.read({})
    clone = upstream.folder.parent / "notifier-git"
    clone.rename(clone.with_name("deleted"))
    assert paths(source.read({})) == ["_events/one.md"]


def test_a_folder_that_can_not_be_made_is_named(upstream: Repository, watch: Watch) -> None:
    (upstream.folder.parent / "notifier-git").touch()
    assert told(a_source(upstream, watch)) == (
        f"The folder {upstream.folder.parent / 'notifier-git'}, where clones are kept, can't be written (File exists). "
        "Let the user that runs notifier write there."
    )


def test_what_was_fetched_has_a_history(upstream: Repository, watch: Watch) -> None:
    upstream.commit()
    a_source(upstream, watch).read({})
    history = history_for(settings(upstream.folder.parent, str(upstream.folder)), ENVIRON)
    assert len(history.commits()) == 2
