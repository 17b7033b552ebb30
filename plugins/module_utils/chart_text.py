"""The chart's own texts (NOTES.txt, README.md, the checks), rendered from templates whose marks leave Helm's alone."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from operator import getitem
from pathlib import Path
from typing import Any

import jinja2
from ansible_collections.todoapp.stack.plugins.module_utils.chart_values import Spec, defaults
from ansible_collections.todoapp.stack.plugins.module_utils.description import Component
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import Symbol, SymbolMap
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import plain


def render(directory: Path, name: str, context: Mapping[str, Any]) -> str:
    """One text. Expressions are [[ ]], statements [% %], comments [# #].

    :param directory: the component role's templates.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(directory / "chart"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - texts, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
    )
    return environment.get_template(f"{name}.j2").render(context)


def context(components: list[Component], values: Spec, chart: Mapping[str, str]) -> dict[str, Any]:
    """What the texts are told.

    :param components: described with symbols.
    :param values: what chart_values.tree returned.
    :param chart: name, description, oldest (Kubernetes version).
    """
    paths = {path for path, _ in _leaves(values, ())}
    usual = defaults(values)
    described = [_described(component, usual) for component in components]
    return {
        "chart": chart,
        "components": described,
        "images": [
            {"path": one["image_path"], "enabled": one["enabled"] or "true"} for one in described if one["image_path"]
        ],
        "secrets": sorted({name for component in components for name in component.secrets}),
        "stores": [component.name for component in components if component.is_store],
        "has": lambda path: path in paths,
        "table": [
            {
                "path": path,
                "default": f"`{plain(defaults(spec))}`".replace("|", "\\|"),
                "description": spec.get("description", "").replace("|", "\\|"),
            }
            for path, spec in _leaves(values, ())
        ],
    }


def _described(component: Component, usual: Mapping[str, Any]) -> dict[str, Any]:
    image, enabled, scaling = component.image, component.enabled, component.autoscaling
    path = image.symbol.path if isinstance(image, SymbolMap) else None
    return {
        "name": component.name,
        "workload": "statefulset" if component.is_store else "deployment",
        "enabled": f".Values.{'.'.join(enabled.path)}" if isinstance(enabled, Symbol) else None,
        "image_path": ".".join(path) if path else None,
        "repository": functools.reduce(getitem, path, usual)["repository"] if path else None,
        "port": component.port,
        "ingress_path": component.ingress_path,
        "scales": ".".join(scaling.symbol.path) + ".enabled" if isinstance(scaling, SymbolMap) else None,
        "init": " ".join(component.commands[component.init]) if component.init else None,
    }


def _leaves(spec: Spec, path: tuple[str, ...]) -> Iterator[tuple[str, Spec]]:
    """The dotted path and the spec of each value that has no parts."""
    for key, one in spec.get("options", {}).items():
        if one.get("options"):
            yield from _leaves(one, (*path, key))
        else:
            yield ".".join((*path, key)), one
