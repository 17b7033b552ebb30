"""What Kubernetes' messages mean: the words of kubelet, containerd, scheduler and API server, as they write them."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import kube_reasons

IMAGE = "registry.example:5000/todo-app/backend:1"
RESOLVE = f'failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '
HEAD = 'failed to do request: Head "https://registry.example:5000/v2/todo-app/backend/manifests/1": '

PULLS = [
    ("ErrImagePull", f"{RESOLVE}{IMAGE}: not found", "does not exist in its registry", "build.yml pushes it", 0),
    (
        "ImagePullBackOff",
        f'Back-off pulling image "{IMAGE}": ErrImagePull: {RESOLVE}{IMAGE}: not found',
        "does not exist in its registry",
        "backend_image",
        0,
    ),
    (
        "ErrImagePull",
        (
            f"{RESOLVE}pull access denied, repository does not exist or may require authorization: server message: "
            "insufficient_scope: authorization failed"
        ),
        "asks for credentials that are missing or wrong",
        "todo_registry",
        0,
    ),
    (
        "ErrImagePull",
        f"{RESOLVE}unexpected status from HEAD request to https://registry.example:5000/v2/x: 401 Unauthorized",
        "credentials",
        "todo_registry",
        0,
    ),
    (
        "ErrImagePull",
        f"{RESOLVE}unexpected status from HEAD request to https://registry.example:5000/v2/x: 429 Too Many Requests",
        "limits how often",
        "wait",
        0,
    ),
    (
        "ErrImagePull",
        f"{RESOLVE}unexpected status from HEAD request to https://registry.example:5000/v2/x: 503 Service Unavailable",
        "cannot reach the registry",
        "is the registry up",
        20,
    ),
    (
        "ErrImagePull",
        f"{RESOLVE}{HEAD}dial tcp: lookup registry.example on 10.0.0.1:53: no such host",
        "cannot reach the registry",
        "is the registry up",
        20,
    ),
    (
        "ErrImagePull",
        f"{RESOLVE}{HEAD}dial tcp 10.0.0.1:5000: connect: connection refused",
        "cannot reach the registry",
        "is the registry up",
        20,
    ),
    (
        "ErrImagePull",
        f"{RESOLVE}{HEAD}tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "does not trust the certificate",
        "certificate authority",
        0,
    ),
    (
        "ErrImagePull",
        f"{RESOLVE}{HEAD}http: server gave HTTP response to HTTPS client",
        "speaks HTTP",
        "give the registry a certificate",
        0,
    ),
    (
        "ErrImagePull",
        f'failed to pull and unpack image "{IMAGE}": no match for platform in manifest: not found',
        "was not built for the node's kind of processor",
        "build it",
        0,
    ),
    (
        "ErrImagePull",
        f'failed to pull and unpack image "{IMAGE}": write /var/lib/x: no space left on device',
        "the node's disk is full",
        "free space",
        0,
    ),
    ("InvalidImageName", "couldn't parse image name: invalid reference format", "no valid image name", "correct", 0),
    (
        "ErrImageNeverPull",
        f'Container image "{IMAGE}" is not present with pull policy of Never',
        "not on the node",
        "load",
        0,
    ),
    ("ErrImagePull", "something new", "cannot be pulled: something new", "registry's own log", 20),
]


@pytest.mark.parametrize(("reason", "message", "cause", "step", "patience"), PULLS)
def test_pull(reason, message, cause, step, patience):
    found = kube_reasons.of_pull("backend", IMAGE, reason, message)
    assert cause in found.cause
    assert IMAGE in found.cause
    assert step in found.next_step
    assert found.patience == patience


def test_an_image_name_is_not_taken_for_an_answer():
    found = kube_reasons.of_pull("a-b", "x.example/app-404:503", "ErrImagePull", "x.example/app-404:503: odd")
    assert found.cause == "the image x.example/app-404:503 cannot be pulled: x.example/app-404:503: odd"
    assert "a_b_image" in found.next_step


@pytest.mark.parametrize(
    ("message", "cause", "step"),
    [
        (
            "couldn't find key two in Secret test/credentials",
            "the Secret credentials has no key two",
            "todo_existing_secret",
        ),
        ('secret "credentials" not found', "the secret credentials that it refers to does not exist", "deploy again"),
        ('configmap "settings" not found', "the configmap settings that it refers to does not exist", "deploy again"),
        (
            'MountVolume.SetUp failed for volume "secrets" : references non-existent secret key: two',
            "the Secret that its volume secrets shows has no key two",
            "todo_existing_secret",
        ),
        (
            'container has runAsNonRoot and image will run as root (pod: "x", container: web)',
            "its image would run as root",
            "a numeric USER",
        ),
        (
            (
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
                'unable to start container process: exec: "backend": executable file not found in $PATH: unknown'
            ),
            "its command backend cannot be run: executable file not found in $PATH",
            "the description's command",
        ),
        ("anything else", "it cannot be started (RunContainerError): anything else", "describe pods"),
    ],
)
def test_start(message, cause, step):
    found = kube_reasons.of_start("web", "RunContainerError", message)
    assert cause in found.cause
    assert step in found.next_step


@pytest.mark.parametrize(
    ("message", "cause", "step", "patience"),
    [
        (
            (
                'pods "web-1" is forbidden: exceeded quota: small, requested: requests.memory=16Mi, used: requests.memory=0, '
                "limited: requests.memory=8Mi"
            ),
            (
                "the namespace's quota small is used up: a pod needs requests.memory=16Mi, requests.memory=0 of "
                "requests.memory=8Mi are taken"
            ),
            "web_resources",
            8,
        ),
        (
            'pods "web-1" is forbidden: failed quota: small: must specify limits.cpu for: web',
            "the namespace's quota small wants each pod to state limits.cpu for: web",
            "web_resources",
            0,
        ),
        (
            'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (x)',
            "violate the Pod Security Standard restricted:latest: allowPrivilegeEscalation != false (x)",
            "correct the pod",
            0,
        ),
        (
            'admission webhook "rules.example" denied the request: no latest tags',
            "the cluster's admission rule rules.example refuses its pods: no latest tags",
            "ask who runs the rule",
            0,
        ),
        (
            "pods \"web-1\" is forbidden: ValidatingAdmissionPolicy 'tags' with binding 'all' denied request: no latest tags",
            "the cluster's admission policy tags refuses its pods: no latest tags",
            "ask who keeps",
            0,
        ),
        (
            'Internal error occurred: failed calling webhook "rules.example": failed to call webhook: connection refused',
            "the cluster's admission rule rules.example does not answer",
            "ask who runs it",
            15,
        ),
        (
            'pods "web-1" is forbidden: maximum cpu usage per Container is 200m, but limit is 500m',
            "the namespace's LimitRange refuses its pods: maximum cpu usage",
            "web_resources",
            0,
        ),
        (
            'pods "web-1" is forbidden: error looking up service account x/y: serviceaccount "y" not found',
            "the cluster does not take its pods: error looking up service account",
            "describe",
            5,
        ),
    ],
)
def test_refusal(message, cause, step, patience):
    found = kube_reasons.of_refusal("web", message)
    assert cause in found.cause
    assert step in found.next_step
    assert found.patience == patience


POD = {
    "spec": {
        "nodeSelector": {"disk": "fast"},
        "containers": [
            {"name": "a", "resources": {"requests": {"memory": "900Gi", "cpu": "1"}}},
            {"name": "b", "resources": {"requests": {"memory": "1Gi"}}},
            {"name": "c"},
        ],
    }
}
NODES = [
    {"spec": {"taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]}},
    {
        "spec": {
            "taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}, {"key": "old", "effect": "NoExecute"}]
        }
    },
    {"spec": {}},
]
REST = " no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."


@pytest.mark.parametrize(
    ("message", "cause", "step"),
    [
        (
            "1 Insufficient memory.",
            "no node has enough memory left: it asks for 900Gi + 1Gi of memory (0 of 3 nodes fit)",
            "web_resources.requests",
        ),
        ("3 Insufficient cpu.", "no node has enough cpu left: it asks for 1 of cpu", "web_resources.requests"),
        (
            "3 node(s) didn't match Pod's node affinity/selector.",
            "no node has the labels that it selects: disk=fast",
            "web_node_selector",
        ),
        (
            "3 node(s) had untolerated taint(s).",
            "it does not tolerate the taints of the nodes: gpu=yes:NoSchedule, old:NoExecute",
            "tolerate them (web_tolerations)",
        ),
        (
            "1 Insufficient cpu, 2 node(s) had untolerated taint {disk: slow}.",
            "the taints of the nodes: gpu=yes:NoSchedule, old:NoExecute; no node has enough cpu left",
            "tolerate them (web_tolerations)",
        ),
        ("3 node(s) were unschedulable.", "the nodes are closed to new pods", "uncordon"),
        ("3 Too many pods.", "the nodes hold as many pods as they may", "add a node"),
        (
            "3 node(s) had volume node affinity conflict.",
            "its volume is on a node that cannot take it",
            "persistentvolumes",
        ),
        ("3 node(s) didn't have free ports for the requested pod ports.", "the port that it wants", "get pods"),
    ],
)
def test_schedule(message, cause, step):
    found = kube_reasons.of_schedule("web", POD, f"0/3 nodes are available: {message}{REST}", NODES)
    assert found.cause.startswith("no node takes it: ")
    assert cause in found.cause
    assert step in found.next_step
    assert 5 <= found.patience <= 15


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ('persistentvolumeclaim "data" not found', "no node takes it: its volume claim data does not exist"),
        (
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
            "no node takes it: its volume claim is not bound",
        ),
        ("no nodes available to schedule pods", "no node takes it: no node takes it: no nodes available"),
    ],
)
def test_schedule_without_counts(message, cause):
    assert kube_reasons.of_schedule("web", POD, message, []).cause.startswith(cause)


def test_taints_where_nodes_may_not_be_looked_at():
    found = kube_reasons.of_schedule("web", POD, "0/1 nodes are available: 1 node(s) had untolerated taint(s).", [])
    assert found.cause == "no node takes it: it does not tolerate the taints of the nodes (0 of 1 nodes fit)"
    old = kube_reasons.of_schedule("web", POD, "0/1 nodes are available: 1 node(s) had untolerated taint {a: b}.", [])
    assert old.cause == "no node takes it: it does not tolerate the taints of the nodes: a: b (0 of 1 nodes fit)"


@pytest.mark.parametrize(
    ("reason", "message", "cause"),
    [
        (
            "ProvisioningFailed",
            'storageclass.storage.k8s.io "none-such" not found',
            "its volume claim data names the StorageClass none-such, which does not exist",
        ),
        (
            "FailedBinding",
            "no persistent volumes available for this claim and no storage class is set",
            "its volume claim data has no StorageClass, and the cluster has no default one",
        ),
        (
            "ProvisioningFailed",
            "quota of disks used up",
            "its volume claim data gets no volume (ProvisioningFailed): quota",
        ),
    ],
)
def test_claim(reason, message, cause):
    found = kube_reasons.of_claim("web", "data", reason, message)
    assert found.cause.startswith(cause)
    assert 0 < found.patience <= 15


def test_kubectl_names_what_it_acts_on():
    assert kube_reasons.kubectl("", "staging", "todo") == "kubectl --context staging --namespace todo"
    assert kube_reasons.kubectl("/k", "c", "n") == "kubectl --kubeconfig /k --context c --namespace n"
