"""Where the link at the foot of a mail leads: one page with one button, and what mail programs call (RFC 8058).

Link scanners follow every link of every mail, so looking changes nothing. Whoever holds a link may leave by it, without
a login or a cookie; what a link says reaches no log, for it is the key to it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from typing import Any, Literal, cast
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.core.leaving import leaver, names_of
from notifier.core.rule import Audience
from notifier.errors import UserError
from notifier.web.guard import TooLargeError, whole_body
from notifier.web.leaving_words import Words, words_in
from notifier.web.templating import filled

#: What a mail program sends takes some two hundred bytes.
LARGEST = 4096
_PREFIX = "/leave/"
_ADDRESS = re.compile(r"/leave/([a-z0-9-]{1,64})/([A-Za-z0-9_-]{43})", re.ASCII)
_MOST_FIELDS = 10
_ALWAYS = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-robots-tag", b"noindex"),
)
_AGAIN = (b"retry-after", b"60")

Wish = Literal["look", "one-click", "leave", "come-back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What the page says. `act` is what its button does, "" where it has none. `name` is that of the list."""

    words: Words
    name: str = ""
    status: HTTPStatus = HTTPStatus.OK
    heading: str
    texts: tuple[str, ...]
    act: Literal["", "leave", "come-back"] = ""
    button: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaver:
    """Whose link it is: the name in it and the digest, and the audience that this name stands for now."""

    name: str
    digest: str
    audience: Audience


class LeaveAnswers:
    """The ASGI application for /leave/AUDIENCE/TOKEN."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._style = filled("leave.css")
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        self._fields = (*_ALWAYS, (b"content-security-policy", policy.encode()))
        self._log = structlog.get_logger()

    def takes(self, path: str) -> bool:
        """Whether a request is ours to answer."""
        return path.startswith(_PREFIX)

    def takes_more(self, method: str, path: str) -> bool:
        """Whether a request that is not mere reading is."""
        return method == "POST" and self.takes(path)

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        try:
            page = await self._answer(scope, receive)
        except Exception as error:  # noqa: BLE001 - neither its own words nor the values around it: they may hold the link
            places = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
            ]
            self._log.error("leaving_failed", error=type(error).__name__, places=places)
            page = _trouble(self._words())
        if page is None:
            return
        body = self._written(page)
        fields = [*self._fields, (b"content-length", str(len(body)).encode())]
        if page.status == HTTPStatus.SERVICE_UNAVAILABLE:
            fields.append(_AGAIN)
        await send({"type": "http.response.start", "status": int(page.status), "headers": fields})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _written(self, page: _Page) -> bytes:
        site = self._app.settings.rules.site
        texts = [text.format(list=page.name, organisation=site.name) for text in page.texts]
        return filled(
            "leave.html", site=site, style=self._style, language=page.words.code, heading=page.heading, texts=texts,
            act=page.act, button=page.button, note=page.note,
        ).encode(errors="replace")  # fmt: skip

    def _words(self, audience: Audience | None = None) -> Words:
        """In the language of the audience's mails; of no audience, in the site's."""
        own = audience.language if audience is not None else None
        return words_in(own or self._app.settings.rules.site.language)

    async def _answer(self, scope: Mapping[str, Any], receive: Any) -> _Page | None:
        """What to say; None to who has gone."""
        wish: Wish | None = "look"
        if scope["method"] == "POST":
            try:
                body = await whole_body(receive, LARGEST)
            except TooLargeError:
                words, status = self._words(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                return _Page(words=words, status=status, heading=words.unchanged, texts=(words.too_large,))
            if body is None:
                return None
            wish = wish_of(dict(scope["headers"]).get(b"content-type", b""), body)
        return await run_in_threadpool(self._done, scope["path"], wish)

    def _done(self, path: str, wish: Wish | None) -> _Page:
        try:
            known = self._leaver(path)
            if known is None:
                return _nowhere(self._words())
            words = self._words(known.audience)
            if wish is None:
                status = HTTPStatus.BAD_REQUEST
                return _Page(words=words, status=status, heading=words.unchanged, texts=(words.unclear,))
            return replace(self._granted(known, wish, words), name=known.audience.name)
        except UserError as error:
            # What it says is of this machine's files, and of no reader.
            self._log.error("leaving_failed", trouble=error.message)
            return _trouble(self._words())

    def _leaver(self, path: str) -> _Leaver | None:
        """Whose link this is. Raises UserError when the key can't be read."""
        found, settings = _ADDRESS.fullmatch(path), self._app.settings
        if found is None or settings.secret_key is None:
            return None
        name, token = found[1], found[2]
        audience = audience_of(name, settings.rules.audiences)
        digest = leaver(name, token, settings.secret_key.read().encode())
        if audience is None or digest is None:
            return None
        return _Leaver(name=name, digest=digest, audience=audience)

    def _granted(self, known: _Leaver, wish: Wish, words: Words) -> _Page:
        """The wish fulfilled, and what to say of it. Raises UserError when the ledger can't be read, or written."""
        ledger = self._app.ticker.wiring.ledger
        match wish:
            case "look":
                has_left = known.digest in ledger.left(known.name)
                return _gone(words, known.audience) if has_left else _asked(words)
            case "come-back":
                ledger.come_back(known.name, known.digest)
                self._log.info("came_back", audience=known.audience.name)
                return _back(words)
            case "one-click" | "leave":
                why = wish if wish == "one-click" else "by the page"
                ledger.leave(known.name, known.digest, self._app.clock.now(), why=why)
                self._log.info("left", audience=known.audience.name, why=why)
                return _gone(words, known.audience)


def audience_of(name: str, audiences: Mapping[str, Audience]) -> Audience | None:
    """The audience that has this name or had it, for ever: links stand in mails of years ago."""
    if name in audiences:
        return audiences[name]
    return next((one for one in audiences.values() if name in names_of(one)), None)


def wish_of(content_type: bytes, body: bytes) -> Wish | None:
    """What is asked for; None where nobody could tell."""
    sent = {name.casefold(): value.casefold() for name, value in _form(content_type, body)}
    if sent.get("list-unsubscribe") == "one-click":
        return "one-click"
    match sent.get("do"):
        case "leave":
            return "leave"
        case "come-back":
            return "come-back"
        case _:
            return None


def _form(content_type: bytes, body: bytes) -> list[tuple[str, str]]:
    """The fields of a form in either encoding (RFC 8058 3.2 allows both); of anything else none."""
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == b"application/x-www-form-urlencoded":
        try:
            return parse_qsl(body.decode("ascii", "replace"), max_num_fields=_MOST_FIELDS)
        except ValueError:
            return []
    if kind != b"multipart/form-data":
        return []
    head = b"Content-Type: " + re.sub(rb"[\r\n]", b"", content_type) + b"\r\n\r\n"
    whole = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = [part for part in whole.iter_parts() if not part.is_multipart()][:_MOST_FIELDS]
    return [
        (
            str(part.get_param("name", "", "content-disposition")),
            cast("bytes", part.get_payload(decode=True)).decode("ascii", "replace").strip(),
        )
        for part in parts
    ]


def _asked(words: Words) -> _Page:
    return _Page(
        words=words, heading=words.asked, texts=(words.asked_because,), act="leave", button=words.leave,
        note=words.nothing_yet,
    )  # fmt: skip


def _gone(words: Words, audience: Audience) -> _Page:
    """Where its mails go to somebody else than each person by now, whoever leaves here still gets them."""
    heading, text = (words.gone, words.no_more) if audience.each else (words.one_step_left, words.elsewhere)
    return _Page(
        words=words, heading=heading, texts=(text,), act="come-back", button=words.come_back, note=words.calendar_stays
    )


def _back(words: Words) -> _Page:
    return _Page(words=words, heading=words.back, texts=(words.again,), act="leave", button=words.leave)


def _nowhere(words: Words) -> _Page:
    return _Page(words=words, status=HTTPStatus.NOT_FOUND, heading=words.nowhere, texts=(words.cut_off, words.answer))


def _trouble(words: Words) -> _Page:
    return _Page(words=words, status=HTTPStatus.SERVICE_UNAVAILABLE, heading=words.trouble, texts=(words.not_written,))
