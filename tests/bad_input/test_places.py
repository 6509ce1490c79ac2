"""Bad folders, templates, disks and ledgers: one sentence with its remedy, and nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.bad_input.place import ALL, FIRST_LOOK, LATER, NOW, Place
from tests.crashes.site import make_site
from tests.edges.conftest import fill
from tests.homes import at_home

NOTHING: list[str] = []
MISSING = (
    "website: The content folder SITE/content doesn't exist, so nothing was read. "
    "Create it, or correct `folder` of the source `website`.\n"
)
UNLISTED = (
    "website: The folder SITE/_events can't be listed, so nothing was read. "
    "Let the user that runs notifier read it, or `exclude` it from the source `website`.\n"
)
SHRUNK = (
    "The sources have 0 of the 3 upcoming events they had (gone: _events/2026-12-09-choir.md, "
    "_events/2026-12-09-garden.md, _events/2026-12-09-repair.md). Nothing was planned or sent. "
    "Bring the files back, or, if that is right, run: notifier tick --config SITE/config.yaml --accept-shrink\n"
)


def assert_all_go_out_once(place: Place) -> None:
    """The next tick delivers what was waiting, each once."""
    assert (place.tick(LATER).err, place.delivered()) == ("", ALL)


def test_a_content_folder_that_does_not_exist_is_said_and_nothing_is_lost(place: Place) -> None:
    feed = place.feed()
    place.change("config.yaml", "folder: .\n", "folder: content\n")
    ran = place.tick()
    assert (ran.code, ran.err, place.delivered(), place.feed()) == (1, MISSING, NOTHING, feed)
    place.change("config.yaml", "folder: content\n", "folder: .\n")
    assert_all_go_out_once(place)


def test_a_content_folder_that_may_not_be_listed_is_said_and_nothing_is_lost(place: Place) -> None:
    place.file("_events").chmod(0)
    ran = place.tick(ordinary=True)
    place.file("_events").chmod(0o755)
    assert (ran.code, ran.err, place.delivered()) == (1, UNLISTED, NOTHING)
    assert_all_go_out_once(place)


def test_events_that_are_all_gone_stop_everything_until_a_person_looks(place: Place) -> None:
    place.file("_events").rename(place.file("elsewhere"))
    ran = place.tick()
    assert (ran.code, ran.out, ran.err) == (1, "", SHRUNK)
    place.file("elsewhere").rename(place.file("_events"))
    assert_all_go_out_once(place)


@pytest.mark.parametrize("command", [("tick", "--at", NOW), ("feeds", "out")])
def test_a_first_look_at_a_missing_folder_is_no_baseline(tmp_path: Path, command: tuple[str, ...]) -> None:
    make_site(tmp_path / "site")
    place = Place(tmp_path / "site")
    place.change("config.yaml", "folder: .\n", "folder: content\n")
    ran = place.run(*(str(tmp_path / word) if word == "out" else word for word in command))
    assert (ran.code, ran.err) == (1, MISSING)
    place.change("config.yaml", "folder: content\n", "folder: .\n")
    assert place.tick(FIRST_LOOK).code == 0
    assert_all_go_out_once(place)


@pytest.mark.parametrize("command", ["plan", "events"])
def test_looking_at_a_missing_folder_says_so(place: Place, command: str) -> None:
    place.change("config.yaml", "folder: .\n", "folder: content\n")
    ran = place.run(command, "--at", NOW)
    assert (ran.code, ran.err) == (1, MISSING)


TEMPLATE = "templates/reminder/subject.j2"
NAMES = (
    "add_links, after_all, brief, changed, changes, clock, contact, contact_url, info_url, is_new, join_url, moved, "
    "notes, paragraphs, place, recording_url, soon, starts_on, status, title, url, when, when_lines, when_short"
)
TEMPLATES = {
    "syntax": (
        "{{ event.title ",
        ":1: Unexpected end of template, expected 'end of print statement'. Correct the template's syntax there.\n",
    ),
    "unknown name": (
        "{{ event.titel }}",
        f":1: Nothing here is called 'titel'. Did you mean 'title'? The names are: {NAMES}.\n",
    ),
    "empty": ("{# nothing #}", ":1: The subject is empty. Write a subject line here.\n"),
}


def with_template(place: Place, text: str) -> Path:
    place.file(TEMPLATE).parent.mkdir(parents=True)
    place.file(TEMPLATE).write_text(text)
    return place.file(TEMPLATE)


@pytest.mark.parametrize(("text", "said"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_with_an_error_holds_mails_until_it_is_mended(place: Place, text: str, said: str) -> None:
    template = with_template(place, text)
    ran = place.tick()
    assert (ran.code, ran.err, place.delivered()) == (0, f"SITE/{TEMPLATE}{said}", NOTHING)
    assert "3 mails are due and held" in ran.out
    template.write_text("Mended: {{ event.title }}")
    assert_all_go_out_once(place)


def test_a_template_that_may_not_be_read_is_said(place: Place) -> None:
    template = with_template(place, "{{ event.title }}")
    template.chmod(0)
    ran = place.tick(ordinary=True)
    said = (
        f"SITE/{TEMPLATE}: This template can't be read (Permission denied). Let the user that runs notifier read it.\n"
    )
    assert (ran.code, ran.err, place.delivered()) == (1, said, NOTHING)
    template.chmod(0o644)
    assert_all_go_out_once(place)


@pytest.mark.parametrize("folder", ["templates", "templates/reminder"])
def test_a_templates_folder_that_may_not_be_read_is_never_taken_for_an_empty_one(place: Place, folder: str) -> None:
    with_template(place, "{{ event.title }}")
    place.file(folder).chmod(0)
    ran = place.tick(ordinary=True)
    place.file(folder).chmod(0o755)
    said = f"SITE/{folder}: This folder can't be read (Permission denied). Let the user that runs notifier read it.\n"
    assert (ran.code, ran.err, place.delivered()) == (1, said, NOTHING)
    assert_all_go_out_once(place)


def test_a_read_only_outbox_is_said_and_the_mails_go_out_later(place: Place) -> None:
    place.file("outbox").mkdir(mode=0o555)
    ran = place.tick(ordinary=True)
    said = "outbox: The outbox folder SITE/outbox can't be written to: Permission denied. "
    remedy = "Let the user that runs notifier write there; the delivery is tried again by itself."
    assert (ran.code, ran.out.count(said + remedy), place.delivered()) == (0, 3, NOTHING)
    place.file("outbox").chmod(0o755)
    assert_all_go_out_once(place)


def test_a_file_in_the_outboxs_place_is_said_and_the_mails_go_out_later(place: Place) -> None:
    place.file("outbox").touch()
    ran = place.tick()
    said = "outbox: The outbox folder SITE/outbox can't be read: Not a directory. "
    remedy = "Something else has that name: move it away, or correct `folder` of this provider."
    assert (ran.code, ran.out.count(said + remedy)) == (0, 3)
    place.file("outbox").unlink()
    assert_all_go_out_once(place)


def test_a_full_disk_of_the_outbox_is_said_and_the_mails_go_out_later(place: Place, small_disk: Path) -> None:
    place.file("outbox").symlink_to(small_disk)
    ballast = fill(small_disk)
    ran = place.tick()
    said = "outbox: The outbox folder SITE/outbox can't be written to: No space left on device. "
    remedy = "Free some space on its disk; the delivery is tried again by itself."
    assert (ran.code, ran.out.count(said + remedy), place.delivered()) == (0, 3, NOTHING)
    ballast.unlink()
    assert_all_go_out_once(place)
    assert sorted(entry.name[:6] for entry in small_disk.iterdir() if entry.name.startswith(".")) == [".lease", ".lock"]


def on_disk(place: Place, name: str, disk: Path) -> None:
    """Let a folder of the site lie on another disk."""
    shutil.move(place.file(name), disk / name)
    place.file(name).symlink_to(disk / name)


def test_a_full_disk_of_the_feeds_is_said_and_keeps_back_no_mail(place: Place, small_disk: Path) -> None:
    on_disk(place, "feeds", small_disk)
    before, ballast = place.feed(), fill(small_disk)
    place.change("_events/2026-12-09-choir.md", "An evening", "A long evening")
    ran = place.tick()
    said = "the disk is full, so this was not published. Free some space; it is tried again."
    assert (ran.code, ran.err) == (1, f"SITE/feeds/all.ics: {said}\nSITE/feeds/music.ics: {said}\n")
    assert (place.feed(), place.delivered()) == (before, ["garden", "repair"])
    ballast.unlink()
    place.tick(LATER)
    assert b"A long evening" in place.feed()


def test_feeds_that_may_not_be_written_are_said_and_keep_back_no_mail(place: Place) -> None:
    place.change("_events/2026-12-09-choir.md", "An evening", "A long evening")
    place.file("feeds").chmod(0o555)
    ran = place.tick(ordinary=True)
    place.file("feeds").chmod(0o755)
    said = "can't be read or written. Let the user that runs notifier write in SITE/feeds."
    assert (ran.code, ran.err) == (1, f"SITE/feeds/all.ics: {said}\nSITE/feeds/music.ics: {said}\n")
    assert place.delivered() == ["garden", "repair"]


def test_a_full_disk_of_the_ledger_is_said_and_nothing_is_lost(place: Place, small_disk: Path) -> None:
    shutil.move(place.file("notifier.db"), small_disk / "notifier.db")
    at_home(small_disk / "notifier.db")
    place.change("config.yaml", "sqlite:///notifier.db", f"sqlite:///{small_disk}/notifier.db")
    ballast = fill(small_disk)
    ran = place.tick()
    said = "the disk that holds the ledger is full, so this was not recorded. Free some space; nothing is lost.\n"
    assert (ran.code, ran.err, place.delivered()) == (1, f"{small_disk}/notifier.db: {said}", NOTHING)
    ballast.unlink()
    assert_all_go_out_once(place)


DAMAGED = (
    "SITE/notifier.db: this is not a notifier ledger, or it is damaged. Stop notifier, put a backup in its place "
    "(`notifier restore FILE`, then `notifier ledger take-over`), or move it away to begin again: then the first look is a "
    "baseline and nothing already there is mailed.\n"
)


@pytest.mark.parametrize("keep", [0, 4096])
def test_a_corrupt_ledger_is_said_left_alone_and_with_a_backup_nothing_is_lost(place: Place, keep: int) -> None:
    good = place.file("notifier.db").read_bytes()
    bad = good[:keep] + b"\xff" * (len(good) - keep)
    place.file("notifier.db").write_bytes(bad)
    ran = place.tick()
    assert (ran.code, ran.err, place.delivered()) == (1, DAMAGED, NOTHING)
    assert place.file("notifier.db").read_bytes() == bad
    place.file("notifier.db").write_bytes(good)
    assert_all_go_out_once(place)


@contextmanager
def ledger_of(place: Place) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(place.file("notifier.db"), isolation_level=None)) as connection:
        yield connection


def test_a_locked_ledger_is_said_and_nothing_is_lost(place: Place) -> None:
    with ledger_of(place) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = place.tick()
    said = "the ledger is locked by another program. Stop the other program, or wait until it has finished, and try again.\n"
    assert (ran.code, ran.err, place.delivered()) == (1, f"SITE/notifier.db: {said}", NOTHING)
    assert_all_go_out_once(place)


def test_a_ledger_of_a_newer_version_is_said_and_left_alone(place: Place) -> None:
    with ledger_of(place) as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '0099'")
    ran = place.tick()
    said = "(its schema is 0099, this one knows 0015). Install that version again, or restore the ledger from before the upgrade.\n"
    assert (ran.code, ran.err) == (1, f"SITE/notifier.db: the ledger was written by a newer version of notifier {said}")
    with ledger_of(place) as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '0015'")
    assert_all_go_out_once(place)


def test_a_ledger_that_may_not_be_read_is_said_and_nothing_is_lost(place: Place) -> None:
    place.file("notifier.db").chmod(0)
    ran = place.tick(ordinary=True)
    place.file("notifier.db").chmod(0o600)
    said = "the ledger can't be written. Let the user that runs notifier read and write this file.\n"
    assert (ran.code, ran.err, place.delivered()) == (1, f"SITE/notifier.db: {said}", NOTHING)
    assert_all_go_out_once(place)


def test_a_site_that_may_not_be_written_is_said_and_nothing_is_lost(place: Place) -> None:
    place.folder.chmod(0o555)
    ran = place.tick(ordinary=True)
    place.folder.chmod(0o755)
    said = (
        "SITE: the ledger's folder can't be written, and the ledger keeps its journal there. "
        "Let the user that runs notifier write in it, or name another place in `ledger.url`.\n"
    )
    assert (ran.code, ran.err, place.delivered()) == (1, said, NOTHING)
    assert_all_go_out_once(place)


LEDGERS = {
    "corrupt": (lambda file: file.write_bytes(b"junk" * 100), "damaged"),
    "a folder": (lambda file: (file.unlink(), file.mkdir()), "this is a folder"),
}


@pytest.mark.parametrize(("spoil", "said"), LEDGERS.values(), ids=LEDGERS)
def test_the_doctor_names_a_bad_ledger_and_looks_at_the_rest_too(place: Place, spoil: object, said: str) -> None:
    assert callable(spoil)
    spoil(place.file("notifier.db"))
    lines = place.run("doctor").out.splitlines()
    assert [line for line in lines if "ledger:" in line and "BAD" in line and said in line]
    assert [line for line in lines if "sources: 3 events read" in line]


def test_a_configuration_that_may_not_be_read_is_said(place: Place) -> None:
    place.file("config.yaml").chmod(0)
    ran = place.run("check", ordinary=True)
    said = "SITE/config.yaml: The file may not be read. Let the user who runs notifier read it.\n"
    assert (ran.code, ran.err) == (1, said)


def test_a_key_that_others_may_read_is_said_by_the_doctor(place: Place) -> None:
    place.file("secret_key").write_text("unguessable\n")
    place.file("secret_key").chmod(0o644)
    place.change("config.yaml", "ledger:", "secret_key: {file: secret_key}\nledger:")
    said = "secret_key: The file SITE/secret_key can be read by other users. Run: chmod 600 SITE/secret_key"
    ran = place.run("doctor")
    assert (ran.code, said in ran.out) == (1, True)
