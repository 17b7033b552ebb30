"""What is applied to a cluster is valid, admitted under "restricted", open to nobody else, and as large as it was said."""

import json
import subprocess

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import release
from conftest import ROOT
from parity import manifests, options, roles
from parity_cases import BASE, INGRESS, OPENSHIFT, SWITCHES, expected, merge

HERE = ROOT / "tests" / "unit"


def tool(name):
    done = subprocess.run([ROOT / "scripts" / "tool.sh", name], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def conform(folder, objects):
    """Kubeconform's strict verdict on the objects: its lines about those that are not valid."""
    file = folder / "objects.json"
    file.write_text("\n---\n".join(json.dumps(tree, ensure_ascii=False) for tree in objects))
    locations = [f"{tool('kubernetes-schemas')}/", f"{HERE}/fixtures/schemas/"]
    command = [tool("kubeconform"), "-strict", "-output=json"]
    command += [f"-schema-location={path}{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json" for path in locations]
    done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
    return [f"{r['kind']}/{r['name']}: {r['msg']}" for r in json.loads(done.stdout)["resources"]]


def test_every_object_is_valid(tmp_path):
    found = {}
    for objects in expected().values():
        found |= {json.dumps(tree, sort_keys=True): tree for tree in objects.values()}
    assert len({tree["kind"] for tree in found.values()}) == 11
    assert conform(tmp_path, found.values()) == []


@pytest.mark.parametrize(
    ("kind", "break_it", "sentence"),
    [
        ("Deployment/backend", lambda tree: tree["spec"].update(replica=2), "replica"),
        ("Service/backend", lambda tree: tree["spec"]["ports"][0].update(port="http"), "/spec/ports/0/port"),
        ("Route/frontend", lambda tree: tree["spec"].update(hosts="x"), "hosts"),
    ],
)
def test_an_object_that_is_not_valid_is_found(tmp_path, kind, break_it, sentence):
    tree = manifests(merge(BASE, INGRESS), OPENSHIFT)[kind]
    break_it(tree)
    [said] = conform(tmp_path, [tree])
    assert sentence in said


def pod_specs(objects):
    return {
        name: tree["spec"]["template"]["spec"] for name, tree in objects.items() if "template" in tree.get("spec", {})
    }


@pytest.mark.parametrize("apis", [(), OPENSHIFT], ids=["Kubernetes", "OpenShift"])
def test_every_pod_meets_the_restricted_standard(apis):
    pods = pod_specs(manifests(BASE, apis))
    assert len(pods) == 5
    for pod in pods.values():
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert ("runAsUser" in security, "runAsGroup" in security, "fsGroup" in security) == (not apis,) * 3
        assert pod["automountServiceAccountToken"] is False
        assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC"}
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert not any(port.get("hostPort") for port in container.get("ports", []))
        assert all(
            volume.keys() & {"emptyDir", "secret", "configMap", "persistentVolumeClaim"} for volume in pod["volumes"]
        )


# The product's table: replicas, CPU and memory requested and at most, storage.
TABLE = {
    "frontend": (2, "100m", "250m", "128Mi", "256Mi", None),
    "backend": (2, "250m", "500m", "256Mi", "512Mi", None),
    "chatbot": (1, "100m", "250m", "128Mi", "256Mi", None),
    "ollama": (1, "500m", "1000m", "1Gi", "4Gi", "5Gi"),
    "postgres": (1, "100m", "500m", "128Mi", "512Mi", "1Gi"),
}


def test_replicas_and_resources_are_the_product_s():
    objects = manifests(BASE)
    found = {}
    for name in TABLE:
        workload = objects.get(f"Deployment/{name}") or objects[f"StatefulSet/{name}"]
        resources = workload["spec"]["template"]["spec"]["containers"][0]["resources"]
        claim = objects.get(f"PersistentVolumeClaim/{name}-data")
        found[name] = (
            workload["spec"]["replicas"],
            resources["requests"]["cpu"],
            resources["limits"]["cpu"],
            resources["requests"]["memory"],
            resources["limits"]["memory"],
            claim and claim["spec"]["resources"]["requests"]["storage"],
        )
    assert found == TABLE


def edges(objects):
    """Who may open a connection to whom, as both ends' policies agree."""
    policies = {
        tree["metadata"]["name"]: tree["spec"] for name, tree in objects.items() if name.startswith("NetworkPolicy/")
    }
    assert policies.pop("default-deny") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    def peers(name, way, side):
        rules = policies[name].get(way, [])
        return {
            (peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"], rule["ports"][0]["port"])
            for rule in rules
            for peer in rule.get(side, [])
            if "podSelector" in peer
        }

    out = {(name, peer, port) for name in policies for peer, port in peers(name, "egress", "to")}
    into = {(peer, name, port) for name in policies for peer, port in peers(name, "ingress", "from")}
    assert out == into
    return out


def test_network_policies_are_what_the_descriptions_say():
    components = release.describe(roles(), options(BASE))
    ports = {component.name: component.port for component in components}
    wanted = {(component.name, peer, ports[peer]) for component in components for peer in component.talks_to}
    assert edges(manifests(BASE)) == wanted
    assert ("backend", "postgres", 5432) in wanted


def test_no_rule_lets_everybody_in():
    policies = [
        tree for objects in expected().values() for kind, tree in objects.items() if kind[:14] == "NetworkPolicy/"
    ]
    assert len(policies) > 500
    for policy in policies:
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
        assert all(rule.get("from") for rule in policy["spec"].get("ingress", []))
        assert all(rule.get("to") or rule.get("ports") for rule in policy["spec"].get("egress", []))


def test_the_ingress_controller_reaches_the_page_and_nothing_else():
    objects = manifests(merge(BASE, INGRESS))
    open_to = {
        kind: rule["from"][0]["namespaceSelector"]["matchLabels"]
        for kind, tree in objects.items()
        if kind.startswith("NetworkPolicy/")
        for rule in tree["spec"].get("ingress", [])
        if "namespaceSelector" in rule["from"][0]
    }
    assert open_to == {"NetworkPolicy/frontend": {"kubernetes.io/metadata.name": "traefik"}}


def test_only_what_needs_the_internet_reaches_it():
    blocks = {
        kind
        for kind, tree in manifests(BASE).items()
        if kind.startswith("NetworkPolicy/") and "ipBlock" in json.dumps(tree["spec"].get("egress", []))
    }
    assert blocks == {"NetworkPolicy/ollama"}


def test_without_the_database_nothing_points_to_it():
    objects = manifests(merge(BASE, SWITCHES["postgres_enabled"]))
    assert not [name for name in objects if "postgres" in name]
    policy = objects["NetworkPolicy/backend"]["spec"]["egress"]
    assert {"ports": [{"protocol": "TCP", "port": 5432}]} in policy
    assert "postgres" not in json.dumps(policy)


def test_a_pod_mounts_its_own_secrets_only():
    objects = manifests(BASE)
    mounted = {}
    for name, pod in pod_specs(objects).items():
        for volume in pod["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o440
                mounted[name] = [item["key"] for item in volume["secret"]["items"]]
    assert mounted == {
        "StatefulSet/postgres": ["postgres_password"],
        "Deployment/backend": ["postgres_password", "jwt_key"],
        "Deployment/chatbot": ["chatbot_key"],
    }
    environment = json.dumps([c.get("env") for pod in pod_specs(objects).values() for c in pod["containers"]])
    assert not any(secret in environment for secret in BASE["todo_secrets"].values() if len(secret) > 3)


def test_a_changed_secret_rolls_exactly_the_pods_that_use_it():
    before, after = manifests(BASE), manifests(merge(BASE, {"todo_secrets": {"jwt_key": "another"}}))
    assert {name for name in before if before[name] != after[name]} == {"Secret/credentials", "Deployment/backend"}


def test_a_pod_ends_after_its_last_request():
    for name, pod in pod_specs(manifests(BASE)).items():
        component = next(c for c in release.describe(roles(), options(BASE)) if c.name == name.partition("/")[2])
        assert pod["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
        assert pod["terminationGracePeriodSeconds"] >= 5 + component.stop_seconds


def test_manifest_objects_name_their_components_in_the_order_to_apply():
    values = options(BASE)
    components = release.describe(roles(), values)
    found = release.manifest_objects(ROOT / "roles/component/templates", components, values)
    names = [entry["component"] for entry in found]
    assert list(dict.fromkeys(names)) == ["", *(component.name for component in components)]
    kinds = [entry["object"]["kind"] for entry in found if entry["component"] == "postgres"]
    assert kinds == ["NetworkPolicy", "PersistentVolumeClaim", "Service", "StatefulSet"]
    assert found[-1]["object"]["metadata"]["name"] == "default-deny"  # everybody has rules of his own by then
    text = json.dumps(found)
    assert not any(f'"{secret}"' in text for secret in BASE["todo_secrets"].values())
    credentials = next(e["object"] for e in found if e["object"]["metadata"]["name"] == "credentials")
    assert credentials["data"]["jwt_key"] == {"$secret": "jwt_key"}
    backend = next(e["object"] for e in found if e["object"]["kind"] == "Deployment")
    digest = backend["spec"]["template"]["metadata"]["annotations"]["todoapp.stack/secrets"]
    assert digest == {"$digest_of": {"postgres_password": "postgres_password", "jwt_key": "jwt_key"}}
