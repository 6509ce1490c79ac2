"""Links and pictures: where they lead, what they say, and what is left where pictures are not shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from notifier.core.leaving import SLOT, UNSUBSCRIBE
from notifier.core.plain import one_line
from notifier.core.preflight.addresses import address_fault, host_of
from notifier.core.preflight.mail import HTML, TEXT, Mail, error, quoted, warning
from notifier.core.preflight.markup import Element
from notifier.errors import Problem

#: What says nothing about where a link leads, to those who hear a mail's links read one after the other.
_GENERIC = frozenset({
    "click", "click here", "click this link", "continue", "details", "here", "learn more", "link", "more", "more info", "read more",
    "see more", "this link", "this page",
    "hier", "hier klicken", "klick hier", "klicken sie hier", "klicke hier", "mehr", "mehr erfahren", "mehr lesen", "weiter", "weiterlesen",
    "ici", "cliquez ici", "cliquer ici", "en savoir plus", "lien", "lire la suite", "lire plus", "plus", "savoir plus", "suite",
    "aquí", "aqui", "enlace", "haga clic aquí", "haz clic aquí", "leer más", "más", "más información", "pulsa aquí", "saber más", "ver más",
    "clicca qui", "qui", "clicca", "continua", "leggi", "leggi di più", "leggi tutto", "per saperne di più", "scopri di più",
    "altro",
})  # fmt: skip
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*+")
_LOOKS_LIKE_ADDRESS = re.compile(
    r"(?:[a-z]{3,8}://|www\.)?(?:[\w-]{1,63}+\.){1,8}[^\W\d_]{2,24}+(?::\d{1,5}+)?(?:[/?#]\S{0,2000}+)?", re.IGNORECASE
)
#: A name with a dot in it, as services have: Outlook.com.
_NAME = re.compile(r"(?!www\.)[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,2}", re.IGNORECASE)
_LOOKS_LIKE_MAILBOX = re.compile(r"[^\s@<>]{1,64}+@(?:[\w-]{1,63}+\.){1,8}[^\W\d_]{2,24}+", re.IGNORECASE)
_ADDRESS_IN_TEXT = re.compile(r"\bhttps?://[^\s<>\"“”]{1,2000}+", re.IGNORECASE)
_LEAVE = re.compile(
    r"unsubscribe|opt[- ]?out|abmelden|abbestellen|austragen|désabonner|desabonner|désinscrire|désinscription|darse de baja|darte de baja"
    r"|cancelar (?:la |tu |su )?suscripci|annulla (?:l['’])?iscrizione|disiscri|cancell(?:a|ati) ",
    re.IGNORECASE,
)
_PIXELS = re.compile(r"\s{0,9}([0-9]{1,9}+)(?:px)?\s{0,9}", re.IGNORECASE)


def link_problems(mail: Mail) -> Iterator[Problem]:
    """What is wrong with the links of both parts, and with pictures that are links."""
    said = _said_by_links(mail)
    known: set[str] = set()
    for place, link in mail.page.named("a"):
        address = link.attributes.get("href")
        if address is None:
            continue
        known.add(address.strip())
        text = one_line("".join(said.get(place, ())))
        if not _is_slot(address, mail) and not _is_anchor(address, mail):
            yield from _address(mail, address, f"The link {_called(mail, text or address)}", line=link.line)
            yield from _other_address(mail, link, text, address)
        yield from _wording(link, text)
    for _, area in mail.page.named("area"):
        yield from _address(mail, area.attributes.get("href", ""), "The link of a part of a picture", line=area.line)
    yield from _addresses_in_text(mail, known)


def _said_by_links(mail: Mail) -> dict[int, list[str]]:
    """What readers see, or hear where pictures are not shown, of each link."""
    said: dict[int, list[str]] = {}
    elements = mail.page.elements
    for run in mail.page.runs:
        link = elements[run.element].link if run.element is not None else None
        if link is not None and mail.page.is_seen(run):
            said.setdefault(link, []).append(run.text)
    for _, image in mail.page.named("img"):
        if image.link is not None:
            said.setdefault(image.link, []).append(image.attributes.get("alt", ""))
    return said


def _is_slot(address: str, mail: Mail) -> bool:
    """Whether a provider writes the address, for each of its readers another."""
    return UNSUBSCRIBE in mail.message.slots and address.strip() == SLOT


def _is_anchor(address: str, mail: Mail) -> bool:
    target = address.strip()
    return len(target) > 1 and target.startswith("#") and _has_anchor(mail, target[1:])


def _has_anchor(mail: Mail, name: str) -> bool:
    return any(name in (one.attributes.get("id"), one.attributes.get("name")) for one in mail.page.elements)


def _address(mail: Mail, address: str, subject: str, *, line: int) -> Iterator[Problem]:
    """What is wrong with an address; the sentence about it begins with its `subject`."""
    fault = address_fault(address)
    if fault is None:
        return
    shown = f" ({_called(mail, address)})" if address.strip() and address.strip() not in subject else ""
    is_error = mail.reaches_people if fault.private else not fault.mild
    yield (error if is_error else warning)(HTML, f"{subject}{shown} {fault.what}.", fault.hint, line=line)


def _called(mail: Mail, text: str) -> str:
    """Some of a text or an address. Of one that not everybody may have, no more than its host: reasons stand in logs."""
    if mail.audience.public or "://" not in text:
        return quoted(text)
    scheme, _, rest = text.partition("://")
    return quoted(f"{scheme}://{re.split('[/?#]', rest, maxsplit=1)[0]}/…")


def _other_address(mail: Mail, link: Element, text: str, address: str) -> Iterator[Problem]:
    """A link that shows one address and leads to another: what those do who steal passwords."""
    shown, target = _shown_target(text), _target(address)
    if not shown or shown == target:
        return
    is_name = _NAME.fullmatch(text) is not None
    if is_name and shown.split(".")[-2:][0] in target.split("."):
        return
    what = f"The link shows {_called(mail, text)} and leads to {_called(mail, address)}."
    hint = "Let it show where it leads, or words."
    # Services and events are called like sites, and a title is its author's.
    is_mild = is_name or any(text == one_line(event.title) for event in mail.events)
    yield (warning if is_mild else error)(HTML, what, hint, line=link.line)


@lru_cache(maxsize=1024)
def _shown_target(text: str) -> str:
    """The host, or the mailbox, that a text names; "" where it is words."""
    if _LOOKS_LIKE_MAILBOX.fullmatch(text):
        return text.casefold()
    if not _LOOKS_LIKE_ADDRESS.fullmatch(text):
        return ""
    return _bare_host(text if "://" in text else f"https://{text}")


def _target(address: str) -> str:
    if address.strip().lower().startswith("mailto:"):
        return address.strip()[len("mailto:") :].partition("?")[0].casefold()
    return _bare_host(address)


def _bare_host(address: str) -> str:
    return host_of(address).removeprefix("www.")


def _wording(link: Element, text: str) -> Iterator[Problem]:
    words = " ".join(_WORDS.findall(text.casefold()[:200]))
    if not text:
        # Pictures without a text of their own have their say in `image_problems`.
        return
    if words in _GENERIC:
        what = (
            f"The link {quoted(text)} doesn't say where it leads, to those who hear links without the text around them."
        )
        yield warning(HTML, what, "Name what is there: “See the event page”.", line=link.line)


def _addresses_in_text(mail: Mail, known: set[str]) -> Iterator[Problem]:
    """The addresses of the plain-text part that are no links of the page: words of an author, or of a template of its own."""
    for number, line in enumerate(mail.message.text.split("\n"), start=1):
        for found in _ADDRESS_IN_TEXT.finditer(line):
            address = found[0].rstrip(".,;:!?'’)]}…*_")
            if address not in known and found[0] not in known and not _is_slot(address, mail):
                known.add(address)
                if fault := address_fault(address):
                    yield warning(TEXT, f"The address {_called(mail, address)} {fault.what}.", fault.hint, line=number)


def image_problems(mail: Mail) -> Iterator[Problem]:
    """Pictures without words in their place, pictures that can't be had, and those that only watch who reads."""
    said = _said_by_links(mail)
    for _, image in mail.page.named("img"):
        name = _called(mail, image.attributes.get("src", ""))
        if "alt" not in image.attributes:
            what = f"The picture {name} has no `alt`: where pictures are not shown, its file name is read out."
            yield warning(
                HTML, what, 'Say in `alt` what it shows, or write `alt=""` where it is only ornament.', line=image.line
            )
        if _is_pixel(image):
            what = f"The picture {name} is one dot: it looks like one that watches who reads."
            yield warning(HTML, what, "Take it out.", line=image.line)
        yield from _source(mail, image)
    for place, link in mail.page.named("a"):
        if "href" in link.attributes and not one_line("".join(said.get(place, ()))):
            what = f"The link to {_called(mail, link.attributes['href'])} has nothing in it that could be read, or read out."
            yield error(HTML, what, "Give it words, or its picture an `alt` that says where it leads.", line=link.line)


def _source(mail: Mail, image: Element) -> Iterator[Problem]:
    address = image.attributes.get("src", "")
    if address.lower().startswith("cid:"):
        return
    if address.lower().startswith("data:"):
        what = "A picture is written into the page itself, which many mail programs don't show."
        yield warning(HTML, what, "Link to it with an https address.", line=image.line)
        return
    yield from _address(mail, address, "The address of a picture", line=image.line)


def _is_pixel(image: Element) -> bool:
    sizes = [_PIXELS.fullmatch(image.attributes.get(side, "")) for side in ("width", "height")]
    return any(size is not None and int(size[1]) <= 1 for size in sizes)


def can_leave(mail: Mail) -> bool:
    """Whether there is a way to unsubscribe: what the provider fills in, or a link that says so."""
    if UNSUBSCRIBE in mail.message.slots:
        return True
    said = _said_by_links(mail)
    return any(_says_so(mail, link, said.get(place, ())) for place, link in mail.page.named("a"))


def _says_so(mail: Mail, link: Element, said: Iterable[str]) -> bool:
    address = link.attributes.get("href", "")
    is_way = _is_slot(address, mail) or address_fault(address) is None
    return is_way and _LEAVE.search(f"{' '.join(said)} {address}") is not None
