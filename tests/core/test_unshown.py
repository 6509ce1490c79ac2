"""A template of one's own that would leave a note out is warned of, and nothing else of it."""

from __future__ import annotations

import pytest

from notifier.core.render import KINDS, check_templates
from notifier.core.unshown import unshown_notes
from tests.templates_on_disk import ROOT, the_templates

NOTED = [kind for kind in KINDS if kind != "one_off"]


def without(name: str) -> str:
    """A template as it was before there were notes."""
    text = (ROOT / f"{name}.j2").read_text(encoding="utf-8")
    left = text.replace("{{- parts.prose(note) }}", "").replace("{{ parts.prose(note) }}", "")
    assert left != text
    return left


def test_ours_show_every_note() -> None:
    assert list(unshown_notes(the_templates())) == []


@pytest.mark.parametrize("kind", NOTED)
def test_each_that_leaves_it_out_is_warned_of_at_its_file(kind: str) -> None:
    templates = the_templates(**{f"{kind}__html": without(f"{kind}/html"), f"{kind}__txt": without(f"{kind}/txt")})
    found = list(unshown_notes(templates))
    assert [(one.path, one.severity) for one in found] == [
        (f"templates/{kind}/html.j2", "warning"), (f"templates/{kind}/txt.j2", "warning")
    ]  # fmt: skip
    assert "does not show the note" in found[0].what
    assert "{{ parts.prose(note) }}" in found[0].hint


def test_with_it_alone_a_template_is_no_error_and_another_fault_is_no_such_warning() -> None:
    assert check_templates(the_templates(reminder__txt=without("reminder/txt"))) == ()
    assert list(unshown_notes(the_templates(reminder__html="{{ nothing_of_that_name }}"))) == []
