"""Sets logging up, for us and for the libraries that log: one stream, one form, nothing confidential in it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"

_SECRET_KEY = re.compile(
    r"token|secret|passw|passphrase|pwd|api_?key|private_?key|credential|authorization|cookie|dsn", re.IGNORECASE
)
# Bounded, so that a long line without an @ costs no more than its length. No "/": a delivery's key holds a uid.
_ADDRESS = re.compile(r"([\w.!#$&'*+=?^`{|}~-]{1,64})(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
#: The part before the @ of our own uids: 26 characters of base32. Those are not addresses.
_UID = re.compile(r"[a-z2-7]{26}", re.IGNORECASE)
#: What is given a name of a secret in a text: `password=…`, `PGPASSWORD=…`, `"token": "…"`. Not `password: …`: so our own
#: sentences begin that say what is wrong with one.
_NAMED = r"[\w-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key|private_?key|dsn)[\w-]{0,20}"
_VALUE = r"(?:\"[^\"\n]{0,512}\"|'[^'\n]{0,512}'|[^\s,;&)}\]\"']{1,512})"
_PATTERNS = (
    (re.compile(r"\b[0-9a-f]{32}-us\d+\b"), HIDDEN),  # a key of Mailchimp's API
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(authorization:\s{0,9}(?!bearer|basic))\S[^\n]{0,512}", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"\b(cookie:\s{0,9})\S[^\n]{0,4096}", re.IGNORECASE), rf"\1{HIDDEN}"),
    # Up to the last @ of the word: nobody writes %2F and %40 for what stands in their password.
    (re.compile(r"(\b\w+://)\S{1,512}@(?=[\w\[])"), rf"\1{HIDDEN}@"),
    (re.compile(r"(\b\w+://[^\s?#\"'<>]*)\?[^\s\"'<>]*"), rf"\1?{HIDDEN}"),
    (re.compile(r"(?<=[\w/.-])\?[\w%.~-]+=[^\s\"'<>]*"), f"?{HIDDEN}"),
    # Addresses of ours that open something to whoever knows them.
    (re.compile(r"(/feeds/private/|/welcome/|/leave/[\w-]{1,64}/)[^\s/?#.\"'<>]{1,512}"), rf"\1{HIDDEN}"),
    (re.compile(r"\bnotifier_[\w-]{20,512}"), HIDDEN),
    (re.compile(r"\bwhsec_[\w+/=-]{1,512}"), HIDDEN),
    # Every other secret that we make: 32 bytes in base64url. No name of a file has capitals by chance.
    (re.compile(r"(?<![\w-])(?=[^A-Z\s]{0,42}[A-Z])(?=[^a-z\s]{0,42}[a-z])[\w-]{43}(?![\w-])", re.ASCII), HIDDEN),
    (re.compile(rf"(?<![\w-])({_NAMED}(?:[\"']\s?:|\s?=)\s?){_VALUE}", re.IGNORECASE), rf"\1{HIDDEN}"),
)
# What a terminal would act on, and halves of characters that no stream can encode.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
#: Libraries that say too much at their own level: a line per request, per job, per migration.
_QUIET = ("alembic", "apscheduler", "sqlalchemy", "urllib3", "uvicorn", "uvicorn.access", "uvicorn.error")


class _OurStream(logging.StreamHandler[TextIO]):
    """So that setting up twice doesn't write every line twice."""


def configure(*, stream: TextIO, json: bool | None = None, level: int = logging.INFO) -> None:
    """Log to `stream`: JSON lines, or coloured text. `json` None: text for a terminal only. May be called again."""
    as_json = not stream.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    output = _OurStream(stream)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                _renderer(as_json=as_json, colours=stream.isatty()),
            ],
        )
    )
    _take_over(output, level)


def redact(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Hide mail addresses, keys and tokens, and the query strings of addresses, in everything that is logged."""
    return {name: _redacted(name, value) for name, value in event_dict.items()}


def redacted(value: Any) -> Any:
    """The value without any of that, however deep it lies: for whatever else leaves this process."""
    return _redacted("", value)


def _redacted(name: str, value: Any) -> Any:
    if _SECRET_KEY.search(name):
        return HIDDEN
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {_text(str(key)): _redacted(str(key), inner) for key, inner in value.items()}
        case str():
            return _text(value)
        case Sequence() | set() | frozenset() if not isinstance(value, bytes | bytearray):
            return [_redacted("", inner) for inner in value]
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    text = _ADDRESS.sub(lambda found: found[0] if _UID.fullmatch(found[1]) else HIDDEN, text)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _renderer(*, as_json: bool, colours: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer()
    # The traceback is text already: it had to be redacted too.
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)


def _take_over(output: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _OurStream)]:
        root.removeHandler(old)
    root.addHandler(output)
    root.setLevel(level)
    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(max(level, logging.WARNING))
