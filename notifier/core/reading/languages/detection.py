"""Which language a text is in, by its small words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: What is read of a text to tell its language.
MAX_READ = 20_000
#: So many small words of another language it takes to leave the preferred one, and so many times as many.
_FEWEST = 3
_MAJORITY = 2

#: Words that among these languages belong to one only.
_SMALL = {
    "en": "the and of to is for with this that are be will have has from by our your you we they it an at as or was were "
    "please join about which what who when where how can their there here",
    "de": "der und das ist mit ein eine einen einem einer eines auf für von zum zur im den dem des nicht wir ihr sie es "
    "auch sich bei nach wird werden sind haben hat oder aus über uns euch wie wenn alle uhr um am bitte findet statt",
    "fr": "le les et des du est une pour dans avec sur qui nous vous ce cette ces au aux pas ou où à être sont notre "
    "votre nos vos par plus leur ainsi heures",
    "es": "el los las y del es una para por con que se su sus nos al como más este esta estos estas o en muy son será "
    "nuestro nuestra nuestros quienes todos desde hasta",
    "it": "il lo gli e di che è una uno per con del della dei delle dello nel nella al alla alle ai si non sono come più "
    "questo questa nostro nostra saranno sarà dal dalle ore dalla presso ci tutti",
}
#: Names of months and weekdays that are written so in one of them only.
_NAMED = {
    "en": "january february march may june july october december monday tuesday wednesday thursday friday saturday sunday",
    "de": "januar februar märz juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "fr": "janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi "
    "vendredi samedi dimanche",
    "es": "enero febrero abril mayo junio julio septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes "
    "sábado domingo",
    "it": "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre lunedì martedì mercoledì giovedì venerdì "
    "sabato domenica",
}
#: Words that stand in nearly every text of some language.
SMALL_WORDS = frozenset(word for words in _SMALL.values() for word in words.split())
_LONGEST = 12
_WORD = re.compile(rf"[^\W\d_]{{1,{_LONGEST}}}")
#: Letters in lower case, and a space for anything else: far quicker than a search, where a text has no other letters.
_LETTERS = "".join(chr(code).lower() if chr(code).isalpha() else " " for code in range(128))


def _only_theirs() -> dict[str, str]:
    """Each small word with its language; words of several say nothing."""
    words = {code: f"{small} {_NAMED[code]}".split() for code, small in _SMALL.items()}
    met = Counter(word for own in words.values() for word in own)
    return {word: code for code, own in words.items() for word in own if met[word] == 1}


_OWN = _only_theirs()


def told_language(text: str, codes: Sequence[str]) -> str:
    """The one of these languages that a text is in. The first stands unless another has a clear majority of words."""
    preferred = codes[0]
    if len(codes) == 1:
        return preferred
    # All of it goes through what is written in C: every word of a text passes here.
    found = Counter(map(_OWN.get, _words(text[:MAX_READ])))
    met = {code: found[code] for code in codes}
    best = max(codes, key=lambda code: met[code])
    clear = met[best] >= _FEWEST and all(met[best] >= _MAJORITY * met[other] for other in codes if other != best)
    return best if clear else preferred


def _words(text: str) -> list[str]:
    if not text.isascii():
        return list(map(str.casefold, _WORD.findall(text)))
    words = text.translate(_LETTERS).split()
    long = [word for word in words if len(word) > _LONGEST]
    return words + [word[at : at + _LONGEST] for word in long for at in range(0, len(word), _LONGEST)]
