"""The gate's waiting: what recorded looks at a cluster (fixtures/kube_failures.json) make of it, played on a clock of ours.

A real cluster is waited for in tests/cluster/test_gate.py; here time passes as the tests want it.
"""

import copy
import json
from pathlib import Path

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_gate
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Forbidden
from ansible_collections.todoapp.stack.plugins.module_utils.kube_gate import Gate, Member, members

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "kube_failures.json").read_text())
TOOL = "kubectl --context staging --namespace test"


def frame(name, component="web"):
    """A recorded look, of a component of any name."""
    return json.loads(json.dumps(RECORDED[name]).replace("web", component))


def held(name, component="web"):
    """The look a moment later, when Kubernetes waits before it starts the container again."""
    look = frame(name, component)
    for status in look["pods"][0]["status"]["containerStatuses"]:
        if "terminated" in status["state"]:
            status["lastState"] = status["state"]
            status["state"] = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    return look


def starting(component="web"):
    """The look before anything is known."""
    look = frame("nothing", component)
    look["workload"]["status"] = {}
    return look


class Clock:
    """Time that passes by sleeping."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        assert self.now < 3000, "it waits for ever"


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(kube_gate, "time", clock)
    return clock


class Played:
    """A cluster that shows each component's looks: (from which second, look) in order."""

    def __init__(self, clock, **looks):
        self.clock, self.looks, self.start = clock, looks, clock.now
        self.deleted, self.asked = [], []

    def frames(self):
        passed = self.clock.now - self.start
        for looks in self.looks.values():
            yield [look for since, look in looks if since <= passed + 1e-6][-1]

    def get(self, kind, name):
        self.asked.append((kind, name))
        for look in self.frames():
            for obj in (look["workload"], *look["claims"]):
                if obj and (obj["kind"], obj["metadata"]["name"]) == (kind, name):
                    return copy.deepcopy(obj)
        return None

    def list(self, kind, label_selector=""):
        key = {"Pod": "pods", "ReplicaSet": "sets", "Node": "nodes"}[kind]
        return [copy.deepcopy(obj) for look in self.frames() for obj in look[key]]

    def events(self, kind, name):
        return [e for look in self.frames() for e in look["events"] if e["involvedObject"]["name"] == name]

    def logs(self, pod, container, *, previous=False, lines=200):
        found = (look["logs"] for look in self.frames() if any(pod == p["metadata"]["name"] for p in look["pods"]))
        return next(found, {}).get(f"{'previous' if previous else 'this'} {container}", "")

    def delete(self, kind, name, *, uid=None):
        self.deleted.append((kind, name))
        for looks in self.looks.values():
            for _, look in looks:
                look["pods"] = [pod for pod in look["pods"] if pod["metadata"]["name"] != name]
        return True


def member(name="web", kind="Deployment", seconds=60, needs=(), extra=()):
    objects = [{"kind": kind, "metadata": {"name": name}}, *extra]
    return Member(name, objects, seconds, needs)


def wait(cluster, *wave, renewed=None):
    renewals = [] if renewed is None else renewed
    return Gate(cluster, wave or (member(),), TOOL, lambda: renewals.append(1)).wait()


def fails(cluster, *wave):
    with pytest.raises(DeployError) as error:
        wait(cluster, *wave)
    return error.value


def test_ready(clock):
    renewed = []
    assert wait(Played(clock, web=[(0, frame("nothing"))]), renewed=renewed) == ["web is ready"]
    assert (clock.now, len(renewed)) == (1000, 1)


def test_it_waits_until_it_is_ready_and_renews_the_lock_meanwhile(clock):
    renewed = []
    cluster = Played(clock, web=[(0, starting()), (3, frame("nothing"))])
    wait(cluster, renewed=renewed)
    assert 3 <= clock.now - 1000 < 3.5
    assert len(renewed) > 6


@pytest.mark.parametrize(
    "name",
    [
        "missing image",
        "invalid image name",
        "crash without a probe",
        "crash with a probe",
        "crash after a while",
        "no such command",
        "out of memory",
        "failing init",
        "not admitted",
    ],
)
def test_what_cannot_heal_fails_at_once(clock, name):
    error = fails(Played(clock, web=[(0, starting()), (1, no_back_off(frame(name)))]))
    assert 1 <= clock.now - 1000 < 2
    assert error.diagnosis["component"] == "web"
    assert error.diagnosis["next_step"]
    assert str(error) == f"web is not ready: {error.diagnosis['cause']}"


def no_back_off(look):
    """The look at the moment of the second exit, before Kubernetes holds the pod back: that one would begin anew."""
    for pod in look["pods"]:
        for status in [*pod["status"].get("initContainerStatuses", []), *pod["status"].get("containerStatuses", [])]:
            waiting = status["state"].get("waiting", {})
            if waiting.get("reason") == "ImagePullBackOff":
                waiting["reason"] = "ErrImagePull"
    return look


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("not enough memory", 10, 11),
        ("no such node", 10, 11),
        ("over quota", 8, 9),
        ("over quota, stateful", 8, 9),
        ("missing secret key", 3, 4),
        ("missing secret", 3, 4),
        ("no such storage class", 3, 4),
        ("missing claim", 10, 11),
    ],
)
def test_what_may_heal_has_its_time(clock, name, least, most):
    look = frame(name)
    kind = look["workload"]["kind"]
    claims = [{"kind": "PersistentVolumeClaim", "metadata": {"name": c["metadata"]["name"]}} for c in look["claims"]]
    fails(Played(clock, web=[(0, look)]), member(kind=kind, extra=claims))
    assert least <= clock.now - 1000 < most


def test_what_heals_in_time_is_no_failure(clock):
    cluster = Played(clock, web=[(0, frame("not enough memory")), (9, frame("nothing"))])
    assert wait(cluster) == ["web is ready"]


def test_a_sign_that_comes_back_has_its_time_again(clock):
    looks = [(0, frame("not enough memory")), (9, starting()), (10, frame("not enough memory"))]
    fails(Played(clock, web=looks))
    assert 20 <= clock.now - 1000 < 21


def rolling(component):
    """The look in the middle of a rollout: a new pod has its place, an old one will go."""
    look = starting(component)
    look["workload"]["status"] = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 1}
    return look


@pytest.mark.parametrize("name", ["not enough memory", "over quota"])
def test_what_wants_room_waits_for_the_rollouts_that_will_make_some(clock, name):
    backend = [(0, rolling("backend")), (30, frame("nothing", "backend"))]
    page = [(0, frame(name, "page")), (35, frame("nothing", "page"))]
    assert wait(Played(clock, backend=backend, page=page), member("backend"), member("page"))


def test_a_rollout_that_finds_no_room_itself_makes_none(clock):
    look = frame("not enough memory")
    look["workload"]["status"] |= {"replicas": 2, "updatedReplicas": 1}
    fails(Played(clock, web=[(0, look)]))
    assert clock.now - 1000 < 11


def test_room_is_of_no_use_where_no_node_fits(clock):
    page = frame("no such node", "page")
    fails(Played(clock, backend=[(0, rolling("backend"))], page=[(0, page)]), member("backend"), member("page"))
    assert clock.now - 1000 < 11


def test_what_only_time_can_tell_fails_when_the_time_is_over(clock):
    error = fails(Played(clock, web=[(0, frame("never ready"))]), member(seconds=30))
    assert 30 <= clock.now - 1000 < 31
    assert "its readiness probe fails" in error.diagnosis["cause"]
    assert error.diagnosis["cause"].endswith("; it was given 30 s")


def test_one_that_cannot_start_fails_the_wave_while_another_takes_its_time(clock):
    page = no_back_off(frame("missing image", component="frontend"))
    cluster = Played(clock, backend=[(0, starting("backend"))], frontend=[(0, page)])
    error = fails(cluster, member("backend"), member("frontend", needs=["backend"]))
    assert error.diagnosis["component"] == "frontend"
    assert clock.now - 1000 < 1


def test_exits_and_time_count_from_when_the_needs_are_ready(clock):
    crashing = held("crash with a probe", "chatbot")
    names = [pod["metadata"]["name"] for pod in crashing["pods"]]
    backend = [(0, starting("backend")), (40, frame("nothing", component="backend"))]
    cluster = Played(clock, backend=backend, chatbot=[(0, crashing), (42, frame("nothing", component="chatbot"))])
    wave = member("backend", seconds=50), member("chatbot", seconds=20, needs=["backend", "postgres"])
    assert wait(cluster, *wave) == ["backend is ready", "chatbot is ready"]
    # What it failed on is there now, and Kubernetes would have waited on.
    assert cluster.deleted == [("Pod", name) for name in names]


def test_a_pod_that_is_held_back_from_before_begins_anew(clock):
    old = held("crash with a probe")
    assert old["pods"][0]["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    name = old["pods"][0]["metadata"]["name"]
    cluster = Played(clock, web=[(0, old), (2, frame("nothing"))])
    wait(cluster)
    assert cluster.deleted == [("Pod", name)]


def test_without_a_probe_it_must_have_run_for_a_while(clock):
    wait(Played(clock, web=[(0, frame("nothing, without a probe"))]))
    assert 5 <= clock.now - 1000 < 6


def test_the_cluster_itself_may_see_to_that(clock):
    look = frame("nothing, without a probe")
    look["workload"]["spec"]["minReadySeconds"] = 5
    wait(Played(clock, web=[(0, look)]))
    assert clock.now == 1000


def test_a_restart_without_a_probe_begins_the_while_anew(clock):
    first, again = frame("nothing, without a probe"), frame("nothing, without a probe")
    again["pods"][0]["status"]["containerStatuses"][0]["restartCount"] = 1
    wait(Played(clock, web=[(0, first), (4, again)]))
    assert 9 <= clock.now - 1000 < 10


def test_a_verdict_that_is_older_than_a_restart_does_not_count(clock):
    restarting = frame("nothing")
    restarting["pods"][0]["status"]["containerStatuses"][0]["ready"] = False
    wait(Played(clock, web=[(0, restarting), (2, frame("nothing"))]))
    assert clock.now - 1000 > 1.9


def test_pods_of_an_older_revision_may_be_broken(clock):
    look, broken = frame("nothing"), no_back_off(frame("crash with a probe"))
    look["pods"] += broken["pods"]
    look["sets"] += broken["sets"]
    assert wait(Played(clock, web=[(0, starting()), (1, look)])) == ["web is ready"]


def test_nothing_is_said_of_pods_before_the_controller_has_looked(clock):
    look = no_back_off(frame("crash with a probe"))
    look["workload"]["metadata"]["generation"] += 1
    looks = [(0, starting()), (1, look), (5, frame("nothing"))]
    assert wait(Played(clock, web=looks)) == ["web is ready"]


def test_one_that_becomes_unready_while_others_are_waited_for_has_its_time_again(clock):
    ready, away = frame("nothing", component="backend"), frame("nothing", component="backend")
    away["workload"]["status"]["availableReplicas"] = 0
    cluster = Played(
        clock,
        backend=[(0, ready), (40, away), (45, ready)],
        page=[(0, starting("page")), (50, frame("nothing", component="page"))],
    )
    assert wait(cluster, member("backend", seconds=30), member("page")) == ["backend is ready", "page is ready"]
    assert 50 <= clock.now - 1000 < 51


def test_what_somebody_removed_is_missed(clock):
    extra = [{"kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}]
    error = fails(Played(clock, web=[(0, frame("nothing"))]), member(extra=extra))
    assert error.diagnosis["cause"] == "PersistentVolumeClaim/data is not there; somebody removed it"
    assert 5 <= clock.now - 1000 < 6


def test_an_object_besides_the_workload_that_has_failed(clock):
    look = frame("nothing")
    metadata = {"name": "data", "uid": "1"}
    look["claims"] = [{"kind": "PersistentVolumeClaim", "metadata": metadata, "spec": {}, "status": {"phase": "Lost"}}]
    extra = [{"kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}]
    error = fails(Played(clock, web=[(0, look)]), member(extra=extra))
    assert error.diagnosis["cause"] == "PersistentVolumeClaim/data: its volume is gone"
    assert error.diagnosis["next_step"] == f"{TOOL} describe persistentvolumeclaim data"


def test_a_rollout_that_was_given_up_and_goes_on_after_all(clock):
    look = frame("nothing")
    look["workload"]["status"]["conditions"] = [
        {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out"}
    ]
    assert wait(Played(clock, web=[(0, look), (15, frame("nothing"))])) == ["web is ready"]


def test_what_was_ready_once_and_is_no_workload_is_not_asked_for_again(clock):
    look = frame("nothing")
    look["claims"] = [{"kind": "Service", "metadata": {"name": "web"}, "spec": {}}]
    late = copy.deepcopy(look)
    late["workload"]["status"] = {}
    cluster = Played(clock, web=[(0, late), (5, look)])
    wait(cluster, member(extra=[{"kind": "Service", "metadata": {"name": "web"}}]))
    assert cluster.asked.count(("Service", "web")) == 1
    assert cluster.asked.count(("Deployment", "web")) > 10


def test_nodes_that_may_not_be_looked_at(clock):
    class Shy(Played):
        def list(self, kind, label_selector=""):
            if kind == "Node":
                raise Forbidden("no", "ask")
            return super().list(kind, label_selector)

    assert "no node takes it" in str(fails(Shy(clock, web=[(0, frame("no such node"))])))


RECORD = {
    "number": 3,
    "components": [{"name": "web", "needs": ["db"]}, {"name": "db", "needs": []}],
    "objects": [
        {"component": "web", "object": {"kind": "Deployment", "metadata": {"name": "web"}}},
        {"component": "", "object": {"kind": "Secret", "metadata": {"name": "credentials"}}},
        {"component": "db", "object": {"kind": "Gizmo", "metadata": {"name": "db"}}},
    ],
}


def test_members_are_read_from_the_record():
    [web] = members(RECORD, ["web"], {"web": 9})
    assert (web.name, web.seconds, web.needs) == ("web", 9, ["db"])
    assert [obj["kind"] for obj in web.objects] == ["Deployment"]


def test_a_component_that_the_record_lacks():
    with pytest.raises(DeployError, match=r"^release 3 has no component page; it has web, db$"):
        members(RECORD, ["page"], {"page": 9})


def test_a_kind_without_a_rule_is_refused():
    with pytest.raises(DeployError, match="Gizmo has no rule for when it is ready"):
        members(RECORD, ["db"], {"db": 9})
