#!/usr/bin/python
"""Walk a user's journey through the front door."""

from __future__ import annotations

DOCUMENTATION = r"""
module: journey
short_description: Walk a user's journey through the front door
description: Signs up, works with todos and the assistant, and removes the account again.
options:
  front_door: {description: The page's URL., type: str, required: true}
  model: {description: Whether the model must answer., type: bool, default: true}
  project: {description: The Compose project whose logs explain a failure; empty for none., type: str, default: ""}
  state_dir: {description: The state directory of the release that is verified; empty outside a deploy., type: path, default: ""}
  release: {description: The release whose journal notes it; 0 for none., type: int, default: 0}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.journey:
    front_door: http://127.0.0.1:3000
"""

RETURN = r"""
steps: {description: "A row for each step: step, ok, detail, seconds.", type: list, returned: always}
"""

import time

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import docker, journey
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, last_lines, sign_in
from ansible_collections.todoapp.stack.plugins.module_utils.state import State

SPEC = {
    "front_door": {"type": "str", "required": True},
    "model": {"type": "bool", "default": True},
    "project": {"type": "str", "default": ""},
    "state_dir": {"type": "path", "default": ""},
    "release": {"type": "int", "default": 0},
}


def diagnose(failure: journey.StepFailed, project: str) -> Diagnosis:
    """The failed step with the last lines of the component that it points to."""
    container = f"{project}-{failure.component}-1" if project else ""
    lines = last_lines(docker.logs(container)) if container else []
    sign = sign_in(lines)
    cause = f"{failure}{f': {sign.cause}' if sign else ''}"
    step = (
        sign.next_step if sign else f"docker logs {container}" if container else "ansible-playbook playbooks/health.yml"
    )
    return Diagnosis(failure.component, cause, step, container=container, log=lines)


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    start = time.monotonic()
    if module.params["release"]:
        State(module.params["state_dir"]).note(module.params["release"], "verify", "started")
    steps, failure = journey.travel(module.params["front_door"], model=module.params["model"])
    took = round(time.monotonic() - start, 2)
    if failure:
        diagnosis = diagnose(failure, module.params["project"])
        module.fail_json(msg=str(diagnosis), diagnosis=diagnosis.as_dict(), steps=steps)
    module.exit_json(
        changed=False,
        steps=steps,
        seconds=took,
        said=f"journey of {len(steps)} steps: {', '.join(s['step'] for s in steps)}",
    )


if __name__ == "__main__":
    main()
