"""Webhooks as bytes: form posts, signed where a secret is set, and the GET that looks whether the address answers."""

from __future__ import annotations

import hashlib
import hmac
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.mailchimp.records import Call

#: [doc] Seconds to answer.
PATIENCE = 10.0


def post(call: Call, *, secret: str) -> int:
    """The status, or 0 when there was no answer."""
    body = urlencode(dict(call.form)).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "MailChimp"}
    if secret:
        headers["X-Mailchimp-Signature"] = signature(body, secret=secret, stamp=int(call.at.timestamp()))
    try:
        with urlopen(Request(call.url, data=body, headers=headers), timeout=PATIENCE) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def signature(body: bytes, *, secret: str, stamp: int) -> str:
    """[?] What exactly is signed: `STAMP.BODY`, as others do it."""
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def answers(url: str) -> bool:
    """[doc] The validator: a GET that is answered with 200."""
    try:
        with urlopen(
            Request(url, headers={"User-Agent": "MailChimp.com WebHook Validator"}), timeout=PATIENCE
        ) as answer:
            return int(answer.status) == 200
    except OSError:
        return False
