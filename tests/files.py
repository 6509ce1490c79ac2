"""The project's own files, for the tests that hold the house."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "notifier"
_OURS = ("notifier", "action", "examples", "tests", "scripts", "docs", "templates", ".ci")
_TEXT = {".py", ".md", ".j2", ".json", ".yaml", ".yml", ".toml", ".txt", ".css", ".conf", ".service", ""}


@cache
def modules(folder: str = "notifier") -> tuple[Path, ...]:
    return tuple(sorted((ROOT / folder).rglob("*.py")))


@cache
def texts() -> tuple[Path, ...]:
    """Every text file that people read, locks and golden files aside."""
    inside = [path for name in _OURS for path in (ROOT / name).rglob("*")]
    beside = [path for path in ROOT.iterdir() if not path.name.startswith(("requirements", ".coverage"))]
    return tuple(sorted(p for p in (*inside, *beside) if p.is_file() and p.suffix in _TEXT and "golden" not in p.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, line: int | None = None) -> str:
    name = path.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"


def listed(found: Iterable[str]) -> str:
    """What a failing test shows: all of it, one a line."""
    return "\n".join(found)
