"""What is tried before Mailman, each with a site of its own and the program in processes of its own, and what was wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from queue import Queue
from typing import Any, Literal, cast

from icalendar import Calendar

from tests.acceptance.mailman.door import Copy, Door, Mailboxes
from tests.acceptance.mailman.server import Mailman

MEMBERS = ("anna@example.org", "ben@example.com")
OPEN, MODERATED, NOWHERE = (f"{name}@lists.example.org" for name in ("choir", "board", "nowhere"))
_SENDER = "events@example.org"
_TITLE = "Größe & Tee, 漢字; once"
_FIRST_LOOK, _DUE, _LATER = "2026-11-20 09:00", "2026-12-08 10:00", "2026-12-08 10:05"
_LONGEST = 120
_CONFIG = """\
site:
  id: example
  name: Example Commons
  domain: example.org
  url: https://www.example.org
  public_url: https://www.example.org
  timezone: Europe/London
  postal_address: Example Commons, 1 Example Street, Exampleton
  staff: [staff@example.org]
sources:
  - name: website
    folder: .
    events: [{{preset: jekyll-events, own: {{category: [organising]}}}}]
providers:
  letters: {{type: smtp, host: 127.0.0.1, port: {port}, security: none}}
audiences:
  choir: {{provider: letters, address: {address}, from: {{name: Example Commons, address: {sender}}}}}
rules:
  day: {{kind: reminder, audiences: [choir], when: {{before: 1d, at: "10:00"}}}}
feeds:
  all: {{title: All events}}
sending: {{live: true}}
"""
_EVENT = f"""\
---
uid: {{name}}@example.org
title: "{_TITLE}"
date: 2026-12-09
start: "18:00"
end: "19:30"
category: organising
register: https://tickets.example.com/tea
access: open
location: Town hall, Exampleton
---
.A line that begins with a dot, and an evening for everybody.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Mailman, what stands before and behind it, and where sites are made."""

    mailman: Mailman
    door: Door
    port: int
    boxes: Mailboxes
    folder: Path


class Site:
    """A site whose one event is tomorrow, and whose reminder goes to one list. By its name, its event is no other site's."""

    def __init__(self, world: World, name: str, address: str) -> None:
        self.folder = world.folder / name
        (self.folder / "_events").mkdir(parents=True)
        config = _CONFIG.format(port=world.port, address=address, sender=_SENDER)
        (self.folder / "config.yaml").write_text(config, encoding="utf-8")
        (self.folder / "_events" / "2026-12-09-tea.md").write_text(_EVENT.format(name=name), encoding="utf-8")
        self.say("tick", at=_FIRST_LOOK)

    def started(self, *words: str, at: str = "") -> subprocess.Popen[str]:
        config = str(self.folder / "config.yaml")
        command = [sys.executable, "-m", "notifier", *words, "--config", config, *(("--at", at) if at else ())]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def say(self, *words: str, at: str = "") -> str:
        """Run a command to its end; what it said. Raises RuntimeError for one that ends as no command should."""
        with self.started(*words, at=at) as process:
            said = process.communicate(timeout=_LONGEST)[0]
        if process.returncode not in (0, 1):
            raise RuntimeError(f"notifier {' '.join(words)} ended with {process.returncode}: {said[-2_000:]}")
        return said

    def delivery(self, at: str = _LATER) -> Mapping[str, Any]:
        """What `notifier why` says of the reminder."""
        said = json.loads(self.say("why", "tea", "--format", "json", at=at))
        [rule] = said["rules"]
        return dict(rule)

    def kept(self, name: str) -> bytes:
        """A file of the mail as notifier keeps it: `message.eml`, or `delivery.json` with what became of it."""
        [folder] = (self.folder / "notifier-mail" / "letters").glob("[0-9a-f]*")
        return (folder / name).read_bytes()


Story = Callable[[World], Iterator[str]]


def goes_out_once(world: World) -> Iterator[str]:
    """A post to a list: each member has it once, the invitation whole, and a second tick sends nothing."""
    site = Site(world, "once", OPEN)
    site.say("tick", at=_DUE)
    yield from _stands(site, "sent")
    yield from _noted(site)
    yield from _reached(world, site, times=1)
    given = len(world.door.given)
    site.say("tick", at=_LATER)
    site.say("tick", at="2026-12-08 10:30")
    yield from _reached(world, site, times=1)
    if len(world.door.given) != given:
        yield "a later tick gave the mail server something again"


def held_for_a_moderator(world: World) -> Iterator[str]:
    """A list that holds what strangers post: the server takes it, nobody has it, and once it is accepted each has it once."""
    site = Site(world, "moderated", MODERATED)
    site.say("tick", at=_DUE)
    yield from _stands(site, "sent")
    yield from _noted(site)
    yield from _reached(world, site, times=0)
    held = world.mailman.held(MODERATED)
    if len(held) != 1:
        yield f"{len(held)} posts wait for the moderator instead of 1"
    for post in held:
        world.mailman.accept(MODERATED, post)
    yield from _reached(world, site, times=1)
    site.say("tick", at=_LATER)
    yield from _reached(world, site, times=1)


def no_such_list(world: World) -> Iterator[str]:
    """A list that Mailman doesn't have: failed, in its own words, and not tried again until a person says so."""
    site, given = Site(world, "nowhere", NOWHERE), len(world.door.given)
    site.say("tick", at=_DUE)
    yield from _stands(site, "failed", "550 Requested action not taken: mailbox unavailable")
    site.say("tick", at=_LATER)
    yield from _stands(site, "failed", "550")
    if len(world.door.given) != given:
        yield "the mail server was given the message all the same"


def killed_after_it_was_taken(world: World) -> Iterator[str]:
    """notifier killed with Mailman's answer on its way: members have it, notifier can't know. A person settles it as sent."""
    site = Site(world, "killed-after", OPEN)
    yield from _killed(world, site, "after")
    yield from _reached(world, site, times=1)
    site.say("settle", "tea", "sent", at=_LATER)
    site.say("tick", at="2026-12-08 10:30")
    yield from _stands(site, "sent", at="2026-12-08 10:30")
    yield from _reached(world, site, times=1)


def killed_before_it_was_taken(world: World) -> Iterator[str]:
    """notifier killed when the server had the message and lost it: nobody has it. A person settles it as failed, and retries."""
    site = Site(world, "killed-before", OPEN)
    yield from _killed(world, site, "before")
    yield from _reached(world, site, times=0)
    site.say("settle", "tea", "failed", at=_LATER)
    site.say("tick", at="2026-12-08 10:10")
    yield from _reached(world, site, times=0)
    site.say("retry", "tea", at="2026-12-08 10:20")
    site.say("tick", at="2026-12-08 10:30")
    yield from _stands(site, "sent", at="2026-12-08 10:30")
    yield from _noted(site)
    yield from _reached(world, site, times=1)


STORIES: Mapping[str, Story] = {
    story.__name__.replace("_", "-"): story
    for story in (
        goes_out_once, held_for_a_moderator, no_such_list, killed_after_it_was_taken, killed_before_it_was_taken,
    )
}  # fmt: skip


def _killed(world: World, site: Site, when: Literal["before", "after"]) -> Iterator[str]:
    """Kill the tick that hands over, at this side of Mailman's taking it; two more ticks leave it to a person."""
    victims: Queue[subprocess.Popen[str]] = Queue()

    def stroke() -> None:
        victim = victims.get(timeout=_LONGEST)
        victim.kill()
        victim.wait()

    world.door.stroke = (when, stroke)
    with site.started("tick", at=_DUE) as tick:
        victims.put(tick)
        tick.wait(_LONGEST)
    if tick.returncode != -9:
        yield f"the tick was not killed, but ended with {tick.returncode}"
    given = len(world.door.given)
    site.say("tick", at="2026-12-08 10:01")
    site.say("tick", at=_LATER)
    ours = _parsed(site.kept("message.eml"))
    yield from _stands(site, "unknown", f"Look for the Message-ID {ours['Message-ID']}")
    if len(world.door.given) != given:
        yield "it was given away again while nobody knew"


def _noted(site: Site) -> Iterator[str]:
    """Whether notifier has kept what the server said, and claims no more than that: who reads it, it can't know."""
    last = json.loads(site.kept("delivery.json"))["attempts"][-1]
    if (last["result"], last["said"][:4]) != ("accepted", "250 "):
        yield f"it has noted {last} instead of the server's 250"
    if "its server knows who reads them" not in " ".join(site.say("doctor").split()):
        yield "the doctor doesn't say that only the list's server knows who reads its mails"


def _stands(site: Site, verdict: str, words: str = "", *, at: str = _LATER) -> Iterator[str]:
    """Whether notifier says this of the reminder, with these words among its reasons."""
    known = site.delivery(at)
    said = " ".join(reason["text"] for reason in known["reasons"])
    if known["verdict"] != verdict:
        yield f"it is {known['verdict']} instead of {verdict}: {said}"
    elif words not in said:
        yield f"it doesn't say {words!r}, but {said!r}"


def _reached(world: World, site: Site, *, times: int) -> Iterator[str]:
    """Whether each member has the mail so many times when Mailman has come to rest, and as it was meant."""
    if aside := world.mailman.settle():
        yield f"Mailman put mails aside as {', '.join(aside)}"
    ours = _parsed(site.kept("message.eml"))
    copies = world.boxes.of(ours["Message-ID"])
    for member in MEMBERS:
        found = sum(copy.member == member for copy in copies)
        if found != times:
            yield f"{member} has it {found} times instead of {times}"
    if len(copies) != times * len(MEMBERS):
        yield f"{len(copies)} copies arrived instead of {times * len(MEMBERS)}"
    for copy in copies:
        yield from (f"{copy.member}: {what}" for what in _differences(ours, copy))


def _differences(ours: EmailMessage, copy: Copy) -> Iterator[str]:
    """How what a member got differs from what was sent, but for what every list adds."""
    theirs = copy.mail
    if not str(theirs["Subject"]).endswith(str(ours["Subject"])):
        yield f"the subject is {theirs['Subject']!r} instead of {ours['Subject']!r}"
    for name in ("From", "Date", "Auto-Submitted"):
        if theirs.get_all(name) != ours.get_all(name):
            yield f"{name} is {theirs.get_all(name)} instead of {ours.get_all(name)}"
    if not theirs["List-Unsubscribe"]:
        yield "it has no List-Unsubscribe"
    for kind in ("text/plain", "text/html", "text/calendar", "application/ics"):
        if _part(theirs, kind) != _part(ours, kind):
            yield f"{kind} is not as it was sent"
    yield from _invitation(theirs)


def _invitation(mail: EmailMessage) -> Iterator[str]:
    """What a calendar program would miss in the part that invites, and whether the file beside it is the same."""
    method, entry = _part(mail, "text/calendar")
    attached = next(iter(part for part in mail.walk() if part.get_content_type() == "application/ics"), None)
    if attached is None or attached.get_filename() != "invite.ics":
        yield "there is no invite.ics"
    if _part(mail, "application/ics")[1] != entry:
        yield "invite.ics is another entry than the invitation"
    calendar = Calendar.from_ical(entry)
    if method != calendar.get("method"):
        yield f"its method is {method} outside and {calendar.get('method')} inside"
    [event] = calendar.events
    seen = (str(event["summary"]), event.start.isoformat(), event.end.isoformat())
    meant = (_TITLE, "2026-12-09T18:00:00+00:00", "2026-12-09T19:30:00+00:00")
    if seen != meant:
        yield f"the calendar shows {seen} instead of {meant}"


def _part(mail: EmailMessage, kind: str) -> tuple[str, bytes]:
    """The first part of this kind: the method it is said to have, and its bytes, without what a transfer does to them."""
    for part in mail.walk():
        if part.get_content_type() == kind:
            return str(part.get_param("method", "")), cast("bytes", part.get_payload(decode=True))
    return "", b""


def _parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=SMTP)


def judged(world: World, names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each story's faults, as it ends."""
    for name in names:
        try:
            yield name, list(STORIES[name](world))
        except (RuntimeError, OSError, ValueError, KeyError) as error:
            yield name, [f"it could not be told to its end: {error}"]
