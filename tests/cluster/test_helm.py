"""The target helm on a real cluster: Helm's revisions, what it leaves when it is killed, failures, drift, teardown.

One deployment for all, of the backend, its database and a stranger's component: that the whole application is walked
through its front door is molecule/helm's affair.
"""

import base64
import gzip
import json
import subprocess

import pytest
from cluster import ROOT, Deployment
from conftest import further

NAME = "todo-test-helm"
GONE = {"repository": "todo-app/site", "tag": "", "digest": f"sha256:{'0' * 64}"}


class HelmDeployment(Deployment):
    """A deployment by Helm, with inventories/prod."""

    def command(self, verb, *flags, **options):
        return super(Deployment, self).command(verb, "--inventory=inventories/prod", *flags, **options)

    def _start(self, command, env=None):
        return super()._start(command, {"ANSIBLE_ROLES_PATH": str(ROOT / "molecule/manifests/roles"), **(env or {})})

    def revisions(self):
        """Helm's revisions with their status, as Helm itself tells them."""
        tool = [ROOT / "scripts" / "tool.sh", "helm"]
        helm = subprocess.run(tool, check=True, capture_output=True, text=True).stdout.strip()
        where = [f"--kubeconfig={self.cluster.kubeconfig}", f"--kube-context={self.cluster.context}"]
        command = [helm, "history", self.name, *where, f"--namespace={self.name}", "--output=json"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        return {entry["revision"]: entry["status"] for entry in json.loads(done.stdout or "[]")}

    def leave(self, status):
        """Let Helm's newest revision be as a Helm leaves it that is killed at work."""
        name = f"sh.helm.release.v1.{self.name}.v{max(self.revisions())}"
        content = base64.b64decode(self.get("secret", name)["data"]["release"])
        release = json.loads(gzip.decompress(base64.b64decode(content)))
        release["info"]["status"] = status
        packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
        change = {"metadata": {"labels": {"status": status}}, "data": {"release": packed}}
        self.cluster.patch(self.name, "secret", name, change)


@pytest.fixture(scope="module")
def deployed(cluster, images, tmp_path_factory):
    kept = {name: value for name, value in further().items() if name.startswith(("postgres_", "backend_"))}
    backend = kept.get("backend_image") or {"tag": images["backend"]["reference"].rpartition(":")[2]}
    options = {
        "todo_components": ["postgres", "backend", "site"],
        "todo_ingress": {"enabled": False, "tls": {"enabled": False, "cert_manager_issuer": ""}},
        "todo_front_door": "",
        "backend_autoscaling": {"enabled": False},
        # Any image that can serve files.
        "site_image": {"repository": "todo-app/backend", "tag": backend["tag"]},
    }
    deployment = HelmDeployment(NAME, tmp_path_factory.mktemp(NAME), {}, kept | options, cluster=cluster)
    deployment.ok("teardown", todo_delete_data=True)
    deployment.ok("deploy")
    yield deployment
    deployment.ok("teardown", todo_delete_data=True)
    assert not cluster.get("default", "namespace", NAME)


def test_a_deploy_with_nothing_to_do_makes_no_revision(deployed):
    before, pods = deployed.revisions(), deployed.restarts()
    ran = deployed.ok("deploy")
    ran.says("nothing to do", "changed=0")
    assert deployed.revisions() == before
    assert deployed.restarts() == pods
    assert list(before.values())[-1] == "deployed"


def test_no_secret_is_among_what_helm_keeps(deployed):
    secret = deployed.get("secret", "credentials")["data"]
    values = [base64.b64decode(value).decode() for value in secret.values()]
    kept = [item for item in deployed.list("secrets", "owner=helm") if item["type"] == "helm.sh/release.v1"]
    assert kept
    for item in kept:
        text = gzip.decompress(base64.b64decode(base64.b64decode(item["data"]["release"]))).decode()
        assert not [value for value in values if value in text]


def test_a_failed_upgrade_says_why_and_helm_goes_back(deployed):
    serving, before = deployed.current(), deployed.revisions()
    ran = deployed.fails("deploy", site_image=GONE)
    ran.says(r"site .*does not exist in its registry", rf"release {serving} serves again", "next step:")
    assert ran.report["diagnosis"]["component"] == "site"
    after = deployed.revisions()
    assert len(after) == len(before) + 2
    assert list(after.values())[-1] == "deployed"
    assert deployed.get("deployment", "site")["status"]["readyReplicas"] == 1
    assert deployed.current() == serving
    deployed.ok("deploy").says("nothing to do")


def test_what_somebody_else_s_helm_is_doing_just_now_is_waited_for(deployed):
    deployed.leave("pending-upgrade")
    ran = deployed.fails("deploy", backend_replicas=3)
    ran.says("a Helm that no deploy started has been at work", "next step: wait for it to end")
    deployed.leave("deployed")


def test_a_helm_that_was_killed_and_drift_are_repaired_by_one_deploy(deployed):
    # A run of ours that ended without an outcome while Helm was at work.
    number = f"release-{deployed.newest_release():06d}-journal"
    journal = deployed.get("configmap", number)["data"]["journal"].splitlines()
    text = "\n".join(journal[:-1]) + "\n"
    deployed.cluster.patch(NAME, "configmap", number, {"data": {"journal": text}})
    deployed.leave("pending-upgrade")
    deployed.cluster.kubectl(
        "set", "env", f"--namespace={NAME}", "deployment/backend", "--containers=backend", "LOG_LEVEL=debug"
    )
    plan = deployed.ok("deploy", "--check", "--diff")
    plan.says(r"LOG_LEVEL.value: debug -> info\s+\(changed by hand, with kubectl-set\)", "is pending-upgrade")
    ran = deployed.ok("deploy")
    ran.says("was left pending-upgrade by a run that was killed; it is marked as failed", "was changed by hand")
    assert list(deployed.revisions().values())[-1] == "deployed"
    deployed.ok("deploy").says("nothing to do", "changed=0")


def test_an_autoscaler_takes_over_without_a_pod_less(deployed):
    deployed.cluster.kubectl("scale", f"--namespace={NAME}", "deployment/backend", "--replicas=2")
    deployed.ok("deploy", backend_autoscaling={"enabled": True, "min_replicas": 2, "max_replicas": 3})
    assert deployed.get("deployment", "backend")["spec"]["replicas"] >= 2
    assert deployed.get("hpa", "backend")
    deployed.ok("deploy")
    assert not deployed.get("hpa", "backend")


def test_teardown_uninstalls_and_keeps_the_data(deployed):
    claim = deployed.get("pvc", "postgres-data")["metadata"]["uid"]
    deployed.ok("teardown", "--check").says("would remove Deployment backend, site")
    ran = deployed.ok("teardown")
    ran.says("removed the Helm release", "kept PersistentVolumeClaim postgres-data", "kept Secret credentials")
    assert not deployed.revisions()
    assert not deployed.list("deployments,statefulsets,services,pods")
    assert deployed.get("pvc", "postgres-data")["metadata"]["uid"] == claim
    deployed.ok("teardown").says("nothing to remove", "changed=0")
