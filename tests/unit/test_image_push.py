"""Why a registry does not take an image: the docker client's own words, and what they mean."""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import docker, image_push, registry
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

IMAGE = {"name": "backend", "source": "todo-app/backend:abc", "target": "reg.example.com/todo-app/backend:abc"}
OPTION = {"host": "reg.example.com", "username": "me", "password": "the-password"}
# As docker 20.10 and 27 print them.
SAID = {
    "plain http": (
        'Get "https://reg.example.com/v2/": http: server gave HTTP response to HTTPS client',
        "reg.example.com speaks plain HTTP",
        "insecure-registries",
    ),
    "certificate": (
        'Get "https://reg.example.com/v2/": x509: certificate signed by unknown authority',
        "does not trust the certificate",
        "/etc/docker/certs.d/reg.example.com/ca.crt",
    ),
    "no login": ("no basic auth credentials", "refuses the user me", "todo_registry.password"),
    "wrong login": ("unauthorized: authentication required", "refuses the user me", "todo_registry.password"),
    "may not write": (
        "denied: requested access to the resource is denied",
        "does not let the user me write",
        "the right to write",
    ),
    "no repository": (
        "name unknown: The repository with name 'todo-app/backend' does not exist in the registry",
        "has no such repository",
        "make the repository",
    ),
    "refused": (
        'Get "https://reg.example.com/v2/": dial tcp 192.0.2.1:443: connect: connection refused',
        "cannot be reached by the Docker engine",
        "todo_registry.host",
    ),
    "unknown host": (
        'Get "https://reg.example.com/v2/": dial tcp: lookup reg.example.com: no such host',
        "cannot be reached by the Docker engine",
        "todo_registry.host",
    ),
    "full": ("write /blobs/x: no space left on device", "no space left", "free space in the registry"),
    "no image": (
        "An image does not exist locally with the tag: reg.example.com/todo-app/backend",
        "the image is not on this host",
        "playbooks/build.yml",
    ),
    "else": ("received unexpected HTTP status: 502 Bad Gateway", "502 Bad Gateway", "docker push"),
}


@pytest.mark.parametrize("case", SAID)
def test_a_refusal_is_explained(case):
    output, cause, step = SAID[case]
    said = f"The push refers to repository [reg.example.com/todo-app/backend]\n{output}\n"
    diagnosis = image_push.explain(IMAGE, registry.Registry.of(OPTION), said)
    assert diagnosis.component == "backend"
    assert cause in diagnosis.cause
    assert step in diagnosis.next_step
    assert diagnosis.log[-1] == output
    assert "the-password" not in str(diagnosis)


@pytest.fixture
def client(tmp_path, monkeypatch):
    """A docker client that notes how it was called, and ends as the file `code` says."""
    script = tmp_path / "docker"
    script.write_text(
        f"""#!/bin/sh
echo "$*" >> {tmp_path}/calls
env > {tmp_path}/environment
[ "$1" != --config ] || cp "$2/config.json" {tmp_path}/config
[ ! -f {tmp_path}/code ] || {{ echo 'denied: no'; exit "$(cat {tmp_path}/code)"; }}
"""
    )
    script.chmod(0o755)
    monkeypatch.setattr(docker, "client", lambda: str(script))
    return tmp_path


def test_a_push_tags_then_pushes_with_a_login_of_its_own(client, monkeypatch):
    monkeypatch.setattr(registry, "digest", lambda *_: "sha256:00")
    assert image_push.push(IMAGE, OPTION) == "sha256:00"
    tagged, pushed = (client / "calls").read_text().splitlines()
    assert tagged == f"tag {IMAGE['source']} {IMAGE['target']}"
    assert pushed.startswith("--config ")
    assert pushed.endswith(f"push {IMAGE['target']}")
    assert "reg.example.com" in (client / "config").read_text()
    assert "the-password" not in (client / "calls").read_text() + (client / "environment").read_text()


def test_a_push_without_a_user_leaves_the_client_its_own_login(client, monkeypatch):
    monkeypatch.setattr(registry, "digest", lambda *_: "sha256:00")
    image_push.push(IMAGE, {"host": "reg.example.com"})
    assert (client / "calls").read_text().splitlines()[1] == f"push {IMAGE['target']}"


def test_a_push_that_fails_has_a_diagnosis(client):
    (client / "code").write_text("1")
    with pytest.raises(DeployError) as caught:
        image_push.push(IMAGE, OPTION)
    assert caught.value.diagnosis["log"] == ["denied: no"]


def test_a_registry_that_forgets_is_found_out(client, monkeypatch):
    monkeypatch.setattr(registry, "digest", lambda *_: None)
    with pytest.raises(DeployError, match="does not have it"):
        image_push.push(IMAGE, OPTION)
