"""What readers of feeds may not see in time: a change so shortly before an event that most calendars ask too seldom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from notifier.core.asking import Ask
from notifier.core.delivery import SeenEvent, Told
from notifier.core.event import Event, Reason
from notifier.core.facts import Facts, facts_of, when_of
from notifier.core.public import public_view
from notifier.core.readership import late_share
from notifier.core.rule import Feed
from notifier.core.schedule import starts_at
from notifier.core.span import is_public_with_date

#: A smaller share of a feed's readers is nothing to write to everybody for.
_MANY = 0.2


def shown_in_feeds(ask: Ask, projects: Mapping[str, str]) -> tuple[Told, Reason] | None:
    """What readers of a public feed may still see of an event, and why a person is asked to tell the audience.

    None where nothing that they see has changed since the first looks, or where nearly all of them will have asked
    again before it begins. Only for audiences that everybody may be in: they are told what feeds say in public.
    """
    if not ask.audience.public or not ask.memory.polls or ask.seen.changed_at <= ask.baseline:
        return None
    shown, changed_at = before_change(ask.event, ask.seen)
    if shown is None or (begins := _begins(ask, shown)) is None or changed_at >= begins:
        return None
    late = [
        (share, feed)
        for feed in ask.rules.feeds
        if not feed.secret and ask.rules.feed_holds(feed, ask.event, projects)
        if (share := late_share((one for one in ask.memory.polls if one.feed == feed.name), begins - changed_at))
    ]
    share, feed = max(late, key=lambda one: (one[0], one[1].name), default=(0.0, None))
    if feed is None or share < _MANY:
        return None
    told = Told(audience=ask.audience.name, uid=ask.event.uid, facts=shown, delivery_key="", at=ask.seen.first_seen_at)
    return told, _proposed(share, feed, ask)


def before_change(event: Event, seen: SeenEvent) -> tuple[Facts | None, datetime]:
    """What public calendars showed of an event before it last changed, None where nothing, and when it did."""
    listed = seen.listed
    if listed is not None and is_public_with_date(event) and listed.facts == facts_of(public_view(event)):
        return listed.before, listed.changed_at or seen.changed_at
    return listed.facts if listed is not None else None, seen.changed_at


def _begins(ask: Ask, shown: Facts) -> datetime | None:
    """The earlier of when readers believe that it begins, and when it does."""
    zone = ask.zone
    whens = [when for when in (when_of(shown), ask.event.when) if when is not None]
    return min((starts_at(replace(ask.event, when=when), zone) for when in whens), default=None)


def _proposed(share: float, feed: Feed, ask: Ask) -> Reason:
    text = (
        f"About {round(share * 10) * 10} % of the readers of the feed “{feed.title}” may not see this before it begins: "
        f"their calendars ask too seldom. Let it go out to tell {ask.audience.name} by mail, or skip it."
    )
    return Reason(code="feed-lag", text=text)
