"""Templates of one's own in which a note above a mail would have no place, told before anybody writes one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from notifier.core.note_shown import UNSHOWN
from notifier.core.render import KINDS, render_sample
from notifier.core.samples import samples
from notifier.core.templates import Templates
from notifier.errors import Problem, UserError

_WORDS = "A few words of a person."
_WHAT = "This template does not show the note that a person may put above one mail, so its mails can have none."
_HINT = "Put {{ parts.prose(note) }} where it is to stand."


def unshown_notes(templates: Templates) -> Iterator[Problem]:
    """A warning for each template that leaves a note out: a mail with a note is refused with it, and all others are right."""
    for kind in KINDS:
        try:
            render_sample(templates, replace(samples(kind)[0], note=_WORDS))
        except UserError as error:
            # What else is wrong with it is told elsewhere.
            left_out = [one for one in error.problems if one.what == UNSHOWN]
            yield from (replace(one, what=_WHAT, hint=_HINT, severity="warning") for one in left_out)
