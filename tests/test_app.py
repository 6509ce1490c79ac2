"""A running site takes what was changed beside it, and keeps the old where the new is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.app import open_app
from notifier.core.render import check_templates
from notifier.edges.clock import FixedClock
from notifier.edges.shipped import load_templates, shipped
from notifier.errors import UserError
from tests.builders import at
from tests.cli.running import run
from tests.ticking import DUE, FIRST_LOOK, Site

WRONG_TEMPLATE = "Dear all,\n{{ event.titel }}\n"
COMPLAINT = "reminder/txt.j2:2: Nothing here is called 'titel'. Did you mean 'title'?"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        yield made


def change_config(site: Site, old: str, new: str) -> None:
    config = site.folder / "config.yaml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))


def override(site: Site, name: str, text: str) -> Path:
    path = site.folder / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def sent_text(site: Site) -> str:
    (message,) = (site.folder / "outbox").glob("*/message.txt")
    return message.read_text()


def test_a_changed_configuration_is_taken_at_the_next_refresh(site: Site) -> None:
    change_config(site, "before: 1d", "before: 2d")

    site.app.refresh()
    site.tick("2026-12-07 10:00")

    assert [row.due_at for row in site.rows() if row.status == "sent"] == [at("2026-12-07 10:00")]


def test_nothing_changed_is_nothing_taken(site: Site) -> None:
    before = site.app.ticker

    site.app.refresh()

    assert site.app.ticker is before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("before: 1d", "befor: 1d", "rules.day.when.befor: is not a key here. Did you mean before?"),
        ("timezone: Europe/London", "timezone: Europe/Londn", "site.timezone"),
        ("audiences: [newsletter]", "audiences: [newsleter]", "newsleter"),
        ("notifier.db", "other.db", "names another ledger"),
    ],
)
def test_a_wrong_configuration_is_refused_and_the_old_one_stays(site: Site, old: str, new: str, said: str) -> None:
    before = (site.app.ticker, site.app.settings)
    change_config(site, old, new)

    for _ in range(2):
        with pytest.raises(UserError) as refusal:
            site.app.refresh()
        assert said in str(refusal.value)

    assert (site.app.ticker, site.app.settings) == before
    assert [row.status for row in site.tick(DUE).moved] == ["sent"]


def test_a_configuration_that_is_gone_is_refused_and_the_old_one_stays(site: Site) -> None:
    (site.folder / "config.yaml").unlink()

    with pytest.raises(UserError, match=r"config\.yaml"):
        site.app.refresh()

    assert [row.status for row in site.tick(DUE).moved] == ["sent"]


def test_a_mended_configuration_is_taken(site: Site) -> None:
    change_config(site, "before: 1d", "befor: 1d")
    with pytest.raises(UserError):
        site.app.refresh()
    change_config(site, "befor: 1d", "before: 2d")

    site.app.refresh()

    assert [row.status for row in site.tick("2026-12-07 10:00").moved] == ["sent"]


def test_a_template_beside_the_configuration_is_used_instead_of_the_shipped_one(site: Site) -> None:
    override(site, "reminder/txt.j2", "Come to {{ event.title }}!\n")

    site.app.refresh()
    site.tick(DUE)

    assert sent_text(site) == "Come to choir evening!\n"


def test_a_changed_and_a_removed_template_are_taken_at_the_next_refresh(site: Site) -> None:
    own = override(site, "reminder/txt.j2", "Come to {{ event.title }}!\n")
    site.app.refresh()
    own.unlink()

    site.app.refresh()
    site.tick(DUE)

    assert sent_text(site).startswith("REMINDER – TOMORROW\n")


def test_a_wrong_template_holds_deliveries_and_says_where_it_is_wrong(site: Site) -> None:
    path = override(site, "reminder/txt.j2", WRONG_TEMPLATE)

    site.app.refresh()
    site.tick(DUE)

    assert (site.row().status, [reason.code for reason in site.row().reasons]) == ("held", ["template"])
    assert str(path.parent.parent / COMPLAINT.partition(" Did")[0]) in site.row().reasons[0].text
    assert not (site.folder / "outbox").exists() or list((site.folder / "outbox").glob("*/message.txt")) == []


def test_a_mended_template_lets_the_delivery_go(site: Site) -> None:
    override(site, "reminder/txt.j2", WRONG_TEMPLATE)
    site.app.refresh()
    site.tick(DUE)
    override(site, "reminder/txt.j2", "Dear all,\n{{ event.title }}, of course\n")

    site.app.refresh()
    site.tick("2026-12-08 10:05")

    assert (site.row().status, sent_text(site)) == ("sent", "Dear all,\nchoir evening, of course\n")


@pytest.mark.parametrize("text", [WRONG_TEMPLATE, "{% if %}", "{{ 1 / 0 }}"])
def test_check_names_a_wrong_template_with_its_file_and_line(site: Site, text: str) -> None:
    override(site, "reminder/txt.j2", text)

    ended = run("check", "--at", "2026-12-01T09:00:00Z", folder=site.folder)

    assert ended.code == 1
    assert "/templates/reminder/txt.j2:" in ended.out
    assert ended.out.endswith("1 event: 1 error, 0 warnings.\n")


def test_a_template_that_is_no_text_is_refused(site: Site) -> None:
    override(site, "reminder/txt.j2", "").write_bytes(b"\xff\xfe")

    with pytest.raises(UserError, match="is not UTF-8 text"):
        site.app.refresh()


def test_doctor_looks_at_the_shipped_templates_too(site: Site) -> None:
    said = run("doctor", folder=site.folder).out

    assert "ok   templates: All of them render." in said
    assert check_templates(load_templates(site.folder / "none")) == ()
    assert shipped("templates").is_dir()


def test_looking_makes_no_ledger(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        site.app.close()
        (site.folder / "notifier.db").unlink()
        app = open_app(site.folder / "config.yaml", looking=True, clock=FixedClock(at(DUE)))

        planned = app.ticker.look(app.clock.now()).plan

        assert [row.status for row in (*planned.deliveries, *planned.skips)] == ["skipped"]
        assert not (site.folder / "notifier.db").exists()


def test_what_goes_to_each_member_is_held_before_sending_is_live(site: Site) -> None:
    change_config(site, "type: outbox, folder: outbox", "type: smtp, host: mail.example.org, security: starttls")
    change_config(
        site,
        "public: true",
        "public: true, members: members.csv, unsubscribe: 'https://example.org/leave', from: {name: E, address: e@example.org}",
    )
    (site.folder / "members.csv").write_text("reader@example.org\n")

    site.app.refresh()
    site.tick(DUE)

    assert (site.row().status, [reason.code for reason in site.row().reasons]) == ("held", ["not-live"])
