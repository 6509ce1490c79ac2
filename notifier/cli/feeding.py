"""`notifier feeds OUT`: the calendars, and the pages on which readers subscribe, as files for any web server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from notifier.cli.site import opened, site_options
from notifier.cli.tokens import tokens

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.core.records import Record
    from notifier.desk.static import Written
    from notifier.errors import Problem
    from notifier.tick import Calendar, Look

_TICK = "notifier tick --accept-shrink"


class _WithCommands(click.Group):
    """A command of its own that has others: one of their names as its first word means that one."""

    allow_extra_args = False
    allow_interspersed_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] in self.commands:
            ctx.args = args
            return args
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        if not ctx.args:
            return click.Command.invoke(self, ctx)
        name, *rest = ctx.args
        with self.commands[name].make_context(name, rest, parent=ctx) as below:
            return below.command.invoke(below)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Of this command; what is below it has its own, and is called without these."""
        return super().get_params(ctx) if ctx.command is self else []

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return click.Command.collect_usage_pieces(self, ctx)


@click.command(
    cls=_WithCommands,
    invoke_without_command=True,
    short_help="Write the calendar feeds as files.",
    epilog="Examples: notifier feeds public/feeds, or: notifier feeds tokens list",
)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path, file_okay=False))
@site_options()
@click.option("--accept-shrink", is_flag=True, help="It is right that many upcoming events are gone.")
@click.option("--adopt", is_flag=True, help="The ledger was lost: go on from the revisions that OUT was last given.")
@opened(looking=False)
def feeds(app: App, *, out: Path, accept_shrink: bool, adopt: bool, form: str) -> int:
    """Write the public calendar feeds, their events and a page to subscribe on into OUT, for any web server; only what changed.

    OUT belongs at the address `feeds/` of site.public_url. A folder that is called tokens is given as ./tokens.
    """
    from notifier.cli import show
    from notifier.cli.moments import refuse_unsafe_time

    refuse_unsafe_time(app)
    look, written = _written(app, out, accept_shrink=accept_shrink, adopt=adopt)
    if form == "json":
        rows = [_row(app, one, written) for one in written.calendars]
        show.as_json({"feeds": rows, "written": written.written, "removed": written.removed})
    else:
        _tell(app, written, out)
    for problem in written.problems:
        show.complain(str(_for_this(problem, out)))
    return show.unread(look.content) or int(bool(written.problems))


def _written(app: App, out: Path, *, accept_shrink: bool, adopt: bool) -> tuple[Look, Written]:
    from notifier.core.manifest import EVENTS
    from notifier.desk import static
    from notifier.edges.publisher import FolderPublisher
    from notifier.web.subscribing import subscribe_pages

    ticker, place = app.ticker, quote(str(out))
    folder = static.Shelf(FolderPublisher(out), FolderPublisher(out / EVENTS))
    before = static.manifest_in(folder, ticker, place)
    # Recorded before it is written: readers' calendars order revisions by what the ledger remembers.
    look = static.look_beyond(before, ticker, app.clock, place, adopt=adopt, accept_shrink=accept_shrink)
    return look, static.write(
        look, ticker, folder, lambda look, archives: subscribe_pages(look, ticker.wiring.rules, archives),
        before=before, place=place, accept_shrink=accept_shrink,
    )  # fmt: skip


def _row(app: App, calendar: Calendar, written: Written) -> Record:
    from notifier.tick.wiring import feed_address

    file = f"{calendar.name}.ics"
    address = feed_address(app.ticker.wiring.rules, calendar.name)
    changed = file in written.written
    return {
        "name": calendar.name, "path": file, "address": address, "events": len(calendar.entries), "changed": changed,
    }  # fmt: skip


def _tell(app: App, written: Written, out: Path) -> None:
    from notifier.cli import show, texts
    from notifier.tick.publishing import MOST_BYTES

    texts.feed_table([_row(app, one, written) for one in written.calendars])
    rules = app.ticker.wiring.rules
    secret = sum(feed.secret for feed in rules.feeds)
    if not rules.feeds:
        show.say("config.yaml names no feeds.")
    elif not (written.written or written.removed):
        show.say(f"Nothing changed in {out}.")
    else:
        removed = f", {len(written.removed)} removed" if written.removed else ""
        show.say(f"Written to {out}: {show.count(len(written.written), 'file')}{removed}.")
    for one in written.calendars:
        if len(one.data) > MOST_BYTES:
            show.say(f"{one.name}.ics has {len(one.data) // 1000:,} kB, and Google stops at 1,000: split this feed.")
    if secret:
        show.say(f"{show.count(secret, 'secret feed')} left out: only their holders' own addresses lead to them.")


def _for_this(problem: Problem, out: Path) -> Problem:
    """A remedy that names the tick, for this command."""
    return replace(problem, hint=problem.hint.replace(_TICK, f"notifier feeds {quote(str(out))} --accept-shrink"))


feeds.add_command(tokens)
