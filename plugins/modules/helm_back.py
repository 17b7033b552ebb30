#!/usr/bin/python
"""Bring Helm's record of a release back in line after a failed deploy."""

from __future__ import annotations

DOCUMENTATION = r"""
module: helm_back
short_description: Bring Helm's record back in line after a failed deploy
description:
  - Rolls the Helm release back to the revision that O(release) was deployed as, unless Helm is there already.
  - Where nothing was deployed before, the Helm release is uninstalled; data and credentials are kept.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: "The deployment's namespace, and the Helm release's name.", type: str, required: true}
  holder_pid: {description: The controller's process id., type: int, required: true}
  holder_host: {description: The controller's host name., type: str, required: true}
  release: {description: The release to go back to; 0 where there is none., type: int, default: 0}
  journal: {description: The release that failed., type: int, required: true}
  before: {description: The revision that Helm had deployed before; 0 for none., type: int, default: 0}
  history: {description: How many revisions Helm keeps., type: int, default: 40}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.helm_back:
    context: prod
    namespace: todo-app
    holder_pid: 4711
    holder_host: laptop
    release: 2
    journal: 3
"""

RETURN = r"""
revision: {description: Helm's newest revision; 0 where there is none., type: int, returned: success}
uninstalled: {description: Whether the Helm release was removed., type: bool, returned: success}
said: {description: What was done., type: list, returned: success}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import helm_release, module_run
from ansible_collections.todoapp.stack.plugins.module_utils.helm_tool import Helm
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import HELM
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import holder

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "holder_pid": {"type": "int", "required": True},
    "holder_host": {"type": "str", "required": True},
    "release": {"type": "int", "default": 0},
    "journal": {"type": "int", "required": True},
    "before": {"type": "int", "default": 0},
    "history": {"type": "int", "default": 40},
}


def act(params: dict[str, Any]) -> dict[str, Any]:
    """Go back; see DOCUMENTATION."""
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], HELM)
    state = ClusterState(cluster)
    identity = holder(params["holder_host"], params["holder_pid"])

    def keep_alive() -> None:
        state.renew(identity)

    keep_alive()
    said = [*filter(None, [helm_release.recover(cluster, keep_alive)])]
    found = {revision.number: revision for revision in helm_release.revisions(cluster)}
    last = max(found, default=0)
    wanted, uninstalled = params["before"], False
    if params["release"]:
        journals = {number: state.journal(number) for number in state.releases() if number >= params["release"]}
        wanted = helm_release.revision_of(params["release"], journals)
    if last == wanted:
        pass
    elif wanted in found:
        Helm.of(params, keep_alive).rollback(wanted, params["history"])
        last += 1
        said.append(f"Helm's revision {last} is revision {wanted} again")
    elif wanted or params["release"]:  # by the target manifests, say: its objects have been put back without Helm
        said.append(f"Helm has no revision of what was deployed before; its newest, {last}, is not what runs")
    else:
        Helm.of(params, keep_alive).uninstall()
        last, uninstalled = 0, True
        said.append("uninstalled what had been started")
    # What is noted as the revision of another release is where the next failure goes back to.
    noted = {"helm_revision": last} if params["release"] and last != wanted and wanted in found else {}
    state.note(params["journal"], "back", "done", to=params["release"], **noted)
    return {"changed": True, "revision": last, "uninstalled": uninstalled, "said": said}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    module_run.run(module, "helm", lambda: act(module.params))


if __name__ == "__main__":
    main()
