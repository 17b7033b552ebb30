"""What one look at a cluster gathers, against an API server that answers as a real one (recorded from Kubernetes 1.36)."""

import json

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_look
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster, Forbidden
from ansible_collections.todoapp.stack.plugins.module_utils.kube_plan import Seen, make_plan
from kube_api import failure, kubeconfig, serving

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
ROOT = "/api/v1/namespaces/ours"


@pytest.fixture
def api():
    with serving() as served:
        yield served


@pytest.fixture
def cluster(api, tmp_path):
    return Cluster(kubeconfig(tmp_path, api.url, "here"), "here", "ours")


def obj(kind, name="web", manager=None, **more):
    managed = {"managedFields": [{"manager": manager, "fieldsV1": {"f:data": {}}}]} if manager else {}
    metadata = {"name": name, **managed, **more.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}


def entry(component, wanted):
    return {"component": component, "object": wanted}


def test_an_object_is_compared_with_what_the_server_would_make_of_it(api, cluster):
    live, dry = obj("ConfigMap", data={"a": "1"}), obj("ConfigMap", data={"a": "2"})
    api.answers[f"GET {ROOT}/configmaps/web"] = (200, live)
    api.answers[f"PATCH {ROOT}/configmaps/web"] = (200, dry)
    [seen], refused = kube_look.objects(cluster, [entry("web", dry)], {}, exists=True)
    assert (seen.component, seen.live, seen.dry, refused) == ("web", live, dry, {})
    assert "dryRun=All" in api.asked[1]["query"]


def test_without_a_namespace_nothing_is_asked(api, cluster):
    [seen], refused = kube_look.objects(cluster, [entry("web", obj("ConfigMap"))], {}, exists=False)
    assert (seen.live, seen.dry, refused, api.asked) == (None, None, {}, [])


def test_what_would_be_refused_is_told_before_anything_changes(api, cluster):
    status = failure(
        422, "Invalid", "spec.selector: field is immutable", causes=[{"field": "spec.selector", "message": "x"}]
    )
    api.answers[f"PATCH {ROOT}/configmaps/web"] = (422, status)
    [seen], refusals = kube_look.objects(cluster, [entry("web", obj("ConfigMap"))], {}, exists=True)
    refused = refusals["ConfigMap/web"]
    assert (refused.component, seen.dry) == ("web", None)
    assert "the cluster refuses ConfigMap/web: its spec.selector cannot change" in refused.cause


def test_what_one_may_not_look_at_is_left_to_the_permissions(api, cluster):
    text = 'configmaps "web" is forbidden: User "jane" cannot get resource "configmaps"'
    api.answers[f"GET {ROOT}/configmaps/web"] = (403, failure(403, "Forbidden", text))
    [seen], refused = kube_look.objects(cluster, [entry("web", obj("ConfigMap"))], {}, exists=True)
    assert (seen.live, seen.dry, refused, len(api.asked)) == (None, None, {}, 1)


def test_a_secret_leaves_only_as_digests(api, cluster):
    api.answers[f"GET {ROOT}/secrets/credentials"] = (
        200,
        obj("Secret", "credentials", data={"a": "b2xk", "kept": "eA=="}),
    )
    wanted = obj("Secret", "credentials", data={"a": {"$secret": "a"}, "new": {"$secret": "new"}})
    [seen], _ = kube_look.objects(cluster, [entry("", wanted)], {"a": "new"}, exists=True)
    assert [asked["body"] for asked in api.asked] == [None]  # begin writes it: no dry run
    everything = json.dumps([seen.live, seen.dry, seen.wanted])
    assert "b2xk" not in everything
    assert "bmV3" not in everything
    [plan] = make_plan([seen], [])
    fields = {field["field"]: (field["live"], field["wanted"]) for field in plan["fields"]}
    assert fields == {"data.a": ("(hidden 1)", "(hidden 2)"), "data.new": (None, "(hidden 3)")}


def test_another_secret_is_compared_like_any_object(api, cluster):
    path = f"{ROOT}/secrets/registry"
    api.answers[f"GET {path}"] = (200, obj("Secret", "registry", data={"x": "b2xk"}))
    api.answers[f"PATCH {path}"] = (200, obj("Secret", "registry", data={"x": "bmV3"}))
    [seen], _ = kube_look.objects(
        cluster, [entry("", obj("Secret", "registry", data={"x": {"$secret": "x"}}))], {"x": "new"}, exists=True
    )
    assert api.asked[1]["body"]["data"] == {"x": "bmV3"}
    assert "bmV3" not in json.dumps(seen.dry)
    assert seen.live["data"] != seen.dry["data"]


def test_what_the_applied_set_names_beside_what_is_wanted(api, cluster):
    api.answers[f"GET {ROOT}/configmaps/old"] = (200, obj("ConfigMap", "old"))
    applied = [{"kind": "ConfigMap", "name": name, "component": "web"} for name in ("old", "gone", "wanted")]
    left = kube_look.leftovers(cluster, applied, {"ConfigMap/wanted"})
    assert left == [{"component": "web", "object": obj("ConfigMap", "old")}]


OURS = {"labels": {"app.kubernetes.io/part-of": "todo-app"}}
HELM = {**OURS, "annotations": {"meta.helm.sh/release-name": "x"}}


@pytest.mark.parametrize(
    ("live", "applied", "is_foreign"),
    [
        (None, [], False),
        (obj("ConfigMap"), [], True),
        (obj("ConfigMap", manager="kubectl"), [], True),
        (obj("ConfigMap", manager="todoapp.stack"), [], False),
        (obj("ConfigMap"), [{"kind": "ConfigMap", "name": "web"}], False),
        (obj("ConfigMap", metadata=OURS), [], False),
        (obj("ConfigMap", metadata=HELM), [], True),
    ],
)
def test_whose_an_object_is(live, applied, is_foreign):
    seen = [Seen("web", obj("ConfigMap", metadata=OURS), live)]
    assert kube_look.foreign(seen, applied) == (["ConfigMap/web"] if is_foreign else [])


MARKED = {**OURS, "annotations": {"meta.helm.sh/release-name": "ours"}}


@pytest.mark.parametrize(("live", "is_foreign"), [(MARKED, False), (OURS, False), (HELM, True)])
def test_what_another_helm_release_made_is_never_ours(live, is_foreign):
    seen = [Seen("web", obj("ConfigMap", metadata=MARKED), obj("ConfigMap", manager="helm", metadata=live))]
    assert kube_look.foreign(seen, [], "helm") == (["ConfigMap/web"] if is_foreign else [])


REVIEW = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def test_what_the_rules_do_not_say_is_asked_for(api, cluster):
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    assert kube_look.denied(cluster, ["Deployment"], ([everything], True), namespace=True) == []
    assert api.asked == []
    api.answers[REVIEW] = (201, {"status": {"allowed": False}})
    assert kube_look.denied(cluster, [], ([everything], True), namespace=False) == ["create namespaces"]
    api.answers[REVIEW] = (201, {"status": {"allowed": True}})
    assert kube_look.denied(cluster, ["Deployment"], ([], False), namespace=True) == []


def test_where_one_may_not_look_one_goes_on():
    def forbidden():
        raise Forbidden("no", "x")

    assert kube_look.unless_forbidden(forbidden, None) is None


ROUTES = {
    "kind": "APIResourceList",
    "groupVersion": "route.openshift.io/v1",
    "resources": [{"name": "routes", "singularName": "route", "namespaced": True, "kind": "Route", "verbs": ["get"]}],
}


@pytest.mark.parametrize("group", ["route.openshift.io", "example.com"])
def test_openshift_is_known_by_its_routes(api, cluster, group):
    versions = [{"groupVersion": f"{group}/v1", "version": "v1"}]
    groups = [{"name": group, "versions": versions, "preferredVersion": versions[0]}]
    api.answers["GET /apis"] = (200, {"kind": "APIGroupList", "groups": groups})
    api.answers["GET /version"] = (200, {"gitVersion": "v1.30.0", "major": "1", "minor": "30"})
    api.answers["GET /api/v1"] = (200, {"kind": "APIResourceList", "resources": []})
    api.answers[f"GET /apis/{group}/v1"] = (200, ROUTES)
    assert kube_look.openshift(cluster) is (group == "route.openshift.io")
