"""A component's description: typed data in terms of its options, read from a component role's vars."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import jinja2
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DescriptionError, did_you_mean
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import Symbol

_WHOLE = re.compile(r"\s*\{\{((?:(?!\}\}).)*)\}\}\s*", re.DOTALL)
_SECRET = re.compile(r"[a-z][a-z0-9_]*")
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass
class Component:
    """One deployable part. Values may be options (or their symbols); names and shapes are fixed."""

    name: str
    """What it is called everywhere: object names, service names, the option prefix."""
    image: Any
    """{repository, tag, digest}; an empty tag means the content tag of what the clone would build."""
    enabled: Any = True
    """Whether it is deployed at all; without it, nobody needs it or talks to it."""
    port: int = 0
    """The port it listens on; 0 for none."""
    published_port: Any = 0
    """The port on the Compose host that reaches it; 0 for none."""
    replicas: Any = 1
    autoscaling: Any = None
    """{enabled, min_replicas, max_replicas, cpu_percent, scale_down_seconds}, or nothing where it does not scale."""
    command: list[str] | None = None
    environment: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    """Names of secrets, each a file below /run/secrets."""
    files: dict[str, Any] = field(default_factory=dict)
    """Texts that are no secrets, by name: each a file below /run/config."""
    probes: dict[str, Any] = field(default_factory=dict)
    """live and ready: an HTTP path on the port, or {exec: [command]}."""
    start_seconds: int = 60
    """How long it may take from start to ready before the gate gives up."""
    stop_seconds: int = 15
    """How long it may take to end its work after SIGTERM."""
    resources: Any = field(default_factory=dict)
    """Kubernetes' own form: {requests: {cpu, memory}, limits: {cpu, memory}}."""
    storage: Mapping[str, Any] | None = None
    """{path, size, storage_class}: one volume that outlives the container; an empty class is the cluster's default."""
    writable: list[str] = field(default_factory=lambda: ["/tmp"])  # noqa: S108 - a path in the container
    """Paths on memory-backed file systems; everything else but the storage is read-only."""
    needs: list[str] = field(default_factory=list)
    """Components that must be ready first."""
    talks_to: list[str] = field(default_factory=list)
    """Components that it opens connections to; no others let it in."""
    reaches_internet: Any = False
    """True for a component that needs to reach outside (pulling models, say)."""
    outside: list[dict[str, Any]] = field(default_factory=list)
    """Ports elsewhere that it connects to, as {port, unless}: open while the option `unless` is false."""
    ingress_path: str | None = None
    """The path under which the world reaches it, through the cluster's Ingress or OpenShift's Route."""
    node_selector: Any = field(default_factory=dict)
    """Labels of the nodes that it may run on."""
    tolerations: Any = field(default_factory=list)
    """Taints of nodes that it bears, as Kubernetes writes them."""
    annotations: Any = field(default_factory=dict)
    """Annotations of its pods."""
    commands: dict[str, list[str]] = field(default_factory=dict)
    """One-off commands by name."""
    init: str | None = None
    """The name of the command that must succeed before each start."""
    version_path: str | None = None
    """A path that answers JSON with a `version`, shown by health."""

    @property
    def is_store(self) -> bool:
        """Whether it keeps data: stores are applied and gated before anything migrates."""
        return self.storage is not None


_TYPES: dict[str, type] = {
    "name": str,
    "image": Mapping,
    "command": list,
    "environment": Mapping,
    "secrets": list,
    "probes": Mapping,
    "start_seconds": int,
    "stop_seconds": int,
    "storage": Mapping,
    "resources": Mapping,
    "autoscaling": Mapping,
    "writable": list,
    "files": Mapping,
    "enabled": bool,
    "outside": list,
    "ingress_path": str,
    "node_selector": Mapping,
    "tolerations": list,
    "annotations": Mapping,
    "needs": list,
    "talks_to": list,
    "commands": Mapping,
    "init": str,
    "port": int,
}
_KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    Mapping: "a map",
}
_ITEMS = {"outside": Mapping, "tolerations": Mapping}  # what a list holds, where it holds no texts
_PARTS = {"image": ("repository", "tag", "digest"), "storage": ("path", "size")}


def parse(raw: Mapping[str, Any], role: str) -> Component:
    """Return the component that `raw` describes.

    :param raw: the evaluated description (see `evaluate`).
    :param role: where it stands, for the error's sentence.
    :raises DescriptionError: an unknown key (the nearest one is named), a wrong type, a missing name or image.
    """
    known = [f.name for f in fields(Component)]
    given = {key: value for key, value in raw.items() if value is not None}
    for key, value in raw.items():
        if key not in known:
            raise DescriptionError(f"role {role}: the description has the key {key}{did_you_mean(key, known)}")
        if key in _TYPES and key in given:
            _check(role, key, value, _TYPES[key])
    for key in ("name", "image"):
        if key not in given:
            raise DescriptionError(f"role {role}: the description has no {key}")
    for key, parts in _PARTS.items():
        for part in parts:
            if key in given and part not in given[key]:
                needed = f"{', '.join(parts[:-1])} and {parts[-1]}"
                raise DescriptionError(f"role {role}: the description's {key} has no {part}; it needs {needed}")
    if "storage" in given:
        given["storage"] = {"storage_class": "", **given["storage"]}
    component = Component(**given)
    if not _NAME.fullmatch(component.name):
        raise DescriptionError(f"role {role}: {component.name!r} is no name: lower-case letters, digits and dashes")
    for name in component.secrets:  # a key of the chart's values, which its templates reach by its name alone
        if not _SECRET.fullmatch(name):
            raise DescriptionError(
                f"role {role}: {name!r} is no name of a secret: lower-case letters, digits and underscores"
            )
    if component.init and component.init not in component.commands:
        raise DescriptionError(
            f"role {role}: init is {component.init}{did_you_mean(component.init, component.commands)}"
        )
    for way in component.outside:
        if set(way) != {"port", "unless"}:
            raise DescriptionError(f"role {role}: outside has {dict(way)}; it needs port and unless")
    for key in ("node_selector", "annotations"):
        for name, value in {} if isinstance(given.get(key), Symbol) else given.get(key, {}).items():
            _check(role, f"{key}.{name}", value, str)
    _check_probes(role, component)
    return component


def _check(role: str, key: str, value: Any, wanted: type) -> None:
    """Raise DescriptionError unless a value, and each text in it, is of the wanted type."""
    fits = isinstance(value, (wanted, Symbol)) and (wanted is bool or not isinstance(value, bool))
    if not fits:
        raise DescriptionError(f"role {role}: the description's {key} is {value!r}; it needs {_KINDS[wanted]}")
    if wanted is list and not isinstance(value, Symbol):
        for index, item in enumerate(value):
            _check(role, f"{key}[{index}]", item, _ITEMS.get(key, str))
    if key == "commands":
        for name, command in value.items():
            _check(role, f"commands.{name}", command, list)


def _check_probes(role: str, component: Component) -> None:
    unknown = set(component.probes) - {"live", "ready"}
    if unknown:
        raise DescriptionError(f"role {role}: probes are live and ready, not {', '.join(sorted(unknown))}")
    for name in ("live", "ready") if component.probes else ():
        if name not in component.probes:
            raise DescriptionError(f"role {role}: probes has no {name}; both live and ready are needed")
        probe = component.probes[name]
        if isinstance(probe, str) and not component.port:
            raise DescriptionError(f"role {role}: the probe {name} is an HTTP path, and there is no port")
        command = isinstance(probe, Mapping) and list(probe) == ["exec"] and isinstance(probe["exec"], list)
        if not isinstance(probe, str) and not command:
            raise DescriptionError(
                f"role {role}: the probe {name} is {probe!r}; it needs a path or {{exec: [command]}}"
            )


def check_references(components: Mapping[str, Component]) -> None:
    """Raise DescriptionError when a component needs or talks to one that is not deployed, or needs go in a circle."""
    for component in components.values():
        for key in ("needs", "talks_to"):
            for other in getattr(component, key):
                if other not in components:
                    raise DescriptionError(f"{component.name}: {key} names {other}{did_you_mean(other, components)}")
    in_order(components)


def in_order(components: Mapping[str, Component]) -> list[Component]:
    """The components, each after all that it needs; otherwise in the order given."""
    done: dict[str, Component] = {}

    def visit(component: Component, trail: tuple[str, ...]) -> None:
        if component.name in done:
            return
        if component.name in trail:
            raise DescriptionError(f"needs go in a circle: {' -> '.join((*trail, component.name))}")
        for need in component.needs:
            visit(components[need], (*trail, component.name))
        done[component.name] = component

    for component in components.values():
        visit(component, ())
    return list(done.values())


def evaluate(raw: Any, variables: Mapping[str, Any], where: str) -> Any:
    """Evaluate the `{{ }}` expressions in a description.

    A text that is one expression becomes that expression's value, type kept; inside a longer text it becomes text.
    There is no `default` filter, since a symbol would pass it unnoticed: an option's default stands in argument_specs.

    :raises DescriptionError: with the place, when an expression names something that is no option.
    """
    if isinstance(raw, Mapping):
        return {str(key): evaluate(value, variables, f"{where}.{key}") for key, value in raw.items()}
    if isinstance(raw, list):
        return [evaluate(value, variables, f"{where}[{index}]") for index, value in enumerate(raw)]
    if not isinstance(raw, str) or "{{" not in raw:
        return raw
    try:
        whole = _WHOLE.fullmatch(raw)
        if not whole:
            return _ENVIRONMENT.from_string(raw).render(variables)
        value = _ENVIRONMENT.compile_expression(whole[1], undefined_to_none=False)(variables)
        if isinstance(value, jinja2.Undefined):
            value._fail_with_undefined_error()  # noqa: SLF001 - Jinja's own way to raise with the name
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise DescriptionError(f"{where}: {error}; the text is {raw!r}") from error
    return value


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


@jinja2.pass_eval_context
def _join(context: Any, value: Any, separator: str = "") -> Any:
    """Jinja's join, and an option's symbol turned into one that stands for the joined text."""
    return value.joined(separator) if isinstance(value, Symbol) else _join_texts(context, value, separator)


_ENVIRONMENT = jinja2.Environment(undefined=jinja2.StrictUndefined, finalize=_text, autoescape=False)  # noqa: S701 - YAML, not HTML
for _name in ("default", "d"):
    del _ENVIRONMENT.filters[_name]
_join_texts = _ENVIRONMENT.filters["join"]
_ENVIRONMENT.filters["join"] = _join
