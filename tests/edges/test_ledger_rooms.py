"""What a killed program left of a copy of a ledger is cleared away; what another is at work in stays."""

from __future__ import annotations

from pathlib import Path

from notifier.edges.ledger.rooms import room


def test_it_is_private_and_gone_at_the_end(tmp_path: Path) -> None:
    with room(tmp_path, "backup") as made:
        assert (made.parent, made.stat().st_mode & 0o777) == (tmp_path, 0o700)
        (made / "ledger.db").touch()
    assert list(tmp_path.iterdir()) == []


def test_the_next_one_clears_what_was_left_and_nothing_else(tmp_path: Path) -> None:
    for name in (".notifier-backup-dead", ".notifier-restore-dead", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ledger.db").touch()
    (tmp_path / ".notifier-backup-new").mkdir()
    (tmp_path / ".notifier-backup-link").symlink_to(tmp_path / "mine")
    with room(tmp_path, "backup"):
        left = {path.name for path in tmp_path.iterdir()}
    assert ".notifier-backup-dead" not in left
    assert {".notifier-backup-new", ".notifier-backup-link", ".notifier-restore-dead", "mine"} <= left
    assert (tmp_path / "mine" / "ledger.db").exists()


def test_one_that_somebody_is_in_stays(tmp_path: Path) -> None:
    with room(tmp_path, "backup") as first:
        (first / "ledger.db").touch()
        with room(tmp_path, "backup") as second:
            assert (first != second, (first / "ledger.db").exists()) == (True, True)
        assert (first / "ledger.db").exists()
