"""The faults of one send that every sender is shown: what happens at Mailchimp, and what is heard of it."""

from __future__ import annotations

from typing import Any

#: name: how `POST /campaigns/ID/actions/send` is answered the first time. `after`: the mail is on its way all the same.
SEND_FAULTS: dict[str, dict[str, Any]] = {
    "429 with a reason": {"reply": "problem", "status": 429, "title": "Too Many Requests"},
    "429 without a body": {"reply": "empty", "status": 429},
    "403 without a body": {"reply": "empty", "status": 403},
    "500 with a reason, not sent": {"reply": "problem", "status": 500},
    "500 with a reason, sent": {"reply": "problem", "status": 500, "when": "after"},
    "500 without a body, not sent": {"reply": "empty", "status": 500},
    "500 without a body, sent": {"reply": "empty", "status": 500, "when": "after"},
    "503 with a page of the edge, not sent": {"reply": "html", "status": 503},
    "503 with a page of the edge, sent": {"reply": "html", "status": 503, "when": "after"},
    "504 without a type, sent": {"reply": "untyped", "status": 504, "when": "after"},
    "reset, not sent": {"reply": "rst"},
    "reset, sent": {"reply": "rst", "when": "after"},
    "closed, not sent": {"reply": "fin"},
    "closed, sent": {"reply": "fin", "when": "after"},
    "silence, not sent": {"reply": "silence"},
    "silence, sent": {"reply": "silence", "when": "after"},
    "a redirect, not sent": {"reply": "redirect"},
    "a redirect, sent": {"reply": "redirect", "when": "after"},
    "half a reply, sent": {"reply": "truncated", "when": "after"},
    "broken JSON, sent": {"reply": "broken", "when": "after"},
    "200 and other words, not sent": {"reply": "plain"},
    "reset, sent two minutes later": {"reply": "rst", "commit_after": 120},
    "500, sent an hour later": {"reply": "problem", "status": 500, "commit_after": 3600},
}
