"""Helm's own record, read and mended; the API is a fake (kube_fake.py says of what)."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import helm_release, helm_tool
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError
from kube_fake import FakeCluster


class Helmed(FakeCluster):
    """A fake that knows the one selector with two labels."""

    def list(self, kind, label_selector="", *, field_selector=""):
        wanted = dict(part.split("=") for part in label_selector.split(",") if part)
        return [obj for obj in super().list(kind) if wanted.items() <= obj["metadata"].get("labels", {}).items()]


@pytest.fixture
def cluster():
    return Helmed("prod")


def revision(cluster, number, status, name="prod"):
    labels = {"owner": "helm", "name": name, "status": status, "version": str(number)}
    content = {"name": name, "version": number, "info": {"status": status, "description": "x"}, "chart": {"files": []}}
    cluster.create(
        {
            "kind": "Secret",
            "type": "helm.sh/release.v1",
            "metadata": {"name": f"sh.helm.release.v1.{name}.v{number}", "labels": labels},
            "data": {"release": helm_release.pack(content)},
        }
    )


def test_the_newest_revision_counts_by_its_number(cluster):
    for number in (9, 10, 2):
        revision(cluster, number, "deployed" if number == 10 else "superseded")
    revision(cluster, 11, "deployed", name="another")
    assert helm_release.latest(cluster).number == 10
    assert helm_release.latest(Helmed("none")) is None


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_what_a_killed_run_left_pending_is_marked_as_failed_and_said(cluster, status):
    revision(cluster, 1, "deployed")
    revision(cluster, 2, status)
    said = helm_release.recover(cluster, lambda: None, seconds=0)
    assert said == f"Helm's revision 2 was left {status} by a run that was killed; it is marked as failed"
    secret = cluster.get("Secret", "sh.helm.release.v1.prod.v2")
    content = helm_release.unpack(secret["data"]["release"])
    assert (secret["metadata"]["labels"]["status"], content["info"]["status"]) == ("failed", "failed")
    assert content["chart"] == {"files": []}, "what Helm knows of it is kept"
    assert helm_release.latest(cluster).status == "failed"


def test_a_helm_that_ends_by_itself_is_left_alone(cluster):
    revision(cluster, 1, "pending-upgrade")
    asked = []

    def ends():
        asked.append(1)
        secret = cluster.get("Secret", "sh.helm.release.v1.prod.v1")
        secret["metadata"]["labels"]["status"] = "deployed"
        cluster.replace(secret)

    assert helm_release.recover(cluster, ends) == ""
    assert asked
    assert helm_release.latest(cluster).status == "deployed"


def test_nothing_to_mend(cluster):
    assert helm_release.recover(cluster, lambda: None) == ""
    revision(cluster, 1, "failed")
    assert helm_release.recover(cluster, lambda: None) == ""


def test_the_revision_of_a_release_is_the_newest_that_holds_it():
    journals = {
        1: [{"step": "apply", "helm_revision": 4}, {"step": "outcome"}],
        2: [{"step": "apply", "helm_revision": 5}, {"step": "back", "to": 1, "helm_revision": 6}],
        3: [{"step": "apply"}],
    }
    assert helm_release.revision_of(1, journals) == 6
    assert helm_release.revision_of(2, journals) == 5
    assert helm_release.revision_of(3, journals) == 0


def tool(folder, text, name="helm"):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("helm", "echo v4.3.1+g123", None),
        ("helm", "echo v3.19.0+g123", r"is Helm v3\.19\.0\+g123; 4 is the oldest that works"),
        ("helm", "echo broken >&2; exit 1", "does not say its version: broken"),
        ("helm4", "echo v4.3.1", "is not called helm"),
    ],
)
def test_which_helm_can_be_used(monkeypatch, tmp_path, name, text, why):
    binary = tool(tmp_path, text, name)
    monkeypatch.setattr(helm_tool, "path", lambda _: binary)
    found = helm_tool.usable()
    assert (found is None) == (why is None)
    if why:
        with pytest.raises(DeployError, match=why):
            raise DeployError(str(found))


def test_values_reach_helm_by_its_input_and_what_it_says_is_told(tmp_path):
    binary = tool(tmp_path, f'cat > {tmp_path}/given; echo "$@" > {tmp_path}/words; echo \'{{"version": 7}}\'')
    helm = helm_tool.Helm(binary, "", "c", "prod", lambda: None)
    assert helm.upgrade(b"chart", {"a": "private"}, 3, 40) == 7
    assert (tmp_path / "given").read_text() == '{"a": "private"}'
    words = (tmp_path / "words").read_text()
    assert "private" not in words
    assert "--kube-context=c --namespace=prod" in words

    failing = helm_tool.Helm(
        tool(tmp_path, "echo 'Error: UPGRADE FAILED: another operation' >&2; exit 1"), "", "c", "prod", lambda: None
    )
    with pytest.raises(DeployError, match="helm upgrade failed: Error: UPGRADE FAILED: another operation") as error:
        failing.upgrade(b"chart", {}, 3, 40)
    assert error.value.diagnosis["next_step"] == "helm history prod --kube-context c --namespace prod"


def test_a_run_that_has_lost_its_lock_takes_helm_along(tmp_path):
    binary = tool(tmp_path, f"trap '' HUP; sleep 30; touch {tmp_path}/went-on")

    def lost():
        raise DeployError("lost")

    with pytest.raises(DeployError, match="lost"):
        helm_tool.Helm(binary, "", "c", "prod", lost).rollback(1, 40)
    assert not (tmp_path / "went-on").exists()
