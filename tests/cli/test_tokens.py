"""Who may read the secret feeds: an address is shown once, kept nowhere, and opens nothing once it is taken back."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Ran, run, start

ADDRESS = re.compile(r"https://events\.example\.org/feeds/private/([\w-]{43})\.ics")
FEEDS = "feeds:\n  team: {title: Team, secret: true}\n  board: {title: Board, secret: true}\n"


@pytest.fixture
def site(site: Path) -> Path:
    """The demonstration, with two secret feeds."""
    text = (site / "config.yaml").read_text().replace("public_url: https://www", "public_url: https://events")
    (site / "config.yaml").write_text(text.replace("feeds:\n", FEEDS, 1))
    return site


def tokens(site: Path, *arguments: str) -> Ran:
    return run("feeds", "tokens", *arguments, folder=site)


def added(site: Path, feed: str = "team", holder: str = "Robin") -> Any:
    return tokens(site, "add", feed, holder, "--format", "json").json()


def listed(site: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tokens(site, "list", *arguments, "--format", "json").json()["tokens"]
    return found


def secret_of(made: Any) -> str:
    found = ADDRESS.fullmatch(made["address"])
    assert found
    return found[1]


def everything_beside(site: Path) -> bytes:
    return b"".join(path.read_bytes() for path in site.rglob("*") if path.is_file())


def test_an_address_is_shown_with_what_one_must_know_about_it(site: Path) -> None:
    ran = tokens(site, "add", "team", "Robin")

    [one] = listed(site)
    found = ADDRESS.search(ran.out)
    assert ran.code == 0
    assert found
    assert ran.out == (
        "With this address Robin can read the feed team:\n"
        "\n"
        f"  {found[0]}\n"
        f"  webcal://{found[0].removeprefix('https://')}\n"
        "\n"
        "It is shown this once. Whoever has it can read the feed, so give it to nobody else.\n"
        f"To take it back: notifier feeds tokens revoke {one['id']}\n"
    )


def test_the_ledger_keeps_nothing_that_opens_a_feed(site: Path) -> None:
    made, again = added(site), tokens(site, "rotate", "Robin", "--format", "json").json()
    tokens(site, "list")
    tokens(site, "revoke", made["address"])

    kept = everything_beside(site)
    assert [secret_of(one).encode() in kept for one in (made, again)] == [False, False]
    assert [hashlib.sha256(secret_of(one).encode()).hexdigest().encode() in kept for one in (made, again)] == [
        True,
        True,
    ]


def test_logs_name_the_id_and_the_feed_and_neither_holder_nor_address(site: Path) -> None:
    made = tokens(site, "add", "team", "Robin", "--format", "json")
    again = tokens(site, "rotate", "Robin", "--format", "json")
    gone = tokens(site, "revoke", "Robin")

    said = made.err + again.err + gone.err
    assert re.findall(r'"event": "(\w+)"', said) == [
        "feed_token_added", "feed_token_revoked", "feed_token_added", "feed_token_revoked"
    ]  # fmt: skip
    assert set(re.findall(r'"id": "(\w+)", "feed": "team"', said)) == {one["id"] for one in listed(site)}
    assert [word for word in ("Robin", secret_of(made.json()), secret_of(again.json())) if word in said] == []


def test_programs_get_the_address_where_it_is_made_and_nowhere_else(site: Path) -> None:
    made = added(site)

    assert set(made) == {"token", "address", "webcal", "instead_of"}
    assert set(made["token"]) == {"id", "feed", "holder", "made_at", "revoked_at"}
    assert re.fullmatch(r"[0-9a-f]{8}", made["token"]["id"])
    assert made["webcal"] == made["address"].replace("https:", "webcal:")
    assert listed(site) == [made["token"]]


def test_no_two_addresses_are_alike(site: Path) -> None:
    made = [added(site, holder=f"Reader {number}") for number in range(5)]

    assert len({secret_of(one) for one in made}) == len({one["token"]["id"] for one in made}) == 5


def test_a_new_address_takes_the_place_of_the_old_one(site: Path) -> None:
    before = added(site)
    after = tokens(site, "rotate", "Robin", "--format", "json").json()

    assert after["instead_of"] == before["token"]["id"]
    assert secret_of(after) != secret_of(before)
    assert [(one["id"], one["revoked_at"]) for one in listed(site)] == [
        (after["token"]["id"], None),
        (before["token"]["id"], after["token"]["made_at"]),
    ]


def test_whoever_replaces_an_address_is_told_that_the_old_one_is_dead(site: Path) -> None:
    before = added(site)["token"]["id"]

    assert f"The one before, {before}, opens nothing any more.\n" in tokens(site, "rotate", before).out


@pytest.mark.parametrize("how", ["id", "holder", "address", "secret"])
def test_an_address_is_taken_back_by_whatever_names_it(site: Path, how: str) -> None:
    made = added(site)
    names = {**made["token"], "address": made["address"], "secret": secret_of(made)}

    ran = tokens(site, "revoke", "--", names[how])

    assert ran.code == 0
    assert ran.out == (
        f"Revoked: the address {names['id']}, with which Robin could read the feed team. A running notifier "
        "refuses it within a second or so. What a calendar has copied by then stays there.\n"
    )
    assert listed(site)[0]["revoked_at"] is not None


def test_taking_back_twice_is_said_and_changes_nothing(site: Path) -> None:
    added(site)
    tokens(site, "revoke", "Robin")
    before = listed(site)

    ran = tokens(site, "revoke", "Robin")

    assert (ran.code, listed(site)) == (0, before)
    assert re.fullmatch(r"The address \w{8} of Robin was revoked already, \w+ .*\.\n", ran.out)
    assert tokens(site, "revoke", "Robin", "--format", "json").json() == {"token": before[0], "changed": False}


def test_what_was_taken_back_is_not_given_anew_by_replacing_it(site: Path) -> None:
    added(site)
    tokens(site, "revoke", "Robin")

    ran = tokens(site, "rotate", "Robin")

    assert (ran.code, ran.out, len(listed(site))) == (1, "", 1)
    assert "For a new one: notifier feeds tokens add team HOLDER" in ran.err


def test_whoever_was_taken_off_can_be_given_another_address(site: Path) -> None:
    added(site)
    tokens(site, "revoke", "Robin")

    added(site)

    assert [one["revoked_at"] is None for one in listed(site)] == [True, False]


@pytest.mark.parametrize("holder", ["Robin", "  robin "])
def test_nobody_has_two_addresses_of_one_feed(site: Path, holder: str) -> None:
    made = added(site)["token"]

    ran = tokens(site, "add", "team", holder)

    assert (ran.code, ran.out, listed(site)) == (1, "", [made])
    assert ran.err.startswith("Robin has an address of the feed team already, since ")
    assert f"For a new one in its place: notifier feeds tokens rotate {made['id']}. " in ran.err
    assert f"To take it back: notifier feeds tokens revoke {made['id']}\n" in ran.err


def test_who_has_several_is_asked_which(site: Path) -> None:
    team, board = added(site)["token"], added(site, "board")["token"]

    ran = tokens(site, "revoke", "Robin")

    assert (ran.code, ran.out) == (1, "")
    assert "'Robin' could be 2 addresses. Give the ID of one:\n" in ran.err
    assert f"  {team['id']}  team, Robin\n" in ran.err
    assert f"  {board['id']}  board, Robin\n" in ran.err
    assert [one["revoked_at"] for one in listed(site)] == [None, None]


REFUSED = [
    (["add", "tema", "Robin"], "There is no secret feed 'tema'. Did you mean team? There is: team, board."),
    (["add", "all", "Robin"], "Everybody may read the feed all, so it needs no addresses of its own. To keep it from others:"),
    (["list", "wall"], "There is no secret feed 'wall'."),
    (["add", "team", " \u202e\x07"], "Nobody is named."),
    (["add", "team", "a" * 101], "The holder's name has 101 characters; 100 is the most."),
    (["revoke", "Robbin"], "No address of a secret feed has the ID or the holder 'Robbin'. Did you mean 'Robin'?"),
    (["rotate", "Quentin"], "No address of a secret feed has the ID or the holder 'Quentin'. To see them: notifier"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=lambda value: " ".join(value)[:20])
def test_what_is_wrong_is_said_and_nothing_changes(site: Path, arguments: list[str], said: str) -> None:
    before = [added(site)["token"]]

    ran = tokens(site, *arguments)

    assert (ran.code, ran.out, listed(site)) == (1, "", before)
    assert ran.err.startswith(said)


def test_without_secret_feeds_it_is_said_how_to_make_one(site: Path) -> None:
    (site / "config.yaml").write_text((site / "config.yaml").read_text().replace(", secret: true", ""))

    ran = tokens(site, "add", "club", "Robin")

    assert ran.err == (
        "There is no secret feed 'club': config.yaml has none at all. A feed is one with secret: true.\n"
    )


def test_a_pasted_secret_that_opens_nothing_is_not_repeated(site: Path) -> None:
    secret = "x" * 43

    ran = tokens(site, "revoke", f"https://events.example.org/feeds/private/{secret}.ics")

    assert (ran.code, secret in ran.err + ran.out) == (1, False)
    assert ran.err == "This is no address that notifier gave out. To see whose there are: notifier feeds tokens list\n"


def test_a_holder_is_a_clean_line(site: Path) -> None:
    added(site, holder=" Robin\nof \x1b[31mthe\u202e  Board ")

    assert [one["holder"] for one in listed(site)] == ["Robin of [31mthe Board"]


def test_the_list_shows_a_line_for_each_the_dead_ones_last(site: Path) -> None:
    for feed, holder in (("team", "Zoe"), ("team", "Abe"), ("board", "Mia"), ("team", "Ada")):
        added(site, feed, holder)
    tokens(site, "revoke", "Abe")

    lines = tokens(site, "list").out.splitlines()

    assert lines[0].split() == ["ID", "Feed", "Holder", "Made", "Revoked"]
    assert [line.split()[1:3] for line in lines[1:5]] == [
        ["board", "Mia"], ["team", "Ada"], ["team", "Zoe"], ["team", "Abe"]
    ]  # fmt: skip
    assert [one["holder"] for one in listed(site, "board")] == ["Mia"]


def test_an_empty_list_says_how_to_begin(site: Path) -> None:
    assert tokens(site, "list").out == "Nobody has an address. To make one: notifier feeds tokens add FEED HOLDER\n"
    assert tokens(site, "list", "team").out.endswith(" add team HOLDER\n")


def test_the_tokens_of_a_feed_that_is_gone_can_still_be_seen_and_taken_back(site: Path) -> None:
    added(site)
    (site / "config.yaml").write_text((site / "config.yaml").read_text().replace("  team: {", "  crew: {", 1))

    assert [one["feed"] for one in listed(site, "team")] == ["team"]
    assert tokens(site, "rotate", "Robin").err.startswith("There is no secret feed 'team'.")
    assert tokens(site, "revoke", "Robin").code == 0


def test_where_the_way_is_open_to_others_it_is_said(site: Path) -> None:
    config = (site / "config.yaml").read_text().replace("public_url: https:", "public_url: http:")
    (site / "config.yaml").write_text(config)

    ran = tokens(site, "add", "team", "Robin")

    assert "site.public_url is no https address: whoever is on the way to it can read this one along.\n" in ran.out
    assert re.search(r"^  webcal://events\.example\.org/feeds/private/[\w-]{43}\.ics$", ran.out, re.MULTILINE)


def test_remedies_name_the_configuration_where_one_was_named(site: Path) -> None:
    config = str(site / "config.yaml")

    ran = run("feeds", "tokens", "add", "team", "Robin", "--config", config)
    again = run("feeds", "tokens", "add", "team", "Robin", "--config", config)

    assert re.search(rf"notifier feeds tokens revoke --config {re.escape(config)} \w{{8}}\n", ran.out)
    assert f"notifier feeds tokens rotate --config {config} " in again.err


def test_of_two_that_replace_one_address_at_once_one_does(site: Path) -> None:
    name = added(site)["token"]["id"]
    with ThreadPoolExecutor(2) as pool:
        processes = [start("feeds", "tokens", "rotate", name, folder=site) for _ in range(2)]
        list(pool.map(lambda process: process.communicate(timeout=60), processes))

    assert sorted(process.returncode for process in processes) == [0, 1]
    assert sum(one["revoked_at"] is None for one in listed(site)) == 1


@pytest.mark.parametrize("act", [["add", "team", "Robin"], ["list"], ["rotate", "x"], ["revoke", "x"]])
def test_there_is_no_time_but_now(site: Path, act: list[str]) -> None:
    assert tokens(site, *act, "--at", "2026-12-01").code == 2
