"""Who may log in, from the command line: a link is shown once, and no password is ever asked for here."""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from notifier.cli.users import ROLES
from notifier.core import person
from notifier.core.delivery import person_key
from notifier.edges.clock import FixedClock
from notifier.edges.ledger import open_ledger
from tests.builders import at
from tests.cli.running import Ran, run
from tests.web.accounts import a_service

LINK = re.compile(r"^  (http://127\.0\.0\.1:8000/welcome/([\w-]{43}))$", re.MULTILINE)


def users(site: Path, *arguments: str) -> Ran:
    return run("users", *arguments, folder=site)


def added(site: Path, name: str = "Anna", role: str = "admin") -> Any:
    return users(site, "add", name, "--role", role, "--format", "json").json()


def listed(site: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = users(site, "list", "--format", "json").json()["users"]
    return found


def test_the_roles_are_those_that_the_program_knows() -> None:
    assert ROLES == person.ROLES


def test_a_link_is_shown_with_what_one_must_know_about_it(site: Path) -> None:
    ran = users(site, "add", "Anna Example", "--role", "sender")
    found = LINK.search(ran.out)
    assert found
    assert ran.code == 0
    assert ran.out == (
        "With this link Anna Example (sender) sets a password, once, within 24 hours:\n"
        "\n"
        f"  {found[1]}\n"
        "\n"
        "It is shown this once. Whoever opens it first is taken for them, so give it to nobody else.\n"
    )


def test_where_others_reach_the_console_the_link_is_there_too(site: Path) -> None:
    text = (site / "config.yaml").read_text().replace("public_url: https://www", "public_url: https://events")
    (site / "config.yaml").write_text(text)
    [near, far] = added(site)["addresses"]
    assert near.startswith("http://127.0.0.1:8000/welcome/")
    assert far == near.replace("http://127.0.0.1:8000", "https://events.example.org")


def test_the_ledger_keeps_nothing_that_sets_a_password(site: Path) -> None:
    secret = added(site)["addresses"][0].rpartition("/")[2]
    kept = b"".join(path.read_bytes() for path in site.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in kept


def test_logs_name_nobody(site: Path) -> None:
    made = users(site, "add", "Anna", "--role", "admin", "--format", "json")
    said = made.err + users(site, "add", "Ben", "--role", "viewer").err + users(site, "disable", "Ben").err
    assert re.findall(r'"event": "(\w+)"', said) == ["user_link_made", "user_link_made", "user_changed"]
    assert [word for word in ("Anna", "Ben", made.json()["addresses"][0][-43:]) if word in said] == []


def test_programs_get_the_link_where_it_is_made_and_nowhere_else(site: Path) -> None:
    made = added(site)
    assert set(made) == {"user", "addresses", "hours"}
    assert made["hours"] == 24
    assert listed(site) == [made["user"]]
    assert set(made["user"]) == {"name", "role", "added_at", "last_login_at", "disabled_at"}


def test_the_list_shows_a_line_for_each_the_disabled_ones_last(site: Path) -> None:
    for name in ("Zoe", "Anna", "Ben"):
        added(site, name)
    users(site, "disable", "Anna")
    lines = users(site, "list").out.splitlines()
    assert re.split(r" {2,}", lines[0].strip()) == ["Name", "Role", "Since", "Last login", "Disabled"]
    assert [re.split(r" {2,}", line)[0::3][:2] for line in lines[1:4]] == [
        ["Ben", "never"],
        ["Zoe", "never"],
        ["Anna", "never"],
    ]


def test_an_empty_list_says_how_to_begin(site: Path) -> None:
    assert users(site, "list").out.endswith("To make one: notifier users add NAME --role admin\n")


def test_a_role_is_changed_and_saying_so_twice_changes_nothing(site: Path) -> None:
    added(site)
    added(site, "Ben", "viewer")
    assert users(site, "role", "BEN", "approver").out == "Ben is approver now.\n"
    assert users(site, "role", "Ben", "approver").out == "Ben is approver already.\n"
    assert users(site, "role", "Ben", "approver", "--format", "json").json()["changed"] is False
    assert [(one["name"], one["role"]) for one in listed(site)] == [("Anna", "admin"), ("Ben", "approver")]


def test_who_is_disabled_is_so_until_enabled(site: Path) -> None:
    added(site)
    added(site, "Ben B", "viewer")
    said = "Disabled: Ben B, who is logged out everywhere. To let them in again: notifier users enable 'Ben B'\n"
    assert users(site, "disable", "ben b").out == said
    assert users(site, "disable", "Ben B").out == "Ben B was disabled already.\n"
    assert users(site, "link", "Ben B").err.startswith(
        "Ben B is disabled, and a link would open nothing. To let them in"
    )
    assert users(site, "enable", "Ben B").out == "Enabled: Ben B, who may log in again as viewer.\n"
    assert users(site, "enable", "Ben B").out == "Ben B isn't disabled.\n"


REFUSED = [
    (["add", "ANNA", "--role", "viewer"], "There is Anna already, since "),
    (["add", " \u202e\x07", "--role", "viewer"], "Write a name: it stands beside everything that you decide."),
    (["add", "n" * 61, "--role", "viewer"], "This name has 61 characters; 60 is the most."),
    (["disable", "Anna"], "Anna is the last admin, and nobody could change anything about people any more. Make somebody else"),
    (["role", "Anna", "viewer"], "Anna is the last admin, "),
    (["role", "Ana", "viewer"], "Nobody is called 'Ana'. Did you mean 'Anna'? To see who there is: notifier users list"),
    (["link", "Quentin"], "Nobody is called 'Quentin'. To see who there is: notifier users list"),
    (["enable", ""], "Nobody is called ''."),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=lambda value: " ".join(value)[:20])
def test_what_is_wrong_is_said_and_nothing_changes(site: Path, arguments: list[str], said: str) -> None:
    before = [added(site)["user"]]
    ran = users(site, *arguments)
    assert (ran.code, ran.out, listed(site)) == (1, "", before)
    assert ran.err.startswith(said)


@pytest.mark.parametrize(
    "arguments",
    [["add", "Ben"], ["add", "Ben", "--role", "king"], ["role", "Anna", "king"], ["list", "--at", "2026-12-01"]],
)
def test_a_wrong_command_line_is_told_from_a_wrong_name(site: Path, arguments: list[str]) -> None:
    added(site)
    assert users(site, *arguments).code == 2


def test_remedies_name_the_configuration_where_one_was_named(site: Path) -> None:
    config = str(site / "config.yaml")
    added(site)
    ran = run("users", "link", "Ana", "--config", config)
    assert f"notifier users list --config {config}" in ran.err


def test_no_password_is_ever_asked_for(site: Path) -> None:
    helps = [run("users", *name, "--help").out for name in ([], ["add"], ["link"], ["role"])]
    assert [text for text in helps if "--password" in text] == []


SERVICE = (
    "  port: 8000\n  oidc: {issuer: https://accounts.example.org, client_id: notifier, client_secret: {env: OIDC}}\n"
)


@pytest.fixture
def service(site: Path) -> Path:
    """A site whose people may log in by a service too; Anna and Ben have accounts."""
    text = (site / "config.yaml").read_text()
    (site / "config.yaml").write_text(text.replace("  port: 8000\n", SERVICE))
    added(site)
    added(site, "Ben")
    return site


def test_somebody_is_let_in_by_the_service_and_no_more(service: Path) -> None:
    ran = users(service, "oidc", "anna", "--email", "anna@example.org")
    said = "Anna may log in by OpenID Connect too. To take that back: notifier users oidc Anna --off"
    assert (ran.code, ran.out) == (0, f"{said}\n")
    assert users(service, "oidc", "Anna", "--off").out.startswith("Anna logs in by password alone now")
    again = users(service, "oidc", "Anna", "--off")
    assert (again.code, again.out) == (0, "Anna logged in by password alone before.\n")


def test_who_let_them_in_so_stays_without_the_address(service: Path) -> None:
    users(service, "oidc", "anna", "--email", "anna@example.org", "--by", "Kim")
    users(service, "oidc", "Anna", "--off", "--by", "Lou")
    users(service, "oidc", "Anna", "--off", "--by", "Nobody")
    with closing(open_ledger(f"sqlite:///{service / 'notifier.db'}")) as ledger:
        said = ledger.decided(person_key("Anna"))[1:]
    assert [(one.act, one.by, one.note) for one in said] == [("admit", "Kim", ""), ("dismiss", "Lou", "")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("Anna",), 2, "Give --email ADDRESS, or --off."),
        (("Anna", "--off", "--email", "a@example.org"), 2, "Give --email ADDRESS, or --off."),
        (("Carl", "--email", "c@example.org"), 1, "Nobody is called 'Carl'."),
        (("Carl", "--off"), 1, "Nobody is called 'Carl'."),
        (("Anna", "--email", "hush"), 1, "There is no @ in it. Write it like name@example.org."),
        (("Anna", "--email", "ben@example.org"), 1, "That address lets somebody else in. Each person needs one"),
    ],
)
def test_who_cannot_be_let_in_is_told_why(service: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    users(service, "oidc", "Ben", "--email", "ben@example.org")
    ran = users(service, "oidc", *arguments)
    assert (ran.code, said in ran.err) == (code, True)
    assert "hush" not in ran.err


def test_without_a_service_there_is_nothing_to_let_in_by(site: Path) -> None:
    added(site)
    ran = users(site, "oidc", "Anna", "--email", "anna@example.org")
    assert (ran.code, "config.yaml names no service to log in by." in ran.err) == (1, True)


def test_a_disabled_person_is_let_in_by_nothing(service: Path) -> None:
    users(service, "disable", "Ben")
    ran = users(service, "oidc", "Ben", "--email", "ben@example.org")
    assert (ran.code, "To let them in again: notifier users enable Ben" in ran.err) == (1, True)


def test_the_check_up_says_whether_the_service_answers_and_who_may_log_in_by_it(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC", "hush")
    with a_service(FixedClock(at("2026-11-02 09:00")).now) as provider:
        text = (service / "config.yaml").read_text()
        (service / "config.yaml").write_text(text.replace("https://accounts.example.org", provider.issuer))
        before = found(service)
        users(service, "oidc", "Anna", "--email", "anna@example.org")
        after = found(service)
    gone = found(service)
    assert [one["text"] for one in before][1] == "Nobody may log in by it."
    assert "notifier users oidc NAME --email ADDRESS" in before[1]["hint"]
    assert [one["ok"] for one in after] == [True, True]
    assert after[0]["text"].endswith(" describes itself, and its keys can be read.")
    assert after[1]["text"] == "One person may log in by it."
    assert (gone[0]["ok"], gone[0]["text"].endswith(" can't be reached.")) == (False, True)
    assert "hush" not in str([before, after, gone])


def found(site: Path) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = run("doctor", "--format", "json", folder=site).json()["findings"]
    return [one for one in findings if one["subject"] == "web.oidc"]
