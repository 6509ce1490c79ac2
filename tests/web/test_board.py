from __future__ import annotations

from notifier.web.board import last_done
from tests.builders import a_delivery, at

NOW = at("2026-11-26 09:00")


def test_what_was_withdrawn_before_it_was_due_does_not_push_down_what_was_sent() -> None:
    sent = a_delivery(key="a", status="sent", sent_at=at("2026-11-25 10:00"))
    older = a_delivery(key="b", status="missed", due_at=at("2026-11-20 10:00"), expires_at=at("2026-11-20 12:00"))
    withdrawn = a_delivery(key="c", status="withdrawn", due_at=at("2026-12-20 10:00"))
    assert [row.key for row in last_done([withdrawn, older, sent], NOW)] == ["a", "b", "c"]
