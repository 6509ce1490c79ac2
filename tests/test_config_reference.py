"""config.yaml, its manual, its schema and its models name the same keys."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml

from notifier.config import NOT_YET, json_schema, known_keys, load
from notifier.config.field_models import EventField
from notifier.config.manual import manual
from notifier.config.reference import pattern_of
from notifier.config.tree import Loc, read_tree

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "config.yaml"
MARK = "checked, not yet acted on"


def uncommented(text: str) -> str:
    """The file with every key set: a `#` with no space after it hides a key."""
    return re.sub(r"(?m)^( *)#(?=[-\w])", r"\1", text)


def keys_with_comments(text: str) -> list[tuple[Loc, str]]:
    """Each key of the file, set or not, with the comment above it and beside it."""
    rows = uncommented(text).splitlines()
    nodes = read_tree(uncommented(text), "config.yaml").nodes
    return [(loc, comment_of(rows, node.key_line)) for loc, node in nodes.items() if is_ours(loc)]


def comment_of(rows: list[str], line: int) -> str:
    above: list[str] = []
    for row in reversed(rows[: line - 1]):
        if not row.lstrip().startswith("# "):
            break
        above.insert(0, row.strip())
    return " ".join([*above, rows[line - 1].partition("  # ")[2]]).strip()


def is_ours(loc: Loc) -> bool:
    chosen_by_user = len(loc) == 2 and loc[0] in ("providers", "audiences", "rules", "feeds", "webhooks")
    return bool(loc) and isinstance(loc[-1], str) and not chosen_by_user and not pattern_of(loc).endswith(".NAME")


def shared(patterns: set[str]) -> set[str]:
    """A section that stands in several places is explained in one of them."""
    onlys = {re.sub(r"^.*\.only\.", "…only.", pattern) for pattern in patterns}
    return {
        re.sub(r"^.*(api_key|key|password|secret_key|webhook|secret|token|url|dsn)\.", "…secret.", pattern)
        for pattern in onlys
    }


def in_step(path: Path, expected: str, request: pytest.FixtureRequest) -> str:
    if request.config.getoption("update_snapshots"):
        path.write_text(expected, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_every_key_stands_in_config_yaml_and_every_key_there_exists() -> None:
    written = {pattern_of(loc) for loc, _ in keys_with_comments(CONFIG.read_text())}
    assert shared(written) == shared(set(known_keys()))


def test_every_key_in_config_yaml_has_its_comment() -> None:
    commented = {pattern_of(loc) for loc, comment in keys_with_comments(CONFIG.read_text()) if comment}
    assert shared(set(known_keys())) - shared(commented) == set()


def test_every_field_of_an_event_is_named_in_config_yaml() -> None:
    comment = next(text for loc, text in keys_with_comments(CONFIG.read_text()) if loc[-1] == "fields")
    assert [field for field in get_args(EventField) if not re.search(rf"\b{field}\b", comment)] == []


def test_config_yaml_says_not_yet_where_the_program_does() -> None:
    tree = read_tree(uncommented(CONFIG.read_text()), "config.yaml")
    marked = {
        pattern if pattern in NOT_YET else f"{pattern}={str(tree.get(*loc)).lower()}"
        for loc, comment in keys_with_comments(CONFIG.read_text())
        if MARK in comment and (pattern := pattern_of(loc))
    }
    assert marked == set(NOT_YET)


def test_the_shipped_config_loads_without_a_warning() -> None:
    assert load(CONFIG, {}).not_yet == ()


def test_with_every_key_set_it_loads_and_warns_of_all_that_is_not_acted_on(tmp_path: Path) -> None:
    # Workers share a ledger, and that is none in a file.
    whole = uncommented(CONFIG.read_text()).replace("sqlite:///notifier.db", "postgresql://db.example.org/notifier")
    (tmp_path / "config.yaml").write_text(whole)
    warned = {problem.what for problem in load(tmp_path / "config.yaml", {}).not_yet}
    assert warned == set(NOT_YET.values())


def test_what_it_shows_for_a_key_that_is_not_set_is_the_default() -> None:
    bare = yaml.safe_load(uncommented(CONFIG.read_text()))
    shown = {"sending.settle.change": bare["sending"]["settle"]["change"], "sending.undo": bare["sending"]["undo"]}
    shown |= {"sending.per_day": str(bare["sending"]["per_day"])}
    assert shown == {key: known_keys()[key].default for key in shown}


def test_the_manual_lists_the_keys_as_the_models_have_them(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "configuration.md"
    before, begin, rest = page.read_text().partition("tests/test_config_reference.py -->\n")
    expected = before + begin + manual() + "\n<!-- end of keys -->" + rest.rpartition("<!-- end of keys -->")[2]
    assert in_step(page, expected, request) == expected


def test_every_key_of_the_manual_exists_and_every_key_is_in_it() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert set(re.findall(r"^\| `([a-z_\[\].NAME]+)` \| .* \| .+ \|$", page, re.MULTILINE)) == set(known_keys())


def test_every_key_has_a_meaning() -> None:
    assert [key.pattern for key in known_keys().values() if not key.meaning.endswith((".", "…"))] == []


def test_the_schema_for_editors_is_the_models_own(request: pytest.FixtureRequest) -> None:
    expected = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert in_step(ROOT / "docs" / "config.schema.json", expected, request) == expected


def test_config_yaml_names_the_schema_for_editors_first() -> None:
    assert CONFIG.read_text().startswith("# yaml-language-server: $schema=docs/config.schema.json\n")


def complaints(config: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(json_schema()).iter_errors(config)]


@pytest.mark.parametrize("text", [CONFIG.read_text(), uncommented(CONFIG.read_text())], ids=["shipped", "uncommented"])
def test_the_schema_takes_config_yaml(text: str) -> None:
    assert complaints(yaml.safe_load(text)) == []


def test_the_schema_refuses_an_unknown_key_and_a_secret_in_the_file() -> None:
    config = yaml.safe_load(CONFIG.read_text()) | {"tik": "30s", "secret_key": "correct-horse"}
    assert len(complaints(config)) == 2


def test_the_schema_is_a_schema() -> None:
    meta = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
    assert [error.message for error in meta.iter_errors(json_schema())] == []
