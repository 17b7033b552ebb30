"""The gate, one-off commands and health on a real cluster: each failure provoked, what is said of it, and how soon.

TODO_TEST_IMAGE names an image with a shell that the cluster has; the default is the one on a node of playbooks/cluster.yml.
"""

import os
import re
import sys
import time
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / ".ansible" / "collections"))

from ansible_collections.todoapp.stack.plugins.module_utils import kube_gate, kube_health, kube_jobs, kube_needs
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import explain
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import MANAGER, Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_gate import Gate, Member
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import kind_of
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import kubectl
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import Locked, holder, this_host
from ansible_collections.todoapp.stack.plugins.modules import kube_gate as gate_module
from ansible_collections.todoapp.stack.plugins.modules import kube_health as health_module
from ansible_collections.todoapp.stack.plugins.modules import kube_run as run_module
from failures import FAILS, FOREVER, LABELS, NAME, WORKS, deployment, failures, pod, shell, stateful_set

IMAGE = os.environ.get("TODO_TEST_IMAGE", "localhost/pause:1")
SOON = 25
"""From the first sign to the end, in seconds; here even from the first change."""

# failure -> what is said of it, all of it
SAID = {
    "missing image": ["web-", "container web", "none:1 does not exist in its registry", "playbooks/build.yml"],
    "unreachable registry": ["cannot reach the registry of registry.invalid:5000", "no such host", "todo_registry"],
    "invalid image name": ["todo-test/NONE:1 is no valid image name", "web_image"],
    "crash without a probe": ["exits at start with code 3", "FATAL: no such thing", "logs web-"],
    "crash with a probe": ["exits at start with code 3", "FATAL: no such thing", "logs web-"],
    "crash after a while": ["exits at start with code 3", "FATAL: no such thing", "logs web-"],
    "no such command": ["its command /no/such/command cannot be run", "no such file or directory"],
    "out of memory": ["more memory than its limit (64Mi)", "filling", "web_resources.limits.memory"],
    "failing init": ["container migrate", "its init step migrate exits at start with code 4", "no such table"],
    "killed by its startup probe": ["was killed, as its startup probe fails: no answer on port 8000", "slow"],
    "not enough memory": ["no node has enough memory left: it asks for 900Gi", "FailedScheduling"],
    "no such node": ["no node has the labels that it selects: disk=fast", "label a node"],
    "not admitted": ["Pod Security Standard restricted", "allowPrivilegeEscalation"],
    "over quota": ["the namespace's quota small is used up", "requests.memory=16Mi"],
    "over quota, stateful": ["the namespace's quota small is used up", "pods=1"],
    "missing secret key": ["the Secret credentials has no key two", "todo_existing_secret"],
    "missing secret key in a volume": ["its volume secrets shows has no key two", "FailedMount"],
    "missing secret": ["credentials that it refers to does not exist", "FailedMount"],
    "no such storage class": ["names the StorageClass none-such, which does not exist"],
    "missing claim": ["its volume claim elsewhere does not exist"],
}


@pytest.fixture
def live(cluster, kubeconfig, context, namespace):
    """The adapter, for a namespace that admits only what "restricted" admits."""
    cluster.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    made = Cluster(kubeconfig, context, namespace)
    end = time.monotonic() + 30
    while not made.list("ConfigMap") or not made.list("ServiceAccount"):  # without these no pod can be made
        assert time.monotonic() < end, "the namespace does not get its service account"
        time.sleep(0.1)
    return made


def put(live, *objects):
    for obj in objects:
        metadata = {**obj["metadata"], "namespace": live.namespace}
        change = live.create if obj["kind"] == "ResourceQuota" else live.apply
        change({**obj, "metadata": metadata})


def gate(live, *objects, seconds=60, name=NAME):
    judged = [obj for obj in objects if obj["kind"] != "ResourceQuota"]
    tool = kubectl("", live.context, live.namespace)
    return Gate(live, [Member(name, judged, seconds)], tool, lambda: None).wait()


def fails(act):
    with pytest.raises(DeployError) as error:
        act()
    return explain(error.value.diagnosis)


@pytest.mark.parametrize("name", SAID)
def test_what_cannot_heal_is_said_soon(live, cluster, name):
    objects = failures(IMAGE, cluster.registry)[name]
    put(live, *objects)
    start = time.monotonic()
    text = fails(lambda: gate(live, *objects))
    assert time.monotonic() - start < SOON, text
    for part in SAID[name]:
        assert part in text, text
    assert text.startswith("web")
    assert "\nnext step: " in text


def test_a_probe_that_never_turns_green_fails_when_the_time_is_over(live):
    objects = failures(IMAGE, "")["never ready"]
    put(live, *objects)
    start = time.monotonic()
    text = fails(lambda: gate(live, *objects, seconds=8))
    assert 8 <= time.monotonic() - start < 12
    for part in ("its readiness probe fails: no answer on port 8000; it was given 8 s", "  | listening", "Unhealthy"):
        assert part in text, text


@pytest.mark.parametrize("probe", [{"readinessProbe": WORKS}, {}], ids=["with a probe", "without"])
@pytest.mark.parametrize("kind", [deployment, stateful_set])
def test_what_works_is_ready(live, kind, probe):
    obj = kind(pod(shell(IMAGE, FOREVER, **probe)))
    put(live, obj)
    assert gate(live, obj) == ["web is ready"]
    [running] = live.list("Pod")
    assert running["status"]["containerStatuses"][0]["ready"]
    again = time.monotonic()
    assert gate(live, obj) == ["web is ready"]
    assert time.monotonic() - again < (1 if probe else 7)


GOOD = shell(IMAGE, FOREVER, readinessProbe=WORKS)


@pytest.mark.parametrize("name", ["missing image", "crash with a probe", "no such node", "failing init"])
def test_the_old_version_serves_on_and_going_back_is_gated(live, cluster, name):
    good = deployment(pod(GOOD), replicas=2)
    put(live, good)
    gate(live, good)
    before = {one["metadata"]["name"] for one in live.list("Pod")}
    broken = failures(IMAGE, cluster.registry)[name][-1]
    broken["spec"]["replicas"] = 2
    put(live, broken)
    fails(lambda: gate(live, broken))
    serving = {one["metadata"]["name"]: one for one in live.list("Pod") if one["metadata"]["name"] in before}
    assert len(serving) == 2
    assert all(one["status"]["containerStatuses"][0]["ready"] for one in serving.values())
    put(live, good)
    start = time.monotonic()
    assert gate(live, good) == ["web is ready"]
    assert time.monotonic() - start < 10
    left = {one["metadata"]["name"]: one for one in live.list("Pod") if "deletionTimestamp" not in one["metadata"]}
    assert set(left) == before
    assert all(one["status"]["containerStatuses"][0]["restartCount"] == 0 for one in left.values())


@pytest.mark.parametrize("name", ["missing image", "crash with a probe"])
def test_a_stateful_set_comes_back_although_its_broken_pod_blocks_it(live, cluster, name):
    good = stateful_set(pod(GOOD))
    put(live, good)
    gate(live, good)
    broken = {
        **good,
        "spec": {**good["spec"], "template": failures(IMAGE, cluster.registry)[name][-1]["spec"]["template"]},
    }
    put(live, broken)
    fails(lambda: gate(live, broken))
    put(live, good)
    assert gate(live, good, seconds=30) == ["web is ready"]
    [running] = live.list("Pod")
    assert running["spec"]["containers"][0]["image"] == IMAGE


def test_what_failed_before_begins_anew_when_its_cause_is_gone(live, cluster):
    """Kubernetes holds a pod back for minutes; a deploy that mended the cause must not wait for that, nor give up."""
    secret, broken = failures(IMAGE, cluster.registry)["missing secret key"]
    waits = '[ -n "$TWO" ] || exit 3; ' + FOREVER
    broken["spec"]["template"] = pod(
        shell(
            IMAGE,
            waits,
            env=[
                {"name": "TWO", "valueFrom": {"secretKeyRef": {"name": "credentials", "key": "two", "optional": True}}}
            ],
        )
    )
    put(live, secret, broken)
    fails(lambda: gate(live, broken))
    put(live, {**secret, "stringData": {"two": "2"}})
    assert gate(live, broken) == ["web is ready"]


def test_one_that_cannot_start_ends_the_wait_for_the_others(live, cluster):
    slow = deployment(pod(shell(IMAGE, FOREVER, readinessProbe=FAILS)))
    labels = {**LABELS, "app.kubernetes.io/name": "page"}
    page = failures(IMAGE, cluster.registry)["missing image"][-1]
    page["metadata"] = {"name": "page", "labels": labels}
    page["spec"]["selector"] = {"matchLabels": labels}
    page["spec"]["template"]["metadata"]["labels"] = labels
    put(live, slow, page)
    start = time.monotonic()
    wave = [Member(NAME, [slow], 60), Member("page", [page], 60, [NAME])]
    text = fails(lambda: Gate(live, wave, "kubectl", lambda: None).wait())
    assert time.monotonic() - start < SOON
    assert text.startswith("page (pod page-")


# One-off commands


def command(live, script, seconds=30, **template):
    """Run a script as the one-off command of a component."""
    whole = pod({**shell(IMAGE, FOREVER), **template.pop("container", {})}, **template)
    job = kube_jobs.job_of([deployment(whole)], NAME, "migrate", [], seconds)
    job["metadata"]["namespace"] = live.namespace
    job["spec"]["template"]["spec"]["containers"][0] |= {"command": ["sh", "-c", script], "args": []}
    kube_jobs.run(live, job, seconds, kubectl("", live.context, live.namespace), lambda: None)


def test_a_command_that_works_and_again(live):
    command(live, "echo done", container={"readinessProbe": WORKS})
    [first] = live.list("Job")
    command(live, "echo done")
    [second] = live.list("Job")
    assert first["metadata"]["uid"] != second["metadata"]["uid"]
    [ended] = live.list("Pod")
    assert ended["metadata"]["labels"]["todoapp.stack/part"] == "command"


@pytest.mark.parametrize(
    ("script", "template", "said"),
    [
        ("echo 'relation todos does not exist' >&2; exit 7", {}, ["ends with code 7", "  | relation todos does not", "container migrate"]),
        ("true", {"container": {"image": "todo-test/NONE:1"}}, ["is no valid image name"]),
        ("true", {"nodeSelector": {"disk": "fast"}}, ["no node has the labels that it selects"]),
        ("x=0123456789; while true; do x=$x$x; done", {}, ["more memory than its limit (64Mi)"]),
    ],
)  # fmt: skip
def test_a_command_that_fails(live, script, template, said):
    start = time.monotonic()
    text = fails(lambda: command(live, script, **template))
    assert time.monotonic() - start < SOON
    for part in said:
        assert part in text, text


def test_a_command_that_takes_too_long_and_the_next_run(live):
    text = fails(lambda: command(live, f"echo working; {FOREVER}", seconds=5))
    assert "it is still running after 5 s" in text
    assert "  | working" in text
    command(live, "true")


# The modules, with record, journal and lock


@pytest.fixture
def released(live, kubeconfig):
    """What records and applies a release of one component, and gives the modules' parameters for it."""
    state = ClusterState(live)
    identity = holder(this_host(), os.getpid())

    def release(*objects, commands=None):
        state.lock(identity, "a test")
        component = {"name": NAME, "needs": [], "start_seconds": 30, "commands": commands or {}}
        component["image"] = {"repository": "base", "tag": "1.0", "digest": ""}
        number = state.begin(
            {"components": [component], "objects": [{"component": NAME, "object": obj} for obj in objects]}
        )
        put(live, *objects)
        where = {"kubeconfig": kubeconfig, "context": live.context, "namespace": live.namespace, "manager": MANAGER}
        return {**where, "release": number, "journal": 0, "holder_pid": os.getpid(), "holder_host": this_host()}

    return state, release


def test_the_gate_notes_itself_and_keeps_the_log_that_going_back_removes(live, cluster, released):
    state, release = released
    wave = {"component": "", "components": [{"name": NAME, "start_seconds": 30}], "seconds": 0}
    good = release(deployment(pod(GOOD)))
    assert gate_module.act({**good, **wave})["said"] == ["web is ready"]
    state.finish(good["release"], "succeeded", 5)
    shown = health_module.look({**good, "components": [NAME]})
    assert (shown["release"], shown["diagnoses"]) == (good["release"], [])
    assert shown["rows"][0] | {"detail": ""} == {"component": NAME, "state": "ready", "version": "1.0", "detail": ""}

    bad = release(*failures(IMAGE, cluster.registry)["crash with a probe"])
    text = fails(lambda: gate_module.act({**bad, **wave}))
    assert f"(kept in the ConfigMap release-{bad['release']:06d}-journal when the pod is gone)" in text
    noted = state.journal(bad["release"])[-1]
    assert (noted["step"], noted["outcome"]) == ("gate", "failed")
    assert "FATAL: no such thing" in noted["log"]

    put(live, deployment(pod(GOOD)))
    back = {**good, **wave, "journal": bad["release"]}
    assert gate_module.act(back)["said"] == ["web is ready"]
    assert state.journal(bad["release"])[-1]["outcome"] == "ready"


@pytest.fixture
def modest(cluster, live, tmp_path):
    """The adapter with the rights that precheck asks for in the namespace, and no others."""
    rules = [
        {"apiGroups": [kind_of(kind).group], "resources": ["/".join(filter(None, (kind_of(kind).plural, part)))], "verbs": [verb]}
        for verb, kind, part in kube_needs.needs(["Deployment", "StatefulSet", "PersistentVolumeClaim"])
    ]  # fmt: skip
    account = [{"kind": "ServiceAccount", "name": "default", "namespace": live.namespace}]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "modest"}
    group = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "modest"}}
    role, binding = {**group, "kind": "Role", "rules": rules}, {**group, "kind": "RoleBinding", "roleRef": reference}
    cluster.apply(live.namespace, role, {**binding, "subjects": account})
    token = cluster.kubectl("create", "token", f"--namespace={live.namespace}", "default").strip()
    given = yaml.safe_load(cluster.kubeconfig.read_text())
    for user in given["users"]:
        user["user"] = {"token": token}
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(given))
    return Cluster(str(file), live.context, live.namespace)


def test_the_rights_that_precheck_asks_for_suffice(modest, cluster):
    good = deployment(pod(GOOD))
    put(modest, good)
    assert gate(modest, good) == ["web is ready"]
    assert kube_health.look(modest, [NAME], {}, "kubectl")[1] == []
    command(modest, "true")
    for name in ("crash with a probe", "no such node"):
        broken = failures(IMAGE, cluster.registry)[name][-1]
        put(modest, broken)
        assert SAID[name][0] in fails(lambda broken=broken: gate(modest, broken))


def test_a_gate_that_lost_its_lock_stops(live, released):
    state, release = released
    params = release(deployment(pod(shell(IMAGE, FOREVER, readinessProbe=FAILS))))
    state.unlock(holder(this_host(), os.getpid()))
    state.lock(holder("elsewhere/boot", 1), "another deploy")
    with pytest.raises(Locked):
        gate_module.act({**params, "component": NAME, "components": [], "seconds": 5})


def test_a_command_by_its_name(live, released):
    state, release = released
    migrate = {**shell(IMAGE, "true"), "name": "migrate", "args": ["-c", "echo migrated"], "command": ["sh"]}
    web = {**shell(IMAGE, FOREVER), "command": ["sh"], "args": ["-c", FOREVER]}
    params = release(
        deployment(pod(web, initContainers=[migrate])), commands={"fail": ["-c", "echo 'no such table'; exit 5"]}
    )
    asked = {**params, "component": NAME, "arguments": [], "seconds": 30, "when_ready": []}
    assert run_module.act({**asked, "command": "migrate"})["said"] == "web migrate"
    assert state.journal(params["release"])[-1]["step"] == "migrate"
    text = fails(lambda: run_module.act({**asked, "command": "fail"}))
    assert "ends with code 5" in text
    assert "  | no such table" in text
    with pytest.raises(DeployError, match="web has no command migrat; did you mean migrate"):
        run_module.act({**asked, "command": "migrat"})


# Health


def test_health_tells_of_each_component(live, cluster):
    good = deployment(pod(GOOD), replicas=2)
    put(live, good)
    gate(live, good)
    rows, diagnoses = kube_health.look(live, [NAME, "page"], {}, "kubectl")
    assert [(row["component"], row["state"]) for row in rows] == [(NAME, "ready"), ("page", "missing")]
    assert rows[0]["detail"].startswith("2/2, since ")
    assert [diagnosis.cause for diagnosis in diagnoses] == ["it is not deployed"]
    put(live, failures(IMAGE, cluster.registry)["missing image"][-1])
    fails(lambda: gate(live, good))
    rows, diagnoses = kube_health.look(live, [NAME], {}, "kubectl")
    assert rows[0]["state"] == "not ready"
    assert "does not exist in its registry" in rows[0]["detail"]
    assert diagnoses[0].pod.startswith("web-")


def test_health_tells_what_the_autoscaler_does(live):
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": NAME, "labels": LABELS},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
            "minReplicas": 1,
            "maxReplicas": 2,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
                }
            ],
        },
    }
    good = deployment(pod(GOOD))
    put(live, good, scaler)
    assert gate(live, good, scaler) == ["web is ready"]  # long before it has figures
    [row], _ = kube_health.look(live, [NAME], {}, "kubectl")
    assert "scales 1 to 2 (cpu not measured yet)" in row["detail"]
    end = time.monotonic() + 120
    while "not measured yet" in row["detail"]:
        assert time.monotonic() < end, row
        time.sleep(1)
        [row], _ = kube_health.look(live, [NAME], {}, "kubectl")
    assert re.search(r"^./.*, scales 1 to 2 \(cpu \d+ % of 70 %\)$", row["detail"])


def test_pods_are_waited_for_in_polls_that_cost_little(live):
    """A look takes a few requests; the whole of it must stay well below the time between two."""
    good = deployment(pod(GOOD))
    put(live, good)
    gate(live, good)
    start = time.monotonic()
    gate(live, good)
    assert time.monotonic() - start < kube_gate.POLL_SECONDS
