"""Put a release together in the controller: options, descriptions, and what they render to for a target."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import markers, registry, templates
from ansible_collections.todoapp.stack.plugins.module_utils import options as option_rules
from ansible_collections.todoapp.stack.plugins.module_utils.description import (
    Component,
    check_references,
    evaluate,
    in_order,
    parse,
)
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DescriptionError, OptionError, did_you_mean
from ansible_collections.todoapp.stack.plugins.module_utils.symbols import Symbol, symbolize

Load = Callable[[Path], Any]
_OPEN = "-open"  # ends the name of a network with a way out
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Role:
    """A component role's files, parsed: its argument specs' options and its raw description."""

    name: str
    path: Path
    specs: Mapping[str, Any]
    description: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path, load: Load) -> Role:
        """Read a component role. Raises DescriptionError when it lacks its description."""
        name = path.name
        variables = load(path / "vars" / "main.yml") if (path / "vars" / "main.yml").is_file() else {}
        key = f"_{name}_description"
        if key not in variables:
            raise DescriptionError(f"role {name}: vars/main.yml has no {key}; a component is described there")
        return cls(name, path, load_specs(path, load), variables[key])


def load_specs(role: Path, load: Load) -> dict[str, Any]:
    """The options that a role documents in meta/argument_specs.yml; none where it has no such file."""
    file = role / "meta" / "argument_specs.yml"
    return dict(load(file)["argument_specs"]["main"]["options"]) if file.is_file() else {}


def resolve_options(roles: list[Role], shared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every option's final value; raises OptionError with a sentence per problem.

    :param shared: specs of the options that belong to no component (`todo_`, and roles that act on the host).
    :param given: the variables that the user set.
    """
    prefixes = ["todo", *(role.name for role in roles)]
    specs = dict(shared)
    for role in roles:
        for name in role.specs:
            option_rules.OptionPath.of(name, [role.name])  # an option must carry its role's prefix
        specs.update(role.specs)
    values = option_rules.resolve(specs, given, prefixes)
    problems = _contradictions(values)
    if problems:
        raise OptionError(problems)
    host = values["todo_registry"]["host"]
    for role in roles:
        image = values.get(f"{role.name}_image")
        if host and image and not registry.split(image["repository"])[0]:
            image["repository"] = f"{host}/{image['repository']}"
    return values


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """A sentence for each option that cannot be so, or not beside another."""
    name, login = values["todo_name"], values["todo_registry"]
    problems = []
    if not _NAMESPACE.fullmatch(name):
        problems.append(
            f"todo_name is {name!r}; it must be lower-case letters, digits and dashes, at most 63, with no dash at an end"
        )
    if login["username"] and not (login["host"] and login["password"]):
        problems.append(
            "todo_registry has a username, and no host or no password; a login needs all three (put the password into "
            "Ansible Vault)"
        )
    if values["todo_existing_secret"]["enabled"] and not values["todo_existing_secret"]["name"]:
        problems.append("todo_existing_secret is enabled and has no name; name the Secret that holds the secrets")
    if values.get("postgres_enabled") is False and values["todo_database"]["host"] == "postgres":
        problems.append("postgres_enabled is false and todo_database.host is postgres; name the host of your database")
    authority, mode = values["todo_database"]["ca"], values.get("backend_database_sslmode", "")
    if authority and not mode.startswith("verify-"):
        problems.append(
            "todo_database.ca is given and nothing is verified with it; set backend_database_sslmode to verify-full"
        )
    if mode.startswith("verify-") and not authority:
        problems.append(
            f"backend_database_sslmode is {mode} and todo_database.ca is empty; give it the certificate (PEM) of the "
            "authority that signed the database's"
        )
    ingress = values["todo_ingress"]
    problems += [
        f"todo_ingress.annotations.{key} is {value!r}; it needs a text (quote it in YAML)"
        for key, value in ingress["annotations"].items()
        if not isinstance(value, str)
    ]
    if ingress["enabled"] and ingress["tls"]["enabled"] and values.get("frontend_cookie_secure") is False:
        problems.append("todo_ingress.tls is enabled and frontend_cookie_secure is false; set it to true")
    return problems


def symbols(roles: list[Role], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A symbol for every option, at its path in the chart's values."""
    prefixes = ["todo", *(role.name for role in roles)]
    specs = {**shared, **{name: spec for role in roles for name, spec in role.specs.items()}}
    return {
        name: symbolize(option_rules.OptionPath.of(name, prefixes).values_path, spec)
        for name, spec in specs.items()
        if any(name.startswith(f"{prefix}_") for prefix in prefixes)
    }


def describe(roles: list[Role], variables: Mapping[str, Any]) -> list[Component]:
    """The components in the order of their needs, without those that are not enabled.

    `variables` are option values, or their symbols: with these, all components are there.
    """
    components = {}
    # Before anything is evaluated: a description refers to options of what it needs.
    names = {role.description.get("name", role.name) for role in roles}
    for role in roles:
        for need in role.description.get("needs") or []:
            if isinstance(need, str) and "{{" not in need and need not in names:
                raise DescriptionError(
                    f"{role.name} needs {need}, which todo_components does not name{did_you_mean(need, names)}"
                )
    for role in roles:
        component = parse(evaluate(role.description, variables, f"role {role.name}"), role.name)
        if component.name in components:
            raise DescriptionError(f"role {role.name}: its name, {component.name}, is another component's")
        components[component.name] = component
    check_references(components)
    enabled = {name: component for name, component in components.items() if component.enabled is not False}
    for component in enabled.values():
        component.needs = [name for name in component.needs if name in enabled]
        component.talks_to = [name for name in component.talks_to if name in enabled]
    return in_order(enabled)


# Which objects a component has: the template's name, and what in the description asks for it. In the order to apply.
_KINDS: tuple[tuple[str, Callable[[Component], Any]], ...] = (
    ("networkpolicy", lambda _: True),
    ("configmap", lambda c: c.files),
    ("pvc", lambda c: c.storage),
    ("service", lambda c: c.port),
    ("statefulset", lambda c: c.storage),
    ("deployment", lambda c: not c.storage),
    ("hpa", lambda c: c.autoscaling is not None),
    ("pdb", lambda c: not c.storage),
    ("ingress", lambda c: c.ingress_path),
    ("route", lambda c: c.ingress_path),
)
_RELEASE_KINDS = ("registry", "secret")
_LAST_KINDS = ("default-deny",)


def kubernetes_objects(
    directory: Path, component: Component, components: list[Component], variables: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The component's Kubernetes objects in the order to apply, markers unresolved.

    :param directory: the component role's templates.
    :param components: all of the release, itself among them.
    :param variables: option values, or symbols when a chart is made.
    """
    context = {
        **_context(variables, component.secrets),
        "callers": [other for other in components if component.name in other.talks_to],
        "peers": [other for other in components if other.name in component.talks_to],
    }
    objects = [
        templates.render(directory, f"kubernetes/{kind}.yaml.j2", component, context)
        for kind, is_wanted in _KINDS
        if is_wanted(component)
    ]
    return [markers.only_if(tree, templates.sentinel(component.enabled)) for tree in objects]


def release_objects(directory: Path, components: list[Component], variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects that belong to no component, applied before all others; markers unresolved."""
    secrets = sorted({name for component in components for name in component.secrets})
    context = {**_context(variables, secrets), "secrets": secrets}
    return [templates.render(directory, f"kubernetes/{kind}.yaml.j2", None, context) for kind in _RELEASE_KINDS]


def last_objects(directory: Path, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects that are applied after all others; markers unresolved.

    What forbids all traffic would cut off those components of a running release that have no rules of their own yet.
    """
    context = _context(variables, [])
    return [templates.render(directory, f"kubernetes/{kind}.yaml.j2", None, context) for kind in _LAST_KINDS]


def manifest_objects(
    directory: Path, components: list[Component], variables: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """All objects as {component, object}, in the order to apply; component is "" for those of the release.

    Those that come last go with the last component.
    The options are put in. What only the cluster knows is left: conditions on its APIs, secrets' values (`$secret`,
    `$registry_login`), and digests, whose parts are the secrets' names.
    """
    names = {name: name for component in components for name in component.secrets}
    login = {**variables["todo_registry"], "password": markers.secret("registry_password")}
    variables = {**variables, "todo_secrets": names, "todo_registry": login}
    objects = [("", tree) for tree in release_objects(directory, components, variables)]
    for component in components:
        objects += [(component.name, tree) for tree in kubernetes_objects(directory, component, components, variables)]
    objects += [(objects[-1][0], tree) for tree in last_objects(directory, variables)]

    def digest(parts: Mapping[str, Any]) -> Any:
        """What is hashed is known here, unless it is secrets: those only the cluster has."""
        secret = all(names.get(key) == value for key, value in parts.items())
        return markers.digest_of(parts) if secret else markers.sha256_digest(parts)

    resolved = [(name, markers.resolve(tree, digest=digest, apis=None)) for name, tree in objects]
    return [{"component": name, "object": tree} for name, tree in resolved if tree is not markers.REMOVED]


def _context(variables: Mapping[str, Any], secrets: list[str]) -> dict[str, Any]:
    """What the Kubernetes templates see besides the component: `release` holds the options that begin with todo_."""
    given = variables["todo_secrets"]
    symbolic = isinstance(given, Symbol)
    return {
        "namespace": Symbol(("Release", "Namespace"), "str") if symbolic else variables["todo_name"],
        "user": templates.USER,
        "secret_values": {
            name: Symbol(("secrets", name), "str") if symbolic else given.get(name, "") for name in secrets
        },
        "release": {name[5:]: value for name, value in variables.items() if name.startswith("todo_")},
    }


def _check_ports(components: list[Component], address: str) -> None:
    """Raise OptionError for what Compose would refuse in the middle of a deploy."""
    problems, taken = [], dict[int, str]()
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        problems.append(f"todo_publish_address is {address!r}; it needs an IPv4 address, such as 127.0.0.1")
    for component in components:
        port = component.published_port
        if port and port in taken:
            problems.append(
                f"{component.name}_published_port is {port}, as {taken[port]}_published_port is; give each its own"
            )
        taken.setdefault(port, component.name)
    if problems:
        raise OptionError(problems)


def _has_way_out(component: Component) -> bool:
    return bool(
        component.published_port
        or component.reaches_internet
        or any(way["unless"] is False for way in component.outside)
    )


def compose_files(components: list[Component]) -> dict[str, str]:
    """The components' files that hold something, as they are named on a Compose host, beside the secrets."""
    return {source: content for c in components for _, source, content in _compose_files(c)}


def _compose_files(component: Component) -> list[tuple[str, str, str]]:
    """A component's files that hold something: (name, name on the host, content)."""
    texts = {name: str(templates.text(content)) for name, content in component.files.items()}
    return [(name, f"{component.name}-{name}", content) for name, content in texts.items() if content]


def compose_project(directory: Path, components: list[Component], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The Compose project of all components, markers unresolved; secrets are hashed on the host that has them."""
    _check_ports(components, str(variables["todo_publish_address"]))
    for component in components:
        if not {"cpu", "memory"} <= (component.resources.get("limits") or {}).keys():
            raise DescriptionError(
                f"{component.name}: the resources have no limits; Compose needs limits.cpu and limits.memory"
            )
    # One network for each component and those that talk to it: nobody else can reach it. Without a published port or
    # a need for the Internet it has no way out either. The name says which: Docker cannot change it on a network that
    # containers are in, so it must be another network, and the plan then shows that they move.
    networks = {c.name: c.name + _OPEN if _has_way_out(c) else c.name for c in components}
    services: dict[str, Any] = {}
    for component in components:
        context = {
            "user": templates.USER,
            "networks": [networks[name] for name in (component.name, *component.talks_to)],
            "publish_address": variables["todo_publish_address"],
            "secret_values": {name: name for name in component.secrets},
            "files": [
                {"source": source, "target": f"/run/config/{name}"} for name, source, _ in _compose_files(component)
            ],
        }
        # A file is no secret of the host's, so what it holds is hashed here, as a part that the host takes as it is.
        for _, source, content in _compose_files(component):
            context["secret_values"][f"{source} {markers.sha256_digest({source: content})}"] = source
        services.update(templates.render(directory, "compose/service.yaml.j2", component, context))
    secrets = sorted({name for component in components for name in component.secrets})
    secrets += sorted(compose_files(components))
    return {
        "name": variables["todo_name"],
        "services": services,
        "networks": {name: {"internal": not name.endswith(_OPEN)} for name in networks.values()},
        "volumes": {f"{component.name}-data": {} for component in components if component.storage},
        "secrets": {name: {"file": f"./secrets/{name}"} for name in secrets},
    }
