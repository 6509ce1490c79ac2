"""Every key of config.yaml as the models describe it: for the manual, for editors, and for suggestions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from notifier.config.models import Config
from notifier.config.tree import Loc

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key. In `pattern` NAME stands for any name and [] for the items of a list: `rules.NAME.when.before`."""

    pattern: str
    meaning: str
    default: str
    required: bool


class _ForEditors(GenerateJsonSchema):
    """Says what may be written: nothing, rather than null; 2h, rather than PT2H."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default", "") is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def encode_default(self, dft: Any) -> Any:
        match dft:
            case timedelta():
                return duration_text(dft)
            case time():
                return f"{dft:%H:%M}"
            case _:
                return super().encode_default(dft)

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value  # the models' own order: what belongs together stands together

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def duration_text(length: timedelta) -> str:
    """A duration as config.yaml writes it, in the largest unit that fits."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def pattern_of(loc: Loc) -> str:
    """`rules.NAME.when.before`: a place with NAME for the user's names and [] for the items of lists."""
    parts = [name for depth, part in enumerate(loc) if (name := _in_pattern(loc, depth, part)) is not None]
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")


def _in_pattern(loc: Loc, depth: int, part: str | int) -> str | int | None:
    if loc[0] in ("providers", "audiences", "rules", "feeds", "webhooks"):
        return "NAME" if depth == 1 else part
    if loc[0] != "sources" or depth < 5 or loc[4] not in ("fields", "only"):
        return part
    # One way to a value and a list of them have the same keys.
    if isinstance(part, int):
        return None
    return "NAME" if depth == 5 or loc[depth - 1] == "table" else part


def flow(value: Any) -> str:
    """A value as one would write it on one line of config.yaml."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(flow(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{key}: {flow(item)}' for key, item in value.items())}}}"
        case str() if re.search(r"^[\d\W]+:|[*{]|, ", value):
            return f'"{value}"'
        case _:
            return str(value)


@cache
def _generated() -> str:
    return json.dumps(Config.model_json_schema(schema_generator=_ForEditors))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of config.yaml, for editors. What needs more than one key at a time it can't say."""
    generated: dict[str, Any] = json.loads(_generated())
    return (
        {"$schema": "https://json-schema.org/draft/2020-12/schema"} | generated | {"title": "config.yaml of notifier"}
    )


@cache
def _root() -> Schema:
    return json_schema()


def schema_at(loc: Loc) -> Schema | None:
    """What may stand at a place (as pydantic counts: a provider's type is a step of its own); None for nothing."""
    node: Any = _root()
    for part in loc:
        node = _step(_resolved(node), part)
        if not isinstance(node, dict):
            return None
    return _resolved(node)


def _resolved(node: Schema) -> Schema:
    reference = node.get("$ref")
    if reference is None:
        return node
    target: Schema = _root()["$defs"][str(reference).rpartition("/")[2]]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _step(node: Schema, part: str | int) -> Any:
    if isinstance(part, int):
        return node.get("items") or next((other["items"] for other in node.get("anyOf", []) if "items" in other), None)
    if "discriminator" in node:
        reference = node["discriminator"]["mapping"].get(part)
        return {"$ref": reference} if reference else None
    return properties(node).get(part) or _any_name(node)


def properties(node: Schema) -> Schema:
    """The keys of a section, also where a text or a list may stand instead of it."""
    found: Schema = node.get("properties") or {}
    sections = (_resolved(other).get("properties") for other in node.get("anyOf", []))
    return found or next((section for section in sections if section), {})


def _any_name(node: Schema) -> Any:
    """What stands under names that the user chooses."""
    return next(iter(node.get("patternProperties", {}).values()), None) or node.get("additionalProperties")


@cache
def known_keys() -> Mapping[str, Key]:
    """Every key by its pattern, in the order of the models."""
    keys: dict[str, Key] = {}
    for key in _keys(_root(), ""):
        keys.setdefault(key.pattern, key)
    return keys


def _keys(node: Schema, prefix: str) -> Iterator[Key]:
    node = _resolved(node)
    for name, inner in node.get("properties", {}).items():
        pattern = f"{prefix}.{name}".lstrip(".")
        found = _resolved(inner)
        yield Key(
            pattern=pattern,
            meaning=str(found.get("description", "")),
            default=_default_text(found),
            required=name in node.get("required", ()),
        )
        yield from _keys(found, pattern)
    for variant in node.get("discriminator", {}).get("mapping", {}).values():
        yield from _keys({"$ref": variant}, prefix)
    if isinstance(more := _any_name(node), dict):
        yield from _keys(more, f"{prefix}.NAME")
    if isinstance(items := node.get("items"), dict):
        yield from _keys(items, f"{prefix}[]")
    for other in node.get("anyOf", []):
        if "properties" in _resolved(other):
            yield from _keys(other, prefix)


def _default_text(node: Schema) -> str:
    default = node.get("default")
    return "" if default in (None, "", [], {}) else flow(default)
