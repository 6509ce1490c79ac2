"""GitHub's REST API on loopback, as far as the action asks it: it keeps what is written, and refuses as GitHub does."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-of-the-run"
REPOSITORY = "example/site"
BOT = "github-actions[bot]"
_LIST = re.compile(rf"/repos/{REPOSITORY}/issues/(\d+)/comments")
_ONE = re.compile(rf"/repos/{REPOSITORY}/issues/comments/(\d+)")


@dataclass
class FakeGitHub:
    """`asked` is what came, in order. `status` answers whatever writes with that in place of doing it."""

    address: str = ""
    private: bool = True
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    beats: list[str] = field(default_factory=list)
    status: int | None = None
    moved_to: str = ""
    #: After a list was given, what is on it is deleted; what is written is kept, and no answer given.
    forgets_after_listing: bool = False
    hangs_up: bool = False

    def add(self, body: str, *, by: str = BOT, number: int = 7) -> dict[str, Any]:
        made = {
            "id": 1000 + len(self.comments), "body": body, "user": {"login": by}, "number": number,
            "html_url": f"https://github.example.org/{REPOSITORY}/pull/{number}#issuecomment-{1000 + len(self.comments)}",
        }  # fmt: skip
        self.comments.append(made)
        return made

    def written(self) -> list[str]:
        """The requests that change something."""
        return [one for one in self.asked if not one.startswith("GET")]

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        parts = urlsplit(target)
        if method == "GET" and parts.path == f"/repos/{REPOSITORY}":
            return 200, {"private": self.private, "default_branch": "main"}
        if method != "GET" and self.status is not None:
            return self.status, {"message": "Resource not accessible by integration"}
        if listed := _LIST.fullmatch(parts.path):
            return self._listed(method, int(listed[1]), parse_qs(parts.query), body)
        if (one := _ONE.fullmatch(parts.path)) and method == "PATCH":
            return self._edited(int(one[1]), body)
        return 404, {"message": "Not Found"}

    def _listed(self, method: str, number: int, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if method == "POST":
            if len(body["body"]) > 65_536:
                return 422, {"message": "Body is too long (maximum is 65536 characters)"}
            return 201, self.add(body["body"], number=number)
        size, page = int(query["per_page"][0]), int(query["page"][0])
        found = [one for one in self.comments if one["number"] == number]
        if self.forgets_after_listing:
            self.comments = []
        return 200, found[size * (page - 1) : size * page]

    def _edited(self, wanted: int, body: Any) -> tuple[int, Any]:
        for one in self.comments:
            if one["id"] == wanted:
                one["body"] = body["body"]
                return 200, one
        return 404, {"message": "Not Found"}


@contextmanager
def fake_github(**facts: Any) -> Iterator[FakeGitHub]:
    fake = FakeGitHub(**facts)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def _any(self) -> None:
            fake.asked.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/beat/"):
                fake.beats.append(self.path)
                self._say(200, "")
            elif fake.moved_to:
                self.send_response(302)
                self.send_header("Location", fake.moved_to)
                self.end_headers()
            elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._say(401, {"message": "Bad credentials"})
            else:
                answer = fake.answer(self.command, self.path, json.loads(body) if body else None)
                if fake.hangs_up and self.command != "GET":
                    self.close_connection = True
                else:
                    self._say(*answer)

        do_GET = do_POST = do_PATCH = _any  # noqa: N815 - http.server's words

        def _say(self, status: int, answer: Any) -> None:
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
