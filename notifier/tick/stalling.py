"""Tells staff that no tick has succeeded for long: with no ledger and no plan, since either may be what fails."""

from __future__ import annotations

from datetime import datetime

from notifier.core.delivery import Delivery, Outcome
from notifier.core.message import Message
from notifier.core.stalled import stall_message, stall_notices
from notifier.errors import ProviderError
from notifier.ports import Provider
from notifier.tick.wiring import Wiring


def tell_of_stall(wiring: Wiring, *, since: datetime, trouble: str, now: datetime) -> Outcome | None:
    """Hand over the mail about this standing still, or each of them; None where there is nothing to tell, or it was told before.

    Asked again, by whatever process: its provider remembers the key, and what may have gone out is not sent again.
    Raises ProviderError where the provider can't take it now, UserError where the template is wrong: ask again later.
    With several, what keeps one from being handed over is raised after all of them were tried.
    """
    notices = stall_notices(since, wiring.rules, now)
    known = {**wiring.providers, **(wiring.rehearsals if wiring.is_test else {})}
    provider = known.get(notices[0].provider) if notices else None
    if provider is None:
        return None
    message = stall_message(since, trouble, site=wiring.rules.site, templates=wiring.templates)
    outcomes: list[Outcome] = []
    failure: ProviderError | None = None
    for notice in notices:
        try:
            outcome = _handed_over(notice, message, provider, wiring, now)
        except ProviderError as error:
            failure = error
        else:
            outcomes += [outcome] if outcome is not None else []
    if failure is not None:
        raise failure
    # What went wrong with one of them is what there is to say.
    return next((one for one in outcomes if one.result != "accepted"), outcomes[0] if outcomes else None)


def _handed_over(
    notice: Delivery, message: Message, provider: Provider, wiring: Wiring, now: datetime
) -> Outcome | None:
    if provider.find(notice.key).state not in ("absent", "drafted"):
        return None
    draft_id = provider.draft(notice, message, wiring.rules.audience(notice.audience), now)
    if problems := provider.check(draft_id):
        raise ProviderError(" ".join(map(str, problems)), permanent=False)
    return provider.send(draft_id, notice.key, now)
