"""The files that come with the program, and the site's own in their place: templates above all."""

from __future__ import annotations

import os
from pathlib import Path

from notifier.core.templates import Templates
from notifier.errors import Problem, UserError

Stamp = tuple[tuple[str, int, int], ...]


def load_templates(overrides: Path) -> Templates:
    """The shipped templates, with those of the site's own folder in place of the shipped ones of the same name."""
    texts = _texts_in(shipped("templates"))
    if not overrides.is_dir():
        return Templates(texts=texts)
    return Templates(texts=texts | _texts_in(overrides), folder=str(overrides))


def template_problems(templates: Templates) -> tuple[Problem, ...]:
    """What is wrong with the site's own templates. The shipped ones are right (a test of ours; `doctor` looks anyway)."""
    if templates.folder == Templates(texts={}).folder:
        return ()
    from notifier.core.render import check_templates
    from notifier.core.staff_letter import check_staff_templates
    from notifier.core.stalled import check_stalled_template
    from notifier.core.unshown import unshown_notes

    own = (*check_staff_templates(templates), *check_stalled_template(templates), *unshown_notes(templates))
    return (*check_templates(templates), *own)


def shipped(name: str) -> Path:
    """A file or folder that comes with the program: in the wheel inside the package, in a checkout beside it."""
    package = Path(__file__).parents[1]
    inside = package / "_shipped" / name
    return inside if inside.exists() else package.parent / name


def _texts_in(folder: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    # Path.rglob passes over folders that may not be read: mails would look otherwise, and nobody would know why.
    for inner, _, files in os.walk(folder, onerror=lambda error: problems.append(_unreadable(error, "folder"))):
        for path in (Path(inner, file) for file in files if file.endswith(".j2")):
            try:
                texts[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
            except OSError as error:
                problems.append(_unreadable(error, "template"))
            except UnicodeDecodeError:
                problems.append(
                    Problem(path=str(path), what="This template is not UTF-8 text.", hint="Save it as UTF-8.")
                )
    if problems:
        raise UserError(sorted(problems, key=lambda problem: problem.path))
    return texts


def _unreadable(error: OSError, what: str) -> Problem:
    return Problem(
        path=str(error.filename),
        what=f"This {what} can't be read ({error.strerror}).",
        hint="Let the user that runs notifier read it.",
    )


def stamp_of(config: Path, folder: Path) -> Stamp:
    """What tells a changed config.yaml or template of the site from the one before."""
    found = [config, *sorted((folder / "templates").rglob("*.j2"))]
    stamps: list[tuple[str, int, int]] = []
    for path in found:
        try:
            status = path.stat()
        except OSError:
            stamps.append((str(path), 0, 0))
        else:
            stamps.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(stamps)
