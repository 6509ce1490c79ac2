"""A repository as it was after any of its commits: each is what a fresh checkout of it would be."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from notifier.config import GitSettings, SourceSettings
from notifier.core.event import Document
from notifier.edges.folder import FolderSource
from notifier.edges.git import history_for
from notifier.errors import UserError
from notifier.ports import History
from tests.edges.repositories import ENVIRON, FILES, FIRST_AT, Repository, a_repository, a_text
from tests.soak import SOAK

CORPUS = (Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus").resolve()
HOUR = timedelta(hours=1)


@pytest.fixture
def website(tmp_path: Path) -> Repository:
    repository = a_repository(tmp_path / "website")
    repository.write("_events/one.md")
    repository.commit("First")
    return repository


def read_at(history: History, commit: str, known: dict[str, Document] | None = None) -> dict[str, Document]:
    history.stand_at(commit)
    return {document.path: document for document in history.read(known or {}).documents}


def test_commits_are_told_oldest_first_with_both_their_times(website: Repository) -> None:
    second = website.commit("Ünï → “code”", authored_at=FIRST_AT - timedelta(days=9))
    commits = website.history().commits()
    assert [(one.id, one.at, one.authored_at, one.subject) for one in commits[1:]] == [
        (second, FIRST_AT + HOUR, FIRST_AT - timedelta(days=9), "Ünï → “code”")
    ]
    assert commits[0].subject == "First"


def test_both_ends_of_a_stretch_of_commits_are_in_it(website: Repository) -> None:
    ids = [website.commit() for _ in range(4)]
    found = website.history().commits(since=FIRST_AT + HOUR, until=FIRST_AT + 3 * HOUR)
    assert [one.id for one in found] == ids[:3]


def test_what_was_merged_is_one_step_at_the_time_of_its_merge(website: Repository) -> None:
    website.git("checkout", "--quiet", "-b", "draft")
    website.write("_events/two.md")
    draft = website.commit()
    website.git("checkout", "--quiet", "main")
    website.at += timedelta(days=3)
    website.git("merge", "--quiet", "--no-ff", "-m", "Merge", "draft")
    commits = website.history().commits()
    assert draft not in [one.id for one in commits]
    assert (commits[-1].subject, commits[-1].at) == ("Merge", website.at)


@pytest.mark.parametrize(
    ("hours", "believed"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3]),
        ([0, 1, -90, 3], [0, 1, 1, 3]),
        ([0, 9_000, 2, 3], [0, 0, 2, 3]),
        ([9_000, 1, 2, 3], [1, 1, 2, 3]),
        ([0, 1, 2, -90], [0, 1, 2, 2]),
        ([5, 5, 5], [5, 5, 5]),
    ],
)
def test_a_clock_that_was_wrong_is_disbelieved_and_no_other(
    tmp_path: Path, hours: Sequence[int], believed: Sequence[int]
) -> None:
    repository = a_repository(tmp_path / "website")
    for hour in hours:
        repository.commit(at=FIRST_AT + hour * HOUR)
    assert [(one.at - FIRST_AT) // HOUR for one in repository.history().commits()] == list(believed)


def test_no_commit_is_before_the_one_before_it_whatever_the_clocks_say(tmp_path: Path) -> None:
    repository, random = a_repository(tmp_path / "website"), a_random(7)
    for _ in range(60):
        repository.commit(at=FIRST_AT + random.randrange(-500, 500) * HOUR)
    commits = repository.history().commits()
    assert len(commits) == 60
    assert all(one.at <= other.at for one, other in pairwise(commits))


def test_what_stands_at_a_commit_is_as_it_was_then(website: Repository) -> None:
    first = website.git("rev-parse", "HEAD")
    website.write("_events/one.md", "changed")
    second = website.commit()
    history = website.history()
    assert read_at(history, second)["_events/one.md"].data == b"changed"
    assert read_at(history, first)["_events/one.md"].data == a_text("_events/one.md").encode()


def test_it_is_at_its_branch_until_it_stands_elsewhere(website: Repository) -> None:
    history = website.history()
    history.read({})
    second = website.commit()
    assert history.read({}).revision == second


def test_a_history_read_step_by_step_keeps_what_did_not_change(website: Repository) -> None:
    website.write("_events/two.md")
    commits = [website.commit()]
    for number in range(3):
        website.write("_events/two.md", f"{number}")
        commits.append(website.commit())
    history = website.history()
    reads = [read_at(history, commit) for commit in commits]
    assert len({id(read["_events/one.md"]) for read in reads}) == 1
    assert len({id(read["_events/two.md"]) for read in reads}) == 4


def test_a_commit_that_changed_nothing_of_the_source_keeps_all_of_it(website: Repository) -> None:
    first = website.git("rev-parse", "HEAD")
    website.write("README.md")
    second = website.commit()
    history = website.history()
    history.stand_at(first)
    before = history.read({})
    history.stand_at(second)
    after = history.read({})
    assert after.documents is before.documents
    assert (before.revision, after.revision) == (first, second)


@pytest.mark.parametrize("commit", ["0" * 40, "main", "--all", "", "HEAD", "{blob}", "f" * 39])
def test_it_stands_at_commits_only(website: Repository, commit: str) -> None:
    wanted = commit.format(blob=website.git("rev-parse", "HEAD:_events/one.md"))
    with pytest.raises(UserError) as caught:
        website.history().stand_at(wanted)
    assert caught.value.message == f"The repository {website.folder} has no commit {wanted!r}. Try: git log"


@pytest.mark.parametrize("revision", ["main", "HEAD", "v1", "{commit}", "{short}"])
def test_a_revision_means_a_commit(website: Repository, revision: str) -> None:
    commit = website.git("rev-parse", "HEAD")
    website.git("tag", "-a", "-m", "One", "v1")
    assert website.history().commit_of(revision.format(commit=commit, short=commit[:8])) == commit


@pytest.mark.parametrize("revision", ["live", "--all", "-x", "", "HEAD:_events", "a\0b", "main..HEAD"])
def test_what_means_no_commit_is_answered_with_what_would(website: Repository, revision: str) -> None:
    with pytest.raises(UserError) as caught:
        website.history().commit_of(revision)
    assert caught.value.message == (
        f"The repository {website.folder} has no revision {revision!r}. "
        "Name a branch, a tag or a commit: git log --oneline"
    )


def test_a_history_with_a_hole_is_an_error_and_never_a_shorter_one(website: Repository) -> None:
    first = website.git("rev-parse", "HEAD")
    website.commit()
    (website.folder / ".git" / "objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(UserError) as caught:
        website.history().commits()
    assert caught.value.message.startswith(f"The repository {website.folder} can't be read (")
    with pytest.raises(UserError, match="so nothing was read"):
        website.source().read({})


def test_a_commit_beside_the_branch_can_be_stood_at_too(website: Repository) -> None:
    website.git("checkout", "--quiet", "-b", "draft")
    website.write("_events/two.md")
    draft = website.commit()
    website.git("checkout", "--quiet", "main")
    history = website.history()
    history.read({})
    assert sorted(read_at(history, draft)) == ["_events/one.md", "_events/two.md"]
    assert len(history.commits()) == 1


def test_no_program_stays_when_it_is_closed(website: Repository) -> None:
    history = website.history()
    history.read({})
    history.close()
    left = subprocess.run(
        ["pgrep", "-f", f"git --git-dir={website.folder}/.git"], capture_output=True, check=False
    ).stdout
    assert left == b""
    assert history.read({}).documents


def a_random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same history each time, no secret


def a_scripted_history(folder: Path, *, commits: int, seed: int) -> Repository:
    """Edits, renames, moves, deletions, restorations, merges, changes of kind and files of all sorts beside them."""
    repository, random = a_repository(folder), a_random(seed)
    repository.write("site/_events/first.md")
    repository.commit()
    for number in range(commits):
        if random.random() < 0.2:
            repository.git("checkout", "--quiet", "-b", f"draft-{number}")
            a_step(repository, random, number)
            repository.commit(f"Draft {number}")
            repository.git("checkout", "--quiet", "main")
            repository.git("merge", "--quiet", "--no-ff", "-m", f"Merge {number}", f"draft-{number}")
        for _ in range(random.choice([1, 1, 1, 2, 9])):
            a_step(repository, random, number)
        repository.commit(f"Step {number}")
    return repository


PLACES = ("site/_events", "site/_events/2026", "site/_events/2026/deep", "site/_drafts", "site", "elsewhere", "_events")


def a_step(repository: Repository, random: Random, number: int) -> None:
    there = sorted(path for path in repository.folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    path = random.choice(there)
    place = repository.folder / random.choice(PLACES)
    place.mkdir(parents=True, exist_ok=True)
    new = place / f"{random.choice('abcdefé')}{random.randrange(30)}.{random.choice(['md', 'md', 'md', 'txt'])}"
    match random.randrange(8):
        case 0 | 1:
            new.write_text(a_text(f"{new.name} {number}"))
        case 2 | 3:
            path.write_bytes(path.read_bytes() + b"A line more.\r\n")
        case 4 | 5 if not new.exists():
            path.rename(new)
        case 6 if len(there) > 4:
            path.unlink()
        case _:
            path.chmod(0o755 if random.random() < 0.5 else 0o644)


def checked_out(repository: Repository, folder: Path, commits: Sequence[str]) -> Iterator[dict[str, bytes]]:
    """What a folder of files says of a fresh checkout of each commit."""
    repository.git("worktree", "add", "--quiet", "--detach", str(folder))
    fresh = Repository(folder)
    for commit in commits:
        fresh.git("checkout", "--quiet", "--force", commit)
        fresh.git("clean", "--quiet", "-dfx")
        (folder / "site").mkdir(exist_ok=True)
        source = FolderSource(name="website", folder=folder / "site", files=FILES, exclude=["**/deep"])
        yield {document.path: document.data for document in source.read({}).documents}


@pytest.mark.parametrize("seed", range(20) if SOAK else range(2))
def test_every_commit_is_what_a_fresh_checkout_of_it_would_be(tmp_path: Path, seed: int) -> None:
    repository = a_scripted_history(tmp_path / "website", commits=40, seed=seed)
    history = repository.history(prefix="site", exclude=["**/deep"])
    commits = [one.id for one in history.commits()]
    expected = dict(zip(commits, checked_out(repository, tmp_path / "fresh", commits), strict=True))
    known: dict[str, Document] = {}
    for commit in [*commits, *a_random(seed).sample(commits, 20), *commits[::7]]:
        known = read_at(history, commit, known)
        assert {path: document.data for path, document in known.items()} == expected[commit]


@pytest.mark.parametrize("seed", range(20) if SOAK else range(2))
def test_step_by_step_or_at_once_the_times_and_the_renames_are_the_same(tmp_path: Path, seed: int) -> None:
    repository = a_scripted_history(tmp_path / "website", commits=40, seed=seed)
    walking = repository.history(prefix="site")
    commits = [one.id for one in walking.commits()]
    known: dict[str, Document] = {}
    for before, commit in pairwise(commits):
        known = read_at(walking, commit, known)
        jumping = repository.history(prefix="site")
        jumping.stand_at(commit)
        assert {one.path: one for one in jumping.read({}, before).documents} == known
        walking.stand_at(commit)
        assert walking.read(known, before).renames == jumping.read({}, before).renames


def test_a_folder_in_a_checkout_has_the_history_of_the_repository_around_it(website: Repository) -> None:
    website.write("site/_events/two.md")
    website.commit()
    history = history_for(a_source(website.folder / "site"), ENVIRON)
    snapshot = history.read({})
    assert [document.path for document in snapshot.documents] == ["_events/two.md"]
    assert len(history.commits()) == 2
    history.stand_at(history.commits()[0].id)
    assert history.read({}).documents == ()


def test_a_folder_reached_by_a_link_lies_where_it_really_is(website: Repository, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(website.folder / "_events")
    source = a_source(tmp_path / "link", files="*.md")
    assert [document.path for document in history_for(source, ENVIRON).read({}).documents] == ["one.md"]


def test_a_folder_in_no_repository_has_no_history(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        history_for(a_source(tmp_path), ENVIRON)
    assert caught.value.message == (
        f"The folder {tmp_path} of the source site lies in no git repository, so it has no history. "
        "Name a checkout of the website, or its repository with `git:`."
    )


def test_a_git_source_has_the_history_of_its_branch(website: Repository, tmp_path: Path) -> None:
    website.git("checkout", "--quiet", "-b", "draft")
    website.commit()
    settings = GitSettings(url=None, path=website.folder, branch="main", interval=HOUR, clone=tmp_path / "none")
    assert len(history_for(a_source(None, git=settings), ENVIRON).commits()) == 1


def test_what_was_never_fetched_has_no_history_yet(tmp_path: Path) -> None:
    settings = GitSettings(url="https://git.example.org/x", path=None, branch="main", interval=HOUR, clone=tmp_path)
    with pytest.raises(UserError) as caught:
        history_for(a_source(None, git=settings), ENVIRON)
    assert caught.value.message == (
        "Nothing of the source site was fetched yet, so it has no history here. Run: notifier tick"
    )


def a_source(folder: Path | None, *, git: GitSettings | None = None, files: str = "_events/*.md") -> SourceSettings:
    return SourceSettings(
        name="site", folder=folder, git=git, groups=(), projects=(files,), vanished="hold"
    )  # fmt: skip


@pytest.mark.skipif(not CORPUS.is_dir(), reason="shared corpus is absent")
@pytest.mark.parametrize(
    ("name", "files", "count", "renamed"),
    [("lrug", ("source/meetings/**/*.md", "source/meetings/**/*.erb"), 460, 219), ("cloudnative-linz", ("_data/*",), 80, 0)],
)  # fmt: skip
def test_years_of_a_real_site_are_walked_commit_by_commit(
    tmp_path: Path, name: str, files: Sequence[str], count: int, renamed: int
) -> None:
    bundle = CORPUS / name / "history.bundle"
    tmp = Repository(tmp_path)
    tmp.git("clone", "--quiet", "--bare", str(bundle), "real.git")
    history = Repository(tmp_path / "real.git").history(files=files)
    known: dict[str, Document] = {}
    since, most = None, 0
    for commit in history.commits():
        history.stand_at(commit.id)
        snapshot = history.read(known, since)
        known, since = {document.path: document for document in snapshot.documents}, commit.id
        most = max(most, len(snapshot.renames))
    fresh = Repository(tmp_path / "real.git").history(files=files).read({})
    assert (len(history.commits()), most, tuple(known.values())) == (count, renamed, fresh.documents)
