"""How much of a file is read, and the refusal of what is too much, no text, or not in its format."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


class Refused(Exception):
    """The document can't be read; carries the words for its author."""

    def __init__(self, what: str, hint: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what, self.hint, self.line = what, hint, line


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may hold at most. `subject` is what its author calls the part that is limited."""

    subject: str
    size: int
    depth: int
    nodes: int
    aliases: int
    shorter: str


FRONT_MATTER = Limits(
    subject="front matter", size=1_000_000, depth=20, nodes=10_000, aliases=20, shorter="Keep it to simple keys and lists."
)  # fmt: skip
DATAFILE = Limits(
    subject="file", size=5_000_000, depth=40, nodes=400_000, aliases=20_000, shorter="Write it in several files."
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Budget:
    """How many values of a document have been built: a repeated part counts every time, for it is read every time."""

    limits: Limits
    nodes: int = 0

    def spend(self, nodes: int, *, depth: int, line: int | None) -> None:
        """Refuse what would be nested too deeply, or too much."""
        self.nodes += nodes
        if self.nodes > self.limits.nodes or depth > self.limits.depth:
            raise too_much(self.limits, line)


def too_much(limits: Limits, line: int | None) -> Refused:
    """The refusal of what is nested too deeply or has too many values."""
    return Refused(f"The {limits.subject} is nested too deeply or is too long.", limits.shorter, line)


# Behind another one it would be tried again from each of a long row of them.
_DOUBLED = re.compile(r"(?<!\r)\r+\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A file as lines that end in a line feed. `stray` is the first line with a carriage return that ends none."""

    text: str
    stray: int | None = field(default=None)


def text_of(content: bytes, limits: Limits) -> Text:
    """The file's text; raises `Refused` for what is too long, no text or not UTF-8."""
    if len(content) > limits.size:
        raise _too_long(len(content), limits)
    if b"\x00" in content:
        raise Refused("The file is not text (it holds zero bytes).", "Save it as UTF-8 text, or add it to `exclude`.")
    try:
        text = content.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(f"Line {line} is not UTF-8 text.", "Save the file with the encoding UTF-8.", line) from error
    return Text(text=text) if "\r" not in text else _with_line_feeds(text)


def _too_long(size: int, limits: Limits) -> Refused:
    kind = "an event file" if limits is FRONT_MATTER else "a file of events"
    hint = "Keep pictures and long texts in files of their own, or exclude this file in config.yaml."
    most = f"{limits.size // 1_000_000} MB at most"
    return Refused(f"The file has {size / 1_000_000:.1f} MB; {kind} may have {most}.", hint)


def _with_line_feeds(text: str) -> Text:
    plain = text.replace("\r\n", "\n")
    if "\r" not in plain:
        return Text(text=plain)
    if "\n" not in plain:
        return Text(text=plain.replace("\r", "\n"))
    # A line end that was translated twice (CR CR LF) is one; alone, YAML and editors take a CR for one too.
    plain = _DOUBLED.sub("\n", text)
    first = text.find("\r\r\n") if "\r" not in plain else plain.find("\r")
    stray = (text if "\r" not in plain else plain).count("\n", 0, first) + 1
    return Text(text=plain.replace("\r", "\n"), stray=stray)
