"""The pages of the console at a site of 2,000 events, beside the emptiest page of the same server: what says that nothing is there.

One connection that stays, every page asked in turns, so that whatever else runs meets all alike: what counts is the median of the
ratios of the rounds. The first time is told besides: what is kept between two ticks is made then, once. That no page reads the
content is what `tests/web/test_board.py` sees; here the files are taken away while the pages are asked for.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from notifier.app import open_app
from notifier.core.delivery import key_hash
from tests.bench.measures import FULL, say
from tests.bench.sites import make_site
from tests.bench.test_serving import notifier
from tests.web.entering import kept_session

pytestmark = pytest.mark.bench

SIZE, ROUNDS, AIM = 2_000, 60 if FULL else 30, 15
DIGEST = '  week: {kind: digest, audiences: [newsletter], cron: "0 9 * * mon"}\n'
#: The page that has nothing of its own.
EMPTY = "/nothing-is-here"


def test_pages(tmp_path: Path) -> None:
    config = make_site(tmp_path / "site", SIZE)
    config.write_text(config.read_text(encoding="utf-8").replace("rules:\n", f"rules:\n{DIGEST}"), encoding="utf-8")
    with closing(open_app(config)) as site:
        cookie = kept_session(site)
        site.tick()
        uid = site.tick().look.content.events[SIZE // 2].uid
        rows = site.ticker.wiring.ledger.rows()
    pages = [
        "/", "/events", "/events?page=2", f"/events/{uid}", "/outbox", f"/outbox/{key_hash(rows[0].key)}", "/feeds", "/audit", "/send",
        "/digests", "/calendar", "/calendar?month=2026-12", "/search?q=water", "/search?q=nothing-is-called-so", "/people", "/mode", "/health",
        "/webhooks", "/replay",
    ]  # fmt: skip
    with notifier(config) as server:
        host = server.address.split("/")[2]
        (config.parent / "_events").rename(config.parent / "taken_away")
        found = _timed(host, [EMPTY, *pages], {"cookie": cookie})
    say(f"\npages at {SIZE} events / the emptiest page, {len(rows)} deliveries, {ROUNDS} rounds in turns")
    for page in pages:
        ratio = statistics.median(one / empty for one, empty in zip(found[page], found[EMPTY], strict=True))
        mine, empty = statistics.median(found[page]), statistics.median(found[EMPTY])
        shown = page.replace(uid, "UID")
        say(f"{shown:<40} {mine * 1000:8.2f} / {empty * 1000:6.2f} ms  {ratio:6.2f} x  aim <= {AIM} x")


def _timed(host: str, pages: list[str], fields: Mapping[str, str]) -> dict[str, list[float]]:
    """How long each took, round by round, after a first time that is told and not counted."""
    found: dict[str, list[float]] = {page: [] for page in pages}
    with closing(http.client.HTTPConnection(host, timeout=60)) as line:
        _ask(line, pages, fields, found)
    return found


def _ask(
    line: http.client.HTTPConnection, pages: list[str], fields: Mapping[str, str], found: dict[str, list[float]]
) -> None:
    for turn in range(ROUNDS + 1):
        for page in pages:
            began = time.perf_counter()
            line.request("GET", page, headers=dict(fields))
            answer = line.getresponse()
            size = len(answer.read())
            took = time.perf_counter() - began
            assert answer.status == (404 if page == EMPTY else 200), (page, answer.status)
            if turn:
                found[page].append(took)
            else:
                say(f"first time {page:<64} {took * 1000:8.1f} ms  {size:>8} bytes")
