"""The commands: each parses a request, asks the desk, and shows the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier import __version__
from notifier.cli import acts, ledgers, mode, noting, sending
from notifier.cli.audiences import audience
from notifier.cli.feeding import feeds
from notifier.cli.previewing import preview
from notifier.cli.site import opened, opened_site, site_options
from notifier.cli.users import users
from notifier.cli.webhooks import webhooks

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.core.event import Content


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which one comes to need them, as they stand below."""
        return list(self.commands)


@click.group(
    cls=_InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with: notifier init DIR. Exit codes: 0 fine, 1 something you gave is wrong, 2 a wrong command line, "
    "3 a bug in notifier, 130 interrupted.",
)
@click.version_option(__version__, prog_name="notifier")
def notifier() -> None:
    """Reminder mails and calendar feeds from an organisation's event files: nothing twice, nothing lost, nothing guessed."""


@notifier.command(
    short_help="Make a demonstration site, or propose a configuration for yours.",
    epilog="Examples: notifier init demo, or: notifier init --from ../website",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), required=False)
@click.option(
    "--from", "site", metavar="PATH", type=click.Path(path_type=Path),
    help="Look at this site's folder instead, and propose a config.yaml, in DIR or here.",
)  # fmt: skip
@click.option("--timezone", metavar="ZONE", help="With --from: the zone of the site's events, such as Europe/London.")
@click.option("--dry-run", is_flag=True, help="With --from: print the proposal and write nothing; DIR - does the same.")
def init(*, folder: Path | None, site: Path | None, timezone: str | None, dry_run: bool) -> None:
    """Make a demonstration site in DIR, which must be empty or not there: a config.yaml, event files, and a first look at them.

    With --from PATH: look at the files of a site and propose its config.yaml, each line with the reason for it.
    """
    if site is not None:
        from notifier.cli.proposing import init_from

        init_from(site, beside=folder, timezone=timezone, dry=dry_run)
        return
    if timezone is not None or dry_run:
        raise click.UsageError("--timezone and --dry-run go with --from. Add --from PATH, or leave them out.")
    if folder is None:
        raise click.UsageError("Missing argument 'DIR'.")
    _demonstrate(folder)


def _demonstrate(folder: Path) -> None:
    from notifier.cli.demo import demo_files
    from notifier.cli.scaffold import called, scaffold
    from notifier.cli.show import count, say
    from notifier.edges.clock import SystemClock

    now = SystemClock().now()
    scaffold(folder, now)
    events = sum(name.startswith("_events/") for name in demo_files(now))
    say(
        f"{folder} is a site with {count(events, 'event')}. One reminder is due now; it goes to the outbox, to nobody else.\n\n"
        f"See what follows:  {called('plan', folder)}\n"
        f"Let it happen:     {called('run', folder)}"
    )


@notifier.command(
    short_help="Say what is wrong, where, and what to write instead.",
    epilog="On a pull request: notifier check --strict --format github",
)
@site_options(forms=("text", "json", "github"))
@click.option("--strict", is_flag=True, help="Exit with 1 on a warning too.")
@click.option("--propose", is_flag=True, help="Show the lines too that would state what was read from the text.")
@click.option("--fix", is_flag=True, help="Write the lines that are shown into the event files, after asking.")
@click.option("--yes", is_flag=True, help="With --fix: don't ask.")
def check(*, config: Path, at: str | None, form: str, strict: bool, propose: bool, fix: bool, yes: bool) -> int:
    """Say what is wrong in config.yaml, templates and event files, where, and what to write instead. Exits with 1 on an error."""
    from notifier.cli import checking, fixing
    from notifier.errors import UserError

    if yes and not fix:
        raise click.UsageError("--yes answers the question of --fix. Add --fix, or leave --yes out.")
    if fix and form != "text":
        raise click.UsageError("--fix shows what it would write to a person. Leave --format out.")
    try:
        with opened_site(config, at, looking=True) as app:
            done = fixing.fix(app, propose=propose, yes=yes) if fix else 0
            checked = checking.checked(app, propose=propose)
            checking.show(checked, form, app)
    except UserError as error:
        if form == "text" or not (error.problems or form == "github"):
            raise
        checked, done = checking.refused(error, config), 0
        checking.show(checked, form)
    return checking.code(checked, strict=strict) or done


@notifier.command(
    short_help="List every event as it is understood.",
    epilog="What is behind a line: notifier why EVENT",
)
@site_options()
@opened(looking=True)
def events(app: App, *, form: str) -> int:
    """List every event as it is understood, and whether it may be mailed without asking."""
    from notifier import desk
    from notifier.cli import show, texts
    from notifier.core.records import events_record

    now, rules = app.clock.now(), app.settings.rules
    look = app.ticker.look(now, accept_shrink=True)
    clearances = desk.clearances(look.content, rules, now)
    if form == "json":
        show.as_json(events_record(look.content, clearances))
    else:
        texts.events(look, clearances, desk.in_time(look.content, rules), app)
    return _unread(look.content)


@notifier.command(
    short_help="Show what will be sent and when, what is held, and why.",
    epilog="Examples: notifier plan --at '2026-12-08 10:00', or on a pull request: notifier plan --compare origin/main --format markdown",
)
@site_options(forms=("text", "json", "markdown"))
@click.option(
    "--compare", "revision", metavar="REVISION",
    help="Show what the files change since this revision of their repository: a branch, a tag, a commit.",
)  # fmt: skip
@opened(looking=True)
def plan(app: App, *, revision: str | None, form: str) -> int:
    """Show what will be sent in the next 30 days and when, what is held, what is not sent, and why.

    With --compare: only what is otherwise than it was at REVISION.
    """
    from notifier import desk
    from notifier.cli import show, texts
    from notifier.core.records import plan_record

    if revision is not None:
        from notifier.cli.comparing import compare

        return compare(app, revision, form)
    if form == "markdown":
        raise click.UsageError("--format markdown goes with --compare. Add --compare REVISION, or leave it out.")
    look = app.ticker.look(app.clock.now())
    feeds = desk.feeds(look, app.ticker)
    if form == "json":
        printed = [{name: feed[name] for name in ("name", "path", "events", "changed")} for feed in feeds]
        show.as_json(plan_record(look.plan, look.content, printed))
    else:
        texts.plan(look, feeds, app)
    return _unread(look.content)


@notifier.command(
    short_help="Say what every rule decides about an event, and why.",
    epilog="Example: notifier why open-studio",
)
@click.argument("subject", metavar="EVENT|KEY")
@site_options()
@opened(looking=True)
def why(app: App, *, subject: str, form: str) -> None:
    """Say what every rule decides about an event or a delivery, and on what evidence.

    EVENT is a uid, a path, or a unique part of a file name; KEY is the key of a delivery.
    """
    from notifier import desk
    from notifier.cli import show, texts
    from notifier.core.records import why_record
    from notifier.desk.reached import reached_by_key, reached_record

    look = app.ticker.look(app.clock.now())
    found = desk.why(look, app.ticker.wiring.rules, subject)
    said = desk.decided_about(found, app.ticker.wiring.ledger)
    given = reached_by_key(app.ticker.wiring.ledger, [row.key for row in found.decisions])
    if form == "json":
        told = [(one.told, one.otherwise) for one in found.told]
        reaches = app.ticker.wiring.ledger.reaches()
        recipients = {key: reached_record(one) for key, one in given.items()}
        show.as_json(why_record(found.subject, found.decisions, said, told, reaches, recipients=recipients))
    else:
        texts.why(found, said, given, look, app)


notifier.add_command(preview)


@notifier.command(
    short_help="Show all mail of the files' history, or of the time to come.",
    epilog="Examples: notifier replay --from 2026-01-01 --out report, or: notifier replay --ahead 90d",
)
@click.option(
    "--from", "since", metavar="TIME", help="Begin here; a date is its first instant.  [default: the first commit]"
)
@click.option("--to", "until", metavar="TIME", help="End here; a date is the whole of it.  [default: now]")
@click.option("--ahead", metavar="LENGTH", help="The time to come instead, on the files as they are now: 90d.")
@click.option(
    "--held", type=click.Choice(["release", "keep"]), default="release", show_default=True,
    help="What a person is asked about: as if they said yes when it is due, or no answer.",
)  # fmt: skip
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Write report.html, with a picture, and report.json into this folder.",
)  # fmt: skip
@click.option("--progress", is_flag=True, help="Say on standard error how far it is: a line such as `17 of 592`.")
@site_options()
@opened(looking=True)
def replay(
    app: App,
    *,
    since: str | None,
    until: str | None,
    ahead: str | None,
    held: str,
    out: Path | None,
    progress: bool,
    form: str,
) -> None:
    """Show what today's rules would have mailed over the history of the files' repository, and what not and why.

    Nothing is sent, and nothing recorded. TIME may be a date: 2026-12-09.
    """
    from notifier.cli.replaying import replay, stretch

    asked = stretch(app, since=since, until=until, ahead=ahead, releases=held == "release", tells=progress)
    replay(app, asked, out, form)


@notifier.command(
    short_help="Send what is due and publish feeds, once.",
    epilog="What it would do: notifier plan. From cron, once every few minutes is enough.",
)
@site_options()
@click.option("--accept-shrink", is_flag=True, help="It is right that many upcoming events are gone.")
@click.option(
    "--secure", metavar="COMMAND",
    help="Run this when the ledger has been told of a mail, before the mail is handed over: where it fails, the mail waits.",
)  # fmt: skip
@click.option(
    "--carried", is_flag=True,
    help="With --secure: the ledger is carried from machine to machine, so it goes on where it lies elsewhere than before.",
)  # fmt: skip
@opened(looking=False)
def tick(app: App, *, accept_shrink: bool, secure: str | None, carried: bool, form: str) -> int:
    """Do once what `run` does all the time: read, plan, record, send what is due, publish feeds.

    With --at, only where every provider is an outbox or on this machine, and only forward.
    """
    from notifier.cli import securing, show, texts
    from notifier.cli.moments import refuse_unsafe_time
    from notifier.core.records import tick_record
    from notifier.desk.pinging import ticked_and_told

    refuse_unsafe_time(app)
    failures = securing.secured(app, secure)
    if carried:
        securing.carry_on(app, secure)
    report, untold = ticked_and_told(app, accept_shrink=accept_shrink)
    if form == "json":
        at, named = report.look.at, report.look.events()
        show.as_json(tick_record(at, report.moved, named, recorded=report.recorded, feeds=report.published))
    elif not report.stopped:
        texts.tick(report, app)
    if untold:
        show.complain(f"watch.ping: {untold}")
    for problem in texts.in_the_way(report, app):
        show.complain(str(problem))
    for sentence in (*failures, report.stopped):
        if sentence:
            show.complain(sentence)
    return _unread(report.look.content) or int(bool(report.problems or failures or report.stopped))


@notifier.command(
    short_help="Keep the site running, and show it on a page.",
    epilog="Before the first time: notifier doctor",
)
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [default: web.host of config.yaml]")
@click.option(
    "--port", metavar="NUMBER", type=click.IntRange(0, 65535),
    help="The port to listen on, 0 for any free one.  [default: web.port of config.yaml]",
)  # fmt: skip
@site_options(simulated=False, printed=False)
def run(*, config: Path, host: str | None, port: int | None) -> None:
    """Keep the site running: tick, send, publish, and show it all on a page. Stop it with Ctrl-C."""
    from notifier.app import open_app
    from notifier.web.server import serve

    app = open_app(config)
    try:
        serve(app, host=host or app.settings.host, port=app.settings.port if port is None else port)
    finally:
        app.close()


for _act in (*sending.COMMANDS, *acts.COMMANDS, *noting.COMMANDS, *mode.COMMANDS, *ledgers.COMMANDS):
    notifier.add_command(_act)


notifier.add_command(feeds)
notifier.add_command(audience)
notifier.add_command(users)
notifier.add_command(webhooks)


@notifier.command(
    short_help="Say what became of what was sent, in numbers.",
    epilog="Example: notifier reports --format csv > reports.csv",
)
@site_options(simulated=False, forms=("text", "json", "csv"))
@opened(looking=True)
def reports(app: App, *, form: str) -> None:
    """Say how many each mail reached, came back from, and lost, as its provider counts. Numbers only, nobody's address."""
    from notifier.cli import reporting

    reporting.reports(app, form)


@notifier.command(
    short_help="Look at everything the program needs.",
    epilog="What is wrong in the event files, line by line: notifier check",
)
@site_options(simulated=False)
def doctor(*, config: Path, form: str) -> int:
    """Look at everything the program needs, and say what to do where something is wrong."""
    from dataclasses import asdict

    from notifier.cli import show, texts
    from notifier.cli.checkup import findings

    found = findings(config)
    if form == "json":
        show.as_json({"findings": [asdict(finding) for finding in found]})
    else:
        texts.findings(found)
    return int(not all(finding.ok for finding in found))


def _unread(content: Content) -> int:
    from notifier.cli import show

    return show.unread(content)
