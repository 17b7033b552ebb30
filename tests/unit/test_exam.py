"""The exam as a step of deploy: its result is told and noted, and whatever becomes of it fails nothing."""

import json
import os
import sys

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import docker, exam
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import State, holder, this_host
from ansible_collections.todoapp.stack.plugins.modules import exam as module
from ansible_collections.todoapp.stack.plugins.modules.exam import act
from kube_fake import FakeCluster
from parity import manifests

RESULT = {"model": "small:1b", "passed": False, "right": 2, "asked": 13, "cases": 100, "needed": 90, "detail": "…"}
PASSED = {**RESULT, "passed": True, "right": 93, "asked": 100}
FAILED_SAID = "model small:1b: exam 2 of 13, needs 90 of 100: chat only"
PASSED_SAID = "model small:1b: exam 93 of 100, needs 90 of 100: may suggest changes"
WHO = {"holder_pid": os.getpid(), "holder_host": this_host()}


def test_the_last_result_counts():
    output = "\n".join(["{}", json.dumps(RESULT), "loading 3/4", json.dumps(PASSED), "", "[]", "7"])
    assert exam.result_in(output) == PASSED


@pytest.mark.parametrize(
    "output", ["", "hello", "{}", "[1]", '{"passed": true}', json.dumps({**RESULT, "right": "2"}), json.dumps({**RESULT, "passed": 1})]
)  # fmt: skip
def test_what_is_no_result(output):
    with pytest.raises(DeployError, match="printed no result"):
        exam.result_in(output)


def test_a_journal_is_told_by_the_last_of_each_component():
    lines = [
        {"step": "apply", "outcome": "done"},
        {"step": "exam", "outcome": "started", "component": "chatbot"},
        {"step": "exam", "outcome": "failed", "component": "chatbot", "result": RESULT},
        {"step": "exam", "outcome": "not held", "component": "other", "cause": "no Ollama"},
        {"step": "exam", "outcome": "passed", "component": "chatbot", "result": PASSED},
    ]
    assert exam.told(lines) == [PASSED_SAID, "exam not held: no Ollama"]
    assert exam.told(lines[:3]) == [FAILED_SAID]
    assert exam.told([]) == []


def test_a_watched_command():
    looks = []
    script = "import time; time.sleep(0.5); print('out')"
    assert exam.watched([sys.executable, "-c", script], 30, lambda: looks.append(1)) == "out\n"
    assert looks
    with pytest.raises(DeployError, match=r"^no such model$"):
        exam.watched([sys.executable, "-c", "import sys; sys.exit('first\\nno such model')"], 30, lambda: None)
    with pytest.raises(DeployError, match=r"still running after 0\.1 s"):
        exam.watched([sys.executable, "-c", "import time; time.sleep(60)"], 0.1, lambda: None)


@pytest.fixture
def compose(tmp_path, monkeypatch):
    """A host with a release and without Docker: what the command prints is what the test says."""
    state = State(str(tmp_path))
    number = state.begin({"components": []}, "")
    state.lock(holder(this_host(), os.getpid()), "deploy")
    ran = []
    monkeypatch.setattr(docker, "compose", lambda: ["compose"])
    monkeypatch.setattr(docker, "client", lambda: "docker")
    monkeypatch.setattr(docker, "run", lambda command, **_: ran.append(command) or "")

    def hold(output):
        def watched(command, *_):
            ran.append(command)
            if isinstance(output, Exception):
                raise output
            return output

        monkeypatch.setattr(exam, "watched", watched)
        params = {"project": "p", "state_dir": str(tmp_path), "release": number, "component": "chatbot"}
        params |= {"command": ["chatbot", "exam"], "seconds": 5, "kubeconfig": "", "context": "", "namespace": ""}
        return act({**params, **WHO}), exam.told(state.journal(number)), ran

    return hold


@pytest.mark.parametrize(
    ("output", "result", "said"),
    [
        (json.dumps(RESULT), RESULT, FAILED_SAID),
        (json.dumps(PASSED), PASSED, PASSED_SAID),
        ("hm", {}, "exam not held: it printed no result"),
        (DeployError("no Ollama"), {}, "exam not held: no Ollama"),
        (OSError("no fork"), {}, "exam not held: no fork"),
    ],
)
def test_on_compose(compose, output, result, said):
    done, journal, ran = compose(output)
    assert (done["result"], journal) == (result, [said])
    assert said in done["said"]
    assert "failed" not in done
    assert ran[0][-9:] == ["run", "--rm", "--no-deps", "--no-TTY", "--name", "p-chatbot-exam", "chatbot", "chatbot", "exam"]  # fmt: skip
    assert "name=^p-chatbot-exam$" in ran[1]  # nothing of it is left


def test_a_container_left_of_an_exam_is_no_service(monkeypatch):
    def inspected(name, one_off):
        labels = {"com.docker.compose.service": "chatbot", "com.docker.compose.oneoff": one_off}
        return {"Name": name, "Config": {"Labels": labels}}

    found = [inspected("/p-chatbot-1", "False"), inspected("/p-chatbot-exam", "True")]
    monkeypatch.setattr(docker, "client", lambda: "docker")
    monkeypatch.setattr(docker, "run", lambda command, **_: "a b" if "ps" in command else json.dumps(found))
    assert list(docker.containers("p")) == ["chatbot", "/p-chatbot-exam"]


def test_on_a_cluster(monkeypatch):
    secrets = {"postgres_password": "a" * 20, "jwt_key": "b" * 40, "chatbot_key": "c" * 40}
    made = manifests({"todo_secrets": secrets})
    objects = [{"component": name.rpartition("/")[2], "object": obj} for name, obj in made.items()]
    cluster = FakeCluster()
    state = ClusterState(cluster)
    state.lock(holder(this_host(), os.getpid()), "deploy")
    number = state.begin({"objects": objects, "components": [{"name": "chatbot", "needs": [], "start_seconds": 60}]})

    def run(fake, job, *_):
        [container] = job["spec"]["template"]["spec"]["containers"]
        assert (container["name"], container["args"]) == ("exam", ["chatbot", "exam"])
        uid = fake.create(job)["metadata"]["uid"]
        labels = {"batch.kubernetes.io/controller-uid": uid}
        fake.create({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "chatbot-exam-x", "labels": labels}})

    monkeypatch.setattr(module, "Cluster", lambda *_: cluster)
    monkeypatch.setattr(module.kube_jobs, "run", run)
    cluster.logs = lambda pod, container: (
        f"{json.dumps(PASSED)}\n" if (pod, container) == ("chatbot-exam-x", "exam") else ""
    )
    params = {"project": "", "state_dir": "", "kubeconfig": "", "context": "c", "namespace": "fake", "release": number}
    done = act({**params, **WHO, "component": "chatbot", "command": ["chatbot", "exam"], "seconds": 5})
    assert (done["result"], exam.told(state.journal(number))) == (PASSED, [PASSED_SAID])
