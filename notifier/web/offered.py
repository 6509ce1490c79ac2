"""Which acts a page offers: those that fit how a delivery stands and what the visitor may do; and what was shown with each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from markupsafe import Markup, escape

from notifier.core.delivery import STANDING, Act, Decision, Delivery, DeliveryStatus, key_hash
from notifier.core.person import Deed, Person, may
from notifier.desk.terms import Terms
from notifier.ports import Decisions
from notifier.web import words

#: What is decided about one delivery.
Doing = Literal["hold", "release", "approve", "skip", "retry", "settle"]
DOINGS: tuple[Doing, ...] = get_args(Doing)
#: What somebody must be allowed to do, for each act.
DEEDS: Mapping[Act, Deed] = {
    "hold": "stop", "skip": "stop", "pause": "stop",
    "release": "send", "retry": "send", "settle": "send", "resume": "send",
    "approve": "approve",
}  # fmt: skip
LABELS: Mapping[Act, str] = {
    "hold": "Hold", "skip": "Skip", "release": "Release", "approve": "Approve", "retry": "Retry", "settle": "Settle",
    "pause": "Pause", "resume": "Resume",
}  # fmt: skip
#: What follows from an act, in a sentence.
SENTENCES: Mapping[Doing, str] = {
    "hold": "It does not go out before somebody releases it, whatever its file says by then.",
    "skip": "It is never sent. Whoever may let things go can take that back while it is of use.",
    "release": "It goes out exactly as it is here. If it says something else by then, or is due at another time, it is held again.",
    "approve": "You say yes to it exactly as it is here. If it says something else by then, or is due at another time, it is held again.",
    "retry": "It is tried again at the next tick, while it is of use. What was approved before still is.",
    "settle": "Nobody can tell whether it went out. Look for it at the provider, and say what you found: only then does anything become of it.",
}  # fmt: skip
#: By status, the likeliest first.
_FITTING: Mapping[DeliveryStatus, tuple[Doing, ...]] = {
    "planned": ("hold", "skip", "approve"), "held": ("release", "approve", "hold", "skip"), "drafted": ("hold", "skip"),
    "failed": ("retry", "skip"), "unknown": ("settle",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A way to the page that asks about an act. `about` is what a person hears who doesn't see where it stands."""

    act: Doing
    label: str
    href: str
    about: str


def fitting(row: Delivery, last: Decision | None) -> tuple[Doing, ...]:
    """The acts that change anything about a row; `last` is what a person said last about it that still counts."""
    said = last.act if last is not None else None
    if row.status == "skipped":
        return ("release",) if said == "skip" else ()
    so_already = {("held", "hold"): "hold", ("planned", "approve"): "approve"}.get((row.status, said or ""))
    return tuple(act for act in _FITTING.get(row.status, ()) if act != so_already)


def buttons(rows: Iterable[Delivery], person: Person | None, ledger: Decisions) -> dict[str, tuple[Button, ...]]:
    """What somebody may do about each of these rows, by key. Nothing for nobody."""
    if person is None:
        return {}
    return {row.key: _buttons(row, person, ledger) for row in rows}


def _buttons(row: Delivery, person: Person, ledger: Decisions) -> tuple[Button, ...]:
    last = next((one for one in reversed(ledger.decided(row.key)) if one.act in STANDING), None)
    about = f"the {row.kind.replace('_', ' ')} of the rule {row.rule} to {row.audience}"
    return tuple(
        Button(act=act, label=LABELS[act], href=address(row.key, act), about=about)
        for act in fitting(row, last)
        if may(person.role, DEEDS[act])
    )


def address(key: str, act: Doing) -> str:
    """The page that asks about an act."""
    return f"/outbox/{key_hash(key)}/do/{act}"


#: What `mark` stands for, part by part.
_PARTS = (
    "when it is due", "what it says, or to whom it goes", "what others have sent by themselves", "how it stands",
    "what is asked about it", "what people decided about it",
)  # fmt: skip


def mark(terms: Terms) -> str:
    """Stands for what somebody was shown, so that it can be told whether, and in which part, it has changed since."""
    due, content, known = [*terms.fingerprint.split("@"), "", ""][:3]
    asked = "\n".join(f"{one.code}\t{one.text}" for one in terms.questions)
    said = f"{terms.last.act}\t{terms.last.by}\t{terms.last.at.isoformat()}" if terms.last is not None else ""
    return ".".join(_digest(part) for part in (due, content, known, terms.status, asked, said))


def moved(shown: str, present: str) -> tuple[str, ...]:
    """The names of the parts in which two marks differ; of one that is none, all."""
    then, now = shown.split("."), present.split(".")
    if len(then) != len(_PARTS):
        return _PARTS
    return tuple(name for name, before, after in zip(_PARTS, then, now, strict=True) if before != after)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def with_buttons(text: str, key: str, person: Person) -> Markup:
    """A sentence with its commands about one delivery, or about everything, as links, where the person may follow them."""
    command = re.compile(
        rf"`?notifier (?P<act>{'|'.join(DOINGS)}|undo) {re.escape(key)}(?: sent, or: notifier settle {re.escape(key)} failed| sent| failed)?`?"
        r"|`?notifier (?P<all>pause|resume)`?"
    )
    parts: list[str] = []
    end = 0
    for found in command.finditer(text):
        # What undoes a mail by hand is a skip.
        named = "skip" if found["act"] == "undo" else found["act"]
        act = next(one for one in LABELS if one in (named, found["all"]))
        href = f"/{act}" if found["all"] else f"/outbox/{key_hash(key)}/do/{act}"
        link = Markup('<a href="{}">{}</a>').format(href, LABELS[act])
        can_do = may(person.role, DEEDS[act])
        parts += [words.to_write(text[end : found.start()]), link if can_do else escape(LABELS[act])]
        end = found.end()
    return Markup("").join([*parts, words.to_write(text[end:])])


_COMMAND = re.compile(r"`notifier (release|retry|settle|resume)`")


def by_button(text: str, person: Person | None) -> str:
    """A sentence that names a command, as it is for somebody who has buttons."""
    return text if person is None else _COMMAND.sub(lambda found: LABELS_BY_NAME[found[1]], text)


LABELS_BY_NAME: Mapping[str, str] = {str(act): f"“{label}”" for act, label in LABELS.items()}
