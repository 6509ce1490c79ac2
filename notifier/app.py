"""The composition root: the only file that knows every concrete class, and the only one that reads the environment."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notifier.beside import Spooling
from notifier.config import MailchimpSettings, OutboxSettings, Settings, SmtpSettings, SourceSettings, load
from notifier.core.delivery import Memory
from notifier.core.leaving import SLOT, leaving_url
from notifier.core.mode import MODES, Mode
from notifier.core.recipient import Member
from notifier.core.rule import STAFF, Rules
from notifier.edges.clock import SystemClock
from notifier.edges.folder import FolderSource
from notifier.edges.no_ledger import NoLedger
from notifier.edges.outbox import OutboxProvider
from notifier.edges.publisher import FolderPublisher
from notifier.edges.reading_processes import MOST, ReadingProcesses, processors
from notifier.edges.rehearsal import Rehearsal
from notifier.edges.shipped import Stamp, load_templates, stamp_of, template_problems
from notifier.edges.supervisor import Supervisor
from notifier.errors import Problem, UserError
from notifier.ports import Clock, Ledger, Provider, Source
from notifier.tick import Report, Ticker, Wiring
from notifier.tick.gating import gates_of, live_in, mode_of
from notifier.tick.timekeeping import check_clock

if TYPE_CHECKING:
    from notifier.edges.git import GitHistory
    from notifier.edges.shared_tasks import SharedTasks


#: How often Python looks for garbage that refers to itself: it would look through all events, which are there to stay, again
#: and again while they are read. That is a seventh of all work for 20,000 of them, and finds nothing.
_GARBAGE = (20_000, 10, 20)


@dataclass(slots=True)
class App:
    """A site that is set up and ready to tick, to look and to be asked.

    `latest` is the report of the last tick that succeeded, `trouble` what the last attempt failed with, `unposted` why webhooks
    aren't told, `reading` how many of how many files are read while the first look at them runs. `wake` lets the next tick come
    at once, where somebody ticks. `via` is from where whoever acts with it does, where no request says better.
    """

    config: Path
    clock: Clock
    ticker: Ticker
    settings: Settings
    template_problems: tuple[Problem, ...]
    latest: Report | None = None
    trouble: str | None = None
    unposted: tuple[str, ...] = ()
    unpinged: str | None = None
    reading: tuple[int, int] | None = None
    wake: Callable[[], None] = field(default=lambda: None)
    via: str = field(default_factory=lambda: f"command line on {gethostname()}")
    _stamp: Stamp = field(default=())

    def refresh(self) -> None:
        """Take a changed config.yaml or template. A wrong one raises UserError and the old one stays in force."""
        stamp = stamp_of(self.config, self.settings.folder)
        if stamp == self._stamp:
            return
        settings = load(self.config, os.environ)
        if settings.ledger_url != self.settings.ledger_url:
            raise UserError(
                f"{self.config} names another ledger, {settings.ledger_url}, and this one is open.",
                "Stop notifier and start it again, or write the old ledger.url again.",
            )
        fresh = _assemble(self.config, self.clock, ledger=self.ticker.wiring.ledger, settings=settings, stamp=stamp)
        self.settings, self.ticker, self.template_problems = fresh.settings, fresh.ticker, fresh.template_problems
        self._stamp = stamp

    def tick(self, *, accept_shrink: bool = False) -> Report:
        """One tick now."""
        now = self.clock.now()
        if isinstance(self.clock, SystemClock):
            check_clock(self.ticker.wiring.ledger, now)
        report = self.ticker.tick(now, accept_shrink=accept_shrink)
        self.latest = report
        return report

    def beside(self) -> Wiring:
        """The wiring for whoever looks while a tick may be running: its sources are others, as in another process.

        What a source remembers is not for several threads; the ledger and the providers are.
        """
        wiring = self.ticker.wiring
        return replace(
            wiring, sources=tuple((settings, _source(settings, self.clock)) for settings, _ in wiring.sources)
        )

    def fetch_soon(self, name: str) -> None:
        """Let the git source of this name fetch at the next tick, and let that come soon. May be called from any thread."""
        from notifier.edges.git import GitSource

        for settings, source in self.ticker.wiring.sources:
            if settings.name == name and isinstance(source, GitSource):
                source.fetch_soon()
        self.wake()

    def notice_soon(self, name: str, *, wakes: bool) -> None:
        """Let what happened at the provider of this name be read at the next tick, and let that come soon if it `wakes`."""
        self.ticker.lookout.call(name)
        if wakes:
            self.wake()

    def close(self) -> None:
        """Let go of the ledger."""
        self.ticker.wiring.ledger.close()


def open_app(
    config: Path, *, clock: Clock | None = None, looking: bool = False, whatever_the_ledger: bool = False
) -> App:
    """Set up the site of a config.yaml. `looking`: no ledger is made where there is none.

    `whatever_the_ledger`: one that can't be opened is left to be told by its own `doctor`.
    Raises UserError with everything that is wrong with the configuration, or about the ledger.
    """
    gc.set_threshold(*_GARBAGE)
    # Before the files are read: what changes meanwhile is taken at the next refresh.
    stamp = stamp_of(config, Path(os.path.abspath(config.parent)))  # noqa: PTH100 - as the configuration does it
    settings = load(config, os.environ)
    try:
        ledger = _ledger(settings, looking=looking)
    except UserError as error:
        if not whatever_the_ledger:
            raise
        ledger = NoLedger(error.message)
    return _assemble(config, clock or SystemClock(), ledger=ledger, settings=settings, stamp=stamp)


def settings_of(config: Path) -> Settings:
    """What a config.yaml says; nothing is opened. Raises UserError with everything that is wrong with it."""
    return load(config, os.environ)


def _ledger(settings: Settings, *, looking: bool) -> Ledger:
    url = settings.ledger_url
    if looking and url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return NoLedger()
    # Imported only here: commands that look at a site without a ledger start in half the time.
    from notifier.edges.ledger import is_there, open_ledger

    password = settings.ledger_password.read() if settings.ledger_password else None
    if looking and not is_there(url, password=password):
        return NoLedger()
    ledger = open_ledger(url, password=password)
    if (shared := shared_tasks_of(settings)) is not None:
        shared.prepare()
    return ledger


def shared_tasks_of(settings: Settings) -> SharedTasks | None:
    """What workers are given to do; None where there are none. Nothing is opened."""
    if settings.worker_batch is None:
        return None
    # Most have no workers, and it takes a quarter of a second to import.
    from notifier.edges.shared_tasks import SharedTasks

    password = settings.ledger_password.read() if settings.ledger_password else None
    return SharedTasks(settings.ledger_url, password=password, most=settings.worker_batch)


def _assemble(config: Path, clock: Clock, *, ledger: Ledger, settings: Settings, stamp: Stamp) -> App:
    templates = load_templates(settings.folder / "templates")
    problems = template_problems(templates)
    providers = {name: _provider(name, settings, clock, ledger) for name in settings.providers}
    modes: dict[Mode, Rules] = {
        mode: replace(
            settings.rules,
            gates=gates_of(settings, providers, problems, mode),
            live=live_in(providers, mode),
            wording=templates.stamp(),
        )
        for mode in MODES
    }
    wiring = Wiring(
        settings=settings,
        rules=modes[mode_of(ledger, settings)],
        modes=modes,
        rehearsals=_rehearsals(settings, providers),
        sources=tuple((source, _source(source, clock)) for source in settings.sources),
        providers=providers,
        ledger=ledger,
        publisher=FolderPublisher(settings.folder / "feeds"),
        secrets=FolderPublisher(settings.folder / "secret-feeds", private=True),
        templates=templates,
        readers=ReadingProcesses(min(processors(), MOST)) if processors() > 1 else None,
    )
    return App(
        config=config, clock=clock, ticker=Ticker(wiring), settings=settings,
        template_problems=problems, _stamp=stamp,
    )  # fmt: skip


def _rehearsals(settings: Settings, providers: Mapping[str, Provider]) -> dict[str, Provider]:
    """What stands in, in test mode, for each provider that reaches people."""
    keeper = OutboxProvider("test mode", settings.folder / "outbox-test", settings.rules.site)
    return {
        name: Rehearsal(keeper=keeper, real=provider, addresses=settings.test, site=settings.rules.site)
        for name, provider in providers.items()
        if provider.capabilities().reaches_people
    }


def _source(source: SourceSettings, clock: Clock) -> Source:
    if source.folder is None:
        # Most sites are read from a folder.
        from notifier.edges.git import source_for

        return source_for(source, os.environ, clock.now)
    return FolderSource(name=source.name, folder=source.folder, files=source.files, exclude=source.exclude)


def _provider(name: str, settings: Settings, clock: Clock, ledger: Ledger) -> Provider:
    match settings.providers[name]:
        case OutboxSettings(folder=folder):
            return OutboxProvider(name, folder, settings.rules.site)
        case SmtpSettings() as chosen:
            return _mail_server(name, chosen, settings, clock, ledger)
        case MailchimpSettings() as chosen:
            # Its client takes a tenth of a second to import, and most sites begin without it.
            from notifier.edges.mailchimp import MailchimpProvider

            return MailchimpProvider(
                name=name, api_key=chosen.api_key.read, lists=chosen.lists, parts=chosen.parts, mode=chosen.mode,
                site=settings.rules.site, now=clock.now, base_url=chosen.base_url, timeout=chosen.timeout.total_seconds(),
            )  # fmt: skip


def _mail_server(name: str, chosen: SmtpSettings, settings: Settings, clock: Clock, ledger: Ledger) -> Provider:
    # Most have no mail server, and need no TLS.
    from notifier.edges.embedded import Embedded
    from notifier.edges.membership import members_of
    from notifier.edges.smtp import Server, Signer, SmtpProvider, ToEach, spool_at

    server = Server(
        host=chosen.host, port=chosen.port, security=chosen.security, username=chosen.username,
        password=chosen.password.read if chosen.password else None, timeout=chosen.timeout.total_seconds(),
    )  # fmt: skip
    signer = Signer(
        domain=chosen.dkim.domain, selector=chosen.dkim.selector, key=chosen.dkim.key.read_lines,
        place=chosen.dkim.key.place, subject=f"providers.{name}.dkim",
    ) if chosen.dkim else None  # fmt: skip
    site, audiences = settings.rules.site, settings.rules.audiences
    each = {member: audiences[member] for member in chosen.members}
    staff = tuple(Member(address=one) for one in chosen.staff)
    if staff:
        each[STAFF] = settings.rules.audience(STAFF)
    shelf = ledger.shelf(name) if isinstance(ledger, Spooling) else None
    to_each = ToEach(
        name=name, server=server, spool=spool_at(name, chosen.spool, shelf), site=site, audiences=each, ledger=ledger,
        read_members=lambda audience: (
            members_of(each[audience], chosen.members[audience], ledger) if audience in chosen.members else staff
        ),
        leaving=_leaving(settings), tasks=shared_tasks_of(settings) or Embedded(), unsubscribe=chosen.unsubscribe, connections=chosen.connections, rate=chosen.rate,
        signer=signer,
    )  # fmt: skip
    senders = (one.sender for one in audiences.values() if one.provider == name and one.sender)
    return SmtpProvider(
        name=name, server=server, folder=chosen.spool, site=site, addresses=chosen.addresses,
        unsubscribe=chosen.unsubscribe, sender=next(senders, None), now=clock.now, each=to_each,
        signer=signer, shelf=shelf,
    )  # fmt: skip


def _leaving(settings: Settings) -> Callable[[str, str], str | None]:
    """Where a person leaves an audience, by its name and their digest; None where its mails name another way."""
    site, audiences, secret = settings.rules.site, settings.rules.audiences, settings.secret_key
    key = cache(lambda: secret.read().encode()) if secret is not None else None

    def leaving(name: str, digest: str) -> str | None:
        if key is None or name not in audiences or audiences[name].leave_url != SLOT:
            return None
        return leaving_url(site.public_url, name, digest, key())

    return leaving


def history_of(source: SourceSettings) -> GitHistory:
    """The source as the repository had it that it is, or lies in. Raises UserError where there is none."""
    from notifier.edges.git import history_for

    return history_for(source, os.environ)


def pretended(
    app: App, sources: Sequence[tuple[SourceSettings, Source]], memory: Memory | None = None
) -> tuple[Ticker, Callable[[str], str | None]]:
    """A ticker with the site's rules that acts on everything and leaves nothing behind, and the subject of a delivery by its key.

    Everything is live, taken and confirmed at once, and reaches nobody. `memory` is what its ledger begins with.
    """
    from notifier.edges.memory_ledger import MemoryLedger
    from notifier.edges.pretended import NoPublisher, PretendedProvider

    settings = replace(app.settings, live=True)
    # A site's own templates may fail with one event only, and that is to be seen.
    whole = (settings.folder / "templates").is_dir()
    providers = {
        name: PretendedProvider(name, reaches_people=not isinstance(chosen, OutboxSettings), whole_messages=whole)
        for name, chosen in settings.providers.items()
    }
    reaching = frozenset(name for name, provider in providers.items() if provider.capabilities().reaches_people)
    wiring = app.ticker.wiring
    gates = gates_of(settings, providers, app.template_problems, "live")
    rules = replace(wiring.rules, gates=gates, closed={}, live=reaching, staff=None)
    ticker = Ticker(
        replace(
            wiring,
            rules=rules,
            sources=tuple(sources),
            providers=providers,
            # What is pretended is live whatever the ledger says, and began when its sending did.
            ledger=MemoryLedger(replace(memory, mode=None) if memory is not None else None),
            modes={},
            rehearsals={},
            publisher=NoPublisher(),
            secrets=NoPublisher(),
        ),
        publishes=False,
    )
    return ticker, lambda key: next((p.subjects[key] for p in providers.values() if key in p.subjects), None)


def is_simulated(settings: Settings) -> bool:
    """Whether nothing that is sent can leave this machine: only then may a tick have a simulated time."""
    return all(
        isinstance(provider, OutboxSettings)
        or (isinstance(provider, MailchimpSettings) and _is_loopback(provider.base_url))
        or (isinstance(provider, SmtpSettings) and _is_loopback(f"smtp://{provider.host}"))
        for provider in settings.providers.values()
    )


def _is_loopback(url: str | None) -> bool:
    host = urlsplit(url or "").hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def supervisor() -> Supervisor:
    """Whoever started this process as a service."""
    return Supervisor.named_in(os.environ)


def login_name() -> str:
    """Who works on this machine. Raises UserError where it doesn't say."""
    from getpass import getuser

    try:
        name = " ".join(getuser().split())
    except (KeyError, OSError):
        name = ""
    if not name:
        raise UserError("This machine doesn't say who you are, and a decision is kept with a name.", "Add --by NAME.")
    return name
