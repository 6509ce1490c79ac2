"""Plain HTTP to the emulator, for its own tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from tests.mailchimp.control import Emulator

HTML = "<p>Hello *|FNAME|*</p><!-- mark --><p>*|UNSUB|*</p>"
SETTINGS = {"subject_line": "Tonight", "title": "Tonight", "from_name": "Circle", "reply_to": "office@example.org"}


@dataclass(slots=True)
class Caller:
    """Asks with the account's key; keeps its connection, as a browser would."""

    mailchimp: Emulator
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        url, auth = f"{self.mailchimp.base_url}/3.0{path}", ("x", self.mailchimp.api_key)
        how: dict[str, Any] = {"auth": auth, "params": params, "timeout": 5, "allow_redirects": False}
        return (
            self.session.request(method, url, **how)
            if body is None
            else self.session.request(method, url, json=body, **how)
        )

    def get(self, path: str, **params: Any) -> Any:
        answer = self.ask("GET", path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def status(self, campaign: str) -> str:
        return str(self.get(f"/campaigns/{campaign}")["status"])

    def count(self, campaign: str) -> int:
        return int(self.get(f"/campaigns/{campaign}")["recipients"]["recipient_count"])

    def create(
        self,
        *,
        segment: dict[str, Any] | None = None,
        of: str = "Members",
        tracking: dict[str, bool] | None = None,
        **settings: Any,
    ) -> str:
        recipients = {"list_id": self.mailchimp.list_id(of)} | ({"segment_opts": segment} if segment else {})
        wanted = {"type": "regular", "recipients": recipients, "settings": {**SETTINGS, **settings}}
        answer = self.ask("POST", "/campaigns", wanted | ({"tracking": tracking} if tracking else {}))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def fill(self, campaign: str, html: str = HTML, **more: str) -> Any:
        answer = self.ask("PUT", f"/campaigns/{campaign}/content", {"html": html, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def filled(self, **how: Any) -> str:
        campaign = self.create(**how)
        self.fill(campaign)
        return campaign

    def send(self, campaign: str) -> requests.Response:
        return self.ask("POST", f"/campaigns/{campaign}/actions/send")

    def sent(self, **how: Any) -> str:
        campaign = self.filled(**how)
        answer = self.send(campaign)
        assert answer.status_code == 204, answer.text
        return campaign
