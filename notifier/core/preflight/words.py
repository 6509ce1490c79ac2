"""What a text says that it must not: marks that nobody filled in, what is not for these readers, words that age."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from notifier.core.hidden import LABELS, Hidden, hidden_values, tells_openly, words_in, words_of
from notifier.core.ics.wellformed import unfolded
from notifier.core.preflight.mail import CALENDAR, HTML, PREHEADER, SUBJECT, TEXT, Mail, error, quoted, warning
from notifier.core.wording import when_long
from notifier.errors import Problem

#: Marks of Mailchimp, of Jinja, Liquid, Handlebars, Go and Hugo, of ERB, of Mailgun, and of Marketing Cloud.
_MARK = re.compile(
    r"\*\|[^|*]{1,80}\|\*|\{\{[^{}]{0,200}\}\}|\{%[^{}%]{0,200}%\}|<%[^%]{0,200}%>|%recipient[\w.]{0,40}+%|%%[A-Za-z]\w{0,60}+%%",
    re.IGNORECASE,
)
#: Words that are true on one day only, and those of them that mean nothing else in their language.
_SOON = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening)|in (?:an|one|two|three|\d{1,3}) (?:hours?|minutes?|days?)"
    r"|heute|übermorgen|gestern|in (?:einer|zwei|drei|\d{1,3}) (?:stunden?|minuten|tagen)"
    r"|aujourd['’]hui|demain|après-demain|hier soir|ce soir|dans (?:une|deux|trois|\d{1,3}) (?:heures?|minutes?|jours)"
    r"|hoy|pasado mañana|esta noche|dentro de (?:una|dos|tres|\d{1,3}) (?:horas?|minutos|días)"
    r"|oggi|domani|dopodomani|stasera|stanotte|(?:fra|tra) (?:un['’]ora|due|tre|\d{1,3}) ?(?:ore|minuti|giorni)?)\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"(?:tonight|tomorrow|this evening|heute (?:abend|nachmittag)|übermorgen|demain|ce soir|esta noche|domani|stasera)",
    re.IGNORECASE,
)


def mark_problems(mail: Mail) -> Iterator[Problem]:
    """What another program would have had to fill in; one of each."""
    known: set[str] = set()
    for path, line, text in _everything(mail):
        if not ("{" in text or "|" in text or "%" in text):
            continue
        for found in _MARK.finditer(text):
            if found[0] not in known and found[0] not in mail.message.slots:
                known.add(found[0])
                what = f"{quoted(found[0])} is a mark that nobody fills in here, so readers would see it as it is."
                yield error(path, what, "Write what it stands for, or take it out of the template.", line=line)


def _everything(mail: Mail) -> Iterator[tuple[str, int | None, str]]:
    """All that readers see or follow, by its place."""
    yield SUBJECT, None, mail.message.subject
    yield PREHEADER, None, mail.message.preheader
    yield from ((HTML, run.line, run.text) for run in mail.page.runs)
    yield from ((HTML, one.line, value) for one in mail.page.elements for value in one.attributes.values())
    yield TEXT, None, mail.message.text


def secret_problems(mail: Mail) -> Iterator[Problem]:
    """What of its events is not public, and yet stands in a mail to a public audience. Its own words are not repeated here."""
    if not mail.audience.public:
        return
    needles = [hidden_values(event, mail.site) for event in mail.events]
    hidden = Hidden().of(needles)
    if not hidden.rows:
        return
    known: set[str] = set()
    for path, words in _words(mail):
        for needle in hidden.found(words):
            is_open = any(tells_openly(event, needle) for event in mail.events)
            if is_open or (key := f"{path} {needle.name} {needle.path}") in known:
                continue
            known.add(key)
            what = f"The {LABELS[needle.name]} of {needle.path} is not public, and stands in this mail to a public audience."
            hint = "Take it out of what is public of the event, or say in its file that everybody may know it."
            yield error(path, what, hint)


def _words(mail: Mail) -> Iterator[tuple[str, list[str]]]:
    yield SUBJECT, words_of(mail.message.subject)
    yield PREHEADER, words_of(mail.message.preheader)
    # A value may be parted by tags, and hidden in what nobody sees.
    yield HTML, list(chain.from_iterable(words_of(run.text) for run in mail.page.runs))
    yield HTML, [word for one in mail.page.elements for value in one.attributes.values() for word in words_of(value)]
    yield TEXT, words_of(mail.message.text)
    if mail.message.calendar is not None:
        yield CALENDAR, words_in(unfolded(mail.message.calendar))


def ageing_problems(mail: Mail) -> Iterator[Problem]:
    """Words that will be wrong when the mail is read a day later. What means other things too is left to authors.

    What the message itself knows to be true, until it is written anew, stands beside the whole time.
    """
    true_now = [words.casefold() for words in mail.message.soon]
    own = " ".join(f"{event.title} {event.summary} {event.location or ''}" for event in mail.events).casefold()
    known: set[str] = set()
    texts = [(SUBJECT, None, mail.message.subject), *((HTML, run.line, run.text) for run in mail.page.seen())]
    for path, line, text in texts:
        for found in _SOON.finditer(text):
            word = found[0].casefold()
            if (
                word in known
                or any(word in words for words in true_now)
                or (word in own and not _PLAIN.fullmatch(word))
            ):
                continue
            known.add(word)
            what = f"{quoted(found[0])} is true on one day only, and nobody knows when this is read."
            yield warning(path, what, _instead(mail), line=line)


def _instead(mail: Mail) -> str:
    dated = [event for event in mail.events if event.when is not None]
    if len(dated) != 1:
        return "Name the day."
    return f"Name the day: {when_long(dated[0], mail.site.timezone)}."
