"""What no linter holds: the sizes, where the program speaks of, and that every exception gives its reason."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ALLOWED_SKIP, refused_skips
from tests.files import listed, modules, place, texts, tree
from tests.soak import fixed_tenth

Function = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
_SUPPRESSION = re.compile(
    r"(?P<words>noqa|type: ignore|nosec|pragma: no cover)(?P<rules>: ?[A-Z0-9, ]+|\[[a-z, -]+\])?"
)
_WORKPLACE = re.compile(r"(?<![\w.])/work/|/tmp/[a-z]/|\bissue #?\d|\bpull request #\d|\bfixes #\d", re.IGNORECASE)
_LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_too_long_to_hold_in_the_head() -> None:
    sizes = {
        place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in (*modules(), *modules("action"))
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_no_function_is_too_long_to_hold_in_the_head() -> None:
    sizes = {place(path, f.lineno): length(f) for path in (*modules(), *modules("action")) for f in functions(path)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def test_the_project_speaks_of_itself_alone() -> None:
    assert found(_WORKPLACE) == [], listed(found(_WORKPLACE))


def test_nothing_is_left_for_later_in_a_comment() -> None:
    assert found(_LATER) == [], listed(found(_LATER))


def found(pattern: re.Pattern[str]) -> list[str]:
    others = [path for path in texts() if path != Path(__file__)]
    lines = [(path, number, line) for path in others for number, line in enumerate(read(path).splitlines(), 1)]
    return [f"{place(path, number)} {line.strip()}" for path, number, line in lines if pattern.search(line)]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("folder", ["notifier", "action", "tests"])
def test_every_suppressed_rule_is_named_and_has_its_reason_beside_it(folder: str) -> None:
    bare = [place(path, line) for path in modules(folder) for line, comment in comments(path) if is_bare(comment)]
    assert bare == [], listed(bare)


def comments(path: Path) -> Iterator[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(read(path)).readline)
    return ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)


def is_bare(comment: str) -> bool:
    """Whether a comment suppresses something without naming the rule and giving a reason in words."""
    suppressions = list(_SUPPRESSION.finditer(comment))
    words = _SUPPRESSION.sub("", comment).strip("# -:")
    return bool(suppressions) and (not words or any(not s["rules"] for s in suppressions))


@pytest.mark.parametrize(
    ("comment", "bare"),
    [
        ("# noqa: A002 - the base class's word", False),
        ("# type: ignore[arg-type]  # wrong on purpose", False),
        ("# noqa: A002", True),
        ("# noqa - for a reason", True),
        ("# type: ignore[arg-type]", True),
        ("# why this is so", False),
    ],
)
def test_a_bare_suppression_is_told_from_a_reasoned_one(comment: str, bare: bool) -> None:
    assert is_bare(comment) is bare


def test_no_test_replaces_a_part_of_the_program() -> None:
    assert found_calls("setattr", on="monkeypatch") == []


def found_calls(name: str, *, on: str) -> list[str]:
    calls = [(path, node) for path in modules("tests") for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    return [place(path, call.lineno) for path, call in calls if ast.unparse(call.func) == f"{on}.{name}"]


def test_every_test_can_fail() -> None:
    # A measurement is made to be read: a number that fails on a busy machine says nothing.
    tested = [path for path in modules("tests") if "bench" not in path.parts]
    tests = [(p, f) for p in tested for f in functions(p) if f.name.startswith("test_")]
    idle = [place(path, test.lineno) for path, test in tests if not claims_something(test)]
    assert idle == [], listed(idle)


def claims_something(test: Function) -> bool:
    """An assert of its own, an expected exception, or a call of a function whose name says that it asserts."""
    source = ast.unparse(test)
    return bool(re.search(r"\bassert\b|\bassert_|pytest\.raises|\bfailure\(", source))


def test_a_fixed_tenth_is_a_tenth_in_order_and_always_the_same() -> None:
    chosen = fixed_tenth(range(95))
    assert chosen == fixed_tenth(range(95)) == sorted(chosen)
    assert len(chosen) == 10
    assert fixed_tenth(["only"]) == ["only"]


def test_ci_accepts_no_skip_but_the_absent_corpus() -> None:
    def skipped(reason: str) -> pytest.TestReport:
        where = ("tests/test_x.py", 1, f"Skipped: {reason}")
        return pytest.TestReport("test_x", ("", 0, ""), {}, "skipped", where, "call")

    reports = [skipped(ALLOWED_SKIP), skipped("chromium is not installed")]
    assert refused_skips(reports) == ["test_x: chromium is not installed"]
