"""What mail costs: a message beside Jinja2 alone on the same templates, a letter for each person beside the plain way, and
letters handed to Postfix's smtp-sink beside its own smtp-source.

Processor time where nobody is waited for, since a busy machine leaves that alone; ours and its anchor by turns, and of the rounds
the median of their ratios. Goals 5 and 6 of the design stand beside the lines.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import statistics
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from css_inline import CSSInliner
from jinja2 import DictLoader, Environment, select_autoescape

from notifier.core import cards, inlining, links, plain, soon, wording, zones
from notifier.core import render as render_module
from notifier.core.delivery import Delivery
from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.languages import language_of
from notifier.core.message import Message
from notifier.core.recipient import Member, digest_of
from notifier.core.render import PARTS, Templates, render
from notifier.core.rule import Audience
from notifier.core.templates import environment, wrapped
from notifier.edges.eml import CALENDAR_FILE, eml
from notifier.edges.ledger import open_ledger
from notifier.edges.smtp.letters import Letters, Origin, Reader, letter_for_all
from tests.bench.measures import FULL, say, tell
from tests.bench.scan import NOW
from tests.builders import a_delivery, a_site, a_time, an_event, at
from tests.edges.each import AT, AUDIENCE, DELIVERY, SENDER, Each, leaving, some_members
from tests.templates_on_disk import the_templates
from tests.web.served import free_port

pytestmark = pytest.mark.bench

ROUNDS = 15 if FULL else 9
EACH_ROUND = 20
LIST = "choir@lists.example.org"
POSTFIX = {"PATH": f"{os.defpath}:/usr/sbin:/usr/local/sbin"}
INLINER = CSSInliner(
    keep_style_tags=True, remove_inlined_selectors=True, keep_at_rules=True, load_remote_stylesheets=False
)
#: What of rendering is remembered from one message to the next, but for the languages.
REMEMBERED: list[Any] = [
    remembering
    for module in (cards, inlining, links, plain, render_module, soon, wording, zones)
    for remembering in vars(module).values()
    if hasattr(remembering, "cache_clear") and remembering is not language_of
]
SUMMARY = "We read the first two chapters together, and talk about what a commons is, for 90 minutes; bring a friend."


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A delivery with everything that its message is made of."""

    delivery: Delivery
    events: tuple[Event, ...]
    entry: Entry | None = None
    audience: Audience | None = None

    def message(self, templates: Templates) -> Message:
        return render(
            self.delivery, self.events, site=a_site(), templates=templates, entry=self.entry, audience_is_public=True,
            feed_url="https://www.example.org/feeds/all.ics", at=NOW, audience=self.audience,
        )  # fmt: skip


def an_evening(number: int) -> Event:
    """No two alike, and with more or less known of them: what a page of several looks like differs."""
    less: dict[str, Any] = {"location": None} if number % 4 == 1 else {"summary": ""} if number % 7 == 2 else {}
    less |= {"join_url": None} if number % 3 == 0 else {"status": "tentative"} if number % 11 == 4 else {}
    whole = an_event(
        uid=f"{number:08}@example.org", title=f"Event {number}: the commons",
        when=a_time(f"{2027 + number // 300}-{1 + number // 25 % 12:02}-{1 + number % 25:02} 14:{number % 60:02}", ends="15:30"),
        location="12 Example Street, Exampleton",
        summary=f"{SUMMARY} Evening {number}.", url=f"https://www.example.org/events/{number}",
    )  # fmt: skip
    return replace(whole, **less)


def a_digest(number: int = 0) -> Written:
    events = tuple(an_evening(number * 10 + place) for place in range(10))
    delivery = a_delivery(
        kind="digest", key="digest/weekly/2026-W48/newsletter", event_uids=tuple(e.uid for e in events)
    )
    return Written(delivery=delivery, events=events)


def a_reminder(number: int = 0, audience: Audience | None = None) -> Written:
    event = an_evening(number)
    entry = Entry(event=event, sequence=0, created_at=at("2026-11-01"), modified_at=at("2026-11-01"))
    return Written(delivery=a_delivery(event_uids=(event.uid,)), events=(event,), entry=entry, audience=audience)


def what_templates_were_given(written: Written, templates: Templates) -> Mapping[str, Mapping[str, Any]]:
    """The names and values of each part, as `render` fills them in: caught at Jinja2's own door."""
    kind, given = written.delivery.kind, {}
    made = environment(templates, a_site().language)

    def catching(part: str) -> Callable[..., str]:
        plain = type(made.get_template(f"{kind}/{part}.j2")).render

        def caught(names: Mapping[str, Any]) -> str:
            given[part] = names
            return plain(made.get_template(f"{kind}/{part}.j2"), names)

        return caught

    for part in PARTS:
        made.get_template(f"{kind}/{part}.j2").render = catching(part)  # type: ignore[method-assign]  # caught at Jinja2's own door
    written.message(templates)
    for part in PARTS:
        del made.get_template(f"{kind}/{part}.j2").render
    return given


def by_textwrap(text: str, indent: str = "") -> str:
    """The filter `wrapped` as the standard library does it, which Jinja2's own `wordwrap` is made of too."""
    lines = textwrap.wrap(
        text, 76, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


def by_jinja(
    written: Sequence[Written], templates: Templates, wrapped: Callable[..., str] = by_textwrap
) -> Callable[[], list[str]]:
    """Jinja2 as anybody would use it, with the same templates, names and values; each call is the next one's."""
    ours = environment(templates, a_site().language)
    plain = Environment(
        loader=DictLoader(dict(templates.texts)), trim_blocks=True, lstrip_blocks=True,
        autoescape=select_autoescape(["html.j2"]),
    )  # fmt: skip
    plain.filters, plain.globals = ours.filters | {"wrapped": wrapped}, ours.globals
    parts = {part: plain.get_template(f"{written[0].delivery.kind}/{part}.j2") for part in PARTS}
    given = cycle([what_templates_were_given(one, templates) for one in written])

    def rendered() -> list[str]:
        values = next(given)
        return [template.render(values[part]) for part, template in parts.items()]

    return rendered


def in_turns(*acts: Callable[[], object], rounds: int = ROUNDS, times: int = EACH_ROUND) -> tuple[list[float], ...]:
    """Processor seconds of each act in each round, by turns, so that whatever else runs meets all alike."""
    taken: tuple[list[float], ...] = tuple([] for _ in acts)
    for act in acts:
        act()
    for _ in range(rounds):
        for act, seconds in zip(acts, taken, strict=True):
            began = time.process_time()
            for _ in range(times):
                act()
            seconds.append((time.process_time() - began) / times)
    return taken


def told(what: str, ours: list[float], anchor: list[float], aim: str) -> float:
    """Prints the medians, and returns the median of the ratios of the rounds."""
    ratio = statistics.median(one / other for one, other in zip(ours, anchor, strict=True))
    tell(
        f"{what} ({1 / statistics.median(ours):,.0f} a second)", statistics.median(ours), statistics.median(anchor), aim
    )
    return ratio


@pytest.mark.parametrize("make", [a_digest, a_reminder], ids=["digest", "reminder"])
def test_a_message(make: Callable[[int], Written]) -> None:
    """In the first line no event is written about twice, so that what is remembered of one is no help."""
    templates, first = the_templates(), make(0)
    message, kind = first.message(templates), first.delivery.kind
    say(f"\n{kind}: html {len(message.html)}, text {len(message.text)}, calendar {len(message.calendar or b'')} bytes")
    some, more, others = (
        [make(start + number) for number in range(1, 1 + (ROUNDS + 1) * EACH_ROUND)] for start in (0, 1_000, 2_000)
    )
    fresh, seen, jinja = iter(some), cycle(some[:5]), by_jinja(others, templates)
    ours, again, anchor, anchor_too = in_turns(
        lambda: next(fresh).message(templates), lambda: next(seen).message(templates),
        jinja, by_jinja(others, templates, wrapped),
    )  # fmt: skip
    aim, unknown = "<= 2.5 x" if kind == "digest" else "none", iter(more)
    told(f"a {kind} of events never seen / Jinja2 alone", ours, anchor, aim)
    told("its events seen before / Jinja2 alone", again, anchor, aim)
    told("never seen / Jinja2 alone, lines broken as we do", ours, anchor_too, "none")
    nothing, anchor = in_turns(lambda: with_nothing_known(next(unknown), templates), jinja)
    told(f"the first {kind} of a process / Jinja2 alone", nothing, anchor, "none")
    mine, plain = in_turns(lambda: as_file(message, first), lambda: by_email(message, LIST))
    told(f"a {kind} as a mail / EmailMessage alone", mine, plain, "none")


def with_nothing_known(written: Written, templates: Templates) -> Message:
    """The first message of a process that has read its templates."""
    for remembered in REMEMBERED:
        remembered.cache_clear()
    return written.message(templates)


def as_file(message: Message, written: Written) -> bytes:
    return eml(
        message, sender=SENDER, recipient=("", LIST), key=written.delivery.key,
        domain="example.org", at=NOW,
    )  # fmt: skip


def by_email(message: Message, address: str) -> bytes:
    """The standard library as its manual shows it, with the same parts."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "Example Commons <events@example.org>", address, message.subject
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    if message.calendar is not None:
        mail.add_alternative(message.calendar.decode(), subtype="calendar", params={"method": message.method})
        mail.add_attachment(message.calendar, maintype="application", subtype="ics", filename=CALENDAR_FILE)
    return mail.as_bytes()


def test_a_letter_for_each() -> None:
    """Invitations with each reader's name and way to leave: cut and spliced, rendered for each, and merely copied."""
    size, templates, written = 100_000 if FULL else 1_000, the_templates(), a_reminder(audience=AUDIENCE)
    message, members = written.message(templates), some_members(size)
    readers = [_reader(member) for member in members]
    origin = Origin(key=written.delivery.key, domain="example.org", sender=SENDER, at=NOW)
    plainly, few = by_jinja([written], templates), 30

    def spliced() -> None:
        letters = Letters(letter_for_all(message, origin), key=origin.key, domain=origin.domain, wire=True)
        for reader in readers:
            letters.of(reader)

    def rendered() -> None:
        for member in members[:few]:
            subject, html, text = plainly()
            own = replace(message, subject=subject.strip(), html=INLINER.inline(html), text=text)
            by_email(own, member.address)

    ready = Letters(letter_for_all(message, origin), key=origin.key, domain=origin.domain).of(readers[0])
    say(f"\n{size} letters of {len(ready)} bytes, each")
    copied = [bytearray(ready)] * size
    ours, plain, memory = in_turns(spliced, rendered, lambda: [bytes(one) for one in copied], rounds=3, times=1)
    ours, plain, memory = ([took / n for took in each] for each, n in ((ours, size), (plain, few), (memory, size)))
    told("Jinja2, css-inline, EmailMessage / a spliced letter", plain, ours, ">= 50 x")
    told("a spliced letter / a copy of its bytes", ours, memory, "none")


def _reader(member: Member) -> Reader:
    who = digest_of("newsletter", member.address)
    return Reader(
        address=member.address, name=member.name, digest=who, leave=leaving("newsletter", who), with_one_click=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Postfix's smtp-sink, which takes everything and keeps nothing."""

    port: int

    def answers(self) -> bool:
        try:
            self.by_smtplib(1, b"Subject: begin\r\n\r\n")
        except OSError:
            return False
        return True

    def by_source(self, number: int, length: int) -> None:
        """Postfix's own client: so many messages of this length over 8 connections that stay."""
        command = [
            "smtp-source",
            "-d",
            "-s8",
            f"-l{length}",
            f"-m{number}",
            "-fevents@example.org",
            "-tann@example.org",
        ]
        subprocess.run([*command, f"127.0.0.1:{self.port}"], check=True, capture_output=True, env=POSTFIX)

    def by_smtplib(self, number: int, letter: bytes) -> None:
        """The standard library's client, one connection that stays."""
        with smtplib.SMTP("127.0.0.1", self.port, "localhost") as client:
            client.ehlo()
            for _ in range(number):
                client.mail("events@example.org")
                client.rcpt("ann@example.org")
                client.data(letter)


@contextmanager
def sink() -> Iterator[Sink]:
    # It wants to be nobody in particular where it is started by root.
    port, user = free_port(), ("-u", "nobody") if os.geteuid() == 0 else ()
    with subprocess.Popen(
        ["smtp-sink", *user, f"127.0.0.1:{port}", "128"],
        env=POSTFIX,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        try:
            made = Sink(port=port)
            last = time.monotonic() + 10
            while not made.answers() and time.monotonic() < last:
                time.sleep(0.05)  # noqa: TID251 - another program has to come so far
            yield made
        finally:
            child.terminate()


def test_handing_over(tmp_path: Path) -> None:
    """A letter for each member of an audience, everybody claimed in SQLite before, over eight connections."""
    for program in ("smtp-sink", "smtp-source"):
        if shutil.which(program, path=POSTFIX["PATH"]) is None:
            pytest.skip(f"{program} isn't there (Debian: apt install postfix, which need not run).")
    number, turns = 20_000 if FULL else 2_000, 5
    message = a_reminder(audience=AUDIENCE).message(the_templates())
    times: dict[str, list[float]] = {"ours": [], "smtp-source": [], "smtplib": []}
    with sink() as server:
        letter = b""
        for turn in range(turns):
            letter, took = _to_each(server, tmp_path / str(turn), message, number)
            times["ours"].append(took)
            times["smtp-source"].append(_seconds(server.by_source, number, len(letter)))
            times["smtplib"].append(_seconds(server.by_smtplib, number // 10, letter) * 10)
    say(
        f"\n{number} letters of {len(letter)} bytes to smtp-sink, {turns} rounds by turns, each / smtp-source on 8 connections"
    )
    rates = {client: number / statistics.median(took) for client, took in times.items()}
    say(f"smtp-source                                        {rates['smtp-source']:>8,.0f} a second")
    for client, what, aim in (
        ("ours", "to each, claimed and journalled, 8 connections", "aim >= 0.5 x"),
        ("smtplib", "smtplib, 1 connection that stays", "no aim"),
    ):
        ratio = statistics.median(s / o for o, s in zip(times[client], times["smtp-source"], strict=True))
        say(f"{what:<50} {rates[client]:>8,.0f} a second   {ratio:8.2f} x   {aim}")


def _to_each(server: Sink, folder: Path, message: Message, number: int) -> tuple[bytes, float]:
    """The letter, and how many seconds it takes until so many members have theirs."""
    folder.mkdir()
    each = Each(
        port=server.port, folder=folder / "spool", people=some_members(number),
        ledger=open_ledger(f"sqlite:///{folder}/ledger.db"), options={"connections": 8},
    )  # fmt: skip
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, message, AUDIENCE, AT)

    def send() -> None:
        while each.ledger.tally(DELIVERY.key).taken < number:
            outcome = provider.send(draft_id, DELIVERY.key, AT)
            assert outcome.result == "accepted", outcome.detail

    return (folder / "spool" / draft_id / "message.eml").read_bytes(), _seconds(send)


def _seconds(act: Callable[..., object], *words: object) -> float:
    began = time.perf_counter()
    act(*words)
    return time.perf_counter() - began
