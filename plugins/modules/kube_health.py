#!/usr/bin/python
"""The state of each component on a cluster, as a table."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_health
short_description: The state of each component on a cluster
description: Looks at workloads, pods and autoscalers. Fails when a component is not ready, with diagnoses.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  components: {description: The components' names in order., type: list, elements: str, required: true}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_health:
    context: staging
    namespace: todo-app
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
from ansible_collections.todoapp.stack.plugins.module_utils import exam, kube_health, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import explain
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import kubectl
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.table import table

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "components": {"type": "list", "elements": "str", "required": True},
}


def look(params: dict[str, Any]) -> dict[str, Any]:
    """Return rows and diagnoses; see RETURN."""
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"])
    tool = kubectl(params["kubeconfig"], params["context"], params["namespace"])
    state = ClusterState(cluster)
    release = state.current() or 0
    record = state.record(release) if release else {}
    rows, diagnoses = kube_health.look(cluster, params["components"], record, tool)
    exams = exam.told(state.journal(release)) if release else []
    return {
        "rows": rows,
        "diagnoses": [diagnosis.as_dict() for diagnosis in diagnoses],
        "release": release,
        "exams": exams,
    }


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
