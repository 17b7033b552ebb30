"""What keeps a component from being ready: pure, from what was observed of its workload, pods, claims and events.

`examine` names every sign that it finds and how long each may still heal by itself; the gate (kube_gate.py) waits that
long, then `explained` puts the log beside it. A container that is ready is never a finding, whatever it went through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import kube_reasons
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, last_lines, sign_in
from ansible_collections.todoapp.stack.plugins.module_utils.kube_readiness import condition, judge
from ansible_collections.todoapp.stack.plugins.module_utils.kube_reasons import NEVER, RETRY_SECONDS, Reason

Object = Mapping[str, Any]

EVENTS_SHOWN = 5
_PULLS = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
_STARTS = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PostStartHookError"}
_ORDINARY = {"Scheduled", "Pulling", "Pulled", "Created", "Started", "SuccessfulCreate", "ScalingReplicaSet"}
_CODES = {
    126: "not executable",
    127: "no such command",
    128: "could not be started",
    137: "killed",
    139: "crashed",
    143: "terminated",
}


@dataclass(frozen=True)
class Seen:
    """What was observed of a component at one moment."""

    component: str
    workload: Object
    """The Deployment, StatefulSet or Job; {} where there is none."""
    pods: Sequence[Object] = ()
    """The pods of its present revision."""
    claims: Sequence[Object] = ()
    events: Sequence[Object] = ()
    """What the cluster noted about all of these and the ReplicaSet, oldest first."""
    nodes: Sequence[Object] = ()
    """The nodes, where a pod has none."""


@dataclass(frozen=True)
class Finding:
    """One sign that it will not become ready."""

    key: str
    """The same sign at the next look has the same key."""
    reason: Reason
    about: tuple[str, ...] = ()
    """The uids of the objects whose events tell more."""
    pod: str = ""
    container: str = ""
    log: bool = False
    """Whether the container's log tells more."""
    alone: bool = True
    """Whether it is the component's own fault, whatever those do that it needs."""
    wants_room: bool = False
    """Whether it may heal when other pods go."""

    def late(self, seconds: float) -> Finding:
        """The same, when the time is over."""
        return replace(self, reason=replace(self.reason, cause=f"{self.reason.cause}; it was given {seconds:g} s"))


def examine(seen: Seen) -> list[Finding]:
    """All signs, the most telling first."""
    found = [*_refused(seen), *_claims(seen)]
    for pod in seen.pods:
        if not pod["metadata"].get("deletionTimestamp"):
            found += _pod(seen, pod)
    verdict = judge(seen.workload) if seen.workload else None
    if verdict and verdict.done and not verdict.ok:
        # A Deployment may have given up on pods that are tried anew by now; a Job's end is its end.
        patience = 0 if seen.workload["kind"] == "Job" else RETRY_SECONDS
        reason = Reason(verdict.sentence, "{kubectl} describe " + _reference(seen.workload), patience)
        found.append(Finding("verdict", reason, (seen.workload["metadata"]["uid"],)))
    return found


def explained(finding: Finding, seen: Seen, log: str, kubectl: str) -> Diagnosis:
    """The diagnosis of a finding.

    :param log: what the container wrote, of its previous run where that is the one that failed.
    :param kubectl: how kubectl is called here, for the next step.
    """
    lines = last_lines(log)
    cause, step = finding.reason.cause, finding.reason.next_step
    sign = sign_in(lines) if finding.log else None
    if sign:
        cause, step = f"{cause}: {sign.cause}", sign.on_cluster or sign.next_step
    about = [e for e in seen.events if (e.get("involvedObject") or {}).get("uid") in finding.about]
    return Diagnosis(
        seen.component,
        cause,
        step.replace("{kubectl}", kubectl),
        container=finding.container,
        log=lines,
        events=event_lines(about),
        pod=finding.pod,
    )


def event_lines(events: Sequence[Object]) -> list[str]:
    """The last events as lines; of those that differ in figures or names only, the last."""
    last: dict[tuple[str, str], str] = {}
    for event in events:
        reason, message = str(event.get("reason")), " ".join(str(event.get("message")).split())
        count = int((event.get("series") or {}).get("count") or event.get("count") or 1)
        alike = (reason, message[:20])
        last.pop(alike, None)
        last[alike] = f"{reason}{f' ({count} times)' if count > 1 else ''}: {message[:300]}"
    telling = [line for (reason, _), line in last.items() if reason not in _ORDINARY]
    return (telling or list(last.values()))[-EVENTS_SHOWN:]


# The workload and its claims


def _refused(seen: Seen) -> Iterator[Finding]:
    """Pods that the API does not take."""
    if not seen.workload:
        return
    uid = seen.workload["metadata"]["uid"]
    failure = condition(seen.workload, "ReplicaFailure")
    message = str(failure.get("message", "")) if failure.get("status") == "True" else ""
    about = {uid}
    for event in seen.events:  # only a Deployment has the condition
        if event.get("reason") == "FailedCreate":
            message = message or event["message"]
            about.add(event["involvedObject"]["uid"])
        elif event.get("reason") == "SuccessfulCreate" and failure.get("status") != "True":
            message = ""
    if message:
        text = message.partition("error: ")[2] or message  # "create Pod x-0 in StatefulSet x failed error: ..."
        reason = kube_reasons.of_refusal(seen.component, text)
        yield Finding("refused", reason, tuple(about), wants_room="exceeded quota" in text)


def _claims(seen: Seen) -> Iterator[Finding]:
    for claim in seen.claims:
        if (claim.get("status") or {}).get("phase") == "Bound":
            continue
        name, uid = claim["metadata"]["name"], claim["metadata"]["uid"]
        told = [e for e in _about(seen, uid) if e.get("reason") in ("ProvisioningFailed", "FailedBinding")]
        if told:
            reason = kube_reasons.of_claim(seen.component, name, told[-1]["reason"], told[-1]["message"])
            yield Finding(f"claim {name}", reason, (uid,))


# Pods


def _pod(seen: Seen, pod: Object) -> Iterator[Finding]:
    name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
    status = pod.get("status") or {}
    if status.get("phase") == "Failed" and status.get("reason"):
        why = f"its pod was ended ({status['reason']}): {status.get('message', '')}".strip(": ")
        yield Finding("ended", Reason(why, "{kubectl} describe nodes", 15), (uid,), name)
        return
    found = [*_unscheduled(seen, pod), *_containers(seen, pod), *_mounts(seen, pod)]
    yield from found
    lost = condition(pod, "Ready").get("reason") == "NodeStatusUnknown" or status.get("reason") == "NodeLost"
    if lost or any(e.get("reason") == "NodeNotReady" for e in _about(seen, uid)[-3:]):
        node = pod["spec"].get("nodeName", "")
        step = f"{{kubectl}} describe node {node}"
        yield Finding("node", Reason(f"its node {node} does not answer any more", step, 15), (uid,), name)


def unschedulable(pod: Object) -> bool:
    """Whether the scheduler found no node for a pod."""
    scheduled = condition(pod, "PodScheduled")
    return scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"


def _unscheduled(seen: Seen, pod: Object) -> Iterator[Finding]:
    if not unschedulable(pod):
        return
    scheduled = condition(pod, "PodScheduled")
    uid = pod["metadata"]["uid"]
    reason = kube_reasons.of_schedule(seen.component, pod, str(scheduled.get("message", "")), seen.nodes)
    # cluster-autoscaler, then Karpenter: a node is on its way.
    if any(e.get("reason") in ("TriggeredScaleUp", "Nominated") for e in _about(seen, uid)):
        reason = Reason(f"{reason.cause}; an autoscaler is adding a node", reason.next_step, NEVER)
    room = any(word in scheduled.get("message", "") for word in ("Insufficient", "Too many pods"))
    yield Finding("unschedulable", reason, (uid,), pod["metadata"]["name"], wants_room=room)


def _mounts(seen: Seen, pod: Object) -> Iterator[Finding]:
    """Volumes and sandboxes that cannot be made, while no container has started."""
    uid, status = pod["metadata"]["uid"], pod.get("status") or {}
    states = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    if any(set(s.get("state") or {}) - {"waiting"} for s in states):
        return
    for event in reversed(_about(seen, uid)):
        if event.get("reason") == "FailedMount":
            reason = kube_reasons.of_start(seen.component, "FailedMount", event["message"])
            if reason.patience > 3:  # attached elsewhere until its old pod is gone, say
                reason = Reason(reason.cause, reason.next_step, RETRY_SECONDS)
            yield Finding("mount", reason, (uid,), pod["metadata"]["name"])
            return
        if event.get("reason") == "FailedCreatePodSandBox":
            why = f"its node cannot make a pod: {' '.join(event['message'].split())[:300]}"
            reason = Reason(why, "{kubectl} describe nodes", RETRY_SECONDS)
            yield Finding("sandbox", reason, (uid,), pod["metadata"]["name"])
            return


# Containers


@dataclass(frozen=True)
class _Container:
    """A container's status beside its spec."""

    spec: Object
    status: Object
    init: bool
    pod: Object
    state: Object = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def last(self) -> Object:
        """How its last run ended, {} when it has not ended yet, or has been ready since."""
        if "terminated" in self.state:
            return self.state["terminated"]
        last = (self.status.get("lastState") or {}).get("terminated") or {}
        running = self.state.get("running")
        # Ready since this start, and unready since then: how an older run ended is no sign any more. Both by the kubelet's clock.
        turned = condition(self.pod, "ContainersReady").get("lastTransitionTime", "")
        return {} if last and running and turned > running.get("startedAt", "") else last

    @property
    def ends(self) -> bool:
        """Whether it is meant to end."""
        return (self.init and self.spec.get("restartPolicy") != "Always") or self.pod["spec"].get(
            "restartPolicy"
        ) == "Never"

    @property
    def fine(self) -> bool:
        if self.ends and "terminated" in self.state:
            return self.state["terminated"].get("exitCode") == 0
        return bool(self.status.get("ready"))


def _containers(seen: Seen, pod: Object) -> Iterator[Finding]:
    for init, specs, statuses in (
        (True, "initContainers", "initContainerStatuses"),
        (False, "containers", "containerStatuses"),
    ):
        by_name = {status["name"]: status for status in (pod.get("status") or {}).get(statuses) or []}
        for spec in pod["spec"].get(specs) or []:
            status = by_name.get(spec["name"], {})
            container = _Container(spec, status, init, pod, status.get("state") or {})
            if not container.fine:
                yield from _container(seen, container)


def _container(seen: Seen, container: _Container) -> Iterator[Finding]:
    pod, uid = container.pod["metadata"]["name"], container.pod["metadata"]["uid"]
    waiting = container.state.get("waiting") or {}
    why, message = str(waiting.get("reason", "")), str(waiting.get("message", ""))
    where = {"about": (uid,), "pod": pod, "container": container.name}
    if why in _PULLS:
        reason = kube_reasons.of_pull(seen.component, container.spec["image"], why, message)
        failed = [e for e in _about(seen, uid) if "Failed to pull image" in e["message"]]
        if sum(int(e.get("count") or 1) for e in failed) > 1:  # it was tried again
            reason = Reason(reason.cause, reason.next_step)
        yield Finding(f"image {container.name}", reason, **where)
    elif why in _STARTS:
        reason = kube_reasons.of_start(seen.component, why, message)
        yield Finding(f"start {container.name}", reason, **where)
    elif container.last:
        yield _ended(seen, container, where, in_back_off=why == "CrashLoopBackOff")
    elif "running" in container.state and not container.init:
        yield _unready(seen, container, where)


def _ended(seen: Seen, container: _Container, where: Mapping[str, Any], *, in_back_off: bool) -> Finding:
    """A run that ended: the second time, or when Kubernetes itself slows down, is a crash; once may be a mishap."""
    last = container.last
    runs = int(container.status.get("restartCount") or 0) + ("running" not in container.state)
    code = int(last.get("exitCode") or 0)
    never = container.pod["spec"].get("restartPolicy") == "Never"
    patience = 0 if in_back_off or runs > 1 or never else RETRY_SECONDS
    logs = f"{{kubectl}} logs {where['pod']} --container {container.name}"
    if "running" in container.state:  # else the API itself means the run that ended
        logs += " --previous"
    if last.get("reason") == "OOMKilled":
        limit = ((container.spec.get("resources") or {}).get("limits") or {}).get("memory", "the node's")
        step = f"raise {kube_reasons.option(seen.component)}_resources.limits.memory, or find out what it holds: {logs}"
        reason = Reason(f"it needed more memory than its limit ({limit}) and was killed", step)
        return Finding(f"memory {container.name}", reason, log=True, **where)
    if last.get("reason") in ("StartError", "ContainerCannotRun"):
        start = kube_reasons.of_start(seen.component, str(last["reason"]), str(last.get("message", "")))
        return Finding(f"start {container.name}", Reason(start.cause, start.next_step, patience), **where)
    who = f"its init step {container.name}" if container.init else "it"
    times = f", {runs} times" if runs > 1 else ""
    meaning = f" ({_CODES[code]})" if code in _CODES else ""
    cause = f"{who} {'ends' if never else 'exits at start'} with code {code}{meaning}{times}"
    killed = _probe_message(seen, container, kill=True)
    if killed:
        cause = f"{who} was killed, as {killed}{times}"
    return Finding(f"exit {container.name}", Reason(cause, logs, patience), log=True, alone=False, **where)


def _unready(seen: Seen, container: _Container, where: Mapping[str, Any]) -> Finding:
    """It runs; only time tells."""
    said = _probe_message(seen, container, kill=False)
    cause = f"it runs, but {said}" if said else "it runs, but is not ready yet"
    logs = f"{{kubectl}} logs {where['pod']} --container {container.name}"
    return Finding(f"probe {container.name}", Reason(cause, logs, NEVER), log=True, alone=False, **where)


def _probe_message(seen: Seen, container: _Container, *, kill: bool) -> str:
    """What the last failed probe said, as half a sentence: 'its readiness probe fails: ...'; '' when none failed.

    :param kill: only when the kubelet ended the container for it.
    """
    path = f"{{{container.name}}}"
    mine = [
        e
        for e in _about(seen, container.pod["metadata"]["uid"])
        if str((e.get("involvedObject") or {}).get("fieldPath", "")).endswith(path)
    ]
    killing = [e for e in mine if e.get("reason") == "Killing" and "probe" in e["message"]]
    if kill and not killing:
        return ""
    for event in reversed(mine):
        found = re.match(r"(Readiness|Liveness|Startup) probe (failed|errored)[^:]*: (.*)", event["message"], re.DOTALL)
        if found and (not kill or found[1].lower() in killing[-1]["message"].lower()):
            return f"its {found[1].lower()} probe fails: {' '.join(found[3].split())[:300]}"
    return "a probe of it fails" if kill else ""


def _about(seen: Seen, uid: str) -> list[Object]:
    return [e for e in seen.events if (e.get("involvedObject") or {}).get("uid") == uid]


def _reference(obj: Object) -> str:
    return f"{obj['kind'].lower()}/{obj['metadata']['name']}"
