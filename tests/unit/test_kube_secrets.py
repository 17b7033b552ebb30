"""The secrets in a cluster: given, kept, made, replaced and put back; the API is a fake (kube_fake.py says of what)."""

import base64

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_resolve
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import KubeSecrets, digests
from ansible_collections.todoapp.stack.plugins.module_utils.markers import sha256_digest
from kube_fake import FakeCluster


@pytest.fixture
def cluster():
    return FakeCluster()


@pytest.fixture
def secrets(cluster):
    return KubeSecrets(cluster)


def release(secrets, given, *, generate=False):
    """What begin does with the secrets of a release."""
    values = secrets.values(given, generate=generate)
    return secrets.write(values)


def test_a_value_is_the_given_one_else_what_is_there_else_made(secrets):
    secrets.write({"a": "there", "b": "there"})
    values = secrets.values({"a": "given", "b": None, "c": None}, generate=True)
    assert (values["a"], values["b"]) == ("given", "there")
    assert len(values["c"]) >= 32
    assert secrets.live() == {"a": "there", "b": "there"}, "nothing is written before the record"
    assert secrets.values({"b": None, "c": None}, generate=False) == {"b": "there"}


def test_only_what_differs_is_written_and_others_keys_stay(cluster, secrets):
    secrets.write({"a": "one", "other": "x"})
    first = cluster.get("Secret", "credentials")
    assert release(secrets, {"a": "one"}) == []
    assert cluster.get("Secret", "credentials") == first
    assert release(secrets, {"a": "two", "b": None}, generate=True) == ["a", "b"]
    live = cluster.get("Secret", "credentials")
    assert secrets.live().keys() == {"a", "b", "other"}
    assert base64.b64decode(live["data"]["a"]) == b"two"
    assert live["metadata"]["labels"] == {"app.kubernetes.io/part-of": "todo-app"}


def test_what_a_release_replaces_is_put_back_when_going_back(cluster, secrets):
    release(secrets, {"a": "one", "b": "one"})
    release(secrets, {"a": "two", "b": "one", "new": "x"})
    assert cluster.get("Secret", "credentials-replaced")["metadata"]["labels"]["todoapp.stack/state"] == "replaced"
    assert secrets.restore() == ["a"]
    assert secrets.live() == {"a": "one", "b": "one", "new": "x"}
    secrets.forget_replaced()
    assert secrets.restore() == []
    secrets.forget_replaced()


def test_what_an_interrupted_run_replaced_is_the_older_truth(secrets):
    release(secrets, {"a": "serves", "b": "serves"})
    release(secrets, {"a": "interrupted", "b": "serves"})
    release(secrets, {"a": "third", "b": "third"})
    assert secrets.restore() == ["a", "b"]
    assert secrets.live() == {"a": "serves", "b": "serves"}


def test_a_kept_value_survives_a_kill_between_keeping_and_writing(cluster, secrets):
    release(secrets, {"a": "one"})

    def killed(verb, kind, name):
        if (verb, name) == ("replace", "credentials"):
            raise KeyboardInterrupt

    cluster.before = killed
    with pytest.raises(KeyboardInterrupt):
        release(secrets, {"a": "two"})
    cluster.before = lambda *_: None
    assert secrets.live() == {"a": "one"}
    release(secrets, {"a": "three"})
    secrets.restore()
    assert secrets.live() == {"a": "one"}


def test_labels_and_annotations_of_others_stay(cluster, secrets):
    cluster.create(
        {
            "kind": "Secret",
            "type": "example.com/own",
            "metadata": {"name": "credentials", "labels": {"a": "1"}, "annotations": {"b": "2"}},
            "data": {"a": base64.b64encode(b"one").decode()},
        }
    )
    release(secrets, {"a": "two"})
    live = cluster.get("Secret", "credentials")
    assert (live["metadata"]["labels"]["a"], live["metadata"]["annotations"]) == ("1", {"b": "2"})
    assert live["type"] == "example.com/own"


def test_a_value_that_is_no_text_is_a_sentence_without_it(cluster, secrets):
    data = {"a": base64.b64encode(b"\xff\xfebinary").decode()}
    cluster.create({"kind": "Secret", "metadata": {"name": "credentials"}, "data": data})
    with pytest.raises(DeployError, match="Secret credentials holds a a that is no text") as caught:
        secrets.live()
    assert "binary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_digest_is_the_one_that_a_pod_s_annotation_carries():
    assert digests({"jwt_key": "x"}) == {"jwt_key": sha256_digest({"jwt_key": "x"})}


# Into the objects


POD = {
    "kind": "Deployment",
    "metadata": {"name": "backend", "annotations": {"s": {"$digest_of": {"jwt_key": "jwt_key"}}}},
    "spec": {"replicas": {"$only_if": {"$api": "autoscaling/v2"}, "$value": 2}, "paused": False},
}
ROUTE = {"$only_if": {"$api": "route.openshift.io/v1"}, "$value": {"kind": "Route", "metadata": {"name": "page"}}}
SECRET = {"kind": "Secret", "metadata": {"name": "credentials"}, "data": {"jwt_key": {"$secret": "jwt_key"}}}


def test_objects_are_recorded_with_digests_and_placeholders():
    objects = [{"component": "", "object": SECRET}, {"component": "backend", "object": POD}]
    objects.append({"component": "frontend", "object": ROUTE})
    found = kube_resolve.resolve(objects, {"jwt_key": "MARKER"}, {"v1", "autoscaling/v2"})
    assert [entry["component"] for entry in found] == ["", "backend"]
    assert found[0]["object"] == SECRET
    assert found[1]["object"]["metadata"]["annotations"]["s"] == sha256_digest({"jwt_key": "MARKER"})
    assert found[1]["object"]["spec"] == {"replicas": 2, "paused": False}
    assert "MARKER" not in str(found)
    with pytest.raises(DeployError, match=r"jwt_key has no value: give it as todo_secrets\.jwt_key"):
        kube_resolve.resolve(objects, {}, ())


def test_values_come_in_only_for_applying():
    filled = kube_resolve.fill(SECRET, {"jwt_key": "x"})
    assert filled["data"] == {"jwt_key": base64.b64encode(b"x").decode()}
    assert SECRET["data"] == {"jwt_key": {"$secret": "jwt_key"}}
    with pytest.raises(DeployError, match="jwt_key has no value"):
        kube_resolve.fill(SECRET, {})
