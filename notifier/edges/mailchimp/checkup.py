"""What `doctor` looks at in a Mailchimp account: each line what was found, and what to do where it isn't well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from notifier.config import ListPart
from notifier.core.rule import Audience
from notifier.edges.mailchimp.account import Account
from notifier.edges.mailchimp.audiences import Target, target_of
from notifier.edges.mailchimp.door import Failed
from notifier.edges.mailchimp.sentences import cut_short
from notifier.errors import ProviderError
from notifier.ports import Finding

#: Clocks further apart make campaigns look older or newer than they are.
_SKEW = timedelta(minutes=2)
_MAY_SEND = frozenset({"owner", "admin", "manager"})
_PLANS = {"monthly": "paid by the month", "pay_as_you_go": "paid as you go", "forever_free": "free"}
#: Of these nobody can prove that a mail is theirs, so mails from them are turned away (DMARC of the great mailbox hosts).
_NOT_YOURS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "icloud.com",
        "aol.com",
        "gmx.net",
        "web.de",
    }
)


def account_findings(account: Account, subject: str, *, by_hand: bool, now: datetime) -> Iterator[Finding]:
    """The key, the role and plan behind it, the clocks, and whether campaigns can be seen. Raises Failed where the key doesn't work."""
    account.ping()
    yield Finding(subject=subject, ok=True, text=f"The key works at {account.door.host}.")
    yield _clock(account.door.server_time, subject, now)
    yield from _tried(subject, lambda: _role(account, subject, by_hand=by_hand))
    yield from _tried(subject, lambda: _campaigns(account, subject, now))


def audience_findings(account: Account, audience: Audience, list_id: str, part: ListPart | None) -> Iterator[Finding]:
    """Whom an audience reaches, and whom its mails come from."""
    subject = f"audiences.{audience.name}"
    try:
        target = target_of(account, audience.name, list_id, part)
    except ProviderError as error:
        yield Finding(subject=subject, ok=False, text=error.message)
        return
    yield _crowd(target, audience, subject)
    yield from _tried(subject, lambda: _sender(account, target, audience, subject))
    if not target.listing.address:
        text = f"“{target.listing.name}” has no postal address, which stands below every mail."
        hint = "Fill it in under Audience → Settings → Required email footer content."
        yield Finding(subject=subject, ok=False, text=text, hint=hint)


def _tried(subject: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    """One look that may fail by itself."""
    try:
        yield look()
    except Failed as error:
        yield Finding(subject=subject, ok=False, text=error.message)


def _clock(said: str | None, subject: str, now: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(said or "")
        apart = abs(theirs - now)
    except (TypeError, ValueError):
        return Finding(
            subject=subject, ok=True, text="Mailchimp's clock could not be read; nothing depends on it alone."
        )
    if apart > _SKEW:
        text = f"This machine's clock and Mailchimp's are {int(apart.total_seconds() // 60)} minutes apart."
        return Finding(subject=subject, ok=False, text=text, hint="Let the machine set its clock by the network (NTP).")
    return Finding(subject=subject, ok=True, text="This machine's clock and Mailchimp's agree.")


def _role(account: Account, subject: str, *, by_hand: bool) -> Finding:
    root = account.root()
    role, plan = str(root.get("role") or "unknown"), str(root.get("pricing_plan_type") or "unknown")
    zone, name = (
        cut_short(str(root.get("account_timezone") or "unknown"), 60),
        cut_short(str(root.get("account_name") or ""), 60),
    )
    text = (
        f"The account “{name}” ({_PLANS.get(plan, plan)}, zone {zone}); the key's role there is {cut_short(role, 30)}."
    )
    if role.casefold() == "viewer":
        hint = "Use the key of an Admin or Manager (with mode: draft, an Author's will do): a Viewer may make no campaigns."
        return Finding(subject=subject, ok=False, text=text, hint=hint)
    if role.casefold() not in _MAY_SEND and not by_hand:
        hint = "Use the key of an Admin or Manager: an Author may prepare campaigns, and not send them. Or set mode: draft."
        return Finding(subject=subject, ok=False, text=text, hint=hint)
    # Scheduling is for dearer plans; nothing depends on it.
    return Finding(subject=subject, ok=True, text=f"{text} Nothing is scheduled there, so any plan will do.")


def _campaigns(account: Account, subject: str, now: datetime) -> Finding:
    count = len(account.campaigns(now - timedelta(days=30)))
    text = f"Campaigns can be read: {count} of the last 30 days."
    return Finding(subject=subject, ok=True, text=text)


def _crowd(target: Target, audience: Audience, subject: str) -> Finding:
    listing, members = target.listing, target.members
    if members is None:
        text = f"Its {target.title} can't be counted before a campaign is made; at_most bounds it then."
        return Finding(
            subject=subject, ok=audience.at_most is not None, text=text,
            hint="" if audience.at_most is not None else "Write at_most: to the audience.",
        )  # fmt: skip
    who = f"Its {target.title}" if target.segment else f"Its list “{listing.name}”"
    found = f"{who} has {members} subscribed {'member' if members == 1 else 'members'}."
    if members == 0:
        what = "an empty list" if not target.segment else "nobody"
        return Finding(
            subject=subject, ok=False, text=found, hint=f"Mailchimp sends nothing to {what}. Fill it, or write another."
        )
    if audience.at_most is not None and members > audience.at_most:
        hint = f"That is more than at_most: {audience.at_most} allows. Raise it if the count is right."
        return Finding(subject=subject, ok=False, text=found, hint=hint)
    return Finding(subject=subject, ok=True, text=found)


def _sender(account: Account, target: Target, audience: Audience, subject: str) -> Finding:
    name, address = audience.sender or target.listing.sender
    domain = address.rpartition("@")[2].lower()
    if not domain:
        hint = "Write from: {name: …, address: …} to the audience, or set the list's own under Audience → Settings."
        return Finding(subject=subject, ok=False, text="Nobody is named whom its mails come from.", hint=hint)
    text = f"Its mails come from {name} <{address}>."
    if domain in _NOT_YOURS:
        hint = "Use an address of a domain of your own: mails in the name of a mailbox host are turned away."
        return Finding(subject=subject, ok=False, text=text, hint=hint)
    return _verified(account.verified_domains(), domain, text, subject)


def _verified(domains: Mapping[str, bool], domain: str, text: str, subject: str) -> Finding:
    if not domains.get(domain):
        how = "is not verified" if domain in domains else "is not known"
        hint = "Verify it in Mailchimp under Account → Domains; until then nothing is sent from it."
        return Finding(subject=subject, ok=False, text=f"{text} The domain {domain} {how} there.", hint=hint)
    return Finding(subject=subject, ok=True, text=text)
