"""Validate the options and render the release for a target, in the controller. Changes nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml
from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.collection_loader import AnsibleCollectionConfig
from ansible_collections.todoapp.stack.plugins.module_utils import helm_objects, images, markers, release, state
from ansible_collections.todoapp.stack.plugins.module_utils.description import Component
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError, did_you_mean
from ansible_collections.todoapp.stack.plugins.module_utils.options import public

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
COLLECTION = Path(__file__).resolve().parents[2]
TEMPLATES = COLLECTION / "roles/component/templates"


class ActionModule(ActionBase):
    """Returns what every target needs of the release; see RETURN in plugins/modules/render.py."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        try:
            return result | self._render(task_vars or {})
        except OptionError as error:
            sentence = "\n".join(f"- {problem}" for problem in error.problems)
            return result | {"failed": True, "msg": f"the options are wrong; nothing was changed:\n{sentence}"}
        except DeployError as error:
            return result | {"failed": True, "msg": str(error), "diagnosis": error.diagnosis}

    def _render(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        shared, roles = self._sources(task_vars)
        given = {
            name: self._templar.template(value)
            for name, value in task_vars.items()
            if any(name.startswith(f"{prefix}_") for prefix in ("todo", *(role.name for role in roles)))
        }
        options = release.resolve_options(roles, shared, given)
        self._content_tags(roles, options)
        components = release.describe(roles, options)
        secret_names = sorted({name for component in components for name in component.secrets})
        for name in options["todo_secrets"]:
            if name not in secret_names:
                raise OptionError(
                    [f"todo_secrets.{name} is no secret of any component{did_you_mean(name, secret_names)}"]
                )
        made = (
            _for_compose(components, options)
            if options["todo_target"] == "compose"
            else _for_cluster(components, options)
        )
        return made | {
            "changed": False,
            "options": public(shared, options),
            "components": [
                {
                    "name": component.name,
                    "is_store": component.is_store,
                    "init": component.init,
                    "commands": component.commands,
                    "start_seconds": component.start_seconds,
                    "published_port": component.published_port,
                    "image": component.image,
                    "needs": component.needs,
                }
                for component in components
            ],
            "secrets": secret_names,
            "images": sorted({markers.image_reference(component.image) for component in components}),
            "front_door": options["todo_front_door"].rstrip("/") or made["front_door"],
            "state_dir": options["todo_state_dir"] or f"~/.local/state/{options['todo_name']}",
            # The process that runs the playbook: this worker's parent.
            "holder": {"host": state.this_host(), "pid": os.getppid()},
        }

    def _sources(self, task_vars: dict[str, Any]) -> tuple[dict[str, Any], list[release.Role]]:
        """The specs of the options that belong to no component, and the roles of the components."""
        shared = self._shared_specs()
        names = self._given("todo_components", task_vars, shared["todo_components"]["default"])
        return shared, [release.Role.load(self._role_path(name, task_vars), self._load) for name in names]

    def _given(self, name: str, task_vars: dict[str, Any], default: Any) -> Any:
        value = self._templar.template(task_vars[name]) if name in task_vars else default
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise OptionError([f"{name} is {value!r}; it needs a list of role names, such as {default!r}"])
        return value

    @staticmethod
    def _load(path: Path) -> Any:
        # Plain YAML rather than Ansible's loader: its tagged texts cannot be dumped again.
        return yaml.load(path.read_text(), Loader=_Loader) or {}  # noqa: S506 - a safe loader

    def _shared_specs(self) -> dict[str, Any]:
        specs: dict[str, Any] = {}
        for role in ("release", "image", "docker_engine"):
            specs.update(release.load_specs(COLLECTION / "roles" / role, self._load))
        return specs

    def _role_path(self, name: str, task_vars: dict[str, Any]) -> Path:
        """Where a component role lies: ours, beside the playbook, on roles_path, or in its collection."""
        candidates = [COLLECTION / "roles" / name, Path(task_vars["playbook_dir"]) / "roles" / name]
        candidates += [Path(folder) / name for folder in constants.DEFAULT_ROLES_PATH]
        if name.count(".") == 2:
            namespace, collection, role = name.split(".")
            candidates = [
                Path(folder) / "ansible_collections" / namespace / collection / "roles" / role
                for folder in AnsibleCollectionConfig.collection_paths
            ]
        for candidate in candidates:
            if candidate.is_dir():
                return candidate
        known = sorted(p.parent.parent.name for p in (COLLECTION / "roles").glob("*/vars/main.yml"))
        raise OptionError([f"todo_components names {name}, and there is no such role{did_you_mean(name, known)}"])

    def _content_tags(self, roles: list[release.Role], options: dict[str, Any]) -> None:
        """Fill the empty tags: an image that this clone would build is known by its content."""
        for role in roles:
            reference = options.get(f"{role.name}_image")
            context = COLLECTION / "services" / role.name
            if reference and not reference["tag"] and not reference["digest"]:
                if not (context / "Dockerfile").is_file():
                    raise OptionError(
                        [
                            f"{role.name}_image has neither tag nor digest, and services/{role.name} has no Dockerfile to build it"
                        ]
                    )
                reference["tag"] = images.content_tag(context, {}, options["todo_base_image"])


def _for_compose(components: list[Component], options: dict[str, Any]) -> dict[str, Any]:
    """What a Compose host needs of the release."""
    address = options["todo_publish_address"]
    ports = {
        component.name: [address, component.published_port] for component in components if component.published_port
    }
    return {
        "project": release.compose_project(TEMPLATES, components, options),
        "files": release.compose_files(components),
        "ports": ports,
        "secret_volumes": _kept_with(components, f"{options['todo_name']}_"),
        "front_door": f"http://{address}:{ports['frontend'][1]}" if "frontend" in ports else "",
    }


def _for_cluster(components: list[Component], options: dict[str, Any]) -> dict[str, Any]:
    """What a cluster needs of the release."""
    ingress = options["todo_ingress"]
    scheme = "https" if ingress["tls"]["enabled"] else "http"
    objects = release.manifest_objects(TEMPLATES, components, options)
    if options["todo_target"] == "helm":
        noted = {component.name for component in components if f"{component.name}_annotations" in options}
        objects = helm_objects.marked(objects, options["todo_name"], noted)
    return {
        "objects": objects,
        "ports": {},
        "secret_volumes": _kept_with(components, ""),
        "front_door": f"{scheme}://{ingress['host']}" if ingress["enabled"] and ingress["host"] else "",
    }


def _kept_with(components: list[Component], prefix: str) -> dict[str, str]:
    """The secrets that stored data was made with, and its volume or claim: without it, they may be made anew."""
    return {
        name: f"{prefix}{component.name}-data"
        for component in components
        if component.is_store
        for name in component.secrets
    }
