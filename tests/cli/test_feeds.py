"""`notifier feeds OUT`: everything that a web server needs, only what changed, and nothing of anybody else's."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifier.core.manifest import is_ours
from tests.cli.running import Ran, run
from tests.ticking import FIRST_LOOK, Site

NEXT = "2026-11-20 10:00"
LATER = "2026-11-20 11:00"
SECRET = '  board: {title: "The board’s calendar", secret: true}\n'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        yield made


def feeds(site: Site, when: str = NEXT, *more: str, out: str = "out") -> Ran:
    return run("feeds", out, "--at", when, *more, folder=site.folder)


def printed(site: Site, when: str = NEXT, *more: str) -> Any:
    return feeds(site, when, *more, "--format", "json").json()


def files(site: Site) -> dict[str, bytes]:
    out = site.folder / "out"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def manifest(site: Site) -> Any:
    return json.loads((site.folder / "out" / "manifest.json").read_bytes())


def configure(site: Site, old: str, new: str) -> None:
    config = site.folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_calendars_events_pages_and_the_manifest_are_written(site: Site) -> None:
    ran = feeds(site)
    events = [name for name in files(site) if name.startswith("events/")]
    assert (ran.code, ran.err, len(events)) == (0, "", 1)
    assert set(files(site)) - {*events} == {
        "all.ics", "music.ics", "subscribe.html", "subscribe-all.html", "subscribe-music.html", "manifest.json",
    }  # fmt: skip


def test_everything_but_the_manifest_says_that_it_is_ours(site: Site) -> None:
    feeds(site)
    assert [name for name, data in files(site).items() if not is_ours(data)] == ["manifest.json"]


def test_the_same_content_again_writes_no_byte(site: Site) -> None:
    feeds(site)
    times = {path: path.stat().st_mtime_ns for path in (site.folder / "out").rglob("*")}
    ran = feeds(site, LATER)
    assert "Nothing changed in out.\n" in ran.out
    assert {path: path.stat().st_mtime_ns for path in (site.folder / "out").rglob("*")} == times


def test_a_calendar_is_what_the_site_itself_publishes(site: Site) -> None:
    feeds(site)
    assert files(site)["all.ics"].decode() == (site.folder / "feeds" / "all.ics").read_bytes().decode()


def test_only_what_changed_is_written_again(site: Site) -> None:
    feeds(site)
    site.write("choir", title="Choir in the garden", topic="Music")
    site.write("tea", topic="Tea")
    found = printed(site, LATER)
    assert {"all.ics", "music.ics", "subscribe-all.html"} <= set(found["written"])
    site.write("tea", title="Tea and cake", topic="Tea")
    again = printed(site, "2026-11-20 12:00")["written"]
    assert ("all.ics" in again, "music.ics" in again, "subscribe-music.html" in again) == (True, False, False)


def test_the_manifest_names_digests_counts_and_revisions(site: Site) -> None:
    feeds(site)
    told, written = manifest(site), files(site)
    assert (told["site"], told["version"]) == ("example", 1)
    assert [(one["name"], one["events"]) for one in told["feeds"]] == [("all", 1), ("music", 1)]
    assert all(one["sha256"] == hashlib.sha256(written[one["file"]]).hexdigest() for one in told["feeds"])
    assert list(told["revisions"].values()) == [[0, "2026-11-20T09:00:00Z"]]
    assert set(told["files"]) == set(written) - {"manifest.json"}


def test_json_tells_every_calendar_and_what_was_written_and_removed(site: Site) -> None:
    found = printed(site)
    assert [(one["name"], one["path"], one["events"], one["changed"]) for one in found["feeds"]] == [
        ("all", "all.ics", 1, True),
        ("music", "music.ics", 1, True),
    ]
    assert found["feeds"][0]["address"] == "https://www.example.org/feeds/all.ics"
    assert (len(found["written"]), found["removed"]) == (6, [])


def test_files_of_events_and_feeds_that_are_gone_are_removed(site: Site) -> None:
    feeds(site)
    gone = next(name for name in files(site) if name.startswith("events/"))
    site.path("choir").unlink()
    site.write("harp")
    configure(site, "folder: website", "folder: website\n    vanished: withdraw")
    configure(site, "  music: {title: Music, only: {topic: [Music]}}\n", "")
    feeds(site, LATER)
    assert gone in files(site)  # as cancelled, so that whoever downloaded it can learn that
    found = printed(site, "2026-12-21 10:00")
    assert found["removed"] == [gone]
    assert not {gone, "music.ics", "subscribe-music.html"} & set(files(site))


def test_what_is_over_goes_to_an_archive_that_the_page_links_to(site: Site) -> None:
    feeds(site)
    feeds(site, "2027-03-20 10:00")
    assert b"SUMMARY:choir evening" in files(site)["all-archive.ics"]
    assert b'href="all-archive.ics"' in files(site)["subscribe-all.html"]
    assert [one["name"] for one in manifest(site)["feeds"]] == ["all", "all-archive", "music", "music-archive"]


def test_a_former_address_still_leads_to_the_calendar(site: Site) -> None:
    configure(site, "music: {title: Music,", "music: {title: Music, formerly: [concerts],")
    feeds(site)
    assert files(site)["concerts.ics"] == files(site)["music.ics"]
    assert files(site)["subscribe-concerts.html"] == files(site)["subscribe-music.html"]


def test_nothing_secret_is_written_or_named(site: Site) -> None:
    configure(site, "sending:", SECRET + "sending:")
    ran = feeds(site)
    assert "1 secret feed left out: only their holders' own addresses lead to them." in ran.out
    assert "board" not in ran.out
    assert not [name for name, data in files(site).items() if "board" in name or b"board" in data]


def test_what_became_secret_is_taken_away_even_where_no_manifest_remembers_it(site: Site) -> None:
    feeds(site)
    (site.folder / "out" / "manifest.json").unlink()
    configure(site, "music: {title: Music,", "music: {title: Music, secret: true,")
    assert set(printed(site, LATER)["removed"]) == {"music.ics", "subscribe-music.html"}
    assert not [name for name in files(site) if "music" in name]


def test_a_foreign_file_is_neither_removed_nor_written_over(site: Site) -> None:
    out = site.folder / "out"
    (out / "events").mkdir(parents=True)
    for name in ("index.html", "events/mine.ics", "manifesto.txt"):
        (out / name).write_text("mine")
    feeds(site)
    configure(site, "  music: {title: Music, only: {topic: [Music]}}\n", "")
    feeds(site, LATER)
    assert all((out / name).read_text() == "mine" for name in ("index.html", "events/mine.ics", "manifesto.txt"))


@pytest.mark.parametrize("name", ["subscribe.html", "music.ics"])
def test_a_foreign_file_in_the_way_stops_everything(site: Site, name: str) -> None:
    (site.folder / "out").mkdir()
    (site.folder / "out" / name).write_text("mine")
    ran = feeds(site)
    assert (ran.code, list(files(site))) == (1, [name])
    assert f"out/{name}: is there already, and notifier did not write it, so nothing was written." in ran.err


def test_a_named_file_that_somebody_replaced_is_left_to_them(site: Site) -> None:
    feeds(site)
    (site.folder / "out" / "music.ics").write_text("mine")
    configure(site, "  music: {title: Music, only: {topic: [Music]}}\n", "")
    assert printed(site, LATER)["removed"] == ["subscribe-music.html"]
    assert files(site)["music.ics"] == b"mine"
    assert "music.ics" not in manifest(site)["files"]


@pytest.mark.parametrize("text", ["", "{}", '{"name": "An app"}'])
def test_a_manifest_that_is_not_ours_stops_everything(site: Site, text: str) -> None:
    (site.folder / "out").mkdir()
    (site.folder / "out" / "manifest.json").write_text(text)
    ran = feeds(site)
    assert (ran.code, list(files(site))) == (1, ["manifest.json"])
    assert ran.err.startswith("out/manifest.json: is not a manifest as notifier writes it, so nothing was written.")


def test_a_folder_of_another_site_stops_everything(site: Site) -> None:
    feeds(site)
    before = files(site)
    configure(site, "  id: example\n", "  id: other\n")
    ran = feeds(site, LATER)
    assert (ran.code, files(site)) == (1, before)
    assert "this folder is of the site 'example', and site.id is 'other'" in ran.err


def test_a_feed_that_suddenly_loses_what_is_to_come_waits_for_a_person(site: Site) -> None:
    for name in ("harp", "lute", "viol"):
        site.write(name)
    feeds(site)
    before = files(site)
    for name in ("choir", "harp", "lute"):
        site.write(name, topic="Tea")
    ran = feeds(site, LATER)
    what = "music.ics: would lose 3 of its 4 coming events, so it was not published."
    assert (ran.code, ran.err) == (1, f"{what} If that is meant: notifier feeds out --accept-shrink\n")
    kept = ("music.ics", "subscribe-music.html", "subscribe.html")
    assert [files(site)[name] for name in kept] == [before[name] for name in kept]
    assert files(site)["all.ics"] != before["all.ics"]


def test_it_is_published_once_a_person_said_so(site: Site) -> None:
    for name in ("harp", "lute", "viol"):
        site.write(name)
    feeds(site)
    for name in ("choir", "harp", "lute"):
        site.write(name, topic="Tea")
    ran = feeds(site, LATER, "--accept-shrink")
    assert (ran.code, ran.err) == (0, "")
    assert files(site)["music.ics"].count(b"BEGIN:VEVENT") == 1


def test_the_remedy_is_one_that_can_be_typed(site: Site) -> None:
    for name in ("harp", "lute", "viol"):
        site.write(name)
    feeds(site, out="my out")
    for name in ("choir", "harp", "lute"):
        site.write(name, topic="Tea")
    assert "notifier feeds 'my out' --accept-shrink\n" in feeds(site, LATER, out="my out").err


def test_a_file_where_the_folder_belongs_is_said_with_what_to_do(site: Site) -> None:
    (site.folder / "out").write_text("a file")
    ran = feeds(site)
    assert (ran.code, ran.out) == (2, "")


def test_a_calendar_that_google_would_cut_is_named(site: Site) -> None:
    # A description stands in a calendar twice, for old and for new programs.
    configure(site, "music: {title: Music,", f"music: {{title: Music, description: {'Long words. ' * 40_000},")
    ran = feeds(site)
    assert re.search(r"^music\.ics has \d{3} kB, and Google stops at 1,000: split this feed\.$", ran.out, re.MULTILINE)
    assert "all.ics has" not in ran.out


def test_a_site_without_feeds_says_so(site: Site) -> None:
    config = (site.folder / "config.yaml").read_text(encoding="utf-8")
    before, _, rest = config.partition("feeds:\n")
    (site.folder / "config.yaml").write_text(before + rest[rest.index("sending:") :], encoding="utf-8")
    ran = feeds(site)
    assert (ran.code, ran.out) == (0, "config.yaml names no feeds.\n")
    assert list(files(site)) == ["manifest.json"]


def test_tokens_is_a_command_and_a_folder_of_that_name_is_given_otherwise(site: Site) -> None:
    assert "Give each holder of a secret feed" in run("feeds", "tokens", "--help", folder=site.folder).out
    assert feeds(site, out="./tokens").code == 0
    assert (site.folder / "tokens" / "all.ics").exists()


@pytest.mark.parametrize(("words", "said"), [((), "Missing argument 'OUT'"), (("a", "b"), "unexpected extra argument")])
def test_a_wrong_command_line_is_2(site: Site, words: tuple[str, ...], said: str) -> None:
    ran = run("feeds", *words, folder=site.folder)
    assert ran.code == 2
    assert said in ran.err


def test_options_may_stand_before_and_after_the_folder(site: Site) -> None:
    ran = run("feeds", "--format", "json", "out", "--at", "2026-11-20T10:00:00Z", folder=site.folder)
    assert [one["name"] for one in ran.json()["feeds"]] == ["all", "music"]
