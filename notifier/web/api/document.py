"""The OpenAPI 3.1 document, written from the table of endpoints and from the schemas that other outputs have too."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from notifier import __version__
from notifier.edges.shipped import shipped
from notifier.web.api.endpoints import ROOT, Endpoint
from notifier.web.api.fields import Field

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MANY_PEOPLE: Schema = {
    "type": ["integer", "null"], "description": "How many people it reaches; null where nobody can say, 0 for a folder.",
}  # fmt: skip
_MARK: Schema = {"type": "string", "description": "Stands for exactly what is shown; send it back as `seen`."}
_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{12}$", "description": "What addresses call it by."}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _maybe(of: Schema) -> Schema:
    return {"oneOf": [of, {"type": "null"}]}


def _shape(**parts: Schema) -> Schema:
    return {"type": "object", "required": list(parts), "properties": parts}


_PREVIEW = {
    "delivery": _ref("delivery"),
    "sample": {"type": "boolean", "description": "Nothing asks for it now: only its looks are shown."},
    "message": _shape(subject=_TEXT, preheader=_TEXT, text=_TEXT, html=_TEXT, until={"type": ["string", "null"]}),
    "problems": _list(_ref("problem")),
}
_PAUSE = {
    "paused": {**_maybe(_ref("decision")), "description": "Who stopped everything; null while nothing is stopped."},
    "mark": {"type": ["string", "null"], "description": "Stands for this pause; send it back as `seen` to end it."},
}
_ACTS = _shape(delivery=_ref("delivery"), people=_MANY_PEOPLE, questions=_list(_ref("reason")), mark=_MARK)
#: What only the API answers.
_OWN: dict[str, Schema] = {
    "event_found": _shape(event=_ref("event"), problems=_list(_ref("problem")), why=_ref("why")),
    "deliveries": _shape(
        deliveries=_list(_ref("delivery")),
        next={**_maybe(_ID), "description": "What to send as `after` for the rest; null where there is none."},
    ),
    "delivery_found": _shape(
        id=_ID, delivery=_ref("delivery"), decisions=_list(_ref("decision")),
        reach={"type": ["object", "null"], "description": "What became of it in numbers, where somebody counts."},
    ),
    "decided": {"oneOf": [_ref("looked_at"), _ref("delivery_found")]},
    "looked_at": {**_ACTS, "description": "Nothing was decided: this is what it would be about."},
    "preview": _shape(**_PREVIEW),
    "sending": {
        **_shape(
            **_PREVIEW, people=_MANY_PEOPLE, mark=_MARK, questions=_list(_ref("reason")),
            needs_another={"type": "boolean", "description": "Somebody else has to approve it."},
            others={**_list(_ref("delivery")), "description": "What else they get that day."},
            is_paused={"type": "boolean", "description": "Nothing goes out until somebody resumes."},
        ),
        "description": "Nothing was sent: this is what would be.",
    },
    "tried": {
        **_shape(
            audience=_TEXT, address=_TEXT,
            left={"type": ["string", "null"], "description": "What it has left at the provider for a person to clear away."},
        ),
        "description": "The test was given away.",
    },
    "annotated": {"oneOf": [_ref("with_note"), _ref("delivery_found")]},
    "with_note": {
        **_shape(
            **_PREVIEW, people=_MANY_PEOPLE, mark=_MARK, text={"type": "string", "description": "The note, in Markdown."},
            before={**_maybe(_ref("decision")), "description": "Who wrote the note that it has."},
        ),
        "description": "Nothing was recorded: this is how it would go out.",
    },
    "pause": _shape(**_PAUSE),
    "resumption": _shape(
        **_PAUSE,
        due={**_list(_ref("delivery")), "description": "What goes out at the next tick once everything goes on."},
        missed={**_list(_ref("delivery")), "description": "What lost its use meanwhile."},
    ),
    "send_found": _shape(
        id=_ID, decision=_maybe(_ref("decision")), delivery=_maybe(_ref("delivery")),
        send=_shape(
            key=_TEXT, audience=_TEXT, events=_list(_TEXT), subject=_TEXT, note=_TEXT, asked_by=_TEXT, asked_at=_TEXT,
            due_at=_TEXT, people=_MANY_PEOPLE,
        ),
    ),
    "refusal": {
        **_shape(type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT),
        "description": "A problem as RFC 9457 has it. `problems` has one entry for each thing that is wrong.",
    },
}  # fmt: skip
_OWN["refusal"]["properties"] |= {
    "problems": _list(_shape(field=_TEXT, what=_TEXT, hint=_TEXT)),
    "mark": _MARK,
    "questions": _list(_ref("reason")),
}
#: What may be refused everywhere.
_ALWAYS = (401, 403, 422, 429)


def as_json(endpoints: Sequence[Endpoint]) -> bytes:
    """The document, as it is served."""
    return json.dumps(document(endpoints)).encode()


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        paths.setdefault(f"{ROOT}{one.path}", {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "notifier", "version": __version__, "description": "Events, what is planned and was sent, and sends by hand."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "An API token."}},
            "schemas": {**_shared(), **_OWN},
        },
    }  # fmt: skip


def _operation(one: Endpoint) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": _parameters(one),
        "responses": {
            **{str(status): _answer(HTTPStatus(status).phrase, "application/json", name) for status, name in one.answers.items()},
            **{
                str(status): _answer(HTTPStatus(status).phrase, "application/problem+json", "refusal")
                for status in sorted({*_ALWAYS, *one.refusals})
            },
        },
    }  # fmt: skip
    if one.body is not None:
        is_needed = any(field.is_needed for field in one.body)
        made["requestBody"] = {"required": is_needed, "content": {"application/json": {"schema": _body(one.body)}}}
    return made


def _parameters(one: Endpoint) -> list[dict[str, Any]]:
    places = [
        {"name": name, "in": "path", "required": True, "description": meaning, "schema": {"type": "string", "minLength": 1}}
        for name, meaning in one.places.items()
    ]  # fmt: skip
    query = [
        {"name": field.name, "in": "query", "required": field.is_needed, "schema": field.schema()}
        for field in one.query
    ]
    key = {
        "name": "Idempotency-Key", "in": "header", "required": True,
        "description": "Names this mail and no other: asked for twice under one key, it is sent once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }  # fmt: skip
    return [*places, *query, *([key] if one.needs_key else [])]


def _body(fields: Sequence[Field]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in fields if field.is_needed],
        "properties": {field.name: field.schema() for field in fields},
    }


def _answer(phrase: str, kind: str, name: str) -> dict[str, Any]:
    return {"description": phrase, "content": {kind: {"schema": _ref(name)}}}


@cache
def _shared() -> dict[str, Schema]:
    """The schemas of docs/schemas, by their names."""
    found: dict[str, Schema] = {}
    for file in sorted(shipped("docs/schemas").glob("*.json")):
        text = re.sub(r'"\$ref": "(\w+)\.json#?', r'"$ref": "#/components/schemas/\1', file.read_text(encoding="utf-8"))
        made: Schema = json.loads(text)
        found[file.stem] = {name: value for name, value in made.items() if name not in ("$id", "$schema")}
    return found
