#!/usr/bin/python
"""Find the release to go back to on a cluster, and say what stands in the way. Changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_rollback
short_description: Find the release to go back to on a cluster
description:
  - Reads the records, and refuses, all at once, what going back would miss - images, secrets, a schema that the code can use.
options:
  kubeconfig: {description: The kubeconfig's path; empty means the client's default., type: str, default: ""}
  context: {description: The context's name., type: str, required: true}
  namespace: {description: The deployment's namespace., type: str, required: true}
  registry: {description: The option todo_registry; images that lie there are asked for., type: dict, default: {}}
  target: {description: The inventory's target., type: str, default: manifests}
  release: {description: The release to go back to; 0 means the last that succeeded before the one that serves., type: int, default: 0}
author: todoapp.stack maintainers (@todoapp)
"""

EXAMPLES = r"""
- todoapp.stack.kube_rollback:
    context: staging
    namespace: todo-app
"""

RETURN = r"""
record: {description: The record of the release to go back to., type: dict, returned: success}
serving: {description: The number of the release that serves; 0 for none., type: int, returned: success}
said: {description: What is worth telling., type: list, returned: success}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import module_run, registry, rollback
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import digests
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "registry": {**registry.OPTION_SPEC, "default": {}},
    "target": {"type": "str", "default": "manifests"},
    "release": {"type": "int", "default": 0},
}


def look(params: dict[str, Any]) -> dict[str, Any]:
    """Return the facts described in RETURN. Raises DeployError with all that stands in the way."""
    cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"])
    state = ClusterState(cluster)
    numbers = state.releases()
    journals = cluster.together(state.journal, numbers)
    past = [rollback.Past(number, journal) for number, journal in zip(numbers, journals, strict=True)]
    serving = state.current()
    target = rollback.choose(past, serving, params["release"])
    record = state.record(target.number)
    values = state.secrets.live()
    now: dict[str, str | None] = {**digests(values)}
    where = f"the key NAME of the Secret credentials in the namespace {params['namespace']}"
    problems = [
        *rollback.other_target(record, params["target"]),
        *_images(record, params["registry"]),
        *rollback.secret_problems(rollback.cluster_secrets(record["objects"]), now, target.number, where),
        *rollback.schema_problems(past, target),
    ]
    if problems:
        raise rollback.refused(*problems)
    changes = rollback.secret_changes(record.get("secrets") or {}, now, target.number)
    return {
        "changed": False,
        "record": record,
        "serving": serving or 0,
        "said": rollback.said(record, serving, changes),
    }


def _images(record: dict[str, Any], option: dict[str, Any]) -> list[Diagnosis]:
    """A diagnosis for each image that the registry has no more. Other registries' are the cluster's affair."""
    images = rollback.images_of(record["objects"])
    host = (record["options"].get("todo_registry") or {}).get("host") or ""
    asked = [image for image in images if host and registry.split(image)[0] == host]
    there = registry.digests(asked, option)
    return [
        rollback.image_gone(images[image], image, record["number"], "in the registry")
        for image in asked
        if not there[image]
    ]


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "rollback", lambda: look(module.params))


if __name__ == "__main__":
    main()
