"""A database for each test that asks for one."""

from tests.edges.conftest import postgres_url

__all__ = ["postgres_url"]
