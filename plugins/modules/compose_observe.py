#!/usr/bin/python
"""Look at a Compose host once: engine, containers, images, secrets, ports, records, lock. Changes nothing but missing secrets."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_observe
short_description: Look at a Compose host
description:
  - Gathers in one round trip all that precheck and plan need to know of a host.
  - Makes missing secrets when O(generate_secrets=true), unless in check mode.
options:
  project: {description: The Compose project., type: str, required: true}
  state_dir: {description: The state directory., type: path, required: true}
  images: {description: Image references to look for., type: list, elements: str, default: []}
  secrets: {description: Secret names with their given values; an empty value means none was given., type: dict, default: {}}
  generate_secrets: {description: Whether missing secrets are made., type: bool, default: false}
  secret_volumes: {description: Secrets that are not made anew while the volume named exists., type: dict, default: {}}
  ports: {description: For each service the address and port that it publishes., type: dict, default: {}}
  front_door: {description: A URL to probe; empty probes none., type: str, default: ""}
  front_door_ca: {description: A file with the authorities that its certificate is checked against; empty means the system's., type: str, default: ""}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_observe:
    project: todo-app
    state_dir: ~/.local/state/todo-app
"""

RETURN = r"""
engine: {description: The engine's version., type: str, returned: always}
containers: {description: Inspected containers by service., type: dict, returned: always}
images: {description: Image facts by reference., type: dict, returned: always}
secret_digests: {description: A salted hash for each secret; null where it is missing., type: dict, returned: always}
made_secrets: {description: The secrets that were made., type: list, returned: always}
volumes: {description: The project's volumes., type: list, returned: always}
current: {description: The record of the release that serves., type: dict, returned: always}
interrupted: {description: "The newest release when its run ended without an outcome."}
lock: {description: Who holds the lock., type: dict, returned: always}
taken_ports: {description: Diagnoses of the ports that something else holds., type: list, returned: always}
free: {description: "The least free space: bytes and path."}
front_door: {description: HTTP status of the front door; 0 when it does not answer., type: int, returned: always}
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import compose_engine, docker, front_door, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.state import State

SPEC = {
    "project": {"type": "str", "required": True},
    "state_dir": {"type": "path", "required": True},
    "images": {"type": "list", "elements": "str", "default": []},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "generate_secrets": {"type": "bool", "default": False, "no_log": False},
    "secret_volumes": {"type": "dict", "default": {}, "no_log": False},
    "ports": {"type": "dict", "default": {}},
    "front_door": {"type": "str", "default": ""},
    "front_door_ca": {"type": "str", "default": ""},
}


def observe(params: dict[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return the facts described in RETURN."""
    engine = docker.engine_version()
    docker.compose()  # a host without it is refused before anything is written
    state = State(params["state_dir"])
    containers = docker.containers(params["project"])
    volumes = docker.volumes(params["project"])
    given = {name: value or None for name, value in params["secrets"].items()}
    # Never a new password for data that exists: it could not be read again.
    makeable = [n for n, value in given.items() if not value and params["secret_volumes"].get(n) not in volumes]
    # Even when none is made, the digests' salt is: without it the next deploy would see other digests, and replace all.
    generate = makeable if params["generate_secrets"] else []
    made = [] if check_mode else state.write_secrets(dict.fromkeys(generate), generate=True)
    number = state.current()
    ports = {service: (address, int(port)) for service, (address, port) in params["ports"].items()}
    free, path = compose_engine.free_bytes([state.path, Path("/var/lib/docker")])
    return {
        "changed": bool(made),
        "engine": engine,
        "containers": containers,
        "volumes": volumes,
        "images": docker.images([*params["images"], *(c["Image"] for c in containers.values())]),
        "secret_digests": state.secret_digests(given),
        "made_secrets": made,
        "current": state.record(number) if number else None,
        "interrupted": state.interrupted(),
        "lock": state.lock_holder(),
        "taken_ports": [d.as_dict() for d in compose_engine.taken_ports(ports, containers)],
        "free": {"bytes": free, "path": path},
        "front_door": front_door.probe(params["front_door"], params["front_door_ca"]) if params["front_door"] else 0,
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "precheck", lambda: observe(module.params, check_mode=module.check_mode))


if __name__ == "__main__":
    main()
