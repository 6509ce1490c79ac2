"""Fills the console's own pages. Everything that authors, providers and the network say is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from notifier import __version__
from notifier.core.person import may
from notifier.core.plain import contact_url, http_url
from notifier.web import words
from notifier.web.offered import by_button

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {
    "by_button": by_button,
    "to_write": words.to_write,
    "link": lambda text: http_url(text) or contact_url(text),
}
_PAGES.globals |= {
    "STATUSES": words.STATUSES,
    "VERDICTS": words.VERDICTS,
    "count": words.count,
    "event_address": words.event_address,
    "may": may,
    "todo": words.todo,
    "version": __version__,
}


def page(name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of `pages/`, filled."""
    return HTMLResponse(filled(name, **values), status_code=status)


def filled(name: str, **values: Any) -> str:
    """The text of a page of `pages/`, filled."""
    return _PAGES.get_template(name).render(values)
