"""What people do in the web app meanwhile. It refuses what the web app would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.mailchimp.account import Account
from tests.mailchimp.campaign import Campaign
from tests.mailchimp.people import Person, some_people
from tests.mailchimp.refusal import bad_request, not_found

Wishes = Mapping[str, Any]


def do(account: Account, act: str, wishes: Wishes, now: datetime) -> dict[str, Any]:
    """One act. Tells the campaign it was about, if any. Raises Refused; ValueError for an act that there isn't."""
    if act not in _ACTS:
        raise ValueError(f"{act} is no act of staff. There are: {', '.join(sorted(_ACTS))}.")
    campaign = _ACTS[act](account, wishes, now)
    return {"campaign_id": campaign.id} if isinstance(campaign, Campaign) else {}


def newest(account: Account) -> str:
    """The id of the campaign made last that is still there."""
    there = [life.now for life in account.lives.values() if life.now]
    if not there:
        raise not_found()
    return max(there, key=lambda one: (one.created, one.web_id)).id


def _named(account: Account, wishes: Wishes) -> Campaign:
    return account.campaign(wishes.get("campaign") or newest(account))


def _create(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    """A campaign of their own: title, subject, html, list, segment_opts."""
    list_id = wishes.get("list") or next(iter(account.lists))
    recipients = {"list_id": list_id} | ({"segment_opts": wishes["segment_opts"]} if "segment_opts" in wishes else {})
    settings = {"title": wishes.get("title", "By hand"), "subject_line": wishes.get("subject", "By hand"),
                "from_name": "Example Circle", "reply_to": "office@example.org"}  # fmt: skip
    made = account.create({"type": "regular", "recipients": recipients, "settings": settings}, now, by="staff")
    return account.fill(made.id, {"html": wishes.get("html", "<p>By hand *|UNSUB|*</p>")}, now)


def _edit(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    """html, or the html that is there with `append` behind it; subject, preview, from_name, reply_to."""
    campaign = _named(account, wishes)
    names = {"subject": "subject_line", "preview": "preview_text", "from_name": "from_name", "reply_to": "reply_to"}
    settings = {field: wishes[name] for name, field in names.items() if name in wishes}
    if settings:
        campaign = account.change(campaign.id, {"settings": settings}, now)
    if "html" in wishes or "append" in wishes:
        html = wishes.get("html", campaign.content.html) + wishes.get("append", "")
        campaign = account.fill(campaign.id, {"html": html}, now)
    if "plain_text" in wishes:
        campaign = account.fill(campaign.id, {"plain_text": wishes["plain_text"]}, now)
    return campaign


def _rename(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    """The title, at any time: it is only theirs."""
    campaign = _named(account, wishes)
    renamed = replace(campaign, settings={**campaign.settings, "title": wishes.get("title", "Renamed")})
    account.lives[campaign.id].add(now, renamed)
    return renamed


def _retarget(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    """To a list, and to a segment of it or to everybody."""
    campaign = _named(account, wishes)
    recipients = {"list_id": wishes.get("list") or campaign.list_id}
    if "segment_opts" in wishes:
        recipients["segment_opts"] = wishes["segment_opts"]
    return account.change(campaign.id, {"recipients": recipients}, now)


def _send(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    """Once: the web app has no button on what was sent."""
    campaign = _named(account, wishes)
    if campaign.status not in {"save", "paused"}:
        raise bad_request(f"The web app has no Send for a campaign that is “{campaign.status}”.")
    account.send(campaign.id, now, by="staff")
    return account.campaign(campaign.id)


def _schedule(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    campaign = _named(account, wishes)
    account.schedule(campaign.id, datetime.fromisoformat(wishes["at"]), now, by="staff")
    return account.campaign(campaign.id)


def _unschedule(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    campaign = _named(account, wishes)
    account.unschedule(campaign.id, now)
    return account.campaign(campaign.id)


def _pause(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    """[doc] A scheduled one becomes paused."""
    campaign = _named(account, wishes)
    account.unschedule(campaign.id, now, to="paused")
    return account.campaign(campaign.id)


def _cancel(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    campaign = _named(account, wishes)
    account.cancel(campaign.id, now)
    return account.campaign(campaign.id)


def _delete(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    campaign = _named(account, wishes)
    account.delete(campaign.id, now)
    return campaign


def _archive(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    """[?] Only what was sent can be put away."""
    campaign = _named(account, wishes)
    if campaign.status != "sent":
        raise bad_request("Only a campaign that was sent can be archived.")
    account.lives[campaign.id].add(now, replace(campaign, status="archived"))
    return campaign


def _replicate(account: Account, wishes: Wishes, now: datetime) -> Campaign:
    return account.replicate(_named(account, wishes).id, now, by="staff")


def _delete_list(account: Account, wishes: Wishes, now: datetime) -> None:
    """[?] Not while it is being sent to."""
    list_id = wishes["list"]
    sending = [life.now for life in account.lives.values() if life.now and life.now.status == "sending"]
    if any(campaign.list_id == list_id for campaign in sending):
        raise bad_request("A campaign is being sent to this list.")
    if list_id not in account.lists:
        raise not_found()
    account.lists[list_id].active = False


def _join(account: Account, wishes: Wishes, now: datetime) -> None:
    """email, or `count` made-up people whose addresses begin with `of`."""
    there = account.lists[wishes["list"]]
    tags = frozenset(wishes.get("tags", ()))
    people = [Person(email=wishes["email"])] if "email" in wishes else some_people(wishes["count"], of=wishes.get("of", "new"))  # fmt: skip
    for person in people:
        there.put(replace(person, tags=tags))


def _leave(account: Account, wishes: Wishes, now: datetime) -> None:
    there = account.lists[wishes["list"]]
    for email in [wishes["email"]] if "email" in wishes else list(there.people):
        there.leave(email, status="unsubscribed")


def _delete_segment(account: Account, wishes: Wishes, now: datetime) -> None:
    """[?] A campaign for it then is for nobody."""
    account.lists[wishes["list"]].segments.pop(wishes["segment"], None)


_ACTS: dict[str, Callable[[Account, Wishes, datetime], Campaign | None]] = {
    "create": _create, "edit": _edit, "rename": _rename, "retarget": _retarget, "send": _send, "schedule": _schedule,
    "unschedule": _unschedule, "pause": _pause, "cancel": _cancel, "delete": _delete, "archive": _archive,
    "replicate": _replicate, "delete_list": _delete_list, "join": _join, "leave": _leave,
    "delete_segment": _delete_segment,
}  # fmt: skip
