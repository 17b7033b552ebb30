#!/usr/bin/python
"""Find the release to go back to on a Compose host, and say what stands in the way. Changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_rollback
short_description: Find the release to go back to on a Compose host
description:
  - Reads the records, and refuses, all at once, what going back would miss - images, secrets, a schema that the code can use.
options:
  state_dir: {description: The state directory., type: path, required: true}
  target: {description: The inventory's target., type: str, default: compose}
  release: {description: The release to go back to; 0 means the last that succeeded before the one that serves., type: int, default: 0}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_rollback:
    state_dir: ~/.local/state/todo-app
"""

RETURN = r"""
record: {description: The record of the release to go back to., type: dict, returned: success}
serving: {description: The number of the release that serves; 0 for none., type: int, returned: success}
pins: {description: Image ids by the names that mean other images today., type: dict, returned: success}
said: {description: What is worth telling., type: list, returned: success}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import docker, module_run, rollback
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.state import State

SPEC = {
    "state_dir": {"type": "path", "required": True},
    "target": {"type": "str", "default": "compose"},
    "release": {"type": "int", "default": 0},
}


def look(params: dict[str, Any]) -> dict[str, Any]:
    """Return the facts described in RETURN. Raises DeployError with all that stands in the way."""
    docker.engine_version()
    state = State(params["state_dir"])
    past = [rollback.Past(number, state.journal(number)) for number in state.releases()]
    serving = state.current()
    target = rollback.choose(past, serving, params["release"])
    record = state.record(target.number)
    project, files = record["project"], record.get("files") or {}
    recorded = record.get("images") or {}
    ids = [facts["id"] for facts in recorded.values() if facts]
    present = docker.images([*(service["image"] for service in project["services"].values()), *ids])
    pins, gone = rollback.pins(project, recorded, present, target.number)
    names = rollback.compose_secrets(project, files)
    lost = rollback.unknown_files(project, files)
    now = state.secret_digests(dict.fromkeys(n for n in names if n not in lost))
    problems = [
        *rollback.other_target(record, params["target"]),
        *gone,
        *rollback.secret_problems(now, now, target.number, f"{state.path}/secrets/NAME"),
        *rollback.schema_problems(past, target),
        *(
            Diagnosis(
                "release",
                f"the record of release {target.number} does not hold its file {name}",
                "go back to another release",
            )
            for name in lost
        ),
    ]
    if problems:
        raise rollback.refused(*problems)
    changes = rollback.secret_changes(record.get("secrets") or {}, now, target.number)
    return {
        "changed": False,
        "record": record,
        "serving": serving or 0,
        "pins": pins,
        "said": rollback.said(record, serving, changes),
    }


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "rollback", lambda: look(module.params))


if __name__ == "__main__":
    main()
