"""Requests and replies against Mailchimp's own OpenAPI description, with the five repairs that a strict check needs.

The description is not part of the project. Where it isn't there, `state` says so and nothing is checked.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

SPECIFICATION = Path(__file__).resolve().parents[3] / "shared" / "specs" / "mailchimp-marketing-openapi.json"
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """A moment; the empty one of a reply is let through by `repaired`."""
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


def repaired(schema: Any, *, request: bool) -> Any:
    """The schema as a strict check can use it: its five repairs, in place, and the same again.

    1. `default: false` on texts goes. 2. Objects of a request that list their properties have no others, else a
    misspelt `settings.subject` passes. 3. Discriminators without a mapping go. 4. A POST may have no body (see
    `Contract.request`). 5. A moment in a reply may be empty.
    """
    if isinstance(schema, list):
        return [repaired(one, request=request) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "string" and schema.get("default") is False:
        del schema["default"]
    if request and isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)
    if isinstance(schema.get("discriminator"), dict):
        del schema["discriminator"]
    if not request and schema.get("format") == "date-time":
        return {"anyOf": [schema, {"const": ""}]}
    return {name: repaired(value, request=request) for name, value in schema.items()}


def loosened(schema: Any) -> Any:
    """Without `required`: what `fields` leaves of a reply is a part of it."""
    if isinstance(schema, list):
        return [loosened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: loosened(value) for name, value in schema.items() if not (name == "required" and isinstance(value, list))
    }


class Contract:
    """What the description says against an exchange, `place: what` each."""

    def __init__(self, path: Path = SPECIFICATION) -> None:
        self.strict = True
        self.paths: Mapping[str, Any] = {}
        self.bodies: Mapping[str, Any] = {}
        if not path.is_file():
            self.state = f"not checked: Mailchimp's description isn't at {path}."
            return
        whole = json.loads(path.read_text(encoding="utf-8"))
        self.paths, self.bodies = whole["paths"], whole["components"]["requestBodies"]
        self.state = f"checked against Mailchimp's description {whole['info']['version']}."
        self.remember()

    def unrepaired(self) -> Contract:
        """The same description as it is written."""
        other = copy.copy(self)
        other.strict = False
        if other.is_checking:
            other.remember()
        return other

    def remember(self) -> None:
        """Validators and what they said are kept: the same campaign is read again and again."""
        self._validator = cache(self._made)
        self._said = lru_cache(2_000)(self._complain)

    @property
    def is_checking(self) -> bool:
        return bool(self.paths)

    def knows(self, method: str, path: str) -> bool:
        return method.lower() in self.paths.get(path, {})

    def matched(self, path: str) -> str | None:
        """The path as the description writes it."""
        return next((one for one in self.paths if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", one), path)), None)

    def request(self, method: str, path: str, *, query: Mapping[str, str], body: Any) -> list[str]:
        """`path` as the description writes it. `body` is None for none and for `null`."""
        if not self.is_checking:
            return []
        if not self.knows(method, path):
            return [f"{method} {path}: is not in the description."]
        found = [f"query.{name}: {wrong}" for name, wrong in self._query(method, path, query)]
        schema = self._body(method, path)
        if schema is None:
            return found if body is None else [*found, "body: there should be none."]
        if body is None:
            return [*found, "body: there should be one."]
        return [*found, *self._complaints(("request", method, path), body, of="body")]

    def reply(self, method: str, path: str | None, *, status: int, document: Any, is_part: bool = False) -> list[str]:
        """`path` is None where the path is none of Mailchimp's: only the form of the error is looked at then."""
        if not self.is_checking:
            return []
        if path is None or not self.knows(method, path):
            method, path = "GET", "/ping"
        documented = self.paths[path][method.lower()]["responses"]
        if status < 400 and str(status) not in documented:
            return [f"status: {status} is none of {', '.join(sorted(documented))}."]
        if status == 204:
            return [] if document is None else ["reply: 204 has no body."]
        name = str(status) if str(status) in documented else "default"
        sort = "part" if is_part and status < 400 else "whole"
        return self._complaints((sort, method, path, name), document, of="reply")

    def _query(self, method: str, path: str, query: Mapping[str, str]) -> list[tuple[str, str]]:
        known = {one["name"]: one for one in self._parameters(method, path) if one["in"] == "query"}
        missing = [(name, "is missing.") for name, one in known.items() if one.get("required") and name not in query]
        unknown = [(name, "is no parameter of this path.") for name in query if name not in known]
        wrong = [
            (name, says)
            for name, text in query.items()
            if name in known
            for says in _wrong(text, known[name]["schema"])
        ]
        return [*missing, *unknown, *wrong]

    def _parameters(self, method: str, path: str) -> list[dict[str, Any]]:
        item = self.paths[path]
        return [*item.get("parameters", []), *item[method.lower()].get("parameters", [])]

    def _body(self, method: str, path: str) -> Any:
        body = self.paths[path][method.lower()].get("requestBody")
        if body and "$ref" in body:
            body = self.bodies[body["$ref"].rpartition("/")[2]]
        return body["content"]["application/json"]["schema"] if body else None

    def _complaints(self, key: tuple[str, ...], value: Any, *, of: str) -> list[str]:
        return [f"{of}{what}" for what in self._said(key, json.dumps(value))]

    def _complain(self, key: tuple[str, ...], written: str) -> tuple[str, ...]:
        errors = self._validator(key).iter_errors(json.loads(written))
        return tuple(f"{error.json_path[1:]}: {error.message[:300]}" for error in errors)

    def _made(self, key: tuple[str, ...]) -> Draft202012Validator:
        sort, method, path, *rest = key
        if sort == "request":
            schema = self._body(method, path)
        else:
            content = self.paths[path][method.lower()]["responses"][rest[0]]["content"]
            schema = content.get("application/problem+json" if rest[0] == "default" else "application/json")["schema"]
        schema = copy.deepcopy(schema)
        schema = repaired(schema, request=sort == "request") if self.strict else schema
        return Draft202012Validator(loosened(schema) if sort == "part" else schema, format_checker=_FORMATS)


def _wrong(text: str, schema: Mapping[str, Any]) -> list[str]:
    """What a parameter's text is not. Texts of arrays are lists with commas between."""
    value: Any = text
    if schema.get("type") == "integer":
        if not text.lstrip("-").isdigit():
            return [f"{text!r} is no whole number."]
        value = int(text)
    elif schema.get("type") == "boolean":
        return [] if text in {"true", "false"} else [f"{text!r} is neither true nor false."]
    elif schema.get("type") == "array":
        value = text.split(",")
    return [error.message for error in Draft202012Validator(dict(schema), format_checker=_FORMATS).iter_errors(value)]
