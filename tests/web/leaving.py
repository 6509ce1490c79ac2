"""A site whose members leave by links of their own. `python -m tests.web.leaving` writes the golden pages anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from starlette.testclient import TestClient

from notifier.app import App, open_app
from notifier.core.leaving import leaving_url
from notifier.core.recipient import digest_of
from notifier.edges.clock import FixedClock
from notifier.web import build
from tests.builders import at

FOLDER = Path(__file__).parent.parent / "golden" / "leave"
NOW = at("2026-12-01 09:00")
KEY = "a key of a test that nobody else has"
KIM = "kim@example.com"
CONFIG = """\
site:
  id: example
  name: Example Commons & Friends
  domain: example.org
  url: https://www.example.org
  public_url: https://events.example.org
sources: [{name: website, folder: website, events: [{preset: jekyll-events}]}]
providers:
  letters: {type: smtp, host: 127.0.0.1, port: 2525, security: none}
  folder: {type: outbox, folder: outbox}
audiences:
  choir: {provider: letters, members: choir.csv, formerly: [singers], from: {name: E, address: events@example.org}}
  board: {provider: letters, members: ledger, public: false, language: de, from: {name: E, address: events@example.org}}
  moved: {provider: folder, formerly: [crew]}
secret_key: {file: secret_key}
"""


def a_site(folder: Path) -> App:
    (folder / "website").mkdir()
    (folder / "secret_key").write_text(KEY)
    (folder / "secret_key").chmod(0o600)
    (folder / "config.yaml").write_text(CONFIG)
    return open_app(folder / "config.yaml", clock=FixedClock(NOW))


def a_reader(app: App) -> TestClient:
    """A browser that reaches the site by its public name, as through a web server in front of it."""
    return TestClient(build(app), base_url="https://events.example.org", follow_redirects=False)


def link(audience: str = "choir", address: str = KIM, *, key: str = KEY) -> str:
    """The path of a person's link."""
    url = leaving_url("https://events.example.org", audience, digest_of(audience, address), key.encode())
    return url.removeprefix("https://events.example.org")


def pages(client: TestClient) -> dict[str, str]:
    """All that a person can be shown, in the order in which one would see it."""
    return {
        "asked": client.get(link()).text,
        "gone": client.post(link(), data={"do": "leave"}).text,
        "back": client.post(link(), data={"do": "come-back"}).text,
        "nowhere": client.get("/leave/choir/nothing").text,
        "moved": client.post(link("crew"), data={"do": "leave"}).text,
        "german": client.get(link("board")).text,
    }


def _write_anew() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = a_site(Path(folder))
        for name, page in pages(a_reader(app)).items():
            (FOLDER / f"{name}.html").write_text(page, encoding="utf-8")
        app.close()


if __name__ == "__main__":
    _write_anew()
