"""What test mode and live mode have to do with each other's deliveries: whose a draft is, and what becomes of it in the other."""

from __future__ import annotations

from notifier.core.delivery import Decision, Delivery, Observation, Step
from notifier.core.event import Reason
from notifier.core.mode import is_rehearsed, mode_in_force
from notifier.errors import ProviderError
from notifier.ports import Following, Provider
from notifier.tick.wiring import Wiring


def provider_for(row: Delivery, wiring: Wiring) -> Provider | None:
    """Who is asked about a row: what stands in for its provider where it was made in test mode, or is to be made in it."""
    if row.status == "planned":
        # A draft at the provider itself, of before, may have been sent there by hand: that is looked at first.
        is_for_readers = not wiring.is_test or (row.draft_id is not None and not is_rehearsed(row.draft_id))
    else:
        is_for_readers = not is_rehearsed(row.draft_id)
    real = wiring.providers.get(row.provider)
    return real if is_for_readers else wiring.rehearsals.get(row.provider, real)


def is_of_other_mode(row: Delivery, wiring: Wiring) -> bool:
    """Whether there is a draft of it that was made in another mode than the one that is on."""
    if row.status not in ("planned", "drafted") or row.draft_id is None or row.provider not in wiring.rehearsals:
        return False
    # Where test mode only holds mails, what was drafted is held.
    return is_rehearsed(row.draft_id) != wiring.is_test and not wiring.rules.gate(row.provider, row.audience)


def may_be_given(row: Delivery, said: Decision | None, *, provider: Provider, wiring: Wiring) -> bool:
    """Whether the mode, where `said` is what was last decided about it, is one in which this provider is given anything."""
    if not wiring.modes or mode_in_force(said, ceiling=wiring.settings.live) == "live":
        return True
    return row.provider not in wiring.rehearsals or provider is wiring.rehearsals[row.provider]


def begun_before(row: Delivery, provider: Provider, wiring: Wiring) -> Observation | None:
    """What the provider itself shows of what test mode is about to begin, where something may have come of it there.

    A draft that its row doesn't name is deleted there, so that nobody sends it by hand. Raises ProviderError where it
    may have been given away and can't be asked.
    """
    real = wiring.providers.get(row.provider)
    if row.status != "planned" or row.draft_id is not None or real is None or real is provider:
        return None
    try:
        seen = real.find(row.key)
        if seen.state == "drafted" and seen.draft_id is not None and isinstance(real, Following):
            real.discard(row.key, seen.draft_id)
    except ProviderError:
        if row.attempts:
            raise
        # It was never given away, so no answer is needed.
        return None
    return None if seen.state in ("absent", "removed", "drafted") else seen


def discarded(row: Delivery, provider: Provider) -> list[Reason]:
    """Delete its draft at a provider where people could send it; what is to be said of one that is left."""
    if row.draft_id is None or is_rehearsed(row.draft_id) or not isinstance(provider, Following):
        return []
    try:
        left = provider.discard(row.key, row.draft_id)
    except ProviderError as error:
        left = f"Its draft could not be deleted. {error.message}"
    return [Reason(code="draft-left", text=left)] if left else []


def doubt(row: Delivery, step: Step) -> str:
    """Why nobody knows whether a message was taken: what the provider shows now, and what it said at the time."""
    said = [step.detail, *(reason.text for reason in row.reasons if reason.code == "retry")]
    return " ".join(filter(None, said)) or "The provider doesn't show whether it took the message. Look there."
