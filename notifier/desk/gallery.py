"""Every kind of mail to look at: what the site would send, and where it has nothing of a kind, a sample."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import get_args

from notifier.core.delivery import Delivery
from notifier.core.links import event_file_name
from notifier.core.notices import is_notice
from notifier.core.render import render_sample
from notifier.core.rule import Kind
from notifier.core.samples import samples
from notifier.desk.looking import Preview, preview
from notifier.errors import UserError
from notifier.tick import Look, Ticker

#: What a made-up mail is called after its kind.
_SAMPLE = "sample"
#: Most file systems take 255 bytes; this leaves room for what is added, and is still read at a glance.
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A mail under the name that its files have: the kind, then the event's file, of a-z, 0-9, - and _ only.

    `made_up`: no file of the site is behind it.
    """

    name: str
    shown: Preview
    made_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritten:
    """A mail that can't be written, and why."""

    name: str
    why: UserError


def gallery(look: Look, ticker: Ticker, kind: str | None = None) -> tuple[list[Named], list[Unwritten]]:
    """The mails of every kind, or of one, in the order of their kinds and times, and those that can't be written.

    Of each kind: all that waits to go out in the next 30 days, held or not; where nothing does, the nearest of the site's
    other mails; where it has none, a made-up one. The names are the same for the same mails. Nothing is recorded.
    """
    named, unwritten, taken = list[Named](), list[Unwritten](), set[str]()
    for one in get_args(Kind) if kind is None else (kind,):
        for row in _of_kind(look, one) or (None,):
            name = _unused(f"{one}-{_about(row, look) if row else _SAMPLE}", taken)
            try:
                shown = preview(look, ticker, row.key) if row else _made_up(ticker, one)
                named.append(Named(name=name, shown=shown, made_up=row is None))
            except UserError as error:
                unwritten.append(Unwritten(name=name, why=error))
    return named, unwritten


def _of_kind(look: Look, kind: Kind) -> Sequence[Delivery]:
    there = [one for one in _known(look) if one.kind == kind and _can_be_shown(one, look)]
    waiting = [one for one in there if one.status in ("planned", "held")]
    if waiting:
        return sorted(waiting, key=lambda one: (one.due_at, one.key))
    return sorted(there, key=lambda one: (abs(one.due_at - look.at), one.key))[:1]


def _known(look: Look) -> Iterator[Delivery]:
    """What the plan says of each key, and the ledger's word on those about which it says nothing."""
    planned = {one.key: one for one in (*look.plan.skips, *look.plan.withdrawals, *look.plan.deliveries)}
    yield from {**look.memory.deliveries, **planned}.values()


def _can_be_shown(one: Delivery, look: Look) -> bool:
    return is_notice(one) or (bool(one.event_uids) and all(uid in look.events() for uid in one.event_uids))


def _made_up(ticker: Ticker, kind: Kind) -> Preview:
    """The fullest made-up mail of a kind, in the name of this site."""
    wiring = ticker.wiring
    sample = replace(samples(kind)[0], site=wiring.rules.site)
    return Preview(delivery=sample.delivery, message=render_sample(wiring.templates, sample), sample=True)


def _about(row: Delivery, look: Look) -> str:
    """What a mail is about, as a part of a file name; nothing of it can lead out of a folder."""
    if row.kind == "digest" or len(row.event_uids) != 1:
        # RULE/DATE of a digest, the idempotency key of a one-off.
        return _plain("-".join(row.key.split("/")[1:-1])) or _SAMPLE
    event = look.events()[row.event_uids[0]]
    file, _, part = event.path.partition("#")
    return _plain(f"{PurePosixPath(file).stem}-{part}") or event_file_name(event.uid)[:12]


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].rstrip("-")


def _unused(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found
