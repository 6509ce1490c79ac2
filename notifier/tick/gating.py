"""What each mode makes of the providers: which may be handed mails, which hand them to people, and why the others may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notifier.config import Settings
from notifier.core.delivery import MODE
from notifier.core.event import Reason
from notifier.core.mode import Mode, mode_in_force
from notifier.errors import Problem, UserError
from notifier.ports import Ledger, Provider

_NOT_LIVE = "Sending isn't live. Set sending.live: true when you are ready."
_SWITCHED = "Test mode is on. An admin turns live mode on, when you are ready: `notifier mode live`."


def gates_of(
    settings: Settings, providers: Mapping[str, Provider], template_problems: Sequence[Problem], mode: Mode
) -> dict[str, tuple[Reason, ...]]:
    """Why nothing may be handed to a provider now, by provider."""
    broken = [
        Reason(code="template", text=str(problem)) for problem in template_problems if problem.severity == "error"
    ]
    gates: dict[str, tuple[Reason, ...]] = {}
    for name in settings.providers:
        reasons = list(broken)
        provider = providers.get(name)
        if provider is None or not provider.capabilities().sends:
            reasons.append(Reason(code="cannot-send", text=_cannot_send(name)))
        elif provider.capabilities().reaches_people and mode == "test" and not settings.test:
            reasons.append(Reason(code="not-live", text=_SWITCHED if settings.live else _NOT_LIVE))
        gates[name] = tuple(reasons)
    return gates


def live_in(providers: Mapping[str, Provider], mode: Mode) -> frozenset[str]:
    """The providers that may hand mails to people: from the moment one of them may, there is no backlog."""
    return frozenset(name for name, one in providers.items() if mode == "live" and one.capabilities().reaches_people)


def mode_of(ledger: Ledger, settings: Settings) -> Mode:
    """The mode in force until the next look; of a ledger that can't be read, what is safe."""
    try:
        said = next(reversed(ledger.decided(MODE)), None)
    except UserError:
        return "test"
    return mode_in_force(said, ceiling=settings.live)


def _cannot_send(provider: str) -> str:
    return f"This version can't send through {provider} yet. Give the audience an outbox, or send it by hand."
