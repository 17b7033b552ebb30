"""The adapter to a cluster: what it sends, and the sentence for each thing that can be wrong on the way."""

import json
import socket

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import (
    AlreadyExists,
    Cluster,
    Conflict,
    Forbidden,
    KubeError,
    Missing,
    Refused,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import KINDS, kind_of_object
from conftest import ROOT
from kube_api import failure, kubeconfig, serving

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}}
WEB = "/apis/apps/v1/namespaces/ours/deployments/web"
WEBS = "/apis/apps/v1/namespaces/ours/deployments"

# A connection that the pool keeps is closed by the garbage collector, which warns of it.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def api():
    with serving() as served:
        yield served


@pytest.fixture
def cluster(api, tmp_path):
    return Cluster(kubeconfig(tmp_path, api.url, "here", "there"), "here", "ours")


def test_an_object_is_applied_by_the_server_with_our_name_and_without_asking_who_owns_it(api, cluster):
    api.answers[f"PATCH {WEB}"] = (200, DEPLOYMENT)
    assert cluster.apply(DEPLOYMENT) == DEPLOYMENT
    [asked] = api.asked
    assert asked["query"] == "fieldManager=todoapp.stack&force=true&fieldValidation=Strict"
    assert asked["headers"]["Content-Type"] == "application/apply-patch+yaml"
    assert asked["headers"]["authorization"] == "Bearer a-token"
    assert asked["body"] == DEPLOYMENT


def test_a_dry_run_and_another_manager_are_told(api, cluster):
    api.answers[f"PATCH {WEB}"] = (200, DEPLOYMENT)
    cluster.apply(DEPLOYMENT, dry_run=True, manager="else")
    assert api.asked[0]["query"] == "fieldManager=else&force=true&fieldValidation=Strict&dryRun=All"


def test_what_is_not_there_is_none_and_nothing_is_deleted(api, cluster):
    assert cluster.get("Deployment", "web") is None
    assert cluster.list("Deployment") == []
    assert cluster.delete("Deployment", "web") is False


def test_listed_objects_say_what_they_are(api, cluster):
    api.answers[f"GET {WEBS}"] = (200, {"items": [{"metadata": {"name": "web"}}]})
    assert cluster.list("Deployment", "a=b") == [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    ]
    assert api.asked[0]["query"] == "labelSelector=a%3Db"


def test_only_the_very_object_is_deleted(api, cluster):
    api.answers[f"DELETE {WEB}"] = (409, failure(409, "Conflict", "Precondition failed: UID", kind="deployments"))
    with pytest.raises(Conflict):
        cluster.delete("Deployment", "web", uid="u-1")
    assert api.asked[0]["body"]["preconditions"] == {"uid": "u-1"}


def test_warnings_are_kept_once(api, cluster):
    said = [("Warning", '299 - "would violate \\"restricted\\""')]
    api.answers[f"PATCH {WEB}"] = (200, DEPLOYMENT, said)
    cluster.apply(DEPLOYMENT)
    cluster.apply(DEPLOYMENT)
    assert cluster.warnings == ['would violate "restricted"']


def test_events_are_in_the_order_in_which_they_happened(api, cluster):
    late = {"metadata": {"name": "1"}, "lastTimestamp": "2026-01-02T00:00:00Z"}
    early = {"metadata": {"name": "2"}, "lastTimestamp": None, "eventTime": "2026-01-01T00:00:00.5Z"}
    api.answers["GET /api/v1/namespaces/ours/events"] = (200, {"items": [late, early]})
    assert [event["metadata"]["name"] for event in cluster.events("Pod", "p")] == ["2", "1"]
    assert "involvedObject.kind%3DPod%2CinvolvedObject.name%3Dp" in api.asked[0]["query"]


def test_a_container_that_has_not_started_has_no_log(api, cluster):
    path = "GET /api/v1/namespaces/ours/pods/p/log"
    api.answers[path] = (400, failure(400, "BadRequest", 'container "c" is waiting to start'))
    assert cluster.logs("p", "c") == ""
    api.answers[path] = (200, "one\ntwo\n")
    assert cluster.logs("p", "c", previous=True) == "one\ntwo\n"
    assert api.asked[-1]["query"] == "container=c&tailLines=200&previous=true"


def test_what_the_cluster_serves(api, cluster):
    versions = [{"groupVersion": "apps/v1"}, {"groupVersion": "apps/v1beta1"}]
    api.answers["GET /apis"] = (200, {"groups": [{"name": "apps", "versions": versions}]})
    api.answers["GET /version"] = (200, {"gitVersion": "v1.36.3"})
    assert cluster.apis() == {"v1", "apps/v1", "apps/v1beta1"}
    assert cluster.version() == "v1.36.3"
    assert not cluster.openshift()
    assert len(api.asked) == 2  # once each


def test_what_the_credentials_may(api, cluster):
    path = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    api.answers[path] = (201, {"status": {"allowed": True}})
    assert cluster.allowed("patch", "Deployment")
    asked = api.asked[0]["body"]["spec"]["resourceAttributes"]
    assert asked == {
        "verb": "patch",
        "resource": "deployments",
        "group": "apps",
        "subresource": "",
        "namespace": "ours",
    }
    assert cluster.allowed("create", "Namespace")
    assert "namespace" not in api.asked[1]["body"]["spec"]["resourceAttributes"]


BUSY = (429, failure(429, "TooManyRequests", "too many"), [("Retry-After", "0")])
AWAY = (503, failure(503, "ServiceUnavailable", "shutting down"), [("Retry-After", "0")])


@pytest.mark.parametrize(("bad", "method"), [(BUSY, "PATCH"), (BUSY, "POST"), (AWAY, "PATCH"), (AWAY, "DELETE")])
def test_what_may_be_repeated_is(api, cluster, bad, method):
    path = WEBS if method == "POST" else WEB
    api.answers[f"{method} {path}"] = [bad, (200, DEPLOYMENT)]
    {
        "PATCH": lambda: cluster.apply(DEPLOYMENT),
        "POST": lambda: cluster.create(DEPLOYMENT),
        "DELETE": lambda: cluster.delete("Deployment", "web"),
    }[method]()
    assert len(api.asked) == 2


def test_what_may_have_been_done_is_not_repeated(api, cluster):
    api.answers[f"POST {WEBS}"] = [AWAY, (201, DEPLOYMENT)]
    with pytest.raises(KubeError, match="overloaded or not ready"):
        cluster.create(DEPLOYMENT)


FORBIDDEN = 'deployments.apps "web" is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" in the namespace "ours"'
QUOTA = 'persistentvolumeclaims "data" is forbidden: exceeded quota: small, requested: requests.storage=5Gi, used: requests.storage=1Gi, limited: requests.storage=2Gi'
INVALID = 'Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: field is immutable'
WEBHOOK = 'admission webhook "policy.example" denied the request: no image of that registry'
STRICT = "failed to create typed patch object (ours/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema"


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (failure(401, "Unauthorized", "Unauthorized"), KubeError, "does not accept the credentials of the context here"),
        (
            failure(403, "Forbidden", FORBIDDEN, name="web", kind="deployments"),
            Forbidden,
            f"the credentials of the context here may not patch deployments/web: {FORBIDDEN}; next step: let the cluster's administrator bind a role",
        ),
        (failure(403, "Forbidden", QUOTA, name="data"), Refused, "exceeded quota: small"),
        (failure(403, "Forbidden", WEBHOOK), Refused, "no image of that registry"),
        (failure(400, "BadRequest", WEBHOOK), Refused, "no image of that registry"),
        (failure(500, "InternalError", 'failed calling webhook "w": admission webhook "w" denied'), Refused, "failed calling webhook"),
        (failure(422, "Invalid", INVALID, causes=[{"field": "spec.selector", "message": "field is immutable"}]), Refused, "field is immutable"),
        (failure(500, "", STRICT), Refused, "field not declared in schema"),
        (failure(404, "NotFound", 'namespaces "ours" not found', name="ours", kind="namespaces"), Missing, "namespaces/ours does not exist"),
        (failure(409, "AlreadyExists", "x", name="web", kind="deployments"), AlreadyExists, "deployments/web exists already"),
        (failure(409, "Conflict", "the object has been modified"), Conflict, "has changed meanwhile"),
        (failure(500, "InternalError", "etcdserver: no leader"), KubeError, "the API server failed at patch"),
        ("<html>502 from a proxy</html>", KubeError, "the API server failed at patch"),
    ],
)  # fmt: skip
def test_each_answer_is_a_sentence_with_a_next_step(api, cluster, status, error, words):
    api.answers[f"PATCH {WEB}"] = (status["code"] if isinstance(status, dict) else 500, status)
    with pytest.raises(error) as raised:
        cluster.apply(DEPLOYMENT)
    assert type(raised.value) is error
    assert words in str(raised.value)
    assert "; next step: " in str(raised.value)
    assert raised.value.diagnosis["next_step"]
    assert raised.value.diagnosis["cause"] == raised.value.cause


RECORDED = json.loads((ROOT / "tests" / "unit" / "fixtures" / "refusals.json").read_text())
EXPECTED = {
    "no namespace": Missing,
    "unauthorized": KubeError,
    "not allowed": Forbidden,
    "exists": AlreadyExists,
    "changed meanwhile": Conflict,
    "another of that name": Conflict,
}


@pytest.mark.parametrize("case", RECORDED)
def test_what_a_real_api_server_answered(api, cluster, case):
    status = RECORDED[case]["status"]
    api.answers[f"PATCH {WEB}"] = (status["code"], status)
    with pytest.raises(KubeError) as raised:
        cluster.apply(DEPLOYMENT)
    assert type(raised.value) is EXPECTED.get(case, Refused)


def test_a_refusal_names_the_fields(api, cluster):
    cause = {"reason": "FieldValueInvalid", "field": "spec.selector", "message": "field is immutable"}
    api.answers[f"PATCH {WEB}"] = (422, failure(422, "Invalid", INVALID, causes=[cause]))
    with pytest.raises(Refused) as raised:
        cluster.apply(DEPLOYMENT)
    assert raised.value.fields == [{"field": "spec.selector", "message": "field is immutable"}]


def test_what_is_no_kubernetes_api(api, cluster):
    api.answers[f"GET {WEB}"] = (200, "<html>hello</html>")
    with pytest.raises(KubeError, match="what answers is no Kubernetes API: it says '<html>hello"):
        cluster.get("Deployment", "web")


def test_nobody_answers(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        server = f"http://127.0.0.1:{taken.getsockname()[1]}"
        cluster = Cluster(kubeconfig(tmp_path, server, "here"), "here", "ours")
        with pytest.raises(KubeError) as raised:
            cluster.version()
    assert f"the context here leads to {server}, where no Kubernetes API answers: " in str(raised.value)
    assert "Connection refused" in str(raised.value)
    assert "0x" not in str(raised.value)
    assert "kubectl --context here version" in str(raised.value)


def test_the_context_must_be_named_and_known(tmp_path):
    file = kubeconfig(tmp_path, "http://127.0.0.1:1", "production", "local")
    with pytest.raises(KubeError) as raised:
        Cluster(file, "", "ours")
    assert str(raised.value) == (
        f"todo_context names no context; the contexts of {file} are: production, local; "
        "next step: set todo_context to the one that is meant"
    )
    with pytest.raises(
        KubeError,
        match=r"the context producton is unknown \(the contexts of .* are: production, local\); did you mean production\?;",
    ):
        Cluster(file, "producton", "ours")


def test_there_is_no_kubeconfig(tmp_path, monkeypatch):
    with pytest.raises(KubeError, match=f"there is no kubeconfig at {tmp_path}/none; next step: set todo_kubeconfig"):
        Cluster(f"{tmp_path}/none", "here", "ours")
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path}/other")
    with pytest.raises(KubeError, match=f"there is no kubeconfig at {tmp_path}/other"):
        Cluster("", "here", "ours")


def test_the_default_kubeconfig_is_the_environment_s(tmp_path, monkeypatch, api):
    monkeypatch.setenv("KUBECONFIG", kubeconfig(tmp_path, api.url, "here"))
    api.answers["GET /version"] = (200, {"gitVersion": "v1"})
    assert Cluster("", "here", "ours").version() == "v1"


def exec_plugin(script):
    command = {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", script]}
    return {"exec": {**command, "interactiveMode": "Never"}}


def test_a_credential_plugin_is_asked(api, tmp_path):
    answer = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "of-the-plugin"},
    }
    file = kubeconfig(tmp_path, api.url, "here", **exec_plugin(f"echo '{json.dumps(answer)}'"))
    api.answers["GET /version"] = (200, {"gitVersion": "v1"})
    Cluster(file, "here", "ours").version()
    assert api.asked[0]["headers"]["authorization"] == "Bearer of-the-plugin"


def test_a_credential_plugin_that_fails_is_told(tmp_path):
    file = kubeconfig(tmp_path, "http://127.0.0.1:1", "here", **exec_plugin("echo session has ended >&2; exit 3"))
    with pytest.raises(KubeError, match=r"the context here in .* gets no credentials: .*3.*; next step: log in"):
        Cluster(file, "here", "ours")


def test_a_context_without_its_cluster_is_a_sentence(tmp_path):
    file = tmp_path / "kubeconfig"
    file.write_text(
        '{"contexts": [{"name": "here", "context": {"cluster": "gone", "user": "gone"}}], "clusters": [], "users": []}'
    )
    with pytest.raises(KubeError, match=r"the context here in .* cannot be used: .*gone"):
        Cluster(str(file), "here", "ours")


@pytest.mark.parametrize(
    ("obj", "words"),
    [
        ({"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {}}, "an object without a name"),
        ({"metadata": {"name": "x"}}, "an object without a kind"),
        ({"kind": "Deploymnt", "metadata": {"name": "x"}}, "Deploymnt is no kind that the engine knows; did you mean Deployment?"),
        ({**DEPLOYMENT, "apiVersion": "apps/v1beta1"}, "Deployment/web has apiVersion 'apps/v1beta1'; it needs apps/v1"),
        ({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x"}}, "Pod/x: a release does not hold objects of this kind"),
    ],
)  # fmt: skip
def test_an_object_of_another_kind_is_refused(obj, words):
    with pytest.raises(DeployError) as raised:
        kind_of_object(obj)
    assert words in str(raised.value)


def test_paths_of_the_kinds():
    assert KINDS["Namespace"].path("ours", "ours") == "/api/v1/namespaces/ours"
    assert KINDS["Pod"].path("ours", "p", "log") == "/api/v1/namespaces/ours/pods/p/log"
    assert KINDS["Ingress"].path("ours") == "/apis/networking.k8s.io/v1/namespaces/ours/ingresses"
