"""Stands in for kube_client.Cluster where only our own logic is in question: objects in memory, and the API's optimistic
concurrency (uid, resourceVersion, Conflict, AlreadyExists, Missing). No admission, no controllers, no garbage collection:
what depends on those is tested in tests/cluster, on a real API server.
"""

import copy
import itertools
import threading
from datetime import UTC, datetime

from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, AlreadyExists, Conflict, Missing
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import KINDS


class FakeCluster:
    manager = MANAGER
    """One namespace. `before` is called with (verb, kind, name) ahead of each request; what it raises the request raises."""

    def __init__(self, namespace="fake", *, exists=True):
        self.namespace, self.context = namespace, "fake"
        self.objects, self.lock = {}, threading.Lock()
        self.counter = itertools.count(1)
        self.clock = lambda: datetime.now(UTC)
        self.before = lambda verb, kind, name: None
        if exists:
            self.create({"kind": "Namespace", "metadata": {"name": namespace}})

    def get(self, kind, name):
        self.before("get", kind, name)
        return copy.deepcopy(self.objects.get((kind, name)))

    def list(self, kind, label_selector="", *, field_selector=""):
        key, _, value = label_selector.partition("=")
        return [
            copy.deepcopy(obj)
            for (found, _), obj in self.objects.items()
            if found == kind and (not key or self._matches(obj["metadata"].get("labels", {}), key, value))
        ]

    def create(self, obj, *, dry_run=False, manager=MANAGER):
        kind, name = obj["kind"], obj["metadata"]["name"]
        self.before("create", kind, name)
        with self.lock:
            if (kind, name) in self.objects:
                raise AlreadyExists(f"{kind}/{name} exists already", "deploy again")
            if KINDS[kind].namespaced and ("Namespace", self.namespace) not in self.objects:
                raise Missing(f"namespaces/{self.namespace} does not exist", "deploy again")
            return self._store(obj, None, manager, dry_run=dry_run)

    def replace(self, obj, *, manager=MANAGER):
        kind, name = obj["kind"], obj["metadata"]["name"]
        self.before("replace", kind, name)
        with self.lock:
            live = self.objects.get((kind, name))
            if not live:
                raise Missing(f"{kind}/{name} does not exist", "deploy again")
            for key in ("uid", "resourceVersion"):
                if obj["metadata"].get(key, live["metadata"][key]) != live["metadata"][key]:
                    raise Conflict(f"{kind}/{name} has changed meanwhile", "deploy again")
            return self._store(obj, live, manager)

    def apply(self, obj, *, dry_run=False, manager=MANAGER):
        live = self.objects.get((obj["kind"], obj["metadata"]["name"]))
        return self._store(obj, live, manager, dry_run=dry_run)

    def delete(self, kind, name, *, uid=None, propagation="Foreground"):
        self.before("delete", kind, name)
        with self.lock:
            live = self.objects.get((kind, name))
            if live and uid and live["metadata"]["uid"] != uid:
                raise Conflict(f"{kind}/{name} is another one", "deploy again")
            self.objects.pop((kind, name), None)
            if kind == "Namespace":
                self.objects.clear()
            return bool(live)

    def apis(self):
        return {"v1", "apps/v1"}

    def _store(self, obj, live, manager, *, dry_run=False):
        moment = self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        new = copy.deepcopy({"kind": obj["kind"], **obj})
        old = live["metadata"] if live else {}
        number = next(self.counter)
        new["metadata"] |= {
            "resourceVersion": str(number),
            "uid": old.get("uid", f"uid-{number}"),
            "creationTimestamp": old.get("creationTimestamp", moment),
            "managedFields": [{"manager": manager, "time": moment}],
        }
        if not dry_run:
            self.objects[new["kind"], new["metadata"]["name"]] = new
        return copy.deepcopy(new)

    @staticmethod
    def _matches(labels, key, value):
        return labels.get(key) == value if value else key in labels
