from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given

from notifier.core.delivery import key_hash
from notifier.edges.eml import eml
from notifier.edges.outbox import OutboxProvider
from notifier.errors import ProviderError, UserError
from tests.builders import a_delivery, a_message, a_site, an_audience, an_event, at
from tests.edges.outbox_act import DELIVERIES
from tests.edges.provider_suite import AT, DELIVERY, OTHER, ProviderSuite, drafted
from tests.files import ROOT
from tests.strategies import any_text

NOBODY = 65534
NAME = f"20261208T1000Z-reminder-{key_hash(DELIVERY.key)}"
FILES = ["delivery.json", "invite.ics", "message.eml", "message.html", "message.txt"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def outbox(folder: Path) -> OutboxProvider:
    return OutboxProvider("files", folder, a_site())


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a process without root's rights can reach."""
    place = Path(tempfile.mkdtemp(prefix="outbox-test-"))
    place.chmod(0o755)
    yield place
    place.chmod(0o755)
    shutil.rmtree(place)


def delivered(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))


def hidden(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.name.startswith(".") and entry.name != ".lock")


def act(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.edges.outbox_act", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def said(*arguments: str) -> str:
    process = act(*arguments)
    words, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return words


class TestOutboxAsAProvider(ProviderSuite):
    @pytest.fixture
    def provider(self, outbox: OutboxProvider) -> OutboxProvider:
        return outbox


def test_a_delivery_is_a_folder_named_by_its_time_kind_and_key(outbox: OutboxProvider, folder: Path) -> None:
    outbox.send(drafted(outbox), DELIVERY.key, at("2026-12-08 10:01"))

    assert delivered(folder) == [NAME]
    assert sorted(file.name for file in (folder / NAME).iterdir()) == FILES
    assert hidden(folder) == []


def test_the_record_tells_the_delivery_and_when_it_was_sent(outbox: OutboxProvider, folder: Path) -> None:
    outbox.send(drafted(outbox), DELIVERY.key, at("2026-12-08 10:01"))

    record = json.loads((folder / NAME / "delivery.json").read_text())

    assert record["key"] == DELIVERY.key
    assert record["event_uids"] == list(DELIVERY.event_uids)
    assert (record["due_at"], record["sent_at"]) == ("2026-12-08T10:00:00+00:00", "2026-12-08T10:01:00+00:00")
    assert record["status"] == "sent"


def test_the_record_names_the_events(outbox: OutboxProvider, folder: Path) -> None:
    outbox.send(outbox.draft(DELIVERY, a_message(), an_audience(), AT, events=[an_event()]), DELIVERY.key, AT)

    record = json.loads((folder / NAME / "delivery.json").read_text())

    assert [(event["title"], event["path"]) for event in record["events"]] == [(an_event().title, an_event().path)]


def test_what_was_delivered_can_be_looked_at_again(outbox: OutboxProvider, folder: Path) -> None:
    outbox.send(drafted(outbox), DELIVERY.key, AT)

    assert outbox.kept(DELIVERY.key, "message.html") == (folder / NAME / "message.html").read_bytes()
    assert outbox.kept(DELIVERY.key, "../../secret") is None
    assert outbox.kept(OTHER.key, "message.html") is None


def test_a_draft_is_hidden_until_it_is_sent(outbox: OutboxProvider, folder: Path) -> None:
    drafted(outbox)

    assert delivered(folder) == []
    assert hidden(folder) == [f".draft-{key_hash(DELIVERY.key)}"]


def test_a_second_draft_takes_the_place_of_the_first(outbox: OutboxProvider, folder: Path) -> None:
    drafted(outbox)
    draft_id = outbox.draft(DELIVERY, a_message(text="Another text\n"), an_audience(), AT)

    outbox.send(draft_id, DELIVERY.key, AT)

    assert (folder / NAME / "message.txt").read_text() == "Another text\n"


def test_a_draft_after_the_send_is_not_sent_again(outbox: OutboxProvider, folder: Path) -> None:
    outbox.send(drafted(outbox), DELIVERY.key, AT)
    draft_id = outbox.draft(DELIVERY, a_message(text="Another text\n"), an_audience(), AT)

    assert (outbox.check(draft_id), hidden(folder)) == ((), [])
    assert outbox.send(draft_id, DELIVERY.key, AT).result == "accepted"
    assert delivered(folder) == [NAME]
    assert (folder / NAME / "message.txt").read_text() == a_message().text


def test_a_delivery_moved_to_another_time_after_it_was_sent_is_not_sent_again(
    outbox: OutboxProvider, folder: Path
) -> None:
    outbox.send(drafted(outbox), DELIVERY.key, AT)
    draft_id = outbox.draft(a_delivery(due_at=at("2026-12-08 11:00")), a_message(), an_audience(), AT)

    assert outbox.send(draft_id, DELIVERY.key, AT).result == "accepted"
    assert delivered(folder) == [NAME]


@pytest.mark.parametrize("leftover", [".new-6131a75999cf-abc", ".old-.new-6131a75999cf-abc"])
def test_what_a_killed_draft_left_is_no_draft_and_is_swept_away(
    outbox: OutboxProvider, folder: Path, leftover: str
) -> None:
    shutil.copytree(folder / f".draft-{drafted(outbox)}", folder / leftover)
    shutil.rmtree(folder / f".draft-{key_hash(DELIVERY.key)}")

    assert outbox.find(DELIVERY.key).state == "absent"
    outbox.send(drafted(outbox), DELIVERY.key, AT)
    assert (delivered(folder), hidden(folder)) == ([NAME], [])


def test_a_send_killed_before_its_rename_is_still_a_draft_and_goes_out_once(
    outbox: OutboxProvider, folder: Path
) -> None:
    draft = folder / f".draft-{drafted(outbox)}"
    (draft / ".delivery.json.new").write_text("half a reco")
    (draft / "delivery.json").write_text(
        json.dumps(json.loads((draft / "delivery.json").read_text()) | {"status": "sent"})
    )

    assert outbox.find(DELIVERY.key).state == "drafted"
    assert outbox.send(key_hash(DELIVERY.key), DELIVERY.key, AT).result == "accepted"
    assert sorted(file.name for file in (folder / NAME).iterdir()) == FILES


def test_a_half_written_draft_is_absent_and_made_again(outbox: OutboxProvider, folder: Path) -> None:
    (folder / f".draft-{drafted(outbox)}" / "delivery.json").write_text('{"key": "remin')

    assert outbox.find(DELIVERY.key).state == "absent"
    assert outbox.check(drafted(outbox)) == []


def test_a_draft_that_is_gone_is_certainly_not_taken(outbox: OutboxProvider, folder: Path) -> None:
    shutil.rmtree(folder / f".draft-{drafted(outbox)}")

    outcome = outbox.send(key_hash(DELIVERY.key), DELIVERY.key, AT)

    assert outcome.result == "unsent"
    assert "no longer in" in outcome.detail


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"key": "another/key"}'])
def test_a_delivered_folder_that_proves_nothing_is_for_a_person_to_see(
    outbox: OutboxProvider, folder: Path, content: str
) -> None:
    draft_id = drafted(outbox)
    (folder / NAME).mkdir()
    (folder / NAME / "delivery.json").write_text(content)

    assert outbox.find(DELIVERY.key).state == "unclear"
    assert outbox.send(draft_id, DELIVERY.key, AT).result == "ambiguous"
    assert "Look into it" in outbox.find(DELIVERY.key).detail


@pytest.mark.parametrize("name", FILES)
def test_a_draft_with_an_empty_file_has_a_problem(outbox: OutboxProvider, folder: Path, name: str) -> None:
    draft_id = drafted(outbox)
    (folder / f".draft-{draft_id}" / name).write_bytes(b"")

    problems = [str(problem) for problem in outbox.check(draft_id)]

    assert any(name in problem for problem in problems)


def test_a_draft_whose_record_names_another_delivery_has_a_problem(outbox: OutboxProvider, folder: Path) -> None:
    draft_id = drafted(outbox)
    (folder / f".draft-{draft_id}" / "delivery.json").write_text(json.dumps({"key": OTHER.key}))

    assert ["which delivery" in problem.what for problem in outbox.check(draft_id)] == [True]


def test_two_processes_that_send_at_once_deliver_once(folder: Path) -> None:
    said("draft", str(folder))

    racers = [act("send", str(folder)) for _ in range(3)]
    words = [racer.communicate(timeout=60)[0].split("\n")[:-1] for racer in racers]

    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert {line.split()[0] for lines in words for line in lines} == {"accepted"}
    assert len(delivered(folder)) == len(DELIVERIES)
    assert hidden(folder) == []


def test_a_full_disk_is_said_and_nothing_is_left_behind(folder: Path) -> None:
    words = said("draft", str(folder), "largest=300")

    assert words.startswith(
        f"ProviderError for now: files: The outbox folder {folder} can't be written to: File too large."
    )
    assert "Make room on its disk" in words
    assert hidden(folder) == []


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk; the test above fills a file instead")
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=False).returncode != 0:
        pytest.skip("this root may not mount a small disk; the test above fills a file instead")
    (place / ".lock").touch()
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_without_room_is_said_and_the_delivery_goes_out_later(full_disk: Path) -> None:
    ballast = full_disk / "ballast"
    ballast.write_bytes(b"x" * 49_152)
    outbox = OutboxProvider("files", full_disk, a_site())

    with pytest.raises(ProviderError, match=r"No space left on device\. Free some space on its disk") as caught:
        outbox.draft(DELIVERY, a_message(html="x" * 20_000), an_audience(), AT)
    ballast.unlink()

    assert not caught.value.permanent
    draft_id = outbox.draft(DELIVERY, a_message(html="x", calendar=None), an_audience(), AT)
    assert outbox.send(draft_id, DELIVERY.key, AT).result == "accepted"
    assert delivered(full_disk) == [NAME]


def test_an_outbox_that_may_not_be_written_to_is_said(open_folder: Path) -> None:
    open_folder.chmod(0o555)

    words = said("draft", str(open_folder), f"uid={NOBODY}")

    assert words.startswith(
        f"ProviderError for now: files: The outbox folder {open_folder} can't be written to: Permission denied."
    )
    assert "Let the user that runs notifier write there" in words
    assert said("doctor", str(open_folder), f"uid={NOBODY}").startswith("ill The outbox folder")


def test_a_send_into_an_outbox_that_became_read_only_is_certainly_not_taken(open_folder: Path) -> None:
    OutboxProvider("files", open_folder, a_site()).draft(DELIVERIES[0], a_message(), an_audience(), AT)
    for place in (*open_folder.rglob("*"), open_folder):
        place.chmod(0o555 if place.is_dir() else 0o444)

    words = said("send", str(open_folder), f"uid={NOBODY}").split("\n")[0]

    assert words.startswith("unsent files: The outbox folder")


def test_an_outbox_whose_disk_is_missing_is_said_and_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    outbox = OutboxProvider("files", tmp_path / "not mounted" / "outbox", a_site())

    with pytest.raises(ProviderError, match="Create the folder it lies in"):
        outbox.find(DELIVERY.key)
    with pytest.raises(ProviderError, match="Create the folder it lies in"):
        drafted(outbox)
    assert [finding.ok for finding in outbox.doctor([])] == [False]


def test_a_file_in_the_place_of_the_outbox_is_said(folder: Path, outbox: OutboxProvider) -> None:
    folder.write_text("not a folder")

    with pytest.raises(ProviderError, match="Something else has that name"):
        drafted(outbox)


def test_the_outbox_reaches_nobody_and_says_so(outbox: OutboxProvider) -> None:
    assert not outbox.capabilities().reaches_people
    assert outbox.resolve(an_audience()) is None
    assert outbox.test(a_message(), ["staff@example.org"]).result == "unsent"


def the_mail(outbox: OutboxProvider, folder: Path) -> bytes:
    outbox.send(drafted(outbox), DELIVERY.key, AT)
    return (folder / NAME / "message.eml").read_bytes()


def test_the_mail_is_mixed_of_alternatives_and_a_calendar_file(outbox: OutboxProvider, folder: Path) -> None:
    mail = message_from_bytes(the_mail(outbox, folder), policy=SMTP)

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    calendar = list(mail.walk())[4]
    assert calendar.get_param("method") == "PUBLISH"
    assert mail["To"] == '"newsletter (outbox)" <newsletter@outbox.invalid>'
    assert mail["From"] == "Example Commons <events@example.org>"
    assert mail["Date"].datetime == AT


def test_the_mail_keeps_lines_short_and_crlf(outbox: OutboxProvider, folder: Path) -> None:
    written = the_mail(outbox, folder)

    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(map(len, written.split(b"\r\n"))) <= 78


def test_an_audience_without_a_sender_writes_as_the_site(outbox: OutboxProvider, folder: Path) -> None:
    outbox.draft(DELIVERY, a_message(calendar=None), an_audience(sender=None), AT)

    draft = folder / f".draft-{key_hash(DELIVERY.key)}"

    assert b"From: Example Commons <noreply@example.org>\r\n" in (draft / "message.eml").read_bytes()
    assert not (draft / "invite.ics").exists()
    assert outbox.check(key_hash(DELIVERY.key)) == []


def test_a_sender_that_is_no_address_is_said(outbox: OutboxProvider) -> None:
    with pytest.raises(UserError, match=r"'nobody at all' is not an e-mail address\. Correct `from"):
        outbox.draft(DELIVERY, a_message(), an_audience(sender=("Name", "nobody at all")), AT)


@given(any_text, any_text, any_text)
def test_no_text_can_add_a_header_or_a_part(subject: str, name: str, body: str) -> None:
    message = a_message(subject=f"S{subject}", text=body, html=body)

    written = eml(
        message,
        sender=(name, "events@example.org"),
        recipient=(name, "x@outbox.invalid"),
        key=body,
        domain="example.org",
        at=AT,
    )

    mail = message_from_bytes(written, policy=SMTP)
    assert mail.keys() == ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
    assert len(list(mail.walk())) == 6
