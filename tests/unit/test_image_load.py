"""Loading images into local clusters, with stand-ins for kind and minikube that speak as the real ones do.

kind's sentences are those of its v0.33 sources; neither tool's clusters can run where this is tested.
"""

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import image_load
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

IMAGES = ["todo-app/backend:abc", "todo-app/frontend:def"]
THERE = 'Image: "{}" with ID "sha256:00" found to be already present on all nodes.'
LACKING = 'Image: "{}" with ID "sha256:00" not yet present on node "dev-control-plane", loading...'


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """Makes a command that notes its arguments, says something, and ends with a code."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def make(name, said="", code=0):
        (tmp_path / "said").write_text(said)
        script = tmp_path / name
        script.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\ncat {tmp_path}/said >&2\nexit {code}\n')
        script.chmod(0o755)
        return lambda: (tmp_path / "calls").read_text().splitlines()

    return make


def test_kind_is_given_all_images_and_the_cluster_s_name(tool):
    calls = tool("kind", "\n".join(LACKING.format(name) for name in IMAGES))
    done = image_load.load("kind", "kind-dev", IMAGES)
    assert calls() == [f"load docker-image {' '.join(IMAGES)} --name dev"]
    assert done.references == IMAGES
    assert done.said == "loaded 2 of 2 images into kind-dev"


def test_kind_says_what_its_nodes_have(tool):
    tool("kind", f"{THERE.format(IMAGES[0])}\n{LACKING.format(IMAGES[1])}\n")
    assert image_load.load("kind", "kind-dev", IMAGES).references == IMAGES[1:]
    tool("kind", "\n".join(THERE.format(name) for name in IMAGES))
    assert image_load.load("kind", "kind-dev", IMAGES).said == "kind-dev has all 2 images"


def test_kind_s_context_is_known_by_its_name(tool):
    with pytest.raises(DeployError, match="kind's contexts begin with kind-"):
        image_load.load("kind", "production", IMAGES)


@pytest.mark.parametrize(
    ("said", "cause", "step"),
    [
        ('ERROR: no nodes found for cluster "dev"', 'no nodes found for cluster "dev"', "kind get clusters"),
        ('ERROR: image: "todo-app/backend:abc" not present locally', "not present locally", "playbooks/build.yml"),
    ],
)
def test_kind_s_refusals_are_explained(tool, said, cause, step):
    tool("kind", said, code=1)
    with pytest.raises(DeployError, match="kind took no images") as caught:
        image_load.load("kind", "kind-dev", IMAGES)
    assert cause in caught.value.diagnosis["cause"]
    assert step in caught.value.diagnosis["next_step"]


def test_minikube_is_given_what_it_lacks(tool):
    calls = tool("minikube", "registry.example/todo-app/backend:abc\nregistry.example/pause:3.10\n")
    done = image_load.load("minikube", "minikube", IMAGES)
    assert calls() == ["image ls --profile minikube", f"image load {IMAGES[1]} --profile minikube"]
    assert done.references == IMAGES[1:]


def test_a_look_loads_nothing(tool):
    calls = tool("minikube", "")
    assert image_load.load("minikube", "minikube", IMAGES, check_mode=True).references == IMAGES
    assert calls() == ["image ls --profile minikube"]


def test_docker_desktop_needs_nothing():
    assert image_load.load("docker-desktop", "docker-desktop", IMAGES).references == []


def test_a_tool_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeployError, match="no minikube command") as caught:
        image_load.load("minikube", "minikube", IMAGES)
    assert "todo_registry.host" in caught.value.diagnosis["next_step"]
