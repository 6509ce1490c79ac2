"""What an audience knows once a delivery has gone out."""

from __future__ import annotations

from datetime import datetime

from notifier.core.asking import last_told
from notifier.core.delivery import Delivery, Told
from notifier.core.facts import facts_of
from notifier.core.mode import is_rehearsed
from notifier.tick.wiring import Look, Wiring


def tellings(row: Delivery, look: Look, wiring: Wiring, at: datetime) -> list[Told]:
    """What its audience now knows; nothing of what went out in test mode, or into a folder while another provider reaches people."""
    if is_rehearsed(row.draft_id):
        return []
    reaching = {name for name, provider in wiring.providers.items() if provider.capabilities().reaches_people}
    if reaching and row.provider in wiring.providers and row.provider not in reaching:
        return []
    events, audience = look.events(), wiring.rules.audiences.get(row.audience)
    stated = dict(zip(row.event_uids, row.facts, strict=False))
    told: list[Told] = []
    for uid in row.event_uids:
        if uid not in events:
            continue
        before = last_told(look.memory, audience, events[uid]) if audience else None
        corrections = (before.corrections if before else 0) + (row.kind in ("change", "cancellation"))
        # What its draft stated is what people read, whatever the document says by now.
        facts = stated.get(uid) or facts_of(events[uid])
        told.append(
            Told(audience=row.audience, uid=uid, facts=facts, delivery_key=row.key, at=at, corrections=corrections)
        )
    return told
