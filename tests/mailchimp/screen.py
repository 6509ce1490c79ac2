"""What a person sees in the web app, as far as it takes to press Send: the campaigns, and each one's page."""

from __future__ import annotations

from datetime import datetime

from tests.mailchimp.account import Account
from tests.mailchimp.campaign import Campaign
from tests.mailchimp.letter import merged

_BY = {"api": "the program", "staff": "a person"}


def overview(account: Account, now: datetime) -> str:
    """All campaigns, the oldest first, then every mail that went out."""
    there = sorted((life.now for life in account.lives.values() if life.now), key=lambda one: one.web_id)
    campaigns = [line for one in there for line in _campaign(account, one, now)] or ["  none"]
    sent = [
        f"  {one.number}. to {len(one.people)} people, sent by {_BY[one.by]}: {one.settings.get('subject_line', '')}"
        for one in account.outbox
    ] or ["  none"]
    return "\n".join([f"It is {now:%H:%M:%S} UTC.", "Campaigns:", *campaigns, "Mails that went out:", *sent, ""])


def page(account: Account, campaign_id: str) -> str:
    """The mail as the first of its list would read it. Raises Refused where there is no such campaign."""
    one = account.campaign(campaign_id)
    listing = account.lists[one.list_id]
    person = next(iter(listing.people.values()), None)
    if person is None:
        return one.content.html
    subject = one.settings.get("subject_line", "")
    return merged(one.content.html, person=person, list_name=listing.name, subject=subject)


def _campaign(account: Account, one: Campaign, now: datetime) -> list[str]:
    status = "draft" if one.status == "save" else one.status
    settings, listing = one.settings, account.lists.get(one.list_id)
    return [
        f"  {one.web_id}: {status}, to {account.count(one, now)} people of “{listing.name if listing else one.list_id}”",
        f"    name: {settings.get('title', '')}",
        f"    subject: {settings.get('subject_line', '')}",
        f"    from: {settings.get('from_name', '')} <{settings.get('reply_to', '')}>",
        f"    page: /{one.id}",
    ]
