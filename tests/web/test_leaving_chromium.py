"""The page on which readers leave, in a real browser: laid out by its own style sheet, and its button works without a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.leaving import a_site, link
from tests.web.served import serving
from tests.web.test_chromium import CHROMIUM, browse, complaints

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.mark.timeout(240)
def test_the_page_needs_nothing_but_itself(tmp_path: Path) -> None:
    app, picture = a_site(tmp_path), tmp_path / "page.png"
    with serving(app) as (host, port):
        address = f"http://{host}:{port}{link()}"
        result = browse(address, tmp_path / "profile", f"--screenshot={picture}", "--window-size=500,600")
    left = app.ticker.wiring.ledger.left("choir")
    app.close()

    # Without its style sheet it is black text on white, which packs to less.
    assert picture.stat().st_size > 10_000
    assert complaints(result) == []
    assert left == {}
