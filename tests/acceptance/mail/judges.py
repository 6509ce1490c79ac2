"""Three judges of a page: each gives its findings back, and knows nothing of what is let pass."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifier.edges.browser import Browser, Scheme, browser
from notifier.errors import UserError

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / ".judges" / "mail"
PACKAGES = TOOLS / "node_modules"
WIDTHS = (375, 700)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN_AXE = """
axe.run(document, {runOnly: %s, resultTypes: ["violations"]}).then((found) => JSON.stringify(found.violations.map(
  (one) => ({id: one.id, help: one.help, nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120))}))))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a judge has against a page. `what` is the same wherever it is found; `where` says more of this one place."""

    judge: str
    what: str
    page: str
    where: str = ""


Judge = Callable[[Sequence[Path]], Iterator[Finding]]


def by_vnu(pages: Sequence[Path]) -> Iterator[Finding]:
    """The W3C's checker of HTML and CSS. What it only finds old-fashioned is what mail programs need, and not asked."""
    jar = PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    told = _answer("java", "-jar", str(jar), "--stdout", "--format", "json", "--exit-zero-always", *map(str, pages))
    for one in told["messages"]:
        if one["type"] != "info":
            where = f"line {one.get('lastLine', '?')}"
            yield Finding(
                judge="vnu", what=one["message"], page=Path(one["url"].removeprefix("file:")).name, where=where
            )


def by_caniemail(pages: Sequence[Path]) -> Iterator[Finding]:
    """https://www.caniemail.com: what a mail program takes out, or doesn't show."""
    for one in _answer("node", str(Path(__file__).with_name("caniemail.mjs")), str(TOOLS), *map(str, pages)):
        yield Finding(judge="caniemail", what=one["title"], page=Path(one["file"]).name, where=one["program"])


def by_axe(pages: Sequence[Path]) -> Iterator[Finding]:
    """https://github.com/dequelabs/axe-core in Chromium, in both schemes, at the widths of phones and of desktops."""
    axe = (PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with browser() as window:
        for page in pages:
            for scheme in SCHEMES:
                for width in WIDTHS:
                    for one in _axe(window, page.read_text(encoding="utf-8"), axe, width=width, scheme=scheme):
                        where = f"{width} px, {scheme}: {' '.join(one['nodes'])}"
                        yield Finding(judge="axe", what=one["id"], page=page.name, where=f"{one['help']}; {where}")


JUDGES: Mapping[str, Judge] = {"vnu": by_vnu, "caniemail": by_caniemail, "axe": by_axe}


def _axe(window: Browser, html: str, axe: str, *, width: int, scheme: Scheme) -> list[Any]:
    window.picture(html, width=width, scheme=scheme)
    # The mail has no script, or preflight would hold it: only the judge's runs.
    window._tell("Emulation.setScriptExecutionDisabled", {"value": False})
    _evaluated(window, f"{axe};0")
    found: list[Any] = json.loads(str(_evaluated(window, _RUN_AXE % json.dumps(_RULES))))
    window._tell("Emulation.setScriptExecutionDisabled", {"value": True})
    return found


def _evaluated(window: Browser, script: str) -> object:
    asked = {"expression": script, "awaitPromise": True, "returnByValue": True}
    answer = window._tell("Runtime.evaluate", asked)
    if "exceptionDetails" in answer:
        raise UserError(f"axe failed: {str(answer['exceptionDetails'])[:300]}")
    return answer["result"].get("value")


def _answer(*command: str) -> Any:
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    try:
        return json.loads(ran.stdout)
    except ValueError as error:
        said = (ran.stderr or ran.stdout).strip()[-300:]
        raise UserError(f"{command[0]} gave no answer that can be read: {said or 'nothing'}.") from error
