#!/usr/bin/python
"""Look at a cluster once, and at the Helm release in it. Changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_observe
short_description: Look at a cluster and at the Helm release in it
description:
  - Does what M(todoapp.stack.kube_observe) does, for what Helm applies, and looks at Helm's own record of the release.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  manager: {description: The field manager that what is ours belongs to., type: str, default: todoapp.stack}
  objects: {description: "The rendered objects: component and object each.", type: list, elements: dict, required: true}
  secrets: {description: Secret names with their given values; an empty value means none was given., type: dict, default: {}}
  secret_names: {description: The secrets that components mount., type: list, elements: str, default: []}
  existing_secret: {description: A Secret of the user's that takes the place of ours; empty for none., type: str, default: ""}
  registry: {description: The option todo_registry; images that lie there are named by digest., type: dict, default: {}}
  delete_data: {description: Whether claims that left the description are planned to go., type: bool, default: false}
  front_door: {description: A URL to probe; empty probes none., type: str, default: ""}
  front_door_ca: {description: A file with the authorities that its certificate is checked against; empty means the system's., type: str, default: ""}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.helm_observe:
    context: prod
    namespace: todo-app
    manager: helm
    objects: "{{ _release.objects }}"
"""

RETURN = r"""
helm: {description: "Helm's newest revision: number and status; null where there is no Helm release.", type: dict, returned: always}
refused: {description: As M(todoapp.stack.kube_observe) has it with what keeps Helm from its work., type: list, returned: always}
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import helm_release, helm_tool, kube_look, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.modules import kube_observe

SPEC = kube_observe.SPEC


def observe(params: dict[str, Any]) -> dict[str, Any]:
    """Return the facts described in RETURN."""
    with ThreadPoolExecutor(1) as beside:
        tool = beside.submit(helm_tool.usable)
        seen = kube_observe.observe(params)
        cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], params["manager"])
        last = kube_look.unless_forbidden(lambda: helm_release.latest(cluster), None)
        wrong = tool.result()
    refused = [*([wrong] if wrong else []), *_at_work(cluster, last, interrupted=bool(seen["interrupted"]))]
    return {
        **seen,
        # Its chart is of no use here.
        "current": {k: v for k, v in seen["current"].items() if k != "helm"} if seen["current"] else None,
        "refused": [*seen["refused"], *(diagnosis.as_dict() for diagnosis in refused)],
        "helm": {"revision": last.number, "status": last.status} if last else None,
    }


def _at_work(cluster: Cluster, last: helm_release.Revision | None, *, interrupted: bool) -> list[Diagnosis]:
    """A diagnosis where somebody else's Helm may be changing the release just now."""
    if not last or not last.pending or interrupted:
        return []
    seconds = helm_release.age(cluster, last)
    if seconds > helm_release.TIMEOUT_SECONDS:
        return []
    left = helm_release.TIMEOUT_SECONDS - seconds
    cause = f"a Helm that no deploy started has been at work on the release {cluster.namespace} for {seconds:.0f} s (revision {last.number}, {last.status})"
    step = f"wait for it to end; in {left:.0f} s the next deploy takes it for killed, and repairs what it left"
    return [Diagnosis("helm", cause, step)]


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "precheck", lambda: observe(module.params))


if __name__ == "__main__":
    main()
