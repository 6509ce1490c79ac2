from __future__ import annotations

from dataclasses import replace

from notifier.app import App
from notifier.core.event import Reason
from notifier.web.board import Board, last_done
from tests.builders import a_delivery, at

NOW = at("2026-11-26 09:00")


def test_what_was_withdrawn_before_it_was_due_does_not_push_down_what_was_sent() -> None:
    sent = a_delivery(key="a", status="sent", sent_at=at("2026-11-25 10:00"))
    older = a_delivery(key="b", status="missed", due_at=at("2026-11-20 10:00"), expires_at=at("2026-11-20 12:00"))
    withdrawn = a_delivery(key="c", status="withdrawn", due_at=at("2026-12-20 10:00"))
    assert [row.key for row in last_done([withdrawn, older, sent], NOW)] == ["a", "b", "c"]


def test_what_is_refused_is_told_while_it_matters_and_where_somebody_could_mend_it(looked_at: App) -> None:
    refused = a_delivery(key="a", status="skipped", reasons=(Reason(code="cancelled", text="It is cancelled."),))
    over = replace(refused, key="b", due_at=at("2026-11-20 10:00"), expires_at=at("2026-11-20 12:00"))
    nothing = replace(refused, key="c", kind="digest", event_uids=())
    no_news = replace(refused, key="d", reasons=(Reason(code="told-already", text="They know."),))

    found = Board(app=looked_at).refused([refused, over, nothing, no_news])

    assert [refusal.reasons for refusal in found] == [(("It is cancelled.", (refused.rule,)),)]


def test_a_digest_that_tells_of_nothing_is_called_by_its_rule(looked_at: App) -> None:
    nothing = a_delivery(key="a", kind="digest", rule="weekly", event_uids=(), status="skipped")

    assert [line.title for line in Board(app=looked_at).lines([nothing])] == ["Digest of the rule weekly"]
