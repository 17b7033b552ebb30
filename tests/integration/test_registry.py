"""A real registry (Debian's docker-registry), with and without a login: what is pushed, what it says, what it refuses."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stack import ROOT, docker, until

sys.path.insert(0, str(ROOT / ".ansible" / "collections"))

from ansible_collections.todoapp.stack.plugins.module_utils import image_push, registry
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

PASSWORD = "open-sesame-of-tests"
HASH = "$2b$05$abcdefghijklmnopqrstuusm/o2/kcchhTCxLlX2nYIldY2ZV4INO"  # PASSWORD's, by bcrypt
SOURCE = "todo-test/tiny:1"

pytestmark = pytest.mark.skipif(not shutil.which("docker-registry"), reason="docker-registry is not installed")


@pytest.fixture(scope="module", autouse=True)
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An image of one file."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "file").write_text("content")
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY file /\n")
    docker("build", "--quiet", "--tag", SOURCE, str(folder))
    yield
    left = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    docker("image", "rm", *(name for name in left if "todo-test/tiny:" in name))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """What starts a registry of the test's own, on loopback; its host."""
    running: list[subprocess.Popen[bytes]] = []

    def run(*, login: bool = False) -> str:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            host = f"127.0.0.1:{probe.getsockname()[1]}"
        (tmp_path / "htpasswd").write_text(f"me:{HASH}\n")
        auth = {"htpasswd": {"realm": "test", "path": str(tmp_path / "htpasswd")}}
        config: dict[str, Any] = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(tmp_path / "images")}},
            "http": {"addr": host},
            **({"auth": auth} if login else {}),
        }
        (tmp_path / "config.yml").write_text(json.dumps(config))
        command = ["docker-registry", "serve", str(tmp_path / "config.yml")]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        until(lambda: answers(host), "the registry answers", 20)
        return host

    yield run
    for process in running:
        process.terminate()
        process.wait()


def answers(host: str) -> bool:
    try:
        registry.digest(f"{host}/nothing:1", {"host": host})
    except DeployError as error:
        return "wants a login" in str(error)
    return True


def image(host: str) -> dict[str, str]:
    return {"name": "tiny", "source": SOURCE, "target": f"{host}/{SOURCE}"}


def login(host: str, password: str = PASSWORD) -> dict[str, str]:
    return {"host": host, "username": "me", "password": password}


@pytest.mark.parametrize("option", [lambda host: {"host": host}, login], ids=["open", "login"])
def test_what_is_pushed_is_known_by_the_digest_that_docker_pulls(start, option):
    host = start(login=option is login)
    assert image_push.missing([image(host)], option(host)) == {f"{host}/{SOURCE}": None}
    digest = image_push.push(image(host), option(host))
    assert image_push.missing([image(host)], option(host)) == {f"{host}/{SOURCE}": digest}
    known = json.loads(docker("image", "inspect", "--format", "{{json .RepoDigests}}", f"{host}/{SOURCE}"))
    assert f"{host}/todo-test/tiny@{digest}" in known


def test_the_login_is_not_left_with_the_client(start, tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "client"))
    host = start(login=True)
    image_push.push(image(host), login(host))
    with pytest.raises(DeployError, match="refuses a push without a login"):
        image_push.push(image(host), {"host": host})
    assert PASSWORD not in "".join(p.read_text() for p in (tmp_path / "client").glob("**/*") if p.is_file())


def test_a_wrong_password_is_named(start):
    host = start(login=True)
    with pytest.raises(DeployError, match="refuses the user me and his password"):
        image_push.missing([image(host)], login(host, "wrong"))
    with pytest.raises(DeployError, match="refuses the user me") as caught:
        image_push.push(image(host), login(host, "wrong"))
    assert "todo_registry.password" in caught.value.diagnosis["next_step"]


def test_a_registry_that_is_gone_is_named(start):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(DeployError, match="cannot be reached by the Docker engine") as caught:
        image_push.push(image(host), {"host": host})
    assert caught.value.diagnosis["log"]


def test_an_image_that_is_not_here_is_named(start):
    host = start()
    with pytest.raises(DeployError, match="the image is not on this host"):
        image_push.push({**image(host), "source": "todo-test/none:1"}, {"host": host})
