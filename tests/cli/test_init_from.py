"""`init --from` writes a configuration that works at once, or says what it looked for; it touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.config import load
from tests import sites
from tests.cli.running import AT, run
from tests.files import ROOT


def made(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "site",
    [sites.hugo_german, sites.eleventy_json, sites.jekyll_lists, sites.labelled, sites.mixed, sites.wall_offsets],
)
def test_what_is_written_loads_and_reads_every_event(tmp_path: Path, site: sites.Site) -> None:
    folder = made(tmp_path / "site", site())

    ended = run("init", "--from", "site", folder=tmp_path)
    listed = run("events", "--format", "json", "--at", AT, folder=tmp_path).json()

    assert ended.code == 0, ended.err
    assert len(listed["events"]) == (16 if site in (sites.eleventy_json, sites.wall_offsets) else 8)
    assert all("T" in event["start"] for event in listed["events"])
    assert (folder / "config.yaml").exists() is False


def test_it_works_at_once_with_what_plain_init_has(tmp_path: Path) -> None:
    made(tmp_path / "site", sites.hugo_german())
    run("init", "--from", "site", folder=tmp_path)

    settings = load(tmp_path / "config.yaml", {})

    assert [rule.name for rule in settings.rules.rules] == [
        "announce", "reminder-week", "reminder-day", "reminder-hours", "correction", "called-off"
    ]  # fmt: skip
    assert settings.live is False
    assert run("plan", "--at", AT, folder=tmp_path).code == 0
    assert run("tick", "--at", AT, folder=tmp_path).code == 0


def test_it_can_stand_beside_the_site_or_in_another_folder(tmp_path: Path) -> None:
    site = made(tmp_path / "site", sites.labelled())

    inside = run("init", "--from", ".", folder=site)
    other = run("init", "--from", "site", "notices/events", folder=tmp_path)

    assert (inside.code, other.code) == (0, 0)
    assert "    folder: .\n" in (site / "config.yaml").read_text()
    assert "    folder: ../../site\n" in (tmp_path / "notices" / "events" / "config.yaml").read_text()


def test_a_config_that_is_there_is_left_alone(tmp_path: Path) -> None:
    made(tmp_path / "site", sites.labelled())
    (tmp_path / "config.yaml").write_text("mine")

    ended = run("init", "--from", "site", folder=tmp_path)

    assert ended.code == 1
    assert "config.yaml is already there; nothing was changed. Move it away" in ended.err
    assert (tmp_path / "config.yaml").read_text() == "mine"


@pytest.mark.parametrize("arguments", [("--dry-run",), ("-",)])
def test_a_proposal_can_be_printed_only(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    made(tmp_path / "site", sites.labelled())

    ended = run("init", "--from", "site", *arguments, folder=tmp_path)

    assert (ended.code, ended.out.startswith("# Proposed by")) == (0, True)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_site_without_events_is_told_what_was_looked_for(tmp_path: Path) -> None:
    made(tmp_path / "site", sites.blog())

    ended = run("init", "--from", "site", folder=tmp_path)

    assert ended.code == 1
    assert "site: no events were found among 9 files. Looked for: folders of Markdown" in ended.err
    assert "_posts/*.md: 8 pages look like articles" in ended.err
    assert not (tmp_path / "config.yaml").exists()


@pytest.mark.parametrize("name", ["node_modules", "_site", "public", "vendor", ".cache"])
def test_what_is_built_or_installed_is_not_looked_at(tmp_path: Path, name: str) -> None:
    made(tmp_path / "site" / name, sites.labelled())

    assert "among 0 files" in run("init", "--from", "site", folder=tmp_path).err


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = made(tmp_path / "outside", sites.labelled())
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "events").symlink_to(outside / "events")
    (tmp_path / "site" / "events.yml").symlink_to(made(tmp_path, sites.jekyll_lists()) / "_data" / "events.yml")

    assert "among 0 files" in run("init", "--from", "site", folder=tmp_path).err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "nowhere"), "nowhere doesn't exist. Name the folder of the site's own files."),
        (("--from", ".", "--timezone", "Nowhere/Town"), "Write a name such as Europe/London."),
    ],
)
def test_what_is_wrong_with_the_command_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = run("init", *arguments, folder=tmp_path)

    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("site", "--timezone", "Europe/London")])
def test_options_that_need_a_site_are_refused_without_one(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run("init", *arguments, folder=tmp_path).code == 2


def test_a_given_zone_is_the_site_s(tmp_path: Path) -> None:
    made(tmp_path / "site", sites.labelled())

    run("init", "--from", "site", "--timezone", "Europe/Lisbon", folder=tmp_path)

    assert load(tmp_path / "config.yaml", {}).rules.site.timezone == "Europe/Lisbon"


def test_the_manual_shows_a_proposal_as_it_is(tmp_path: Path) -> None:
    made(tmp_path / "site", sites.hugo_german())
    shown = (
        (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    )

    assert shown.strip()
    assert shown in run("init", "--from", "site", "-", folder=tmp_path).out
