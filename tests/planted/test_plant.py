"""The planting itself; the faults of the real list are tried by `make planted`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.files import ROOT
from tests.planted.faults import FAULTS
from tests.planted.plant import Fault, NotPlanted, plant, run, tried

TESTS = "from one import double\n\n\ndef test_two_is_doubled() -> None:\n    assert double(2) == 4\n"
CAUGHT = Fault(name="doubling adds one", file="one.py", old="2 * n", new="2 * n + 1", tests=("test_one.py",))
MISSED = Fault(name="doubling multiplies by itself", file="one.py", old="2 * n", new="n * n", tests=("test_one.py",))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one function, whose one test can't tell doubling from squaring."""
    (tmp_path / "one.py").write_text("def double(n: int) -> int:\n    return 2 * n\n")
    (tmp_path / "test_one.py").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_place_of_every_fault_is_still_in_the_code(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == 1
    assert fault.new != fault.old
    assert all((ROOT / test.partition("::")[0]).exists() for test in fault.tests)


def test_no_two_faults_have_one_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_planting_changes_the_text_and_gives_back_what_was_there(project: Path) -> None:
    before = (project / "one.py").read_text()
    assert plant(project, CAUGHT) == before
    assert (project / "one.py").read_text() == before.replace("2 * n", "2 * n + 1")


@pytest.mark.parametrize(("text", "times"), [("return n + n\n", 0), ("return 2 * n or 2 * n\n", 2)])
def test_a_fault_whose_place_is_not_there_once_is_an_error(project: Path, text: str, times: int) -> None:
    (project / "one.py").write_text(text)
    with pytest.raises(NotPlanted, match=f"stands there {times} times, not once"):
        plant(project, CAUGHT)
    assert (project / "one.py").read_text() == text


def test_a_fault_that_breaks_the_tests_themselves_is_not_caught_by_them(project: Path) -> None:
    unloadable = Fault(name="a slip", file="one.py", old="2 * n", new="2 * ", tests=("test_one.py",))
    with pytest.raises(NotPlanted, match="ended with 2"):
        tried(project, unloadable)


def test_each_fault_is_tried_alone_and_the_table_says_whether_it_was_caught(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project, [CAUGHT, MISSED]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "doubling adds one              caught by 1 test",
        "doubling multiplies by itself  NOT CAUGHT",
        "2 faults, 1 not caught",
    ]


def test_tests_that_fail_without_a_fault_prove_nothing(project: Path) -> None:
    (project / "test_one.py").write_text(TESTS.replace("4", "5"))
    with pytest.raises(
        NotPlanted, match=r"fail without any fault; mend that first:\ntest_one\.py::test_two_is_doubled"
    ):
        run(project, [CAUGHT])
