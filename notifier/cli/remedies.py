"""The commands that an error tells people to type, with the --config that they would have to add."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote

from notifier.errors import NotifierError, ProviderError, UserError

DEFAULT = Path("config.yaml")
_COMMAND = re.compile(
    r"(?<![\w./-])notifier (?:check|events|plan|why|preview|replay|tick|run|reports|hold|release|approve|skip|retry|settle|send|undo|pause"
    r"|mode(?: live| test)?|resume|feeds tokens (?:add|list|rotate|revoke)|feeds|doctor"
    r"|users (?:add|list|disable|enable|role|link)|audience (?:import|export|list|leave|return|forget))(?![\w-])(?! --config)"
)


def command(words: str, config: Path) -> str:
    """`notifier WORDS`, as it has to be typed where this is the site's configuration."""
    return with_config(f"notifier {words}", config)


def with_config(text: str, config: Path) -> str:
    """The text with `--config` in every command that it names; as it is where none is needed."""
    if config == DEFAULT:
        return text
    return _COMMAND.sub(lambda found: f"{found[0]} --config {quote(str(config))}", text)


def mend(error: NotifierError, config: Path) -> None:
    """Let the remedies of an error be for this configuration."""
    text = with_config(str(error), config)
    error.args = (text,)
    if isinstance(error, UserError | ProviderError):
        error.message = text
