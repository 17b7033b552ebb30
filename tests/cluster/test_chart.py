"""The chart as somebody uses it who has Helm and nothing else: install, test, upgrade, roll back, uninstall, come back."""

import json
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cluster import ROOT, Cluster, Deployment, ask, until

CHART = ROOT / "charts" / "todo-app"
SMALL = {"requests": {"cpu": "20m"}}  # beside what other tests run on two cores
KEPT = {"persistentvolumeclaim/ollama-data", "persistentvolumeclaim/postgres-data", "secret/credentials"}


@dataclass
class Chart:
    """A Helm release of the chart in a namespace of its own, and a user at its front door."""

    cluster: Cluster
    namespace: str
    folder: Path
    helm_binary: str
    cookie: str = ""

    def helm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        where = [f"--kubeconfig={self.cluster.kubeconfig}", f"--kube-context={self.cluster.context}"]
        command = [self.helm_binary, *arguments, *where, f"--namespace={self.namespace}"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)

    def ok(self, *arguments: str) -> str:
        done = self.helm(*arguments)
        assert done.returncode == 0, f"helm {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def values(self, name: str, values: object) -> str:
        """A file of values, as a flag."""
        file = self.folder / name
        file.write_text(json.dumps(values))
        return f"--values={file}"

    def objects(self, kinds: str) -> set[str]:
        words = ["get", f"--namespace={self.namespace}", "--output=name", kinds]
        return {name.replace(".apps", "") for name in self.cluster.kubectl(*words).split()}

    def log_level(self) -> str:
        pod = self.cluster.get(self.namespace, "deployment", "backend")["spec"]["template"]["spec"]
        return next(entry["value"] for entry in pod["containers"][0]["env"] if entry["name"] == "LOG_LEVEL")

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        host = f"{self.namespace}.localhost:{self.cluster.http}"
        answer = ask(self.cluster.http, method, path, body, Host=host, Origin=f"http://{host}", Cookie=self.cookie)
        self.cookie = answer.headers.get("set-cookie", self.cookie).partition(";")[0]
        return answer.status, answer.json if answer.text.startswith("{") else {}


@pytest.fixture
def chart(cluster, namespace, images, tmp_path):
    tool = subprocess.run([ROOT / "scripts" / "tool.sh", "helm"], check=True, capture_output=True, text=True)
    cluster.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    chart = Chart(cluster, namespace, tmp_path, tool.stdout.strip())
    yield chart
    chart.helm("uninstall", "todo-app", "--wait")


@pytest.fixture
def flags(chart, images):
    """What a user gives: the images that there are, an address, and secrets."""
    given = {}
    for name, image in images.items():
        repository, _, tag = image["reference"].rpartition(":")
        given[name] = {"image": {"repository": repository, "tag": tag, "digest": image["digest"]}, "resources": SMALL}
    given["backend"]["replicas"] = given["frontend"]["replicas"] = 1
    given["ingress"] = {"enabled": True, "host": f"{chart.namespace}.localhost", "class_name": "traefik"}
    keys = {name: secrets.token_hex(16) for name in ("postgres_password", "jwt_key", "chatbot_key")}
    return [chart.values("given.json", given), chart.values("secrets.json", {"secrets": keys})]


def test_without_secrets_and_images_nothing_is_installed(chart):
    done = chart.helm("install", "todo-app", str(CHART))
    assert done.returncode == 1
    for sentence in ("secrets.postgres_password is missing; give it in a file", "no tag and no digest: postgres.image"):
        assert sentence in done.stderr
    assert chart.objects("deployments,services,persistentvolumeclaims,networkpolicies") == set()


def test_install_test_upgrade_roll_back_uninstall_and_come_back(chart, flags):
    waiting = ["--wait", "--timeout=8m"]
    notes = chart.ok("install", "todo-app", str(CHART), *flags, *waiting)
    assert f"http://{chart.namespace}.localhost/" in notes
    account = {"email": f"helm-{secrets.token_hex(5)}@example.com", "password": secrets.token_hex(12), "name": "Helm"}
    # The Ingress controller learns of its Ingress a moment after it is there.
    until(lambda: chart.ask("GET", "/health/ready")[0] == 200, "the front door answers", 60)
    assert chart.ask("POST", "/api/auth/signup", account)[0] == 201
    assert chart.ask("POST", "/api/todos", {"title": "kept"})[0] == 201

    assert "/health/ready: HTTP/1.1 200 OK" in chart.ok("test", "todo-app", "--logs")
    assert "pod/frontend-test" not in chart.objects("pods")

    chart.ok("upgrade", "todo-app", str(CHART), *flags, "--set=backend.log_level=warning", *waiting)
    assert chart.log_level() == "warning"
    chart.ok("rollback", "todo-app", *waiting)
    assert chart.log_level() == "info"

    chart.ok("uninstall", "todo-app", "--wait")
    assert chart.objects("deployments,statefulsets,services,networkpolicies,ingresses") == set()
    assert chart.objects("persistentvolumeclaims,secrets") == KEPT

    chart.ok("install", "todo-app", str(CHART), *flags, *waiting)
    # The page answers a moment before every node knows the way to the backend.
    until(lambda: chart.ask("GET", "/api/todos")[0] == 200, "the front door answers again", 60)
    _, found = chart.ask("GET", "/api/todos")
    assert [todo["title"] for todo in found["items"]] == ["kept"]

    chart.cluster.kubectl("scale", f"--namespace={chart.namespace}", "deployment/frontend", "--replicas=0")
    until(lambda: "pod/frontend" not in "".join(chart.objects("pods")), "the page's pods are gone")
    assert chart.helm("test", "todo-app").returncode == 1


def test_the_packed_chart_is_pushed_once_and_comes_back_the_same(chart, tmp_path):
    repository = f"oci://{chart.cluster.registry}/{chart.namespace}"
    options = {"todo_chart_dir": str(tmp_path / "chart"), "todo_dist_dir": str(tmp_path / "dist")}
    packer = Deployment(chart.namespace, tmp_path, {}, options, cluster=chart.cluster)
    packer.ok("package", todo_chart_repository=repository).says(f"pushed {repository}/todo-app:")
    packer.ok("package", todo_chart_repository=repository).says("the registry has", r"changed=0\b")
    [packed] = (tmp_path / "dist").glob("*.tgz")
    version = packed.stem.removeprefix("todo-app-")
    plain = ["--plain-http", f"--version={version}", f"--destination={tmp_path}"]
    chart.ok("pull", f"{repository}/todo-app", *plain)
    assert (tmp_path / packed.name).read_bytes() == packed.read_bytes()
