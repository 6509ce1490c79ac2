"""What only a few may know stands in secret feeds, and nowhere that others can look."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.core.links import event_file_name
from notifier.desk import readers
from notifier.edges.clock import FixedClock
from notifier.web import build
from notifier.web.pulse import Pulse
from tests.builders import at
from tests.cli.running import run
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

FEEDS = "feeds:\n  team: {title: Team, secret: true}\n"
MEMBERS = """\
---
title: Allotment meeting
date: 2026-12-09
start: "18:00"
access: members
category: organising
register: https://meet.example.com/allotment-4711
---
We meet at https://meet.example.com/allotment-4711 and share the plots.
"""
HIDDEN = """\
---
title: Garden supper
date: 2026-12-09
start: "19:00"
end: "21:00"
category: organising
access: open
register: https://tickets.example.com/supper
place: 7 Quince Lane, behind the blue door
contact: cook@example.org
private: [place, contact]
{more}---
Come to 7 Quince Lane, behind the blue door. Ask cook@example.org.
"""
#: What stands in these two files and is not for everybody.
SECRETS = ("allotment-4711", "Quince Lane", "cook@example.org")


def write(site: Site, name: str, text: str) -> None:
    site.path(name).write_text(text, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with a members' meeting and a supper at a private place, after the look at which mail is due."""
    with Site(tmp_path) as made:
        write(made, "allotment", MEMBERS)
        write(made, "supper", HIDDEN.format(more=""))
        configured(made, CONFIG.replace("feeds:\n", FEEDS))
        made.tick(FIRST_LOOK)
        made.tick(DUE)
        yield made


def configured(site: Site, text: str) -> None:
    """The site with another config.yaml, as a running program takes it."""
    (site.folder / "config.yaml").write_text(text, encoding="utf-8")
    site.app.refresh()


def secret_feed(site: Site, name: str = "team") -> str:
    return unfolded((site.folder / "secret-feeds" / f"{name}.ics").read_bytes())


def public_feed(site: Site, name: str = "all") -> str:
    return unfolded((site.folder / "feeds" / f"{name}.ics").read_bytes())


def unfolded(data: bytes) -> str:
    return data.replace(b"\r\n ", b"").decode()


def entry(feed: str, title: str) -> str:
    """The one entry of this title."""
    [found] = [part for part in feed.split("BEGIN:VEVENT\r\n")[1:] if f"{title}\r\n" in part]
    return found


def told_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def files_of(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def client(site: Site) -> TestClient:
    return TestClient(build(site.app), base_url="http://127.0.0.1:8000", follow_redirects=False)


def test_holders_of_a_secret_see_what_is_not_public(site: Site) -> None:
    assert told_in(secret_feed(site)) == list(SECRETS)


def test_nothing_that_is_not_public_reaches_what_others_can_read(site: Site) -> None:
    run("feeds", "out", "--at", DUE.replace(" ", "T") + ":30Z", folder=site.folder)

    shown = files_of(site.folder / "feeds", site.folder / "outbox", site.folder / "out")
    assert {path.name for path in shown} >= {"all.ics", "music.ics", "message.eml", "message.html", "manifest.json"}
    assert [path.name for path in shown if told_in(unfolded(path.read_bytes()))] == []
    assert [path.name for path in shown if "team" in path.name] == []


@pytest.mark.parametrize("address", ["/feeds/all.ics", "/feeds/music.ics", "/feeds", "/feeds/all", "/robots.txt"])
def test_nothing_that_is_not_public_is_answered_to_everybody(site: Site, address: str) -> None:
    answer = client(site).get(address)

    assert answer.status_code in (200, 404)
    assert told_in(unfolded(answer.content)) == []
    assert "/feeds/team" not in answer.text


@pytest.mark.parametrize("name", ["team", "team-archive"])
def test_the_name_of_a_secret_feed_opens_nothing(site: Site, name: str) -> None:
    assert client(site).get(f"/feeds/{name}.ics").status_code == 404
    assert client(site).get(f"/feeds/private/{name}.ics").status_code == 404


def test_an_address_opens_the_feed_until_it_is_taken_back(site: Site) -> None:
    made = readers.add_token(site.app, "team", "Robin", by="Anna")
    path = made.address.removeprefix("https://www.example.org")

    opened = client(site).get(path)
    readers.revoke_token(site.app, "Robin", by="Anna")

    assert (opened.status_code, told_in(unfolded(opened.content))) == (200, list(SECRETS))
    assert "public" not in opened.headers["cache-control"]
    assert client(site).get(path).status_code == 404


def test_no_log_tells_what_is_not_public_or_the_address(site: Site) -> None:
    made = readers.add_token(site.app, "team", "Robin", by="Anna")
    write(site, "supper", HIDDEN.format(more="").replace("21:00", "22:00"))
    site.app.clock = FixedClock(at("2026-12-08 10:05"))
    with capture_logs() as logged:
        Pulse(app=site.app, address="http://127.0.0.1:8000", say=lambda _text: None).beat()
        client(site).get(made.address.removeprefix("https://www.example.org"))

    assert {"feed": "team", "event": "feed_published", "log_level": "info"} in logged
    assert told_in(str(logged)) == []
    assert made.address.rpartition("/")[2].removesuffix(".ics") not in str(logged)


def test_only_the_user_that_runs_notifier_can_read_the_files(site: Site) -> None:
    folder = site.folder / "secret-feeds"

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {"team.ics": 0o600}


def test_a_secret_feed_names_no_address_of_its_own(site: Site) -> None:
    assert "SOURCE" not in secret_feed(site).partition("BEGIN:VEVENT")[0]


def test_an_address_is_in_no_repr(site: Site) -> None:
    made = readers.add_token(site.app, "team", "Robin", by="Anna")

    assert made.address.rpartition("/")[2].removesuffix(".ics") not in repr(made) + repr(readers.tokens(site.app))


def test_a_feed_that_becomes_public_shows_only_what_is_public(site: Site) -> None:
    configured(site, CONFIG.replace("feeds:\n", FEEDS.replace(", secret: true", "")))
    report = site.tick("2026-12-08 10:01")

    assert "team" in report.published
    assert told_in(public_feed(site, "team")) == []
    assert "SUMMARY:Garden supper\r\n" in public_feed(site, "team")
    assert files_of(site.folder / "secret-feeds") == []


def test_of_a_feed_that_becomes_secret_nothing_stays_for_everybody(site: Site) -> None:
    archive = site.folder / "feeds" / "music-archive.ics"
    archive.write_text("what was over\n")
    configured(site, CONFIG.replace("title: Music,", "title: Music, secret: true,"))
    site.tick("2026-12-08 10:01")

    assert [path.name for path in files_of(site.folder / "feeds")] == ["all.ics"]
    assert "SUMMARY:choir evening\r\n" in secret_feed(site, "music")
    assert client(site).get("/feeds/music.ics").status_code == 404


def test_what_a_secret_feed_was_called_while_it_was_public_is_gone_too(site: Site) -> None:
    renamed = "choirs: {title: Music, secret: true, formerly: [music],"
    configured(site, CONFIG.replace("music: {title: Music,", renamed))
    site.tick("2026-12-08 10:01")

    assert [path.name for path in files_of(site.folder / "feeds")] == ["all.ics"]
    assert client(site).get("/feeds/music.ics").status_code == 404


def test_a_public_file_that_can_not_be_removed_is_said_at_every_tick(site: Site) -> None:
    (site.folder / "feeds" / "music.ics").unlink()
    (site.folder / "feeds" / "music.ics").mkdir()
    configured(site, CONFIG.replace("title: Music,", "title: Music, secret: true,"))

    for minute in (1, 2):
        [problem] = site.tick(f"2026-12-08 10:0{minute}").problems
        assert "feeds/music.ics: is a folder" in str(problem)


def test_a_feed_that_config_yaml_names_no_more_keeps_its_last_good_state_for_its_readers(site: Site) -> None:
    before = public_feed(site, "music")
    configured(site, CONFIG.partition("  music:")[0] + "ledger: {url: 'sqlite:///notifier.db'}\n")
    site.tick("2026-12-08 10:01")

    assert public_feed(site, "music") == before
    assert client(site).get("/feeds/music.ics").status_code == 404


LEFT = {"DTSTART:20261209T190000Z", "STATUS:CANCELLED", "SUMMARY:Cancelled: Garden supper"}
PLAIN = HIDDEN.format(more="").replace("private: [place, contact]\n", "")


def once_public(site: Site, **changes: str) -> str:
    """The public feed after the supper was public, without anything private, and is now as `changes` say."""
    write(site, "supper", PLAIN)
    site.tick("2026-12-08 10:01")
    text = PLAIN
    for old, new in changes.items():
        text = text.replace(f"{old}:", f"{new}\n{old}:", 1)
    write(site, "supper", text)
    site.tick("2026-12-08 10:02")
    return public_feed(site)


@pytest.mark.parametrize("how", ["published: false", "private: [date, place, contact]"])
def test_of_an_event_that_is_public_no_longer_its_last_public_title_and_day_stay(site: Site, how: str) -> None:
    left = entry(once_public(site, access=how), "Garden supper")

    assert {line for line in left.splitlines() if line in LEFT} == LEFT
    assert {line.partition(":")[0].partition(";")[0] for line in left.splitlines()} == {
        "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP", "CLASS", "X-MICROSOFT-CDO-BUSYSTATUS", "END",
    }  # fmt: skip


def test_what_was_never_public_is_not_told_by_what_is_left(site: Site) -> None:
    write(site, "supper", HIDDEN.format(more="").replace("Garden supper", "Supper for the mayor").replace(
        "access: open", "access: open\npublished: false"))  # fmt: skip
    site.tick("2026-12-08 10:01")

    feed = public_feed(site)
    assert ("SUMMARY:Cancelled: Garden supper\r\n" in feed, "mayor" in feed, told_in(feed)) == (True, False, [])


def test_an_event_that_never_was_public_leaves_nothing_when_it_goes(site: Site) -> None:
    write(site, "wake", HIDDEN.format(more="published: false\n").replace("Garden supper", "Wake"))
    site.tick("2026-12-08 10:01")
    site.path("wake").unlink()
    site.tick("2026-12-08 10:02", accept_shrink=True)

    assert ("Wake" in public_feed(site), "Wake" in secret_feed(site)) == (False, False)


def test_a_title_that_becomes_private_is_gone_from_public_feeds_and_stays_in_secret_ones(site: Site) -> None:
    feed = once_public(site, access="private: [title]")

    assert "Garden supper" not in feed
    assert "SUMMARY:Private event\r\n" in feed
    assert "SUMMARY:Garden supper\r\n" in secret_feed(site)


def test_a_title_that_becomes_private_together_with_the_day_is_not_told_by_what_is_left(site: Site) -> None:
    feed = once_public(site, access="private: [title, date]")

    assert "Garden supper" not in feed
    assert "SUMMARY:Cancelled: Private event\r\n" in feed
    assert "SUMMARY:Garden supper\r\n" in secret_feed(site)


def test_after_its_title_became_private_not_even_its_end_tells_it(site: Site) -> None:
    once_public(site, access="private: [title]")
    site.path("supper").unlink()
    withdrawing = CONFIG.replace("folder: website\n", "folder: website\n    vanished: withdraw\n")
    configured(site, withdrawing.replace("feeds:\n", FEEDS))
    site.tick("2026-12-08 10:04", accept_shrink=True)

    assert ["Garden supper" in feed for feed in (public_feed(site), secret_feed(site))] == [False, False]
    assert "SUMMARY:Cancelled: Private event\r\n" in public_feed(site)


def test_a_mail_to_those_who_may_know_of_a_day_that_is_not_public_goes_out_without_a_calendar_file(site: Site) -> None:
    configured(site, CONFIG.replace("public: true", "public: false"))
    write(site, "wake", HIDDEN.format(more="").replace("Garden supper", "Wake").replace("[place,", "[date, place,"))
    site.tick("2026-12-07 10:00")
    site.tick("2026-12-08 10:05")

    [mail] = [path for path in (site.folder / "outbox").glob("*/message.txt") if "Wake" in path.read_text()]
    assert site.row("wake").status == "sent"
    assert not mail.with_name("invite.ics").exists()


def test_an_open_event_that_tells_the_hidden_place_of_another_is_no_file_for_everybody(
    site: Site, tmp_path: Path
) -> None:
    text = site.path("choir").read_text(encoding="utf-8")
    write(site, "choir", text.replace("An evening", "Opposite 7 Quince Lane, behind the blue door. An evening"))
    site.tick("2026-12-08 10:05")
    [uid] = [
        event.uid for event in site.app.ticker.look(at("2026-12-08 10:06")).content.events if "choir" in event.path
    ]

    out = tmp_path / "out"
    config = str(site.folder / "config.yaml")
    ran = run("feeds", str(out), "--config", config, "--at", "2026-12-08T10:06:00Z")

    assert ran.code == 1
    assert "would tell the place of" in ran.err
    assert not [path for path in files_of(out) if "Quince Lane" in unfolded(path.read_bytes())]
    assert client(site).get(f"/feeds/events/{event_file_name(uid)}.ics").status_code == 404


def test_a_page_that_would_tell_it_is_not_shown(site: Site) -> None:
    told = CONFIG.replace("feeds:\n", FEEDS).replace(
        "{title: Everything}", "{title: Everything, description: Ask cook@example.org}"
    )
    configured(site, told)
    site.tick("2026-12-08 10:05")

    answer = client(site).get("/feeds/subscribe-all.html")

    assert (answer.status_code, "cook@" in answer.text) == (503, False)


def test_what_is_hidden_only_now_is_looked_for_in_feeds_that_did_not_change(site: Site) -> None:
    open_supper = HIDDEN.format(more="").replace("private: [place, contact]\n", "")
    write(site, "supper", open_supper)
    text = site.path("choir").read_text(encoding="utf-8")
    write(site, "choir", text.replace("An evening", "Opposite 7 Quince Lane, behind the blue door. An evening"))
    assert site.tick("2026-12-08 10:05").problems == ()

    write(site, "supper", HIDDEN.format(more=""))
    report = site.tick("2026-12-08 10:10")

    assert {problem.path for problem in report.problems} == {"all.ics", "music.ics"}
    assert all("would tell the place of" in problem.what for problem in report.problems)
