"""What may stand in a `git:` section, and what is never repeated of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.config import SourceSettings, load
from notifier.config.repositories import is_branch, way_of
from notifier.errors import UserError

SITE = "site: {id: example, name: Example, domain: example.org, url: https://www.example.org}\n"


def source(folder: Path, git: str, more: str = "") -> SourceSettings:
    (folder / "config.yaml").write_text(
        f"{SITE}sources:\n  - name: site\n    git: {git}\n    events: [{{files: x}}]\n{more}"
    )
    return load(folder / "config.yaml", {"SECRET": "known"}).sources[0]


def told(folder: Path, git: str) -> str:
    with pytest.raises(UserError) as caught:
        source(folder, git)
    return caught.value.message.replace(str(folder / "config.yaml"), "config.yaml")


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("https://git.example.org/site.git", "https"),
        ("ssh://git@git.example.org:2222/site.git", "ssh"),
        ("git@git.example.org:team/site.git", "ssh"),
        ("git.example.org:site.git", "ssh"),
        ("git@git.example.org:/srv/site.git", "ssh"),
        ("file:///srv/git/site.git", "file"),
        ("/srv/git/site.git", "path"),
        ("../site.git", "path"),
        ("http://git.example.org/site.git", None),
        ("git://git.example.org/site.git", None),
        ("ftp://git.example.org/site.git", None),
        ("HTTPS://git.example.org/site.git", None),
        ("https:/git.example.org/site.git", None),
        ("ext::sh -c id", None),
        ("fd::3", None),
        ("-oProxyCommand=id:x", None),
        ("--upload-pack=id", None),
        ("user:password@git.example.org:site.git", None),
    ],
)
def test_only_ways_that_start_no_other_program_are_known(url: str, way: str | None) -> None:
    assert way_of(url) == way


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://user:hunter2@git.example.org/x", "holds a password. Secrets never stand in the file"),
        ("https://hunter2@git.example.org/x", "holds a login. Secrets never stand in the file"),
        ("ssh://user:hunter2@git.example.org/x", "holds a password. Secrets never stand in the file"),
        ("https://git.example.org/x?private_token=hunter2", "has a part behind ? or #"),
        ("user:hunter2@git.example.org:x", "is not an address that notifier fetches from. Write https://"),
        ("http://hunter2@git.example.org/x", "is not an address that notifier fetches from. Write https://"),
        ("ssh://-oProxyCommand=hunter2/x", "is not an address that notifier fetches from. Write https://"),
        ("ssh://-x@git.example.org/hunter2", "is not an address that notifier fetches from. Write https://"),
        ("https:///hunter2", "is not an address that notifier fetches from. Write https://"),
        ("https://[hunter2/x", "is not an address that notifier fetches from. Write https://"),
        ("ext::sh -c hunter2", "is not an address that notifier fetches from. Write https://"),
    ],
)
def test_an_address_that_is_refused_is_not_repeated(tmp_path: Path, url: str, answer: str) -> None:
    message = told(tmp_path, f"{{url: '{url}'}}")
    assert message.startswith(f"config.yaml:4:16: sources.1.git.url: {answer}")
    assert "hunter2" not in message


@pytest.mark.parametrize("url", ["ssh://git@git.example.org/x", "git@git.example.org:x", "https://git.example.org/x"])
def test_an_address_without_a_secret_stays_as_it_is(tmp_path: Path, url: str) -> None:
    git = source(tmp_path, f"{{url: '{url}'}}").git
    assert git is not None
    assert git.url == url


def test_a_path_to_fetch_from_is_relative_to_the_file(tmp_path: Path) -> None:
    git = source(tmp_path, "{url: ../upstream.git}").git
    assert git is not None
    assert git.url == str(tmp_path / ".." / "upstream.git")


def test_a_clone_is_kept_beside_the_ledger(tmp_path: Path) -> None:
    git = source(tmp_path, "{url: /srv/x}", "ledger: {url: 'sqlite:///var/site.db'}\n").git
    assert git is not None
    assert git.clone == tmp_path / "var" / "site-git" / "site.git"


@pytest.mark.parametrize("name", ["main", "release/2026", "ünïcode", "a.b", "1", "feature#3", "@x"])
def test_a_branch_may_have_any_name_that_git_allows(name: str) -> None:
    assert is_branch(name)


@pytest.mark.parametrize(
    "name",
    ["-x", "--upload-pack=id", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "@", "a@{1}", "/a", "a/", "a//b",
     ".a", "a/.b", "a.lock", "a.lock/b", "a.", "", "x" * 201, "a\x7f"],
)  # fmt: skip
def test_what_git_could_take_for_something_else_is_no_branch(name: str) -> None:
    assert not is_branch(name)


def test_a_branch_that_is_none_is_answered_with_its_place(tmp_path: Path) -> None:
    assert told(tmp_path, "{path: x, branch: --all}") == (
        "config.yaml:4:28: sources.1.git.branch: is not the name of a branch. Write, for example: main"
    )


def test_the_secret_of_a_webhook_is_read_when_it_is_needed(tmp_path: Path) -> None:
    git = source(tmp_path, "{url: /srv/x, webhook: {env: SECRET}}").git
    assert git is not None
    assert git.webhook is not None
    assert git.webhook.read() == "known"


def test_the_secret_of_a_webhook_never_stands_in_the_file(tmp_path: Path) -> None:
    message = told(tmp_path, "{url: /srv/x, webhook: hunter2}")
    assert "Secrets never stand in the file. Write {env: NAME}, {file: PATH} or {credential: NAME}." in message
    assert "hunter2" not in message


def test_a_webhook_has_no_place_where_nothing_is_fetched(tmp_path: Path) -> None:
    assert told(tmp_path, "{path: x, webhook: {env: SECRET}}") == (
        "config.yaml:4:20: sources.1.git.webhook: "
        "has no place beside path, from which nothing is fetched: each tick looks there anyway. Delete it."
    )
