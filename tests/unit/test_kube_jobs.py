"""The Job that a one-off command runs in, made from the objects that are really rendered."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_jobs import command_of, job_of
from parity import manifests

OPTIONS = {"todo_secrets": {"postgres_password": "a" * 20, "jwt_key": "b" * 40, "chatbot_key": "c" * 40}}
BY_NAME = manifests(OPTIONS)
BACKEND = [obj for name, obj in BY_NAME.items() if name.endswith("/backend")]
WORKLOAD = BY_NAME["Deployment/backend"]["spec"]["template"]
COMPONENT = {"name": "backend", "commands": {"schema-status": ["backend", "schema-status"]}}


@pytest.fixture
def job():
    return job_of(BACKEND, "backend", "migrate", ["backend", "migrate"], 120)


def test_it_is_what_the_component_is(job):
    pod = job["spec"]["template"]["spec"]
    [container], [own] = pod["containers"], WORKLOAD["spec"]["containers"]
    for key in ("image", "env", "volumeMounts", "securityContext", "resources"):
        assert container[key] == own[key], key
    for key in ("securityContext", "volumes", "automountServiceAccountToken"):
        assert pod[key] == WORKLOAD["spec"][key], key
    assert (container["name"], container["args"]) == ("migrate", ["backend", "migrate"])


def test_nothing_of_it_serves_or_waits(job):
    pod = job["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    assert not {"initContainers", "topologySpreadConstraints"} & pod.keys()
    assert not {"ports", "startupProbe", "livenessProbe", "readinessProbe", "lifecycle"} & pod["containers"][0].keys()


def test_it_ends_and_is_tried_once(job):
    assert job["metadata"]["name"] == "backend-migrate"
    assert job["spec"]["backoffLimit"] == 0
    assert job["spec"]["activeDeadlineSeconds"] > 120
    assert job["spec"]["ttlSecondsAfterFinished"] > 0


def test_nothing_that_selects_serving_pods_selects_it_and_its_network_rules_do(job):
    labels = job["spec"]["template"]["metadata"]["labels"]

    def selects(obj):
        selector = obj["spec"].get("podSelector") or obj["spec"]["selector"]
        return (selector.get("matchLabels") or selector).items() <= labels.items()

    kinds = {obj["kind"] for obj in BACKEND if obj["kind"] != "ConfigMap" and selects(obj)}
    assert {"Service", "Deployment", "NetworkPolicy"} <= {obj["kind"] for obj in BACKEND}
    assert kinds == {"NetworkPolicy"}


def test_the_workload_stays_as_it_is(job):
    job["spec"]["template"]["spec"]["containers"][0]["env"] = []
    assert WORKLOAD["metadata"]["labels"]["todoapp.stack/part"] == "service"
    assert WORKLOAD["spec"]["containers"][0]["env"]


def test_a_component_without_pods_runs_nothing():
    with pytest.raises(DeployError, match="no pods of backend"):
        job_of([BY_NAME["Service/backend"]], "backend", "migrate", [], 1)


def test_commands_by_name():
    assert command_of(COMPONENT, BACKEND, "migrate") == ["backend", "migrate"]
    assert command_of(COMPONENT, BACKEND, "schema-status") == ["backend", "schema-status"]
    with pytest.raises(DeployError, match=r"^backend has no command migrat; did you mean migrate\?$"):
        command_of(COMPONENT, BACKEND, "migrat")
