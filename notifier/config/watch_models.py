"""The shape of `watch`: the programs that watch notifier from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from notifier.config.section import SecretReference, Section
from notifier.config.settings import PingSettings, Secret
from notifier.config.units import Line, ShortDuration, Url, ping_url


class UrlReference(SecretReference):
    """An address that is a key too: where it stands, or the address itself."""

    address: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _reference_only(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"address": ping_url(value)}
        return super()._reference_only(value)  # type: ignore[operator]  # what pydantic makes of it binds as a method does


_EITHER: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": "^https?://[^#]+$"},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: {"type": "string", "description": found.description}
                for name, found in SecretReference.model_fields.items()
            },
        },
    ]
}


class Ping(Section):
    """A dead man's switch: a service that wakes somebody when it is no longer asked."""

    url: Annotated[UrlReference, WithJsonSchema(_EITHER)] = Field(
        description="What is asked: https, or http on this machine; or where that address stands.",
        examples=["https://ping.example.org/notifier"],
    )
    every: ShortDuration = Field(
        timedelta(minutes=1), description="At most so often, after ticks that succeeded.", examples=["1m"]
    )
    failures: bool = Field(
        default=False,
        description="Whether url/fail is asked after ticks that failed, as healthchecks.io has it.",
        examples=[False],
    )


class Sentry(Section):
    """Where errors are sent."""

    dsn: SecretReference = Field(description="Where the DSN of the project stands, which Sentry shows.")
    environment: Line = Field(
        "production", max_length=64, description="What this installation is called there.", examples=["production"]
    )


class Traces(Section):
    """Where it is sent how long ticks and their parts took."""

    endpoint: Url = Field(
        description="The address of an OpenTelemetry collector, without /v1/traces.", examples=["http://127.0.0.1:4318"]
    )


class Watching(Section):
    """The programs that watch notifier from outside."""

    ping: Ping | None = Field(None, description="A dead man's switch. Default: none.")
    sentry: Sentry | None = Field(None, description="Where errors are sent (needs sentry-sdk). Default: nowhere.")
    traces: Traces | None = Field(
        None,
        description="Where it is sent how long ticks and their parts took (needs OpenTelemetry). Default: nowhere.",
    )


def ping_address(ping: PingSettings) -> str:
    """The address to ask. Raises UserError where it can't be read, or is none; it is in no message."""
    if not isinstance(ping.url, Secret):
        return ping.url
    text = ping.url.read()
    try:
        return ping_url(text)
    except PydanticCustomError as error:
        context = error.context or {}
        raise ping.url.refused(f"What stands there {context['what']}", str(context["hint"])) from None
