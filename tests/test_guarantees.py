"""The page of promises names what the program has."""

from __future__ import annotations

from typing import get_args

import pytest

from notifier.core.delivery import DeliveryStatus
from notifier.edges.eml import CALENDAR_FILE
from notifier.edges.outbox import FILES
from tests.files import ROOT

PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("status", get_args(DeliveryStatus))
def test_every_state_has_its_row(status: str) -> None:
    assert f"| `{status}` |" in PAGE


@pytest.mark.parametrize("name", [*FILES, CALENDAR_FILE])
def test_every_file_of_a_delivery_is_named(name: str) -> None:
    assert f"`{name}`" in PAGE
