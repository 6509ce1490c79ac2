"""Everything that is looked at in a finished mail before it leaves: errors hold it, warnings are shown.

Only the finished parts are looked at, never what they were made from: whatever a template, a translation or an author did, this
is what readers would get.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.preflight.contrast import faint_texts
from notifier.core.preflight.links import can_leave, image_problems, link_problems
from notifier.core.preflight.mail import HTML, TEXT, Mail, error, quoted, warning
from notifier.core.preflight.markup import page_of
from notifier.core.preflight.subject import subject_problems
from notifier.core.preflight.words import ageing_problems, mark_problems, secret_problems
from notifier.core.rule import Audience, Site
from notifier.errors import Problem

__all__ = ["MOST_BYTES", "preflight"]

#: Gmail shows no more of a page than this, and hides the rest, the way to unsubscribe with it.
MOST_BYTES = 102_400
_NEARLY = MOST_BYTES * 9 // 10
#: So long a page is not looked into any further.
_UNREAD = 8 * MOST_BYTES
#: Of one kind of problem no more are told.
_MOST_TOLD = 20
_LEAST_TEXT = 0.2
_ACTIVE = ("applet", "embed", "form", "frame", "frameset", "iframe", "input", "object", "script", "textarea")


def preflight(
    message: Message,
    *,
    site: Site,
    audience: Audience,
    events: Sequence[Event],
    reaches_people: bool,
    needs_unsubscribe: bool = False,
) -> tuple[Problem, ...]:
    """What is wrong with a finished message about `events` to `audience`, errors first; nothing where all is well.

    A problem's `path` is the part it is in (`subject`, `preheader`, `message.html`, `message.txt`, `invite.ics`), its
    `line` that of the part. `reaches_people` and `needs_unsubscribe` are what the provider says of itself. Takes time in
    proportion to the message's size, whatever is in it.
    """
    too_long = len(message.html) > _UNREAD
    mail = Mail(
        message=message, page=page_of("" if too_long else message.html), site=site, audience=audience, events=events,
        reaches_people=reaches_people, needs_unsubscribe=needs_unsubscribe,
    )  # fmt: skip
    found = [*subject_problems(mail), *_size(mail)]
    if not too_long:
        for check in (
            _page, link_problems, image_problems, _leaving, _postal_address, _text, _contrast,
            mark_problems, secret_problems, ageing_problems,
        ):  # fmt: skip
            found += _first_few(check(mail))
    return tuple(sorted(found, key=lambda one: one.severity != "error"))


def _first_few(problems: Iterator[Problem]) -> Iterator[Problem]:
    """The first of many, errors before warnings, and nothing said twice."""
    found = sorted(dict.fromkeys(problems), key=lambda one: one.severity != "error")
    yield from found[:_MOST_TOLD]


def _size(mail: Mail) -> Iterator[Problem]:
    size = len(mail.message.html.encode(errors="replace"))
    what = f"The page has {size:,} bytes; of more than {MOST_BYTES:,} Gmail hides the end"
    if size >= MOST_BYTES:
        yield error(HTML, f"{what}.", "Tell of fewer events in one mail, or shorten their summaries.")
    elif size > _NEARLY:
        yield warning(HTML, f"{what}, and it is nearly there.", "Tell of fewer events, or shorten their summaries.")


def _page(mail: Mail) -> Iterator[Problem]:
    """What every page needs, and what none may have."""
    page = mail.page
    if not any(one.attributes.get("lang", "").strip() for _, one in page.named("html")):
        yield error(
            HTML, "The page doesn't say its language, so it is read out in another.", 'Write `<html lang="…">`.'
        )
    if not any(page.text_of(place).strip() for place, _ in page.named("title")):
        yield error(HTML, "The page has no title.", "Write `<title>{{ subject }}</title>` into its head.")
    charsets = [one.attributes.get("charset", "") for _, one in page.named("meta")]
    if "utf-8" not in [charset.strip().lower() for charset in charsets]:
        text = "The page doesn't say that it is UTF-8, so some show other letters."
        yield warning(HTML, text, 'Write `<meta charset="utf-8">` into its head.')
    for name, line in page.unclosed:
        yield warning(HTML, f"A <{name}> is never closed.", "Close it in the template, where it belongs.", line=line)
    yield from _active(mail)


def _active(mail: Mail) -> Iterator[Problem]:
    """What mail programs take out, and filters take for an attack."""
    for _, one in mail.page.named(*_ACTIVE):
        text = f"There is a <{one.name}>, which no mail program lets do anything."
        yield error(HTML, text, "Take it out of the template; a link can lead to a page that has one.", line=one.line)
    for one in mail.page.elements:
        acts = [name for name in one.attributes if name.startswith("on")]
        if acts:
            yield error(HTML, f"There is a script in {quoted(acts[0])}.", "Take it out of the template.", line=one.line)
        if one.name == "meta" and one.attributes.get("http-equiv", "").strip().lower() == "refresh":
            yield error(HTML, "The page leads elsewhere by itself.", "Take the `refresh` out.", line=one.line)


def _leaving(mail: Mail) -> Iterator[Problem]:
    if mail.reaches_people and mail.needs_unsubscribe and not can_leave(mail):
        text = "There is no way to unsubscribe in this mail, which the law asks for almost everywhere."
        link = '<a href="{{ leave_url }}">Unsubscribe</a>' if mail.audience.each else "a link that says “Unsubscribe”"
        yield error(HTML, text, f"Write {link} into the template's footer.")


def _postal_address(mail: Mail) -> Iterator[Problem]:
    """The law of several countries asks for it in every mail to a list (CAN-SPAM, 15 USC 7704(a)(5))."""
    wanted = _squeezed(mail.site.postal_address)
    if not wanted:
        return
    page = "".join(run.text for run in mail.page.seen())
    hint = "Write {{ site.postal_address }} into the template's footer."
    if wanted not in _squeezed(page):
        what = "The organisation's postal address is missing."
        yield (error if mail.reaches_people else warning)(HTML, what, hint)
    if wanted not in _squeezed(mail.message.text):
        yield warning(TEXT, "The organisation's postal address is missing in the plain-text part.", hint)


def _squeezed(text: str) -> str:
    """Without what lines are broken at."""
    return "".join(text.split()).casefold()


def _text(mail: Mail) -> Iterator[Problem]:
    """The plain-text part is what is read where HTML is not, and what filters compare."""
    said = len(mail.message.text.split())
    if not said:
        yield error(TEXT, "The plain-text part is empty.", "Write it in the template `txt.j2` of this kind of mail.")
        return
    shown = sum(len(run.text.split()) for run in mail.page.seen())
    if said < shown * _LEAST_TEXT:
        what = f"The plain-text part has {said} words, the page {shown}: who reads only that misses most."
        yield warning(TEXT, what, "Say the same in the template `txt.j2`.")


def _contrast(mail: Mail) -> Iterator[Problem]:
    for one in faint_texts(mail.page):
        what = (
            f"Text in {one.colour} on {one.ground} is hard to read in the {one.scheme} scheme: "
            f"its contrast is {one.ratio:.1f} to 1, and should be 4.5."
        )
        yield warning(HTML, what, "Choose colours that are further apart.", line=one.line)
