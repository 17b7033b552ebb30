"""What stands in the way of a deploy to a cluster, from what was observed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.secret_rules import guessable

OLDEST = (1, 30)
"""The first version with the native sleep before a pod ends, without which a rollout drops requests."""

Release = Mapping[str, Any]
Seen = Mapping[str, Any]


def problems(rendered: Release, seen: Seen, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """A diagnosis for each thing that is missing or would be refused.

    :param rendered: what the action `render` returned.
    :param seen: what the module `kube_observe` returned.
    :param given: todo_secrets.
    """
    found = [
        *_cluster(rendered, seen),
        *_storage(rendered, seen),
        *_ways_in(rendered, seen),
        *_secrets(rendered, seen),
        *([] if rendered["options"]["todo_generate_secrets"] else guessable(given)),
        *_foreign(rendered, seen),
    ]
    return [*(diagnosis.as_dict() for diagnosis in found), *seen["refused"]]


def _kubectl(rendered: Release) -> str:
    options = rendered["options"]
    return f"kubectl --context {options['todo_context']} --namespace {options['todo_name']}"


def _cluster(rendered: Release, seen: Seen) -> Iterator[Diagnosis]:
    version = re.match(r"v?(\d+)\.(\d+)", seen["version"])
    if version and (int(version[1]), int(version[2])) < OLDEST:
        yield Diagnosis(
            "cluster",
            f"it runs Kubernetes {seen['version']}; {OLDEST[0]}.{OLDEST[1]} is the oldest that works",
            "upgrade the cluster",
        )
    if seen["namespace"]["going"]:
        yield Diagnosis(
            "cluster",
            f"the namespace {rendered['options']['todo_name']} is being removed",
            "wait until it is gone, then deploy again",
        )
    if seen["denied"]:
        yield Diagnosis(
            "cluster",
            f"the credentials of the context {rendered['options']['todo_context']} lack permissions: {'; '.join(seen['denied'])}",
            f"let the cluster's administrator allow it ({_kubectl(rendered)} auth can-i --list shows what is allowed)",
        )
    for quota in seen["quota"]:
        yield Diagnosis(
            "cluster",
            f"the quota {quota['quota']} leaves {quota['free']} of {quota['resource']}; the release takes {quota['needed']}",
            f"let the quota be raised ({_kubectl(rendered)} describe quota {quota['quota']}), or lower resources, replicas or storage",
        )


def _objects(rendered: Release, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The wanted objects of a kind with their components; one that depends on the cluster's APIs is looked into."""
    for entry in rendered["objects"]:
        obj = entry["object"]
        obj = obj.get("$value", obj)
        if obj.get("kind") == kind:
            yield entry["component"], obj


def _storage(rendered: Release, seen: Seen) -> Iterator[Diagnosis]:
    classes = seen["storage_classes"]
    if classes is None:
        return  # one may not look
    known = f"there are: {', '.join(sorted(classes))}" if classes else "there is none"
    for component, claim in _objects(rendered, "PersistentVolumeClaim"):
        if claim["metadata"]["name"] in seen["claims"]:
            continue
        name = claim["spec"].get("storageClassName")
        if name and name not in classes:
            yield Diagnosis(
                component,
                f"it wants storage of the class {name}, which the cluster has not; {known}",
                f"set {component}_storage_class to one of them, or let the cluster's administrator make it",
            )
        if not name and not any(classes.values()):
            yield Diagnosis(
                component,
                f"it wants storage, and the cluster has no default storage class; {known}",
                f"set {component}_storage_class, or let the cluster's administrator make one the default",
            )


def _ways_in(rendered: Release, seen: Seen) -> Iterator[Diagnosis]:
    classes = seen["ingress_classes"]
    for component, ingress in _objects(rendered, "Ingress"):
        name = ingress["spec"].get("ingressClassName")
        if classes is not None and name and name not in classes:
            known = f"there are: {', '.join(sorted(classes))}" if classes else "there is none"
            yield Diagnosis(
                component,
                f"its Ingress wants the class {name}, which the cluster has not; {known}",
                "set todo_ingress.class_name to the Ingress controller that the cluster has",
            )


def _secrets(rendered: Release, seen: Seen) -> Iterator[Diagnosis]:
    options = rendered["options"]
    existing = options["todo_existing_secret"]
    if existing["enabled"]:
        missing = seen["existing_secret"]["missing"]
        if not seen["existing_secret"]["exists"]:
            yield Diagnosis(
                "secrets",
                f"there is no Secret {existing['name']} in the namespace {options['todo_name']}",
                f"make it with the keys {', '.join(rendered['secrets'])}, or set todo_existing_secret.enabled to false",
            )
        elif missing:
            yield Diagnosis(
                "secrets", f"the Secret {existing['name']} has no {', '.join(missing)}", "add what it lacks"
            )
    for name, digest in seen["secret_digests"].items():
        if digest is not None:
            continue
        has_data = rendered["secret_volumes"].get(name) in seen["claims"]
        if not has_data and options["todo_generate_secrets"] and name in rendered["secrets"]:
            continue
        why = " although there is data that was made with one" if has_data else ""
        option = f"todo_secrets.{name}" if name in rendered["secrets"] else "todo_registry.password"
        yield Diagnosis(
            "secrets",
            f"the secret {name} is missing{why}",
            f"set {option} from Ansible Vault or from the environment (lookup('env', ...))"
            + (", or name a Secret of yours in todo_existing_secret" if option != "todo_registry.password" else ""),
        )


def _foreign(rendered: Release, seen: Seen) -> Iterator[Diagnosis]:
    if seen["foreign"]:
        first = seen["foreign"][0].replace("/", " ").lower()
        yield Diagnosis(
            "cluster",
            f"in the namespace {rendered['options']['todo_name']} there are objects that a deploy would take over and did not make: "
            f"{', '.join(seen['foreign'])}",
            f"deploy under another name (todo_name), or remove them: {_kubectl(rendered)} delete {first}",
        )


def sayings(rendered: Release, seen: Seen) -> list[str]:
    """What is worth telling when it goes on."""
    options = rendered["options"]
    said = [
        f"{'OpenShift, ' if seen['openshift'] else ''}Kubernetes {seen['version']}, context {options['todo_context']}"
    ]
    if seen["namespace"]["exists"] and not seen["namespace"]["ours"]:
        said.append(
            f"the namespace {options['todo_name']} was there before; it is used as it is, and teardown leaves it"
        )
    if seen["lock"]:
        lock = seen["lock"]
        said.append(
            f"another run has the lock: {lock['who']} on {lock['host'].partition('/')[0]}, {lock['why']}, since {lock['since']}"
        )
    elif seen["interrupted"]:
        last = seen["interrupted"]
        said.append(
            f"release {last['number']} was interrupted at {last['step']} ({last['time']}); this run goes on from what is there"
        )
    scaled = [name for name, _ in _objects(rendered, "HorizontalPodAutoscaler")]
    if scaled and "metrics.k8s.io/v1beta1" not in seen["apis"]:
        said.append(f"the cluster has no metrics API: {', '.join(scaled)} will not be scaled")
    return [*said, *(f"the cluster warns: {warning}" for warning in seen["api_warnings"])]
