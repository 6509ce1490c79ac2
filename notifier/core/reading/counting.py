"""The number that a meeting has in its series: “#12”, “the fifth meeting”, “12. Treffen”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct"
    "|nov|dec|januar|jänner|februar|feber|märz|mai|juni|juli|oktober|dezember|mrz|okt|dez|janvier|février|mars|avril|juin|juillet"
    "|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    "|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|novembre|dicembre"
)
_DAYS = (
    r"mon(?=day|tag)|tues|wednes|thurs|fri(?=day)|satur|sun(?=day)|diens|mitt|donners|frei|sams|sonn|lun(?=di|es|ed)|mar(?=di|tes|ted)"
    r"|mer(?=cr)|mi[eé]r|jeu|juev|ven(?=d|erd)|vier|sam(?=edi)|s[aá]b|dim|domi|giov"
)
# A meeting of a series; not a part of its programme (session, talk, panel, day).
_NOUN = (
    r"(?P<noun>meet-?ups?|meetings?|events?|editions?|gatherings?|calls?|workshops?|webinars?|conferences?|symposi(?:um|a)"
    r"|forums?|hackathons?|book clubs?|treffen|veranstaltung|sitzung|stammtisch|ausgabe|auflage|rencontre|r[eé]union|[eé]dition"
    r"|apéro|encuentro|edici[oó]n|reuni[oó]n|incontro|edizione|riunione)"
)
_WORDS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "first erste ersten erstes erster première premier primera primer primo prima",
            "second zweite zweiten zweites zweiter deuxième seconde segundo segunda secondo seconda",
            "third dritte dritten drittes dritter troisième tercer tercera terzo terza",
            "fourth vierte vierten viertes vierter quatrième cuarto cuarta quarto quarta",
            "fifth fünfte fünften fünftes fünfter cinquième quinto quinta",
            "sixth sechste sechsten sechstes sechster sixième sexto sexta sesto sesta",
            "seventh siebte siebten siebtes siebter septième séptimo séptima settimo settima",
            "eighth achte achten achtes achter huitième octavo octava ottavo ottava",
            "ninth neunte neunten neuntes neunter neuvième noveno novena nono nona",
            "tenth zehnte zehnten zehntes zehnter dixième décimo décima decimo decima",
            "eleventh elfte elften elftes elfter onzième undécimo undicesimo",
            "twelfth zwölfte zwölften zwölftes zwölfter douzième duodécimo dodicesimo",
            "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_ORDINAL = re.compile(
    rf"(?<![\w.,:#/-])(?:(?P<digits>\d{{1,4}})(?:st|nd|rd|th|[èe]me|[èe]re?|e|[ºª°]|\.)|(?P<word>{'|'.join(_WORDS)}))\s"
    # Not the second of May, the first Tuesday, the third floor.
    rf"(?!(?:{_MONTHS})\b|(?:{_DAYS})[a-zéì]{{0,9}}\b|(?:of|floor|street|avenue|week|year|day|half|session|part|stock|étage)\b)"
    rf"(?:[\w'’&+-]{{1,20}}\s){{0,4}}?{_NOUN}\b"
    # Counting begins anew with the year.
    r"(?!\s(?:of|in|this|im|des|de|del|dell)\s?['’]?(?:the\s|this\s|l[ae]\s|cette\s)?"
    r"(?:year|season|term|month|autumn|spring|summer|winter|series|jahr|jahres|saison|année|año|anno|(?:19|20)\d\d)\b)",
    re.IGNORECASE,
)
_MARKED = re.compile(
    rf"(?:(?<![\w&/])#\s?|\b(?:no\.?|nr\.?|number|vol\.?|n°|nº|№)\s?|\b{_NOUN}\s)(?P<digits>\d{{1,4}})(?![\d:%]|[.,/-]\d|st\b|nd\b|rd\b|th\b"
    rf"|\s(?:{_MONTHS})\b)",
    re.IGNORECASE,
)
_NEITHER = re.compile(rf"\b(?:\d[\d.,:/-]*\w{{0,3}}|{_MONTHS}|(?:{'|'.join(_WORDS)}))\b|[\W_]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A meeting's number, in the words that give it."""

    value: int
    text: str


# A document that is read again has mostly the same title and opening.
@lru_cache(maxsize=1024)
def number_in(text: str) -> Number | None:
    """The number that a text gives a meeting, if it gives one."""
    text = text[:500]
    found = _MARKED.search(text) or _ORDINAL.search(text)
    if found is None:
        return None
    digits = found["digits"]
    value = int(digits) if digits else _WORDS[found["word"].casefold()]
    if value == 0 or 1900 <= value <= 2200:
        return None
    return Number(value=value, text=" ".join(found[0].split()))


def without_numbers(title: str) -> str:
    """What titles of one series have in common: no numbers, no dates, no months; "" where nothing is left."""
    return " ".join(_NEITHER.sub(" ", title[:500].casefold()).split())
