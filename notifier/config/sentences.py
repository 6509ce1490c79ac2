"""What pydantic found, as sentences for people: the place in the file, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from notifier.config.reference import flow, known_keys, pattern_of, properties, schema_at
from notifier.config.tree import Loc, Tree, shown
from notifier.config.units import closest
from notifier.errors import Problem

_KINDS = {
    "model_type": "must be a section: lines of key: value, indented.",
    "model_attributes_type": "must be a section: lines of key: value, indented.",
    "dict_type": "must be a section of names, each with its own keys, indented.",
    "list_type": "must be a list: [one, two], or one - item per line.",
    "string_type": "must be text.",
    "bool_type": "must be true or false, without quotes.",
    "int_type": "must be a whole number, without quotes.",
    "float_type": "must be a number, without quotes.",
    "too_short": "is empty.",
    "string_too_short": "is empty.",
    # A broken value is no text any more when it gets here; a key still is.
    "string_unicode": "has a key with a broken character.",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "must be at least {}."),
    "less_than_equal": ("le", "must be at most {}."),
    "greater_than": ("gt", "must be more than {}."),
}


def problems_of(error: ValidationError, tree: Tree) -> Iterator[tuple[Loc, Problem]]:
    """Each complaint with the place in the tree that it is about."""
    for entry in error.errors(include_url=False, include_input=False):
        kind, loc, context = entry["type"], entry["loc"], entry.get("ctx", {})
        # pydantic ends the place of a wrong name with a word of its own.
        if loc and loc[-1] == "[key]":
            yield _wrong_name(kind, context, loc[:-1], tree)
            continue
        found, problem = _sentence(kind, context, loc, tree)
        # What YAML made of a value explains best why it doesn't fit; where a key is unknown, nothing else matters.
        yield found, problem if kind == "extra_forbidden" else tree.problems.get(found, problem)


def _wrong_name(kind: str, context: Mapping[str, Any], schema_loc: Loc, tree: Tree) -> tuple[Loc, Problem]:
    loc = _in_file(schema_loc, tree)
    if kind != "literal_error":
        return loc, tree.at_key(loc, context.get("what", "is not a name."), context.get("hint", ""))
    names = [str(name) for name in (schema_at(schema_loc[:-1]) or {}).get("propertyNames", {}).get("enum", [])]
    hint = closest(str(loc[-1]), names) or f"There are: {', '.join(names)}."
    return loc, tree.at_key(loc, "is not a field of an event.", hint)


def _in_file(loc: Loc, tree: Tree) -> Loc:
    """The place as the file has it. In pydantic's count a provider's type is a step: providers, NAME, outbox, folder."""
    if loc[:1] == ("providers",):
        return loc[:2] + loc[3:]
    found: Loc = ()
    for part in loc:
        inside = tree.get(*found)
        # Where one item stands for a list, or a text for a section, the models see more than is written.
        if isinstance(inside, list if isinstance(part, int) else dict):
            found = (*found, part)
    return found


def _sentence(kind: str, context: Mapping[str, Any], schema_loc: Loc, tree: Tree) -> tuple[Loc, Problem]:
    loc = _in_file(schema_loc, tree)
    match kind:
        case "extra_forbidden":
            return loc, tree.at_key(loc, "is not a key here.", _other_key(schema_loc, tree))
        case "missing":
            return loc, _missing(loc, schema_loc, tree)
        case "union_tag_not_found" | "union_tag_invalid":
            loc = (*loc, "type")
            return loc, _choice(loc, tree, ["outbox", "smtp", "mailchimp"])
        case "literal_error":
            return loc, _choice(loc, tree, _choices(schema_loc))
        case "notifier":
            return loc, tree.problem(loc, context["what"], context["hint"])
        case _:
            return loc, tree.problem(loc, *_plain(kind, context, schema_loc, tree))


def _plain(kind: str, context: Mapping[str, Any], schema_loc: Loc, tree: Tree) -> tuple[str, str]:
    loc = _in_file(schema_loc, tree)
    node = tree.nodes.get(loc)
    if node and node.misread and (kind == "string_type" or (kind == "list_type" and _or_text(schema_loc))):
        return node.misread, ""
    if node and node.kind == "scalar" and node.tag == "null":
        return "is empty.", ""
    if kind in _BOUNDS:
        name, text = _BOUNDS[kind]
        return text.format(context[name]), ""
    return _KINDS.get(kind, "is not what belongs here."), ""


def _or_text(schema_loc: Loc) -> bool:
    return "anyOf" in (schema_at(schema_loc) or {})


def _missing(loc: Loc, schema_loc: Loc, tree: Tree) -> Problem:
    example = (schema_at(schema_loc) or {}).get("examples", [None])[0]
    hint = f"Write, for example: {loc[-1]}: {flow(example)}" if example is not None else ""
    return tree.problem(loc, "is empty." if loc in tree.nodes else "is missing.", hint)


def _choice(loc: Loc, tree: Tree, choices: list[str]) -> Problem:
    listed = f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else "".join(choices)
    node = tree.nodes.get(loc)
    if node is None:
        return tree.problem(loc, "is missing.", f"Write {listed}.")
    if tree.get(*loc) is None:
        return tree.problem(loc, "is empty.", f"Write {listed}.")
    if node.kind != "scalar":
        return tree.problem(loc, f"must be {listed}.")
    return tree.problem(loc, f"{shown(node.text)!r} is not {listed}.", closest(node.text, choices))


def _choices(schema_loc: Loc) -> list[str]:
    schema = schema_at(schema_loc) or {}
    found = schema.get("enum") or [schema["const"]] if "const" in schema or "enum" in schema else []
    return [str(choice) for choice in found]


def _other_key(schema_loc: Loc, tree: Tree) -> str:
    name = str(schema_loc[-1])
    siblings = list(properties(schema_at(schema_loc[:-1]) or {}))
    if near := closest(name, siblings):
        return near
    here = pattern_of(_in_file(schema_loc[:-1], tree))
    homes = [key.rpartition(".")[0] for key in known_keys() if key.rpartition(".")[2] == name]
    homes = [home or "the top of the file" for home in homes if home != here]
    if homes and len(homes) <= 2:
        return f"It belongs in {' or '.join(homes)}."
    return f"The keys here: {', '.join(siblings)}."
