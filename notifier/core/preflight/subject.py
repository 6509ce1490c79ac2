"""What an inbox shows of a mail before it is opened: the subject, and the preheader behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from notifier.core.preflight.mail import PREHEADER, SUBJECT, Mail, error, quoted, warning
from notifier.errors import Problem

#: What inboxes on a desk show of it, and one line of a header (RFC 5322 2.1.1); phones show half of that.
SHOWN = 78
#: Longer ones are refused by Mailchimp.
MOST = 150
MOST_PREHEADER = 140
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_REPLY = re.compile(r"\s{0,9}(?:re|aw|fwd?|wg|tr|rv|i)\s{0,3}:", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,}+")
#: So many words in capitals are shouted; fewer are names.
_SHOUTED = 3


def subject_problems(mail: Mail) -> Iterator[Problem]:
    """What is wrong with the subject and the preheader."""
    subject = mail.message.subject
    if not subject.strip():
        yield error(SUBJECT, "The subject is empty.", "Write one in the template `subject.j2` of this kind of mail.")
    elif _CONTROLS.search(subject):
        text = "The subject has a line break or a control character in it, which could begin a header of its own."
        yield error(SUBJECT, text, "Take it out of the event's title, or of the template.")
    yield from _length(subject)
    yield from _spam(subject)
    yield from _preheader(mail)


def _length(subject: str) -> Iterator[Problem]:
    if len(subject) > MOST:
        text = f"The subject has {len(subject)} characters; more than {MOST} are refused by some providers."
        yield error(SUBJECT, text, "Shorten the event's title, or the template.")
    elif len(subject) > SHOWN:
        text = f"The subject has {len(subject)} characters; inboxes show about {SHOWN}, phones half of that."
        yield warning(SUBJECT, text, "Shorten the event's title, or put what matters first.")


def _spam(subject: str) -> Iterator[Problem]:
    """What filters and readers take for advertising."""
    if _REPLY.match(subject):
        text = f"The subject {quoted(subject)} begins like an answer to another mail, which this is not."
        yield warning(SUBJECT, text, "Leave that out: filters take it for a trick.")
    if subject.count("!") > 1:
        yield warning(SUBJECT, "The subject has several exclamation marks.", "One is enough; filters count them.")
    shouted = [word for word in _WORD.findall(subject) if word.isupper()]
    if len(shouted) >= _SHOUTED:
        text = f"The subject is shouted: {quoted(' '.join(shouted))}."
        yield warning(SUBJECT, text, "Write it in small letters; filters take capitals for advertising.")


def _preheader(mail: Mail) -> Iterator[Problem]:
    preheader = mail.message.preheader
    if not preheader.strip():
        text = "There is no preheader, so inboxes show the first words of the mail behind the subject."
        yield warning(PREHEADER, text, "Give the event a date, a place or a summary.")
    elif len(preheader) > MOST_PREHEADER:
        text = f"The preheader has {len(preheader)} characters; inboxes show {MOST_PREHEADER} at most."
        yield warning(PREHEADER, text, "Put what matters first.")
