"""Mailchimp through its official client, read only: whether the key works, which lists there are, how many members.

The client's own transport is replaced: it returns failures without a body as successes and follows redirects, so
every reply is judged here by its status code. The key never enters a message or a repr.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from time import monotonic
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
import urllib3

from notifier.core.delivery import Delivery, Observation, Outcome
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.rule import Audience
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Capabilities, Finding

#: A rewritten client of the same name repeats POSTs by itself: with it every send might go out twice.
CLIENT_VERSION = "3.0.80"
LARGEST_REPLY = 1_000_000
_KEY = re.compile(r"[A-Za-z0-9]+-(?P<centre>[a-z]{2,4}[0-9]{1,3})")
#: The client leaves `/` and `..` in ids as they are: `../lists` would ask for something else.
_ID = re.compile(r"[A-Za-z0-9_-]+")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_NEW_KEY = "Make a key in Mailchimp under Account → Extras → API keys, and put it where api_key in config.yaml points."
_FIND_LIST = "Find it in Mailchimp under Audience → Settings → Audience name and defaults → Audience ID."
_NO_PUSH = (
    "This version does not push campaigns to Mailchimp yet; nothing was created or sent there. "
    "Give the audience an outbox provider, and send by hand from what it holds."
)


@dataclass(slots=True, kw_only=True)
class MailchimpProvider:
    """Reads one Mailchimp account. `lists` maps an audience's name to its list id.

    `base_url` stands for `https://DATA-CENTRE.api.mailchimp.com`, which otherwise follows from the key.
    No single wait is longer than `timeout` seconds, no call longer than three of them, however slowly bytes drip.
    """

    name: str
    api_key: Callable[[], str] = field(repr=False)
    lists: Mapping[str, str]
    base_url: str | None = None
    timeout: float = 15.0

    def capabilities(self) -> Capabilities:
        return Capabilities(sends=False, certain=False, reaches_people=True)

    def resolve(self, audience: Audience) -> int | None:
        """The list's subscribed members, as Mailchimp counts them (its count may be some minutes old)."""
        list_id = self.lists.get(audience.name, "")
        if complaint := _id_complaint(audience.name, list_id):
            raise ProviderError(complaint, permanent=True)
        _, members = self._account().list_named(list_id)
        return members

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]:
        """The key, then each audience's list. Lists are not asked for with a key that doesn't work."""
        ours = [audience for audience in audiences if audience.provider == self.name]
        findings = [Finding(subject=f"providers.{self.name}", ok=False, text=_NO_PUSH)]
        try:
            account = self._account()
            account.ping()
        except ProviderError as error:
            findings.append(Finding(subject=f"providers.{self.name}", ok=False, text=error.message))
            return [*findings, *(line for audience in ours if (line := self._without_list(audience)))]
        findings.append(Finding(subject=f"providers.{self.name}", ok=True, text=f"The key works at {account.host}."))
        return [*findings, *(self._without_list(audience) or self._list(account, audience) for audience in ours)]

    def find(self, key: str) -> Observation:
        self._refuse()

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        self._refuse()

    def check(self, draft_id: str) -> Sequence[Problem]:
        self._refuse()

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        self._refuse()

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ProviderError(f"{self.name}: {_NO_PUSH}", permanent=True)

    def _without_list(self, audience: Audience) -> Finding | None:
        if complaint := _id_complaint(audience.name, self.lists.get(audience.name, "")):
            return Finding(subject=f"audiences.{audience.name}", ok=False, text=complaint)
        return None

    def _list(self, account: _Account, audience: Audience) -> Finding:
        subject = f"audiences.{audience.name}"
        try:
            title, members = account.list_named(self.lists[audience.name])
        except ProviderError as error:
            return Finding(subject=subject, ok=False, text=error.message)
        found = f"Its list “{title}” has {members} subscribed {'member' if members == 1 else 'members'}."
        if members == 0:
            return Finding(subject=subject, ok=False, text=found, hint="Mailchimp sends nothing to an empty list.")
        if audience.at_most is not None and members > audience.at_most:
            hint = f"That is more than at_most: {audience.at_most} allows. Raise it if the count is right."
            return Finding(subject=subject, ok=False, text=found, hint=hint)
        return Finding(subject=subject, ok=True, text=found)

    def _account(self) -> _Account:
        key = self._key()
        centre = _KEY.fullmatch(key)
        if not centre:
            what = (
                "The Mailchimp API key is not one: it should be letters and digits ending in a data centre, like -us21."
            )
            raise ProviderError(f"{what} {_NEW_KEY}", permanent=True)
        if (installed := version("mailchimp-marketing")) != CLIENT_VERSION:
            what = f"mailchimp-marketing {installed} is installed, and only {CLIENT_VERSION} is safe."
            raise ProviderError(f"{what} Install the locked requirements again: make run.", permanent=True)
        root = self.base_url or f"https://{centre['centre']}.api.mailchimp.com"
        return _Account(_Wire(root=_checked_root(root), key=key, timeout=self.timeout))

    def _key(self) -> str:
        try:
            return self.api_key().strip()
        except UserError as error:
            raise ProviderError(error.message, permanent=True) from error


def _id_complaint(audience: str, list_id: str) -> str:
    if not list_id:
        return f"audiences.{audience}.list: is missing. {_FIND_LIST}"
    if not _ID.fullmatch(list_id):
        return f"audiences.{audience}.list: {list_id!r} is not a Mailchimp id (letters, digits, - and _). {_FIND_LIST}"
    return ""


def _checked_root(root: str) -> str:
    """The address that all calls start with. The key goes in every request, so only loopback may be plain http."""
    parts = urlsplit(root)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return root.rstrip("/").removesuffix("/3.0") + "/3.0"
    raise ProviderError(f"base_url: {root!r} would show the key to others. Use an https address.", permanent=True)


class _Account:
    """The calls we make, by the official client, over our own wire."""

    def __init__(self, wire: _Wire) -> None:
        from mailchimp_marketing import ApiClient, ListsApi, PingApi  # noqa: PLC0415 - costs others a tenth of a second

        client = ApiClient()
        client.call_api = wire.call_api
        self.host = urlsplit(wire.root).hostname
        self._ping = PingApi(client)
        self._lists = ListsApi(client)

    def ping(self) -> None:
        self._ping.get()

    def list_named(self, list_id: str) -> tuple[str, int]:
        """The title and the count of subscribed members of a list."""
        reply = self._lists.get_list(list_id, fields=["id", "name", "stats.member_count"])
        match reply:
            case {"id": str(found), "name": str(title), "stats": {"member_count": int(members)}} if found == list_id:
                return _plain(title), members
        raise ProviderError("Mailchimp described the list in a way that was not understood.", permanent=False)


class _Wire:
    """One request, one reply, one outcome. Follows nothing, repeats nothing."""

    def __init__(self, *, root: str, key: str, timeout: float) -> None:
        self.root = root
        self._key = key
        self._timeout = timeout

    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, str] | None = None,
        query_params: Sequence[tuple[str, Sequence[str]]] | None = None,
        header_params: Mapping[str, str] | None = None,
        **_ignored_by_the_client_too: object,
    ) -> Mapping[str, Any]:
        """Stands in for the client's own `call_api`, whose signature this is. Reads only."""
        if method != "GET":
            raise ProviderError(_NO_PUSH, permanent=True)
        for value in (path_params or {}).values():
            if not _ID.fullmatch(str(value)):
                raise ProviderError(f"{value!r} is not a Mailchimp id.", permanent=True)
        path = resource_path.format(**(path_params or {}))
        query = {name: ",".join(values) for name, values in query_params or ()}
        try:
            status, body = self._get(self.root + path, query)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise ProviderError(_unreached(error, host=urlsplit(self.root).netloc), permanent=False) from None
        return _judged(status, _parsed(body), path=path, key=self._key)

    def _get(self, url: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        until = monotonic() + self._timeout
        with requests.Session() as session:
            # Else a .netrc or a proxy of the machine would decide who gets the key.
            session.trust_env = False
            session.auth = ("notifier", self._key)
            with session.get(url, params=query, timeout=self._timeout, allow_redirects=False, stream=True) as reply:
                return reply.status_code, _body(reply, until=until)


def _body(reply: requests.Response, *, until: float) -> bytes:
    """The whole body. The timeout of requests starts anew with every byte; this one doesn't."""
    body = b""
    while piece := reply.raw.read1(65_536, decode_content=True):
        body += piece
        if monotonic() > until:
            raise requests.ReadTimeout
        if len(body) > LARGEST_REPLY:
            raise requests.exceptions.ContentDecodingError
    return body


def _parsed(body: bytes) -> Mapping[str, Any] | None:
    try:
        reply = json.loads(body)
    except ValueError:
        return None
    return reply if isinstance(reply, dict) else None


def _judged(status: int, reply: Mapping[str, Any] | None, *, path: str, key: str) -> Mapping[str, Any]:
    """The reply of a success, or the one sentence that says what happened and what to do."""
    if status == 200 and reply is not None:
        return reply
    said = str(status) + (_said(reply, key) if reply else "")
    match status:
        case 401:
            raise ProviderError(f"Mailchimp refused the API key ({said}). {_NEW_KEY}", permanent=True)
        case 403 if reply:
            remedy = "Look at the account in Mailchimp: it may be suspended, or the key's user may lack the role."
            raise ProviderError(f"Mailchimp does not allow this ({said}). {remedy}", permanent=True)
        case 403 | 429:  # Mailchimp's fundamentals: "you may receive an HTTP 429 or 403 without a JSON body"
            remedy = "Try again in some minutes; other tools that use the account count too."
            raise ProviderError(f"Mailchimp is turning requests away ({said}). {remedy}", permanent=False)
        case 404 if path.startswith("/lists/"):
            what = f"Mailchimp has no list {path.removeprefix('/lists/')} in this account (404)."
            raise ProviderError(f"{what} {_FIND_LIST}", permanent=True)
        case _:
            raise _by_class(status, said)


def _by_class(status: int, said: str) -> ProviderError:
    match status // 100:
        case 2:
            remedy = "Check base_url, and whether a proxy answers in its place."
            return ProviderError(f"The answer ({said}) was not Mailchimp's. {remedy}", permanent=False)
        case 3:
            remedy = "Check base_url, and whether the network asks for a login."
            what = f"Mailchimp's address answered with a redirect ({said}), which is not followed."
            return ProviderError(f"{what} {remedy}", permanent=False)
        case 4:
            remedy = "Check base_url and the list ids in config.yaml."
            return ProviderError(f"Mailchimp refused the request ({said}). {remedy}", permanent=True)
        case _:
            remedy = "The fault is on its side; try again later."
            return ProviderError(f"Mailchimp failed ({said}). {remedy}", permanent=False)


def _said(reply: Mapping[str, Any], key: str) -> str:
    """Title and detail of a problem document: foreign text, so shortened, on one line, and never with the key."""
    words = [str(reply[name]) for name in ("title", "detail") if reply.get(name)]
    return " " + _plain(": ".join(words).replace(key, "…")) if words else ""


def _plain(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= 200 else line[:199] + "…"


def _unreached(error: Exception, *, host: str) -> str:
    match error:
        case requests.exceptions.SSLError():
            return f"The certificate of {host} is not right. Check the machine's clock, and whether a proxy intervenes."
        case requests.Timeout() | urllib3.exceptions.TimeoutError():
            return f"Mailchimp ({host}) did not answer in time. Try again later."
        case requests.exceptions.ContentDecodingError() | urllib3.exceptions.DecodeError():
            return f"The answer of {host} was too large or damaged. Check base_url."
        case requests.ConnectionError():
            return f"Mailchimp ({host}) cannot be reached. Check the network connection and base_url."
        case _:
            return f"The connection to Mailchimp ({host}) broke off. Try again later."
