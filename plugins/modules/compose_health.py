#!/usr/bin/python
"""The state of each component on a Compose host, as a table."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_health
short_description: The state of each component on a Compose host
description: Looks at the containers, and runs each one's health check now. Fails when one is not ready, with diagnoses.
options:
  project: {description: The Compose project., type: str, required: true}
  state_dir: {description: The state directory., type: path, required: true}
  components: {description: The components' names in order., type: list, elements: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.compose_health:
    project: todo-app
    state_dir: ~/.local/state/todo-app
    components: [postgres, backend]
"""

RETURN = r"""
rows: {description: "A row for each component: component, state, version, detail.", type: list, returned: always}
diagnoses: {description: Why components are not ready., type: list, returned: always}
release: {description: The release that serves., type: int, returned: always}
exams: {description: "A sentence for each exam that was held with it.", type: list, returned: always}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import docker, exam, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, explain, of_container
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.state import State
from ansible_collections.todoapp.stack.plugins.module_utils.table import table

SPEC = {
    "project": {"type": "str", "required": True},
    "state_dir": {"type": "path", "required": True},
    "components": {"type": "list", "elements": "str", "required": True},
}


def look(params: dict[str, Any]) -> dict[str, Any]:
    """Return rows and diagnoses; see RETURN."""
    docker.engine_version()
    live = docker.containers(params["project"])
    rows, diagnoses = [], []
    for name in params["components"]:
        container = live.get(name)
        if not container:
            step = "ansible-playbook playbooks/deploy.yml"
            diagnoses.append(Diagnosis(name, "it is not deployed", step).as_dict())
            rows.append({"component": name, "state": "missing", "version": "", "detail": f"deploy it: {step}"})
            continue
        state = docker.state(container)
        ready = state["status"] == "running" and docker.check_now(container)
        detail = f"since {state['started_at'][:19]}Z" + (
            f", restarts: {state['restarts']}" if state["restarts"] else ""
        )
        if not ready:
            diagnosis = of_container(name, state, docker.logs(state["name"]), "become ready")
            if state["health"] == "unhealthy":
                diagnosis.next_step += "; ansible-playbook playbooks/deploy.yml replaces it"
            diagnoses.append(diagnosis.as_dict())
            detail = diagnosis.cause
        rows.append(
            {
                "component": name,
                "state": "ready" if ready else state["status"] if state["status"] != "running" else "not ready",
                "version": container["Config"]["Image"].rpartition(":")[2][:19],
                "detail": detail,
            }
        )
    kept = State(params["state_dir"])
    release = kept.current() or 0
    exams = exam.told(kept.journal(release)) if release else []
    return {"rows": rows, "diagnoses": diagnoses, "release": release, "exams": exams}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)

    def work() -> dict[str, Any]:
        result = look(module.params)
        shown = table(result["rows"], ["component", "state", "version", "detail"])
        shown = "\n".join([shown, *result["exams"]])
        if result["diagnoses"]:
            text = "\n\n".join(explain(diagnosis) for diagnosis in result["diagnoses"])
            if not any(row["state"] != "missing" for row in result["rows"]):
                raise DeployError("nothing is deployed under this name", result["diagnoses"][0])
            module.fail_json(msg=f"{shown}\n\n{text}", diagnosis=result["diagnoses"][0], **result)
        return {"changed": False, "said": shown, **result}

    module_run.run(module, "health", work)


if __name__ == "__main__":
    main()
