"""One campaign at one moment, and what is known of it later: every state it was in, with its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: [spec] The states in which a campaign may still be changed.
EDITABLE = frozenset({"save", "paused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was put. `template` is true when it comes from a template: html put later is swallowed [rep]."""

    html: str = ""
    plain_text: str = ""
    template: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    id: str
    web_id: int
    kind: str
    status: str
    created: datetime
    #: When its recipients were last chosen: their count is known some time later.
    chosen: datetime
    list_id: str
    segment: Mapping[str, Any] | None
    settings: Mapping[str, Any]
    tracking: Mapping[str, Any]
    content: Content
    content_type: str = "html"
    parent: str = ""
    by: str = "api"
    send_at: datetime | None = None
    done_at: datetime | None = None
    emails_sent: int = 0
    #: Whom it was for when it was sent.
    reached: int = 0
    cancelled: bool = False


@dataclass(slots=True)
class Life:
    """All versions of one campaign, in order; `None` is its deletion."""

    versions: list[tuple[datetime, Campaign | None]] = field(default_factory=list)

    @property
    def now(self) -> Campaign | None:
        return self.versions[-1][1]

    @property
    def last(self) -> Campaign:
        """The last that there was of it, deleted or not."""
        return next(campaign for _, campaign in reversed(self.versions) if campaign)

    def add(self, at: datetime, campaign: Campaign | None) -> None:
        self.versions.append((at, campaign))

    def was(self, at: datetime) -> Campaign | None:
        """As it was at a moment; None when it wasn't there."""
        return next((campaign for when, campaign in reversed(self.versions) if when <= at), None)
