"""One Helm upgrade with what must be done around it, so that no pod is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ansible_collections.todoapp.stack.plugins.module_utils import helm_objects, kube_apply
from ansible_collections.todoapp.stack.plugins.module_utils.kube_apply import Release
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_names import managed_by
from ansible_collections.todoapp.stack.plugins.module_utils.kube_pods import WORKLOADS

T = TypeVar("T")


def upgrade(cluster: Cluster, release: Release, keep_alive: Callable[[], None], act: Callable[[], T]) -> T:
    """Apply what the chart does not hold, hand replicas over, let Helm act, and return what it returned.

    :param cluster: with Helm's field manager.
    :param act: the upgrade itself.
    """
    ours = [entry for entry in release.objects if not helm_objects.is_of_chart(entry["object"])]
    kube_apply.apply(cluster, Release(ours, release.secrets), {entry["component"] for entry in ours}, keep_alive)
    before = []
    for obj in (entry["object"] for entry in release.objects):
        live = cluster.get(obj["kind"], obj["metadata"]["name"])
        before.append((obj, live))
        if obj["kind"] in WORKLOADS:
            kube_apply.prepare_replicas(cluster, release, obj, live)
    done = act()
    for obj, live in before:
        if obj["kind"] in WORKLOADS and (now := cluster.get(obj["kind"], obj["metadata"]["name"])):
            kube_apply.settle(cluster, release, obj, live, now)
        if live and managed_by(live, MANAGER) and helm_objects.is_of_chart(obj):
            # The target manifests made it: what it has beyond the chart would stay for ever if it still were its own.
            kube_apply.let_go(cluster, obj, MANAGER)
    return done
