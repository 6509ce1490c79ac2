"""Mailchimp as a provider: one campaign for each delivery, found again by its mark, filled, looked at, and sent once.

Only `send` mails people, and it is never repeated: from then on Mailchimp is only read. The key never enters a message or a repr.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from notifier.config import ListPart
from notifier.core.delivery import Delivery, Observation, Outcome
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.rule import Audience, Site
from notifier.edges.mailchimp.account import Account, Campaign
from notifier.edges.mailchimp.audiences import id_complaint, target_of
from notifier.edges.mailchimp.checkup import account_findings, audience_findings
from notifier.edges.mailchimp.door import AGAIN, CLIENT_VERSION, Door, Failed, is_id
from notifier.edges.mailchimp.drafting import (
    Folder,
    astray,
    bring_up_to_date,
    draft_of,
    found_or_none,
    place_of,
    tried_out,
)
from notifier.edges.mailchimp.filling import Wanted, wanted_of
from notifier.edges.mailchimp.finding import LOOKED_BACK, marker_in, marker_of, ours_among, sight_of
from notifier.edges.mailchimp.marking import Marking, Seat
from notifier.edges.mailchimp.sending import FRESH, Kept, asked_before, outcome_of, passed
from notifier.edges.mailchimp.verifying import (
    Draft,
    crowd_problems,
    differences,
    differences_for_a_person,
    is_as_it_was_put,
    last_reached,
    readiness_problems,
    shortfall_of,
    waits_for_count,
)
from notifier.edges.mailchimp.watching import Watching
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Capabilities, Finding

__all__ = ["CLIENT_VERSION", "MailchimpProvider"]

#: So long after nobody answered it is not asked again.
_TROUBLED = timedelta(seconds=20)
#: Recipients are mostly counted within seconds.
_COUNTING = timedelta(seconds=30)
#: A draft that waits for a person is looked at again so long after the last time.
_LOOKED_AT = timedelta(minutes=5)
_TAKEN = frozenset({"sending", "sent", "schedule"})


@dataclass(slots=True, kw_only=True)
class MailchimpProvider(Watching, Marking):
    """One Mailchimp account. `lists` maps an audience's name to its list id, `parts` to the part of it that is meant.

    `mode` draft: the finished draft is left for a person to send. `base_url` stands for
    `https://DATA-CENTRE.api.mailchimp.com`, which otherwise follows from the key. No call is longer than `timeout` seconds,
    however slowly bytes drip.
    """

    name: str
    api_key: Callable[[], str] = field(repr=False)
    lists: Mapping[str, str]
    site: Site
    now: Callable[[], datetime]
    parts: Mapping[str, ListPart] = field(default_factory=dict)
    mode: Literal["draft", "send"] = "draft"
    base_url: str | None = None
    timeout: float = 15.0
    #: By delivery, the campaign that this process made or found: a listing may not show it yet.
    _ids: dict[str, str] = field(default_factory=dict, init=False)
    _kept: dict[str, Kept] = field(default_factory=dict, init=False)
    _folder: Folder = field(init=False)
    _seat: Seat = field(default_factory=Seat, init=False)
    _trouble: tuple[datetime, Failed] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._folder = Folder(f"notifier: {self.site.name}")

    def capabilities(self) -> Capabilities:
        """Not `certain`: a request that nobody waits for any more may still be done."""
        return Capabilities(
            sends=True, certain=False, reaches_people=True, by_hand=self.mode == "draft", attaches=False
        )

    def resolve(self, audience: Audience) -> int | None:
        """How many they are, as Mailchimp counts them (its count may be some minutes old); None for mere conditions."""
        return target_of(
            self._account(), audience.name, self.lists.get(audience.name, ""), self.parts.get(audience.name)
        ).members

    def find(self, key: str) -> Observation:
        return self.follow(key, None)

    def follow(self, key: str, draft_id: str | None) -> Observation:
        """What Mailchimp holds under this key; `draft_id` names the campaign that was noted for it."""
        account, marker = self._account(), marker_of(self.site.id, key)
        known = [one for one in dict.fromkeys((draft_id, self._ids.get(key))) if one is not None and is_id(one)]
        ours = {one.id: one for one in ours_among(account.campaigns(self.now() - LOOKED_BACK), marker)}
        for one in dict.fromkeys([*known, *(one.id for one in ours.values() if one.status == "save")]):
            # Asked for by itself it is shown as it is now; a listing may lag behind.
            found = found_or_none(account, one)
            if found is not None:
                ours[one] = found
            else:
                ours.pop(one, None)
        found_ones = ours_among([*ours.values()], marker) or [*ours.values()]
        # The one that is noted, before copies that people made of it in the same second.
        seen = sight_of(sorted(found_ones, key=lambda one: one.id not in known), self.now())
        if seen.state == "absent":
            self._ids.pop(key, None)
            gone = "Its draft was deleted in Mailchimp. If it should go out all the same, retry it; else skip it."
            return Observation(state="removed", detail=gone) if known else seen
        if seen.state == "drafted" and seen.draft_id is not None:
            self._ids[key] = seen.draft_id
            return self._as_draft(account, ours[seen.draft_id])
        return self._with_what_differs(account, key, ours, seen) if seen.state == "sent" else seen

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        """Make the campaign, or bring the one that is there up to date. What a person changed in it stays as it is."""
        del events
        account = self._account()
        wanted = self._wanted(account, delivery.key, message, audience)
        known = self._ids.get(delivery.key)
        if known is not None and self._is_as_wanted(known, wanted, at):
            return known
        seen = self.follow(delivery.key, delivery.draft_id)
        match seen.state:
            case "absent" | "removed":
                campaign_id = self._folder.create(account, wanted)
                self._ids[delivery.key] = campaign_id
                account.put_content(campaign_id, html=wanted.html, text=wanted.text)
            case "drafted" if seen.draft_id is not None:
                campaign_id = seen.draft_id
                bring_up_to_date(account, draft_of(account, campaign_id), wanted, self.now())
            case _:
                raise ProviderError(f"{self.name}: {seen.detail or 'It went out meanwhile.'}", permanent=False)
        kept = self._keep(campaign_id)
        kept.wanted, kept.looked = wanted, passed()
        if not kept.taken and not kept.is_in_doubt(self.now()):
            # The ledger would not have it drafted if it were still in doubt there.
            kept.posted_at = None
        return campaign_id

    def check(self, draft_id: str) -> Sequence[Problem]:
        """What differs from what was written, in what Mailchimp holds. Raises ProviderError while it still counts recipients."""
        self._id(draft_id)
        account, kept, now = self._account(), self._kept.get(draft_id), self.now()
        if kept is None or kept.wanted is None:
            account.campaign(draft_id)
            raise ProviderError(f"{self.name}: this draft is written anew before it is sent.", permanent=False)
        if self.mode == "draft" and kept.looked_at is not None and now - kept.looked_at < _LOOKED_AT:
            return ()
        wanted, draft = kept.wanted, draft_of(account, draft_id)
        problems = differences_for_a_person(draft, wanted) if self.mode == "draft" else differences(draft, wanted)
        if not problems:
            problems = self._readers(account, draft, wanted, now)
        kept.looked, kept.looked_at = (None, None) if problems else (passed(), now)
        return problems

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        """Ask for it to be sent, once, and only shortly after it was looked at.

        Raises ProviderError where nobody knows whether it was taken: it shows by reading, for ten minutes.
        """
        self._id(draft_id)
        try:
            account = self._account()
        except ProviderError as error:
            return Outcome(result="unsent", detail=error.message)
        if (outcome := self._before(account, draft_id, key)) is not None:
            return outcome
        kept = self._keep(draft_id)
        # Written down before, so that whatever breaks off here leaves it in doubt.
        kept.posted_at, kept.looked, kept.taken = self.now(), None, False
        try:
            account.send(draft_id)
        except Failed as error:
            return self._after(account, draft_id, error)
        kept.taken = True
        return Outcome(result="accepted", detail="Mailchimp took it.")

    def discard(self, key: str, draft_id: str) -> str:
        """Delete a draft that is not to go out, unless a person has made it theirs; what is to be said of one that stays."""
        account, marker = self._account(), marker_of(self.site.id, key)
        self._id(draft_id)
        if found_or_none(account, draft_id) is None:
            return ""
        draft = draft_of(account, draft_id)
        was_posted = self._keep(draft_id).posted_at is not None
        if draft.campaign.status == "save" and not was_posted and is_as_it_was_put(draft, marker):
            account.delete(draft_id)
            return ""
        return f"Its draft is still in Mailchimp: {draft.place}. Delete it there, so that nobody sends it."

    def not_taken(self, key: str, at: datetime) -> None:
        """A person has looked: what was in doubt did not go out, and may be asked for again."""
        kept = self._kept.get(self._ids.get(key, ""))
        if kept is not None:
            kept.posted_at, kept.taken = None, False

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """A test mail from a campaign that is deleted again. Marks that are filled in for readers stay as they are."""
        account = self._account()
        name, list_id = next(iter(self.lists.items()), ("", ""))
        if not list_id or not addresses:
            return Outcome(
                result="unsent", detail="There is no list to make a test campaign for, or nobody to send it to."
            )
        audience = Audience(name=name, provider=self.name)
        wanted = self._wanted(account, f"test/{self.now().isoformat()}", message, audience)
        return tried_out(account, self._folder, wanted, addresses)

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]:
        """The key and what is behind it, then each audience. Lists are not asked for with a key that doesn't work."""
        ours = [audience for audience in audiences if audience.provider == self.name]
        subject = f"providers.{self.name}"
        try:
            account = self._account()
            found = list(account_findings(account, subject, by_hand=self.mode == "draft", now=self.now()))
        except ProviderError as error:
            failed = Finding(subject=subject, ok=False, text=error.message)
            return [failed, *(line for audience in ours for line in self._without_list(audience))]
        for audience in ours:
            list_id, part = self.lists.get(audience.name, ""), self.parts.get(audience.name)
            found += audience_findings(account, audience, list_id, part)
        return found

    def _without_list(self, audience: Audience) -> Iterator[Finding]:
        if complaint := id_complaint(audience.name, self.lists.get(audience.name, "")):
            yield Finding(subject=f"audiences.{audience.name}", ok=False, text=complaint)

    def _as_draft(self, account: Account, campaign: Campaign) -> Observation:
        """A campaign that Mailchimp shows as a draft. After a send was asked for, that proves nothing for a while, and little later."""
        place, kept = place_of(account, campaign), self._keep(campaign.id)
        if kept.is_in_doubt(self.now()):
            detail = f"Mailchimp was asked to send it and has not shown yet whether it did: {place}"
            return Observation(state="sending", draft_id=campaign.id, detail=detail)
        if self.mode == "draft" and kept.posted_at is None:
            detail = f"Its draft is finished, and goes out when a person sends it in Mailchimp: {place}"
            return Observation(state="drafted", draft_id=campaign.id, detail=detail)
        detail = (
            f"Mailchimp shows it as a draft: {place}. If it has not gone out and should, send that very draft there, never a copy. "
            "If you want it made anew, delete that draft first, wait two minutes, and then settle it as failed."
        )
        return Observation(state="drafted", draft_id=campaign.id, detail=detail)

    def _with_what_differs(
        self, account: Account, key: str, ours: Mapping[str, Campaign], seen: Observation
    ) -> Observation:
        """What was sent, against what should have been: no condition keeps people from editing in the instant of sending, so
        that it is told at least. Of its words only the process that wrote them knows.
        """
        kept, campaign = self._kept.get(seen.draft_id or ""), ours.get(seen.draft_id or "")
        if campaign is None:
            return seen
        if kept is None or kept.wanted is None:
            name = key.rpartition("/")[2]
            return replace(
                seen, shortfall=astray(account, campaign, name, self.lists.get(name, ""), self.parts.get(name))
            )
        html, text = account.content(campaign.id)
        draft = Draft(campaign=campaign, html=html, text=text, place=place_of(account, campaign))
        copies = [place_of(account, one) for one in ours.values() if one.id != campaign.id and one.status != "save"]
        by_hand = self.mode == "draft"
        return replace(seen, shortfall=shortfall_of(draft, kept.wanted, by_hand=by_hand, copies=copies))

    def _before(self, account: Account, draft_id: str, key: str) -> Outcome | None:
        """Why it must not be asked for now; None where it may."""
        kept = self._kept.get(draft_id)
        try:
            campaign = account.campaign(draft_id)
        except Failed as error:
            if kept is None or kept.wanted is None:
                raise
            return Outcome(result="unsent", detail=error.message)
        marker, place = marker_of(self.site.id, key), place_of(account, campaign)
        if marker_in(campaign.title) != marker:
            return Outcome(result="refused", detail=f"The draft {place} belongs to another delivery than {key}.")
        if campaign.status in _TAKEN:
            return Outcome(result="accepted", detail="Mailchimp has taken it before.")
        if campaign.status != "save":
            return Outcome(result="refused", detail=f"It is no draft any more, but “{campaign.status}”: {place}")
        return asked_before(kept, place) or self._last_look(account, draft_id, kept)

    def _last_look(self, account: Account, draft_id: str, kept: Kept | None) -> Outcome | None:
        """Whether anything is not as it should be in the very last moment: what matters most is read last."""
        if kept is None or kept.wanted is None or kept.looked is None:
            return Outcome(result="unsent", detail="It was not looked at before, so it is written anew first.")
        wanted = kept.wanted
        try:
            html, text = account.content(draft_id)
            others = self._others(account, draft_id, wanted.marker)
            campaign = account.campaign(draft_id)
        except Failed as error:
            return Outcome(result="unsent", detail=error.message)
        place = place_of(account, campaign)
        if others:
            return Outcome(result="unsent", detail=f"Another campaign with its mark is “{others[0].status}”: {place}")
        if wrong := differences(Draft(campaign=campaign, html=html, text=text, place=place), wanted):
            detail = f"It was changed at the very moment of sending. {wrong[0].what} {place}"
            return Outcome(result="unsent", detail=detail)
        if passed() - kept.looked > FRESH:
            detail = f"More than {FRESH:.0f} seconds passed since it was looked at, so others may have acted meanwhile."
            return Outcome(result="unsent", detail=detail)
        return None

    def _after(self, account: Account, draft_id: str, error: Failed) -> Outcome:
        """What a failed send comes to. It is read once at once, for most that were taken show it."""
        if (outcome := outcome_of(error)) is not None:
            self._keep(draft_id).posted_at = None
            return outcome
        campaign = None
        try:
            campaign = account.campaign(draft_id)
        except Failed:
            place = draft_id
        else:
            place = place_of(account, campaign)
        if campaign is not None and campaign.status in _TAKEN:
            self._keep(draft_id).taken = True
            return Outcome(result="accepted", detail="Mailchimp took it, though its answer was lost.")
        what = f"{error.message} Whether it was sent all the same shows at {place}"
        raise ProviderError(f"{what}; it is looked at by itself, and not sent again.", permanent=False) from error

    def _wanted(self, account: Account, key: str, message: Message, audience: Audience) -> Wanted:
        list_id, part = self.lists.get(audience.name, ""), self.parts.get(audience.name)
        target = target_of(account, audience.name, list_id, part)
        sender = audience.sender or target.listing.sender
        if not sender[1]:
            what = f"audiences.{audience.name}.from: is missing, and its list names nobody either."
            raise ProviderError(f"{what} Write whom its mails come from.", permanent=True, wait=AGAIN)
        return wanted_of(
            message, marker=marker_of(self.site.id, key), target=target, sender=sender,
            language=audience.language or self.site.language, at_most=audience.at_most,
        )  # fmt: skip

    def _is_as_wanted(self, draft_id: str, wanted: Wanted, at: datetime) -> bool:
        """Whether a draft that waits for a person was written and looked at lately, so that it need not be asked for."""
        kept = self._kept.get(draft_id)
        if self.mode != "draft" or kept is None or kept.wanted is None or kept.looked_at is None:
            return False
        return kept.wanted.digest == wanted.digest and at - kept.looked_at < _LOOKED_AT

    def _readers(self, account: Account, draft: Draft, wanted: Wanted, now: datetime) -> list[Problem]:
        checklist = account.checklist(draft.campaign.id)
        if waits_for_count(draft, wanted, checklist, now):
            raise ProviderError(
                "Mailchimp is still counting the recipients. It is looked at again by itself.",
                permanent=False,
                wait=_COUNTING,
            )
        campaigns = account.campaigns(now - LOOKED_BACK)
        others = [one for one in ours_among(campaigns, wanted.marker) if one.status != "save"]
        if others:
            place = place_of(account, others[0])
            what = f"Another campaign with its mark is “{others[0].status}” there, so it may have gone out: {place}"
            return [Problem(path=draft.place, what=what, hint="Look at both, and delete the one that is too many.")]
        found = readiness_problems(draft, wanted, checklist)
        return [
            *found,
            *crowd_problems(draft, wanted.target, most=wanted.at_most, last=last_reached(campaigns, wanted)),
        ]

    def _others(self, account: Account, draft_id: str, marker: str) -> list[Campaign]:
        """Campaigns with this mark, beside one of them, that are no drafts: copies that people made and sent, mostly."""
        found = ours_among(account.campaigns(self.now() - LOOKED_BACK), marker)
        return [one for one in found if one.id != draft_id and one.status != "save"]

    def _keep(self, draft_id: str) -> Kept:
        return self._kept.setdefault(draft_id, Kept())

    def _id(self, draft_id: str) -> None:
        """A draft's id comes from outside."""
        if not is_id(draft_id):
            raise ProviderError(f"{self.name}: {draft_id!r} is not the id of a draft.", permanent=True)

    def _account(self) -> Account:
        if self._trouble is not None and timedelta(0) <= self.now() - self._trouble[0] < _TROUBLED:
            raise Failed("unsent", self._trouble[1].message)
        try:
            key = self.api_key().strip()
        except UserError as error:
            raise ProviderError(error.message, permanent=True, wait=AGAIN) from error
        return Account(Door(key=key, base_url=self.base_url, timeout=self.timeout, unreached=self._unreached))

    def _unreached(self, error: Failed) -> None:
        """Nobody answers there: the next deliveries of the same tick need not wait for it as well."""
        self._trouble = (self.now(), error)
