"""Push images to a registry, and say why when it does not take them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.todoapp.stack.plugins.module_utils import docker, registry, registry_login
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis, last_lines
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

TIMEOUT = 1800
LOG_LINES = 8

# What the client says when a push fails: (pattern, cause, next step); HOST and USER are put in. The first that is found wins.
_REFUSALS = (
    (
        r"gave HTTP response to HTTPS client",
        "the registry HOST speaks plain HTTP, and the Docker engine wants HTTPS",
        "give it a certificate; or, in a network of your own, name HOST in insecure-registries of Docker's daemon.json",
    ),
    (
        r"x509: |certificate signed by unknown authority|tls: failed to verify",
        "the Docker engine does not trust the certificate of the registry HOST",
        "put the authority that signed it into /etc/docker/certs.d/HOST/ca.crt",
    ),
    (
        r"(?i)unauthorized|no basic auth credentials|authentication required",
        "the registry HOST refuses USER",
        "set todo_registry.username and todo_registry.password to a user who may write",
    ),
    (
        r"(?i)\bdenied\b|forbidden|insufficient_scope",
        "the registry HOST does not let USER write",
        "give that user the right to write the repository, or set another todo_registry.username",
    ),
    (
        r"(?i)name unknown|repository .* does not exist|repository not found",
        "the registry HOST has no such repository, and makes none by itself",
        "make the repository in the registry, then build again",
    ),
    (
        r"(?i)no space left on device|quota|insufficient storage",
        "the registry HOST has no space left",
        "free space in the registry (old tags, then its garbage collection), then build again",
    ),
    (
        r"(?i)connection refused|no such host|i/o timeout|network is unreachable|no route to host|EOF$|connection reset",
        "the registry HOST cannot be reached by the Docker engine",
        "check todo_registry.host, and that the engine's machine reaches it",
    ),
    (
        r"(?i)no such image|does not exist locally|tag does not exist",
        "the image is not on this host",
        "ansible-playbook playbooks/build.yml",
    ),
)


def missing(images: Sequence[Mapping[str, str]], option: Mapping[str, Any]) -> dict[str, str | None]:
    """The digest of each image's target, None where the registry lacks it; raises registry.RegistryError."""
    return registry.digests([image["target"] for image in images], option)


def push(image: Mapping[str, str], option: Mapping[str, Any]) -> str:
    """Tag an image's `source` as its `target`, push that, and return the digest by which the registry knows it.

    :param option: todo_registry.
    :raises DeployError: with a diagnosis of cause and next step.
    """
    target = registry.Registry.of(option)
    client = docker.client()
    with registry_login.configuration(target.host, target.username, target.password) as login:
        for command in (
            [client, "tag", image["source"], image["target"]],
            [client, *login, "push", image["target"]],
        ):
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=TIMEOUT,
                check=False,
            )
            if done.returncode:
                diagnosis = explain(image, target, done.stdout)
                raise DeployError(diagnosis.cause, diagnosis.as_dict())
    digest = registry.digest(image["target"], option)
    if not digest:
        cause = f"the registry {target.host} took {image['target']} and does not have it"
        raise DeployError(cause, Diagnosis(image["name"], cause, "look at the registry's own log").as_dict())
    return digest


def explain(image: Mapping[str, str], target: registry.Registry, output: str) -> Diagnosis:
    """What a failed push means, from the client's output."""
    lines = last_lines(output, LOG_LINES)
    who = f"the user {target.username}" if target.username else "a push without a login"
    for pattern, cause, step in _REFUSALS:
        if re.search(pattern, output, flags=re.MULTILINE):
            said = cause.replace("HOST", target.host).replace("USER", who)
            return Diagnosis(image["name"], said, step.replace("HOST", target.host), log=lines)
    last = lines[-1] if lines else "the client gave no reason"
    return Diagnosis(
        image["name"], f"pushing {image['target']} failed: {last}", f"docker push {image['target']}", log=lines
    )
