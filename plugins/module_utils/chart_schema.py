"""The chart's values.schema.json from the options' specs: no unknown key, no missing one, no null."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.chart_values import Path

_TYPES = {"int": "integer", "bool": "boolean", "list": "array", "dict": "object"}
_RANGE = re.compile(r"\(from (\d+) to (\d+)\)")
_ANY = {"$ref": "#/definitions/any"}
_DEFINITIONS = {
    "any": {
        "description": "Whatever is not null.",
        "type": ["string", "number", "boolean", "array", "object"],
        "items": _ANY,
        "additionalProperties": _ANY,
    }
}


def schema(spec: Mapping[str, Any], texts_only: set[Path]) -> dict[str, Any]:
    """The JSON schema of the chart's values.

    Helm takes a key that is set to null out before it looks, so every key is required.

    :param spec: what chart_values.tree returned.
    :param texts_only: the paths of the maps that hold texts only.
    """
    root = _schema(spec, (), texts_only)
    # Helm hands every chart `global`, which a chart that has this one as a part may fill.
    root["properties"]["global"] = {"description": "For charts that this one is a part of.", "type": "object"}
    return {"$schema": "http://json-schema.org/draft-07/schema#", **root, "definitions": _DEFINITIONS}


def _schema(spec: Mapping[str, Any], path: Path, texts_only: set[Path]) -> dict[str, Any]:
    kind = spec.get("type", "str")
    found: dict[str, Any] = {"description": spec["description"]} if spec.get("description") else {}
    found["type"] = _TYPES.get(kind, "string")
    if spec.get("choices"):
        found["enum"] = list(spec["choices"])
    bounds = _RANGE.search(spec.get("description", ""))
    if bounds and kind == "int":
        found |= {"minimum": int(bounds[1]), "maximum": int(bounds[2])}
    if kind == "list":
        is_map = spec.get("elements", "str") == "dict"
        found["items"] = {"type": "object", "additionalProperties": _ANY} if is_map else {"type": "string"}
    if kind == "dict":
        inner = spec.get("options")
        if inner:
            found |= {"additionalProperties": False, "required": list(inner)}
            found["properties"] = {key: _schema(one, (*path, key), texts_only) for key, one in inner.items()}
        else:
            found["additionalProperties"] = {"type": "string"} if path in texts_only else _ANY
    return found
