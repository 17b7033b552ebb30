"""What Kubernetes' own messages mean: from the words of the kubelet, the scheduler and the API to cause and next step.

A next step may hold {kubectl}, which stands for kubectl with the kubeconfig, context and namespace that are meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEVER = float("inf")


@dataclass(frozen=True)
class Reason:
    """A cause, what to do about it, and for how many seconds it may still heal by itself."""

    cause: str
    next_step: str
    patience: float = 0


@dataclass(frozen=True)
class _Rule:
    """What a message that the pattern finds means. {image}, {component} and the pattern's groups are put in."""

    pattern: str
    cause: str
    next_step: str
    patience: float = 0


def _first(rules: tuple[_Rule, ...], message: str, **words: str) -> Reason | None:
    """The reason of the first rule whose pattern the message holds."""
    for rule in rules:
        found = re.search(rule.pattern, message, re.DOTALL)
        if found:
            known = {**words, **{key: (value or "").strip() for key, value in found.groupdict().items()}}
            cause, step = rule.cause, rule.next_step
            for name, value in known.items():
                cause, step = cause.replace(f"<{name}>", value), step.replace(f"<{name}>", value)
            return Reason(cause, step, rule.patience)
    return None


RETRY_SECONDS = 20.0
"""How long what may be a passing fault is given: the kubelet tries again after 10 s."""

# containerd: failed to pull and unpack image "X": failed to resolve reference "X": X: not found
_PULL = (
    _Rule(
        r"InvalidImageName|[Ii]nvalid reference format|couldn't parse image",
        "<image> is no valid image name",
        "correct <option>_image",
    ),
    _Rule(
        r"(?i)429|toomanyrequests|rate limit",
        "the registry gives no more for now, it limits how often one may pull <image>",
        "wait, or pull with an account, or from a registry of your own (todo_registry)",
    ),
    _Rule(
        r"(?i)x509|certificate",
        "the node does not trust the certificate of the registry of <image>",
        "give the nodes' container runtime the registry's certificate authority",
    ),
    _Rule(
        r"(?i)HTTP response to HTTPS client",
        "the registry of <image> speaks HTTP, and the node asks with HTTPS",
        "give the registry a certificate, or tell the nodes' container runtime that it has none",
    ),
    _Rule(
        r"(?i)no such host|connection refused|i/o timeout|deadline exceeded|no route to host|TLS handshake timeout"
        r"|network is unreachable|connection reset|server misbehaving|: EOF|RegistryUnavailable|\b50[0-9]\b",
        "the node cannot reach the registry of <image>: <said>",
        "is the registry up, and can the nodes reach it by that name? look at todo_registry and <option>_image",
        RETRY_SECONDS,
    ),
    _Rule(
        r"(?i)unauthorized|authentication required|authorization failed|access denied|insufficient_scope"
        r"|no basic auth credentials|forbidden|\b40[13]\b",
        "the registry does not give <image> out: it has none of that name, or asks for credentials that are missing or wrong",
        "give todo_registry its credentials (or name Secrets in todo_image_pull_secrets), and look at <option>_image",
    ),
    _Rule(
        r"(?i)no match for platform|no matching manifest",
        "<image> was not built for the node's kind of processor",
        "build it for the nodes' kind of processor",
    ),
    _Rule(
        r"(?i)not found|manifest unknown|name unknown|\b404\b",
        "the image <image> does not exist in its registry",
        "ansible-playbook playbooks/build.yml pushes it; if it is not to be built here, correct <option>_image",
    ),
    _Rule(
        r"(?i)no space left on device",
        "the node's disk is full: <image> does not fit",
        "free space on the node's disk",
    ),
    _Rule(
        r"ErrImageNeverPull",
        "<image> is not on the node, and it may not be pulled",
        "load it into the node, or correct <option>_image",
    ),
)


def of_pull(component: str, image: str, reason: str, message: str) -> Reason:
    """Why an image is not there.

    :param reason: the container's waiting reason (ErrImagePull, ImagePullBackOff, InvalidImageName, ...).
    """
    text = f"{reason}: {message}".replace(image, "IMAGE")  # a name such as app-404 must not be taken for the answer
    last = re.split(rf'{re.escape(image)}\\?"?: ', message)[-1]
    found = _first(_PULL, text, image=image, option=option(component), said=_short(last))
    return found or Reason(
        f"the image {image} cannot be pulled: {_short(message) or reason}",
        f"look at {option(component)}_image, and at the registry's own log",
        RETRY_SECONDS,
    )


_KEY = "put the key there, or name another Secret (todo_existing_secret)"
_CONFIG = (
    # kubelet: couldn't find key NAME in Secret NAMESPACE/NAME; volumes: references non-existent secret key: NAME
    _Rule(
        r"couldn't find key (?P<key>\S+) in (?P<kind>Secret|ConfigMap) \S*?(?P<name>[^/\s]+)$",
        "the <kind> <name> has no key <key>",
        _KEY,
        3,
    ),
    _Rule(
        r"volume \"(?P<volume>[^\"]+)\" : references non-existent (?P<kind>secret|config) key: (?P<key>\S+)",
        "the Secret that its volume <volume> shows has no key <key>",
        _KEY,
        3,
    ),
    _Rule(
        r"(?i)(?P<kind>secret|configmap) \"(?P<name>[^\"]+)\" not found",
        "the <kind> <name> that it refers to does not exist",
        "deploy again (it makes what belongs to the release); a Secret of your own must exist (todo_existing_secret)",
        3,
    ),
    _Rule(
        r"(?i)runAsNonRoot and image will run as root|non-numeric user",
        "its image would run as root, which the namespace does not admit",
        "give the image's Dockerfile a numeric USER",
    ),
    _Rule(
        r"exec: \"(?P<command>[^\"]+)\": (?P<why>.+?)(?:: unknown|$|\n)",
        "its command <command> cannot be run: <why>",
        "correct the description's command, or the image",
    ),
    _Rule(r"(?i)exec format error", "its image is for another kind of processor", "build it for the nodes' kind"),
)


def of_start(component: str, reason: str, message: str) -> Reason:
    """Why a container, or a volume that it mounts, could not be made."""
    found = _first(_CONFIG, message.strip())
    return found or Reason(f"it cannot be started ({reason}): {_short(message)}", f"{_DESCRIBE}{component}", 10)


_DESCRIBE = "{kubectl} describe pods --selector app.kubernetes.io/name="

# Pods that the API does not take: pods "X" is forbidden: exceeded quota: Q, requested: A, used: B, limited: C
_REFUSED = (
    _Rule(
        r"exceeded quota: (?P<quota>[^,]+), requested: (?P<asked>.+?), used: (?P<used>.+?), limited: (?P<limit>.+)$",
        "the namespace's quota <quota> is used up: a pod needs <asked>, <used> of <limit> are taken",
        "raise the quota ({kubectl} describe quota <quota>), or lower <option>_resources or the replicas",
        8,  # a pod that is just going gives back what it held
    ),
    _Rule(
        r"failed quota: (?P<quota>[^:]+): must specify (?P<what>.+)$",
        "the namespace's quota <quota> wants each pod to state <what>",
        "state it in <option>_resources",
    ),
    _Rule(
        r"violates PodSecurity \"(?P<level>[^\"]+)\": (?P<why>.+)$",
        "the namespace does not admit its pods, which violate the Pod Security Standard <level>: <why>",
        "correct the pod; a namespace that must admit it needs another label pod-security.kubernetes.io/enforce",
    ),
    _Rule(
        r"admission webhook \"(?P<hook>[^\"]+)\" denied the request: (?P<why>.+)$",
        "the cluster's admission rule <hook> refuses its pods: <why>",
        "correct what it names, or ask who runs the rule",
    ),
    _Rule(
        r"ValidatingAdmissionPolicy '(?P<hook>[^']+)'.*denied request: (?P<why>.+)$",
        "the cluster's admission policy <hook> refuses its pods: <why>",
        "correct what it names, or ask who keeps the policy",
    ),
    _Rule(
        r"failed calling webhook \"(?P<hook>[^\"]+)\": (?P<why>.+)$",
        "the cluster's admission rule <hook> does not answer: <why>",
        "ask who runs it; nothing can be started while it is down",
        15,
    ),
    _Rule(
        r"is forbidden: (?P<why>(?:maximum|minimum) .+)$",
        "the namespace's LimitRange refuses its pods: <why>",
        "{kubectl} describe limitrange; keep <option>_resources within it",
    ),
)


def of_refusal(component: str, message: str) -> Reason:
    """Why the API does not take a component's pods."""
    found = _first(_REFUSED, message.strip(), option=option(component))
    why = message.partition("is forbidden: ")[2] or message
    return found or Reason(f"the cluster does not take its pods: {_short(why)}", f"{_DESCRIBE}{component}", 5)


_UNSCHEDULABLE = (
    _Rule(
        r"Insufficient (?P<what>\S+)",
        "no node has enough <what> left: it asks for <asked>",
        "lower <option>_resources.requests, free the nodes, or add one",
        10,
    ),
    _Rule(
        r"untolerated taint",
        "it does not tolerate the taints of the nodes<taints>",
        "tolerate them (<option>_tolerations), or remove one: kubectl taint nodes NODE KEY-",
        10,
    ),
    _Rule(
        r"didn't match Pod's node affinity/selector",
        "no node has the labels that it selects: <selector>",
        "correct <option>_node_selector, or label a node",
        10,
    ),
    _Rule(
        r"volume node affinity conflict",
        "its volume is on a node that cannot take it",
        "{kubectl} get persistentvolumes --output wide; make room on the volume's node",
        10,
    ),
    _Rule(r"were unschedulable", "the nodes are closed to new pods", "kubectl uncordon NODE", 10),
    _Rule(r"Too many pods", "the nodes hold as many pods as they may", "add a node", 10),
    _Rule(r"free ports", "the port that it wants on the node is taken", "{kubectl} get pods --all-namespaces", 10),
    _Rule(
        r"persistentvolumeclaim \"(?P<claim>[^\"]+)\" not found",
        "its volume claim <claim> does not exist",
        "deploy again: it makes the claim",
        10,
    ),
    _Rule(r"unbound immediate PersistentVolumeClaims", "its volume claim is not bound", "{kubectl} describe pvc", 15),
)


def of_schedule(component: str, pod: Mapping[str, Any], message: str, nodes: Sequence[Mapping[str, Any]]) -> Reason:
    """Why no node takes a pod: each reason that the scheduler counts, most nodes first.

    :param nodes: the cluster's nodes, for their taints; none where we may not look at them.
    """
    counted = re.match(r"(\d+/\d+) nodes are available: (.+?)\.?(?: no new claims| preemption:|$)", message, re.DOTALL)
    parts = re.findall(r"(\d+) ((?:[^,{]|\{[^}]*\})+)", counted[2]) if counted else []
    spec = pod["spec"]
    selector = ", ".join(f"{key}={value}" for key, value in (spec.get("nodeSelector") or {}).items()) or "its affinity"
    words = {"option": option(component), "selector": selector, "taints": _taints(nodes, message)}
    reasons = []
    for _count, text in sorted(parts, key=lambda part: -int(part[0])):
        what = re.search(r"Insufficient (\S+)", text)
        asked = _asked(spec, what[1]) if what else ""
        found = _first(_UNSCHEDULABLE, text.strip(), asked=asked, **words)
        if found and found not in reasons:
            reasons.append(found)
    if not reasons:
        found = _first(_UNSCHEDULABLE, message, asked="", **words)
        reasons = [found or Reason(f"no node takes it: {_short(message)}", f"{_DESCRIBE}{component}", 10)]
    available = f" ({counted[1].replace('/', ' of ')} nodes fit)" if counted else ""
    return Reason(
        f"no node takes it: {'; '.join(reason.cause for reason in reasons)}{available}",
        reasons[0].next_step,
        max(reason.patience for reason in reasons),
    )


def _taints(nodes: Sequence[Mapping[str, Any]], message: str) -> str:
    """': ' and the taints that keep pods off nodes; from the scheduler's words (1.35 and older name them) without nodes."""
    taints = [taint for node in nodes for taint in node["spec"].get("taints") or []]
    named = [f"{t['key']}{'=' + t['value'] if t.get('value') else ''}:{t['effect']}" for t in taints]
    named = named or re.findall(r"untolerated taint \{([^}]*)\}", message)
    return f": {', '.join(dict.fromkeys(named))}" if named else ""


def _asked(spec: Mapping[str, Any], resource: str) -> str:
    """What a pod's containers request of a resource, as they write it."""
    requests = [((c.get("resources") or {}).get("requests") or {}).get(resource) for c in spec["containers"]]
    return f"{' + '.join(str(amount) for amount in requests if amount) or 'none'} of {resource}"


_CLAIM = (
    _Rule(
        r"storageclass\S* \"(?P<name>[^\"]+)\" not found",
        "its volume claim <claim> names the StorageClass <name>, which does not exist",
        "correct <option>_storage_class; kubectl get storageclasses tells which there are",
        3,
    ),
    _Rule(
        r"no persistent volumes available for this claim and no storage class is set",
        "its volume claim <claim> has no StorageClass, and the cluster has no default one",
        "set <option>_storage_class, or make one the default",
        5,
    ),
)


def of_claim(component: str, claim: str, reason: str, message: str) -> Reason:
    """Why a volume claim does not get its volume."""
    found = _first(_CLAIM, message, claim=claim, option=option(component))
    return found or Reason(
        f"its volume claim {claim} gets no volume ({reason}): {_short(message)}",
        f"{{kubectl}} describe pvc {claim}",
        15,
    )


def option(component: str) -> str:
    """The prefix of a component's options."""
    return component.replace("-", "_")


def _short(message: str) -> str:
    return " ".join(message.split())[:300]


def kubectl(kubeconfig: str, context: str, namespace: str) -> str:
    """What {kubectl} stands for in next steps."""
    file = f" --kubeconfig {kubeconfig}" if kubeconfig else ""
    return f"kubectl{file} --context {context} --namespace {namespace}"
