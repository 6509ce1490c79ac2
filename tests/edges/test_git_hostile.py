"""A repository that means harm: nothing that it says runs, nothing outside of it is read, nothing secret is repeated."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from notifier.edges.git.program import Git, GitFailed, GitTooSlow, environment, without_secrets
from notifier.errors import UserError
from notifier.ports import Snapshot
from tests.edges.repositories import ENVIRON, Repository, a_repository


@pytest.fixture
def website(tmp_path: Path) -> Repository:
    repository = a_repository(tmp_path / "website")
    repository.write("_events/one.md")
    repository.commit()
    return repository


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark beside itself when it runs."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\ncat\n")
    program.chmod(0o755)
    return program


def sprung(trap: Path) -> bool:
    return (trap.parent / "sprung").exists()


def is_running(process: int) -> bool:
    """Whether it does anything still; one that has ended may wait to be noticed."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def paths(snapshot: Snapshot) -> list[str]:
    return [document.path for document in snapshot.documents]


def test_the_trap_of_these_tests_does_spring(website: Repository, trap: Path) -> None:
    website.git("config", "core.fsmonitor", str(trap))
    website.git("status")
    assert sprung(trap)


@pytest.mark.parametrize(
    "key",
    ["core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "core.askPass", "credential.helper",
     "diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.smudge", "filter.evil.clean",
     "filter.evil.process", "gpg.program", "core.alternateRefsCommand", "uploadpack.packObjectsHook", "alias.log"],
)  # fmt: skip
def test_no_program_of_the_repositorys_config_runs(website: Repository, trap: Path, key: str) -> None:
    website.write(".gitattributes", "*.md filter=evil diff=evil\n")
    since = website.git("rev-parse", "HEAD")
    website.git("mv", "_events/one.md", "_events/two.md")
    website.commit()
    website.git("config", key, f"!{trap}" if key.startswith("alias") else str(trap))
    website.git("config", "log.showSignature", "true")
    source, history = website.source(), website.history()
    source.read({}, since)
    history.stand_at(history.commits()[0].id)
    history.read({})
    assert not sprung(trap)


def test_no_signature_is_looked_at(website: Repository, trap: Path) -> None:
    signed = website.git("cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n bad\n -----END PGP SIGNATURE-----\n\n", 1
    )
    commit = website.git("hash-object", "-t", "commit", "-w", "--stdin", feed=f"{signed}\n".encode())
    website.git("update-ref", "refs/heads/main", commit)
    website.git("config", "gpg.program", str(trap))
    website.git("config", "log.showSignature", "true")
    assert paths(website.source().read({})) == ["_events/one.md"]
    assert not sprung(trap)


def test_no_hook_runs(website: Repository, trap: Path) -> None:
    hooks = website.folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / hook).symlink_to(trap)
    website.source().read({})
    assert not sprung(trap)


def test_a_partial_clone_fetches_nothing_while_it_is_read(website: Repository, trap: Path) -> None:
    website.write("_events/two.md")
    website.commit()
    website.git("config", "core.repositoryFormatVersion", "1")
    website.git("config", "extensions.partialClone", "origin")
    for key, value in {"promisor": "true", "url": str(website.folder), "uploadpack": str(trap)}.items():
        website.git("config", f"remote.origin.{key}", value)
    blob = website.git("rev-parse", "HEAD:_events/two.md")
    (website.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    snapshot = website.source().read({})
    assert (paths(snapshot), set(snapshot.unreadable)) == (["_events/one.md"], {"_events/two.md"})
    assert snapshot.problems[0].what == "The repository lacks what is in this file, so it was not read."
    assert not sprung(trap)


def test_what_a_clone_lacks_of_the_past_keeps_nobody_from_reading_the_present(website: Repository) -> None:
    old = website.git("rev-parse", "HEAD:_events/one.md")
    since = website.git("rev-parse", "HEAD")
    website.git("mv", "_events/one.md", "_events/two.md")
    website.write("_events/two.md", "---\ntitle: Two\n---\n")
    website.commit()
    (website.folder / ".git" / "objects" / old[:2] / old[2:]).unlink()
    snapshot = website.source().read({}, since)
    assert (paths(snapshot), snapshot.renames) == (["_events/two.md"], {})
    assert snapshot.documents[0].first_at is None


@pytest.mark.parametrize("attributes", ["*.md text eol=crlf\n", "*.md ident\n", "*.md working-tree-encoding=UTF-16\n"])
def test_attributes_change_no_byte_of_what_was_committed(website: Repository, attributes: str) -> None:
    website.write("_events/one.md", b"$Id$\nunix\nwindows\r\n")
    website.commit()
    website.write(".gitattributes", attributes)
    website.git("add", ".gitattributes")
    website.git("commit", "--quiet", "-m", "Attributes")
    assert website.source().read({}).documents[0].data == b"$Id$\nunix\nwindows\r\n"


def test_a_replaced_object_is_not_shown_in_the_place_of_the_commits_own(website: Repository) -> None:
    other = website.git("hash-object", "-w", "--stdin", feed=b"another text")
    website.git("replace", website.git("rev-parse", "HEAD:_events/one.md"), other)
    assert website.source().read({}).documents[0].data != b"another text"


def test_a_link_is_a_problem_wherever_it_leads(website: Repository) -> None:
    (website.folder / "_events" / "two.md").symlink_to("one.md")
    (website.folder / "_events" / "passwords.md").symlink_to("/etc/passwd")
    (website.folder / "_events" / "2026").symlink_to("../drafts")
    website.write("drafts/three.md")
    website.commit()
    snapshot = website.source().read({})
    assert paths(snapshot) == ["_events/one.md"]
    assert snapshot.unreadable == {"_events/two.md", "_events/passwords.md", "_events/2026"}
    assert {problem.what for problem in snapshot.problems} == {
        "This is a link, and links in a repository are not followed."
    }


def test_a_link_to_a_file_is_no_problem_where_no_document_is_looked_for(website: Repository) -> None:
    (website.folder / "_events" / "latest").symlink_to("one.md")
    (website.folder / "_events" / "odd\nname").symlink_to("one.md")
    website.commit()
    assert website.source().read({}).problems == ()


def test_what_lies_behind_a_link_that_took_a_folders_place_has_not_vanished(website: Repository) -> None:
    website.write("_events/2026/two.md")
    website.commit()
    source = website.source()
    known = {document.path: document for document in source.read({}).documents}
    website.git("mv", "_events/2026", "elsewhere")
    (website.folder / "_events" / "2026").symlink_to("../elsewhere")
    website.commit()
    hidden = {"_events/2026", "_events/2026/two.md"}
    assert source.read(known).unreadable == hidden
    website.write("_events/three.md")
    website.commit()
    assert source.read({}).unreadable == hidden


@pytest.mark.parametrize("target", ["elsewhere", "/srv", "../.."])
def test_a_link_in_the_place_of_the_whole_source_has_hidden_what_was_there(website: Repository, target: str) -> None:
    source = website.source()
    known = {document.path: document for document in source.read({}).documents}
    website.git("mv", "_events", "elsewhere")
    (website.folder / "_events").symlink_to(target)
    website.commit()
    assert source.read(known).unreadable == {"_events", "_events/one.md"}


def test_a_submodule_is_a_problem_and_never_entered(website: Repository) -> None:
    website.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},_events/other")
    website.git("commit", "--quiet", "-m", "Submodule")
    snapshot = website.source().read({})
    (problem,) = snapshot.problems
    assert (problem.path, problem.what) == (
        "_events/other", "This is another repository (a submodule), which is not read.",
    )  # fmt: skip
    assert paths(snapshot) == ["_events/one.md"]


def test_a_pointer_to_a_large_file_is_not_taken_for_the_file(website: Repository) -> None:
    website.write("_events/two.md", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n")
    website.commit()
    snapshot = website.source().read({})
    assert (paths(snapshot), set(snapshot.unreadable)) == (["_events/one.md"], {"_events/two.md"})


def test_a_path_of_thousands_of_folders_stops_nothing(website: Repository) -> None:
    entry = b"100644 blob %s\tone.md\0" % website.git("rev-parse", "HEAD:_events/one.md").encode()
    for _ in range(1_100):
        entry = b"040000 tree %s\t_events\0" % website.git("mktree", "-z", feed=entry).encode()
    tree = website.git("mktree", "-z", feed=entry)
    website.git("update-ref", "refs/heads/main", website.git("commit-tree", "-m", "Deep", tree))
    assert paths(website.source().read({})) == ["_events/" * 1_100 + "one.md"]


@pytest.mark.parametrize(
    "content", ["ref: refs/heads/loop\n", "ref: ../../../../etc/passwd\n", "", "ref: refs/../HEAD\n"]
)
def test_a_branch_that_leads_in_circles_or_out_is_none(website: Repository, content: str) -> None:
    (website.folder / ".git" / "refs" / "heads" / "loop").write_text(content)
    with pytest.raises(UserError, match=r"has no branch loop|can't be read"):
        website.source(branch="loop").read({})


@pytest.mark.parametrize(
    "address", ["ext::sh -c touch% sprung", "http://127.0.0.1:1/x", "git://127.0.0.1:1/x", "fd::3"]
)
def test_other_ways_of_fetching_are_closed(website: Repository, address: str) -> None:
    git = Git(folder=website.folder / ".git", environ=ENVIRON)
    with pytest.raises(GitFailed, match="not allowed"):
        git.run("fetch", "--", address, "main", protocol="https")


def test_git_is_given_nothing_of_the_environment_that_could_lead_it_astray() -> None:
    given = {"PATH": "/bin", "GIT_DIR": "/evil", "GIT_CONFIG_PARAMETERS": "x", "GIT_EXTERNAL_DIFF": "x", "LD_PRELOAD": "x",
             "GIT_CONFIG_GLOBAL": "/evil", "API_KEY": "secret", "GIT_ALLOW_PROTOCOL": "ext"}  # fmt: skip
    passed = environment(given, "https")
    assert not {"GIT_DIR", "GIT_CONFIG_PARAMETERS", "GIT_EXTERNAL_DIFF", "LD_PRELOAD", "API_KEY"} & passed.keys()
    assert (passed["PATH"], passed["GIT_CONFIG_GLOBAL"], passed["GIT_ALLOW_PROTOCOL"]) == ("/bin", "/dev/null", "https")


def test_a_fetch_that_hangs_is_ended_with_all_that_it_started(website: Repository, tmp_path: Path) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(f"#!/bin/sh\necho $$ > {tmp_path / 'pid'}\nexec sleep 600\n")
    ssh.chmod(0o755)
    git = Git(folder=website.folder / ".git", environ={**ENVIRON, "GIT_SSH_COMMAND": str(ssh)})
    started = time.monotonic()
    with pytest.raises(GitTooSlow, match="no answer within 1 seconds"):
        git.run("fetch", "--", "ssh://git.example.org/site", "main", seconds=1, protocol="ssh")
    assert time.monotonic() - started < 20
    while is_running(int((tmp_path / "pid").read_text())):
        assert time.monotonic() - started < 40


@pytest.mark.parametrize(
    ("complaint", "shown"),
    [
        (b"fatal: unable to access 'https://user:hunter2@git.example.org/x?token=hunter2': Could not resolve host\n",
         "unable to access 'https://git.example.org/x': Could not resolve host"),
        (b"remote: \x1b[31mhello\nfatal: Authentication failed for 'https://hunter2@git.example.org/'.\n",
         "Authentication failed for 'https://git.example.org/'"),
        (b"something\nelse\x07 here\n", "else  here"),
        (b"\xff", "�"),
        (b"", "git gave no reason"),
        (b"fatal: " + b"x" * 1_000, "x" * 300),
    ],
)  # fmt: skip
def test_of_gits_complaint_one_clean_line_without_secrets_is_shown(complaint: bytes, shown: str) -> None:
    assert without_secrets(complaint) == shown
