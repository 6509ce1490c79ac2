"""The mark of a ledger at its providers: kept there, found again, and known for a copy where its place was copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.beside import Fencing
from notifier.core.lease import Mark
from notifier.edges.mailchimp import MailchimpProvider
from notifier.edges.outbox import OutboxProvider
from notifier.errors import ProviderError
from tests.builders import a_site, at
from tests.edges.mailchimp_site import a_provider
from tests.mailchimp.asking import Caller
from tests.mailchimp.control import Emulator, emulator

MARK = Mark(ledger_id="0" * 15 + "a", fence=3, nonce="1" * 15 + "b", moves=17, renewed_at=at("2026-12-08 10:00"))
LATER = Mark(
    ledger_id="0" * 15 + "a", fence=4, nonce="2" * 15 + "c", moves=99, renewed_at=at("2026-12-08 10:07"), released=True
)


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator() as made:
        yield made


@pytest.fixture
def mailchimp(account: Emulator) -> Emulator:
    account.reset()
    return account


@pytest.fixture(params=["outbox", "mailchimp"])
def place(request: pytest.FixtureRequest, tmp_path: Path, mailchimp: Emulator) -> Fencing:
    if request.param == "mailchimp":
        return a_provider(mailchimp)
    (tmp_path / "outbox").mkdir()
    return OutboxProvider("letters", tmp_path / "outbox", a_site())


def test_nothing_stands_there_at_first_and_then_what_was_written_last(place: Fencing) -> None:
    assert place.mark() is None
    place.put_mark(MARK)
    assert place.mark() == MARK
    place.put_mark(LATER)
    assert place.mark() == LATER


def test_a_copied_folder_is_known_for_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    OutboxProvider("letters", tmp_path / "a", a_site()).put_mark(MARK)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    copy = OutboxProvider("letters", tmp_path / "b", a_site()).mark()
    assert copy is not None
    assert (copy.is_copied, copy.nonce) == (True, MARK.nonce)


def test_two_sites_share_a_folder(tmp_path: Path) -> None:
    one = OutboxProvider("letters", tmp_path, a_site())
    other = OutboxProvider("letters", tmp_path, a_site(id="other"))
    one.put_mark(MARK)
    assert other.mark() is None
    other.put_mark(LATER)
    assert (one.mark(), other.mark()) == (MARK, LATER)


def test_where_nothing_was_delivered_yet_no_folder_is_made_for_it(tmp_path: Path) -> None:
    provider = OutboxProvider("letters", tmp_path / "outbox", a_site())
    provider.put_mark(MARK)
    assert (provider.mark(), list(tmp_path.iterdir())) == (None, [])


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"ledger": 1}', '{"ledger": "", "fence": 1, "nonce": ""}'])
def test_what_is_no_mark_is_said_and_never_taken_for_none(tmp_path: Path, content: str) -> None:
    provider = OutboxProvider("letters", tmp_path, a_site())
    provider.put_mark(MARK)
    [file] = tmp_path.glob(".lease-*.json")
    file.write_text(content)
    with pytest.raises(ProviderError, match="isn't what notifier wrote"):
        provider.mark()


def test_a_mark_is_for_its_owner_alone(tmp_path: Path) -> None:
    OutboxProvider("letters", tmp_path, a_site()).put_mark(MARK)
    [file] = tmp_path.glob(".lease-*.json")
    assert file.stat().st_mode & 0o777 == 0o600


def test_in_mailchimp_it_is_the_name_of_an_empty_folder(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp)
    provider.put_mark(MARK)
    provider.put_mark(LATER)
    caller = Caller(mailchimp)
    [folder] = caller.get("/campaign-folders")["folders"]
    caller.session.close()
    assert folder["name"].startswith("notifier (keep) ")
    assert (len(folder["name"]) <= 100, folder["count"]) == (True, 0)


def test_a_folder_that_staff_delete_is_made_again(mailchimp: Emulator) -> None:
    provider: MailchimpProvider = a_provider(mailchimp)
    provider.put_mark(MARK)
    caller = Caller(mailchimp)
    [folder] = caller.get("/campaign-folders")["folders"]
    caller.ask("DELETE", f"/campaign-folders/{folder['id']}")
    caller.session.close()
    provider.put_mark(LATER)
    assert provider.mark() == LATER


def test_of_two_folders_the_newer_counts(mailchimp: Emulator) -> None:
    for mark in (LATER, MARK):
        a_provider(mailchimp)._account().make_folder(_named(mailchimp, mark))
    assert a_provider(mailchimp).mark() == LATER


def _named(mailchimp: Emulator, mark: Mark) -> str:
    """The name that a mark has there."""
    with emulator() as other:
        a_provider(other).put_mark(mark)
        caller = Caller(other)
        name: str = caller.get("/campaign-folders")["folders"][0]["name"]
        caller.session.close()
    return name
