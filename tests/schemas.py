"""The JSON Schemas of docs/schemas, for every test that looks at an output."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.files import ROOT

FOLDER = ROOT / "docs" / "schemas"


@cache
def schema(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def schema_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def _validator(name: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry()
    for other in schema_names():
        registry = Resource.from_contents(schema(other)) @ registry
    return Draft202012Validator(schema(name), registry=registry)


def complaints(name: str, value: object) -> list[str]:
    """What the schema of this name says against a value, `place: what` each; empty when nothing."""
    # Through JSON and back: what is checked is what is printed.
    printed = json.loads(json.dumps(value))
    return [f"{error.json_path}: {error.message}" for error in _validator(name).iter_errors(printed)]


def undocumented(name: str, value: dict[str, Any]) -> set[str]:
    """Fields that are printed and that the schema doesn't know."""
    return set(value) - set(schema(name)["properties"])
