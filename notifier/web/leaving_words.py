"""What the page says on which readers leave, in the languages that mails are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A heading and its sentences for each state of the page; `{list}` and `{organisation}` are filled in."""

    code: str
    asked: str
    asked_because: str
    leave: str
    nothing_yet: str
    gone: str
    no_more: str
    one_step_left: str
    elsewhere: str
    come_back: str
    calendar_stays: str
    back: str
    again: str
    nowhere: str
    cut_off: str
    answer: str
    trouble: str
    not_written: str
    unchanged: str
    unclear: str
    too_large: str


_ENGLISH = Words(
    code="en",
    asked="Unsubscribe",
    asked_because="You get mails about events because you are on the list “{list}” of {organisation}.",
    leave="Unsubscribe",
    nothing_yet="Nothing changes until you press the button.",
    gone="You have unsubscribed",
    no_more=(
        "Nothing more is sent to you from the list “{list}” of {organisation}. A mail that is on its way already may "
        "still arrive."
    ),
    one_step_left="One step is left",
    elsewhere=(
        "It is noted that you have left the list “{list}” of {organisation}. That list is sent in another way now, so "
        "please unsubscribe by its newest mail too."
    ),
    come_back="That was a mistake: subscribe me again",
    calendar_stays="What stands in your calendar stays there until you delete it.",
    back="You are subscribed again",
    again="You get the mails of the list “{list}” of {organisation} again, as long as you are on it.",
    nowhere="This link leads nowhere",
    cut_off="It may have been cut off on its way: follow it once more from the mail itself, or from a newer one.",
    answer="If that doesn't help, answer the mail and ask to be taken off the list.",
    trouble="Please try again in a minute",
    not_written="This can't be written down just now, so nothing has changed.",
    unchanged="Nothing has changed",
    unclear=(
        "What was sent says neither to leave nor to come back. Follow the link from the mail, and use the button."
    ),
    too_large="Far more was sent than is needed to leave. Follow the link from the mail, and use the button.",
)
_GERMAN = Words(
    code="de",
    asked="Abmelden",
    asked_because="Sie erhalten E-Mails zu Veranstaltungen, weil Sie auf der Liste „{list}“ von {organisation} stehen.",
    leave="Abmelden",
    nothing_yet="Es ändert sich nichts, bevor Sie auf den Knopf drücken.",
    gone="Sie sind abgemeldet",
    no_more=(
        "Von der Liste „{list}“ von {organisation} erhalten Sie nichts mehr. Eine E-Mail, die schon unterwegs ist, kann noch "
        "ankommen."
    ),
    one_step_left="Ein Schritt fehlt noch",
    elsewhere=(
        "Es ist vermerkt, dass Sie die Liste „{list}“ von {organisation} verlassen haben. Sie wird inzwischen auf anderem Weg "
        "verschickt: Bitte melden Sie sich auch mit ihrer neuesten E-Mail ab."
    ),
    come_back="Das war ein Versehen: wieder anmelden",
    calendar_stays="Was in Ihrem Kalender steht, bleibt dort, bis Sie es löschen.",
    back="Sie sind wieder angemeldet",
    again="Sie erhalten wieder die E-Mails der Liste „{list}“ von {organisation}, solange Sie auf ihr stehen.",
    nowhere="Dieser Link führt nirgendwohin",
    cut_off=(
        "Vielleicht wurde er unterwegs abgeschnitten: Folgen Sie ihm noch einmal aus der E-Mail selbst, oder aus einer neueren."
    ),
    answer="Hilft das nicht, antworten Sie auf die E-Mail und bitten Sie, von der Liste genommen zu werden.",
    trouble="Bitte versuchen Sie es in einer Minute noch einmal",
    not_written="Das kann gerade nicht aufgeschrieben werden, also hat sich nichts geändert.",
    unchanged="Es hat sich nichts geändert",
    unclear="Was geschickt wurde, meldet weder ab noch an. Folgen Sie dem Link aus der E-Mail, und drücken Sie den Knopf.",
    too_large=(
        "Es wurde viel mehr geschickt, als zum Abmelden nötig ist. Folgen Sie dem Link aus der E-Mail, und drücken Sie den Knopf."
    ),
)
#: By the code of their language, whatever the region.
WORDS: Mapping[str, Words] = {words.code: words for words in (_ENGLISH, _GERMAN)}


def words_in(language: str) -> Words:
    """The words of a language (`de-AT` is German); English where there are none."""
    return WORDS.get(language.replace("_", "-").partition("-")[0].casefold(), _ENGLISH)
