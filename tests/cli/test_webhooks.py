"""Webhooks on the command line: a test is posted once, `tick` posts, and whoever only looks posts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifier.core.posting import keys_of
from tests.cli.running import AT, Ran, run
from tests.edges.raw_server import RawServer, raw_server
from tests.posting import BROKEN, GONE, HOOK, SECRET, TAKEN, got_of, verified


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as made:
        made.answer = TAKEN
        yield made


@pytest.fixture
def told(site: Path, server: RawServer) -> Path:
    """The demonstration with one webhook."""
    secret = site / "hook.secret"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    config = site / "config.yaml"
    config.write_text(
        f"{config.read_text(encoding='utf-8')}\nwebhooks:\n{HOOK.format(name='chat', url=server.url)}", encoding="utf-8"
    )
    return site


def webhooks(site: Path, *arguments: str) -> Ran:
    return run("webhooks", *arguments, folder=site)


def listed(site: Path) -> Any:
    return webhooks(site, "list", "--format", "json").json()["webhooks"][0]


def test_a_test_is_posted_once_and_signed(told: Path, server: RawServer) -> None:
    ran = webhooks(told, "test", "chat")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"127\.0\.0\.1:\d+ took the test and answered 204\.\n", ran.out)
    (got,) = map(got_of, server.asked)
    assert verified(got)
    assert (got.json()["type"], got.json()["data"]["webhook"]) == ("test", "chat")


def test_a_test_that_fails_says_how_and_is_an_error(told: Path, server: RawServer) -> None:
    server.answer = BROKEN
    ran = webhooks(told, "test", "chat", "--format", "json")
    assert ran.code == 1
    assert re.fullmatch(r".*answered 500\.\n", ran.err, re.DOTALL)
    assert ran.json()["status"] == 500
    assert "hush" not in ran.out + ran.err
    assert "secret words" not in ran.out + ran.err


def test_a_test_of_what_is_not_there_says_what_is(told: Path) -> None:
    ran = webhooks(told, "test", "chap")
    assert (ran.code, ran.out) == (1, "")
    assert "config.yaml names no webhook 'chap'. There are: chat." in ran.err


def test_a_tick_tells_what_it_moves_and_nothing_twice(told: Path, server: RawServer) -> None:
    assert run("tick", folder=told).code == 0
    first = [got_of(asked) for asked in server.asked]
    assert run("tick", folder=told).code == 0
    assert {got.json()["type"] for got in first} <= {"delivery.held", "delivery.sent", "delivery.missed"}
    assert len(first) == len(server.asked) == len({got.id for got in first}) > 0


def test_a_tick_at_a_pretended_time_posts_nothing(told: Path, server: RawServer) -> None:
    assert run("tick", "--at", AT, folder=told).code == 0
    assert server.asked == []


def test_whoever_only_looks_posts_nothing(told: Path, server: RawServer) -> None:
    for command in ("plan", "doctor", "preview --all --out previews", "webhooks list"):
        run(*command.split(), folder=told)
    assert server.asked == []


def test_the_list_and_the_check_up_say_how_it_stands_and_name_its_host_alone(told: Path, server: RawServer) -> None:
    server.answer = BROKEN
    run("tick", folder=told)
    said = webhooks(told, "list").out + run("doctor", folder=told).out + str(listed(told))
    assert listed(told)["waiting"] > 0
    assert "answered 500." in listed(told)["trouble"]
    assert re.search(r"webhooks\.chat: 127\.0\.0\.1:\d+ was told nothing yet\.", said)
    assert not re.search("hush|MfKQ9r8", said)


def test_after_a_410_a_test_that_succeeds_lets_it_begin_again(told: Path, server: RawServer) -> None:
    server.answer = GONE
    run("tick", folder=told)
    assert listed(told)["gone_at"]
    server.answer = TAKEN
    assert "It is told again what moves from now on." in webhooks(told, "test", "chat").out
    assert (listed(told)["gone_at"], listed(told)["waiting"]) == (None, 0)
    assert "told again" not in webhooks(told, "test", "chat").out


def test_what_waits_is_tried_again_at_the_next_tick_once_somebody_says_so(told: Path, server: RawServer) -> None:
    server.answer = BROKEN
    run("tick", folder=told)
    waiting = listed(told)["waiting"]
    server.answer = TAKEN
    ran = webhooks(told, "again", "chat", "--by", "Kim")
    assert (ran.code, ran.out) == (0, "1 post is tried again at the next tick.\n")
    again = webhooks(told, "again", "chat", "--format", "json").json()
    assert again == {"webhook": "chat", "posts": 0}
    assert "Nothing waits for it" in webhooks(told, "again", "chat").out
    run("tick", folder=told)
    assert (waiting > 0, listed(told)["waiting"], listed(told)["delivered_at"] is not None) == (True, 0, True)


def test_a_new_secret_is_one_line_that_can_be_signed_with_and_never_the_same(site: Path) -> None:
    one, other = (webhooks(site, "secret").out for _ in range(2))
    assert one != other
    assert [len(key) for key in keys_of(one)] == [32]
    assert re.fullmatch(r"whsec_\S+\n", one)


def test_without_a_webhook_the_list_says_how_to_add_one(site: Path) -> None:
    assert "docs/webhooks.md" in webhooks(site, "list").out
    assert webhooks(site, "list", "--format", "json").json() == {"webhooks": []}
