"""The subscribe pages in a real browser, straight from a folder: laid out by their own style sheet, without a complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.golden_subscribe import FOLDER
from tests.web.test_chromium import CHROMIUM, browse, complaints

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
#: What a phone is wide at least; a browser without a window takes no less than this from its own.
SIZES = ("360,1200", "1200,1200")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["several-subscribe.html", "one-subscribe-all.html"])
def test_a_page_needs_nothing_but_itself(name: str, size: str, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    address = (FOLDER / name).as_uri()
    result = browse(address, tmp_path / "profile", f"--screenshot={picture}", f"--window-size={size}")
    # Without its style sheet the code alone is as wide as the page, and little else has a colour.
    assert picture.stat().st_size > 30_000
    assert complaints(result) == []


@pytest.mark.timeout(240)
def test_a_style_sheet_that_its_policy_does_not_name_is_complained_of(tmp_path: Path) -> None:
    """The test above relies on it."""
    page = tmp_path / "page.html"
    page.write_bytes((FOLDER / "one-subscribe.html").read_bytes().replace(b"<style>", b"<style>b{}"))
    assert complaints(browse(page.as_uri(), tmp_path / "profile", "--dump-dom")) != []
