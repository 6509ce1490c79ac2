"""`notifier send` and `notifier undo`: one message that no rule asks for, looked at, confirmed, and taken back in time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from notifier.cli.acts import by_a_person

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.cli.deciding import Asked
    from notifier.desk.sending import Sending, Wish

#: Bytes of a text: as much as a note may have, in any alphabet.
_LONGEST_TEXT = 80_000


@click.command(
    short_help="Send one mail that no rule asks for.",
    epilog="Examples: notifier send open-studio --to newsletter, or: notifier send --to newsletter --subject 'We moved' "
    "--text news.md",
)
@click.argument("events", metavar="[EVENT]...", nargs=-1)
@click.option("--to", "audience", metavar="AUDIENCE", required=True, help="An audience of config.yaml.")
@click.option("--subject", metavar="TEXT", default="", help="Its subject.  [default: that of the event]")
@click.option(
    "--text", "file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True),
    help="A text of yours, in Markdown; - reads it from the standard input.",
)  # fmt: skip
@click.option("--due", metavar="TIME", help="When it goes out.  [default: as soon as it can't be undone any more]")
@click.option(
    "--once", metavar="NAME",
    help="What tells this mail from others: told twice, it is sent once.  [default: made from what it says, and the day]",
)  # fmt: skip
@click.option("--test", "address", metavar="ADDRESS", help="Send it to this address alone, and to no reader.")
@click.option(
    "--seen", metavar="MARK", help="With --yes: only if it is still what was looked at, by the mark printed then."
)
@click.option("--yes", is_flag=True, help="Don't ask.")
@by_a_person
def send(
    app: App, asked: Asked, *, events: tuple[str, ...], audience: str, subject: str, file: Path | None, due: str | None,
    once: str | None, address: str | None, seen: str | None, yes: bool,
) -> None:  # fmt: skip
    """Send one mail about EVENTs, or with a text of yours, to an audience: shown first, and sent only once you say so.

    Without --yes it is shown, and on a terminal you confirm it by typing the audience's name. It goes out after the time
    of `sending.undo`, and until it is handed over `notifier undo` takes it back.
    """
    from notifier import desk
    from notifier.cli import sent_words
    from notifier.cli.moments import parse
    from notifier.desk.sending import Wish

    if asked.form == "json" and not yes and address is None and once is None:
        # Whoever writes programs should not come to depend on a name that we make up.
        raise click.UsageError("--format json needs --once NAME: told twice under one name, a mail is sent once.")
    zone = app.settings.rules.site.timezone
    wish = Wish(
        audience=audience, events=events, subject=subject, note=_text(file), once=once or "",
        at=parse(due, zone, "--due") if due is not None else None,
    )  # fmt: skip
    if once is None:
        wish = sent_words.named(wish, app)
    found = desk.prepare(app, wish, by=asked.by)
    if address is not None:
        from secrets import token_hex

        done = desk.trial(app, found, wish, address, by=asked.by, once=token_hex(8))
        sent_words.tried(done.outcome, address)
        return
    sent_words.offered(found, app, asked)
    if found.before is None and not _confirmed(found, wish, asked, seen=seen, yes=yes):
        return
    sent_words.asked_for(desk.send(app, wish, by=asked.by, seen=found.mark), app, asked)


@click.command(
    short_help="Take back a mail of `send`.", epilog="Example: notifier undo one_off/2026-12-08-4f1c2a9b/newsletter"
)
@click.argument("name", metavar="KEY")
@by_a_person
def undo(app: App, asked: Asked, *, name: str) -> None:
    """Take back a mail of `notifier send`, as long as it has not been handed over. KEY is what `send` printed, or its NAME."""
    from notifier import desk
    from notifier.cli import sent_words

    sent_words.taken_back(desk.undo(app, name, by=asked.by, note=asked.note), app, asked)


def _text(file: Path | None) -> str:
    """What a person wrote. Raises UserError for what is no text."""
    from notifier.errors import UserError

    if file is None:
        return ""
    try:
        with click.open_file(str(file), "rb") as opened:
            written = opened.read(_LONGEST_TEXT + 1)
    except OSError as error:
        raise UserError(f"{file} can't be read ({error.strerror}).", "Give a file with your text.") from error
    if len(written) > _LONGEST_TEXT:
        raise UserError(f"{file} is longer than {_LONGEST_TEXT:,} bytes.", "Put the text on a page, and link to it.")
    try:
        return str(written, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8 text.", "Save it as UTF-8.") from error


def _confirmed(found: Sending, wish: Wish, asked: Asked, *, seen: str | None, yes: bool) -> bool:
    from notifier.cli import sent_words
    from notifier.errors import UserError

    if seen is not None and not (len(seen) >= sent_words.MARK and found.mark.startswith(seen)):
        raise UserError("It is not what was looked at under this mark, so nothing was sent.", "Look at it again.")
    if yes:
        return True
    if found.errors or asked.form == "json" or not sent_words.can_ask():
        sent_words.only_shown(found, wish, asked)
        return False
    return sent_words.confirmed(found)


COMMANDS = (send, undo)
