"""What a delivery says, from what there is to be seen now: the same for a preview and for what is handed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from notifier.core.agenda import Agenda
from notifier.core.asking import last_told
from notifier.core.delivery import Delivery
from notifier.core.digest import digest_of
from notifier.core.entry import Entry
from notifier.core.event import Event
from notifier.core.facts import Facts
from notifier.core.lag import before_change
from notifier.core.message import Message
from notifier.core.notices import asides_in, is_notice, told_of
from notifier.core.rule import Audience
from notifier.core.selecting import Selection
from notifier.core.span import in_calendars
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Capabilities
from notifier.tick.wiring import Look, Wiring, entry_of, main_feed_address


def events_of(row: Delivery, look: Look) -> list[Event]:
    """The events that a delivery is about, as they are now. Raises KeyError for one that is gone."""
    return [look.events()[uid] for uid in row.event_uids]


def message_of(
    row: Delivery, look: Look, wiring: Wiring, *, kept: Agenda | None = None, only_subject: bool = False
) -> Message:
    """The message of a delivery, or nothing but its subject. Raises UserError when a template is wrong.

    `kept` from the last plan saves work for digests.
    """
    if is_notice(row):
        return _notice(row, look, wiring)
    from notifier.core.render import render  # noqa: PLC0415 - slow to import, and most ticks send nothing

    audience, about = wiring.rules.audience(row.audience), events_of(row, look)
    told = {event.uid: said for event in about if (said := _said(row, event, audience, look)) is not None}
    chosen = _selection(row, audience, look, wiring, kept)
    able = _able(row, wiring)
    entry = _entry(row, about, audience, look) if able.attaches and not only_subject else None
    asked = look.memory.one_offs.get(row.key)
    return render(
        row, about, site=wiring.rules.site, templates=wiring.templates, audience_is_public=audience.public,
        audience=audience, at=look.at,
        feed_url=main_feed_address(wiring.rules), entry=entry, told=told,
        only_subject=only_subject, relative=not able.by_hand,
        new=chosen.new if chosen else frozenset(), until=chosen.until if chosen else None,
        note=asked.note if asked else look.memory.note(row.key), subject=asked.subject if asked else "",
    )  # fmt: skip


def faults_of(row: Delivery, message: Message, look: Look, wiring: Wiring) -> tuple[Problem, ...]:
    """What is wrong with the finished message of a delivery; its errors keep it from being handed over."""
    if is_notice(row):
        # What readers' mails need, a notice doesn't: it names commands, and nobody unsubscribes from it.
        return ()
    from notifier.core.preflight import preflight  # noqa: PLC0415 - as above

    audience, able = wiring.rules.audience(row.audience), _able(row, wiring)
    return preflight(
        message, site=wiring.rules.site, audience=audience, events=events_of(row, look),
        reaches_people=able.reaches_people,
        # Where a mail goes to each person, there is no list's server that would say how to leave.
        needs_unsubscribe=able.sends and (audience.each or not able.adds_unsubscribe),
    )  # fmt: skip


def _able(row: Delivery, wiring: Wiring) -> Capabilities:
    """What the provider of a delivery can do; of one that is gone, nothing is asked."""
    provider = wiring.providers.get(row.provider)
    if provider is None:
        return Capabilities(sends=False, certain=False, reaches_people=False)
    return provider.capabilities()


def _notice(row: Delivery, look: Look, wiring: Wiring) -> Message:
    from notifier.core.staff_letter import staff_message  # noqa: PLC0415 - as above

    rules = wiring.rules
    seen = (look.plan, look.settled_memory(), rules, look.at)
    return staff_message(
        row, told_of(row, *seen), look.events(), site=rules.site, templates=wiring.templates,
        asides=asides_in(row, *seen), mode=_mode_words(wiring),
    )  # fmt: skip


def _mode_words(wiring: Wiring) -> str:
    """Which mode is on, in a sentence; "" where it makes no difference, since nothing reaches people."""
    if not any(one.capabilities().reaches_people for one in wiring.providers.values()):
        return ""
    return "Test mode is on: no reader gets a mail." if wiring.is_test else "Live mode is on: mails go out to readers."


def _said(row: Delivery, event: Event, audience: Audience, look: Look) -> Facts | None:
    """What this audience was told of an event; if nothing, and this corrects it, what everybody's calendars showed."""
    told = last_told(look.memory, audience, event)
    if told is None and row.kind in ("change", "cancellation") and audience.public:
        return before_change(event, look.settled_memory().seen[event.uid])[0]
    return told.facts if told is not None else None


def _entry(row: Delivery, about: Sequence[Event], audience: Audience, look: Look) -> Entry | None:
    """What becomes the calendar file: the one event that a mail asks its readers to come to, or not to.

    None too for one that has no date, or none that they may know.
    """
    if len(about) != 1 or row.kind in ("digest", "follow_up"):
        return None
    [event] = about
    seen = look.settled_memory().seen[event.uid]
    is_told_more = audience.each and not audience.public
    if in_calendars(event, seen, secret=is_told_more) is not None:
        return entry_of(event.uid, look, secret=is_told_more)
    if is_told_more and row.kind == "cancellation":
        # What they were told of it stands in their calendars, though it never stood in public ones.
        return Entry(event=event, sequence=seen.sequence, created_at=seen.first_seen_at, modified_at=seen.changed_at)
    return None


def _selection(row: Delivery, audience: Audience, look: Look, wiring: Wiring, kept: Agenda | None) -> Selection | None:
    """What a digest chooses now; None for everything else."""
    rules = wiring.rules
    rule = next((rule for rule in rules.rules if rule.name == row.rule and rule.kind == "digest"), None)
    if rule is None:
        return None
    return digest_of(
        rule, audience, row.due_at, events=look.content.events, memory=look.settled_memory(),
        rules=rules, now=look.at, projects=look.content.projects, kept=kept,
    )  # fmt: skip


@contextmanager
def as_passing() -> Iterator[None]:
    """One message that can't be written (a template that only this event trips over) must not stop the rest."""
    try:
        yield
    except (UserError, ValueError) as error:
        raise ProviderError(str(error), permanent=False) from error
