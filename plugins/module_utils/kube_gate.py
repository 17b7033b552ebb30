"""Wait until components on a cluster are ready, and give up as soon as it is known that one will not be.

All components of a wave are watched at once, as all of them were applied: one that cannot start fails the wait while
another still takes its time. What one needs of another in the wave is allowed for: its time counts, and its exits
count, only from when those are ready.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from ansible_collections.todoapp.stack.plugins.module_utils.kube_apply import replace_stuck_pods
from ansible_collections.todoapp.stack.plugins.module_utils.kube_client import Cluster
from ansible_collections.todoapp.stack.plugins.module_utils.kube_diagnosis import Finding, Seen, examine, unschedulable
from ansible_collections.todoapp.stack.plugins.module_utils.kube_evidence import diagnose, events_of, nodes_for
from ansible_collections.todoapp.stack.plugins.module_utils.kube_pods import (
    NAME_LABEL,
    WORKLOADS,
    current_pods,
    current_sets,
    held_back,
    is_of,
    of_components,
    serving,
)
from ansible_collections.todoapp.stack.plugins.module_utils.kube_readiness import RULES, Verdict, judge
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import NEVER, Reason

Object = dict[str, Any]

POLL_SECONDS = 0.4
EVENTS_SECONDS = 1.0
"""How often the events of what is not ready are asked for; each such object costs a request."""
SETTLED_SECONDS = 5.0
"""How long a container without probes must have run: one that crashes runs for a moment too."""
GONE_SECONDS = 5.0


@dataclass
class Member:
    """A component that is waited for."""

    name: str
    objects: Sequence[Mapping[str, Any]]
    """Its objects, as they were applied."""
    seconds: float
    """How long it may take from when its needs are ready."""
    needs: Sequence[str] = ()
    since: float | None = None
    """When its time began."""
    took: float | None = None
    """How long it took; None while it is not ready."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """By Kind/name."""


@dataclass
class Look:
    """What one look at a cluster gave: the serving pods and the ReplicaSets of all members."""

    pods: list[Object]
    replica_sets: list[Object]


class Gate:
    """The wait for one wave of components.

    :param kubectl: how kubectl is called for this cluster, for next steps.
    :param keep_alive: called at every look; renews the lock.
    """

    def __init__(self, cluster: Cluster, wave: Sequence[Member], kubectl: str, keep_alive: Callable[[], None]) -> None:
        self.cluster, self.wave, self.kubectl, self.keep_alive = cluster, list(wave), kubectl, keep_alive
        self._signs: dict[tuple[str, str], float] = {}  # component and finding -> when it was first seen
        self._running: dict[tuple[str, str, int], float] = {}  # a container's run -> when it was first seen
        self._room = False  # whether pods are going, or will go when a rollout goes on
        self._events: dict[str, tuple[float, list[Object]]] = {}  # Kind/name -> when asked for, and the answer

    def wait(self) -> list[str]:
        """Return a sentence for each component when all are ready.

        :raises DeployError: with a diagnosis, when one cannot become ready or its time is over.
        """
        while True:
            self.keep_alive()
            # In this order: a verdict that is older than a restart is then found out by the pods.
            lives = [self._live(member) for member in self.wave]
            look = self._look()
            self._room = _makes_room(lives, look)
            ready = {member.name for member in self.wave if member.took is not None}
            for member, live in zip(self.wave, lives, strict=True):
                waiting_for = [name for name in member.needs if name in self._names() - ready]
                if not waiting_for and member.since is None:
                    member.since = time.monotonic()
                    if self._start_anew(member, look):
                        continue  # at the next look it has its fresh pods
                if self._check(member, live, look, counts=not waiting_for):
                    ready.add(member.name)
                else:
                    ready.discard(member.name)
            if len(ready) == len(self.wave):
                return [f"{member.name} is ready" for member in self.wave]
            time.sleep(POLL_SECONDS)

    def _names(self) -> set[str]:
        return {member.name for member in self.wave}

    # Looking

    def _look(self) -> Look:
        names = sorted(self._names())
        return Look(self.cluster.list("Pod", serving(names)), self.cluster.list("ReplicaSet", of_components(names)))

    def _live(self, member: Member) -> dict[str, Object | None]:
        """The member's live objects by Kind/name: workloads always, others until they were ready once."""
        live: dict[str, Object | None] = {}
        for obj in member.objects:
            reference = f"{obj['kind']}/{obj['metadata']['name']}"
            verdict = member.verdicts.get(reference)
            if obj["kind"] in WORKLOADS or verdict is None or not verdict.ok:
                live[reference] = self.cluster.get(obj["kind"], obj["metadata"]["name"])
        return live

    def _seen(
        self, member: Member, live: Mapping[str, Object | None], pods: Sequence[Object], sets: Sequence[Object]
    ) -> Seen:
        """What there is to know of a member that is not ready."""
        workload = next((obj for obj in live.values() if obj and obj["kind"] in WORKLOADS), {})
        claims = [obj for obj in live.values() if obj and obj["kind"] == "PersistentVolumeClaim"]
        asked = [workload, *sets, *claims, *(pod for pod in pods if not _pod_ready(pod))]
        events = [event for obj in asked if obj for event in self._events_of(obj)]
        return Seen(member.name, workload, pods, claims, events, nodes_for(self.cluster, pods))

    def _events_of(self, obj: Mapping[str, Any]) -> list[Object]:
        key, now = str(obj["metadata"]["uid"]), time.monotonic()
        asked, events = self._events.get(key, (-NEVER, []))
        if now - asked >= EVENTS_SECONDS:
            events = events_of(self.cluster, obj)
            self._events[key] = (now, events)
        return events

    # Judging

    def _check(self, member: Member, live: Mapping[str, Object | None], look: Look, *, counts: bool) -> bool:
        """Whether a member is ready now. Raises DeployError when it cannot become so.

        :param counts: whether its needs are ready, so that its time runs and its exits count.
        """
        for reference, obj in live.items():
            missing = Verdict(done=False, ok=False, sentence=f"{reference} is not there")
            member.verdicts[reference] = judge(obj) if obj else missing
        workload = next((obj for obj in live.values() if obj and obj["kind"] in WORKLOADS), None)
        sets = current_sets(workload, look.replica_sets)
        pods = current_pods(workload, sets, [pod for pod in look.pods if is_of(pod, member.name)])
        waited = time.monotonic() - member.since if member.since is not None else 0.0
        if all(verdict.ok for verdict in member.verdicts.values()) and self._settled(workload, pods):
            member.took = waited if member.took is None else member.took
            return counts
        if member.took is not None:  # it was ready, and has its time again
            member.took, member.since, waited = None, time.monotonic(), 0.0
        seen = self._seen(member, live, pods, sets)
        findings = [*examine(seen), *_others(member, live)]
        expired = [f for f in findings if (counts or f.alone) and self._lasts(member, f) >= f.reason.patience]
        self._forget(member, findings)
        if expired:
            raise self._error(seen, expired[0])
        if counts and waited > member.seconds:
            raise self._error(seen, _overdue(member, findings))
        return False

    def _lasts(self, member: Member, finding: Finding) -> float:
        """For how long a finding has been there, and nothing was on its way that would end it."""
        now = time.monotonic()
        if finding.wants_room and self._room:
            self._signs[member.name, finding.key] = now
        return now - self._signs.setdefault((member.name, finding.key), now)

    def _forget(self, member: Member, findings: Sequence[Finding]) -> None:
        """A sign that went away begins anew when it comes back."""
        keys = {finding.key for finding in findings}
        for component, key in list(self._signs):
            if component == member.name and key not in keys:
                del self._signs[component, key]

    def _settled(self, workload: Mapping[str, Any] | None, pods: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the pods' containers are all ready at this very look, those without probes for some time."""
        now = time.monotonic()
        patient = workload is not None and int(workload["spec"].get("minReadySeconds") or 0) >= SETTLED_SECONDS
        settled = bool(pods) or workload is None or workload["spec"].get("replicas") == 0
        for pod in pods:
            if pod["metadata"].get("deletionTimestamp"):
                continue
            probed = {c["name"] for c in pod["spec"]["containers"] if "readinessProbe" in c or "startupProbe" in c}
            for status in (pod.get("status") or {}).get("containerStatuses") or []:
                run = (pod["metadata"]["uid"], status["name"], int(status["restartCount"]))
                began = self._running.setdefault(run, now)
                long_enough = patient or status["name"] in probed or now - began >= SETTLED_SECONDS
                settled = settled and bool(status.get("ready")) and long_enough
        return settled

    def _start_anew(self, member: Member, look: Look) -> bool:
        """Remove pods that Kubernetes is holding back: what they failed on may be mended, and it waits for minutes.

        Also broken pods that keep a StatefulSet from its update, which a run that was killed has left. Returns whether
        there were any.
        """
        mine = [pod for pod in look.pods if is_of(pod, member.name) and held_back(pod)]
        for pod in mine:
            self.cluster.delete("Pod", pod["metadata"]["name"], uid=pod["metadata"]["uid"])
        sets = [obj["metadata"]["name"] for obj in member.objects if obj["kind"] == "StatefulSet"]
        stuck = [pod for name in sets for pod in replace_stuck_pods(self.cluster, name)]
        return bool(mine or stuck)

    def _error(self, seen: Seen, finding: Finding) -> DeployError:
        diagnosis = diagnose(self.cluster, seen, finding, self.kubectl)
        return DeployError(f"{seen.component} is not ready: {diagnosis.cause}", diagnosis.as_dict())


def _makes_room(lives: Sequence[Mapping[str, Object | None]], look: Look) -> bool:
    """Whether pods are going, or a rollout has a pod too many that found its place: one of the old ones will go.

    On a small cluster rollouts side by side have to wait for each other.
    """
    if any(pod["metadata"].get("deletionTimestamp") for pod in look.pods):
        return True
    deployments = [obj for live in lives for obj in live.values() if obj and obj["kind"] == "Deployment"]
    return any(
        int((obj.get("status") or {}).get("replicas") or 0) > int(obj["spec"].get("replicas") or 0)
        and not any(unschedulable(pod) for pod in look.pods if is_of(pod, obj["metadata"]["name"]))
        for obj in deployments
    )


def members(record: Mapping[str, Any], names: Sequence[str], seconds: Mapping[str, float]) -> list[Member]:
    """The components named, with what a release's record says of them.

    :raises DeployError: the record does not have one of them, or holds a kind for which there is no rule.
    """
    known = {component["name"]: component for component in record["components"]}
    result = []
    for name in names:
        if name not in known:
            raise DeployError(f"release {record.get('number')} has no component {name}; it has {', '.join(known)}")
        objects = [entry["object"] for entry in record["objects"] if entry["component"] == name]
        for obj in objects:
            if obj["kind"] not in RULES:
                judge(obj)  # refuses it, with a sentence
        result.append(Member(name, objects, seconds[name], known[name].get("needs") or []))
    return result


def down(cluster: Cluster, record: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Those of the components whose workloads are not there, or not ready, as they are now."""
    found = []
    for name in names:
        workloads = [
            e["object"] for e in record["objects"] if e["component"] == name and e["object"]["kind"] in WORKLOADS
        ]
        live = [cluster.get(obj["kind"], obj["metadata"]["name"]) for obj in workloads]
        if not all(obj and judge(obj).ok for obj in live):
            found.append(name)
    return found


def _pod_ready(pod: Mapping[str, Any]) -> bool:
    return judge(pod).ok


def _others(member: Member, live: Mapping[str, Object | None]) -> list[Finding]:
    """What was applied and is not there, since somebody removed it, and what besides the workload has failed."""
    found = []
    for reference, obj in live.items():
        verdict = member.verdicts[reference]
        if obj is None:
            step = "deploy again, and find out who removes it"
            found.append(Finding(reference, Reason(f"{verdict.sentence}; somebody removed it", step, GONE_SECONDS)))
        elif verdict.done and not verdict.ok and obj["kind"] not in WORKLOADS:
            step = f"{{kubectl}} describe {obj['kind'].lower()} {obj['metadata']['name']}"
            found.append(
                Finding(reference, Reason(f"{reference}: {verdict.sentence}", step), (obj["metadata"]["uid"],))
            )
    return found


def _overdue(member: Member, findings: Sequence[Finding]) -> Finding:
    """What to say when the time is over: the most telling finding, or what is still waited for."""
    pending = [f"{ref}: {verdict.sentence}" for ref, verdict in member.verdicts.items() if not verdict.ok]
    step = "{kubectl} get all --selector " + f"{NAME_LABEL}={member.name}"
    rest = Finding("overdue", Reason("; ".join(pending) or "its pods do not stay ready", step))
    return next(iter(findings), rest).late(member.seconds)
