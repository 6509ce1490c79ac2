"""The document of the API says what there is, and what is answered is as it says; whatever is sent, the server doesn't fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.delivery import key_hash
from notifier.web import build
from notifier.web.guard import Application
from tests.web.calling import NEWS, ROOT, a_program_at, secret_of, sends, with_token
from tests.web.sites import a_site
from tests.web.visiting import put

Document = dict[str, Any]
_KEY = {"Authorization": f"Bearer {secret_of('deploy')}", "Host": "127.0.0.1"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = a_site(tmp_path_factory.mktemp("document"))
    app.tick()
    with_token(app, "approver")
    yield app
    app.close()


@pytest.fixture(scope="module")
def pages(site: App) -> Application:
    return build(site)


@pytest.fixture(scope="module")
def client(pages: Application) -> TestClient:
    return a_program_at(pages, secret_of("deploy"))


@pytest.fixture(scope="module")
def document(pages: Application) -> Document:
    found: Document = a_program_at(pages, None).get(f"{ROOT}/openapi.json").json()
    return found


def operations(document: Document) -> list[tuple[str, str, Document]]:
    return [(method, path, made) for path, found in document["paths"].items() for method, made in found.items()]


def test_every_shape_in_it_is_a_right_schema_and_names_only_others_of_it(document: Document) -> None:
    shapes = document["components"]["schemas"]
    for shape in shapes.values():
        Draft202012Validator.check_schema(shape)
    named = {part.partition('"')[0].split("/")[3] for part in json.dumps(document).split('"$ref": "')[1:]}
    assert named - set(shapes) == set()
    assert "$id" not in json.dumps(document)


def test_every_path_in_it_is_there_and_takes_no_other_method(client: TestClient, document: Document) -> None:
    for path, found in document["paths"].items():
        place = path.replace("{name}", "nothing").replace("{uid}", "nothing")
        allowed = client.request("PATCH", place).headers["allow"].split(", ")
        assert {method.upper() for method in found} <= set(allowed)


def test_every_operation_says_who_may_what_may_go_wrong_and_where_its_parts_stand(document: Document) -> None:
    made = operations(document)
    assert len({one["operationId"] for _, _, one in made}) == len(made)
    for method, path, one in made:
        assert {"401", "403", "422", "429"} <= set(one["responses"])
        assert path.count("{") == len([part for part in one["parameters"] if part["in"] == "path"])
        assert ("requestBody" in one) is (method == "post")


def complaints(document: Document, path: str, method: str, answer: Any) -> list[str]:
    """What the document says against an answer."""
    described = document["paths"][path][method]["responses"][str(answer.status_code)]
    [(kind, content)] = described["content"].items()
    shape = {**content["schema"], "components": document["components"]}
    found = [error.message for error in Draft202012Validator(shape).iter_errors(answer.json())]
    known = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    choices = [document["components"]["schemas"][one["$ref"].rpartition("/")[2]] for one in known.get("oneOf", [])]
    unsaid = set(answer.json()) - {name for one in (known, *choices) for name in one.get("properties", {})}
    found += [f"{name} is not in it" for name in unsaid]
    return found if answer.headers["content-type"] == kind else [*found, f"It is {answer.headers['content-type']}."]


def test_what_is_answered_is_as_the_document_says(site: App, client: TestClient, document: Document) -> None:
    rows = site.ticker.wiring.ledger.rows("planned")
    known = {"{name}": key_hash(rows[-1].key), "{uid}": rows[-1].event_uids[0], "sends/{name}": "sends/documented"}
    sends(client, {**NEWS, "confirm": "newsletter"}, "documented")
    wrong, refused = list[str](), set[str]()
    for method, path, _ in operations(document):
        place = path.replace("sends/{name}", known["sends/{name}"]).replace("{name}", known["{name}"])
        body = {"/sends": NEWS, "/sends/test": {**NEWS, "address": "anna@example.org"}}.get(path.removeprefix(ROOT), {})
        answer = client.request(
            method, place.replace("{uid}", known["{uid}"]), headers={"idempotency-key": "looked"},
            json=body if method == "post" else None,
        )  # fmt: skip
        wrong += [f"{method} {path}: {what}" for what in complaints(document, path, method, answer)]
        if answer.status_code >= 400:
            refused.add(path.rpartition("/")[2])
    assert wrong == []
    # All is there; what was skipped can be neither approved nor tried again, nothing is unknown, and a folder takes no tests.
    assert refused == {"approve", "retry", "settle", "note", "test"}


def test_acts_that_are_looked_at_first_answer_so_before_and_after(
    site: App, client: TestClient, document: Document
) -> None:
    rows = site.ticker.wiring.ledger.rows("planned")
    lost = put(site, rows[-2], "unknown")
    acts: list[tuple[str, str, Document, Document]] = [
        ("/deliveries/{name}/note", rows[-1].key, {"text": "Bring boots."}, {"text": "Bring boots."}),
        ("/deliveries/{name}/settle", lost.key, {}, {"result": "failed"}),
        ("/resume", "", {}, {}),
    ]
    client.post(f"{ROOT}/pause", json={})
    for path, key, looked, done in acts:
        place = ROOT + path.replace("{name}", key_hash(key))
        before = client.post(place, json=looked)
        after = client.post(place, json={**done, "seen": before.json()["mark"]})
        assert (before.status_code, after.status_code) == (200, 200)
        found = [complaints(document, ROOT + path, "post", answer) for answer in (before, after)]
        assert found == [[], []]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as-described", "otherwise"])
def test_whatever_is_sent_the_server_does_not_fail(
    site: App, pages: Application, document: Document, mode: GenerationMode
) -> None:
    names = st.sampled_from([key_hash(site.ticker.wiring.ledger.rows()[0].key), "documented", None, None])
    answered = set[int]()
    described = schemathesis.openapi.from_dict(document)
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=8, database=None, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(generation_mode=mode), names)
        def called(case: schemathesis.Case[Any], name: str | None) -> None:
            if name is not None and "name" in case.path_parameters:
                case.path_parameters["name"] = name
            with capture_logs():
                answer = case.call(app=pages, headers=_KEY)
            case.validate_response(answer, checks=[not_a_server_error])
            answered.add(answer.status_code)

        called()
    assert {200, 404} <= answered
    assert [status for status in answered if status >= 500] == []
