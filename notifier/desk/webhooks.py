"""Webhooks as people meet them: how each stands, a test of one, and who takes to them what they are to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from notifier.beside import Posting
from notifier.config import HookSettings
from notifier.core.delivery import Decision, webhook_key
from notifier.core.posting import HookState, host_of, standing_words, trial_post
from notifier.desk.terms import Site
from notifier.edges.clock import FixedClock
from notifier.errors import UserError
from notifier.ports import Finding, Ledger
from notifier.tick import Report
from notifier.tick.posting import Posted, Postman, attempt, begin, keys_for


class Ticking(Site, Protocol):
    """A site that ticks."""

    def tick(self, *, accept_shrink: bool = False) -> Report: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a test: the `status` of the answer, None where none came, and `said`, "" after a success.

    `begins`: its receiver had wanted no more, and is told again what moves from now on.
    """

    host: str
    status: int | None
    said: str
    begins: bool = False


def postman(site: Site, *, continues: Callable[[], bool] = lambda: True) -> Postman:
    """Who takes to the site's webhooks what they are to be told."""
    wiring = site.ticker.wiring
    return Postman(
        ledger=wiring.ledger, hooks=wiring.settings.hooks, carry=carry, now=site.clock.now, continues=continues
    )  # fmt: skip


def ticked(app: Ticking, *, accept_shrink: bool) -> Report:
    """One tick by itself, and after it all that webhooks are to be told; at a simulated time they are told nothing."""
    if isinstance(app.clock, FixedClock):
        return app.tick(accept_shrink=accept_shrink)
    begin(app.ticker.wiring.ledger, app.ticker.wiring.settings.hooks, app.clock.now())
    report = app.tick(accept_shrink=accept_shrink)
    postman(app).round()
    return report


def try_one(site: Site, name: str, *, by: str) -> Tried:
    """Post one `test` to a webhook, now and once. `by` is who does, kept where it is told again from then on.

    Raises UserError for one that isn't there, or without a secret.
    """
    wiring, at = site.ticker.wiring, site.clock.now()
    hook = _hook(site, name)
    post = trial_post(name, wiring.rules.site.name, at)
    status, said = attempt(hook, post, keys_for(hook), carry, at)
    ledger = wiring.ledger
    again = Decision(key=webhook_key(name), act="resume", by=by, at=at, via=site.via)
    begins = not said and isinstance(ledger, Posting) and ledger.begin_again(name, at, said=again)
    return Tried(host=host_of(hook.url), status=status, said=said, begins=begins)


def try_again(site: Site, name: str, *, by: str) -> int:
    """Let a webhook be told at once what waits for it, and anew what was given up; how many posts these are.

    `by` is who does, kept with it. Raises UserError for one that isn't there, or that wants no more.
    """
    ledger, at = site.ticker.wiring.ledger, site.clock.now()
    hook = _hook(site, name)
    state = next((one for one in states(ledger) if one.name == name), None)
    if state is not None and state.gone_at is not None:
        raise UserError(
            f"{host_of(hook.url)} said that it wants no more (410), so nothing waits for it.",
            f"If it was a mistake: notifier webhooks test {name}",
        )
    said = Decision(key=webhook_key(name), act="retry", by=by, at=at, via=site.via)
    return ledger.try_again(name, at, said=said) if isinstance(ledger, Posting) else 0


def states(ledger: Ledger) -> Sequence[HookState]:
    """How the webhooks stand that the ledger knows."""
    return ledger.hooks() if isinstance(ledger, Posting) else ()


def troubles(site: Site, came: Sequence[Posted]) -> dict[str, str]:
    """What is wrong with each webhook now, by name, after a round that came to this; of those that are well nothing."""
    wiring = site.ticker.wiring
    wrong = {one.hook: one.said for one in came if not one.name}
    hosts = {hook.name: host_of(hook.url) for hook in wiring.settings.hooks}
    for state in states(wiring.ledger) if hosts else ():
        if state.gone_at is not None and state.name in hosts:
            said = f"{hosts[state.name]} said that it wants no more (410)."
            wrong[state.name] = f"{said} If it was a mistake: notifier webhooks test {state.name}"
        elif state.failing_since is not None and state.name in hosts:
            wrong[state.name] = f"{state.said} It is tried again by itself."
    return wrong


def findings(site: Site) -> Iterator[Finding]:
    """What `doctor` says of each webhook. Nothing is posted."""
    settings, zone = site.ticker.wiring.settings, site.ticker.wiring.rules.site.timezone
    if not settings.hooks:
        return
    try:
        known = {state.name: state for state in states(site.ticker.wiring.ledger)}
    except UserError as error:
        yield Finding(subject="webhooks", ok=False, text=error.message)
        return
    for hook in settings.hooks:
        yield _finding(hook, known.get(hook.name), zone)


def secret_trouble(hook: HookSettings) -> str:
    """Why nothing can be signed for a webhook, in a sentence; "" where it can."""
    try:
        keys_for(hook)
    except UserError as error:
        return error.message
    return ""


def carry(url: str, body: str, fields: dict[str, str]) -> int:
    """Post, as `tick.posting.Carrier` has it."""
    from notifier.edges.poster import post  # noqa: PLC0415 - few need HTTP and TLS

    return post(url, body, fields)


def _finding(hook: HookSettings, state: HookState | None, zone: str) -> Finding:
    subject, host = f"webhooks.{hook.name}", host_of(hook.url)
    if trouble := secret_trouble(hook):
        return Finding(subject=subject, ok=False, text=trouble)
    test = f"To see whether it answers: notifier webhooks test {hook.name}"
    if state is None:
        return Finding(subject=subject, ok=True, text=f"{host} is told what moves from the next tick on.", hint=test)
    text = " ".join(standing_words(host, state, zone))
    if state.gone_at is not None:
        hint = f"Delete it from config.yaml, or give it another url. If it was a mistake: notifier webhooks test {hook.name}"
        return Finding(subject=subject, ok=False, text=text, hint=hint)
    is_well = state.failing_since is None and not state.given_up
    again = f"To try again what was given up: notifier webhooks again {hook.name}" if state.given_up else ""
    return Finding(
        subject=subject, ok=is_well, text=text, hint="" if is_well else " ".join(filter(None, (test, again)))
    )


def _hook(site: Site, name: str) -> HookSettings:
    hooks = site.ticker.wiring.settings.hooks
    found = next((one for one in hooks if one.name == name), None)
    if found is None:
        raise _no_such(name, hooks)
    return found


def _no_such(name: str, hooks: Sequence[HookSettings]) -> UserError:
    named = ", ".join(hook.name for hook in hooks)
    hint = f"There are: {named}." if named else "Add it under webhooks: docs/webhooks.md says how."
    return UserError(f"config.yaml names no webhook {name!r}.", hint)
