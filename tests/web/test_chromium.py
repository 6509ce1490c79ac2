"""The pages in a real browser: laid out, without a console error, and with the message in its frame."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.web.test_server import Running, demo, running

__all__ = ["demo", "running"]

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--log-level=0", "--v=0",
)  # fmt: skip
#: Long enough for a busy machine.
PATIENCE_SECONDS = 100


def browse(address: str, profile: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [CHROMIUM or "chromium", *FLAGS, f"--user-data-dir={profile}", *flags, address]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS)


def complaints(result: subprocess.CompletedProcess[str]) -> list[str]:
    """What the page's own console says."""
    return [line for line in result.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.timeout(240)
def test_home_is_laid_out_without_a_complaint(running: Running, tmp_path: Path) -> None:
    running.said("All of it, and why: ")
    result = browse(running.address + "/", tmp_path / "profile", "--dump-dom")
    assert "The next 30 days" in result.stdout
    assert complaints(result) == []


@pytest.mark.timeout(240)
def test_a_message_is_let_into_its_frame(running: Running, tmp_path: Path) -> None:
    running.said("All of it, and why: ")
    (address,) = set(re.findall(r"/outbox/[0-9a-f]{12}", running.get("/outbox?status=sent").decode()))
    result = browse(running.address + address, tmp_path / "profile", "--dump-dom")
    assert f'src="{address}/message.html"' in result.stdout
    assert complaints(result) == []


@pytest.mark.timeout(240)
def test_what_a_page_may_not_do_is_complained_of(running: Running, tmp_path: Path) -> None:
    """The tests around this one rely on it."""
    other = tmp_path / "other.html"
    other.write_text(f'<iframe src="{running.address}/"></iframe>', encoding="utf-8")
    assert complaints(browse(other.as_uri(), tmp_path / "profile", "--dump-dom")) != []


@pytest.mark.timeout(240)
def test_a_picture_of_home_has_more_than_one_colour(running: Running, tmp_path: Path) -> None:
    running.said("All of it, and why: ")
    picture = tmp_path / "home.png"
    result = browse(running.address + "/", tmp_path / "profile", f"--screenshot={picture}", "--window-size=1280,1600")
    # A blank page of this size packs to less than 10 kB.
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture.stat().st_size > 30_000
    assert complaints(result) == []
