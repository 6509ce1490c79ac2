"""Pictures of messages by the Chromium of this machine: without a network, a script, a file or a profile of anybody's.

It is led through a pipe of its own (https://chromedevtools.github.io/devtools-protocol/), which nobody else can reach.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from notifier.errors import UserError

Scheme = Literal["light", "dark"]

#: What the browser is called, the one that most servers have first.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
#: Seconds that it gets for each answer, the first one included: enough for a small machine that is busy.
PATIENCE = 60.0
#: Seconds between asking it to end and ending it.
_LAST_CHANCE = 2.0
#: Pixels: what a page is laid out in before its height is known (it is never lower), and the most that Chromium draws at once.
_AT_FIRST, _TALLEST = 100, 16_000
_LARGEST_ANSWER = 200_000_000
_CHUNK = 1 << 16
#: Where Chromium reads what it is told, and writes what it answers.
_TOLD, _ANSWERS = 3, 4

_FLAGS = (
    "--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-quic",
    "--password-store=basic", "--use-mock-keychain", "--force-color-profile=srgb",
    # No name is looked up, and what needs none goes to a proxy that is not there.
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
)  # fmt: skip
_AGAIN = "Try `chromium --headless --dump-dom about:blank`, or leave --screenshot out."


def installed() -> str | None:
    """The browser's program, None where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@contextmanager
def browser(program: str | None = None, *, patience: float = PATIENCE) -> Iterator[Browser]:
    """A browser that lives as long as the block, and gets `patience` seconds for each answer.

    Raises UserError where there is none, and from all that it does where it fails or gives no answer in time.
    """
    program = program or installed()
    if program is None:
        raise UserError(
            f"No browser was found to take pictures with ({', '.join(PROGRAMS)}).",
            "Install Chromium (apt install chromium), or leave --screenshot out.",
        )
    with _profile() as profile:
        pipe = _start(program, profile, patience)
        try:
            yield Browser(pipe)
        finally:
            pipe.close()


class Browser:
    """One blank page, into which one message after another is put."""

    def __init__(self, pipe: _Pipe) -> None:
        """Waits until the browser at the other end answers."""
        self._pipe = pipe
        target = pipe.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = str(pipe.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"])
        self._frame = str(self._tell("Page.getFrameTree", {})["frameTree"]["frame"]["id"])
        self._tell("Emulation.setScriptExecutionDisabled", {"value": True})

    def picture(self, html: str, *, width: int, scheme: Scheme) -> bytes:
        """A PNG of the whole page, `width` CSS pixels wide, as readers see it who prefer this scheme."""
        wanted = {"name": "prefers-color-scheme", "value": scheme}
        self._tell("Emulation.setEmulatedMedia", {"features": [wanted]})
        self._resize(width, _AT_FIRST)
        self._tell("Page.setDocumentContent", {"frameId": self._frame, "html": html})
        size = self._tell("Page.getLayoutMetrics", {})["cssContentSize"]
        self._resize(width, max(1, min(int(size["height"]), _TALLEST)))
        drawn = self._tell("Page.captureScreenshot", {"format": "png"})
        try:
            return base64.b64decode(str(drawn["data"]), validate=True)
        except binascii.Error as error:
            raise UserError("The browser's picture can't be read.", _AGAIN) from error

    def _resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._tell("Emulation.setDeviceMetricsOverride", size)

    def _tell(self, method: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return self._pipe.ask(method, values, session=self._session)


@dataclass(slots=True)
class _Pipe:
    """Questions to the browser and its answers: JSON, each ended by a zero byte."""

    process: int
    told: int
    answers: int
    patience: float
    number: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def ask(self, method: str, values: Mapping[str, Any], *, session: str | None = None) -> dict[str, Any]:
        self.number += 1
        question: dict[str, Any] = {"id": self.number, "method": method, "params": values}
        if session is not None:
            question["sessionId"] = session
        ends = time.monotonic() + self.patience
        self._write(json.dumps(question).encode() + b"\0", ends)
        while True:
            answer = self._answer(ends)
            # Between the answers it tells of what happens, and nobody asked for that.
            if answer.get("id") == self.number:
                return _result(method, answer)

    def close(self) -> None:
        """End the browser and whatever it started. Asked first, it takes its own files away."""
        for end in (self.told, self.answers):
            with contextlib.suppress(OSError):
                os.close(end)
        if self._has_ended(_LAST_CHANCE):
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process, sign)
            if self._has_ended(_LAST_CHANCE):
                return

    def _has_ended(self, seconds: float) -> bool:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            try:
                if os.waitpid(self.process, os.WNOHANG)[0]:
                    return True
            except ChildProcessError:
                return True
            select.select([], [], [], 0.02)
        return False

    def _write(self, text: bytes, ends: float) -> None:
        view = memoryview(text)
        while view:
            ready = select.select([], [self.told], [], max(0.0, ends - time.monotonic()))[1]
            if not ready:
                raise UserError("The browser takes nothing more in.", _AGAIN)
            try:
                view = view[os.write(self.told, view[:_CHUNK]) :]
            except OSError as error:
                raise UserError("The browser has ended by itself.", _AGAIN) from error

    def _answer(self, ends: float) -> dict[str, Any]:
        searched = 0
        while (found := self.buffer.find(b"\0", searched)) < 0:
            searched = len(self.buffer)
            self._read(ends)
        text = bytes(self.buffer[:found])
        del self.buffer[: found + 1]
        try:
            answer = json.loads(text)
        except ValueError as error:
            raise UserError("The browser's answer can't be read.", _AGAIN) from error
        return answer if isinstance(answer, dict) else {}

    def _read(self, ends: float) -> None:
        if not select.select([self.answers], [], [], max(0.0, ends - time.monotonic()))[0]:
            raise UserError("The browser gave no answer in time, and was ended.", _AGAIN)
        chunk = os.read(self.answers, _CHUNK)
        if not chunk:
            raise UserError("The browser has ended by itself.", _AGAIN)
        self.buffer += chunk
        if len(self.buffer) > _LARGEST_ANSWER:
            raise UserError("The browser's answer is too large.", _AGAIN)


def _result(method: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    result = answer.get("result")
    if isinstance(result, dict):
        return result
    error = answer.get("error")
    said = str(error.get("message", "")) if isinstance(error, dict) else ""
    said = "".join(sign if sign.isprintable() else " " for sign in said)[:200].rstrip(". ")
    raise UserError(f"The browser refused {method} ({said or 'without a reason'}).", _AGAIN)


@contextmanager
def _profile() -> Iterator[Path]:
    """A folder of the browser's own, which nobody else may read and which is taken away afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="notifier-browser-"))
    except OSError as error:
        raise UserError(
            f"The browser has no place for its files ({error.strerror}).", "Make room in TMPDIR."
        ) from error
    try:
        yield folder
    finally:
        # A process that is being ended may still write there.
        shutil.rmtree(folder, ignore_errors=True)


def _start(program: str, profile: Path, patience: float) -> _Pipe:
    flags = [*_FLAGS, f"--user-data-dir={profile}", *_without_sandbox(), "about:blank"]
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    # Away from the numbers that they are to have at the other end, so that neither is written over there.
    moved_in, moved_out = (_moved(end) for end in (theirs_in, theirs_out))
    try:
        process = os.posix_spawn(
            program, [program, *flags], _environment(profile), setpgroup=0,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, moved_in, _TOLD),
                (os.POSIX_SPAWN_DUP2, moved_out, _ANSWERS),
            ],
        )  # fmt: skip
    except OSError as error:
        os.close(ours_out)
        os.close(ours_in)
        raise UserError(f"The browser {program} can't be started ({error.strerror}).", _AGAIN) from error
    finally:
        os.close(moved_in)
        os.close(moved_out)
    # A browser that takes nothing in must not keep us waiting for ever.
    os.set_blocking(ours_out, False)
    return _Pipe(process, ours_out, ours_in, patience)


def _moved(end: int) -> int:
    moved = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(end)
    return moved


def _environment(profile: Path) -> dict[str, str]:
    """The whole environment of the browser: nothing of anybody's home, and none of our secrets."""
    return {"PATH": os.defpath, "HOME": str(profile), "TMPDIR": str(profile), "LANG": "C.UTF-8"}


def _without_sandbox() -> tuple[str, ...]:
    # Chromium starts for root in no other way; what it is shown runs no script and reaches neither files nor network.
    return ("--no-sandbox",) if os.geteuid() == 0 else ()
