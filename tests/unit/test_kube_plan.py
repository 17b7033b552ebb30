"""The plan of a deploy to a cluster: what differs, why, whose it is, and what goes."""

import copy

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_plan
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diff import ABSENT, differences, find, owners, shown
from ansible_collections.todoapp.stack.plugins.module_utils.kube_plan import Seen, make_plan

OURS = {
    "manager": "todoapp.stack",
    "operation": "Apply",
    "time": "2026-01-01T00:00:00Z",
    "fieldsV1": {"f:spec": {"f:template": {}}},
}


def deployment(**more):
    """A Deployment as the API server returns it."""
    container = {
        "name": "backend",
        "image": "r/backend@sha256:1",
        "args": ["serve"],
        "env": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "SIZE", "value": "1"}],
        "ports": [{"name": "http", "containerPort": 8000, "protocol": "TCP"}],
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "backend",
            "namespace": "ours",
            "uid": "1",
            "resourceVersion": "5",
            "generation": 2,
            "labels": {"app.kubernetes.io/name": "backend"},
            "annotations": {"deployment.kubernetes.io/revision": "1"},
            "managedFields": [copy.deepcopy(OURS)],
        },
        "spec": {
            "replicas": 2,
            "template": {
                "metadata": {"annotations": {"todoapp.stack/secrets": "aaa"}},
                "spec": {"containers": [container], "volumes": [{"name": "tmp", "emptyDir": {}}]},
            },
        },
        "status": {"replicas": 2},
        **more,
    }


def hpa(name="backend"):
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "managedFields": [OURS]},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": name}, "minReplicas": 2, "maxReplicas": 5},
    }


@pytest.fixture
def seen():
    """A Deployment that is as it should be; a test changes what it looks at."""
    return Seen("backend", deployment(), deployment(), deployment())


def pod(obj):
    return obj["spec"]["template"]["spec"]


def container(obj):
    return pod(obj)["containers"][0]


def fields(seen, last=None):
    plan = make_plan([seen], [{"component": "backend", "object": last or seen.wanted}])
    return {f["field"]: f for entry in plan for f in entry["fields"]}


def test_what_is_as_it_should_be_needs_nothing(seen):
    assert make_plan([seen], []) == []
    assert kube_plan.show([]) == "nothing to do\n"
    assert kube_plan.summary([]) == "nothing to do"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.managedFields", [{**OURS, "time": "2026-01-02T00:00:00Z"}]),
        ("metadata.resourceVersion", "9"),
        ("metadata.generation", 7),
        ("metadata.uid", "2"),
        ("metadata.creationTimestamp", "x"),
        ("status", {"replicas": 0}),
    ],
)
def test_what_the_cluster_keeps_is_no_difference(seen, path, value):
    put(seen.live, path.split("."), value)
    assert make_plan([seen], []) == []


def test_revision_and_kubectl_s_memory_are_no_difference(seen):
    annotations = seen.live["metadata"]["annotations"]
    annotations |= {"deployment.kubernetes.io/revision": "7", "kubectl.kubernetes.io/last-applied-configuration": "{}"}
    assert make_plan([seen], []) == []


def put(tree, path, value):
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value


@pytest.mark.parametrize(
    ("change", "field", "live", "wanted"),
    [
        (lambda o: container(o)["env"][0].update(value="debug"), "containers.backend.env.LOG_LEVEL.value", "debug", "info"),
        (lambda o: container(o)["env"].reverse(), None, None, None),
        (lambda o: container(o)["env"].pop(0), "containers.backend.env.LOG_LEVEL", None, '{"name": "LOG_LEVEL", "value": "info"}'),
        (lambda o: container(o)["env"].append({"name": "X", "value": "1"}), "containers.backend.env.X", '{"name": "X", "value": "1"}', None),
        (lambda o: container(o).update(image="r/other"), "containers.backend.image", "r/other", "r/backend@sha256:1"),
        (lambda o: container(o).update(args=["other"]), "containers.backend.args", '["other"]', '["serve"]'),
        (lambda o: container(o)["ports"][0].update(protocol="UDP"), "containers.backend.ports.http.protocol", "UDP", "TCP"),
        (lambda o: pod(o)["volumes"][0].update(name="x"), "volumes.tmp", None, '{"emptyDir": {}, "name": "tmp"}'),
        (lambda o: pod(o).pop("volumes"), "volumes", None, '[{"emptyDir": {}, "name": "tmp"}]'),
        (lambda o: o["spec"].update(replicas=0), "replicas", 0, 2),
        (lambda o: o["metadata"]["labels"].update(x="y"), "labels.x", "y", None),
        (lambda o: put(o, ["spec", "template", "metadata", "labels"], {"a": "b"}), "pods.labels.a", "b", None),
    ],
)  # fmt: skip
def test_a_field_that_differs_is_shown_by_its_name(seen, change, field, live, wanted):
    change(seen.live)
    found = fields(seen)
    if field is None:
        assert found == {}
        return
    assert (found[field]["live"], found[field]["wanted"]) == (live, wanted)


def test_what_we_mean_to_change_is_changed_and_what_somebody_changed_has_drifted(seen):
    container(seen.wanted)["image"] = container(seen.dry)["image"] = "r/backend@sha256:2"
    container(seen.live)["args"] = ["other"]
    seen.live["metadata"]["managedFields"].append(
        {
            "manager": "kubectl-edit",
            "operation": "Update",
            "time": "2026-01-02T00:00:00Z",
            "fieldsV1": {
                "f:spec": {
                    "f:template": {"f:spec": {"f:containers": {'k:{"name":"backend"}': {".": {}, "f:args": {}}}}}
                }
            },
        }
    )
    found = fields(seen, last=deployment())
    assert (found["containers.backend.image"]["why"], found["containers.backend.image"]["owner"]) == ("changed", "")
    assert (found["containers.backend.args"]["why"], found["containers.backend.args"]["owner"]) == (
        "drifted",
        "kubectl-edit",
    )
    plan = make_plan([seen], [{"component": "backend", "object": deployment()}])
    assert kube_plan.show(plan) == (
        "~ Deployment/backend would be changed (drifted)\n"
        '    containers.backend.args: ["other"] -> ["serve"]  (changed by hand, with kubectl-edit)\n'
        "    containers.backend.image: r/backend@sha256:1 -> r/backend@sha256:2\n"
    )

    assert kube_plan.repairs(plan) == [
        "Deployment/backend was changed by hand (with kubectl-edit), and is put back: containers.backend.args"
    ]


def test_before_the_first_release_nothing_can_have_drifted(seen):
    container(seen.live)["args"] = ["other"]
    [entry] = make_plan([seen], [])
    assert [field["why"] for field in entry["fields"]] == ["changed"]


def test_a_secret_s_digest_shows_that_it_changes_and_not_what_it_is(seen):
    seen.dry["spec"]["template"]["metadata"]["annotations"]["todoapp.stack/secrets"] = "bbb"
    found = fields(seen)["secrets digest"]
    assert (found["live"], found["wanted"]) == ("(hidden 1)", "(hidden 2)")
    assert "bbb" not in kube_plan.show(make_plan([seen], []))
    del seen.dry["spec"]["template"]["metadata"]["annotations"]
    assert (fields(seen)["secrets digest"]["live"], fields(seen)["secrets digest"]["wanted"]) == ("(hidden 1)", None)


def secret(**data):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "credentials"}, "data": data}


def test_a_secret_s_values_are_numbered():
    live, wanted = secret(a="same-value", b="old-value"), secret(a="same-value", b="new-value", c="old-value")
    [entry] = make_plan([Seen("", wanted, live, wanted)], [])
    shown_fields = {f["field"]: (f["live"], f["wanted"]) for f in entry["fields"]}
    assert shown_fields == {"data.b": ("(hidden 1)", "(hidden 2)"), "data.c": (None, "(hidden 1)")}
    assert "value" not in str(entry)


def test_replicas_under_an_autoscaler_are_not_ours(seen):
    del seen.wanted["spec"]["replicas"]
    seen.live["spec"]["replicas"] = 4
    seen.dry["spec"]["replicas"] = 1  # as if nobody else owned it
    autoscaler = Seen("backend", hpa(), hpa(), hpa())
    assert make_plan([seen, autoscaler], []) == []
    assert len(make_plan([seen], [])) == 1  # without one they are
    seen.wanted["spec"]["replicas"] = 2  # the description wants them, whatever autoscaler there is
    assert len(make_plan([seen, autoscaler], [])) == 1


def test_what_is_not_there_is_created(seen):
    seen.live = None
    assert make_plan([seen], []) == [
        {"component": "backend", "object": "Deployment/backend", "action": "create", "fields": []}
    ]


def test_what_somebody_made_just_as_we_would_becomes_ours(seen):
    seen.live["metadata"]["managedFields"] = [{**OURS, "manager": "kubectl-client-side-apply"}]
    found = fields(seen)["field manager"]
    assert (found["live"], found["wanted"]) == ("kubectl-client-side-apply", "todoapp.stack")


def test_what_the_last_release_made_and_is_gone_was_removed_by_hand(seen):
    seen.live = None
    plan = make_plan([seen], [{"component": "backend", "object": deployment()}])
    assert plan[0]["action"] == "create"
    assert kube_plan.repairs(plan) == ["Deployment/backend was removed by hand, and is put back"]
    assert "state: removed -> there  (removed by hand)" in kube_plan.show(plan)


@pytest.mark.parametrize(
    ("kind", "manager", "delete_data", "goes"),
    [
        ("Secret", "todoapp.stack", False, False),
        ("Secret", "todoapp.stack", True, True),
        ("ConfigMap", "todoapp.stack", False, True),
        ("ConfigMap", "kubectl", True, False),
        ("PersistentVolumeClaim", "todoapp.stack", False, False),
        ("PersistentVolumeClaim", "todoapp.stack", True, True),
    ],
)
def test_only_what_is_ours_goes_and_data_only_when_told(kind, manager, delete_data, goes):
    left = {"kind": kind, "metadata": {"name": "credentials", "managedFields": [{"manager": manager}]}}
    plan = make_plan([], [], [{"component": "old", "object": left}], delete_data=delete_data)
    assert kube_plan.prune_list(plan) == ([f"{kind}/credentials"] if goes else [])


COMPONENTS = [{"name": "postgres", "is_store": True}, {"name": "backend", "is_store": False}]


def entry(component, action="update", name="X/x"):
    return {"component": component, "object": name, "action": action, "fields": []}


@pytest.mark.parametrize(
    ("plan", "stores", "rest"),
    [
        ([], [], []),
        ([entry("postgres"), entry("backend")], ["postgres"], ["backend"]),
        ([entry(""), entry("postgres"), entry("backend")], ["", "postgres"], ["backend"]),
        ([entry(""), entry("backend")], [], ["", "backend"]),
        ([entry("")], [], [""]),
        ([entry("gone", "prune"), entry("backend", "prune")], [], []),
    ],
)
def test_waves(plan, stores, rest):
    assert kube_plan.waves(plan, COMPONENTS) == {"stores": stores, "rest": rest}


def test_one_line_names_components():
    plan = [
        entry("", "create"),
        entry("postgres", "create"),
        entry("postgres", "create", "Y/y"),
        entry("backend", "update"),
        entry("backend", "create"),
        entry("old", "prune", "ConfigMap/old"),
    ]
    assert kube_plan.summary(plan) == "create what all share, postgres; change backend; remove ConfigMap/old"
    assert kube_plan.summary(plan, ["", "backend"]).startswith("create postgres; change what all share, backend; ")


# The parts


def test_a_path_finds_what_it_names():
    obj = deployment()
    path = ("spec", "template", "spec", "containers", "backend", "env", "LOG_LEVEL", "value")
    assert find(obj, path) == "info"
    assert find(obj, (*path, "more")) is ABSENT
    assert find(obj, ("spec", "nothing")) is ABSENT


def test_lists_without_names_are_compared_whole_or_by_their_places():
    assert [d.path for d in differences({"a": [1, 2]}, {"a": [2, 1]})] == [("a",)]
    rules = [{"http": {"paths": [{"path": "/", "pathType": "Prefix"}]}}]
    other = [{"http": {"paths": [{"path": "/x", "pathType": "Prefix"}]}}]
    assert [d.path for d in differences({"rules": rules}, {"rules": other})] == [
        ("rules", "0", "http", "paths", "0", "path")
    ]


@pytest.mark.parametrize(
    ("fields_v1", "path", "owns"),
    [
        ({}, ("spec",), False),
        ({"f:spec": {}}, ("spec", "replicas"), True),
        ({"f:spec": {"f:replicas": {}}}, ("spec", "replicas"), True),
        ({"f:spec": {"f:replicas": {}}}, ("spec", "paused"), False),
        ({"f:ports": {'k:{"containerPort":8000,"protocol":"TCP"}': {".": {}, "f:name": {}}}}, ("ports", "8000", "name"), True),
        ({"f:ports": {'k:{"containerPort":8000,"protocol":"TCP"}': {".": {}}}}, ("ports", "80", "name"), False),
        ({"f:finalizers": {'v:"x"': {}}}, ("finalizers", "x"), False),
    ],
)  # fmt: skip
def test_who_owns_a_field(fields_v1, path, owns):
    live = {"metadata": {"managedFields": [{"manager": "m", "fieldsV1": fields_v1}]}}
    assert owners(live, path) == (["m"] if owns else [])


def test_the_last_to_write_a_field_is_named_first():
    entries = [
        {"manager": "early", "time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:spec": {}}},
        {"manager": "late", "time": "2026-01-02T00:00:00Z", "fieldsV1": {"f:spec": {}}},
    ]
    assert owners({"metadata": {"managedFields": entries}}, ("spec",)) == ["late", "early"]


def test_paths_as_they_are_read():
    assert shown(("spec", "template", "spec", "containers", "web", "image")) == "containers.web.image"
    assert shown(("spec", "template", "metadata", "labels", "a.b/c")) == "pods.labels.a.b/c"
    assert shown(("spec", "replicas")) == "replicas"
    assert shown(("metadata", "labels", "a")) == "labels.a"
    assert shown(("data", "key")) == "data.key"
    assert shown(("spec",)) == "spec"
