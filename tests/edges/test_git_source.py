"""A repository as people leave it: only what is committed counts, and what is told about it is git's own word."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier.core.event import Document
from notifier.edges.folder import FolderSource
from notifier.errors import UserError
from notifier.ports import Snapshot, Source
from tests.edges.conftest import Unprivileged
from tests.edges.repositories import ENVIRON, FIRST_AT, Repository, a_repository, a_text
from tests.edges.test_folder import FILES as NAMES


@pytest.fixture
def website(tmp_path: Path) -> Repository:
    """A checkout with one event, committed once."""
    repository = a_repository(tmp_path / "website")
    repository.write("_events/one.md")
    repository.commit()
    return repository


def paths(snapshot: Snapshot) -> list[str]:
    return [document.path for document in snapshot.documents]


def by_path(snapshot: Snapshot) -> dict[str, Document]:
    return {document.path: document for document in snapshot.documents}


def told(source: Source) -> str:
    with pytest.raises(UserError) as caught:
        source.read({})
    return caught.value.message


def test_a_document_is_what_was_committed_with_its_blobs_id_and_its_times(website: Repository) -> None:
    website.write("_events/one.md", b"\xff\x00 binary junk\r\n")
    commit = website.commit()
    website.write("_events/one.md", "not committed")
    snapshot = website.source().read({})
    expected = Document(
        source="website",
        path="_events/one.md",
        data=b"\xff\x00 binary junk\r\n",
        revision=hashlib.sha1(b"blob 16\0\xff\x00 binary junk\r\n", usedforsecurity=False).hexdigest(),
        first_at=FIRST_AT,
        changed_at=FIRST_AT + timedelta(hours=1),
    )
    assert snapshot == Snapshot(documents=(expected,), revision=commit, keeps_revisions=True)


def test_a_bare_repository_is_as_good_as_a_checkout(website: Repository, tmp_path: Path) -> None:
    website.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert Repository(tmp_path / "bare.git").source().read({}) == website.source().read({})


def test_one_of_several_checkouts_is_read_like_any_other(website: Repository, tmp_path: Path) -> None:
    website.git("worktree", "add", "--quiet", "-b", "draft", str(tmp_path / "second"))
    second = Repository(tmp_path / "second")
    second.write("_events/two.md")
    second.commit()
    assert paths(second.source(branch="draft").read({})) == ["_events/one.md", "_events/two.md"]
    assert second.history().read({}).revision == second.git("rev-parse", "draft")
    assert paths(second.source(branch="main").read({})) == ["_events/one.md"]


@pytest.mark.parametrize(
    ("files", "exclude"),
    [
        (["*.md"], []),
        (["./_events/one.md"], []),
        (["_events/**/*.md"], []),
        (["**/*.md"], ["_events/2026"]),
        (["**/*.md"], ["**/deep/**", "a.*"]),
        (["_events/*/*.md", "a.md"], []),
        (["_events/2026/"], ["_events/2026/c.md"]),
        (["_events/[o-z]?e.*", "_events/.*.md"], []),
    ],
)
def test_patterns_mean_what_they_mean_for_a_folder(website: Repository, files: list[str], exclude: list[str]) -> None:
    for name in NAMES:
        website.write(name)
    website.commit()
    folder = FolderSource(name="website", folder=website.folder, files=files, exclude=exclude)
    expected = [(document.path, document.data) for document in folder.read({}).documents]
    found = website.source(files=files, exclude=exclude).read({}).documents
    assert [(document.path, document.data) for document in found] == expected


def test_what_did_not_change_stays_the_very_same_object(website: Repository) -> None:
    website.write("_events/two.md")
    website.commit()
    source = website.source()
    before = by_path(source.read({}))
    website.write("_events/two.md", "changed")
    website.write("_events/three.md")
    website.commit()
    after = by_path(source.read(before))
    assert after["_events/one.md"] is before["_events/one.md"]
    assert after["_events/two.md"].data == b"changed"
    assert sorted(after) == ["_events/one.md", "_events/three.md", "_events/two.md"]


def test_what_another_process_read_is_taken_over(website: Repository) -> None:
    known = by_path(website.source().read({}))
    assert website.source().read(known).documents[0] is known["_events/one.md"]


def test_a_deleted_file_is_gone_and_one_that_comes_back_is_there_again(website: Repository) -> None:
    source = website.source()
    source.read({})
    website.remove("_events/one.md")
    website.commit()
    assert source.read({}).documents == ()
    website.write("_events/one.md")
    website.commit()
    assert paths(source.read({})) == ["_events/one.md"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_read_at_which_nothing_changed_starts_no_program(website: Repository, packed: bool) -> None:
    if packed:
        website.git("pack-refs", "--all")
    source = website.source()
    first = source.read({}, website.git("rev-parse", "HEAD"))
    source._environ["PATH"] = "/nonexistent"  # type: ignore[index] # the test's own mapping
    assert source.read({}, first.revision) is first


def test_a_branch_is_followed_from_its_file_into_the_packed_ones_and_back(website: Repository) -> None:
    source = website.source()
    source.read({})
    website.git("pack-refs", "--all")
    assert source.read({}).revision == website.git("rev-parse", "main")
    second = website.commit()
    assert source.read({}).revision == second


def test_a_file_that_appeared_once_keeps_that_time_through_edits_and_renames(website: Repository) -> None:
    source = website.source()
    source.read({})
    website.git("mv", "_events/one.md", "_events/first.md")
    website.commit()
    moved = by_path(source.read({}))["_events/first.md"]
    assert (moved.first_at, moved.changed_at) == (FIRST_AT, FIRST_AT)
    website.write("_events/first.md", a_text("_events/one.md") + "More.\n")
    website.commit()
    edited = by_path(source.read({}))["_events/first.md"]
    assert (edited.first_at, edited.changed_at) == (FIRST_AT, FIRST_AT + timedelta(hours=2))
    assert by_path(website.source().read({}))["_events/first.md"] == edited


def test_a_draft_that_becomes_an_event_appears_when_it_does(website: Repository) -> None:
    website.write("_drafts/two.md")
    website.commit()
    website.git("mv", "_drafts/two.md", "_events/two.md")
    website.commit()
    found = by_path(website.source(files=["_events/*.md", "_drafts/none.md"]).read({}))["_events/two.md"]
    assert found.first_at == FIRST_AT + timedelta(hours=2)


def test_a_history_that_was_cut_off_says_nothing_of_what_was_before(website: Repository, tmp_path: Path) -> None:
    website.write("_events/two.md")
    website.commit()
    website.write("_events/two.md", "changed")
    website.commit()
    website.git("clone", "--quiet", "--depth=2", website.folder.as_uri(), str(tmp_path / "shallow"))
    found = by_path(Repository(tmp_path / "shallow").source().read({}))
    assert (found["_events/one.md"].first_at, found["_events/one.md"].changed_at) == (None, None)
    assert (found["_events/two.md"].first_at, found["_events/two.md"].changed_at) == (None, website.at)


def test_a_merge_counts_from_when_it_was_merged(website: Repository) -> None:
    website.git("checkout", "--quiet", "-b", "draft")
    website.write("_events/two.md")
    website.commit()
    website.git("checkout", "--quiet", "main")
    website.at += timedelta(days=3)
    website.git("merge", "--quiet", "--no-ff", "-m", "Merge", "draft")
    assert by_path(website.source().read({}))["_events/two.md"].first_at == website.at


def test_renames_are_told_since_the_revision_that_was_asked_for(website: Repository) -> None:
    since = website.git("rev-parse", "HEAD")
    website.git("mv", "_events/one.md", "_events/first.md")
    website.write("_events/first.md", a_text("_events/one.md").replace("line 1", "line one"))
    website.commit()
    assert website.source().read({}, since).renames == {"_events/first.md": "_events/one.md"}
    assert website.source().read({}).renames == {}
    assert website.source().read({}, website.git("rev-parse", "HEAD")).renames == {}


def test_renames_are_followed_commit_by_commit_through_edits_that_change_everything(website: Repository) -> None:
    since = website.git("rev-parse", "HEAD")
    website.git("mv", "_events/one.md", "_events/b.md")
    website.commit()
    website.write("_events/b.md", "nothing is as it was")
    website.commit()
    website.git("mv", "_events/b.md", "_events/c.md")
    website.commit()
    assert website.source().read({}, since).renames == {"_events/c.md": "_events/one.md"}


def test_a_name_that_is_taken_again_by_another_file_is_told_apart(website: Repository) -> None:
    since = website.git("rev-parse", "HEAD")
    website.git("mv", "_events/one.md", "_events/2026-03.md")
    website.commit()
    website.write("_events/one.md", a_text("another"))
    website.commit()
    assert website.source().read({}, since).renames == {"_events/2026-03.md": "_events/one.md"}


def test_a_file_that_came_with_one_commit_and_went_with_the_next_has_moved_only_if_it_is_the_same(
    website: Repository,
) -> None:
    website.write("_events/april.md")
    since = website.commit()
    website.write("_events/first.md", a_text("_events/one.md"))
    website.write("_events/may.md", a_text("_events/april.md").replace("line 1", "line one"))
    website.commit()
    website.remove("_events/one.md")
    website.remove("_events/april.md")
    website.commit()
    assert website.source().read({}, since).renames == {"_events/first.md": "_events/one.md"}


def test_a_rename_from_beside_the_source_is_none(website: Repository) -> None:
    website.write("drafts/two.md")
    since = website.commit()
    website.git("mv", "drafts/two.md", "_events/two.md")
    website.git("mv", "_events/one.md", "_events/one.txt")
    website.commit()
    assert website.source(files=["**/*.md"], exclude=["drafts"]).read({}, since).renames == {}


@pytest.mark.parametrize("since", ["0" * 40, "main", "--all", "", "HEAD~1"])
def test_no_renames_are_told_since_what_is_no_commit_here(website: Repository, since: str) -> None:
    website.git("mv", "_events/one.md", "_events/first.md")
    website.commit()
    assert website.source().read({}, since).renames == {}


def test_a_branch_that_was_forced_back_is_read_as_it_is(website: Repository) -> None:
    website.write("_events/two.md")
    website.commit()
    source = website.source()
    before = source.read({})
    website.git("reset", "--quiet", "--hard", "HEAD~1")
    website.write("_events/three.md")
    website.commit()
    after = source.read(by_path(before), before.revision)
    assert paths(after) == ["_events/one.md", "_events/three.md"]
    assert after.documents == website.source().read({}).documents


def test_a_file_that_is_too_large_is_a_problem_and_the_others_are_read(website: Repository) -> None:
    website.write("_events/big.md", b"x" * 5_000_001)
    website.commit()
    snapshot = website.source().read({})
    folder = FolderSource(name="website", folder=website.folder, files=["_events/*.md"]).read({})
    assert (snapshot.problems, set(snapshot.unreadable)) == (folder.problems, {"_events/big.md"})
    assert paths(snapshot) == ["_events/one.md"]


def test_a_file_that_shrank_again_is_read(website: Repository) -> None:
    website.write("_events/one.md", b"x" * 5_000_001)
    website.commit()
    source = website.source()
    assert source.read({}).documents == ()
    website.write("_events/one.md")
    website.commit()
    assert (paths(source.read({})), source.read({}).problems) == (["_events/one.md"], ())


def test_names_that_are_no_text_are_problems_at_their_first_bad_part(website: Repository) -> None:
    tree = website.git("rev-parse", "HEAD:_events")
    blob = website.git("rev-parse", "HEAD:_events/one.md")
    inner = website.git("mktree", "-z", feed=b"100644 blob %s\tone.md\0" % blob.encode())
    lines = [f"100644 blob {blob}\tone.md".encode(), f"040000 tree {inner}\tcaf".encode() + b"\xe9"]
    events = website.git("mktree", "-z", feed=b"\0".join([*lines, f"100644 blob {blob}\t".encode() + b"\xff.md", b""]))
    assert tree != events
    root = website.git("mktree", "-z", feed=f"040000 tree {events}\t_events\0".encode())
    website.git("update-ref", "refs/heads/main", website.git("commit-tree", "-m", "Names", "-p", "HEAD", root))
    snapshot = website.source().read({})
    assert paths(snapshot) == ["_events/one.md"]
    assert [problem.path for problem in snapshot.problems] == ["_events/caf�", "_events/�.md"]
    assert snapshot.problems[0].what == "The name is not UTF-8, so it was not read."


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_no_honest_repository_has_is_never_a_document(website: Repository, name: str) -> None:
    blob = website.git("rev-parse", "HEAD:_events/one.md")
    content = f"100644 {name}".encode() + b"\0" + bytes.fromhex(blob)
    root = website.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", feed=content)
    website.git("update-ref", "refs/heads/main", website.git("commit-tree", "-m", "Evil", root))
    assert website.source(files=[".*", "**/*"]).read({}).documents == ()


@pytest.mark.parametrize("branch", ["live", "-x", "main..draft"])
def test_a_branch_that_is_not_there_is_answered_with_those_that_are(website: Repository, branch: str) -> None:
    website.git("branch", "draft")
    assert told(website.source(branch=branch)) == (
        f"The repository {website.folder} has no branch {branch}, so nothing was read. "
        "Correct `git.branch` of the source `website`; there are: draft, main."
    )


def test_a_repository_without_commits_has_nothing_to_be_read(tmp_path: Path) -> None:
    repository = a_repository(tmp_path / "new")
    assert told(repository.source()) == (
        f"The repository {repository.folder} has no commits yet, so nothing was read. Commit something."
    )


@pytest.mark.parametrize("name", ["nowhere", "folder", "file"])
def test_what_is_no_repository_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder" / ".git").mkdir(parents=True)
    (tmp_path / "file").touch()
    assert told(Repository(tmp_path / name).source()) == (
        f"{tmp_path / name} is not a git repository, so nothing was read. "
        "Correct `git.path` of the source `website`: a checkout or a bare repository."
    )


def test_a_repository_that_appears_later_is_read_then(tmp_path: Path) -> None:
    source = Repository(tmp_path / "later").source()
    told(source)
    later = a_repository(tmp_path / "later")
    later.write("_events/one.md")
    later.commit()
    assert paths(source.read({})) == ["_events/one.md"]


def test_a_damaged_repository_is_an_error_and_never_an_empty_one(website: Repository) -> None:
    tree = website.git("rev-parse", "HEAD^{tree}")
    (website.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    message = told(website.source())
    assert message.startswith(f"The repository {website.folder} can't be read (")
    assert message.endswith("), so nothing was read. Look at it with: git fsck")


def test_without_git_the_remedy_is_to_install_it(website: Repository) -> None:
    source = website.source()
    source._environ["PATH"] = "/nonexistent"  # type: ignore[index] # the test's own mapping
    assert told(source) == "The program git was not found. Install it (apt install git)."


def test_a_repository_of_another_user_is_read_where_it_was_named(open_folder: Path, unprivileged: Unprivileged) -> None:
    repository = a_repository(open_folder / "website")
    repository.write("_events/one.md")
    repository.commit()
    code = f"print(*(d.path for d in source('website', here / 'website', {ENVIRON!r}).read({{}}).documents))"
    assert unprivileged(code, imports=_SOURCE) == "_events/one.md\nfine\n"


_SOURCE = """
from notifier.edges.git import GitSource
def source(name, folder, environ):
    return GitSource(name=name, repository=folder, branch="main", files=["_events/*.md"], environ=environ)
"""


def test_a_commit_of_a_year_that_no_calendar_has_stops_nothing(website: Repository) -> None:
    head = website.git("cat-file", "commit", "HEAD").replace(str(int(FIRST_AT.timestamp())), "99999999999999")
    odd = website.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", feed=f"{head}\n".encode())
    website.git("update-ref", "refs/heads/main", odd)
    assert by_path(website.source().read({}))["_events/one.md"].first_at == datetime(9999, 1, 1, tzinfo=UTC)
