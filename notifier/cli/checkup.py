"""What `doctor` looks at."""

from __future__ import annotations

import importlib.metadata
import socket
from collections.abc import Iterator
from pathlib import Path

from notifier import desk
from notifier.app import App, open_app
from notifier.cli.show import count
from notifier.cli.switching import in_words
from notifier.config import MailchimpSettings
from notifier.config.watch_models import ping_address
from notifier.core.calls import call_url
from notifier.core.leaving import SLOT, names_of
from notifier.core.posting import host_of
from notifier.core.render import check_templates
from notifier.core.rule import Audience
from notifier.desk.audiences import shared
from notifier.desk.webhooks import findings as hook_findings
from notifier.errors import UserError
from notifier.ports import Finding


def findings(config: Path) -> list[Finding]:
    """Every line of the check-up; the first bad one may hide others only when config.yaml itself is wrong."""
    try:
        app = open_app(config, looking=True, whatever_the_ledger=True)
    except UserError as error:
        return [Finding(subject="config", ok=False, text=error.message)]
    try:
        return list(_all(app))
    finally:
        app.close()


def _all(app: App) -> Iterator[Finding]:
    yield Finding(subject="config", ok=True, text=f"{app.config} is right.")
    for problem in app.settings.not_yet:
        yield Finding(subject="config", ok=True, text=str(problem))
    yield from _templates(app)
    yield _secret_key(app)
    yield Finding(subject="time zones", ok=True, text=f"tzdata {importlib.metadata.version('tzdata')}.")
    yield from _sources(app)
    yield from _webhooks(app)
    yield from app.ticker.wiring.ledger.doctor()
    for name, provider in app.ticker.wiring.providers.items():
        yield from provider.doctor([a for a in app.settings.rules.audiences.values() if a.provider == name])
    yield from hook_findings(app)
    yield from _sign_on(app)
    yield from _ping(app)
    yield from _calls(app)
    yield from _leaving(app)
    yield from _shared(app)
    yield _live(app)
    yield _port(app)


def _templates(app: App) -> Iterator[Finding]:
    # All of them, the shipped ones too: an installation may be damaged.
    problems = check_templates(app.ticker.wiring.templates)
    if not problems:
        yield Finding(subject="templates", ok=True, text="All of them render.")
    for problem in problems:
        yield Finding(subject="templates", ok=problem.severity != "error", text=str(problem))


def _secret_key(app: App) -> Finding:
    if app.settings.secret_key is None:
        return Finding(subject="secret key", ok=True, text="None is set; only links by which members leave need one.")
    try:
        app.settings.secret_key.read()
    except UserError as error:
        return Finding(subject="secret key", ok=False, text=error.message)
    return Finding(subject="secret key", ok=True, text="It is there, and only its owner can read it.")


def _sources(app: App) -> Iterator[Finding]:
    content = app.ticker.reader.read(app.clock.now())
    if content.unread:
        unread = [problem for problem in content.problems if problem.path in content.unread]
        yield from (Finding(subject="sources", ok=False, text=str(problem)) for problem in unread)
        return
    errors = sum(problem.severity == "error" for problem in content.problems)
    text = f"{count(len(content.events), 'event')} read, {count(errors, 'error')} in the files."
    yield Finding(subject="sources", ok=True, text=text, hint="`notifier check` lists them." if errors else "")
    # What is wrong with a source as a whole and yet lets it be read: it could not be fetched.
    names = {source.name for source in app.settings.sources}
    yield from (Finding(subject="sources", ok=False, text=str(one)) for one in content.problems if one.path in names)


def _webhooks(app: App) -> Iterator[Finding]:
    for source in app.settings.sources:
        if source.git is None or source.git.webhook is None:
            continue
        try:
            source.git.webhook.read()
        except UserError as error:
            yield Finding(subject="webhook", ok=False, text=error.message)
        else:
            yield Finding(subject="webhook", ok=True, text=f"The secret of /hooks/git/{source.name} can be read.")


def _sign_on(app: App) -> Iterator[Finding]:
    """Whether people could log in by OpenID Connect now, and who may at all."""
    if app.settings.oidc is None:
        return
    from notifier.edges.oidc import OidcProvider

    yield OidcProvider(app.settings.oidc, app.clock.now).doctor()
    try:
        many = len(app.ticker.wiring.ledger.sign_ons())
    except UserError as error:
        yield Finding(subject="web.oidc", ok=False, text=error.message)
        return
    hint = "" if many else "To let somebody in: notifier users oidc NAME --email ADDRESS"
    who = "Nobody may" if not many else "One person may" if many == 1 else f"{many:,} people may"
    yield Finding(subject="web.oidc", ok=True, text=f"{who} log in by it.", hint=hint)


def _ping(app: App) -> Iterator[Finding]:
    """Whether the dead man's switch has an address. It is not asked: that would say that ticks succeed."""
    ping = app.settings.ping
    if ping is None:
        return
    try:
        host = host_of(ping_address(ping))
    except UserError as error:
        yield Finding(subject="watch.ping", ok=False, text=error.message)
    else:
        yield Finding(subject="watch.ping", ok=True, text=f"{host} is told of ticks that succeed.")


def _calls(app: App) -> Iterator[Finding]:
    """Where each Mailchimp account may call, so that what people do there is seen soon."""
    key = app.settings.secret_key
    for name, chosen in app.settings.providers.items():
        if not isinstance(chosen, MailchimpSettings):
            continue
        subject = f"providers.{name}"
        if key is None:
            text = "Without secret_key Mailchimp can't call when a campaign is sent; it is read every few minutes all the same."
            yield Finding(subject=subject, ok=chosen.webhook is None, text=text)
            continue
        try:
            address = call_url(app.settings.rules.site.public_url, name, key.read().encode())
            signed = chosen.webhook is not None and bool(chosen.webhook.read())
        except UserError as error:
            yield Finding(subject=subject, ok=False, text=error.message)
            continue
        text = f"It may call {address}{', signed,' if signed else ''} when a campaign is sent. Keep that address to yourselves."
        hint = "Enter it in Mailchimp under Audience → Settings → Webhooks, for campaigns only; your web server must pass it on."
        yield Finding(subject=subject, ok=True, text=text, hint=hint)


def _leaving(app: App) -> Iterator[Finding]:
    """Of each audience whose mails go to each person: how many have left, and where they do."""
    for audience in app.settings.rules.audiences.values():
        if not audience.each:
            continue
        subject, ledger = f"audiences.{audience.name}", app.ticker.wiring.ledger
        yield from _too_many(app, audience)
        try:
            left = sum(len(ledger.left(name)) for name in names_of(audience))
        except UserError as error:
            yield Finding(subject=subject, ok=False, text=error.message)
            continue
        who = "Nobody has left" if not left else "One person has left" if left == 1 else f"{left:,} people have left"
        place = f"{app.settings.rules.site.public_url}/leave/…, which your web server must pass on to this program"
        where = place if audience.leave_url == SLOT else audience.leave_url
        yield Finding(subject=subject, ok=True, text=f"{who}. Its mails say that this is done at {where}.")


def _shared(app: App) -> Iterator[Finding]:
    """That may be meant; whoever fears to mail people twice wants to know."""
    try:
        found = shared(app)
    except UserError as error:
        yield Finding(subject="audiences", ok=False, text=error.message)
        return
    for one, other, both in found:
        who, get = ("One person is", "gets") if both == 1 else (f"{both:,} people are", "get")
        text = f"{who} in {other} too, and {get} two mails where a rule writes to both."
        hint = "If that isn't meant, let the rule write to one of them, or take them out of one."
        yield Finding(subject=f"audiences.{one}", ok=True, text=text, hint=hint)


def _too_many(app: App, audience: Audience) -> Iterator[Finding]:
    try:
        size = app.ticker.wiring.providers[audience.provider].resolve(audience)
    except UserError:
        # Its provider has said so.
        return
    if size is not None and audience.at_most is not None and size > audience.at_most:
        text = f"It has {size:,} members, and at_most is {audience.at_most:,}, so its mails are held."
        hint = "Look who was added. If they belong there, raise `at_most`."
        yield Finding(subject=f"audiences.{audience.name}", ok=False, text=text, hint=hint)


def _live(app: App) -> Finding:
    return Finding(subject="sending", ok=True, text=in_words(desk.mode_now(app), app.settings.rules.site.timezone))


def _port(app: App) -> Finding:
    host, port = app.settings.host, app.settings.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            text = f"{host}:{port} can't be listened on ({error.strerror})."
            return Finding(subject="web", ok=True, text=text, hint="That is so while `notifier run` runs.")
    return Finding(subject="web", ok=True, text=f"{host}:{port} is free.")
