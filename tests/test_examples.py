"""The examples for those who run the program say what the program, its configuration and one another say.

What needs systemd, nginx, Caddy or a container's tools to tell is in tests/acceptance/service and tests/acceptance/proxies.
"""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from notifier.web import guard, hooks, leaving
from tests.acceptance.service.dockerfile import copied, stages
from tests.files import ROOT

EXAMPLES = ROOT / "examples"
UNIT = (EXAMPLES / "systemd" / "notifier.service").read_text(encoding="utf-8")
NGINX = (EXAMPLES / "nginx" / "notifier.conf").read_text(encoding="utf-8")
CADDY = (EXAMPLES / "caddy" / "Caddyfile").read_text(encoding="utf-8")
COMPOSE = ("compose.yaml", "compose.postgres.yaml")
BUILD, IMAGE = stages()


def unit() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.splitlines():
        key, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((EXAMPLES / "compose" / name).read_text(encoding="utf-8"))
    return found


def location(place: str) -> str:
    return NGINX.partition(f"location {place} {{")[2].partition("\n    }")[0]


def test_the_unit_has_its_sections_and_waits_for_the_program_to_say_that_it_is_ready() -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(UNIT)
    assert parser.sections() == ["Unit", "Service", "Install"]
    assert unit()["Type"] == ["notify"]
    assert unit()["WatchdogSec"] == ["15min"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NoNewPrivileges", "yes"), ("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"), ("PrivateUsers", "yes"), ("CapabilityBoundingSet", ""), ("RestrictNamespaces", "yes"),
        ("MemoryDenyWriteExecute", "yes"), ("ProtectProc", "invisible"), ("UMask", "0077"), ("User", "notifier"),
    ],
)  # fmt: skip
def test_the_unit_is_closed(key: str, value: str) -> None:
    assert unit()[key] == [value]


def test_no_secret_stands_in_the_environment_of_the_unit() -> None:
    assert [key for key in unit() if key.startswith("Environment")] == []
    assert [value.partition(":")[2] for value in unit()["LoadCredential"]] == ["%E/notifier/secrets/secret_key"]


def test_whoever_runs_commands_by_hand_does_so_as_the_unit_does() -> None:
    script = (EXAMPLES / "systemd" / "notifier").read_text(encoding="utf-8")
    assert unit()["ExecStart"][0].split()[0] in script
    assert "CREDENTIALS_DIRECTORY=/run/credentials/notifier.service" in script
    assert "runuser -u notifier" in script


def test_the_image_has_what_the_lock_has_and_fetches_nothing_else() -> None:
    installs = [one.rest for one in BUILD if one.word == "RUN" and "pip install" in one.rest]
    assert installs[0].endswith('pip install --require-hashes --no-deps --requirement "$LOCK"')
    assert "--no-deps --no-build-isolation ." in installs[1]
    assert len(installs) == 2


def test_what_the_image_copies_is_there_and_let_through_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    names = [name for parts, _ in copied(BUILD) for name in parts]
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert [name for name in names if f"!{name}" not in ignored] == []
    assert [line for line in ignored if line.startswith("!") and line[1:] not in names] == []
    assert "*" in ignored


def test_the_image_copies_all_that_the_wheel_is_made_of() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    forced = re.findall(r'^"([\w./]+)" = "notifier/_shipped', project, re.MULTILINE)
    names = {name for parts, _ in copied(BUILD) for name in parts}
    assert {*forced, "notifier", "README.md", "LICENSE", "pyproject.toml"} <= names


def test_the_image_runs_as_a_user_of_a_fixed_number_and_is_ended_as_the_program_ends() -> None:
    said = {one.word: one.rest for one in IMAGE}
    assert said["USER"] == "10001:10001"
    assert said["STOPSIGNAL"] == "SIGTERM"
    assert "curl" not in said["HEALTHCHECK"]
    assert {
        one.rest.split()[0].rpartition(":")[2] for stage in (BUILD, IMAGE) for one in stage if one.word == "FROM"
    } == {"3.13-slim-trixie"}


@pytest.mark.parametrize(("file", "name"), [(file, name) for file in COMPOSE for name in compose(file)["services"]])
def test_each_container_is_closed(file: str, name: str) -> None:
    service = compose(file)["services"][name]
    whole = compose("compose.yaml")["services"].get(service.get("extends", {}).get("service", name), {}) | service
    assert whole["read_only"] is True
    assert whole["cap_drop"] == ["ALL"]
    assert whole["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in whole
    assert not [port for port in whole.get("ports", []) if port not in ("80:80", "443:443")]


def test_secrets_are_files_and_stand_in_no_environment() -> None:
    for file in COMPOSE:
        assert all(set(secret) == {"file"} for secret in compose(file)["secrets"].values())
        texts = [
            value for service in compose(file)["services"].values() for value in service.get("environment", {}).items()
        ]
        assert [
            text for text in texts if re.search("PASSWORD|SECRET|KEY", text[0]) and not text[0].endswith("_FILE")
        ] == []


def test_both_instances_read_the_same_secrets_and_share_the_database() -> None:
    services = compose("compose.postgres.yaml")["services"]
    one, other = services["notifier"], services["notifier-2"]
    assert [one[key] == other[key] for key in ("secrets", "networks", "depends_on")] == [True, True, True]
    assert services["caddy"]["environment"]["NOTIFIER"].split() == ["notifier:8000", "notifier-2:8000"]
    assert compose("compose.postgres.yaml")["networks"]["back"] == {"internal": True}


def test_the_manual_names_the_network_that_the_compose_file_has() -> None:
    subnet = compose("compose.yaml")["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert f"proxies: [{subnet}]" in (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def test_nginx_lets_through_what_the_program_takes_and_no_more() -> None:
    sizes = {"k": 1024, "m": 1024 * 1024}
    limits = [int(number) * sizes[unit] for number, unit in re.findall(r"client_max_body_size (\d+)([km]);", NGINX)]
    assert limits[0] == guard.LARGEST_FORM
    assert leaving.LARGEST <= limits[1] <= 2 * leaving.LARGEST
    assert hooks.LARGEST <= limits[2] <= 2 * hooks.LARGEST


@pytest.mark.parametrize("place", ["/", "/feeds/private/", "/leave/", "= /feeds", "/hooks/"])
def test_nginx_keeps_public_feeds_and_nothing_else(place: str) -> None:
    assert "proxy_pass http://notifier;" in location(place)
    assert "proxy_cache" not in location(place)
    assert "proxy_cache notifier_kept;" in location("/feeds/")


@pytest.mark.parametrize("place", ["/feeds/private/", "/leave/", "~ ^/(login|welcome|account)(/|$)"])
def test_nginx_writes_no_error_where_addresses_are_secrets(place: str) -> None:
    assert "error_log /dev/null crit;" in location(place)


def test_a_location_of_nginx_that_sets_a_field_sets_all_of_them() -> None:
    every = {"Connection", "Host", "X-Forwarded-For"}
    parts = NGINX.split("    location ")[1:]
    named = [set(re.findall(r"proxy_set_header (\S+)", part.partition("\n    }")[0])) for part in parts]
    assert [fields for fields in named if fields and not fields >= every] == []


def test_nginx_logs_neither_query_nor_referrer() -> None:
    form = NGINX.partition("log_format")[2].partition(";")[0]
    assert re.findall(r"\$(?:request\b|request_uri|args|query_string|http_referer|http_cookie)", form) == []


@pytest.mark.parametrize("text", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_what_is_of_use_on_this_machine_only_is_closed(text: str) -> None:
    assert all(name in text for name in ("healthz", "readyz", "metrics"))
    assert 'max-age=31536000"' in text


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*")), ids=lambda path: path.name)
def test_an_example_names_only_files_that_are_there(path: Path) -> None:
    if path.is_dir():
        assert [*path.iterdir()]
        return
    named = re.findall(r"(?<![\w/.])(?:docs|tests)/[\w./-]+\w", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_commands_of_the_manual_name_files_of_the_examples() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    named = [word for line in page.splitlines() for word in re.findall(r"(?<![\w/])examples/[\w./-]+\w", line)]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_is_laid_beside_the_compose_files_gets_into_no_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"/examples/compose/{name}" for name in ("site/", "secrets/", ".env")} <= {*ignored}
