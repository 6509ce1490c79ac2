"""The pages on which readers subscribe: exact, public, safe, and the same bytes wherever they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import segno
from starlette.testclient import TestClient

from notifier.app import App
from notifier.core.manifest import is_ours
from notifier.web.subscribing import policy_of
from tests.cli.running import run
from tests.web.golden_subscribe import FOLDER, golden_pages, pages, written_site
from tests.web.sites import a_client, a_site

PAGES = golden_pages()
VOID = {"meta", "link", "input", "br"}


class Parsed(HTMLParser):
    """The elements of a page, in order, and those that are open."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for name, attrs in self.found if name == tag and attribute in attrs]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return written_site(tmp_path / "site")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_its_golden_file_byte_for_byte(name: str) -> None:
    assert PAGES[name] == (FOLDER / name).read_bytes()


def test_no_golden_page_is_left_over() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_runs_and_loads_nothing(name: str) -> None:
    page = Parsed(PAGES[name])
    assert page.open == []
    assert {"script", "img", "iframe", "form", "object"}.isdisjoint(tag for tag, _ in page.found)
    assert not [key for _, attrs in page.found for key in attrs if key.startswith("on") or key in ("src", "style")]
    assert [policy for policy in page.all("meta", "content") if policy.startswith("default-src 'none'; style-src")]


@pytest.mark.parametrize("name", PAGES)
def test_its_policy_allows_its_own_style_sheet_and_no_other(name: str) -> None:
    text = PAGES[name].decode()
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert policy_of(style).replace("'", "&#39;") in text


@pytest.mark.parametrize("name", PAGES)
def test_its_links_are_web_addresses_calendars_and_its_neighbours(name: str) -> None:
    found = Parsed(PAGES[name]).all("a", "href")
    assert found
    assert [href for href in found if not re.match(r"https://|webcal://|[a-z-]+\.(html|ics)$", href)] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_heading_and_field_is_named_for_those_who_hear_the_page(name: str) -> None:
    page = Parsed(PAGES[name])
    named = set(page.all("h2", "id"))
    assert [tag for tag, _ in page.found].count("h1") == 1
    assert set(page.all("section", "aria-labelledby")) == named
    assert page.all("label", "for") == page.all("input", "id")
    assert page.all("html", "lang") == ["en"]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_that_is_not_public_is_on_any_page(name: str) -> None:
    hidden = (b"Not to be known", b"secret cellar", b"secret-room", b"The board", b"javascript", b"board.ics", b"meet.")
    assert [words for words in hidden if words in PAGES[name]] == []


def test_what_authors_and_configuration_write_is_text() -> None:
    page = Parsed(PAGES["several-subscribe-all.html"])
    assert "Everything, <em>really</em> & more" in page.text
    assert '"1 < 2 & 3 > 2", it said' in page.text
    assert "em" not in {tag for tag, _ in page.found}


def test_the_three_services_get_the_calendar_by_the_address_that_is_shown() -> None:
    page = Parsed(PAGES["one-subscribe-all.html"])
    assert page.all("input", "value") == ["https://www.example.org/pages/feeds/all.ics"]
    buttons = [attrs["href"] for tag, attrs in page.found if tag == "a" and attrs.get("class") == "button"]
    encoded = "www.example.org%2Fpages%2Ffeeds%2Fall.ics"
    assert [str(href).partition("&")[0] for href in buttons] == [
        f"https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F{encoded}",
        "webcal://www.example.org/pages/feeds/all.ics",
        f"https://outlook.live.com/calendar/0/addfromweb?url=https%3A%2F%2F{encoded}",
        f"https://outlook.office.com/calendar/0/addfromweb?url=https%3A%2F%2F{encoded}",
    ]


def test_the_code_leads_to_the_page_itself() -> None:
    address = "https://www.example.org/pages/feeds/subscribe-all.html"
    matrix = segno.make(address, error="m", micro=False)
    path = re.search(
        r' d="[^"]+"/></g>', matrix.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True)
    )
    assert path
    assert path[0] in PAGES["several-subscribe-all.html"].decode()
    assert f'<link rel="canonical" href="{address}">' in PAGES["several-subscribe-all.html"].decode()


def test_at_most_eight_of_the_next_events_stand_on_a_page() -> None:
    assert PAGES["several-subscribe-all.html"].count(b"<time ") == 8


def test_the_next_event_that_takes_place_is_named_where_one_chooses() -> None:
    assert b"Next: Choir, Wednesday 2 December" in PAGES["several-subscribe.html"]


def test_of_one_calendar_there_is_nothing_to_choose() -> None:
    assert PAGES["one-subscribe.html"] == PAGES["one-subscribe-all.html"]


def test_a_former_name_has_the_page_too() -> None:
    assert PAGES["several-subscribe-concerts.html"] == PAGES["several-subscribe-music.html"]


def test_an_event_leaves_the_page_once_it_is_over_and_not_before(site: Path) -> None:
    during, after = (pages(site, when)["subscribe-music.html"] for when in ("2026-12-02 19:29", "2026-12-02 19:30"))
    assert b"Choir" in during
    assert b"Choir" not in after
    assert b"Nothing is announced at the moment." in after


def test_a_page_changes_with_what_is_on_it_alone(site: Path) -> None:
    assert pages(site, "2026-12-01 09:00") == pages(site, "2026-12-01 17:00")


def test_a_page_says_itself_that_it_is_ours(site: Path) -> None:
    assert all(map(is_ours, pages(site).values()))


@pytest.mark.parametrize("colour", ["", ", colour: gold"])
def test_a_colour_is_a_name_in_the_style_sheet(tmp_path: Path, colour: str) -> None:
    made = written_site(tmp_path / "site", feeds=f"  all: {{title: Everything{colour}}}\n")
    wanted = "gold" if colour else "#1a5c5f"
    assert f"--accent: {wanted};" in pages(made)["subscribe.html"].decode()


def colours(style: str) -> Iterator[dict[str, str]]:
    """The names of colours with what they are, by day and by night."""
    for rule in re.findall(r":root {([^}]*)}", style):
        yield dict(re.findall(r"--(\w+): (#[0-9a-f]+);", rule))


def brightness(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "ground", 4.5),
        ("quiet", "ground", 4.5),
        ("link", "ground", 4.5),
        ("text", "card", 4.5),
        ("on", "button", 4.5),
        ("on", "over", 4.5),
        ("button", "ground", 3),
        ("edge", "ground", 3),
    ],
)
def test_everything_is_read_with_ease_by_day_and_by_night(front: str, back: str, least: float) -> None:
    found = list(colours(PAGES["one-subscribe.html"].decode()))
    pairs = [sorted((brightness(one[front]), brightness(one[back]))) for one in found]
    assert len(pairs) == 2
    assert all((light + 0.05) / (dark + 0.05) >= least for dark, light in pairs)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[App]:
    app = a_site(tmp_path)
    yield app
    app.close()


def test_the_server_answers_with_the_very_bytes_that_are_written_as_files(served: App) -> None:
    served.tick()
    folder = served.config.parent
    ran = run("feeds", "out", "--at", "2026-11-26T09:55:00Z", folder=folder)
    client = a_client(served)
    files = {path.name: path.read_bytes() for path in (folder / "out").glob("*.html")}
    assert (ran.code, len(files)) == (0, 3)
    assert {name: client.get(f"/feeds/{name}").content for name in files} == files


def test_the_server_says_what_the_page_may_do_and_that_nobody_frames_it(client: TestClient) -> None:
    answer = client.get("/feeds/subscribe-all.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].endswith("form-action 'none'; frame-ancestors 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_head_says_the_same_without_a_body(client: TestClient) -> None:
    whole, head = client.get("/feeds/subscribe.html"), client.head("/feeds/subscribe.html")
    assert (head.content, dict(head.headers)) == (b"", dict(whole.headers))


def test_it_is_for_everybody_who_asks_by_any_name(looked_at: App) -> None:
    assert a_client(looked_at, host="www.example.org").get("/feeds/subscribe.html").status_code == 200


@pytest.mark.parametrize(
    ("short", "page"), [("/subscribe", "subscribe.html"), ("/subscribe/all", "subscribe-all.html")]
)
def test_a_short_address_leads_to_the_page(client: TestClient, short: str, page: str) -> None:
    answer = client.get(short)
    assert (answer.status_code, answer.headers["location"]) == (307, f"/feeds/{page}")


@pytest.mark.parametrize("name", ["subscribe-nothing.html", "subscribe-.html"])
def test_a_calendar_that_is_not_there_is_404(client: TestClient, name: str) -> None:
    assert client.get(f"/feeds/{name}").status_code == 404


def test_before_the_first_tick_there_is_no_page_yet(served: App) -> None:
    answer = a_client(served).get("/feeds/subscribe.html")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_nothing_can_be_written_there(client: TestClient) -> None:
    assert client.post("/feeds/subscribe.html").status_code == 405


def test_events_that_a_calendar_could_not_be_published_with_are_not_on_its_page_either(served: App) -> None:
    in_the_way = served.config.parent / "feeds" / "all.ics"
    in_the_way.unlink()
    in_the_way.mkdir()
    served.tick()
    client = a_client(served)
    pages = [client.get(f"/feeds/subscribe-{name}.html").text for name in ("all", "community-calls")]
    assert ["Nothing is announced at the moment." in page for page in pages] == [True, False]


def test_the_console_leads_to_the_pages_and_counts_who_may_read_a_secret_feed(served: App) -> None:
    config = served.config
    text = (
        config.read_text(encoding="utf-8").replace("  #team:", "  team:").replace("    #title: Team", "    title: Team")
    )
    config.write_text(text.replace("    #secret: true", "    secret: true"), encoding="utf-8")
    served.refresh()
    run("feeds", "tokens", "add", "team", "Anna Example", folder=config.parent)
    served.tick()
    page = a_client(served).get("/feeds").text
    assert '<a href="/feeds/subscribe-all.html">' in page
    assert "secret: only those with their own link; 1 holder" in page
    assert "team.ics" not in page


def test_the_console_warns_of_a_feed_that_is_larger_than_google_reads(served: App) -> None:
    served.tick()
    client = a_client(served)
    before = client.get("/feeds").text
    with (served.config.parent / "feeds" / "all.ics").open("ab") as file:
        file.write(b"X" * 900_000)
    after = client.get("/feeds").text
    assert ("Too large for Google" in before, "Too large for Google" in after) == (False, True)
