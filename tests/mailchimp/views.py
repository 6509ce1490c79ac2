"""The account's values as the JSON documents of the API, field by field as the schema has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.mailchimp.account import Account
from tests.mailchimp.campaign import Campaign
from tests.mailchimp.people import Category, Interest, PeopleList, Person, Segment
from tests.mailchimp.records import Hook, Sent

Document = dict[str, Any]


def moment(at: datetime | None) -> str:
    """[rep] An empty text where there is no moment."""
    return f"{at:%Y-%m-%dT%H:%M:%S}+00:00" if at else ""


def links(path: str = "") -> list[Document]:
    href = f"https://us21.api.mailchimp.com/3.0{path}"
    return [{"rel": "self", "href": href, "method": "GET"}]


def page(name: str, items: Sequence[Document], *, count: int, offset: int, **more: Any) -> Document:
    return {name: items[offset : offset + count], **more, "total_items": len(items), "_links": links(f"/{name}")}


def root(account: Account) -> Document:
    knobs = account.knobs
    total = sum(len(one.subscribed()) for one in account.lists.values() if one.active)
    return {
        "account_id": "8d3a3db4d97663a9074efcc16", "login_id": "4711", "account_name": "Example Circle",
        "email": "office@example.org", "first_name": "Pat", "last_name": "Example", "username": "examplecircle",
        "avatar_url": "", "role": knobs.role, "member_since": "2020-01-01T00:00:00+00:00",
        "pricing_plan_type": knobs.plan, "first_payment": "", "account_timezone": knobs.timezone,
        "account_industry": "Non-Profit", "contact": _contact(), "pro_enabled": knobs.pro, "last_login": "",
        "total_subscribers": total, "industry_stats": {"open_rate": 0.0, "bounce_rate": 0.0, "click_rate": 0.0},
        "_links": links("/"),
    }  # fmt: skip


def _contact() -> Document:
    return {"company": "Example Circle", "addr1": "1 Example Street", "addr2": "", "city": "Exampleton", "state": "",
            "zip": "EX1 1EX", "country": "GB"}  # fmt: skip


def people_list(account: Account, one: PeopleList, now: datetime) -> Document:
    then = now - timedelta(seconds=account.knobs.stats_lag)
    known = [count for at, count in one.counts if at <= then] or [one.counts[0][1] if one.counts else 0]
    return {
        "id": one.id, "web_id": one.web_id, "name": one.name,
        "contact": {"company": "Example Circle", "address1": "1 Example Street", "address2": "", "city": "Exampleton",
                    "state": "", "zip": "EX1 1EX", "country": "GB", "phone": ""},
        "permission_reminder": "You joined us.", "use_archive_bar": True,
        "campaign_defaults": {"from_name": "Example Circle", "from_email": one.from_email, "subject": "", "language": "en"},
        "notify_on_subscribe": "", "notify_on_unsubscribe": "", "date_created": moment(one.created), "list_rating": 0,
        "email_type_option": False, "subscribe_url_short": "", "subscribe_url_long": "", "beamer_address": "",
        "visibility": "prv", "double_optin": True, "has_welcome": False, "marketing_permissions": False,
        "modules": [], "stats": _stats(one, known[-1]), "_links": links(f"/lists/{one.id}"),
    }  # fmt: skip


def _stats(one: PeopleList, members: int) -> Document:
    gone = [person.status for person in one.people.values()]
    return {
        "member_count": members, "unsubscribe_count": gone.count("unsubscribed"),
        "cleaned_count": gone.count("cleaned"), "member_count_since_send": 0, "unsubscribe_count_since_send": 0,
        "cleaned_count_since_send": 0, "campaign_count": 0, "campaign_last_sent": "", "merge_field_count": 2,
        "avg_sub_rate": 0, "avg_unsub_rate": 0, "target_sub_rate": 0, "open_rate": 0, "click_rate": 0,
        "last_sub_date": "", "last_unsub_date": "",
    }  # fmt: skip


def segment(one: Segment, there: PeopleList) -> Document:
    members = there.audience({"saved_segment_id": one.id})
    return {"id": one.id, "name": one.name, "member_count": len(members), "type": one.kind,
            "created_at": moment(one.created), "updated_at": moment(one.created),
            "options": {"match": one.options["match"], "conditions": list(one.options["conditions"])},
            "list_id": there.id, "_links": links(f"/lists/{there.id}/segments/{one.id}")}  # fmt: skip


def category(one: Category, there: PeopleList) -> Document:
    return {"list_id": there.id, "id": one.id, "title": one.title, "display_order": 0, "type": "checkboxes",
            "_links": links(f"/lists/{there.id}/interest-categories/{one.id}")}  # fmt: skip


def interest(one: Interest, there: PeopleList) -> Document:
    count = sum(one.id in person.interests for person in there.subscribed())
    return {"category_id": one.category_id, "list_id": there.id, "id": one.id, "name": one.name,
            "subscriber_count": str(count), "display_order": 1, "_links": links()}  # fmt: skip


def person(one: Person, there: PeopleList) -> Document:
    tags = [{"id": tag, "name": there.segments[tag].name} for tag in sorted(one.tags) if tag in there.segments]
    return {
        "id": one.id, "email_address": one.email, "unique_email_id": one.id[:10], "email_type": "html",
        "status": one.status, "full_name": f"{one.first_name} {one.last_name}".strip(),
        "merge_fields": _merge_fields(one), "interests": {key: key in one.interests for key in there.interests},
        "list_id": there.id, "vip": False, "language": "", "source": "API", "tags": tags, "tags_count": len(tags),
        "_links": links(f"/lists/{there.id}/members/{one.id}"),
    }  # fmt: skip


def _merge_fields(one: Person) -> Document:
    return {"FNAME": one.first_name, "LNAME": one.last_name}


def campaign(account: Account, one: Campaign, now: datetime) -> Document:
    archive = f"https://mailchi.mp/example/{one.id}"
    return {
        "id": one.id, "web_id": one.web_id, "type": one.kind, "create_time": moment(one.created),
        "archive_url": archive, "long_archive_url": f"{archive}?long=1", "status": one.status,
        "emails_sent": _emails_sent(account, one, now), "send_time": moment(one.send_at),
        "content_type": one.content_type, "needs_block_refresh": False, "resendable": one.status == "sent",
        "recipients": _recipients(account, one, now), "settings": _settings(one), "tracking": _tracking(one),
        "delivery_status": _delivery_status(account, one, now), "_links": links(f"/campaigns/{one.id}"),
    } | ({"parent_campaign_id": one.parent} if one.parent else {})  # fmt: skip


def _emails_sent(account: Account, one: Campaign, now: datetime) -> int:
    lag = timedelta(seconds=account.knobs.count_lag)
    return one.emails_sent if one.done_at and now >= one.done_at + lag else 0


def _recipients(account: Account, one: Campaign, now: datetime) -> Document:
    there = account.lists.get(one.list_id)
    shown = {
        "list_id": one.list_id, "list_is_active": bool(there and there.active),
        "list_name": there.name if there else "", "segment_text": "", "recipient_count": account.count(one, now),
    }  # fmt: skip
    if not one.segment:
        return shown
    options = {name: value for name, value in one.segment.items() if not name.startswith("_")}
    if account.knobs.extra_segment_id:
        options.setdefault("saved_segment_id", one.web_id + 1_000_000)
    text = "<p>Contacts that match the conditions of the segment</p>"
    return {**shown, "segment_text": text, "segment_opts": options}


def _settings(one: Campaign) -> Document:
    usual = {
        "subject_line": "", "preview_text": "", "title": "", "from_name": "", "reply_to": "", "use_conversation": False,
        "to_name": "", "folder_id": "", "authenticate": True, "auto_footer": False, "inline_css": False,
        "auto_tweet": False, "fb_comments": False, "timewarp": False, "template_id": 0, "drag_and_drop": False,
    }  # fmt: skip
    return {**usual, **one.settings}


def _tracking(one: Campaign) -> Document:
    usual = {"opens": True, "html_clicks": True, "text_clicks": True, "goal_tracking": False, "ecomm360": False,
             "google_analytics": "", "clicktale": ""}  # fmt: skip
    return {**usual, **one.tracking}


def _delivery_status(account: Account, one: Campaign, now: datetime) -> Document:
    if not account.knobs.delivery_status_enabled:
        return {"enabled": False}
    states = {"sending": "delivering", "sent": "delivered", "canceled": "canceled"}
    if one.status not in states:
        return {"enabled": False}
    sent = _emails_sent(account, one, now)
    return {"enabled": True, "can_cancel": account.knobs.pro and one.status == "sending", "status": states[one.status],
            "emails_sent": sent, "emails_canceled": 0}  # fmt: skip


def content(one: Campaign) -> Document:
    return {"plain_text": one.content.plain_text, "html": one.content.html, "archive_html": one.content.html,
            "_links": links(f"/campaigns/{one.id}/content")}  # fmt: skip


def checklist(found: Iterable[tuple[str, str, str]], campaign_id: str) -> Document:
    items = [{"type": sort, "id": number, "heading": heading, "details": reason if sort == "error" else "All is well."}
             for number, (sort, heading, reason) in enumerate(found, 500)]  # fmt: skip
    is_ready = all(item["type"] != "error" for item in items)
    return {"is_ready": is_ready, "items": items, "_links": links(f"/campaigns/{campaign_id}/send-checklist")}


def folder(account: Account, folder_id: str) -> Document:
    inside = sum(life.now is not None and life.now.settings.get("folder_id") == folder_id for life in account.lives.values())  # fmt: skip
    return {"name": account.folders[folder_id], "id": folder_id, "count": inside,
            "_links": links(f"/campaign-folders/{folder_id}")}  # fmt: skip


def hook(one: Hook) -> Document:
    return {"id": one.id, "url": one.url, "events": dict(one.events), "sources": dict(one.sources),
            "list_id": one.list_id, "_links": links(f"/lists/{one.list_id}/webhooks/{one.id}")}  # fmt: skip


def report(account: Account, one: Campaign, sent: Sent) -> Document:
    there, total, knobs = account.lists[one.list_id], len(sent.people), account.knobs
    tracking = _tracking(one)
    opens = min(knobs.opens, total) if tracking["opens"] else 0
    clicks = min(knobs.clicks, total) if tracking["html_clicks"] else 0
    return {
        "id": one.id, "campaign_title": sent.settings.get("title", ""), "type": one.kind, "list_id": one.list_id,
        "list_is_active": there.active, "list_name": there.name, "subject_line": sent.settings.get("subject_line", ""),
        "preview_text": sent.settings.get("preview_text", ""), "emails_sent": one.emails_sent, "abuse_reports": 0,
        "unsubscribed": len(sent.mishaps.left), "send_time": moment(sent.at),
        "bounces": {"hard_bounces": len(sent.mishaps.hard), "soft_bounces": len(sent.mishaps.soft), "syntax_errors": 0},
        "forwards": {"forwards_count": 0, "forwards_opens": 0},
        "opens": {"opens_total": opens, "unique_opens": opens, "open_rate": opens / total if total else 0, "last_open": ""},
        "clicks": {"clicks_total": clicks, "unique_clicks": clicks, "unique_subscriber_clicks": clicks,
                   "click_rate": clicks / total if total else 0, "last_click": ""},
        "delivery_status": {"enabled": False}, "_links": links(f"/reports/{one.id}"),
    }  # fmt: skip


def sent_to(one: Campaign, sent: Sent) -> list[Document]:
    return [
        {"email_id": person.id, "email_address": person.email, "merge_fields": _merge_fields(person), "vip": False,
         "status": "hard" if person.email in sent.mishaps.hard else "soft" if person.email in sent.mishaps.soft else "sent",
         "open_count": 0, "last_open": "", "campaign_id": one.id, "list_id": one.list_id, "list_is_active": True,
         "gmt_offset": 0, "_links": links(f"/reports/{one.id}/sent-to/{person.id}")}
        for person in sent.people
    ]  # fmt: skip


def unsubscribed(one: Campaign, sent: Sent) -> list[Document]:
    return [
        {"email_id": person.id, "email_address": person.email, "merge_fields": _merge_fields(person), "vip": False,
         "timestamp": moment(sent.at), "reason": "None given", "campaign_id": one.id, "list_id": one.list_id,
         "list_is_active": True, "_links": links(f"/reports/{one.id}/unsubscribed/{person.id}")}
        for person in sent.people if person.email in sent.mishaps.left
    ]  # fmt: skip


def template(account: Account, number: int) -> Document:
    name, _, created = account.templates[number]
    return {"id": number, "type": "user", "name": name, "drag_and_drop": False, "responsive": False, "category": "",
            "date_created": moment(created), "date_edited": moment(created), "created_by": "Pat", "edited_by": "Pat",
            "active": True, "folder_id": "", "thumbnail": "", "share_url": "", "content_type": "html",
            "_links": links(f"/templates/{number}")}  # fmt: skip


def file(account: Account, number: int) -> Document:
    name, size, created = account.files[number]
    address = f"https://mcusercontent.com/example/{number}/{name}"
    return {"id": number, "folder_id": 0, "type": "file", "name": name, "full_size_url": address, "thumbnail_url": address,
            "size": size, "created_at": moment(created), "created_by": "Pat", "width": 0, "height": 0,
            "_links": links(f"/file-manager/files/{number}")}  # fmt: skip
