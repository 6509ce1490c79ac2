"""Whom a mail to each member did not reach is told: masked where it is shown around, whole to who has to look for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Ran, run
from tests.edges.smtp_server import MailServer, running
from tests.edges.test_smtp_each_site import config
from tests.edges.test_smtp_site import reopened
from tests.ticking import DUE, Site

LATER = "2026-12-08 10:10"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


@pytest.fixture
def empty(server: MailServer, tmp_path: Path) -> Iterator[Site]:
    """A reminder is due at DUE; nobody belongs to the audience yet."""
    with Site(tmp_path) as made:
        (tmp_path / "secret_key").write_text("correct-horse-battery-staple-and-more")
        (tmp_path / "secret_key").chmod(0o600)
        reopened(made, config(server, rate=1))
        yield made


@pytest.fixture
def site(empty: Site, server: MailServer) -> Site:
    """A reminder that Anna was given, of which nobody knows whether Ben got it, and that was refused for Carla."""
    people = "address,name\nanna@example.org,Anna\nben@example.org,Ben\ncarla@example.org,Carla\n"
    (empty.folder / "members.csv").write_text(people)
    empty.tick(DUE)
    server.faults["dot"] = "drop"
    empty.tick("2026-12-08 10:02")
    server.faults.clear()
    server.refusals["carla@example.org"] = "550 5.1.1 <carla@example.org> is unknown here"
    empty.tick("2026-12-08 10:08")
    return empty


def asked(site: Site, *arguments: str) -> Ran:
    return run(*arguments, folder=site.folder)


def test_why_lists_them_masked_and_says_how_to_see_more(site: Site) -> None:
    ran = asked(site, "why", site.row().key, "--at", LATER)

    assert "1 of 3 taken, 1 refused, 1 in doubt." in ran.out
    assert "b…@example.org  in doubt  The connection to" in ran.out
    assert "c…@example.org  refused   550 5.1.1" in ran.out
    assert f"notifier audience in-doubt {site.row().key}\n" in ran.out
    assert not any(name in ran.out for name in ("anna@", "ben@", "carla@"))


def test_why_has_them_in_json_too(site: Site) -> None:
    [rule] = asked(site, "why", site.row().key, "--at", LATER, "--format", "json").json()["rules"]

    found = rule["recipients"]
    assert [found[name] for name in ("total", "taken", "refused", "in_doubt", "waiting", "more")] == [3, 1, 1, 1, 0, 0]
    assert [one["status"] for one in found["not_reached"]] == ["in_doubt", "refused"]


def test_whoever_has_to_look_sees_the_addresses_and_message_ids_of_those_in_doubt(site: Site) -> None:
    ran = asked(site, "audience", "in-doubt", site.row().key)
    [one] = asked(site, "audience", "in-doubt", "choir", "--format", "json").json()["in_doubt"]

    assert (one["address"], one["name"]) == ("ben@example.org", "Ben")
    assert one["message_id"] in ran.out
    assert "ben@example.org  Ben" in ran.out
    assert "carla" not in ran.out
    assert ran.out.endswith("None of them is given it again by itself. Who didn't get it: write to them yourself.\n")


def test_where_nobody_was_taken_the_way_on_is_to_settle_it(empty: Site, server: MailServer) -> None:
    (empty.folder / "members.csv").write_text("address\nben@example.org\n")
    server.faults["dot"] = "drop"
    empty.tick(DUE)
    key = empty.row().key

    ran = asked(empty, "audience", "in-doubt", key)

    assert f"If it took them: notifier settle {key} sent\nIf it didn't: notifier settle {key} failed\n" in ran.out


def test_what_has_begun_for_nobody_has_nobody_in_doubt(empty: Site) -> None:
    ran = asked(empty, "audience", "in-doubt", empty.row().key)

    assert (ran.code, "nobody is in doubt one by one. How it stands: notifier why" in ran.err) == (1, True)
