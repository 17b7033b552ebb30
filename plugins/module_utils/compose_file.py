"""The Compose file's text, written in the controller: hosts need no YAML library."""

from __future__ import annotations

from typing import Any

import yaml


def compose_file(project: dict[str, Any]) -> str:
    """The project as a Compose file. `$` is doubled: Compose would take it for a variable."""
    return "# Rendered by todoapp.stack; changes here are overwritten by the next deploy.\n" + yaml.safe_dump(
        _escaped(project), sort_keys=False, width=120, allow_unicode=True
    )


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner) for inner in value]
    return value.replace("$", "$$") if isinstance(value, str) else value
