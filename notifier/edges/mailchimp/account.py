"""The calls we make, and what is understood of their answers. Nothing of a reply is believed to have the shape it should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from notifier.edges.mailchimp.door import Door, Failed
from notifier.edges.mailchimp.sentences import cut_short

#: The most that a listing gives at once.
PAGE = 1000
_CAMPAIGN = (
    "id", "web_id", "type", "status", "create_time", "send_time", "emails_sent", "parent_campaign_id",
    "recipients.list_id", "recipients.recipient_count", "recipients.segment_opts",
    "settings.title", "settings.subject_line", "settings.preview_text", "settings.from_name", "settings.reply_to",
    "settings.template_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign as Mailchimp shows it. `segment` is empty for a whole list; `count` 0 also while it is being counted.

    `status` is a word of Mailchimp's: save, paused, schedule, sending, sent, canceled, canceling, archived.
    """

    id: str
    status: str
    web_id: int | None = None
    created_at: datetime | None = None
    sent_at: datetime | None = None
    emails_sent: int = 0
    list_id: str = ""
    count: int = 0
    segment: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    subject: str = ""
    preview: str = ""
    from_name: str = ""
    reply_to: str = ""
    template_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list: its title, how many are subscribed (some minutes ago), and whom its mails come from unless they say otherwise."""

    id: str
    name: str
    members: int
    sender: tuple[str, str] = ("", "")
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A tag, a saved segment, a group or an interest: its id, its name, and how many it has, where that is told."""

    id: str
    name: str
    members: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What Mailchimp says of a campaign before it is sent; `errors` are its words for what is missing."""

    is_ready: bool
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """What Mailchimp counts of those who read a campaign."""

    opens: bool
    clicks: bool


class Account:
    """One Mailchimp account. Every method is one call or one listing, and raises `door.Failed`."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def ping(self) -> None:
        self.door.apis.ping.get()

    def root(self) -> Mapping[str, Any]:
        """Who the key belongs to: role, plan, zone."""
        fields = ["account_name", "role", "pricing_plan_type", "account_timezone", "account_id"]
        return _mapping(self.door.apis.root.get_root(fields=fields))

    def list_named(self, list_id: str) -> Listing:
        fields = ["id", "name", "stats.member_count", "campaign_defaults", "contact"]
        reply = self.door.apis.lists.get_list(list_id, fields=fields)
        match reply:
            case {"id": str(found), "name": str(title), "stats": {"member_count": int(members)}} if found == list_id:
                usual, contact = _mapping(reply.get("campaign_defaults")), _mapping(reply.get("contact"))
                return Listing(
                    id=found, name=cut_short(title), members=members,
                    sender=(_text(usual, "from_name"), _text(usual, "from_email")),
                    address=_text(contact, "address1"),
                )  # fmt: skip
        raise Failed("ambiguous", "Mailchimp described the list in a way that was not understood. Check base_url.")

    def segments(self, list_id: str) -> list[Named]:
        """All saved segments and tags of a list, with how many are in each."""
        fields = ["segments.id", "segments.name", "segments.member_count", "segments.type", "total_items"]
        found = self._pages(
            lambda offset: self.door.apis.lists.list_segments(list_id, fields=fields, count=PAGE, offset=offset),
            "segments",
        )
        return [_named(one, "member_count") for one in found]

    def groups(self, list_id: str) -> list[Named]:
        fields = ["categories.id", "categories.title", "total_items"]
        found = self._pages(
            lambda offset: self.door.apis.lists.get_list_interest_categories(
                list_id, fields=fields, count=PAGE, offset=offset
            ),
            "categories",
        )
        return [Named(id=str(one["id"]), name=str(one.get("title", ""))) for one in found]

    def interests(self, list_id: str, group_id: str) -> list[Named]:
        fields = ["interests.id", "interests.name", "interests.subscriber_count", "total_items"]
        found = self._pages(
            lambda offset: self.door.apis.lists.list_interest_category_interests(
                list_id, group_id, fields=fields, count=PAGE, offset=offset
            ),
            "interests",
        )
        return [_named(one, "subscriber_count") for one in found]

    def verified_domains(self) -> Mapping[str, bool]:
        """The domains that mails may come from, and whether each is verified."""
        reply = self.door.apis.verifiedDomains.get_verified_domains_all()
        return {_text(one, "domain").lower(): one.get("verified") is True for one in _those(reply, "domains")}

    def campaigns(self, since: datetime) -> list[Campaign]:
        """All campaigns that were made since then, newest first.

        Raises Failed where the list moved while it was read, so that one may have been passed over.
        """
        fields = [*(f"campaigns.{name}" for name in _CAMPAIGN), "total_items"]
        moment = since.astimezone(UTC).replace(microsecond=0).isoformat()
        found = self._pages(
            lambda offset: self.door.apis.campaigns.list(
                fields=fields, count=PAGE, offset=offset, since_create_time=moment,
                sort_field="create_time", sort_dir="DESC",
            ),
            "campaigns",
        )  # fmt: skip
        return [_campaign(one) for one in found]

    def campaign(self, campaign_id: str) -> Campaign:
        found = _campaign(self.door.apis.campaigns.get(campaign_id, fields=list(_CAMPAIGN)))
        if found.id != campaign_id:
            raise Failed("ambiguous", "Mailchimp answered with another campaign than was asked for. Check base_url.")
        return found

    def content(self, campaign_id: str) -> tuple[str, str]:
        """The page and the plain text of a campaign."""
        reply = self.door.apis.campaigns.get_content(campaign_id, fields=["html", "plain_text"])
        return _text(reply, "html"), _text(reply, "plain_text")

    def texts(self, campaign_id: str) -> list[str]:
        """Everything that a campaign of anybody says, with all its variants."""
        reply = self.door.apis.campaigns.get_content(
            campaign_id, fields=["html", "plain_text", "variate_contents.html", "variate_contents.plain_text"]
        )
        variants = reply.get("variate_contents")
        parts = [reply, *map(_mapping, variants if isinstance(variants, list) else [])]
        return [_text(part, name) for part in parts for name in ("html", "plain_text")]

    def tracking(self, campaign_id: str) -> Tracking:
        kept = _mapping(self.door.apis.campaigns.get(campaign_id, fields=["id", "tracking"]).get("tracking"))
        clicks = kept.get("html_clicks") is True or kept.get("text_clicks") is True
        return Tracking(opens=kept.get("opens") is True, clicks=clicks)

    def report(self, campaign_id: str) -> Mapping[str, Any]:
        """What became of a campaign, in numbers. Raises Failed (`notfound`) while there are none."""
        fields = [
            "id", "emails_sent", "unsubscribed", "abuse_reports", "bounces", "opens.unique_opens",
            "clicks.unique_subscriber_clicks",
        ]  # fmt: skip
        reply: Mapping[str, Any] = self.door.apis.reports.get_campaign_report(campaign_id, fields=fields)
        if _text(reply, "id") != campaign_id:
            raise Failed("ambiguous", "Mailchimp answered with another report than was asked for. Check base_url.")
        return reply

    def checklist(self, campaign_id: str) -> Checklist:
        reply = self.door.apis.campaigns.get_send_checklist(campaign_id)
        errors = [one for one in _those(reply, "items") if one.get("type") == "error"]
        said = tuple(cut_short(f"{_text(one, 'heading')}: {_text(one, 'details')}") for one in errors)
        return Checklist(is_ready=reply.get("is_ready") is True, errors=said)

    def create(self, body: Mapping[str, Any]) -> Campaign:
        return _campaign(self.door.apis.campaigns.create(body))

    def update(self, campaign_id: str, body: Mapping[str, Any]) -> None:
        self.door.apis.campaigns.update(campaign_id, body)

    def put_content(self, campaign_id: str, *, html: str, text: str) -> None:
        self.door.apis.campaigns.set_content(campaign_id, {"html": html, "plain_text": text})

    def send(self, campaign_id: str) -> None:
        """The one call that mails people."""
        if self.door.apis.campaigns.send(campaign_id):
            raise Failed("ambiguous", "Mailchimp answered to a send with something that is no answer to it.")

    def send_test(self, campaign_id: str, addresses: Sequence[str]) -> None:
        self.door.apis.campaigns.send_test_email(campaign_id, {"test_emails": list(addresses), "send_type": "html"})

    def delete(self, campaign_id: str) -> None:
        self.door.apis.campaigns.remove(campaign_id)

    def folders(self) -> list[Named]:
        fields = ["folders.id", "folders.name", "total_items"]
        found = self._pages(
            lambda offset: self.door.apis.campaignFolders.list(fields=fields, count=PAGE, offset=offset), "folders"
        )
        return [_named(one, "") for one in found]

    def make_folder(self, name: str) -> str:
        return _text(self.door.apis.campaignFolders.create({"name": name}), "id")

    def rename_folder(self, folder_id: str, name: str) -> None:
        self.door.apis.campaignFolders.update(folder_id, {"name": name})

    def _pages(self, page: Any, name: str) -> list[Mapping[str, Any]]:
        """Everything of a listing. Its number of things is read with every page: one that moved may hide a thing."""
        found: list[Mapping[str, Any]] = []
        first: int | None = None
        while True:
            reply = page(len(found))
            those, total = _those(reply, name), reply.get("total_items")
            if not isinstance(total, int):
                raise Failed("ambiguous", f"Mailchimp listed {name} in a way that was not understood. Check base_url.")
            first = total if first is None else first
            found += those
            if total != first or (not those and len(found) < total):
                raise Failed("ambiguous", f"Mailchimp's {name} changed while they were read. They are read again.")
            if len(found) >= total:
                return found


def _those(reply: Any, name: str) -> list[Mapping[str, Any]]:
    found = reply.get(name) if isinstance(reply, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Failed("ambiguous", f"Mailchimp listed {name} in a way that was not understood. Check base_url.")
    return found


def _named(one: Mapping[str, Any], count: str) -> Named:
    return Named(id=_text(one, "id"), name=_text(one, "name"), members=_number(one.get(count)), kind=_text(one, "type"))


def _campaign(reply: Any) -> Campaign:
    if not isinstance(reply, Mapping) or not _text(reply, "id") or not _text(reply, "status"):
        raise Failed("ambiguous", "Mailchimp described a campaign in a way that was not understood. Check base_url.")
    to, settings = _mapping(reply.get("recipients")), _mapping(reply.get("settings"))
    return Campaign(
        id=_text(reply, "id"), status=_text(reply, "status"), web_id=_number(reply.get("web_id")),
        created_at=_moment(reply.get("create_time")), sent_at=_moment(reply.get("send_time")),
        emails_sent=_number(reply.get("emails_sent")) or 0,
        list_id=_text(to, "list_id"), count=_number(to.get("recipient_count")) or 0,
        segment=_mapping(to.get("segment_opts")),
        title=_text(settings, "title"), subject=_text(settings, "subject_line"),
        preview=_text(settings, "preview_text"), from_name=_text(settings, "from_name"),
        reply_to=_text(settings, "reply_to"), template_id=_number(settings.get("template_id")) or 0,
    )  # fmt: skip


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    # A count of interests comes as text.
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10 else None


def _moment(value: Any) -> datetime | None:
    """A time that is not set comes as "" or not at all."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
