"""Render the shared templates of the `component` role: YAML whose every `{{ }}` is written as JSON."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import yaml
from ansible_collections.todoapp.stack.plugins.module_utils import markers
from ansible_collections.todoapp.stack.plugins.module_utils.description import Component
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError
from ansible_collections.todoapp.stack.plugins.module_utils.quantities import cpus, memory_bytes
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import Symbol, SymbolMap
from ansible_collections.todoapp.stack.plugins.module_utils.yaml_text import quoted

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PART_OF = "todo-app"
USER = 10001


def render(directory: Path, template: str, component: Component | None, context: Mapping[str, Any]) -> Any:
    """Render one template for one component, or for the release as a whole, and return the parsed tree, markers unresolved.

    :param directory: the templates folder; `template` is relative to it.
    :param context: what the template sees besides `c`, the component.
    :raises DeployError: naming the template and its line, when it asks a question about a symbol, uses a name
        that does not exist, or gives text that is not YAML.
    """
    environment = _environment(directory)
    whose = component.name if component else "the release"
    try:
        text = environment.get_template(template).render(c=component, **context)
    except OptionError as error:  # a filter's: it knows the value only
        raise OptionError([f"{whose}: {problem}" for problem in error.problems]) from error
    except jinja2.TemplateError as error:
        raise DeployError(f"{_place(error, directory) or template}: {whose}: {error}") from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise DeployError(f"{template}: {whose}: the rendered text is not YAML: {error}") from error


@functools.cache  # it keeps the templates that it has compiled
def _environment(directory: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(directory),
        undefined=jinja2.StrictUndefined,
        finalize=_json,
        autoescape=False,  # noqa: S701 - YAML, not HTML; _json escapes
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("default", "d"):
        del environment.filters[name]  # a symbol would pass them unnoticed
    environment.filters.update(_FILTERS)
    return environment


def _place(error: jinja2.TemplateError, directory: Path) -> str:
    """The template (an included one, maybe) and the line that raised, from the traceback: Jinja maps its frames to them."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.name}:{error.lineno}"
    place = ""
    trace = error.__traceback__
    while trace:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(directory):
            place = f"{file.relative_to(directory)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class _Raw(str):
    """YAML text that a macro has rendered already."""

    __slots__ = ()


def fields(value: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A map with further keys."""
    return {**value, **more}


def _json(value: Any) -> str:
    if isinstance(value, _Raw):
        return str(value)
    if isinstance(value, jinja2.Undefined):
        value._fail_with_undefined_error()  # noqa: SLF001 - Jinja's own way to raise with the name
    return quoted(value, _symbol_text)


def sentinel(value: Any) -> Any:
    """What a value is in a rendered tree: a symbol's text, everything else as it is."""
    return str(value) if isinstance(value, (Symbol, SymbolMap)) else value


def _symbol_text(value: Any) -> str:
    if isinstance(value, (Symbol, SymbolMap)):
        return str(value)
    raise TypeError(f"{value!r} is no value for a template")


def text(value: Any) -> Any:
    """The value as a text (environment variables take nothing else): true and false in lower case, symbols kept."""
    if isinstance(value, Symbol):
        return value.as_text()
    return str(value).lower() if isinstance(value, bool) else str(value)


def labels(component: Component) -> dict[str, str]:
    """What every object of a component carries."""
    return {"app.kubernetes.io/name": component.name, "app.kubernetes.io/part-of": PART_OF}


def selector(component: Component) -> dict[str, str]:
    """The labels by which the pods are found that serve: they never change, and one-off commands lack the last."""
    return {**labels(component), "todoapp.stack/part": "service"}


def meta(component: Component, namespace: Any, suffix: str = "") -> dict[str, Any]:
    """The metadata of an object of a component: name, namespace and labels."""
    return {"name": component.name + suffix, "namespace": namespace, "labels": labels(component)}


def release_meta(name: str, namespace: Any) -> dict[str, Any]:
    """The metadata of an object that belongs to no component."""
    return {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": PART_OF}}


def volume_name(path: str) -> str:
    """A volume's name from the path that it is mounted at."""
    return path.strip("/").replace("/", "-").replace(".", "-").lower()


def http_check(path: str, port: int) -> list[str]:
    """A health check command that needs nothing in the image but bash."""
    script = (
        f"exec 3<>/dev/tcp/127.0.0.1/{port} && "
        f"printf 'GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && "
        'read -r line <&3 && [[ "$line" == *" 200 "* ]]'
    )
    return ["CMD", "bash", "-c", script]


def compose_check(component: Component) -> list[str]:
    """The component's ready probe as a Compose health check."""
    probe = component.probes["ready"]
    return ["CMD", *probe["exec"]] if isinstance(probe, Mapping) else http_check(probe, component.port)


def kubernetes_probe(probe: Any, component: Component) -> dict[str, Any]:
    """A probe's handler: an HTTP path on the component's port, or a command."""
    if isinstance(probe, Mapping):
        return {"exec": {"command": probe["exec"]}}
    return {"httpGet": {"path": probe, "port": component.port}}


_FILTERS = {
    "raw": _Raw,
    "bare": _Raw,  # names and paths of ours inside a longer YAML text
    "seconds": "{}s".format,
    "fields": fields,
    "text": text,
    "selector": selector,
    "labels": labels,
    "meta": meta,
    "release_meta": release_meta,
    "volume_name": volume_name,
    "compose_check": compose_check,
    "kubernetes_probe": kubernetes_probe,
    "cpus": cpus,
    "memory_bytes": memory_bytes,
    "only_if": markers.only_if,
    "unless": markers.unless,
    "api": markers.api,
    "filled": markers.filled,
    "if_filled": markers.if_filled,
    "more": markers.more,
    "named": markers.named,
    "secret": markers.secret,
    "registry_login": markers.registry_login,
    "digest_of": markers.digest_of,
    "image": markers.image,
}
