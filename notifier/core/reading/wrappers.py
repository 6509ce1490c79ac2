"""Addresses of mail scanners and redirects led back to what they wrap.

Whoever copies a link out of a mail copies the scanner's address of it. Such addresses stop working, tell whose mail
it was, and make a stranger's host of ours. Some keep their target on the scanner's own servers: those stay as they
are, by name in `OPAQUE`.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_letters, digits
from urllib.parse import SplitResult, urlsplit

from notifier.core.reading.tracking import decoded, domains, parameter
from notifier.errors import Severity

_Decode = Callable[[SplitResult], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrapper:
    """`decode` gives the target of an address whose path begins so."""

    decode: _Decode
    paths: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A scanner or tracker whose addresses don't hold their target."""

    name: str
    paths: tuple[str, ...] = ("",)
    severity: Severity = "warning"


def unwrap(address: str) -> str:
    """The innermost web address that this one wraps; itself, where it wraps none that can be read."""
    address = unescaped(address)
    while (inner := _inner(address)) is not None:
        address = unescaped(inner)
    return address


def unescaped(address: str) -> str:
    """The address with `&` where HTML wrote `&amp;`; other entities' names may be those of parameters."""
    return _AMPERSAND.sub("&", address) if ";" in address else address


def opaque(parts: SplitResult) -> Opaque | None:
    """The scanner or tracker that hides where this address leads."""
    path = parts.path or "/"
    for domain in domains((parts.hostname or "").lower()):
        for known in OPAQUE.get(domain, ()):
            if path.startswith(known.paths):
                return known
    return None


def is_wrapping(host: str) -> bool:
    """Whether addresses at this host may wrap others, or hide where they lead."""
    return any(domain in _WRAPPERS or domain in OPAQUE for domain in domains(host))


def _inner(address: str) -> str | None:
    """One wrapping less. Always shorter, so that taking off all of them ends."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    for domain in domains(host):
        for wrapper in _WRAPPERS.get(domain, ()):
            if not parts.path.startswith(wrapper.paths):
                continue
            found = (wrapper.decode(parts) or "").strip().replace(" ", "%20")
            if _WEB.match(found) and found.isprintable() and len(found) < len(address):
                return found
    return None


_AMPERSAND = re.compile(r"&(?:(?:amp|#0?38|#x26);)+", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)


def _parameter(*names: str, paths: tuple[str, ...] = ("",)) -> _Wrapper:
    """The target stands in one of these parameters."""
    return _Wrapper(decode=lambda parts: parameter(parts.query, names), paths=paths)


def _rest(parts: SplitResult) -> str:
    """Path, query and fragment as written: what stands unencoded in a path may hold `?` and `#`."""
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return parts.path + query + fragment


def _proofpoint_v1(parts: SplitResult) -> str | None:
    return parameter(parts.query, ("u",))


def _proofpoint_v2(parts: SplitResult) -> str | None:
    """`-` stands for `%`, `_` for `/`."""
    value = next((piece[2:] for piece in parts.query.split("&") if piece.startswith("u=")), "")
    return decoded(value.translate(_V2))


_V2 = str.maketrans("-_", "%/")
# A run of replaced characters: `**A` is two of them, `**B` three …
_RUNS = {letter: length for length, letter in enumerate(ascii_letters.swapcase() + digits + "-_", start=2)}
_REPLACED = re.compile(r"\*(?:\*([A-Za-z0-9_-]))?")
_ONE_SLASH = re.compile(r"^(https?):/(?!/)", re.IGNORECASE)


def _proofpoint_v3(parts: SplitResult) -> str | None:
    """`/v3/__address__;replaced!…`: each `*` in the address is the next character of what the Base64 text holds."""
    written, closed, tail = _rest(parts)[len("/v3/__") :].rpartition("__;")
    characters = _base64(tail.partition("!")[0]) if closed else None
    address = decoded(written)
    if characters is None or address is None:
        return None
    at = 0
    out: list[str] = []
    start = 0
    for place in _REPLACED.finditer(address):
        length = _RUNS[place[1]] if place[1] else 1
        out += (address[start : place.start()], characters[at : at + length])
        at, start = at + length, place.end()
    # As many characters as places, or it is not what we take it for.
    return _ONE_SLASH.sub(r"\1://", "".join([*out, address[start:]])) if at == len(characters) else None


def _base64(text: str) -> str | None:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return None


def _sophos(parts: SplitResult) -> str | None:
    value = parameter(parts.query, ("u",))
    return _base64(value) if value else None


def _bing(parts: SplitResult) -> str | None:
    value = parameter(parts.query, ("u",)) or ""
    return _base64(value[2:]) if value.startswith("a1") else None


def _cisco(parts: SplitResult) -> str | None:
    """`/token/encoded address`."""
    return decoded(_rest(parts)[1:].partition("/")[2])


def _amazon(parts: SplitResult) -> str | None:
    """`/L0/encoded address/number/ids/signature`."""
    return decoded(parts.path[1:].partition("/")[2].partition("/")[0])


def _check_point(parts: SplitResult) -> str | None:
    """`/v2/___address___.token`."""
    address, closed, _ = _rest(parts)[len("/v2/___") :].rpartition("___.")
    return address if closed else None


def _amp(parts: SplitResult) -> str | None:
    """`/amp/s/host/path`, and an AMP cache's `/c/s/host/path`; without the `s` it is plain http."""
    _, _, rest = _rest(parts)[1:].partition("/")
    if rest.startswith("s/"):
        return f"https://{rest[2:]}"
    return f"http://{rest}" if "." in rest.partition("/")[0] else None


def _teams(parts: SplitResult) -> str | None:
    """The page that offers the app: its target is a path of the same host."""
    value = parameter(parts.query, ("url",)) or ""
    return f"https://{parts.netloc}{value.removeprefix('/_#')}" if value.startswith(("/_#/l/", "/l/")) else None


_ENTRANCE = _parameter("u", paths=("/l.php", "/flx/warn"))
_GOOGLE = (
    _parameter("q", "url", paths=("/url",)),
    _parameter("dest", paths=("/linkredirect",)),
    _Wrapper(decode=_amp, paths=("/amp/",)),
)
_PROOFPOINT = (
    _Wrapper(decode=_proofpoint_v1, paths=("/v1/",)),
    _Wrapper(decode=_proofpoint_v2, paths=("/v2/",)),
    _Wrapper(decode=_proofpoint_v3, paths=("/v3/__",)),
)
_MICROSOFT = (_parameter("url"),)
_WRAPPERS: dict[str, tuple[_Wrapper, ...]] = {
    "safelinks.protection.outlook.com": _MICROSOFT,
    "safelinks.protection.office365.us": _MICROSOFT,
    "statics.teams.cdn.office.net": (_parameter("url", paths=("/evergreen-assets/safelinks/",)),),
    "safelink.emails.azure.net": (_parameter("destination"),),
    "teams.microsoft.com": (_Wrapper(decode=_teams, paths=("/dl/launcher/",)),),
    "urldefense.proofpoint.com": _PROOFPOINT,
    "urldefense.com": _PROOFPOINT,
    "urldefense.us": _PROOFPOINT,
    "linkprotect.cudasvc.com": (_parameter("a", paths=("/url",)),),
    "trendmicro.com": (_parameter("url", paths=("/wis/clicktime/",)),),
    "secure-web.cisco.com": (_Wrapper(decode=_cisco),),
    "protection.sophos.com": (_Wrapper(decode=_sophos),),
    "fireeye.com": (_parameter("u", paths=("/v1/url", "/url", "/v1/")),),
    "clicktime.symantec.com": (_parameter("u"),),
    "link.edgepilot.com": (_parameter("u"),),
    "urlsand.esvalabs.com": (_parameter("u"),),
    "url.avanan.click": (_Wrapper(decode=_check_point, paths=("/v2/___",)),),
    "protect.checkpoint.com": (_Wrapper(decode=_check_point, paths=("/v2/___",)),),
    "deref-gmx.net": (_parameter("redirectUrl"),),
    "deref-web.de": (_parameter("redirectUrl"),),
    "awstrack.me": (_Wrapper(decode=_amazon, paths=("/L0/", "/CL0/")),),
    "google": _GOOGLE,
    "ampproject.org": (_Wrapper(decode=_amp, paths=("/c/", "/v/", "/wp/")),),
    "youtube.com": (_parameter("q", paths=("/redirect",)),),
    "facebook.com": (_ENTRANCE,),
    "l.messenger.com": (_ENTRANCE,),
    "l.workplace.com": (_ENTRANCE,),
    "l.instagram.com": (_parameter("u"),),
    "l.threads.net": (_parameter("u"),),
    "l.threads.com": (_parameter("u"),),
    "l.wl.co": (_parameter("u", paths=("/l",)),),
    "linkedin.com": (_parameter("url", paths=("/redir/", "/safety/go")),),
    "slack-redir.net": (_parameter("url", paths=("/link",)),),
    "slack.com": (_parameter("url", paths=("/redir",)),),
    "bing.com": (_Wrapper(decode=_bing, paths=("/ck/a",)),),
    "duckduckgo.com": (_parameter("uddg", paths=("/l/",)),),
    "out.reddit.com": (_parameter("url"),),
    "vk.com": (_parameter("to", paths=("/away.php",)),),
    "t.umblr.com": (_parameter("z", paths=("/redirect",)),),
    "steamcommunity.com": (_parameter("u", "url", paths=("/linkfilter/",)),),
}

_MIMECAST = (Opaque(name="the mail scanner Mimecast", paths=("/s/", "/r/", "/l/")),)
OPAQUE: dict[str, tuple[Opaque, ...]] = {
    "mimecast.com": _MIMECAST,
    "mimecastprotect.com": (Opaque(name="the mail scanner Mimecast"),),
    "safelinks.protection.outlook.com": (Opaque(name="the mail scanner Microsoft Safe Links"),),
    "urldefense.proofpoint.com": (Opaque(name="the mail scanner Proofpoint"),),
    "urldefense.com": (Opaque(name="the mail scanner Proofpoint"),),
    "urldefense.us": (Opaque(name="the mail scanner Proofpoint"),),
    "linkprotect.cudasvc.com": (Opaque(name="the mail scanner Barracuda"),),
    "trendmicro.com": (Opaque(name="the mail scanner Trend Micro", paths=("/wis/clicktime/",)),),
    "secure-web.cisco.com": (Opaque(name="the mail scanner Cisco Secure Email"),),
    "protection.sophos.com": (Opaque(name="the mail scanner Sophos"),),
    "clicktime.symantec.com": (Opaque(name="the mail scanner Symantec"),),
    "link.edgepilot.com": (Opaque(name="the mail scanner EdgePilot"),),
    "url.emailprotection.link": (Opaque(name="a mail scanner"),),
    "url.avanan.click": (Opaque(name="the mail scanner Check Point"),),
    "protect.checkpoint.com": (Opaque(name="the mail scanner Check Point"),),
    "list-manage.com": (Opaque(name="a mailing's click counter (Mailchimp)", paths=("/track/click",)),),
    "mandrillapp.com": (Opaque(name="a mailing's click counter (Mandrill)", paths=("/track/click",), severity="info"),),
    "sendgrid.net": (Opaque(name="a mailing's click counter (SendGrid)", paths=("/ls/click", "/wf/click"), severity="info"),),
    "rs6.net": (Opaque(name="a mailing's click counter (Constant Contact)", severity="info"),),
    "hubspotlinks.com": (Opaque(name="a mailing's click counter (HubSpot)", severity="info"),),
    "convertkit-mail.com": (Opaque(name="a mailing's click counter (Kit)", severity="info"),),
    "convertkit-mail2.com": (Opaque(name="a mailing's click counter (Kit)", severity="info"),),
    "klclick.com": (Opaque(name="a mailing's click counter (Klaviyo)", severity="info"),),
    "mlsend.com": (Opaque(name="a mailing's click counter (MailerLite)", severity="info"),),
    "createsend1.com": (Opaque(name="a mailing's click counter (Campaign Monitor)", paths=("/t/",), severity="info"),),
    "cmail19.com": (Opaque(name="a mailing's click counter (Campaign Monitor)", paths=("/t/",), severity="info"),),
    "cmail20.com": (Opaque(name="a mailing's click counter (Campaign Monitor)", paths=("/t/",), severity="info"),),
    "emlnk.com": (Opaque(name="a mailing's click counter (ActiveCampaign)", severity="info"),),
    "substack.com": (Opaque(name="a mailing's click counter (Substack)", paths=("/redirect/",), severity="info"),),
    "go.pardot.com": (Opaque(name="a mailing's click counter (Pardot)", paths=("/e/",), severity="info"),),
    "exct.net": (Opaque(name="a mailing's click counter (Salesforce)", severity="info"),),
    "awstrack.me": (Opaque(name="a mailing's click counter (Amazon)", severity="info"),),
}  # fmt: skip
