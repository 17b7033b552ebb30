"""Components that fail on a cluster, each in its own way (and some that do not): what the tests provoke, and what their fixtures recorded."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

NAME = "web"
LABELS = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/part-of": "todo-app", "todoapp.stack/part": "service"}
SELECTOR = {key: LABELS[key] for key in ("app.kubernetes.io/name", "todoapp.stack/part")}
SAFE = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
RESOURCES = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "500m", "memory": "64Mi"}}
FOREVER = "trap 'exit 0' TERM; sleep 3600 & wait"
FAILS = {"exec": {"command": ["sh", "-c", "echo no answer on port 8000; exit 1"]}, "periodSeconds": 1}
WORKS = {"exec": {"command": ["sh", "-c", "true"]}, "periodSeconds": 1}


def shell(image: str, script: str, **more: Any) -> Object:
    """A container that runs a shell script, as "restricted" wants it."""
    command = ["sh", "-c", script]
    return {"name": NAME, "image": image, "command": command, "securityContext": SAFE, "resources": RESOURCES, **more}


def pod(container: Object, **spec: Any) -> Object:
    """A pod template around a container."""
    return {
        "metadata": {"labels": dict(LABELS)},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 1,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
            **spec,
        },
    }


def deployment(template: Object, **spec: Any) -> Object:
    """A Deployment of one such pod."""
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME, "labels": dict(LABELS)},
        "spec": {"selector": {"matchLabels": SELECTOR}, "strategy": strategy, "template": template, **spec},
    }


def stateful_set(template: Object, **spec: Any) -> Object:
    """A StatefulSet of one such pod."""
    metadata = {"name": NAME, "labels": dict(LABELS)}
    whole = {"selector": {"matchLabels": SELECTOR}, "serviceName": NAME, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": whole}


def claim(name: str = f"{NAME}-data", **spec: Any) -> Object:
    """A volume claim."""
    whole = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "16Mi"}}, **spec}
    metadata = {"name": name, "labels": dict(LABELS)}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": whole}


def quota(**hard: str) -> Object:
    """A quota of the namespace."""
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": hard}}


def mounting(claim_name: str, container: Object) -> Object:
    """A pod that mounts a claim."""
    container["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    return pod(container, volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": claim_name}}])


def failures(image: str, registry: str) -> dict[str, list[Object]]:
    """The failures by name: the objects to apply, in order; the last is the workload.

    :param image: one with a shell that the cluster has.
    :param registry: the registry that the cluster pulls from.
    """
    crash = "echo starting; echo 'FATAL: no such thing' >&2; exit 3"
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "credentials"}, "stringData": {"one": "1"}}
    key = {"name": "TWO", "valueFrom": {"secretKeyRef": {"name": "credentials", "key": "two"}}}
    items = [{"name": "secrets", "secret": {"secretName": "credentials", "items": [{"key": "two", "path": "two"}]}}]
    shown = shell(image, FOREVER, volumeMounts=[{"name": "secrets", "mountPath": "/run/secrets", "readOnly": True}])
    greedy = {"requests": {"cpu": "10m", "memory": "900Gi"}, "limits": {"cpu": "500m", "memory": "900Gi"}}
    bare = {"name": NAME, "image": image, "command": ["sleep", "3600"]}
    migrate = {**shell(image, "echo 'no such table' >&2; exit 4"), "name": "migrate"}
    hog = "echo filling; x=0123456789; while true; do x=$x$x; done"
    # Startup and liveness probes end the container; a readiness probe only says so.
    slow_start = {"startupProbe": {**FAILS, "failureThreshold": 2}}
    return {
        "nothing": [deployment(pod(shell(image, FOREVER, readinessProbe=WORKS)))],
        "nothing, without a probe": [deployment(pod(shell(image, FOREVER)))],
        "nothing, stateful": [stateful_set(pod(shell(image, FOREVER, readinessProbe=WORKS)))],
        "missing image": [deployment(pod(shell(f"{registry}/todo-test/none:1", FOREVER)))],
        "unreachable registry": [deployment(pod(shell("registry.invalid:5000/todo-test/none:1", FOREVER)))],
        "invalid image name": [deployment(pod(shell("todo-test/NONE:1", FOREVER)))],
        "crash without a probe": [deployment(pod(shell(image, crash)))],
        "crash with a probe": [deployment(pod(shell(image, crash, readinessProbe=WORKS)))],
        "crash after a while": [deployment(pod(shell(image, f"sleep 3; {crash}")))],
        "no such command": [deployment(pod({**shell(image, ""), "command": ["/no/such/command"]}))],
        "out of memory": [deployment(pod(shell(image, hog)))],
        "failing init": [deployment(pod(shell(image, FOREVER), initContainers=[migrate]))],
        "never ready": [deployment(pod(shell(image, f"echo listening; {FOREVER}", readinessProbe=FAILS)))],
        "killed by its startup probe": [deployment(pod(shell(image, f"echo slow; {FOREVER}", **slow_start)))],
        "not enough memory": [deployment(pod({**shell(image, FOREVER), "resources": greedy}))],
        "no such node": [deployment(pod(shell(image, FOREVER), nodeSelector={"disk": "fast"}))],
        "not admitted": [deployment({"metadata": {"labels": dict(LABELS)}, "spec": {"containers": [bare]}})],
        "over quota": [quota(**{"requests.memory": "8Mi"}), deployment(pod(shell(image, FOREVER)))],
        "over quota, stateful": [quota(pods="0"), stateful_set(pod(shell(image, FOREVER)))],
        "missing secret key": [secret, deployment(pod(shell(image, FOREVER, env=[key])))],
        "missing secret key in a volume": [secret, deployment(pod(shown, volumes=items))],
        "missing secret": [deployment(pod(shown, volumes=items))],
        "no such storage class": [
            claim(storageClassName="none-such"),
            stateful_set(mounting(f"{NAME}-data", shell(image, FOREVER))),
        ],
        "missing claim": [stateful_set(mounting("elsewhere", shell(image, FOREVER)))],
    }
