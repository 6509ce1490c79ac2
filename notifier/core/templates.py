"""Templates as text: where they run, and what is wrong with one, in a person's words at its file and line."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cache, lru_cache, partial
from types import TracebackType
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment

from notifier.core.languages import language_of
from notifier.core.languages.english import CLOCKS
from notifier.core.plain import one_line
from notifier.errors import Problem, UserError

_FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """The texts of templates by name (`reminder/html.j2`). `folder` is how the user names the place they lie in."""

    texts: Mapping[str, str]
    folder: str = "templates"

    def stamp(self) -> str:
        """Stands for exactly these texts."""
        text = json.dumps(sorted(self.texts.items()), ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def fill(templates: Templates, name: str, names: Mapping[str, object], language: str = "en") -> str:
    """The template's text with these names filled in, its words in this language. Raises UserError when the template is wrong."""
    try:
        return environment(templates, language).get_template(name).render(names)
    except _FAULTS as fault:
        raise UserError(template_problem(templates, name, fault, names)) from fault


def syntax_problems(templates: Templates) -> Iterator[Problem]:
    """Every template that can't even be parsed."""
    for name, text in templates.texts.items():
        try:
            environment(templates).parse(text, name=name)
        except TemplateSyntaxError as fault:
            yield template_problem(templates, name, fault, {})


def parts_of(templates: Templates, name: str) -> Sequence[tuple[int, str, str]]:
    """What a template is made of: the line, the kind (`data` is fixed text) and the text of each; nothing where it can't be parsed."""
    try:
        return list(environment(templates).lex(templates.texts[name], name=name))
    except TemplateSyntaxError:
        return ()


def wrapped(text: str, indent: str = "") -> str:
    """The text in lines of at most 76 characters; a longer word, such as an address, stays whole."""
    if (lines := _simply_wrapped(text, 76 - len(indent))) is not None:
        return "\n".join([indent + line for line in lines])
    lines = textwrap.wrap(
        text, 76, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


def _simply_wrapped(text: str, width: int) -> list[str] | None:
    """What textwrap makes of words with one space between them, in a twentieth of its time; None for any other text."""
    if " ".join(text.split()) != text:
        return None
    lines, start = [], 0
    while len(text) - start > width:
        end = text.rfind(" ", start, start + width + 1)
        if end < 0 and (end := text.find(" ", start + width)) < 0:
            break
        lines.append(text[start:end])
        start = end + 1
    return [*lines, text[start:]] if text else lines


def unbroken(text: str, clocks: re.Pattern[str] = CLOCKS) -> str:
    """The text with its times of day kept from being broken across lines, and so its place."""
    return clocks.sub(lambda clock: clock[0].replace(" ", "\u00a0").replace("–", "\u2060–\u2060"), text)


def capitalised(text: str) -> str:
    """The text with a capital at its beginning, and the rest as it is."""
    return text[:1].upper() + text[1:]


def environment(templates: Templates, language: str = "en") -> SandboxedEnvironment:
    """Where templates run: sandboxed, strict about names, escaping in every `html.j2`. `_` gives words in the language."""
    return _environment(tuple(sorted(templates.texts.items())), templates.folder, language_of(language).code)


class _Sandbox(SandboxedEnvironment):
    """Jinja2's sandbox, which doesn't ask of each thing of ours, each time, whether it is a function or a frame."""

    #: Gives the words of a language (`_`). It is ours, and takes nothing of the context.
    said: Callable[..., str] | None = None

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        is_macro = type(obj) is Macro
        if not is_macro and obj is not self.said:
            return super().call(context, obj, *args, **kwargs)
        # What `Context.call` does with these two, once it has found out what they are.
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return obj(context.eval_ctx, *args, **kwargs) if is_macro else obj(*args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind: Any = type(obj)
        if attribute in _shown(kind) or (kind is TemplateModule and attribute in obj.__dict__ and attribute[0] != "_"):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


@cache
def _shown(kind: type[object]) -> frozenset[str]:
    """What templates may name of a value without a second look: what our own classes hold, and where a loop is."""
    if kind is LoopContext:
        return frozenset({"first", "last"})
    return frozenset(one.name for one in fields(kind) if one.name[0] != "_") if is_dataclass(kind) else frozenset()


@lru_cache(maxsize=16)
def _environment(texts: tuple[tuple[str, str], ...], folder: str, language: str) -> SandboxedEnvironment:
    known = dict(texts)

    # Not DictLoader: with a file name, a fault's traceback tells the template and the line.
    def load(name: str) -> tuple[str, str, None] | None:
        return (known[name], f"{folder}/{name}", None) if name in known else None

    made = _Sandbox(
        loader=FunctionLoader(load),
        autoescape=lambda name: name is None or name.endswith("html.j2"),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["wrapped"] = wrapped
    spoken = language_of(language)
    made.filters["unbroken"] = partial(unbroken, clocks=spoken.forms.clocks)
    made.filters["capitalised"] = capitalised
    made.globals["_"] = made.said = spoken.said
    return made


def template_problem(templates: Templates, name: str, fault: Exception, names: Mapping[str, object]) -> Problem:
    """A fault of a template in a person's words, at the template and line where it happened."""
    match fault:
        case TemplateSyntaxError():
            said = _sentence(fault.message)
            return problem_at(templates, fault.name or name, fault.lineno, said, "Correct the template's syntax there.")
        case TemplateNotFound():
            return missing(templates, str(fault.name))
        case _:
            return _runtime_problem(templates, name, fault, names)


def _runtime_problem(templates: Templates, name: str, fault: Exception, names: Mapping[str, object]) -> Problem:
    line_name, line = _line_of(templates, fault.__traceback__, name)
    words = str(fault)
    unknown = re.search(r"^'(\w+)' is undefined|'([\w.]+) object' has no attribute '(\w+)'", words)
    if unknown:
        said = f"Nothing here is called {unknown[1] or unknown[3]!r}."
        return problem_at(templates, line_name, line, said, _names_hint(unknown, names))
    return problem_at(templates, line_name, line, _sentence(words), "Correct the expression on that line.")


def _names_hint(unknown: re.Match[str], names: Mapping[str, object]) -> str:
    known = sorted(names) if unknown[1] else sorted(_attributes(names, unknown[2].rpartition(".")[2]))
    close = get_close_matches(unknown[1] or unknown[3], known, n=1)
    guess = f"Did you mean {close[0]!r}? " if close else ""
    return f"{guess}The names are: {', '.join(known)}."


def _attributes(names: Mapping[str, object], kind: str) -> set[str]:
    """The names that stand after the dot of a value of this class, wherever among the values there is one."""
    values = list(names.values())
    while values:
        value = values.pop()
        if isinstance(value, Sequence) and not isinstance(value, str):
            values += value
        elif is_dataclass(value):
            inner = {field.name: getattr(value, field.name) for field in fields(value)}
            if type(value).__name__ == kind:
                return set(inner)
            values += inner.values()
    return set()


def _line_of(templates: Templates, trace: TracebackType | None, name: str) -> tuple[str, int | None]:
    """The innermost line of a template in a traceback."""
    found: tuple[str, int | None] = (name, None)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(f"{templates.folder}/") and file[len(templates.folder) + 1 :] in templates.texts:
            found = (file[len(templates.folder) + 1 :], trace.tb_lineno)
        trace = trace.tb_next
    return found


def missing(templates: Templates, name: str) -> Problem:
    hint = "Put the file there, or take the program's own from its templates folder."
    return problem_at(templates, name, None, "This template is missing.", hint)


def problem_at(templates: Templates, name: str, line: int | None, what: str, hint: str) -> Problem:
    return Problem(path=f"{templates.folder}/{name}", line=line, what=what, hint=hint)


def _sentence(text: str | None) -> str:
    words = one_line(text or "") or "This can't be rendered"
    return words[0].upper() + words[1:].rstrip(".") + "."
