"""The account as a state machine: values and a moment in, what Mailchimp would say out. No sockets, no clock, no chance.

The only truth of what was sent is `outbox`: one entry for each send that was taken, whoever pressed the button.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.mailchimp import letter
from tests.mailchimp.campaign import EDITABLE, Campaign, Content, Life
from tests.mailchimp.knobs import Knobs
from tests.mailchimp.people import PeopleList, Person
from tests.mailchimp.records import Call, Hook, Mishaps, Sent, TestMail
from tests.mailchimp.refusal import Complaint, Refused, bad_request, forbidden, invalid, not_found, not_ready

Body = Mapping[str, Any]


class Account:
    """Everything that one account holds. `settle` first, then ask: time only passes there."""

    def __init__(self, *, seed: str, knobs: Knobs) -> None:
        self.seed, self.knobs = seed, knobs
        self.lists: dict[str, PeopleList] = {}
        self.lives: dict[str, Life] = {}
        self.folders: dict[str, str] = {}
        self.templates: dict[int, tuple[str, str, datetime]] = {}
        self.files: dict[int, tuple[str, int, datetime]] = {}
        self.domains = ["example.org"]
        self.hooks: dict[str, Hook] = {}
        self.calls: list[Call] = []
        self.outbox: list[Sent] = []
        self.test_mails: list[TestMail] = []
        self._coming: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self._numbers = 0

    # Time

    def later(self, at: datetime, act: Callable[[datetime], object]) -> None:
        """Let something happen at a moment; a refusal then has nobody to hear it."""
        self._numbers += 1
        heapq.heappush(self._coming, (at, self._numbers, act))

    def settle(self, now: datetime) -> None:
        """Let everything happen that was to happen until now, in its order and with its own time."""
        while self._coming and self._coming[0][0] <= now:
            at, _, act = heapq.heappop(self._coming)
            try:
                act(at)
            except Refused:
                continue
        for one in self.lists.values():
            if not one.counts or one.counts[-1][1] != len(one.subscribed()):
                one.counts.append((now, len(one.subscribed())))

    def new_id(self, kind: str) -> str:
        self._numbers += 1
        return hashlib.sha256(f"{self.seed}:{kind}:{self._numbers}".encode()).hexdigest()[:10]

    def new_number(self) -> int:
        self._numbers += 1
        return 100_000 + self._numbers

    # Looking

    def campaign(self, campaign_id: str) -> Campaign:
        found = self.lives.get(campaign_id)
        if not found or not found.now:
            raise not_found()
        return found.now

    def shown(self, campaign_id: str, now: datetime) -> Campaign:
        """As GET shows it: its texts as they are, its state as old as `status_lag` says."""
        current = self.campaign(campaign_id)
        versions = self.lives[campaign_id]
        old = versions.was(now - timedelta(seconds=self.knobs.status_lag)) or versions.versions[0][1] or current
        return replace(
            current, status=old.status, send_at=old.send_at, done_at=old.done_at,
            emails_sent=old.emails_sent, reached=old.reached, cancelled=old.cancelled,
        )  # fmt: skip

    def listed(self, now: datetime, *, lag: float) -> list[Campaign]:
        """All that were there so long ago, as they were, newest first."""
        then = now - timedelta(seconds=lag)
        seen = [life.was(then) for life in self.lives.values()]
        return sorted((one for one in seen if one), key=lambda one: (one.created, one.web_id), reverse=True)

    def count(self, campaign: Campaign, now: datetime) -> int:
        """recipient_count: nobody until they were counted."""
        if campaign.status in {"sending", "sent", "canceled", "archived"}:
            return campaign.reached
        if now < campaign.chosen + timedelta(seconds=self.knobs.ready_after):
            return 0
        return len(self._counted(campaign))

    def checklist(self, campaign: Campaign, now: datetime) -> list[tuple[str, str, str]]:
        """(type, heading, reason in a send's refusal); an error for each that stops a send."""
        settings, found = campaign.settings, []
        count = self.count(campaign, now)
        empty = now >= campaign.chosen + timedelta(seconds=self.knobs.ready_after)
        found.append(("List", self.knobs.empty_segment_says if empty else "recipients not ready", count > 0))
        found.append(("Subject Line", "campaign subject not set", bool(settings.get("subject_line"))))
        found.append(("From Name", "from name not set", bool(settings.get("from_name"))))
        reply_to = str(settings.get("reply_to") or "")
        found.append(("Replies", f"address(es) - {reply_to}", reply_to.partition("@")[2] in self.domains))
        found.append(
            ("HTML Email", "campaign HTML not set", bool(campaign.content.html) or campaign.kind == "plaintext")
        )
        found.append(("Plain-Text Email", "campaign text not set", bool(campaign.content.plain_text)))
        found.append(("Review", self.knobs.refuse_sends, not self.knobs.refuse_sends))
        return [("success" if fine else "error", heading, reason) for heading, reason, fine in found]

    # Making and changing

    def create(self, body: Body, now: datetime, *, by: str = "api") -> Campaign:
        recipients, settings = body.get("recipients") or {}, dict(body.get("settings") or {})
        if body["type"] not in {"regular", "plaintext"}:
            raise bad_request(f"Campaigns of type {body['type']} are not emulated.")
        self._check_settings(settings)
        self._check_recipients(recipients)
        campaign = Campaign(
            id=self.new_id("campaign"), web_id=self.new_number(), kind=body["type"], status="save", created=now,
            chosen=now, list_id=recipients.get("list_id", ""), segment=self._kept(recipients),
            settings=self._written(settings), tracking=dict(body.get("tracking") or {}),
            content=self._started(settings), content_type=body.get("content_type") or "template", by=by,
        )  # fmt: skip
        return self._keep(campaign, now)

    def change(self, campaign_id: str, body: Body, now: datetime) -> Campaign:
        campaign = self._editable(campaign_id)
        settings = {**campaign.settings, **(body.get("settings") or {})}
        self._check_settings(settings)
        changed = replace(
            campaign, settings=self._written(settings), tracking={**campaign.tracking, **(body.get("tracking") or {})}
        )
        if recipients := body.get("recipients"):
            self._check_recipients(recipients)
            kept = self._kept(recipients)
            changed = replace(changed, list_id=recipients["list_id"], segment=kept, chosen=now)
        return self._keep(changed, now)

    def fill(self, campaign_id: str, body: Body, now: datetime) -> Campaign:
        campaign = self._editable(campaign_id)
        if unknown := {"url", "archive", "variate_contents"} & set(body):
            raise bad_request(f"Content by {min(unknown)} is not emulated.")
        if template := body.get("template"):
            return self._keep(replace(campaign, content=self._from_template(template["id"])), now)
        if campaign.content.template:
            return campaign
        html = self._kept_html(body["html"]) if "html" in body else campaign.content.html
        own = body.get("plain_text", campaign.content.plain_text)
        content = Content(html=html, plain_text=own or letter.plain(html))
        return self._keep(replace(campaign, content=content, content_type="html"), now)

    def delete(self, campaign_id: str, now: datetime) -> None:
        campaign = self.campaign(campaign_id)
        if campaign.status == "sending" and self.knobs.delete_while_sending == "refused":
            raise bad_request("A campaign that is being sent cannot be deleted.")
        self.lives[campaign_id].add(now, None)

    def replicate(self, campaign_id: str, now: datetime, *, by: str = "api") -> Campaign:
        campaign = self.campaign(campaign_id)
        title = f"{campaign.settings.get('title', '')}{self.knobs.replica_suffix}"
        copy = replace(
            campaign, id=self.new_id("campaign"), web_id=self.new_number(), status="save", created=now, chosen=now,
            by=by, settings={**campaign.settings, "title": title}, send_at=None, done_at=None, emails_sent=0, reached=0,
            cancelled=False, parent=campaign.id,
        )  # fmt: skip
        return self._keep(copy, now)

    # Sending

    def send(self, campaign_id: str, now: datetime, *, by: str = "api") -> None:
        campaign = self.campaign(campaign_id)
        self._check_sending(by)
        if campaign.status not in EDITABLE:
            return self._send_again(campaign, now, by=by)
        self._check_ready(campaign, now)
        return self._deliver(campaign, now, by=by)

    def schedule(self, campaign_id: str, at: datetime, now: datetime, *, by: str = "api") -> None:
        campaign = self._editable(campaign_id)
        self._check_sending(by)
        if self.knobs.plan == "forever_free":
            raise forbidden("Your plan does not include scheduling.")
        is_quarter = at.minute % 15 == 0 and at.second == 0 and at.microsecond == 0
        # [rep] The reason is left out behind the colon.
        if not is_quarter or at <= now or self._stops(campaign, now):
            raise bad_request("This campaign cannot be scheduled: .")
        self._keep(replace(campaign, status="schedule", send_at=at), now)
        self.later(at, lambda moment: self._fire(campaign_id, at, moment))

    def unschedule(self, campaign_id: str, now: datetime, *, to: str = "save") -> None:
        campaign = self.campaign(campaign_id)
        if campaign.status != "schedule":
            raise bad_request("This campaign is not scheduled.")
        self._keep(replace(campaign, status=to, send_at=None), now)

    def cancel(self, campaign_id: str, now: datetime) -> None:
        campaign = self.campaign(campaign_id)
        if not self.knobs.pro:
            raise forbidden("Cancelling a campaign is included with Mailchimp Pro.")
        if campaign.status != "sending":
            raise bad_request("This campaign is not being sent.")
        self._keep(replace(campaign, status="canceled", cancelled=True, done_at=now), now)
        self.outbox[:] = [
            replace(one, cancelled=one.cancelled or one.campaign_id == campaign_id) for one in self.outbox
        ]
        self._announce(self.lives[campaign_id].last, now, status="canceled")

    def test(self, campaign_id: str, addresses: tuple[str, ...], *, kind: str, now: datetime) -> None:
        campaign = self.campaign(campaign_id)
        self._check_sending("api")
        spent = sum(len(one.addresses) for one in self.test_mails if one.campaign_id == campaign_id)
        if spent + len(addresses) > self.knobs.test_limit:
            raise bad_request("You have sent too many tests of this campaign.")
        if not (campaign.content.html or campaign.content.plain_text):
            raise bad_request("Your campaign has no content.")
        subject = str(campaign.settings.get("subject_line", ""))
        mail = TestMail(campaign_id=campaign_id, at=now, addresses=addresses, kind=kind, subject=subject, content=campaign.content)  # fmt: skip
        self.test_mails.append(mail)

    def _send_again(self, campaign: Campaign, now: datetime, *, by: str) -> None:
        # [rep] One detail is known to begin with “Cannot sen”; the rest of it is not.
        said = f"Cannot send this campaign: it is “{campaign.status}”."
        match self.knobs.second_send if campaign.status in {"sending", "sent"} else "refused":
            case "accepted":
                return
            case "delivers":
                self._deliver(campaign, now, by=by)
            case "conflict":
                raise Refused(409, "Conflict", said)
            case "forbidden":
                raise forbidden(said)
            case "unready":
                raise not_ready("recipients not ready")
            case _:
                raise bad_request(said)

    def _fire(self, campaign_id: str, at: datetime, now: datetime) -> None:
        campaign = self.lives[campaign_id].now
        if campaign and campaign.status == "schedule" and campaign.send_at == at:
            self._deliver(campaign, now, by="schedule")

    def _deliver(self, campaign: Campaign, now: datetime, *, by: str) -> None:
        people = self._reached(campaign)
        sent = Sent(
            number=len(self.outbox) + 1, campaign_id=campaign.id, at=now, by=by, list_id=campaign.list_id,
            segment=campaign.segment, people=people, settings=campaign.settings,
            html=letter.footed(campaign.content.html, free=self.knobs.plan == "forever_free"),
            plain_text=campaign.content.plain_text, mishaps=self._mishaps(people),
        )  # fmt: skip
        self.outbox.append(sent)
        self._keep(replace(campaign, status="sending", send_at=now, reached=len(self._counted(campaign))), now)
        done = now + timedelta(seconds=self.knobs.sending_takes)
        self.later(done, lambda moment: self._finish(campaign.id, sent, moment))

    def _finish(self, campaign_id: str, sent: Sent, now: datetime) -> None:
        campaign = self.lives[campaign_id].now
        if not campaign or campaign.status != "sending":
            return
        done = replace(campaign, status="sent", done_at=now, emails_sent=len(sent.people))
        self._keep(done, now)
        for email in sent.mishaps.hard:
            self.lists[campaign.list_id].leave(email, status="cleaned")
        for email in sent.mishaps.left:
            self.lists[campaign.list_id].leave(email, status="unsubscribed")
        self._announce(done, now, status="sent")

    def _mishaps(self, people: tuple[Person, ...]) -> Mishaps:
        emails, knobs = [person.email for person in people], self.knobs
        hard = emails[: knobs.hard_bounces]
        soft = emails[knobs.hard_bounces : knobs.hard_bounces + knobs.soft_bounces]
        left = emails[len(emails) - knobs.unsubscribes :]
        return Mishaps(hard=tuple(hard), soft=tuple(soft), left=tuple(left))

    def _announce(self, campaign: Campaign, now: datetime, *, status: str) -> None:
        form = {"type": "campaign", "fired_at": f"{now:%Y-%m-%d %H:%M:%S}", "data[id]": campaign.id,
                "data[subject]": str(campaign.settings.get("subject_line", "")), "data[status]": status,
                "data[reason]": "" if status == "sent" else "canceled by user", "data[list_id]": campaign.list_id}  # fmt: skip
        for hook in self.hooks.values():
            if hook.list_id == campaign.list_id and hook.events.get("campaign") and not self.knobs.webhook_loses:
                self.ring(Call(hook_id=hook.id, url=hook.url, form=form, at=now), after=self.knobs.webhook_lag)

    def ring(self, call: Call, *, after: float) -> None:
        """Let a webhook be delivered so many seconds after its moment."""
        due = call.at + timedelta(seconds=after)
        self.later(due, lambda moment: self.calls.append(replace(call, at=moment)))

    # What it stands on

    def _editable(self, campaign_id: str) -> Campaign:
        campaign = self.campaign(campaign_id)
        if campaign.status not in EDITABLE:
            raise bad_request(f"A campaign that is “{campaign.status}” cannot be changed.")
        return campaign

    def _keep(self, campaign: Campaign, now: datetime) -> Campaign:
        self.lives.setdefault(campaign.id, Life()).add(now, campaign)
        return campaign

    def _check_sending(self, by: str) -> None:
        """The role is that of the key; staff have their own."""
        if by == "api" and self.knobs.role in {"author", "viewer"}:
            raise forbidden("You are not allowed to send campaigns.")
        if self.knobs.suspended:
            raise forbidden("Sending is suspended for this account.")

    def _check_ready(self, campaign: Campaign, now: datetime) -> None:
        if stops := self._stops(campaign, now):
            raise not_ready(" ".join(stops))

    def _stops(self, campaign: Campaign, now: datetime) -> list[str]:
        return [reason for sort, _, reason in self.checklist(campaign, now) if sort == "error"]

    def _check_settings(self, settings: Body) -> None:
        found = []
        if len(str(settings.get("subject_line", ""))) > 150:
            found.append(Complaint("settings.subject_line", "Subject lines can be at most 150 characters."))
        if len(str(settings.get("preview_text", ""))) > 150:
            found.append(Complaint("settings.preview_text", "Preview text can be at most 150 characters."))
        if settings.get("reply_to") and "@" not in str(settings["reply_to"]):
            found.append(Complaint("settings.reply_to", "This value should be an email address."))
        if settings.get("folder_id") and settings["folder_id"] not in self.folders:
            found.append(Complaint("settings.folder_id", "The folder does not exist."))
        if settings.get("template_id") and settings["template_id"] not in self.templates:
            found.append(Complaint("settings.template_id", "The template does not exist."))
        if found:
            raise invalid(*found)

    def _check_recipients(self, recipients: Body) -> None:
        list_id = recipients.get("list_id")
        if not list_id:
            return
        there = self.lists.get(list_id)
        if not there or not there.active:
            raise invalid(Complaint("recipients.list_id", "The list does not exist."))
        if wrong := there.unknown(recipients.get("segment_opts") or {}):
            raise invalid(Complaint("recipients.segment_opts", wrong))

    def _kept(self, recipients: Body) -> Mapping[str, Any] | None:
        options = recipients.get("segment_opts")
        if not options or self.knobs.drop_segment == "stored":
            return None
        return {**self.lists[recipients["list_id"]].resolved(options), **_asked_without_match(options)}

    def _counted(self, campaign: Campaign) -> list[Person]:
        chosen = self.lists.get(campaign.list_id)
        if not chosen or not chosen.active:
            return []
        unheeded = self.knobs.segment_needs_match and bool((campaign.segment or {}).get("_without_match"))
        return chosen.audience(None if unheeded or self.knobs.drop_segment == "ignored" else campaign.segment)

    def _reached(self, campaign: Campaign) -> tuple[Person, ...]:
        if self.knobs.zero_send:
            return ()
        dropped = self.knobs.drop_segment == "at_send"
        return tuple(self._counted(replace(campaign, segment=None) if dropped else campaign))

    def _written(self, settings: Body) -> Body:
        if not self.knobs.rewrite_subject:
            return settings
        tidy = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in settings.items()}
        return {**tidy, "title": str(tidy.get("title", ""))[:100]}

    def _started(self, settings: Body) -> Content:
        return self._from_template(settings["template_id"]) if settings.get("template_id") else Content()

    def _from_template(self, template_id: int) -> Content:
        if template_id not in self.templates:
            raise invalid(Complaint("template.id", "The template does not exist."))
        html = self.templates[template_id][1]
        return Content(html=html, plain_text=letter.plain(html), template=True)

    def _kept_html(self, html: str) -> str:
        kept = letter.without_comments(html) if self.knobs.strip_comments else html
        kept = letter.tidied(kept) if self.knobs.rewrite_html else kept
        return letter.footed(kept, free=self.knobs.plan == "forever_free") if self.knobs.footer_in_html else kept


def _asked_without_match(options: Body) -> dict[str, Any]:
    return {"_without_match": True} if "saved_segment_id" in options and "match" not in options else {}
