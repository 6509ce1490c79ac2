"""Whether anybody can still register: the key `full`, the title, or words that say that registration is closed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from notifier.core.event import Evidence
from notifier.core.reading.bearing import Bearing
from notifier.core.reading.candidates import Candidate
from notifier.core.reading.mapped import Keys

_WORDS = (
    r"(?:full|fully booked|sold ?out|registration closed|closed for registration|ausgebucht|ausverkauft|complet|completo"
    r"|agotado|esaurito)"
)
_IN_TITLE = re.compile(rf"[\[(]\s?{_WORDS}\s?[!\])]|^\W{{0,4}}{_WORDS}\s?(?::|!|\s[-–—]\s)", re.IGNORECASE)


def read_full(keys: Keys, title: Candidate[str], bearings: Sequence[Bearing]) -> Candidate[bool] | None:
    """True with its evidence where nobody can register any more; None where nothing says so. The key counts alone."""
    said = keys.flag("full")
    if said is not None:
        return Candidate(field="full", value=True, evidence=keys.evidence_of("full", "full")) if said else None
    if _IN_TITLE.search(title.value):
        evidence = Evidence(
            field="full", text=title.evidence.text, line=title.evidence.line, basis=title.evidence.basis
        )
        return Candidate(field="full", value=True, evidence=evidence)
    for bearing in bearings:
        sentence, words = bearing.sentence, bearing.sentence.language.filling
        if bearing.elsewhere or "filling.told" not in sentence.said or words.unless.search(sentence.text):
            continue
        evidence = Evidence(field="full", text=sentence.quote, line=sentence.line, basis="prose")
        return Candidate(field="full", value=True, evidence=evidence)
    return None
