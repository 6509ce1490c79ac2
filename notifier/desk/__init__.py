"""What staff may ask and do: each act one function, the same for console, command line and API."""

from __future__ import annotations

from notifier.desk.acts import Acted, Resumed, approve, hold, pause, release, resume, resumption, retry, settle, skip
from notifier.desk.looking import (
    Explanation,
    Known,
    Preview,
    attention,
    clearances,
    decided_about,
    feeds,
    in_time,
    known,
    preview,
    recorded_look,
    remembered,
    upcoming,
    why,
)
from notifier.desk.mode import ModeNow, mode_now, switch
from notifier.desk.naming import find_event
from notifier.desk.sending import Sending, Wish, prepare, send, undo
from notifier.desk.terms import Offer, Site, offer
from notifier.desk.trying import Tried, trial, tried_before

__all__ = [
    "Acted",
    "Explanation",
    "Known",
    "ModeNow",
    "Offer",
    "Preview",
    "Resumed",
    "Sending",
    "Site",
    "Tried",
    "Wish",
    "approve",
    "attention",
    "clearances",
    "decided_about",
    "feeds",
    "find_event",
    "hold",
    "in_time",
    "known",
    "mode_now",
    "offer",
    "pause",
    "prepare",
    "preview",
    "recorded_look",
    "release",
    "remembered",
    "resume",
    "resumption",
    "retry",
    "send",
    "settle",
    "skip",
    "switch",
    "trial",
    "tried_before",
    "undo",
    "upcoming",
    "why",
]
