"""One event as a file to download: public ones only, under a name that every system can keep."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.links import event_file_name
from notifier.web.downloads import attached
from tests.web.sites import a_client


def address(uid: str) -> str:
    return f"/feeds/events/{event_file_name(uid)}.ics"


def uids(app: App) -> list[str]:
    assert app.latest is not None
    return [uid for plan in app.latest.look.plan.feeds for uid in plan.uids]


def test_every_event_of_a_public_feed_can_be_downloaded(client: TestClient, looked_at: App) -> None:
    for uid in uids(looked_at):
        answer = client.get(address(uid), headers={"accept-encoding": "identity"})
        assert answer.status_code == 200
        assert answer.content.count(b"BEGIN:VEVENT") == 1
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.headers["content-disposition"].startswith("attachment; filename=")


def test_it_is_what_the_tick_makes_and_who_has_it_is_told_so(client: TestClient, looked_at: App) -> None:
    uid = uids(looked_at)[0]
    assert looked_at.latest is not None
    answer = client.get(address(uid))
    assert answer.content == looked_at.ticker.calendars.event_file(uid, looked_at.latest.look)
    again = client.get(address(uid), headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, client.head(address(uid)).content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing", "a" * 26, "a" * 65, "", "..", "%2e%2e", "ABC", "a.b"])
def test_what_no_public_feed_holds_is_not_there(client: TestClient, name: str) -> None:
    assert client.get(f"/feeds/events/{name}.ics").status_code == 404


def test_before_the_first_tick_there_is_none(site: App) -> None:
    assert a_client(site).get(address("x@example.org")).status_code == 404


def test_an_event_that_changes_is_another_file_after_the_tick(site: App) -> None:
    site.tick()
    client = a_client(site)
    path = next((site.config.parent / "_events").glob("*open-studio.md"))
    uid = next(event.uid for event in site.latest.look.content.events if "open-studio" in event.path)  # type: ignore[union-attr]  # it ticked
    before = client.get(address(uid))
    path.write_text(path.read_text(encoding="utf-8").replace("bring a map", "bring two maps"), encoding="utf-8")
    site.tick()
    after = client.get(address(uid), headers={"if-none-match": before.headers["etag"]})
    assert (after.status_code, b"bring two maps" in after.content.replace(b"\r\n ", b"")) == (200, True)


def test_a_title_names_the_file_in_plain_letters_and_in_its_own() -> None:
    said = attached("Café: “Straße” / 東京")
    assert (
        said
        == "attachment; filename=\"Cafe-Strae.ics\"; filename*=UTF-8''Caf%C3%A9%20%E2%80%9CStra%C3%9Fe%E2%80%9D%20%E6%9D%B1%E4%BA%AC.ics"
    )
    assert attached("東京").startswith('attachment; filename="event.ics"; ')


@given(st.text())
def test_no_title_breaks_out_of_the_field_or_of_a_folder(title: str) -> None:
    said = re.fullmatch(
        r"attachment; filename=\"([A-Za-z0-9-]{1,100})\.ics\"; filename\*=UTF-8''([A-Za-z0-9%_.~-]+)\.ics",
        attached(title),
    )
    assert said is not None
    name = unquote(said[2], errors="strict")
    assert not set('/\\:"\r\n\0') & set(name)
    assert not name.startswith(".")
