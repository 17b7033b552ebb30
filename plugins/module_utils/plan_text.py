"""A plan, whatever its target, as the texts that an operator reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Plan = list[dict[str, Any]]
"""One entry per thing that would change: {component, action, fields: [{field, live, wanted, why}]} and its name."""

_MARKS = {"create": "+", "update": "~", "start": "~", "remove": "-", "prune": "-"}


def show(plan: Plan, name: str, verbs: Mapping[str, str]) -> str:
    """The whole plan: for each thing its action, and each field that differs.

    :param name: the key of an entry that names the thing.
    :param verbs: for each action what would be done to it ("would be created").
    """
    if not plan:
        return "nothing to do\n"
    lines = []
    for entry in plan:
        drift = any(field["why"] == "drifted" for field in entry["fields"])
        lines.append(f"{_MARKS[entry['action']]} {entry[name]} {verbs[entry['action']]}{' (drifted)' if drift else ''}")
        for field in entry["fields"]:
            why = "  (removed by hand)" if entry["action"] == "create" else _why(field)
            lines.append(f"    {field['field']}: {_short(field['live'])} -> {_short(field['wanted'])}{why}")
    return "\n".join(lines) + "\n"


def _why(field: Mapping[str, Any]) -> str:
    if field["why"] != "drifted":
        return ""
    owner = field.get("owner")
    return f"  (changed by hand, with {owner})" if owner else "  (changed by hand)"


def summary(plan: Plan, name: str, words: Mapping[str, str]) -> str:
    """The plan in one line: what would be created, replaced, removed ...

    :param words: for each action its word, in the order in which they are said.
    """
    parts = [f"{word} {', '.join(names)}" for action, word in words.items() if (names := _names(plan, name, action))]
    return "; ".join(parts) or "nothing to do"


def _names(plan: Plan, name: str, action: str) -> Sequence[str]:
    return list(dict.fromkeys(entry[name] for entry in plan if entry["action"] == action))


def _short(value: Any) -> str:
    text = "(none)" if value is None else str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
