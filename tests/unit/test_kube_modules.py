"""Begin, finish and teardown on a cluster, by the modules' own functions; the API is a fake (kube_fake.py says of what)."""

import json
import os

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_namespace, kube_teardown
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Forbidden
from ansible_collections.todoapp.stack.plugins.module_utils.kube_lock import KubeLock
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import Locked, holder, this_host
from ansible_collections.todoapp.stack.plugins.modules import kube_begin, kube_finish, kube_remove
from kube_fake import FakeCluster

WHO = {
    "holder_pid": os.getpid(),
    "holder_host": this_host(),
    "kubeconfig": "",
    "context": "c",
    "namespace": "fake",
    "manager": MANAGER,
}
ME = holder(this_host(), os.getpid())
OTHER = holder("elsewhere", 1)
POD = {"kind": "Deployment", "metadata": {"name": "backend", "annotations": {"s": {"$digest_of": {"key": "key"}}}}}


@pytest.fixture
def cluster(monkeypatch):
    fake = FakeCluster(exists=False)
    store = fake._store

    def with_account(obj, *arguments, **options):
        if obj["kind"] == "Namespace":  # a controller's part
            store({"kind": "ServiceAccount", "metadata": {"name": "default"}}, None, "kube-controller-manager")
        return store(obj, *arguments, **options)

    fake._store = with_account
    for module in (kube_begin, kube_finish, kube_remove):
        monkeypatch.setattr(module, "Cluster", lambda *_: fake)
    return fake


@pytest.fixture
def state(cluster):
    return ClusterState(cluster)


def begin(**more):
    return kube_begin.act({**WHO, "why": "deploy", "record": {"version": "abc"}, "objects": [], "secrets": {}, "generate_secrets": False, **more})  # fmt: skip


def finish(release, outcome="succeeded", keep=5):
    return kube_finish.act({**WHO, "release": release, "outcome": outcome, "keep": keep})


def remove(*, data=False, check=False):
    return kube_remove.act({**WHO, "delete_data": data}, check_mode=check)


def put(cluster, kind, name, **metadata):
    cluster.create({"kind": kind, "metadata": {"name": name, **metadata}})


def deployed(cluster, state):
    """A release with two objects, a claim and the credentials."""
    objects = [{"component": "backend", "object": POD}]
    number = begin(objects=objects, secrets={"key": "value"})["release"]
    applied = [("Secret", "credentials"), ("PersistentVolumeClaim", "ollama-data"), ("Service", "backend")]
    applied.append(("Deployment", "backend"))
    state.write_applied_set({"kind": kind, "name": name} for kind, name in applied)
    for kind, name in applied[1:]:
        put(cluster, kind, name)
    put(cluster, "PersistentVolumeClaim", "data-postgres-0", labels={"app.kubernetes.io/part-of": "todo-app"})
    finish(number)


# Begin


def test_begin_makes_the_namespace_and_the_record_before_anything_else(cluster, state):
    result = begin(objects=[{"component": "backend", "object": POD}], secrets={"key": ""}, generate_secrets=True)
    assert result["said"] == ["made the namespace fake", "release 1 recorded"]
    namespace = cluster.get("Namespace", "fake")["metadata"]
    assert namespace["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert "todoapp.stack/made" in namespace["annotations"]
    record = state.record(1)
    assert record["version"] == "abc"
    value = state.secrets.live()["key"]
    assert record["secrets"]["key"] == record["objects"][0]["object"]["metadata"]["annotations"]["s"]
    assert value not in json.dumps([record, result])
    assert state.lock_holder()["pid"] == os.getpid()


def test_begin_leaves_a_namespace_of_others_as_it_is(cluster):
    put(cluster, "Namespace", "fake", labels={"team": "blue"})
    before = cluster.get("Namespace", "fake")
    assert begin()["said"] == ["release 1 recorded"]
    assert cluster.get("Namespace", "fake") == before


def test_begin_repairs_the_labels_of_a_namespace_that_we_made(cluster):
    put(cluster, "Namespace", "fake", labels={"team": "blue"}, annotations={"todoapp.stack/made": "noon"})
    assert begin()["said"] == ["release 1 recorded"]
    labels = cluster.get("Namespace", "fake")["metadata"]["labels"]
    assert (labels["team"], labels["pod-security.kubernetes.io/enforce"]) == ("blue", "restricted")


def test_begin_does_not_need_to_see_the_namespace(cluster):
    put(cluster, "Namespace", "fake")

    def forbidden(verb, kind, name):
        if kind == "Namespace":
            raise Forbidden("may not get namespaces", "ask")

    cluster.before = forbidden
    assert begin()["release"] == 1


def test_begin_does_not_enter_a_namespace_that_is_going(cluster):
    put(cluster, "Namespace", "fake", deletionTimestamp="2026-11-24T10:00:00Z")
    with pytest.raises(DeployError, match="the namespace fake is being removed; wait until it is gone"):
        begin()
    assert cluster.get("Lease", "deploy-lock") is None


def test_a_namespace_without_an_account_is_a_sentence(monkeypatch):
    monkeypatch.setattr(kube_namespace, "ACCOUNT_SECONDS", 0.15)
    with pytest.raises(
        DeployError, match=r"no service account within 0\.15 s: does the cluster's controller manager run"
    ):
        kube_namespace.ensure(FakeCluster(exists=False))


def test_begin_refuses_while_another_run_holds_the_lock(cluster, state):
    put(cluster, "Namespace", "fake")
    state.lock(OTHER, "deploy")
    with pytest.raises(Locked, match="on elsewhere"):
        begin()
    assert state.releases() == []
    assert state.lock_holder()["pid"] == 1


@pytest.mark.parametrize("broken", ["missing secret", "api"])
def test_begin_gives_the_lock_back_when_it_fails(cluster, state, monkeypatch, broken):
    if broken == "api":
        monkeypatch.setattr(cluster, "apis", lambda: 1 / 0)
    with pytest.raises((DeployError, ZeroDivisionError)):
        begin(objects=[{"component": "backend", "object": POD}], secrets={"key": None if broken != "api" else "x"})
    assert state.lock_holder() is None
    assert (state.releases(), state.secrets.live()) == ([], {})


# Finish


def test_finish_notes_the_outcome_forgets_what_was_replaced_and_unlocks(cluster, state):
    finish(begin(secrets={"key": "one"})["release"])
    number = begin(secrets={"key": "two"})["release"]
    assert cluster.get("Secret", "credentials-replaced")
    assert finish(number, "rolled back")["said"] == "release 2 rolled back"
    assert (state.current(), state.interrupted(), state.lock_holder()) == (1, None, None)
    assert cluster.get("Secret", "credentials-replaced") is None


def test_finish_without_the_lock_touches_nothing_of_the_run_that_has_it(cluster, state):
    finish(begin(secrets={"key": "one"})["release"])
    number = begin(secrets={"key": "two"})["release"]
    KubeLock(cluster).give_back(ME)
    state.lock(OTHER, "deploy")
    with pytest.raises(Locked, match="has lost its lock"):
        finish(number)
    assert finish(number, "failed")["said"] == "release 2 failed; this run had lost its lock by then"
    assert (state.current(), state.interrupted(), state.lock_holder()["pid"]) == (1, None, 1)
    assert cluster.get("Secret", "credentials-replaced")


# Teardown


def names(cluster):
    return {f"{kind}/{name}" for kind, name in cluster.objects if kind not in ("ServiceAccount", "Namespace")}


def test_teardown_keeps_data_credentials_and_records(cluster, state):
    deployed(cluster, state)
    planned = remove(check=True)
    assert planned["said"][:2] == ["would remove Deployment backend", "would remove Service backend"]
    assert "Deployment/backend" in names(cluster), "check mode only lists"
    result = remove()
    assert result["removed"] == planned["removed"] == ["Deployment backend", "Service backend"]
    assert result["said"] == [
        "removed Deployment backend",
        "removed Service backend",
        "kept PersistentVolumeClaim data-postgres-0, ollama-data",
        "kept Secret credentials",
    ]
    assert names(cluster) >= {"PersistentVolumeClaim/data-postgres-0", "Secret/credentials", "ConfigMap/release-000001"}
    assert {(entry["kind"], entry["name"]) for entry in state.applied_set()} == {
        ("Secret", "credentials"),
        ("PersistentVolumeClaim", "ollama-data"),
    }
    assert (state.lock_holder(), state.current(), state.interrupted()) == (None, None, None)
    assert state.releases() == [1]
    again = remove()
    assert (again["changed"], again["said"][0]) == (False, "nothing to remove")


def test_teardown_with_the_data_takes_the_namespace_that_we_made(cluster, state):
    deployed(cluster, state)
    result = remove(data=True)
    assert {"Namespace fake", "PersistentVolumeClaim data-postgres-0"} <= set(result["removed"])
    assert cluster.objects == {}
    again = remove(data=True)
    assert (again["changed"], again["said"]) == (False, ["nothing to remove"])


@pytest.mark.parametrize("theirs", [[], ["ConfigMap", "PersistentVolumeClaim"]])
def test_teardown_with_the_data_takes_only_what_is_ours_from_another_s_namespace(cluster, state, theirs):
    put(cluster, "Namespace", "fake")
    for kind in theirs:
        put(cluster, kind, "theirs")
    before = names(cluster)
    deployed(cluster, state)
    remove(data=True)
    assert names(cluster) == before
    assert cluster.get("Namespace", "fake")


@pytest.mark.parametrize("check", [True, False])
def test_teardown_keeps_its_namespace_for_what_others_put_there(cluster, state, check):
    deployed(cluster, state)
    for kind, name in (("ConfigMap", "kube-root-ca.crt"), ("Secret", "tls"), ("Pod", "backend-1")):
        machine = {"annotations": {"cert-manager.io/certificate-name": "tls"}} if kind == "Secret" else {}
        put(cluster, kind, name, **machine, **({"ownerReferences": [{}]} if kind == "Pod" else {}))
    assert "Namespace fake" in remove(data=True, check=True)["removed"], "what machines put there holds nothing"
    put(cluster, "PersistentVolumeClaim", "theirs")
    result = remove(data=True, check=check)
    assert "Namespace fake" not in result["removed"]
    assert "PersistentVolumeClaim ollama-data" in result["removed"]
    assert result["said"][-1] == (
        "kept the namespace for PersistentVolumeClaim theirs, which no release made; remove that, and tear down again"
    )
    if not check:
        assert names(cluster) == {
            "PersistentVolumeClaim/theirs",
            "ConfigMap/kube-root-ca.crt",
            "Secret/tls",
            "Pod/backend-1",
        }
        cluster.delete("PersistentVolumeClaim", "theirs")
        assert remove(data=True)["removed"][-1] == "Namespace fake"


def test_teardown_leaves_what_is_not_ours_any_more(cluster, state):
    deployed(cluster, state)
    cluster.delete("Service", "backend")
    cluster.create({"kind": "Service", "metadata": {"name": "backend"}}, manager="kubectl")
    assert remove()["removed"] == ["Deployment backend"]
    assert cluster.get("Service", "backend")


def test_teardown_takes_one_off_commands_along(cluster, state):
    deployed(cluster, state)
    put(cluster, "Job", "backend-migrate-1", labels={"app.kubernetes.io/part-of": "todo-app"})
    assert remove()["removed"][0] == "Job backend-migrate-1"


@pytest.mark.parametrize("exists", [True, False])
def test_teardown_writes_nothing_where_nothing_of_ours_is(cluster, exists):
    if exists:
        put(cluster, "Namespace", "fake")
        put(cluster, "ConfigMap", "theirs")
    before = dict(cluster.objects)
    assert remove(data=True)["changed"] is False
    assert cluster.objects == before


def test_teardown_waits_for_another_run(cluster, state):
    deployed(cluster, state)
    state.lock(OTHER, "deploy")
    with pytest.raises(Locked, match="deploy, since"):
        remove()
    assert remove(check=True)["changed"] is True


def test_what_does_not_go_is_a_sentence_with_what_holds_it(cluster, state, monkeypatch):
    deployed(cluster, state)
    held = cluster.get("Service", "backend")
    cluster.replace({**held, "metadata": {**held["metadata"], "finalizers": ["example.com/hold"]}})
    monkeypatch.setattr(kube_teardown, "WAIT_SECONDS", 0.1)
    delete = cluster.delete
    monkeypatch.setattr(cluster, "delete", lambda kind, name, **more: kind == "Service" or delete(kind, name, **more))
    with pytest.raises(DeployError, match=r"Service backend is still there .*; what holds it: example\.com/hold; next"):
        remove()
    assert state.lock_holder() is None
    assert ("Service", "backend") in {(entry["kind"], entry["name"]) for entry in state.applied_set()}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            {"type": "NamespaceDeletionDiscoveryFailure", "status": "True", "message": "metrics.k8s.io/v1beta1: stale"},
            r"still there 0 s after .*: one of the cluster's APIs does not answer, .*metrics\.k8s\.io.*; next step: .*apiservices",
        ),
        (
            {"type": "NamespaceContentRemaining", "status": "True", "message": "Some resources are remaining: pods."},
            r"what holds it: Some resources are remaining: pods\.; next step: kubectl .* describe namespace fake",
        ),
    ],
)
def test_a_namespace_that_does_not_go_says_what_keeps_it(cluster, state, monkeypatch, condition, said):
    deployed(cluster, state)
    limit = "WAIT_SECONDS" if "Content" in condition["type"] else "AWAY_SECONDS"
    monkeypatch.setattr(kube_teardown, limit, 0.1)
    delete = cluster.delete

    def going(kind, name, **more):
        if kind != "Namespace":
            return delete(kind, name, **more)
        cluster.objects[kind, name]["status"] = {"conditions": [condition]}
        return True

    monkeypatch.setattr(cluster, "delete", going)
    with pytest.raises(DeployError, match=said):
        remove(data=True)
