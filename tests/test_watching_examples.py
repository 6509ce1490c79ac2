"""What the examples for Prometheus and Grafana ask for is what /metrics shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from notifier.web.metrics import PATH
from notifier.web.metrics.meters import meters
from tests.files import ROOT

DASHBOARD = ROOT / "examples" / "grafana" / "notifier.json"
ALERTS = ROOT / "examples" / "prometheus" / "alerts.yml"
PROMETHEUS = ROOT / "examples" / "prometheus" / "prometheus.yml"


def samples() -> dict[str, frozenset[str]]:
    """The names that samples of each metric have, with their labels."""
    found: dict[str, frozenset[str]] = {}
    for one in meters():
        endings = ("_bucket", "_sum", "_count") if one.kind == "histogram" else ("",)
        found |= {f"{one.name}{ending}": frozenset(one.labels) for ending in endings}
    return found


def inside(value: Any, key: str) -> Iterator[str]:
    """Every text under this key, however deep."""
    match value:
        case dict():
            yield from (text for name, text in value.items() if name == key and isinstance(text, str))
            for inner in value.values():
                yield from inside(inner, key)
        case list():
            for inner in value:
                yield from inside(inner, key)
        case _:
            pass


def dashboard() -> Any:
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


EXPRESSIONS = [*inside(dashboard(), "expr"), *inside(dashboard(), "query"), *(rule["expr"] for rule in rules())]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_that_is_asked_for_is_shown_with_the_labels_that_are_asked_for(expression: str) -> None:
    known = samples()
    asked = re.findall(r"\b(notifier_\w+)(?:\{([^}]*)\})?", expression)
    assert [name for name, _ in asked if name not in known] == []
    # These come with each scrape, and `le` with each bucket.
    given = frozenset({"job", "instance", "le"}).union(*(known[name] for name, _ in asked))
    grouped = [label for group in re.findall(r"\bby \(([^)]*)\)", expression) for label in group.split(", ")]
    matched = [label for _, inner in asked for label in re.findall(r'(\w+)(?:=~|!~|!=|=)"', inner)]
    assert {*grouped, *matched} - given == set()


def test_the_dashboard_and_the_alerts_ask_for_most_of_what_is_shown() -> None:
    asked = set(re.findall(r"\bnotifier_\w+", " ".join(EXPRESSIONS)))
    names = {name.removesuffix("_bucket") for name in asked}
    assert len(names & {one.name for one in meters()}) >= 20


def test_panels_lie_beside_one_another_and_each_has_its_own_number() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_each_alert_says_what_is_wrong_what_to_do_and_how_urgent_it_is() -> None:
    found = rules()
    assert len({rule["alert"] for rule in found}) == len(found)
    assert {rule["labels"]["severity"] for rule in found} == {"page", "ticket"}
    assert [rule["alert"] for rule in found if set(rule["annotations"]) != {"summary", "description"}] == []


def test_prometheus_reads_the_alerts_and_asks_where_notifier_answers() -> None:
    config = yaml.safe_load(PROMETHEUS.read_text(encoding="utf-8"))
    assert config["rule_files"] == [ALERTS.name]
    assert config["scrape_configs"][0].get("metrics_path", "/metrics") == PATH
