#!/usr/bin/python
"""Look at a cluster once, and say what a deploy would change there. Changes nothing."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kube_observe
short_description: Look at a cluster
description:
  - Gathers in one round trip all that precheck and plan need to know of a cluster, and compares the wanted objects with the live ones.
  - What applying would make of each object is asked of the API server itself, by a dry run.
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
- todoapp.stack.kube_observe:
    context: staging
    namespace: todo-app
    objects: "{{ _release.objects }}"
"""

RETURN = r"""
version: {description: The API server's version., type: str, returned: always}
apis: {description: The API versions that it serves., type: list, returned: always}
openshift: {description: Whether it is an OpenShift., type: bool, returned: always}
namespace: {description: "What there is of the namespace: exists, ours, going.", type: dict, returned: always}
storage_classes: {description: The storage classes, and whether each is the default; null where one may not look., type: dict, returned: always}
ingress_classes: {description: The Ingress classes; null where one may not look., type: list, returned: always}
quota: {description: "What the release would exceed: quota, resource, needed, free.", type: list, returned: always}
denied: {description: What the credentials would have to be allowed., type: list, returned: always}
secret_digests: {description: A digest for each secret; null where it is missing., type: dict, returned: always}
existing_secret: {description: "The user's Secret: exists, and the keys that it lacks.", type: dict, returned: always}
claims: {description: The claims in the namespace., type: list, returned: always}
foreign: {description: Objects that are there and were not made by us., type: list, returned: always}
refused: {description: Diagnoses of what the cluster would refuse., type: list, returned: always}
objects: {description: The objects with their images named by digest., type: list, returned: always}
plan: {description: One entry for each object that would change., type: list, returned: always}
content: {description: A hash of what is wanted., type: str, returned: always}
current: {description: The record of the release that serves, without its objects., type: dict, returned: always}
interrupted: {description: "The newest release when its run ended without an outcome."}
lock: {description: Who holds the lock., type: dict, returned: always}
front_door: {description: HTTP status of the front door; 0 when it does not answer., type: int, returned: always}
api_warnings: {description: What the API server warned of., type: list, returned: always}
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.todoapp.stack.plugins.module_utils import (
    front_door,
    image_digests,
    kube_look,
    kube_needs,
    kube_plan,
    kube_resolve,
    markers,
    module_run,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import reference
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import made_by_us
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import digests
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.registry import OPTION_SPEC, RegistryError

SPEC = {
    "kubeconfig": {"type": "str", "default": ""},
    "context": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "manager": {"type": "str", "default": MANAGER},
    "objects": {"type": "list", "elements": "dict", "required": True},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "secret_names": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "existing_secret": {"type": "str", "default": "", "no_log": False},
    "registry": {**OPTION_SPEC, "default": {}},
    "delete_data": {"type": "bool", "default": False},
    "front_door": {"type": "str", "default": ""},
    "front_door_ca": {"type": "str", "default": ""},
}


def observe(params: dict[str, Any]) -> dict[str, Any]:
    """Return the facts described in RETURN."""
    with ThreadPoolExecutor(2) as beside:
        probed = beside.submit(_probe, params)
        pinned = beside.submit(_pin, params)
        cluster = Cluster(params["kubeconfig"], params["context"], params["namespace"], params["manager"])
        state = ClusterState(cluster)
        facts = kube_look.facts(cluster, state, params["existing_secret"])
        wanted, refused = pinned.result()
        door = probed.result()

    exists = facts["namespace"] is not None
    given = {name: str(value) if value else None for name, value in params["secrets"].items()}
    values = {name: chosen for name, value in given.items() if (chosen := value or facts["secrets"].get(name))}
    # A secret that is yet to be made has no digest; an empty one differs from whatever is live.
    entries = kube_resolve.resolve(wanted, {**dict.fromkeys(given, ""), **values}, facts["apis"])
    seen, problems = kube_look.objects(cluster, entries, values, exists=exists)
    foreign = kube_look.foreign(seen, facts["applied_set"], params["manager"])
    names = {reference(entry["object"]) for entry in entries}
    left = kube_look.leftovers(cluster, facts["applied_set"], names)
    kinds = {entry["object"]["kind"] for entry in [*entries, *left]}
    last = (facts["current"] or {}).get("objects") or []
    existing = facts["existing_secret"]
    return {
        "changed": False,
        "version": facts["version"],
        "apis": sorted(facts["apis"]),
        "openshift": kube_look.openshift(cluster),
        "namespace": {
            "exists": exists,
            "ours": made_by_us(facts["namespace"]),
            "going": bool((facts["namespace"] or {"metadata": {}})["metadata"].get("deletionTimestamp")),
        },
        "storage_classes": facts["storage_classes"],
        "ingress_classes": facts["ingress_classes"],
        "quota": kube_needs.exceeded(facts["quotas"], [s.wanted for s in seen], [s.live for s in seen if s.live]),
        "denied": kube_look.denied(cluster, kinds, facts["rules"], namespace=exists),
        "secret_digests": {**dict.fromkeys(given), **digests(values)},
        "existing_secret": {
            "exists": bool(existing),
            "missing": sorted(set(params["secret_names"]) - set((existing or {}).get("data") or {})),
        },
        "claims": facts["claims"],
        "foreign": foreign,
        # That somebody else's object is not like ours needs no saying.
        "refused": [*refused, *(why.as_dict() for name, why in problems.items() if name not in foreign)],
        "objects": wanted,
        "plan": kube_plan.make_plan(seen, last, left, delete_data=params["delete_data"], manager=params["manager"]),
        "content": hashlib.sha256(markers.canonical_json(entries).encode()).hexdigest()[:12],
        "current": {k: v for k, v in facts["current"].items() if k != "objects"} if facts["current"] else None,
        "interrupted": facts["interrupted"],
        "lock": facts["lock"],
        "front_door": door,
        "api_warnings": cluster.warnings,
    }


def _probe(params: dict[str, Any]) -> int:
    return front_door.probe(params["front_door"], params["front_door_ca"]) if params["front_door"] else 0


def _pin(params: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The objects with their images by digest, and a diagnosis for each image that cannot be had."""
    try:
        pinned = image_digests.pin(params["objects"], params["registry"])
    except RegistryError as error:
        return params["objects"], [error.diagnosis]
    return pinned.objects, [diagnosis.as_dict() for diagnosis in pinned.missing()]


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    module_run.run(module, "precheck", lambda: observe(module.params))


if __name__ == "__main__":
    main()
