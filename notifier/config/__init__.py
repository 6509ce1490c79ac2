"""config.yaml in, checked Settings and Rules out: all mistakes at once, each with its place and what to do."""

from __future__ import annotations

from notifier.config.load import load
from notifier.config.not_yet import NOT_YET
from notifier.config.reference import json_schema, known_keys
from notifier.config.settings import (
    GitSettings,
    Group,
    HookSettings,
    ListPart,
    MailchimpSettings,
    Members,
    OutboxSettings,
    PingSettings,
    ProviderSettings,
    Secret,
    Settings,
    SmtpSettings,
    SourceSettings,
)

__all__ = [
    "NOT_YET",
    "GitSettings",
    "Group",
    "HookSettings",
    "ListPart",
    "MailchimpSettings",
    "Members",
    "OutboxSettings",
    "PingSettings",
    "ProviderSettings",
    "Secret",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "json_schema",
    "known_keys",
    "load",
]
