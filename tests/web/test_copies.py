"""Two copies of one ledger run as real programs at once: one sends, the other says on every page why it doesn't."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from notifier.cli.scaffold import scaffold
from tests.web.test_server import Running, outbox


def test_a_copy_that_runs_beside_the_original_sends_nothing_and_says_so(tmp_path: Path) -> None:
    scaffold(tmp_path / "a", datetime.now(UTC))  # noqa: TID251 - the process under test has the machine's clock
    first = Running(tmp_path / "a" / "config.yaml")
    second: Running | None = None
    try:
        first.said("All of it, and why: ")
        shutil.copytree(tmp_path / "a", tmp_path / "b")
        shutil.rmtree(tmp_path / "b" / "outbox")
        second = Running(tmp_path / "b" / "config.yaml")
        second.said("All of it, and why: ")
        assert b"lies elsewhere than when it was last in use" in second.get("/")
        assert b"notifier ledger take-over" in second.get("/events")
        assert "lies elsewhere" in json.loads(second.get("/healthz"))["trouble"]
        assert json.loads(first.get("/healthz"))["trouble"] is None
        assert not (tmp_path / "b" / "outbox").exists()
        assert (second.stop(), first.stop()) == (0, 0)
    finally:
        first.end()
        if second is not None:
            second.end()
    assert len([path for path in outbox(tmp_path / "a" / "config.yaml") if path.endswith("message.eml")]) == 1
