"""`python -m tests.golden_screenshots OUT`: a picture of every golden mail, at 375 and 700 px, light and dark.

No two machines draw alike, so the pictures are looked at and not kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

from notifier.edges.browser import Scheme, browser
from tests.golden_messages import golden_files

WIDTHS = (375, 700)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def take(out: Path, *names: str) -> int:
    """Write the pictures of these mails, by default of all, and return how many they are."""
    out.mkdir(parents=True, exist_ok=True)
    pages = {name.removesuffix(".html"): html for name, html in golden_files().items() if name.endswith(".html")}
    shots = [(name, width, scheme) for name in names or pages for width in WIDTHS for scheme in SCHEMES]
    with browser() as window:
        for name, width, scheme in shots:
            picture = window.picture(pages[name].decode(), width=width, scheme=scheme)
            (out / f"{name}-{width}-{scheme}.png").write_bytes(picture)
    return len(shots)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Usage: python -m tests.golden_screenshots OUT [MAIL ...]")
    sys.stdout.write(f"{take(Path(sys.argv[1]), *sys.argv[2:])} pictures in {sys.argv[1]}.\n")
