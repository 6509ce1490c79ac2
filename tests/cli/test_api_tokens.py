"""`notifier users api-tokens`: a token is made in somebody's name, shown once, and taken back."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from notifier.cli.api_tokens import LASTS, LONGEST, ROLES
from notifier.core import api_token
from notifier.core.delivery import api_token_key
from notifier.core.person import digest_of
from notifier.edges.ledger import open_ledger
from tests.cli.running import Ran, run


def tokens(site: Path, *arguments: str) -> Ran:
    return run("users", "api-tokens", *arguments, folder=site)


@pytest.fixture
def staffed(site: Path) -> Path:
    run("users", "add", "Anna Example", "--role", "sender", folder=site)
    return site


def test_the_command_line_knows_the_roles_and_lengths_that_there_are() -> None:
    assert ROLES == api_token.TOKEN_ROLES
    assert (api_token.LASTS.days, api_token.LONGEST_LIFE.days) == (LASTS, LONGEST)


def test_a_token_is_shown_once_and_kept_as_a_digest(staffed: Path) -> None:
    ran = tokens(staffed, "add", "anna example", "deploy", "--role", "sender")
    [secret] = re.findall(r"^  (notifier_[A-Za-z0-9_-]{43})$", ran.out, re.MULTILINE)
    kept = (staffed / "notifier.db").read_bytes()
    assert (ran.code, secret in ran.err, digest_of(secret) in ran.err) == (0, False, False)
    assert (secret.encode() in kept, secret in tokens(staffed, "list").out) == (False, False)


def test_the_list_says_whose_it_is_and_until_when(staffed: Path) -> None:
    made = tokens(
        staffed, "add", "Anna Example", "deploy", "--role", "viewer", "--days", "7", "--format", "json"
    ).json()
    assert made["api_token"] == tokens(staffed, "list", "--format", "json").json()["api_tokens"][0]
    assert (made["api_token"]["person"], made["api_token"]["used_on"]) == ("Anna Example", None)
    line = tokens(staffed, "list").out.splitlines()[1]
    assert re.search(r"deploy +Anna Example +viewer +until .+ never", line)


def test_one_that_is_revoked_stays_in_the_list_and_its_name_is_free(staffed: Path) -> None:
    tokens(staffed, "add", "Anna Example", "deploy", "--role", "sender")
    assert tokens(staffed, "revoke", "Deploy").out == "Revoked: the API token 'deploy' of Anna Example.\n"
    assert tokens(staffed, "revoke", "deploy").out == "'deploy' was revoked already.\n"
    assert tokens(staffed, "add", "Anna Example", "deploy", "--role", "sender").code == 0
    assert [one["revoked_at"] is None for one in tokens(staffed, "list", "--format", "json").json()["api_tokens"]] == [
        True,
        False,
    ]


def test_who_made_and_who_ended_it_stays(staffed: Path) -> None:
    tokens(staffed, "add", "anna example", "deploy", "--role", "sender", "--by", "Kim")
    tokens(staffed, "revoke", "DEPLOY", "--by", "Lou")
    tokens(staffed, "revoke", "deploy", "--by", "Nobody")
    with closing(open_ledger(f"sqlite:///{staffed / 'notifier.db'}")) as ledger:
        said = [(one.act, one.by, one.note) for one in ledger.decided(api_token_key("deploy"))]
        [token] = ledger.api_tokens()
    assert [(act, by) for act, by, _ in said] == [("issue", "Kim"), ("end", "Lou")]
    assert said[0][2].startswith("sender, in the name of Anna Example, until ")
    assert said[0][2].endswith(f" ({token.id})")
    assert said[1][2] == f"in the name of Anna Example ({token.id})"
    assert api_token.PREFIX not in said[0][2]


def test_where_there_is_none_it_is_said_how_to_make_one(site: Path) -> None:
    assert tokens(site, "list").out.endswith("To make one: notifier users api-tokens add NAME TOKEN --role sender\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "Nobody", "deploy", "--role", "viewer"), 1, "Nobody called 'Nobody' may log in"),
        (("add", "Anna Example", "deploy", "--role", "approver"), 1, "who is sender, can't be approver."),
        (("add", "Anna Example", "", "--role", "viewer"), 1, "Write a name for the API token"),
        (("add", "Anna Example", "x" * 61, "--role", "viewer"), 1, "This name has 61 characters; 60 is the most."),
        (("add", "Anna Example", "deploy", "--role", "admin"), 2, "'admin' is not one of"),
        (("add", "Anna Example", "deploy", "--role", "viewer", "--days", "367"), 2, "367 is not in the range"),
        (("revoke", "deploi"), 1, "No API token is called 'deploi'."),
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(
    staffed: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = tokens(staffed, *arguments)
    assert (ran.code, said in ran.err) == (code, True)


def test_a_name_that_is_in_use_is_not_given_twice(staffed: Path) -> None:
    tokens(staffed, "add", "Anna Example", "deploy", "--role", "sender")
    ran = tokens(staffed, "add", "Anna Example", "DEPLOY", "--role", "viewer")
    assert (ran.code, "There is an API token 'DEPLOY' already." in ran.err) == (1, True)
    assert "Did you mean 'deploy'?" in tokens(staffed, "revoke", "deplox").err
