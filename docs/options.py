"""Write the README's table of options from the roles' argument specs: python3 docs/options.py

The table stands between two markers; tests/unit/test_docs.py fails when it is not what this makes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- options: begin, made by docs/options.py -->", "<!-- options: end -->"
FIRST = ("release", "image", "docker_engine")  # what concerns the whole deployment comes before the components


def table(specs: dict[str, Any]) -> list[str]:
    """One role's options as rows of Markdown."""
    lines = [f"**{specs['short_description']}**", "", "| option | type | default | |", "|---|---|---|---|"]
    for name, spec in specs["options"].items():
        kind = f"list of {spec['elements']}" if spec["type"] == "list" else spec["type"]
        if spec.get("choices"):
            kind = " or ".join(f"`{choice}`" for choice in spec["choices"])
        description = " ".join(spec["description"].split())
        lines.append(
            " | ".join(
                cell.replace("|", "\\|") for cell in ("", f"`{name}`", kind, shown(spec), description, "")
            ).strip()
        )
    return [*lines, ""]


def shown(spec: dict[str, Any]) -> str:
    """A default as a reader would write it."""
    if "default" not in spec:
        return "required"
    default = spec["default"]
    if default in ("", [], {}):
        return "empty"
    return f"`{flow(default)}`"


def flow(value: Any) -> str:
    """A value as YAML on one line, with the quotes left out where nobody needs them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str) and re.fullmatch(r"[\w./][\w./: -]*", value) and yaml.safe_load(value) == value:
        return value
    return json.dumps(value)


def options_markdown() -> str:
    """All tables."""
    roles = {path.parents[1].name: path for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml"))}
    lines: list[str] = []
    for name in sorted(roles, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name)):
        lines += table(yaml.safe_load(roles[name].read_text())["argument_specs"]["main"])
    return "\n".join(lines)


def with_options(text: str) -> str:
    """The README's text with the tables brought up to date. Raises ValueError where the markers are missing."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"README.md lacks the line {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{options_markdown()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_options(README.read_text()))
