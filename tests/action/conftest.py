from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.action.github import FakeGitHub, fake_github
from tests.mailchimp.conftest import mailchimp, started

__all__ = ["mailchimp", "started"]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github() as one:
        yield one
