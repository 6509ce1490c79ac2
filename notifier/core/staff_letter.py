"""What a notice to staff says: everything that it tells of, why that is so, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from shlex import quote

from notifier.core.aside import Aside
from notifier.core.cards import organisation
from notifier.core.delivery import Delivery, DeliveryStatus
from notifier.core.event import Event, Reason
from notifier.core.marks import without_marks
from notifier.core.message import Message
from notifier.core.notices import DAILY, URGENT
from notifier.core.plain import cut, http_url, one_line
from notifier.core.render import written
from notifier.core.rule import Site
from notifier.core.samples import samples
from notifier.core.templates import Templates
from notifier.core.zones import moment
from notifier.errors import Problem, UserError

_FOLDER = "staff"
#: More would make a mail that Gmail cuts off; the rest is on the console.
_MOST = 100
_PREHEADER_UNITS = 140
_WHY_UNITS = 600
_GROUPS: Mapping[DeliveryStatus, tuple[str, str]] = {
    "drafted": ("Waiting to be sent", "Its draft is finished, and goes out when a person sends it at the provider."),
    "held": ("Held", "It does not go out before a person answers what is asked, or changes the file."),
    "unknown": ("Unknown", "Nobody can tell whether it went out: look at the provider, then settle it."),
    "failed": ("Failed", "The provider refused it, and it is not tried again by itself."),
    "missed": ("Missed", "Its time passed before it could go out. Nothing more happens to it."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A delivery, in words. `until` is empty where nothing can be done any more, `url` where there is no page."""

    title: str
    kind: str
    audience: str
    rule: str
    due: str
    until: str
    why: str
    url: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Everything in one state."""

    title: str
    says: str
    items: tuple[Item, ...]


def staff_message(
    notice: Delivery,
    about: Sequence[Delivery],
    events: Mapping[str, Event],
    *,
    site: Site,
    templates: Templates,
    asides: Sequence[Aside] = (),
    mode: str = "",
) -> Message:
    """The mail of a notice about these deliveries, and what needs staff beside them. Staff may know all of their events.

    `mode` says whether readers get mails at all, "" where that needs no word.

    Raises UserError, with the template and its line, when a template is wrong.
    """
    groups = tuple(_groups(about[:_MOST], events, site))
    items = tuple(item for group in groups for item in group.items)
    left = len(about) - len(items)
    beside = tuple(
        without_marks(replace(one, title=one_line(one.title), why=cut(one_line(one.why), _WHY_UNITS))) for one in asides
    )
    titles = ", ".join(dict.fromkeys([*(item.title for item in items), *(one.title for one in beside)]))
    names = {
        # Its own words are English, and so is the page.
        "site": organisation(replace(site, language="en")),
        "urgent": notice.rule != DAILY,
        "groups": groups,
        "items": items,
        "asides": beside,
        "mode": mode,
        "preheader": cut(titles + (f" and {left} more" if left else ""), _PREHEADER_UNITS),
        "why": f"You receive this because you are among the staff of {one_line(site.name)}.",
    }
    return written(templates, _FOLDER, names)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSample:
    """Everything that a made-up notice is made of (see `staff_message`)."""

    notice: Delivery
    about: tuple[Delivery, ...]
    events: Mapping[str, Event]
    site: Site
    asides: tuple[Aside, ...] = ()
    mode: str = ""

    def message(self, templates: Templates) -> Message:
        return staff_message(
            self.notice,
            self.about,
            self.events,
            site=self.site,
            templates=templates,
            asides=self.asides,
            mode=self.mode,
        )


def staff_samples() -> tuple[StaffSample, ...]:
    """Made-up notices, which together take both sides of every condition in our templates; that of a day first."""
    made = samples("reminder")[0]
    held = replace(made.delivery, status="held", reasons=(Reason(code="sample", text="No start time is given."),))
    statuses: tuple[DeliveryStatus, ...] = ("unknown", "failed", "missed")
    everything = (held, *(replace(made.delivery, status=status) for status in statuses))
    notice, event = replace(made.delivery, rule=DAILY), made.events[0]
    aside = Aside(
        title="The webhook team-chat", why="hooks.example.org has answered nothing since yesterday.",
        command="notifier webhooks test team-chat", since=made.delivery.due_at, lasts=True,
    )  # fmt: skip
    full = StaffSample(
        notice=notice, about=everything, events={event.uid: event}, site=made.site, asides=(aside,),
        mode="Test mode is on: no reader gets a mail.",
    )  # fmt: skip
    one = replace(full, about=everything[:1], events={}, asides=(), mode="")
    return full, one, replace(one, notice=replace(notice, rule=URGENT)), replace(one, about=(), asides=(aside,))


def check_staff_templates(templates: Templates) -> tuple[Problem, ...]:
    """What is wrong with the templates of notices, tried with made-up ones: each fault once."""
    found: dict[tuple[str, int, str], Problem] = {}
    for sample in staff_samples():
        try:
            sample.message(templates)
        except UserError as error:
            for problem in error.problems:
                found.setdefault((problem.path, problem.line or 0, problem.what), problem)
    return tuple(found.values())


def _groups(about: Sequence[Delivery], events: Mapping[str, Event], site: Site) -> Iterator[Group]:
    for status, (title, says) in _GROUPS.items():
        if items := tuple(_item(one, events, site) for one in about if one.status == status):
            yield Group(title=title, says=says, items=items)


def _item(one: Delivery, events: Mapping[str, Event], site: Site) -> Item:
    there = [events[uid] for uid in one.event_uids if uid in events]
    titles = ", ".join(one_line(event.title) for event in there[:3]) + (", …" if len(there) > 3 else "")
    item = Item(
        title=cut(titles or one.key, 200),
        kind=one.kind.replace("_", "-").capitalize(),
        audience=one.audience,
        rule=one.rule,
        due=moment(one.due_at, site.timezone),
        until="" if one.status == "missed" else moment(one.expires_at, site.timezone),
        why=cut(one_line(" ".join(reason.text for reason in one.reasons)), _WHY_UNITS),
        url=(http_url(there[0].url) or "") if len(there) == 1 else "",
        command=f"notifier why {quote(one_line(one.key))}",
    )
    return without_marks(item)
