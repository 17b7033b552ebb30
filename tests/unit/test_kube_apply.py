"""Applying a release to a cluster: order, who owns `replicas`, stuck pods, what is pruned, and refusals as sentences."""

import copy
import json

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_apply, kube_refusal
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_apply import HANDOVER, Release
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Refused
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import reference
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from conftest import ROOT
from kube_fake import FakeCluster


class Applied(FakeCluster):
    """Remembers in which order things were done, and knows of server-side apply what `replicas` needs."""

    def __init__(self):
        super().__init__()
        self.done = []
        self.refuse = {}

    def apply(self, obj, *, dry_run=False, manager=MANAGER):
        if obj["kind"] == "Lease" or dry_run:
            return super().apply(obj, dry_run=dry_run, manager=manager)
        self.done.append((manager, reference(obj), (obj.get("spec") or {}).get("replicas")))
        if reference(obj) in self.refuse:
            raise self.refuse[reference(obj)]
        live = self.objects.get((obj["kind"], obj["metadata"]["name"])) or {}
        fields = [e for e in (live.get("metadata") or {}).get("managedFields", []) if e["manager"] != manager]
        owned = {"f:metadata": {}, **({"f:spec": {"f:replicas": {}}} if "replicas" in (obj.get("spec") or {}) else {})}
        spec = {**(live.get("spec") or {}), **(obj.get("spec") or {})}
        if not any("f:replicas" in e["fieldsV1"].get("f:spec", {}) for e in [*fields, {"fieldsV1": owned}]):
            spec["replicas"] = 1  # nobody's: the default
        new = {**obj, "spec": spec} if spec else dict(obj)
        stored = super().apply(new, manager=manager)
        stored["metadata"]["managedFields"] = [
            *fields,
            {"manager": manager, "time": "2026-01-01T00:00:00Z", "fieldsV1": owned},
        ]
        stored["metadata"]["generation"] = (live.get("metadata") or {}).get("generation", 0) + 1
        self.objects[obj["kind"], obj["metadata"]["name"]] = copy.deepcopy(stored)
        return stored

    def delete(self, kind, name, **more):
        self.done.append(("delete", f"{kind}/{name}", None))
        return super().delete(kind, name, **more)

    def order(self):
        return [name for _, name, _ in self.done]


def obj(kind, name="web", **spec):
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **({"spec": spec} if spec else {})}


def entry(component, kind, name="web", **spec):
    return {"component": component, "object": obj(kind, name, **spec)}


HPA = entry("web", "HorizontalPodAutoscaler", minReplicas=2, scaleTargetRef={"kind": "Deployment", "name": "web"})
FIXED, SCALED = entry("web", "Deployment", replicas=2), entry("web", "Deployment", template={})


@pytest.fixture
def cluster():
    return Applied()


@pytest.fixture
def state(cluster):
    return ClusterState(cluster)


def nothing():
    pass


def test_the_named_components_are_applied_in_the_record_s_order(cluster):
    objects = [entry("", "ConfigMap", "all"), entry("db", "Service", "db"), FIXED, entry("web", "Service")]
    renewed = []
    changed = kube_apply.apply(cluster, Release(objects), ["", "web"], lambda: renewed.append(1))
    assert changed == cluster.order() == ["ConfigMap/all", "Deployment/web", "Service/web"]
    assert len(renewed) == 3


def test_secrets_are_put_in_only_on_the_way(cluster):
    secret = {"component": "", "object": {**obj("Secret", "pull"), "data": {"x": {"$secret": "key"}}}}
    kube_apply.apply(cluster, Release([secret], {"key": "value"}), [""], nothing)
    assert cluster.objects["Secret", "pull"]["data"] == {"x": "dmFsdWU="}
    assert secret["object"]["data"] == {"x": {"$secret": "key"}}
    assert "value" not in repr(Release([secret], {"key": "value"}))


def test_the_credentials_are_begin_s_business(cluster):
    kube_apply.apply(cluster, Release([entry("", "Secret", "credentials")]), [""], nothing)
    assert cluster.done == []


# replicas and autoscalers


def test_replicas_are_handed_over_without_a_jump(cluster):
    kube_apply.apply(cluster, Release([FIXED]), ["web"], nothing)
    live = cluster.objects["Deployment", "web"]
    live["spec"]["replicas"] = 4  # somebody scaled it up
    cluster.done.clear()
    kube_apply.apply(cluster, Release([SCALED, HPA]), ["web"], nothing)
    assert cluster.done == [
        (HANDOVER, "Deployment/web", 4),
        (MANAGER, "Deployment/web", None),
        (MANAGER, "HorizontalPodAutoscaler/web", None),
    ]
    assert cluster.objects["Deployment", "web"]["spec"]["replicas"] == 4


def test_what_was_handed_over_is_left_alone(cluster):
    kube_apply.apply(cluster, Release([FIXED]), ["web"], nothing)
    for _ in range(2):
        kube_apply.apply(cluster, Release([SCALED, HPA]), ["web"], nothing)
    assert [manager for manager, name, _ in cluster.done if name == "Deployment/web"].count(HANDOVER) == 1


def test_a_new_workload_begins_with_as_many_as_its_autoscaler_wants(cluster):
    kube_apply.apply(cluster, Release([SCALED, HPA]), ["web"], nothing)
    assert cluster.objects["Deployment", "web"]["spec"]["replicas"] == 2


def test_replicas_are_taken_back_and_the_autoscaler_goes_first(cluster):
    kube_apply.apply(cluster, Release([SCALED, HPA]), ["web"], nothing)
    cluster.done.clear()
    kube_apply.apply(cluster, Release([FIXED]), ["web"], nothing)
    assert cluster.order()[:2] == ["HorizontalPodAutoscaler/web", "Deployment/web"]
    live = cluster.objects["Deployment", "web"]
    assert live["spec"]["replicas"] == 2
    owning = [e["manager"] for e in live["metadata"]["managedFields"] if "f:spec" in e["fieldsV1"]]
    assert owning == [MANAGER]


def test_somebody_else_s_autoscaler_stays(cluster):
    kube_apply.apply(cluster, Release([FIXED]), ["web"], nothing)
    cluster.create(HPA["object"], manager="kubectl")
    kube_apply.apply(cluster, Release([FIXED]), ["web"], nothing)
    assert ("HorizontalPodAutoscaler", "web") in cluster.objects


# Stuck pods of a StatefulSet


def pod(name, *, ready, revision, owner="set"):
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    return {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {"app": "db", "controller-revision-hash": revision},
            "ownerReferences": [{"uid": owner}],
        },
        "status": {"conditions": [condition]},
    }


@pytest.mark.parametrize(
    ("pods", "replaced"),
    [
        ([pod("db-0", ready=False, revision="old")], ["db-0"]),
        ([pod("db-0", ready=True, revision="old")], []),
        ([pod("db-0", ready=False, revision="new")], []),
        ([pod("db-0", ready=False, revision="old", owner="another")], []),
    ],
)
def test_only_a_broken_pod_of_an_older_revision_is_replaced(cluster, pods, replaced):
    stateful_set = obj("StatefulSet", "db", selector={"matchLabels": {"app": "db"}})
    cluster.create(stateful_set)
    live = cluster.objects["StatefulSet", "db"]
    live["metadata"] |= {"uid": "set", "generation": 2}
    live["status"] = {"observedGeneration": 2, "updateRevision": "new"}
    for item in pods:
        cluster.create(item)
    assert kube_apply.replace_stuck_pods(cluster, "db") == replaced


def test_the_controller_must_have_seen_the_new_revision_first(cluster, monkeypatch):
    cluster.create(obj("StatefulSet", "db", selector={"matchLabels": {"app": "db"}}))
    live = cluster.objects["StatefulSet", "db"]
    live["metadata"] |= {"uid": "set", "generation": 2}
    live["status"] = {"observedGeneration": 1, "updateRevision": "new"}
    cluster.create(pod("db-0", ready=False, revision="old"))
    monkeypatch.setattr(kube_apply, "OBSERVED_SECONDS", 0)
    assert kube_apply.replace_stuck_pods(cluster, "db") == []


# The applied set


def kinds(state):
    return [f"{entry['kind']}/{entry['name']}" for entry in state.applied_set()]


def test_what_comes_is_remembered_beside_what_was(state):
    kube_apply.remember(state, Release([entry("web", "Service"), FIXED]))
    kube_apply.remember(state, Release([entry("web", "ConfigMap"), FIXED]))
    assert kinds(state) == ["Service/web", "Deployment/web", "ConfigMap/web"]


def test_what_left_is_pruned_and_forgotten(cluster, state):
    kube_apply.remember(state, Release([entry("web", "Service"), entry("web", "ConfigMap"), FIXED]))
    for item in (entry("web", "Service"), entry("web", "ConfigMap")):
        cluster.create(item["object"])
    assert kube_apply.prune(cluster, state, Release([FIXED]), nothing) == ["ConfigMap/web", "Service/web"]
    assert kinds(state) == ["Deployment/web"]


def test_only_the_named_ones_are_pruned(cluster, state):
    kube_apply.remember(state, Release([entry("web", "Service"), entry("web", "ConfigMap")]))
    for kind in ("Service", "ConfigMap"):
        cluster.create(obj(kind))
    gone = kube_apply.prune(cluster, state, Release([]), nothing, names=["ConfigMap/web"])
    assert (gone, kinds(state)) == (["ConfigMap/web"], ["Service/web"])


def test_what_somebody_else_has_taken_over_is_not_pruned(cluster, state):
    kube_apply.remember(state, Release([entry("web", "ConfigMap")]))
    cluster.create(obj("ConfigMap"), manager="kubectl")
    assert kube_apply.prune(cluster, state, Release([]), nothing) == []
    assert ("ConfigMap", "web") in cluster.objects
    assert kinds(state) == []


def test_data_stays_and_stays_remembered_until_told(cluster, state):
    kube_apply.remember(state, Release([entry("db", "PersistentVolumeClaim")]))
    cluster.create(obj("PersistentVolumeClaim"))
    assert kube_apply.prune(cluster, state, Release([]), nothing) == []
    assert kinds(state) == ["PersistentVolumeClaim/web"]
    assert kube_apply.prune(cluster, state, Release([]), nothing, delete_data=True) == ["PersistentVolumeClaim/web"]


# Refusals: what a real API server said (fixtures/record_refusals.py), and rules that it was not given

RECORDED = json.loads((ROOT / "tests" / "unit" / "fixtures" / "refusals.json").read_text())


@pytest.mark.parametrize(
    ("case", "words", "step"),
    [
        ("quota", "PersistentVolumeClaim/more: it would exceed the quota small: it asks for requests.storage=1Mi, requests.storage=2Mi is used, requests.storage=2Mi is allowed", "describe quota small"),
        ("admission policy", "ConfigMap/web: the admission policy record-refusals does not let it in: no key named forbidden", "ask whoever runs that rule"),
        ("pod security", "Pod/web: it does not meet the Pod Security level restricted: allowPrivilegeEscalation != false", "templates"),
        ("limit range", "Pod/web: it is outside of the namespace's limits: maximum cpu usage per Container is 10m, but limit is 2", "describe limitrange"),
        ("unknown field", 'Deployment/web: it has a field that this version of Kubernetes does not know: spec.template.spec.containers[name="web"].replicaz', "older than the templates"),
        ("immutable StatefulSet", "StatefulSet/web: a StatefulSet's spec.serviceName cannot change while it is there", "delete statefulset web --cascade=orphan"),
        ("immutable selector", "Deployment/web: its spec.selector cannot change while it is there", "delete deployment web"),
        ("smaller claim", 'PersistentVolumeClaim/web: the storage\'s spec cannot change once it is there (it can grow, where its class allows it): "storage": "2Mi" -> "storage": "1Mi"', "set it back"),
        ("invalid value", "Deployment/web: spec.template.spec.containers[0].ports[0].containerPort: Required value", "change what it names"),
    ],
)  # fmt: skip
def test_a_refusal_names_component_object_reason_and_way_out(cluster, case, words, step):
    wanted, status = RECORDED[case]["object"], RECORDED[case]["status"]
    cluster.create({**wanted, "spec": {**wanted.get("spec", {}), "serviceName": "x"}})
    name = reference(wanted)
    cluster.refuse[name] = Refused(status["message"], "x", status)
    with pytest.raises(DeployError) as raised:
        kube_apply.apply(cluster, Release([{"component": "web", "object": wanted}]), ["web"], nothing)
    diagnosis = raised.value.diagnosis
    assert diagnosis["component"] == "web"
    assert diagnosis["cause"].startswith(f"the cluster refuses {words}")
    assert step in diagnosis["next_step"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ('admission webhook "p.example" denied the request: no latest', "the admission webhook p.example does not let it in: no latest"),
        ('pods "web" is forbidden: failed quota: small: must specify limits.cpu for: web', "the quota small wants every pod to say its limits.cpu for: web"),
        ('persistentvolumeclaims "web" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize', "its storage class does not let it grow"),
        ("spec.resources.requests.storage: Forbidden: field can not be less than status.capacity", "the storage's spec cannot change"),
        ("something new", "something new"),
    ],
)  # fmt: skip
def test_other_refusals(cluster, message, words):
    claim = obj("PersistentVolumeClaim")
    assert words in kube_refusal.diagnose(Refused(message, "x"), "web", claim, cluster).cause


def test_a_refusal_of_what_all_share_names_no_component(cluster):
    diagnosis = kube_refusal.diagnose(Refused("no", "x"), "", obj("NetworkPolicy", "all"), cluster)
    assert diagnosis.component == "what all share"


def test_a_command_gets_what_it_needs_and_no_workload(cluster):
    objects = [
        entry("web", "NetworkPolicy"),
        entry("web", "ConfigMap"),
        entry("web", "Service"),
        FIXED,
        entry("db", "ConfigMap"),
    ]
    assert kube_apply.apply_support(cluster, Release(objects), "web", nothing) == ["NetworkPolicy/web", "ConfigMap/web"]
