"""One emulator for all tests of this folder, with a new account for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mailchimp.asking import Caller
from tests.mailchimp.control import Emulator, emulator


@pytest.fixture(scope="session")
def started() -> Iterator[Emulator]:
    with emulator() as one:
        yield one


@pytest.fixture
def mailchimp(started: Emulator) -> Emulator:
    started.reset()
    return started


@pytest.fixture
def caller(mailchimp: Emulator) -> Iterator[Caller]:
    one = Caller(mailchimp)
    yield one
    one.session.close()
