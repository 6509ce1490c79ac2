"""A draft as Mailchimp holds it, against what it should be. Whatever differs keeps it from being sent, with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.edges.mailchimp.account import Campaign, Checklist
from notifier.edges.mailchimp.audiences import Target, same_segment
from notifier.edges.mailchimp.filling import Wanted
from notifier.edges.mailchimp.finding import marker_in
from notifier.edges.mailchimp.reading import Block, block_in, holds, is_bare, live_marks, readable, squeezed, stands_for
from notifier.edges.mailchimp.sentences import cut_short
from notifier.errors import Problem

#: Mailchimp counts the recipients of a new campaign by and by; after so long an audience of nobody is empty.
COUNTED_AFTER = timedelta(minutes=30)
#: So many more than the last time are not looked at twice.
_FEW = 50
_MANY_TIMES = 2
#: Counts of parts are some minutes old.
_MISCOUNTED = 5
_REMEDY = "Send it there by hand if it is right as it is, or delete it there: it is then made anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that Mailchimp holds of one draft. `place` is where a person finds it."""

    campaign: Campaign
    html: str
    text: str
    place: str


def is_untouched(draft: Draft, wanted: Wanted) -> bool | None:
    """Whether nobody changed what we put there. None where nobody can tell, for our comments are not there.

    Settings that are as they are wanted now count too: the content that belongs to them may not have followed yet.
    """
    block = block_in(draft.html, wanted.marker)
    if block is None:
        return None
    if not _page_stands(block) or any(_of_readers(draft, wanted.target)):
        return False
    return _settings_stand(draft, block) or not any(_of_settings(draft, wanted))


def is_as_it_was_put(draft: Draft, marker: str) -> bool:
    """Whether nobody changed its page and its settings since we put them there."""
    block = block_in(draft.html, marker)
    return block is not None and _page_stands(block) and _settings_stand(draft, block)


def _page_stands(block: Block) -> bool:
    return stands_for(readable(block.html)) == block.page and is_bare(block.outside)


def _settings_stand(draft: Draft, block: Block) -> bool:
    campaign = draft.campaign
    return stands_for(campaign.subject, campaign.from_name, campaign.reply_to) == block.settings


def says(draft: Draft, wanted: Wanted) -> bool:
    """Whether it was put there for this very message and these readers, and has not been changed since."""
    return was_made_for(draft, wanted) and is_untouched(draft, wanted) is True and not any(_of_settings(draft, wanted))


def was_made_for(draft: Draft, wanted: Wanted) -> bool:
    """Whether it was put there for this very message, whatever a person has made of it since."""
    block = block_in(draft.html, wanted.marker)
    return block is not None and block.wanted == wanted.digest


def differences_for_a_person(draft: Draft, wanted: Wanted) -> list[Problem]:
    """What is wrong with a draft that a person is to send: its words are theirs to edit, while it is about the same."""
    if was_made_for(draft, wanted) and draft.campaign.status == "save":
        return list(_of_readers(draft, wanted.target))
    return differences(draft, wanted)


def differences(draft: Draft, wanted: Wanted) -> list[Problem]:
    """What of the draft is not as it should be."""
    if draft.campaign.status != "save":
        what = f"It is no draft any more, but “{draft.campaign.status}”."
        return [Problem(path=draft.place, what=what, hint="Look at it in Mailchimp.")]
    return [
        *_of_readers(draft, wanted.target),
        *_of_settings(draft, wanted),
        *_of_content(draft, wanted),
        *_live(draft),
    ]


def crowd_problems(draft: Draft, part: Target, *, most: int | None, last: int | None) -> list[Problem]:
    """Whether they are more than they should be: `most`, or what the last campaign to the same readers reached."""
    count = draft.campaign.count
    if part.segment and part.members is not None and count > part.members + part.members // 5 + _MISCOUNTED:
        # A part that Mailchimp shows and does not heed has mailed a whole list before.
        what = f"Mailchimp counts {count} recipients, and the {part.title} has {part.members}."
        return [
            Problem(path=draft.place, what=what, hint="Look at its recipients in Mailchimp; in doubt, delete it there.")
        ]
    who = f"The {part.title} has {count} recipients"
    if most is not None:
        hint = "Raise at_most of the audience in config.yaml if the count is right."
        return [Problem(path=draft.place, what=f"{who}, and at_most is {most}.", hint=hint)] if count > most else []
    if last is not None and count > _MANY_TIMES * last + _FEW:
        hint = f"If the count is right, say so: write at_most: {count} to the audience in config.yaml."
        return [Problem(path=draft.place, what=f"{who}, and the last mail to it went to {last}.", hint=hint)]
    return []


def waits_for_count(draft: Draft, wanted: Wanted, checklist: Checklist, now: datetime) -> bool:
    """Whether nothing is wrong but that Mailchimp has not counted the recipients yet."""
    made = draft.campaign.created_at
    if wanted.target.members == 0 or (made is not None and now - made > COUNTED_AFTER):
        return False
    about_count = all(
        any(word in error.casefold() for word in ("recipient", "audience", "list")) for error in checklist.errors
    )
    return draft.campaign.count == 0 or (not checklist.is_ready and about_count)


def readiness_problems(draft: Draft, wanted: Wanted, checklist: Checklist) -> list[Problem]:
    """What Mailchimp itself says is missing."""
    if draft.campaign.count == 0:
        what = f"The {wanted.target.title} has nobody in it, so there is nobody to send to."
        return [Problem(path=draft.place, what=what, hint="Look at the audience in Mailchimp, or skip this delivery.")]
    if checklist.is_ready:
        return []
    found = checklist.errors or ("It does not say why.",)
    hint = "Put that right in Mailchimp."
    return [Problem(path=draft.place, what=f"Mailchimp is not ready to send it. {one}", hint=hint) for one in found]


def last_reached(campaigns: Sequence[Campaign], wanted: Wanted) -> int | None:
    """How many the last of our campaigns to the same readers went to; None where there is none."""
    target = wanted.target
    same = [
        one
        for one in campaigns
        if marker_in(one.title) not in (None, wanted.marker)
        and one.status == "sent" and one.sent_at is not None and one.emails_sent > 0
        and one.list_id == target.listing.id and same_segment(target.segment, one.segment)
    ]  # fmt: skip
    return max(same, key=lambda one: (one.sent_at, one.id)).emails_sent if same else None


def shortfall_of(sent: Draft, wanted: Wanted, *, by_hand: bool, copies: Sequence[str]) -> str:
    """What went out otherwise than it was written, or to more; "" where all is as it should be.

    `by_hand`: a person sent it, whose words are theirs. `copies` are the places of others with its mark that went out, too.
    """
    shown = _as_a_draft(sent)
    look = differences_for_a_person if by_hand else differences
    crowd = crowd_problems(shown, wanted.target, most=wanted.at_most, last=None)
    wrong = [one.what for one in (*look(shown, wanted), *crowd)]
    wrong += [f"A copy of it went out, too: {place}" for place in copies]
    return _told(wrong)


def misdirected(sent: Draft, target: Target) -> str:
    """To whom it went but should not have; "" where it went to these readers. For where its words are not known any more."""
    shown = _as_a_draft(sent)
    return _told(
        [one.what for one in (*_of_readers(shown, target), *crowd_problems(shown, target, most=None, last=None))]
    )


def _as_a_draft(sent: Draft) -> Draft:
    return replace(sent, campaign=replace(sent.campaign, status="save", count=sent.campaign.emails_sent))


def _told(wrong: Sequence[str]) -> str:
    return " ".join(f"What was sent differs: {what}" for what in wrong)


def _of_readers(draft: Draft, target: Target) -> Iterator[Problem]:
    campaign = draft.campaign
    if campaign.list_id != target.listing.id:
        what = (
            f"It goes to the list {cut_short(campaign.list_id, 40) or 'of nobody'}, and not to “{target.listing.name}”."
        )
        yield Problem(path=draft.place, what=what, hint=_REMEDY)
    elif not same_segment(target.segment, campaign.segment):
        what = f"It goes to another part of “{target.listing.name}” than to the {target.title}."
        yield Problem(path=draft.place, what=what, hint=_REMEDY)


def _of_settings(draft: Draft, wanted: Wanted) -> Iterator[Problem]:
    campaign = draft.campaign
    for name, now, asked in (
        ("subject", campaign.subject, wanted.subject),
        ("sender's name", campaign.from_name, wanted.from_name),
        ("sender's address", campaign.reply_to.casefold(), wanted.reply_to.casefold()),
    ):
        if now != asked:
            what = f"Its {name} is “{cut_short(now, 80)}” there, and should be “{cut_short(asked, 80)}”."
            yield Problem(path=draft.place, what=what, hint=_REMEDY)
    if marker_in(campaign.title) != wanted.marker:
        what = f"Its name in Mailchimp has no longer the mark [{wanted.marker}] by which it is found."
        yield Problem(path=draft.place, what=what, hint=f"Write the mark into its name again. {_REMEDY}")
    if campaign.template_id:
        what = "It was given a template in Mailchimp, which takes the place of its text."
        yield Problem(path=draft.place, what=what, hint=_REMEDY)


def _of_content(draft: Draft, wanted: Wanted) -> Iterator[Problem]:
    ours, block = block_in(wanted.html, wanted.marker), block_in(draft.html, wanted.marker)
    asked = readable(ours.html) if ours else readable(wanted.html)
    # Where the comments are gone, what they marked must still stand there whole.
    same = readable(block.html) == asked and is_bare(block.outside) if block else holds(readable(draft.html), asked)
    if not same:
        yield Problem(path=draft.place, what="Its page says something else than it should.", hint=_REMEDY)
    if squeezed(wanted.text) not in squeezed(draft.text):
        yield Problem(path=draft.place, what="Its plain text says something else than it should.", hint=_REMEDY)


def _live(draft: Draft) -> Iterator[Problem]:
    campaign = draft.campaign
    texts = (draft.html, draft.text, campaign.subject, campaign.preview, campaign.from_name)
    for mark in live_marks(*texts)[:5]:
        what = f"{cut_short(mark, 60)} is a mark that Mailchimp would fill in."
        yield Problem(path=draft.place, what=what, hint="Take it out of the event's text, or out of the template.")
