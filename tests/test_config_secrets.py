"""A secret is read when it is used, from where config.yaml says, and never shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from notifier.config import Secret, load
from notifier.errors import UserError

TEXT = """\
site: {id: example, name: Example, domain: example.org, url: https://www.example.org}
sources: [{name: site, folder: ., events: [{preset: jekyll-events}]}]
secret_key: {WHERE}
"""


def from_environment(folder: Path, **environ: str) -> Secret:
    return loaded(folder, "env: KEY", environ)


def from_file(folder: Path, content: bytes, *, mode: int = 0o600) -> Secret:
    (folder / "key").write_bytes(content)
    (folder / "key").chmod(mode)
    return loaded(folder, "file: key", {})


def loaded(folder: Path, where: str, environ: dict[str, str]) -> Secret:
    (folder / "config.yaml").write_text(TEXT.replace("WHERE", where))
    key = load(folder / "config.yaml", environ).secret_key
    assert key is not None
    return key


def from_service(folder: Path, content: bytes, *, mode: int = 0o400) -> Secret:
    (folder / "given").mkdir()
    (folder / "given" / "key").write_bytes(content)
    (folder / "given" / "key").chmod(mode)
    return loaded(folder, "credential: key", {"CREDENTIALS_DIRECTORY": str(folder / "given")})


def refusal(secret: Secret) -> str:
    with pytest.raises(UserError) as caught:
        secret.read()
    return str(caught.value)


def test_a_secret_comes_from_the_environment_without_white_space(tmp_path: Path) -> None:
    assert from_environment(tmp_path, KEY=" correct-horse\n").read() == "correct-horse"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_comes_from_a_file_that_only_its_owner_reads(tmp_path: Path, mode: int) -> None:
    assert from_file(tmp_path, b"correct-horse\n", mode=mode).read() == "correct-horse"


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440])
def test_a_secret_comes_from_what_the_service_was_given(tmp_path: Path, mode: int) -> None:
    assert from_service(tmp_path, b"correct-horse\n", mode=mode).read() == "correct-horse"


def test_a_key_may_have_several_lines(tmp_path: Path) -> None:
    assert from_file(tmp_path, b"-- key\nabc\r\n-- end\n").read_lines() == "-- key\nabc\r\n-- end"
    assert from_environment(tmp_path, KEY="-- key\nabc").read_lines() == "-- key\nabc"


def test_a_key_is_text_all_the_same(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The file .*/key holds something other than lines of text\."):
        from_file(tmp_path, b"-- key\n\0\n").read_lines()
    with pytest.raises(UserError, match=r"The file .*/another does not exist\."):
        loaded(tmp_path, "file: another", {}).read_lines()


def test_a_secret_is_read_anew_each_time(tmp_path: Path) -> None:
    secret = from_file(tmp_path, b"old")
    (tmp_path / "key").write_bytes(b"new")
    assert secret.read() == "new"


def test_a_secret_shows_where_it_stands_and_never_what_it_is(tmp_path: Path) -> None:
    secret = from_environment(tmp_path, KEY="correct-horse")
    assert repr(secret) == str(secret) == f"{secret}" == "Secret(env='KEY', file=None, credential=None)"
    assert secret.read() not in repr(load(tmp_path / "config.yaml", {"KEY": "correct-horse"}))


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "The environment variable KEY is not set. Set it where notifier is started."),
        ({"KEY": "  "}, "The environment variable KEY is empty. Set it where notifier is started."),
        (
            {"KEY": "a\nb"},
            "The environment variable KEY holds something other than one line of text. Leave only the secret.",
        ),
    ],
    ids=["absent", "empty", "two lines"],
)
def test_a_missing_variable_is_answered_with_its_place(tmp_path: Path, environ: dict[str, str], said: str) -> None:
    assert refusal(from_environment(tmp_path, **environ)) == f"{tmp_path}/config.yaml:3:1: secret_key: {said}"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    said = refusal(from_file(tmp_path, b"correct-horse", mode=mode))
    assert said.endswith(f"The file {tmp_path}/key can be read by other users. Run: chmod 600 {tmp_path}/key")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the superuser's right to read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def absent(folder: Path) -> None:
    (folder / "key").unlink()


def folder_instead(folder: Path) -> None:
    (folder / "key").unlink()
    (folder / "key").mkdir()


def pipe_instead(folder: Path) -> None:
    (folder / "key").unlink()
    os.mkfifo(folder / "key", 0o600)


def loop_instead(folder: Path) -> None:
    (folder / "key").unlink()
    (folder / "key").symlink_to(folder / "key")


def empty(folder: Path) -> None:
    (folder / "key").write_bytes(b" \n")


def binary(folder: Path) -> None:
    (folder / "key").write_bytes(b"\xff\xfecorrect-horse")


def two_lines(folder: Path) -> None:
    (folder / "key").write_bytes(b"correct-horse\nbattery-staple\n")


def huge(folder: Path) -> None:
    (folder / "key").write_bytes(b"x" * 100_000)


REFUSED: dict[Callable[[Path], None], str] = {
    absent: "The file {} does not exist. Write the secret into it.",
    folder_instead: "{} is not a file. Name the file that holds the secret.",
    pipe_instead: "{} is not a file. Name the file that holds the secret.",
    loop_instead: "The file {} can't be read: Too many levels of symbolic links. Check the path.",
    empty: "The file {} is empty. Write the secret into it.",
    binary: "The file {} holds something other than text. Write the secret anew.",
    two_lines: "The file {} holds something other than one line of text. Leave only the secret.",
    huge: "The file {} holds something other than one line of text. Leave only the secret.",
}


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_a_file_without_a_secret_is_answered_with_the_remedy(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    secret = from_file(tmp_path, b"correct-horse")
    spoil(tmp_path)
    said = refusal(secret)
    assert said == f"{tmp_path}/config.yaml:3:1: secret_key: {REFUSED[spoil].format(tmp_path / 'key')}"


def test_what_a_refused_file_holds_travels_with_no_error(tmp_path: Path) -> None:
    secret = from_file(tmp_path, b"\xff\xfecorrect-horse")
    with pytest.raises(UserError) as caught:
        secret.read()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_loading_needs_no_secret_to_be_there(tmp_path: Path) -> None:
    assert loaded(tmp_path, "file: nowhere", {}).file == tmp_path / "nowhere"


def test_a_file_of_somebody_else_is_answered_with_the_remedy(tmp_path: Path) -> None:
    secret = from_file(tmp_path, b"correct-horse", mode=0)
    with as_nobody():
        said = refusal(secret)
    assert said.endswith("may not be read. Make it belong to the user who runs notifier.")


def test_a_credential_outside_of_its_service_is_answered_with_the_remedy(tmp_path: Path) -> None:
    assert refusal(loaded(tmp_path, "credential: key", {})) == (
        f"{tmp_path}/config.yaml:3:1: secret_key: The credential key can't be looked for: CREDENTIALS_DIRECTORY is not set."
        " Start notifier as the service that is given it (docs/running.md)."
    )


def test_a_credential_that_was_not_given_is_named_with_its_place(tmp_path: Path) -> None:
    secret = loaded(tmp_path, "credential: other", {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert refusal(secret).endswith(f"The file {tmp_path}/other does not exist. Write the secret into it.")


@pytest.mark.parametrize("mode", [0o444, 0o420, 0o404, 0o402])
def test_a_credential_that_strangers_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    assert "can be read by other users" in refusal(from_service(tmp_path, b"correct-horse", mode=mode))


@pytest.mark.parametrize("name", ["../key", "..", "a/b", "/etc/passwd", ".", "'s3cr3t horse!'", "k" * 101])
def test_a_credential_leads_out_of_no_folder_and_is_not_repeated(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError) as caught:
        loaded(tmp_path, f"credential: {name}", {})
    assert str(caught.value) == (
        f"{tmp_path}/config.yaml:3:1: secret_key: credential: takes the name of a credential, not the secret."
        " Secrets never stand in the file. Write {env: NAME}, {file: PATH} or {credential: NAME}."
    )
