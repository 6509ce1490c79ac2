"""Drafts in Mailchimp: made in a folder of their own, brought up to date while no person has made them theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from notifier.config import ListPart
from notifier.core.delivery import Outcome
from notifier.edges.mailchimp.account import Account, Campaign
from notifier.edges.mailchimp.audiences import target_of
from notifier.edges.mailchimp.door import Failed
from notifier.edges.mailchimp.filling import Wanted
from notifier.edges.mailchimp.reading import is_bare
from notifier.edges.mailchimp.sending import outcome_of
from notifier.edges.mailchimp.verifying import Draft, is_untouched, misdirected, says
from notifier.errors import ProviderError

#: So long a new campaign may be without its content: a program that was killed between the two fills it then.
_UNFILLED = timedelta(minutes=15)
_LONGEST_NAME = 100


class Folder:
    """The folder that our drafts lie in, for people's sake: without one they are made all the same."""

    def __init__(self, name: str) -> None:
        self._name = name[:_LONGEST_NAME]
        self._id: str | None = None

    def create(self, account: Account, wanted: Wanted) -> str:
        """A new campaign without content; its id."""
        folder = self._of(account)
        try:
            return account.create(wanted.body(folder)).id
        except Failed as error:
            if error.kind != "rejected" or not folder:
                raise
            # Somebody may have deleted the folder. What was refused was not made, and a draft too many mails nobody.
            self._id = None
            return account.create(wanted.body()).id

    def _of(self, account: Account) -> str:
        if self._id is None:
            try:
                same = [one.id for one in account.folders() if one.name == self._name]
                self._id = same[0] if same else account.make_folder(self._name)
            except Failed:
                return ""
        return self._id


def found_or_none(account: Account, campaign_id: str) -> Campaign | None:
    """The campaign; None where Mailchimp itself says that there is none. Raises Failed where it can't tell."""
    try:
        return account.campaign(campaign_id)
    except Failed as error:
        if error.kind != "notfound":
            raise
        return None


def draft_of(account: Account, campaign_id: str) -> Draft:
    """All that Mailchimp holds of it."""
    campaign = account.campaign(campaign_id)
    html, text = account.content(campaign_id)
    return Draft(campaign=campaign, html=html, text=text, place=place_of(account, campaign))


def place_of(account: Account, campaign: Campaign) -> str:
    """Where a person finds it in Mailchimp."""
    return f"https://{account.door.centre}.admin.mailchimp.com/campaigns/show/?id={campaign.web_id or campaign.id}"


def bring_up_to_date(account: Account, draft: Draft, wanted: Wanted, now: datetime) -> None:
    """Make it what is wanted. What a person changed in it stays as it is."""
    untouched = is_untouched(draft, wanted)
    if says(draft, wanted) or not (_is_unfilled(draft, now) if untouched is None else untouched):
        return
    # In this order: where only the first is done, the second is done the next time.
    account.update(draft.campaign.id, wanted.changes())
    account.put_content(draft.campaign.id, html=wanted.html, text=wanted.text)


def _is_unfilled(draft: Draft, now: datetime) -> bool:
    made = draft.campaign.created_at
    return is_bare(draft.html) or (made is not None and now - made < _UNFILLED)


def astray(account: Account, campaign: Campaign, audience: str, list_id: str, part: ListPart | None) -> str:
    """To whom a sent campaign went that this audience does not name; "" where that can't be asked any more."""
    try:
        target = target_of(account, audience, list_id, part)
    except ProviderError:
        # config.yaml may name another audience by now, or the list may be gone. It was sent all the same.
        return ""
    return misdirected(Draft(campaign=campaign, html="", text="", place=place_of(account, campaign)), target)


def tried_out(account: Account, folder: Folder, wanted: Wanted, addresses: Sequence[str]) -> Outcome:
    """Send a test mail from a campaign of its own, and delete that whatever became of it: it is addressed to a whole list."""
    outcome, campaign_id = Outcome(result="accepted", detail=f"Sent to {', '.join(addresses)}."), None
    try:
        campaign_id = folder.create(account, wanted)
        account.put_content(campaign_id, html=wanted.html, text=wanted.text)
        account.send_test(campaign_id, addresses)
    except Failed as error:
        outcome = outcome_of(error) or Outcome(result="ambiguous", detail=error.message)
    if campaign_id is None or not (left := _deleted(account, campaign_id)):
        return outcome
    return replace(outcome, left=left)


def _deleted(account: Account, campaign_id: str) -> str:
    """What is to be said of one that may be left, "" of none."""
    try:
        account.delete(campaign_id)
    except Failed as error:
        place = f"The campaign {campaign_id} of this test may still be in Mailchimp"
        return f"{place}: delete it there, so that nobody sends it. ({error.message})"
    return ""
