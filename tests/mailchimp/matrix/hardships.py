"""Everything that can go wrong with one request, and everything that a server not seen here may do otherwise."""

from __future__ import annotations

from typing import Any

Fault = dict[str, Any]

#: What is not done, and how it is answered.
LOST: dict[str, Fault] = {
    "429 with a reason": {"reply": "problem", "status": 429, "title": "Too Many Requests"},
    "429 without a body": {"reply": "empty", "status": 429},
    "403 without a body": {"reply": "empty", "status": 403},
    "403 with a reason": {"reply": "problem", "status": 403, "title": "Forbidden", "detail": "Not on your plan."},
    "400 with a reason": {"reply": "problem", "status": 400, "title": "Bad Request", "detail": "No."},
    "401 with a reason": {"reply": "problem", "status": 401, "title": "API Key Invalid", "detail": "No."},
    "404 without a body": {"reply": "empty", "status": 404},
    "500 with a reason, lost": {"reply": "problem"},
    "500 without a body, lost": {"reply": "empty"},
    "503 with a page, lost": {"reply": "html", "status": 503},
    "reset, lost": {"reply": "rst"},
    "closed, lost": {"reply": "fin"},
    "silence, lost": {"reply": "silence"},
    "redirect, lost": {"reply": "redirect"},
    "200 and other words, lost": {"reply": "plain"},
    "reset, done two minutes later": {"reply": "rst", "commit_after": 120},
    "500, done twenty minutes later": {"reply": "problem", "commit_after": 1200},
    "500, done two hours later": {"reply": "problem", "commit_after": 7200},
}
#: What is done, and how nobody hears of it.
DONE: dict[str, Fault] = {
    "500 with a reason, done": {"reply": "problem"},
    "500 without a body, done": {"reply": "empty"},
    "503 with a page, done": {"reply": "html", "status": 503},
    "504 without a type, done": {"reply": "untyped", "status": 504},
    "reset, done": {"reply": "rst"},
    "closed, done": {"reply": "fin"},
    "silence, done": {"reply": "silence"},
    "redirect, done": {"reply": "redirect"},
    "half a reply, done": {"reply": "truncated"},
    "broken JSON, done": {"reply": "broken"},
    "a list, done": {"reply": "list"},
    "an empty object, done": {"reply": "object"},
    "a drip, done": {"reply": "drip"},
}
FAULTS: dict[str, Fault] = LOST | {name: how | {"when": "after"} for name, how in DONE.items()}
#: A few that stand for the rest, where every pair is tried.
FEW = (
    "429 without a body", "403 with a reason", "500 with a reason, lost", "reset, lost", "reset, done two minutes later",
    "500, done twenty minutes later", "500 with a reason, done", "reset, done", "broken JSON, done",
)  # fmt: skip
#: Those whose end is waited for: then the program waits for one real second only.
SLOW = frozenset({"silence, lost", "silence, done", "a drip, done"})
IMPATIENT = "1s"

#: What people do in the web app, while a request is under way or between ticks.
ACTS: dict[str, dict[str, Any]] = {
    "edit the subject": {"act": "edit", "subject": "EDITED"},
    "edit the page": {"act": "edit", "append": "<p>EDITED</p>"},
    "edit the words": {"act": "edit", "html": "<p>EDITED *|UNSUB|*</p>"},
    "edit the plain text": {"act": "edit", "plain_text": "EDITED *|UNSUB|*"},
    "rename": {"act": "rename", "title": "Renamed"},
    "give it to everybody": {"act": "retarget"},
    "give it to another tag": {"act": "retarget", "list": "Members", "to": "board friends"},
    "give it to another list": {"act": "retarget", "list": "Team"},
    "send": {"act": "send"},
    "schedule": {"act": "schedule", "at": "2026-12-08T11:00:00+00:00"},
    "schedule for after the event": {"act": "schedule", "at": "2026-12-10T11:00:00+00:00"},
    "delete": {"act": "delete"},
    "replicate": {"act": "replicate"},
    "delete the list": {"act": "delete_list", "list": "Members"},
    "delete the tag": {"act": "delete_segment", "list": "Members", "segment": "board"},
    "let everybody leave": {"act": "leave", "list": "Members"},
    "let two hundred join": {"act": "join", "list": "Members", "count": 200, "tags": ["board"]},
}

#: Those that are only seen in the content, which is read before the rest.
WORDS = frozenset({"edit the page", "edit the words", "edit the plain text"})

#: Rules of the server that are assumed: each otherwise, and each a server that may be the true one.
RULES: dict[str, dict[str, Any]] = {
    "as assumed": {},
    "a second send is a conflict": {"second_send": "conflict"},
    "a second send is forbidden": {"second_send": "forbidden"},
    "a second send isn't ready": {"second_send": "unready"},
    "a second send is accepted": {"second_send": "accepted"},
    "a second send delivers again": {"second_send": "delivers"},
    "comments are stripped": {"strip_comments": True},
    "pages are rewritten": {"rewrite_html": True},
    "comments are stripped, pages rewritten": {"strip_comments": True, "rewrite_html": True},
    "texts are rewritten": {"rewrite_subject": True},
    "a footer only in the mail": {"footer_in_html": False},
    "states are shown a minute late": {"status_lag": 60},
    "states are shown ten minutes late": {"status_lag": 600},
    "states are shown twenty minutes late": {"status_lag": 1200},
    "lists are a minute late": {"list_lag": 60},
    "lists are twenty minutes late": {"list_lag": 1200},
    "all is twenty minutes late": {"status_lag": 1200, "list_lag": 1200, "count_lag": 1200, "stats_lag": 1200},
    "counted after ten seconds": {"ready_after": 10},
    "counted after sixteen minutes": {"ready_after": 960},
    "counted after two hours": {"ready_after": 7200},
    "sending takes no time": {"sending_takes": 0},
    "sending takes an hour": {"sending_takes": 3600},
    "who was reached is counted half an hour later": {"count_lag": 1800},
    "who was reached is never counted": {"count_lag": 9_999_999},
    "nobody is reached": {"zero_send": True},
    "segments are dropped": {"drop_segment": "stored"},
    "segments are shown and ignored": {"drop_segment": "ignored"},
    "segments are dropped at the send": {"drop_segment": "at_send"},
    "segments get a number": {"extra_segment_id": True},
    "an account that is suspended": {"suspended": True},
    "an account that is disabled": {"disabled": True},
    "a key that is revoked": {"revoked": True},
    "a key that may not send": {"role": "author"},
    "a key that may only read": {"role": "viewer"},
    "a free plan": {"plan": "forever_free"},
    "another reason not to send": {"refuse_sends": "something else"},
    "unknown fields are ignored": {"unknown_fields": "ignored"},
    "what is being sent may be deleted": {"delete_while_sending": "deleted"},
}
#: Answers of another form, always: a success may be another number, with a body or without.
FORMS: dict[str, Fault] = {
    "a send is answered with 200 and an object": {"method": "POST", "path": "/campaigns/*/actions/send", "reply": "json", "status": 200, "when": "after", "times": 0},
    "a send is answered with 202": {"method": "POST", "path": "/campaigns/*/actions/send", "reply": "empty", "status": 202, "when": "after", "times": 0},
    "content is answered with 204": {"method": "PUT", "path": "/campaigns/*/content", "reply": "empty", "status": 204, "when": "after", "times": 0},
    "changes are answered with 204": {"method": "PATCH", "path": "/campaigns/*", "reply": "empty", "status": 204, "when": "after", "times": 0},
    "a proxy repeats what is asked": {"repeat": 1, "times": 0},
}  # fmt: skip
