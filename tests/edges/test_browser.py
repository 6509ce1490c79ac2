"""Pictures by the real Chromium, and what is said of browsers that fail; these are real programs too."""

from __future__ import annotations

import http.server
import shutil
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from notifier.edges.browser import Browser, browser, installed
from notifier.errors import UserError

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
TWO_SCHEMES = """<meta name="color-scheme" content="light dark"><style>
body { background: #fff; height: 700px; margin: 0 } @media (prefers-color-scheme: dark) { body { background: #111 } }
</style><body>"""
BLANK = "<body style='background:#fff;margin:0;height:200px'>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def program(folder: Path, script: str) -> str:
    """An executable that is called as the browser would be: it reads from 3 and writes to 4."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def complaint(program: str, *, patience: float = 5.0) -> str:
    with pytest.raises(UserError) as refused, browser(program, patience=patience):
        pass
    return str(refused.value)


@needs_chromium
@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", [320, 375, 700])
def test_a_picture_is_as_wide_as_asked_and_as_tall_as_the_page(chromium: Browser, width: int) -> None:
    assert size(chromium.picture(TWO_SCHEMES, width=width, scheme="light")) == (width, 700)


@needs_chromium
@pytest.mark.timeout(240)
def test_a_picture_shows_the_scheme_that_is_asked_for(chromium: Browser) -> None:
    light, dark, again = (chromium.picture(TWO_SCHEMES, width=375, scheme=s) for s in ("light", "dark", "light"))

    assert light != dark
    assert light == again


@needs_chromium
@pytest.mark.timeout(240)
def test_a_page_without_end_is_cut_off(chromium: Browser) -> None:
    tall = chromium.picture("<body style='margin:0;height:90000px'>", width=375, scheme="light")

    assert size(tall) == (375, 16_000)


@needs_chromium
@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "attack",
    [
        "<script>document.body.style.background = 'red'</script>",
        "<img src='x' onerror=\"document.body.style.background = 'red'\" style='display:none'>",
        "<meta http-equiv='refresh' content='0;url=javascript:document.body.remove()'>",
    ],
)
def test_a_page_runs_no_script(chromium: Browser, attack: str) -> None:
    pictures = [chromium.picture(BLANK + inside, width=375, scheme="light") for inside in ("", attack)]

    assert pictures[0] == pictures[1]


@needs_chromium
@pytest.mark.timeout(240)
def test_a_page_reads_no_file(chromium: Browser, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><rect width='50' height='50' fill='red'/></svg>")
    shown, nothing = (
        chromium.picture(f"{BLANK}<img alt='' src='{source}' width='50' height='50'>", width=375, scheme="light")
        for source in (secret.as_uri(), "file:///nowhere.svg")
    )

    assert shown == nothing


@needs_chromium
@pytest.mark.timeout(240)
def test_a_page_asks_nobody_for_anything_not_even_this_machine(chromium: Browser) -> None:
    with listening() as (port, asked):
        for host in ("127.0.0.1", "localhost", "[::1]"):
            inside = f"<img alt='' src='http://{host}:{port}/a.png'><link rel=stylesheet href='http://{host}:{port}/b'>"
            chromium.picture(BLANK + inside, width=375, scheme="light")

    assert asked == []


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *words: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()


def test_where_no_browser_is_found_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert installed() is None
    with (
        pytest.raises(UserError, match=r"No browser was found .* Install Chromium \(apt install chromium\)"),
        browser(),
    ):
        pass


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    assert f"The browser {tmp_path}/none can't be started" in complaint(f"{tmp_path}/none")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "has ended by itself"),
        ("exec 3<&- 4>&-; exec sleep 60", "has ended by itself"),
        ("exec sleep 60", "gave no answer in time, and was ended"),
        (r"printf 'nonsense\0' >&4; exec sleep 60", "answer can't be read"),
        (r"""printf '{"id": 1, "error": {"message": "No \\u001b[2J way."}}\0' >&4; exec sleep 60""", "No  [2J way"),
        (r"""printf '[]\0{"method": "said by itself"}\0{"id": 1}\0' >&4; exec sleep 60""", "without a reason"),
    ],
)
def test_a_browser_that_fails_ends_in_a_sentence(tmp_path: Path, script: str, said: str) -> None:
    assert said in complaint(program(tmp_path, script), patience=1.0)


def test_a_browser_gets_a_profile_of_its_own_that_is_gone_afterwards_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILCHIMP_API_KEY", "a-secret")
    script = f'for word; do echo "$word"; done >{tmp_path}/words; env >{tmp_path}/environment'

    complaint(program(tmp_path, script))

    words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    (profile,) = [word.partition("=")[2] for word in words if word.startswith("--user-data-dir=")]
    assert not Path(profile).exists()
    assert "--disable-background-networking" in words
    assert f"HOME={profile}\n" in (environment := (tmp_path / "environment").read_text(encoding="utf-8"))
    assert "a-secret" not in environment
