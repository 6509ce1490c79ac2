from __future__ import annotations

import tomllib

from tests.acceptance.mail.agree import FILE, exceptions, verdict
from tests.acceptance.mail.judges import JUDGES, Finding

FOUND = Finding(judge="vnu", what="Something is wrong.", page="digest.html")
REASONS = {("vnu", "Something is wrong."): "It is not."}


def test_every_exception_names_a_judge_and_has_a_reason_and_stands_once() -> None:
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))["exception"]

    assert len(exceptions()) == len(listed)
    assert {judge for judge, _ in exceptions()} <= set(JUDGES)
    assert [one for one in listed if len(one["reason"].split()) < 4 or not one["reason"].endswith(".")] == []


def test_what_an_exception_explains_is_let_pass_and_nothing_else() -> None:
    other = Finding(judge="axe", what="Something is wrong.", page="digest.html")

    assert verdict([FOUND, other], ["vnu", "axe"], REASONS, all_pages=True).unexplained == (other,)


def test_an_exception_that_explains_nothing_is_told_where_its_judge_saw_everything() -> None:
    assert verdict([], ["vnu"], REASONS, all_pages=True).unneeded == tuple(REASONS)
    assert verdict([], ["axe"], REASONS, all_pages=True).unneeded == ()
    assert verdict([], ["vnu"], REASONS, all_pages=False).unneeded == ()
