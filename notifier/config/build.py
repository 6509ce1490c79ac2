"""From the checked shape of config.yaml to what the rest of the program works with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from notifier.config import content_models, mailing_models, models, watch_models
from notifier.config.ledger_checks import is_at_server
from notifier.config.repositories import way_of
from notifier.config.section import SecretReference
from notifier.config.settings import (
    DkimSettings,
    GitSettings,
    HookSettings,
    ListPart,
    MailchimpSettings,
    Members,
    OidcSettings,
    OutboxSettings,
    PingSettings,
    ProviderSettings,
    Secret,
    SentrySettings,
    Settings,
    SmtpSettings,
    SourceSettings,
)
from notifier.config.shapes import group_of
from notifier.config.tree import Loc, Tree
from notifier.core import rule as core
from notifier.core.leaving import SLOT
from notifier.core.recipient import plain_address
from notifier.errors import Problem

#: What `members` says of an audience that is kept in the ledger. A file of this name is written `./ledger`.
IN_LEDGER = "ledger"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where the file stands and what it may refer to."""

    path: Path
    folder: Path
    environ: Mapping[str, str]
    tree: Tree

    def below(self, text: str) -> Path:
        """A path of the file, relative to its folder."""
        return self.folder / text

    def secret(self, reference: SecretReference, loc: Loc) -> Secret:
        """A reference that knows where it was written."""
        return Secret(
            env=reference.env,
            file=self.below(reference.file) if reference.file else None,
            credential=reference.credential,
            environ=self.environ,
            place=self.tree.problem(loc, ""),
        )


def settings_of(config: models.Config, here: Surroundings, not_yet: tuple[Problem, ...]) -> Settings:
    """The settings that a file without mistakes means."""
    key = config.secret_key
    return Settings(
        path=here.path,
        folder=here.folder,
        rules=_rules(config),
        sources=tuple(_source(source, config, here, index) for index, source in enumerate(config.sources)),
        providers={name: _provider(name, provider, config, here) for name, provider in config.providers.items()},
        live=config.sending.live,
        test=tuple(config.sending.test),
        ledger_url=_ledger_url(config.ledger.url, here),
        ledger_password=here.secret(password, ("ledger", "password")) if (password := config.ledger.password) else None,
        host=config.web.host,
        port=config.web.port,
        proxies=tuple(config.web.proxies),
        tick=config.tick,
        secret_key=here.secret(key, ("secret_key",)) if key else None,
        forget=config.sending.forget,
        undo=config.sending.undo,
        not_yet=not_yet,
        hooks=tuple(_hook(name, hook, here) for name, hook in config.webhooks.items()),
        oidc=_oidc(config.web.oidc, here),
        metrics_token=here.secret(token, ("web", "metrics", "token")) if (token := config.web.metrics.token) else None,
        ping=_ping(config.watch.ping, here),
        sentry=_sentry(config.watch.sentry, here),
        traces=config.watch.traces.endpoint if config.watch.traces else None,
        worker_batch=config.workers.batch if config.workers else None,
    )


def _ping(ping: watch_models.Ping | None, here: Surroundings) -> PingSettings | None:
    if ping is None:
        return None
    url = ping.url.address or here.secret(ping.url, ("watch", "ping", "url"))
    return PingSettings(url=url, every=ping.every, failures=ping.failures)


def _sentry(sentry: watch_models.Sentry | None, here: Surroundings) -> SentrySettings | None:
    if sentry is None:
        return None
    return SentrySettings(dsn=here.secret(sentry.dsn, ("watch", "sentry", "dsn")), environment=sentry.environment)


def _oidc(oidc: models.Oidc | None, here: Surroundings) -> OidcSettings | None:
    if oidc is None:
        return None
    secret = here.secret(oidc.client_secret, ("web", "oidc", "client_secret"))
    return OidcSettings(issuer=oidc.issuer, client_id=oidc.client_id, client_secret=secret, name=oidc.name)


def _hook(name: str, hook: models.Webhook, here: Surroundings) -> HookSettings:
    secret = here.secret(hook.secret, ("webhooks", name, "secret"))
    return HookSettings(name=name, url=hook.url, secret=secret, statuses=frozenset(hook.statuses))


def _rules(config: models.Config) -> core.Rules:
    sending = config.sending
    return core.Rules(
        site=_site(config.site),
        rules=tuple(_rule(name, rule) for name, rule in config.rules.items()),
        audiences={name: _audience(name, audience, config) for name, audience in config.audiences.items()},
        feeds=tuple(_feed(name, feed) for name, feed in config.feeds.items()),
        hours=core.Hours(
            days=frozenset(_DAYS.index(day) for day in sending.hours.days),
            start=sending.hours.opens,
            end=sending.hours.until,
        ),
        settle_announce=sending.settle.announce,
        settle_change=sending.settle.change,
        per_day=sending.per_day,
        shrink_share=sending.shrink.share,
        shrink_at_least=sending.shrink.at_least,
        vanished={source.name: source.vanished for source in config.sources},
        staff=_staff(config),
    )


def _staff(config: models.Config) -> core.Staff | None:
    telling = config.sending.staff
    if telling is None:
        return None
    each = bool(_staff_through(telling.provider, config)[1:])
    return core.Staff(provider=telling.provider, at=telling.at, each=each)


def _staff_through(provider: str, config: models.Config) -> tuple[str, ...]:
    """Whom this mail server tells what staff are told: each address once."""
    telling = config.sending.staff
    if telling is None or telling.provider != provider:
        return ()
    is_server = isinstance(config.providers[provider], mailing_models.Smtp)
    return _each_once(config.site.staff) if is_server else ()


def _each_once(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple({plain_address(one): one for one in addresses}.values())


def _site(site: content_models.Site) -> core.Site:
    return core.Site(
        id=site.id,
        name=site.name,
        domain=site.domain,
        url=site.url,
        public_url=site.public_url or site.url,
        timezone=site.timezone,
        language=site.language,
        postal_address=site.postal_address.strip(),
        staff=_each_once(site.staff),
    )


def _rule(name: str, rule: mailing_models.Rule) -> core.Rule:
    return core.Rule(
        name=name,
        kind=rule.kind,
        audiences=tuple(dict.fromkeys(rule.audiences)),
        when=_offset(rule.when) if rule.when else None,
        cron=rule.cron,
        only=_only(rule.only),
        ask=rule.ask,
        grace=rule.grace,
        per_day=rule.per_day,
    )


def _offset(when: mailing_models.When) -> core.Offset | None:
    if when.before is not None:
        return core.Offset(side="before", length=when.before, of=when.of, at=when.at)
    if when.after is not None:
        return core.Offset(side="after", length=when.after, of=when.of, at=when.at)
    return None


def _only(only: mailing_models.Only | None) -> core.Only:
    if only is None:
        return core.Only()
    return core.Only(
        category=tuple(only.category or ()),
        series=tuple(only.series or ()),
        project=tuple(only.project or ()),
        topic=tuple(only.topic or ()),
        access=tuple(only.access or ()),
    )


def _audience(name: str, audience: mailing_models.Audience, config: models.Config) -> core.Audience:
    each = audience.members is not None and isinstance(config.providers[audience.provider], mailing_models.Smtp)
    return core.Audience(
        name=name,
        provider=audience.provider,
        public=audience.public,
        at_most=audience.at_most,
        sender=(audience.sender.name, audience.sender.address) if audience.sender else None,
        language=audience.language,
        timezone=audience.timezone,
        formerly=tuple(audience.formerly or ()),
        each=each,
        leave_url=(audience.unsubscribe or SLOT) if each else "",
    )


def _feed(name: str, feed: models.Feed) -> core.Feed:
    return core.Feed(
        name=name,
        title=feed.title,
        description=feed.description.strip(),
        colour=feed.colour,
        only=_only(feed.only),
        secret=feed.secret,
        formerly=tuple(feed.formerly),
        audiences=tuple(feed.audiences),
    )


def _source(source: content_models.Source, config: models.Config, here: Surroundings, index: int) -> SourceSettings:
    return SourceSettings(
        name=source.name,
        folder=here.below(source.folder) if source.folder else None,
        git=_git(source, source.git, config, here, index) if source.git else None,
        groups=tuple(group_of(group, source.name, config.site) for group in source.events),
        projects=tuple(source.projects.files) if source.projects else (),
        vanished=source.vanished,
    )


def _git(
    source: content_models.Source, git: content_models.Git, config: models.Config, here: Surroundings, index: int
) -> GitSettings:
    return GitSettings(
        url=_fetched_from(git.url, here) if git.url else None,
        path=here.below(git.path) if git.path else None,
        branch=git.branch,
        interval=git.interval,
        clone=_beside_ledger(config, here, "git") / f"{source.name}.git",
        webhook=here.secret(git.webhook, ("sources", index, "git", "webhook")) if git.webhook else None,
    )


def _ledger_url(url: str, here: Surroundings) -> str:
    return url if is_at_server(url) else f"sqlite:///{here.below(url.removeprefix('sqlite:///'))}"


def _beside_ledger(config: models.Config, here: Surroundings, what: str) -> Path:
    """A folder beside the ledger, named for it: what both keep belongs to one site, and can be written.

    Beside config.yaml, where the ledger is at a server.
    """
    url = config.ledger.url
    ledger = here.below("notifier.db" if is_at_server(url) else url.removeprefix("sqlite:///"))
    return ledger.parent / f"{ledger.stem}-{what}"


def _fetched_from(url: str, here: Surroundings) -> str:
    """The address as it is written; a path on this machine as seen from the file."""
    return url if way_of(url) != "path" else str(here.below(url))


def _provider(
    name: str, provider: mailing_models.Provider, config: models.Config, here: Surroundings
) -> ProviderSettings:
    match provider:
        case mailing_models.Outbox():
            return OutboxSettings(name=name, folder=here.below(provider.folder))
        case mailing_models.Smtp():
            return SmtpSettings(
                name=name,
                host=provider.host,
                port=provider.port,
                security=provider.security,
                username=provider.username,
                password=here.secret(provider.password, ("providers", name, "password")) if provider.password else None,
                timeout=provider.timeout,
                spool=here.below(provider.spool) if provider.spool else _beside_ledger(config, here, "mail") / name,
                addresses=_of_audiences(name, config, "address") | _of_staff(_staff_through(name, config)),
                unsubscribe=_of_audiences(name, config, "unsubscribe"),
                members=_members(name, config, here),
                staff=staff if len(staff := _staff_through(name, config)) > 1 else (),
                connections=provider.connections,
                rate=provider.rate,
                dkim=_dkim(provider.dkim, ("providers", name, "dkim"), here),
            )
        case mailing_models.Mailchimp():
            return MailchimpSettings(
                name=name,
                api_key=here.secret(provider.api_key, ("providers", name, "api_key")),
                base_url=provider.base_url,
                timeout=provider.timeout,
                mode=provider.mode,
                webhook=here.secret(provider.webhook, ("providers", name, "webhook")) if provider.webhook else None,
                lists=_of_audiences(name, config, "list_id"),
                parts={
                    of: part for of, one in config.audiences.items() if one.provider == name and (part := _part(one))
                },
            )


def _dkim(dkim: mailing_models.Dkim | None, loc: Loc, here: Surroundings) -> DkimSettings | None:
    if dkim is None:
        return None
    return DkimSettings(domain=dkim.domain, selector=dkim.selector, key=here.secret(dkim.key, (*loc, "key")))


def _part(audience: mailing_models.Audience) -> ListPart | None:
    if not (audience.tag or audience.segment or audience.interest or audience.conditions):
        return None
    conditions = tuple(one.model_dump() for one in audience.conditions or ())
    return ListPart(tag=audience.tag, segment=audience.segment, interest=audience.interest, conditions=conditions)


def _members(provider: str, config: models.Config, here: Surroundings) -> dict[str, Members]:
    return {
        name: Members(file=None if one.members == IN_LEDGER else here.below(one.members), tag=one.tag)
        for name, one in config.audiences.items()
        if one.provider == provider and one.members
    }


def _of_audiences(
    provider: str, config: models.Config, key: Literal["list_id", "address", "unsubscribe"]
) -> dict[str, str]:
    """What the audiences that go through a provider have under a key, by their names."""
    found = {name: getattr(one, key) for name, one in config.audiences.items() if one.provider == provider}
    return {name: value for name, value in found.items() if value}


def _of_staff(staff: tuple[str, ...]) -> dict[str, str]:
    """Staff by the audiences that have one address: all of them, where that is one, or each."""
    if len(staff) == 1:
        return {core.STAFF: staff[0]}
    return {core.one_of_staff(number): one for number, one in enumerate(staff, 1)}
