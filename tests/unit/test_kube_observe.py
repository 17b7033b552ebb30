"""The look at a cluster as a task: where it runs, what it returns, and that no secret leaves it."""

import json
import os
import sys

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.todoapp.stack.plugins.action.kube_observe import ActionModule
from kube_api import failure, kubeconfig, serving
from test_render_action import SECRET

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "1"}}
POD = {
    "metadata": {"annotations": {"todoapp.stack/secrets": {"$digest_of": {"key": "key"}}}},
    "spec": {"containers": []},
}
WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": POD}}
CREDENTIALS = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "credentials"},
    "data": {"key": {"$secret": "key"}},
}


@pytest.fixture
def api():
    with serving() as served:
        everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
        rules = {"status": {"resourceRules": [everything]}}
        served.answers |= {
            "GET /version": (200, {"gitVersion": "v1.36.3"}),
            "GET /apis": (200, {"groups": [{"name": "apps", "versions": [{"groupVersion": "apps/v1"}]}]}),
            "POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews": (201, rules),
            "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": (201, {"status": {"allowed": True}}),
        }
        yield served


def observe(interpreter=sys.executable, monkeypatch=None, **arguments):
    variables = {"ansible_python_interpreter": interpreter}
    task, context, loader = Task(), PlayContext(), DataLoader()
    task.action, task.args = "todoapp.stack.kube_observe", {"namespace": "ours", "context": "here", **arguments}
    connection = connection_loader.get("local", context, os.devnull)
    action = ActionModule(task, connection, context, loader, Templar(loader, variables=variables), None)
    if monkeypatch:
        monkeypatch.setattr(action, "_execute_module", lambda **more: {"executed": True})
    return action.run(task_vars=variables)


def entries(*objects):
    return [{"component": "" if obj is CREDENTIALS else "web", "object": obj} for obj in objects]


def test_before_the_first_deploy_everything_would_be_created(api, tmp_path):
    result = observe(
        kubeconfig=kubeconfig(tmp_path, api.url, "here"),
        objects=entries(CREDENTIALS, CONFIG, WEB),
        secrets={"key": SECRET, "other": ""},
    )
    assert not result.get("failed"), result["msg"]
    assert [(entry["object"], entry["action"]) for entry in result["plan"]] == [
        ("Secret/credentials", "create"),
        ("ConfigMap/web", "create"),
        ("Deployment/web", "create"),
    ]
    assert result["namespace"] == {"exists": False, "ours": False, "going": False}
    assert (result["version"], result["current"], result["denied"], result["refused"]) == ("v1.36.3", None, [], [])
    assert result["secret_digests"]["key"]
    assert result["secret_digests"]["other"] is None
    assert result["objects"][2]["object"] == WEB  # as rendered: begin resolves them with the secrets of then
    assert SECRET not in json.dumps(result)


def test_what_differs_is_in_the_plan(api, tmp_path):
    managed = {**CONFIG, "metadata": {"name": "web", "managedFields": [{"manager": "todoapp.stack"}]}}
    api.answers |= {
        "GET /api/v1/namespaces/ours": (
            200,
            {"metadata": {"name": "ours", "annotations": {"todoapp.stack/made": "x"}}},
        ),
        "GET /api/v1/namespaces/ours/configmaps/web": (200, {**managed, "data": {"a": "0"}}),
        "PATCH /api/v1/namespaces/ours/configmaps/web": (200, managed),
    }
    result = observe(kubeconfig=kubeconfig(tmp_path, api.url, "here"), objects=entries(CONFIG))
    assert not result.get("failed"), result["msg"]
    [entry] = result["plan"]
    assert [(field["field"], field["live"], field["wanted"]) for field in entry["fields"]] == [("data.a", "0", "1")]
    assert result["namespace"] == {"exists": True, "ours": True, "going": False}


def test_an_error_is_a_sentence_with_a_diagnosis(api, tmp_path):
    api.answers["GET /version"] = (401, failure(401, "Unauthorized", "Unauthorized"))
    result = observe(kubeconfig=kubeconfig(tmp_path, api.url, "here"), objects=[])
    assert result["failed"]
    assert "does not accept the credentials of the context here" in result["msg"]
    assert result["diagnosis"]["next_step"]


def test_an_argument_that_is_none_is_told():
    assert "objects" in observe()["msg"]


def test_on_another_python_it_is_a_module(monkeypatch):
    assert observe(interpreter="/usr/bin/another", monkeypatch=monkeypatch, objects=[])["executed"]
