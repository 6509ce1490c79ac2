"""Tells staff that no tick has succeeded for long: with no ledger and no plan, since either may be what fails."""

from __future__ import annotations

from datetime import datetime

from notifier.core.delivery import Outcome
from notifier.core.stalled import stall_message, stall_notice
from notifier.errors import ProviderError
from notifier.tick.wiring import Wiring


def tell_of_stall(wiring: Wiring, *, since: datetime, trouble: str, now: datetime) -> Outcome | None:
    """Hand over the one mail about this standing still; None where there is nothing to tell, or it was told before.

    Asked again, by whatever process: its provider remembers the key, and what may have gone out is not sent again.
    Raises ProviderError where the provider can't take it now, UserError where the template is wrong: ask again later.
    """
    notice = stall_notice(since, wiring.rules, now)
    provider = wiring.providers.get(notice.provider) if notice is not None else None
    if notice is None or provider is None or provider.find(notice.key).state not in ("absent", "drafted"):
        return None
    message = stall_message(since, trouble, site=wiring.rules.site, templates=wiring.templates)
    draft_id = provider.draft(notice, message, wiring.rules.audience(notice.audience), now)
    if problems := provider.check(draft_id):
        raise ProviderError(" ".join(map(str, problems)), permanent=False)
    return provider.send(draft_id, notice.key, now)
