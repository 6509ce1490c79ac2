"""`preview`: how a mail would look now, or all of them, on the screen and as files. Nothing is recorded or sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from notifier.cli.site import opened, site_options
from notifier.core.rule import Kind

if TYPE_CHECKING:
    from notifier.app import App
    from notifier.core.records import Record
    from notifier.desk import Preview
    from notifier.desk.gallery import Named, Unwritten
    from notifier.tick import Look

#: Pixels: a phone, and a window in which the whole width of a mail is seen.
WIDTHS = (375, 700)
_SINGLE, _INDEX = "message", "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is to be done beside showing: where to write, whether to take pictures and to open the page."""

    out: Path | None
    pictures: bool
    opens: bool


@click.command(
    short_help="Show a message as it would look now.",
    epilog="Examples: notifier preview open-studio --kind reminder --open, or: notifier preview --all --out preview",
)
@click.argument("subject", metavar="EVENT|KEY", required=False)
@site_options()
@click.option("--all", "everything", is_flag=True, help="Every kind of message, with a page to look at them all.")
@click.option("--kind", type=click.Choice(get_args(Kind)), help="The kind of message.")
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Write the message into this folder as HTML, text, .eml and .ics.",
)  # fmt: skip
@click.option(
    "--screenshot",
    is_flag=True,
    help="With --out: take pictures, 375 and 700 pixels wide, light and dark, by Chromium.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@opened(looking=True)
def preview(
    app: App, *, subject: str | None, everything: bool, kind: str | None, out: Path | None, screenshot: bool,
    opens: bool, form: str,
) -> int:  # fmt: skip
    """Show a message as it would look now. Nothing is recorded or sent.

    EVENT is a uid, a path, or a unique part of a file name, and its next message is shown; KEY is the key of a delivery.
    With --all: what waits to be sent in the next 30 days, and of every other kind one, if need be a made-up one.
    """
    _refuse_odd(subject, everything=everything, out=out, screenshot=screenshot)
    asked = _Asked(out=out, pictures=screenshot, opens=opens)
    look = app.ticker.look(app.clock.now())
    if subject is None:
        return _show_all(app, look, asked, kind=kind, form=form)
    _show_one(app, look, asked, subject=subject, kind=kind, form=form)
    return 0


def _refuse_odd(subject: str | None, *, everything: bool, out: Path | None, screenshot: bool) -> None:
    if everything and subject is not None:
        raise click.UsageError("--all is about every message. Leave EVENT|KEY out, or --all.")
    if not everything and subject is None:
        raise click.UsageError("Missing argument 'EVENT|KEY'. For every kind of message: --all --out DIR.")
    if everything and out is None:
        raise click.UsageError("--all writes files. Say where with --out DIR.")
    if screenshot and out is None:
        raise click.UsageError("--screenshot writes pictures. Say where with --out DIR.")


def _show_one(app: App, look: Look, asked: _Asked, *, subject: str, kind: str | None, form: str) -> None:
    from notifier import desk
    from notifier.cli import show, texts
    from notifier.core.records import preview_record

    found = desk.preview(look, app.ticker, subject, kind)
    folder = asked.out or (_scratch() if asked.opens else None)
    files = _written(app, look, folder, {_SINGLE: found}, pictures=asked.pictures)[_SINGLE] if folder else []
    if form == "json":
        record = preview_record(
            found.delivery, found.message, look.events(), sample=found.sample, problems=found.problems
        )
        show.as_json(record | ({"files": list(map(str, files))} if folder else {}))
    else:
        texts.preview(found, app.settings.rules.site.timezone)
        if folder is not None:
            show.say(f"\nWritten to {folder}.")
    if folder is not None and asked.opens:
        _open(folder / f"{_SINGLE}.html")


def _show_all(app: App, look: Look, asked: _Asked, *, kind: str | None, form: str) -> int:
    from notifier.cli import show
    from notifier.cli.files import write_files
    from notifier.desk.gallery import gallery

    out = asked.out or Path()
    found, unwritten = gallery(look, app.ticker, kind)
    files = _written(app, look, out, {one.name: one.shown for one in found}, pictures=asked.pictures)
    page = _index(app, look, found, files)
    write_files(out, {_INDEX: page.encode(errors="replace")})
    if form == "json":
        show.as_json(_record(look, out, found, files, unwritten))
    else:
        _tell(app, out, found)
    for one in unwritten:
        show.complain(f"{one.name}: not written. {one.why}")
    if asked.opens:
        _open(out / _INDEX)
    return int(bool(unwritten))


def _written(
    app: App, look: Look, folder: Path, found: Mapping[str, Preview], *, pictures: bool
) -> dict[str, list[Path]]:
    """The files of each, by its name. Those of an earlier preview that it has no more are taken away."""
    from notifier.cli.files import write_files

    files = {name: write_files(folder, _files(app, look, name, one)) for name, one in found.items()}
    if pictures:
        for name, taken in _pictures(found):
            files[name] += write_files(folder, taken)
    return files


def _files(app: App, look: Look, name: str, found: Preview) -> dict[str, bytes | None]:
    message, invitation = found.message, "invite.ics" if name == _SINGLE else f"{name}.ics"
    stale: dict[str, bytes | None] = {picture: None for picture, _, _ in _picture_files(name)}
    return {
        f"{name}.html": message.html.encode(errors="replace"),
        f"{name}.txt": message.text.encode(errors="replace"),
        f"{name}.eml": _eml(app, look, found),
        invitation: message.calendar,
        **stale,
    }


def _eml(app: App, look: Look, found: Preview) -> bytes:
    """The mail as an outbox would write it for this audience."""
    from notifier.edges.eml import eml

    site, audience = app.settings.rules.site, app.settings.rules.audiences.get(found.delivery.audience)
    name = found.delivery.audience
    return eml(
        found.message, sender=(audience and audience.sender) or (site.name, f"noreply@{site.domain}"),
        recipient=(f"{name} (outbox)", f"{name}@outbox.invalid"), key=found.delivery.key, domain=site.domain, at=look.at,
    )  # fmt: skip


def _picture_files(name: str) -> Iterator[tuple[str, int, Any]]:
    return ((f"{name}-{width}-{scheme}.png", width, scheme) for width in WIDTHS for scheme in ("light", "dark"))


def _pictures(found: Mapping[str, Preview]) -> Iterator[tuple[str, dict[str, bytes | None]]]:
    from notifier.edges.browser import browser

    with browser() as opened_browser:
        for name, one in found.items():
            html = one.message.html
            yield (
                name,
                {
                    file: opened_browser.picture(html, width=width, scheme=scheme)
                    for file, width, scheme in _picture_files(name)
                },
            )


def _index(app: App, look: Look, found: Sequence[Named], files: Mapping[str, Sequence[Path]]) -> str:
    from notifier.core.zones import moment
    from notifier.web.gallery import Exhibit, Picture, gallery_page

    site = app.settings.rules.site
    exhibits = [
        Exhibit(
            kind=one.shown.delivery.kind, name=one.name, subject=one.shown.message.subject,
            preheader=one.shown.message.preheader, audience=one.shown.delivery.audience,
            state=_state(one, site.timezone),
            files=[file.name for file in files[one.name] if file.suffix != ".png"],
            pictures=[
                Picture(file=file, width=width, scheme=scheme)
                for file, width, scheme in _picture_files(one.name)
                if file in {written.name for written in files[one.name]}
            ],
            problems=one.shown.problems,
        )
        for one in found
    ]  # fmt: skip
    return gallery_page(site.name, moment(look.at, site.timezone), exhibits)


def _state(found: Named, zone: str) -> str:
    from notifier.cli import show

    delivery = found.shown.delivery
    if found.made_up:
        return "A made-up mail: the site has none of this kind."
    if found.shown.sample:
        return f"A sample: this would not be sent ({delivery.status}). {show.obstacles(delivery.reasons)}".strip()
    return f"Due: {show.due(delivery.due_at, zone)}, {delivery.status}. {show.obstacles(delivery.reasons)}".strip()


def _tell(app: App, out: Path, found: Sequence[Named]) -> None:
    from notifier.cli import show

    zone = app.settings.rules.site.timezone
    rows = [show.Row(cells=(*_in_short(one, zone), one.name), note=_wrong(one.shown)) for one in found]
    note = "To mend" if any(row.note for row in rows) else ""
    show.table(("State", "Due", "Files"), rows, note=note)
    show.say(f"Written to {out}: {show.count(len(rows), 'message')}, to be looked at in {out / _INDEX}.")


def _in_short(found: Named, zone: str) -> tuple[str, str]:
    from notifier.cli import show

    delivery = found.shown.delivery
    return ("made up", "-") if found.made_up else (delivery.status, show.due(delivery.due_at, zone))


def _wrong(found: Preview) -> str:
    return " ".join(str(problem) for problem in found.problems if problem.severity == "error")


def _record(
    look: Look, out: Path, found: Sequence[Named], files: Mapping[str, Sequence[Path]], unwritten: Sequence[Unwritten]
) -> Record:
    from notifier.core.records import delivery_record, problem_record

    return {
        "index": str(out / _INDEX),
        "previews": [
            {
                "name": one.name,
                "delivery": None if one.made_up else delivery_record(one.shown.delivery, look.events()),
                "sample": one.shown.sample,
                "kind": one.shown.delivery.kind,
                "subject": one.shown.message.subject,
                "problems": [problem_record(problem) for problem in one.shown.problems],
                "files": list(map(str, files[one.name])),
            }
            for one in found
        ],
        "unwritten": [{"name": one.name, "why": str(one.why)} for one in unwritten],
    }


def _scratch() -> Path:
    """A folder that stays when the command has ended: the browser reads it later."""
    import tempfile

    from notifier.errors import UserError

    try:
        return Path(tempfile.mkdtemp(prefix="notifier-preview-"))
    except OSError as error:
        raise UserError(f"No folder can be made for it ({error.strerror}).", "Name one with --out DIR.") from error


def _open(page: Path) -> None:
    import webbrowser

    from notifier.errors import UserError

    page = page.absolute()
    try:
        is_open = webbrowser.open(page.as_uri())
    except (webbrowser.Error, OSError):
        is_open = False
    if not is_open:
        raise UserError(f"No browser can be opened from here. The page is {page}.")
