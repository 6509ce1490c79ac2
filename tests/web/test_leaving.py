"""Leaving by the link in a mail: by the page, by a mail program, and by nobody else."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App
from notifier.core.languages import SHIPPED
from notifier.core.recipient import digest_of
from notifier.web.leaving import LARGEST, wish_of
from notifier.web.leaving_words import WORDS, Words, words_in
from tests.web.leaving import FOLDER, KIM, NOW, a_reader, a_site, link, pages
from tests.web.served import answers, said, serving

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORM = "application/x-www-form-urlencoded"
DIGEST = digest_of("choir", KIM)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[App]:
    app = a_site(tmp_path)
    yield app
    app.close()


@pytest.fixture
def reader(site: App) -> TestClient:
    return a_reader(site)


def left(app: App, audience: str = "choir") -> dict[str, str]:
    """Who has left, and how."""
    return {digest: why for digest, (_, why) in app.ticker.wiring.ledger.left(audience).items()}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_looks_has_not_left(method: str, reader: TestClient, site: App) -> None:
    answer = reader.request(method, link())

    assert answer.status_code == 200
    assert ("<button" in answer.text) == (method == "GET")
    assert left(site) == {}


def test_a_mail_program_leaves_for_its_reader_with_one_call(reader: TestClient, site: App) -> None:
    answer = reader.post(link(), data=ONE_CLICK)

    assert (answer.status_code, left(site)) == (200, {DIGEST: "one-click"})
    assert site.ticker.wiring.ledger.left("choir")[DIGEST][0] == NOW
    assert "set-cookie" not in answer.headers


def test_it_may_be_called_with_the_parts_of_a_form(reader: TestClient, site: App) -> None:
    answer = reader.post(link(), files={"List-Unsubscribe": (None, "One-Click")})

    assert (answer.status_code, left(site)) == (200, {DIGEST: "one-click"})


def test_twice_is_once(reader: TestClient, site: App) -> None:
    assert [reader.post(link(), data=ONE_CLICK).status_code for _ in range(2)] == [200, 200]
    assert reader.post(link(), data={"do": "leave"}).status_code == 200
    assert left(site) == {DIGEST: "one-click"}


def test_by_the_page_one_leaves_and_may_come_back(reader: TestClient, site: App) -> None:
    assert "You have unsubscribed" in reader.post(link(), data={"do": "leave"}).text
    assert left(site) == {DIGEST: "by the page"}
    assert "You have unsubscribed" in reader.get(link()).text
    assert "subscribed again" in reader.post(link(), data={"do": "come-back"}).text
    assert left(site) == {}


def test_a_page_names_its_audience_and_nobody(reader: TestClient) -> None:
    shown = pages(reader).values()

    assert sum("choir" in page for page in shown) == 3
    assert not any(part in page for page in shown for part in (KIM, "kim", DIGEST, link().rpartition("/")[2]))


def test_the_link_of_a_name_that_the_audience_had_counts_and_shows_the_name_of_today(
    reader: TestClient, site: App
) -> None:
    page = reader.post(link("singers"), data=ONE_CLICK).text

    assert "choir" in page
    assert "singers" not in page
    assert left(site, "singers") == {digest_of("singers", KIM): "one-click"}


def test_where_the_list_is_sent_in_another_way_now_the_reader_is_told_to_leave_that_too(
    reader: TestClient, site: App
) -> None:
    assert "newest mail" in reader.post(link("crew"), data=ONE_CLICK).text
    assert left(site, "crew") == {digest_of("crew", KIM): "one-click"}


def test_the_page_speaks_the_language_of_the_audiences_mails(reader: TestClient) -> None:
    assert '<html lang="de">' in reader.get(link("board")).text
    assert "Liste „board“ von Example Commons &amp; Friends" in reader.get(link("board")).text
    assert '<html lang="en">' in reader.get(link()).text


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_in_each_language_every_sentence_is_there_and_can_be_filled_in(words: Words) -> None:
    texts = [getattr(words, name) for name in words.__slots__]

    assert all(text.format(list="choir", organisation="Example") for text in texts)
    assert [text.count("{list}") for text in (words.asked_because, words.no_more, words.elsewhere, words.again)] == [
        1
    ] * 4


def test_every_language_of_mails_has_its_page() -> None:
    assert set(WORDS) == set(SHIPPED)
    assert [words_in(code).code for code in ("de-AT", "DE", "en-US", "cy", "")] == ["de", "de", "en", "en", "en"]


def spoilt() -> list[str]:
    good = link()
    other_bits = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    return [
        good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1],
        good.replace("/choir/", "/board/"),
        good.replace("/choir/", "/nobody/"),
        link(key="another key"),
        f"/leave/choir/{other_bits}",
        good[:-1],
        f"{good}/",
        f"{good}%0a",
        f"{good}%00",
        good.replace("/choir/", "/choir//"),
        good.replace("/choir/", "/%2e%2e/leave/"),
        good.replace("/choir/", "/CHOIR/"),
        "/leave/choir/",
        "/leave/choir/..%2f..%2fsecret_key",
        "/leave/",
    ]


@pytest.mark.parametrize("path", spoilt())
def test_any_other_link_leads_nowhere_and_tells_nothing(path: str, reader: TestClient, site: App) -> None:
    nothing = reader.get("/leave/choir/nothing")
    for answer in (reader.get(path), reader.post(path, data=ONE_CLICK), reader.post(path, data={"do": "come-back"})):
        assert (answer.status_code, answer.text) == (404, nothing.text)
    assert [left(site, name) for name in ("choir", "board", "singers", "moved")] == [{}, {}, {}, {}]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"List-Unsubscribe=Two-Clicks", FORM),
        (b"do=everything", FORM),
        (b"List-Unsubscribe=One-Click", "text/plain"),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
        (b"List-Unsubscribe=One-Click", "multipart/form-data; boundary=x"),
        (b"&".join([b"a=b"] * 50 + [b"do=leave"]), FORM),
    ],
)
def test_what_asks_for_nothing_that_is_known_changes_nothing(
    body: bytes, kind: str, reader: TestClient, site: App
) -> None:
    answer = reader.post(link(), content=body, headers={"content-type": kind})

    assert (answer.status_code, left(site)) == (400, {})


@given(
    st.binary(max_size=300), st.sampled_from([FORM, "multipart/form-data", 'multipart/form-data; boundary="a"', "\x00"])
)
def test_whatever_is_sent_is_understood_or_not_and_that_is_all(body: bytes, kind: str) -> None:
    assert wish_of(kind.encode(), body) in (None, "one-click", "leave", "come-back")


def test_more_than_a_form_is_not_read(reader: TestClient, site: App) -> None:
    answer = reader.post(
        link(), content=b"List-Unsubscribe=One-Click&a=" + b"x" * LARGEST, headers={"content-type": FORM}
    )

    assert (answer.status_code, left(site)) == (413, {})


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_is_taken(method: str, reader: TestClient, site: App) -> None:
    assert reader.request(method, link()).status_code == 405
    assert left(site) == {}


def test_it_is_kept_by_nobody_run_by_nothing_and_told_to_no_other_site(reader: TestClient) -> None:
    for answer in (reader.get(link()), reader.post(link(), data=ONE_CLICK), reader.get("/leave/choir/x")):
        fields = answer.headers
        assert (fields["cache-control"], fields["referrer-policy"]) == ("no-store", "no-referrer")
        assert (fields["x-robots-tag"], fields["x-frame-options"]) == ("noindex", "DENY")
        assert fields["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "<script" not in answer.text


def test_while_the_ledger_is_locked_nothing_is_promised(reader: TestClient, site: App) -> None:
    with closing(sqlite3.connect(site.config.parent / "notifier.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = reader.post(link(), data=ONE_CLICK)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "nothing has changed" in answer.text
    assert left(site) == {}


@pytest.mark.parametrize(
    "spoil", [lambda key: key.unlink(), lambda key: key.chmod(0o644), lambda key: key.write_text("")]
)
def test_without_the_key_nobody_can_be_known(spoil: object, reader: TestClient, site: App) -> None:
    assert callable(spoil)
    spoil(site.config.parent / "secret_key")
    answer = reader.post(link(), data=ONE_CLICK)

    assert (answer.status_code, left(site)) == (503, {})


def test_no_link_and_nobody_stands_in_the_log(reader: TestClient, site: App) -> None:
    with capture_logs() as lines:
        reader.post(link(), data=ONE_CLICK)
        reader.get("/leave/choir/nothing")
        (site.config.parent / "secret_key").unlink()
        reader.post(link(), data=ONE_CLICK)

    assert {line["event"] for line in lines} == {"left", "leaving_failed"}
    assert not any(part in str(lines) for part in (link().rpartition("/")[2], DIGEST, KIM))


def test_on_the_wire_the_next_request_is_answered_after_one_whose_body_was_too_large(site: App) -> None:
    head = f"POST {link()} HTTP/1.1\r\nHost: events.example.org\r\nContent-Type: {FORM}\r\n"
    large = f"{head}Content-Length: {LARGEST + 1}\r\n\r\n{'x' * (LARGEST + 1)}"
    small = f"{head}Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
    with serving(site) as place:
        found = answers(said(place, (large + small).encode()))

    assert [status for status, _, _ in found] == [413, 200]
    assert left(site) == {DIGEST: "one-click"}


@pytest.mark.parametrize("name", ["asked", "gone", "back", "nowhere", "moved", "german"])
def test_the_pages_are_those_that_were_looked_at(name: str, reader: TestClient) -> None:
    assert pages(reader)[name] == (FOLDER / f"{name}.html").read_text(encoding="utf-8")
