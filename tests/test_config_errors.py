"""Everything that can be wrong with config.yaml, and what is said about it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notifier.config import known_keys, load
from notifier.errors import UserError
from tests.strategies import any_text
from tests.test_config_secrets import as_nobody

GOLDEN = Path(__file__).parent / "golden" / "config"
CASES = sorted(path.stem for path in GOLDEN.glob("*.yaml"))
SHIPPED = (Path(__file__).parents[1] / "config.yaml").read_text()


def answer_to(path: Path) -> str:
    try:
        return "".join(f"{problem}\n" for problem in load(path, {}).not_yet)
    except UserError as error:
        return f"{error}\n"


@pytest.fixture
def in_golden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("config") / "config.yaml"


@pytest.mark.usefixtures("in_golden")
@pytest.mark.parametrize("case", CASES)
def test_every_mistake_is_answered_with_its_place_and_its_remedy(case: str, request: pytest.FixtureRequest) -> None:
    answer = answer_to(Path(f"{case}.yaml"))
    if request.config.getoption("update_snapshots"):
        Path(f"{case}.out").write_text(answer, encoding="utf-8")
    assert answer == Path(f"{case}.out").read_text(encoding="utf-8")


@pytest.mark.usefixtures("in_golden")
def test_mistakes_come_in_the_order_of_the_lines() -> None:
    with pytest.raises(UserError) as caught:
        load(Path("a_first_try.yaml"), {})
    lines = [problem.line or 0 for problem in caught.value.problems]
    assert len(lines) == 21
    assert lines == sorted(lines)


@pytest.mark.usefixtures("in_golden")
@pytest.mark.parametrize("case", CASES)
def test_no_answer_names_a_class_or_repeats_a_library(case: str) -> None:
    foreign = r"pydantic|yaml\.|Extra inputs|Input should|PydanticCustom|object at 0x|not what belongs"
    assert re.findall(foreign, answer_to(Path(f"{case}.yaml")).replace(f"{case}.yaml", "")) == []


@pytest.mark.usefixtures("in_golden")
def test_a_secret_in_the_file_is_never_repeated() -> None:
    answer = answer_to(Path("secrets.yaml")) + answer_to(Path("a_first_try.yaml")) + answer_to(Path("sources.yaml"))
    assert re.findall("0123456789|123456789|correct-horse|user:password", answer) == []


def missing(folder: Path) -> Path:
    return folder / "config.yaml"


def a_folder(folder: Path) -> Path:
    return folder


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "config.yaml"


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def a_loop(folder: Path) -> Path:
    (folder / "loop").symlink_to(folder / "loop")
    return folder / "loop"


def not_text(folder: Path) -> Path:
    (folder / "config.yaml").write_bytes(b"site:\n  name: caf\xe9\n")
    return folder / "config.yaml"


def from_another_machine(folder: Path) -> Path:
    (folder / "config.yaml").write_bytes("site:\n".encode("utf-16"))
    return folder / "config.yaml"


def too_large(folder: Path) -> Path:
    (folder / "config.yaml").write_bytes(b"# a long comment\n" * 60_000)
    return folder / "config.yaml"


def a_bomb(folder: Path) -> Path:
    (folder / "config.yaml").write_text("site: [" + "a," * 30_000 + "]")
    return folder / "config.yaml"


def below_a_question_mark(folder: Path) -> Path:
    (folder / "what?").mkdir()
    (folder / "what?" / "config.yaml").write_text(SHIPPED)
    return folder / "what?" / "config.yaml"


UNREADABLE = {
    missing: "{}: There is no such file. Make a complete one with: notifier init DIR",
    a_folder: "{}: This is a folder, not a file. Name the file in it, for example with --config DIR/config.yaml.",
    below_a_file: "{}: A part of this path is a file, not a folder. Check the path.",
    a_pipe: "{}: The file can't be read: it is not a plain file. Check the path.",
    a_loop: "{}: The file can't be read: Too many levels of symbolic links. Check the path.",
    not_text: "{}:2: The file is not UTF-8 text. Save it in the encoding UTF-8.",
    from_another_machine: "{}:1: The file is not UTF-8 text. Save it in the encoding UTF-8.",
    too_large: "{}: The file is larger than 1 MB. A configuration is some kilobytes. "
    "Make a complete one with: notifier init DIR",
    a_bomb: "{}:1:40004: The file holds more than 20000 values. Something must have been pasted in.",
    below_a_question_mark: "{}: The folder {parent} has a ? in its name. "
    "Rename it: the address of the ledger can't hold one.",
}


@pytest.mark.parametrize("make", UNREADABLE, ids=lambda make: make.__name__)
def test_a_file_that_cannot_be_read_is_answered_in_one_sentence(make: Any, tmp_path: Path) -> None:
    path = make(tmp_path)
    with pytest.raises(UserError) as caught:
        load(path, {})
    assert str(caught.value) == UNREADABLE[make].format(path, parent=path.parent)


def test_a_path_that_is_none_is_answered_too() -> None:
    with pytest.raises(UserError, match=r"The file can't be read: this is no path\. Check the path\."):
        load(Path("config\0.yaml"), {})


def test_a_file_of_somebody_else_is_answered_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(SHIPPED)
    (tmp_path / "config.yaml").chmod(0)
    with as_nobody():
        answer = answer_to(tmp_path / "config.yaml")
    assert answer.endswith("The file may not be read. Let the user who runs notifier read it.\n")


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(SHIPPED, encoding="utf-8-sig")
    assert load(tmp_path / "config.yaml", {}).rules.site.id == "example"


def test_windows_line_ends_keep_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes((SHIPPED + "tik: 30s\n").replace("\n", "\r\n").encode())
    assert answer_to(path).startswith(f"{path}:{SHIPPED.count(chr(10)) + 1}:1: tik: is not a key here.")


words = sorted({part for key in known_keys() for part in re.split(r"\W+", key) if part})
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), any_text, st.sampled_from(words),
    st.sampled_from(["1d", "10:00", "outbox", "newsletter", "reminder", "mailchimp", "sqlite:///x", "https://example.org"]),
)  # fmt: skip
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(words) | any_text, inner, max_size=6),
    max_leaves=40,
)


def strays(path: Path, text: str) -> list[str]:
    """Lines of the answer that are not one clean line with its place; any other exception fails the test."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    lines = answer_to(path).removesuffix("\n").split("\n")
    return [line for line in lines if line and not (line.startswith(f"{path}:") and line.isprintable())]


@given(text=any_text)
def test_any_text_is_read_or_answered(scratch: Path, text: str) -> None:
    assert strays(scratch, text) == []


@given(text=st.text(st.sampled_from("absite:-[]{}&*!|>'\"%@`#,?\t\n 0123:~<=.\\"), max_size=80))
def test_any_jumble_of_yaml_signs_is_read_or_answered(scratch: Path, text: str) -> None:
    assert strays(scratch, text) == []


@given(value=st.dictionaries(st.sampled_from([key for key in known_keys() if key.isidentifier()]), values))
def test_any_values_under_our_keys_are_read_or_answered(scratch: Path, value: Any) -> None:
    assert strays(scratch, yaml.safe_dump(value, allow_unicode=True)) == []


@given(place=st.integers(0, len(SHIPPED)), cut=st.integers(0, 30), text=any_text)
def test_any_slip_in_the_shipped_file_is_read_or_answered(scratch: Path, place: int, cut: int, text: str) -> None:
    assert strays(scratch, SHIPPED[:place] + text + SHIPPED[place + cut :]) == []


@given(section=st.sampled_from(sorted(yaml.safe_load(SHIPPED))), value=values)
def test_any_value_in_place_of_a_section_is_read_or_answered(scratch: Path, section: str, value: Any) -> None:
    assert strays(scratch, yaml.safe_dump(yaml.safe_load(SHIPPED) | {section: value})) == []
