"""What every section of config.yaml has in common, and the one that refers to a secret."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from notifier.config.units import PathText, closest, wrong

NO_LITERAL = "Secrets never stand in the file. Write {env: NAME}, {file: PATH} or {credential: NAME}."
_WAYS = ["env", "file", "credential"]


class Section(BaseModel):
    """A mapping of known keys. A key with nothing after it counts as not written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: item for key, item in value.items() if item is not None or key not in known}


class SecretReference(Section):
    """Where a secret stands. Whatever else is written here may be the secret, so nothing of it is repeated."""

    env: str | None = Field(None, description="The environment variable that holds it.", examples=["NAME"])
    file: PathText | None = Field(None, description="The file that holds it, mode 0600.", examples=["secret_key"])
    credential: str | None = Field(
        None,
        description="Its name among what the service was given: systemd's LoadCredential, a container's secrets.",
        examples=["secret_key"],
    )

    @model_validator(mode="before")
    @classmethod
    def _reference_only(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise wrong(NO_LITERAL)
        for key in value:
            if key not in _WAYS:
                near = closest(key, _WAYS)
                raise wrong(f"{key} is not a key here.", f"{near} {NO_LITERAL}") if near else wrong(NO_LITERAL)
        given = [item for item in value.values() if item is not None]
        if len(given) != 1 or not isinstance(given[0], str):
            raise wrong("needs exactly one of env, file and credential.", NO_LITERAL)
        if value.get("env") and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value["env"]):
            raise wrong("env: takes the name of an environment variable, not the secret.", NO_LITERAL)
        # As systemd has it (CREDENTIALS in systemd.exec(5)): a plain file name, which leads out of no folder.
        if value.get("credential") and not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", value["credential"]):
            raise wrong("credential: takes the name of a credential, not the secret.", NO_LITERAL)
        return value
