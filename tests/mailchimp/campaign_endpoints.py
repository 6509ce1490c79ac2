"""The endpoints of campaigns: list, create, read, change, fill, check, send."""

from __future__ import annotations

from datetime import datetime

from tests.mailchimp import views
from tests.mailchimp.account import Account
from tests.mailchimp.campaign import Campaign
from tests.mailchimp.refusal import Complaint, bad_request, invalid
from tests.mailchimp.routing import Answer, Asked, moment, page, route


@route("GET", "/campaigns")
def _campaigns(account: Account, asked: Asked) -> Answer:
    status = asked.query.get("status")
    if status not in {None, "save", "paused", "schedule", "sending", "sent"}:
        raise invalid(Complaint("status", "This value is not a status that can be asked for."))
    wanted = [one for one in account.listed(asked.now, lag=account.knobs.list_lag) if _is_asked_for(one, asked)]
    by_send_time = asked.query.get("sort_field") == "send_time"
    wanted.sort(key=lambda one: (one.send_at or one.created) if by_send_time else one.created,
                reverse=asked.query.get("sort_dir", "DESC") == "DESC")  # fmt: skip
    found = [views.campaign(account, one, asked.now) for one in wanted]
    return Answer(200, views.page("campaigns", found, **page(asked)))


def _is_asked_for(one: Campaign, asked: Asked) -> bool:
    query = asked.query
    same = {
        "status": one.status,
        "type": one.kind,
        "list_id": one.list_id,
        "folder_id": one.settings.get("folder_id", ""),
    }
    return all(query.get(name) in {None, value} for name, value in same.items()) and _is_in_time(one, asked)


def _is_in_time(one: Campaign, asked: Asked) -> bool:
    for name, at in (("create", one.created), ("send", one.send_at)):
        since, before = moment(asked, f"since_{name}_time"), moment(asked, f"before_{name}_time")
        if since and (not at or at < since):
            return False
        if before and (not at or at > before):
            return False
    return True


@route("POST", "/campaigns")
def _create(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.campaign(account, account.create(asked.body, asked.now), asked.now))


@route("GET", "/campaigns/{campaign_id}")
def _campaign(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.campaign(account, account.shown(asked.ids[0], asked.now), asked.now))


@route("PATCH", "/campaigns/{campaign_id}")
def _change(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.campaign(account, account.change(asked.ids[0], asked.body, asked.now), asked.now))


@route("DELETE", "/campaigns/{campaign_id}")
def _delete(account: Account, asked: Asked) -> Answer:
    account.delete(asked.ids[0], asked.now)
    return Answer(204)


@route("GET", "/campaigns/{campaign_id}/content")
def _content(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.content(account.campaign(asked.ids[0])))


@route("PUT", "/campaigns/{campaign_id}/content")
def _fill(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.content(account.fill(asked.ids[0], asked.body, asked.now)))


@route("GET", "/campaigns/{campaign_id}/send-checklist")
def _checklist(account: Account, asked: Asked) -> Answer:
    found = account.checklist(account.campaign(asked.ids[0]), asked.now)
    return Answer(200, views.checklist(found, asked.ids[0]))


@route("POST", "/campaigns/{campaign_id}/actions/send")
def _send(account: Account, asked: Asked) -> Answer:
    account.send(asked.ids[0], asked.now)
    return Answer(204)


@route("POST", "/campaigns/{campaign_id}/actions/schedule")
def _schedule(account: Account, asked: Asked) -> Answer:
    try:
        at = datetime.fromisoformat(asked.body["schedule_time"])
    except ValueError:
        raise invalid(Complaint("schedule_time", "This value should be an ISO 8601 date.")) from None
    account.schedule(asked.ids[0], at if at.tzinfo else at.replace(tzinfo=asked.now.tzinfo), asked.now)
    return Answer(204)


@route("POST", "/campaigns/{campaign_id}/actions/unschedule")
def _unschedule(account: Account, asked: Asked) -> Answer:
    account.unschedule(asked.ids[0], asked.now)
    return Answer(204)


@route("POST", "/campaigns/{campaign_id}/actions/cancel-send")
def _cancel(account: Account, asked: Asked) -> Answer:
    account.cancel(asked.ids[0], asked.now)
    return Answer(204)


@route("POST", "/campaigns/{campaign_id}/actions/test")
def _test(account: Account, asked: Asked) -> Answer:
    addresses = tuple(asked.body["test_emails"])
    if not addresses or not all("@" in address for address in addresses):
        raise invalid(Complaint("test_emails", "This value should be a list of email addresses."))
    if asked.body["send_type"] not in {"html", "plaintext"}:
        raise invalid(Complaint("send_type", "This value should be html or plaintext."))
    account.test(asked.ids[0], addresses, kind=asked.body["send_type"], now=asked.now)
    return Answer(204)


@route("POST", "/campaigns/{campaign_id}/actions/replicate")
def _replicate(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.campaign(account, account.replicate(asked.ids[0], asked.now), asked.now))


@route("GET", "/search-campaigns")
def _search(account: Account, asked: Asked) -> Answer:
    words = asked.query.get("query", "").lower()
    if not words:
        raise bad_request("The query is missing.")
    seen = account.listed(asked.now, lag=account.knobs.search_lag)
    texts = [(one, f"{one.settings.get('title', '')} {one.settings.get('subject_line', '')}") for one in seen]
    found = [
        {"campaign": views.campaign(account, one, asked.now), "snippet": text}
        for one, text in texts
        if words in text.lower()
    ]
    return Answer(200, {"results": found, "total_items": len(found), "_links": views.links("/search-campaigns")})
