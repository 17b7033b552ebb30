"""Which secrets are refused, whatever the target."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis

KNOWN_BAD = {"changeme", "password", "secret", "postgres", "admin", "test", "example"}


def guessable(given: Mapping[str, str]) -> list[Diagnosis]:
    """A diagnosis for each given secret that anybody would guess; its value is not shown."""
    return [
        Diagnosis("secrets", f"the secret {name} is one that anybody would guess", "use at least 12 random characters")
        for name, value in given.items()
        if str(value).lower() in KNOWN_BAD or len(str(value)) < 12
    ]
