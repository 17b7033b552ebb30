"""The lock in a cluster: who gets it, what is said, how it is lost; the API is a fake (kube_fake.py says of what)."""

import os
import re
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_lock
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import KubeError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_lock import KubeLock
from ansible_collections.todoapp.stack.plugins.module_utils.state import LOCK_SECONDS, Locked, holder, this_host
from kube_fake import FakeCluster

HERE = this_host()


@pytest.fixture
def cluster():
    return FakeCluster()


@pytest.fixture
def lock(cluster):
    return KubeLock(cluster)


def me():
    return holder(HERE, os.getpid())


def elsewhere(pid=7):
    return holder("elsewhere/1234", pid)


def dead():
    """A holder whose process has ended."""
    process = subprocess.Popen(["sleep", "60"])
    identity = holder(HERE, process.pid)
    process.kill()
    process.wait()
    return identity


def pass_time(cluster, seconds):
    cluster.clock = lambda: datetime.now(UTC) + timedelta(seconds=seconds)


def test_the_lease_says_who_and_why(cluster, lock):
    assert lock.take(elsewhere(), "deploy") == ""
    lease = cluster.get("Lease", "deploy-lock")
    assert re.fullmatch(r"\w+@elsewhere, process 7", lease["spec"]["holderIdentity"])
    assert lease["spec"]["leaseDurationSeconds"] == LOCK_SECONDS
    assert lease["metadata"]["annotations"]["todoapp.stack/why"] == "deploy"
    assert lease["metadata"]["labels"]["todoapp.stack/state"] == "lock"
    assert lock.holder()["pid"] == 7
    with pytest.raises(
        Locked, match=r"^another run has the lock: \w+ on elsewhere \(process 7\), deploy, since 20\S+Z; wait"
    ):
        KubeLock(cluster).take(me(), "mine")


@pytest.mark.parametrize(
    ("before", "later", "said"),
    [
        (None, 0, ""),
        (me, 0, ""),  # ours already
        (dead, 0, r"took over the lock of a run that ended without giving it back: \w+ on .* \(deploy, since .*\)"),
        (lambda: {**me(), "started": "1"}, 0, "took over .*"),  # the pid was used again
        (elsewhere, LOCK_SECONDS + 2, "took over .* on elsewhere .*"),
    ],
)
def test_what_is_said_when_the_lock_is_taken(cluster, lock, before, later, said):
    if before:
        lock.take(before(), "deploy")
    pass_time(cluster, later)
    assert re.fullmatch(said, KubeLock(cluster).take(me(), "mine"))
    assert lock.holder()["pid"] == os.getpid()


def test_time_is_the_api_server_s(cluster, lock, monkeypatch):
    """Neither a holder whose clock is behind, nor one who asks with a clock that is ahead, shortens a lock."""
    lock.take(elsewhere(), "deploy")
    lease = cluster.get("Lease", "deploy-lock")
    lease["spec"]["renewTime"] = "2020-01-01T00:00:00.000000Z"
    cluster.replace(lease)

    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(hours=1)

    monkeypatch.setattr(kube_lock, "datetime", Ahead)
    with pytest.raises(Locked, match="on elsewhere"):
        KubeLock(cluster).take(me(), "mine")


def test_of_two_who_see_the_same_ended_lock_one_gets_it(cluster, lock):
    lock.take(dead(), "deploy")
    once = iter([True])

    def faster(verb, kind, name):
        if verb == "replace" and next(once, False):
            KubeLock(cluster).take(elsewhere(), "faster")

    cluster.before = faster
    with pytest.raises(Locked, match=r"on elsewhere \(process 7\), faster"):
        KubeLock(cluster).take(me(), "slower")
    assert lock.holder()["pid"] == 7


@pytest.mark.parametrize("before", [None, dead])
def test_of_many_threads_one_gets_it(before):
    for _ in range(20):
        cluster, start, won = FakeCluster(), threading.Barrier(6), []
        if before:
            KubeLock(cluster).take(before(), "deploy")

        def contend(pid, cluster=cluster, start=start, won=won):
            start.wait()
            try:
                KubeLock(cluster).take(elsewhere(pid), "race")
                won.append(pid)
            except Locked:
                pass

        threads = [threading.Thread(target=contend, args=(pid,)) for pid in range(1, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert KubeLock(cluster).holder()["pid"] == won[0]


def test_renewing_pushes_the_end_further_but_not_at_every_call(cluster, lock, monkeypatch):
    lock.take(elsewhere(), "deploy")
    first = cluster.get("Lease", "deploy-lock")
    lock.renew(elsewhere())
    assert cluster.get("Lease", "deploy-lock") == first
    monkeypatch.setattr(kube_lock, "RENEW_SECONDS", 0)
    lock.renew(elsewhere())
    second = cluster.get("Lease", "deploy-lock")
    assert second["spec"]["renewTime"] > first["spec"]["renewTime"]
    assert second["spec"]["acquireTime"] == first["spec"]["acquireTime"]
    KubeLock(cluster).renew(elsewhere())  # another process of the same run
    assert cluster.get("Lease", "deploy-lock")["metadata"]["resourceVersion"] > second["metadata"]["resourceVersion"]


def test_a_lost_lock_is_a_sentence_that_names_the_new_holder(cluster, lock, monkeypatch):
    monkeypatch.setattr(kube_lock, "RENEW_SECONDS", 0)
    lock.take(elsewhere(), "deploy")
    pass_time(cluster, LOCK_SECONDS + 2)
    KubeLock(cluster).take(me(), "mine")
    with pytest.raises(Locked, match=r"has lost its lock to \w+ on .* \(mine, since .*\); .*deploy again"):
        lock.renew(elsewhere())
    lock.give_back(elsewhere())
    assert lock.holder()["pid"] == os.getpid(), "another's lock is not ours to give back"
    cluster.delete("Lease", "deploy-lock")
    with pytest.raises(Locked, match="has lost its lock; "):
        lock.renew(elsewhere())


def test_an_api_that_is_away_for_a_moment_loses_no_lock(cluster, lock, monkeypatch):
    def away(verb, kind, name):
        raise KubeError("no Kubernetes API answers", "wait")

    lock.take(elsewhere(), "deploy")
    monkeypatch.setattr(kube_lock, "RENEW_SECONDS", 0)
    cluster.before = away
    lock.renew(elsewhere())
    lock._renewed -= LOCK_SECONDS / 2
    with pytest.raises(KubeError):
        lock.renew(elsewhere())
    with pytest.raises(KubeError):
        KubeLock(cluster).renew(elsewhere())


def test_a_lock_given_back_is_free_and_no_longer_named(cluster, lock):
    lock.take(elsewhere(), "deploy")
    lock.give_back(elsewhere())
    assert lock.holder() is None
    lease = cluster.get("Lease", "deploy-lock")
    assert "holderIdentity" not in lease["spec"]
    assert not lease["metadata"].get("annotations")
    assert KubeLock(cluster).take(me(), "mine") == ""
    cluster.delete("Lease", "deploy-lock")
    lock.give_back(me())


def test_a_holder_that_is_not_of_our_making_keeps_its_full_time(cluster, lock):
    spec = {"holderIdentity": "kubectl-ann", "leaseDurationSeconds": 60, "acquireTime": "2026-11-24T10:00:00.000000Z"}
    cluster.create({"kind": "Lease", "metadata": {"name": "deploy-lock"}, "spec": spec})
    with pytest.raises(Locked, match=r"somebody on kubectl-ann \(process 0\), unknown, since 2026-11-24"):
        lock.take(me(), "mine")
    pass_time(cluster, 62)
    assert lock.take(me(), "mine").startswith("took over")
