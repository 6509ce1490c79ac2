"""Everything that can be asked for. What is not in this table is not there."""

from __future__ import annotations

from functools import partial
from typing import get_args

from notifier.core.delivery import DeliveryStatus
from notifier.core.rule import Kind
from notifier.desk.noting import LONGEST as LONGEST_ABOVE
from notifier.web.acting import Acting
from notifier.web.api.deciding import BOUND, STOPPING, Deciding
from notifier.web.api.endpoints import Endpoint
from notifier.web.api.fields import Field
from notifier.web.api.noting import Noting
from notifier.web.api.pausing import Pausing
from notifier.web.api.reading import MOST, PAGE, Reading
from notifier.web.api.sending import Sending
from notifier.web.board import Board
from notifier.web.offered import DEEDS, LABELS, Doing
from notifier.web.own_looks import LONGEST_NOTE

_LONGEST_NAME, _LONGEST_MARK = 500, 200
_NOTE = Field(name="note", kind="text", most=LONGEST_NOTE, meaning="Why, for those who look at it later.")
_SEEN = Field(
    name="seen", kind="text", most=_LONGEST_MARK,
    meaning="The `mark` that was answered without it. Without it, nothing is done but said.",
)  # fmt: skip
_SETTLED = (
    Field(name="result", kind="text", choice=("sent", "failed"), meaning="What you found at the provider: it went out, or it did not. Needed with `seen`."),
    Field(name="sent_at", kind="time", meaning="When it went out, by the provider's word; without it, now."),
)  # fmt: skip
_ABOVE = Field(
    name="text", kind="text", most=LONGEST_ABOVE,
    meaning="The note, in Markdown; an empty one removes it. Without it, the note stays as it is and is only looked at.",
)  # fmt: skip
_DELIVERY = {"name": "The `id` of a delivery, or its key."}
_SEND = {"name": "The `id` of a send, its key, or the Idempotency-Key that it was asked for with."}
_LIST = (
    Field(name="status", kind="text", choice=get_args(DeliveryStatus), meaning="Only those that stand so."),
    Field(name="audience", kind="text", most=_LONGEST_NAME, meaning="Only those to this audience."),
    Field(name="kind", kind="text", choice=get_args(Kind), meaning="Only those of this kind."),
    Field(name="limit", kind="count", most=MOST, meaning=f"So many at most; {PAGE} if not said."),
    Field(name="after", kind="text", most=_LONGEST_NAME, meaning="The `next` of the answer before."),
)
_MAIL = (
    Field(name="audience", kind="text", most=_LONGEST_NAME, is_needed=True, meaning="Its name in config.yaml."),
    Field(name="events", kind="texts", most=_LONGEST_NAME, meaning="What it is about: uids, paths, or parts of file names that no other has."),
    Field(name="subject", kind="text", most=_LONGEST_NAME, meaning="Its subject; without one, that of the first event."),
    Field(name="note", kind="text", most=60_000, meaning="Its text, in Markdown; with events, what stands before them."),
    Field(name="at", kind="time", meaning="When it is to go out; without it, as soon as it can't be undone any more."),
    Field(name="confirm", kind="text", most=_LONGEST_NAME, meaning="The audience's name once more: then it is sent. Without it, it is only looked at."),
    Field(name="seen", kind="text", most=_LONGEST_MARK, meaning="The `mark` of what was looked at: if anything moved since, nothing is sent. Needed where there are `questions`."),
)  # fmt: skip
_TRIAL = (
    *(one for one in _MAIL if one.name in ("audience", "events", "subject", "note")),
    Field(name="address", kind="text", most=_LONGEST_NAME, is_needed=True, meaning="Where the test goes: to this address alone."),
)  # fmt: skip


def endpoints(board: Board, acting: Acting) -> tuple[Endpoint, ...]:
    """The whole table of one site."""
    reading = Reading(board)
    looks = acting.looks
    return (
        *_looks(reading), *_sends(Sending(reading, looks)), *_acts(Deciding(reading, acting)),
        _noting(Noting(reading, looks)), *_pausing(Pausing(reading, looks)),
    )  # fmt: skip


def _looks(reading: Reading) -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            method="GET", path="/events", name="listEvents", does=reading.events, deed="read", answers={200: "events"},
            summary="Every event as it was understood, with what is wrong in the files.", refusals=(503,),
        ),
        Endpoint(
            method="GET", path="/events/{uid}", name="getEvent", does=reading.event, deed="read",
            answers={200: "event_found"}, places={"uid": "The uid of an event."}, refusals=(404, 503),
            summary="One event, and what every rule decides about it.",
        ),
        Endpoint(
            method="GET", path="/plan", name="getPlan", does=reading.plan, deed="read", answers={200: "plan"},
            summary="What the last tick planned.", refusals=(503,),
        ),
        Endpoint(
            method="GET", path="/deliveries", name="listDeliveries", does=reading.deliveries, deed="read",
            answers={200: "deliveries"}, query=_LIST, summary="Deliveries past and future, the first due first.",
            refusals=(503,),
        ),
        Endpoint(
            method="GET", path="/deliveries/{name}/message", name="getMessage", does=reading.message, deed="read",
            answers={200: "preview"}, places=_DELIVERY, summary="The message as it would look now.",
            refusals=(404, 503),
        ),
        Endpoint(
            method="GET", path="/deliveries/{name}", name="getDelivery", does=reading.delivery, deed="read",
            answers={200: "delivery_found"}, places=_DELIVERY, refusals=(404, 503),
            summary="One delivery, and what people decided about it.",
        ),
    )  # fmt: skip


def _sends(sending: Sending) -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            method="POST", path="/sends", name="send", does=sending.send, deed="send", needs_key=True, body=_MAIL,
            answers={200: "sending", 202: "send_found"}, refusals=(400, 409, 413, 415, 503),
            summary="Look at a mail of one's own, or, with `confirm`, send it: once for each Idempotency-Key.",
        ),
        Endpoint(
            method="POST", path="/sends/test", name="sendTest", does=sending.trial, deed="send", needs_key=True, body=_TRIAL,
            answers={200: "tried"}, refusals=(400, 409, 413, 415, 503),
            summary="Send a test of such a mail to one address: once for each Idempotency-Key. Nobody else gets it, and it counts as nothing.",
        ),
        Endpoint(
            method="POST", path="/sends/{name}/undo", name="undoSend", does=sending.undo, deed="stop", body=(_NOTE,),
            answers={200: "send_found"}, places=_SEND, refusals=(400, 404, 409, 413, 415, 503),
            summary="Take it back while it has not been handed over.",
        ),
        Endpoint(
            method="GET", path="/sends/{name}", name="getSend", does=sending.sent, deed="read",
            answers={200: "send_found"}, places=_SEND, summary="How a send stands.", refusals=(404, 503),
        ),
    )  # fmt: skip


def _acts(deciding: Deciding) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(
            method="POST", path=f"/deliveries/{{name}}/{act}", name=act, does=partial(deciding.decide, act),
            deed=DEEDS[act], places=_DELIVERY, body=_acted_with(act),
            answers={200: "decided" if act in BOUND else "delivery_found"}, refusals=(400, 404, 409, 413, 415, 503),
            summary=f"{LABELS[act]}.",
        )
        for act in (*STOPPING, *BOUND)
    )  # fmt: skip


def _acted_with(act: Doing) -> tuple[Field, ...]:
    return (_NOTE, *((_SEEN,) if act in BOUND else ()), *(_SETTLED if act == "settle" else ()))


def _noting(noting: Noting) -> Endpoint:
    return Endpoint(
        method="POST", path="/deliveries/{name}/note", name="annotate", does=noting.annotate, deed="send",
        places=_DELIVERY, body=(_ABOVE, _SEEN), answers={200: "annotated"}, refusals=(400, 404, 409, 413, 415, 503),
        summary="Look at a mail with a note above it, or, with `seen`, save that note.",
    )  # fmt: skip


def _pausing(pausing: Pausing) -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            method="GET", path="/pause", name="getPause", does=pausing.paused, deed="read", answers={200: "pause"},
            summary="Whether everything is paused, and by whom.", refusals=(503,),
        ),
        Endpoint(
            method="POST", path="/pause", name="pause", does=pausing.pause, deed=DEEDS["pause"], body=(_NOTE,),
            answers={200: "pause"}, refusals=(400, 413, 415, 503), summary="Let nothing go out until somebody resumes.",
        ),
        Endpoint(
            method="POST", path="/resume", name="resume", does=pausing.resume, deed=DEEDS["resume"],
            body=(_NOTE, _SEEN), answers={200: "resumption"}, refusals=(400, 409, 413, 415, 503),
            summary="Say what would go out once everything goes on, or, with `seen`, let it go on.",
        ),
    )  # fmt: skip
