"""Record, journal, lock, secrets and teardown on a real API server: races of processes, kills, limits, garbage collection."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster import ROOT, Cluster, until

sys.path.insert(0, str(ROOT / ".ansible" / "collections"))

from ansible_collections.todoapp.stack.plugins.module_utils import kube_client
from ansible_collections.todoapp.stack.plugins.module_utils.kube_secrets import KubeSecrets
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
from ansible_collections.todoapp.stack.plugins.module_utils.state import Locked, holder, this_host

FORK = multiprocessing.get_context("fork")
ELSEWHERE = {"host": "elsewhere/1", "pid": 7, "started": ""}


@pytest.fixture
def reach(kubeconfig: str, context: str, namespace: str) -> tuple[str, str, str]:
    """What leads to a namespace of the test's own."""
    return kubeconfig, context, namespace


@pytest.fixture
def api(reach: tuple[str, str, str]) -> kube_client.Cluster:
    return kube_client.Cluster(*reach)


@pytest.fixture
def state(api: kube_client.Cluster) -> ClusterState:
    return ClusterState(api)


# The lock


def contend(reach: tuple[str, str, str], start: Any, end: Any, won: Any, rounds: int) -> None:
    """Try once in each round, at the same moment as the others; tell who won, or what the loser was told."""
    lock = ClusterState(kube_client.Cluster(*reach))
    identity = holder(this_host(), os.getpid())
    for _ in range(rounds):
        start.wait(timeout=60)
        try:
            lock.lock(identity, "race")
            won.put((identity["pid"], ""))
        except Locked as error:
            won.put((0, str(error)))
        end.wait(timeout=60)


@pytest.mark.parametrize("before", ["free", "given back", "dead", "expired"])
def test_of_many_processes_one_gets_the_lock(reach, api, state, before):
    rounds = 8
    start, end, won = FORK.Barrier(6), FORK.Barrier(6), FORK.Queue()
    processes = [FORK.Process(target=contend, args=(reach, start, end, won, rounds), daemon=True) for _ in range(5)]
    for process in processes:
        process.start()
    for _ in range(rounds):
        api.delete("Lease", "deploy-lock", propagation="Background")
        if before == "given back":
            state.lock(ELSEWHERE, "deploy")
            state.unlock(ELSEWHERE)
        elif before == "dead":
            state.lock({**holder(this_host(), os.getpid()), "started": "1"}, "deploy")
        elif before == "expired":
            state.lock(ELSEWHERE, "deploy")
            expire(api)
        start.wait(timeout=60)
        outcomes = [won.get(timeout=60) for _ in processes]
        winners = [pid for pid, _ in outcomes if pid]
        assert len(winners) == 1, outcomes
        refusals = [said for pid, said in outcomes if not pid]
        assert all(f"(process {winners[0]}), race, since 20" in said for said in refusals), refusals
        assert (state.lock_holder() or {})["pid"] == winners[0]
        end.wait(timeout=60)
    for process in processes:
        process.join()


def expire(api: kube_client.Cluster) -> None:
    """Give the Lease no more time, and wait until the API server's clock has passed its end."""
    lease = api.get("Lease", "deploy-lock")
    lease["spec"]["leaseDurationSeconds"] = 1
    api.replace(lease)
    until(lambda: ClusterState(api).lock_holder() is None, "the lease ends", 10)


def test_a_renewed_lock_is_young_by_the_api_server_s_clock(api, state):
    state.lock(ELSEWHERE, "deploy")
    lease = api.get("Lease", "deploy-lock")
    lease["spec"] |= {"leaseDurationSeconds": 2, "renewTime": "2020-01-01T00:00:00.000000Z"}
    api.replace(lease)
    assert state.lock_holder(), "whatever the holder's clock says"
    end = time.monotonic() + 5
    while time.monotonic() < end:  # more than twice its duration
        ClusterState(api).renew(ELSEWHERE)
        lease = api.get("Lease", "deploy-lock")
        lease["spec"]["leaseDurationSeconds"] = 2
        api.replace(lease)
        assert state.lock_holder()
    until(lambda: state.lock_holder() is None, "the lease ends", 10)
    said = state.lock(holder(this_host(), os.getpid()), "mine")
    assert said.startswith("took over the lock of a run that ended without giving it back: ")


def test_a_lost_lock_stops_the_run(api, state):
    state.lock(ELSEWHERE, "deploy")
    expire(api)
    ClusterState(api).lock(holder(this_host(), os.getpid()), "mine")
    with pytest.raises(Locked, match=r"this run has lost its lock to \w+ on .* \(mine, since .*deploy again"):
        ClusterState(api).renew(ELSEWHERE)


# Records and journals

LIFE = """
import itertools, os, signal, sys
sys.path.insert(0, sys.argv[1])
from ansible_collections.todoapp.stack.plugins.module_utils import kube_client
from ansible_collections.todoapp.stack.plugins.module_utils.kube_state import ClusterState
cluster = kube_client.Cluster(*sys.argv[2:5])
writes, ask = itertools.count(1), cluster._ask
def cut(method, *arguments, **options):
    answer = ask(method, *arguments, **options) if sys.argv[6] == "after" else None
    if method != "GET" and next(writes) == int(sys.argv[5]):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer or ask(method, *arguments, **options)
cluster._ask = cut
state = ClusterState(cluster)
identity = {"host": "elsewhere/2", "pid": os.getpid(), "started": ""}
state.lock(identity, "deploy")
number = state.begin({"version": "one"})
state.secrets.write({"key": "new"})
state.write_applied_set([{"kind": "Service", "name": "new"}])
state.note(number, "apply", "done")
state.finish(number, "succeeded", 1)
state.unlock(identity)
"""


@pytest.mark.parametrize("side", ["before", "after"])
def test_killed_in_any_step_it_leaves_a_readable_state(reach, api, side):
    """Kill -9 at each write in turn; each time the next run takes the lock over, says what it found, and ends well."""
    me = holder(this_host(), os.getpid())
    state = ClusterState(api)
    state.secrets.write({"key": "old"})
    for moment in range(1, 30):
        command = [sys.executable, "-c", LIFE, str(ROOT / ".ansible" / "collections"), *reach, str(moment), side]
        died = subprocess.run(command, check=False, capture_output=True, text=True)
        if died.returncode == 0:
            break
        assert died.returncode == -signal.SIGKILL, died.stderr
        numbers = state.releases()
        assert [state.record(number)["number"] for number in numbers] == numbers
        assert state.current() in (None, *numbers)
        assert all(line["step"] for number in numbers for line in state.journal(number))
        assert all(entry["kind"] == "Service" for entry in state.applied_set())
        last = state.interrupted()
        assert last is None or last["number"] == numbers[-1]
        if state.lock_holder():
            with pytest.raises(Locked, match="on elsewhere"):
                state.lock(me, "mine")
            expire(api)
        state.lock(me, "mine")
        number = state.begin({"version": "two"})
        assert state.interrupted() == {**(state.interrupted() or {}), "number": number, "step": "record"}
        state.secrets.restore()
        assert state.secrets.live()["key"] in ("old", "new")
        state.finish(number, "succeeded", 1)
        assert (state.current(), state.interrupted()) == (number, None)
        state.secrets.write({"key": "old"})
        state.secrets.forget_replaced()
        state.unlock(me)
    else:
        pytest.fail("it never came to its end")
    assert moment > 10, "it was killed at each of its writes"


def test_a_record_up_to_the_limit_is_taken_by_the_api_and_a_larger_one_by_nobody(api, state):
    noise = "".join(random.choices("0123456789abcdef", k=1_970_000))  # noqa: S311 - so that it does not compress
    number = state.begin({"motd": noise[:1_700_000]})
    assert state.record(number)["motd"] == noise[:1_700_000]
    with pytest.raises(kube_client.DeployError, match="and a ConfigMap holds 1 MB"):
        state.begin({"motd": noise})
    assert state.releases() == [number]
    fixed = api.get("ConfigMap", "release-000001")
    fixed["binaryData"] = {"record.json.gz": ""}
    with pytest.raises(kube_client.Refused, match="immutable"):
        api.replace(fixed)


def test_old_records_go_with_their_journals_but_never_the_one_that_serves(api, state):
    for outcome in ["succeeded", *["failed"] * 4]:
        state.finish(state.begin({}), outcome, 2)
    assert state.releases() == [1, 4, 5]
    journals = ["release-000001-journal", "release-000004-journal", "release-000005-journal"]

    def left() -> list[str]:
        return sorted(item["metadata"]["name"] for item in api.list("ConfigMap", "todoapp.stack/state=journal"))

    until(lambda: left() == journals, "the journals of removed records go", 60)


# The modules, as Ansible runs them


@pytest.fixture
def fresh(cluster: Cluster) -> Iterator[str]:
    """A namespace's name that does not exist yet; removed afterwards if it does."""
    name = f"state-{secrets.token_hex(4)}"
    yield name
    cluster.kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false")


def play(
    folder: Path, cluster: Cluster, name: str, *tasks: dict[str, Any], flags: tuple[str, ...] = ()
) -> tuple[int, str]:
    """Run module tasks as a playbook with -vvv and --diff; the exit code and all that was printed."""
    where = {"kubeconfig": str(cluster.kubeconfig), "context": cluster.context, "namespace": name}
    who = {"holder_pid": os.getpid(), "holder_host": this_host()}
    steps = [{f"todoapp.stack.{module}": {**where, **who, **given}} for task in tasks for module, given in task.items()]
    book = folder / "play.json"
    book.write_text(json.dumps([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": steps}]))
    done = subprocess.run(
        ["ansible-playbook", "-vvv", "--diff", "--extra-vars", f"ansible_python_interpreter={sys.executable}", *flags, str(book)],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "ANSIBLE_STDOUT_CALLBACK": "default"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_secret_s_value_is_seen_nowhere_but_in_the_secret(cluster, tmp_path, fresh, kubeconfig, context):
    pod = {"kind": "Deployment", "metadata": {"name": "x", "annotations": {"s": {"$digest_of": {"key": "key"}}}}}
    stored = {"kind": "Secret", "metadata": {"name": "credentials"}, "data": {"key": {"$secret": "key"}}}
    objects = [{"component": "", "object": stored}, {"component": "x", "object": pod}]
    first, second = f"MARKER-{secrets.token_hex(8)}", f"MARKER-{secrets.token_hex(8)}"
    printed = ""
    for value, release, outcome in ((first, 1, "succeeded"), (second, 2, "failed")):
        begin = {"kube_begin": {"objects": objects, "secrets": {"key": value, "made": ""}, "generate_secrets": True}}
        code, said = play(tmp_path, cluster, fresh, begin, {"kube_finish": {"release": release, "outcome": outcome}})
        assert code == 0, said
        printed += said
    api = kube_client.Cluster(kubeconfig, context, fresh)
    live = KubeSecrets(api).live()
    assert live["key"] == second
    kept = [item for kind in ("ConfigMap", "Lease", "Event") for item in api.list(kind)]
    records = [ClusterState(api).record(number) for number in (1, 2)]
    for value in (first, second, live["made"]):
        assert value not in printed
        assert value not in json.dumps([kept, records])
    code, said = play(
        tmp_path, cluster, fresh, {"kube_begin": {"objects": objects, "secrets": {"key": ""}, "record": "no"}}
    )
    assert (code, second in said) == (2, False)


def everything(cluster: Cluster) -> set[str]:
    """The names of all cluster-scoped objects but the namespaces of tests."""
    kinds = cluster.kubectl("api-resources", "--namespaced=false", "--verbs=list", "--output=name").split()
    found = cluster.kubectl("get", ",".join(kinds), "--output=name", "--ignore-not-found").split()
    return {name for name in found if not name.startswith(("namespace/test-", "namespace/state-"))}


def test_teardown_leaves_the_cluster_as_it_found_it(cluster, tmp_path, fresh, kubeconfig, context):
    before = everything(cluster)
    begin = {"kube_begin": {"objects": [], "secrets": {"key": ""}, "generate_secrets": True}}
    code, said = play(tmp_path, cluster, fresh, begin, {"kube_finish": {"release": 1, "outcome": "succeeded"}})
    assert code == 0, said
    api = kube_client.Cluster(kubeconfig, context, fresh)
    labels = {"app.kubernetes.io/part-of": "todo-app"}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    objects = [
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": claim},
        {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 80}], "selector": labels}},
    ]
    for item in objects:
        api.apply({**item, "metadata": {"name": "ours", "labels": labels}})
    ClusterState(api).write_applied_set([{"kind": item["kind"], "name": "ours"} for item in objects])
    cluster.kubectl("create", f"--namespace={fresh}", "configmap", "theirs")

    code, planned = play(tmp_path, cluster, fresh, {"kube_remove": {}}, flags=("--check",))
    assert (code, "would remove Service ours" in planned) == (0, True), planned
    assert api.get("Service", "ours")
    code, said = play(tmp_path, cluster, fresh, {"kube_remove": {}})
    assert code == 0, said
    assert not api.get("Service", "ours")
    assert not api.get("ConfigMap", "ours")
    assert api.get("PersistentVolumeClaim", "ours")
    assert api.get("Secret", "credentials")
    assert api.get("ConfigMap", "theirs")
    code, again = play(tmp_path, cluster, fresh, {"kube_remove": {}})
    assert (code, '"changed": false' in again, "nothing to remove" in again) == (0, True, True), again
    code, said = play(tmp_path, cluster, fresh, {"kube_remove": {"delete_data": True}})
    assert (code, "kept the namespace for ConfigMap theirs, which no release made" in said) == (0, True), said
    assert not api.get("PersistentVolumeClaim", "ours")
    assert api.get("ConfigMap", "theirs")
    api.delete("ConfigMap", "theirs")
    code, said = play(tmp_path, cluster, fresh, {"kube_remove": {"delete_data": True}})
    assert code == 0, said
    assert not api.get("Namespace", fresh)
    assert everything(cluster) == before


def admin_of(cluster: Cluster, namespace: str, folder: Path) -> Cluster:
    """The cluster as somebody sees it who may do all in one namespace and nothing outside."""
    words = (f"--namespace={namespace}",)
    cluster.kubectl("create", "serviceaccount", "dev", *words)
    cluster.kubectl("create", "rolebinding", "dev", "--clusterrole=admin", f"--serviceaccount={namespace}:dev", *words)
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    config["users"] = [{"name": "dev", "user": {"token": cluster.kubectl("create", "token", "dev", *words)}}]
    config["contexts"] = [{"name": "dev", "context": {"cluster": config["clusters"][0]["name"], "user": "dev"}}]
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump({**config, "current-context": ""}))
    return replace(cluster, kubeconfig=file, context="dev")


def test_who_may_do_all_in_another_s_namespace_alone_can_begin_and_tear_down(cluster, tmp_path, namespace, api, state):
    dev = admin_of(cluster, namespace, tmp_path)
    cluster.kubectl("create", f"--namespace={namespace}", "configmap", "theirs")
    begin = {"kube_begin": {"objects": [], "secrets": {"key": ""}, "generate_secrets": True}}
    code, said = play(tmp_path, dev, namespace, begin, {"kube_finish": {"release": 1, "outcome": "succeeded"}})
    assert code == 0, said
    api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ours"}, "data": {"a": "b"}})
    state.write_applied_set([{"kind": "ConfigMap", "name": "ours"}])
    code, said = play(tmp_path, dev, namespace, {"kube_remove": {"delete_data": True}})
    assert code == 0, said
    left = [item["metadata"]["name"] for kind in ("ConfigMap", "Secret", "Lease") for item in api.list(kind)]
    assert set(left) <= {"kube-root-ca.crt", "theirs"}
    assert api.get("Namespace", namespace)
