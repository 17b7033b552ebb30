"""Diagnoses of components on a cluster, from what a real one said (fixtures/record_kubernetes.py)."""

import copy
import json
from pathlib import Path

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import explain
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diagnosis import (
    Finding,
    Seen,
    event_lines,
    examine,
    explained,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import NEVER, Reason

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "kube_failures.json").read_text())


def look(name):
    return copy.deepcopy(RECORDED[name])


def seen(recorded):
    parts = {key: recorded[key] for key in ("workload", "pods", "claims", "events", "nodes")}
    return Seen("web", **parts)


def first(name):
    found = examine(seen(look(name)))
    assert found, name
    return found[0]


# name -> cause, next step, seconds that it may last, whether it counts while its needs are not ready
PLAIN = {
    "missing image": ("none:1 does not exist in its registry", "playbooks/build.yml pushes it", 0, True),
    "invalid image name": ("todo-test/NONE:1 is no valid image name", "correct web_image", 0, True),
    "crash without a probe": ("it exits at start with code 3, 2 times", "--container web", 0, False),
    "crash with a probe": ("it exits at start with code 3, 2 times", "--container web", 0, False),
    "crash after a while": ("it exits at start with code 3, 2 times", "--container web", 0, False),
    "no such command": (
        "its command /no/such/command cannot be run: stat /no/such/command: no such file or directory",
        "the description's command",
        0,
        True,
    ),
    "out of memory": (
        "it needed more memory than its limit (64Mi) and was killed",
        "raise web_resources.limits.memory",
        0,
        True,
    ),
    "failing init": ("its init step migrate exits at start with code 4, 2 times", "--container migrate", 0, False),
    "never ready": ("its readiness probe fails: no answer on port 8000", "logs web-", NEVER, False),
    "killed by its startup probe": (
        "it was killed, as its startup probe fails: no answer on port 8000, 3 times",
        "logs web-",
        0,
        False,
    ),
    "not enough memory": ("no node has enough memory left: it asks for 900Gi", "web_resources.requests", 10, True),
    "no such node": ("no node has the labels that it selects: disk=fast", "label a node", 10, True),
    "not admitted": ("violate the Pod Security Standard restricted:latest", "correct the pod", 0, True),
    "over quota": ("the namespace's quota small is used up: a pod needs requests.memory=16Mi", "raise", 8, True),
    "over quota, stateful": ("the namespace's quota small is used up: a pod needs pods=1", "raise the quota", 8, True),
    "missing secret key": ("the Secret credentials has no key two", "todo_existing_secret", 3, True),
    "missing secret key in a volume": (
        "the Secret that its volume secrets shows has no key two",
        "todo_existing_secret",
        3,
        True,
    ),
    "missing secret": ("the secret credentials that it refers to does not exist", "todo_existing_secret", 3, True),
    "no such storage class": ("names the StorageClass none-such, which does not exist", "storageclasses", 3, True),
    "missing claim": ("its volume claim elsewhere does not exist", "deploy again", 10, True),
}


@pytest.mark.parametrize("name", PLAIN)
def test_when_it_is_plain(name):
    cause, step, patience, alone = PLAIN[name]
    found = first(name)
    assert cause in found.reason.cause
    assert step in found.reason.next_step
    assert (found.reason.patience, found.alone) == (patience, alone)


def test_each_recorded_failure_is_tried():
    assert set(PLAIN) | {"unreachable registry"} == {name for name in RECORDED if not name.startswith("nothing")}


@pytest.mark.parametrize("name", [name for name in RECORDED if name.startswith("nothing")])
def test_what_is_ready_has_no_findings(name):
    assert examine(seen(look(name))) == []


def test_a_registry_that_does_not_answer_is_asked_again_before_that_counts():
    once = look("unreachable registry")
    [found] = examine(seen(once))
    assert found.reason.patience == 20
    assert "the node cannot reach the registry of registry.invalid:5000/todo-test/none:1: " in found.reason.cause
    once["events"] = [e | {"count": 2} if "Failed to pull image" in e["message"] else e for e in once["events"]]
    assert examine(seen(once))[0].reason.patience == 0


def test_the_first_exit_may_be_a_mishap():
    recorded = look("crash with a probe")
    status = recorded["pods"][0]["status"]["containerStatuses"][0]
    status |= {"restartCount": 0, "state": {"terminated": status["lastState"]["terminated"]}, "lastState": {}}
    [found] = examine(seen(recorded))
    assert (found.reason.cause, found.reason.patience) == ("it exits at start with code 3", 20)
    assert found.reason.next_step.endswith("--container web")
    status |= {"lastState": status["state"], "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    assert examine(seen(recorded))[0].reason.patience == 0  # Kubernetes itself takes it for more


def test_how_an_older_run_ended_is_forgotten_once_it_was_ready_since():
    """A database was replaced: its client is unready, and had restarts weeks ago."""
    recorded = look("never ready")
    pod = recorded["pods"][0]
    status = pod["status"]["containerStatuses"][0]
    status["restartCount"] = 7
    status["lastState"] = {"terminated": {"exitCode": 1, "reason": "Error"}}
    [found] = examine(seen(recorded))
    assert found.reason.cause == "it exits at start with code 1, 7 times"
    for condition in pod["status"]["conditions"]:
        condition["lastTransitionTime"] = "2099-01-01T00:00:00Z"
    [found] = examine(seen(recorded))
    assert found.reason.patience == NEVER
    assert "its readiness probe fails" in found.reason.cause


@pytest.mark.parametrize("reason", ["TriggeredScaleUp", "Nominated"])
def test_an_autoscaler_that_is_at_work_is_waited_for(reason):
    recorded = look("not enough memory")
    pod = recorded["pods"][0]["metadata"]
    about = {"kind": "Pod", "name": pod["name"], "uid": pod["uid"]}
    recorded["events"].append({"reason": reason, "message": "pod triggered scale-up", "involvedObject": about})
    [found] = examine(seen(recorded))
    assert found.reason.patience == NEVER
    assert found.reason.cause.endswith("; an autoscaler is adding a node")


def test_a_claim_that_waits_for_its_pod_is_no_failure():
    recorded = look("no such storage class")
    recorded["claims"][0]["status"] = {"phase": "Pending"}
    for event in recorded["events"]:
        if event["involvedObject"]["kind"] == "PersistentVolumeClaim":
            event |= {"reason": "WaitForFirstConsumer", "message": "waiting for first consumer to be created"}
    recorded["pods"] = []
    assert examine(seen(recorded)) == []


def _pod_with(recorded, **status):
    recorded["pods"][0]["status"] |= status
    return examine(seen(recorded))


def test_a_pod_that_was_evicted():
    [found] = _pod_with(
        look("nothing"), phase="Failed", reason="Evicted", message="The node was low on resource: memory."
    )
    assert found.reason.cause == "its pod was ended (Evicted): The node was low on resource: memory."
    assert found.reason.patience == 15


def test_a_node_that_is_gone():
    unknown = [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}]
    [found] = _pod_with(look("nothing"), conditions=unknown)
    assert found.reason.cause == "its node node-1 does not answer any more"


def test_a_pod_that_is_going_is_passed_by():
    recorded = look("crash with a probe")
    recorded["pods"][0]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert examine(seen(recorded)) == []


@pytest.mark.parametrize(
    ("reason", "message", "cause", "patience"),
    [
        ("FailedMount", "Unable to attach or mount volumes: timed out", "it cannot be started (FailedMount)", 20),
        ("FailedCreatePodSandBox", "no addresses left", "its node cannot make a pod: no addresses left", 20),
    ],
)
def test_a_pod_that_cannot_be_made(reason, message, cause, patience):
    recorded = look("missing secret")
    for event in recorded["events"]:
        if event["reason"] == "FailedMount":
            event |= {"reason": reason, "message": message}
    [found] = examine(seen(recorded))
    assert found.reason.cause.startswith(cause)
    assert found.reason.patience == patience


def test_pods_that_were_made_after_all():
    recorded = look("over quota, stateful")
    made = {**recorded["events"][-1], "reason": "SuccessfulCreate", "message": "created"}
    recorded["events"].append(made)
    assert examine(seen(recorded)) == []


def test_a_workload_that_will_not_go_on():
    recorded = look("nothing")
    recorded["workload"]["status"]["conditions"] = [
        {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out"}
    ]
    [found] = examine(seen(recorded))
    assert found.reason.cause == "it made no progress: timed out"
    assert found.reason.next_step == "{kubectl} describe deployment/web"


# The text


TOOL = "kubectl --context staging --namespace test"


def test_the_text_holds_cause_pod_container_log_events_and_next_step():
    recorded = look("crash without a probe")
    pod = recorded["pods"][0]["metadata"]["name"]
    log = recorded["logs"]["this web"]
    text = str(explained(first("crash without a probe"), seen(recorded), log, TOOL))
    assert text.startswith(f"web (pod {pod}, container web): it exits at start with code 3, 2 times\n")
    assert "last log lines:\n  | starting\n  | FATAL: no such thing\n" in text
    assert "events:\n  | BackOff" in text
    assert text.endswith(f"next step: {TOOL} logs {pod} --container web")


@pytest.mark.parametrize(
    ("line", "cause", "step"),
    [
        ("Read-only file system", "code 3, 2 times: it writes to a path that is read-only", "`writable`"),
        ("No space left on device", "code 3, 2 times: the disk is full", "enlarge its volume"),
        ('password authentication failed for user "todo"', "the database refuses its password", "your own Secret"),
        ("exec format error", "the image is for another processor", "the nodes' processor type"),
    ],
)
def test_signs_in_the_log_say_more_and_speak_of_the_cluster(line, cause, step):
    found = explained(first("crash without a probe"), seen(look("crash without a probe")), f"one\n{line}\n", TOOL)
    assert cause in found.cause
    assert step in found.next_step
    assert "docker" not in found.next_step


def test_a_log_is_no_cause_where_it_was_not_the_container():
    found = explained(first("not enough memory"), seen(look("not enough memory")), "disk full", TOOL)
    assert "disk" not in found.cause


def test_events_of_others_are_left_out():
    recorded = look("not enough memory")
    found = Finding("x", Reason("cause", "step"), ("nobody",))
    assert explained(found, seen(recorded), "", TOOL).events == []
    assert "FailedScheduling" in explained(first("not enough memory"), seen(recorded), "", TOOL).events[0]


def test_events_are_told_once_with_their_number_and_ordinary_ones_only_when_there_are_no_others():
    events = [
        {"reason": "Scheduled", "message": "to node-1"},
        {"reason": "Unhealthy", "message": "Readiness probe failed: no answer"},
        {"reason": "BackOff", "message": "slower"},
        {"reason": "Unhealthy", "message": "Liveness probe failed: no answer"},
        {"reason": "Unhealthy", "message": "Readiness probe failed:\n  no  answer again", "count": 3},
    ]
    assert event_lines(events) == [
        "BackOff: slower",
        "Unhealthy: Liveness probe failed: no answer",
        "Unhealthy (3 times): Readiness probe failed: no answer again",
    ]
    assert event_lines(events[:1]) == ["Scheduled: to node-1"]
    assert event_lines([{"reason": f"R{n}", "message": "m"} for n in range(9)]) == [f"R{n}: m" for n in range(4, 9)]
    assert event_lines([{"reason": "R", "message": "m", "series": {"count": 4}}]) == ["R (4 times): m"]


def test_compose_diagnoses_look_as_before():
    text = explain({"component": "web", "container": "web-1", "cause": "x", "next_step": "y"})
    assert text == "web (container web-1): x\nnext step: y"
