"""What else goes on in an account: campaigns that people made, what became of ours, and drafts of ours that are left over.

All of it only reads, but for deleting a draft, and that only after a last look at it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from notifier.config import ListPart
from notifier.core.byhand import REMEMBERED, ByHand, links_in
from notifier.core.delivery import Delivery
from notifier.core.plain import cut, one_line
from notifier.core.reach import Reach
from notifier.core.rule import Site
from notifier.edges.mailchimp.account import Account, Campaign
from notifier.edges.mailchimp.audiences import same_segment, target_of
from notifier.edges.mailchimp.door import Failed
from notifier.edges.mailchimp.drafting import draft_of, place_of
from notifier.edges.mailchimp.finding import LOOKED_BACK, marker_in, marker_of, title_of
from notifier.edges.mailchimp.reading import readable
from notifier.edges.mailchimp.verifying import is_as_it_was_put
from notifier.errors import ProviderError

#: Texts that are read, and drafts that are looked at, at one time: what is left comes the next time.
MOST_READ = 10
MOST_DELETED = 5
#: A draft that is younger may be one of a delivery under way.
LEFT_OVER_AFTER = timedelta(days=1)
_SERVICE = "Mailchimp"
_STATES: Mapping[str, Literal["sent", "scheduled"]] = {
    "sent": "sent", "sending": "sent", "archived": "sent", "schedule": "scheduled",
}  # fmt: skip


class Watching(ABC):
    """`beside.Noticing`, `Counting` and `Tidying`, for a provider that knows its account."""

    __slots__ = ()
    name: str
    lists: Mapping[str, str]
    parts: Mapping[str, ListPart]
    site: Site

    @abstractmethod
    def _account(self) -> Account: ...

    def made_by_hand(self, since: datetime, *, known: Sequence[ByHand], ours: Collection[str]) -> Sequence[ByHand]:
        """Campaigns that people sent or scheduled; one listing, and the text of each once. What lies long back is not read."""
        account, before = self._account(), {one.id: one for one in known}
        listed = account.campaigns(since - REMEMBERED)
        found: list[ByHand] = []
        unread: list[ByHand] = []
        for campaign in listed:
            mail = self._mail(account, campaign, before.get(campaign.id))
            if mail is None or campaign.id in ours or marker_in(campaign.title) is not None:
                continue
            old = before.get(campaign.id)
            if old is not None and old.state == mail.state:
                found.append(mail)
            elif mail.at >= since:
                unread.append(mail)
        # What was sent was sent, also where people put it out of sight there.
        seen = {campaign.id for campaign in listed}
        found += [one for one in known if one.id not in seen and one.state == "sent" and one.at >= since - REMEMBERED]
        return [*found, *self._read(account, unread, {one.id: one.subject for one in listed}, before)]

    def reach(self, draft_id: str, at: datetime) -> Reach | None:
        """The report's counts; Mailchimp has none for a while after a campaign was sent."""
        account = self._account()
        try:
            report = account.report(draft_id)
            tracking = account.tracking(draft_id)
        except Failed as error:
            if error.kind == "notfound":
                return None
            raise
        counted = {name: report.get(name) for name in ("emails_sent", "unsubscribed", "abuse_reports")}
        bounces = _mapping(report.get("bounces"))
        return Reach(
            at=at,
            sent=_count(counted["emails_sent"]),
            hard=_count(bounces.get("hard_bounces")),
            soft=_count(bounces.get("soft_bounces")) + _count(bounces.get("syntax_errors")),
            unsubscribed=_count(counted["unsubscribed"]),
            abuse=_count(counted["abuse_reports"]),
            opens=_count(_mapping(report.get("opens")).get("unique_opens")) if tracking.opens else None,
            clicks=_count(_mapping(report.get("clicks")).get("unique_subscriber_clicks")) if tracking.clicks else None,
        )

    def tidy(self, rows: Sequence[Delivery], *, named: Collection[str], at: datetime) -> Sequence[str]:
        account, said = self._account(), list[str]()
        for campaign, row in self._left_over(account, rows, named, at):
            # Read again by itself: a listing may be old, and people may have acted meanwhile.
            now = self._untouched(account, campaign, row)
            if now is None:
                continue
            account.delete(now.id)
            said.append(f"A draft for {row.key} was left over in Mailchimp, and is deleted: {place_of(account, now)}")
            if len(said) >= MOST_DELETED:
                break
        return said

    def _mail(self, account: Account, campaign: Campaign, known: ByHand | None) -> ByHand | None:
        """What of a campaign a person sent to readers of ours, without its links; None for any other."""
        state, at = _STATES.get(campaign.status), campaign.sent_at or (known.at if known else None)
        audiences = frozenset(name for name, list_id in self.lists.items() if list_id and list_id == campaign.list_id)
        if at is None and campaign.status == "sending":
            at = campaign.created_at
        if state is None or at is None or not audiences:
            return None
        return ByHand(
            provider=self.name, id=campaign.id, service=_SERVICE, name=cut(one_line(campaign.subject or campaign.title), 80),
            place=place_of(account, campaign), state=state, at=at.astimezone(UTC), audiences=audiences,
            links=known.links if known else frozenset(),
        )  # fmt: skip

    def _read(
        self, account: Account, unread: Sequence[ByHand], subjects: Mapping[str, str], before: Mapping[str, ByHand]
    ) -> Iterator[ByHand]:
        """These with their links. Where one can't be read now, those after it wait too; what was known of them stands."""
        failed = False
        for number, mail in enumerate(unread):
            links = None
            if not failed and number < MOST_READ:
                try:
                    links = links_in(subjects.get(mail.id, ""), *account.texts(mail.id))
                except Failed as error:
                    failed = error.kind != "notfound"
            if links is not None:
                yield replace(mail, links=links)
            elif mail.id in before:
                yield before[mail.id]

    def _left_over(
        self, account: Account, rows: Sequence[Delivery], named: Collection[str], at: datetime
    ) -> Iterator[tuple[Campaign, Delivery]]:
        by_marker = {marker_of(self.site.id, row.key): row for row in rows}
        for campaign in account.campaigns(at - LOOKED_BACK):
            row = by_marker.get(marker_in(campaign.title) or "")
            is_old = campaign.created_at is not None and at - campaign.created_at > LEFT_OVER_AFTER
            if row is not None and is_old and campaign.status == "save" and campaign.id not in named:
                yield campaign, row

    def _untouched(self, account: Account, listed: Campaign, row: Delivery) -> Campaign | None:
        """The draft as it is now, where nobody but this program had a hand in it; None where that can't be shown."""
        marker = marker_of(self.site.id, row.key)
        try:
            draft = draft_of(account, listed.id)
            target = target_of(account, row.audience, self.lists.get(row.audience, ""), self.parts.get(row.audience))
        except Failed as error:
            if error.kind == "notfound":
                return None
            raise
        except ProviderError:
            # Its audience is another there now, or none of ours any more.
            return None
        campaign = draft.campaign
        is_ours = campaign.status == "save" and campaign.title == title_of(campaign.subject, marker)
        if not is_ours or campaign.list_id != target.listing.id or not same_segment(target.segment, campaign.segment):
            return None
        # In a page without our comments it can't be told who wrote what; one that was never filled says nothing.
        is_empty = not readable(draft.html) and not draft.text.strip()
        return campaign if is_empty or is_as_it_was_put(draft, marker) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
