"""Values that are made by the dozen, for every document and with every plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    # To mypy they are frozen dataclasses like all others, so that nothing that assigns to one passes.
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    Class = TypeVar("Class", bound=type)

    def record(*, frozen: bool, **options: Any) -> Any:
        """A dataclass that is frozen for mypy only.

        At run time each value of a frozen one is set by a call, which takes three times as long; a document's
        sentences, links and keys come to a hundred records with six values each, and what the rules decide about one
        event to fifty with ten.
        """

        def made(cls: Class) -> Class:
            return dataclass(unsafe_hash=frozen and options.get("eq", True), **options)(cls)

        return made


__all__ = ["record"]
