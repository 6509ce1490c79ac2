"""A real browser led at pages of a server of ours, by keyboard alone: without a script, a file, a profile or any other address."""

from __future__ import annotations

import base64
import contextlib
import json
import shlex
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import uvicorn

from notifier.edges.browser import Browser, Scheme, browser, installed
from notifier.errors import UserError
from notifier.web.guard import Application
from notifier.web.server import listen

#: Like the browser that takes pictures, but for the flags that let that one reach nothing: this one reaches this machine.
_PROGRAM = """#!/bin/sh
for flag; do
  shift
  case $flag in --proxy-*|--host-resolver-rules=*) ;; *) set -- "$@" "$flag" ;; esac
done
exec {program} --no-proxy-server "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1" "$@"
"""
#: Tabs until something must have had the focus.
_MOST_TABS = 150
_PATIENCE_STEPS = 200
#: Seconds, and how often.
_FOR_A_FRAME, _FRAMES_ASKED_FOR = 10.0, 4
#: Of the package only the script is used that it brings.
AXE = Path(str(find_spec("axe_playwright_python").origin)).parent / "axe.min.js"  # type: ignore[union-attr]  # it is locked
#: Asked at once, for between two questions one page may take the place of another; "" until there is something to read.
_WHERE = "document.readyState === 'complete' && document.body && document.body.innerText.trim() ? location.href : ''"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN_AXE = """
axe.run(document, {iframes: false, runOnly: %s, resultTypes: ["violations"]}).then((found) => JSON.stringify(found.violations.map(
  (one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + node.failureSummary).join(" | "))))
"""


@contextmanager
def served(pages: Application) -> Iterator[str]:
    """The address of an application on a real socket, while inside."""
    with closing(listen("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(pages, lifespan="off", ws="none", log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def walker(folder: Path) -> Iterator[Walker]:
    """A browser that lives as long as the block. JavaScript is off in it."""
    program = folder / "browser"
    program.write_text(_PROGRAM.format(program=shlex.quote(installed() or "chromium")), encoding="utf-8")
    program.chmod(0o700)
    with browser(str(program)) as window:
        yield Walker(window)


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody before the screen, with a keyboard."""

    window: Browser

    def go(self, address: str, *, width: int = 1280, scheme: Scheme = "light", at: str = "") -> None:
        """Open a page, and wait until it is there, or that at which one ends up instead."""
        self.tell("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self._resize(width, 900)
        self.tell("Page.navigate", {"url": address})
        self.waits_for(at or address)

    def waits_for(self, address: str) -> None:
        """Until the page of this address, or of one that begins so, is there as a whole."""
        for _ in range(_PATIENCE_STEPS):
            if str(self.value(_WHERE)).startswith(address):
                return
            threading.Event().wait(0.05)
        raise AssertionError(f"{address} did not come; this is {self.value('location.href')}")

    def reads(self, text: str) -> None:
        """Until this can be read."""
        for _ in range(_PATIENCE_STEPS):
            if self.value("document.readyState") == "complete" and text in self.text():
                return
            threading.Event().wait(0.05)
        raise AssertionError(f"{text!r} did not come; this is: {self.text()}")

    def text(self) -> str:
        """What can be read."""
        return " ".join(str(self.value("document.body ? document.body.innerText : ''")).split())

    def tabs_to(self, name: str) -> None:
        """Press Tab until what is called so, to those who hear the page, has the focus."""
        for _ in range(_MOST_TABS):
            self.press("Tab", 9)
            if self.focused().startswith(name):
                return
        raise AssertionError(f"Nothing that is called {name!r} gets the focus.")

    def focused(self) -> str:
        """What has the focus, by the name that a screen reader says."""
        found = self.tell("Runtime.evaluate", {"expression": "document.activeElement"})["result"].get("objectId")
        if found is None:
            return ""
        [node] = self.tell("Accessibility.getPartialAXTree", {"objectId": found, "fetchRelatives": False})["nodes"]
        is_page = node.get("role", {}).get("value") in ("RootWebArea", "none", "generic")
        return "" if is_page else str(node.get("name", {}).get("value", "")).replace(" :", ":")

    def press(self, key: str, code: int, text: str = "") -> None:
        keys = {"key": key, "code": key, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        self.tell(
            "Input.dispatchKeyEvent",
            {"type": "keyDown" if text else "rawKeyDown", **keys, **({"text": text} if text else {})},
        )
        self.tell("Input.dispatchKeyEvent", {"type": "keyUp", **keys})

    def enter(self) -> None:
        self.press("Enter", 13, "\r")

    def enters_anew(self) -> None:
        """Press Enter, and wait for the page that comes, though it may have the same address and the same words."""
        self.value("document.before = true")
        self.enter()
        for _ in range(_PATIENCE_STEPS):
            if self.value("document.readyState === 'complete' && !document.before"):
                return
            threading.Event().wait(0.05)
        raise AssertionError(f"No other page came: {self.text()}")

    def types(self, text: str) -> None:
        self.tell("Input.insertText", {"text": text})

    def picture(self) -> bytes:
        """The whole page as a PNG."""
        self._draw_frames()
        size = self.tell("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": int(size["width"]), "height": min(int(size["height"]), 6000), "scale": 1}
        # Beyond the window rather than in a larger one: a browser that has just been resized may draw nothing for long.
        how = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        return base64.b64decode(self._drawn(how)["data"])

    def _drawn(self, how: dict[str, Any]) -> dict[str, Any]:
        """Now and then a browser without a screen draws no frame until it is asked for one again."""
        pipe, patience = self.window._pipe, self.window._pipe.patience
        pipe.patience = min(_FOR_A_FRAME, patience)
        try:
            for _ in range(_FRAMES_ASKED_FOR):
                with contextlib.suppress(UserError):
                    return self.tell("Page.captureScreenshot", how)
                self.tell("Page.bringToFront", {})
        finally:
            pipe.patience = patience
        return self.tell("Page.captureScreenshot", how)

    def _draw_frames(self) -> None:
        """A browser draws nothing of a message in a frame that was never in its window."""
        for number in range(int(self.value("document.querySelectorAll('iframe').length"))):
            self.value(f"document.querySelectorAll('iframe')[{number}].scrollIntoView()")
            threading.Event().wait(0.2)

    def _resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.tell("Emulation.setDeviceMetricsOverride", size)

    def is_wider_than_its_window(self) -> bool:
        return bool(self.value("document.documentElement.scrollWidth > window.innerWidth"))

    def axe(self) -> list[str]:
        """What axe has against the page. For as long as it judges, scripts run."""
        self.tell("Page.setBypassCSP", {"enabled": True})
        self.tell("Emulation.setScriptExecutionDisabled", {"value": False})
        try:
            self.value(f"{AXE.read_text(encoding='utf-8')};0")
            found: list[str] = json.loads(str(self.value(_RUN_AXE % json.dumps(_RULES))))
        finally:
            self.tell("Emulation.setScriptExecutionDisabled", {"value": True})
        return found

    def value(self, script: str) -> Any:
        answer = self.tell("Runtime.evaluate", {"expression": script, "awaitPromise": True, "returnByValue": True})
        assert "exceptionDetails" not in answer, str(answer)[:300]
        return answer["result"].get("value")

    def tell(self, method: str, values: dict[str, Any]) -> dict[str, Any]:
        return self.window._tell(method, values)
