"""Bring images into a local cluster that has no registry: kind, Minikube, Docker Desktop."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, last_lines
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

TIMEOUT = 1800


@dataclass
class Loaded:
    """What was brought in, and the sentence for the operator."""

    references: list[str] = field(default_factory=list)
    said: str = ""


def load(tool: str, context: str, references: Sequence[str], *, check_mode: bool = False) -> Loaded:
    """Bring images of this host into a cluster's own store; those that are there are not brought again.

    :param tool: kind, minikube or docker-desktop.
    :param context: the kube context, from which the cluster's name follows.
    :raises DeployError: with a diagnosis, when the tool or the cluster is not there.
    """
    return {"kind": _kind, "minikube": _minikube, "docker-desktop": _docker_desktop}[tool](
        context, references, check_mode
    )


def _kind(context: str, references: Sequence[str], check_mode: bool) -> Loaded:
    # kind names the context of the cluster NAME kind-NAME.
    if not context.startswith("kind-"):
        _fail(
            f"todo_image_load is kind, and todo_context is {context or 'empty'}; kind's contexts begin with kind-",
            "name kind's context in todo_context (kind get clusters lists the clusters)",
        )
    if check_mode:
        return Loaded(list(references), "kind is asked what it has when images are loaded")
    said = _run("kind", "load", "docker-image", *references, "--name", context.removeprefix("kind-"))
    # kind itself leaves out what its nodes have, and says so of each image.
    there = set(re.findall(r'Image: "([^"]+)" with ID "[^"]*" found to be already present', said))
    brought = [name for name in references if name not in there]
    return Loaded(brought, _sentence(brought, references, context))


def _minikube(context: str, references: Sequence[str], check_mode: bool) -> Loaded:
    # Minikube's contexts are named after their profiles. It lists images with the host that Docker leaves out.
    there = {line.strip() for line in _run("minikube", "image", "ls", "--profile", context).splitlines()}
    lacking = [name for name in references if not any(line == name or line.endswith(f"/{name}") for line in there)]
    if lacking and not check_mode:
        _run("minikube", "image", "load", *lacking, "--profile", context)
    return Loaded(lacking, _sentence(lacking, references, context))


def _docker_desktop(context: str, references: Sequence[str], check_mode: bool) -> Loaded:  # noqa: ARG001 - one form for all
    return Loaded([], f"{context} sees this engine's images; nothing to load")


def _sentence(brought: Sequence[str], references: Sequence[str], context: str) -> str:
    if not brought:
        return f"{context} has all {len(references)} images"
    return f"loaded {len(brought)} of {len(references)} images into {context}"


def _run(tool: str, *arguments: str) -> str:
    """Run the tool; both its streams (kind speaks on stderr)."""
    path = shutil.which(tool)
    if not path:
        _fail(
            f"todo_image_load is {tool}, and there is no {tool} command on this host",
            f"install {tool}, or set todo_registry.host to a registry that the cluster can reach",
        )
    done = subprocess.run(
        [str(path), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode:
        lines = last_lines(done.stdout)
        step = {"kind": "kind get clusters", "minikube": "minikube status"}[tool]
        if re.search(r"not present locally|No such image", done.stdout):
            step = "ansible-playbook playbooks/build.yml"
        _fail(f"{tool} took no images: {lines[-1] if lines else f'it ended with {done.returncode}'}", step, lines)
    return done.stdout


def _fail(cause: str, next_step: str, log: list[str] | None = None) -> None:
    raise DeployError(cause, Diagnosis("images", cause, next_step, log=log or []).as_dict())
