"""What stops a deploy to a cluster before anything changes, and what is worth saying when it goes on."""

import copy

import pytest
from ansible_collections.todoapp.stack.plugins.action import kube_plan as plan_action
from ansible_collections.todoapp.stack.plugins.action import kube_precheck as action
from ansible_collections.todoapp.stack.plugins.module_utils import kube_needs, kube_precheck
from test_precheck import act

CLAIM = {
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "postgres-data"},
    "spec": {"resources": {"requests": {"storage": "1Gi"}}},
}
INGRESS = {
    "$unless": {"$api": "x/v1"},
    "$value": {"kind": "Ingress", "metadata": {"name": "frontend"}, "spec": {"ingressClassName": "nginx"}},
}
HPA = {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "backend"}, "spec": {}}
RENDERED = {
    "options": {
        "todo_name": "todo-app",
        "todo_context": "staging",
        "todo_generate_secrets": False,
        "todo_existing_secret": {"enabled": False, "name": ""},
    },
    "objects": [
        {"component": "postgres", "object": CLAIM},
        {"component": "frontend", "object": INGRESS},
        {"component": "backend", "object": HPA},
    ],
    "components": [{"name": "postgres", "is_store": True}, {"name": "backend", "is_store": False}],
    "secrets": ["jwt_key", "postgres_password"],
    "secret_volumes": {"postgres_password": "postgres-data"},
}
SEEN = {
    "version": "v1.36.3",
    "apis": ["v1", "metrics.k8s.io/v1beta1"],
    "openshift": False,
    "namespace": {"exists": True, "ours": True, "going": False},
    "storage_classes": {"fast": True},
    "ingress_classes": ["nginx"],
    "quota": [],
    "denied": [],
    "secret_digests": {"jwt_key": "a", "postgres_password": "b"},
    "existing_secret": {"exists": False, "missing": []},
    "claims": [],
    "foreign": [],
    "refused": [],
    "plan": [],
    "content": "abc",
    "current": {"number": 3, "components": [{"name": "backend"}]},
    "interrupted": None,
    "lock": None,
    "api_warnings": [],
}
LOCK = {"who": "jane", "host": "laptop/boot", "why": "deploy", "since": "noon", "pid": 1}


def found(options=None, given=None, **seen):
    rendered = {**RENDERED, "options": {**RENDERED["options"], **(options or {})}}
    diagnoses = kube_precheck.problems(rendered, {**copy.deepcopy(SEEN), **seen}, given or {})
    assert all(d["next_step"] for d in diagnoses)
    return [(d["component"], d["cause"]) for d in diagnoses]


EXISTING = {"todo_existing_secret": {"enabled": True, "name": "own"}}


@pytest.mark.parametrize(
    ("change", "component", "cause"),
    [
        ({"version": "v1.29.9"}, "cluster", "it runs Kubernetes v1.29.9; 1.30 is the oldest that works"),
        ({"namespace": {"exists": True, "ours": True, "going": True}}, "cluster", "the namespace todo-app is being removed"),
        ({"denied": ["patch deployments", "create leases"]}, "cluster", "the credentials of the context staging lack permissions: patch deployments; create leases"),
        ({"quota": [{"quota": "small", "resource": "limits.cpu", "needed": "3", "free": "2"}]}, "cluster", "the quota small leaves 2 of limits.cpu; the release takes 3"),
        ({"storage_classes": {"slow": False}}, "postgres", "it wants storage, and the cluster has no default storage class; there are: slow"),
        ({"storage_classes": {}}, "postgres", "it wants storage, and the cluster has no default storage class; there is none"),
        ({"ingress_classes": ["traefik"]}, "frontend", "its Ingress wants the class nginx, which the cluster has not; there are: traefik"),
        ({"secret_digests": {"jwt_key": None}}, "secrets", "the secret jwt_key is missing"),
        ({"secret_digests": {"registry_password": None}, "options": {"todo_generate_secrets": True}}, "secrets", "the secret registry_password is missing"),
        ({"secret_digests": {"postgres_password": None}, "claims": ["postgres-data"], "options": {"todo_generate_secrets": True}}, "secrets", "the secret postgres_password is missing although there is data that was made with one"),
        ({"given": {"jwt_key": "changeme"}}, "secrets", "the secret jwt_key is one that anybody would guess"),
        ({"options": EXISTING}, "secrets", "there is no Secret own in the namespace todo-app"),
        ({"options": EXISTING, "existing_secret": {"exists": True, "missing": ["jwt_key"]}}, "secrets", "the Secret own has no jwt_key"),
        ({"foreign": ["Service/postgres"]}, "cluster", "in the namespace todo-app there are objects that a deploy would take over and did not make: Service/postgres"),
        ({"refused": [{"component": "web", "cause": "no", "next_step": "x"}]}, "web", "no"),
    ],
)  # fmt: skip
def test_what_is_in_the_way(change, component, cause):
    assert found(**change) == [(component, cause)]


@pytest.mark.parametrize(
    "fine",
    [
        {},
        {"version": "v1.30.0"},
        {"version": "1.36+"},
        {"storage_classes": None},
        {"storage_classes": {}, "claims": ["postgres-data"]},
        {"ingress_classes": None},
        {"secret_digests": {"jwt_key": None}, "options": {"todo_generate_secrets": True}},
        {"given": {"jwt_key": "changeme"}, "options": {"todo_generate_secrets": True}},
        {"given": {"jwt_key": "a-long-enough-secret"}},
        {"options": EXISTING, "existing_secret": {"exists": True, "missing": []}, "secret_digests": {}},
    ],
)
def test_what_is_not(fine):
    assert found(**fine) == []


def test_a_class_of_storage_must_be_there():
    claim = {**CLAIM, "spec": {**CLAIM["spec"], "storageClassName": "fast"}}
    rendered = {**RENDERED, "objects": [{"component": "postgres", "object": claim}]}
    [problem] = kube_precheck.problems(rendered, {**SEEN, "storage_classes": {"slow": True}}, {})
    assert problem["cause"] == "it wants storage of the class fast, which the cluster has not; there are: slow"
    assert "postgres_storage_class" in problem["next_step"]


def test_all_of_it_at_once_and_no_secret_is_shown():
    seen = {**SEEN, "version": "v1.20.0", "foreign": ["Service/x"]}
    result = act(action, release=RENDERED, observed=seen, todo_secrets={"jwt_key": "guessable"})
    assert result["failed"]
    assert len(result["diagnoses"]) == 3
    assert result["msg"].count("next step: ") == 3
    assert "guessable" not in str(result)


def test_a_missing_secret_names_the_ways():
    [problem] = kube_precheck.problems(RENDERED, {**SEEN, "secret_digests": {"jwt_key": None}}, {})
    for way in ("todo_secrets.jwt_key", "Ansible Vault", "lookup('env'", "todo_existing_secret"):
        assert way in problem["next_step"]


def said(**seen):
    return act(action, release=RENDERED, observed={**SEEN, **seen})["said"]


def test_what_is_said_when_it_goes_on():
    assert said() == ["Kubernetes v1.36.3, context staging"]
    assert said(openshift=True)[0] == "OpenShift, Kubernetes v1.36.3, context staging"
    interrupted = {"number": 4, "step": "migrate", "time": "noon"}
    assert said(
        namespace={"exists": True, "ours": False, "going": False},
        interrupted=interrupted,
        apis=["v1"],
        api_warnings=["old"],
    )[1:] == [
        "the namespace todo-app was there before; it is used as it is, and teardown leaves it",
        "release 4 was interrupted at migrate (noon); this run goes on from what is there",
        "the cluster has no metrics API: backend will not be scaled",
        "the cluster warns: old",
    ]


def test_another_run_s_lock_is_named_and_what_it_is_doing_is_no_failure():
    result = act(
        action,
        release=RENDERED,
        observed={**SEEN, "lock": LOCK, "refused": [{"cause": "changing"}], "interrupted": {"number": 1}},
    )
    assert not result.get("failed")
    assert result["said"][1:] == ["another run has the lock: jane on laptop, deploy, since noon"]


# The plan's action


def test_the_plan_says_what_follows():
    entry = {"component": "backend", "object": "Deployment/backend", "action": "create", "fields": []}
    result = act(plan_action, release=RENDERED, observed={**SEEN, "plan": [entry]})
    assert (result["changed"], result["needed"]) == (True, True)
    assert (result["stores"], result["rest"], result["remove"]) == ([], ["backend"], [])
    assert result["said"] == ["change backend"]
    assert result["version"] == "abc"


@pytest.mark.parametrize(
    ("seen", "needed"),
    [({}, False), ({"interrupted": {"number": 1}}, True), ({"current": None}, True)],
)
def test_an_empty_plan_may_still_need_a_deploy(seen, needed):
    result = act(plan_action, release=RENDERED, observed={**SEEN, **seen})
    assert (result["changed"], result["needed"]) == (False, needed)


def test_before_there_is_a_namespace_it_says_so():
    seen = {**SEEN, "namespace": {"exists": False, "ours": False, "going": False}}
    assert act(plan_action, release=RENDERED, observed=seen)["said"][1] == (
        "there is no namespace todo-app yet: planned from the description alone"
    )


# What a release needs

RULE = {"verbs": ["get", "patch"], "apiGroups": ["apps"], "resources": ["deployments", "deployments/scale"]}


@pytest.mark.parametrize(
    ("rules", "need", "is_denied"),
    [
        ([RULE], ("patch", "Deployment", ""), False),
        ([RULE], ("delete", "Deployment", ""), True),
        ([RULE], ("patch", "StatefulSet", ""), True),
        ([RULE], ("patch", "Pod", ""), True),
        ([{**RULE, "resourceNames": ["web"]}], ("patch", "Deployment", ""), True),
        ([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}], ("get", "Pod", "log"), False),
        ([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}], ("get", "Pod", "log"), True),
        ([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods/log"]}], ("get", "Pod", "log"), False),
        ([], ("get", "Pod", ""), True),
    ],
)
def test_permissions(rules, need, is_denied):
    assert kube_needs.denied([need], rules) == ([need] if is_denied else [])


def test_permissions_in_words():
    words = kube_needs.in_words([("get", "Deployment", ""), ("patch", "Deployment", ""), ("get", "Pod", "log")])
    assert words == ["get, patch deployments", "get pods/log"]


@pytest.mark.parametrize(
    ("text", "number"), [("250m", 0.25), ("1", 1), ("0.5", 0.5), ("1Gi", 2**30), ("1k", 1000), (2, 2), ("much", 0)]
)
def test_amounts(text, number):
    assert float(kube_needs.amount(text)) == number


def workload(replicas, cpu, kind="Deployment"):
    requests = {"requests": {"cpu": cpu, "memory": "64Mi"}, "limits": {"cpu": "1"}}
    init = {"resources": {"requests": {"cpu": "10m"}}}
    spec = {"containers": [{"resources": requests}], "initContainers": [init]}
    scale = {} if replicas is None else {"replicas": replicas}
    return {"kind": kind, "metadata": {"name": "web"}, "spec": {**scale, "template": {"spec": spec}}}


def quota(used=None, **hard):
    return {"metadata": {"name": "small"}, "spec": {"hard": hard}, "status": {"used": used or {}}}


@pytest.mark.parametrize(
    ("quotas", "live", "over"),
    [
        ([quota(**{"requests.cpu": "1"})], [], []),
        ([quota(**{"requests.cpu": "900m"})], [], [("requests.cpu", "1", "0.9")]),
        ([quota(cpu="900m")], [], [("cpu", "1", "0.9")]),
        ([quota({"requests.cpu": "500m"}, **{"requests.cpu": "1"})], [], [("requests.cpu", "1", "0.5")]),
        ([quota({"requests.cpu": "500m"}, **{"requests.cpu": "1"})], [workload(1, "500m")], []),
        ([quota(pods="1")], [], [("pods", "2", "1")]),
        ([quota(**{"requests.storage": "1Gi"})], [], []),
        ([quota(**{"requests.storage": "512Mi"})], [], [("requests.storage", "1024Mi", "512Mi")]),
        ([quota(**{"limits.cpu": "1"})], [], [("limits.cpu", "2", "1")]),
        ([quota(**{"count/jobs": "0"})], [], []),
        ([{**quota(pods="1"), "spec": {"hard": {"pods": "1"}, "scopes": ["BestEffort"]}}], [], []),
    ],
)
def test_quota(quotas, live, over):
    exceeded = kube_needs.exceeded(quotas, [workload(2, "500m"), CLAIM], live)
    assert [(item["resource"], item["needed"], item["free"]) for item in exceeded] == over


def test_an_autoscaler_s_least_counts():
    hpa = {**HPA, "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 3}}
    assert kube_needs.usage([workload(None, "1"), hpa])["pods"] == 3


def test_the_default_storage_class():
    default = {"metadata": {"name": "a", "annotations": {kube_needs.DEFAULT_CLASS: "true"}}}
    assert kube_needs.storage_classes([default, {"metadata": {"name": "b"}}]) == {"a": True, "b": False}
