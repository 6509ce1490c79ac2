"""The endpoints beside campaigns: the account, lists and who is in them, webhooks, folders, templates, files, reports."""

from __future__ import annotations

import base64
from contextlib import suppress

from tests.mailchimp import views
from tests.mailchimp.account import Account
from tests.mailchimp.campaign import Campaign
from tests.mailchimp.people import PeopleList
from tests.mailchimp.records import Hook, Sent
from tests.mailchimp.refusal import Complaint, Refused, invalid, not_found
from tests.mailchimp.routing import Answer, Asked, page, route


def _list(account: Account, list_id: str) -> PeopleList:
    found = account.lists.get(list_id)
    if not found or not found.active:
        raise not_found()
    return found


@route("GET", "/")
def _root(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.root(account))


@route("GET", "/ping")
def _ping(account: Account, asked: Asked) -> Answer:
    return Answer(200, {"health_status": "Everything's Chimpy!"})


@route("GET", "/verified-domains")
def _domains(account: Account, asked: Asked) -> Answer:
    domains = [{"domain": one, "verified": True, "authenticated": True, "verification_email": f"office@{one}", "verification_sent": ""}
               for one in account.domains]  # fmt: skip
    return Answer(200, {"domains": domains, "total_items": len(domains), "_links": views.links("/verified-domains")})


@route("GET", "/lists")
def _lists(account: Account, asked: Asked) -> Answer:
    active = [views.people_list(account, one, asked.now) for one in account.lists.values() if one.active]
    constraints = {"may_create": True, "max_instances": 5, "current_total_instances": len(active)}
    return Answer(200, views.page("lists", active, **page(asked), constraints=constraints))


@route("GET", "/lists/{list_id}")
def _one_list(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.people_list(account, _list(account, asked.ids[0]), asked.now))


@route("GET", "/lists/{list_id}/segments")
def _segments(account: Account, asked: Asked) -> Answer:
    there = _list(account, asked.ids[0])
    kind = asked.query.get("type")
    found = [views.segment(one, there) for one in there.segments.values() if kind in {None, one.kind}]
    return Answer(200, views.page("segments", found, **page(asked), list_id=there.id))


@route("GET", "/lists/{list_id}/segments/{segment_id}")
def _segment(account: Account, asked: Asked) -> Answer:
    there = _list(account, asked.ids[0])
    number = int(asked.ids[1]) if asked.ids[1].isdigit() else 0
    if number not in there.segments:
        raise not_found()
    return Answer(200, views.segment(there.segments[number], there))


@route("GET", "/lists/{list_id}/tag-search")
def _tags(account: Account, asked: Asked) -> Answer:
    """[spec] By the beginning of the name: `board` finds `board friends` too."""
    there, begins = _list(account, asked.ids[0]), asked.query.get("name", "").lower()
    found = [{"id": one.id, "name": one.name} for one in there.segments.values()
             if one.kind == "static" and one.name.lower().startswith(begins)]  # fmt: skip
    return Answer(200, {"tags": found, "total_items": len(found)})


@route("GET", "/lists/{list_id}/interest-categories")
def _categories(account: Account, asked: Asked) -> Answer:
    there = _list(account, asked.ids[0])
    found = [views.category(one, there) for one in there.categories.values()]
    return Answer(200, views.page("categories", found, **page(asked), list_id=there.id))


@route("GET", "/lists/{list_id}/interest-categories/{interest_category_id}")
def _category(account: Account, asked: Asked) -> Answer:
    there = _list(account, asked.ids[0])
    if asked.ids[1] not in there.categories:
        raise not_found()
    return Answer(200, views.category(there.categories[asked.ids[1]], there))


@route("GET", "/lists/{list_id}/interest-categories/{interest_category_id}/interests")
def _interests(account: Account, asked: Asked) -> Answer:
    there = _list(account, asked.ids[0])
    if asked.ids[1] not in there.categories:
        raise not_found()
    found = [views.interest(one, there) for one in there.interests.values() if one.category_id == asked.ids[1]]
    return Answer(200, views.page("interests", found, **page(asked), list_id=there.id, category_id=asked.ids[1]))


@route("GET", "/lists/{list_id}/members")
def _people(account: Account, asked: Asked) -> Answer:
    there, status = _list(account, asked.ids[0]), asked.query.get("status")
    found = [views.person(one, there) for one in there.people.values() if status in {None, one.status}]
    return Answer(200, views.page("members", found, **page(asked), list_id=there.id))


@route("GET", "/lists/{list_id}/webhooks")
def _hooks(account: Account, asked: Asked) -> Answer:
    there = _list(account, asked.ids[0])
    found = [views.hook(one) for one in account.hooks.values() if one.list_id == there.id]
    return Answer(200, views.page("webhooks", found, count=1000, offset=0, list_id=there.id))


@route("POST", "/lists/{list_id}/webhooks")
def _add_hook(account: Account, asked: Asked) -> Answer:
    there = _list(account, asked.ids[0])
    url = asked.body.get("url") or ""
    if not url.startswith(("http://", "https://")):
        raise invalid(Complaint("url", "This value should be a URL."))
    if any(one.url == url and one.list_id == there.id for one in account.hooks.values()):
        raise invalid(Complaint("url", "Sorry, you can't set up multiple WebHooks for one URL"))
    hook = Hook(id=account.new_id("hook"), list_id=there.id, url=url, events=asked.body.get("events") or {},
                sources=asked.body.get("sources") or {})  # fmt: skip
    account.hooks[hook.id] = hook
    return Answer(200, views.hook(hook))


def _hook(account: Account, asked: Asked) -> Hook:
    found = account.hooks.get(asked.ids[1])
    if not found or found.list_id != asked.ids[0]:
        raise not_found()
    return found


@route("GET", "/lists/{list_id}/webhooks/{webhook_id}")
def _one_hook(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.hook(_hook(account, asked)))


@route("DELETE", "/lists/{list_id}/webhooks/{webhook_id}")
def _drop_hook(account: Account, asked: Asked) -> Answer:
    del account.hooks[_hook(account, asked).id]
    return Answer(204)


@route("GET", "/campaign-folders")
def _folders(account: Account, asked: Asked) -> Answer:
    found = [views.folder(account, one) for one in account.folders]
    return Answer(200, views.page("folders", found, **page(asked)))


@route("POST", "/campaign-folders")
def _add_folder(account: Account, asked: Asked) -> Answer:
    folder_id = account.new_id("folder")
    account.folders[folder_id] = asked.body["name"]
    return Answer(200, views.folder(account, folder_id))


@route("GET", "/campaign-folders/{folder_id}")
def _folder(account: Account, asked: Asked) -> Answer:
    if asked.ids[0] not in account.folders:
        raise not_found()
    return Answer(200, views.folder(account, asked.ids[0]))


@route("PATCH", "/campaign-folders/{folder_id}")
def _rename_folder(account: Account, asked: Asked) -> Answer:
    if asked.ids[0] not in account.folders:
        raise not_found()
    account.folders[asked.ids[0]] = asked.body["name"]
    return Answer(200, views.folder(account, asked.ids[0]))


@route("DELETE", "/campaign-folders/{folder_id}")
def _delete_folder(account: Account, asked: Asked) -> Answer:
    if account.folders.pop(asked.ids[0], None) is None:
        raise not_found()
    return Answer(204)


def _sent(account: Account, asked: Asked, campaign_id: str) -> tuple[Campaign, Sent]:
    """[rep] Reports are 404 for a while."""
    life = account.lives.get(campaign_id)
    found = [one for one in account.outbox if one.campaign_id == campaign_id]
    if not life or not life.now or not found or life.now.done_at is None:
        raise not_found()
    if (asked.now - life.now.done_at).total_seconds() < account.knobs.report_lag:
        raise not_found()
    return life.now, found[0]


@route("GET", "/reports")
def _reports(account: Account, asked: Asked) -> Answer:
    found = []
    for campaign_id in dict.fromkeys(one.campaign_id for one in account.outbox):
        with suppress(Refused):
            found.append(views.report(account, *_sent(account, asked, campaign_id)))
    return Answer(200, views.page("reports", found, **page(asked)))


@route("GET", "/reports/{campaign_id}")
def _report(account: Account, asked: Asked) -> Answer:
    return Answer(200, views.report(account, *_sent(account, asked, asked.ids[0])))


@route("GET", "/reports/{campaign_id}/sent-to")
def _sent_to(account: Account, asked: Asked) -> Answer:
    found = views.sent_to(*_sent(account, asked, asked.ids[0]))
    return Answer(200, views.page("sent_to", found, **page(asked), campaign_id=asked.ids[0]))


@route("GET", "/reports/{campaign_id}/unsubscribed")
def _unsubscribed(account: Account, asked: Asked) -> Answer:
    found = views.unsubscribed(*_sent(account, asked, asked.ids[0]))
    return Answer(200, views.page("unsubscribes", found, **page(asked), campaign_id=asked.ids[0]))


@route("GET", "/templates")
def _templates(account: Account, asked: Asked) -> Answer:
    found = [views.template(account, one) for one in account.templates]
    return Answer(200, views.page("templates", found, **page(asked)))


@route("POST", "/templates")
def _add_template(account: Account, asked: Asked) -> Answer:
    number = account.new_number()
    account.templates[number] = (asked.body["name"], asked.body["html"], asked.now)
    return Answer(200, views.template(account, number))


@route("GET", "/file-manager/files")
def _files(account: Account, asked: Asked) -> Answer:
    found = [views.file(account, one) for one in account.files]
    total = float(sum(size for _, size, _ in account.files.values()))
    return Answer(200, views.page("files", found, **page(asked), total_file_size=total))


@route("POST", "/file-manager/files")
def _add_file(account: Account, asked: Asked) -> Answer:
    try:
        content = base64.b64decode(asked.body["file_data"], validate=True)
    except ValueError:
        raise invalid(Complaint("file_data", "This value should be base64.")) from None
    number = account.new_number()
    account.files[number] = (asked.body["name"], len(content), asked.now)
    return Answer(200, views.file(account, number))
