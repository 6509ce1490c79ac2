"""The kinds of value that config.yaml knows: durations, times of day, names, addresses. Each says what it wants."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from notifier.config.colours import COLOURS
from notifier.config.tree import shown
from notifier.core.schedule import next_after
from notifier.core.zones import zone_named

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LONGEST = timedelta(days=366)
_LONGEST_URL = 2000
_SHORTEST_KEEPING = timedelta(days=7)

_NAME = r"[a-z0-9-]{1,64}"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(\.{_LABEL})*"
_ADDRESS = r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}"
_LEAVING = r"(https://[a-z0-9]|mailto:[^@]+@[a-z0-9])[!#-;=?-~]{0,700}"
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_WEEKDAYS = "mon|tue|wed|thu|fri|sat|sun"


def wrong(what: str, hint: str = "") -> PydanticCustomError:
    """A complaint in our own words, to be raised by a validator."""
    return PydanticCustomError("notifier", "{what}", {"what": what, "hint": hint})


def closest(text: str, choices: list[str]) -> str:
    """`Did you mean x?`, or "" when nothing is close."""
    if len(text) > 60:
        return ""
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    near = difflib.get_close_matches(text.casefold(), list(folded), n=1, cutoff=0.6)
    return f"Did you mean {folded[near[0]]}?" if near else ""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be text")
    return value


def _duration(units: str, example: str) -> Callable[[object], timedelta]:
    def parsed(value: object) -> timedelta:
        if isinstance(value, int) and not isinstance(value, bool):
            raise wrong(f"{value} needs a unit.", f"Write, for example: {example}.")
        if not isinstance(value, str):
            raise wrong("is not a duration.", f"Write, for example: {example}.")
        found = re.fullmatch(rf"(\d{{1,8}})([{units}])", value, re.ASCII)
        if not found:
            raise wrong(f"{shown(value)!r} is not a duration.", f"Write, for example: {example}.")
        length = int(found[1]) * _UNITS[found[2]]
        if length > LONGEST:
            raise wrong(f"{found[0]} is too long.", "The longest is 366d.")
        if "s" in units and not length:
            raise wrong("must be longer than nothing.", f"Write, for example: {example}.")
        return length

    return parsed


def _keeping(value: object) -> timedelta:
    length = _duration("d", "90d")(value)
    if length < _SHORTEST_KEEPING:
        raise wrong(f"{value} is too short.", "Some of it may still be under way: write at least 7d.")
    return length


def _clock(value: object) -> time:
    if isinstance(value, int | float):
        raise wrong(f"{value} is not a time of day.", 'Write, for example: "10:00", in quotes.')
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", _text(value), re.ASCII)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise wrong(f"{shown(_text(value))!r} is not a time of day.", 'Write, for example: "10:00", in quotes.')
    return time(int(found[1]), int(found[2]))


def _named(text: str) -> str:
    if re.fullmatch(_NAME, text):
        return text
    plain = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode().lower()
    better = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64]
    hint = f"For example: {better}." if better else ""
    raise wrong("is not a name: names have small letters a–z, digits and hyphens, 64 at most.", hint)


def _line(text: str) -> str:
    if not text.strip():
        raise wrong("is empty.")
    if "\n" in text.strip():
        raise wrong("has several lines.", "Write it in one.")
    return text.strip()


def _host(text: str) -> str:
    if re.fullmatch(_HOST, text) and len(text) <= 253:
        return text
    if "//" in text or "/" in text:
        raise wrong("is an address of a page, not a host name.", "Write only the host, for example: example.org.")
    if not text.isascii():
        raise wrong(f"{shown(text)!r} is not a host name.", "Write it in its xn-- form.")
    if re.fullmatch(_HOST, text.lower()):
        raise wrong(f"{shown(text)!r} has capital letters.", f"Write {text.lower()}.")
    raise wrong(f"{shown(text)!r} is not a host name.", "Write, for example: example.org.")


def _listening(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return _host(text)


def _network(value: object) -> IPv4Network | IPv6Network:
    text = _text(value)
    try:
        found = ip_network(text)
    except ValueError:
        hint = "Write an address, or a network without bits of a host: 192.0.2.7 or 172.18.0.0/16."
        raise wrong(f"{shown(text)!r} is neither an address nor a network of them.", hint) from None
    if not found.prefixlen:
        raise wrong(
            "is the whole internet, and anybody could say that they are anybody.", "Name the proxy's own address."
        )
    return found


def _domain(text: str) -> str:
    if "." not in _host(text):
        raise wrong(f"{shown(text)!r} is not a whole domain.", "Write it with its ending, for example: example.org.")
    return text


def _selector(text: str) -> str:
    if re.fullmatch(_HOST, text) and len(text) <= 63:
        return text
    what = f"{shown(text)!r} is not a selector."
    raise wrong(what, "Write small letters, digits and hyphens, at most 63, for example: notifier.")


def _address(text: str) -> str:
    name, _, host = text.rpartition("@")
    if re.fullmatch(_ADDRESS, text) and ".." not in text and "." not in (name[0], name[-1]) and "." in host.strip("."):
        return text
    raise wrong(f"{shown(text)!r} is not a mail address.", "Write, for example: events@example.org.")


def web_host(text: str) -> str | None:
    """The host of a plain http(s) address without user, query or fragment; None for anything else."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        return None
    if not known or not parts.hostname or "@" in parts.netloc or re.search(r"[\s?#\\]", text):
        return None
    return parts.hostname


def _url(text: str) -> str:
    # The text is not repeated: an address may carry a password.
    if web_host(text) is None:
        raise wrong(
            "is not a plain web address.", "Write, for example: https://www.example.org, without password, ? or #."
        )
    if text.endswith("/"):
        raise wrong("ends with a slash.", f"Write {shown(text.rstrip('/'))}.")
    return text


def _service_url(text: str) -> str:
    # An API key travels with every request; only on loopback may that be unencrypted.
    if text.startswith("http://") and web_host(text) not in LOOPBACK:
        raise wrong("would send the key unencrypted.", "Write an address that begins with https://.")
    return _url(text)


def _hook_url(text: str) -> str:
    # Not repeated: whoever knows the address of a webhook may be able to post to it.
    example = "Write, for example: https://hooks.example.org/notifier."
    _plain_url(text, r'[\\"<>^`{|}]', "is not a web address of plain letters.", example)
    if "@" in urlsplit(text).netloc:
        raise wrong("has a user name or a password in it.", "Leave it out: what is posted is signed with the secret.")
    if "#" in text:
        raise wrong("has a # in it, which never reaches a server.", "Leave out what follows it.")
    return _encrypted(text, "what is posted")


def ping_url(text: str) -> str:
    """The address of a dead man's switch. Not repeated where it is wrong: whoever knows it can make it silent."""
    example = "Write, for example: https://ping.example.org/notifier."
    _plain_url(text, r'[\\"<>^`{|}#@]', "is not a web address of plain letters, without @ and #.", example)
    return _encrypted(text, "it")


def _issuer(text: str) -> str:
    # Kept as it is written: a token names its issuer sign for sign.
    example = "Write it as the service names it, for example: https://accounts.example.org."
    _plain_url(text, r'[\\"<>^`{|}?#@]', "is not the plain web address of an issuer.", example)
    return _encrypted(text, "log-ins")


def _plain_url(text: str, strange: str, otherwise: str, example: str) -> None:
    """Raise `wrong` for what is no whole address, or has signs in it that are not ASCII or that `strange` matches."""
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong("is not a web address.", example) from None
    if not is_whole or len(text) > _LONGEST_URL or re.search(rf"[^!-~]|{strange}", text):
        raise wrong(otherwise, example)


def _encrypted(text: str, what: str) -> str:
    """The address, where `what` travels encrypted to it, or not beyond this machine."""
    parts = urlsplit(text)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise wrong(f"would let {what} travel unencrypted.", "Write an address that begins with https://.")
    return text


@cache
def _zone_names() -> list[str]:
    return sorted(available_timezones())


def zone_problem(text: str) -> tuple[str, str] | None:
    """Why a text is no IANA zone and what to write; None where it is one."""
    # A zone's own spelling: a disk that ignores case would accept others.
    names = _zone_names()
    try:
        zone_named(text)
        known = text in names
    except ValueError:
        known = False
    if known:
        return None
    city = text.casefold().replace(" ", "_")
    cities = [name for name in names if name.casefold().rpartition("/")[2] == city]
    hint = f"Did you mean {cities[0]}?" if cities else closest(text, names)
    return f"{shown(text)!r} is not a time zone.", hint or "Write a name such as Europe/London."


def _leaving(text: str) -> str:
    # It stands between < and > on one line of each mail's head (RFC 2369).
    if re.fullmatch(_LEAVING, text):
        return text
    hint = "Write, for example: https://lists.example.org/choir/leave or mailto:choir-leave@lists.example.org"
    raise wrong("is neither an https:// nor a mailto: address of plain letters.", hint)


def _zone(text: str) -> str:
    if problem := zone_problem(text):
        raise wrong(*problem)
    return text


def _language(text: str) -> str:
    if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        return text
    raise wrong(f"{shown(text)!r} is not a language.", "Write its code, for example: en or en-GB.")


def _colour(text: str) -> str:
    if text in COLOURS:
        return text
    hint = closest(text, sorted(COLOURS)) or "Write a CSS colour name, for example: teal."
    raise wrong(f"{shown(text)!r} is not a colour that calendars know by name.", hint)


def _pattern(text: str) -> str:
    parts = text.split("/")
    if text.startswith(("/", "~")) or ".." in parts or "" in parts[:-1] or "\\" in text:
        raise wrong(f"{shown(text)!r} leaves the source's folder.", "Write it relative to that folder: _events/*.md.")
    return _line(text)


def _path(text: str) -> str:
    if text.startswith("~"):
        raise wrong("begins with ~, which only a shell understands.", "Write the whole path.")
    return _line(text)


def _cron(text: str) -> str:
    parts = text.split()
    if len(parts) != 5 or not all(re.fullmatch(r"[0-9a-z*/,-]+", part) for part in parts):
        raise wrong(
            f"{shown(text)!r} is not a cron line of five parts.",
            'Write, for example: "30 9 1-7 * mon", the first Monday of the month at 09:30.',
        )
    # Programs disagree whether 0 is Sunday or Monday; names are clear to all.
    if not re.fullmatch(rf"\*|({_WEEKDAYS})([,-]({_WEEKDAYS}))*", parts[4]):
        raise wrong(f"has {shown(parts[4])!r} as its weekday.", "Write names: mon, tue, wed, thu, fri, sat, sun, or *.")
    for part, (low, high) in zip(parts, ((0, 59), (0, 23), (1, 31), (1, 12)), strict=False):
        if any(not low <= int(number) <= high for number in re.findall(r"(?<!/)\b\d+", part)):
            raise wrong(
                f"has {shown(part)!r} where {low} to {high} belong.", "The parts: minute hour day month weekday."
            )
    return _coming(text, parts)


def _coming(text: str, parts: list[str]) -> str:
    for part, name in zip(parts, ("minute", "hour"), strict=False):
        if not part.isdecimal():
            raise wrong(
                f"has {shown(part)!r} as its {name}.", "Write one number: a digest goes out once a day at most."
            )
    try:
        # Any day in any zone will do: whether it ever comes, and can be read at all, is the same everywhere.
        comes = next_after(text, datetime(2000, 1, 1, tzinfo=UTC), "UTC")
    except ValueError:
        hint = "Days: 1 to 31, or last. Months: 1 to 12, or jan to dec. Ranges go upwards: mon-fri, 1-7. Every second: */2."
        raise wrong(f"{shown(text)!r} can't be read as a cron line.", hint) from None
    if comes is None:
        raise wrong(f"{shown(text)!r} never comes.", "No month that it names has such a day.")
    return text


def listed(value: object) -> object:
    """One text where a list may stand is a list of one."""
    return [value] if isinstance(value, str) else value


def _text_schema(pattern: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", **more})


Duration = Annotated[timedelta, PlainValidator(_duration("mhd", "90m, 2h or 1d")), _text_schema("[0-9]{1,8}[mhd]")]
ShortDuration = Annotated[
    timedelta, PlainValidator(_duration("smhd", "30s, 5m or 1h")), _text_schema("[0-9]{1,8}[smhd]")
]
KeepingTime = Annotated[timedelta, PlainValidator(_keeping), _text_schema("[0-9]{1,8}d")]
TimeOfDay = Annotated[time, PlainValidator(_clock), _text_schema("[0-9]{1,2}:[0-9]{2}")]
Name = Annotated[str, AfterValidator(_named), _text_schema(_NAME)]
Line = Annotated[str, AfterValidator(_line), Field(min_length=1)]
Host = Annotated[str, AfterValidator(_host), _text_schema(_HOST)]
Listening = Annotated[str, AfterValidator(_listening), WithJsonSchema({"type": "string"})]
Network = Annotated[IPv4Network | IPv6Network, PlainValidator(_network), WithJsonSchema({"type": "string"})]
Domain = Annotated[str, AfterValidator(_domain), _text_schema(_HOST)]
#: Below `_domainkey` of a domain (RFC 6376 3.1): labels as those of hosts.
Selector = Annotated[str, AfterValidator(_selector), _text_schema(_HOST)]
Address = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "email"})]
Url = Annotated[str, AfterValidator(_url), _text_schema("https?://[^?#]*[^/?#]")]
ServiceUrl = Annotated[str, AfterValidator(_service_url), _text_schema("https?://[^?#]*[^/?#]")]
HookUrl = Annotated[str, AfterValidator(_hook_url), _text_schema("https?://[^#]+")]
Issuer = Annotated[str, AfterValidator(_issuer), _text_schema("https?://[^?#@]+")]
Leaving = Annotated[str, AfterValidator(_leaving), WithJsonSchema({"type": "string", "format": "uri"})]
Zone = Annotated[str, AfterValidator(_zone), WithJsonSchema({"type": "string"})]
Language = Annotated[str, AfterValidator(_language), _text_schema("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")]
Colour = Annotated[str, AfterValidator(_colour), WithJsonSchema({"enum": sorted(COLOURS)})]
PathText = Annotated[str, AfterValidator(_path), Field(min_length=1)]
Cron = Annotated[str, AfterValidator(_cron), WithJsonSchema({"type": "string"})]
_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
Texts = Annotated[list[Line], BeforeValidator(listed), Field(min_length=1), WithJsonSchema(_ONE_OR_MORE)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Patterns = Annotated[list[Pattern], BeforeValidator(listed), Field(min_length=1), WithJsonSchema(_ONE_OR_MORE)]
