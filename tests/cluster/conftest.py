"""The cluster, fresh namespaces on it, the images in its registry, and the one deployment that its two cores have room for."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from cluster import Cluster, Deployment

NAME = "todo-test-cluster"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the whole application goes last: until then the cores are free for the other tests."""
    items.sort(key=lambda item: "deployments" in getattr(item, "fixturenames", []))


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The cluster that `scripts/test.sh cluster` brought up, or that TODO_TEST_KUBECONFIG and TODO_TEST_CONTEXT name."""
    found = Cluster.of_environment()
    if not found.kubeconfig.is_file():
        pytest.fail(
            f"there is no {found.kubeconfig}; run scripts/test.sh cluster, "
            "or name a cluster of yours with TODO_TEST_KUBECONFIG and TODO_TEST_CONTEXT",
            pytrace=False,
        )
    return found


@pytest.fixture(scope="session")
def kubeconfig(cluster: Cluster) -> str:
    return str(cluster.kubeconfig)


@pytest.fixture(scope="session")
def context(cluster: Cluster) -> str:
    return cluster.context


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace of the test's own, gone afterwards."""
    name = f"test-{secrets.token_hex(4)}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def further() -> dict[str, Any]:
    """The options in the file that TODO_TEST_OPTIONS names, such as tags of images that are not built from this clone."""
    file = os.environ.get("TODO_TEST_OPTIONS")
    return yaml.safe_load(Path(file).read_text()) if file else {}


@pytest.fixture(scope="session")
def images(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The images of this tree in the cluster's registry: component -> {reference, digest}."""
    builder = Deployment(NAME, tmp_path_factory.mktemp("build"), {}, further(), cluster=cluster)
    return builder.ok("build").report["images"]


@pytest.fixture(scope="session")
def deployments(
    cluster: Cluster,
    images: dict[str, dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Deployment]]:
    """What makes a deployment with a name and options (not deployed yet); all are removed with their data at the end."""
    made: list[Deployment] = []

    def make(name: str, **options: Any) -> Deployment:
        made.append(Deployment(name, tmp_path_factory.mktemp(name), {}, further() | options, cluster=cluster))
        return made[-1]

    yield make
    for deployment in made:
        deployment.ok("teardown", todo_delete_data=True)


@pytest.fixture(scope="session")
def deployed(deployments: Callable[..., Deployment]) -> Deployment:
    """The whole application, deployed once for the session. A test that changes it puts it back."""
    deployment = deployments(NAME)
    deployment.ok("teardown", todo_delete_data=True)
    deployment.ok("deploy")
    return deployment
